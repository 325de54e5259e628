/* SPDX-License-Identifier: ISC */
/* Who signed a CRL. */
#include "pki/crl_signer.h"

#include "pki/cert.h"
#include "pki/der_scan.h"
#include "pki/name.h"
#include "pki/ossl.h"

#define KEY_USAGE_CRL_SIGN 6
#define SIGNERS_MAX 8		/* tried: every one costs a verification */

struct search {
	struct arena *arena;
	const struct crl_list *list;
	const struct crl_subject *subject;
	struct err *err;		/* of the one that counts most */
	size_t tried;
	bool unvouched;			/* somebody signed it, but who? */
};

/* NULL, or why that certificate of the right name may not have signed the
 * list. */
static const char *
may_not_sign(const struct crl_facts *facts, const struct cert_facts *signer)
{
	if (facts->aki.len > 0 && signer->ski.len > 0 &&
	    !bytes_eq(facts->aki, signer->ski))
		return "the CRL is signed by another key than the issuer's";
	if (signer->has_key_usage &&
	    (signer->key_usage & 1U << KEY_USAGE_CRL_SIGN) == 0)
		return "the issuer's certificate may not sign CRLs "
		    "(keyUsage without cRLSign)";
	return NULL;
}

/* 0; -1 with an error, or without one when the signer has another name. */
static int
signed_by(const struct search *search, struct bytes signer, bool trusted,
    struct err *err)
{
	const struct crl_list *list = search->list;
	struct cert_facts cert;
	const char *why;

	if (cert_facts_read(search->arena, signer, &cert, err) != 0)
		return -1;
	if (!name_equal(list->facts->issuer, cert.subject_der))
		return -1;
	why = may_not_sign(list->facts, &cert);
	/* Who is no CA must have been told to sign lists. */
	if (why == NULL && !trusted && !cert.is_ca && !cert.has_key_usage)
		why = "the issuer's certificate is no CA's";
	if (why != NULL)
		return err_set(err, ERR_SYNTAX, "%s", why);
	return crl_verify(list->reader, signer, list->message, err);
}

/* A certificate of a path that is good needs no other. */
static bool
cut(const struct path_facts *whole, struct bytes cert,
    struct path_facts *path)
{
	size_t i;

	if (whole == NULL || whole->status != PATH_OK || !whole->has_anchor)
		return false;
	for (i = 0; i < whole->n && !bytes_eq(whole->certs[i], cert); i++)
		;
	for (; i < whole->n; i++)
		path->certs[path->n++] = whole->certs[i];
	return path->n > 0;
}

/* The path from that certificate to an anchor that vouches for the list. */
static bool
build(const struct search *search, struct bytes cert,
    struct path_facts *path)
{
	const struct crl_subject *subject = search->subject;
	struct path_request request = { .leaf = cert,
	    .others = subject->presented, .n_others = subject->n_presented,
	    .source = subject->anchors, .now = subject->now };
	struct err ignored = ERR_INIT;

	memset(path, 0, sizeof(*path));
	if (cut(subject->path, cert, path))
		return true;
	return path_check(search->arena, &request, path, &ignored) == 0 &&
	    path->status == PATH_OK && path->has_anchor;
}

/* Whoever gave the CA its name, past certificates that it made for its own
 * other keys; empty: it is the anchor. */
static struct bytes
parent(const struct path_facts *path)
{
	struct der_cert cert;
	size_t i;

	for (i = 0; i < path->n; i++) {
		if (der_cert_scan(path->certs[i], &cert) != 0)
			break;
		if (!name_equal(cert.issuer, cert.subject))
			return cert.issuer;
	}
	return bytes_of(NULL, 0);
}

/*
 * A name is a CA's own only below the one that gave it: another CA under the
 * same anchor can make a certificate of any name.  The issuer of an indirect
 * list was chosen by the certificate, of which its name is all there is.
 */
static bool
is_vouched_for(const struct search *search, struct bytes signer)
{
	const struct crl_subject *subject = search->subject;
	struct path_facts signers, issuers;
	struct bytes a, b;

	if (!build(search, signer, &signers))
		return false;
	if (!name_equal(search->list->facts->issuer,
	    subject->cert->issuer_der))
		return true;
	if (!build(search, subject->issuer, &issuers))
		return false;
	a = parent(&signers);
	b = parent(&issuers);
	return a.len == 0 || b.len == 0 ? a.len == b.len : name_equal(a, b);
}

static int
try_trusted(struct search *search)
{
	const struct crl_subject *subject = search->subject;
	size_t i;

	if (signed_by(search, subject->issuer, true, search->err) == 0)
		return 0;
	for (i = 0; i < subject->n_others; i++)
		if (signed_by(search, subject->others[i], true,
		    search->err) == 0)
			return 0;
	return -1;
}

static int
try_vouched(struct search *search, const struct bytes *certs, size_t n)
{
	struct der_cert outline;
	struct err err = ERR_INIT;
	size_t i;

	for (i = 0; i < n && search->tried < SIGNERS_MAX; i++) {
		if (bytes_eq(certs[i], search->subject->issuer) ||
		    der_cert_scan(certs[i], &outline) != 0 ||
		    !name_equal(outline.subject, search->list->facts->issuer))
			continue;
		search->tried++;
		err_clear(&err);
		if (signed_by(search, certs[i], false, &err) != 0) {
			if (search->err->kind == ERR_NONE)
				*search->err = err;
			continue;
		}
		if (is_vouched_for(search, certs[i]))
			return 0;
		search->unvouched = true;
	}
	return -1;
}

static int
try_anchors(struct search *search)
{
	const struct path_source *anchors = search->subject->anchors;
	struct path_lookup lookup = {
		.subject = search->list->facts->issuer, .thorough = true };
	struct err ignored = ERR_INIT;

	if (anchors == NULL || anchors->find(anchors->ctx, &lookup,
	    &ignored) != 0)
		return -1;
	search->tried = 0;
	return try_vouched(search, lookup.found, lookup.n);
}

int
crl_signer_verify(struct arena *arena, const struct crl_list *list,
    const struct crl_subject *subject, struct err *err)
{
	struct search search = { .arena = arena, .list = list,
	    .subject = subject, .err = err };

	bool found = try_trusted(&search) == 0 ||
	    try_vouched(&search, subject->presented,
	    subject->n_presented) == 0 || try_anchors(&search) == 0;

	if (ossl_starved(err) != 0)
		return -1;
	if (found) {
		err_clear(err);
		return 0;
	}
	if (search.unvouched)
		return err_set(err, ERR_SYNTAX, "the CRL is signed by a "
		    "certificate of the right name that is not vouched for "
		    "by the path's trust anchor");
	return err->kind != ERR_NONE ? -1 : err_set(err, ERR_SYNTAX,
	    "no certificate of the CRL's issuer is at hand");
}

/* SPDX-License-Identifier: ISC */
/*
 * The streaming CRL reader: a row of states, each of which takes one element
 * in the order of the ASN.1 module.
 */
#include "pki/crl.h"

#include <openssl/evp.h>

#include <string.h>

#include "base/alloc.h"
#include "pki/crl_point.h"
#include "pki/crl_private.h"
#include "pki/signature.h"

#define HEAD_MAX 8192		/* octets of tbsCertList before its digest is
				 * known */

enum state {
	AT_OUTER,		/* header of CertificateList */
	AT_TBS,			/* header of tbsCertList */
	AT_VERSION,
	AT_ALGORITHM,
	AT_ISSUER,
	AT_THIS_UPDATE,
	AT_NEXT_UPDATE,
	AT_LIST,		/* header of revokedCertificates */
	AT_ENTRY,
	AT_EXTENSIONS,
	AT_OUTER_ALGORITHM,
	AT_SIGNATURE,
	AT_END
};

struct crl_reader {
	struct arena *arena;
	struct crl_facts *facts;
	struct crl_lookup *lookup;
	enum state state;
	uint64_t taken;			/* octets so far */
	uint64_t end, tbs_end, list_end;	/* positions */
	EVP_MD_CTX *digest;
	const EVP_MD *md;		/* NULL: the message is signed whole */
	bool hashing;
	uint8_t head[HEAD_MAX];		/* of tbsCertList, until hashing */
	size_t head_len;
};

static int
bad(struct err *err, const char *what)
{
	return err_set(err, ERR_SYNTAX, "not a valid CRL: %s", what);
}

struct crl_reader *
crl_new(struct arena *arena, struct crl_query *queries, size_t n_queries,
    struct err *err)
{
	struct crl_reader *reader = mem_alloc(sizeof(*reader));
	size_t i;

	if (reader == NULL) {
		err_nomem(err);
		return NULL;
	}
	reader->arena = arena;
	reader->facts = arena_alloc(arena, sizeof(*reader->facts));
	reader->lookup = crl_lookup_new(arena, queries, n_queries);
	reader->digest = EVP_MD_CTX_new();
	if (reader->facts == NULL || reader->lookup == NULL ||
	    reader->digest == NULL) {
		crl_free(reader);
		err_nomem(err);
		return NULL;
	}
	reader->facts->version = 1;
	for (i = 0; i < n_queries; i++)
		queries[i].reason = CRL_NO_REASON;
	return reader;
}

void
crl_free(struct crl_reader *reader)
{
	if (reader == NULL)
		return;
	EVP_MD_CTX_free(reader->digest);
	mem_free(reader);
}

/* Header of a constructed element: tag, and where its contents end.  1 ok,
 * 0 more octets are needed, -1 malformed. */
static int
header(struct bytes in, uint8_t tag, size_t *head, uint64_t *len)
{
	size_t i, n;

	if (in.len < 2)
		return 0;
	if (in.data[0] != tag)
		return -1;
	*head = 2;
	*len = in.data[1];
	if (in.data[1] < 0x80)
		return 1;
	n = in.data[1] & 0x7fU;
	if (n == 0 || n > 5)
		return -1;
	if (in.len < 2 + n)
		return 0;
	*len = 0;
	for (i = 0; i < n; i++)
		*len = *len << 8 | in.data[2 + i];
	*head = 2 + n;
	return in.data[2] == 0 || *len < 0x80 ? -1 : 1;
}

/* A whole element: 1 ok, 0 more octets are needed, -1 malformed or longer
 * than CRL_ELEMENT_MAX or than what is left of its container. */
static int
element(struct bytes in, uint64_t room, struct tlv *out)
{
	uint64_t len;
	size_t head;
	int rc;

	if (in.len == 0)
		return 0;
	rc = header(in, in.data[0], &head, &len);
	if (rc <= 0)
		return rc;
	if (len > CRL_ELEMENT_MAX || head + len > room)
		return -1;
	if (in.len < head + len)
		return 0;
	out->tag = in.data[0];
	out->whole = bytes_of(in.data, head + (size_t)len);
	out->value = bytes_of(in.data + head, (size_t)len);
	return 1;
}

/* What is signed goes into the digest, or is kept until that is known. */
static int
sign_over(struct crl_reader *reader, const uint8_t *data, size_t len,
    struct err *err)
{
	if (reader->hashing) {
		if (reader->md != NULL &&
		    EVP_DigestUpdate(reader->digest, data, len) != 1)
			return err_set(err, ERR_INTERNAL, "hashing failed");
		return 0;
	}
	if (len > HEAD_MAX - reader->head_len)
		return bad(err, "its head is too long");
	memcpy(reader->head + reader->head_len, data, len);
	reader->head_len += len;
	return 0;
}

static int
begin_hashing(struct crl_reader *reader, struct err *err)
{
	/* An algorithm that nobody knows is told when it is verified: what is
	 * listed can be said even so. */
	reader->md = signature_digest(reader->facts->algorithm);
	reader->hashing = true;
	if (reader->md == NULL)
		return 0;
	if (EVP_MD_get_type(reader->md) == NID_sha1)
		reader->facts->sloppy = "it is signed with SHA-1";
	if (EVP_DigestInit_ex(reader->digest, reader->md, NULL) != 1)
		return err_set(err, ERR_INTERNAL, "hashing failed");
	return sign_over(reader, reader->head, reader->head_len, err);
}

static struct bytes
keep(struct crl_reader *reader, struct bytes in, struct err *err)
{
	struct bytes copy = arena_bytes(reader->arena, in);

	if (copy.data == NULL)
		err_nomem(err);
	return copy;
}

/* A scope named relative to the issuer gets its whole name. */
static int
complete_scope(struct crl_reader *reader, struct err *err)
{
	struct crl_scope *scope = &reader->facts->scope;

	if (scope->relative.len == 0)
		return 0;
	scope->names[0] = crl_point_expand(reader->arena,
	    reader->facts->issuer, scope->relative);
	scope->n_names = 1;
	return scope->names[0].data == NULL ? bad(err, "its scope") : 0;
}

/* Only v2 may have extensions, but what is written is read. */
static int
read_version(struct crl_reader *reader, struct tlv *tlv, struct err *err)
{
	if (tlv->value.len != 1 || tlv->value.data[0] != 1)
		return bad(err, "its version is not 2");
	reader->facts->version = 2;
	return 0;
}

static int
read_extensions(struct crl_reader *reader, const struct tlv *tlv,
    struct err *err)
{
	struct der der = der_in(tlv->value);
	struct bytes copy;
	struct tlv list;

	if (der_expect(&der, TAG_SEQUENCE, &list) != 0 || der.rest.len > 0)
		return bad(err, "its extensions");
	copy = keep(reader, list.value, err);
	if (copy.data == NULL)
		return -1;
	if (crl_extensions_read(copy, reader->facts) != 0)
		return bad(err, "its extensions");
	if (reader->facts->version == 1)
		reader->facts->sloppy = "extensions in a version 1 list";
	return complete_scope(reader, err);
}

static int
read_signature(struct crl_reader *reader, const struct tlv *tlv,
    struct err *err)
{
	if (tlv->value.len < 2 || tlv->value.data[0] != 0)
		return bad(err, "its signature");
	reader->facts->signature = keep(reader, bytes_of(tlv->value.data + 1,
	    tlv->value.len - 1), err);
	return reader->facts->signature.data == NULL ? -1 : 0;
}

/* The fields that stand alone; sets the state that follows.  Optional ones
 * that are not there hand the element to the next state (1). */
static int
field(struct crl_reader *reader, struct tlv *tlv, struct err *err)
{
	struct crl_facts *facts = reader->facts;

	switch (reader->state) {
	case AT_VERSION:
		reader->state = AT_ALGORITHM;
		if (tlv->tag != TAG_INTEGER)
			return 1;
		return read_version(reader, tlv, err);
	case AT_ALGORITHM:
		reader->state = AT_ISSUER;
		facts->algorithm = keep(reader, tlv->whole, err);
		if (facts->algorithm.data == NULL)
			return -1;
		return tlv->tag != TAG_SEQUENCE ?
		    bad(err, "its algorithm") : begin_hashing(reader, err);
	case AT_ISSUER:
		reader->state = AT_THIS_UPDATE;
		facts->issuer = keep(reader, tlv->whole, err);
		if (facts->issuer.data == NULL)
			return -1;
		return tlv->tag != TAG_SEQUENCE ? bad(err, "its issuer") : 0;
	case AT_THIS_UPDATE:
		reader->state = AT_NEXT_UPDATE;
		return crl_time(tlv, &facts->this_update) != 0 ?
		    bad(err, "thisUpdate") : 0;
	case AT_NEXT_UPDATE:
		reader->state = AT_LIST;
		if (tlv->tag != TAG_UTC_TIME &&
		    tlv->tag != TAG_GENERALIZED_TIME)
			return 1;
		facts->has_next_update = true;
		return crl_time(tlv, &facts->next_update) != 0 ?
		    bad(err, "nextUpdate") : 0;
	case AT_EXTENSIONS:
		reader->state = AT_OUTER_ALGORITHM;
		return tlv->tag != TAG_EXTENSIONS ?
		    bad(err, "an element that does not belong there") :
		    read_extensions(reader, tlv, err);
	case AT_OUTER_ALGORITHM:
		reader->state = AT_SIGNATURE;
		/* RFC 5280 5.1.1.2: MUST be the same; else the wrong digest
		 * could be made to count. */
		return !bytes_eq(tlv->whole, facts->algorithm) ?
		    bad(err, "two different signature algorithms") : 0;
	default:
		reader->state = AT_END;
		return tlv->tag != TAG_BIT_STRING ?
		    bad(err, "its signature") :
		    read_signature(reader, tlv, err);
	}
}

/* The three headers that nest. */
static int
nest(struct crl_reader *reader, struct bytes in, size_t *used,
    struct err *err)
{
	uint64_t len;
	size_t head;
	int rc = header(in, TAG_SEQUENCE, &head, &len);

	if (rc < 0)
		return bad(err, "its outline");
	if (rc == 0)
		return 0;
	*used = head;
	len += reader->taken + head;
	if (reader->state == AT_OUTER) {
		reader->end = len;
		reader->state = AT_TBS;
		return 1;
	}
	if (reader->state == AT_TBS) {
		reader->tbs_end = len;
		reader->state = AT_VERSION;
		return len > reader->end ? bad(err, "its outline") : 1;
	}
	reader->list_end = len;
	reader->state = AT_ENTRY;
	return len > reader->tbs_end ? bad(err, "its outline") : 1;
}

/* As many whole entries as there are. */
static int
entries(struct crl_reader *reader, struct bytes in, size_t *used,
    struct err *err)
{
	uint64_t room = reader->list_end - reader->taken;
	struct bytes rest = in;
	struct tlv tlv;
	int rc = 1;

	while (room > 0) {
		/* The form of nearly all entries, without the detour. */
		if (rest.len >= 2 && rest.data[0] == TAG_SEQUENCE &&
		    rest.data[1] < 0x80 && rest.len >= 2U + rest.data[1] &&
		    room >= 2U + rest.data[1])
			tlv.whole = bytes_of(rest.data, 2U + rest.data[1]);
		else if ((rc = element(rest, room, &tlv)) != 1)
			break;
		if (crl_entry(reader->lookup, tlv.whole, reader->facts) != 0)
			return bad(err, "an entry");
		reader->facts->entries++;
		rest = bytes_of(rest.data + tlv.whole.len,
		    rest.len - tlv.whole.len);
		room -= tlv.whole.len;
	}
	*used = in.len - rest.len;
	if (rc < 0)
		return bad(err, "an entry");
	if (room > 0)
		return *used > 0;
	if (reader->facts->entries == 0)
		reader->facts->sloppy = "an empty list of entries";
	reader->state = AT_EXTENSIONS;
	return 1;
}

/* Which state comes without there being an element for it. */
static void
skip_absent(struct crl_reader *reader)
{
	if (reader->state >= AT_NEXT_UPDATE &&
	    reader->state <= AT_EXTENSIONS && reader->state != AT_ENTRY &&
	    reader->taken == reader->tbs_end)
		reader->state = AT_OUTER_ALGORITHM;
}

static uint64_t
room_of(const struct crl_reader *reader)
{
	uint64_t end = reader->state <= AT_EXTENSIONS ? reader->tbs_end :
	    reader->end;

	return end - reader->taken;
}

/* One element, or a run of entries: 1 taken, 0 needs more, -1. */
static int
step(struct crl_reader *reader, struct bytes in, size_t *used,
    struct err *err)
{
	struct tlv tlv;
	int rc;

	*used = 0;
	if (reader->state <= AT_TBS)
		return nest(reader, in, used, err);
	if (reader->state == AT_ENTRY)
		return entries(reader, in, used, err);
	if (reader->state == AT_LIST && in.len > 0 &&
	    in.data[0] == TAG_SEQUENCE)
		return nest(reader, in, used, err);
	if (reader->state == AT_LIST)
		reader->state = AT_EXTENSIONS;
	if (reader->state == AT_OUTER_ALGORITHM &&
	    reader->taken != reader->tbs_end)
		return bad(err, "an element that does not belong there");
	rc = element(in, room_of(reader), &tlv);
	if (rc == 0)
		return 0;
	if (rc < 0)
		return bad(err, "an element is malformed or too long");
	rc = field(reader, &tlv, err);
	if (rc < 0)
		return -1;
	if (rc == 0)
		*used = tlv.whole.len;
	return 1;
}

/* The octets [from, from + len) of the list: those of tbsCertList are
 * signed. */
static int
account(struct crl_reader *reader, const uint8_t *data, size_t len,
    bool in_tbs, struct err *err)
{
	reader->taken += len;
	if (!in_tbs || len == 0)
		return 0;
	return sign_over(reader, data, len, err);
}

int
crl_feed(struct crl_reader *reader, struct bytes in, size_t *used,
    struct err *err)
{
	struct bytes rest = in;
	bool in_tbs;
	size_t n;
	int rc = 1;

	while (rc == 1) {
		skip_absent(reader);
		if (reader->state == AT_END || rest.len == 0)
			break;
		in_tbs = reader->state >= AT_TBS &&
		    reader->state <= AT_EXTENSIONS;
		rc = step(reader, rest, &n, err);
		if (rc < 0 || account(reader, rest.data, n, in_tbs, err) != 0)
			return -1;
		rest = bytes_of(rest.data + n, rest.len - n);
	}
	*used = in.len - rest.len;
	if (reader->state == AT_END && rest.len > 0)
		return bad(err, "something follows it");
	return 0;
}

int
crl_finish(struct crl_reader *reader, const struct crl_facts **out,
    struct err *err)
{
	skip_absent(reader);
	if (reader->state != AT_END || reader->taken != reader->end)
		return bad(err, "it is cut off");
	reader->facts->size = reader->taken;
	*out = reader->facts;
	return 0;
}

int
crl_verify(struct crl_reader *reader, struct bytes issuer_cert,
    struct bytes message, struct err *err)
{
	struct signature_input input = {
		.algorithm = reader->facts->algorithm,
		.signature = reader->facts->signature,
		.md = reader->md
	};
	struct tlv outer, tbs;
	struct der der = der_in(message);
	uint8_t value[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	EVP_MD_CTX *copy;
	int ok;

	if (reader->md == NULL && message.len > 0 &&
	    der_expect(&der, TAG_SEQUENCE, &outer) == 0) {
		der = der_in(outer.value);
		if (der_expect(&der, TAG_SEQUENCE, &tbs) == 0)
			input.message = tbs.whole;
	}
	if (reader->md == NULL)
		return signature_verify(&input, issuer_cert, err);
	/* The digest may be asked for again: an issuer with two keys. */
	copy = EVP_MD_CTX_new();
	ok = copy != NULL && EVP_MD_CTX_copy_ex(copy, reader->digest) == 1 &&
	    EVP_DigestFinal_ex(copy, value, &len) == 1;
	EVP_MD_CTX_free(copy);
	if (!ok)
		return err_set(err, ERR_INTERNAL, "hashing failed");
	input.digest = bytes_of(value, len);
	return signature_verify(&input, issuer_cert, err);
}

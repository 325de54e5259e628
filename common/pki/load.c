/* SPDX-License-Identifier: ISC */
/* From the bytes of a file to certificates in DER. */
#include "pki/der_scan.h"
#include "pki/load_private.h"
#include "pki/ossl.h"
#include "pki/pem.h"

#define FIRST 4

int
load_add(struct loader *loader, struct bytes der)
{
	struct load_result *out = loader->out;
	struct bytes *certs, copy;
	size_t cap;

	if (out->n_certs >= LOAD_CERTS_MAX)
		return err_set(loader->err, ERR_LIMIT,
		    "more than %d certificates", LOAD_CERTS_MAX);
	if (out->n_certs == out->cap_certs) {
		cap = out->cap_certs == 0 ? FIRST : out->cap_certs * 2;
		certs = arena_array(loader->arena, cap, sizeof(*certs));
		if (certs == NULL)
			return err_nomem(loader->err);
		if (out->n_certs > 0)
			memcpy(certs, out->certs,
			    out->n_certs * sizeof(*certs));
		out->certs = certs;
		out->cap_certs = cap;
	}
	copy = arena_bytes(loader->arena, der);
	if (copy.data == NULL)
		return err_nomem(loader->err);
	out->certs[out->n_certs++] = copy;
	return 0;
}

void
load_note(struct loader *loader, const char *what)
{
	if (loader->out->n_other++ == 0)
		loader->out->other = what;
}

/* DER that claims to be a certificate: must be one whole element; what
 * follows it stays, so that its facts tell, unless it is trust settings. */
static int
cert_add(struct loader *loader, struct bytes der, bool trusted)
{
	struct der scan = der_in(der);
	struct tlv tlv;

	if (der_expect(&scan, 0x30, &tlv) == -1) {
		loader->out->n_broken++;
		return 0;
	}
	return load_add(loader, trusted ? tlv.whole : der);
}

/* The decoded contents of one PEM block. */
static int
block_add(struct loader *loader, struct bytes der, bool trusted)
{
	switch (load_kind_of(der)) {
	case LOAD_KIND_PKCS7:
		return pkcs7_load(loader, der);
	case LOAD_KIND_PKCS12:
		return pkcs12_load(loader, der);
	default:
		return cert_add(loader, der, trusted);
	}
}

static int
block_load(struct loader *loader, const struct pem_block *block)
{
	bool trusted;
	enum load_kind kind = load_kind_of_label(block->label, &trusted);
	uint8_t *der;
	long len;

	if (kind != LOAD_KIND_CERT && kind != LOAD_KIND_PKCS7 &&
	    kind != LOAD_KIND_PKCS12) {
		load_note(loader, load_kind_name(kind));
		return 0;
	}
	if (block->truncated) {
		loader->out->n_broken++;
		return 0;
	}
	der = arena_alloc(loader->arena, PEM_DECODED_MAX(block->body.len));
	if (der == NULL)
		return err_nomem(loader->err);
	len = pem_decode(block->body, der);
	if (len <= 0) {
		loader->out->n_broken++;
		return 0;
	}
	return block_add(loader, bytes_of(der, (size_t)len), trusted);
}

/* All blocks of a text; *n is their number, *cut how many have no end. */
static int
pem_load(struct loader *loader, struct bytes in, size_t *n, size_t *cut)
{
	struct pem_block block;
	size_t pos = 0;

	*n = *cut = 0;
	while (pem_block_next(in, &pos, &block) == 1) {
		(*n)++;
		*cut += block.truncated;
		if (block_load(loader, &block) == -1)
			return -1;
	}
	if (*n > 0 && loader->out->format == NULL)
		loader->out->format = "PEM";
	return 0;
}

/* Certificates one after the other; blanks at the end are none. */
static int
der_load(struct loader *loader, struct bytes in)
{
	struct der der = der_in(in);
	struct tlv tlv;

	loader->out->format = "DER";
	while (load_kind_of(der.rest) == LOAD_KIND_CERT &&
	    der_next(&der, &tlv) == 1)
		if (load_add(loader, tlv.whole) == -1)
			return -1;
	while (der.rest.len > 0 && (der.rest.data[0] == 0 ||
	    der.rest.data[0] == '\n' || der.rest.data[0] == '\r'))
		der.rest = bytes_of(der.rest.data + 1, der.rest.len - 1);
	if (der.rest.len > 0)
		loader->out->n_broken++;
	return 0;
}

static bool
all_blank(struct bytes in)
{
	size_t i;

	for (i = 0; i < in.len; i++)
		if (strchr(" \t\r\n", in.data[i]) == NULL ||
		    in.data[i] == '\0')
			return false;
	return true;
}

/* Does it begin as DER does that is longer than what is there? */
static bool
der_is_cut(struct bytes in)
{
	struct der der = der_in(in);
	struct tlv tlv;
	size_t n;

	if (in.len < 4 || in.data[0] != 0x30 || in.data[1] < 0x81 ||
	    in.data[1] > 0x84 || der_next(&der, &tlv) == 1)
		return false;
	n = in.data[1] & 0x7fU;
	return in.len > 2 + n && in.data[2] != 0 && (in.data[2 + n] == 0x30 ||
	    in.data[2 + n] == 0x02);
}

/* Nothing was found: says what it is. */
static int
nothing_found(struct loader *loader, struct bytes in, size_t blocks,
    size_t cut)
{
	const struct load_result *out = loader->out;
	struct err *err = loader->err;

	if (all_blank(in))
		return err_set(err, ERR_SYNTAX, "is empty");
	if (in.len >= 2 && (memcmp(in.data, "\xff\xfe", 2) == 0 ||
	    memcmp(in.data, "\xfe\xff", 2) == 0))
		return err_set(err, ERR_SYNTAX,
		    "is UTF-16 text; PEM is ASCII or UTF-8");
	if (out->n_broken > 0 && cut > 0)
		return err_set(err, ERR_SYNTAX,
		    "holds a certificate that is cut off (no END line)");
	if (out->n_broken > 0)
		return err_set(err, ERR_SYNTAX,
		    "holds a certificate that cannot be decoded");
	if (out->n_other > 0)
		return err_set(err, ERR_SYNTAX, "holds %s, no certificate",
		    out->other);
	if (blocks > 0)
		return err_set(err, ERR_SYNTAX, "holds no certificate");
	if (der_is_cut(in))
		return err_set(err, ERR_SYNTAX, "is cut off (binary DER, "
		    "longer than the file)");
	return err_set(err, ERR_SYNTAX, "holds no certificate (it is neither "
	    "PEM, DER, PKCS#7, PKCS#12 nor JKS)");
}

/* Binary forms: 0 done, 1 none of these, -1 error. */
static int
binary_load(struct loader *loader, struct bytes in)
{
	int r;

	r = keystore_load_jks(loader->arena, in, loader->password,
	    loader->out, loader->err);
	if (r != 1)
		return r;
	switch (load_kind_of(in)) {
	case LOAD_KIND_CERT:
		return der_load(loader, in);
	case LOAD_KIND_PKCS7:
		loader->out->format = "PKCS#7";
		return pkcs7_load(loader, in);
	case LOAD_KIND_PKCS12:
		loader->out->format = "PKCS#12";
		return pkcs12_load(loader, in);
	default:
		return 1;
	}
}

static int
any_load(struct loader *loader, struct bytes in)
{
	size_t blocks = 0, cut = 0;
	enum load_kind kind;
	int r;

	r = binary_load(loader, in);
	if (r == 1)
		r = pem_load(loader, in, &blocks, &cut);
	if (r == -1)
		return -1;
	if (loader->out->n_certs > 0)
		return 0;
	/* Text may begin like DER, so this is asked last. */
	kind = load_kind_of(in);
	if (blocks == 0 && kind >= LOAD_KIND_PRIVATE_KEY)
		load_note(loader, load_kind_name(kind));
	return nothing_found(loader, in, blocks, cut);
}

int
load_certs(struct arena *arena, struct bytes in, const char *password,
    struct load_result *out, struct err *err)
{
	struct loader loader = { arena, password, out, err };
	int rc;

	memset(out, 0, sizeof(*out));
	out->leaf = -1;
	if (in.len > LOAD_BYTES_MAX)
		return err_set(err, ERR_LIMIT, "larger than %d MB",
		    LOAD_BYTES_MAX >> 20);
	if (in.len >= 3 && memcmp(in.data, "\xef\xbb\xbf", 3) == 0)
		in = bytes_of(in.data + 3, in.len - 3);
	rc = any_load(&loader, in);
	return ossl_starved(err) != 0 ? -1 : rc;
}

/* SPDX-License-Identifier: ISC */
/*
 * DER walker, PEM blocks, names: any bytes.  Elements lie one behind the
 * other, their heads in the only form that DER has for them; PEM decodes to
 * what it encodes.
 */
#include <openssl/evp.h>

#include "base/arena.h"
#include "pki/der_scan.h"
#include "pki/name.h"
#include "pki/pem.h"
#include "fuzz.h"

/* Its head, written anew. */
static void
check_head(const struct tlv *tlv)
{
	uint8_t head[8] = { tlv->tag, (uint8_t)tlv->value.len };
	size_t n = 2, octets = 0, len;

	if (tlv->value.len >= 0x80) {
		for (len = tlv->value.len; len > 0; len >>= 8)
			octets++;
		must(octets <= 4);
		head[1] = (uint8_t)(0x80 | octets);
		while (octets > 0)
			head[n++] = (uint8_t)(tlv->value.len >>
			    8 * --octets & 0xff);
	}
	must((tlv->tag & 0x1f) != 0x1f);
	must(tlv->whole.len == n + tlv->value.len &&
	    tlv->value.data == tlv->whole.data + n &&
	    memcmp(tlv->whole.data, head, n) == 0);
}

static void
walk(struct bytes in, int depth)
{
	struct der der = der_in(in);
	const uint8_t *at = in.data;
	struct tlv tlv;
	int more;

	while ((more = der_next(&der, &tlv)) == 1) {
		must(tlv.whole.data == at);
		at += tlv.whole.len;
		must(at <= in.data + in.len);
		check_head(&tlv);
		if ((tlv.tag & 0x20) != 0 && depth < 8)
			walk(tlv.value, depth + 1);
	}
	must(more == -1 || at == in.data + in.len);
}

static void
names(struct bytes in)
{
	struct arena *arena = arena_new();
	struct bytes line;
	uint32_t hash;

	if (arena == NULL)
		return;
	line = name_oneline(arena, in);
	if (line.data == NULL || name_common(arena, in, true).data == NULL)
		abort();
	if (!name_equal(in, in))
		abort();
	/* What is valid can be hashed. */
	if (name_valid(in) && name_hash(in, &hash) == -1)
		abort();
	arena_free(arena);
}

/* What was decoded, encoded and decoded again. */
static void
again(const uint8_t *octets, size_t len)
{
	unsigned char *text = malloc(len / 3 * 4 + 5);
	uint8_t *out = malloc(len + 4);
	int n;

	must(text != NULL && out != NULL && len <= INT32_MAX / 2);
	n = EVP_EncodeBlock(text, octets, (int)len);
	must(pem_decode(bytes_of(text, (size_t)n), out) == (long)len &&
	    memcmp(out, octets, len) == 0);
	free(text);
	free(out);
}

static void
blocks(struct bytes in)
{
	struct pem_block block;
	uint8_t *out;
	size_t pos = 0, last = 0;
	long len;

	while (pem_block_next(in, &pos, &block) == 1) {
		must(pos > last && pos <= in.len);
		last = pos;
		must(block.whole.data >= in.data &&
		    block.whole.data + block.whole.len <= in.data + in.len);
		must(block.body.data >= block.whole.data &&
		    block.body.data + block.body.len <=
		    block.whole.data + block.whole.len);
		out = malloc(PEM_DECODED_MAX(block.body.len));
		must(out != NULL);
		len = pem_decode(block.body, out);
		must(len <= (long)PEM_DECODED_MAX(block.body.len));
		if (len > 0)
			again(out, (size_t)len);
		free(out);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes in = bytes_of(data, len);
	struct der_cert cert;

	walk(in, 0);
	names(in);
	blocks(in);
	if (der_cert_scan(in, &cert) == 0) {
		names(cert.subject);
		name_equal(cert.subject, cert.issuer);
	}
	return 0;
}

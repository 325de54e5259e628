/* SPDX-License-Identifier: ISC */
/* DER walker, PEM blocks, names: any bytes. */

#include "base/arena.h"
#include "pki/der_scan.h"
#include "pki/name.h"
#include "pki/pem.h"
#include "fuzz.h"

static void
walk(struct bytes in, int depth)
{
	struct der der = der_in(in);
	struct tlv tlv;

	while (der_next(&der, &tlv) == 1)
		if ((tlv.tag & 0x20) != 0 && depth < 8)
			walk(tlv.value, depth + 1);
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

static void
blocks(struct bytes in)
{
	struct pem_block block;
	uint8_t *out;
	size_t pos = 0;

	while (pem_block_next(in, &pos, &block) == 1) {
		out = malloc(PEM_DECODED_MAX(block.body.len));
		if (out != NULL)
			pem_decode(block.body, out);
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

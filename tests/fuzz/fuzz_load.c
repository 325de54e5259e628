/* SPDX-License-Identifier: ISC */
/* Files of certificates and of keys. */

#include "pki/load.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes in = bytes_of(data, len), spki;
	struct arena *arena = arena_new();
	struct err err = ERR_INIT;
	struct load_result out;

	if (arena == NULL)
		return 0;
	if (load_certs(arena, in, "secret", &out, &err) == 0) {
		if (out.n_certs == 0 || out.format == NULL ||
		    out.leaf >= (int)out.n_certs)
			abort();
	} else if (err.kind == ERR_NONE)
		abort();
	err_clear(&err);
	if (load_key_spki(arena, in, "secret", &spki, &err) == 0 ?
	    spki.len == 0 : err.kind == ERR_NONE)
		abort();
	arena_free(arena);
	return 0;
}

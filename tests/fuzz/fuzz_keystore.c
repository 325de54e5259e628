/* SPDX-License-Identifier: ISC */
/* Java keystores, with and without a password. */

#include "pki/load.h"
#include "fuzz.h"

static void
one(struct bytes in, const char *password)
{
	struct arena *arena = arena_new();
	struct load_result out = { .leaf = -1 };
	struct err err = ERR_INIT;
	int r;

	if (arena == NULL)
		return;
	r = keystore_load_jks(arena, in, password, &out, &err);
	if (r == -1 && err.kind == ERR_NONE)
		abort();
	if (r == 0 && out.leaf >= (int)out.n_certs)
		abort();
	arena_free(arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	one(bytes_of(data, len), NULL);
	one(bytes_of(data, len), "changeit");
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Java keystores, with and without a password.  A password changes nothing
 * but whether the file is read at all.
 */
#include "pki/load.h"
#include "fuzz.h"

static int
read_store(struct arena *arena, struct bytes in, const char *password,
    struct load_result *out)
{
	struct err err = ERR_INIT;
	int r;

	*out = (struct load_result){ .leaf = -1 };
	r = keystore_load_jks(arena, in, password, out, &err);
	must((r == -1) == (err.kind != ERR_NONE));
	must(out->leaf >= -1 && out->leaf < (int)out->n_certs);
	must(out->n_certs <= LOAD_CERTS_MAX);
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes in = bytes_of(data, len);
	struct arena *arena = arena_new();
	struct load_result without, with;
	int r, opened;
	size_t i;

	must(arena != NULL);
	r = read_store(arena, in, NULL, &without);
	opened = read_store(arena, in, "changeit", &with);
	must(opened == r || opened == -1);
	must((r == 1) == (opened == 1));
	if (opened == 0) {
		must(with.n_certs == without.n_certs &&
		    with.leaf == without.leaf);
		for (i = 0; i < with.n_certs; i++)
			must(bytes_eq(with.certs[i], without.certs[i]));
	}
	arena_free(arena);
	return 0;
}

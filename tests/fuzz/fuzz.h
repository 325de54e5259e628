/* SPDX-License-Identifier: ISC */
/* What every fuzz target has: its entry, and a claim that ends it. */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Must hold for every input; says on stderr which claim did not. */
#define must(claim) do {						\
	if (!(claim)) {							\
		fprintf(stderr, "%s:%d: not so: %s\n", __FILE__,	\
		    __LINE__, #claim);					\
		abort();						\
	}								\
} while (0)

#endif

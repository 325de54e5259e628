/* SPDX-License-Identifier: ISC */
/* Shared by openmetrics.c and openmetrics_sites.c. */
#ifndef RENDER_OPENMETRICS_PRIVATE_H
#define RENDER_OPENMETRICS_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "model/report.h"

#define OPENMETRICS_VALUE 255	/* bytes of a peer in a label's value */

struct openmetrics {
	const struct report *report;
	struct buf *out;
	bool *twin;	/* of each result: another one has the same target */
	const char *name, *help;	/* of the family */
	bool begun;	/* it has a sample */
};

/* A family: HELP and TYPE come with its first sample. */
void openmetrics_family(struct openmetrics *om, const char *name,
    const char *help);
/* A sample of it, about result number i: open, labels, close. */
void openmetrics_open(struct openmetrics *om, size_t i);
void openmetrics_label(struct openmetrics *om, const char *name,
    struct bytes value);	/* a peer's bytes */
void openmetrics_close(struct openmetrics *om, int64_t milli);
int64_t openmetrics_milli(int64_t value);	/* saturated */

/* The families of AutoSSL's websites: one series for each of them. */
void openmetrics_sites(struct openmetrics *om);

#endif

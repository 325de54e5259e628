/* SPDX-License-Identifier: ISC */
/* The sample documents of AutoSSL ($MPC_AUTOSSL_SAMPLES). */
#ifndef TESTS_UNIT_AUTOSSL_SAMPLES_H
#define TESTS_UNIT_AUTOSSL_SAMPLES_H

#include <dirent.h>

#include "base/buf.h"
#include "probe/autossl_envelope.h"
#include "tap.h"

struct sample {
	struct buf text;
	struct json_doc *doc;		/* NULL: it is a failure */
	const struct json_value *data, *metadata;
};

/* NULL: there are none. */
static inline const char *
samples_folder(void)
{
	const char *folder = getenv("MPC_AUTOSSL_SAMPLES");

	return folder == NULL || *folder == '\0' ? NULL : folder;
}

/* A text in memory, opened as the function's answer. */
static inline int
sample_parse(struct sample *sample, const char *function, struct err *err)
{
	struct autossl_reply reply = { buf_bytes(&sample->text), 200, "",
	    function, strstr(function, "::") != NULL, false };

	return autossl_envelope_open(&reply, &sample->doc, &sample->data,
	    &sample->metadata, err);
}

/* A file of the folder.  -1: *err says why. */
static inline int
sample_open(struct sample *sample, const char *path, const char *function,
    struct err *err)
{
	char full[4096], data[4096];
	FILE *file;
	size_t n;

	*sample = (struct sample){ .text = BUF_INIT };
	snprintf(full, sizeof(full), "%s/%s", samples_folder(), path);
	file = fopen(full, "rb");
	if (file == NULL)
		return err_set(err, ERR_IO, "%s cannot be read", path);
	while ((n = fread(data, 1, sizeof(data), file)) > 0)
		buf_add(&sample->text, data, n);
	fclose(file);
	return sample_parse(sample, function, err);
}

static inline void
sample_close(struct sample *sample)
{
	json_doc_free(sample->doc);
	buf_release(&sample->text);
}

#endif

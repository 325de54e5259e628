/* SPDX-License-Identifier: ISC */
/* gzip by zlib, loaded at the first file that needs it. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/inflate.h"

#include <limits.h>

#include "base/alloc.h"

#ifdef HAVE_ZLIB_H
#include <dlfcn.h>
#define ZLIB_CONST
#include <zlib.h>

#define ZLIB_LIBRARY "libz.so.1"
#define GZIP_ONLY (15 + 16)	/* windowBits of inflateInit2 */

/*
 * Tells packagers about the library, which ldd does not see: the note of
 * https://systemd.io/ELF_DLOPEN_METADATA/.
 */
#define ZLIB_NOTE "[{\"feature\":\"gzip\",\"description\":" \
    "\"revocation lists as gzip files\",\"priority\":\"suggested\"," \
    "\"soname\":[\"" ZLIB_LIBRARY "\"]}]"

static const struct {
	uint32_t name_size, desc_size, type;
	char name[4];
	char desc[sizeof(ZLIB_NOTE)];
} zlib_note __attribute__((used, aligned(4), section(".note.dlopen"))) = {
	4, sizeof(ZLIB_NOTE), 0x407c0c0a, "FDO", ZLIB_NOTE
};

typedef int zlib_init_fn(z_streamp, int, const char *, int);
typedef int zlib_run_fn(z_streamp, int);
typedef int zlib_end_fn(z_streamp);

struct inflate {
	z_stream stream;
	zlib_run_fn *run;
	zlib_end_fn *end;
	bool ended;
};

/* dlsym gives an object pointer; POSIX says that the bytes are the same. */
static bool
zlib_symbol(void *handle, const char *name, void *function)
{
	void *symbol = dlsym(handle, name);

	memcpy(function, &symbol, sizeof(symbol));
	return symbol != NULL;
}

struct inflate *
inflate_new(struct err *err)
{
	struct inflate *inflate = mem_alloc(sizeof(*inflate));
	void *handle = dlopen(ZLIB_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	zlib_init_fn *init;

	if (inflate == NULL) {
		err_nomem(err);
		return NULL;
	}
	if (handle != NULL &&
	    zlib_symbol(handle, "inflateInit2_", &init) &&
	    zlib_symbol(handle, "inflate", &inflate->run) &&
	    zlib_symbol(handle, "inflateEnd", &inflate->end) &&
	    init(&inflate->stream, GZIP_ONLY, ZLIB_VERSION,
	    (int)sizeof(inflate->stream)) == Z_OK)
		return inflate;
	err_set(err, ERR_UNSUPPORTED, "gzip files need " ZLIB_LIBRARY);
	mem_free(inflate);
	return NULL;
}

void
inflate_free(struct inflate *inflate)
{
	if (inflate == NULL)
		return;
	inflate->end(&inflate->stream);
	mem_free(inflate);
}

long
inflate_part(struct inflate *inflate, struct bytes *in, uint8_t *out,
    size_t room, struct err *err)
{
	z_stream *stream = &inflate->stream;
	size_t given = in->len < INT_MAX ? in->len : INT_MAX;
	size_t taken;
	int rc;

	if (room > INT_MAX)
		room = INT_MAX;
	stream->next_in = in->data;
	stream->avail_in = (uInt)given;
	stream->next_out = out;
	stream->avail_out = (uInt)room;
	rc = inflate->run(stream, Z_NO_FLUSH);
	taken = given - stream->avail_in;
	*in = bytes_of(in->data + taken, in->len - taken);
	inflate->ended = rc == Z_STREAM_END;
	if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
		return err_set(err, ERR_SYNTAX, "a damaged gzip file");
	return (long)(room - stream->avail_out);
}

bool
inflate_ended(const struct inflate *inflate)
{
	return inflate->ended;
}

#else

struct inflate *
inflate_new(struct err *err)
{
	err_set(err, ERR_UNSUPPORTED, "a gzip file: built without zlib");
	return NULL;
}

void
inflate_free(struct inflate *inflate)
{
	mem_free(inflate);
}

long
inflate_part(struct inflate *inflate, struct bytes *in, uint8_t *out,
    size_t room, struct err *err)
{
	(void)inflate;
	(void)in;
	(void)out;
	(void)room;
	return err_set(err, ERR_UNSUPPORTED, "built without zlib");
}

bool
inflate_ended(const struct inflate *inflate)
{
	(void)inflate;
	return true;
}

#endif

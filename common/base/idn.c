/* SPDX-License-Identifier: ISC */
/*
 * Internationalised host names by libidn2.  The library is loaded at the
 * first name that needs it and never unloaded; dlopen counts for us, so that
 * no handle has to be kept.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "base/idn.h"

#include <stdbool.h>
#include <string.h>

#include "base/text.h"

#ifdef HAVE_IDN2_H
#include <dlfcn.h>
#include <idn2.h>

#define IDN_LIBRARY "libidn2.so.0"
#endif

#define IDN_NAME_MAX 253
#define IDN_LABEL_MAX 63
#define IDN_INPUT_MAX 1024	/* bytes of UTF-8 looked at */

static bool
idn_is_ascii(const char *name)
{
	for (; *name != '\0'; name++)
		if ((unsigned char)*name >= 0x80)
			return false;
	return true;
}

static bool
idn_is_host_char(char c)
{
	c = text_lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '_';
}

/* Letters, digits, hyphens and underscores in labels of 1 to 63. */
static int
idn_check(const char *name, struct err *err)
{
	size_t label = 0, len = 0;

	for (; name[len] != '\0'; len++) {
		if (name[len] == '.' && label == 0)
			return err_set(err, ERR_SYNTAX, "empty label");
		if (name[len] == '.')
			label = 0;
		else if (!idn_is_host_char(name[len]))
			return err_set(err, ERR_SYNTAX, "'%c' in a host name",
			    name[len]);
		else if (++label > IDN_LABEL_MAX)
			return err_set(err, ERR_SYNTAX,
			    "a label of more than %d characters",
			    IDN_LABEL_MAX);
	}
	if (len == 0)
		return err_set(err, ERR_SYNTAX, "empty host name");
	if (len - (label == 0) > IDN_NAME_MAX)
		return err_set(err, ERR_SYNTAX,
		    "a host name of more than %d characters", IDN_NAME_MAX);
	return 0;
}

static char *
idn_lower(struct arena *arena, const char *name, struct err *err)
{
	char *copy, *c;

	if (idn_check(name, err) != 0)
		return NULL;
	copy = arena_strdup(arena, name);
	if (copy == NULL) {
		err_nomem(err);
		return NULL;
	}
	for (c = copy; *c != '\0'; c++)
		*c = text_lower(*c);
	return copy;
}

#ifdef HAVE_IDN2_H

/*
 * Tells packagers about the library, which ldd does not see: the note of
 * https://systemd.io/ELF_DLOPEN_METADATA/.
 */
#define IDN_NOTE "[{\"feature\":\"idn\",\"description\":" \
    "\"internationalised host names\",\"priority\":\"recommended\"," \
    "\"soname\":[\"" IDN_LIBRARY "\"]}]"

static const struct {
	uint32_t name_size, desc_size, type;
	char name[4];
	char desc[sizeof(IDN_NOTE)];
} idn_note __attribute__((used, aligned(4), section(".note.dlopen"))) = {
	4, sizeof(IDN_NOTE), 0x407c0c0a, "FDO", IDN_NOTE
};

typedef int idn_convert_fn(const char *, char **, int);
typedef void idn_free_fn(void *);
typedef const char *idn_strerror_fn(int);

struct idn_library {
	idn_convert_fn *to_ascii, *to_unicode;
	idn_free_fn *free;
	idn_strerror_fn *strerror;
};

/* dlsym gives an object pointer; POSIX says that the bytes are the same. */
static bool
idn_symbol(void *handle, const char *name, void *function)
{
	void *symbol = dlsym(handle, name);

	memcpy(function, &symbol, sizeof(symbol));
	return symbol != NULL;
}

static int
idn_load(struct idn_library *lib, struct err *err)
{
	void *handle = dlopen(IDN_LIBRARY, RTLD_NOW | RTLD_LOCAL);

	if (handle != NULL &&
	    idn_symbol(handle, "idn2_to_ascii_8z", &lib->to_ascii) &&
	    idn_symbol(handle, "idn2_to_unicode_8z8z", &lib->to_unicode) &&
	    idn_symbol(handle, "idn2_strerror", &lib->strerror) &&
	    idn_symbol(handle, "idn2_free", &lib->free))
		return 0;
	return err_set(err, ERR_UNSUPPORTED,
	    "international host names need " IDN_LIBRARY);
}

/* NOLINTBEGIN(clang-analyzer-core.CallAndMessage): the memcpy of idn_symbol,
 * which sets the pointers, is not followed */
static char *
idn_encode(struct arena *arena, const char *name, struct err *err)
{
	struct idn_library lib;
	char *ascii = NULL, *out;
	int rc;

	if (idn_load(&lib, err) != 0)
		return NULL;
	rc = lib.to_ascii(name, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
	if (rc != IDN2_OK) {
		err_set(err, rc == IDN2_MALLOC ? ERR_NOMEM : ERR_SYNTAX,
		    "not a host name: %s", lib.strerror(rc));
		return NULL;
	}
	out = idn_lower(arena, ascii, err);
	lib.free(ascii);
	return out;
}

static char *
idn_decode(struct arena *arena, const char *name)
{
	struct idn_library lib;
	const char *lower = idn_lower(arena, name, NULL);
	char *text = NULL, *out;

	if (lower == NULL || idn_load(&lib, NULL) != 0 ||
	    lib.to_unicode(lower, &text, IDN2_NONTRANSITIONAL) != IDN2_OK)
		return NULL;
	out = idn_is_ascii(text) ? NULL : arena_strdup(arena, text);
	lib.free(text);
	return out;
}
/* NOLINTEND(clang-analyzer-core.CallAndMessage) */

#else

static char *
idn_encode(struct arena *arena, const char *name, struct err *err)
{
	(void)arena;
	(void)name;
	err_set(err, ERR_UNSUPPORTED,
	    "international host names are not supported by this build");
	return NULL;
}

static char *
idn_decode(struct arena *arena, const char *name)
{
	(void)arena;
	(void)name;
	return NULL;
}

#endif

char *
idn_to_ascii(struct arena *arena, const char *name, struct err *err)
{
	struct bytes in = bytes_str(name);

	if (idn_is_ascii(name))
		return idn_lower(arena, name, err);
	if (in.len > IDN_INPUT_MAX || !text_is_utf8(in)) {
		err_set(err, ERR_SYNTAX, in.len > IDN_INPUT_MAX ?
		    "the host name is too long" :
		    "the host name is not valid UTF-8");
		return NULL;
	}
	return idn_encode(arena, name, err);
}

static bool
idn_has_a_label(const char *name)
{
	for (; name != NULL; name = strchr(name, '.')) {
		if (*name == '.')
			name++;
		if (text_istarts(name, "xn--"))
			return true;
	}
	return false;
}

char *
idn_to_unicode(struct arena *arena, const char *name)
{
	if (strlen(name) > IDN_INPUT_MAX || !idn_is_ascii(name) ||
	    !idn_has_a_label(name))
		return NULL;
	return idn_decode(arena, name);
}

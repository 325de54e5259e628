/* SPDX-License-Identifier: ISC */
/* libcurl, loaded at the first fetch: linked it would cost every run. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifdef HAVE_CURL_H
#include "net/http_private.h"

#include <dlfcn.h>
#include <string.h>

#define HTTP_LIBRARY "libcurl.so.4"

/*
 * Tells packagers about the library, which ldd does not see: the note of
 * https://systemd.io/ELF_DLOPEN_METADATA/.
 */
#define HTTP_NOTE "[{\"feature\":\"http\",\"description\":" \
    "\"OCSP, CRL and other HTTP requests\",\"priority\":\"recommended\"," \
    "\"soname\":[\"" HTTP_LIBRARY "\"]}]"

static const struct {
	uint32_t name_size, desc_size, type;
	char name[4];
	char desc[sizeof(HTTP_NOTE)];
} http_note __attribute__((used, aligned(4), section(".note.dlopen"))) = {
	4, sizeof(HTTP_NOTE), 0x407c0c0a, "FDO", HTTP_NOTE
};

#define FUNCTION(name) { "curl_" #name, offsetof(struct http_library, name) }

static const struct {
	const char *name;
	size_t offset;
} http_functions[] = {
	FUNCTION(global_init),
	FUNCTION(easy_init),
	FUNCTION(easy_cleanup),
	FUNCTION(easy_setopt),
	FUNCTION(easy_getinfo),
	FUNCTION(easy_strerror),
	FUNCTION(slist_append),
	FUNCTION(slist_free_all),
	FUNCTION(free),
	FUNCTION(url),
	FUNCTION(url_set),
	FUNCTION(url_get),
	FUNCTION(url_cleanup),
	FUNCTION(multi_init),
	FUNCTION(multi_cleanup),
	FUNCTION(multi_setopt),
	FUNCTION(multi_assign),
	FUNCTION(multi_add_handle),
	FUNCTION(multi_remove_handle),
	FUNCTION(multi_socket_action),
	FUNCTION(multi_info_read),
};

int
http_library_load(struct http_library *library, struct err *err)
{
	void *handle = dlopen(HTTP_LIBRARY, RTLD_NOW | RTLD_LOCAL), *symbol;
	size_t i;

	if (handle == NULL)
		return err_set(err, ERR_UNSUPPORTED,
		    "HTTP requests need " HTTP_LIBRARY);
	for (i = 0; i < sizeof(http_functions) / sizeof(*http_functions);
	    i++) {
		symbol = dlsym(handle, http_functions[i].name);
		if (symbol == NULL)
			return err_set(err, ERR_UNSUPPORTED, HTTP_LIBRARY
			    " has no %s: it is too old",
			    http_functions[i].name);
		/* POSIX: the bytes of a pointer to a function. */
		memcpy((char *)library + http_functions[i].offset, &symbol,
		    sizeof(symbol));
	}
	if (library->global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(err, ERR_INTERNAL,
		    HTTP_LIBRARY " cannot be initialised");
	return 0;
}

#endif

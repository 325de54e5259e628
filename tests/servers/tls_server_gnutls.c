/* SPDX-License-Identifier: ISC */
/*
 * --staples: an OCSP response for each certificate of the chain, which
 * OpenSSL's servers cannot send.  GnuTLS can; its library is loaded when the
 * option is given and not needed otherwise.  What is declared here is the
 * part of its binary interface (libgnutls.so.30) that is used.
 */

#include "tls_server.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CHAIN_MAX		8
#define FILE_MAX		65536
#define GNUTLS_LIBRARY		"libgnutls.so.30"
#define GNUTLS_PEM		1
#define GNUTLS_SERVER		1
#define GNUTLS_CERTIFICATE	1
#define GNUTLS_SHUT_WR		1

struct datum {
	unsigned char	*data;
	unsigned int	 size;
};

struct pcert {
	void		*pubkey;
	struct datum	 cert;
	int		 type;
};

struct response {
	unsigned int	 version;
	struct datum	 response;
	time_t		 exptime;
	unsigned char	 padding[32];
};

typedef int retrieve(void *, const void *, struct pcert **, unsigned int *,
    struct response **, unsigned int *, void **, unsigned int *);

/* The functions, by their names without gnutls_. */
struct gnutls_lib {
	int	 (*pcert_list_import_x509_file)(struct pcert *,
		    unsigned int *, const char *, int, void *, void *,
		    unsigned int);
	int	 (*privkey_init)(void **);
	int	 (*privkey_import_x509_raw)(void *, const struct datum *, int,
		    const char *, unsigned int);
	int	 (*certificate_allocate_credentials)(void **);
	void	 (*certificate_set_retrieve_function3)(void *, retrieve *);
	int	 (*init)(void **, unsigned int);
	void	 (*deinit)(void *);
	int	 (*priority_set_direct)(void *, const char *, const char **);
	int	 (*credentials_set)(void *, int, void *);
	void	 (*session_set_ptr)(void *, void *);
	void	*(*session_get_ptr)(void *);
	void	 (*transport_set_int2)(void *, int, int);
	int	 (*handshake)(void *);
	ssize_t	 (*record_recv)(void *, void *, size_t);
	int	 (*bye)(void *, int);
};

#define FUNCTION(name)	{ "gnutls_" #name, offsetof(struct gnutls_lib, name) }

static const struct function {
	const char	*name;
	size_t		 offset;
} functions[] = {
	FUNCTION(pcert_list_import_x509_file),
	FUNCTION(privkey_init),
	FUNCTION(privkey_import_x509_raw),
	FUNCTION(certificate_allocate_credentials),
	FUNCTION(certificate_set_retrieve_function3),
	FUNCTION(init),
	FUNCTION(deinit),
	FUNCTION(priority_set_direct),
	FUNCTION(credentials_set),
	FUNCTION(session_set_ptr),
	FUNCTION(session_get_ptr),
	FUNCTION(transport_set_int2),
	FUNCTION(handshake),
	FUNCTION(record_recv),
	FUNCTION(bye),
};

/* What one listener sends; never changed once it is loaded. */
struct gnutls_side {
	void			*credentials;
	void			*key;
	struct pcert		 chain[CHAIN_MAX];
	unsigned int		 chain_len;
	struct response		 staples[CHAIN_MAX];
	unsigned int		 staples_len;
	const char		*priority;
};

/* Filled before the first connection. */
static struct gnutls_lib	 lib;

static void
library_load(void)
{
	void	*handle = dlopen(GNUTLS_LIBRARY, RTLD_NOW | RTLD_LOCAL);
	void	*symbol;
	size_t	 i;

	if (handle == NULL)
		tls_server_die(1, "--staples needs " GNUTLS_LIBRARY);
	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		symbol = dlsym(handle, functions[i].name);
		if (symbol == NULL)
			tls_server_die(1, "--staples needs %s",
			    functions[i].name);
		memcpy((char *)&lib + functions[i].offset, &symbol,
		    sizeof(symbol));
	}
}

static struct datum
file_load(const char *path)
{
	struct datum	 out = { malloc(FILE_MAX), 0 };
	FILE		*file = fopen(path, "r");

	if (file == NULL || out.data == NULL)
		tls_server_die(1, "%s: cannot be read", path);
	out.size = (unsigned int)fread(out.data, 1, FILE_MAX, file);
	fclose(file);
	return out;
}

/* FILE,FILE,...: by position, "-" for none. */
static void
staples_load(struct gnutls_side *side, const char *list)
{
	char	*copy = strdup(list), *save = NULL, *name;

	if (copy == NULL)
		tls_server_die(1, "out of memory");
	for (name = strtok_r(copy, ",", &save); name != NULL;
	    name = strtok_r(NULL, ",", &save)) {
		if (side->staples_len == CHAIN_MAX)
			tls_server_die(2, "--staples: more than %d",
			    CHAIN_MAX);
		if (strcmp(name, "-") != 0)
			side->staples[side->staples_len].response =
			    file_load(name);
		side->staples_len++;
	}
	free(copy);
}

static int
certs_give(void *session, const void *info, struct pcert **chain,
    unsigned int *chain_len, struct response **staples,
    unsigned int *staples_len, void **key, unsigned int *flags)
{
	struct gnutls_side	*side = lib.session_get_ptr(session);

	(void)info;
	(void)flags;
	*chain = side->chain;
	*chain_len = side->chain_len;
	*staples = side->staples;
	*staples_len = side->staples_len;
	*key = side->key;
	return 0;
}

static const char *
priority_of(const struct config *config)
{
	if (config->tls_max != NULL && strcmp(config->tls_max, "1.2") == 0)
		return "NORMAL:-VERS-ALL:+VERS-TLS1.2";
	return "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";
}

void
tls_server_gnutls_load(struct config *config)
{
	struct gnutls_side	*side = calloc(1, sizeof(*side));
	struct datum		 key;

	if (side == NULL)
		tls_server_die(1, "out of memory");
	library_load();
	staples_load(side, config->staples);
	side->priority = priority_of(config);
	side->chain_len = CHAIN_MAX;
	key = file_load(config->key);
	if (lib.pcert_list_import_x509_file(side->chain,
	    &side->chain_len, config->cert, GNUTLS_PEM, NULL, NULL, 0) < 0 ||
	    lib.privkey_init(&side->key) < 0 ||
	    lib.privkey_import_x509_raw(side->key, &key, GNUTLS_PEM,
	    NULL, 0) < 0 ||
	    lib.certificate_allocate_credentials(&side->credentials) < 0)
		tls_server_die(1, "%s: GnuTLS cannot use it", config->cert);
	free(key.data);
	lib.certificate_set_retrieve_function3(side->credentials,
	    certs_give);
	config->gnutls = side;
}

void
tls_server_gnutls_run(struct conn *conn)
{
	struct gnutls_side	*side = conn->config->gnutls;
	void			*session;
	char			 scratch[4096];

	conn->end = "handshake-failed";
	if (lib.init(&session, GNUTLS_SERVER) < 0)
		return;
	lib.session_set_ptr(session, side);
	lib.transport_set_int2(session, conn->wire.fd, conn->wire.fd);
	if (lib.priority_set_direct(session, side->priority, NULL) == 0 &&
	    lib.credentials_set(session, GNUTLS_CERTIFICATE,
	    side->credentials) == 0 && lib.handshake(session) == 0) {
		conn->end = "eof";
		while (lib.record_recv(session, scratch,
		    sizeof(scratch)) > 0)
			continue;
		(void)lib.bye(session, GNUTLS_SHUT_WR);
	}
	lib.deinit(session);
}

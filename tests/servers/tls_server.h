/* SPDX-License-Identifier: ISC */
/*
 * tls_server: a scriptable server for tests; see README.md for its options.
 *
 * One thread accepts; every connection is a thread that runs its script top
 * down with blocking calls, because a fault is easiest to get right when it is
 * a straight line.  The configuration is read once and never changes.
 */

#ifndef TLS_SERVER_H
#define TLS_SERVER_H

#include <openssl/ssl.h>

#include <stddef.h>

#define SNI_MAX		64

struct sni {
	char		*name;
	SSL_CTX		*ctx;
};

struct gnutls_side;

/* What one listener does.  A number that is not given is -1. */
struct config {
	const char	*listen;
	const char	*port;
	int		 ports;

	const char	*cert;
	const char	*chain;
	const char	*key;
	const char	*sni_text[SNI_MAX];
	int		 sni_count;
	int		 require_sni;
	const char	*tls_min;
	const char	*tls_max;
	const char	*ciphers;
	int		 verify_client;
	const char	*client_ca;
	const char	*alpn;
	int		 require_alpn;
	const char	*staple;
	const char	*staples;
	int		 serve_http;

	const char	*starttls;
	int		 starttls_refuse;
	int		 starttls_absent;
	int		 starttls_inject;
	const char	*greeting;
	int		 greeting_endless;
	int		 greeting_line_endless;
	int		 multiline;
	int		 chop;

	int		 blackhole;
	int		 full_backlog;
	int		 reset_on_accept;
	int		 reset_in_handshake;
	int		 close_in_handshake;
	int		 close_after;
	int		 hang_in_handshake;
	int		 drip;
	const char	*plaintext;
	const char	*banner;
	int		 alert;
	int		 garbage;
	int		 huge_record;
	int		 oversized_certificate;
	int		 records;
	const char	*raw;
	const char	*flood;
	const char	*banner_flood;
	int		 tickets;
	int		 key_updates;
	int		 renegotiate;

	int		 http_proxy;
	int		 socks5;
	const char	*proxy_auth;
	int		 proxy_refuse;
	int		 proxy_inject;
	int		 proxy_endless;

	/* Made from the above by tls_server_tls_load(). */
	SSL_CTX		*ctx;
	struct sni	 sni[SNI_MAX];
	unsigned char	*alpn_wire;
	unsigned int	 alpn_len;
	unsigned char	*staple_der;
	long		 staple_len;
	struct gnutls_side	*gnutls;	/* with --staples */
};

/* What belongs to the process and not to a listener. */
struct process {
	const char	*config;
	const char	*ready_file;
	const char	*log;
	int		 lifetime;
	int		 ignore_stdin;
};

/* One side of a connection: how bytes go out, and how TLS is framed. */
struct wire {
	int		 fd;
	int		 delay;		/* ms after each byte; -1: no delay */
	long		 left;		/* octets that may still go; -1: all */
	int		 records;	/* TLS records likewise */
	unsigned char	 head[5];	/* of the record that goes now */
	size_t		 head_len;
	size_t		 body_left;
	int		 tds;		/* TLS inside TDS packets */
	unsigned char	*out;		/* tds: not yet flushed */
	size_t		 out_len;
	size_t		 in_left;	/* tds: of the packet being read */
};

struct dialogue;

struct conn {
	const struct config	*config;
	struct wire		 wire;
	const struct dialogue	*dialogue;	/* a text STARTTLS, or NULL */
	SSL			*ssl;
	int			 port;
	char			 from[64];
	char			 client[128];
	char			 target[300];
	const char		*end;
};

/* tls_server.c */
void	 tls_server_die(int, const char *, ...)
	    __attribute__((noreturn, format(printf, 2, 3)));

/* tls_server_config.c */
struct config	*tls_server_config_args(int, char **, struct process *);
struct config	**tls_server_config_file(const char *, size_t *);
size_t		 tls_server_config_text(const char *, char *, size_t);

/* tls_server_wire.c: 0 or -1; wire_read() octets read, 0 at the end. */
int	 tls_server_wire_write(struct wire *, const void *, size_t);
int	 tls_server_wire_print(struct wire *, const char *);
ssize_t	 tls_server_wire_read(struct wire *, void *, size_t);
int	 tls_server_wire_exact(struct wire *, void *, size_t);
ssize_t	 tls_server_wire_until(struct wire *, char *, size_t, const char *);
int	 tls_server_wire_record(struct wire *);
void	 tls_server_wire_drain(struct wire *);
void	 tls_server_wire_reset(struct wire *);
void	 tls_server_wire_endless(struct wire *, const char *);
BIO	*tls_server_wire_bio(struct wire *);

/* tls_server_tls.c */
void	 tls_server_tls_load(struct config *);
void	 tls_server_tls_run(struct conn *);

/* tls_server_gnutls.c */
void	 tls_server_gnutls_load(struct config *);
void	 tls_server_gnutls_run(struct conn *);

/* tls_server_fault.c: 1 when the connection is done with. */
int	 tls_server_fault_early(struct conn *);
int	 tls_server_fault_hello(struct conn *);
void	 tls_server_fault_raw(struct conn *);
void	 tls_server_fault_after(struct conn *);

/* tls_server_starttls.c: 0 when TLS comes next, -1 when not. */
int	 tls_server_starttls_run(struct conn *);
int	 tls_server_starttls_known(const char *);

/* tls_server_binary.c: -2 when the protocol is none of these. */
int	 tls_server_binary_run(struct conn *);
int	 tls_server_binary_known(const char *);

/* tls_server_proxy.c */
void	 tls_server_proxy_run(struct conn *);

/* tls_server_conn.c */
void	*tls_server_conn_run(void *);
void	 tls_server_conn_log(const struct conn *);
extern int tls_server_conn_log_fd;

#endif

/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: what a cPanel & WHM server says about AutoSSL, from a scenario; see
 * README.md.  Over HTTP(S), a thread for each connection, or as whmapi1 and
 * uapi on the command line.  The scenario is read again for every call, so
 * that threads share nothing of it and a test changes it by writing the file.
 */

#ifndef CPSRVD_H
#define CPSRVD_H

#include <jansson.h>

#include <stddef.h>
#include <stdint.h>

#define PARAMS_MAX	128

/* Grows; the program ends when there is no memory. */
struct text {
	char	*data;		/* NUL-terminated once something was added */
	size_t	 len, cap;
};

struct param {
	char	*name, *value;
};

struct params {
	struct param	 items[PARAMS_MAX];
	size_t		 n;
};

enum door {
	DOOR_WHM,		/* 2087, 2086 */
	DOOR_CPANEL,		/* 2083, 2082 */
	DOOR_CLI
};

/* One call of a function. */
struct call {
	json_t		*scene;
	int64_t		 now;
	enum door	 door;
	const char	*function;	/* "applist", "SSL::installed_hosts" */
	struct params	 params;
	json_t		*token;		/* whose rights in WHM; NULL: root */
	const char	*user;		/* UAPI: the account */
	json_t		*account;	/* of that user, or NULL */
	/* Why it failed; else what the envelope says beside the data. */
	char		 reason[512];
	json_t		*errors, *messages, *metadata;
	int		 failed;
};

/* What goes back. */
struct answer {
	int		 status;
	const char	*phrase, *type;
	char		 location[512], cookie[512];
	char		 type_text[128];
	struct text	 body;
	long		 length;	/* that is told; -1: the body's */
	long		 drip;		/* ms between octets */
	int		 reset, hang, close, chunked, exit_code;
};

/* One certificate as a scenario means it. */
struct cert {
	const char	*issuer_cn, *issuer_o, *cn, *provider, *provider_title;
	const char	*validation;
	json_t		*domains;	/* a reference */
	int64_t		 not_before, not_after;
	int		 self_signed, autossl, ec;
	char		 id[512], hash[33];
	char		 modulus[513];
};

/* --- cpsrvd_text.c --- */
void	 cpsrvd_die(const char *, ...)
	    __attribute__((noreturn, format(printf, 1, 2)));
void	*cpsrvd_alloc(size_t);
void	 text_add(struct text *, const char *, size_t);
void	 text_put(struct text *, const char *);
void	 text_format(struct text *, const char *, ...)
	    __attribute__((format(printf, 2, 3)));
/* -1: cannot be read. */
int	 text_load(struct text *, const char *);
/* %xx and, in forms, +. */
void	 text_decode(char *, int);
void	 params_add(struct params *, const char *, size_t, int);
/* a=b&c=d */
void	 params_parse(struct params *, const char *);
const char *params_get(const struct params *, const char *);
long	 params_number(const struct params *, const char *, long);
void	 params_free(struct params *);
/* "-3h", "+2d12h", "2026-11-20T12:00:00Z", seconds; NULL: the fallback. */
int64_t	 cpsrvd_time(const json_t *, int64_t, int64_t);
/* "90d", seconds. */
int64_t	 cpsrvd_span(const json_t *, int64_t);
json_t	*cpsrvd_iso(const struct call *, int64_t);

/* --- cpsrvd_scene.c --- */
/* The program ends when it cannot be read. */
json_t	*scene_load(const char *, int64_t *);
const char *scene_text(const json_t *, const char *, const char *);
int	 scene_flag(const json_t *, const char *, int);
int	 scene_drift(const struct call *, const char *);
json_t	*scene_account(const struct call *, const char *);
/* Whether an array of strings has it. */
int	 scene_has(const json_t *, const char *);
int	 scene_offers(const struct call *, const char *, int);
/* "LetsEncrypt" of the first provider that is enabled, or NULL. */
const char *scene_provider(const struct call *);
json_t	*scene_excluded(const json_t *);
/* What `want` says of the virtual host's certificate.  The caller drops
 * cert->domains; the texts are the scenario's. */
void	 scene_cert(const struct call *, const json_t *, const json_t *,
	    struct cert *);
json_t	*scene_vhost_domains(const json_t *);

/* --- cpsrvd_shape.c: rows as the documents have them --- */
json_t	*shape_whm_vhost(const struct call *, const json_t *, const json_t *);
json_t	*shape_installed(const struct call *, const json_t *, const json_t *);
json_t	*shape_stored(const struct call *, const json_t *, const json_t *);
json_t	*shape_problem(const struct call *, const json_t *, int);
json_t	*shape_provider(const struct call *, const json_t *);
void	 shape_hex(char *, size_t, uint64_t);
/* Strings for numbers and the like, as the scenario's drift says. */
void	 shape_drift(const struct call *, json_t *);

/* --- cpsrvd_list.c: filter, sort, chunk, columns --- */
/* -1: call->reason says why. */
int	 list_whm(struct call *, json_t *);
int	 list_uapi(struct call *, json_t *);

/* --- cpsrvd_whm.c --- */
/* Fills the body with the whole envelope. */
void	 whm_call(struct call *, struct text *);
/* The data of a function; NULL: whm_fail says why. */
json_t	*whm_fail(struct call *, const char *, ...)
	    __attribute__((format(printf, 2, 3)));
/* The names of the functions that this server has. */
json_t	*whm_names(const struct call *);
/* Whether the token's owner may see the account, may do what needs the
 * privilege. */
int	 whm_sees(const struct call *, const json_t *);
int	 whm_may(const struct call *, const char *);
/* The account in the parameter, or NULL after whm_fail. */
json_t	*whm_account(struct call *, const char *);

/* --- cpsrvd_whm_autossl.c --- */
json_t	*whm_providers(struct call *);
json_t	*whm_schedule(struct call *);
json_t	*whm_runs(struct call *);
json_t	*whm_log(struct call *);
json_t	*whm_problems_user(struct call *);
json_t	*whm_problems_domain(struct call *);
json_t	*whm_excluded(struct call *);
json_t	*whm_metadata(struct call *);
json_t	*whm_queue(struct call *);
json_t	*whm_queue_user(struct call *);
json_t	*whm_queue_domain(struct call *);
/* The rows of an account, or NULL for all, by user and domain. */
json_t	*queue_rows(const struct call *, const json_t *, const char *);

/* --- cpsrvd_whm_host.c --- */
json_t	*whm_vhosts(struct call *);
json_t	*whm_service_certs(struct call *);
json_t	*whm_accounts(struct call *);
json_t	*whm_features(struct call *);
json_t	*whm_services(struct call *);
json_t	*whm_privileges(struct call *);
json_t	*whm_applist(struct call *);
json_t	*whm_version(struct call *);

/* --- cpsrvd_uapi.c --- */
/* The whole envelope: flat over HTTP, in `result` elsewhere. */
void	 uapi_call(struct call *, struct text *, int);
/* The flat one. */
json_t	*uapi_run(struct call *);
json_t	*uapi_wrap(const struct call *, json_t *);
json_t	*uapi_fail(struct call *, const char *, ...)
	    __attribute__((format(printf, 2, 3)));

/* --- cpsrvd_uapi_ssl.c --- */
json_t	*uapi_installed(struct call *);
json_t	*uapi_problems(struct call *);
json_t	*uapi_excluded(struct call *);
json_t	*uapi_progress(struct call *);
json_t	*uapi_renewal(struct call *);
json_t	*uapi_stored(struct call *);
json_t	*uapi_queue(struct call *);
json_t	*uapi_market(struct call *);
json_t	*uapi_market_status(struct call *);

/* --- cpsrvd_big.c: a host of many virtual hosts --- */
size_t	 big_count(const struct call *);
size_t	 big_accounts(const struct call *);
/* The whole answer of fetch_ssl_vhosts, when nothing but chunks and columns
 * is asked for; 0: not such a call. */
int	 big_answer(struct call *, struct text *);
/* Generated rows as values, for all other questions. */
void	 big_vhosts(const struct call *, const char *, json_t *);
void	 big_listaccts(const struct call *, json_t *);
json_t	*big_account(const struct call *, const char *);

/* --- cpsrvd_fault.c --- */
void	 fault_apply(struct call *, struct answer *);
void	 fault_login_page(struct answer *, int);
void	 pause_ms(long);

/* --- cpsrvd_auth.c --- */
enum auth {
	AUTH_NONE, AUTH_BAD, AUTH_TOKEN, AUTH_BASIC, AUTH_SESSION
};
/* Who asks; AUTH_TOKEN and above set call->token or call->user. */
enum auth auth_check(struct call *, const char *, const char *);
/* /login/: a session for user and pass. */
void	 auth_login(struct call *, struct answer *);

/* --- cpsrvd_log.c --- */
void	 log_open(const char *);
void	 log_line(const char *, ...) __attribute__((format(printf, 1, 2)));
void	 log_forbidden(const char *);

/* --- cpsrvd_http.c: one connection --- */
struct site {
	const char	*scene_path;
	void		*tls;		/* SSL_CTX, or NULL */
	int		 port[2];	/* by door */
};
void	 http_connection(const struct site *, int, enum door, unsigned);

/* A header's value, not ended; or NULL. */
const char *http_header(const char *, const char *);

/* --- cpsrvd_route.c: from a request to a call --- */
void	 call_init(struct call *, const char *, enum door);
void	 call_release(struct call *);
struct request {
	enum door	 door;
	char		 method[16], target[16384];
	const char	*head;		/* its lines, NUL-terminated */
	const char	*body;
	unsigned	 conn;
	int		 port;
};
void	 route_request(const struct site *, const struct request *,
	    struct answer *);

/* --- cpsrvd_cli.c --- */
int	 cli_run(const char *, int, char **);
/* --- cpsrvd_yaml.c --- */
void	 yaml_dump(struct text *, const json_t *);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * What a cPanel server says about AutoSSL: the facts that
 * check_autossl_queue judges.  Strings are the server's raw bytes in the
 * facts' arena, in which arrays grow by doubling.  Instants are epoch
 * seconds, 0 where none is known.
 */
#ifndef MODEL_AUTOSSL_H
#define MODEL_AUTOSSL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/bytes.h"
#include "base/err.h"
#include "model/autossl_text.h"

enum autossl_way {
	AUTOSSL_WHM,		/* WHM API 1 over HTTPS: the host */
	AUTOSSL_CPANEL,		/* UAPI over HTTPS: one account */
	AUTOSSL_LOCAL_HOST,	/* whmapi1 on the server */
	AUTOSSL_LOCAL_ACCOUNT	/* uapi on the server */
};

/* What is asked for, each perhaps by several calls. */
enum autossl_topic {
	AUTOSSL_PROVIDERS,
	AUTOSSL_SCHEDULE,
	AUTOSSL_RUNS,		/* get_autossl_logs_catalog */
	AUTOSSL_VHOSTS,		/* the core: installed certificates */
	AUTOSSL_ACCOUNTS,	/* listaccts: who is suspended */
	AUTOSSL_PROBLEMS,
	AUTOSSL_EXCLUDED,
	AUTOSSL_LOG,		/* lines of the newest run */
	AUTOSSL_QUEUE,		/* pending orders, where there is a queue */
	AUTOSSL_PROGRESS,	/* is_autossl_check_in_progress */
	AUTOSSL_RENEWAL,	/* get_autossl_renewal_status */
	AUTOSSL_STORED,		/* list_certs */
	AUTOSSL_SERVICES,	/* servicestatus */
	AUTOSSL_FEATURE,	/* has_feature autossl */
	AUTOSSL_MARKET,		/* paid orders, on request */
	AUTOSSL_TOPICS
};

/*
 * How the calls for a topic went.  ERR_MISSING: the server has no such
 * function; ERR_DENIED: these credentials may not call it, or the feature or
 * role is off: both are no alarm of their own.  Everything else is.
 */
struct autossl_topic_state {
	unsigned asked, got;	/* calls made, calls that gave data */
	struct err error;	/* the first worst failure; ERR_NONE: none */
};

struct autossl_provider {
	struct bytes name;	/* "LetsEncrypt", "cPanel": its module */
	struct bytes title;	/* display name */
	bool enabled;
	bool queue;		/* DELIVERY_METHOD: queue */
	bool terms_outdated;	/* newer terms of service than accepted */
};

struct autossl_schedule {
	bool known;		/* there is at least one cron entry */
	int64_t interval;	/* seconds between runs; 0: not understood */
	int64_t next;		/* next_time */
};

/* The catalogue of runs, summed up: only those of all users count. */
struct autossl_runs {
	size_t n;		/* rows, of whatever kind */
	bool any;		/* a run of all users is there */
	int64_t last;		/* start of the newest of them */
	struct bytes last_id;	/* its start_time as written */
	int64_t done;		/* the newest that is over; 0: none */
	/* The oldest one still in progress that no newer one follows. */
	int64_t open_since;	/* 0: none */
	struct bytes provider;	/* of the newest */
};

enum autossl_issuer {
	AUTOSSL_ISSUER_NONE,	/* no certificate */
	AUTOSSL_ISSUER_SELF,	/* self-signed */
	AUTOSSL_ISSUER_LETSENCRYPT,
	AUTOSSL_ISSUER_CPANEL,	/* the retired provider (Sectigo) */
	AUTOSSL_ISSUER_OTHER
};

struct autossl_problem {
	struct bytes domain, text;
	int64_t time;		/* of the record; 0: not said */
	struct autossl_meaning meaning;
	bool from_log;		/* read from a run's log, not recorded */
};

/* get_autossl_renewal_status (v134 and later). */
struct autossl_renewal {
	bool known;
	bool will_renew, is_active, is_excluded, has_problems;
};

/* What is asked only for certificates inside their renewal window, and in
 * part for fallbacks. */
struct autossl_detail {
	/* The main name and those that the certificate secures; of a fallback
	 * none. */
	struct bytes *names;
	size_t n_names;
	size_t n_names_excluded;	/* behind those, by choice */
	struct autossl_problem *problems;	/* about those names */
	size_t n_problems, cap_problems;
	bool excluded;			/* the main name, by choice */
	struct autossl_renewal renewal;
	int64_t stored_not_after;	/* a newer certificate is stored in
					 * the account but not installed */
	int64_t ordered;		/* a pending order covers it */
};

/* One website: virtual host of an account. */
struct autossl_vhost {
	struct bytes user, servername;
	int64_t not_before, not_after;
	bool has_dates;
	bool autossl;		/* the certificate is AutoSSL's */
	bool suspended;		/* the account */
	unsigned char issuer;	/* enum autossl_issuer */
	struct autossl_detail *detail;	/* or NULL */
};

/* A pending order; the API has a row for each of its domains. */
struct autossl_order {
	struct bytes id, user, vhost;
	int64_t requested;
	size_t n_domains;
};

struct autossl_service {
	struct bytes name;	/* "crond", "queueprocd" */
	int enabled, monitored, running;	/* 1, 0; -1: not said */
};

/* A paid certificate (Market::get_pending_ssl_certificates). */
struct autossl_market {
	struct bytes id, code;	/* code: last_status_code */
	struct bytes vhost;	/* the first, or the first domain */
	int64_t created;
};

/* What a run's log says about the run as a whole. */
struct autossl_log {
	size_t n_lines, n_errors;
	bool rate_limited;
	int64_t retry_at;	/* 0: not said */
	struct bytes rate_text;
	bool disabled;		/* "This system has AutoSSL disabled." */
};

/* Why a row of the core call cannot be judged. */
enum autossl_flaw {
	AUTOSSL_FLAW_NAME,	/* no website or account is named */
	AUTOSSL_FLAW_CERTIFICATE,	/* it is left out */
	AUTOSSL_FLAW_ISSUER,	/* nothing says whose certificate it is */
	AUTOSSL_FLAWS
};

/* What the facts are read with; set before anything is read. */
struct autossl_rules {
	int64_t now;
	int64_t window;		/* --window, seconds; 0: by provider */
	/* Is this issuer AutoSSL's, too (--autossl-issuer)?  NULL: none. */
	bool (*extra)(void *ctx, struct bytes issuer);
	void *extra_ctx;
	/* --account: only these users; n 0: all. */
	const char *const *accounts;
	size_t n_accounts;
};

struct autossl_facts {
	enum autossl_way way;
	struct arena *arena;
	struct autossl_rules rules;
	const char *server;	/* "whm.example.com:2087", for people */
	const char *user;	/* whose token it is, or NULL */
	bool insecure;		/* --insecure: the server was not verified */
	const char *phase;	/* what was under way when time ran out */
	struct autossl_topic_state topics[AUTOSSL_TOPICS];
	struct autossl_provider *providers;
	size_t n_providers, cap_providers;
	struct autossl_schedule schedule;
	struct autossl_runs runs;
	struct autossl_log log;
	struct autossl_vhost *vhosts;
	size_t n_vhosts, cap_vhosts;
	size_t flaws[AUTOSSL_FLAWS];	/* rows, each counted once */
	/* Recorded problems, all and those of names that matter to nobody
	 * (service subdomains, excluded, stale). */
	size_t n_problems, n_problem_domains, n_noise;
	size_t n_excluded;		/* excluded domains */
	size_t n_not_asked;		/* accounts beyond the limit */
	size_t n_names_not_asked;	/* about their renewal, neither */
	struct autossl_order *orders;
	size_t n_orders, cap_orders;
	struct autossl_service *services;
	size_t n_services, cap_services;
	struct autossl_market *market;
	size_t n_market, cap_market;
	/* Account mode: a check runs, and since when as far as is known. */
	bool in_progress;
	int64_t in_progress_since;	/* 0: not known */
	int feature;			/* AutoSSL for this account: 1 on,
					 * 0 off; -1: not said */
	int64_t api_ms;			/* all calls together */
	unsigned n_calls;
};

#define AUTOSSL_VHOSTS_MAX	1000000
#define AUTOSSL_PROBLEMS_MAX	200	/* kept for one virtual host */

/*
 * The renewal window of a certificate in seconds: how long before its end
 * AutoSSL renews it.  --window, else 29 days for Let's Encrypt, 15 for the
 * retired provider; never more than a third of the certificate's lifetime.
 * 0 without dates.
 */
int64_t autossl_window(const struct autossl_rules *rules,
    const struct autossl_vhost *vhost);
/* An AutoSSL certificate of an account that is not suspended, inside its
 * window: more is asked about it. */
bool autossl_is_due(const struct autossl_rules *rules,
    const struct autossl_vhost *vhost);
/* AutoSSL works for accounts: about others, such as the host name's, it knows
 * nothing. */
bool autossl_has_account(const struct autossl_vhost *vhost);
/* cPanel's self-signed fallback on a website of such an account: whether it
 * is excluded is asked. */
bool autossl_is_fallback(const struct autossl_vhost *vhost);
/* What issued it, by the issuer's names; `extra` counts as OTHER with
 * *autossl true. */
enum autossl_issuer autossl_issuer_of(const struct autossl_rules *rules,
    struct bytes organization, struct bytes common_name, bool *autossl);
/* What a topic is called in texts: "recorded problems". */
const char *autossl_topic_words(enum autossl_topic topic);

#endif

/* SPDX-License-Identifier: ISC */
/*
 * What a run found: a result for each target, findings and metrics in each.
 * Checks append; nobody else sets a status; renderers only read.  All
 * memory is the report's own, so that a target's observation can be freed
 * as soon as it is judged.
 */
#ifndef MODEL_REPORT_H
#define MODEL_REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "model/finding.h"
#include "model/status.h"
#include "model/threshold.h"

struct report_labels;

struct finding {
	enum finding_id id;
	const char *subject;	/* "leaf", "intermediate 1", "" */
	enum status status;	/* after the policy */
	const char *text;	/* clean UTF-8 (escaped), lower case, no stop */
	bool fine;		/* by itself: nobody had to say that it is */
};

struct metric {
	const char *label;	/* [A-Za-z0-9_.-]+ */
	const char *unit;	/* "", "s", "%", "B", "c" */
	int64_t value;		/* thousandths of the unit */
	struct range warning, critical;	/* thousandths */
	bool has_min, has_max;
	int64_t min, max;	/* thousandths */
	bool detail;		/* shown only with --perfdata=all */
	bool counts;		/* things that are bad: over several targets
				 * their sum is told, not the minimum */
	bool aside;		/* neither: of one target alone */
	const char *subject;	/* "leaf", ...; NULL: the target as a whole */
};

/* One certificate, copied out for the renderers; strings are the peer's raw
 * bytes (with length), escaped by each renderer for its own format. */
struct cert_summary {
	const char *subject_label;	/* "leaf", "intermediate 1", "root" */
	struct bytes subject, issuer;	/* one-line names, raw */
	struct bytes common_name, issuer_name;	/* raw */
	struct bytes *names;		/* SAN values, printable form, raw */
	size_t n_names, n_names_all;	/* shown (at most 100), present */
	const char *serial;		/* upper-case hex */
	const char *sha256, *sha1, *spki_sha256;	/* lower-case hex */
	const char *key;		/* "RSA 2048", "ECDSA P-256" */
	const char *signature;		/* "sha256WithRSAEncryption" */
	int64_t not_before, not_after;
	bool has_dates;
	bool is_ca;
};

/* One website of a cPanel server; strings are its raw bytes. */
struct vhost_summary {
	struct bytes user, servername;
	const char *issuer;	/* "letsencrypt", "cpanel", "self-signed",
				 * "other", "none" */
	/* "fine", "renewing" (inside its window), "overdue", "expired",
	 * "self-signed", "foreign", "excluded", "suspended", "none" */
	const char *word;
	enum status status;	/* worst of the findings about it */
	bool autossl, has_dates;
	int64_t not_before, not_after;
};

/* What the target's connection was like; fields are NULL when not known. */
struct result_facts {
	const char *kind;		/* "tls", "file" */
	const char *host, *address, *protocol;	/* protocol: "https", "smtp" */
	const char *host_unicode;
	const char *path;		/* file targets */
	int64_t port;			/* 0: none */
	const char *tls_version, *cipher, *group;
	struct bytes alpn;		/* raw */
	bool client_cert_asked;
	struct cert_summary *certs;
	size_t n_certs;
	const struct vhost_summary *vhosts;	/* check_autossl_queue */
	size_t n_vhosts;
	const char *trust;		/* "trusted", "untrusted", ... */
	struct bytes anchor;		/* one-line name of the anchor, raw */
	int64_t time_ms;		/* whole probe; -1: not measured */
};

/* Findings of one kind that may be many, and one text for all of them. */
struct digest {
	size_t first, n;	/* of the findings */
	const char *text;
};

#define DIGESTS_MAX 4

struct result {
	const char *target;	/* display form, escaped */
	const char *label;	/* for perfdata: [A-Za-z0-9_.-]+, unique */
	enum status status;	/* worst of its findings */
	bool checked;		/* false: nothing could be judged */
	const char *headline;	/* text of the most telling finding */
	struct finding *findings;
	size_t n_findings, cap_findings;
	size_t n_ignored;	/* findings that the policy left out */
	struct digest digests[DIGESTS_MAX];
	size_t n_digests;
	/* The digest that is the headline, or NULL: line 1 tells of all its
	 * findings then. */
	const struct digest *told;
	struct metric *metrics;
	size_t n_metrics, cap_metrics;
	struct result_facts facts;
	const char *error;	/* NULL, or why nothing could be seen */
	struct arena *arena;	/* borrowed: the report's */
	const struct policy *policy;	/* the report's, or NULL */
	bool quiet;		/* OK findings but the headline are not kept:
				 * nobody will look at them */
	bool nomem;		/* an append failed: status is UNKNOWN */
};

struct report {
	const char *plugin;	/* "check_cert_expiry" */
	const char *service;	/* "CERT_EXPIRY" */
	const char *version;
	bool many;		/* shown as several targets even when it is
				 * one: a glob, a list, a network */
	int64_t at;		/* the instant judged for */
	bool at_given;
	struct result **results;
	size_t n_results, cap_results;
	size_t counts[4];	/* results by status */
	const char *note;	/* for line 1 ("1 bad line in x"), or NULL */
	const struct policy *policy;	/* borrowed; NULL: the table's */
	int64_t start_ms;	/* monotonic: when the process began */
	int64_t elapsed_ms;
	struct arena *arena;
	struct report_labels *labels;	/* in use, so that they are unique */
	bool nomem;
};

struct report *report_new(const char *plugin, const char *service);
void report_free(struct report *report);
/* A new result, owned by the report; NULL when memory runs out (the report
 * remembers, and its status is then UNKNOWN at best).  The label is made
 * unique ("_2") and clean. */
struct result *report_add(struct report *report, const char *target,
    const char *label);
/* Closes a result: status, headline, counts.  Call once, after the checks.
 * The headline is that of the worst finding, the first of equals: its digest,
 * or its text, after the subject unless that is the leaf.  Without any finding
 * the status is UNKNOWN, or OK when the target was checked and all that was
 * found is ignored. */
void report_close(struct report *report, struct result *result);
/* Worst of all; UNKNOWN when there are no results or memory ran out. */
enum status report_status(const struct report *report);

/*
 * Appends a finding.  `ok`: the check passed, status OK whatever the policy
 * says.  Otherwise the status is the policy's or the table's, and an ignored
 * finding is not appended.  Callers pass peers' bytes only through
 * result_clean; what is unsafe in the text all the same is taken out by
 * text_clean.
 */
void result_ok(struct result *result, enum finding_id id,
    const char *subject, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void result_bad(struct result *result, enum finding_id id,
    const char *subject, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* The same with a status of the check's own choosing (thresholds), which
 * --severity still overrides; STATUS_OK is the same as result_ok. */
void result_add(struct result *result, enum finding_id id,
    enum status status, const char *subject, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/*
 * The findings from number `first` to the last are of one kind (one for each
 * website): when one of them is the worst, this text is the headline and
 * stands for all of them, which are listed below it whatever the verbosity.
 */
void result_digest(struct result *result, size_t first, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* Foreign bytes made safe for a finding's text, at most max characters. */
const char *result_clean(struct result *result, struct bytes in, size_t max);
/* A zeroed metric to fill in; NULL when memory runs out. */
struct metric *result_metric(struct result *result, const char *label,
    const char *unit, int64_t milli);

#endif

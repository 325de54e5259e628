/* SPDX-License-Identifier: ISC */
/*
 * check_autossl_queue: does cPanel's AutoSSL renew what it has to?  Asks the
 * server or the account, and judges every certificate, run and order.
 */
#include "app/app.h"
#include "app/options.h"
#include "app/queue.h"
#include "checks/queue.h"

static const struct option_row *const option_groups[] = {
	options_autossl, options_general, NULL
};

static const struct option_table table = {
	.groups = option_groups,
	.plugin = "check_autossl_queue",
};

static const struct check *const checks[] = {
	&check_queue_api, &check_queue_vhosts, &check_queue_runs,
	&check_queue_orders, &check_queue_metrics, &check_queue_summary, NULL
};

static const enum finding_id findings[] = {
	FINDING_USAGE, FINDING_INTERNAL, FINDING_NET_RESOLVE,
	FINDING_NET_CONNECT, FINDING_NET_PROXY, FINDING_NET_TIMEOUT,
	FINDING_TLS_HANDSHAKE, FINDING_API_AUTH, FINDING_API_DENIED,
	FINDING_API_ANSWER, FINDING_API_SERVER, FINDING_API_PARTIAL,
	FINDING_API_UNREAD, FINDING_API_INSECURE, FINDING_API_EMPTY,
	FINDING_AUTOSSL_EXPIRED,
	FINDING_AUTOSSL_OVERDUE, FINDING_AUTOSSL_PROBLEM,
	FINDING_AUTOSSL_WILL_NOT_RENEW, FINDING_AUTOSSL_NOT_INSTALLED,
	FINDING_AUTOSSL_SELF_SIGNED, FINDING_AUTOSSL_RATE_LIMIT,
	FINDING_AUTOSSL_RUN, FINDING_AUTOSSL_STUCK, FINDING_AUTOSSL_SCHEDULE,
	FINDING_AUTOSSL_SERVICE, FINDING_AUTOSSL_NO_PROVIDER,
	FINDING_AUTOSSL_RETIRED, FINDING_AUTOSSL_TERMS,
	FINDING_AUTOSSL_FEATURE, FINDING_AUTOSSL_PENDING,
	FINDING_AUTOSSL_MARKET,
};

/* Only one server is asked, and what it does not say is no certificate's. */
static const struct app_default defaults[] = {
	{ FINDING_NET_RESOLVE, STATUS_UNKNOWN },
	{ FINDING_NET_CONNECT, STATUS_UNKNOWN },
	{ FINDING_NET_PROXY, STATUS_UNKNOWN },
	{ FINDING_TLS_HANDSHAKE, STATUS_UNKNOWN },
};

static const struct app_metric metrics[] = {
	{ "vhosts", "websites", NULL },
	{ "autossl_certs", "certificates of AutoSSL", NULL },
	{ "expired", "expired", NULL },
	{ "overdue", "overdue", NULL },
	{ "in_window", "due for renewal", NULL },
	{ "min_days", "days left, least", "!days" },
	{ "problems", "recorded problems", NULL },
	{ "problem_domains", "domains with a problem", NULL },
	{ "excluded", "excluded domains", NULL },
	{ "rate_limited", "rate limit hit", NULL },
	{ "pending_orders", "pending orders", NULL },
	{ "pending_domains", "domains in pending orders", NULL },
	{ "oldest_pending", "age of the oldest order", "s" },
	{ "last_run_age", "age of the last run", "s" },
	{ "run_in_progress", "run in progress for", "s" },
	{ "api_time", "time of the calls", "s" },
	{ NULL, NULL, NULL },
};

static const char *const examples[] = {
	"check_autossl_queue --whm=server.example.com --token-file=whm.token",
	"a whole server",
	"check_autossl_queue --cpanel=server.example.com -u shop "
	    "--token-file=shop.token",
	"one account, as a customer of shared hosting",
	"check_autossl_queue --local",
	"on the server itself, as root",
	NULL
};

static int
run(const struct options *options, struct report *report, struct err *err)
{
	return queue_run(checks, options, report, err);
}

static const struct app app = {
	.options = &table,
	.service = "AUTOSSL_QUEUE",
	.summary = "Checks whether cPanel's AutoSSL renews its certificates: "
	    "what is expired or overdue, and why; failed validation, rate "
	    "limits, runs that do not happen, orders that pend.",
	.examples = examples,
	.findings = findings,
	.n_findings = sizeof(findings) / sizeof(findings[0]),
	.defaults = defaults,
	.n_defaults = sizeof(defaults) / sizeof(defaults[0]),
	.caches = true,
	.metrics = metrics,
	.run = run,
};

int
main(int argc, char **argv)
{
	return app_main(&app, argc, argv);
}

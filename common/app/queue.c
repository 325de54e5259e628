/* SPDX-License-Identifier: ISC */
/* From a cPanel server to a judged result. */
#include "app/queue.h"

#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "model/autossl.h"
#include "probe/autossl.h"

/* Which of --whm, --cpanel and --local is given, exactly one. */
static int
queue_way(const struct options *options, enum autossl_way *way,
    struct err *err)
{
	int n = (options->whm != NULL) + (options->cpanel != NULL) +
	    options->local;

	if (n == 0)
		return err_set(err, ERR_USAGE, "say what to ask: --whm=HOST, "
		    "--cpanel=HOST or --local");
	if (n > 1)
		return err_set(err, ERR_USAGE, "only one of --whm, --cpanel "
		    "and --local can be asked");
	if (options->whm != NULL)
		*way = AUTOSSL_WHM;
	else if (options->cpanel != NULL)
		*way = AUTOSSL_CPANEL;
	else if (options->user != NULL || geteuid() != 0)
		*way = AUTOSSL_LOCAL_ACCOUNT;
	else
		*way = AUTOSSL_LOCAL_HOST;
	return 0;
}

static int
queue_options(const struct options *options, enum autossl_way way,
    struct err *err)
{
	bool host = way == AUTOSSL_WHM || way == AUTOSSL_LOCAL_HOST;

	if (options->account.n > 0 && !host)
		return err_set(err, ERR_USAGE, "--account: only with the "
		    "whole server (--whm, --local as root); one account is "
		    "named by --user");
	if (options->market && host)
		return err_set(err, ERR_USAGE, "--market: only for one "
		    "account (--cpanel, --local with --user)");
	if (options->local && options->local_bin[0] != '/')
		return err_set(err, ERR_USAGE, "--local-bin: '%.80s' is no "
		    "absolute path", options->local_bin);
	if (options->insecure && options->ca_file != NULL)
		return err_set(err, ERR_USAGE, "--insecure and --ca-file "
		    "cannot both be meant");
	return 0;
}

/* Stable across renewals and tokens: the server, and the account if that is
 * what is looked at. */
static struct result *
queue_result(struct report *report, const struct autossl_facts *facts)
{
	const char *target = facts->server, *label = facts->server;

	if (facts->way == AUTOSSL_CPANEL ||
	    facts->way == AUTOSSL_LOCAL_ACCOUNT) {
		target = arena_printf(report->arena, "%s@%s",
		    facts->user == NULL ? "" : facts->user, facts->server);
		label = target;
	}
	if (target == NULL)
		return NULL;
	return report_add(report, target, label);
}

static void
queue_judge(const struct check *const *checks, const struct options *options,
    const struct autossl_facts *facts, struct report *report)
{
	struct observation obs = {
		.autossl = facts, .resolve_ms = -1, .connect_ms = -1,
		.tls_ms = -1, .total_ms = facts->api_ms
	};
	struct check_input in = { &obs, options, options->at };
	struct result *result = queue_result(report, facts);
	unsigned long failures = mem_failures();
	size_t i;

	if (result == NULL) {
		report->nomem = true;
		return;
	}
	for (i = 0; checks[i] != NULL; i++)
		checks[i]->run(&in, result);
	if (mem_failures() != failures)
		result->nomem = true;
	report_close(report, result);
	/* Whatever is told, somebody else may have told it. */
	if (facts->insecure && report->note == NULL &&
	    !options->policy.rows[FINDING_API_INSECURE].ignore)
		report->note = "not verified: --insecure";
}

int
queue_run(const struct check *const *checks, const struct options *options,
    struct report *report, struct err *err)
{
	struct autossl_facts facts = { .server = NULL };
	struct autossl_params params = {
		.options = options, .start_ms = report->start_ms
	};
	int rc;

	if (queue_way(options, &facts.way, err) != 0 ||
	    queue_options(options, facts.way, err) != 0)
		return -1;
	params.arena = arena_new();
	if (params.arena == NULL)
		return err_nomem(err);
	rc = autossl_gather(&params, &facts, err);
	if (mem_library_failed())
		rc = err_nomem(err);
	if (rc == 0)
		queue_judge(checks, options, &facts, report);
	arena_free(params.arena);
	return rc;
}

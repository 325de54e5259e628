/* SPDX-License-Identifier: ISC */
/* From targets to judged results. */
#include "app/certs.h"

#include "probe/schedule.h"

struct judge {
	const struct check *const *checks;
	const struct options *options;
};

static void
judge(void *ctx, const struct observation *obs, struct result *result)
{
	const struct judge *judge = ctx;
	struct check_input in = { obs, judge->options, judge->options->at };

	checks_run(judge->checks, &in, result);
}

int
certs_run(const struct check *const *checks,
    const struct revocation_ops *revocation, const struct options *options,
    struct report *report, struct err *err)
{
	struct judge context = { checks, options };
	struct schedule_params params = {
		.options = options, .report = report,
		.start_ms = report->start_ms, .judge = judge,
		.ctx = &context
	};

	params.revocation = revocation;
	params.quiet = options->output == OUTPUT_NAGIOS &&
	    options->verbose == 0;
	return schedule_run(&params, err);
}

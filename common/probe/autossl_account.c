/* SPDX-License-Identifier: ISC */
/* What is asked about one account, which is all that its owner may see. */
#include "probe/autossl_private.h"
#include "probe/autossl_read.h"

static struct bytes
account_user(const struct autossl_probe *probe)
{
	return bytes_str(probe->facts->user == NULL ? "" :
	    probe->facts->user);
}

/* A list that was not asked for in pages, and yet is one of them. */
static int
account_is_whole(const struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	size_t n = json_count(answer->data);
	int64_t total;

	if (json_whole_of(json_get(answer->metadata, "paginate"),
	    "total_results", &total) != 0 || total < 0 ||
	    (uint64_t)total <= n)
		return 0;
	return err_set(err, ERR_SYNTAX, "%s: the server has %lld rows, and "
	    "gave %zu", question->call.function, (long long)total, n);
}

static int
account_on_installed(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	if (account_is_whole(question, answer, err) != 0)
		return -1;
	return autossl_read_installed(question->probe->facts,
	    account_user(question->probe), answer->data, err);
}

static int
account_on_problems(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	if (account_is_whole(question, answer, err) != 0)
		return -1;
	return autossl_read_problems(question->probe->facts,
	    account_user(question->probe), answer->data, err);
}

static int
account_on_excluded(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	return autossl_read_excluded(question->probe->facts,
	    account_user(question->probe), answer->data, err);
}

static int
account_on_progress(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	return autossl_read_progress(question->probe->facts, answer->data,
	    err);
}

static int
account_on_queue(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	return autossl_read_queue(question->probe->facts, answer->data, err);
}

static int
account_on_market(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	return autossl_read_market(question->probe->facts, answer->data, err);
}

static int
account_on_stored(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	return autossl_read_stored(question->probe->facts,
	    account_user(question->probe), answer->data, err);
}

static int
account_on_feature(struct autossl_question *question,
    const struct autossl_answer *answer, struct err *err)
{
	(void)answer;
	(void)err;
	question->probe->facts->feature = 1;
	return 0;
}

/* With the command line of root, UAPI needs to be told the account. */
static void
account_ask(struct autossl_probe *probe,
    const struct autossl_question *question)
{
	struct autossl_question copy = *question;

	copy.call.user = probe->facts->user;
	autossl_ask(probe, &copy);
}

static void
account_begin(struct autossl_probe *probe)
{
	static const struct autossl_question question = {
		.topic = AUTOSSL_VHOSTS, .read = account_on_installed,
		.call = { .function = "SSL::installed_hosts" }
	};

	account_ask(probe, &question);
}

static void
account_overview(struct autossl_probe *probe)
{
	static const struct autossl_question questions[] = {
		{ .topic = AUTOSSL_PROBLEMS, .read = account_on_problems,
		  .call = { .function = "SSL::get_autossl_problems" } },
		{ .topic = AUTOSSL_EXCLUDED, .read = account_on_excluded,
		  .call = { .function = "SSL::get_autossl_excluded_domains" } },
		{ .topic = AUTOSSL_PROGRESS, .read = account_on_progress,
		  .call = { .function =
		    "SSL::is_autossl_check_in_progress" } },
		{ .topic = AUTOSSL_FEATURE, .read = account_on_feature,
		  .call = { .function = "Features::has_feature",
		    .params = { { "name", "autossl" } } } },
		{ .topic = AUTOSSL_QUEUE, .read = account_on_queue,
		  .call = { .function = "SSL::get_autossl_pending_queue" } },
	};
	static const struct autossl_question market = {
		.topic = AUTOSSL_MARKET, .read = account_on_market,
		.call = { .function = "Market::get_pending_ssl_certificates",
		    .params = { { "provider", "cPStore" } } }
	};
	size_t i;

	if (probe->facts->topics[AUTOSSL_VHOSTS].got == 0) {
		probe->stopped = true;
		return;
	}
	for (i = 0; i < sizeof(questions) / sizeof(questions[0]); i++)
		account_ask(probe, &questions[i]);
	if (probe->options->market)
		account_ask(probe, &market);
}

/* has_feature fails where the feature is off: that is its answer. */
static void
account_settle_feature(struct autossl_facts *facts)
{
	struct autossl_topic_state *topic = &facts->topics[AUTOSSL_FEATURE];

	if (topic->error.kind != ERR_DENIED)
		return;
	facts->feature = 0;
	topic->got++;
	err_clear(&topic->error);
}

static void
account_details(struct autossl_probe *probe)
{
	static const struct autossl_question stored = {
		.topic = AUTOSSL_STORED, .read = account_on_stored,
		.call = { .function = "SSL::list_certs" }
	};

	account_settle_feature(probe->facts);
	autossl_find_due(probe);
	if (probe->n_due == 0)
		return;
	account_ask(probe, &stored);
	autossl_ask_renewal(probe);
}

void (*const autossl_account_stages[])(struct autossl_probe *) = {
	account_begin, account_overview, account_details, NULL
};

/* SPDX-License-Identifier: ISC */
/*
 * The log of a run: hundreds of thousands of lines on a large server, of
 * which only those of type warn, error and failure are understood.
 */
#include "probe/autossl_read_private.h"

#include <string.h>

struct log_reader {
	struct autossl_facts *facts;
	struct autossl_index index;
	struct bytes subject;	/* the domain that the lines are about */
	struct err *err;
};

enum log_type {
	LOG_ROUTINE, LOG_ERROR, LOG_OTHER
};

static enum log_type
log_type(struct bytes type)
{
	if (text_same(type, bytes_str("out")) ||
	    text_same(type, bytes_str("success")))
		return LOG_ROUTINE;
	/* The API has the one, files have the other. */
	if (text_same(type, bytes_str("failure")) ||
	    text_same(type, bytes_str("error")))
		return LOG_ERROR;
	return LOG_OTHER;
}

static bool
log_has(struct bytes text, const char *words)
{
	return text.len > 0 &&
	    memmem(text.data, text.len, words, strlen(words)) != NULL;
}

/* "Analyzing “gone.example”’s DCV results …": what follows is about it.
 * "Analyzing “bob”’s domains …" is about nobody in particular. */
static void
log_follow(struct log_reader *r, struct bytes text)
{
	if (text.len < 9 || memcmp(text.data, "Analyzing", 9) != 0)
		return;
	r->subject = autossl_text_quoted(text);
	if (autossl_index_find(&r->index, r->subject) == r->index.n)
		r->subject = bytes_of("", 0);
}

static int
log_rate_limit(struct autossl_facts *facts, struct bytes text,
    int64_t retry_at, struct err *err)
{
	struct autossl_log *log = &facts->log;

	if (retry_at > log->retry_at)
		log->retry_at = retry_at;
	if (log->rate_limited)
		return 0;
	log->rate_limited = true;
	return autossl_read_keep(facts->arena, text, &log->rate_text, err);
}

/* Causes that say why a name has no new certificate. */
static bool
log_is_problem(enum autossl_cause cause)
{
	switch (cause) {
	case AUTOSSL_CAUSE_OTHER:
	case AUTOSSL_CAUSE_EXCLUDED:
	case AUTOSSL_CAUSE_SUSPENDED:
	case AUTOSSL_CAUSE_DISABLED:
	case AUTOSSL_CAUSE_FOREIGN:
		return false;
	default:
		return true;
	}
}

static int
log_problem(struct log_reader *r, const struct json_value *row,
    struct bytes text, const struct autossl_meaning *meaning)
{
	struct autossl_problem problem = { .domain = meaning->name,
	    .text = text, .meaning = *meaning, .from_log = true };

	json_instant_of(row, "timestamp", &problem.time);
	if (autossl_index_find(&r->index, problem.domain) == r->index.n)
		problem.domain = r->subject;
	if (problem.domain.len == 0 ||
	    (autossl_is_service_name(problem.domain) &&
	    !autossl_index_has_main(&r->index, problem.domain)))
		return 0;
	return autossl_problem_attach(r->facts, &r->index, &problem, r->err);
}

static int
log_line(struct log_reader *r, const struct json_value *row)
{
	struct bytes text = text_strip(json_text_of(row, "contents"));
	enum log_type type = log_type(json_text_of(row, "type"));
	struct autossl_meaning meaning;

	r->facts->log.n_lines++;
	if (type == LOG_ERROR)
		r->facts->log.n_errors++;
	if (log_has(text, "This system has AutoSSL disabled"))
		r->facts->log.disabled = true;
	log_follow(r, text);
	if (type == LOG_ROUTINE)
		return 0;
	meaning = autossl_text_read(text);
	if (meaning.cause == AUTOSSL_CAUSE_RATE_LIMIT &&
	    log_rate_limit(r->facts, text, meaning.retry_at, r->err) != 0)
		return -1;
	return log_is_problem(meaning.cause) ?
	    log_problem(r, row, text, &meaning) : 0;
}

int
autossl_read_log(struct autossl_facts *facts, const struct json_value *data,
    struct err *err)
{
	const struct json_value *rows = autossl_read_rows(data, "payload");
	struct log_reader r = { .facts = facts, .err = err };
	size_t i, n = json_count(rows);
	int ret = 0;

	if (rows == NULL)
		return err_set(err, ERR_SYNTAX, "get_autossl_log: no lines");
	r.subject = bytes_of("", 0);
	if (autossl_index_init(&r.index, facts, bytes_of(NULL, 0),
	    AUTOSSL_INDEX_NAMES, err) != 0)
		return -1;
	for (i = 0; i < n && ret == 0; i++)
		ret = log_line(&r, json_at(rows, i));
	autossl_index_release(&r.index);
	return ret;
}

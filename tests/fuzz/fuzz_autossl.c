/* SPDX-License-Identifier: ISC */
/*
 * Answers of cPanel's APIs, opened as WHM's and as UAPI's, then read by every
 * reader; and its texts.  The first octet chooses the status of HTTP.  Lines
 * of a log file are read as one answer, too.
 *
 * The corpus: answers of the public API documentation, and others built in
 * their shape; names in it are examples.
 */
#include <string.h>

#include "base/arena.h"
#include "base/text.h"
#include "probe/autossl_envelope.h"
#include "probe/autossl_pages.h"
#include "probe/autossl_read.h"
#include "fuzz.h"

#define NOW INT64_C(1795176000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
extra(void *ctx, struct bytes issuer)
{
	(void)ctx;
	return issuer.len == 3;
}

/* Where the virtual hosts that are due come from. */
static const char due[] = "[{\"user\":\"bob\",\"servername\":"
    "\"gone.example\",\"domains\":[\"www.gone.example\"],\"crt\":{"
    "\"not_after\":1795089600,\"issuer.commonName\":\"abc\"}}]";

static void
check_vhosts(const struct autossl_facts *facts)
{
	size_t i, j;

	for (i = 0; i < facts->n_vhosts; i++) {
		const struct autossl_vhost *v = &facts->vhosts[i];
		const struct autossl_detail *detail = v->detail;

		must(v->servername.len > 0 && v->user.data != NULL);
		if (detail == NULL)
			continue;
		must(v->autossl ? v->has_dates && detail->n_names > 0 :
		    v->issuer == AUTOSSL_ISSUER_SELF && detail->n_names == 0);
		must(detail->n_problems <= AUTOSSL_PROBLEMS_MAX);
		for (j = 0; j < detail->n_problems; j++) {
			const struct autossl_problem *p =
			    &detail->problems[j];

			must(text_is_utf8(p->text) &&
			    p->domain.data != NULL && p->meaning.name.len <=
			    p->text.len);
		}
	}
}

static void
check_facts(const struct autossl_facts *facts)
{
	size_t i;

	check_vhosts(facts);
	for (i = 0; i < facts->n_orders; i++)
		must(facts->orders[i].id.data != NULL &&
		    facts->orders[i].n_domains > 0);
	for (i = 0; i < facts->n_providers; i++)
		must(facts->providers[i].name.len > 0);
	must(facts->schedule.interval >= 0);
	must(facts->n_problem_domains <= facts->n_problems);
}

static void
read_due(struct autossl_facts *facts)
{
	struct json_doc *doc = json_doc_parse(bytes_str(due), 100, NULL);

	autossl_read_vhosts(facts, json_doc_root(doc), 0, NULL);
	must(facts->n_vhosts == 1 && facts->vhosts[0].detail != NULL);
	json_doc_free(doc);
}

static void
read_all(struct autossl_facts *facts, const struct json_value *data)
{
	struct bytes bob = bytes_str("bob");
	struct autossl_renewal renewal;

	autossl_read_providers(facts, data, NULL);
	autossl_read_schedule(facts, data, NULL);
	autossl_read_runs(facts, data, NULL);
	autossl_read_vhosts(facts, data, 0, NULL);
	autossl_read_installed(facts, bob, data, NULL);
	autossl_read_accounts(facts, data, NULL);
	autossl_read_problems(facts, bob, data, NULL);
	autossl_read_log(facts, data, NULL);
	autossl_read_queue(facts, data, NULL);
	autossl_read_stored(facts, bob, data, NULL);
	autossl_read_excluded(facts, bob, data, NULL);
	autossl_read_services(facts, data, NULL);
	autossl_read_progress(facts, data, NULL);
	autossl_read_renewal(data, &renewal, NULL);
	autossl_read_market(facts, data, NULL);
	check_facts(facts);
}

static void
read_facts(const struct json_value *data)
{
	struct autossl_facts facts;

	memset(&facts, 0, sizeof(facts));
	facts.arena = arena_new();
	facts.rules.now = NOW;
	facts.rules.extra = extra;
	read_due(&facts);
	read_all(&facts, data);
	arena_free(facts.arena);
}

/* The same answer for every page: it ends somewhere. */
static void
walk_pages(const struct json_value *data, const struct json_value *metadata)
{
	const struct json_value *rows = json_get(data, "vhosts");
	struct arena *arena = arena_new();
	struct autossl_pages pages;
	struct err err = ERR_INIT;
	size_t i, start, known;

	autossl_pages_init(&pages);
	for (i = 0; i < 10; i++) {
		start = autossl_pages_next(&pages);
		if (start == 0)
			break;
		known = autossl_pages_take(&pages, arena, start, rows,
		    metadata);
		must(known <= json_count(rows));
	}
	must(i < 10 && pages.rows <= 10 * json_count(rows));
	must(autossl_pages_check(&pages, "f", &err) == 0 ||
	    err.kind == ERR_SYNTAX);
	arena_free(arena);
}

static void
open_answer(struct bytes body, long status, bool uapi)
{
	struct autossl_reply reply = { body, status, "", uapi ?
	    "SSL::installed_hosts" : "fetch_ssl_vhosts", uapi, false };
	const struct json_value *data, *metadata;
	struct err err = ERR_INIT;
	struct json_doc *doc;

	if (autossl_envelope_open(&reply, &doc, &data, &metadata,
	    &err) != 0) {
		must(doc == NULL && err.kind != ERR_NONE &&
		    text_is_utf8(bytes_str(err.text)) &&
		    strpbrk(err.text, "|\n\r\t") == NULL &&
		    strncmp(err.text, reply.function,
		    strlen(reply.function)) == 0);
		return;
	}
	read_facts(data);
	walk_pages(data, metadata);
	json_doc_free(doc);
}

/* One JSON object in each line, as the log of a run is on disk. */
static void
read_lines(struct bytes body)
{
	static const char head[] = "{\"metadata\":{\"result\":1},\"data\":"
	    "{\"payload\":[";
	struct buf answer = BUF_INIT;
	size_t i;

	buf_str(&answer, head);
	for (i = 0; i < body.len; i++)
		if (body.data[i] != '\n')
			buf_char(&answer, (char)body.data[i]);
		else if (i + 1 < body.len)
			buf_char(&answer, ',');
	buf_str(&answer, "]}}");
	open_answer(buf_bytes(&answer), 200, false);
	buf_release(&answer);
}

static void
read_text(struct bytes text)
{
	struct autossl_meaning meaning = autossl_text_read(text);
	struct bytes quoted = autossl_text_quoted(text);

	must(meaning.cause < AUTOSSL_CAUSE_COUNT);
	must(meaning.name.len <= text.len && quoted.len <= text.len);
	autossl_is_service_name(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const long statuses[] = { 200, 0, 301, 401, 403, 404, 500,
		503 };
	struct bytes body;
	long status;

	if (size == 0)
		return 0;
	body = bytes_of(data + 1, size - 1);
	/* '0' to '7', so that seeds can be written by hand */
	status = statuses[data[0] & 7];
	open_answer(body, status, false);
	open_answer(body, status, true);
	read_lines(body);
	read_text(body);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * Recorded problems and excluded domains.  Problems of names that are due
 * are kept with their virtual host, the others only counted.
 */
#include "probe/autossl_read_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

#define PROBLEM_STALE 86400	/* the last run came so much later */

/* A name may be written with its last dot. */
static struct bytes
problem_domain(const struct json_value *row)
{
	struct bytes domain = json_text_of(row, "domain");

	if (domain.len > 1 && domain.data[domain.len - 1] == '.')
		domain.len--;
	return domain;
}

static int
problem_append(struct autossl_facts *facts, struct autossl_detail *detail,
    const struct autossl_problem *problem, struct err *err)
{
	struct autossl_problem *copy;

	if (detail->n_problems >= AUTOSSL_PROBLEMS_MAX)
		return 0;
	copy = autossl_read_push(facts->arena, &detail->problems,
	    &detail->n_problems, &detail->cap_problems, sizeof(*copy));
	if (copy == NULL)
		return err_nomem(err);
	*copy = *problem;
	if (autossl_read_keep(facts->arena, problem->text, &copy->text,
	    err) != 0)
		return -1;
	/* The name that the text tells lies in the copy as well. */
	copy->meaning = autossl_text_read(copy->text);
	return 0;
}

/* What the log says counts only where nothing is recorded, and once; that
 * validation failed gives way to the reason why. */
static bool
problem_is_known(struct autossl_detail *detail,
    const struct autossl_problem *problem)
{
	size_t i;

	for (i = 0; i < detail->n_problems && problem->from_log; i++) {
		struct autossl_problem *known = &detail->problems[i];

		if (!bytes_eq(known->domain, problem->domain))
			continue;
		if (!known->from_log ||
		    known->meaning.cause != AUTOSSL_CAUSE_VALIDATION ||
		    problem->meaning.cause == AUTOSSL_CAUSE_VALIDATION)
			return true;
		*known = detail->problems[--detail->n_problems];
		return false;
	}
	return false;
}

int
autossl_problem_attach(struct autossl_facts *facts,
    const struct autossl_index *index, const struct autossl_problem *problem,
    struct err *err)
{
	size_t i = autossl_index_find(index, problem->domain);
	struct autossl_problem copy = *problem;

	for (; autossl_index_is(index, i, problem->domain); i++) {
		struct autossl_detail *detail =
		    index->entries[i].vhost->detail;

		/* As the virtual host spells it, which lasts. */
		copy.domain = index->entries[i].name;
		if (index->entries[i].excluded)
			facts->n_noise += problem->from_log ? 0 : 1;
		else if (!problem_is_known(detail, &copy) &&
		    problem_append(facts, detail, &copy, err) != 0)
			return -1;
	}
	return 0;
}

/* What nobody waits for: a name that cPanel adds by itself, unless somebody
 * has a website of that name; one that was excluded, one that passed since:
 * a run that has not come to its end may still find it again, the one before
 * has not. */
static bool
problem_is_noise(const struct autossl_facts *facts,
    const struct autossl_index *index, const struct autossl_problem *problem)
{
	return (autossl_is_service_name(problem->domain) &&
	    !autossl_index_has_main(index, problem->domain)) ||
	    problem->meaning.cause == AUTOSSL_CAUSE_EXCLUDED ||
	    (facts->runs.done != 0 && problem->time != 0 &&
	    problem->time < facts->runs.done - PROBLEM_STALE);
}

static int
problem_read(struct autossl_facts *facts, const struct autossl_index *index,
    const struct json_value *row, struct err *err)
{
	struct autossl_problem problem = {
		.domain = problem_domain(row),
		.text = text_strip(json_text_of(row, "problem")),
	};

	facts->n_problems++;
	/* The directory of the run's log is named after its start. */
	if (json_instant_of(row, "time", &problem.time) != 0)
		json_instant_of(row, "log", &problem.time);
	problem.meaning = autossl_text_read(problem.text);
	if (problem_is_noise(facts, index, &problem)) {
		facts->n_noise++;
		return 0;
	}
	return autossl_problem_attach(facts, index, &problem, err);
}

static int
problem_compare(const void *a, const void *b)
{
	const struct bytes *x = a, *y = b;

	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	return x->len == 0 ? 0 : memcmp(x->data, y->data, x->len);
}

/* A domain may have several records. */
static int
problem_count_domains(struct autossl_facts *facts,
    const struct json_value *rows, struct err *err)
{
	size_t i, n = json_count(rows);
	struct bytes *domains = mem_array(n, sizeof(*domains));

	if (domains == NULL)
		return err_nomem(err);
	for (i = 0; i < n; i++)
		domains[i] = problem_domain(json_at(rows, i));
	if (n > 1)
		qsort(domains, n, sizeof(*domains), problem_compare);
	for (i = 0; i < n; i++)
		if (domains[i].len > 0 &&
		    (i == 0 || !bytes_eq(domains[i], domains[i - 1])))
			facts->n_problem_domains++;
	mem_free(domains);
	return 0;
}

static int
problem_read_rows(struct autossl_facts *facts, struct bytes user,
    const struct json_value *rows, struct err *err)
{
	struct autossl_index index;
	size_t i, n = json_count(rows), nameless = 0;
	int ret = 0;

	if (autossl_index_init(&index, facts, user, AUTOSSL_INDEX_NAMES,
	    err) != 0)
		return -1;
	for (i = 0; i < n && ret == 0; i++) {
		if (problem_domain(json_at(rows, i)).len > 0)
			ret = problem_read(facts, &index, json_at(rows, i),
			    err);
		else
			nameless++;
	}
	autossl_index_release(&index);
	if (ret == 0 && nameless > 0)
		ret = err_set(err, ERR_SYNTAX, "recorded problems: %zu "
		    "without a domain", nameless);
	return ret;
}

int
autossl_read_problems(struct autossl_facts *facts, struct bytes user,
    const struct json_value *data, struct err *err)
{
	const struct json_value *rows;

	if (autossl_read_list(data, "problems_by_domain",
	    "recorded problems: no list of domains", &rows, err) != 0)
		return -1;
	if (problem_count_domains(facts, rows, err) != 0)
		return -1;
	return problem_read_rows(facts, user, rows, err);
}

/* Problems of an excluded name are nobody's; it moves behind the names that
 * matter. */
static void
excluded_forget(struct autossl_facts *facts, struct autossl_detail *detail,
    struct bytes name)
{
	size_t i, kept = 0;

	for (i = 0; i < detail->n_problems; i++)
		if (!bytes_eq(detail->problems[i].domain, name))
			detail->problems[kept++] = detail->problems[i];
	facts->n_noise += detail->n_problems - kept;
	detail->n_problems = kept;
	for (i = 0; i < detail->n_names && !bytes_eq(detail->names[i], name);
	    i++)
		continue;
	if (i == detail->n_names)
		return;
	detail->names[i] = detail->names[--detail->n_names];
	detail->names[detail->n_names] = name;
	detail->n_names_excluded++;
}

static void
excluded_note(struct autossl_facts *facts, const struct autossl_index *index,
    struct bytes name)
{
	size_t i = autossl_index_find(index, name);

	facts->n_excluded++;
	for (; autossl_index_is(index, i, name); i++) {
		struct autossl_vhost *vhost = index->entries[i].vhost;
		struct bytes kept = index->entries[i].name;

		if (bytes_eq(kept, vhost->servername))
			vhost->detail->excluded = true;
		else if (!index->entries[i].excluded)
			excluded_forget(facts, vhost->detail, kept);
	}
}

/* A row, or the bare name. */
static struct bytes
excluded_name(const struct json_value *row)
{
	return json_is_object(row) ? json_text_of(row, "excluded_domain") :
	    json_text(row);
}

int
autossl_read_excluded(struct autossl_facts *facts, struct bytes user,
    const struct json_value *data, struct err *err)
{
	const struct json_value *rows;
	struct autossl_index index;
	size_t i, n, nameless = 0;

	if (autossl_read_list(data, "payload",
	    "excluded domains: no list of domains", &rows, err) != 0)
		return -1;
	n = json_count(rows);
	if (autossl_index_init(&index, facts, user, AUTOSSL_INDEX_NAMES,
	    err) != 0)
		return -1;
	for (i = 0; i < n; i++) {
		struct bytes name = excluded_name(json_at(rows, i));

		nameless += name.len == 0;
		if (name.len > 0)
			excluded_note(facts, &index, name);
	}
	autossl_index_release(&index);
	return nameless == 0 ? 0 : err_set(err, ERR_SYNTAX,
	    "excluded domains: %zu without a name", nameless);
}

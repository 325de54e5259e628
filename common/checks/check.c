/* SPDX-License-Identifier: ISC */
/* What the checks share: the order of work, labels, who issued whom. */
#include "checks/check.h"

#include "base/alloc.h"
#include "checks/summary.h"

void
checks_run(const struct check *const *checks, const struct check_input *in,
    struct result *result)
{
	unsigned long failures = mem_failures();
	size_t i;

	result->checked = in->obs->n_certs > 0;
	for (i = 0; checks[i] != NULL; i++)
		if (!checks[i]->needs_certs || in->obs->n_certs > 0)
			checks[i]->run(in, result);
	summary_fill(in, result);
	/* A text that is cut would be told like a whole one. */
	if (mem_failures() != failures)
		result->nomem = true;
}

bool
check_issued(const struct cert_facts *a, const struct cert_facts *b)
{
	if (bytes_eq(a->issuer_der, b->subject_der) && a->issuer_der.len > 0)
		return true;
	return a->aki.len > 0 && bytes_eq(a->aki, b->ski);
}

bool
check_is_issuer(const struct observation *obs, size_t i)
{
	size_t k;

	for (k = 0; k < obs->n_certs; k++)
		if (k != i && check_issued(&obs->certs[k], &obs->certs[i]))
			return true;
	return false;
}

bool
check_on_path(const struct observation *obs, size_t i)
{
	size_t k;

	if (obs->path.n == 0 || obs->from_file)
		return true;
	for (k = 0; k < obs->path.n; k++)
		if (bytes_eq(obs->path.certs[k], obs->certs[i].der))
			return true;
	return false;
}

/* How many CA certificates that are no roots come up to and with i. */
static size_t
intermediate_number(const struct observation *obs, size_t i)
{
	size_t k, n = 0;

	for (k = 0; k <= i; k++)
		if (k != obs->leaf && obs->certs[k].is_ca &&
		    !obs->certs[k].self_issued)
			n++;
	return n;
}

const char *
check_label(const struct check_input *in, struct result *result, size_t i)
{
	const struct observation *obs = in->obs;
	const struct cert_facts *cert = &obs->certs[i];
	const char *label;

	if (i == obs->leaf && !(obs->from_file && cert->is_ca))
		return "leaf";
	if (obs->from_file && cert->is_ca && obs->n_certs == 1)
		return "CA";
	if (obs->from_file && obs->certs[0].is_ca)
		label = arena_printf(result->arena, "certificate %zu", i + 1);
	else if (cert->is_ca && cert->self_issued)
		return "root";
	else if (cert->is_ca)
		label = arena_printf(result->arena, "intermediate %zu",
		    intermediate_number(obs, i));
	else
		label = arena_printf(result->arena, "certificate %zu", i + 1);
	return label == NULL ? "certificate" : label;
}

const char *
check_whose(struct result *result, const struct rev_facts *facts)
{
	const char *label;

	if (facts->position == 0 && facts->number == 0)
		return "leaf";
	if (facts->position == 0)
		label = arena_printf(result->arena, "certificate %zu",
		    facts->number);
	else
		label = arena_printf(result->arena, "intermediate %zu",
		    facts->position);
	return label == NULL ? "certificate" : label;
}

/* SPDX-License-Identifier: ISC */
/* The websites of a cPanel server, one series for each, and not too many. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "model/status.h"
#include "render/openmetrics_private.h"

#define OPENMETRICS_SITES 10000	/* of a target */

struct openmetrics_sites {
	const struct vhost_summary **sites;
	size_t n, n_left_out;
};

static int
openmetrics_compare_bytes(struct bytes a, struct bytes b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int order = n == 0 ? 0 : memcmp(a.data, b.data, n);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

static int
openmetrics_by_name(const void *a, const void *b)
{
	const struct vhost_summary *const *x = a, *const *y = b;
	int order = openmetrics_compare_bytes((*x)->user, (*y)->user);

	return order != 0 ? order : openmetrics_compare_bytes(
	    (*x)->servername, (*y)->servername);
}

static int
openmetrics_by_urgency(const void *a, const void *b)
{
	const struct vhost_summary *const *x = a, *const *y = b;

	if ((*x)->status != (*y)->status)
		return status_worst((*x)->status, (*y)->status) ==
		    (*x)->status ? -1 : 1;
	if ((*x)->has_dates && (*y)->has_dates &&
	    (*x)->not_after != (*y)->not_after)
		return (*x)->not_after < (*y)->not_after ? -1 : 1;
	return openmetrics_by_name(a, b);
}

static bool
openmetrics_concerns(const struct vhost_summary *vhost)
{
	return vhost->autossl || vhost->status != STATUS_OK;
}

/* With names that fit into a label: two that are cut might be the same. */
static bool
openmetrics_is_site(const struct vhost_summary *vhost)
{
	return openmetrics_concerns(vhost) &&
	    vhost->user.len <= OPENMETRICS_VALUE &&
	    vhost->servername.len <= OPENMETRICS_VALUE;
}

/*
 * The websites of a target: sorted by name, so that none comes twice, then by
 * urgency, so that the limit leaves out what can wait.
 */
static int
openmetrics_collect(const struct result_facts *facts,
    struct openmetrics_sites *list)
{
	const struct vhost_summary **sites = mem_array(facts->n_vhosts + 1,
	    sizeof(*sites));
	size_t k, n = 0;

	*list = (struct openmetrics_sites){ .sites = sites };
	if (sites == NULL)
		return -1;
	for (k = 0; k < facts->n_vhosts; k++)
		if (openmetrics_is_site(&facts->vhosts[k]))
			sites[n++] = &facts->vhosts[k];
		else if (openmetrics_concerns(&facts->vhosts[k]))
			list->n_left_out++;
	qsort(sites, n, sizeof(*sites), openmetrics_by_name);
	for (k = 0; k < n; k++)
		if (list->n == 0 || openmetrics_by_name(&sites[k],
		    &sites[list->n - 1]) != 0)
			sites[list->n++] = sites[k];
	qsort(sites, list->n, sizeof(*sites), openmetrics_by_urgency);
	if (list->n > OPENMETRICS_SITES) {
		list->n_left_out += list->n - OPENMETRICS_SITES;
		list->n = OPENMETRICS_SITES;
	}
	return 0;
}

static void
openmetrics_site(struct openmetrics *om, size_t i,
    const struct vhost_summary *site, int64_t value)
{
	openmetrics_open(om, i);
	openmetrics_label(om, "user", site->user);
	openmetrics_label(om, "servername", site->servername);
	openmetrics_close(om, openmetrics_milli(value));
}

static void
openmetrics_states(struct openmetrics *om,
    const struct openmetrics_sites *lists)
{
	size_t i, k;

	openmetrics_family(om, "tlscert_autossl_website_state",
	    "State of a website: 0 ok, 1 warning, 2 critical, 3 unknown.");
	for (i = 0; i < om->report->n_results; i++)
		for (k = 0; k < lists[i].n; k++)
			openmetrics_site(om, i, lists[i].sites[k],
			    (int)lists[i].sites[k]->status);
}

static void
openmetrics_ends(struct openmetrics *om,
    const struct openmetrics_sites *lists)
{
	const struct vhost_summary *site;
	size_t i, k;

	openmetrics_family(om, "tlscert_autossl_not_after_timestamp_seconds",
	    "End of the validity of a website's AutoSSL certificate.");
	for (i = 0; i < om->report->n_results; i++)
		for (k = 0; k < lists[i].n; k++) {
			site = lists[i].sites[k];
			if (site->autossl && site->has_dates)
				openmetrics_site(om, i, site,
				    site->not_after);
		}
}

static void
openmetrics_left_out(struct openmetrics *om,
    const struct openmetrics_sites *lists)
{
	size_t i;

	openmetrics_family(om, "tlscert_autossl_websites_left_out",
	    "Websites without a series of their own: there are too many.");
	for (i = 0; i < om->report->n_results; i++) {
		if (om->report->results[i]->facts.n_vhosts == 0)
			continue;
		openmetrics_open(om, i);
		openmetrics_close(om,
		    openmetrics_milli((int64_t)lists[i].n_left_out));
	}
}

void
openmetrics_sites(struct openmetrics *om)
{
	size_t n = om->report->n_results, i;
	struct openmetrics_sites *lists = mem_array(n, sizeof(*lists));

	if (lists == NULL && n > 0)
		om->out->failed = true;
	for (i = 0; lists != NULL && i < n; i++)
		if (openmetrics_collect(&om->report->results[i]->facts,
		    &lists[i]) != 0)
			om->out->failed = true;
	if (!om->out->failed && n > 0) {
		openmetrics_states(om, lists);
		openmetrics_ends(om, lists);
		openmetrics_left_out(om, lists);
	}
	for (i = 0; lists != NULL && i < n; i++)
		mem_free(lists[i].sites);
	mem_free(lists);
}

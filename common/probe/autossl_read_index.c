/* SPDX-License-Identifier: ISC */
/* Names of virtual hosts, sorted. */
#include "probe/autossl_read_private.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/list.h"
#include "base/text.h"

static int
index_compare_names(struct bytes a, struct bytes b)
{
	size_t i;
	int d;

	for (i = 0; i < a.len && i < b.len; i++) {
		d = (unsigned char)text_lower((char)a.data[i]) -
		    (unsigned char)text_lower((char)b.data[i]);
		if (d != 0)
			return d;
	}
	return (a.len > b.len) - (a.len < b.len);
}

static int
index_compare(const void *a, const void *b)
{
	const struct autossl_index_entry *x = a, *y = b;
	int d = index_compare_names(x->name, y->name);

	if (d != 0)
		return d;
	return (x->vhost > y->vhost) - (x->vhost < y->vhost);
}

static int
index_add(struct autossl_index *index, size_t *cap, struct bytes name,
    struct autossl_vhost *vhost)
{
	struct autossl_index_entry *entry = list_push(&index->entries,
	    &index->n, cap, sizeof(*entry), SIZE_MAX);

	if (entry == NULL)
		return -1;
	entry->name = name;
	entry->vhost = vhost;
	entry->excluded = false;
	return 0;
}

/* "*.example.com" for "www.example.com"; data NULL: out of memory. */
static struct bytes
index_wildcard(struct arena *arena, struct bytes name)
{
	const uint8_t *dot = memchr(name.data, '.', name.len);
	struct bytes rest;

	if (dot == NULL)
		return name;
	rest = bytes_of(dot, name.len - (size_t)(dot - name.data));
	return bytes_str(arena_printf(arena, "*%.*s", (int)rest.len,
	    (const char *)rest.data));
}

static int
index_add_vhost(struct autossl_index *index, size_t *cap,
    struct arena *arena, struct autossl_vhost *vhost,
    enum autossl_index_of what)
{
	const struct autossl_detail *detail = vhost->detail;
	struct bytes wildcard;
	size_t i;

	if (index_add(index, cap, vhost->servername, vhost) != 0)
		return -1;
	if (what == AUTOSSL_INDEX_COVERS) {
		wildcard = index_wildcard(arena, vhost->servername);
		return wildcard.data == NULL ? -1 :
		    index_add(index, cap, wildcard, vhost);
	}
	for (i = 0; i < detail->n_names + detail->n_names_excluded; i++) {
		if (bytes_eq(detail->names[i], vhost->servername))
			continue;
		if (index_add(index, cap, detail->names[i], vhost) != 0)
			return -1;
		index->entries[index->n - 1].excluded = i >= detail->n_names;
	}
	return 0;
}

/* A name that a virtual host has twice counts once. */
static void
index_sort(struct autossl_index *index)
{
	struct autossl_index_entry *e = index->entries;
	size_t i, kept = 0;

	if (index->n < 2)
		return;
	qsort(e, index->n, sizeof(*e), index_compare);
	for (i = 1; i < index->n; i++)
		if (index_compare(&e[i], &e[kept]) != 0)
			e[++kept] = e[i];
	index->n = kept + 1;
}

int
autossl_index_init(struct autossl_index *index,
    const struct autossl_facts *facts, struct bytes user,
    enum autossl_index_of what, struct err *err)
{
	size_t i, cap = 0;

	*index = (struct autossl_index){ NULL, 0 };
	for (i = 0; i < facts->n_vhosts; i++) {
		struct autossl_vhost *vhost = &facts->vhosts[i];

		if (vhost->detail == NULL || (user.data != NULL &&
		    !bytes_eq(vhost->user, user)))
			continue;
		if (index_add_vhost(index, &cap, facts->arena, vhost,
		    what) != 0) {
			autossl_index_release(index);
			return err_nomem(err);
		}
	}
	index_sort(index);
	return 0;
}

void
autossl_index_release(struct autossl_index *index)
{
	mem_free(index->entries);
	*index = (struct autossl_index){ NULL, 0 };
}

size_t
autossl_index_find(const struct autossl_index *index, struct bytes name)
{
	size_t low = 0, high = index->n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (index_compare_names(index->entries[middle].name,
		    name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return autossl_index_is(index, low, name) ? low : index->n;
}

bool
autossl_index_has_main(const struct autossl_index *index, struct bytes name)
{
	size_t i = autossl_index_find(index, name);

	for (; autossl_index_is(index, i, name); i++)
		if (bytes_eq(index->entries[i].name,
		    index->entries[i].vhost->servername))
			return true;
	return false;
}

bool
autossl_index_is(const struct autossl_index *index, size_t i,
    struct bytes name)
{
	return i < index->n &&
	    index_compare_names(index->entries[i].name, name) == 0;
}

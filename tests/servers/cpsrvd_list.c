/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd: filter, sort, chunk and columns of WHM API 1; filter, sort and
 * paginate of UAPI.  They work on the list of an answer, in place.
 */

#include "cpsrvd.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A field by its name, dots included, or by a path through objects. */
static json_t *
field_get(const json_t *row, const char *name)
{
	const char	*dot = strchr(name, '.');
	json_t		*value = json_object_get(row, name);
	char		 outer[128];

	if (value != NULL || dot == NULL ||
	    (size_t)(dot - name) >= sizeof(outer))
		return value;
	memcpy(outer, name, (size_t)(dot - name));
	outer[dot - name] = '\0';
	value = json_object_get(row, outer);
	return value != NULL ? field_get(value, dot + 1) : NULL;
}

static const char *
field_text(const json_t *value, char *buffer, size_t size)
{
	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_integer(value))
		snprintf(buffer, size, "%lld",
		    (long long)json_integer_value(value));
	else
		buffer[0] = '\0';
	return buffer;
}

/* --- filter --------------------------------------------------------------- */

static int
compare_numbers(const char *text, const char *wanted, const char *type)
{
	int	 endless = strcmp(text, "unlimited") == 0;
	double	 value = endless && strstr(type, "_unlimited") != NULL ?
		    1e300 : strtod(text, NULL);
	double	 limit = strtod(wanted, NULL);

	if (strcmp(type, "==") == 0)
		return !(value < limit || value > limit);
	if (strncmp(type, "lt", 2) == 0)
		return value < limit || (strcmp(type, "lt_equal") == 0 &&
		    !(value > limit));
	return value > limit || (strcmp(type, "gt_equal") == 0 &&
	    !(value < limit));
}

static int
ends_with(const char *text, const char *end)
{
	size_t	 len = strlen(text), n = strlen(end);

	return len >= n && strcasecmp(text + len - n, end) == 0;
}

/* -1: there is no such type. */
static int
text_fits(const char *text, const char *wanted, const char *type)
{
	if (strcmp(type, "contains") == 0)
		return strcasestr(text, wanted) != NULL;
	if (strcmp(type, "begins") == 0)
		return strncasecmp(text, wanted, strlen(wanted)) == 0;
	if (strcmp(type, "ends") == 0)
		return ends_with(text, wanted);
	if (strcmp(type, "eq") == 0)
		return strcmp(text, wanted) == 0;
	if (strcmp(type, "ne") == 0)
		return strcmp(text, wanted) != 0;
	if (strcmp(type, "defined") == 0)
		return text[0] != '\0';
	if (strcmp(type, "==") == 0 || strncmp(type, "lt", 2) == 0 ||
	    strncmp(type, "gt", 2) == 0)
		return compare_numbers(text, wanted, type);
	return -1;
}

/* A value, or with `*` any below it. */
static int
value_fits(const json_t *value, const char *wanted, const char *type)
{
	char		 buffer[32];
	const char	*key;
	json_t		*item;
	size_t		 i;

	json_object_foreach((json_t *)(uintptr_t)value, key, item) {
		if (value_fits(item, wanted, type) == 1)
			return 1;
	}
	json_array_foreach(value, i, item) {
		if (value_fits(item, wanted, type) == 1)
			return 1;
	}
	if (json_is_object(value) || json_is_array(value))
		return 0;
	return text_fits(field_text(value, buffer, sizeof(buffer)), wanted,
	    type);
}

static int
filter_one(struct call *call, json_t *list, const char *const *filter)
{
	json_t	*kept = json_array(), *row;
	size_t	 i;
	int	 fits = 0;

	json_array_foreach(list, i, row) {
		fits = value_fits(strcmp(filter[0], "*") == 0 ? row :
		    field_get(row, filter[0]), filter[1], filter[2]);
		if (fits == -1)
			break;
		if (fits == 1)
			json_array_append(kept, row);
	}
	if (fits == -1)
		snprintf(call->reason, sizeof(call->reason),
		    "Invalid filter type “%s”.", filter[2]);
	json_array_clear(list);
	json_array_extend(list, kept);
	json_decref(kept);
	return fits == -1 ? -1 : 0;
}

/* The parameters `prefix + NAME + suffix`; the value of another suffix. */
static const char *
sibling(const struct call *call, const char *prefix, const char *id,
    const char *suffix)
{
	char	 name[256];

	snprintf(name, sizeof(name), "%s%s%s", prefix, id, suffix);
	return params_get(&call->params, name);
}

/* The id in prefix ID suffix; 0: the name is another. */
static int
id_of(const char *name, const char *prefix, const char *suffix, char *id)
{
	size_t	 len = strlen(name), p = strlen(prefix), s = strlen(suffix);

	if (len <= p + s || len - p - s > 63 ||
	    strncmp(name, prefix, p) != 0 ||
	    strcmp(name + len - s, suffix) != 0)
		return 0;
	memcpy(id, name + p, len - p - s);
	id[len - p - s] = '\0';
	return strchr(id, '.') == NULL;
}

static int
filter_whm(struct call *call, json_t *list)
{
	char		 id[64];
	const char	*filter[3];
	size_t		 i;

	for (i = 0; i < call->params.n; i++) {
		if (!id_of(call->params.items[i].name, "api.filter.",
		    ".field", id))
			continue;
		filter[0] = call->params.items[i].value;
		filter[1] = sibling(call, "api.filter.", id, ".arg0");
		filter[2] = sibling(call, "api.filter.", id, ".type");
		if (filter[1] == NULL)
			filter[1] = "";
		if (filter[2] == NULL || filter[2][0] == '\0')
			filter[2] = "contains";
		if (filter_one(call, list, filter) == -1)
			return -1;
	}
	return 0;
}

/* --- sort ----------------------------------------------------------------- */

struct order {
	const char	*field;
	int		 numeric, reverse;
};

struct place {
	json_t	*row;
	size_t	 at;		/* what is equal stays as it was */
};

static int
place_compare(const void *a, const void *b, void *ctx)
{
	const struct order	*order = ctx;
	const struct place	*left = a, *right = b;
	char			 one[32], two[32];
	const char		*x = field_text(field_get(left->row,
				    order->field), one, sizeof(one));
	const char		*y = field_text(field_get(right->row,
				    order->field), two, sizeof(two));
	double			 d = order->numeric ?
				    strtod(x, NULL) - strtod(y, NULL) : 0;
	int			 sign = order->numeric ? (d > 0) - (d < 0) :
				    strcmp(x, y);

	if (sign == 0)
		return left->at < right->at ? -1 : 1;
	return order->reverse ? -sign : sign;
}

static void
sort_list(json_t *list, struct order *order)
{
	size_t		 i, n = json_array_size(list);
	struct place	*places = cpsrvd_alloc((n + 1) * sizeof(*places));

	for (i = 0; i < n; i++) {
		places[i].row = json_incref(json_array_get(list, i));
		places[i].at = i;
	}
	qsort_r(places, n, sizeof(*places), place_compare, order);
	json_array_clear(list);
	for (i = 0; i < n; i++)
		json_array_append_new(list, places[i].row);
	free(places);
}

static void
sort_whm(struct call *call, json_t *list)
{
	char		 id[64];
	const char	*method, *reverse;
	struct order	 order;
	size_t		 i;

	/* The first one weighs most: it is sorted by last. */
	for (i = call->params.n; i-- > 0; ) {
		if (!id_of(call->params.items[i].name, "api.sort.", ".field",
		    id))
			continue;
		method = sibling(call, "api.sort.", id, ".method");
		reverse = sibling(call, "api.sort.", id, ".reverse");
		order.field = call->params.items[i].value;
		order.numeric = method != NULL &&
		    strncmp(method, "numeric", 7) == 0;
		order.reverse = reverse != NULL && strcmp(reverse, "1") == 0;
		sort_list(list, &order);
	}
}

/* --- slices --------------------------------------------------------------- */

static void
slice(json_t *list, size_t start, size_t size)
{
	json_t	*part = json_array();
	size_t	 i, n = json_array_size(list);

	for (i = start; i < n && i - start < size; i++)
		json_array_append(part, json_array_get(list, i));
	json_array_clear(list);
	json_array_extend(list, part);
	json_decref(part);
}

/* A number that the scenario has for a drift, or the fallback. */
static long
drift_number(const struct call *call, const char *what, long fallback)
{
	const json_t	*n = json_object_get(json_object_get(call->scene,
			    "drift"), what);

	return json_is_integer(n) ? (long)json_integer_value(n) : fallback;
}

static void
chunk_tell(const struct call *call, size_t n, long size, long start)
{
	json_t	*chunk = json_pack("{s:I,s:I}", "records",
		    (json_int_t)drift_number(call, "chunk_records", (long)n),
		    "size", (json_int_t)size);

	json_object_set_new(call->metadata, "chunk", chunk);
	if (scene_drift(call, "chunk_bare"))
		return;
	json_object_set_new(chunk, "chunks", json_integer(
	    (json_int_t)((n + (size_t)size - 1) / (size_t)size)));
	json_object_set_new(chunk, "current", json_integer(
	    (json_int_t)((start - 1) / size + 1)));
}

static void
chunk_whm(struct call *call, json_t *list)
{
	long	 size = params_number(&call->params, "api.chunk.size", 100);
	long	 start = params_number(&call->params, "api.chunk.start", 1);
	long	 most = drift_number(call, "chunk_max", size);
	size_t	 n = json_array_size(list);

	if (size > most)
		size = most;
	if (size < 1)
		size = 1;
	if (start < 1 || scene_drift(call, "chunk_stuck"))
		start = 1;
	slice(list, (size_t)start - 1, (size_t)size);
	if (params_number(&call->params, "api.chunk.verbose", 0) == 0 ||
	    scene_drift(call, "chunk_silent"))
		return;
	chunk_tell(call, n, size, start);
}

static json_t *
columns_of(const json_t *row, const json_t *names)
{
	json_t	*less = json_object(), *name, *value;
	size_t	 i;

	json_array_foreach(names, i, name) {
		value = json_object_get(row, json_string_value(name));
		if (value != NULL)
			json_object_set(less, json_string_value(name), value);
	}
	return less;
}

static void
columns_apply(struct call *call, json_t *list, const char *prefix)
{
	json_t	*names = json_array(), *row;
	char	 id[64];
	size_t	 i;

	for (i = 0; i < call->params.n; i++) {
		if (id_of(call->params.items[i].name, prefix, "", id) &&
		    strcmp(id, "enable") != 0)
			json_array_append_new(names,
			    json_string(call->params.items[i].value));
	}
	json_array_foreach(list, i, row) {
		if (json_array_size(names) > 0 && json_is_object(row))
			json_array_set_new(list, i, columns_of(row, names));
	}
	json_decref(names);
}

/* As of a table without an order: another one for each chunk. */
static void
shuffle(const struct call *call, json_t *list)
{
	size_t	 i, n = json_array_size(list), start = (size_t)params_number(
		    &call->params, "api.chunk.start", 0);
	json_t	*rows = json_copy(list);

	json_array_clear(list);
	for (i = 0; i < n; i++)
		json_array_append(list, json_array_get(rows, (i + start) %
		    n));
	json_decref(rows);
}

int
list_whm(struct call *call, json_t *list)
{
	const struct params	*params = &call->params;
	size_t			 before = json_array_size(list);

	if (scene_drift(call, "chunk_shuffle"))
		shuffle(call, list);

	if (params_number(params, "api.filter.enable", 0) != 0) {
		if (filter_whm(call, list) == -1)
			return -1;
		if (params_number(params, "api.filter.verbose", 0) != 0)
			json_object_set_new(call->metadata, "filter",
			    json_pack("{s:I}", "filtered", (json_int_t)
			    (before - json_array_size(list))));
	}
	if (params_number(params, "api.sort.enable", 0) != 0)
		sort_whm(call, list);
	if (params_number(params, "api.chunk.enable", 0) != 0 &&
	    !scene_drift(call, "no_chunk"))
		chunk_whm(call, list);
	if (params_number(params, "api.columns.enable", 0) != 0)
		columns_apply(call, list, "api.columns.");
	return 0;
}

/* --- UAPI ----------------------------------------------------------------- */

static int
filter_uapi(struct call *call, json_t *list)
{
	char		 id[64];
	const char	*filter[3], *name;
	size_t		 i;

	for (i = 0; i < call->params.n; i++) {
		name = call->params.items[i].name;
		id[0] = '\0';
		if (strcmp(name, "api.filter_column") != 0 &&
		    !id_of(name, "api.filter_column", "", id))
			continue;
		filter[0] = call->params.items[i].value;
		filter[1] = sibling(call, "api.filter_term", id, "");
		filter[2] = sibling(call, "api.filter_type", id, "");
		if (filter[1] == NULL)
			filter[1] = "";
		if (filter[2] == NULL)
			filter[2] = "contains";
		if (filter_one(call, list, filter) == -1)
			return -1;
	}
	return 0;
}

static int
sort_uapi(struct call *call, json_t *list)
{
	const char	*method = params_get(&call->params, "api.sort_method");
	struct order	 order;

	order.field = params_get(&call->params, "api.sort_column");
	order.numeric = method != NULL && strncmp(method, "numeric", 7) == 0;
	order.reverse = params_number(&call->params, "api.sort_reverse",
	    0) != 0;
	if (order.field == NULL)
		return 0;
	if (method == NULL && json_is_integer(field_get(json_array_get(list,
	    0), order.field))) {
		snprintf(call->reason, sizeof(call->reason), "The system could"
		    " not sort the results by “%s”: the column is numeric.",
		    order.field);
		return -1;
	}
	sort_list(list, &order);
	return 0;
}

static void
paginate_uapi(struct call *call, json_t *list)
{
	const struct params	*params = &call->params;
	long	 size = params_number(params, "api.paginate_size", 20);
	long	 page = params_number(params, "api.paginate_page", 1);
	long	 start, total = (long)json_array_size(list);

	if (size < 1)
		size = 1;
	start = params_number(params, "api.paginate_start",
	    (page < 1 ? 0 : page - 1) * size + 1);
	if (start < 1)
		start = 1;
	slice(list, (size_t)start - 1, (size_t)size);
	json_object_set_new(call->metadata, "paginate", json_pack(
	    "{s:I,s:I,s:I,s:I,s:I}",
	    "total_pages", (json_int_t)((total + size - 1) / size),
	    "total_results", (json_int_t)total,
	    "current_page", (json_int_t)((start - 1) / size + 1),
	    "results_per_page", (json_int_t)size,
	    "start_result", (json_int_t)start));
}

int
list_uapi(struct call *call, json_t *list)
{
	const struct params	*params = &call->params;

	if (params_number(params, "api.filter", 0) != 0 &&
	    filter_uapi(call, list) == -1)
		return -1;
	if (params_number(params, "api.sort", 0) != 0 &&
	    sort_uapi(call, list) == -1)
		return -1;
	if (params_number(params, "api.paginate", 0) != 0)
		paginate_uapi(call, list);
	if (params_number(params, "api.columns", 0) != 0)
		columns_apply(call, list, "api.columns_");
	return 0;
}

/* SPDX-License-Identifier: ISC */
/* What all readers of AutoSSL's answers share, and the smallest of them. */
#include "probe/autossl_read_private.h"

#include <string.h>

#include "base/text.h"

#define READ_FIRST 8

void *
autossl_read_push(struct arena *arena, void *items, size_t *n, size_t *cap,
    size_t size)
{
	unsigned char *array, *larger;	/* copied: items is a T ** */
	size_t more = *cap < READ_FIRST ? READ_FIRST : *cap * 2;

	memcpy(&array, items, sizeof(array));
	if (*n == *cap) {
		larger = arena_array(arena, more, size);
		if (larger == NULL)
			return NULL;
		if (*n > 0)
			memcpy(larger, array, *n * size);
		array = larger;
		memcpy(items, &array, sizeof(array));
		*cap = more;
	}
	*n += 1;
	return array + (*n - 1) * size;
}

int
autossl_read_keep(struct arena *arena, struct bytes in, struct bytes *out,
    struct err *err)
{
	*out = bytes_of("", 0);
	if (in.len == 0)
		return 0;
	if (in.len > AUTOSSL_TEXT_MAX) {
		in.len = AUTOSSL_TEXT_MAX;
		while (in.len > 0 && (in.data[in.len] & 0xc0) == 0x80)
			in.len--;
	}
	*out = arena_bytes(arena, in);
	if (out->data != NULL)
		return 0;
	*out = bytes_of("", 0);
	return err_nomem(err);
}

int
autossl_read_member(struct arena *arena, const struct json_value *object,
    const char *key, struct bytes *out, struct err *err)
{
	struct bytes text = json_text_of(object, key);
	int64_t n;
	char *digits;

	if (text.len > 0 || json_whole_of(object, key, &n) != 0)
		return autossl_read_keep(arena, text, out, err);
	digits = arena_printf(arena, "%lld", (long long)n);
	*out = bytes_str(digits == NULL ? "" : digits);
	return digits == NULL ? err_nomem(err) : 0;
}

const struct json_value *
autossl_read_rows(const struct json_value *data, const char *key)
{
	const struct json_value *rows = json_get(data, key);

	if (json_is_array(rows))
		return rows;
	return json_is_array(data) ? data : NULL;
}

int
autossl_read_list(const struct json_value *data, const char *key,
    const char *what, const struct json_value **rows, struct err *err)
{
	*rows = autossl_read_rows(data, key);
	if (*rows != NULL || json_is_null(json_get(data, key)))
		return 0;
	return err_set(err, ERR_SYNTAX, "%s", what);
}

bool
autossl_read_wants(const struct autossl_rules *rules, struct bytes user)
{
	size_t i;

	for (i = 0; i < rules->n_accounts; i++)
		if (bytes_eq(user, bytes_str(rules->accounts[i])))
			return true;
	return rules->n_accounts == 0;
}

int
autossl_read_services(struct autossl_facts *facts,
    const struct json_value *data, struct err *err)
{
	const struct json_value *rows = autossl_read_rows(data, "service");
	struct autossl_service *service;
	size_t i, n = json_count(rows);

	if (rows == NULL)
		return err_set(err, ERR_SYNTAX,
		    "servicestatus: no list of services");
	if (n == 0)
		return err_set(err, ERR_MISSING,
		    "servicestatus: the server has no such service");
	for (i = 0; i < n; i++) {
		const struct json_value *row = json_at(rows, i);

		if (json_text_of(row, "name").len == 0)
			continue;
		service = autossl_read_push(facts->arena, &facts->services,
		    &facts->n_services, &facts->cap_services,
		    sizeof(*service));
		if (service == NULL)
			return err_nomem(err);
		service->enabled = json_flag_of(row, "enabled");
		service->monitored = json_flag_of(row, "monitored");
		service->running = json_flag_of(row, "running");
		if (autossl_read_member(facts->arena, row, "name",
		    &service->name, err) != 0)
			return -1;
	}
	return 0;
}

int
autossl_read_progress(struct autossl_facts *facts,
    const struct json_value *data, struct err *err)
{
	int flag = json_flag(data);

	if (flag < 0)
		return err_set(err, ERR_SYNTAX,
		    "SSL::is_autossl_check_in_progress: neither 0 nor 1");
	facts->in_progress = flag == 1;
	return 0;
}

int
autossl_read_renewal(const struct json_value *data,
    struct autossl_renewal *out, struct err *err)
{
	int will_renew = json_flag_of(data, "will_renew");

	*out = (struct autossl_renewal){ .known = false };
	if (will_renew < 0)
		return err_set(err, ERR_SYNTAX,
		    "SSL::get_autossl_renewal_status: no will_renew");
	out->known = true;
	out->will_renew = will_renew == 1;
	out->is_active = json_flag_of(data, "is_active") != 0;
	out->is_excluded = json_flag_of(data, "is_excluded") == 1;
	out->has_problems = json_flag_of(data, "has_problems") == 1;
	return 0;
}

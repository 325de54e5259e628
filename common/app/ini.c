/* SPDX-License-Identifier: ISC */
/* The reader of ini files. */
#include <stdbool.h>
#include <string.h>

#include "app/ini.h"

void
ini_init(struct ini *ini, struct bytes in)
{
	static const uint8_t bom[] = { 0xef, 0xbb, 0xbf };

	*ini = (struct ini){ .in = in };
	if (in.len >= sizeof(bom) && memcmp(in.data, bom, sizeof(bom)) == 0)
		ini->at = sizeof(bom);
}

static bool
is_blank(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct bytes
trim(struct bytes in)
{
	while (in.len > 0 && is_blank(in.data[0])) {
		in.data++;
		in.len--;
	}
	while (in.len > 0 && is_blank(in.data[in.len - 1]))
		in.len--;
	return in;
}

static struct bytes
take_line(struct ini *ini)
{
	const uint8_t *start = ini->in.data + ini->at;
	size_t rest = ini->in.len - ini->at;
	const uint8_t *end = memchr(start, '\n', rest);
	size_t len = end == NULL ? rest : (size_t)(end - start);

	ini->at += end == NULL ? len : len + 1;
	ini->line++;
	return trim(bytes_of(start, len));
}

static int
read_section(struct ini *ini, struct bytes line, struct ini_entry *entry,
    struct err *err)
{
	if (line.data[line.len - 1] != ']')
		return err_set(err, ERR_SYNTAX,
		    "line %u: a section needs a closing ']'", ini->line);
	ini->section = trim(bytes_of(line.data + 1, line.len - 2));
	if (ini->section.len == 0)
		return err_set(err, ERR_SYNTAX, "line %u: a section without "
		    "a name", ini->line);
	*entry = (struct ini_entry){
		.section = ini->section,
		.is_section = true,
	};
	return 1;
}

static int
read_pair(struct ini *ini, struct bytes line, struct ini_entry *entry,
    struct err *err)
{
	const uint8_t *sep = memchr(line.data, '=', line.len);
	size_t len;

	if (ini->section.data == NULL)
		return err_set(err, ERR_SYNTAX,
		    "line %u: text before the first [section]", ini->line);
	if (sep == NULL)
		return err_set(err, ERR_SYNTAX, "line %u: no '=' in it "
		    "(even an option without a value needs one)", ini->line);
	len = (size_t)(sep - line.data);
	*entry = (struct ini_entry){
		.section = ini->section,
		.key = trim(bytes_of(line.data, len)),
		.value = trim(bytes_of(sep + 1, line.len - len - 1)),
	};
	if (entry->key.len == 0)
		return err_set(err, ERR_SYNTAX, "line %u: nothing before '='",
		    ini->line);
	return 1;
}

int
ini_next(struct ini *ini, struct ini_entry *entry, struct err *err)
{
	struct bytes line;

	while (ini->at < ini->in.len) {
		line = take_line(ini);
		if (line.len == 0 || line.data[0] == '#' ||
		    line.data[0] == ';')
			continue;
		if (memchr(line.data, '\0', line.len) != NULL)
			return err_set(err, ERR_SYNTAX, "line %u: a NUL byte",
			    ini->line);
		if (line.data[0] == '[')
			return read_section(ini, line, entry, err);
		return read_pair(ini, line, entry, err);
	}
	return 0;
}

/* SPDX-License-Identifier: ISC */
/* The little of YAML that a template is made of. */
#include "app/integration_zabbix.h"

static void
begin_line(struct yaml *yaml)
{
	unsigned i, columns = yaml->depth * 2;

	for (i = 0; i + (yaml->dash ? 2 : 0) < columns; i++)
		buf_char(yaml->out, ' ');
	if (yaml->dash)
		buf_str(yaml->out, "- ");
	yaml->dash = false;
}

/* In single quotes, where a quote is written twice and nothing else means
 * anything. */
static void
put_quoted(struct buf *out, const char *text)
{
	buf_char(out, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			buf_char(out, '\'');
		buf_char(out, *text);
	}
	buf_str(out, "'\n");
}

/* "y" is a boolean to some. */
static void
put_key(struct yaml *yaml, const char *key)
{
	begin_line(yaml);
	if (key[1] == '\0')
		buf_printf(yaml->out, "'%s':", key);
	else
		buf_printf(yaml->out, "%s:", key);
}

void
yaml_open(struct yaml *yaml, const char *key)
{
	put_key(yaml, key);
	buf_char(yaml->out, '\n');
	yaml->depth++;
}

void
yaml_close(struct yaml *yaml)
{
	yaml->depth--;
}

void
yaml_item(struct yaml *yaml)
{
	yaml->depth++;
	yaml->dash = true;
}

void
yaml_item_end(struct yaml *yaml)
{
	yaml->depth--;
	yaml->dash = false;
}

void
yaml_str(struct yaml *yaml, const char *key, const char *value)
{
	put_key(yaml, key);
	buf_char(yaml->out, ' ');
	put_quoted(yaml->out, value);
}

void
yaml_value(struct yaml *yaml, const char *value)
{
	yaml_item(yaml);
	begin_line(yaml);
	put_quoted(yaml->out, value);
	yaml_item_end(yaml);
}

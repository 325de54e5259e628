/* SPDX-License-Identifier: ISC */
/*
 * Distinguished names: one line for people, comparison.  A name that is
 * malformed is shown as far as it can be read, and equals nothing but its own
 * bytes.
 */
#include "pki/name.h"
#include "pki/name_chars.h"
#include "pki/name_read.h"
#include "pki/oid.h"

#define TAG_UTF8 0x0c
#define TAG_VISIBLE 0x1a

/* Short names as OpenSSL and RFC 4514 print them, by the contents of the
 * OID. */
static const struct attr_name {
	const char *oid;
	size_t len;
	const char *name;
} attr_names[] = {
#define ROW(oid, name) { oid, sizeof(oid) - 1, name }
	ROW("\x55\x04\x03", "CN"),
	ROW("\x55\x04\x0a", "O"),
	ROW("\x55\x04\x06", "C"),
	ROW("\x55\x04\x0b", "OU"),
	ROW("\x55\x04\x07", "L"),
	ROW("\x55\x04\x08", "ST"),
	ROW("\x55\x04\x04", "SN"),
	ROW("\x55\x04\x05", "serialNumber"),
	ROW("\x55\x04\x09", "street"),
	ROW("\x55\x04\x0c", "title"),
	ROW("\x55\x04\x0d", "description"),
	ROW("\x55\x04\x0f", "businessCategory"),
	ROW("\x55\x04\x11", "postalCode"),
	ROW("\x55\x04\x29", "name"),
	ROW("\x55\x04\x2a", "GN"),
	ROW("\x55\x04\x2b", "initials"),
	ROW("\x55\x04\x2c", "generationQualifier"),
	ROW("\x55\x04\x2e", "dnQualifier"),
	ROW("\x55\x04\x41", "pseudonym"),
	ROW("\x55\x04\x61", "organizationIdentifier"),
	ROW("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01", "emailAddress"),
	ROW("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19", "DC"),
	ROW("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01", "UID"),
	ROW("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01",
	    "jurisdictionL"),
	ROW("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02",
	    "jurisdictionST"),
	ROW("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03",
	    "jurisdictionC"),
#undef ROW
};

static const char *
attr_name(struct bytes oid)
{
	const struct attr_name *row = attr_names;
	size_t i, n = sizeof(attr_names) / sizeof(attr_names[0]);

	for (i = 0; i < n; i++, row++)
		if (bytes_eq(oid, bytes_of(row->oid, row->len)))
			return row->name;
	return NULL;
}

/* Writes when there is somewhere to, counts always: the same code measures
 * a text and then writes it. */
struct sink {
	uint8_t *at;
	size_t len;
};

static void
sink_add(struct sink *sink, const void *data, size_t len)
{
	if (sink->at != NULL && len > 0)
		memcpy(sink->at + sink->len, data, len);
	sink->len += len;
}

static void
sink_str(struct sink *sink, const char *s)
{
	sink_add(sink, s, strlen(s));
}

static bool
chars_valid(uint8_t tag, struct bytes value)
{
	struct name_chars chars;
	uint32_t code;
	int r;

	name_chars_init(&chars, tag, value, false);
	while ((r = name_chars_next(&chars, &code)) == 1)
		;
	return r == 0;
}

/* The value as UTF-8, or raw when its type has no characters or they are
 * broken. */
static void
value_write(struct sink *sink, const struct name_attr *attr)
{
	struct name_chars chars;
	uint8_t utf8[4];
	uint32_t code;

	if (attr->tag == TAG_UTF8 || !name_chars_known(attr->tag) ||
	    !chars_valid(attr->tag, attr->value)) {
		sink_add(sink, attr->value.data, attr->value.len);
		return;
	}
	name_chars_init(&chars, attr->tag, attr->value, false);
	while (name_chars_next(&chars, &code) == 1)
		sink_add(sink, utf8, name_chars_utf8(code, utf8));
}

static void
attr_write(struct sink *sink, const struct name_attr *attr)
{
	const char *name = attr_name(attr->oid);
	char text[OID_TEXT_MAX];

	if (name == NULL && oid_format(attr->oid, text, sizeof(text)) > 0)
		name = text;
	sink_str(sink, name == NULL ? "?" : name);
	sink_str(sink, "=");
	value_write(sink, attr);
}

static void
name_write(struct sink *sink, struct bytes name_der)
{
	struct der rdns = name_read_rdns(name_der), rdn;
	const char *joint;
	struct name_attr attr;

	while (name_read_rdn(&rdns, &rdn) == 1) {
		joint = sink->len > 0 ? ", " : "";
		while (name_read_attr(&rdn, &attr) == 1) {
			sink_str(sink, joint);
			attr_write(sink, &attr);
			joint = " + ";
		}
	}
}

/* Runs `write` twice, to measure and into the arena.  data is NULL only when
 * memory ran out. */
static struct bytes
text_make(struct arena *arena, void (*write)(struct sink *, const void *),
    const void *what)
{
	struct sink sink = { NULL, 0 };

	write(&sink, what);
	sink.at = arena_alloc(arena, sink.len + 1);
	if (sink.at == NULL)
		return bytes_of(NULL, 0);
	sink.len = 0;
	write(&sink, what);
	return bytes_of(sink.at, sink.len);
}

static void
oneline_write(struct sink *sink, const void *what)
{
	name_write(sink, *(const struct bytes *)what);
}

struct bytes
name_oneline(struct arena *arena, struct bytes name_der)
{
	return text_make(arena, oneline_write, &name_der);
}

static void
common_write(struct sink *sink, const void *what)
{
	value_write(sink, what);
}

struct bytes
name_common(struct arena *arena, struct bytes name_der, bool fallback)
{
	static const char kinds[3] = { 0x03, 0x0a, 0x0b };	/* CN O OU */
	struct name_attr found[3] = { { .tag = 0 } }, attr;
	struct der rdns = name_read_rdns(name_der), rdn;
	const char *kind;
	size_t i;

	while (name_read_rdn(&rdns, &rdn) == 1)
		while (name_read_attr(&rdn, &attr) == 1) {
			if (attr.oid.len != 3 ||
			    memcmp(attr.oid.data, "\x55\x04", 2) != 0)
				continue;
			kind = memchr(kinds, attr.oid.data[2], 3);
			if (kind != NULL)
				found[kind - kinds] = attr;
		}
	for (i = 0; i < (fallback ? 2 : 0) && found[i].value.len == 0; i++)
		;
	return text_make(arena, common_write, &found[i]);
}

/* The types that OpenSSL takes for a value, in DER: strings (VisibleString is
 * not among them), whose characters must be valid, BIT STRING, SEQUENCE. */
static bool
attr_valid(const struct name_attr *attr)
{
	static const uint8_t others[] = { 0x03, 0x12, 0x30 };

	if (!oid_valid(attr->oid) || attr->tag == TAG_VISIBLE)
		return false;
	if (name_chars_known(attr->tag))
		return chars_valid(attr->tag, attr->value);
	return memchr(others, attr->tag, sizeof(others)) != NULL;
}

bool
name_valid(struct bytes name_der)
{
	struct der rdns = name_read_rdns(name_der), rdn;
	struct name_attr attr;
	int r, ra;

	if (rdns.rest.data == NULL)
		return false;
	while ((r = name_read_rdn(&rdns, &rdn)) == 1) {
		while ((ra = name_read_attr(&rdn, &attr)) == 1)
			if (!attr_valid(&attr))
				return false;
		if (ra == -1)
			return false;
	}
	return r == 0;
}

static bool
value_equal(const struct name_attr *a, const struct name_attr *b)
{
	struct name_chars ca, cb;
	uint32_t va = 0, vb = 0;
	int ra, rb;

	if (a->tag == b->tag && bytes_eq(a->value, b->value))
		return true;
	if (!name_chars_known(a->tag) || !name_chars_known(b->tag))
		return false;
	name_chars_init(&ca, a->tag, a->value, true);
	name_chars_init(&cb, b->tag, b->value, true);
	do {
		ra = name_chars_next(&ca, &va);
		rb = name_chars_next(&cb, &vb);
	} while (ra == 1 && rb == 1 && va == vb);
	return ra == 0 && rb == 0;
}

static bool
attr_equal(const struct name_attr *a, const struct name_attr *b)
{
	return bytes_eq(a->oid, b->oid) && value_equal(a, b);
}

/* Equal as sets: every attribute of a has a partner of its own in b. */
static bool
rdn_equal(struct der a, struct der b)
{
	struct name_attr as[NAME_ATTRS_MAX], bs[NAME_ATTRS_MAX];
	int i, j, n = name_read_attrs(a, as), left = name_read_attrs(b, bs);

	if (n == -1 || n != left)
		return false;
	for (i = 0; i < n; i++, left--) {
		for (j = 0; j < left && !attr_equal(&as[i], &bs[j]); j++)
			;
		if (j == left)
			return false;
		bs[j] = bs[left - 1];
	}
	return true;
}

bool
name_equal(struct bytes a_der, struct bytes b_der)
{
	struct der as = name_read_rdns(a_der), bs = name_read_rdns(b_der), a, b;
	int ra, rb;

	if (bytes_eq(a_der, b_der))
		return true;
	if (as.rest.data == NULL || bs.rest.data == NULL)
		return false;
	for (;;) {
		ra = name_read_rdn(&as, &a);
		rb = name_read_rdn(&bs, &b);
		if (ra != 1 || rb != 1)
			return ra == 0 && rb == 0;
		if (!rdn_equal(a, b))
			return false;
	}
}

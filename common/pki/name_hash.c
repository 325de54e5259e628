/* SPDX-License-Identifier: ISC */
/*
 * The number that names the files of a hashed directory: SHA-1 over the
 * canonical encoding of the name, as OpenSSL has done it since 1.0.  The
 * canonical encoding is the RDNs one after the other, every string in folded
 * UTF-8, every SET sorted.
 */
#include <stdlib.h>

#include "base/buf.h"
#include "pki/name.h"
#include "pki/name_chars.h"
#include "pki/name_read.h"
#include "pki/ossl.h"

#define TAG_OID 0x06
#define TAG_UTF8 0x0c
#define TAG_SEQUENCE 0x30
#define TAG_SET 0x31

struct canon {
	struct buf out;		/* finished RDNs */
	struct buf set;		/* attributes of the current one */
	struct buf attr, value;	/* innermost parts */
};

static void
head_add(struct buf *out, uint8_t tag, size_t len)
{
	unsigned n = len < 0x80 ? 0 : len < 0x100 ? 1 : len < 0x10000 ? 2 :
	    len < 0x1000000 ? 3 : 4;

	buf_char(out, (char)tag);
	buf_char(out, (char)(n == 0 ? len : 0x80 | n));
	while (n-- > 0)
		buf_char(out, (char)(len >> 8 * n & 0xff));
}

static void
tlv_add(struct buf *out, uint8_t tag, struct bytes value)
{
	head_add(out, tag, value.len);
	buf_add(out, value.data, value.len);
}

/* Appends the folded value: 0, or -1 when its characters are invalid. */
static int
value_add(struct canon *canon, const struct name_attr *attr)
{
	struct name_chars chars;
	uint8_t utf8[4];
	uint32_t code;
	int r;

	if (!name_chars_known(attr->tag)) {
		tlv_add(&canon->attr, attr->tag, attr->value);
		return 0;
	}
	buf_reset(&canon->value);
	name_chars_init(&chars, attr->tag, attr->value, true);
	while ((r = name_chars_next(&chars, &code)) == 1)
		buf_add(&canon->value, utf8, name_chars_utf8(code, utf8));
	tlv_add(&canon->attr, TAG_UTF8, buf_bytes(&canon->value));
	return r;
}

/* X.690 11.6: the order of the encodings in a SET OF. */
static int
encoding_cmp(const void *va, const void *vb)
{
	const struct bytes *a = va, *b = vb;
	int r = memcmp(a->data, b->data, a->len < b->len ? a->len : b->len);

	return r != 0 ? r : (a->len > b->len) - (a->len < b->len);
}

static int
set_sorted_add(struct canon *canon, const size_t *ends, int n)
{
	struct bytes parts[NAME_ATTRS_MAX], set = buf_bytes(&canon->set);
	size_t start = 0;
	int i;

	if (buf_failed(&canon->set))
		return -1;
	for (i = 0; i < n; start = ends[i++])
		parts[i] = bytes_of(set.data + start, ends[i] - start);
	qsort(parts, (size_t)n, sizeof(parts[0]), encoding_cmp);
	head_add(&canon->out, TAG_SET, set.len);
	for (i = 0; i < n; i++)
		buf_add(&canon->out, parts[i].data, parts[i].len);
	return 0;
}

static int
rdn_add(struct canon *canon, struct der rdn)
{
	struct name_attr attrs[NAME_ATTRS_MAX];
	size_t ends[NAME_ATTRS_MAX];
	int i, n = name_read_attrs(rdn, attrs);

	if (n == -1)
		return -1;
	buf_reset(&canon->set);
	for (i = 0; i < n; i++) {
		buf_reset(&canon->attr);
		tlv_add(&canon->attr, TAG_OID, attrs[i].oid);
		if (value_add(canon, &attrs[i]) == -1)
			return -1;
		tlv_add(&canon->set, TAG_SEQUENCE, buf_bytes(&canon->attr));
		if (buf_failed(&canon->attr) || buf_failed(&canon->value))
			return -1;
		ends[i] = canon->set.len;
	}
	return set_sorted_add(canon, ends, n);
}

static int
canon_hash(struct canon *canon, struct bytes name_der, uint32_t *out)
{
	struct der rdns = name_read_rdns(name_der), rdn;
	uint8_t md[20];
	int r;

	if (rdns.rest.data == NULL)
		return -1;
	while ((r = name_read_rdn(&rdns, &rdn)) == 1)
		if (rdn_add(canon, rdn) == -1)
			return -1;
	if (r == -1 || buf_failed(&canon->out) ||
	    ossl_sha1(buf_bytes(&canon->out), md) == -1)
		return -1;
	*out = (uint32_t)md[0] | (uint32_t)md[1] << 8 |
	    (uint32_t)md[2] << 16 | (uint32_t)md[3] << 24;
	return 0;
}

int
name_hash(struct bytes name_der, uint32_t *out)
{
	struct canon canon = { BUF_INIT, BUF_INIT, BUF_INIT, BUF_INIT };
	int r;

	r = canon_hash(&canon, name_der, out);
	buf_release(&canon.out);
	buf_release(&canon.set);
	buf_release(&canon.attr);
	buf_release(&canon.value);
	return r;
}

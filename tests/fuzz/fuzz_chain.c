/* SPDX-License-Identifier: ISC */
/*
 * Certificate and CertificateStatus messages of a hostile server.  What is
 * found lies within the message, in its order; written again with the same
 * parts, the message says the same.
 */

#include "base/buf.h"
#include "net/tls_message.h"
#include "fuzz.h"

#define CERTS 8

static void
must_be_inside(struct bytes part, struct bytes in)
{
	must(part.len == 0 || (part.data >= in.data &&
	    part.data + part.len <= in.data + in.len));
}

static void
put(struct buf *out, unsigned width, size_t len)
{
	while (width-- > 0)
		buf_char(out, (char)(len >> 8 * width & 0xff));
}

/* The TLS 1.2 message of the same certificates. */
static void
again(const struct tls_chain *chain)
{
	struct bytes certs[CERTS];
	struct tls_chain copy = { .certs = certs, .max = CERTS };
	struct buf list = BUF_INIT, body = BUF_INIT;
	size_t i;

	for (i = 0; i < chain->n; i++) {
		put(&list, 3, chain->certs[i].len);
		buf_add(&list, chain->certs[i].data, chain->certs[i].len);
	}
	put(&body, 3, list.len);
	buf_add(&body, list.data, list.len);
	must(!buf_failed(&body));
	must(tls_message_chain(buf_bytes(&body), false, &copy) == 0);
	must(copy.n == chain->n && copy.n_all == chain->n);
	for (i = 0; i < copy.n; i++)
		must(bytes_eq(certs[i], chain->certs[i]));
	buf_release(&list);
	buf_release(&body);
}

static void
read_chain(struct bytes body, bool tls13)
{
	struct bytes certs[CERTS], staples[CERTS];
	struct tls_chain chain = { .certs = certs, .staples = staples,
		.max = CERTS };
	const uint8_t *last = body.data;
	size_t i;

	tls_message_chain(body, tls13, &chain);
	must(chain.n <= CERTS && chain.n <= chain.n_all);
	must(chain.n == CERTS || chain.n == chain.n_all);
	for (i = 0; i < chain.n; i++) {
		must_be_inside(certs[i], body);
		must(certs[i].data >= last);
		last = certs[i].data + certs[i].len;
		must_be_inside(staples[i], body);
		must(staples[i].len == 0 || tls13);
	}
	again(&chain);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct bytes body = bytes_of(data, len);

	read_chain(body, false);
	read_chain(body, true);
	must_be_inside(tls_message_staple(body), body);
	tls_message_is_record(body);
	if (len > 0)
		tls_message_alert(data[0]);
	return 0;
}

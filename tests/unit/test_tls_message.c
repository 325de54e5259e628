/* SPDX-License-Identifier: ISC */
/* Certificate messages, records and alerts, read without OpenSSL. */
#include "tap.h"

#include "base/arena.h"
#include "net/tls_message.h"
#include "pki/ocsp.h"
#include "tls_recorded.h"

static const uint8_t chain12[] = { 0, 0, 8, 0, 0, 2, 'a', 'b', 0, 0, 0 };
static const uint8_t chain13[] = { 1, 'c', 0, 0, 25,
	0, 0, 1, 'a', 0, 14, 0, 9, 0, 0, 0, 5, 0, 6, 1, 0, 0, 2, 'o', 'k',
	0, 0, 0, 0, 0 };

static void
test_chains(void)
{
	struct bytes certs[4], staples[4];
	struct bytes body = bytes_of(chain12, sizeof(chain12));
	struct tls_chain chain = { .certs = certs, .staples = staples,
		.max = 4 };
	size_t len;

	is_int(tls_message_chain(body, false, &chain), 0, "a TLS 1.2 chain");
	is_uint(chain.n, 2, "two certificates");
	ok(bytes_eq(certs[0], bytes_str("ab")), "the first");
	is_uint(certs[1].len, 0, "an empty one");
	chain.max = 1;
	is_int(tls_message_chain(body, false, &chain), 0, "little room");
	is_uint(chain.n, 1, "one is kept");
	is_uint(chain.n_all, 2, "two were sent");
	chain.max = 4;
	body = bytes_of(chain13, sizeof(chain13));
	is_int(tls_message_chain(body, true, &chain), 0, "a TLS 1.3 chain");
	is_uint(chain.n, 2, "two certificates");
	ok(bytes_eq(certs[0], bytes_str("a")), "the first");
	ok(bytes_eq(staples[0], bytes_str("ok")), "its staple");
	is_uint(staples[1].len, 0, "the second has none");
	for (len = 0; len < sizeof(chain13); len++)
		if (tls_message_chain(bytes_of(chain13, len), true,
		    &chain) == 0)
			break;
	is_uint(len, sizeof(chain13), "cut anywhere it is malformed");
	is_uint(tls_message_staple(bytes_of("\2\0\0\1x", 5)).len, 0,
	    "a status of another type");
	is_uint(tls_message_staple(bytes_of("\1\0\0\2x", 5)).len, 0,
	    "a status that is cut");
}

/* What a staple says about a certificate. */
static enum rev_outcome
outcome_of(struct arena *arena, struct bytes staple, struct bytes cert,
    struct bytes issuer)
{
	struct ocsp_query query = { .cert = cert, .issuer = issuer,
		.now = RECORDED_AT, .skew = 300 };
	struct rev_answer answer = { .outcome = REV_UNUSABLE };
	struct err err = ERR_INIT;

	return ocsp_read(arena, staple, &query, &answer, &err) == 0 ?
	    answer.outcome : REV_UNUSABLE;
}

/* What was recorded, and each staple is that of its own certificate. */
static void
test_recorded(void)
{
	struct bytes certs[4], staples[4];
	struct tls_chain chain = { .certs = certs, .staples = staples,
		.max = 4 };
	struct bytes body = bytes_of(recorded_body, sizeof(recorded_body));
	struct bytes root = bytes_of(recorded_root, sizeof(recorded_root));
	struct arena *arena = arena_new();
	size_t len, whole = 0;

	is_int(tls_message_chain(body, true, &chain), 0, "as recorded");
	is_uint(chain.n, 2, "leaf and intermediate");
	is_int(outcome_of(arena, staples[0], certs[0], certs[1]), REV_GOOD,
	    "the staple of the leaf");
	is_int(outcome_of(arena, staples[1], certs[1], root), REV_GOOD,
	    "the staple of the intermediate");
	is_int(outcome_of(arena, staples[0], certs[1], root), REV_UNUSABLE,
	    "the leaf's is not the intermediate's");
	is_int(outcome_of(arena, staples[1], certs[0], certs[1]),
	    REV_UNUSABLE, "nor the other way round");
	for (len = 0; len < body.len; len++)
		whole += tls_message_chain(bytes_of(recorded_body, len), true,
		    &chain) == 0;
	is_uint(whole, 0, "cut anywhere it is malformed");
	chain.max = 1;
	staples[1] = bytes_of(NULL, 0);
	is_int(tls_message_chain(body, true, &chain), 0, "little room");
	is_uint(staples[1].len, 0, "no staple beyond it");
	is_int(outcome_of(arena, staples[0], certs[0], body), REV_UNUSABLE,
	    "another issuer");
	chain.max = 4;
	chain.staples = NULL;
	is_int(tls_message_chain(body, true, &chain), 0,
	    "staples that nobody wants");
	arena_free(arena);
}

static void
test_records(void)
{
	static const struct {
		const char *in;
		size_t len;
		bool record;
	} rows[] = {
		{ "", 0, true },
		{ "\x16", 1, true },
		{ "\x16\x03\x01\x40\x00", 5, true },
		{ "\x15\x03\x04\x00\x02\x02\x28", 7, true },
		{ "\x16\x03\x03\x48\x00", 5, true },
		{ "\x16\x03\x03\x48\x01", 5, false },
		{ "\x16\x03\x05", 3, false },
		{ "\x16\x02", 2, false },
		{ "\x13", 1, false },
		{ "\x18", 1, false },
		{ "220 ", 4, false },
		{ "\x80\x2e\x01\x00\x02", 5, false },
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ok(tls_message_is_record(bytes_of(rows[i].in, rows[i].len)) ==
		    rows[i].record, "record %zu", i);
	is_str(tls_message_alert(112), "unrecognized_name", "alert 112");
	is_str(tls_message_alert(1), NULL, "alert 1");
}

int
main(void)
{
	test_chains();
	test_recorded();
	test_records();
	return tap_done();
}

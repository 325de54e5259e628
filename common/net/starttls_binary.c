/* SPDX-License-Identifier: ISC */
/*
 * STARTTLS in binary protocols: LDAP, PostgreSQL, MySQL, TDS, RDP.  Each is
 * a request that is always the same and a small parser for the answer; every
 * length that the server gives is checked against STARTTLS_INPUT_MAX and
 * against what has arrived before it is used.
 */
#include <stdint.h>

#include "net/starttls_private.h"

#define ANSWER_MAX (STARTTLS_INPUT_MAX - 8)

struct binary_protocol {
	/* What the client says first; empty: the server speaks first. */
	const char *opening;
	size_t opening_len;
	struct starttls_words words;
	/* The answer in dialogue->in, which is not empty. */
	enum starttls_next (*answer)(struct starttls_dialogue *dialogue,
	    const struct starttls_words *words, struct err *err);
};

struct code_words {
	uint32_t code;
	const char *text;
};

static uint32_t
be16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t
be32(const uint8_t *p)
{
	return be16(p) << 16 | be16(p + 2);
}

static uint32_t
le16(const uint8_t *p)
{
	return (uint32_t)p[1] << 8 | p[0];
}

static uint32_t
le32(const uint8_t *p)
{
	return le16(p + 2) << 16 | le16(p);
}

static struct bytes
bytes_from(struct bytes in, size_t n)
{
	return bytes_of(in.data + n, in.len - n);
}

/* Up to the NUL, or everything. */
static struct bytes
bytes_string(struct bytes in)
{
	const uint8_t *end = in.len == 0 ? NULL : memchr(in.data, 0, in.len);

	return end == NULL ? in : bytes_of(in.data, (size_t)(end - in.data));
}

static enum starttls_next
refused_code(const struct starttls_words *words,
    const struct code_words *table, uint32_t code, struct bytes reason,
    struct err *err)
{
	char text[STARTTLS_SNIPPET * 2];

	while (table->text != NULL && table->code != code)
		table++;
	starttls_snippet(reason, text);
	err_set(err, ERR_STARTTLS, "the server refuses %s: %s (%u)%s%s%s",
	    words->refused, table->text == NULL ? "error" : table->text, code,
	    reason.len > 0 ? " \"" : "", text, reason.len > 0 ? "\"" : "");
	return STARTTLS_FAIL;
}

/* The go-ahead takes the first len bytes. */
static enum starttls_next
go_ahead(struct starttls_dialogue *dialogue, size_t len,
    enum starttls_next next, struct err *err)
{
	buf_consume(&dialogue->in, len);
	return starttls_go(dialogue, next, err);
}

/* ---- LDAP: RFC 4511 4.12, 4.14, BER as restricted in 5.1 ---- */

#define LDAP_OPENING "\x30\x1d\x02\x01\x01\x77\x18\x80\x16" \
	"1.3.6.1.4.1.1466.20037"
#define LDAP_SEQUENCE 0x30
#define LDAP_INTEGER 0x02
#define LDAP_OCTETS 0x04
#define LDAP_ENUMERATED 0x0a
#define LDAP_EXTENDED_RESPONSE 0x78

/* RFC 4511 4.1.9 */
static const struct code_words ldap_results[] = {
	{ 1, "operationsError" },
	{ 2, "protocolError" },
	{ 8, "strongerAuthRequired" },
	{ 10, "referral" },
	{ 11, "adminLimitExceeded" },
	{ 12, "unavailableCriticalExtension" },
	{ 13, "confidentialityRequired" },
	{ 50, "insufficientAccessRights" },
	{ 51, "busy" },
	{ 52, "unavailable" },
	{ 53, "unwillingToPerform" },
	{ 80, "other" },
	{ 0, NULL }
};

/*
 * Takes one element off the front of in: 1, 0 when it is not complete, -1
 * when the tag is another or the length is indefinite or too long.
 */
static int
ber_take(struct bytes *in, uint8_t tag, struct bytes *value)
{
	size_t head = 2, len, i;

	if (in->len > 0 && in->data[0] != tag)
		return -1;
	if (in->len < 2)
		return 0;
	len = in->data[1];
	if (len >= 0x80) {
		head += len & 0x7f;
		if (head == 2 || head > 6)
			return -1;
		if (in->len < head)
			return 0;
		for (len = 0, i = 2; i < head; i++)
			len = len << 8 | in->data[i];
	}
	if (len > ANSWER_MAX)
		return -1;
	if (len > in->len - head)
		return 0;
	*value = bytes_of(in->data + head, len);
	*in = bytes_from(*in, head + len);
	return 1;
}

/* The same for a small number that is not negative. */
static int
ber_number(struct bytes *in, uint8_t tag, uint32_t *out)
{
	struct bytes value;
	size_t i;

	if (ber_take(in, tag, &value) != 1 || value.len == 0 ||
	    value.len > 4 || (value.data[0] & 0x80) != 0)
		return -1;
	for (*out = 0, i = 0; i < value.len; i++)
		*out = *out << 8 | value.data[i];
	return 1;
}

static enum starttls_next
ldap_answer(struct starttls_dialogue *dialogue,
    const struct starttls_words *words, struct err *err)
{
	struct bytes rest = buf_bytes(&dialogue->in), message, response, text;
	struct bytes all = rest;
	uint32_t id, code;
	int r;

	r = ber_take(&rest, LDAP_SEQUENCE, &message);
	if (r == 0)
		return STARTTLS_MORE;
	/* The answer has our number, a notice of disconnection has 0. */
	if (r < 0 || ber_number(&message, LDAP_INTEGER, &id) != 1 || id > 1 ||
	    ber_take(&message, LDAP_EXTENDED_RESPONSE, &response) != 1 ||
	    ber_number(&response, LDAP_ENUMERATED, &code) != 1 ||
	    ber_take(&response, LDAP_OCTETS, &text) != 1 ||
	    ber_take(&response, LDAP_OCTETS, &text) != 1 ||
	    (id == 0 && code == 0))
		return starttls_unexpected(words, all, err);
	if (code != 0)
		return refused_code(words, ldap_results, code,
		    bytes_string(text), err);
	return go_ahead(dialogue, all.len - rest.len, STARTTLS_READY, err);
}

/* ---- PostgreSQL: frontend/backend protocol, SSLRequest ---- */

/* Length 8, code 80877103. */
#define POSTGRES_OPENING "\x00\x00\x00\x08\x04\xd2\x16\x2f"

/* The message of an ErrorResponse: fields of a letter and a string. */
static struct bytes
postgres_message(struct bytes fields)
{
	struct bytes all = fields, one;

	while (fields.len > 1 && fields.data[0] != 0) {
		one = bytes_string(bytes_from(fields, 1));
		if (fields.data[0] == 'M')
			return one;
		if (one.len + 2 > fields.len)
			break;
		fields = bytes_from(fields, one.len + 2);
	}
	return all;
}

/*
 * 'E' and a length: protocol 3.  'E' and text up to a NUL: before, and still
 * when the server cannot start a process.
 */
static enum starttls_next
postgres_error(struct starttls_dialogue *dialogue,
    const struct starttls_words *words, struct err *err)
{
	struct bytes in = buf_bytes(&dialogue->in), text;
	bool eof = (dialogue->state & STARTTLS_EOF) != 0;
	uint32_t len;

	if (in.len < 5)
		return eof ? starttls_refused(words, in, err) : STARTTLS_MORE;
	len = be32(in.data + 1);
	if (len > 4 && len <= ANSWER_MAX) {
		if (in.len <= len && !eof)
			return STARTTLS_MORE;
		text = postgres_message(bytes_from(in, 5));
	} else {
		text = bytes_string(bytes_from(in, 1));
		if (text.len == in.len - 1 && !eof)
			return STARTTLS_MORE;
	}
	return starttls_refused(words, text, err);
}

static enum starttls_next
postgres_answer(struct starttls_dialogue *dialogue,
    const struct starttls_words *words, struct err *err)
{
	struct bytes in = buf_bytes(&dialogue->in);
	bool other = in.len >= 4 && memcmp(in.data, "SSH-", 4) == 0;

	/* What is behind the 'S' would be taken for an answer inside TLS:
	 * CVE-2021-23222. */
	if (in.data[0] == 'S' && !other)
		return go_ahead(dialogue, 1, STARTTLS_READY, err);
	if (in.data[0] == 'N' && in.len == 1)
		return starttls_not_offered(err);
	if (in.data[0] == 'E')
		return postgres_error(dialogue, words, err);
	return starttls_unexpected(words, in, err);
}

/* ---- MySQL: Protocol::HandshakeV10, Protocol::SSLRequest ---- */

#define MYSQL_HEADER 4
#define MYSQL_V10 10
#define MYSQL_ERR 0xff
#define MYSQL_CLIENT_SSL 0x0800U

/* Number 1; LONG_PASSWORD, PROTOCOL_41, SSL, SECURE_CONNECTION; packets up to
 * 16 MB; character set utf8; 23 reserved bytes. */
static const uint8_t mysql_request[MYSQL_HEADER + 32] = {
	32, 0, 0, 1, 0x01, 0x8a, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 33
};

static const struct code_words mysql_errors[] = {
	{ 1040, "too many connections" },
	{ 1129, "this host is blocked" },
	{ 1130, "this host is not allowed" },
	{ 0, NULL }
};

static enum starttls_next
mysql_error(const struct starttls_words *words, struct bytes packet,
    struct err *err)
{
	uint32_t code;

	if (packet.len < 3)
		return starttls_unexpected(words, packet, err);
	code = le16(packet.data + 1);
	packet = bytes_from(packet, 3);
	/* "#" and an SQL state of five, once protocol 4.1 is agreed on. */
	if (packet.len >= 6 && packet.data[0] == '#')
		packet = bytes_from(packet, 6);
	return refused_code(words, mysql_errors, code, packet, err);
}

static enum starttls_next
mysql_answer(struct starttls_dialogue *dialogue,
    const struct starttls_words *words, struct err *err)
{
	struct bytes in = buf_bytes(&dialogue->in), packet, version;
	size_t len, at;

	if (in.len < MYSQL_HEADER)
		return STARTTLS_MORE;
	len = le32(in.data) & 0xffffff;
	if (in.data[3] != 0 || len == 0 || len > ANSWER_MAX)
		return starttls_unexpected(words, in, err);
	if (in.len < MYSQL_HEADER + len)
		return STARTTLS_MORE;
	packet = bytes_of(in.data + MYSQL_HEADER, len);
	if (packet.data[0] == MYSQL_ERR)
		return mysql_error(words, packet, err);
	/* Version, its text and NUL, thread (4), data (8), NUL, flags (2). */
	version = bytes_string(bytes_from(packet, 1));
	at = 1 + version.len + 1 + 4 + 8 + 1;
	if (packet.data[0] != MYSQL_V10 || packet.len < at + 2)
		return starttls_unexpected(words, in, err);
	if ((le16(packet.data + at) & MYSQL_CLIENT_SSL) == 0)
		return starttls_not_offered(err);
	/* No answer comes: the handshake follows the request at once. */
	buf_add(&dialogue->out, mysql_request, sizeof(mysql_request));
	return go_ahead(dialogue, MYSQL_HEADER + len, STARTTLS_SEND, err);
}

/* ---- TDS: MS-TDS 2.2.6.5 PRELOGIN ---- */

#define TDS_TABULAR 0x04
#define TDS_EOM 0x01
#define TDS_ENCRYPTION 1
#define TDS_TERMINATOR 0xff

/*
 * The packet's header; token, offset, length of VERSION, ENCRYPTION, INSTOPT,
 * THREADID and MARS, terminator; version 9.0, ENCRYPT_ON, no instance, no
 * thread, no MARS.
 */
#define TDS_OPENING "\x12\x01\x00\x2f\x00\x00\x00\x00" \
	"\x00\x00\x1a\x00\x06" "\x01\x00\x20\x00\x01" "\x02\x00\x21\x00\x01" \
	"\x03\x00\x22\x00\x04" "\x04\x00\x26\x00\x01" "\xff" \
	"\x09\x00\x00\x00\x00\x00" "\x01" "\x00" "\x00\x00\x00\x00" "\x00"

enum tds_encrypt {
	TDS_ENCRYPT_OFF,	/* for the login only: TLS all the same */
	TDS_ENCRYPT_ON,
	TDS_ENCRYPT_NOT_SUP,
	TDS_ENCRYPT_REQ
};

/* The ENCRYPTION option, or -1. */
static int
tds_encryption(struct bytes options)
{
	const uint8_t *p;
	size_t i, at;

	for (i = 0; i + 5 <= options.len; i += 5) {
		p = options.data + i;
		if (*p == TDS_TERMINATOR)
			break;
		at = be16(p + 1);
		if (*p == TDS_ENCRYPTION && be16(p + 3) == 1 &&
		    at < options.len)
			return options.data[at];
	}
	return -1;
}

static enum starttls_next
mssql_answer(struct starttls_dialogue *dialogue,
    const struct starttls_words *words, struct err *err)
{
	struct bytes in = buf_bytes(&dialogue->in), options;
	size_t used;
	int r;

	if (in.data[0] != TDS_TABULAR)
		return starttls_unexpected(words, in, err);
	r = tds_unwrap(in, &options, &used, err);
	if (r != 1)
		return r == 0 ? STARTTLS_MORE : STARTTLS_FAIL;
	/* It fits into one packet by far: the smallest are 512 bytes. */
	if ((in.data[1] & TDS_EOM) == 0)
		return starttls_unexpected(words, in, err);
	switch (tds_encryption(options)) {
	case TDS_ENCRYPT_OFF:
	case TDS_ENCRYPT_ON:
	case TDS_ENCRYPT_REQ:
		return go_ahead(dialogue, used, STARTTLS_WRAPPED, err);
	case TDS_ENCRYPT_NOT_SUP:
		return starttls_not_offered(err);
	default:
		return starttls_unexpected(words, in, err);
	}
}

/* ---- RDP: MS-RDPBCGR 2.2.1.1 and 2.2.1.2, X.224 13.3 to 13.5 ---- */

/* TPKT; a connection request; RDP_NEG_REQ: PROTOCOL_SSL, PROTOCOL_HYBRID. */
#define RDP_OPENING "\x03\x00\x00\x13" "\x0e\xe0\x00\x00\x00\x00\x00" \
	"\x01\x00\x08\x00\x03\x00\x00\x00"
#define RDP_HEADER 4
#define RDP_CONFIRM_LEN 11	/* TPKT and X.224 without negotiation */
#define RDP_NEGOTIATION_LEN 8
#define RDP_CONFIRM 0xd0
#define RDP_DISCONNECT 0x80
#define RDP_NEG_RSP 2
#define RDP_NEG_FAILURE 3
#define RDP_PROTOCOL_SSL 1
#define RDP_PROTOCOL_HYBRID 2

/* MS-RDPBCGR 2.2.1.2.2 */
static const struct code_words rdp_failures[] = {
	{ 1, "it requires TLS" },
	{ 2, "it does not allow TLS" },
	{ 3, "it has no certificate" },
	{ 4, "inconsistent flags" },
	{ 5, "it requires network level authentication" },
	{ 6, "it requires TLS with client certificates" },
	{ 0, NULL }
};

static enum starttls_next
rdp_negotiated(struct starttls_dialogue *dialogue,
    const struct starttls_words *words, struct bytes packet, struct err *err)
{
	const uint8_t *p = packet.data + RDP_CONFIRM_LEN;
	uint32_t value;

	if (packet.len == RDP_CONFIRM_LEN)
		return starttls_not_offered(err);
	if (packet.len < RDP_CONFIRM_LEN + RDP_NEGOTIATION_LEN ||
	    le16(p + 2) != RDP_NEGOTIATION_LEN)
		return starttls_unexpected(words, packet, err);
	value = le32(p + 4);
	if (p[0] == RDP_NEG_FAILURE)
		return refused_code(words, rdp_failures, value,
		    bytes_of(NULL, 0), err);
	if (p[0] == RDP_NEG_RSP && value == 0)
		return starttls_not_offered(err);
	if (p[0] != RDP_NEG_RSP || (value != RDP_PROTOCOL_SSL &&
	    value != RDP_PROTOCOL_HYBRID))
		return starttls_unexpected(words, packet, err);
	return go_ahead(dialogue, packet.len, STARTTLS_READY, err);
}

static enum starttls_next
rdp_answer(struct starttls_dialogue *dialogue,
    const struct starttls_words *words, struct err *err)
{
	struct bytes in = buf_bytes(&dialogue->in);
	size_t len;

	if (in.data[0] != 3)
		return starttls_unexpected(words, in, err);
	if (in.len < RDP_HEADER)
		return STARTTLS_MORE;
	len = be16(in.data + 2);
	if (in.data[1] != 0 || len < RDP_CONFIRM_LEN)
		return starttls_unexpected(words, in, err);
	if (in.len < len)
		return STARTTLS_MORE;
	/* The length indicator counts the X.224 part without itself. */
	if (in.data[4] != len - RDP_HEADER - 1)
		return starttls_unexpected(words, in, err);
	if (in.data[5] == RDP_DISCONNECT)
		return starttls_refused(words, bytes_str("disconnect request"),
		    err);
	if ((in.data[5] & 0xf0) != RDP_CONFIRM)
		return starttls_unexpected(words, in, err);
	return rdp_negotiated(dialogue, words, bytes_of(in.data, len), err);
}

#define OPENING(text) text, sizeof(text) - 1

static const struct binary_protocol binary_protocols[STARTTLS_COUNT] = {
	[STARTTLS_LDAP] = { OPENING(LDAP_OPENING),
	    { "an LDAP answer to StartTLS", "StartTLS" }, ldap_answer },
	[STARTTLS_POSTGRES] = { OPENING(POSTGRES_OPENING),
	    { "a PostgreSQL answer to the request for TLS", "TLS" },
	    postgres_answer },
	[STARTTLS_MYSQL] = { NULL, 0,
	    { "a MySQL greeting", "the connection" }, mysql_answer },
	[STARTTLS_MSSQL] = { OPENING(TDS_OPENING),
	    { "a TDS answer to PRELOGIN", "TLS" }, mssql_answer },
	[STARTTLS_RDP] = { OPENING(RDP_OPENING),
	    { "an RDP connection confirm", "the connection" }, rdp_answer },
};

static const struct binary_protocol *
binary_find(enum starttls protocol)
{
	if (protocol >= STARTTLS_COUNT ||
	    binary_protocols[protocol].answer == NULL)
		return NULL;
	return &binary_protocols[protocol];
}

const struct starttls_words *
starttls_binary_words(enum starttls protocol)
{
	const struct binary_protocol *found = binary_find(protocol);

	return found == NULL ? NULL : &found->words;
}

bool
starttls_binary_opens(enum starttls protocol)
{
	const struct binary_protocol *found = binary_find(protocol);

	return found != NULL && found->opening != NULL;
}

enum starttls_next
starttls_binary_step(struct starttls_dialogue *dialogue, struct err *err)
{
	const struct binary_protocol *protocol =
	    binary_find(dialogue->protocol);

	if (protocol == NULL) {
		err_set(err, ERR_INTERNAL, "no such dialogue");
		return STARTTLS_FAIL;
	}
	if ((dialogue->state & STARTTLS_STATE) == S_OPEN) {
		starttls_goto(dialogue, S_COMMAND);
		if (protocol->opening != NULL) {
			buf_add(&dialogue->out, protocol->opening,
			    protocol->opening_len);
			return STARTTLS_SEND;
		}
	}
	if (dialogue->in.len == 0)
		return STARTTLS_MORE;
	return protocol->answer(dialogue, &protocol->words, err);
}

/* SPDX-License-Identifier: ISC */
/*
 * A CA with responders of all kinds, and OCSP answers that differ from a
 * good one in one thing each.
 */
#ifndef TESTS_UNIT_OCSP_SCENES_H
#define TESTS_UNIT_OCSP_SCENES_H

#include "ocsp_make.h"
#include "pki/ocsp.h"

static struct pki {
	EVP_PKEY *ca_key, *other_key, *delegate_key, *rsa_key, *ed_key;
	EVP_PKEY *leaf_key;
	struct made ca, rsa_ca, ed_ca, namesake, leaf, other_leaf, foreign;
	struct made delegate, no_nocheck, no_eku, any_eku, sub_ca, no_ku,
	    expired, future, at_the_end, sha1, md5, leaf_signer, odd,
	    indirect, misnamed, stolen, crl_ku, late;
} pki;

static struct bytes
extension(const char *oid, size_t len, bool critical, struct bytes value)
{
	static struct buf pool[8];
	static unsigned next;
	struct buf *b = &pool[next++ % 8];

	buf_reset(b);
	der_add(b, 0x06, oid, len);
	if (critical)
		der_add(b, 0x01, "\xff", 1);
	der_add_bytes(b, 0x04, value);
	der_wrap(b, 0, 0x30);
	return buf_bytes(b);
}

#define EXTENSION(oid, critical, value) extension(oid, sizeof(oid) - 1, \
    critical, bytes_of(value, sizeof(value) - 1))

static struct made
responder(const char *cn, struct cert_spec spec)
{
	spec.cn = cn;
	if (spec.key == NULL)
		spec.key = pki.delegate_key;
	if (spec.issuer == NULL)
		spec.issuer = &pki.ca;
	if (spec.eku == NULL)
		spec.eku = "OCSPSigning";
	spec.serial = 77;
	return make_cert(&spec);
}

static void
make_responders(void)
{
	static const char ku[] = "critical,digitalSignature";
	struct cert_spec usual = { .ku = ku, .nocheck = "NULL" }, s;

	pki.delegate = responder("responder", usual);
	s = usual, s.nocheck = NULL;
	pki.no_nocheck = responder("responder", s);
	s = usual, s.eku = "serverAuth";
	pki.no_eku = responder("responder", s);
	s.eku = "anyExtendedKeyUsage";
	pki.any_eku = responder("responder", s);
	s = usual, s.bc = "critical,CA:TRUE";
	pki.sub_ca = responder("sub CA", s);
	s = usual, s.ku = NULL;
	pki.no_ku = responder("responder", s);
	s.ku = "critical,cRLSign";
	pki.crl_ku = responder("responder", s);
	s = usual, s.not_after = NOW - 1;
	pki.expired = responder("responder", s);
	s.not_after = NOW;
	pki.at_the_end = responder("responder", s);
	s = usual, s.not_before = NOW + 1;
	pki.future = responder("responder", s);
	s.not_before = NOW - 60;
	pki.late = responder("responder", s);
	s = usual, s.md = EVP_sha1();
	pki.sha1 = responder("responder", s);
	s.md = EVP_md5();
	s.issuer = &pki.rsa_ca;
	pki.md5 = responder("responder", s);
	s = usual, s.extra = "critical,hello";
	pki.odd = responder("responder", s);
	s = usual, s.issuer = &pki.sub_ca;
	pki.indirect = responder("responder", s);
	s = usual, s.sign = pki.other_key;
	pki.stolen = responder("responder", s);
	s = usual, s.issuer = &pki.foreign, s.sign = pki.ca_key;
	pki.misnamed = responder("responder", s);
}

static void
make_pki(void)
{
	struct cert_spec ca = { .cn = "CA", .bc = "critical,CA:TRUE",
		.ku = "critical,keyCertSign" };
	struct cert_spec leaf = { .cn = "leaf", .issuer = &pki.ca,
		.serial = SERIAL };

	pki.ca_key = EVP_EC_gen("P-256");
	pki.other_key = EVP_EC_gen("P-256");
	pki.delegate_key = EVP_EC_gen("P-256");
	pki.leaf_key = EVP_EC_gen("P-256");
	pki.rsa_key = EVP_RSA_gen(2048);
	pki.ed_key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	ca.key = pki.ca_key;
	pki.ca = make_cert(&ca);
	ca.key = pki.other_key;
	pki.namesake = make_cert(&ca);
	ca.key = pki.rsa_key;
	pki.rsa_ca = make_cert(&ca);
	ca.key = pki.ed_key;
	pki.ed_ca = make_cert(&ca);
	ca.key = pki.other_key;
	ca.cn = "another CA";
	pki.foreign = make_cert(&ca);
	leaf.key = pki.leaf_key;
	pki.leaf = make_cert(&leaf);
	leaf.serial++;
	pki.other_leaf = make_cert(&leaf);
	leaf.serial--;
	leaf.eku = "OCSPSigning";
	pki.leaf_signer = make_cert(&leaf);
	make_responders();
}

/* A row changes this. */
struct scene {
	struct answer answer;
	struct ocsp_query query;
	struct entry *e;		/* the first entry */
};

static void
scene_init(struct scene *s)
{
	struct entry e = { .hash = EVP_sha256(), .cert = &pki.leaf,
		.issuer = &pki.ca, .status = REV_GOOD, .reason = -1,
		.revoked_at = NOW - 3 * DAY, .this_update = NOW - DAY,
		.next_update = NOW + DAY };
	struct answer a = { .entries = { e, e, e, e }, .n_entries = 1,
		.type = "\x01", .named = &pki.ca, .key = pki.ca_key,
		.md = EVP_sha256(), .produced_at = NOW - DAY,
		.version = -1, .zone = "Z", .trailing = "" };

	memset(s, 0, sizeof(*s));
	s->answer = a;
	s->query.cert = pki.leaf.der;
	s->query.issuer = pki.ca.der;
	s->query.now = NOW;
	s->query.skew = 300;
	s->e = s->answer.entries;
}

static void
delegate(struct scene *s, const struct made *to)
{
	s->answer.key = to->key;
	s->answer.named = to;
	s->answer.certs[0] = to;
}

static void
revoke(struct entry *e)
{
	e->status = REV_REVOKED;
	e->reason = 1;
}

static void
two(struct scene *s, enum rev_outcome first, enum rev_outcome second)
{
	s->answer.n_entries = 2;
	s->e[0].status = first;
	s->e[1].status = second;
}

static void
use_ca(struct scene *s, const struct made *ca, const EVP_MD *md)
{
	s->query.issuer = ca->der;
	s->e->issuer = ca;
	s->answer.named = ca;
	s->answer.key = ca->key;
	s->answer.md = md;
}

static struct bytes
nonce32(void)
{
	static const uint8_t n[OCSP_NONCE_SIZE] = { 1, 2, 3, 4 };

	return bytes_of(n, sizeof(n));
}

#define NONCE_OID OID_OCSP "\x02"
#define NONCE_TAIL "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define NONCE_RIGHT "\x04\x20\x01\x02\x03\x04" NONCE_TAIL
#define NONCE_WRONG "\x04\x20\x01\x02\x03\x05" NONCE_TAIL

static void
with_nonce(struct scene *s, struct bytes ext)
{
	s->query.nonce = nonce32();
	s->answer.extensions = ext;
}

static void
twice(struct scene *s)
{
	static struct buf b;
	struct bytes one = EXTENSION(NONCE_OID, false, NONCE_RIGHT);

	buf_reset(&b);
	buf_add(&b, one.data, one.len);
	buf_add(&b, one.data, one.len);
	s->answer.extensions = buf_bytes(&b);
}

#define TWEAK(name, code) static void name(struct scene *s) { code; }

/* status */
TWEAK(t_none, (void)s)
TWEAK(t_revoked, revoke(s->e))
TWEAK(t_revoked_bare, revoke(s->e); s->e->reason = -1)
TWEAK(t_unknown, s->e->status = REV_UNKNOWN)
TWEAK(t_empty, s->answer.n_entries = 0)
TWEAK(t_malformed, s->answer.status = 1; s->answer.no_bytes = true)
TWEAK(t_internal, s->answer.status = 2; s->answer.no_bytes = true)
TWEAK(t_later, s->answer.status = 3; s->answer.no_bytes = true)
TWEAK(t_sig, s->answer.status = 5; s->answer.no_bytes = true)
TWEAK(t_unauthorized, s->answer.status = 6; s->answer.no_bytes = true)
TWEAK(t_status7, s->answer.status = 7; s->answer.no_bytes = true)
TWEAK(t_later_good, s->answer.status = 3)
TWEAK(t_no_bytes, s->answer.no_bytes = true)
TWEAK(t_type, s->answer.type = "\x32")
/* several answers */
TWEAK(t_good_revoked, two(s, REV_GOOD, REV_GOOD); revoke(s->e + 1))
TWEAK(t_revoked_good, two(s, REV_GOOD, REV_GOOD); revoke(s->e))
TWEAK(t_good_unknown, two(s, REV_GOOD, REV_UNKNOWN))
TWEAK(t_unknown_good, two(s, REV_UNKNOWN, REV_GOOD))
TWEAK(t_unknown_revoked, two(s, REV_UNKNOWN, REV_GOOD); revoke(s->e + 1))
TWEAK(t_other_first, two(s, REV_GOOD, REV_GOOD); revoke(s->e);
    s->e->cert = &pki.other_leaf)
TWEAK(t_good_other, two(s, REV_GOOD, REV_GOOD);
    s->e[1].cert = &pki.other_leaf; revoke(s->e + 1))
TWEAK(t_other_hash, two(s, REV_GOOD, REV_GOOD); revoke(s->e + 1);
    s->e[1].hash = EVP_sha384())
TWEAK(t_good_stale_revoked, two(s, REV_GOOD, REV_GOOD); revoke(s->e + 1);
    s->e[1].next_update = NOW - 400)
TWEAK(t_good_future_revoked, two(s, REV_GOOD, REV_GOOD); revoke(s->e + 1);
    s->e[1].this_update = NOW + 400)
TWEAK(t_stale_fresh, two(s, REV_GOOD, REV_GOOD);
    s->e->next_update = NOW - 400)
/* CertID */
TWEAK(t_sha1_id, s->e->hash = EVP_sha1())
TWEAK(t_sha384_id, s->e->hash = EVP_sha384())
TWEAK(t_sha512_id, s->e->hash = EVP_sha512())
TWEAK(t_md5_id, s->e->hash = EVP_md5())
TWEAK(t_absent, s->e->no_parameters = true)
TWEAK(t_other_serial, s->e->cert = &pki.other_leaf)
TWEAK(t_other_name, s->e->issuer = &pki.foreign)
TWEAK(t_other_key, s->e->issuer = &pki.namesake)
TWEAK(t_not_issuer, s->query.issuer = pki.foreign.der)
TWEAK(t_no_issuer, s->query.issuer = bytes_of(NULL, 0))
/* who signed */
TWEAK(t_by_key, s->answer.by_key = true)
TWEAK(t_rsa, use_ca(s, &pki.rsa_ca, EVP_sha256()))
TWEAK(t_ed, use_ca(s, &pki.ed_ca, NULL))
TWEAK(t_rsa_md5, use_ca(s, &pki.rsa_ca, EVP_md5()))
TWEAK(t_rsa_sha1, use_ca(s, &pki.rsa_ca, EVP_sha1()))
TWEAK(t_tamper, s->answer.tamper = true)
TWEAK(t_forged, s->answer.key = pki.other_key)
TWEAK(t_forged_cert, s->answer.key = pki.other_key;
    s->answer.certs[0] = &pki.namesake)
TWEAK(t_other_id, s->answer.named = &pki.foreign)
TWEAK(t_other_id_key, s->answer.named = &pki.foreign;
    s->answer.by_key = true)
TWEAK(t_delegate, delegate(s, &pki.delegate))
TWEAK(t_delegate_key, delegate(s, &pki.delegate); s->answer.by_key = true)
TWEAK(t_delegate_second, delegate(s, &pki.delegate);
    s->answer.certs[0] = &pki.ca; s->answer.certs[1] = &pki.no_eku;
    s->answer.certs[2] = &pki.delegate)
TWEAK(t_delegate_absent, delegate(s, &pki.delegate);
    s->answer.certs[0] = NULL)
TWEAK(t_delegate_id, delegate(s, &pki.delegate); s->answer.named = &pki.ca)
TWEAK(t_delegate_forged, delegate(s, &pki.delegate);
    s->answer.key = pki.other_key)
/* The same, not in the answer but at hand: between others. */
static void
at_hand(struct scene *s, const struct made *responder)
{
	static struct bytes hand[4];

	delegate(s, responder);
	s->answer.certs[0] = NULL;
	hand[0] = pki.ca.der;
	hand[1] = pki.foreign.der;
	hand[2] = responder->der;
	hand[3] = bytes_of(NULL, 0);
	s->query.others = hand;
	s->query.n_others = 4;
}

TWEAK(t_hand, at_hand(s, &pki.delegate))
TWEAK(t_hand_key, at_hand(s, &pki.delegate); s->answer.by_key = true)
TWEAK(t_hand_second, at_hand(s, &pki.delegate);
    s->answer.certs[0] = &pki.no_eku)
TWEAK(t_hand_no_eku, at_hand(s, &pki.no_eku))
TWEAK(t_hand_stolen, at_hand(s, &pki.stolen))
TWEAK(t_hand_indirect, at_hand(s, &pki.indirect))
TWEAK(t_hand_expired, at_hand(s, &pki.expired))
TWEAK(t_hand_forged, at_hand(s, &pki.delegate);
    s->answer.key = pki.other_key)
TWEAK(t_no_nocheck, delegate(s, &pki.no_nocheck))
TWEAK(t_no_eku, delegate(s, &pki.no_eku))
TWEAK(t_any_eku, delegate(s, &pki.any_eku))
TWEAK(t_leaf, delegate(s, &pki.leaf))
TWEAK(t_itself, delegate(s, &pki.leaf_signer);
    s->query.cert = pki.leaf_signer.der)
TWEAK(t_sub_ca, delegate(s, &pki.sub_ca))
TWEAK(t_no_ku, delegate(s, &pki.no_ku))
TWEAK(t_crl_ku, delegate(s, &pki.crl_ku))
TWEAK(t_expired, delegate(s, &pki.expired))
TWEAK(t_at_the_end, delegate(s, &pki.at_the_end))
TWEAK(t_future, delegate(s, &pki.future))
TWEAK(t_late, delegate(s, &pki.late))
TWEAK(t_sha1_cert, delegate(s, &pki.sha1))
TWEAK(t_md5_cert, use_ca(s, &pki.rsa_ca, EVP_sha256());
    delegate(s, &pki.md5))
TWEAK(t_odd, delegate(s, &pki.odd))
TWEAK(t_indirect, delegate(s, &pki.indirect);
    s->answer.certs[1] = &pki.sub_ca)
TWEAK(t_stolen, delegate(s, &pki.stolen))
TWEAK(t_misnamed, delegate(s, &pki.misnamed))
/* times */
TWEAK(t_this_now, s->e->this_update = s->answer.produced_at = NOW)
TWEAK(t_this_skew, s->e->this_update = NOW + 300)
TWEAK(t_this_future, s->e->this_update = NOW + 301)
TWEAK(t_next_skew, s->e->next_update = NOW - 300)
TWEAK(t_next_past, s->e->next_update = NOW - 301)
TWEAK(t_stale_revoked, revoke(s->e); s->e->next_update = NOW - 301)
TWEAK(t_stale_forged, revoke(s->e); s->e->next_update = NOW - 301;
    s->answer.key = pki.other_key)
TWEAK(t_stale_unknown, s->e->status = REV_UNKNOWN;
    s->e->next_update = NOW - 301)
TWEAK(t_no_next, s->e->next_update = 0)
TWEAK(t_no_next_age, s->e->next_update = 0; s->query.max_age = DAY)
TWEAK(t_no_next_old, s->e->next_update = 0; s->query.max_age = DAY - 1)
TWEAK(t_no_next_revoked, s->e->next_update = 0; revoke(s->e))
TWEAK(t_age, s->query.max_age = DAY)
TWEAK(t_old, s->query.max_age = DAY - 1)
TWEAK(t_old_revoked, s->query.max_age = DAY - 1; revoke(s->e))
TWEAK(t_backwards, s->e->next_update = s->e->this_update - 1)
TWEAK(t_instant, s->e->this_update = s->e->next_update = NOW)
TWEAK(t_produced_skew, s->answer.produced_at = NOW + 300)
TWEAK(t_produced_future, s->answer.produced_at = NOW + 301)
TWEAK(t_produced_before, s->answer.produced_at = NOW - 2 * DAY)
TWEAK(t_fraction, s->answer.zone = ".5Z")
TWEAK(t_offset, s->answer.zone = "+0000")
TWEAK(t_no_zone, s->answer.zone = "")
/* extensions */
TWEAK(t_critical, s->answer.extensions = EXTENSION("\x2a\x03\x04", true,
    "x"))
TWEAK(t_not_critical, s->answer.extensions = EXTENSION("\x2a\x03\x04",
    false, "x"))
TWEAK(t_critical_single, s->e->extensions = EXTENSION("\x2a\x03\x04", true,
    "x"))
TWEAK(t_not_critical_single, s->e->extensions = EXTENSION("\x2a\x03\x04",
    false, "x"))
TWEAK(t_critical_other, two(s, REV_GOOD, REV_GOOD);
    s->e[1].cert = &pki.other_leaf;
    s->e[1].extensions = EXTENSION("\x2a\x03\x04", true, "x"))
TWEAK(t_critical_second, two(s, REV_GOOD, REV_GOOD);
    s->e[1].extensions = EXTENSION("\x2a\x03\x04", true, "x"))
TWEAK(t_indirect_single, s->e->extensions = EXTENSION("\x55\x1d\x1d", true,
    "x"))
TWEAK(t_cutoff, s->e->extensions = EXTENSION(OID_OCSP "\x06", true,
    "\x18\x0f" "20200101000000Z"))
TWEAK(t_nonce, with_nonce(s, EXTENSION(NONCE_OID, false, NONCE_RIGHT)))
TWEAK(t_nonce_raw, with_nonce(s, extension(NONCE_OID, 9, false, nonce32())))
TWEAK(t_nonce_wrong, with_nonce(s, EXTENSION(NONCE_OID, false,
    NONCE_WRONG)))
TWEAK(t_nonce_short, with_nonce(s, EXTENSION(NONCE_OID, false,
    "\x04\x02\x01\x02")))
TWEAK(t_nonce_empty, with_nonce(s, EXTENSION(NONCE_OID, false, "")))
TWEAK(t_nonce_absent, with_nonce(s, bytes_of(NULL, 0)))
TWEAK(t_nonce_unsolicited, s->answer.extensions = EXTENSION(NONCE_OID,
    false, NONCE_RIGHT))
TWEAK(t_nonce_twice, s->query.nonce = nonce32(); twice(s))
TWEAK(t_extended, revoke(s->e); s->e->reason = 6; s->e->revoked_at = 0;
    s->answer.extensions = EXTENSION(OID_OCSP "\x09", false, "\x05\x00"))
TWEAK(t_reason_ext, revoke(s->e); s->e->reason = -1;
    s->e->extensions = EXTENSION("\x55\x1d\x15", false, "\x0a\x01\x04"))
/* form */
TWEAK(t_trailing, s->answer.trailing = "x")
TWEAK(t_v1, s->answer.version = 0)
TWEAK(t_v2, s->answer.version = 1)

#endif

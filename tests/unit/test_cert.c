/* SPDX-License-Identifier: ISC */
/* The facts of a certificate, from certificates written as text. */
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "der_text.h"
#include "pki/cert.h"
#include "tap.h"

#define SHA256RSA "30{06:2a864886f70d01010b 05:}"
#define SHA1RSA "30{06:2a864886f70d010105 05:}"
#define RSAKEY "30{ 30{06:2a864886f70d010101 05:} 03:00" \
	"300a0205" "0080000001" "0201" "03 }"
#define NAME_A "30{31{30{06:55040a 0c'Org'}} 31{30{06:550403 0c'A'}}}"
#define NAME_B "30{31{30{06:550403 0c'B'}}}"
#define VALID "30{17'260101000000Z' 17'270101000000Z'}"
#define EXT(oid, value) "30{06:" oid " 04{" value "}}"
#define CRITICAL(oid, value) "30{06:" oid " 01:ff 04{" value "}}"
#define EXTS(list) "a3{30{" list "}}"
#define SAN(list) EXTS(EXT("551d11", "30{" list "}"))

/* The parts of a certificate; NULL is what `plain` has. */
struct parts {
	const char *version, *serial, *alg, *issuer, *validity, *subject,
	    *spki, *tail, *outer, *signature, *after;
};

static const struct parts plain = { "a0{02:02}", "02:0a", SHA256RSA, NAME_A,
	VALID, NAME_B, RSAKEY, "", SHA256RSA, "03:00aa", "" };

static struct der_text text;
static struct arena *arena;

static const char *
part(const char *own, const char *otherwise)
{
	return own == NULL ? otherwise : own;
}

#define PART(name) part(p->name, plain.name)

static struct cert_facts
facts_of(const struct parts *p)
{
	static char s[4096];
	struct cert_facts facts;
	struct err err = ERR_INIT;
	struct bytes der;

	snprintf(s, sizeof(s), "30{30{%s %s %s %s %s %s %s %s} %s %s} %s",
	    PART(version), PART(serial), PART(alg), PART(issuer),
	    PART(validity), PART(subject), PART(spki), PART(tail),
	    PART(outer), PART(signature), PART(after));
	der = arena_bytes(arena, der_text(&text, s));
	if (cert_facts_read(arena, der, &facts, &err) == -1)
		bail("%s", err.text);
	return facts;
}

static struct cert_facts
facts_tail(const char *tail)
{
	struct parts p = { .tail = tail };

	return facts_of(&p);
}

static const char *
str(struct bytes b)
{
	return arena_strndup(arena, (const char *)b.data, b.len);
}

static void
test_plain(void)
{
	struct parts p = { .tail = "" };
	struct cert_facts f = facts_of(&p);
	uint8_t md[32];

	ok(!f.malformed, "well formed");
	is_str(f.malformed_why, NULL, "no reason");
	is_int(f.version, 3, "version");
	is_mem(f.serial.data, "\x0a", 1, "serial");
	is_str(str(f.subject), "CN=B", "subject");
	is_str(str(f.issuer), "O=Org, CN=A", "issuer");
	is_str(str(f.common_name), "B", "common name");
	is_str(str(f.issuer_name), "A", "issuer's name");
	ok(f.has_not_before && f.has_not_after, "validity");
	is_int(f.not_before, 1767225600, "notBefore");
	is_int(f.not_after, 1798761600, "notAfter");
	is_int(f.key_type, KEY_RSA, "key type");
	is_uint(f.key_bits, 32, "key bits");
	is_uint(f.rsa_exponent, 3, "exponent");
	is_str(f.sig_name, "sha256WithRSAEncryption", "signature");
	is_int(f.sig_strength, SIG_OK, "its worth");
	ok(!f.has_san && !f.has_basic_constraints && !f.has_key_usage &&
	    !f.has_eku && !f.is_ca, "no extensions");
	is_int(f.pathlen, PATHLEN_NONE, "no path length");
	ok(!f.self_issued && !cert_self_signed(&f), "signed by another");
	EVP_Digest(f.der.data, f.der.len, md, NULL, EVP_sha256(), NULL);
	is_mem(f.sha256, md, 32, "fingerprint");
	EVP_Digest(f.spki_der.data, f.spki_der.len, md, NULL, EVP_sha256(),
	    NULL);
	is_mem(f.spki_sha256, md, 32, "fingerprint of the key");
}

/* What is malformed, and what is only sloppy (why NULL). */
static const struct wrong {
	const char *name;
	struct parts parts;
	const char *why;
} wrongs[] = {
	{ "version 1", { .version = "" }, NULL },
	{ "version 1 written out", { .version = "a0{02:00}" }, NULL },
	{ "version 4", { .version = "a0{02:03}" }, "the version is unknown" },
	{ "version of two elements", { .version = "a0{02:02 02:02}" },
	    "the version cannot be read" },
	{ "version 1 with extensions", { .version = "", .tail = SAN("82'a'") },
	    "only version 3 has extensions" },
	{ "version 1 with unique identifier", { .version = "",
	    .tail = "81:00aa" }, "version 1 has no unique identifiers" },
	{ "version 2 with unique identifier", { .version = "a0{02:01}",
	    .tail = "81:00aa 82:00bb" }, NULL },
	{ "unknown field", { .tail = "a4{}" },
	    "unknown data in the signed part" },
	{ "serial zero", { .serial = "02:00" }, NULL },
	{ "serial negative", { .serial = "02:ff01" }, NULL },
	{ "serial of 30 octets", { .serial =
	    "02:010203040506070809101112131415161718192021222324252627282930"
	    }, NULL },
	{ "serial with a zero for the sign", { .serial = "02:00ff" }, NULL },
	{ "serial padded", { .serial = "02:0001" },
	    "the serial number is no valid INTEGER" },
	{ "serial empty", { .serial = "02:" },
	    "the serial number is no valid INTEGER" },
	{ "serial of another type", { .serial = "04:01" },
	    "the serial number is no INTEGER" },
	{ "algorithms differ", { .outer = SHA1RSA },
	    "inner and outer signature algorithm differ" },
	{ "NULL in one of them", { .outer = "30{06:2a864886f70d01010b}" },
	    "inner and outer signature algorithm differ" },
	{ "empty algorithm", { .alg = "30{}", .outer = "30{}" },
	    "the signature algorithm cannot be read" },
	{ "no BIT STRING", { .signature = "04:00" },
	    "the signature cannot be read" },
	{ "data inside after the signature", { .signature = "03:00aa 05:" },
	    "the signature cannot be read" },
	{ "data after the certificate", { .after = "05:" },
	    "data after the certificate" },
	{ "empty issuer", { .issuer = "30{}" }, NULL },
	{ "issuer of another type", { .issuer = "31{}" },
	    "the issuer's name cannot be read" },
	{ "broken UTF-8 in the subject",
	    { .subject = "30{31{30{06:550403 0c:ff}}}" },
	    "the subject's name cannot be read" },
	{ "no validity", { .validity = "30{}" },
	    "notBefore is not in the form of RFC 5280" },
	{ "GeneralizedTime before 2050", { .validity =
	    "30{18'20260101000000Z' 18'20270101000000Z'}" }, NULL },
	{ "a third time", { .validity =
	    "30{17'260101000000Z' 17'270101000000Z' 05:}" },
	    "data after notAfter" },
	{ "RSA key of zero", { .spki =
	    "30{30{06:2a864886f70d010101 05:} 03:0030060201000201" "03}" },
	    "the RSA modulus is zero" },
	{ "RSA key cut off", { .spki =
	    "30{30{06:2a864886f70d010101 05:} 03:003003020105}" },
	    "the RSA key cannot be read" },
	{ "EC point of wrong length", { .spki = "30{30{06:2a8648ce3d0201 "
	    "06:2a8648ce3d030107} 03:0004aabb}" },
	    "the EC key is no point of its curve" },
	{ "EC without curve", { .spki =
	    "30{30{06:2a8648ce3d0201} 03:0004aabb}" },
	    "the EC key names no curve" },
	{ "Ed25519 of wrong length", { .spki =
	    "30{30{06:2b6570} 03:00aabb}" },
	    "the EdDSA key has the wrong length" },
	{ "no key", { .spki = "30{}" }, "the public key cannot be read" },
	{ "no extensions in [3]", { .tail = "a3{30{}}" }, NULL },
	{ "[3] empty", { .tail = "a3{}" }, "the extensions cannot be read" },
	{ "an extension twice", { .tail = EXTS(EXT("2a03", "05:")
	    EXT("2a03", "05:")) }, "an extension is there twice" },
	{ "criticality FALSE", { .tail =
	    EXTS("30{06:2a03 01:00 04:}") }, NULL },
	{ "criticality 1", { .tail = EXTS("30{06:2a03 01:01 04:}") },
	    "an extension writes its criticality not in DER" },
	{ "extension without value", { .tail = EXTS("30{06:2a03}") },
	    "an extension cannot be read" },
	{ "empty SAN", { .tail = SAN("") }, NULL },
	{ "IP address of 5 octets", { .tail = SAN("87:0102030405") },
	    "subjectAltName holds an IP address of wrong length" },
	{ "name not ASCII", { .tail = SAN("82:c3a4") },
	    "subjectAltName holds a name that is not ASCII" },
	{ "unknown kind of name", { .tail = SAN("89:00") },
	    "subjectAltName holds a name of unknown kind" },
	{ "otherName malformed", { .tail = SAN("a0{05:}") },
	    "subjectAltName holds a malformed otherName" },
	{ "SAN no SEQUENCE", { .tail = EXTS(EXT("551d11", "82'a'")) },
	    "subjectAltName cannot be read" },
	{ "data after the SAN", { .tail = EXTS(EXT("551d11", "30{} 05:")) },
	    "data after subjectAltName" },
	{ "more in the SAN's value", { .tail =
	    EXTS("30{06:551d11 04:300382016105}") },
	    "data after subjectAltName" },
	{ "negative path length", { .tail =
	    EXTS(EXT("551d13", "30{01:ff 02:ff}")) },
	    "the path length is out of range" },
	{ "keyUsage of nothing", { .tail = EXTS(EXT("551d0f", "03:0700")) },
	    "keyUsage permits nothing" },
	{ "keyUsage with a bit behind the last", { .tail =
	    EXTS(EXT("551d0f", "03:0788")) },
	    "keyUsage is not written in DER" },
	{ "distribution point of reasons alone", { .tail =
	    EXTS(EXT("551d1f", "30{30{81:0780}}")) },
	    "cRLDistributionPoints cannot be read" },
};

static void
test_wrongs(void)
{
	struct cert_facts f;
	size_t i;

	for (i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		f = facts_of(&wrongs[i].parts);
		is_str(f.malformed_why, wrongs[i].why, "%s", wrongs[i].name);
		is_int(f.malformed, wrongs[i].why != NULL, "malformed");
		ok(f.sha256[0] != 0 || f.sha256[1] != 0, "has a digest");
	}
}

/* Every prefix of a certificate is malformed and gives no validity that is
 * not there. */
static void
test_cut(void)
{
	struct cert_facts f = facts_tail(SAN("82'a.test' 87:7f000001")), g;
	struct err err = ERR_INIT;
	struct bytes copy;
	unsigned fine = 0;
	size_t i;

	for (i = 0; i < f.der.len; i++) {
		copy = arena_bytes(arena, bytes_of(f.der.data, i));
		if (cert_facts_read(arena, copy, &g, &err) == -1)
			bail("%s", err.text);
		fine += !g.malformed || g.has_not_after;
	}
	is_uint(fine, 0, "no prefix is well formed");
}

static void
test_validity(void)
{
	struct parts p = { .validity =
	    "30{17'2601010000Z' 18'20270101'}" };
	struct cert_facts f = facts_of(&p);

	ok(f.malformed && f.has_not_before && f.not_before == 1767225600,
	    "no seconds: malformed, and known");
	ok(!f.has_not_after, "unreadable: not known");
	p.validity = "30{17'270101000000Z' 17'260101000000Z'}";
	f = facts_of(&p);
	ok(!f.malformed && f.not_after < f.not_before,
	    "the wrong way round: as it is written");
	p.validity = "30{17'000000000000Z' 17'270101000000Z'}";
	f = facts_of(&p);
	ok(!f.has_not_before && f.has_not_after, "each on its own");
}

static void
test_sans(void)
{
	struct cert_facts f = facts_tail(SAN("82'*.a.test' 87:7f000001 "
	    "87:00000000000000000000000000000001 81'x@a.test' 86'http://u' "
	    "a0{06:2a03 a0{0c'o'}} a4{30{}} 88:2a03 87:01 82:6100"));

	is_uint(f.n_sans, 10, "all names");
	ok(f.has_san, "an extension");
	is_int(f.sans[0].type, SAN_DNS, "DNS");
	is_str(str(f.sans[0].value), "*.a.test", "its value");
	is_int(f.sans[1].type, SAN_IP, "IPv4");
	is_uint(f.sans[2].value.len, 16, "IPv6");
	is_int(f.sans[3].type, SAN_EMAIL, "e-mail");
	is_int(f.sans[4].type, SAN_URI, "URI");
	is_int(f.sans[5].type, SAN_OTHER, "otherName");
	is_int(f.sans[6].type, SAN_OTHER, "directoryName");
	is_int(f.sans[7].type, SAN_OTHER, "registeredID");
	is_int(f.sans[8].type, SAN_OTHER, "an address of one octet is none");
	is_uint(f.sans[9].value.len, 2, "NUL is a part of the name");
	ok(f.malformed, "and it is malformed");
}

static void
test_many_sans(void)
{
	static uint8_t der[100000];
	struct cert_facts f;
	struct err err = ERR_INIT;
	size_t i, n = CERT_SANS_MAX + 5;
	struct parts p = { .tail = SAN("") };
	/* SEQUENCEs around an empty SAN: their lengths are put in by hand. */
	static const uint8_t head[] = { 0x30, 0x83, 0, 0, 0, 0x30, 0x83, 0, 0,
		0, 0xa0, 3, 2, 1, 2, 2, 1, 1, 0x30, 0, 0x30, 0, 0x30, 0, 0x30,
		0, 0x30, 0, 0xa3, 0x83, 0, 0, 0, 0x30, 0x83, 0, 0, 0, 0x30,
		0x83, 0, 0, 0, 6, 3, 0x55, 0x1d, 0x11, 4, 0x83, 0, 0, 0, 0x30,
		0x83, 0, 0, 0 };
	size_t len = sizeof(head) + n * 4;

	memcpy(der, head, sizeof(head));
	for (i = 0; i < sizeof(head) - 4; i++)
		if (der[i + 1] == 0x83) {
			size_t rest = len - i - 5;

			der[i + 2] = (uint8_t)(rest >> 16);
			der[i + 3] = (uint8_t)(rest >> 8);
			der[i + 4] = (uint8_t)rest;
		}
	for (i = 0; i < n; i++)
		memcpy(der + sizeof(head) + 4 * i, "\x82\x02xx", 4);
	if (cert_facts_read(arena, bytes_of(der, len), &f, &err) == -1)
		bail("%s", err.text);
	is_uint(f.n_sans, CERT_SANS_MAX, "names are bounded");
	ok(f.malformed, "and that is told");
	f = facts_of(&p);
	ok(f.has_san && f.n_sans == 0, "none");
}

static void
test_extensions(void)
{
	struct cert_facts f = facts_tail(EXTS(
	    CRITICAL("551d13", "30{01:ff 02:03}")
	    CRITICAL("551d0f", "03:0106")
	    EXT("551d25", "30{06:2b06010505070301 06:2b06010505070309"
	    " 06:551d2500 06:2a03}")
	    EXT("551d0e", "04:aabb")
	    EXT("551d23", "30{80:ccdd a1{82'x'} 82:01}")
	    EXT("2b06010505070118", "30{02:11 02:05}")
	    EXT("551d38", "05:")
	    EXT("2b06010505070101", "30{30{06:2b06010505073001 86'http://o'}"
	    "30{06:2b06010505073002 86'http://i'} 30{06:2b06010505073001"
	    " 86'http://p'} 30{06:2b06010505073001 86'http://o'}"
	    " 30{06:2b06010505073001 a4{30{}}} 30{06:2a03 86'http://n'}}")
	    EXT("551d1f", "30{30{a0{a0{86'http://c' 86'ldap://c'}}}"
	    "30{a0{a0{86'http://d'}} 81:0780} 30{a2{a4{30{}}}}}")));

	is_str(f.malformed_why, NULL, "well formed");
	ok(f.has_basic_constraints && f.is_ca && f.pathlen == 3, "CA");
	ok(f.has_key_usage && f.key_usage == (1 << 5 | 1 << 6), "key usage");
	is_uint(f.eku, EKU_SERVER_AUTH | EKU_OCSP_SIGNING | EKU_ANY |
	    EKU_OTHER, "extended key usage");
	is_mem(f.ski.data, "\xaa\xbb", 2, "SKI");
	is_mem(f.aki.data, "\xcc\xdd", 2, "AKI");
	ok(f.must_staple && f.no_rev_avail, "must-staple, noRevAvail");
	is_uint(f.n_ocsp_urls, 2, "OCSP addresses, each once");
	is_str(str(f.ocsp_urls[1]), "http://p", "the second");
	is_uint(f.n_issuer_urls, 1, "issuer's address");
	is_uint(f.n_crl_urls, 3, "CRL addresses");
	is_str(str(f.crl_urls[2]), "http://d", "of the second point");
	ok(!f.unknown_critical, "all known");
	f = facts_tail(EXTS(CRITICAL("2a03", "05:")));
	ok(f.unknown_critical && !f.malformed, "unknown critical");
	f = facts_tail(EXTS(EXT("2a03", "05:")));
	ok(!f.unknown_critical, "unknown");
	f = facts_tail(EXTS(EXT("551d13", "30{}") EXT("551d0f", "03:070080")));
	ok(f.has_basic_constraints && !f.is_ca, "no CA");
	is_uint(f.key_usage, 1 << 8, "decipherOnly");
	f = facts_tail(EXTS(EXT("551d0f", "03:0384")));
	is_uint(f.key_usage, 1 << 0, "a bit behind the last is none");
	f = facts_tail(EXTS(EXT("551d11", "30{82'a'}")
	    EXT("551d11", "30{82'b' 82'c'}")));
	is_uint(f.n_sans, 1, "of two, the first");
}

static void
test_algorithms(void)
{
	static const struct row {
		const char *alg;
		const char *name;
		enum sig_strength strength;
	} rows[] = {
		{ "30{06:2a8648ce3d040303}", "ecdsa-with-SHA384", SIG_OK },
		{ "30{06:2b6570}", "ED25519", SIG_OK },
		{ SHA1RSA, "sha1WithRSAEncryption", SIG_WEAK_SHA1 },
		{ "30{06:2a864886f70d010104 05:}", "md5WithRSAEncryption",
		    SIG_BROKEN },
		{ "30{06:2a864886f70d01010a 30{}}", "rsassaPss with sha1",
		    SIG_WEAK_SHA1 },
		{ "30{06:2a864886f70d01010a 30{a0{30{06:608648016503040201"
		    " 05:}}}}", "rsassaPss with sha256", SIG_OK },
		{ "30{06:2a864886f70d01010a 30{a0{30{06:2a03}}}}",
		    "rsassaPss", SIG_UNKNOWN },
		{ "30{06:2a864886f70d01010a}", "rsassaPss", SIG_UNKNOWN },
		{ "30{06:2a0304}", "1.2.3.4", SIG_UNKNOWN },
	};
	struct parts p = { .tail = "" };
	struct cert_facts f;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		p.alg = p.outer = rows[i].alg;
		f = facts_of(&p);
		is_str(f.sig_name, rows[i].name, "%s", rows[i].alg);
		is_int(f.sig_strength, rows[i].strength, "its worth");
	}
	p.alg = SHA256RSA;
	p.outer = SHA1RSA;
	f = facts_of(&p);
	is_int(f.sig_strength, SIG_WEAK_SHA1, "of two, what is verified");
}

static void
test_keys(void)
{
	struct parts p = { .spki = "30{30{06:2a8648ce3d0201 06:2b81040023}"
	    " 03:0002" "0102030405060708090a0b0c0d0e0f101112131415161718191a"
	    "1b1c1d1e1f202122232425262728292a2b2c2d2e2f303132333435363738393a"
	    "3b3c3d3e3f404142}" };
	struct cert_facts f = facts_of(&p);

	ok(f.key_type == KEY_EC && f.key_bits == 521 && !f.malformed,
	    "P-521, compressed");
	is_str(f.curve, "P-521", "its name");
	p.spki = "30{30{06:2a8648ce3d0201 06:2a0304} 03:0004aabb}";
	f = facts_of(&p);
	ok(f.key_type == KEY_EC && f.key_bits == 8 && !f.malformed,
	    "a curve nobody knows");
	is_str(f.curve, "1.2.3.4", "by its OID");
	p.spki = "30{30{06:2a8648ce3d0201 30{}} 03:0004aabb}";
	f = facts_of(&p);
	is_str(f.curve, "explicit parameters", "no named curve");
	p.spki = "30{30{06:2b6570} 03:00000102030405060708090a0b0c0d0e0f"
	    "101112131415161718191a1b1c1d1e1f}";
	f = facts_of(&p);
	ok(f.key_type == KEY_ED25519 && !f.malformed, "Ed25519");
	p.spki = "30{30{06:2a0304} 03:00aa}";
	f = facts_of(&p);
	ok(f.key_type == KEY_UNKNOWN && !f.malformed, "unknown type");
	p.spki = "30{30{06:2a864886f70d010101 05:} 03:00"
	    "300d020101" "0208ffffffffffffffff}";
	f = facts_of(&p);
	ok(f.rsa_exponent == UINT64_MAX && f.key_bits == 1, "exponent");
	p.spki = "30{30{06:2a864886f70d010101 05:} 03:00"
	    "300e020101" "0209010000000000000000}";
	f = facts_of(&p);
	ok(f.rsa_exponent == UINT64_MAX, "exponent saturated");
}

/* A real one, signed with its own key or another. */
static struct cert_facts
facts_signed(EVP_PKEY *key, EVP_PKEY *signer, const char *issuer)
{
	unsigned char *der = NULL;
	struct cert_facts facts;
	struct err err = ERR_INIT;
	X509 *x = X509_new();
	int len;

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 5);
	X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN",
	    MBSTRING_ASC, (const unsigned char *)"Me", -1, -1, 0);
	X509_NAME_add_entry_by_txt(X509_get_issuer_name(x), "CN",
	    MBSTRING_ASC, (const unsigned char *)issuer, -1, -1, 0);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_set_pubkey(x, key);
	X509_sign(x, signer, EVP_sha256());
	len = i2d_X509(x, &der);
	if (len <= 0 || cert_facts_read(arena, arena_bytes(arena,
	    bytes_of(der, (size_t)len)), &facts, &err) == -1)
		bail("no certificate");
	OPENSSL_free(der);
	X509_free(x);
	return facts;
}

static void
test_self_signed(void)
{
	EVP_PKEY *a = EVP_EC_gen("P-256"), *b = EVP_EC_gen("P-256");
	struct parts p = { .issuer = NAME_B, .alg = "30{06:2a03}",
		.outer = "30{06:2a03}" };
	struct cert_facts f;

	f = facts_signed(a, a, "Me");
	ok(f.self_issued && cert_self_signed(&f) && !f.malformed,
	    "self-signed");
	ok(f.key_type == KEY_EC && f.key_bits == 256, "P-256");
	f = facts_signed(a, a, "ME");
	ok(f.self_issued && cert_self_signed(&f), "names differ in case");
	f = facts_signed(a, b, "Me");
	ok(f.self_issued && !cert_self_signed(&f), "self-issued");
	f = facts_signed(a, a, "You");
	ok(!f.self_issued && !cert_self_signed(&f), "another name");
	f = facts_of(&p);
	ok(f.self_issued && cert_self_signed(&f), "an algorithm nobody knows");
	p.tail = EXTS(EXT("551d0e", "04:aa") EXT("551d23", "30{80:bb}"));
	f = facts_of(&p);
	ok(f.self_issued && !cert_self_signed(&f),
	    "the key identifiers differ");
	EVP_PKEY_free(a);
	EVP_PKEY_free(b);
}

static void
test_garbage(void)
{
	static const struct bytes none = { NULL, 0 };
	struct err err = ERR_INIT;
	struct cert_facts f;

	is_int(cert_facts_read(arena, none, &f, &err), 0, "nothing");
	ok(f.malformed && !f.has_not_after, "is malformed");
	is_int(cert_facts_read(arena, bytes_str("hello"), &f, &err), 0,
	    "text");
	ok(f.malformed, "is malformed");
	is_str(f.sig_name, "unknown", "no algorithm");
}

int
main(void)
{
	arena = arena_new();
	if (arena == NULL)
		bail("out of memory");
	test_plain();
	test_wrongs();
	test_cut();
	test_validity();
	test_sans();
	test_many_sans();
	test_extensions();
	test_algorithms();
	test_keys();
	test_self_signed();
	test_garbage();
	arena_free(arena);
	return tap_done();
}

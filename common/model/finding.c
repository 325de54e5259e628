/* SPDX-License-Identifier: ISC */
/* The table of findings and what users make of it. */
#include "model/finding.h"

#include <string.h>

#include "base/text.h"

static const struct finding_row rows[FINDING_COUNT] = {
	[FINDING_USAGE] = { "usage", STATUS_UNKNOWN,
	    "an option, a target or a line of a targets file is wrong" },
	[FINDING_INTERNAL] = { "internal", STATUS_UNKNOWN,
	    "memory ran out or a library failed" },
	[FINDING_TARGET] = { "target", STATUS_UNKNOWN,
	    "the target could not be checked" },
	[FINDING_NET_RESOLVE] = { "net.resolve", STATUS_CRITICAL,
	    "the host name has no address" },
	[FINDING_NET_CONNECT] = { "net.connect", STATUS_CRITICAL,
	    "no connection: refused, unreachable or reset" },
	[FINDING_NET_PROXY] = { "net.proxy", STATUS_CRITICAL,
	    "the proxy cannot be reached or refuses" },
	[FINDING_NET_TIMEOUT] = { "net.timeout", STATUS_UNKNOWN,
	    "the plugin's own deadline passed; the text names the phase" },
	[FINDING_STARTTLS_REFUSED] = { "starttls.refused", STATUS_CRITICAL,
	    "the server does not offer STARTTLS, refuses it, or speaks "
	    "another protocol" },
	[FINDING_STARTTLS_INJECTION] = { "starttls.injection", STATUS_CRITICAL,
	    "plain text was sent behind the STARTTLS go-ahead" },
	[FINDING_TLS_PLAINTEXT] = { "tls.plaintext", STATUS_CRITICAL,
	    "the server answers in plain text where TLS is expected" },
	[FINDING_TLS_HANDSHAKE] = { "tls.handshake", STATUS_CRITICAL,
	    "the TLS handshake failed" },
	[FINDING_TLS_VERSION] = { "tls.version", STATUS_WARNING,
	    "the server negotiates nothing better than TLS 1.1" },
	[FINDING_TLS_RENEGOTIATION] = { "tls.renegotiation", STATUS_WARNING,
	    "the server lacks secure renegotiation (RFC 5746)" },
	[FINDING_TLS_ALPN] = { "tls.alpn", STATUS_WARNING,
	    "the server chose none of the protocols asked for by --alpn" },
	[FINDING_FILE_READ] = { "file.read", STATUS_UNKNOWN,
	    "a file cannot be read or holds no certificate" },
	[FINDING_FILE_EMPTY] = { "file.empty", STATUS_UNKNOWN,
	    "a directory or pattern gives no certificate at all" },
	[FINDING_CERT_MALFORMED] = { "cert.malformed", STATUS_WARNING,
	    "a certificate breaks the rules of RFC 5280" },
	[FINDING_CERT_EXPIRY] = { "cert.expiry", STATUS_CRITICAL,
	    "a certificate has expired, or will within the thresholds" },
	[FINDING_CERT_RENEWAL] = { "cert.renewal", STATUS_WARNING,
	    "a renewal that was due (--renewal) has not happened" },
	[FINDING_CERT_NOT_YET_VALID] = { "cert.not_yet_valid", STATUS_CRITICAL,
	    "a certificate is not valid yet" },
	[FINDING_CERT_LIFETIME] = { "cert.lifetime", STATUS_WARNING,
	    "valid for longer than the Baseline Requirements allow for its "
	    "issue date" },
	[FINDING_CERT_NAME] = { "cert.name", STATUS_CRITICAL,
	    "the certificate is not valid for the expected host name" },
	[FINDING_CERT_SAN] = { "cert.san", STATUS_CRITICAL,
	    "a name required by --san is not covered" },
	[FINDING_CERT_SAN_EXTRA] = { "cert.san_extra", STATUS_WARNING,
	    "the certificate has names beyond those of --san "
	    "(--san-exact)" },
	[FINDING_CERT_PURPOSE] = { "cert.purpose", STATUS_CRITICAL,
	    "the certificate is not meant for TLS servers" },
	[FINDING_CERT_ISSUER] = { "cert.issuer", STATUS_CRITICAL,
	    "the issuer does not match --issuer" },
	[FINDING_CERT_SERIAL] = { "cert.serial", STATUS_CRITICAL,
	    "the serial number is not the one of --serial" },
	[FINDING_CERT_FINGERPRINT] = { "cert.fingerprint", STATUS_CRITICAL,
	    "the fingerprint is not the one of --fingerprint" },
	[FINDING_CERT_SPKI] = { "cert.spki", STATUS_CRITICAL,
	    "the public key is not the one of --spki" },
	[FINDING_CERT_COMPARE] = { "cert.compare", STATUS_CRITICAL,
	    "the certificate presented is not the one of --compare" },
	[FINDING_KEY_MATCH] = { "key.match", STATUS_CRITICAL,
	    "the private key of --key does not belong to the certificate" },
	[FINDING_KEY_WEAK] = { "key.weak", STATUS_WARNING,
	    "a public key is too small or of a retired kind" },
	[FINDING_SIG_WEAK] = { "sig.weak", STATUS_WARNING,
	    "a certificate is signed with SHA-1, MD5 or worse" },
	[FINDING_PATH_UNTRUSTED] = { "path.untrusted", STATUS_CRITICAL,
	    "the chain ends in a root that is not trusted here" },
	[FINDING_PATH_INCOMPLETE] = { "path.incomplete", STATUS_CRITICAL,
	    "an intermediate certificate is missing" },
	[FINDING_PATH_SELF_SIGNED] = { "path.self_signed", STATUS_CRITICAL,
	    "the certificate is self-signed and not trusted here" },
	[FINDING_PATH_EXPIRED] = { "path.expired", STATUS_CRITICAL,
	    "every path to a trust anchor has an expired or not yet valid "
	    "certificate" },
	[FINDING_PATH_INVALID] = { "path.invalid", STATUS_CRITICAL,
	    "the path breaks a rule: signature, name constraints, path "
	    "length, CA flag" },
	[FINDING_CHAIN_ORDER] = { "chain.order", STATUS_WARNING,
	    "the certificates are not sent in order, leaf first" },
	[FINDING_CHAIN_EXTRA] = { "chain.extra", STATUS_WARNING,
	    "certificates are sent that belong to no path, or twice" },
	[FINDING_CHAIN_ROOT] = { "chain.root_sent", STATUS_OK,
	    "the root is sent too, which is only a waste of bytes" },
	[FINDING_ADDRESSES_DIFFER] = { "addresses.differ", STATUS_WARNING,
	    "the addresses of one name present different certificates" },
	[FINDING_OCSP_REVOKED] = { "ocsp.revoked", STATUS_CRITICAL,
	    "a certificate is revoked, says a verified OCSP answer, staple "
	    "or CRL" },
	[FINDING_OCSP_UNKNOWN] = { "ocsp.unknown", STATUS_CRITICAL,
	    "the OCSP responder does not know the certificate" },
	[FINDING_OCSP_UNREACHABLE] = { "ocsp.unreachable", STATUS_UNKNOWN,
	    "no source could be reached, and no other was conclusive" },
	[FINDING_OCSP_UNUSABLE] = { "ocsp.unusable", STATUS_UNKNOWN,
	    "an answer or list proves nothing: not verified, stale, about "
	    "something else" },
	[FINDING_OCSP_NO_SOURCE] = { "ocsp.no_source", STATUS_WARNING,
	    "the certificate names neither an OCSP responder nor a CRL" },
	[FINDING_OCSP_NO_ISSUER] = { "ocsp.no_issuer", STATUS_UNKNOWN,
	    "the issuer's certificate is missing, nothing can be verified" },
	[FINDING_OCSP_DISAGREE] = { "ocsp.disagree", STATUS_WARNING,
	    "sources that should agree do not (--method=all)" },
	[FINDING_OCSP_NEXT_UPDATE] = { "ocsp.next_update", STATUS_WARNING,
	    "the answer in use ends within the thresholds" },
	[FINDING_CRL_NUMBER] = { "crl.number", STATUS_WARNING,
	    "a CRL is older than the one seen before" },
	[FINDING_STAPLE_MISSING] = { "staple.missing", STATUS_CRITICAL,
	    "the certificate requires a staple (RFC 7633) and the server "
	    "sends none" },
	[FINDING_STAPLE_UNUSABLE] = { "staple.unusable", STATUS_WARNING,
	    "the staple proves nothing: stale, forged, about something "
	    "else" },
	[FINDING_KEY_COMPROMISED] = { "key.compromised", STATUS_CRITICAL,
	    "the key is on the list of --compromised-keys" },
	[FINDING_KEY_REUSED] = { "key.reused", STATUS_CRITICAL,
	    "the key of a revoked certificate is in use again "
	    "(--revoked-cert)" },
	[FINDING_KEY_BROKEN] = { "key.broken", STATUS_CRITICAL,
	    "the key can be computed: ROCA, close primes, tiny exponent" },
	[FINDING_API_AUTH] = { "api.auth", STATUS_UNKNOWN,
	    "the server does not accept the token or its user" },
	[FINDING_API_DENIED] = { "api.denied", STATUS_UNKNOWN,
	    "the token may not read the certificates" },
	[FINDING_API_ANSWER] = { "api.answer", STATUS_UNKNOWN,
	    "the answer is none of cPanel's API, or lists websites that "
	    "cannot be judged" },
	[FINDING_API_SERVER] = { "api.server", STATUS_UNKNOWN,
	    "the server failed to answer: an HTTP error, a failure of its "
	    "own" },
	[FINDING_API_PARTIAL] = { "api.partial", STATUS_OK,
	    "something else is not offered or not permitted, and was left "
	    "out" },
	[FINDING_API_UNREAD] = { "api.unread", STATUS_UNKNOWN,
	    "something else could not be read although it should be" },
	[FINDING_API_INSECURE] = { "api.insecure", STATUS_OK,
	    "the server's own certificate was not verified (--insecure)" },
	[FINDING_API_EMPTY] = { "api.empty", STATUS_UNKNOWN,
	    "no website with a certificate is listed, none of an account of "
	    "--account, or none that is known to be of the provider" },
	[FINDING_AUTOSSL_EXPIRED] = { "autossl.expired", STATUS_CRITICAL,
	    "an AutoSSL certificate has expired" },
	[FINDING_AUTOSSL_OVERDUE] = { "autossl.overdue", STATUS_WARNING,
	    "a renewal is overdue by the thresholds" },
	[FINDING_AUTOSSL_PROBLEM] = { "autossl.problem", STATUS_WARNING,
	    "a problem is recorded for a certificate that is to be renewed" },
	[FINDING_AUTOSSL_WILL_NOT_RENEW] = { "autossl.will_not_renew",
	    STATUS_WARNING,
	    "the server says that it will not renew a certificate that is "
	    "due" },
	[FINDING_AUTOSSL_NOT_INSTALLED] = { "autossl.not_installed",
	    STATUS_WARNING,
	    "a newer certificate is stored, but the old one is installed" },
	[FINDING_AUTOSSL_SELF_SIGNED] = { "autossl.self_signed",
	    STATUS_WARNING,
	    "a website has cPanel's self-signed fallback certificate" },
	[FINDING_AUTOSSL_RATE_LIMIT] = { "autossl.rate_limit", STATUS_WARNING,
	    "the certificate authority limits the rate of orders" },
	[FINDING_AUTOSSL_RUN] = { "autossl.run", STATUS_CRITICAL,
	    "AutoSSL has not run for all users within the thresholds" },
	[FINDING_AUTOSSL_STUCK] = { "autossl.stuck", STATUS_WARNING,
	    "an AutoSSL check has been in progress for too long" },
	[FINDING_AUTOSSL_SCHEDULE] = { "autossl.schedule", STATUS_CRITICAL,
	    "AutoSSL has no schedule, its cron job is gone" },
	[FINDING_AUTOSSL_SERVICE] = { "autossl.service", STATUS_CRITICAL,
	    "a service that AutoSSL needs is not running (crond, queueprocd)" },
	[FINDING_AUTOSSL_NO_PROVIDER] = { "autossl.no_provider",
	    STATUS_CRITICAL, "no AutoSSL provider is enabled" },
	[FINDING_AUTOSSL_RETIRED] = { "autossl.retired_provider",
	    STATUS_CRITICAL,
	    "the provider is Sectigo's, which ended on 2024-12-31" },
	[FINDING_AUTOSSL_TERMS] = { "autossl.terms", STATUS_WARNING,
	    "the provider has new terms of service, not accepted yet" },
	[FINDING_AUTOSSL_FEATURE] = { "autossl.feature", STATUS_WARNING,
	    "AutoSSL is switched off for the account" },
	[FINDING_AUTOSSL_PENDING] = { "autossl.pending", STATUS_WARNING,
	    "an order has been pending for longer than the thresholds" },
	[FINDING_AUTOSSL_MARKET] = { "autossl.market", STATUS_WARNING,
	    "a paid certificate's order needs attention (--market)" },
};

const struct finding_row *
finding_row(enum finding_id id)
{
	return &rows[id];
}

int
finding_parse(const char *name, enum finding_id *out, struct err *err)
{
	const char *names[FINDING_COUNT];
	int near;
	size_t i;

	for (i = 0; i < FINDING_COUNT; i++) {
		names[i] = rows[i].id;
		if (strcmp(name, rows[i].id) == 0) {
			*out = (enum finding_id)i;
			return 0;
		}
	}
	near = text_nearest(name, names, FINDING_COUNT);
	if (near >= 0)
		return err_set(err, ERR_USAGE,
		    "unknown finding '%s' (did you mean '%s'?)", name,
		    names[near]);
	return err_set(err, ERR_USAGE,
	    "unknown finding '%s' (--list-findings shows them)", name);
}

void
policy_ignore(struct policy *policy, enum finding_id id)
{
	policy->rows[id].ignore = 1;
}

void
policy_set(struct policy *policy, enum finding_id id, enum status s)
{
	policy->rows[id].set = 1;
	policy->rows[id].status = s;
}

int
policy_parse(struct policy *policy, const char *text, struct err *err)
{
	const char *sep = strpbrk(text, ":=");
	char name[64];
	enum finding_id id;
	enum status status;
	size_t len;

	if (sep == NULL)
		return err_set(err, ERR_USAGE,
		    "'%s' is not ID:STATE (example: chain.order:ok)", text);
	len = (size_t)(sep - text);
	if (len >= sizeof(name))
		len = sizeof(name) - 1;
	memcpy(name, text, len);
	name[len] = '\0';
	if (finding_parse(name, &id, err) != 0)
		return -1;
	if (status_parse(sep + 1, &status) != 0)
		return err_set(err, ERR_USAGE,
		    "'%s' is not a state (ok, warning, critical, unknown)",
		    sep + 1);
	policy_set(policy, id, status);
	return 0;
}

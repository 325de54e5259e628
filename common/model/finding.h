/* SPDX-License-Identifier: ISC */
/*
 * The table of everything the plugins can find.  A finding's id is stable:
 * users put it into --ignore and --severity, JSON carries it, the man page
 * lists it.
 */
#ifndef MODEL_FINDING_H
#define MODEL_FINDING_H

#include <stddef.h>

#include "base/err.h"
#include "model/status.h"

enum finding_id {
	FINDING_USAGE,
	FINDING_INTERNAL,
	FINDING_TARGET,
	FINDING_NET_RESOLVE,
	FINDING_NET_CONNECT,
	FINDING_NET_PROXY,
	FINDING_NET_TIMEOUT,
	FINDING_STARTTLS_REFUSED,
	FINDING_STARTTLS_INJECTION,
	FINDING_TLS_PLAINTEXT,
	FINDING_TLS_HANDSHAKE,
	FINDING_TLS_VERSION,
	FINDING_TLS_RENEGOTIATION,
	FINDING_TLS_ALPN,
	FINDING_FILE_READ,
	FINDING_FILE_EMPTY,
	FINDING_CERT_MALFORMED,
	FINDING_CERT_EXPIRY,
	FINDING_CERT_RENEWAL,
	FINDING_CERT_NOT_YET_VALID,
	FINDING_CERT_LIFETIME,
	FINDING_CERT_NAME,
	FINDING_CERT_SAN,
	FINDING_CERT_SAN_EXTRA,
	FINDING_CERT_PURPOSE,
	FINDING_CERT_ISSUER,
	FINDING_CERT_SERIAL,
	FINDING_CERT_FINGERPRINT,
	FINDING_CERT_SPKI,
	FINDING_CERT_COMPARE,
	FINDING_KEY_MATCH,
	FINDING_KEY_WEAK,
	FINDING_SIG_WEAK,
	FINDING_PATH_UNTRUSTED,
	FINDING_PATH_INCOMPLETE,
	FINDING_PATH_SELF_SIGNED,
	FINDING_PATH_EXPIRED,
	FINDING_PATH_INVALID,
	FINDING_CHAIN_ORDER,
	FINDING_CHAIN_EXTRA,
	FINDING_CHAIN_ROOT,
	FINDING_ADDRESSES_DIFFER,
	FINDING_OCSP_REVOKED,
	FINDING_OCSP_UNKNOWN,
	FINDING_OCSP_UNREACHABLE,
	FINDING_OCSP_UNUSABLE,
	FINDING_OCSP_NO_SOURCE,
	FINDING_OCSP_NO_ISSUER,
	FINDING_OCSP_DISAGREE,
	FINDING_OCSP_NEXT_UPDATE,
	FINDING_CRL_NUMBER,
	FINDING_STAPLE_MISSING,
	FINDING_STAPLE_UNUSABLE,
	FINDING_KEY_COMPROMISED,
	FINDING_KEY_REUSED,
	FINDING_KEY_BROKEN,
	FINDING_API_AUTH,
	FINDING_API_DENIED,
	FINDING_API_ANSWER,
	FINDING_API_SERVER,
	FINDING_API_PARTIAL,
	FINDING_API_UNREAD,
	FINDING_API_INSECURE,
	FINDING_API_EMPTY,
	FINDING_AUTOSSL_EXPIRED,
	FINDING_AUTOSSL_OVERDUE,
	FINDING_AUTOSSL_PROBLEM,
	FINDING_AUTOSSL_WILL_NOT_RENEW,
	FINDING_AUTOSSL_NOT_INSTALLED,
	FINDING_AUTOSSL_SELF_SIGNED,
	FINDING_AUTOSSL_RATE_LIMIT,
	FINDING_AUTOSSL_RUN,
	FINDING_AUTOSSL_STUCK,
	FINDING_AUTOSSL_SCHEDULE,
	FINDING_AUTOSSL_SERVICE,
	FINDING_AUTOSSL_NO_PROVIDER,
	FINDING_AUTOSSL_RETIRED,
	FINDING_AUTOSSL_TERMS,
	FINDING_AUTOSSL_FEATURE,
	FINDING_AUTOSSL_PENDING,
	FINDING_AUTOSSL_MARKET,
	FINDING_COUNT
};

struct finding_row {
	const char *id;			/* "cert.expiry" */
	enum status status;		/* what it counts as by default */
	const char *help;		/* one line for people */
};

const struct finding_row *finding_row(enum finding_id id);
/* The id of that name, or -1 with the nearest named in err (ERR_USAGE). */
int finding_parse(const char *name, enum finding_id *out, struct err *err);

/*
 * What the user made of the table by --ignore, --severity and the options
 * that set one finding's state.
 */
struct policy {
	struct {
		unsigned char set;	/* 0 = use the table's default */
		unsigned char ignore;
		enum status status;
	} rows[FINDING_COUNT];
};

void policy_ignore(struct policy *policy, enum finding_id id);
void policy_set(struct policy *policy, enum finding_id id, enum status s);
/* "ID:STATE" or "ID=STATE". */
int policy_parse(struct policy *policy, const char *text, struct err *err);

#endif

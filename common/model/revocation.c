/* SPDX-License-Identifier: ISC */
/* The words of revocation. */
#include "model/revocation.h"

const char *
rev_method_name(enum rev_method method)
{
	static const char *const names[] = {
		[REV_STAPLE] = "staple", [REV_OCSP] = "OCSP",
		[REV_CRL] = "CRL"
	};

	return names[method];
}

static const struct {
	enum rev_reason reason;
	const char *name, *advice;
} reasons[] = {
	{ REASON_UNSPECIFIED, "unspecified",
	    "ask the CA why; get a new certificate, with a new key to be "
	    "safe" },
	{ REASON_KEY_COMPROMISE, "keyCompromise",
	    "make a new key and get a new certificate now; the old key must "
	    "never be used again" },
	{ REASON_CA_COMPROMISE, "cACompromise",
	    "the CA itself is compromised: get a certificate from another "
	    "one" },
	{ REASON_AFFILIATION_CHANGED, "affiliationChanged",
	    "the holder's name or organisation changed: get a certificate "
	    "with the new one" },
	{ REASON_SUPERSEDED, "superseded",
	    "it has been replaced: install the newer certificate" },
	{ REASON_CESSATION, "cessationOfOperation",
	    "the name is no longer its holder's, or the service was given "
	    "up" },
	{ REASON_HOLD, "certificateHold",
	    "on hold: the CA may still release or revoke it" },
	{ REASON_REMOVE, "removeFromCRL", NULL },
	{ REASON_PRIVILEGE_WITHDRAWN, "privilegeWithdrawn",
	    "the CA withdrew it: ask the CA before ordering another" },
	{ REASON_AA_COMPROMISE, "aACompromise",
	    "the attribute authority is compromised" },
};

const char *
rev_reason_name(enum rev_reason reason)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].reason == reason)
			return reasons[i].name;
	return reason == REASON_NONE ? "no reason given" : "unknown reason";
}

const char *
rev_reason_advice(enum rev_reason reason)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++)
		if (reasons[i].reason == reason)
			return reasons[i].advice;
	return reason == REASON_NONE ? reasons[0].advice : NULL;
}

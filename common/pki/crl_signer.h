/* SPDX-License-Identifier: ISC */
/*
 * Who signed a CRL, and may he (RFC 5280 5.2.1, 6.3.3 (f))?  The CA that
 * signed the certificate, whom the caller trusts, or another certificate of
 * the list's issuer that a trust anchor of the path vouches for: the CA's
 * other key, or the issuer of an indirect list.
 */
#ifndef PKI_CRL_SIGNER_H
#define PKI_CRL_SIGNER_H

#include "pki/crl_judge.h"

/* 0: signed by somebody who may; else -1 and why not. */
int crl_signer_verify(struct arena *arena, const struct crl_list *list,
    const struct crl_subject *subject, struct err *err);

#endif

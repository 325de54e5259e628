/* SPDX-License-Identifier: ISC */
/* Where CRLs are: cRLDistributionPoints and freshestCRL (RFC 5280 4.2.1.13,
 * 4.2.1.15, 5.2.6). */
#ifndef PKI_CRL_POINT_H
#define PKI_CRL_POINT_H

#include "pki/crl.h"

#define CRL_REASONS_ALL 0x1feU	/* keyCompromise .. aACompromise */
#define CRL_POINT_URLS 8

/* A DistributionPoint. */
struct crl_point {
	struct bytes urls[CRL_POINT_URLS];	/* for the same list */
	size_t n_urls;
	struct bytes names;	/* fullName: GeneralNames contents, or empty */
	struct bytes relative;	/* nameRelativeToCRLIssuer: its attributes, or
				 * empty */
	unsigned reasons;	/* that its list covers: ReasonFlags */
	struct bytes issuer;	/* cRLIssuer: GeneralNames contents, or empty */
};

/* Of an extension value.  Returns the number of points (at most max), or -1
 * when malformed. */
int crl_points_read(struct bytes value, struct crl_point *out, size_t max);
/* A GeneralName (directoryName, whole TLV) of that Name with one more RDN, of
 * these attributes unless empty.  data is NULL when the name is malformed or
 * memory ran out. */
struct bytes crl_point_expand(struct arena *arena, struct bytes name,
    struct bytes rdn);
/* Do point and list share a name (RFC 5280 6.3.3 (b)(2)(i))?  issuer: the
 * certificate's, to which a relative name of the point is relative unless it
 * names a cRLIssuer. */
bool crl_point_shares(struct arena *arena, const struct crl_point *point,
    struct bytes issuer, const struct crl_scope *scope);
/* Is that Name the cRLIssuer? */
bool crl_point_issued(const struct crl_point *point, struct bytes name);

#endif

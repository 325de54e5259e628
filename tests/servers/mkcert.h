/* SPDX-License-Identifier: ISC */
/*
 * mkcert: makes the certificates of a test PKI from one line each.
 *
 * A test tool: whatever goes wrong ends the program with one line on standard
 * error that names the line of the specification (mkcert_die).  Memory lives
 * until the program ends.
 */

#ifndef MKCERT_H
#define MKCERT_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <stddef.h>
#include <stdint.h>

/* Raw bytes; data has a NUL behind its end. */
struct bytes {
	unsigned char	*data;
	size_t		 len;
};

/* One key=value word.  The value is as written, %xx not yet decoded. */
struct word {
	const char	*key;
	const char	*value;
};

struct line {
	const char	*name;
	struct word	*words;
	size_t		 count;
};

/* A finished certificate; kept in a list, newest first. */
struct made {
	char		*name;
	X509		*cert;
	EVP_PKEY	*key;		/* NULL when only the PEM was found */
	struct bytes	 der;		/* patched; else empty */
	struct made	*next;
};

struct pki {
	const char	*dir;
	int64_t		 now;
	struct made	*made;
};

/* mkcert.c */
void		 mkcert_die(const char *, ...)
		    __attribute__((noreturn, format(printf, 1, 2)));

/* mkcert_spec.c: words, escapes, times. */
const char	*mkcert_spec_get(const struct line *, const char *);
int		 mkcert_spec_yes(const struct line *, const char *);
void		 mkcert_spec_check(const struct line *, const char *const *);
struct bytes	 mkcert_spec_decode(const char *, size_t);
char		*mkcert_spec_string(const char *);
struct bytes	 mkcert_spec_hex(const char *);
const char	*mkcert_spec_next(const char **, const char **);
int64_t		 mkcert_spec_duration(const char *);
int64_t		 mkcert_spec_instant(const char *, int64_t);
ASN1_TIME	*mkcert_spec_time(const char *, int64_t);

/* mkcert_key.c */
EVP_PKEY	*mkcert_key_make(const struct pki *, const char *);

/* mkcert_cert.c */
void		 mkcert_cert_make(struct pki *, const struct line *);

/* mkcert_patch.c */
struct bytes	 mkcert_patch_apply(X509 *, EVP_PKEY *, const struct line *);

/* mkcert_point.c: distribution points. */
void		 mkcert_point_flag(ASN1_BIT_STRING **, const char *);
X509_NAME	*mkcert_point_dn(const char *);
void		 mkcert_point_name(DIST_POINT_NAME **, const char *);
CRL_DIST_POINTS	*mkcert_point_list(const char *);

/* mkcert_ext.c */
void		 mkcert_ext_add(const struct line *, X509 *, X509 *);

/* mkcert_store.c: what is written, and what an earlier run has written. */
struct made	*mkcert_store_find(struct pki *, const char *);
void		 mkcert_store_keep(struct pki *, const char *, X509 *,
		    EVP_PKEY *);
void		 mkcert_store_write(struct pki *, const struct line *);
void		 mkcert_store_directive(struct pki *, const struct line *);
char		*mkcert_store_path(const struct pki *, const char *,
		    const char *);
STACK_OF(X509)	*mkcert_store_list(struct pki *, const char *);

/* mkcert_jks.c */
struct jks {
	STACK_OF(X509)	*trust;
	STACK_OF(X509)	*chain;		/* of the private key entry; or NULL */
	const char	*password;
	int64_t		 now;
};
void		 mkcert_jks_write(const char *, const struct jks *);

/* mkcert_ocsp.c */
void		 mkcert_ocsp_write(struct pki *, const struct line *);

/* mkcert_crl.c */
void		 mkcert_crl_write(struct pki *, const struct line *);
int		 mkcert_crl_reason(const char *);

#endif

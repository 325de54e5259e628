/* SPDX-License-Identifier: ISC */
/*
 * The certificates made so far, the files of each, and the lines that write
 * further files (`@bundle`, `@p7`, `@p12`, `@jks`, `@hash`, `@ocsp`).
 */

#include "mkcert.h"

#include <sys/stat.h>

#include <openssl/pem.h>
#include <openssl/pkcs12.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *
mkcert_store_path(const struct pki *pki, const char *name, const char *suffix)
{
	char	*path = NULL;
	int	 rc;

	if (name[0] == '/')
		rc = asprintf(&path, "%s%s", name, suffix);
	else
		rc = asprintf(&path, "%s/%s%s", pki->dir, name, suffix);
	if (rc == -1)
		mkcert_die("out of memory");
	return path;
}

static FILE *
file_create(const char *path, mode_t mode)
{
	int	 fd;
	FILE	*file;

	(void)unlink(path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL, mode);
	file = fd != -1 ? fdopen(fd, "w") : NULL;
	if (file == NULL)
		mkcert_die("%s: %s", path, strerror(errno));
	return file;
}

static void
file_finish(FILE *file, const char *path, int ok)
{
	if (fclose(file) != 0 || !ok)
		mkcert_die("%s: cannot be written", path);
}

void
mkcert_store_keep(struct pki *pki, const char *name, X509 *cert, EVP_PKEY *key)
{
	struct made	*made = calloc(1, sizeof(*made));

	if (made == NULL || (made->name = strdup(name)) == NULL)
		mkcert_die("out of memory");
	made->cert = cert;
	made->key = key;
	made->next = pki->made;
	pki->made = made;
}

/* By name: made in this run, else from the files of an earlier one. */
struct made *
mkcert_store_find(struct pki *pki, const char *name)
{
	struct made	*made;
	EVP_PKEY	*key = NULL;
	X509		*cert = NULL;
	FILE		*file;

	for (made = pki->made; made != NULL; made = made->next) {
		if (strcmp(made->name, name) == 0)
			return made;
	}
	file = fopen(mkcert_store_path(pki, name, ".pem"), "r");
	if (file != NULL) {
		cert = PEM_read_X509(file, NULL, NULL, NULL);
		fclose(file);
	}
	if (cert == NULL)
		mkcert_die("%s: no certificate of this name", name);
	file = fopen(mkcert_store_path(pki, name, ".key"), "r");
	if (file != NULL) {
		key = PEM_read_PrivateKey(file, NULL, NULL, NULL);
		fclose(file);
	}
	mkcert_store_keep(pki, name, cert, key);
	return pki->made;
}

/* The certificates of a comma list of names; borrowed, free the stack only. */
STACK_OF(X509) *
mkcert_store_list(struct pki *pki, const char *names)
{
	STACK_OF(X509)	*list = sk_X509_new_null();
	const char	*item, *end;
	char		*name;

	while ((item = mkcert_spec_next(&names, &end)) != NULL) {
		name = strndup(item, (size_t)(end - item));
		sk_X509_push(list, mkcert_store_find(pki, name)->cert);
		free(name);
	}
	return list;
}

static void
pem_write(const char *path, STACK_OF(X509) *list)
{
	FILE	*file = file_create(path, 0666);
	int	 i, ok = 1;

	for (i = 0; i < sk_X509_num(list); i++)
		ok &= PEM_write_X509(file, sk_X509_value(list, i));
	file_finish(file, path, ok);
}

static void
p7_write(const char *path, STACK_OF(X509) *list, int pem)
{
	PKCS7	*p7 = PKCS7_new();
	FILE	*file = file_create(path, 0666);
	int	 i, ok;

	ok = PKCS7_set_type(p7, NID_pkcs7_signed) &&
	    PKCS7_content_new(p7, NID_pkcs7_data);
	for (i = 0; i < sk_X509_num(list); i++)
		ok &= PKCS7_add_certificate(p7, sk_X509_value(list, i));
	/* Certificates only: degenerate, without content (RFC 2315 9.1). */
	ASN1_TYPE_free(p7->d.sign->contents->d.other);
	p7->d.sign->contents->d.other = NULL;
	ok &= pem ? PEM_write_PKCS7(file, p7) : i2d_PKCS7_fp(file, p7);
	file_finish(file, path, ok);
	PKCS7_free(p7);
}

/* legacy: PBE with SHA-1 and 3DES throughout, as old tools write it. */
static void
p12_write(const char *path, STACK_OF(X509) *list, EVP_PKEY *key,
    const struct line *line)
{
	const char	*pass = mkcert_spec_get(line, "pass");
	int		 legacy = mkcert_spec_yes(line, "legacy");
	int		 pbe = legacy ?
			    NID_pbe_WithSHA1And3_Key_TripleDES_CBC : 0;
	STACK_OF(X509)	*others = sk_X509_dup(list);
	X509		*first = sk_X509_shift(others);
	PKCS12		*p12;
	FILE		*file;

	pass = pass != NULL ? pass : mkcert_spec_get(line, "p12");
	p12 = PKCS12_create(pass != NULL ? pass : "", "entry", key, first,
	    others, pbe, pbe, 2048, 1, 0);
	if (p12 == NULL)
		mkcert_die("PKCS#12 cannot be made");
	file = file_create(path, 0600);
	file_finish(file, path, i2d_PKCS12_fp(file, p12));
	PKCS12_free(p12);
	sk_X509_free(others);
}

static void
made_write(const struct pki *pki, const struct made *made)
{
	char	*path;
	FILE	*file;

	path = mkcert_store_path(pki, made->name, ".pem");
	file = file_create(path, 0666);
	file_finish(file, path, made->der.len == 0 ?
	    PEM_write_X509(file, made->cert) :
	    PEM_write(file, PEM_STRING_X509, "", made->der.data,
	    (long)made->der.len));
	free(path);
	path = mkcert_store_path(pki, made->name, ".der");
	file = file_create(path, 0666);
	file_finish(file, path, made->der.len == 0 ?
	    i2d_X509_fp(file, made->cert) :
	    fwrite(made->der.data, 1, made->der.len, file) == made->der.len);
	free(path);
	path = mkcert_store_path(pki, made->name, ".key");
	file = file_create(path, 0600);
	file_finish(file, path, PEM_write_PKCS8PrivateKey(file, made->key,
	    NULL, NULL, 0, NULL, NULL));
	free(path);
}

/* The files of the newest certificate. */
void
mkcert_store_write(struct pki *pki, const struct line *line)
{
	const struct made	*made = pki->made;
	const char		*more = mkcert_spec_get(line, "chain");
	const char		*p7 = mkcert_spec_get(line, "p7");
	struct jks		 jks = { NULL, NULL, NULL, pki->now };
	STACK_OF(X509)		*list;

	made_write(pki, made);
	list = mkcert_store_list(pki, more);
	sk_X509_unshift(list, made->cert);
	if (more != NULL)
		pem_write(mkcert_store_path(pki, made->name, ".chain.pem"),
		    list);
	if (mkcert_spec_get(line, "p12") != NULL)
		p12_write(mkcert_store_path(pki, made->name, ".p12"), list,
		    made->key, line);
	jks.password = mkcert_spec_get(line, "jks");
	jks.chain = list;
	if (jks.password != NULL)
		mkcert_jks_write(mkcert_store_path(pki, made->name, ".jks"),
		    &jks);
	sk_X509_free(list);
	if (p7 == NULL)
		return;
	list = mkcert_store_list(pki, p7);
	sk_X509_unshift(list, made->cert);
	p7_write(mkcert_store_path(pki, made->name, ".p7b"), list, 0);
	p7_write(mkcert_store_path(pki, made->name, ".p7.pem"), list, 1);
	sk_X509_free(list);
}

static const char *
needed(const struct line *line, const char *key)
{
	const char	*value = mkcert_spec_get(line, key);

	if (value == NULL)
		mkcert_die("%s: %s= is missing", line->name, key);
	return value;
}

static void
bundle_item(struct pki *pki, FILE *file, const char *item, size_t len)
{
	char		*name = strndup(item, len);
	struct bytes	 text;
	int		 ok;

	if (strncmp(name, "text:", 5) == 0) {
		text = mkcert_spec_decode(name + 5, strlen(name + 5));
		ok = fwrite(text.data, 1, text.len, file) == text.len;
		free(text.data);
	} else if (strncmp(name, "key:", 4) == 0)
		ok = PEM_write_PKCS8PrivateKey(file,
		    mkcert_store_find(pki, name + 4)->key, NULL, NULL, 0,
		    NULL, NULL);
	else if (strncmp(name, "der:", 4) == 0)
		ok = i2d_X509_fp(file,
		    mkcert_store_find(pki, name + 4)->cert);
	else
		ok = PEM_write_X509(file, mkcert_store_find(pki, name)->cert);
	if (!ok)
		mkcert_die("%s: cannot be written", name);
	free(name);
}

static void
bundle_line(struct pki *pki, const struct line *line)
{
	char		*path = mkcert_store_path(pki, needed(line, "file"),
			    "");
	const char	*cursor = needed(line, "of");
	const char	*item, *end;
	FILE		*file = file_create(path, 0666);

	while ((item = mkcert_spec_next(&cursor, &end)) != NULL)
		bundle_item(pki, file, item, (size_t)(end - item));
	file_finish(file, path, 1);
}

static void
p7_line(struct pki *pki, const struct line *line)
{
	const char	*form = mkcert_spec_get(line, "form");

	p7_write(mkcert_store_path(pki, needed(line, "file"), ""),
	    mkcert_store_list(pki, needed(line, "of")),
	    form != NULL && strcmp(form, "pem") == 0);
}

/* Without a key all certificates are plain members, none is "the" one. */
static void
p12_line(struct pki *pki, const struct line *line)
{
	const char	*key = mkcert_spec_get(line, "key");
	STACK_OF(X509)	*list = mkcert_store_list(pki, needed(line, "of"));

	if (key == NULL)
		sk_X509_unshift(list, NULL);
	p12_write(mkcert_store_path(pki, needed(line, "file"), ""), list,
	    key != NULL ? mkcert_store_find(pki, key)->key : NULL, line);
}

static void
jks_line(struct pki *pki, const struct line *line)
{
	const char	*trust = mkcert_spec_get(line, "trust");
	const char	*chain = mkcert_spec_get(line, "of");
	struct jks	 jks = { NULL, NULL, needed(line, "pass"), pki->now };

	if (trust != NULL)
		jks.trust = mkcert_store_list(pki, trust);
	if (chain != NULL)
		jks.chain = mkcert_store_list(pki, chain);
	mkcert_jks_write(mkcert_store_path(pki, needed(line, "file"), ""),
	    &jks);
}

/* The names that `openssl rehash` gives. */
static void
hash_line(struct pki *pki, const struct line *line)
{
	char		*dir = mkcert_store_path(pki, needed(line, "dir"), "");
	STACK_OF(X509)	*list = mkcert_store_list(pki, needed(line, "of"));
	STACK_OF(X509)	*one;
	char		*path = NULL;
	X509		*cert;
	int		 i, n;

	(void)mkdir(dir, 0777);
	for (i = 0; i < sk_X509_num(list); i++) {
		cert = sk_X509_value(list, i);
		n = 0;
		do {
			free(path);
			if (asprintf(&path, "%s/%08lx.%d", dir,
			    X509_subject_name_hash(cert), n++) == -1)
				mkcert_die("out of memory");
		} while (access(path, F_OK) == 0);
		one = sk_X509_new_null();
		sk_X509_push(one, cert);
		pem_write(path, one);
		sk_X509_free(one);
	}
}

void
mkcert_store_directive(struct pki *pki, const struct line *line)
{
	static const struct {
		const char	*name;
		void		(*run)(struct pki *, const struct line *);
	} rows[] = {
		{ "@bundle", bundle_line }, { "@p7", p7_line },
		{ "@p12", p12_line }, { "@jks", jks_line },
		{ "@hash", hash_line }, { "@ocsp", mkcert_ocsp_write },
		{ "@crl", mkcert_crl_write },
	};
	size_t	 i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (strcmp(rows[i].name, line->name) == 0) {
			rows[i].run(pki, line);
			return;
		}
	}
	mkcert_die("%s: unknown", line->name);
}

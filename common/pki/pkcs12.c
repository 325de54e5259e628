/* SPDX-License-Identifier: ISC */
/*
 * PKCS#12 (RFC 7292): every certificate in it, whatever bag it is in, and
 * which of them is the key's own.
 *
 * The file says how many rounds of key derivation it wants; they are added
 * up before they are computed.  RC2, RC4 and DES, with which older tools
 * encrypt, need OpenSSL's legacy provider: it is loaded into a context of its
 * own, for this file only.
 */
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <openssl/provider.h>

#include "pki/load_private.h"
#include "pki/ossl.h"

#define NESTING_MAX 4		/* SafeContents in SafeContents */
#define IDS_MAX 64		/* certificates with a localKeyID */
#define CHARGE_FACTOR 3		/* PBE derives key and IV, block by block */
#define CHARGE_BASE 100		/* rounds that any use costs at least */

struct store {
	struct loader *loader;
	const char *password;	/* the variant that fits; NULL: none */
	int password_len;
	bool has_mac;		/* and it is right */
	uint64_t rounds;	/* so far */
	OSSL_LIB_CTX *legacy;
	OSSL_PROVIDER *providers[2];
	bool want_key, has_key;
	struct bytes key_id, key_spki;
	struct cert_id {
		struct bytes id;
		size_t index;
	} ids[IDS_MAX];
	size_t n_ids;
};

static struct err *
err_of(struct store *store)
{
	return store->loader->err;
}

/* Adds to the account; -1 when it is more than we are willing to compute. */
static int
charge(struct store *store, uint64_t rounds)
{
	if (rounds <= LOAD_KDF_ROUNDS_MAX)
		store->rounds += CHARGE_BASE + rounds * CHARGE_FACTOR;
	if (rounds > LOAD_KDF_ROUNDS_MAX ||
	    store->rounds > CHARGE_FACTOR * LOAD_KDF_ROUNDS_MAX)
		return err_set(err_of(store), ERR_LIMIT,
		    "the PKCS#12 asks for more than %llu rounds of key "
		    "derivation", (unsigned long long)LOAD_KDF_ROUNDS_MAX);
	return 0;
}

static int
charge_algorithm(struct store *store, const X509_ALGOR *algorithm)
{
	unsigned char *der = NULL;
	uint64_t rounds;
	int len;

	len = i2d_X509_ALGOR(algorithm, &der);
	if (len < 0)
		return ossl_error(err_of(store), ERR_SYNTAX, "PKCS#12");
	rounds = load_kdf_rounds(bytes_of(der, (size_t)len));
	OPENSSL_free(der);
	return charge(store, rounds);
}

static int
legacy_load(struct store *store)
{
	if (store->legacy != NULL)
		return 0;
	store->legacy = OSSL_LIB_CTX_new();
	if (store->legacy == NULL)
		return ossl_error(err_of(store), ERR_INTERNAL, "PKCS#12");
	store->providers[0] = OSSL_PROVIDER_load(store->legacy, "default");
	store->providers[1] = OSSL_PROVIDER_load(store->legacy, "legacy");
	if (store->providers[0] != NULL && store->providers[1] != NULL)
		return 0;
	ossl_clear();
	return err_set(err_of(store), ERR_UNSUPPORTED,
	    "the PKCS#12 is encrypted with an old algorithm that needs "
	    "OpenSSL's legacy provider, which is not installed");
}

static void
store_release(struct store *store)
{
	OSSL_PROVIDER_unload(store->providers[1]);
	OSSL_PROVIDER_unload(store->providers[0]);
	OSSL_LIB_CTX_free(store->legacy);
	ossl_clear();
}

/* The context to decrypt in: NULL, OpenSSL's default, for all but the old
 * algorithms. */
static int
context_for(struct store *store, const X509_ALGOR *algorithm,
    OSSL_LIB_CTX **out)
{
	static const int old[] = { NID_pbe_WithSHA1And128BitRC4,
		NID_pbe_WithSHA1And40BitRC4,
		NID_pbe_WithSHA1And128BitRC2_CBC,
		NID_pbe_WithSHA1And40BitRC2_CBC, NID_pbeWithMD2AndDES_CBC,
		NID_pbeWithMD5AndDES_CBC, NID_pbeWithSHA1AndDES_CBC,
		NID_pbeWithMD2AndRC2_CBC, NID_pbeWithMD5AndRC2_CBC,
		NID_pbeWithSHA1AndRC2_CBC };
	const ASN1_OBJECT *oid;
	size_t i;
	int nid;

	*out = NULL;
	X509_ALGOR_get0(&oid, NULL, NULL, algorithm);
	nid = OBJ_obj2nid(oid);
	for (i = 0; i < sizeof(old) / sizeof(old[0]); i++)
		if (nid == old[i]) {
			if (legacy_load(store) == -1)
				return -1;
			*out = store->legacy;
		}
	return 0;
}

static int
password_error(struct store *store)
{
	ossl_clear();
	return err_set(err_of(store), ERR_PASSWORD, "%s",
	    store->loader->password == NULL ?
	    "the PKCS#12 needs a password" :
	    "wrong password for the PKCS#12");
}

/* Something could not be decrypted. */
static int
decrypt_error(struct store *store)
{
	if (!store->has_mac)
		return password_error(store);
	return ossl_error(err_of(store), ERR_UNSUPPORTED,
	    "the PKCS#12 cannot be decrypted");
}

static void
id_read(struct store *store, const PKCS12_SAFEBAG *bag, struct bytes *out)
{
	const ASN1_TYPE *attr = PKCS12_SAFEBAG_get0_attr(bag,
	    NID_localKeyID);
	const ASN1_OCTET_STRING *id;

	*out = bytes_of(NULL, 0);
	if (attr == NULL || attr->type != V_ASN1_OCTET_STRING)
		return;
	id = attr->value.octet_string;
	*out = arena_bytes(store->loader->arena, bytes_of(
	    ASN1_STRING_get0_data(id), (size_t)ASN1_STRING_length(id)));
}

static int
cert_read(struct store *store, const PKCS12_SAFEBAG *bag)
{
	struct loader *loader = store->loader;
	unsigned char *der = NULL;
	struct bytes id;
	X509 *cert;
	int len, r;

	cert = PKCS12_SAFEBAG_get_bag_nid(bag) == NID_x509Certificate ?
	    PKCS12_SAFEBAG_get1_cert(bag) : NULL;
	len = cert == NULL ? -1 : i2d_X509(cert, &der);
	X509_free(cert);
	if (len < 0) {
		ossl_clear();
		loader->out->n_broken++;
		return 0;
	}
	id_read(store, bag, &id);
	if (id.len > 0 && store->n_ids < IDS_MAX)
		store->ids[store->n_ids++] = (struct cert_id){ id,
			loader->out->n_certs };
	r = load_add(loader, bytes_of(der, (size_t)len));
	OPENSSL_free(der);
	return r;
}

/* 0, or -1 with err; *out is NULL when OpenSSL does not know the key. */
static int
key_decrypt(struct store *store, const PKCS12_SAFEBAG *bag, EVP_PKEY **out)
{
	const X509_SIG *sealed = PKCS12_SAFEBAG_get0_pkcs8(bag);
	const PKCS8_PRIV_KEY_INFO *open;
	PKCS8_PRIV_KEY_INFO *info;
	const X509_ALGOR *algorithm;
	OSSL_LIB_CTX *context;

	if (sealed == NULL) {
		open = PKCS12_SAFEBAG_get0_p8inf(bag);
		*out = open == NULL ? NULL : EVP_PKCS82PKEY(open);
		return 0;
	}
	X509_SIG_get0(sealed, &algorithm, NULL);
	if (context_for(store, algorithm, &context) == -1 ||
	    charge_algorithm(store, algorithm) == -1)
		return -1;
	info = PKCS12_decrypt_skey_ex(bag, store->password,
	    store->password_len, context, NULL);
	if (info == NULL)
		return decrypt_error(store);
	*out = EVP_PKCS82PKEY(info);
	PKCS8_PRIV_KEY_INFO_free(info);
	return 0;
}

static int
key_spki_read(struct store *store, const PKCS12_SAFEBAG *bag)
{
	unsigned char *der = NULL;
	EVP_PKEY *key = NULL;
	int len;

	if (key_decrypt(store, bag, &key) == -1)
		return -1;
	len = key == NULL ? -1 : i2d_PUBKEY(key, &der);
	EVP_PKEY_free(key);
	if (len < 0)
		return ossl_error(err_of(store), ERR_UNSUPPORTED,
		    "the key in the PKCS#12 cannot be read");
	store->key_spki = arena_bytes(store->loader->arena,
	    bytes_of(der, (size_t)len));
	OPENSSL_free(der);
	return store->key_spki.data == NULL ? err_nomem(err_of(store)) : 0;
}

static int
key_read(struct store *store, const PKCS12_SAFEBAG *bag)
{
	load_note(store->loader, "a private key");
	if (store->has_key)
		return 0;
	store->has_key = true;
	id_read(store, bag, &store->key_id);
	return store->want_key ? key_spki_read(store, bag) : 0;
}

/* Recursion is bounded by `depth`. */
static int
bags_read(struct store *store, const STACK_OF(PKCS12_SAFEBAG) *bags,
    int depth)
{
	const PKCS12_SAFEBAG *bag;
	int i, r = 0;

	for (i = 0; r == 0 && i < sk_PKCS12_SAFEBAG_num(bags); i++) {
		bag = sk_PKCS12_SAFEBAG_value(bags, i);
		switch (PKCS12_SAFEBAG_get_nid(bag)) {
		case NID_certBag:
			r = cert_read(store, bag);
			break;
		case NID_keyBag:
		case NID_pkcs8ShroudedKeyBag:
			r = key_read(store, bag);
			break;
		case NID_safeContentsBag:
			if (depth == NESTING_MAX)
				return err_set(err_of(store), ERR_LIMIT,
				    "the PKCS#12 is nested too deeply");
			r = bags_read(store, PKCS12_SAFEBAG_get0_safes(bag),
			    depth + 1);
			break;
		default:
			load_note(store->loader, "something else");
		}
	}
	return r;
}

static STACK_OF(PKCS12_SAFEBAG) *
safe_decrypt(struct store *store, const PKCS7 *safe)
{
	const PKCS7_ENC_CONTENT *content = safe->d.encrypted == NULL ? NULL :
	    safe->d.encrypted->enc_data;
	STACK_OF(PKCS12_SAFEBAG) *bags;
	OSSL_LIB_CTX *context;

	if (content == NULL || content->enc_data == NULL) {
		err_set(err_of(store), ERR_SYNTAX,
		    "the PKCS#12 holds nothing where encrypted data should "
		    "be");
		return NULL;
	}
	if (context_for(store, content->algorithm, &context) == -1 ||
	    charge_algorithm(store, content->algorithm) == -1)
		return NULL;
	bags = PKCS12_item_decrypt_d2i_ex(content->algorithm,
	    ASN1_ITEM_rptr(PKCS12_SAFEBAGS), store->password,
	    store->password_len, content->enc_data, 1, context, NULL);
	if (bags == NULL)
		decrypt_error(store);
	return bags;
}

static int
safe_read(struct store *store, PKCS7 *safe)
{
	STACK_OF(PKCS12_SAFEBAG) *bags;
	int r;

	switch (OBJ_obj2nid(safe->type)) {
	case NID_pkcs7_data:
		bags = PKCS12_unpack_p7data(safe);
		if (bags == NULL)
			return ossl_error(err_of(store), ERR_SYNTAX,
			    "the PKCS#12 cannot be decoded");
		break;
	case NID_pkcs7_encrypted:
		bags = safe_decrypt(store, safe);
		if (bags == NULL)
			return -1;
		break;
	default:
		load_note(store->loader, "something else");
		return 0;
	}
	r = bags_read(store, bags, 1);
	sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
	return r;
}

static int
mac_rounds(struct store *store, const PKCS12 *p12)
{
	const ASN1_INTEGER *iterations;
	const X509_ALGOR *algorithm;
	uint64_t rounds = 1;

	PKCS12_get0_mac(NULL, &algorithm, NULL, &iterations, p12);
	if (iterations != NULL &&
	    ASN1_INTEGER_get_uint64(&rounds, iterations) != 1)
		rounds = UINT64_MAX;
	if (charge(store, rounds) == -1)
		return -1;
	return charge_algorithm(store, algorithm);
}

/* 1 right, 0 wrong, -1 error. */
static int
mac_try(struct store *store, PKCS12 *p12, const char *password)
{
	if (mac_rounds(store, p12) == -1)
		return -1;
	store->password = password;
	store->password_len = password == NULL ? 0 : (int)strlen(password);
	ERR_clear_error();
	if (PKCS12_verify_mac(p12, password, store->password_len) == 1)
		return 1;
	return ERR_peek_error() == 0 ? 0 : ossl_error(err_of(store),
	    ERR_UNSUPPORTED, "the PKCS#12's MAC cannot be computed");
}

/* RFC 7292 B.1: no password and the empty one are not the same, and files
 * without one are written in both ways. */
static int
password_find(struct store *store, PKCS12 *p12)
{
	const char *password = store->loader->password;
	int r;

	store->password = password;
	store->password_len = password == NULL ? 0 : (int)strlen(password);
	if (PKCS12_mac_present(p12) != 1)
		return 0;
	r = mac_try(store, p12, password);
	if (r == 0 && (password == NULL || *password == '\0'))
		r = mac_try(store, p12, password == NULL ? "" : NULL);
	if (r != 1)
		return r == 0 ? password_error(store) : -1;
	store->has_mac = true;
	return 0;
}

static void
leaf_find(struct store *store)
{
	size_t i;

	if (!store->has_key || store->key_id.len == 0)
		return;
	for (i = 0; i < store->n_ids; i++)
		if (bytes_eq(store->ids[i].id, store->key_id)) {
			store->loader->out->leaf = (int)store->ids[i].index;
			return;
		}
}

static int
store_read(struct store *store, PKCS12 *p12)
{
	STACK_OF(PKCS7) *safes;
	int i, r = 0;

	if (password_find(store, p12) == -1)
		return -1;
	safes = PKCS12_unpack_authsafes(p12);
	if (safes == NULL)
		return ossl_error(err_of(store), ERR_SYNTAX,
		    "the PKCS#12 cannot be decoded");
	for (i = 0; r == 0 && i < sk_PKCS7_num(safes); i++)
		r = safe_read(store, sk_PKCS7_value(safes, i));
	sk_PKCS7_pop_free(safes, PKCS7_free);
	if (r == 0)
		leaf_find(store);
	return r;
}

static int
store_load(struct store *store, struct bytes in)
{
	const unsigned char *p = in.data;
	PKCS12 *p12 = d2i_PKCS12(NULL, &p, (long)in.len);
	int r;

	if (p12 == NULL)
		return ossl_error(err_of(store), ERR_SYNTAX,
		    "the PKCS#12 cannot be decoded");
	r = store_read(store, p12);
	PKCS12_free(p12);
	store_release(store);
	return r;
}

int
pkcs12_load(struct loader *loader, struct bytes in)
{
	struct store store = { .loader = loader };

	return store_load(&store, in);
}

int
pkcs12_key_spki(struct loader *loader, struct bytes in, struct bytes *spki)
{
	struct store store = { .loader = loader, .want_key = true };

	if (store_load(&store, in) == -1)
		return -1;
	if (store.key_spki.len == 0)
		return err_set(loader->err, ERR_SYNTAX,
		    "the PKCS#12 holds no private key");
	*spki = store.key_spki;
	return 0;
}

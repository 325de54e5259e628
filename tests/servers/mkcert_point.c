/* SPDX-License-Identifier: ISC */
/*
 * Distribution points, of certificates (cRLDistributionPoints, freshestCRL)
 * and of lists (issuingDistributionPoint): see README.md.
 */

#include "mkcert.h"

#include <openssl/x509v3.h>

#include <string.h>

/* ReasonFlags, which are not numbered as the reasons of an entry are. */
static const char *const flag_names[] = {
	"unused", "keyCompromise", "CACompromise", "affiliationChanged",
	"superseded", "cessationOfOperation", "certificateHold",
	"privilegeWithdrawn", "AACompromise", NULL
};

void
mkcert_point_flag(ASN1_BIT_STRING **flags, const char *name)
{
	int	 i;

	for (i = 0; flag_names[i] != NULL; i++) {
		if (strcmp(flag_names[i], name) == 0)
			break;
	}
	if (flag_names[i] == NULL)
		mkcert_die("%s: no reason that a list can be for", name);
	if (*flags == NULL)
		*flags = ASN1_BIT_STRING_new();
	if (!ASN1_BIT_STRING_set_bit(*flags, i, 1))
		mkcert_die("out of memory");
}

X509_NAME *
mkcert_point_dn(const char *cn)
{
	X509_NAME	*name = X509_NAME_new();

	if (name == NULL || !X509_NAME_add_entry_by_txt(name, "CN",
	    V_ASN1_UTF8STRING, (const unsigned char *)cn, -1, -1, 0))
		mkcert_die("%s: no name", cn);
	return name;
}

static void
full_add(DIST_POINT_NAME *out, GENERAL_NAME *name)
{
	out->type = 0;
	if (out->name.fullname == NULL)
		out->name.fullname = GENERAL_NAMES_new();
	if (name == NULL || !sk_GENERAL_NAME_push(out->name.fullname, name))
		mkcert_die("out of memory");
}

static void
relative_set(DIST_POINT_NAME *out, const char *cn)
{
	STACK_OF(X509_NAME_ENTRY)	*list = sk_X509_NAME_ENTRY_new_null();

	sk_X509_NAME_ENTRY_push(list, X509_NAME_ENTRY_dup(
	    X509_NAME_get_entry(mkcert_point_dn(cn), 0)));
	out->type = 1;
	out->name.relativename = list;
}

static GENERAL_NAME *
directory_name(const char *cn)
{
	GENERAL_NAME	*name = GENERAL_NAME_new();

	GENERAL_NAME_set0_value(name, GEN_DIRNAME, mkcert_point_dn(cn));
	return name;
}

/* `dirname:CN`, `relative:CN`, or a URL. */
void
mkcert_point_name(DIST_POINT_NAME **out, const char *word)
{
	if (*out == NULL)
		*out = DIST_POINT_NAME_new();
	if (*out == NULL)
		mkcert_die("out of memory");
	if (strncmp(word, "relative:", 9) == 0)
		relative_set(*out, word + 9);
	else if (strncmp(word, "dirname:", 8) == 0)
		full_add(*out, directory_name(word + 8));
	else
		full_add(*out, a2i_GENERAL_NAME(NULL, NULL, NULL, GEN_URI,
		    word, 0));
}

static void
part_add(DIST_POINT *point, const char *word)
{
	if (strncmp(word, "reason:", 7) == 0) {
		mkcert_point_flag(&point->reasons, word + 7);
	} else if (strncmp(word, "issuer:", 7) == 0) {
		if (point->CRLissuer == NULL)
			point->CRLissuer = GENERAL_NAMES_new();
		sk_GENERAL_NAME_push(point->CRLissuer,
		    directory_name(word + 7));
	} else {
		mkcert_point_name(&point->distpoint, word);
	}
}

static DIST_POINT *
point_parse(char *text)
{
	DIST_POINT	*point = DIST_POINT_new();
	char		*save = NULL, *word;

	for (word = strtok_r(text, ";", &save); word != NULL;
	    word = strtok_r(NULL, ";", &save))
		part_add(point, mkcert_spec_string(word));
	return point;
}

/* A comma list of points, each a list of parts with semicolons. */
CRL_DIST_POINTS *
mkcert_point_list(const char *list)
{
	CRL_DIST_POINTS	*points = CRL_DIST_POINTS_new();
	const char	*item, *end;

	while ((item = mkcert_spec_next(&list, &end)) != NULL)
		sk_DIST_POINT_push(points, point_parse(strndup(item,
		    (size_t)(end - item))));
	return points;
}

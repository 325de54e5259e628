/* SPDX-License-Identifier: ISC */
/* Chooses the certificates that a path may be made of. */
#include "pki/path_choose.h"

#include <string.h>

#include "pki/der_scan.h"
#include "pki/name.h"

#define NAMES_MAX 64			/* of issuers that are looked for */

struct choice {
	struct bytes names[NAMES_MAX];
	size_t n_names;
	struct bytes *out;
	size_t n, max;
};

static void
add_name(struct choice *choice, struct bytes name)
{
	size_t i;

	for (i = 0; i < choice->n_names; i++)
		if (name_equal(choice->names[i], name))
			return;
	if (choice->n_names < NAMES_MAX)
		choice->names[choice->n_names++] = name;
}

/* Takes all of that name, and asks for their issuers. */
static void
take(struct choice *choice, const struct path_request *request,
    struct bytes name)
{
	struct der_cert cert;
	size_t i;

	for (i = 0; i < request->n_others && choice->n < choice->max; i++) {
		if (der_cert_scan(request->others[i], &cert) != 0 ||
		    !name_equal(cert.subject, name))
			continue;
		choice->out[choice->n++] = request->others[i];
		add_name(choice, cert.issuer);
	}
}

size_t
path_choose(const struct path_request *request, struct bytes *out,
    size_t max)
{
	struct choice choice = { .out = out, .max = max };
	struct der_cert leaf;
	size_t i;

	if (request->n_others <= max) {
		if (request->n_others > 0)
			memcpy(out, request->others,
			    request->n_others * sizeof(*out));
		return request->n_others;
	}
	if (der_cert_scan(request->leaf, &leaf) != 0)
		return 0;
	add_name(&choice, leaf.issuer);
	for (i = 0; i < choice.n_names; i++)
		take(&choice, request, choice.names[i]);
	return choice.n;
}

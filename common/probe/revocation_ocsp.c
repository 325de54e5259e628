/* SPDX-License-Identifier: ISC */
/* Asking OCSP responders (RFC 6960, RFC 9919). */
#include <sys/random.h>

#include "base/text.h"
#include "probe/revocation_private.h"

/* Of one certificate, so that its lists get their turn, too. */
#define RESPONDERS_MAX 8

static size_t
n_responders(const struct rev_cert *c)
{
	size_t n = c->cert->n_ocsp_urls;

	return n < RESPONDERS_MAX ? n : RESPONDERS_MAX;
}

static const char *
responder(const struct rev_cert *c)
{
	const struct options *options = c->job->revocation->options;
	struct bytes url;

	if (options->responder != NULL)
		return c->url == 0 ? options->responder : NULL;
	if (c->url >= n_responders(c))
		return NULL;
	url = c->cert->ocsp_urls[c->url];
	return arena_strndup(c->job->obs->arena, (const char *)url.data,
	    url.len);
}

static bool
is_http(const char *url)
{
	return text_istarts(url, "http://") || text_istarts(url, "https://");
}

void
rev_ocsp_at_hand(struct rev_cert *c, enum rev_method method,
    const char *url, struct bytes response)
{
	struct rev_answer *answer = rev_answer_add(c, method, url);
	struct ocsp_query query = c->query;

	if (answer == NULL)
		return;
	query.nonce = bytes_of(NULL, 0);
	ocsp_read(c->job->obs->arena, response, &query, answer,
	    &answer->error);
}

static void
next_responder(struct rev_cert *c)
{
	c->url++;
	c->sha1 = c->insisted = false;
	c->first = NULL;
}

static int
make_nonce(struct rev_cert *c)
{
	uint8_t nonce[OCSP_NONCE_SIZE];

	c->query.nonce = bytes_of(NULL, 0);
	if (!c->job->revocation->options->nonce)
		return 0;
	if (getrandom(nonce, sizeof(nonce), 0) != (ssize_t)sizeof(nonce))
		return -1;
	c->query.nonce = arena_bytes(c->job->obs->arena,
	    bytes_of(nonce, sizeof(nonce)));
	return c->query.nonce.data == NULL ? -1 : 0;
}

static enum ocsp_hash
hash_of(const struct rev_cert *c)
{
	return c->sha1 || c->job->revocation->options->cert_id ==
	    CERT_ID_SHA1 ? OCSP_SHA1 : OCSP_SHA256;
}

/* A responder that is silent must not use up the time of what is next. */
static bool
has_others(const struct rev_cert *c)
{
	const struct options *options = c->job->revocation->options;

	return (options->responder == NULL &&
	    c->url + 1 < n_responders(c)) ||
	    (options->method != WANT_OCSP &&
	    (c->facts->has_crl_url || options->crl.n > 0));
}

static void
ask(struct rev_cert *c, const char *url)
{
	struct fetch_request request = {
		.url = url, .accept = "application/ocsp-response",
		.max_size = OCSP_RESPONSE_MAX, .no_cache = c->insisted,
		.keep = !c->job->revocation->options->nonce,
		.others = has_others(c)
	};
	struct rev_answer *answer;
	struct bytes body;
	struct err err = ERR_INIT;
	const char *get;

	if (make_nonce(c) != 0 || ocsp_request(c->job->obs->arena, &c->query,
	    hash_of(c), &body, &err) != 0) {
		answer = rev_answer_add(c, REV_OCSP, url);
		if (answer != NULL)
			answer->error = err;
		next_responder(c);
		return;
	}
	get = ocsp_get_url(c->job->obs->arena, url, body);
	if (get != NULL) {
		request.url = get;
	} else {
		request.body = body;
		request.content_type = "application/ocsp-request";
	}
	rev_get(c, &request);
}

static void
unsupported(struct rev_cert *c, const char *url, const char *why)
{
	struct rev_answer *answer = rev_answer_add(c, REV_OCSP, url);

	if (answer == NULL)
		return;
	answer->outcome = REV_UNSUPPORTED;
	err_set(&answer->error, ERR_UNSUPPORTED, "%s", why);
}

void
rev_ocsp_step(struct rev_cert *c)
{
	const char *url = responder(c);

	if (url == NULL) {
		if (c->url == RESPONDERS_MAX &&
		    c->cert->n_ocsp_urls > RESPONDERS_MAX)
			unsupported(c, NULL, "more responders are named, "
			    "which were not asked");
		c->stage = STAGE_CRL;
	} else if (!is_http(url)) {
		unsupported(c, url, "only http and https are supported");
		next_responder(c);
	} else {
		ask(c, url);
	}
}

static bool
may_try_sha1(const struct rev_cert *c)
{
	return !c->sha1 &&
	    c->job->revocation->options->cert_id == CERT_ID_AUTO;
}

/* An old responder, which knows SHA-1 only, says so in one of these ways. */
static bool
wants_sha1(const struct rev_cert *c, const struct rev_answer *answer)
{
	return may_try_sha1(c) && !answer->stale &&
	    (answer->outcome == REV_UNUSABLE ||
	    answer->outcome == REV_UNKNOWN);
}

/* Some refuse what they cannot read with an HTTP error. */
static bool
was_refused(const struct rev_cert *c, const struct fetch *fetch)
{
	return may_try_sha1(c) && fetch->status >= 400 && fetch->status < 500;
}

static void
read_answer(struct rev_cert *c, struct fetch *fetch,
    struct rev_answer *answer)
{
	struct arena *arena = c->job->obs->arena;
	struct bytes response;

	if (fetch->error.kind != ERR_NONE) {
		answer->outcome = REV_UNREACHABLE;
		answer->error = fetch->error;
		return;
	}
	if (fetch_bytes(fetch, arena, OCSP_RESPONSE_MAX, &response,
	    &answer->error) == 0)
		ocsp_read(arena, response, &c->query, answer,
		    &answer->error);
	if (answer->outcome == REV_UNUSABLE && !answer->has_this_update)
		fetch_explain(fetch, "an OCSP response", &answer->error);
	answer->sha1_id = c->sha1;
	rev_keep(c, fetch, answer);
}

/* Might caches in between hold something newer?  A hold that is past may have
 * been lifted; any other revocation is for ever. */
static bool
may_be_outdated(const struct rev_answer *answer)
{
	return answer->stale && (answer->outcome == REV_UNUSABLE ||
	    (answer->outcome == REV_REVOKED &&
	    answer->reason == REASON_HOLD));
}

/* Does the same responder get another question? */
static bool
ask_again(struct rev_cert *c, const struct fetch *fetch,
    struct rev_answer *answer)
{
	if (may_be_outdated(answer) && !c->insisted)
		c->insisted = true;
	else if (wants_sha1(c, answer) || was_refused(c, fetch))
		c->sha1 = true;
	else
		return false;
	/* Unknown may mean that it does not know SHA-256, or what it says:
	 * that stays, like a hold, unless the second try tells more. */
	if (c->first == NULL && (answer->outcome == REV_UNKNOWN ||
	    answer->outcome == REV_REVOKED))
		c->first = answer;
	else
		c->facts->n_answers--;
	return true;
}

/* What counts of two tries, in the place of the first. */
static struct rev_answer *
choose(struct rev_cert *c, struct rev_answer *answer)
{
	struct rev_answer *first = c->first;

	c->first = NULL;
	if (first == NULL)
		return answer;
	if (rev_conclusive(answer))
		*first = *answer;
	c->facts->n_answers--;
	return first;
}

void
rev_ocsp_fetched(struct rev_cert *c, struct fetch *fetch)
{
	struct rev_answer *answer = rev_answer_add(c, REV_OCSP, responder(c));

	if (answer == NULL) {
		c->stage = STAGE_CRL;
		return;
	}
	answer->response_ms = fetch->elapsed_ms;
	answer->cached = fetch->cached;
	read_answer(c, fetch, answer);
	if (ask_again(c, fetch, answer))
		return;
	answer = choose(c, answer);
	if (rev_conclusive(answer) &&
	    c->job->revocation->options->method != WANT_ALL) {
		/* A list given by hand is read whatever a responder says. */
		c->stage = c->job->revocation->options->crl.n > 0 ?
		    STAGE_CRL : STAGE_DONE;
		return;
	}
	next_responder(c);
	/* One verified answer is enough of this method. */
	if (answer->outcome == REV_UNKNOWN || rev_conclusive(answer))
		c->stage = STAGE_CRL;
}

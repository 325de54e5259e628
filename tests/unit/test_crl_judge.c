/* SPDX-License-Identifier: ISC */
/*
 * What lists say about certificates: one row per property of a list, and
 * bases with their deltas.
 */
#include "crl_make.h"

#include "pki/crl_feed.h"

#define HOLD "2.5.29.21=DER:0a0106"
#define REMOVE "2.5.29.21=DER:0a0108"
#define KEY "2.5.29.21=DER:0a0101"
#define IDP "issuingDistributionPoint=critical,"
#define URI1 "fullname:URI:http://a.test/1.crl"
#define RELATIVE "relativename:relative_name"
#define URI2 "fullname:URI:http://a.test/2.crl"
/* certificateIssuer: directoryName CN=CA, CN=Other */
#define OF_CA "2.5.29.29=critical,DER:3011a40f300d310b300906035504030c024341"
#define OF_OTHER "2.5.29.29=critical,DER:" \
    "3014a4123010310e300c06035504030c054f74686572"
#define AKI "2.5.29.35=DER:30068004"
#define UNKNOWN_EXT "1.2.3.4=critical,DER:0500"
#define FOUR(n) "1.2.3." n ".1=DER:0500;1.2.3." n ".2=DER:0500;" \
    "1.2.3." n ".3=DER:0500;1.2.3." n ".4=DER:0500;"
#define NUMBER "2.5.29.20=DER:"		/* INTEGER in hex */
#define BASE "2.5.29.27=critical,DER:"	/* deltaCRLIndicator */
#define MINE "1234"
#define ALL CRL_REASONS_ALL

enum who {
	CA, CA_NEW,	/* the same name, another key */
	CA_NO_SIGN, OTHER, INDIRECT,
	LEAF, LEAF_PLAIN, LEAF_KEY, LEAF_INDIRECT, LEAF_TWO, LEAF_OWN,
	LEAF_RELATIVE, LEAF_RELATIVE_INDIRECT, LEAF_FULL, SUB_CA,
	N_MADE
};

static const struct {
	const char *cn;
	int issuer;		/* -1: itself */
	const char *extensions;
} made_of[N_MADE] = {
	[CA] = { "CA", -1, "subjectKeyIdentifier=01020304" },
	[CA_NEW] = { "CA", -1, "subjectKeyIdentifier=05060708" },
	[CA_NO_SIGN] = { "CA", -1, "keyUsage=keyCertSign" },
	[OTHER] = { "Other", -1, NULL },
	[INDIRECT] = { "Indirect", -1, "keyUsage=cRLSign" },
	[LEAF] = { "leaf", CA, "crlDistributionPoints=a1" },
	[LEAF_PLAIN] = { "leaf", CA, NULL },
	[LEAF_KEY] = { "leaf", CA, "crlDistributionPoints=key" },
	[LEAF_INDIRECT] = { "leaf", CA, "crlDistributionPoints=indirect" },
	[LEAF_TWO] = { "leaf", CA, "crlDistributionPoints=a2,a1" },
	[LEAF_OWN] = { "leaf", CA, "crlDistributionPoints=own" },
	[LEAF_RELATIVE] = { "leaf", CA, "crlDistributionPoints=relative" },
	[LEAF_RELATIVE_INDIRECT] = { "leaf", CA,
	    "crlDistributionPoints=relative_indirect" },
	[LEAF_FULL] = { "leaf", CA, "crlDistributionPoints=full" },
	[SUB_CA] = { "sub", CA,
	    "basicConstraints=CA:TRUE;crlDistributionPoints=a1" },
};

static struct made made[N_MADE];

struct row {
	const char *name;
	enum who subject, issuer, signer;
	struct crl_spec list;
	enum rev_outcome want;
	const char *text;	/* in the error; for REVOKED the reason */
	unsigned reasons;
	int64_t max_age;
	int point;		/* index + 1 of the certificate's; 0: by hand */
	bool stale;
	int other;		/* 1 + who else may sign */
};

static const struct row rows[] = {
	{ "a whole list", LEAF, CA, CA, { .entries = { "99" } }, REV_GOOD,
	    "", ALL, 0, 0, false, 0 },
	{ "an empty list", LEAF, CA, CA, { .no_next = false }, REV_GOOD, "",
	    ALL, 0, 1, false, 0 },
	{ "listed", LEAF, CA, CA, { .entries = { "99", MINE ";" KEY } },
	    REV_REVOKED, "keyCompromise", 0, 0, 1, false, 0 },
	{ "listed without a reason", LEAF, CA, CA, { .entries = { MINE } },
	    REV_REVOKED, "no reason given", 0, 0, 1, false, 0 },
	{ "a serial that ends the same", LEAF, CA, CA, { .entries = {
	    "991234", "34", "12" } }, REV_GOOD, "", ALL, 0, 1, false, 0 },
	{ "on hold", LEAF, CA, CA, { .entries = { MINE ";" HOLD } },
	    REV_REVOKED, "certificateHold", ALL, 0, 1, false, 0 },
	{ "on hold and revoked", LEAF, CA, CA, { .entries = {
	    MINE ";" HOLD, MINE ";" KEY, MINE ";" HOLD } }, REV_REVOKED,
	    "keyCompromise", 0, 0, 1, false, 0 },
	{ "removed and revoked", LEAF, CA, CA, { .entries = {
	    MINE ";" KEY, MINE ";" REMOVE } }, REV_REVOKED, "keyCompromise",
	    0, 0, 1, false, 0 },
	{ "removed, in a base", LEAF, CA, CA, { .entries = {
	    MINE ";" REMOVE } }, REV_UNUSABLE, "only a delta list may", 0, 0,
	    1, false, 0 },
	{ "a delta alone", LEAF, CA, CA, { .extensions =
	    BASE "020101;" NUMBER "020102" }, REV_UNUSABLE,
	    "proves nothing without its base", 0, 0, 1, false, 0 },
	{ "a delta alone, listed", LEAF, CA, CA, { .extensions =
	    BASE "020101;" NUMBER "020102", .entries = { MINE ";" KEY } },
	    REV_REVOKED, "keyCompromise", 0, 0, 1, false, 0 },
	{ "a delta alone, removed", LEAF, CA, CA, { .extensions =
	    BASE "020101;" NUMBER "020102", .entries = { MINE ";" REMOVE } },
	    REV_UNUSABLE, "proves nothing without its base", 0, 0, 1, false,
	    0 },
	/* scope */
	{ "the part of the point", LEAF, CA, CA, { .extensions = IDP URI1 },
	    REV_GOOD, "", ALL, 0, 1, false, 0 },
	{ "another part", LEAF, CA, CA, { .extensions = IDP URI2 },
	    REV_UNUSABLE, "another part", 0, 0, 1, false, 0 },
	{ "another part that lists it", LEAF, CA, CA, { .extensions = IDP
	    URI2, .entries = { MINE } }, REV_UNUSABLE, "another part", 0, 0,
	    1, false, 0 },
	{ "a part by hand", LEAF_TWO, CA, CA, { .extensions = IDP URI1 },
	    REV_GOOD, "", ALL, 0, 0, false, 0 },
	{ "a part, not of this point", LEAF_TWO, CA, CA, { .extensions = IDP
	    URI1 }, REV_UNUSABLE, "another part", 0, 0, 1, false, 0 },
	{ "a part for one without points", LEAF_PLAIN, CA, CA, {
	    .extensions = IDP URI1 }, REV_UNUSABLE, "another part", 0, 0, 0,
	    false, 0 },
	{ "a part for a relative point", LEAF_RELATIVE, CA, CA, {
	    .extensions = IDP URI1 }, REV_UNUSABLE, "another part", 0, 0, 1,
	    false, 0 },
	{ "a relative part", LEAF, CA, CA, { .extensions = IDP RELATIVE },
	    REV_UNUSABLE, "another part", 0, 0, 1, false, 0 },
	{ "of a relative point", LEAF_RELATIVE, CA, CA, { .extensions = IDP
	    RELATIVE }, REV_GOOD, "", ALL, 0, 1, false, 0 },
	{ "of a relative point, by hand", LEAF_RELATIVE, CA, CA, {
	    .extensions = IDP RELATIVE }, REV_GOOD, "", ALL, 0, 0, false, 0 },
	{ "of a relative point, in full", LEAF_RELATIVE, CA, CA, {
	    .extensions = IDP "fullname:dirName:part_name" }, REV_GOOD, "",
	    ALL, 0, 1, false, 0 },
	{ "of a relative point, another", LEAF_RELATIVE, CA, CA, {
	    .extensions = IDP "relativename:other_name" }, REV_UNUSABLE,
	    "another part", 0, 0, 1, false, 0 },
	{ "relative, of a point in full", LEAF_FULL, CA, CA, { .extensions =
	    IDP RELATIVE }, REV_GOOD, "", ALL, 0, 1, false, 0 },
	{ "relative to the cRLIssuer", LEAF_RELATIVE_INDIRECT, CA, INDIRECT,
	    { .issuer = &made[INDIRECT], .extensions = IDP
	    "indirectCRL:TRUE," RELATIVE }, REV_GOOD, "", ALL, 0, 1, false,
	    1 + INDIRECT },
	{ "a part that is named like the CA", LEAF, CA, CA, { .extensions =
	    IDP "fullname:dirName:ca_name" }, REV_GOOD, "", ALL, 0, 0, false,
	    0 },
	{ "which is not of that point", LEAF, CA, CA, { .extensions =
	    IDP "fullname:dirName:ca_name" }, REV_UNUSABLE, "another part", 0,
	    0, 1, false, 0 },
	{ "the name of the CA is the part", LEAF_OWN, CA, CA, { .extensions =
	    IDP "fullname:dirName:ca_name" }, REV_GOOD, "", ALL, 0, 1, false,
	    0 },
	{ "users only", LEAF, CA, CA, { .extensions = IDP "onlyuser:TRUE" },
	    REV_GOOD, "", ALL, 0, 1, false, 0 },
	{ "users only, a CA", SUB_CA, CA, CA, { .extensions = IDP
	    "onlyuser:TRUE" }, REV_UNUSABLE, "no CA certificates", 0, 0, 1,
	    false, 0 },
	{ "CAs only", LEAF, CA, CA, { .extensions = IDP "onlyCA:TRUE" },
	    REV_UNUSABLE, "CA certificates only", 0, 0, 1, false, 0 },
	{ "CAs only, a CA", SUB_CA, CA, CA, { .extensions = IDP
	    "onlyCA:TRUE" }, REV_GOOD, "", ALL, 0, 1, false, 0 },
	{ "attributes only", LEAF, CA, CA, { .extensions = IDP
	    "onlyAA:TRUE" }, REV_UNUSABLE, "attribute", 0, 0, 1, false, 0 },
	/* reasons */
	{ "some reasons", LEAF, CA, CA, { .extensions = IDP
	    "onlysomereasons:keyCompromise" }, REV_UNUSABLE, "some reasons",
	    2, 0, 1, false, 0 },
	{ "some reasons, listed", LEAF, CA, CA, { .extensions = IDP
	    "onlysomereasons:keyCompromise", .entries = { MINE ";" KEY } },
	    REV_REVOKED, "keyCompromise", 0, 0, 1, false, 0 },
	{ "a point for some reasons", LEAF_KEY, CA, CA, { .extensions = NULL
	    }, REV_UNUSABLE, "some reasons", 2, 0, 1, false, 0 },
	{ "the same list by hand", LEAF_KEY, CA, CA, { .extensions = NULL },
	    REV_GOOD, "", ALL, 0, 0, false, 0 },
	{ "some reasons, stale", LEAF, CA, CA, { .next_update = -50,
	    .extensions = IDP "onlysomereasons:keyCompromise" },
	    REV_UNUSABLE, "nextUpdate", 0, 0, 1, true, 0 },
	/* what is not known */
	{ "an unknown critical extension", LEAF, CA, CA, { .extensions =
	    UNKNOWN_EXT }, REV_UNUSABLE, "critical", 0, 0, 1, false, 0 },
	{ "the same, listed", LEAF, CA, CA, { .extensions = UNKNOWN_EXT,
	    .entries = { MINE } }, REV_UNUSABLE, "it lists", 0, 0, 1, false,
	    0 },
	{ "an unknown one that is not critical", LEAF, CA, CA, {
	    .extensions = "1.2.3.4=DER:0500" }, REV_GOOD, "", ALL, 0, 1,
	    false, 0 },
	{ "of another entry", LEAF, CA, CA, { .entries = {
	    "99;" UNKNOWN_EXT } }, REV_UNUSABLE, "an entry with a critical",
	    0, 0, 1, false, 0 },
	{ "of its own entry", LEAF, CA, CA, { .entries = {
	    MINE ";" UNKNOWN_EXT } }, REV_UNUSABLE, "it lists", 0, 0, 1,
	    false, 0 },
	{ "an entry with 16 extensions", LEAF, CA, CA, { .entries = {
	    "99;" FOUR("1") FOUR("2") FOUR("3") FOUR("4") } }, REV_GOOD, "",
	    ALL, 0, 1, false, 0 },
	{ "with 17", LEAF, CA, CA, { .entries = { "99;" FOUR("1") FOUR("2")
	    FOUR("3") FOUR("4") "1.2.3.5.1=DER:0500" } }, REV_UNUSABLE,
	    "an entry", 0, 0, 1, false, 0 },
	/* times */
	{ "stale", LEAF, CA, CA, { .next_update = -1 }, REV_UNUSABLE,
	    "past its nextUpdate", 0, 0, 1, true, 0 },
	{ "stale and listed", LEAF, CA, CA, { .next_update = -1, .entries =
	    { MINE } }, REV_REVOKED, "no reason", 0, 0, 1, true, 0 },
	{ "from the future", LEAF, CA, CA, { .this_update = 1, .entries = {
	    MINE } }, REV_UNUSABLE, "future", 0, 0, 1, false, 0 },
	{ "upside down", LEAF, CA, CA, { .this_update = -100, .next_update =
	    -200, .entries = { MINE } }, REV_UNUSABLE, "ends before", 0, 0,
	    1, false, 0 },
	{ "no nextUpdate", LEAF, CA, CA, { .no_next = true }, REV_UNUSABLE,
	    "no nextUpdate", 0, 0, 1, true, 0 },
	{ "no nextUpdate, young enough", LEAF, CA, CA, { .no_next = true },
	    REV_GOOD, "", ALL, 100, 1, false, 0 },
	{ "no nextUpdate, too old", LEAF, CA, CA, { .no_next = true },
	    REV_UNUSABLE, "--max-age", 0, 99, 1, true, 0 },
	{ "too old", LEAF, CA, CA, { .no_next = false }, REV_UNUSABLE,
	    "--max-age", 0, 99, 1, true, 0 },
	/* who signed it */
	{ "another CA's", LEAF, CA, OTHER, { .issuer = &made[OTHER] },
	    REV_UNUSABLE, "another CA", 0, 0, 1, false, 0 },
	{ "the CA's name, another's key", LEAF, CA, OTHER, { .entries = {
	    MINE } }, REV_UNUSABLE, "does not verify", 0, 0, 1, false, 0 },
	{ "another key of the same name", LEAF, CA, CA_NEW, { .entries = {
	    MINE } }, REV_UNUSABLE, "does not verify", 0, 0, 1, false, 0 },
	{ "which is known", LEAF, CA, CA_NEW, { .extensions = NULL },
	    REV_GOOD, "", ALL, 0, 1, false, 1 + CA_NEW },
	{ "and which the AKI names", LEAF, CA, CA_NEW, { .extensions = AKI
	    "05060708" }, REV_GOOD, "", ALL, 0, 1, false, 1 + CA_NEW },
	{ "the AKI names another key", LEAF, CA, CA, { .extensions = AKI
	    "05060708" }, REV_UNUSABLE, "another key", 0, 0, 1, false, 0 },
	{ "the AKI names its key", LEAF, CA, CA, { .extensions = AKI
	    "01020304" }, REV_GOOD, "", ALL, 0, 1, false, 0 },
	{ "a CA that may not sign", LEAF, CA_NO_SIGN, CA_NO_SIGN, {
	    .entries = { MINE } }, REV_UNUSABLE, "keyUsage", 0, 0, 1, false,
	    0 },
	/* indirect */
	{ "indirect, its entries of others", LEAF_INDIRECT, CA, INDIRECT, {
	    .issuer = &made[INDIRECT], .extensions = IDP
	    "indirectCRL:TRUE," URI1, .entries = { MINE, "98;" OF_OTHER,
	    MINE } }, REV_GOOD, "", ALL, 0, 1, false, 1 + INDIRECT },
	{ "indirect, by hand", LEAF_INDIRECT, CA, INDIRECT, { .issuer =
	    &made[INDIRECT], .extensions = IDP "indirectCRL:TRUE," URI1,
	    .entries = { "98" } }, REV_GOOD, "", ALL, 0, 0, false,
	    1 + INDIRECT },
	{ "indirect, listed under its CA", LEAF_INDIRECT, CA, INDIRECT, {
	    .issuer = &made[INDIRECT], .extensions = IDP
	    "indirectCRL:TRUE", .entries = { "97;" OF_OTHER, "98;" OF_CA,
	    "99", MINE ";" KEY } }, REV_REVOKED, "keyCompromise", 0, 0, 1,
	    false, 1 + INDIRECT },
	{ "indirect, its signer unknown", LEAF_INDIRECT, CA, INDIRECT, {
	    .issuer = &made[INDIRECT], .extensions = IDP "indirectCRL:TRUE"
	    }, REV_UNUSABLE, "no certificate", 0, 0, 1, false, 0 },
	{ "named as indirect, but is not", LEAF_INDIRECT, CA, INDIRECT, {
	    .issuer = &made[INDIRECT] }, REV_UNUSABLE, "another CA", 0, 0, 1,
	    false, 1 + INDIRECT },
	{ "indirect, not named by the point", LEAF, CA, INDIRECT, {
	    .issuer = &made[INDIRECT], .extensions = IDP
	    "indirectCRL:TRUE" }, REV_UNUSABLE, "another CA", 0, 0, 1, false,
	    1 + INDIRECT },
	{ "the CA's, but the point names another", LEAF_INDIRECT, CA, CA, {
	    .extensions = IDP URI1 }, REV_UNUSABLE, "another CA", 0, 0, 1,
	    false, 0 },
	{ "entries of others, not indirect", LEAF, CA, CA, { .entries = {
	    "98;" OF_OTHER, MINE } }, REV_UNUSABLE, "without being indirect",
	    0, 0, 1, false, 0 },
};

struct judging {
	struct arena *arena;
	struct cert_facts cert;
	struct crl_point points[4];
	struct crl_subject subject;
	struct crl_query query;
	struct crl_judged judged;
};

static void
judging_init(struct judging *j, enum who subject, enum who issuer, int point)
{
	struct err err = ERR_INIT;

	memset(j, 0, sizeof(*j));
	j->arena = arena_new();
	if (cert_facts_read(j->arena, made[subject].der, &j->cert,
	    &err) != 0)
		bail("%s", err.text);
	crl_points_read(j->cert.crl_points, j->points, 4);
	j->subject = (struct crl_subject){ .cert = &j->cert,
	    .issuer = made[issuer].der, .now = NOW };
	if (point > 0)
		j->subject.point = &j->points[point - 1];
	j->judged.answer.reason = REASON_NONE;
}

/* Reads and judges; the facts stay in the arena. */
static void
judge(struct judging *j, struct bytes der)
{
	struct rev_answer *answer = &j->judged.answer;
	struct crl_feed *feed;
	struct crl_list list;
	size_t used;

	j->query = (struct crl_query){ .serial = j->cert.serial,
	    .issuer = j->cert.issuer_der };
	feed = crl_feed_new(j->arena, &j->query, 1, &answer->error);
	if (crl_feed_part(feed, der, &used, &answer->error) == 0 &&
	    crl_feed_end(feed, &list, &answer->error) == 0) {
		list.query = &j->query;
		crl_judge(j->arena, &list, &j->subject, &j->judged);
	} else {
		answer->outcome = REV_UNUSABLE;
	}
	crl_feed_free(feed);
}

static void
judge_spec(struct judging *j, struct crl_spec spec, enum who signer)
{
	uint8_t *der;
	size_t len;

	if (spec.issuer == NULL)
		spec.issuer = &made[CA];
	spec.signer = &made[signer];
	der = make_crl(&spec, &len);
	judge(j, bytes_of(der, len));
	OPENSSL_free(der);
}

static void
test_row(const struct row *row)
{
	struct judging j;
	const struct rev_answer *answer = &j.judged.answer;
	const char *text;

	judging_init(&j, row->subject, row->issuer, row->point);
	j.subject.max_age = row->max_age;
	if (row->other > 0) {
		j.subject.others = &made[row->other - 1].der;
		j.subject.n_others = 1;
	}
	judge_spec(&j, row->list, row->signer);
	text = answer->outcome == REV_REVOKED ?
	    rev_reason_name(answer->reason) : answer->error.text;
	is_int(answer->outcome, row->want, "%s", row->name);
	ok(strstr(text, row->text) != NULL && (row->text[0] != '\0' ||
	    text[0] == '\0'), "%s: %s", row->name, text);
	ok(answer->stale == row->stale && j.judged.reasons == row->reasons,
	    "%s: stale %d, reasons %x", row->name, answer->stale,
	    j.judged.reasons);
	arena_free(j.arena);
}

#define BASE5 NUMBER "020105"
#define DELTA6 NUMBER "020106;" BASE "020105"
#define ONLY_KEY ";" IDP "onlysomereasons:keyCompromise"
#define ONLY_HOLD ";" IDP "onlysomereasons:certificateHold"

static const struct delta_row {
	const char *name;
	struct crl_spec base, delta;
	enum rev_outcome want;
	bool taken;
	const char *note;
	unsigned reasons;	/* unless GOOD */
} delta_rows[] = {
	{ "nothing new", { .extensions = BASE5 }, { .extensions = DELTA6 },
	    REV_GOOD, true, "together", 0 },
	{ "newly revoked", { .extensions = BASE5 }, { .extensions =
	    NUMBER "020106;" BASE "020104", .entries = { MINE ";" KEY } },
	    REV_REVOKED, true, "listed in the delta", 0 },
	{ "newly revoked, a stale delta", { .extensions = BASE5 }, {
	    .extensions = DELTA6, .next_update = -1, .entries = { MINE } },
	    REV_REVOKED, true, "listed in the delta", 0 },
	{ "newly on hold", { .extensions = BASE5 }, { .extensions = DELTA6,
	    .entries = { MINE ";" HOLD } }, REV_REVOKED, true,
	    "listed in the delta", 0 },
	{ "removed, but never on hold", { .extensions = BASE5 }, {
	    .extensions = DELTA6, .entries = { MINE ";" REMOVE } }, REV_GOOD,
	    true, "together", 0 },
	{ "released from hold", { .extensions = BASE5, .entries = {
	    MINE ";" HOLD } }, { .extensions = DELTA6, .entries = {
	    MINE ";" REMOVE } }, REV_GOOD, true, "released", 0 },
	{ "from a hold that is final too", { .extensions = BASE5, .entries =
	    { MINE ";" KEY, MINE ";" HOLD } }, { .extensions = DELTA6,
	    .entries = { MINE ";" REMOVE } }, REV_REVOKED, false,
	    "itself is unusable", 0 },
	{ "released by a stale delta", { .extensions = BASE5, .entries = {
	    MINE ";" HOLD } }, { .extensions = DELTA6, .next_update = -1,
	    .entries = { MINE ";" REMOVE } }, REV_REVOKED, false, "unusable",
	    ALL },
	{ "a stale hold", { .extensions = BASE5, .next_update = -1,
	    .entries = { MINE ";" HOLD } }, { .extensions = DELTA6,
	    .entries = { MINE ";" REMOVE } }, REV_REVOKED, true, "together",
	    ALL },
	{ "hold becomes final", { .extensions = BASE5, .entries = {
	    MINE ";" HOLD } }, { .extensions = DELTA6, .entries = {
	    MINE ";" KEY } }, REV_REVOKED, true, "listed in the delta", 0 },
	{ "for a newer base", { .extensions = BASE5 }, { .extensions =
	    NUMBER "020107;" BASE "020106" }, REV_GOOD, false,
	    "for a newer list", 0 },
	{ "for a newer base, released", { .extensions = BASE5, .entries = {
	    MINE ";" HOLD } }, { .extensions = NUMBER "020107;" BASE
	    "020106", .entries = { MINE ";" REMOVE } }, REV_REVOKED, false,
	    "for a newer list", ALL },
	{ "for a newer base, revoked", { .extensions = BASE5 }, {
	    .extensions = NUMBER "020107;" BASE "020106", .entries = {
	    MINE } }, REV_REVOKED, true, "listed in the delta", 0 },
	{ "no newer", { .extensions = NUMBER "020106" }, { .extensions =
	    DELTA6 }, REV_GOOD, false, "no newer", 0 },
	{ "no newer, released", { .extensions = NUMBER "020106", .entries = {
	    MINE ";" HOLD } }, { .extensions = DELTA6, .entries = {
	    MINE ";" REMOVE } }, REV_REVOKED, false, "no newer", ALL },
	{ "no newer, revoked", { .extensions = NUMBER "020106" }, {
	    .extensions = DELTA6, .entries = { MINE } }, REV_REVOKED, true,
	    "listed in the delta", 0 },
	{ "older, on hold", { .extensions = NUMBER "020107" }, {
	    .extensions = DELTA6, .entries = { MINE ";" HOLD } }, REV_GOOD,
	    false, "no newer", 0 },
	{ "numbers of two lengths", { .extensions = NUMBER "020200ff",
	    .entries = { MINE ";" HOLD } }, { .extensions =
	    NUMBER "02020100;" BASE "02020080", .entries = {
	    MINE ";" REMOVE } }, REV_GOOD, true, "released", 0 },
	{ "no numbers", { .extensions = NULL, .entries = { MINE ";" HOLD } },
	    { .extensions = BASE "020105", .entries = { MINE ";" REMOVE } },
	    REV_REVOKED, false, "without a number", ALL },
	{ "another scope", { .extensions = BASE5, .entries = {
	    MINE ";" HOLD } }, { .extensions = DELTA6 ";" IDP
	    "onlyuser:TRUE", .entries = { MINE ";" REMOVE } }, REV_REVOKED,
	    false, "does not belong", ALL },
	{ "another scope, revoked", { .extensions = BASE5 }, { .extensions =
	    DELTA6 ";" IDP "onlyuser:TRUE", .entries = { MINE } },
	    REV_REVOKED, true, "listed in the delta", 0 },
	{ "another AKI", { .extensions = BASE5 }, { .extensions =
	    DELTA6 ";" AKI "01020304" }, REV_GOOD, false, "does not belong",
	    0 },
	{ "no delta at all", { .extensions = BASE5 }, { .extensions =
	    NUMBER "020106", .entries = { MINE } }, REV_GOOD, false,
	    "unusable", 0 },
	{ "a bad base, a good delta", { .extensions = BASE5, .next_update =
	    -1 }, { .extensions = DELTA6 }, REV_UNUSABLE, false,
	    "itself is unusable", 0 },
	/* Of a part that covers some reasons. */
	{ "a part", { .extensions = BASE5 ONLY_KEY }, { .extensions =
	    DELTA6 ONLY_KEY }, REV_UNUSABLE, true, "together", 2 },
	{ "a part, revoked", { .extensions = BASE5 ONLY_KEY }, { .extensions
	    = DELTA6 ONLY_KEY, .entries = { MINE ";" KEY } }, REV_REVOKED,
	    true, "listed in the delta", 0 },
	{ "a part, released", { .extensions = BASE5 ONLY_HOLD, .entries = {
	    MINE ";" HOLD } }, { .extensions = DELTA6 ONLY_HOLD, .entries = {
	    MINE ";" REMOVE } }, REV_UNUSABLE, true, "released", 64 },
	{ "the delta of another part", { .extensions = BASE5 ONLY_HOLD,
	    .entries = { MINE ";" HOLD } }, { .extensions = DELTA6 ONLY_KEY,
	    .entries = { MINE ";" REMOVE } }, REV_REVOKED, false,
	    "does not belong", 64 },
};

static void
test_delta(const struct delta_row *row)
{
	struct judging base, delta;
	const struct rev_answer *answer = &base.judged.answer;
	const char *why;

	judging_init(&base, LEAF, CA, 1);
	judging_init(&delta, LEAF, CA, 1);
	delta.subject.delta = true;
	judge_spec(&base, row->base, CA);
	judge_spec(&delta, row->delta, CA);
	why = crl_combine(&base.judged, &delta.judged);
	is_int(answer->outcome, row->want, "delta: %s", row->name);
	ok((why == NULL) == row->taken, "%s: %s", row->name,
	    why == NULL ? "taken" : why);
	if (why == NULL)
		why = answer->note;
	ok(strstr(why, row->note) != NULL, "%s: %s", row->name, why);
	is_uint(base.judged.reasons, row->want == REV_GOOD ? ALL :
	    row->reasons, "%s: reasons", row->name);
	arena_free(base.arena);
	arena_free(delta.arena);
}

static void
test_no_serial(void)
{
	struct judging j;

	judging_init(&j, LEAF, CA, 1);
	j.cert.serial = bytes_of(NULL, 0);
	judge_spec(&j, (struct crl_spec){ .no_next = false }, CA);
	is_int(j.judged.answer.outcome, REV_UNUSABLE,
	    "a certificate without a serial is not good");
	arena_free(j.arena);
}

int
main(void)
{
	size_t i;

	for (i = 0; i < N_MADE; i++)
		make_cert(&made[i], made_of[i].cn, made_of[i].issuer < 0 ?
		    NULL : &made[made_of[i].issuer], 0x1234,
		    made_of[i].extensions);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		test_row(&rows[i]);
	for (i = 0; i < sizeof(delta_rows) / sizeof(delta_rows[0]); i++)
		test_delta(&delta_rows[i]);
	test_no_serial();
	for (i = 0; i < N_MADE; i++)
		made_release(&made[i]);
	return tap_done();
}

/* SPDX-License-Identifier: ISC */
/*
 * Calls over HTTPS to a server in this process: what is sent, how many at
 * once, what stops them, and what is said about servers that misbehave.
 * Names are looked up by a getaddrinfo of our own.
 */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "autossl_site.h"

static char dir[] = "/tmp/test_call.XXXXXX";
static char token_path[64], ca_path[64], old_path[64];

/* ---- a run ---- */

static char whm[64], cpanel[64];

static void
set_defaults(void)
{
	memset(&options, 0, sizeof(options));
	snprintf(whm, sizeof(whm), "n0.example.test:%u",
	    (unsigned)site.port);
	memcpy(cpanel, whm, sizeof(cpanel));
	options.whm = whm;
	options.cpanel = cpanel;
	options.token_file = token_path;
	options.ca_file = ca_path;
	options.proxy = "";
	count_afresh();
}

/* fetch_ssl_vhosts with x=VALUE. */
static struct seen
fetch(const char *value)
{
	struct autossl_call call = { .function = "fetch_ssl_vhosts",
		.params = { { "x", value } }, .max_size = 100000 };

	return ask(AUTOSSL_WHM, &call);
}

static void
add(const struct run *run, struct seen *seen, const char *value)
{
	struct autossl_call call = { .function = "fetch_ssl_vhosts",
		.params = { { "x", value } }, .max_size = 100000 };

	if (autossl_client_call(run->client, &call, on_answer, seen,
	    &error) != 0)
		bail("no call: %s", error.text);
}

static bool
sent(const char *text)
{
	bool found;

	pthread_mutex_lock(&last_lock);
	found = strstr(last, text) != NULL;
	if (!found)
		diag("request: %.300s", last);
	pthread_mutex_unlock(&last_lock);
	return found;
}

/* ---- what is sent ---- */

static void
test_requests(void)
{
	struct autossl_call call = { .function = "SSL::list_certs",
		.user = "bob", .params = { { "a b", "&=?#%\xc3\xa4\r\n/~" } },
		.max_size = 1000 };
	struct seen s = fetch("1");

	is_int(s.kind, ERR_NONE, "WHM: %s", s.text);
	is_int(s.n, 7, "its data");
	is_uint(s.done, 1, "done once");
	ok(sent("GET /json-api/fetch_ssl_vhosts?api.version=1&x=1 "
	    "HTTP/1.1\r\n"), "path");
	ok(sent("\r\nAuthorization: whm root:" TOKEN "\r\n"), "token");
	ok(sent("\r\nUser-Agent: monitoring-plugins-cert\r\n"), "agent");
	s = ask(AUTOSSL_WHM, &call);
	ok(sent("GET /json-api/uapi_cpanel?api.version=1&cpanel.user=bob&"
	    "cpanel.module=SSL&cpanel.function=list_certs&a%20b=%26%3D%3F%23"
	    "%25%C3%A4%0D%0A%2F~ HTTP/1.1\r\n"), "UAPI by WHM");
	options.user = "alice";
	call.user = NULL;
	s = ask(AUTOSSL_CPANEL, &call);
	is_int(s.n, 8, "cPanel: %s", s.text);
	ok(sent("GET /execute/SSL/list_certs?a%20b=%26%3D%3F%23%25%C3%A4%0D"
	    "%0A%2F~ HTTP/1.1\r\n"), "path");
	ok(sent("\r\nAuthorization: cpanel alice:" TOKEN "\r\n"), "token");
	set_defaults();
}

static void
test_queue(void)
{
	struct seen seen[14];
	struct run run = run_begin(AUTOSSL_WHM, 20000);
	unsigned i, good = 0;

	memset(seen, 0, sizeof(seen));
	for (i = 0; i < 14; i++)
		add(&run, &seen[i], "slow");
	is_uint(autossl_client_count(run.client), 1, "the first goes alone");
	is_str(autossl_client_busy(run.client), "fetch_ssl_vhosts", "busy");
	run_loop(&run);
	for (i = 0; i < 14; i++)
		good += seen[i].done == 1 && seen[i].n == 7;
	is_uint(good, 14, "fourteen calls");
	is_uint(autossl_client_count(run.client), 14, "are counted");
	ok(autossl_client_busy(run.client) == NULL, "nothing is busy");
	is_int(most, 4, "four at once");
	ok(site.connections <= 4, "%d connections for them",
	    (int)site.connections);
	run_end(&run);
	is_int(site.visits, 14, "each is made once");
	count_afresh();
	run = run_begin(AUTOSSL_WHM, 20000);
	for (i = 0; i < 5; i++) {
		add(&run, &seen[0], "1");
		run_loop(&run);
	}
	run_end(&run);
	is_int(site.visits, 5, "one after another");
	is_int(site.connections, 1, "on the same connection");
	is_int(lookups, 1, "the name is looked up once");
	/* A server that closes without having said so. */
	count_afresh();
	run = run_begin(AUTOSSL_WHM, 20000);
	for (i = good = 0; i < 3; i++) {
		seen[0].kind = ERR_NONE;
		add(&run, &seen[0], "drop");
		run_loop(&run);
		good += seen[0].kind == ERR_NONE;
	}
	run_end(&run);
	is_uint(good, 3, "closed behind our back: %s", seen[0].text);
	set_defaults();
}

static void
test_auth(void)
{
	struct seen seen[9];
	struct run run;
	unsigned i, bad = 0;

	memset(seen, 0, sizeof(seen));
	refuse = 1;
	run = run_begin(AUTOSSL_WHM, 20000);
	for (i = 0; i < 8; i++)
		add(&run, &seen[i], "1");
	run_loop(&run);
	is_int(site.visits, 1, "a wrong token is tried once");
	add(&run, &seen[8], "1");
	for (i = 0; i < 9; i++)
		bad += seen[i].done == 1 && seen[i].kind == ERR_AUTH;
	is_uint(bad, 9, "all calls end with that: %s", seen[8].text);
	is_uint(autossl_client_count(run.client), 1, "only one was sent");
	run_end(&run);
	refuse = 0;
	set_defaults();
	/* One that is refused later. */
	memset(seen, 0, sizeof(seen));
	run = run_begin(AUTOSSL_WHM, 20000);
	add(&run, &seen[0], "1");
	run_loop(&run);
	refuse = 1;
	for (i = 1; i < 9; i++)
		add(&run, &seen[i], "1");
	run_loop(&run);
	ok(site.visits <= 5, "%d calls were sent", (int)site.visits);
	is_int(seen[0].kind, ERR_NONE, "the first was good");
	is_int(seen[8].kind, ERR_AUTH, "the last was not");
	run_end(&run);
	refuse = 0;
	set_defaults();
}

/* ---- servers that misbehave ---- */

static void
test_answers(void)
{
	static const struct {
		const char *how, *text;
		enum err_kind kind;
	} rows[] = {
		{ "redirect", NULL, ERR_SYNTAX },
		{ "cut", ": the connection was closed in the middle of the "
		    "answer", ERR_CONNECT },
		{ "half", NULL, ERR_SYNTAX },
		{ "huge", "fetch_ssl_vhosts: the answer is longer than 100000 "
		    "octets", ERR_LIMIT },
		{ "500", NULL, ERR_SERVER },
		{ "nothing", ": the connection was closed without an answer",
		    ERR_CONNECT },
	};
	struct seen s;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		count_afresh();
		s = fetch(rows[i].how);
		is_int(s.kind, rows[i].kind, "%s: %s", rows[i].how, s.text);
		ok(rows[i].text == NULL || strstr(s.text, rows[i].text) !=
		    NULL, "text");
		is_int(site.visits, 1, "nothing is tried again");
	}
	s = fetch("redirect");
	ok(strstr(s.text, "12345") == NULL, "its body is not told");
}

/* As Apache does to those who speak TLS to port 80. */
static void
serve_deaf(struct peer *peer, int fd)
{
	static const char text[] = "HTTP/1.1 400 Bad Request\r\n\r\n";

	if (peer_wait(peer, fd) && write(fd, text, strlen(text)) > 0)
		peer_sleep(peer, 200);
}

static void
test_transport(void)
{
	struct peer deaf = { .serve = serve_deaf };
	char host[64], text[128];
	struct seen s;

	options.whm = "nowhere.test";
	s = fetch("1");
	is_int(s.kind, ERR_RESOLVE, "%s", s.text);
	ok(strncmp(s.text, "nowhere.test:2087: ", 19) == 0, "its server");
	options.whm = "127.99.99.99:1";
	s = fetch("1");
	is_int(s.kind, ERR_CONNECT, "refused");
	is_str(s.text, "127.99.99.99:1: connect: Connection refused", "text");
	peer_start(&deaf);
	snprintf(host, sizeof(host), "127.0.0.1:%u", (unsigned)deaf.port);
	options.whm = host;
	s = fetch("1");
	snprintf(text, sizeof(text), "%s: the server does not speak TLS on "
	    "this port", host);
	is_int(s.kind, ERR_TLS, "no TLS there");
	is_str(s.text, text, "text");
	peer_stop(&deaf);
	set_defaults();
	options.ca_file = NULL;
	s = fetch("1");
	snprintf(text, sizeof(text), "%s: certificate not trusted "
	    "(self-signed): give it with --ca-file", whm);
	is_int(s.kind, ERR_TLS, "self-signed");
	is_str(s.text, text, "text");
	options.insecure = true;
	s = fetch("1");
	is_int(s.n, 7, "--insecure: %s", s.text);
	set_defaults();
	options.ca_file = old_path;
	s = fetch("1");
	snprintf(text, sizeof(text), "%s: certificate not trusted "
	    "(self-signed): --ca-file has another", whm);
	is_str(s.text, text, "another in --ca-file");
	set_defaults();
	snprintf(whm, sizeof(whm), "a.test:%u", (unsigned)site.port);
	s = fetch("1");
	snprintf(text, sizeof(text), "%s: certificate is for another name "
	    "than a.test", whm);
	is_int(s.kind, ERR_TLS, "wrong name");
	is_str(s.text, text, "text");
	snprintf(whm, sizeof(whm), "127.0.0.1:%u", (unsigned)site.port);
	s = fetch("1");
	ok(strstr(s.text, "for another name than 127.0.0.1") != NULL,
	    "an address: %s", s.text);
	set_defaults();
}

static void
test_time(void)
{
	struct seen seen[8];
	struct run run = run_begin(AUTOSSL_WHM, 500);
	unsigned i, late = 0;
	int64_t begin = clock_mono_ms();

	memset(seen, 0, sizeof(seen));
	for (i = 0; i < 8; i++)
		add(&run, &seen[i], i == 0 ? "1" : "hang");
	run_loop(&run);
	for (i = 1; i < 8; i++)
		late += seen[i].done == 1 && seen[i].kind == ERR_TIMEOUT;
	is_uint(late, 7, "time is up: %s", seen[7].text);
	is_int(seen[0].kind, ERR_NONE, "the first came in time");
	is_int(site.visits, 5, "four were under way");
	is_str(autossl_client_busy(run.client), "fetch_ssl_vhosts",
	    "what took so long");
	run_end(&run);
	ok(clock_mono_ms() - begin < 5000, "in time");
	memset(seen, 0, sizeof(seen));
	run = run_begin(AUTOSSL_WHM, 20000);
	for (i = 0; i < 8; i++)
		add(&run, &seen[i], "1");
	run_end(&run);
	for (late = i = 0; i < 8; i++)
		late += seen[i].done == 1 && seen[i].kind == ERR_CANCELLED;
	is_uint(late, 8, "freed before it ran");
	memset(seen, 0, sizeof(seen));
	run = run_begin(AUTOSSL_WHM, 20000);
	for (i = 0; i < 8; i++)
		add(&run, &seen[i], "1");
	cancel = 1;
	run_loop(&run);
	cancel = 0;
	for (late = i = 0; i < 8; i++)
		late += seen[i].done == 1 && seen[i].kind == ERR_CANCELLED;
	is_uint(late, 8, "cancelled: %s", seen[0].text);
	run_end(&run);
	set_defaults();
}

static void
test_families(void)
{
	struct sockaddr_in6 sin6 = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct site six = { .answer = answer };
	socklen_t len = sizeof(sin6);
	struct seen s;
	X509 *cert;

	six.listener = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (six.listener < 0 || bind(six.listener, (struct sockaddr *)&sin6,
	    len) != 0 || listen(six.listener, 4) != 0 ||
	    getsockname(six.listener, (struct sockaddr *)&sin6, &len) != 0) {
		if (six.listener >= 0)
			close(six.listener);
		skip(4, "no IPv6 here");
		return;
	}
	cert = peer_cert(1);
	six.context = peer_context(cert);
	X509_free(cert);
	site_start(&six);
	snprintf(whm, sizeof(whm), "[::1]:%u",
	    (unsigned)ntohs(sin6.sin6_port));
	options.ca_file = NULL;
	options.insecure = true;
	s = fetch("1");
	is_int(s.n, 7, "IPv6: %s", s.text);
	options.ipv6 = true;
	s = fetch("1");
	is_int(s.n, 7, "-6: %s", s.text);
	options.ipv6 = false;
	options.ipv4 = true;
	s = fetch("1");
	ok(s.kind != ERR_NONE, "-4: %s", s.text);
	set_defaults();
	options.ipv4 = true;
	s = fetch("1");
	is_int(s.n, 7, "-4 and a name: %s", s.text);
	site_stop(&six);
	set_defaults();
}

static void
test_proxy(void)
{
	char proxy[64];
	struct seen s;

	snprintf(proxy, sizeof(proxy), "http://127.0.0.1:%u",
	    (unsigned)plain.port);
	options.proxy = proxy;
	s = fetch("1");
	is_int(s.kind, ERR_PROXY, "a proxy that refuses: %s", s.text);
	ok(sent("CONNECT n0.example.test:"), "it was asked");
	ok(strstr(last, TOKEN) == NULL && strstr(last, "Authorization") ==
	    NULL, "the token is not for it");
	options.no_proxy = "example.test";
	s = fetch("1");
	is_int(s.n, 7, "not for that host: %s", s.text);
	set_defaults();
}

static void
test_memory(void)
{
	struct seen s;
	unsigned long n;
	unsigned bad = 0;

	for (n = 1; n < 400; n++) {
		mem_fail_at(n, 0);
		s = fetch("1");
		mem_fail_at(0, 0);
		if (s.kind == ERR_NONE && s.done == 1)
			break;
		bad += s.kind != ERR_NOMEM || s.done > 1;
		if (s.kind != ERR_NOMEM)
			diag("%lu: %s", n, s.text);
	}
	is_uint(bad, 0, "each of %lu allocations that fails is told", n);
	ok(n < 400, "then it works");
}

/* What is said of that one, the last words of it. */
static void
test_cert(X509 *cert, const char *ca_file, const char *text)
{
	struct site bad = { .answer = answer };
	struct seen s;

	bad.context = peer_context(cert);
	site_start(&bad);
	snprintf(whm, sizeof(whm), "n0.example.test:%u",
	    (unsigned)bad.port);
	options.ca_file = ca_file;
	s = fetch("1");
	is_int(s.kind, ERR_TLS, "kind");
	ok(strstr(s.text, text) != NULL, "%s", s.text);
	site_stop(&bad);
	X509_free(cert);
	set_defaults();
}

int
main(void)
{
	unsigned before = count_descriptors();
	X509 *cert = peer_cert(1), *old = old_cert();

	if (mkdtemp(dir) == NULL)
		bail("no temporary directory");
#ifndef HAVE_CURL_H
	skip_all("built without HTTP");
#endif
	snprintf(token_path, sizeof(token_path), "%s/token", dir);
	snprintf(ca_path, sizeof(ca_path), "%s/ca.pem", dir);
	snprintf(old_path, sizeof(old_path), "%s/old.pem", dir);
	put_file(token_path, TOKEN, 0600);
	put_cert(ca_path, cert);
	put_cert(old_path, old);
	site.answer = plain.answer = answer;
	site.context = peer_context(cert);
	site_start(&site);
	site_start(&plain);
	set_defaults();
	test_requests();
	test_queue();
	test_auth();
	test_answers();
	test_transport();
	test_cert(old, old_path, ": certificate has expired");
	test_cert(foreign_cert(), NULL, ": certificate not trusted (unknown "
	    "issuer): give its CA with --ca-file");
	test_time();
	test_families();
	test_proxy();
	test_memory();
	site_stop(&site);
	site_stop(&plain);
	X509_free(cert);
	EVP_PKEY_free(peer_key());
	is_uint(count_descriptors(), before, "no descriptor is left");
	unlink(token_path);
	unlink(ca_path);
	unlink(old_path);
	rmdir(dir);
	return tap_done();
}

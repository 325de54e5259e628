/* SPDX-License-Identifier: ISC */
/*
 * bare_autossl BASE TOKEN CA ROWS: what fetching and parsing the virtual
 * hosts of a WHM server costs and nothing else: the same pages over one
 * connection by libcurl, each decoded by jansson and thrown away.  ROWS is
 * the size of a page.  Prints the number of rows and of octets.
 */
#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct page {
	char *data;
	size_t len, size;
};

static size_t
take(char *data, size_t size, size_t n, void *ctx)
{
	struct page *page = ctx;
	size_t len = size * n;

	if (page->len + len > page->size) {
		page->size = (page->len + len) * 2;
		page->data = realloc(page->data, page->size);
		if (page->data == NULL)
			abort();
	}
	memcpy(page->data + page->len, data, len);
	page->len += len;
	return len;
}

static size_t
count(const struct page *page)
{
	json_error_t error;
	json_t *root = json_loadb(page->data, page->len, 0, &error);
	size_t n;

	if (root == NULL) {
		fprintf(stderr, "bare_autossl: %s\n", error.text);
		exit(1);
	}
	n = json_array_size(json_object_get(json_object_get(root, "data"),
	    "vhosts"));
	json_decref(root);
	return n;
}

int
main(int argc, char **argv)
{
	struct page page = { NULL, 0, 0 };
	struct curl_slist *headers = NULL;
	char header[512], url[1024];
	size_t rows = 0, octets = 0, n, size, start = 1;
	CURL *curl;

	if (argc != 5)
		return 2;
	size = (size_t)atol(argv[4]);
	curl = curl_easy_init();
	snprintf(header, sizeof(header), "Authorization: whm root:%s",
	    argv[2]);
	headers = curl_slist_append(headers, header);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_CAINFO, argv[3]);
	curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &page);
	do {
		snprintf(url, sizeof(url), "%s/json-api/fetch_ssl_vhosts?"
		    "api.version=1&api.columns.enable=1&api.columns.a=user&"
		    "api.columns.b=servername&api.columns.c=domains&"
		    "api.columns.d=crt&api.chunk.enable=1&"
		    "api.chunk.size=%zu&api.chunk.start=%zu", argv[1], size,
		    start);
		page.len = 0;
		curl_easy_setopt(curl, CURLOPT_URL, url);
		if (curl_easy_perform(curl) != CURLE_OK) {
			fprintf(stderr, "bare_autossl: no answer\n");
			return 1;
		}
		n = count(&page);
		rows += n;
		octets += page.len;
		start += size;
	} while (n == size);
	printf("%zu rows, %zu octets\n", rows, octets);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	free(page.data);
	return 0;
}

/* SPDX-License-Identifier: ISC */
/*
 * A fuzz target without a fuzzer: feeds it the empty input, then every file
 * given, and every file of every folder given.  Options of libFuzzer (leading
 * dash) are ignored, so that both kinds of program are called alike.
 *
 *	fuzz_THING [-OPTION ...] [FILE|DIR ...]
 */
#include <sys/stat.h>

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define INPUT_MAX	(64UL * 1024 * 1024)

static unsigned int inputs;

static void
feed(const uint8_t *data, size_t len)
{
	/* A block of exactly its size, for the sanitizer's red zones. */
	uint8_t *copy = malloc(len > 0 ? len : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, data, len);
	LLVMFuzzerTestOneInput(copy, len);
	free(copy);
	inputs++;
}

static int
feed_file(const char *path)
{
	static uint8_t	 data[INPUT_MAX];
	size_t		 len;
	FILE		*file = fopen(path, "rb");

	if (file == NULL) {
		perror(path);
		return -1;
	}
	len = fread(data, 1, sizeof(data), file);
	fclose(file);
	feed(data, len);
	return 0;
}

static int
feed_path(const char *path)
{
	struct stat	 st;
	struct dirent	*entry;
	char		*name;
	DIR		*dir;
	int		 rc = 0;

	if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
		return feed_file(path);
	if ((dir = opendir(path)) == NULL) {
		perror(path);
		return -1;
	}
	while ((entry = readdir(dir)) != NULL) {
		if (entry->d_name[0] == '.')
			continue;
		if (asprintf(&name, "%s/%s", path, entry->d_name) == -1)
			abort();
		if (feed_path(name) == -1)
			rc = -1;
		free(name);
	}
	closedir(dir);
	return rc;
}

int
main(int argc, char **argv)
{
	int	 i, rc = 0;

	feed((const uint8_t *)"", 0);
	for (i = 1; i < argc; i++)
		if (argv[i][0] != '-' && feed_path(argv[i]) == -1)
			rc = 1;
	printf("%u inputs\n", inputs);
	return rc;
}

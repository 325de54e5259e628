/* SPDX-License-Identifier: ISC */
/*
 * cpsrvd as whmapi1 and uapi on the server:
 *
 *	whmapi1 [--output=json] FUNCTION NAME=VALUE ...
 *	uapi [--output=json] [--user=USER] MODULE FUNCTION NAME=VALUE ...
 *
 * Values are URI-encoded, the output is YAML unless JSON is wanted.
 */

#include "cpsrvd.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct command {
	int		 json;
	const char	*user;
	char		 function[256];
};

/* Options and names; the index of the first parameter, 0 for none. */
static int
command_parse(struct command *command, int whm, int argc, char **argv)
{
	int	 i;

	for (i = 1; i < argc && strncmp(argv[i], "--", 2) == 0; i++) {
		if (strcmp(argv[i], "--output=json") == 0)
			command->json = 1;
		else if (strncmp(argv[i], "--user=", 7) == 0)
			command->user = argv[i] + 7;
	}
	if (i >= argc || (!whm && i + 1 >= argc))
		return 0;
	if (whm)
		snprintf(command->function, sizeof(command->function), "%s",
		    argv[i]);
	else
		snprintf(command->function, sizeof(command->function),
		    "%s::%s", argv[i], argv[i + 1]);
	return whm ? i + 1 : i + 2;
}

static void
call_log(const struct call *call, const char *program, int argc,
    char **argv)
{
	struct text	 line = { NULL, 0, 0 };
	int		 i;

	text_put(&line, "");
	for (i = 1; i < argc; i++)
		text_format(&line, "%s%s", i > 1 ? "&" : "", argv[i]);
	log_line("port=0 door=%s conn=0 method=RUN path=%s function=%s "
	    "auth=local status=0 octets=0 query=%s", program, program,
	    call->function, line.data);
	free(line.data);
}

/* Without a sign who runs it: "cli": {account, user, acl}. */
static void
identity_set(struct call *call, const struct command *command)
{
	json_t	*cli = json_object_get(call->scene, "cli");
	json_t	*first = json_array_get(json_object_get(call->scene,
		    "accounts"), 0);

	call->token = cli;
	call->user = command->user != NULL ? command->user :
	    scene_text(cli, "account", scene_text(first, "user", "u00000"));
	call->account = scene_account(call, call->user);
}

static void
answer_print(struct answer *answer, int json)
{
	json_t		*value;
	struct text	 yaml = { NULL, 0, 0 };
	size_t		 i;

	value = json ? NULL : json_loadb(answer->body.data, answer->body.len,
	    0, NULL);
	if (value != NULL) {
		yaml_dump(&yaml, value);
		free(answer->body.data);
		answer->body = yaml;
		json_decref(value);
	}
	for (i = 0; answer->drip > 0 && i < answer->body.len; i++) {
		fputc(answer->body.data[i], stdout);
		fflush(stdout);
		pause_ms(answer->drip);
	}
	if (answer->drip == 0)
		fwrite(answer->body.data, 1, answer->body.len, stdout);
	if (answer->length < 0 && answer->body.len > 0)
		fputc('\n', stdout);
	fflush(stdout);
}

/* "cli": {bare_errors}: what fails before it runs says so on stderr only;
 * exit_on_failure: the exit code of what fails. */
static void
failure_set(const struct call *call, struct answer *answer)
{
	const json_t	*cli = json_object_get(call->scene, "cli");

	if (!call->failed)
		return;
	answer->exit_code = (int)cpsrvd_span(json_object_get(cli,
	    "exit_on_failure"), 0);
	if (scene_flag(cli, "bare_errors", 0)) {
		fprintf(stderr, "%s\n", call->reason);
		answer->body.len = 0;
		answer->exit_code = 1;
	}
}

int
cli_run(const char *program, int argc, char **argv)
{
	const char	*path = getenv("CPSRVD_SCENARIO");
	int		 whm = strcmp(program, "whmapi1") == 0, i;
	struct command	 command = { 0, NULL, "" };
	struct answer	 answer;
	struct call	 call;

	i = command_parse(&command, whm, argc, argv);
	if (i == 0 || path == NULL) {
		fprintf(stderr, "Usage: %s [options] ...\n", program);
		return 2;
	}
	log_open(getenv("CPSRVD_LOG"));
	call_init(&call, path, DOOR_CLI);
	call.function = command.function;
	for (; i < argc; i++)
		params_add(&call.params, argv[i], strlen(argv[i]), 0);
	call_log(&call, program, argc, argv);
	identity_set(&call, &command);
	memset(&answer, 0, sizeof(answer));
	answer.length = -1;
	answer.type = "";
	text_put(&answer.body, "");
	if (whm)
		whm_call(&call, &answer.body);
	else
		uapi_call(&call, &answer.body, 1);
	failure_set(&call, &answer);
	fault_apply(&call, &answer);
	while (answer.hang)
		pause();
	if (answer.reset)
		raise(SIGKILL);
	answer_print(&answer, command.json);
	free(answer.body.data);
	call_release(&call);
	return answer.exit_code;
}

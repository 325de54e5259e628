/* SPDX-License-Identifier: ISC */
/* Happy eyeballs. */
#include "net/connect.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#define ATTEMPT_DELAY_MS 250	/* RFC 8305, clause 5 */

/* RFC 8305, clause 4: the families take turns, the first one begins. */
static void
connect_interleave(struct connect *race)
{
	const struct address_list *list = race->addresses;
	size_t at[2] = { 0, 0 }, n, turn = 0;
	sa_family_t first;

	if (list->n == 0)
		return;
	first = list->items[0].sa.ss_family;
	for (n = 0; n < list->n; turn = !turn) {
		while (at[turn] < list->n &&
		    (list->items[at[turn]].sa.ss_family == first) !=
		    (turn == 0))
			at[turn]++;
		if (at[turn] < list->n)
			race->order[n++] = (unsigned char)at[turn]++;
	}
}

void
connect_init(struct connect *race, const struct address_list *addresses)
{
	memset(race, 0, sizeof(*race));
	race->addresses = addresses;
	connect_interleave(race);
}

void
connect_release(struct connect *race)
{
	while (race->n_tries > 0)
		close(race->tries[--race->n_tries].fd);
}

/* How much an error says about the server: that a family has no route here
 * says least. */
static int
connect_rank(int error)
{
	switch (error) {
	case EAFNOSUPPORT:
	case EADDRNOTAVAIL:
	case ENETUNREACH:
		return 1;
	case EHOSTUNREACH:
	case ENETDOWN:
		return 2;
	default:
		return 3;
	}
}

static void
connect_note(struct connect *race, size_t index, int error)
{
	const struct address *address = &race->addresses->items[index];
	char text[INET6_ADDRSTRLEN];
	uint16_t port;

	race->failed++;
	if (connect_rank(error) < race->error_rank)
		return;
	race->error_rank = connect_rank(error);
	/* The port is in the same place for both families. */
	memcpy(&port, (const char *)&address->sa +
	    offsetof(struct sockaddr_in, sin_port), sizeof(port));
	address_format(address, text, sizeof(text));
	err_sys(&race->error, ERR_CONNECT, error, "connect to %s port %u",
	    text, (unsigned)ntohs(port));
}

/* Starts the next attempt.  1: it failed at once; -1: there is no descriptor
 * for it, later perhaps. */
static int
connect_start(struct connect *race)
{
	size_t index = race->order[race->started];
	const struct address *address = &race->addresses->items[index];
	int fd = socket(address->sa.ss_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 && (errno == EMFILE || errno == ENFILE ||
	    errno == ENOBUFS || errno == ENOMEM))
		return err_sys(&race->error, ERR_INTERNAL, errno,
		    "cannot open a socket");
	race->started++;
	if (fd < 0) {
		connect_note(race, index, errno);
		return 1;
	}
	if (connect(fd, (const struct sockaddr *)&address->sa,
	    address->len) != 0 && errno != EINPROGRESS && errno != EINTR) {
		connect_note(race, index, errno);
		close(fd);
		return 1;
	}
	race->tries[race->n_tries++] = (struct connect_try){ fd, index };
	return 0;
}

/* Looks at what is under way.  The winner's index in tries, else -1; those
 * that failed are taken out, and *freed tells that there were some. */
static int
connect_reap(struct connect *race, bool *freed)
{
	struct pollfd polls[TASK_FDS];
	unsigned i, n = race->n_tries;
	socklen_t len;
	int error;

	*freed = false;
	for (i = 0; i < n; i++)
		polls[i] = (struct pollfd){ race->tries[i].fd, POLLOUT, 0 };
	if (n == 0 || poll(polls, n, 0) <= 0)
		return -1;
	for (i = n; i-- > 0;) {
		if (polls[i].revents == 0)
			continue;
		error = 0;
		len = sizeof(error);
		if (getsockopt(race->tries[i].fd, SOL_SOCKET, SO_ERROR,
		    &error, &len) != 0)
			error = errno;
		if (error == 0)
			return (int)i;
		connect_note(race, race->tries[i].index, error);
		close(race->tries[i].fd);
		race->tries[i] = race->tries[--race->n_tries];
		*freed = true;
	}
	return -1;
}

static enum step
connect_win(struct connect *race, int winner, int *fd, size_t *index)
{
	const int on = 1;

	*fd = race->tries[winner].fd;
	*index = race->tries[winner].index;
	race->tries[winner] = race->tries[--race->n_tries];
	connect_release(race);
	/* Small flights both ways; nothing is worse without it. */
	(void)setsockopt(*fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return STEP_DONE;
}

static enum step
connect_fail(const struct connect *race, struct err *err)
{
	if (race->error.kind == ERR_CONNECT && race->failed > 1)
		err_set(err, ERR_CONNECT, "all %zu addresses failed; last: %s",
		    race->failed, race->error.text);
	else if (race->error.kind != ERR_NONE)
		*err = race->error;
	else
		err_set(err, ERR_CONNECT, "no address to connect to");
	err->sys = race->error.sys;
	return STEP_DONE;
}

static enum step
connect_wait(const struct connect *race, struct task *task)
{
	unsigned i;

	for (i = 0; i < race->n_tries; i++)
		task->fds[i] = race->tries[i].fd;
	task->n_fds = race->n_tries;
	task->wake_ms = 0;
	if (race->started < race->addresses->n && race->n_tries < TASK_FDS)
		task->wake_ms = race->next_ms;
	return STEP_WRITE;
}

enum step
connect_run(struct connect *race, struct task *task, int *fd, size_t *index,
    struct err *err)
{
	int64_t now = clock_mono_ms();
	int winner, begun = 0;
	bool at_once;

	*fd = -1;
	winner = connect_reap(race, &at_once);
	if (winner >= 0)
		return connect_win(race, winner, fd, index);
	if (at_once || race->n_tries == 0 || now >= race->next_ms) {
		race->next_ms = now + ATTEMPT_DELAY_MS;
		do {
			if (race->started == race->addresses->n ||
			    race->n_tries == TASK_FDS)
				break;
			begun = connect_start(race);
		} while (begun > 0);
	}
	if (race->n_tries == 0)
		return connect_fail(race, err);
	return connect_wait(race, task);
}

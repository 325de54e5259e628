/* SPDX-License-Identifier: ISC */
/*
 * Gives up, before the first byte of a peer is read, what a plugin never
 * needs, so that a hole in a parser is worth little: no other program can be
 * run, no file written or changed but in the cache, no privilege gained, no
 * other process looked into or signalled, nothing typed into a terminal; root
 * keeps no right of its own but to read and write what the rest allows.
 * Landlock and seccomp, as far as the kernel has them (Linux 5.13, x86-64 and
 * arm64); without them nothing happens.  Threads that are started later and
 * libraries that are loaded later work.
 */
#ifndef APP_CONFINE_H
#define APP_CONFINE_H

/* directory: a descriptor of the one folder that may be written to, which
 * stays the caller's, or -1.  For the rest of the process. */
void confine(int directory);

#endif

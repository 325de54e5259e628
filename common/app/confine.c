/* SPDX-License-Identifier: ISC */
/* What the kernel takes away for us. */
#include "app/confine.h"

#include "config.h"

#if defined(HAVE_LINUX_LANDLOCK_H) && defined(HAVE_LINUX_SECCOMP_H)

#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

/* Newer than the headers of some systems that we are built on. */
#define FS_REFER	(UINT64_C(1) << 13)
#define FS_TRUNCATE	(UINT64_C(1) << 14)
#define FS_IOCTL_DEV	(UINT64_C(1) << 15)

#define FS_CACHE							\
	(LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | \
	    LANDLOCK_ACCESS_FS_MAKE_REG)
#define FS_NEVER							\
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_REMOVE_DIR |	\
	    LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | \
	    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | \
	    LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)

/* A kernel refuses a ruleset with rights that it does not know. */
static uint64_t
confine_handled(long abi)
{
	uint64_t handled = FS_CACHE | FS_NEVER;

	if (abi >= 2)
		handled |= FS_REFER;
	if (abi >= 3)
		handled |= FS_TRUNCATE;
	if (abi >= 5)
		handled |= FS_IOCTL_DEV;
	return handled;
}

static void
confine_files(int directory)
{
	struct landlock_ruleset_attr attr = { 0 };
	struct landlock_path_beneath_attr beneath = {
		.parent_fd = directory
	};
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION);
	int rules;

	if (abi < 1)
		return;
	attr.handled_access_fs = confine_handled(abi);
	beneath.allowed_access = attr.handled_access_fs &
	    (FS_CACHE | FS_TRUNCATE);
	/* The size of the first version: later ones only grow. */
	rules = (int)syscall(SYS_landlock_create_ruleset, &attr,
	    sizeof(attr.handled_access_fs), 0);
	if (rules < 0)
		return;
	/* Without that rule there is no cache, which is no failure. */
	if (directory >= 0)
		(void)syscall(SYS_landlock_add_rule, rules,
		    LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
	(void)syscall(SYS_landlock_restrict_self, rules, 0);
	close(rules);
}

/* root without what makes it one, but to read and to keep a cache where its
 * user may not. */
static void
confine_root(void)
{
	static const uint32_t keep = 1U << CAP_DAC_OVERRIDE |
	    1U << CAP_DAC_READ_SEARCH;
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3
	};
	struct __user_cap_data_struct has[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (syscall(SYS_capget, &head, has) != 0)
		return;
	has[0].effective &= keep;
	has[0].permitted &= keep;
	has[0].inheritable = 0;
	has[1] = (struct __user_cap_data_struct){ 0 };
	(void)syscall(SYS_capset, &head, has);
}

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#define CALL_MAX 0x3fffffff		/* beyond: the x32 ABI */
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#define CALL_MAX UINT32_MAX
#endif

#ifdef ARCH

/* A sanitizer looks for leaks as a tracer would. */
#if defined(__SANITIZE_ADDRESS__)
#define TRACED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define TRACED 1
#endif
#endif

#define ALLOW	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define REFUSE	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM)
#define IF(value, else_skip)						\
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, else_skip)
#define DENY(call)	IF(SYS_##call, 1), REFUSE
/* The low half is all that these calls look at. */
#define ARGUMENT(n)							\
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS,				\
	    offsetof(struct seccomp_data, args[n]))
/* Emptied although it is opened for reading, which Landlock lets pass before
 * Linux 6.2. */
#define DENY_EMPTYING(call, n)						\
	IF(SYS_##call, 5), ARGUMENT(n),					\
	BPF_STMT(BPF_ALU | BPF_AND | BPF_K, O_TRUNC | O_ACCMODE),	\
	IF(O_TRUNC | O_RDONLY, 1), REFUSE, ALLOW

/* What Landlock does not see of files. */
#ifdef SYS_chmod		/* calls that newer machines do without */
#define DENY_OLD							\
	DENY_EMPTYING(open, 1),						\
	DENY(chmod), DENY(chown), DENY(lchown), DENY(utime),		\
	DENY(utimes), DENY(futimesat),
#else
#define DENY_OLD
#endif
#define DENY_FILES							\
	DENY_OLD							\
	DENY_EMPTYING(openat, 2), DENY(truncate),			\
	DENY(fchmodat), DENY(fchmod), DENY(fchownat), DENY(fchown),	\
	DENY(utimensat), DENY(setxattr), DENY(lsetxattr),		\
	DENY(fsetxattr), DENY(removexattr), DENY(lremovexattr),		\
	DENY(fremovexattr)

/* Newer than some headers, with the same numbers on all machines; the doors
 * beside those that are shut above and below. */
#define NR_PIDFD_SEND_SIGNAL	424
#define NR_IO_URING_SETUP	425
#define NR_OPENAT2		437
#define NR_FCHMODAT2		452
#define NR_SETXATTRAT		463
#define NR_REMOVEXATTRAT	466
#define DENY_NEW(number)	IF(number, 1), REFUSE

/* Signals to others; what a terminal would take for typed. */
#define DENY_OTHERS(self)						\
	DENY(kill), DENY(tkill), DENY(rt_sigqueueinfo),			\
	DENY(rt_tgsigqueueinfo),					\
	IF(SYS_tgkill, 4), ARGUMENT(0), IF(self, 1), ALLOW, REFUSE,	\
	IF(SYS_ioctl, 6), ARGUMENT(1), IF(TIOCSTI, 1), REFUSE,		\
	IF(TIOCLINUX, 1), REFUSE, ALLOW

/* What a parser that was taken over would ask for first; all else stays, so
 * that no library is surprised. */
static void
confine_calls(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0),
		REFUSE,
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
		    offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, CALL_MAX, 0, 1),
		REFUSE,
		DENY(execve), DENY(execveat),
		DENY(process_vm_readv), DENY(process_vm_writev),
#ifndef TRACED
		DENY(ptrace),
#endif
		DENY_OTHERS((uint32_t)getpid()), DENY_FILES,
		DENY_NEW(NR_PIDFD_SEND_SIGNAL), DENY_NEW(NR_IO_URING_SETUP),
		DENY_NEW(NR_OPENAT2), DENY_NEW(NR_FCHMODAT2),
		DENY_NEW(NR_SETXATTRAT), DENY_NEW(NR_REMOVEXATTRAT),
		DENY(bpf), DENY(perf_event_open), DENY(userfaultfd),
		DENY(keyctl), DENY(add_key), DENY(request_key),
		DENY(unshare), DENY(setns), DENY(mount), DENY(umount2),
		DENY(pivot_root), DENY(chroot), DENY(open_by_handle_at),
		DENY(init_module), DENY(finit_module), DENY(delete_module),
		DENY(kexec_load), DENY(reboot), DENY(swapon), DENY(swapoff),
		DENY(settimeofday), DENY(clock_settime), DENY(acct),
		ALLOW
	};
	const struct sock_fprog program = {
		.len = (unsigned short)(sizeof(filter) / sizeof(*filter)),
		.filter = filter
	};

	/* Without the flag old kernels would slow the whole process down. */
	(void)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
	    SECCOMP_FILTER_FLAG_SPEC_ALLOW, &program);
}

#else

static void
confine_calls(void)
{
}

#endif

void
confine(int directory)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return;
	confine_files(directory);
	confine_root();
	confine_calls();
}

#else

void
confine(int directory)
{
	(void)directory;
}

#endif

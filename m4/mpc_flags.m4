# SPDX-License-Identifier: ISC
#
# Compiler and linker flags that are used only where they work.

# MPC_COMPILE_FLAG(VARIABLE, FLAG)
# --------------------------------
# Appends FLAG to VARIABLE when the compiler takes it without a word.
AC_DEFUN([MPC_COMPILE_FLAG], [
AS_VAR_PUSHDEF([mpc_var], [mpc_cv_cflag_$2])
AC_CACHE_CHECK([whether $CC accepts $2], [mpc_var], [
	mpc_save_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS -Werror $2"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
	    [AS_VAR_SET([mpc_var], [yes])], [AS_VAR_SET([mpc_var], [no])])
	CFLAGS=$mpc_save_CFLAGS
])
AS_VAR_IF([mpc_var], [yes], [$1="${$1} $2"])
AS_VAR_POPDEF([mpc_var])
])

# MPC_LINK_FLAG(VARIABLE, FLAG)
# -----------------------------
# Appends FLAG to VARIABLE when a program can be linked with it.
AC_DEFUN([MPC_LINK_FLAG], [
AS_VAR_PUSHDEF([mpc_var], [mpc_cv_ldflag_$2])
AC_CACHE_CHECK([whether the linker accepts $2], [mpc_var], [
	mpc_save_LDFLAGS=$LDFLAGS
	mpc_save_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS -Werror"
	LDFLAGS="$LDFLAGS $2"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
	    [AS_VAR_SET([mpc_var], [yes])], [AS_VAR_SET([mpc_var], [no])])
	LDFLAGS=$mpc_save_LDFLAGS
	CFLAGS=$mpc_save_CFLAGS
])
AS_VAR_IF([mpc_var], [yes], [$1="${$1} $2"])
AS_VAR_POPDEF([mpc_var])
])

# MPC_FORTIFY(VARIABLE)
# ---------------------
# Appends -D_FORTIFY_SOURCE=2 to VARIABLE when the compiler optimises and
# neither it nor the user has set the macro.
AC_DEFUN([MPC_FORTIFY], [
AC_CACHE_CHECK([whether to add -D_FORTIFY_SOURCE=2], [mpc_cv_fortify], [
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([
#if !defined(__OPTIMIZE__) || defined(_FORTIFY_SOURCE)
#error "not here"
#endif
	], [])], [mpc_cv_fortify=yes], [mpc_cv_fortify=no])
])
AS_VAR_IF([mpc_cv_fortify], [yes], [$1="${$1} -D_FORTIFY_SOURCE=2"])
])

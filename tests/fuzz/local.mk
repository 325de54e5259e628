# SPDX-License-Identifier: ISC
#
# Fuzz targets: fuzz_THING.c defines LLVMFuzzerTestOneInput.  Configured with
# --enable-fuzzing (clang) each is a libFuzzer program; else it replays files,
# and tests/check-fuzz feeds it tests/fuzz/corpus/THING/.
# tests/check-lists --fix writes the list and the last lines.

fuzz_targets = \
	tests/fuzz/fuzz_autossl \
	tests/fuzz/fuzz_cache \
	tests/fuzz/fuzz_cert \
	tests/fuzz/fuzz_cert_diff \
	tests/fuzz/fuzz_chain \
	tests/fuzz/fuzz_crl \
	tests/fuzz/fuzz_crl_diff \
	tests/fuzz/fuzz_der \
	tests/fuzz/fuzz_extra_opts \
	tests/fuzz/fuzz_http \
	tests/fuzz/fuzz_ini \
	tests/fuzz/fuzz_json \
	tests/fuzz/fuzz_keylist \
	tests/fuzz/fuzz_keystore \
	tests/fuzz/fuzz_load \
	tests/fuzz/fuzz_ocsp \
	tests/fuzz/fuzz_options \
	tests/fuzz/fuzz_range \
	tests/fuzz/fuzz_render \
	tests/fuzz/fuzz_starttls \
	tests/fuzz/fuzz_target \
	tests/fuzz/fuzz_tunnel

check_PROGRAMS += $(fuzz_targets)

if FUZZING
FUZZ_LIBS = $(FUZZ_LDFLAGS) $(LDADD)
else
FUZZ_LIBS = tests/fuzz/libreplay.a $(LDADD)
check_LIBRARIES += tests/fuzz/libreplay.a
tests_fuzz_libreplay_a_SOURCES = tests/fuzz/replay.c tests/fuzz/fuzz.h \
	tests/fuzz/scratch.h tests/fuzz/tables.h
endif

tests_fuzz_fuzz_ini_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_options_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_starttls_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_target_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_cert_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_der_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_keystore_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_load_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_ocsp_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_crl_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_crl_diff_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_autossl_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_json_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_cache_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_cert_diff_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_chain_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_http_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_range_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_render_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_tunnel_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_extra_opts_LDADD = $(FUZZ_LIBS)
tests_fuzz_fuzz_keylist_LDADD = $(FUZZ_LIBS)

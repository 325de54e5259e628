# SPDX-License-Identifier: ISC
#
# Everything that make check runs, through prove.  Black-box tests
# (tests/cli/*.t) and the checks of the tree (tests/check-*) need no line
# here; programs do, and tests/check-lists --fix writes it.
#
#	make check				everything
#	make check T='tests/cli/expiry.t'	only that
#	make check PROVE_FLAGS=-v		loud
#	make check PROVE_JOBS=8

unit_tests = \
	tests/unit/test_alloc \
	tests/unit/test_arena \
	tests/unit/test_autossl_attach \
	tests/unit/test_autossl_call \
	tests/unit/test_autossl_envelope \
	tests/unit/test_autossl_local \
	tests/unit/test_autossl_read \
	tests/unit/test_autossl_samples \
	tests/unit/test_autossl_state \
	tests/unit/test_autossl_text \
	tests/unit/test_autossl_token \
	tests/unit/test_autossl_vhosts \
	tests/unit/test_buf \
	tests/unit/test_cache \
	tests/unit/test_cert \
	tests/unit/test_cert_corpora \
	tests/unit/test_cert_time \
	tests/unit/test_check_revocation \
	tests/unit/test_checks \
	tests/unit/test_checks_identity \
	tests/unit/test_checks_queue \
	tests/unit/test_checks_queue_parts \
	tests/unit/test_checks_queue_story \
	tests/unit/test_clock \
	tests/unit/test_command \
	tests/unit/test_connect \
	tests/unit/test_crl \
	tests/unit/test_crl_corpora \
	tests/unit/test_crl_feed \
	tests/unit/test_crl_judge \
	tests/unit/test_der_scan \
	tests/unit/test_duration \
	tests/unit/test_err \
	tests/unit/test_extra_opts \
	tests/unit/test_fetch \
	tests/unit/test_hostname \
	tests/unit/test_http \
	tests/unit/test_http_head \
	tests/unit/test_idn \
	tests/unit/test_integration \
	tests/unit/test_issuer \
	tests/unit/test_json_reader \
	tests/unit/test_json_writer \
	tests/unit/test_keystore \
	tests/unit/test_load \
	tests/unit/test_load_key \
	tests/unit/test_loop \
	tests/unit/test_name \
	tests/unit/test_ocsp \
	tests/unit/test_ocsp_corpora \
	tests/unit/test_option \
	tests/unit/test_places \
	tests/unit/test_proxy \
	tests/unit/test_render \
	tests/unit/test_report \
	tests/unit/test_resolve \
	tests/unit/test_session \
	tests/unit/test_session_starttls \
	tests/unit/test_starttls \
	tests/unit/test_starved \
	tests/unit/test_status \
	tests/unit/test_target \
	tests/unit/test_target_line \
	tests/unit/test_text \
	tests/unit/test_threshold \
	tests/unit/test_tls \
	tests/unit/test_tls_message \
	tests/unit/test_weakkey

tests_unit_headers = \
	tests/unit/autossl_client.h \
	tests/unit/autossl_samples.h \
	tests/unit/autossl_scene.h \
	tests/unit/autossl_site.h \
	tests/unit/crl_make.h \
	tests/unit/der_make.h \
	tests/unit/der_text.h \
	tests/unit/http_pages.h \
	tests/unit/http_site.h \
	tests/unit/net_peer.h \
	tests/unit/net_session.h \
	tests/unit/ocsp_make.h \
	tests/unit/ocsp_scenes.h \
	tests/unit/pki_make.h \
	tests/unit/queue_bench.h \
	tests/unit/render_cases.h \
	tests/unit/starttls_transcripts.h \
	tests/unit/tap.h \
	tests/unit/tls_recorded.h

tests_servers_cpsrvd_SOURCES = \
	tests/servers/cpsrvd.c \
	tests/servers/cpsrvd.h \
	tests/servers/cpsrvd_auth.c \
	tests/servers/cpsrvd_big.c \
	tests/servers/cpsrvd_cli.c \
	tests/servers/cpsrvd_fault.c \
	tests/servers/cpsrvd_http.c \
	tests/servers/cpsrvd_list.c \
	tests/servers/cpsrvd_log.c \
	tests/servers/cpsrvd_route.c \
	tests/servers/cpsrvd_scene.c \
	tests/servers/cpsrvd_shape.c \
	tests/servers/cpsrvd_text.c \
	tests/servers/cpsrvd_uapi.c \
	tests/servers/cpsrvd_uapi_ssl.c \
	tests/servers/cpsrvd_whm.c \
	tests/servers/cpsrvd_whm_autossl.c \
	tests/servers/cpsrvd_whm_host.c \
	tests/servers/cpsrvd_yaml.c

tests_servers_mkcert_SOURCES = \
	tests/servers/mkcert.c \
	tests/servers/mkcert.h \
	tests/servers/mkcert_cert.c \
	tests/servers/mkcert_crl.c \
	tests/servers/mkcert_ext.c \
	tests/servers/mkcert_jks.c \
	tests/servers/mkcert_key.c \
	tests/servers/mkcert_ocsp.c \
	tests/servers/mkcert_patch.c \
	tests/servers/mkcert_point.c \
	tests/servers/mkcert_spec.c \
	tests/servers/mkcert_store.c

tests_servers_tls_server_SOURCES = \
	tests/servers/tls_server.c \
	tests/servers/tls_server.h \
	tests/servers/tls_server_binary.c \
	tests/servers/tls_server_config.c \
	tests/servers/tls_server_conn.c \
	tests/servers/tls_server_fault.c \
	tests/servers/tls_server_gnutls.c \
	tests/servers/tls_server_proxy.c \
	tests/servers/tls_server_starttls.c \
	tests/servers/tls_server_tls.c \
	tests/servers/tls_server_wire.c

tests_servers_http_server_SOURCES = tests/servers/http_server.c

test_tools = tests/servers/cpsrvd tests/servers/mkcert \
	tests/servers/tls_server tests/servers/http_server
check_PROGRAMS += $(unit_tests) $(test_tools)

# The tools stand alone: OpenSSL, nothing of ours, no sanitizers.
tool_CFLAGS = $(MPC_CFLAGS) $(OPENSSL_CFLAGS)
tests_servers_cpsrvd_CFLAGS = $(tool_CFLAGS) $(JANSSON_CFLAGS)
tests_servers_cpsrvd_LDFLAGS = $(MPC_LDFLAGS)
tests_servers_cpsrvd_LDADD = $(OPENSSL_LIBS) $(JANSSON_LIBS)
tests_servers_mkcert_CFLAGS = $(tool_CFLAGS)
tests_servers_mkcert_LDFLAGS = $(MPC_LDFLAGS)
tests_servers_mkcert_LDADD = $(OPENSSL_LIBS)
tests_servers_tls_server_CFLAGS = $(tool_CFLAGS)
tests_servers_tls_server_LDFLAGS = $(MPC_LDFLAGS)
tests_servers_tls_server_LDADD = $(OPENSSL_LIBS)
tests_servers_http_server_CFLAGS = $(tool_CFLAGS)
tests_servers_http_server_LDFLAGS = $(MPC_LDFLAGS)
tests_servers_http_server_LDADD =

# What the quickstart demo needs, and all that make check builds; nothing is
# run.  The second make is not part of a race for the library with the first.
.PHONY: test-tools check-programs
test-tools: all
	$(MAKE) $(AM_MAKEFLAGS) $(test_tools)
check-programs: all
	$(MAKE) $(AM_MAKEFLAGS) $(check_PROGRAMS) $(check_LIBRARIES)

PROVE_FLAGS =
CHECK_PLUGINDIR = $(abs_top_builddir)/plugins
PROVE_JOBS = $$(($$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2) + 1))
T = $(unit_tests) tests/check-* tests/cli/*.t

# A file of T is a built program or a script of the source tree.
check-local:
	@test -n '$(PROVE)' || { echo 'make check needs prove (perl)'; exit 1; }
	@PLUGINDIR='$(CHECK_PLUGINDIR)'; \
	TOP_SRCDIR='$(abs_top_srcdir)'; \
	TOP_BUILDDIR='$(abs_top_builddir)'; \
	MPC_TOOLDIR='$(abs_top_builddir)/tests/servers' CC='$(CC)'; \
	: "$${MPC_CORPORA=$$TOP_SRCDIR/../shared/corpora}"; \
	if test -d "$$MPC_CORPORA"; then \
	  MPC_CORPORA=$$(cd "$$MPC_CORPORA" && pwd -P); export MPC_CORPORA; \
	else unset MPC_CORPORA; fi; \
	: "$${MPC_AUTOSSL_SAMPLES=$$TOP_SRCDIR/../shared/autossl-samples}"; \
	if test -d "$$MPC_AUTOSSL_SAMPLES"; then \
	  MPC_AUTOSSL_SAMPLES=$$(cd "$$MPC_AUTOSSL_SAMPLES" && pwd -P); \
	  export MPC_AUTOSSL_SAMPLES; \
	else unset MPC_AUTOSSL_SAMPLES; fi; \
	LC_ALL=C.UTF-8 TZ=UTC0; \
	export PLUGINDIR TOP_SRCDIR TOP_BUILDDIR MPC_TOOLDIR CC LC_ALL TZ; \
	unset SSL_CERT_FILE SSL_CERT_DIR OPENSSL_CONF MAKEFLAGS MFLAGS \
	  http_proxy https_proxy all_proxy no_proxy \
	  HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY \
	  NAGIOS_CONFIG_PATH MP_CONFIG_FILE NO_COLOR; \
	set --; \
	for t in $(T); do \
	  if test -e "$$t"; then set -- "$$@" "$$t"; continue; fi; \
	  for f in $(srcdir)/$$t; do \
	    test -e "$$f" || { echo "no test $$t"; exit 1; }; \
	    set -- "$$@" "$$f"; \
	  done; \
	done; \
	$(PROVE) $(PROVE_FLAGS) -j $(PROVE_JOBS) "$$@"

EXTRA_DIST += $(tests_unit_headers)

# SPDX-License-Identifier: ISC
#
# The common library, linked into every plugin and never installed.
# tests/check-lists compares the list with the tree; with --fix it rewrites it.

noinst_LIBRARIES += common/libcert-common.a
common_libcert_common_a_SOURCES = \
	common/app/app.h \
	common/app/extra_opts.c \
	common/app/ini.c \
	common/app/ini.h \
	common/app/options.c \
	common/app/options.h \
	common/app/options_cert_expiry.c \
	common/app/options_target.c \
	common/base/alloc.c \
	common/base/alloc.h \
	common/base/arena.c \
	common/base/arena.h \
	common/base/buf.c \
	common/base/buf.h \
	common/base/bytes.h \
	common/base/clock.c \
	common/base/clock.h \
	common/base/duration.c \
	common/base/duration.h \
	common/base/err.c \
	common/base/err.h \
	common/base/idn.c \
	common/base/idn.h \
	common/base/json_writer.c \
	common/base/json_writer.h \
	common/base/list.c \
	common/base/list.h \
	common/base/text.c \
	common/base/text.h \
	common/base/text_escape.c \
	common/model/facts.h \
	common/model/finding.c \
	common/model/finding.h \
	common/model/hostname.c \
	common/model/hostname.h \
	common/model/observation.h \
	common/model/option.c \
	common/model/option.h \
	common/model/options.h \
	common/model/report.h \
	common/model/status.c \
	common/model/status.h \
	common/model/target.h \
	common/model/threshold.c \
	common/model/threshold.h \
	common/net/loop.c \
	common/net/loop.h \
	common/net/resolve.c \
	common/net/resolve.h \
	common/net/session.h \
	common/net/starttls.h \
	common/net/tls.h \
	common/pki/cert.h \
	common/pki/der_scan.c \
	common/pki/der_scan.h \
	common/pki/load.h \
	common/pki/name.c \
	common/pki/name.h \
	common/pki/name_chars.c \
	common/pki/name_chars.h \
	common/pki/name_hash.c \
	common/pki/name_read.c \
	common/pki/name_read.h \
	common/pki/oid.c \
	common/pki/oid.h \
	common/pki/ossl.c \
	common/pki/ossl.h \
	common/pki/path.c \
	common/pki/path.h \
	common/pki/pem.c \
	common/pki/pem.h \
	common/probe/file.c \
	common/probe/file.h \
	common/probe/truststore.c \
	common/probe/truststore.h \
	common/render/render.h

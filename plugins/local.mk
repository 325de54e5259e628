# SPDX-License-Identifier: ISC
#
# Three lines per plugin; its man page and its completion are made from
# itself.

plugin_PROGRAMS += plugins/check_cert_expiry
plugins_check_cert_expiry_SOURCES = plugins/check_cert_expiry.c
plugin_PROGRAMS += plugins/check_ocsp
plugins_check_ocsp_SOURCES = plugins/check_ocsp.c
plugin_PROGRAMS += plugins/check_autossl_queue
plugins_check_autossl_queue_SOURCES = plugins/check_autossl_queue.c
plugin_NAMES = check_autossl_queue check_cert_expiry check_ocsp

EXTRA_DIST += $(plugin_NAMES:%=plugins/%.man.in)

if RUNNABLE
man8_MANS += $(plugin_NAMES:%=plugins/%.8)
bashcompletion_DATA += $(plugin_NAMES:%=plugins/completions/%)
CLEANFILES += $(man8_MANS) $(bashcompletion_DATA)
endif

# Pages leave with exit code 3, like --help.
print_page = $(PLUGIN_RUNNER) plugins/$* --integration=$(1) >$@.page || \
	test $$? -eq 3

plugins/%.8: plugins/%.man.in plugins/% build-aux/merge-man
	$(AM_V_GEN){ $(call print_page,man); } && VERSION=$(PACKAGE_VERSION) \
	$(SHELL) $(srcdir)/build-aux/merge-man $@.page $< >$@.new && \
	rm -f $@.page && mv $@.new $@

plugins/completions/%: plugins/%
	$(AM_V_GEN)$(MKDIR_P) $(@D) && { $(call print_page,bash); } && \
	grep '^complete ' $@.page >/dev/null && mv $@.page $@

# An installed plugin runs, and says its version with exit code 3.
installcheck-local:
	@for p in $(plugin_NAMES); do \
	  $(PLUGIN_RUNNER) "$(DESTDIR)$(plugindir)/$$p" --version; rc=$$?; \
	  test $$rc -eq 3 || { echo "$$p --version: exit $$rc"; exit 1; }; \
	done

# SPDX-License-Identifier: ISC
#
# Files for the systems around the plugins; shipped as they are.

# What the plugins print of themselves, in the tree for those who only look.
refresh-contrib: $(plugin_PROGRAMS)
	$(srcdir)/contrib/refresh plugins $(srcdir)/contrib
.PHONY: refresh-contrib

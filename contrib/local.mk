# SPDX-License-Identifier: ISC
#
# Files for the systems around the plugins; shipped as they are.

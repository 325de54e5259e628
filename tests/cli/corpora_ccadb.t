#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# The corpus ccadb-revoked-2026-07: certificates of 57 CAs that are revoked in
# the real world.  Without the network nobody can know that: UNKNOWN, never OK.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $corpus = corpora('ccadb-revoked-2026-07');
for my $leaf (sort glob "$corpus/der/*/ee.der") {
	my ($site) = $leaf =~ m{([^/]+)/ee\.der$};
	my $run = run_plugin('check_ocsp', '-f', $leaf, '--issuer',
	    $leaf =~ s/ee\.der$/int0.der/r, '--offline', '--no-cache',
	    '--at=2026-07-08', '-o', 'nagios');
	is($run->{exit}, 3, "$site: nobody was asked");
}
done_testing();

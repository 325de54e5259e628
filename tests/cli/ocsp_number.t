#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# A CRL whose number goes backwards between runs was replayed (RFC 5280
# 5.2.3): the cache remembers the highest seen.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $site = site();
my $crl = $site->url('/ca.crl');
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
c issuer=root crldp=$crl
\@crl file=old.crl issuer=root number=7
\@crl file=new.crl issuer=root number=8
.
my $cache = scratch() . '/cache';
mkdir $cache, 0700 or die;

sub serve {
	$site->rules("/ca.crl file=$pki/$_[0] "
	    . 'header="Cache-Control: max-age=0"');
}

sub judged {
	my ($name, $state, $findings) = @_;
	my @args = grep { $_ ne '--no-cache' } file_args($pki, 'c');
	verdict($name, [ @args, "--cache-dir=$cache" ], $state, $findings);
}

serve('new.crl');
judged('first seen', 'ok', []);
serve('old.crl');
judged('an older one', 'warning', ['crl.number']);
judged('still older', 'warning', ['crl.number']);
serve('new.crl');
judged('the same as before', 'ok', []);
done_testing();

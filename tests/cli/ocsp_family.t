#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# -4 and -6 hold for what is fetched, too: the responder has a name with an
# address of each kind, and only one of them answers.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $site = site();
my ($port) = $site->url('/') =~ /:(\d+)/;
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
o issuer=root aia-ocsp=http://ocsp.test:$port/ocsp
\@ocsp file=o.ors of=o issuer=root hash=sha256
.
$site->rules("/ocsp* file=$pki/o.ors");
my $both = resolver('ocsp.test' => '127.0.0.1,::1');
for my $row ([ 'both families' ], [ '-4', '-4' ], [ '-4 and -6', '-4', '-6' ]) {
	my ($title, @args) = @$row;
	state_is(check_json(file_args($pki, 'o', @args), { env => $both }),
	    'ok', $title);
}
my $run = check_json(file_args($pki, 'o', '-6'), { env => $both });
state_is($run, 'unknown', '-6: nobody answers there');
has_finding($run, 'ocsp.unreachable', 'leaf', 'unknown');
like(text_of($run, 'ocsp.unreachable'), qr/refused|unreachable|assign/i,
    '-6: the other address is tried');

done_testing;

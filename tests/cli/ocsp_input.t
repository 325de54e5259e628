#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# What the user gives and is no good: one clear line that names it, exit 3,
# and never OK.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $pki = pki(<<'.');
root cn=Lab%20Root ca=yes
twin cn=Lab%20Root ca=yes
stranger cn=Stranger ca=yes
inter cn=Inter ca=yes issuer=root
impostor cn=Inter ca=yes
leaf issuer=inter
other issuer=stranger
@crl file=good.crl issuer=inter
@crl file=root.crl issuer=root
@crl file=stranger.crl issuer=stranger
@crl file=impostor.crl issuer=impostor
@ocsp file=good.ors of=leaf issuer=inter
@ocsp file=other.ors of=other issuer=stranger
.
my %file = (
	garbage => write_file('garbage', "no such thing\n"),
	empty => write_file('empty', ''),
	zeros => write_file('zeros', "\0" x 4096),
	cut => write_file('cut', substr(read_file("$pki/good.ors"), 0, 90)),
	cutcrl => write_file('cutcrl',
	    substr(read_file("$pki/good.crl"), 0, 90)),
	badlist => write_file('badlist', join "\n", '0' x 64, '1' x 63, ''),
	badbinary => write_file('badbinary', "\xff" x 33),
	none => scratch() . '/none',
);
my @leaf = ('-f', "$pki/leaf.pem", "--ca-file=$pki/root.pem", '--no-cache',
    '--offline', '--leaf-only');
my @issuer = ("--issuer=$pki/inter.pem");
my @good = (@issuer, "--crl=$pki/good.crl");
verdict('all is well', [ @leaf, @good ], 'ok', []);

# title, arguments, line 1
my @rows = (
	[ 'no issuer', [ "--crl=$pki/good.crl" ],
	    qr/issuer.*\(Inter\).* was not found/ ],
	[ 'an issuer that did not sign it', [ "--issuer=$pki/stranger.pem",
	    "--crl=$pki/good.crl" ], qr/--issuer.*Inter/ ],
	[ 'an issuer of the same name that did not sign it',
	    [ "--issuer=$pki/impostor.pem", "--crl=$pki/impostor.crl" ],
	    qr/issuer|signature/i ],
	[ 'a CRL of another CA', [ @issuer, "--crl=$pki/stranger.crl" ],
	    qr/stranger\.crl: .*another CA/ ],
	[ 'a CRL of an impostor', [ @issuer, "--crl=$pki/impostor.crl" ],
	    qr/impostor\.crl: .*(?:signature|another CA|key)/ ],
	[ 'a response about another', [ @issuer,
	    "--ocsp-response=$pki/other.ors" ],
	    qr/other\.ors: .*another certificate/ ],
	(map { [ "a response that is $_->[0]", [ @issuer,
	    "--ocsp-response=$file{$_->[0]}" ], $_->[1] ] }
	    [ garbage => qr/garbage: / ], [ empty => qr/empty/ ],
	    [ zeros => qr/zeros: / ], [ cut => qr/cut: / ],
	    [ none => qr/--ocsp-response: .*none: No such file/ ]),
	(map { [ "a CRL that is $_->[0]", [ @issuer,
	    "--crl=$file{$_->[0]}" ], $_->[1] ] }
	    [ garbage => qr/garbage: .*not a CRL/ ],
	    [ empty => qr/empty/ ], [ zeros => qr/zeros: .*not a/ ],
	    [ cutcrl => qr/cutcrl: / ], [ none => qr/none: No such file/ ]),
	[ 'a list with a bad line', [ @good,
	    "--compromised-keys=$file{badlist}" ],
	    qr/--compromised-keys: .*badlist: line 2 is not/ ],
	[ 'a binary list that is none', [ @good,
	    "--compromised-keys=$file{badbinary}" ],
	    qr/--compromised-keys: .*badbinary/ ],
	[ 'a list that is not there', [ @good,
	    "--compromised-keys=$file{none}" ],
	    qr/--compromised-keys: .*No such file/ ],
	(map { my $option = $_; map { [ "$option: $_", [ @good,
	    "$option=$file{$_}" ], qr/\Q$option\E: .*$_/ ] }
	    qw(garbage empty none) } qw(--issuer --revoked-cert)),
);
for my $row (@rows) {
	my ($title, $args, $like) = @$row;
	my $run = check(@leaf, @$args);
	state_is($run, 'unknown', $title);
	line1_like($run, $like, "$title: line 1");
	my ($line) = split /\n/, $run->{out};
	my $path = scratch();
	cmp_ok(length($line =~ s/\Q$path\E\S*\///gr =~ s/ \|.*//r), '<=', 130,
	    "$title: short") or diag($line);
	unlike($line, qr/(\S+): \1:/, "$title: nothing is said twice");
}

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Lists that cover some reasons each: only together do they say good.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $site = site();
my ($one, $two) = map { $site->url($_) } qw(/1.crl /2.crl);
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
good issuer=root crldp=$one,$two
.
my $dir = scratch();
my %lists = (
	key => [ $one, 'keyCompromise' ],
	rest => [ $two, 'CACompromise,affiliationChanged,superseded,'
	    . 'cessationOfOperation,certificateHold,privilegeWithdrawn,'
	    . 'AACompromise' ],
	less => [ $two, 'CACompromise,affiliationChanged,superseded,'
	    . 'cessationOfOperation,certificateHold,privilegeWithdrawn' ],
);

sub sign {
	my ($name, $file) = @_;
	my ($url, $reasons) = @{ $lists{$name} };
	write_file("$dir/ca.cnf", <<".");
[ca]
default_ca = this
[this]
database = $dir/index.txt
default_md = sha256
default_crl_days = 7
unique_subject = no
crl_extensions = ext
[ext]
issuingDistributionPoint = critical, \@idp
[idp]
fullname = URI:$url
onlysomereasons = $reasons
.
	openssl_ok('ca', '-config', "$dir/ca.cnf", '-cert', "$pki/root.pem",
	    '-keyfile', "$pki/root.key", '-gencrl', '-out', "$dir/$file");
	return;
}

write_file("$dir/index.txt", '');
sign($_, "$_.crl") for keys %lists;

my @rows = (
	[ 'key', 'rest', 'ok', [] ],
	[ 'key', 'less', 'unknown', [ 'ocsp.unusable' ] ],
	[ 'key', undef, 'unknown', [ 'ocsp.unreachable', 'ocsp.unusable' ] ],
	[ undef, 'rest', 'unknown', [ 'ocsp.unreachable', 'ocsp.unusable' ] ],
);
for my $row (@rows) {
	my ($first, $second, $state, $ids) = @$row;
	my @rules = map { defined ? "file=$dir/$_.crl" : 'status=404' }
	    $first, $second;
	$site->rules("/1.crl $rules[0]", "/2.crl $rules[1]");
	verdict(join(' and ', map { $_ // 'none' } $first, $second),
	    [ file_args($pki, 'good') ], $state, $ids);
}

# By hand.
verdict('both given', [ file_args($pki, 'good', "--crl=$dir/key.crl",
    "--crl=$dir/rest.crl") ], 'ok', []);
verdict('the same twice', [ file_args($pki, 'good', "--crl=$dir/key.crl",
    "--crl=$dir/key.crl") ], 'unknown', [ 'ocsp.unusable' ]);

# Revoked in either.
openssl_ok('ca', '-config', "$dir/ca.cnf", '-cert', "$pki/root.pem",
    '-keyfile', "$pki/root.key", '-revoke', "$pki/good.pem", '-crl_reason',
    'superseded');
sign('rest', 'revoked.crl');
$site->rules("/1.crl file=$dir/key.crl", "/2.crl file=$dir/revoked.crl");
verdict('revoked in the second', [ file_args($pki, 'good') ], 'critical',
    [ 'ocsp.revoked' ]);

done_testing;

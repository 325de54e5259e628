#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Distribution points that are no URL: names in a directory, names relative to
# the CRL's issuer, ldap; and the lists that --crl gives for them (RFC 5280
# 4.2.1.13, 5.2.5, 6.3.3 (b)(2)).
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $site = site();
my ($one, $two) = map { $site->url($_) } qw(/1.crl /2.crl);
my $ldap = 'ldap://127.0.0.1/cn=Lab?certificateRevocationList';
my @some = map { "reason:$_" } qw(keyCompromise CACompromise
    affiliationChanged superseded cessationOfOperation certificateHold);
my $late = 'reason:privilegeWithdrawn,reason:AACompromise';
my $parts = join(';', 'dirname:Part', @some) . ',dirname:Late;' .
    $late =~ s/,/;/r;
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
wide cn=Lab%20%20ROOT ca=yes key=\@root dn-type=printable
relative issuer=root crldp=relative:Part
relativecase issuer=root crldp=relative:%20pART
relativeother issuer=root crldp=relative:Other
relativeof issuer=root crldp=relative:Part;issuer:Lab%20Root
relativetwo issuer=root crldp=relative:Part;issuer:Lab%20Root;issuer:Other
directory issuer=root crldp=dirname:Part
issuername issuer=root crldp=dirname:Lab%20Root
issueronly issuer=root crldp=issuer:Lab%20Root
plain issuer=root
url issuer=root crldp=$one
mixed issuer=root crldp=relative:Part,dirname:Part,$ldap,$one
alternatives issuer=root crldp=$ldap;$one
twourls issuer=root crldp=$one,$two
twoplaces issuer=root crldp=$one;$two
ldap issuer=root crldp=$ldap
parts issuer=root crldp=$parts
\@crl file=whole.crl issuer=root
\@crl file=wide.crl issuer=wide
\@crl file=relative.crl issuer=root idp=relative:Part
\@crl file=widerelative.crl issuer=wide idp=relative:part
\@crl file=directory.crl issuer=root idp=dirname:Part
\@crl file=issuer.crl issuer=root idp=dirname:Lab%20Root
\@crl file=url.crl issuer=root idp=$one
\@crl file=both.crl issuer=root idp=$two,dirname:Part
\@crl file=listed.crl issuer=root idp=relative:Part revoked=relative:superseded,directory
\@crl file=some.crl issuer=root idp=dirname:Part,${\\ join ',', @some}
\@crl file=late.crl issuer=root idp=dirname:Late,$late
\@crl file=withdrawn.crl issuer=root idp=dirname:Late,$late revoked=parts:privilegeWithdrawn
\@crl file=latewrong.crl issuer=root idp=dirname:Part,$late
.

# Of this certificate, by this list given by hand: state.
my @rows = (
	[ 'relative', 'relative', 'ok' ],
	[ 'relative', 'listed', 'critical' ],
	[ 'relative', 'widerelative', 'ok' ],
	[ 'relative', 'whole', 'ok' ],
	[ 'relative', 'wide', 'ok' ],
	[ 'relative', 'directory', 'unknown' ],
	[ 'relative', 'url', 'unknown' ],
	[ 'relativecase', 'relative', 'ok' ],
	[ 'relativeother', 'relative', 'unknown' ],
	[ 'relativeother', 'listed', 'unknown' ],
	[ 'relativeof', 'relative', 'ok' ],
	[ 'relativetwo', 'relative', 'unknown' ],
	[ 'directory', 'directory', 'ok' ],
	[ 'directory', 'both', 'ok' ],
	[ 'directory', 'relative', 'unknown' ],
	[ 'directory', 'listed', 'unknown' ],
	[ 'issuername', 'issuer', 'ok' ],
	[ 'issueronly', 'issuer', 'ok' ],
	[ 'issueronly', 'whole', 'ok' ],
	[ 'plain', 'whole', 'ok' ],
	# RFC 5280 6.3.3, end: the CA's own list, whatever the points say.
	[ 'plain', 'issuer', 'ok' ],
	[ 'url', 'issuer', 'ok' ],
	[ 'plain', 'url', 'unknown' ],
	[ 'plain', 'relative', 'unknown' ],
	[ 'plain', 'directory', 'unknown' ],
	[ 'url', 'url', 'ok' ],
	[ 'url', 'relative', 'unknown' ],
	[ 'parts', 'some late', 'ok' ],
	[ 'parts', 'late some', 'ok' ],
	[ 'parts', 'some', 'unknown' ],
	[ 'parts', 'some withdrawn', 'critical' ],
	[ 'parts', 'withdrawn', 'critical' ],
	# The reasons that the point is for do not include those of the list.
	[ 'parts', 'some latewrong', 'unknown' ],
);
for my $row (@rows) {
	my ($name, $lists, $state) = @$row;
	my @lists = map { "--crl=$pki/$_.crl" } split / /, $lists;
	verdict("$name by $lists: $state", [ file_args($pki, $name,
	    '--offline', @lists) ], $state, $state eq 'ok' ? [] :
	    $state eq 'critical' ? [ 'ocsp.revoked' ] : [ 'ocsp.unusable' ]);
}

# Points that nothing can be fetched from: told, and the next is asked.
$site->rules("/1.crl file=$pki/whole.crl");
verdict('the fourth point', [ file_args($pki, 'mixed') ], 'ok', []);
ok($site->count('/1.crl') > 0, 'is asked');
verdict('ldap, then http in one point', [ file_args($pki, 'alternatives') ],
    'ok', []);
$site->rules('/1.crl status=404');
my $run = verdict('and is not there', [ file_args($pki, 'mixed') ],
    'unknown', [ 'ocsp.unreachable', 'ocsp.unusable' ]);
my $text = text_of($run, 'ocsp.unusable');
like($text, qr/relative to the CRL's issuer has no URL/, 'relative: told');
like($text, qr/name in a directory has no URL/, 'directory: told');
like($text, qr/ldap is not supported/, 'ldap: told');
for my $row ([ 'relative', qr/relative to the CRL's issuer/ ],
    [ 'directory', qr/name in a directory/ ],
    [ 'issueronly', qr/names its CRL issuer only/ ],
    [ 'ldap', qr/ldap is not supported/ ]) {
	$run = verdict("$row->[0] alone", [ file_args($pki, $row->[0]) ],
	    'unknown', [ 'ocsp.unusable' ]);
	like(text_of($run, 'ocsp.unusable'), $row->[1], 'and its text');
}

# Several URLs of one point are one list's.
for my $row ([ 'status=404' ], [ 'body=garbage' ],
    [ "file=$pki/latewrong.crl" ]) {
	$site->rules("/1.crl $row->[0]", "/2.crl file=$pki/whole.crl");
	verdict("the second URL of a point, the first $row->[0]",
	    [ file_args($pki, 'twoplaces') ], 'ok', []);
}

# A list that says that it is of this URL, fetched from the other.
$site->rules("/1.crl file=$pki/url.crl", "/2.crl status=404");
verdict('its own list', [ file_args($pki, 'twourls') ], 'ok', []);
$site->rules("/2.crl file=$pki/url.crl", "/1.crl status=404");
verdict('the list of another point', [ file_args($pki, 'twourls') ],
    'unknown', [ 'ocsp.unreachable', 'ocsp.unusable' ]);

done_testing;

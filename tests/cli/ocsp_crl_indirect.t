#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Indirect lists: entries of several issuers, and who may sign them (RFC 5280
# 5.2.5, 5.3.3, 6.3.3).
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $site = site();
my $url = $site->url('/1.crl');
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
other cn=Other ca=yes
ind cn=Ind ca=yes ku=critical,cRLSign issuer=root
nosign cn=Ind ca=yes ku=critical,keyCertSign issuer=root
fake cn=Ind ca=yes ku=critical,cRLSign
inter cn=Inter ca=yes issuer=root
mine issuer=root serial=0x1234 crldp=$url;issuer:Ind
under issuer=inter serial=0x1234 crldp=$url;issuer:Ind
unnamed issuer=root serial=0x1234 crldp=$url
onlyissuer issuer=root serial=0x1234 crldp=issuer:Ind
twoissuers issuer=root serial=0x1234 crldp=$url;issuer:Nobody;issuer:Ind
own issuer=root serial=0x1234 crldp=$url;issuer:Lab%20Root
.
my $idp = "idp=indirect,$url";
# Name of the list, its words, of whom it is, how it is called.
my @lists = (
	# The certificate issuer of an entry lasts until the next.
	[ 'sticks', "issuer=ind revoked=0x01\@other,0x1234,0x02\@root,0x03 $idp" ],
	[ 'sticksto', "issuer=ind revoked=0x01\@other,0x02\@root,0x1234:superseded $idp" ],
	[ 'back', "issuer=ind revoked=0x02\@root,0x01\@other,0x1234 $idp" ],
	[ 'named', "issuer=ind revoked=0x1234\@root:keyCompromise $idp" ],
	[ 'unsaid', "issuer=ind revoked=0x1234,0x02\@root $idp" ],
	[ 'both', "issuer=ind revoked=0x1234\@other,0x1234\@root:superseded $idp" ],
	[ 'inters', "issuer=ind revoked=0x1234\@inter $idp" ],
	[ 'empty', "issuer=ind $idp" ],
	[ 'fullname', 'issuer=ind idp=indirect' ],
	[ 'direct', "issuer=ind idp=$url" ],
	[ 'nosign', "issuer=nosign revoked=0x1234\@root $idp" ],
	[ 'fake', "issuer=fake $idp" ],
	[ 'fakenamed', "issuer=fake revoked=0x1234\@root $idp" ],
	[ 'roots', "issuer=root idp=indirect,$url revoked=0x01\@other,0x1234" ],
	[ 'rootsown', "issuer=root idp=indirect,$url revoked=0x1234,0x01\@other" ],
	[ 'notindirect', "issuer=root revoked=0x01\@other,0x02" ],
	[ 'direct2', "issuer=root idp=$url" ],
);
mkcert($pki, join '', map { "\@crl file=$_->[0].crl $_->[1]\n" } @lists);
write_file('signers.pem', join '', map { read_file("$pki/$_.pem") }
    qw(ind nosign fake));

my @no = ('unknown', 'ocsp.unusable');
my @yes = ('critical', 'ocsp.revoked');
# Certificate, certificates beside it, list, state, text.
my @rows = (
	[ 'mine', 'ind', 'empty', 'ok' ],
	[ 'mine', 'ind', 'fullname', 'ok' ],
	[ 'mine', 'ind', 'named', @yes, qr/keyCompromise/ ],
	[ 'mine', 'ind', 'sticks', 'ok' ],
	[ 'mine', 'ind', 'sticksto', @yes, qr/superseded/ ],
	[ 'mine', 'ind', 'back', 'ok' ],
	# Without a certificateIssuer the entry is of the list's issuer.
	[ 'mine', 'ind', 'unsaid', 'ok' ],
	[ 'mine', 'ind', 'both', @yes, qr/superseded/ ],
	[ 'mine', 'ind', 'inters', 'ok' ],
	[ 'under', 'inter ind', 'inters', @yes ],
	[ 'under', 'inter ind', 'named', 'ok' ],
	[ 'mine', 'ind', 'direct', @no, qr/another CA than/ ],
	[ 'mine', '', 'empty', @no, qr/no certificate of the CRL's issuer/ ],
	[ 'mine', 'nosign', 'nosign', @no, qr/may not sign/ ],
	[ 'mine', 'fake', 'fake', @no, qr/not vouched for/ ],
	[ 'mine', 'fake', 'fakenamed', @no, qr/not vouched for/ ],
	[ 'mine', 'ind fake nosign', 'named', @yes ],
	[ 'mine', 'fake nosign ind', 'empty', 'ok' ],
	# The certificate must name it.
	[ 'unnamed', 'ind', 'empty', @no, qr/of another CA/ ],
	[ 'unnamed', 'ind', 'named', @no, qr/of another CA/ ],
	[ 'mine', '', 'direct2', @no, qr/another CA than/ ],
	[ 'twoissuers', 'ind', 'empty', 'ok' ],
	[ 'twoissuers', 'ind', 'named', @yes ],
	# The CA's own list may be indirect, too.
	[ 'unnamed', '', 'roots', 'ok' ],
	[ 'unnamed', '', 'rootsown', @yes ],
	[ 'own', '', 'direct2', 'ok' ],
	[ 'own', '', 'rootsown', @yes ],
	[ 'unnamed', '', 'notindirect', @no, qr/without being indirect/ ],
);
for my $row (@rows) {
	my ($name, $beside, $list, $state, $id, $like) = @$row;
	my $file = write_file('target.pem', join '', map {
	    read_file("$pki/$_.pem") } $name, split / /, $beside);
	$site->rules("/1.crl file=$pki/$list.crl");
	my $run = verdict("$name, $list ($beside): $state", [ '-f', $file,
	    '--leaf-only', '--no-cache', "--ca-file=$pki/root.pem" ],
	    $state, $state eq 'ok' ? [] : [ $id ]);
	like(text_of($run, $id), $like, 'and its text') if defined $like;
	# --crl: what the certificate says of its points holds all the same,
	# but for the CA's own lists.
	next if $list eq 'direct2';
	verdict("$name, --crl $list ($beside): $state", [ '-f', $file,
	    '--leaf-only', '--no-cache', '--offline',
	    "--crl=$pki/$list.crl", "--ca-file=$pki/root.pem" ],
	    $state, $state eq 'ok' ? [] : [ $id ]);
}

# The signer that the operator names; a point without a URL.
$site->rules("/1.crl file=$pki/named.crl");
verdict('--issuer is believed', [ file_args($pki, 'mine',
    "--issuer=$pki/ind.pem") ], 'critical', [ 'ocsp.revoked' ]);
$site->rules("/1.crl file=$pki/fake.crl");
verdict('whoever it names', [ file_args($pki, 'mine',
    "--issuer=$pki/fake.pem") ], 'ok', []);
verdict('a point of nothing but cRLIssuer', [ file_args($pki, 'onlyissuer',
    '--offline', "--crl=$pki/fullname.crl", "--issuer=$pki/ind.pem") ],
    'ok', []);

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Delta lists given by --crl beside their base, in any order, and those of
# partitions by reason (RFC 5280 5.2.4, 6.3.3).
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $site = site();
my %url = map { $_ => $site->url("/$_.crl") } qw(key rest dkey drest one);
my $key = 'reason:keyCompromise';
my @rest = map { "reason:$_" } qw(CACompromise affiliationChanged superseded
    cessationOfOperation certificateHold privilegeWithdrawn AACompromise);
my $parts = join ',', "$url{key};$key", join ';', $url{rest}, @rest;
my $rest = join ',', @rest;
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
twin cn=Lab%20Root ca=yes
other cn=Other ca=yes
good issuer=root
parted issuer=root crldp=$parts
two issuer=root freshest=$url{one},$url{dkey} crldp=$url{rest}
\@crl file=base.crl issuer=root number=10 revoked=0x77
\@crl file=hold.crl issuer=root number=10 revoked=good:certificateHold
\@crl file=stalehold.crl issuer=root number=10 revoked=good:certificateHold this=-9d next=-1d
\@crl file=stale.crl issuer=root number=10 this=-9d next=-1d
\@crl file=revoked.crl issuer=root number=10 revoked=good:superseded
\@crl file=later.crl issuer=root number=12
\@crl file=nonumber.crl issuer=root number=none
\@crl file=empty.crl issuer=root number=11 delta=10
\@crl file=names.crl issuer=root number=11 delta=10 revoked=good:keyCompromise
\@crl file=holds.crl issuer=root number=11 delta=10 revoked=good:certificateHold
\@crl file=frees.crl issuer=root number=11 delta=10 revoked=good:removeFromCRL
\@crl file=again.crl issuer=root number=12 delta=10 revoked=good:superseded
\@crl file=gap.crl issuer=root number=15 delta=12
\@crl file=gapfrees.crl issuer=root number=15 delta=12 revoked=good:removeFromCRL
\@crl file=gapnames.crl issuer=root number=15 delta=12 revoked=good
\@crl file=old.crl issuer=root number=10 delta=8 revoked=good:removeFromCRL
\@crl file=expired.crl issuer=root number=11 delta=10 this=-9d next=-1d
\@crl file=late.crl issuer=root number=11 delta=10 revoked=good:removeFromCRL this=-9d next=-1d
\@crl file=scoped.crl issuer=root number=11 delta=10 idp=user revoked=good:removeFromCRL
\@crl file=bare.crl issuer=root number=none delta=10
\@crl file=rogue.crl issuer=root signer=twin number=11 delta=10 revoked=good:removeFromCRL
\@crl file=roguenames.crl issuer=root signer=twin number=11 delta=10 revoked=good
\@crl file=others.crl issuer=other number=11 delta=10 revoked=good
\@crl file=odd.crl issuer=root number=11 delta=10 unknown-critical=yes
\@crl file=key.crl issuer=root number=20 idp=$url{key},$key freshest=$url{dkey}
\@crl file=rest.crl issuer=root number=30 idp=$url{rest},$rest freshest=$url{drest}
\@crl file=resthold.crl issuer=root number=30 idp=$url{rest},$rest freshest=$url{drest} revoked=parted:certificateHold
\@crl file=dkey.crl issuer=root number=21 delta=20 idp=$url{key},$key
\@crl file=dkeynames.crl issuer=root number=21 delta=20 idp=$url{key},$key revoked=parted:keyCompromise
\@crl file=drest.crl issuer=root number=31 delta=30 idp=$url{rest},$rest
\@crl file=drestfrees.crl issuer=root number=31 delta=30 idp=$url{rest},$rest revoked=parted:removeFromCRL
\@crl file=done.crl issuer=root number=11 delta=10 idp=$url{rest}
\@crl file=dtwo.crl issuer=root number=11 delta=10 revoked=two:superseded
.

my @unusable = ('unknown', [ 'ocsp.unusable' ]);
my @revoked = ('critical', [ 'ocsp.revoked' ]);
my @ok = ('ok', []);
my $alone = qr/delta list, which proves nothing without its base/;
# Lists, state, findings, text, whatever the order of the lists.
my @rows = (
	[ 'base empty', @ok, qr/together with its delta/ ],
	[ 'base names', @revoked, qr/keyCompromise/ ],
	[ 'base holds', @revoked, qr/certificateHold/ ],
	[ 'base frees', @ok ],
	[ 'base gap', @ok, qr/the delta list is for a newer list/ ],
	[ 'base gapnames', @revoked ],
	[ 'base expired', @ok, qr/the delta list is unusable/ ],
	[ 'base odd', @ok, qr/the delta list is unusable/ ],
	[ 'base roguenames', @ok, qr/the delta list is unusable/ ],
	[ 'base others', @ok ],
	[ 'base again empty', @revoked, qr/superseded/ ],
	[ 'hold frees', @ok, qr/on hold, released/ ],
	[ 'hold empty', @revoked, qr/certificateHold/ ],
	[ 'hold names', @revoked, qr/keyCompromise/ ],
	[ 'hold gapfrees', @revoked ],
	[ 'hold old', @revoked ],
	[ 'hold late', @revoked ],
	[ 'hold scoped', @revoked ],
	[ 'hold rogue', @revoked ],
	[ 'hold frees again', @revoked, qr/superseded/ ],
	[ 'stalehold frees', @revoked, qr/stale/ ],
	[ 'revoked frees', @revoked, qr/superseded/ ],
	[ 'later holds', @ok, qr/no newer/ ],
	[ 'nonumber empty', @ok, qr/without a number/ ],
	[ 'base bare', @ok, qr/without a number/ ],
	[ 'bare', @unusable, $alone ],
	[ 'stale empty', @unusable, qr/past its nextUpdate/ ],
	[ 'stale names', @revoked ],
	[ 'empty', @unusable, $alone ],
	[ 'frees', @unusable, $alone ],
	[ 'names', @revoked, qr/keyCompromise/ ],
	[ 'holds', @revoked, qr/certificateHold/ ],
	[ 'roguenames', @unusable ],
	[ 'empty gap', @unusable, $alone ],
);
for my $row (@rows) {
	my ($lists, $state, $findings, $like) = @$row;
	my @lists = split / /, $lists;
	for my $order (@lists > 1 ? ([ @lists ], [ reverse @lists ]) :
	    [ @lists ]) {
		my $run = verdict("@$order: $state", [ file_args($pki, 'good',
		    '--offline', map { "--crl=$pki/$_.crl" } @$order) ],
		    $state, $findings);
		like(text_of($run, $findings->[0] // 'ocsp.revoked'), $like,
		    "@$order: text") if defined $like;
	}
}

# By URL and as a file.
$site->rules("/one.crl file=$pki/names.crl");
verdict('a delta by URL', [ file_args($pki, 'good', "--crl=$pki/base.crl",
    "--crl=$url{one}") ], @revoked);
$site->rules('/one.crl status=404');
my @lacks = file_args($pki, 'good', "--crl=$url{one}",
    "--crl=$pki/base.crl");
verdict('one that is not there might be the delta that revokes', [ @lacks ],
    'unknown', [ 'ocsp.unreachable' ]);
state_is(check_json(@lacks, '--unreachable=ok'), 'ok', 'who accepts that');

# More lists than there is room for answers: the last one counts.
my @many = map { "--crl=$pki/others.crl" } 1 .. 20;
verdict('the 21st list revokes', [ file_args($pki, 'good', '--offline',
    @many, "--crl=$pki/revoked.crl") ], @revoked);
verdict('the 21st list is good', [ file_args($pki, 'good', '--offline',
    @many, "--crl=$pki/base.crl") ], @ok);
my $last = verdict('the 21st list is stale', [ file_args($pki, 'good',
    '--offline', @many, "--crl=$pki/stale.crl") ], @unusable);
like(text_of($last, 'ocsp.unusable'), qr/past its nextUpdate/, 'is told');
verdict('base and delta at the end', [ file_args($pki, 'good', '--offline',
    @many, "--crl=$pki/hold.crl", "--crl=$pki/frees.crl") ], @ok);
verdict('a hold at the end', [ file_args($pki, 'good', '--offline',
    @many, "--crl=$pki/hold.crl") ], @revoked);

# A delta where the certificate says that a list is.
$site->rules("/rest.crl file=$pki/empty.crl");
my $run = verdict('a delta in place of the list', [ file_args($pki, 'two') ],
    @unusable);
like(text_of($run, 'ocsp.unusable'), $alone, 'and its text');

# freshestCRL of the certificate: two points, of which the second has it.
mkcert($pki, <<".");
\@crl file=whole.crl issuer=root number=10
.
$site->rules("/rest.crl file=$pki/whole.crl", "/one.crl file=$pki/gap.crl",
    "/dkey.crl file=$pki/dtwo.crl");
verdict('the second delta belongs', [ file_args($pki, 'two') ], @revoked);
$site->rules("/rest.crl file=$pki/whole.crl", "/one.crl file=$pki/gap.crl",
    '/dkey.crl status=404');
$run = verdict('none belongs', [ file_args($pki, 'two') ], @ok);
like(text_of($run, 'ocsp.revoked'), qr/for a newer list/, 'and its text');

# Partitions by reason, each with a delta of its own.
my @partitions = (
	[ 'key rest dkey drest', @ok ],
	[ 'key rest dkeynames drest', @revoked, qr/keyCompromise/ ],
	[ 'key resthold dkey drest', @revoked, qr/certificateHold/ ],
	[ 'key resthold dkey drestfrees', @ok ],
	[ 'key resthold dkey dkey', @revoked ],
	[ 'key rest - -', @ok ],
	[ 'key resthold dkey -', @revoked, qr/certificateHold/ ],
	[ '- resthold dkey drestfrees', 'unknown',
	    [ 'ocsp.unreachable', 'ocsp.unusable' ] ],
);
for my $row (@partitions) {
	my ($lists, $state, $findings, $like) = @$row;
	my @lists = split / /, $lists;
	my @rules;
	for my $name (qw(key rest dkey drest)) {
		my $list = shift @lists;
		push @rules, "/$name.crl " . ($list eq '-' ? 'status=404' :
		    "file=$pki/$list.crl");
	}
	$site->rules(@rules);
	$run = verdict("parts: $lists", [ file_args($pki, 'parted') ], $state,
	    $findings);
	like(text_of($run, 'ocsp.revoked'), $like, 'and its text')
	    if defined $like;
	my @given = grep { $_ ne '-' } split / /, $lists;
	next if $lists =~ /^- /;
	for my $order ([ @given ], [ reverse @given ]) {
		verdict("parts by --crl: @$order", [ file_args($pki, 'parted',
		    '--offline', map { "--crl=$pki/$_.crl" } @$order) ],
		    $state, $findings);
	}
}
verdict('parts by --crl: one lacks', [ file_args($pki, 'parted', '--offline',
    "--crl=$pki/resthold.crl", "--crl=$pki/drestfrees.crl") ], @unusable);

done_testing;

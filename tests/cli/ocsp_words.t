#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Answers that are something else, dates to come, expired certificates,
# responders that know SHA-1 only; and performance data whatever happens.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $site = site();
my ($ocsp, $crl) = map { $site->url($_) } qw(/ocsp /ca.crl);
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
o issuer=root aia-ocsp=$ocsp
c issuer=root crldp=$crl
old issuer=root aia-ocsp=$ocsp crldp=$crl nb=-30d na=-2d
late issuer=root aia-ocsp=$ocsp nb=-30d na=-30m
norevca cn=Norev ca=yes issuer=root ext=2.5.29.56:0500
under issuer=norevca aia-ocsp=$ocsp
both issuer=root aia-ocsp=$ocsp crldp=ldap://127.0.0.1/cn=x
\@ocsp file=good.ors of=o,both issuer=root
\@ocsp file=unknown.ors of=o issuer=root status=unknown hash=sha256
\@ocsp file=revoked.ors of=o issuer=root status=revoked reason=superseded
\@ocsp file=under.ors of=under issuer=norevca
\@ocsp file=ahead.ors of=o issuer=root status=revoked reason=superseded this=-3d at=+5d next=+9d
\@ocsp file=past.ors of=o issuer=root status=revoked this=-3d at=-1d next=+9d
\@ocsp file=old.ors of=old,late issuer=root
\@ocsp file=oldgood.ors of=old issuer=root this=-3d
\@ocsp file=stale.ors of=o issuer=root this=-9d next=-5d
\@ocsp file=hold.ors of=o issuer=root status=revoked reason=certificateHold this=-9d next=-5d
\@ocsp file=gone.ors of=o issuer=root status=revoked reason=superseded this=-9d next=-5d
\@crl file=ca.crl issuer=root
\@crl file=stale.crl issuer=root this=-9d next=-5d
\@crl file=ahead.crl issuer=root revoked=c:keyCompromise at=+5d
\@bundle file=pair.pem of=o,c
.

# What came instead.
my @instead = (
	[ 'a web page', 'type=text/html body="<html><body>Hotel"',
	    qr/sent a web page instead of %s/ ],
	[ 'a web page that says it is an answer',
	    'type=application/ocsp-response body=" <!DOCTYPE html>"',
	    qr/sent a web page instead of %s/ ],
	[ 'XML', 'type=text/xml body="<?xml?>"', qr/sent a web page/ ],
	[ 'nothing', 'body=', qr/sent nothing \(an empty answer\) instead/ ],
	[ 'text', 'body="not found"', qr/sent plain text instead of %s/ ],
	[ 'JSON', 'body={}', qr/sent JSON instead of %s/ ],
	[ 'a certificate', "file=$pki/root.der", qr/not a valid/ ],
);
for my $kind ([ o => '/ocsp*', 'an OCSP response' ],
    [ c => '/ca.crl', 'a CRL' ]) {
	my ($cert, $path, $wanted) = @$kind;
	for my $row (@instead) {
		my ($title, $answer, $like) = @$row;
		$site->rules("$path $answer");
		my $run = verdict("$cert: $title", [ file_args($pki,
		    $cert) ], 'unknown', [ 'ocsp.unusable' ]);
		$like =~ s/%s/$wanted/;
		like(text_of($run, 'ocsp.unusable'), qr/$like/,
		    "$cert: $title: text");
		unlike($run->{out}, qr/Hotel/, "$cert: its bytes");
		my $metrics = perfdata(check(file_args($pki, $cert)));
		ok(exists $metrics->{time}, "$cert: $title: time");
		ok(exists $metrics->{response_time},
		    "$cert: $title: response_time");
		ok(!exists $metrics->{revoked}, "$cert: $title: not known");
	}
}

# A web page is not kept, whatever its headers say.
my $cache = scratch() . '/cache';
mkdir $cache, 0700;
my @cached = ('-f', "$pki/o.pem", "--ca-file=$pki/root.pem",
    "--cache-dir=$cache");
$site->rules('/ocsp* body="<html>" header="Cache-Control: max-age=9999"');
state_is(check_json(@cached), 'unknown', 'a web page for hours');
$site->rules("/ocsp* file=$pki/good.ors");
state_is(check_json(@cached), 'ok', 'is not kept');

# A responder that does not know the SHA-256 CertID may say so like this; a
# request of SHA-1 is shorter and begins otherwise.
$site->rules("/ocsp/MG* file=$pki/unknown.ors", "/ocsp* file=$pki/good.ors");
verdict('unknown by SHA-256, good by SHA-1', [ file_args($pki, 'o') ], 'ok',
    []);
$site->rules("/ocsp/MG* file=$pki/unknown.ors",
    "/ocsp* file=$pki/revoked.ors");
verdict('unknown by SHA-256, revoked by SHA-1', [ file_args($pki, 'o') ],
    'critical', [ 'ocsp.revoked' ]);
for my $second ('status=500', 'body=x', "file=$pki/stale.ors",
    "file=$pki/unknown.ors") {
	$site->rules("/ocsp/MG* file=$pki/unknown.ors", "/ocsp* $second");
	verdict("unknown by SHA-256, $second by SHA-1", [ file_args($pki,
	    'o') ], 'critical', [ 'ocsp.unknown' ]);
}
$site->rules("/ocsp/MG* file=$pki/unknown.ors", "/ocsp* file=$pki/good.ors");
verdict('--cert-id=sha256: unknown', [ file_args($pki, 'o',
    '--cert-id=sha256') ], 'critical', [ 'ocsp.unknown' ]);

# A hold that is past may have been lifted: it is asked for past all caches.
for my $row ([ hold => 1 ], [ gone => 0 ]) {
	my ($file, $again) = @$row;
	$site->rules("/ocsp* file=$pki/$file.ors");
	my $run = check_json(file_args($pki, 'o', '--cert-id=sha1'));
	state_is($run, 'critical', "stale, $file");
	like(text_of($run, 'ocsp.revoked'), qr/stale/, "stale, $file: text");
	is(scalar(grep { $_->{nocache} } $site->log), $again,
	    "stale, $file: is it asked for again");
}

# Dates to come.
for my $row ([ o => "/ocsp* file=$pki/ahead.ors" ],
    [ c => "/ca.crl file=$pki/ahead.crl" ]) {
	$site->rules($row->[1]);
	my $run = verdict("$row->[0]: listed with a date to come",
	    [ file_args($pki, $row->[0]) ], 'critical', [ 'ocsp.revoked' ]);
	like(text_of($run, 'ocsp.revoked'),
	    qr/revoked as of \d{4}-\d\d-\d\d, which is still to come/,
	    "$row->[0]: text");
}
$site->rules("/ocsp* file=$pki/past.ors");
for my $row ([ 0, 'critical', qr/revoked since/ ],
    [ 2, 'critical', qr/revoked as of .*still to come/ ],
    [ 4, 'unknown', undef ]) {
	my ($days, $state, $like) = @$row;
	my $at = time - $days * 86400;
	my $run = check_json(file_args($pki, 'o', "--at=$at"));
	state_is($run, $state, "--at=$days days ago");
	like(text_of($run, 'ocsp.revoked'), $like, "$days days ago: text")
	    if defined $like;
	has_no_finding($run, 'ocsp.revoked') if !defined $like;
}

# CAs forget the expired.
$site->rules("/ocsp* file=$pki/old.ors", "/ca.crl file=$pki/ca.crl");
my $run = check_json(file_args($pki, 'old'));
state_is($run, 'unknown', 'expired: no answer proves anything');
like(text_of($run, 'ocsp.unusable'), qr/expired \(\d{4}-\d\d-\d\d\)/,
    'expired: text');
state_is(check_json(file_args($pki, 'old', '--method=crl')), 'unknown',
    'expired: nor does a list');
$site->rules("/ocsp* file=$pki/oldgood.ors");
verdict('expired since', [ file_args($pki, 'old') ], 'ok', []);
$site->rules("/ocsp* file=$pki/old.ors");
verdict('expired half an hour ago', [ file_args($pki, 'late') ], 'ok', []);

# What is not asked is not good.
$site->rules("/ocsp* file=$pki/good.ors", "/ca.crl file=$pki/ca.crl");
verdict('a file, --method=staple', [ file_args($pki, 'o',
    '--method=staple') ], 'unknown', [ 'ocsp.unusable' ]);
verdict('--method=all, the list by LDAP', [ file_args($pki, 'both',
    '--method=all') ], 'unknown', [ 'ocsp.unusable' ]);
verdict('by default that is enough', [ file_args($pki, 'both') ], 'ok', []);
$site->rules("/ocsp* file=$pki/under.ors");
verdict('noRevAvail is not for CAs', [ '-f', "$pki/under.pem", '-f',
    write_file('chain.pem', read_file("$pki/under.pem") .
    read_file("$pki/norevca.pem")), "--ca-file=$pki/root.pem",
    '--no-cache', '--ignore=path.incomplete', '--ignore=ocsp.no_issuer' ],
    'warning', [ 'cert.malformed', 'ocsp.no_source' ]);
$site->rules("/ocsp* file=$pki/good.ors", "/ca.crl file=$pki/ahead.crl");
verdict('the second certificate of a file is revoked', [ file_args($pki,
    'pair') ], 'critical', [ 'ocsp.revoked' ]);

# Performance data whatever happens.
my ($port, $gone) = (closed_port(), scratch() . '/none.pem');
$site->rules("/ocsp* file=$pki/stale.ors", "/ca.crl file=$pki/stale.crl");
for my $row (
    [ 'no connection', [ '-H', '127.0.0.1', '-p', $port ], 'time' ],
    [ 'no file', [ '-f', $gone ], 'time' ],
    [ 'no issuer', [ '-f', "$pki/under.pem", "--ca-file=$pki/root.pem" ],
	'time' ],
    [ 'offline', [ file_args($pki, 'o', '--offline') ], 'time' ],
    [ 'a stale answer', [ file_args($pki, 'o') ],
	'time age next_update response_time' ],
    [ 'a stale list', [ file_args($pki, 'c') ],
	'time age next_update response_time crl_bytes crl_entries' ],
    [ 'no answer in time', [ file_args($pki, 'o', '-t', '1',
	'--responder=' . $site->url('/hang')) ], 'time' ]) {
	my ($title, $args, $want) = @$row;
	$site->rules('/hang* hang') if $title =~ /time/;
	$run = check(@$args);
	isnt($run->{exit}, 0, $title);
	my $metrics = perfdata($run);
	ok(exists $metrics->{$_}, "$title: $_") for split / /, $want;
	ok(!exists $metrics->{revoked}, "$title: nothing is known");
}

done_testing;

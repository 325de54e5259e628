#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# What the user gives by hand: every list and answer is looked at, however
# many there are, and one that cannot be had leaves the question open.
use strict;
use warnings;
use POSIX ();
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $site = site();
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
stranger cn=Stranger ca=yes
leaf issuer=root crldp=@{[$site->url('/own.crl')]} aia-ocsp=@{[$site->url('/ocsp')]}
padded issuer=root serial=raw:0005 crldp=@{[$site->url('/five.crl')]}
other issuer=root crldp=@{[$site->url('/five.crl')]} serial=6
\@crl file=five.crl issuer=root revoked=0x05
\@crl file=clean.pem issuer=root form=pem number=1
\@crl file=revoked.pem issuer=root form=pem revoked=leaf:keyCompromise number=2
\@crl file=ca.pem issuer=root form=pem idp=ca
\@crl file=user.pem issuer=root form=pem idp=user
\@crl file=userrevoked.pem issuer=root form=pem idp=user revoked=leaf
\@crl file=stranger.pem issuer=stranger form=pem
\@crl file=delta.pem issuer=root form=pem delta=1 number=2 revoked=leaf
\@ocsp file=good.ors of=leaf issuer=root
\@ocsp file=revoked.ors of=leaf issuer=root status=revoked
.
my %pem = map { $_ => read_file("$pki/$_.pem") } qw(clean revoked ca user
    userrevoked stranger delta);
my @leaf = file_args($pki, 'leaf', '--offline');

sub bundle {
	return write_file('bundle.pem', join '', @_);
}

# A list beside a good answer.
for my $method (qw(auto all)) {
	verdict("an answer says good, a list revoked, --method=$method",
	    [ @leaf, "--method=$method", "--ocsp-response=$pki/good.ors",
	    "--crl=$pki/revoked.pem" ], 'critical', $method eq 'auto' ?
	    [ 'ocsp.revoked' ] :
	    [ 'ocsp.disagree', 'ocsp.revoked', 'ocsp.unreachable' ]);
}
verdict('both say good', [ @leaf, "--ocsp-response=$pki/good.ors",
    "--crl=$pki/clean.pem" ], 'ok', []);
verdict('the answer says revoked', [ @leaf,
    "--ocsp-response=$pki/revoked.ors", "--crl=$pki/clean.pem" ],
    'critical', [ 'ocsp.revoked' ]);

$site->rules("/ocsp* file=$pki/revoked.ors");
state_is(check_json(file_args($pki, 'leaf', "--crl=$pki/clean.pem",
    "--ocsp-response=$pki/good.ors")), 'ok', 'an answer and a list given');
is($site->count, 0, 'are enough: nobody is asked');

# Several lists of the CA in one file.
my @rows = (
	[ 'the second names it', [qw(clean revoked)], 'critical' ],
	[ 'the first names it', [qw(revoked clean)], 'critical' ],
	[ 'the last of many', [ ('clean') x 40, 'revoked' ], 'critical' ],
	[ 'one in the middle of too many',
	    [ ('clean') x 300, 'revoked', ('clean') x 5 ], 'critical' ],
	[ 'for CAs, and for users', [qw(ca user)], 'ok' ],
	[ 'the same, revoked', [qw(ca userrevoked)], 'critical' ],
	[ 'a list and its delta', [qw(clean delta)], 'critical' ],
	[ 'of another CA as well', [qw(stranger clean stranger)], 'ok' ],
	[ 'only of another', [qw(stranger)], 'unknown' ],
);
for my $row (@rows) {
	my ($title, $names, $state) = @$row;
	state_is(check_json(@leaf, '--crl=' . bundle(@pem{@$names})), $state,
	    "in one file: $title");
}
for my $row ([ 'cut off', substr($pem{revoked}, 0, 150) ],
    [ 'damaged', $pem{revoked} =~ s/^M..../M*!*/mr ],
    [ 'no list at all', "-----BEGIN X509 CRL-----\nMAA=\n"
    . "-----END X509 CRL-----\n" ]) {
	my ($title, $text) = @$row;
	verdict("in one file: the second is $title", [ @leaf,
	    '--crl=' . bundle($pem{clean}, $text) ], 'unknown',
	    [ 'ocsp.unusable' ]);
}
$site->rules('/own.crl file=' . bundle(@pem{qw(clean revoked)}),
    '/ocsp* status=503');
my $run = verdict('in one answer of a server',
    [ file_args($pki, 'leaf') ], 'unknown',
    [ 'ocsp.unreachable', 'ocsp.unusable' ]);
like(text_of($run, 'ocsp.unusable'), qr/several CRLs of the CA/, 'is told');

# Many of them.
for my $n (15, 16, 17, 255, 256, 300) {
	state_is(check_json(@leaf, ("--crl=$pki/clean.pem") x $n,
	    "--crl=$pki/revoked.pem"), 'critical',
	    "the last of so many names it: " . ($n + 1));
}
state_is(check_json(@leaf, ("--crl=$pki/clean.pem") x 300), 'ok',
    'three hundred say good');

# One that cannot be had.
my $garbage = write_file('garbage.crl', "garbage\n");
for my $list ('/no/such.crl', $garbage, '/', 'ldap://127.0.0.1/x',
    'http://127.0.0.1:1/x') {
	for my $n (1, 20) {
		my @lists = map { "--crl=$_" } ("$pki/clean.pem") x $n, $list;
		for my $order ([ @lists ], [ reverse @lists ]) {
			my $one = check(@leaf, @$order);
			state_is($one, 'unknown',
			    "$n good, one is $list: nothing is known");
			ok(!exists perfdata($one)->{revoked},
			    'and no number says "not revoked"');
		}
	}
	state_is(check_json(@leaf, '--method=all', "--crl=$list",
	    "--ocsp-response=$pki/good.ors", "--crl=$pki/clean.pem",
	    "--responder=http://127.0.0.1:1/", '--ignore=ocsp.unreachable'),
	    $list =~ /^http/ ? 'ok' : 'unknown', "--method=all: $list");
	state_is(check_json(@leaf, "--crl=$list", "--crl=$pki/revoked.pem"),
	    'critical', "one is $list, another revokes");
}
$run = check_json(@leaf, ('--crl=/no/such.crl') x 20,
    "--crl=$pki/clean.pem");
like(text_of($run, 'ocsp.unusable'), qr/^\d+ more of the lists that --crl/m,
    'those without room are counted');
state_is(check_json(@leaf, ('--crl=ldap://127.0.0.1/x') x 20,
    "--crl=$pki/revoked.pem"), 'critical',
    'what cannot be asked stands in nobody\'s way');

# What would not be looked at.
for my $row ([ '--method=ocsp', "--crl=$pki/revoked.pem", '--crl' ],
    [ '--method=staple', "--crl=$pki/revoked.pem", '--crl' ],
    [ '--method=crl', "--ocsp-response=$pki/good.ors", '--ocsp-response' ],
    [ '--method=staple', "--ocsp-response=$pki/good.ors",
    '--ocsp-response' ]) {
	my ($method, $option, $name) = @$row;
	$run = check(@leaf, $method, $option);
	state_is($run, 'unknown', "$method $name");
	line1_like($run, qr/\Q$name\E is not looked at with \Q$method\E/,
	    'is told');
}
for my $url (qw(foo ftp://127.0.0.1/ /tmp //127.0.0.1/)) {
	$run = check(@leaf, "--crl=$pki/clean.pem", "--responder=$url");
	state_is($run, 'unknown', "--responder=$url");
	line1_like($run, qr/--responder: '\Q$url\E' is no http/, 'is told');
}

# What a shell makes of --crl=<(command), whose writer takes his time or never
# writes.
for my $row ([ 'ok', '--timeout=30', sub {
	my ($to) = @_;
	select undef, undef, undef, 0.3;
	syswrite $to, read_file("$pki/clean.pem");
} ], [ 'unknown', '--timeout=1', sub { sleep 3 } ]) {
	my ($state, $timeout, $feed) = @$row;
	local $^F = 1 << 10;
	pipe my $from, my $to or die "pipe: $!\n";
	my $pid = fork() // die "fork: $!\n";
	if ($pid == 0) {
		close $from;
		$feed->($to);
		POSIX::_exit(0);
	}
	close $to;
	$run = check(@leaf, $timeout, '--crl=/dev/fd/' . fileno $from);
	state_is($run, $state, "a pipe, $timeout");
	unlike($run->{out}, qr/temporarily/, 'is waited for');
	like($run->{out}, qr/fd.*in time/, 'not for ever') if $state ne 'ok';
	close $from;
	waitpid $pid, 0;
}

# A serial number that no list can name.
$site->rules("/five.crl file=$pki/five.crl");
verdict('a serial number', [ file_args($pki, 'other') ], 'ok', []);
$run = check_json(file_args($pki, 'padded'));
isnt($run->{exit}, 0, 'a serial number that is not in its shortest form');
like(text_of($run, 'ocsp.unusable'), qr/without a valid serial number/,
    'is not looked for');
is(scalar(grep { $_->{status} eq 'ok' } findings($run, 'ocsp.revoked')), 0,
    'and not said to be missing');

# Limits of one target in a file of targets.
my $targets = write_file('targets', "file:$pki/leaf.pem label=strict "
    . "warning=30d critical=20d\nfile:$pki/leaf.pem label=lax\n");
$run = check_json('--targets', $targets, "--ca-file=$pki/root.pem",
    '--no-cache', '--offline', "--crl=$pki/clean.pem");
state_is($run, 'critical', 'limits of a target');
is(join(' ', map { $_->{status} } @{ $run->{json}{targets} }), 'critical ok',
    'of that one only');

done_testing;

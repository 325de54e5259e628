#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Responders and servers of CRLs that misbehave: each has its own text, none
# makes a certificate good, none costs more than the deadline.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;
use IO::Compress::Gzip qw(gzip);

my $site = site();
my $closed = closed_port();
my ($ocsp, $crl) = map { $site->url($_) } qw(/ocsp /ca.crl);
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
o issuer=root aia-ocsp=$ocsp
c issuer=root crldp=$crl
both issuer=root aia-ocsp=$ocsp crldp=$crl
dead issuer=root aia-ocsp=http://127.0.0.1:$closed/ crldp=$crl
refused issuer=root aia-ocsp=http://127.0.0.1:$closed/
twice issuer=root aia-ocsp=http://127.0.0.1:$closed/,$ocsp
ldap issuer=root crldp=ldap://127.0.0.1/cn=x?crl,$crl
ldaponly issuer=root crldp=ldap://127.0.0.1/cn=x?crl
local issuer=root aia-ocsp=file:///etc/passwd crldp=file:///etc/passwd
\@ocsp file=o.ors of=o,twice issuer=root hash=sha256
\@ocsp file=both.ors of=both issuer=root
\@crl file=ca.crl issuer=root
\@crl file=ca.pem issuer=root form=pem
\@crl file=big.crl issuer=root filler=3000
.
gzip("$pki/ca.crl" => "$pki/ca.crl.gz") or die;
gzip("$pki/o.ors" => "$pki/o.ors.gz") or die;

my $none = qr/ocsp\.un(usable|reachable)/;
my $html = 'type=text/html body="<html><h1>Welcome to the hotel</h1></html>"';

# title, answer, text of OCSP, of a CRL where it differs
my $long = qr/the answer is longer than \d+ octets/;
my @bad = (
	[ '404', 'status=404 body=no', qr/HTTP 404/ ],
	[ '500', 'status=500 body=no', qr/HTTP 500/ ],
	[ '503', 'status=503', qr/HTTP 503/ ],
	[ '204', 'status=204', qr/HTTP 204/ ],
	[ 'HTML', $html, qr/a web page/ ],
	[ 'nothing', 'body=', qr/nothing/ ],
	[ 'a redirect loop', 'redirect=/ocsp', qr/more than \d+ redirects/ ],
	[ 'a redirect to file:', 'redirect=file:///etc/passwd',
	    qr/redirect: file: only http and https/ ],
	[ 'a redirect to ftp:', 'redirect=ftp://127.0.0.1/x',
	    qr/redirect: ftp: only http and https/ ],
	[ 'a redirect to gopher:', 'redirect=gopher://127.0.0.1/x',
	    qr/redirect: gopher: only http and https/ ],
	[ 'a redirect to nowhere', 'redirect=',
	    qr/redirect: the address is missing/ ],
	[ 'cut off', "file=$pki/%s truncate=50",
	    qr/closed in the middle of the answer/ ],
	[ 'an endless body', 'endless', $long, qr/$long|timed out/ ],
	[ '40 MB', 'repeat=40000000', $long, qr/not a (?:valid )?CRL/ ],
	[ '200 MB', 'repeat=200000000', $long, qr/$long|timed out/ ],
	[ 'a reset', 'reset', qr/Connection reset/ ],
	[ 'random octets', 'body="0123456789abcdef" type=application/ocsp-response',
	    qr/not a valid OCSP response/, qr/not a (?:valid )?CRL/ ],
	[ 'broken gzip', 'body=xyz header="Content-Encoding: gzip"',
	    qr/the compressed answer cannot be read/ ],
	[ 'one octet a second', "file=$pki/%s drip=1000",
	    qr/timed out.* in answer/ ],
	[ 'silence', 'hang', qr/timed out.* in request/ ],
);

for my $kind ([ o => 'o.ors', '/ocsp*' ], [ c => 'ca.crl', '/ca.crl' ]) {
	my ($cert, $file, $path) = @$kind;
	for my $row (@bad) {
		my ($title, $answer, @like) = @$row;
		$answer =~ s/%s/$file/;
		$answer =~ s{/ocsp$}{/ca.crl} if $cert eq 'c';
		my $like = $cert eq 'c' ? $like[-1] : $like[0];
		$site->rules("$path $answer");
		my $run = check_json(file_args($pki, $cert, '-t', '2'));
		my $ids = join ' ', bad_ids_of($run->{json}{targets}[0]);
		state_is($run, 'unknown', "$cert, $title");
		like($ids, qr/$none|net\.timeout/, "$cert, $title: finding")
		    or diag($run->{out});
		in_time($run, 2, "$cert, $title: in time");
		my $text = join ' ', map { $_->{text} }
		    grep { $_->{status} ne 'ok' } findings($run);
		like($text, $like, "$cert, $title: text");
		unlike($text, qr/hotel|passwd:|root:x/,
		    "$cert, $title: its bytes are not shown");
	}
}

# What is well, in odd clothes.
my @fine = (
	[ 'o', "/ocsp* file=$pki/o.ors.gz header=\"Content-Encoding: gzip\"",
	    'an answer in gzip, as HTTP has it' ],
	[ 'o', "/ocsp* file=$pki/o.ors bare", 'no length' ],
	[ 'o', "/ocsp* file=$pki/o.ors type=text/plain", 'a wrong type' ],
	[ 'c', "/ca.crl file=$pki/ca.crl.gz header=\"Content-Encoding: gzip\"",
	    'a CRL in gzip, as HTTP has it' ],
	[ 'c', "/ca.crl file=$pki/ca.crl.gz", 'a CRL that is a gzip file' ],
	[ 'c', "/ca.crl file=$pki/ca.pem", 'a CRL that is PEM' ],
	[ 'c', "/ca.crl file=$pki/big.crl bare", 'a longer CRL, no length' ],
);
for my $row (@fine) {
	$site->rules($row->[1]);
	verdict($row->[2], [ file_args($pki, $row->[0]) ], 'ok', []);
}
$site->rules('/ocsp* redirect=/there', "/there file=$pki/o.ors");
verdict('a redirect', [ file_args($pki, 'o') ], 'ok', []);
$site->rules("/ocsp* method=POST file=$pki/o.ors");
state_is(check_json(file_args($pki, 'o', '--method=ocsp')), 'unknown',
    'GET is not answered');

# A refused responder: at once, and no verdict.
my $run = check_json(file_args($pki, 'refused'));
state_is($run, 'unknown', 'a refused responder');
has_finding($run, 'ocsp.unreachable', 'leaf', 'unknown');
in_time($run, 1, 'a refused responder costs nothing');

# The next URL, the next method.
$site->rules("/ocsp* file=$pki/o.ors", "/ca.crl file=$pki/ca.crl");
verdict('the second responder', [ file_args($pki, 'twice') ], 'ok', []);
verdict('dead OCSP, good CRL', [ file_args($pki, 'dead') ], 'ok', []);
verdict('dead OCSP, --method=ocsp', [ file_args($pki, 'dead',
    '--method=ocsp') ], 'unknown', [ 'ocsp.unreachable' ]);
verdict('dead OCSP, --method=all', [ file_args($pki, 'dead',
    '--method=all') ], 'unknown', [ 'ocsp.unreachable' ]);
verdict('ldap is passed by', [ file_args($pki, 'ldap') ], 'ok', []);
$run = check_json(file_args($pki, 'ldaponly'));
state_is($run, 'unknown', 'ldap alone');
like(text_of($run, 'ocsp.unusable'), qr/http/, 'ldap alone is said');
$run = check_json(file_args($pki, 'local'));
state_is($run, 'unknown', 'file: from a certificate');
unlike($run->{out}, qr/root:x/, 'no file is read');

# What the states may be set to.
$site->rules;
for my $state (qw(ok warning critical unknown)) {
	state_is(check_json(file_args($pki, 'refused',
	    "--unreachable=$state")), $state, "--unreachable=$state");
}
state_is(check_json(file_args($pki, 'o', '--offline')), 'unknown',
    '--offline, and nothing at hand');
is($site->count, 0, '--offline asks nobody');
$site->rules("/ocsp* file=$pki/o.ors");
state_is(check_json(file_args($pki, 'o', '--deny-private')), 'unknown',
    '--deny-private');
is($site->count, 0, '--deny-private asks nobody here');

# One deadline for everything.
$site->rules('/* hang');
$run = check_json(file_args($pki, 'both', '-t', '2'));
state_is($run, 'unknown', 'OCSP and CRL that hang');
in_time($run, 2);
$run = check_json(file_args($pki, 'both', '-t', '2:critical'));
isnt($run->{exit}, 0, 'never OK, whatever the state of the timeout');
in_time($run, 2);
# A responder that hangs must not use up the time of the CRL.
$site->rules('/ocsp* hang', "/ca.crl file=$pki/ca.crl");
$run = check_json(file_args($pki, 'both', '-t', '4'));
in_time($run, 4);
state_is($run, 'ok', 'OCSP hangs, the CRL is good');

done_testing;

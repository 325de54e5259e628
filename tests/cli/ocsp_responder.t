#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# OpenSSL's own responder: `openssl ocsp` with the index of a CA.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my @reasons = qw(unspecified keyCompromise CACompromise affiliationChanged
    superseded cessationOfOperation certificateHold);
my $pki = pki(join "\n", 'root cn=Lab%20Root ca=yes key=rsa:2048',
    'twin cn=Lab%20Root ca=yes',
    'good issuer=root', 'nobody issuer=root', 'plain issuer=root',
    'dele cn=Responder issuer=root eku=OCSPSigning '
    . 'ext=1.3.6.1.5.5.7.48.1.5:0500',
    'old cn=Old issuer=root eku=OCSPSigning nb=-9d na=-1d',
    (map { "$_ issuer=root" } @reasons), '');

# The index as `openssl ca` writes it.
sub serial {
	my ($name) = @_;
	my $text = qx(openssl x509 -in $pki/$name.pem -noout -serial);
	return $text =~ /=([0-9A-F]+)/ ? $1 : die;
}

my $end = '300101000000Z';
my $index = write_file('index.txt', join '',
    "V\t$end\t\t" . serial('good') . "\tunknown\t/CN=good\n",
    map { "R\t$end\t260102030405Z,$_\t" . serial($_)
    . "\tunknown\t/CN=$_\n" } @reasons);
write_file('index.txt.attr', "unique_subject = no\n");

sub ask {
	my ($port, $name, @more) = @_;
	return [ file_args($pki, $name, "--responder=http://127.0.0.1:$port/",
	    @more) ];
}

my @base = ('-index', $index, '-CA', "$pki/root.pem");
my @issuer = ('-rsigner', "$pki/root.pem", '-rkey', "$pki/root.key");
my @dele = ('-rsigner', "$pki/dele.pem", '-rkey', "$pki/dele.key");

my $port = responder_start(@base, @issuer, '-ndays', 3);
verdict('good', ask($port, 'good'), 'ok', []);
verdict('unknown', ask($port, 'nobody'), 'critical', [ 'ocsp.unknown' ]);
for my $reason (@reasons) {
	my $run = verdict("revoked, $reason", ask($port, $reason),
	    'critical', [ 'ocsp.revoked' ]);
	like(text_of($run, 'ocsp.revoked'), qr/2026-01-02.*\Q$reason\E/i,
	    "revoked, $reason: text");
}
verdict('--nonce', ask($port, 'good', '--nonce'), 'ok', []);
verdict("--cert-id=$_", ask($port, 'good', "--cert-id=$_"), 'ok', [])
    for qw(sha1 sha256);
# A long URL cannot be asked by GET.
verdict('POST', [ file_args($pki, 'good',
    "--responder=http://127.0.0.1:$port/" . 'x' x 200) ], 'ok', []);

$port = responder_start(@base, @dele, '-ndays', 3);
verdict('delegated', ask($port, 'good'), 'ok', []);
verdict('delegated, revoked', ask($port, 'superseded'), 'critical',
    [ 'ocsp.revoked' ]);
$port = responder_start(@base, @dele, '-ndays', 3, '-resp_key_id');
verdict('delegated, by key', ask($port, 'good'), 'ok', []);
$port = responder_start(@base, @dele, '-ndays', 3, '-resp_no_certs');
verdict('delegated, its certificate not sent', ask($port, 'good'),
    'unknown', [ 'ocsp.unusable' ]);

for my $row ([ 'a rogue CA', 'twin' ], [ 'an ordinary leaf', 'plain' ],
    [ 'an expired delegate', 'old' ]) {
	my ($title, $name) = @$row;
	$port = responder_start(@base, '-rsigner', "$pki/$name.pem",
	    '-rkey', "$pki/$name.key", '-ndays', 3);
	verdict("signed by $title", ask($port, 'good'), 'unknown',
	    [ 'ocsp.unusable' ]);
}

# Without -ndays there is no nextUpdate: RFC 9919 rejects that.
$port = responder_start(@base, @issuer);
my $run = verdict('no nextUpdate', ask($port, 'good'), 'unknown',
    [ 'ocsp.unusable' ]);
like(text_of($run, 'ocsp.unusable'), qr/no nextUpdate/,
    'no nextUpdate: text');
verdict('no nextUpdate, --max-age', ask($port, 'good', '--max-age=1h'), 'ok',
    []);
verdict('no nextUpdate, revoked all the same', ask($port, 'superseded'),
    'critical', [ 'ocsp.revoked' ]);
my $later = time + 30 * 86400;
isnt(check_json(@{ ask($port, 'good', "--at=$later") })->{exit}, 0,
    'no nextUpdate, a month later');
$port = responder_start(@base, @issuer, '-nmin', 1);
$later = time + 3600;
verdict('expired', ask($port, 'good', "--at=$later"), 'unknown',
    [ 'ocsp.unusable' ]);
verdict('expired, but it says revoked', ask($port, 'keyCompromise',
    "--at=$later"), 'critical', [ 'ocsp.revoked' ]);

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# OCSP answers, right and wrong: signer, times, what they are about.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $site = site();
my $ocsp = $site->url('/ocsp');
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
twin cn=Lab%20Root ca=yes
sub cn=Sub ca=yes issuer=root
good san=dns:a.test issuer=root aia-ocsp=$ocsp
other san=dns:b.test issuer=root
dele cn=Responder issuer=root eku=OCSPSigning ext=1.3.6.1.5.5.7.48.1.5:0500
check cn=Checked issuer=root eku=OCSPSigning
old cn=Old issuer=root eku=OCSPSigning ext=1.3.6.1.5.5.7.48.1.5:0500 nb=-30d na=-1d
indirect cn=Indirect issuer=sub eku=OCSPSigning ext=1.3.6.1.5.5.7.48.1.5:0500
foreign cn=Foreign issuer=twin eku=OCSPSigning ext=1.3.6.1.5.5.7.48.1.5:0500
tls cn=Tls issuer=root
asca cn=Lab%20Root issuer=root key=\@good
any cn=Any issuer=root eku=anyExtendedKeyUsage
caosc cn=Caosc ca=yes issuer=root eku=OCSPSigning
noku cn=Noku issuer=root eku=OCSPSigning ku=keyEncipherment
again cn=Responder issuer=root eku=OCSPSigning
odd cn=Odd issuer=root eku=OCSPSigning unknown-critical=yes
rsa1 key=rsa:1024 cn=Weak issuer=root eku=OCSPSigning ext=1.3.6.1.5.5.7.48.1.5:0500
.

# title, words of the answer, state, findings, text
my @rows = (
	[ 'good', 'status=good', 'ok' ],
	[ 'good, SHA-256', 'status=good hash=sha256', 'ok' ],
	[ 'good, responder by key', 'by=key', 'ok' ],
	[ 'delegated', 'signer=dele', 'ok' ],
	[ 'delegated, by key', 'signer=dele by=key', 'ok' ],
	[ 'delegated, no nocheck', 'signer=check', 'ok' ],
	[ 'a superfluous certificate', 'certs=other', 'ok' ],
	[ 'about others as well', 'of=other,good', 'ok' ],
	[ 'produced before thisUpdate', 'this=-1h produced=-2h', 'ok' ],
	[ 'this second', 'this=now', 'ok' ],
	[ 'a clock that is two minutes ahead', 'this=+2m', 'ok' ],
	[ 'revoked', 'status=revoked', 'critical', 'ocsp.revoked',
	    qr/no reason given/ ],
	(map { [ "revoked, $_", "status=revoked reason=$_ at=2026-01-02T03:04:05Z",
	    'critical', 'ocsp.revoked', qr/2026-01-02.*\Q$_\E/i ] }
	    qw(unspecified keyCompromise CACompromise affiliationChanged
	    superseded cessationOfOperation certificateHold
	    privilegeWithdrawn AACompromise)),
	[ 'revoked, delegated', 'status=revoked signer=dele', 'critical',
	    'ocsp.revoked' ],
	[ 'good, then revoked', 'status=good also=revoked', 'critical',
	    'ocsp.revoked' ],
	[ 'revoked, then good', 'status=revoked also=good', 'critical',
	    'ocsp.revoked' ],
	[ 'good, then unknown', 'status=good also=unknown', 'critical',
	    'ocsp.unknown' ],
	[ 'unknown, then revoked', 'status=unknown also=revoked', 'critical',
	    'ocsp.revoked' ],
	[ 'unknown', 'status=unknown', 'critical', 'ocsp.unknown' ],
	[ 'good, by a rogue CA of the same name', 'signer=twin nocerts=yes',
	    'unknown', 'ocsp.unusable', qr/with the CA's key.*forged/ ],
	[ 'the same, with its certificate', 'signer=twin', 'unknown',
	    'ocsp.unusable', qr/no authorised responder: .*OCSP signing/ ],
	[ 'good, by an ordinary leaf', 'signer=tls', 'unknown',
	    'ocsp.unusable', qr/no authorised responder: .*OCSP signing/ ],
	[ 'the same, its certificate is not sent', 'signer=tls nocerts=yes',
	    'unknown', 'ocsp.unusable', qr/neither the CA nor/ ],
	[ 'good, by a delegate of the rogue CA', 'signer=foreign', 'unknown',
	    'ocsp.unusable', qr/no authorised .*not issued by the CA/ ],
	[ 'good, by a delegate of a sub CA', 'signer=indirect certs=sub',
	    'unknown', 'ocsp.unusable',
	    qr/no authorised .*issued by somebody else/ ],
	[ 'good, by an expired delegate', 'signer=old', 'unknown',
	    'ocsp.unusable', qr/no authorised .*has expired/ ],
	[ 'good, by a delegate whose certificate is not sent',
	    'signer=dele nocerts=yes', 'unknown', 'ocsp.unusable',
	    qr/neither the CA nor/ ],
	(map { [ "good, by the certificate itself: $_", $_, 'unknown',
	    'ocsp.unusable', qr/key of the certificate itself/ ] }
	    'signer=good', 'signer=good nocerts=yes',
	    'signer=good by=key nocerts=yes', 'signer=asca',
	    'signer=asca nocerts=yes'),
	[ 'good, by any purpose', 'signer=any', 'unknown', 'ocsp.unusable',
	    qr/not one for OCSP signing/ ],
	[ 'good, by a CA for OCSP', 'signer=caosc', 'unknown',
	    'ocsp.unusable', qr/one of a CA/ ],
	[ 'good, by a key that may not sign', 'signer=noku', 'unknown',
	    'ocsp.unusable', qr/key usage does not permit/ ],
	[ 'good, by one of two of the same name', 'signer=again certs=dele',
	    'ok' ],
	[ 'good, by a delegate that says what nobody knows', 'signer=odd',
	    'unknown', 'ocsp.unusable', qr/critical extension/ ],
	[ 'revoked, by a rogue CA', 'status=revoked signer=twin', 'unknown',
	    'ocsp.unusable' ],
	[ 'replayed, 26 days old', 'this=-30d next=-26d', 'unknown',
	    'ocsp.unusable', qr/nextUpdate/ ],
	[ 'from the future', 'this=+1d next=+3d produced=now', 'unknown',
	    'ocsp.unusable', qr/not valid before/ ],
	[ 'nextUpdate before thisUpdate', 'this=-1h next=-2h', 'unknown',
	    'ocsp.unusable' ],
	[ 'no nextUpdate', 'next=none', 'unknown', 'ocsp.unusable',
	    qr/no nextUpdate/ ],
	[ 'no nextUpdate, and old', 'this=-30d next=none', 'unknown',
	    'ocsp.unusable', qr/nextUpdate/ ],
	[ 'about another certificate', 'of=other', 'unknown',
	    'ocsp.unusable', qr/another certificate/ ],
	[ 'a critical extension', 'unknown-critical=yes', 'unknown',
	    'ocsp.unusable', qr/critical/ ],
	[ 'signed with SHA-1', 'digest=sha1', 'ok', undef ],
	[ 'malformedRequest', 'error=malformed', 'unknown', 'ocsp.unusable',
	    qr/malformedRequest/ ],
	[ 'internalError', 'error=internal', 'unknown', 'ocsp.un(usable|reachable)',
	    qr/internalError/ ],
	[ 'tryLater', 'error=trylater', 'unknown', 'ocsp.un(usable|reachable)',
	    qr/tryLater/ ],
	[ 'sigRequired', 'error=sigrequired', 'unknown', 'ocsp.unusable',
	    qr/sigRequired/ ],
	[ 'unauthorized', 'error=unauthorized', 'unknown', 'ocsp.unusable',
	    qr/unauthorized/ ],
);

my $spec = '';
for my $i (0 .. $#rows) {
	my $words = $rows[$i][1];
	$words .= ' of=good' if $words !~ /\bof=/;
	$spec .= "\@ocsp file=$i.ors issuer=root $words\n";
}
mkcert($pki, $spec);

for my $i (0 .. $#rows) {
	my ($title, undef, $state, $id, $like) = @{ $rows[$i] };
	$site->rules("/ocsp* file=$pki/$i.ors "
	    . 'type=application/ocsp-response');
	my $run = check_json(file_args($pki, 'good'));
	my @bad = map { $_->{id} } grep { $_->{status} ne 'ok' }
	    findings($run);
	my $want = defined $id ? qr/^$id$/ : qr/^$/;
	ok($run->{exit} == { ok => 0, critical => 2, unknown => 3 }->{$state}
	    && "@bad" =~ $want, "$title: $state " . ($id // ''))
	    or diag($run->{exit}, " @bad: ", $run->{out});
	like(text_of($run, $bad[0] // ''), $like, "$title: text")
	    if defined $like;
}

my ($sha1) = grep { $rows[$_][0] eq 'signed with SHA-1' } 0 .. $#rows;
$site->rules("/ocsp* file=$pki/$sha1.ors");
like(text_of(check_json(file_args($pki, 'good')), 'ocsp.revoked'),
    qr/signed with SHA-1/, 'signed with SHA-1 is said');

# Times are those of --at.
$site->rules("/ocsp* file=$pki/0.ors");
for my $row ([ '+2d', 'ok' ], [ '+4d', 'unknown' ], [ '-2d', 'unknown' ]) {
	my ($when, $state) = @$row;
	my $at = time + $when =~ s/d$//r * 86400;
	state_is(check_json(file_args($pki, 'good', "--at=$at")), $state,
	    "the first answer, judged $when");
}
# The seconds at the ends, of an answer and of its signer's certificate, which
# has no grace.
my $t = int(time / 86400) * 86400;
mkcert($pki, "edge cn=Edge issuer=root eku=OCSPSigning nb=\@"
    . ($t + 3600) . " na=\@" . ($t + 7200) . "\n"
    . "\@ocsp file=edge0.ors issuer=root of=good this=\@$t next=\@"
    . ($t + 86400) . "\n\@ocsp file=edge1.ors issuer=root of=good "
    . "signer=edge this=\@$t next=\@" . ($t + 86400) . " produced=\@"
    . ($t + 3700) . "\n\@ocsp file=edge2.ors issuer=root of=good "
    . "status=revoked this=\@$t next=\@" . ($t + 86400) . "\n\@crl "
    . "file=edge3.crl issuer=root this=\@$t next=\@" . ($t + 86400) . "\n");
for my $row ([ 0, 0, -1, 'unknown' ], [ 0, 0, 0, 'ok' ],
    [ 0, 0, 86400, 'ok' ], [ 0, 0, 86401, 'unknown' ],
    [ 0, 300, -301, 'unknown' ], [ 0, 300, -300, 'ok' ],
    [ 0, 300, 86700, 'ok' ], [ 0, 300, 86701, 'unknown' ],
    [ 1, 300, 3599, 'unknown' ], [ 1, 300, 3600, 'ok' ],
    [ 1, 300, 7200, 'ok' ], [ 1, 300, 7201, 'unknown' ],
    [ 1, 99, 3600, 'unknown' ], [ 1, 100, 3600, 'ok' ],
    [ 2, 0, -1, 'unknown' ], [ 2, 0, 0, 'critical' ],
    [ 2, 0, 86400, 'critical' ], [ 2, 0, 86401, 'critical' ],
    [ 3, 0, -1, 'unknown' ], [ 3, 0, 0, 'ok' ], [ 3, 0, 86400, 'ok' ],
    [ 3, 0, 86401, 'unknown' ], [ 3, 300, -300, 'ok' ],
    [ 3, 300, -301, 'unknown' ], [ 3, 300, 86700, 'ok' ],
    [ 3, 300, 86701, 'unknown' ]) {
	my ($file, $skew, $at, $state) = @$row;
	state_is(check_json(file_args($pki, 'good', '--offline',
	    "--skew=$skew", '--at=' . ($t + $at), $file == 3 ?
	    "--crl=$pki/edge3.crl" : "--ocsp-response=$pki/edge$file.ors")),
	    $state, "edge $file at $at, skew $skew");
}
state_is(check_json(file_args($pki, 'good', '--max-age=30m')), 'unknown',
    'older than --max-age');
state_is(check_json(file_args($pki, 'good', '--max-age=2h')), 'ok',
    'not older than --max-age');
verdict('-w: the answer ends soon', [ file_args($pki, 'good', '-w', '4d') ],
    'warning', [ 'ocsp.next_update' ],
    { like => qr/ next_update=\d+s;345600:( |$)/m });
verdict('-c: the answer ends soon', [ file_args($pki, 'good', '-c', '99%') ],
    'critical', [ 'ocsp.next_update' ]);

# A proof that is in a file.
mkcert($pki, '@ocsp file=file.ors of=good issuer=root status=revoked');
$site->rules('/ocsp* status=500');
verdict('--ocsp-response, revoked', [ file_args($pki, 'good',
    "--ocsp-response=$pki/file.ors") ], 'critical', [ 'ocsp.revoked' ]);
verdict('--ocsp-response, good', [ file_args($pki, 'good', '--offline',
    "--ocsp-response=$pki/0.ors") ], 'ok', []);
for my $bytes ('', 'garbage', "\x30\x80", "\x30\x03\x0a\x01\x00",
    substr(read_file("$pki/0.ors"), 0, 100)) {
	my $file = write_file('bad.ors', $bytes);
	my $run = check_json(file_args($pki, 'good', '--offline',
	    "--ocsp-response=$file"));
	state_is($run, 'unknown', '--ocsp-response: ' . length($bytes)
	    . ' octets that are none');
}

# The nonce comes back from nobody who signs in advance: no failure.
$site->rules("/ocsp* file=$pki/1.ors");
verdict('--nonce, and none in the answer', [ file_args($pki, 'good',
    '--nonce') ], 'ok', []);

# Old responders know SHA-1 only, new ones may not know it any more.
for my $id (qw(sha1 sha256 auto)) {
	$site->rules("/ocsp* file=$pki/0.ors");
	state_is(check_json(file_args($pki, 'good', "--cert-id=$id")), 'ok',
	    "--cert-id=$id");
}

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Staples, and certificates that must have one (RFC 7633).
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
leaf san=dns:www.lab.test issuer=root aia-ocsp=$ocsp
must san=dns:www.lab.test issuer=root aia-ocsp=$ocsp must-staple=yes
bare san=dns:www.lab.test issuer=root
dele cn=Responder issuer=root eku=OCSPSigning ext=1.3.6.1.5.5.7.48.1.5:0500
tls issuer=root
.
# staple, words, states: of leaf, of must, with --method=staple
my @rows = (
	[ 'good', 'status=good', 'ok', 'ok', 'ok' ],
	[ 'dele', 'status=good signer=dele', 'ok', 'ok', 'ok' ],
	[ 'sha256', 'status=good hash=sha256', 'ok', 'ok', 'ok' ],
	[ 'revoked', 'status=revoked reason=keyCompromise', 'critical',
	    'critical', 'critical' ],
	[ 'unknown', 'status=unknown', 'warning', 'critical', 'critical' ],
	[ 'forged', 'signer=twin', 'warning', 'critical', 'unknown' ],
	[ 'forgedin', 'signer=twin nocerts=yes', 'warning', 'critical',
	    'unknown' ],
	[ 'byleaf', 'signer=tls', 'warning', 'critical', 'unknown' ],
	[ 'stale', 'this=-30d next=-26d', 'warning', 'critical', 'unknown' ],
	[ 'other', 'of=tls', 'warning', 'critical', 'unknown' ],
	[ 'later', 'error=trylater', 'warning', 'critical', 'unknown' ],
	[ 'critical', 'unknown-critical=yes', 'warning', 'critical',
	    'unknown' ],
);
my ($spec, @lines) = ('');
for my $row (@rows) {
	for my $cert (qw(leaf must)) {
		my $words = $row->[1];
		$words .= " of=$cert" if $words !~ /\bof=/;
		$spec .= "\@ocsp file=$cert.$row->[0] issuer=root $words\n";
		push @lines, "--cert $pki/$cert.pem --key $pki/$cert.key "
		    . "--staple $pki/$cert.$row->[0]";
	}
}
mkcert($pki, "$spec\@ocsp file=leaf.ors of=leaf,must issuer=root\n");
write_file("$pki/garbage", 'no response at all');
push @lines, map { "--cert $pki/$_.pem --key $pki/$_.key" }
    qw(leaf must bare);
push @lines, "--cert $pki/leaf.pem --key $pki/leaf.key --staple $pki/garbage";
push @lines, "--cert $pki/leaf.pem --key $pki/leaf.key --tls-max 1.2 "
    . "--staple $pki/leaf.revoked";
push @lines, "--cert $pki/leaf.pem --key $pki/leaf.key --tls-max 1.2 "
    . "--staple $pki/leaf.good";
my @servers = servers(@lines);
my $at = 0;

sub args {
	my ($server, @more) = @_;
	return [ '-H', 'www.lab.test', '-I', '127.0.0.1', '-p',
	    $server->port, "--ca-file=$pki/root.pem", '--no-cache', @more ];
}

# The responder says good all the time: the staple is judged on its own.
$site->rules("/ocsp* file=$pki/leaf.ors");
for my $row (@rows) {
	my ($name, undef, $leaf, $must, $alone) = @$row;
	for my $want ([ leaf => $leaf ], [ must => $must ]) {
		my $server = $servers[$at++];
		my $id = $want->[1] eq 'ok' ? [] :
		    $name eq 'revoked' ? [ 'ocsp.revoked' ] :
		    [ 'staple.unusable' ];
		verdict("$want->[0], staple $name", args($server),
		    $want->[1], $id);
		next if $want->[0] eq 'must';
		my $run = check_json(@{ args($server, '--method=staple') });
		my $got = $MPC::Test::STATES[$run->{exit}];
		ok($alone eq 'ok' ? $got eq 'ok' : $got ne 'ok' &&
		    ($alone ne 'critical' || $got eq 'critical'),
		    "--method=staple, staple $name: $alone ($got)")
		    or diag($run->{out});
	}
}
my ($none, $mustnone, $bare, $garbage, $old, $oldgood) =
    @servers[$at .. $at + 5];
$site->forget;
verdict('no staple, no need', args($none), 'ok', []);
is($site->count, 2, 'the responder was asked (twice: two formats)');
verdict('no staple, --method=staple', args($none, '--method=staple'),
    'critical', [ 'staple.missing' ]);
verdict('must-staple, none', args($mustnone), 'critical',
    [ 'staple.missing' ]);
for my $state (qw(ok warning unknown critical)) {
	state_is(check_json(@{ args($mustnone, "--must-staple=$state") }),
	    $state, "--must-staple=$state");
}
verdict('garbage', args($garbage), 'warning', [ 'staple.unusable' ]);
verdict('TLS 1.2, revoked', args($old), 'critical', [ 'ocsp.revoked' ]);
verdict('TLS 1.2, good', args($oldgood), 'ok', []);
$site->forget;
state_is(check_json(@{ args($oldgood, '--method=staple') }), 'ok',
    'TLS 1.2, --method=staple');
is($site->count, 0, '--method=staple asks nobody');

# A staple is no answer of the responder's when that is dead: the state says
# what is not known, or the staple serves; it never makes a revoked one good.
$site->rules('/ocsp* status=500');
my $run = check_json(@{ args($servers[0]) });
isnt($run->{exit}, 2, 'a good staple, a dead responder: no alarm');
$run = check_json(@{ args($old) });
state_is($run, 'critical', 'a revoked staple, a dead responder');

# Of a file nobody expects a staple.
$site->rules("/ocsp* file=$pki/leaf.ors");
verdict('a file, must-staple', [ file_args($pki, 'must') ], 'ok', []);

done_testing;

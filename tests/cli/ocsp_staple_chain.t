#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Staples above the leaf, which TLS 1.3 has room for: each is judged as that
# certificate's, by the same rules as the leaf's.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $site = site();
my ($leaf, $inter) = map { $site->url($_) } qw(/leaf /inter);
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
twin cn=Lab%20Root ca=yes
inter cn=Inter ca=yes issuer=root aia-ocsp=$inter
other cn=Other ca=yes issuer=root
leaf san=dns:www.lab.test issuer=inter chain=inter aia-ocsp=$leaf
must san=dns:www.lab.test issuer=inter chain=inter aia-ocsp=$leaf must-staple=yes
dele cn=Responder issuer=root eku=OCSPSigning ext=1.3.6.1.5.5.7.48.1.5:0500
\@ocsp file=leaf.good of=leaf issuer=inter
\@ocsp file=must.good of=must issuer=inter
\@ocsp file=both.good of=leaf,must issuer=inter
\@ocsp file=leaf.revoked of=leaf issuer=inter status=revoked reason=superseded
.
my $tool = ($ENV{MPC_TOOLDIR} // ($ENV{TOP_BUILDDIR} // top())
    . '/tests/servers') . '/tls_server';
my $probe = qx($tool --staples - --cert $pki/leaf.pem --key $pki/leaf.key </dev/null 2>&1);
plan(skip_all => $1) if $probe =~ /(--staples needs .*)/;

# The intermediate's staple, its words; with a good responder: state and
# finding; offline: state and finding, text
my $bad = qr/staple proves nothing/;
my @rows = (
	[ 'good', 'status=good', 'ok', '', 'ok', '', undef ],
	[ 'delegated', 'status=good signer=dele', 'ok', '', 'ok', '', undef ],
	[ 'revoked', 'status=revoked reason=CACompromise', 'critical',
	    'ocsp.revoked', 'critical', 'ocsp.revoked', qr/cACompromise/ ],
	[ 'goodrevoked', 'status=good also=revoked', 'critical',
	    'ocsp.revoked', 'critical', 'ocsp.revoked', qr/staple/ ],
	[ 'unknown', 'status=unknown', 'warning', 'staple.unusable',
	    'unknown', 'staple.unusable', qr/does not know/ ],
	[ 'forged', 'signer=twin', 'warning', 'staple.unusable', 'unknown',
	    'staple.unusable', $bad ],
	[ 'byleaf', 'signer=leaf', 'warning', 'staple.unusable', 'unknown',
	    'staple.unusable', $bad ],
	[ 'stale', 'this=-30d next=-26d', 'warning', 'staple.unusable',
	    'unknown', 'staple.unusable', qr/nextUpdate|expired|stale/ ],
	[ 'other', 'of=other', 'warning', 'staple.unusable', 'unknown',
	    'staple.unusable', qr/another certificate/ ],
	[ 'ofleaf', 'issuer=inter of=leaf', 'warning', 'staple.unusable',
	    'unknown', 'staple.unusable', qr/another certificate/ ],
	[ 'later', 'error=trylater', 'warning', 'staple.unusable', 'unknown',
	    'staple.unusable', qr/tryLater/ ],
);
my ($spec, @lines) = ('');
for my $row (@rows) {
	my $words = $row->[1];
	$words .= ' of=inter' if $words !~ /\bof=/;
	$words .= ' issuer=root' if $words !~ /\bissuer=/;
	$spec .= "\@ocsp file=inter.$row->[0] $words\n";
}
mkcert($pki, $spec);
write_file("$pki/inter.garbage", 'no response at all');

sub line {
	my ($name, $staples, @more) = @_;
	return "--cert $pki/$name.chain.pem --key $pki/$name.key --staples "
	    . join(',', map { $_ eq '-' ? $_ : "$pki/$_" } @$staples)
	    . " @more";
}

my @servers = servers((map { line('leaf', [ 'leaf.good',
    "inter.$_->[0]" ]) } @rows),
    line('leaf', [ '-', 'inter.revoked' ]),
    line('leaf', [ 'leaf.good' ]),
    line('leaf', [ 'leaf.revoked', 'inter.good' ]),
    line('leaf', [ 'leaf.good', 'inter.revoked' ], '--tls-max 1.2'),
    line('leaf', [ 'leaf.good', 'inter.garbage' ]),
    line('must', [ '-', 'inter.good' ]),
    line('must', [ 'must.good', 'inter.good' ]));

sub args {
	my ($server, @more) = @_;
	return [ '-H', 'www.lab.test', '-I', '127.0.0.1', '-p',
	    $server->port, "--ca-file=$pki/root.pem", '--no-cache', @more ];
}

# A finding that is not ok, and whose it is.
sub about {
	my ($run, $id) = @_;
	my ($found) = grep { $_->{id} eq $id && $_->{status} ne 'ok' }
	    findings($run);
	return $found->{subject} // '';
}

sub responders_good {
	$site->rules("/leaf* file=$pki/both.good",
	    "/inter* file=$pki/inter.good");
	return;
}

responders_good();
for my $i (0 .. $#rows) {
	my ($name, undef, $state, $id, $alone, $why, $text) = @{ $rows[$i] };
	my $run = verdict("intermediate's staple $name", args($servers[$i]),
	    $state, $id eq '' ? [] : [ $id ]);
	is(about($run, $id), 'intermediate 1', "$name: whose it is")
	    if $id ne '';
	$run = check_json(@{ args($servers[$i], '--offline') });
	my $got = $MPC::Test::STATES[$run->{exit}];
	# An unusable staple is a warning, which is worse than not knowing.
	ok($alone eq 'unknown' ? $got ne 'ok' : $got eq $alone,
	    "$name, offline: $alone ($got)") or diag($run->{out});
	next if $why eq '';
	is(about($run, $why), 'intermediate 1', "$name, offline: whose");
	my ($found) = grep { $_->{id} eq $why && $_->{status} ne 'ok' }
	    findings($run);
	like($found->{text}, $text, "$name, offline: text");
}

# With both staples nobody is asked where the staples are what is wanted.
$site->forget;
verdict('--method=staple', args($servers[0], '--method=staple'), 'ok', []);
is($site->count, 0, '--method=staple asks nobody');
my ($alone, $leafonly, $leafrevoked, $old, $garbage, $mustnone, $must) =
    @servers[@rows .. $#servers];

my $run = verdict('no staple of the leaf, a revoked intermediate',
    args($alone), 'critical', [ 'ocsp.revoked' ]);
is(about($run, 'ocsp.revoked'), 'intermediate 1', 'which is said');
verdict('--leaf-only looks at no staple above', args($alone,
    '--leaf-only'), 'ok', []);
verdict('a staple of the leaf only', args($leafonly), 'ok', []);
$run = verdict('the leaf is revoked, the intermediate is good',
    args($leafrevoked), 'critical', [ 'ocsp.revoked' ]);
is(about($run, 'ocsp.revoked'), 'leaf', 'which is said');
$run = verdict('garbage', args($garbage), 'warning', [ 'staple.unusable' ]);
is(about($run, 'staple.unusable'), 'intermediate 1', 'whose it is');

# TLS 1.2 has room for the leaf's staple only.
verdict('TLS 1.2', args($old), 'ok', []);
is((check_json(@{ args($old, '--method=staple') }))->{exit}, 0,
    'TLS 1.2, the staple of the leaf');
isnt((check_json(@{ args($old, '--offline') }))->{exit}, 0,
    'TLS 1.2, nothing is known of the intermediate');
verdict('--tls-max=1.2 against a server of 1.3', args($servers[2],
    '--tls-max=1.2'), 'ok', []);

# A must-staple leaf is not served by its issuer's staple.
verdict('must-staple, the staple of its issuer only', args($mustnone),
    'critical', [ 'staple.missing' ]);
verdict('must-staple, both', args($must), 'ok', []);

# A dead responder, and staples for all: that is known.
$site->rules('/* status=500');
my $down = check_json(@{ args($servers[0]) });
is($down->{exit}, 0, 'dead responders, good staples') or diag($down->{out});
$down = check_json(@{ args($leafonly) });
isnt($down->{exit}, 0, 'dead responders, a staple of the leaf only');

done_testing;

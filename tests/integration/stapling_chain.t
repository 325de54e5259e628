#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Staples above the leaf by a real server: in TLS 1.3 GnuTLS sends an OCSP
# response for each certificate of its chain.  (It refuses to load one that
# says revoked: tests/cli/ocsp_staple_chain.t has those, by its library.)

use strict;
use warnings;

use MPCIT;
use MPCIT::Web;

use constant SERVER => '/usr/bin/gnutls-serv';

$MPCIT::subject = 'check_ocsp';
$MPCIT::service = 'OCSP';
need SERVER;

my $dir = tmpdir();
my $pki = MPCIT::PKI->new(tmpdir());
my $root = $pki->path('root.pem');

# The responder of the root, and one of a rogue root of the same name.
$pki->root($_, cn => 'Lab Root') for qw(root rogue);
my %responder = map { $_ => MPCIT::Web->responder($pki, $_) } qw(root rogue);
sub aia
{
	my ($ca) = @_;

	return "authorityInfoAccess = OCSP;URI:http://127.0.0.1:"
	    . "$responder{$ca}/";
}

$pki->ca('int', cn => 'Lab Intermediate', issuer => 'root',
    extra => [ aia('root') ]);
$responder{int} = MPCIT::Web->responder($pki, 'int');
$pki->leaf('leaf', issuer => 'int', san => [ 'DNS:srv.lab.test' ],
    extra => [ aia('int') ]);

sub answer
{
	my ($file, $name, $ca, $by) = @_;

	my $path = "$dir/$file.ors";
	# It looks whether the index has changed after it has answered.
	run_tool('openssl', 'ocsp', '-issuer', $pki->path("$ca.pem"),
	    '-cert', $pki->path("$name.pem"), '-url',
	    "http://127.0.0.1:$responder{$by}/", '-respout', $path,
	    '-noverify', '-no_nonce') for 1, 2;
	return $path;
}

# Staples of leaf and intermediate, in any order.
sub serve
{
	my ($priority, @staples) = @_;

	my $port = free_port();
	MPCIT::Server->start(name => "gnutls$port", ports => [ $port ],
	    cmd => [ SERVER, '--quiet', '--disable-client-cert', '-p', $port,
	    '--x509certfile', $pki->path('leaf.chain'), '--x509keyfile',
	    $pki->path('leaf.key'), '--priority', $priority,
	    map { "--ocsp-response=$_" } @staples ]);
	return $port;
}

sub args
{
	my ($port, @more) = @_;

	return args_for('srv.lab.test', $port, $root, '--no-cache', @more);
}

sub whose
{
	my ($doc, $id, $subject, $name) = @_;

	my ($found) = grep { $_->{id} eq $id && $_->{status} ne 'OK' }
	    @{ $doc->{targets}[0]{findings} };
	is($found->{subject}, $subject, "$name: $subject");
	return;
}

my $leaf = answer('leaf', 'leaf', 'int', 'int');
my $good = answer('good', 'int', 'root', 'root');
my $forged = answer('forged', 'int', 'root', 'rogue');
my $both = serve('NORMAL', $leaf, $good);
my $rogue = serve('NORMAL', $leaf, $forged);
my $alone = serve('NORMAL', $leaf);
my $above = serve('NORMAL', $good);
my $old = serve('NORMAL:-VERS-TLS1.3', $leaf, $good);

witness('gnutls-serv', port => $both, name => 'srv.lab.test',
    cert => $pki->path('leaf.pem'));
verdict 'both are good', args($both), 'ok';
verdict 'both are good, nobody else is asked', args($both, '--offline'),
    'ok';
verdict 'TLS 1.2: the leaf only', args($old, '--offline'), 'unknown',
    'ocsp.unreachable';
verdict 'TLS 1.2 wanted: the leaf only', args($both, '--offline',
    '--tls-max=1.2'), 'unknown', 'ocsp.unreachable';
verdict 'TLS 1.2, --method=staple', args($old, '--method=staple'), 'ok';
verdict 'the leaf only', args($alone, '--offline'), 'unknown',
    'ocsp.unreachable';
my $doc = verdict 'the intermediate only', args($above, '--offline'),
    'unknown', 'ocsp.unreachable';
whose($doc, 'ocsp.unreachable', 'leaf', 'what is not known');

$doc = verdict "the intermediate's is forged", args($rogue), 'warning',
    'staple.unusable';
whose($doc, 'staple.unusable', 'intermediate 1', 'forged');
verdict "the intermediate's is forged, nobody else is asked",
    args($rogue, '--offline'), 'warning', 'staple.unusable',
    'ocsp.unreachable=unknown';

# Both have ended a week later.
my $later = time + 7 * 86400;
$doc = verdict 'stale', args($both, '--offline', "--at=$later"), 'warning',
    'staple.unusable', 'ocsp.unreachable=unknown';
my @stale = map { $_->{subject} } grep { $_->{id} eq 'staple.unusable' }
    @{ $doc->{targets}[0]{findings} };
is("@stale", 'leaf intermediate 1', 'stale: both');

# A staple of before the revocation, and the truth.
MPCIT::Web->revoke($pki, 'int', 'root', 'CACompromise');
answer('unused', 'int', 'root', 'root');
$doc = verdict 'a good staple of before the revocation', args($both),
    'critical', 'ocsp.revoked';
whose($doc, 'ocsp.revoked', 'intermediate 1', 'revoked');
my ($found) = grep { $_->{id} eq 'ocsp.revoked' && $_->{status} ne 'OK' }
    @{ $doc->{targets}[0]{findings} };
like($found->{text}, qr/cACompromise/, 'revoked: the reason');

done_testing;

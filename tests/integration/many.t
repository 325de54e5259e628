#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Many real servers in one run: a file of targets, positional ones, a network,
# IPv6; each judged by itself, the worst first, the exit code the worst.

use strict;
use warnings;

use MPCIT;
use MPCIT::Nginx;

need MPCIT::Nginx::PROGRAM;

my $dir = tmpdir();
my $pki = MPCIT::PKI->standard(tmpdir());
my $root = $pki->path('root.pem');
my @trust = ('--ca-file', $root);
my @names = map { "n$_" } 1 .. 30;
my ($many, $six, $network, $closed) = free_ports(4);
my %port = map { $_ => free_port() } qw(near expired rogue);

# thirty names on one port, one of them expired
for my $name (@names) {
	my @dates = $name eq 'n17' ? (from => -91, to => -1) : ();
	$pki->leaf($name, issuer => 'int', key => '=good',
	    san => [ "DNS:$name.lab.test" ], @dates);
}
$pki->leaf('other', issuer => 'int', san => [ 'IP:127.0.0.2' ]);
MPCIT::Nginx->start($pki,
    (map { { port => $many, names => "$_.lab.test", cert => $_ } } @names),
    { port => $six, cert => 'good', with => [ "listen [::1]:$six ssl;" ] },
    { port => $network, cert => 'good' },
    { port => $network, cert => 'other', address => '127.0.0.2' },
    (map { { port => $port{$_}, cert => $_ } } sort keys %port));

sub states
{
	my ($doc) = @_;

	my %n = map { $_ => 0 } qw(OK WARNING CRITICAL UNKNOWN);
	$n{$_->{status}}++ for @{ $doc->{targets} };
	return join ' ', map { "$_=$n{$_}" } qw(OK WARNING CRITICAL UNKNOWN);
}

my $list = write_file("$dir/targets", join "\n", '# the lab',
    (map { "$_.lab.test:$many address=127.0.0.1" } @names), '');
my $doc = verdict 'thirty names from a file, one expired',
    [ "--targets=$list", @trust ], 'critical', 'cert.expiry',
    '?path.expired';
is(states($doc), 'OK=29 WARNING=0 CRITICAL=1 UNKNOWN=0', 'each is judged');
like($doc->{summary}, qr/\bn17\.lab\.test\b/, 'and the worst is named');
for my $limit (1, 4) {
	$doc = verdict "the same, $limit at a time", [ "--targets=$list",
	    "--concurrency=$limit", @trust ], 'critical', 'cert.expiry',
	    '?path.expired';
	is(states($doc), 'OK=29 WARNING=0 CRITICAL=1 UNKNOWN=0',
	    'the same verdicts');
}

$doc = verdict 'good, near expiry, expired, untrusted, nobody there',
    [ (map { "localhost:$_" } $six, @port{qw(near expired rogue)}, $closed),
    @trust ], 'critical', 'cert.expiry', 'cert.expiry=warning',
    'path.untrusted', 'net.connect', '?path.expired';
is(states($doc), 'OK=1 WARNING=1 CRITICAL=3 UNKNOWN=0', 'each is judged');

$list = write_file("$dir/bad", "localhost:$six\nlocalhost:99999\n" .
    "localhost:$port{near}\n");
$doc = verdict 'a bad line among the targets', [ "--targets=$list", @trust ],
    'warning', 'cert.expiry', 'usage=unknown';
is(states($doc), 'OK=1 WARNING=1 CRITICAL=0 UNKNOWN=1',
    'the others are checked all the same');

$doc = verdict 'a network, two of its hosts answer',
    [ "127.0.0.0/29:$network", @trust ], 'ok';
is(scalar(grep { $_->{facts}{certs} && @{ $_->{facts}{certs} } }
    @{ $doc->{targets} }), 2, 'both are seen');

verdict 'IPv6, as a target', [ "[::1]:$six", @trust, '--name=srv.lab.test' ],
    'ok';
verdict 'IPv6, the name is the address, which it does not have',
    [ "[::1]:$six", @trust ], 'critical', 'cert.name';
verdict 'IPv6, as an address', [ '-H', 'srv.lab.test', '-I', '::1', '-p',
    $six, @trust ], 'ok';
verdict 'IPv6 only, and an IPv4 address', [ '-6', '-H', '127.0.0.1', '-p',
    $six, @trust ], 'critical', 'net.resolve';

done_testing;

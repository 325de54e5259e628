#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Mosquitto: MQTT over TLS.

use strict;
use warnings;

use MPCIT;

use constant PROGRAM => '/usr/sbin/mosquitto';

need PROGRAM;

my $pki = MPCIT::PKI->standard(tmpdir());
my $root = $pki->path('root.pem');
my $dir = tmpdir();
$pki->leaf('client', issuer => 'int', eku => 'clientAuth');

my @kinds = qw(good near expired rogue);
my %port = map { $_ => free_port() } @kinds, qw(client plain);

sub listener
{
	my ($port, $cert, @lines) = @_;

	my @tls = $cert ? ('certfile ' . $pki->path("$cert.chain"),
	    'keyfile ' . $pki->path("$cert.key")) : ();
	return join "\n", "listener $port 127.0.0.1", @tls, @lines, '';
}

my $conf = write_file("$dir/mosquitto.conf", join '',
    "allow_anonymous true\n", (map { listener($port{$_}, $_) } @kinds),
    listener($port{client}, 'good', 'require_certificate true',
    "cafile $root", 'tls_version tlsv1.2'), listener($port{plain}));

MPCIT::Server->start(name => 'mosquitto', ports => [ sort values %port ],
    cmd => [ PROGRAM, '-c', $conf ]);

verdict_kinds 'mosquitto', pki => $pki, port => sub { $port{$_[0]} };
verdict 'mosquitto, URL', [ "mqtts://localhost:$port{good}", '--ca-file',
    $root ], 'ok';
verdict_demands 'mosquitto, client certificate required, none given',
    args_for('srv.lab.test', $port{client}, $root);
verdict 'mosquitto, client certificate required and given',
    args_for('srv.lab.test', $port{client}, $root, '--client-cert',
    $pki->path('client.chain'), '--client-key', $pki->path('client.key')),
    'ok';
verdict 'mosquitto, the plain port', args_for('srv.lab.test', $port{plain},
    $root), 'critical', 'net.connect|tls.handshake';

done_testing;

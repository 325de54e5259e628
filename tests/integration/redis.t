#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Redis: its TLS port, with and without client certificates.

use strict;
use warnings;

use MPCIT;

use constant PROGRAM => '/usr/bin/redis-server';

need PROGRAM;

my $pki = MPCIT::PKI->standard(tmpdir());
my $root = $pki->path('root.pem');
$pki->leaf('client', issuer => 'int', eku => 'clientAuth');

sub redis
{
	my ($kind, @more) = @_;

	my $dir = tmpdir();
	my $port = free_port();
	MPCIT::Server->start(name => 'redis', ports => [ $port ],
	    cmd => [ PROGRAM, '--port', '0', '--tls-port', $port, '--bind',
	    '127.0.0.1', '--dir', $dir, '--save', '', '--tls-cert-file',
	    $pki->path("$kind.chain"), '--tls-key-file',
	    $pki->path("$kind.key"), '--tls-ca-cert-file', $root,
	    '--tls-auth-clients', 'no', @more ]);
	return $port;
}

my %port = map { $_ => redis($_) } qw(good near expired rogue);
my $client = redis('good', '--tls-auth-clients', 'yes', '--tls-protocols',
    'TLSv1.2');

verdict_kinds 'redis', pki => $pki, port => sub { $port{$_[0]} };
verdict 'redis, URL', [ "redis://localhost:$port{good}", '--ca-file',
    $root ], 'ok';
verdict_demands 'redis, client certificate required, none given',
    args_for('srv.lab.test', $client, $root);
verdict 'redis, client certificate required and given',
    args_for('srv.lab.test', $client, $root, '--client-cert',
    $pki->path('client.chain'), '--client-key', $pki->path('client.key')),
    'ok';

done_testing;

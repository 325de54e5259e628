#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# OpenSSL's own server: a client certificate required, so that the handshake
# itself fails without; one version, one cipher suite, small keys.

use strict;
use warnings;

use MPCIT;

use constant PROGRAM => '/usr/bin/openssl';

need PROGRAM;

my $pki = MPCIT::PKI->standard(tmpdir());
my $root = $pki->path('root.pem');
$pki->leaf('client', issuer => 'int', eku => 'clientAuth');
$pki->leaf('small', issuer => 'int', key => 'rsa1024',
    san => [ 'DNS:srv.lab.test' ]);

# s_server with ARGS; it wants neither its own certificate's chain guessed nor
# a terminal.
sub s_server
{
	my ($cert, @args) = @_;

	my $port = free_port();
	MPCIT::Server->start(name => 'openssl', ports => [ $port ],
	    cmd => [ PROGRAM, 's_server', '-accept', "127.0.0.1:$port",
	    '-cert', $pki->path("$cert.pem"), '-cert_chain',
	    $pki->path('int.pem'), '-key', $pki->path("$cert.key"),
	    '-quiet', '-www', @args ]);
	return $port;
}

my @client = ('--client-cert', $pki->path('client.chain'), '--client-key',
    $pki->path('client.key'));
my @verify = ('-CAfile', $root, '-verify_return_error', '-Verify', '3');

my $port = s_server('good', @verify, '-tls1_2');
handshake_fails 's_server wants a client certificate', port => $port;
verdict_demands 'TLS 1.2, client certificate required, none given',
    args_for('srv.lab.test', $port, $root);
verdict 'TLS 1.2, client certificate required and given',
    args_for('srv.lab.test', $port, $root, @client), 'ok';

$port = s_server('good', @verify, '-tls1_3');
verdict 'TLS 1.3, client certificate required and given',
    args_for('srv.lab.test', $port, $root, @client), 'ok';

for my $version (qw(1 1_1)) {
	$port = s_server('good', "-tls$version", '-cipher',
	    'DEFAULT@SECLEVEL=0');
	verdict "TLS $version only is seen, and judged",
	    args_for('srv.lab.test', $port, $root), 'warning', 'tls.version',
	    '?tls.renegotiation';
}

$port = s_server('good', '-tls1_3', '-ciphersuites',
    'TLS_CHACHA20_POLY1305_SHA256');
verdict 'one cipher suite', args_for('srv.lab.test', $port, $root), 'ok';

$port = s_server('good', '-groups', 'X448');
verdict 'one group', args_for('srv.lab.test', $port, $root), 'ok';

$port = s_server('small', '-cipher', 'DEFAULT@SECLEVEL=0');
verdict 'a small key is seen, and judged',
    args_for('srv.lab.test', $port, $root), 'warning', 'key.weak';

$port = s_server('good', '-servername', 'srv.lab.test', '-servername_fatal',
    '-cert2', $pki->path('good.pem'), '-key2', $pki->path('good.key'));
handshake_fails 's_server refuses another name', port => $port,
    name => 'nobody.lab.test';
verdict 's_server refuses another name',
    args_for('nobody.lab.test', $port, $root), 'critical', 'tls.handshake';

done_testing;

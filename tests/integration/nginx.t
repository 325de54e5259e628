#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# nginx: several names on one port, each version of TLS, each kind of key,
# client certificates, refusal without a name, ALPN.

use strict;
use warnings;

use MPCIT;
use MPCIT::Nginx;

need MPCIT::Nginx::PROGRAM;

my $pki = MPCIT::PKI->standard(tmpdir(), names => [ 'www.lab.test' ]);
my $root = $pki->path('root.pem');

sub leaf
{
	my ($name, %opt) = @_;

	return $pki->leaf($name, issuer => 'int', cn => "$name.lab.test",
	    san => [ "DNS:$name.lab.test" ], %opt);
}

leaf('shop');
leaf('old', from => -100, to => -10);
leaf('soon', from => -80, to => 10);
leaf('rsa', key => 'rsa');
$pki->root("$_-root", cn => "Lab $_", key => $_) for qw(rsa ed25519);
for my $kind (qw(rsa ed25519)) {
	$pki->ca("$kind-int", issuer => "$kind-root", key => $kind);
	$pki->leaf("$kind-leaf", issuer => "$kind-int", key => $kind,
	    san => [ 'DNS:www.lab.test' ]);
}

my ($names, $kinds, $tls12, $tls13, $rsa, $ed25519, $client, $reject,
    $alpn) = free_ports(9);
my %port = map { $_ => $_ eq 'good' ? $kinds : free_port() }
    qw(good near expired rogue);

MPCIT::Nginx->start($pki,
    { port => $names, flags => [ 'default_server' ],
    names => 'www.lab.test', cert => 'good' },
    (map { { port => $names, names => "$_.lab.test", cert => $_ } }
    qw(shop old soon)),
    (map { { port => $port{$_}, cert => $_ } } sort keys %port),
    { port => $tls12, cert => 'good', with => [ 'ssl_protocols TLSv1.2;' ] },
    { port => $tls13, cert => 'good', with => [ 'ssl_protocols TLSv1.3;' ] },
    { port => $rsa, cert => 'rsa-leaf' },
    { port => $ed25519, cert => 'ed25519-leaf' },
    { port => $client, cert => 'good', with => [ 'ssl_verify_client on;',
    'ssl_client_certificate ' . $pki->path('root.pem') . ';',
    'ssl_verify_depth 3;' ] },
    { port => $reject, flags => [ 'default_server' ],
    with => [ 'ssl_reject_handshake on;' ] },
    { port => $reject, names => 'www.lab.test', cert => 'good' },
    { port => $alpn, cert => 'good', flags => [ 'http2' ] }
);

# one server, one certificate each
verdict_kinds 'nginx', pki => $pki, name => 'www.lab.test',
    port => sub { $port{$_[0]} };

# several names on one port
my %name_says = (
	www  => [ 'ok' ],
	shop => [ 'ok' ],
	old  => [ 'critical', 'cert.expiry', '?path.expired' ],
	soon => [ 'critical', 'cert.expiry' ],
);
for my $name (sort keys %name_says) {
	verdict "nginx, $name.lab.test of several names",
	    args_for("$name.lab.test", $names, $root), @{ $name_says{$name} };
}
verdict 'nginx, a name it does not have',
    args_for('nobody.lab.test', $names, $root), 'critical', 'cert.name';
verdict 'nginx, --sni is the name then',
    args_for('www.lab.test', $names, $root, '--sni=shop.lab.test'), 'ok';
verdict 'nginx, --sni, but --name is another',
    args_for('www.lab.test', $names, $root, '--sni=shop.lab.test',
    '--name=www.lab.test'), 'critical', 'cert.name';
verdict 'nginx, the address as the name',
    [ '-H', '127.0.0.1', '-p', $port{good}, '--ca-file', $root ], 'ok';
verdict 'nginx, URL',
    [ "https://localhost:$port{good}", '--ca-file', $root ], 'ok';
verdict 'nginx, HOST:PORT',
    [ "localhost:$port{good}", '--ca-file', $root ], 'ok';
verdict 'nginx, two targets, the worst counts',
    [ "localhost:$port{good}", "localhost:$port{expired}", '--ca-file',
    $root ], 'critical', 'cert.expiry', '?path.expired';

# versions of TLS, kinds of keys
verdict 'nginx, TLS 1.2 only', args_for('www.lab.test', $tls12, $root), 'ok';
verdict 'nginx, TLS 1.3 only', args_for('www.lab.test', $tls13, $root), 'ok';
verdict 'nginx, TLS 1.3 only, --tls-max=1.2',
    args_for('www.lab.test', $tls13, $root, '--tls-max=1.2'), 'critical',
    'tls.handshake';
verdict 'nginx, TLS 1.2 only, --tls-min=1.3',
    args_for('www.lab.test', $tls12, $root, '--tls-min=1.3'), 'critical',
    'tls.handshake';
verdict 'nginx, RSA chain', args_for('www.lab.test', $rsa,
    $pki->path('rsa-root.pem')), 'ok';
verdict 'nginx, Ed25519 chain', args_for('www.lab.test', $ed25519,
    $pki->path('ed25519-root.pem')), 'ok';

# a client certificate: nginx says 400, but only after the handshake
verdict_demands 'nginx, client certificate wanted, none given',
    args_for('www.lab.test', $client, $root);
verdict 'nginx, client certificate given',
    args_for('www.lab.test', $client, $root, '--client-cert',
    $pki->path('shop.pem'), '--client-key', $pki->path('shop.key')), 'ok';

# no name, no handshake
handshake_fails 'nginx refuses without a name', port => $reject;
verdict 'nginx, refuses other names, ours is right',
    args_for('www.lab.test', $reject, $root), 'ok';
verdict 'nginx, refuses this name',
    args_for('nobody.lab.test', $reject, $root), 'critical', 'tls.handshake';
verdict 'nginx, refuses an address, which is no name',
    [ '-H', '127.0.0.1', '-p', $reject, '--ca-file', $root ], 'critical',
    'tls.handshake';

# ALPN
verdict "nginx, ALPN $_", args_for('www.lab.test', $alpn, $root,
    "--alpn=$_"), 'ok' for qw(h2 http/1.1);
verdict 'nginx, ALPN that it does not speak', args_for('www.lab.test', $alpn,
    $root, '--alpn=imap'), 'critical', 'tls.handshake';

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# stunnel: one service per certificate, services by name, a client certificate
# required.

use strict;
use warnings;

use MPCIT;

use constant PROGRAM => '/usr/bin/stunnel4';

need PROGRAM;

my $dir = tmpdir();
my $pki = MPCIT::PKI->standard(tmpdir());
my $root = $pki->path('root.pem');
my @kinds = qw(good near expired rogue);
my %port = map { $_ => free_port() } @kinds, 'client';

$pki->leaf('shop', issuer => 'int', san => [ 'DNS:shop.lab.test' ]);
$pki->leaf('client', issuer => 'int', eku => 'clientAuth');

sub service
{
	my ($name, $cert, @lines) = @_;

	return join "\n", "[$name]", 'cert = ' . $pki->path("$cert.chain"),
	    'key = ' . $pki->path("$cert.key"), 'connect = 127.0.0.1:1',
	    @lines, '';
}

my $conf = write_file("$dir/stunnel.conf", join '',
    "foreground = yes\npid =\nsyslog = no\noutput = $dir/log\n",
    (map { service($_, $_, "accept = 127.0.0.1:$port{$_}") } @kinds),
    service('shop', 'shop', 'sni = good:shop.lab.test'),
    service('client', 'good', "accept = 127.0.0.1:$port{client}",
    'requireCert = yes', 'verifyChain = yes', "CAfile = $root",
    'sslVersion = TLSv1.2'));

MPCIT::Server->start(name => 'stunnel', log => "$dir/log",
    cmd => [ PROGRAM, $conf ], ports => [ sort values %port ]);

verdict_kinds 'stunnel', pki => $pki, port => sub { $port{$_[0]} };
witness 'stunnel, service by name', port => $port{good},
    name => 'shop.lab.test', cert => $pki->path('shop.pem');
verdict 'stunnel, service by name',
    args_for('shop.lab.test', $port{good}, $root), 'ok';

handshake_fails 'stunnel wants a client certificate', port => $port{client};
verdict_demands 'stunnel, client certificate required, none given',
    args_for('srv.lab.test', $port{client}, $root);
verdict 'stunnel, client certificate required and given',
    args_for('srv.lab.test', $port{client}, $root, '--client-cert',
    $pki->path('client.chain'), '--client-key', $pki->path('client.key')),
    'ok';

done_testing;

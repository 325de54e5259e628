#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Apache: name-based virtual hosts, and a client certificate that is required
# in the handshake (TLS 1.2) or behind it (TLS 1.3).

use strict;
use warnings;

use MPCIT;

use constant PROGRAM => '/usr/sbin/apache2';

need PROGRAM;

my $dir = tmpdir();
my $pki = MPCIT::PKI->standard(tmpdir());
my $root = $pki->path('root.pem');
$pki->leaf('shop', issuer => 'int', san => [ 'DNS:shop.lab.test' ],
    key => 'rsa');
$pki->leaf('client', issuer => 'int', eku => 'clientAuth');

my %port = map { $_ => free_port() } qw(good near expired rogue client12
    client13);

sub vhost
{
	my ($port, $name, $cert, @lines) = @_;

	return join "\n", "<VirtualHost 127.0.0.1:$port>",
	    "ServerName $name", 'SSLEngine on',
	    'SSLCertificateFile ' . $pki->path("$cert.chain"),
	    'SSLCertificateKeyFile ' . $pki->path("$cert.key"), @lines,
	    '</VirtualHost>', '';
}

my @verify = ('SSLVerifyClient require', 'SSLVerifyDepth 3',
    "SSLCACertificateFile $root");
my $modules = '/usr/lib/apache2/modules';
my $conf = write_file("$dir/apache.conf", join '', <<"END",
ServerRoot $dir
ServerName localhost
PidFile $dir/pid
ErrorLog $dir/error.log
Mutex file:$dir
User www-data
Group www-data
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule ssl_module $modules/mod_ssl.so
SSLSessionCache none
DocumentRoot $dir
StartServers 1
END
    (map { "Listen 127.0.0.1:$_\n" } sort values %port),
    (map { vhost($port{$_}, 'srv.lab.test', $_) }
    qw(good near expired rogue)),
    vhost($port{good}, 'shop.lab.test', 'shop'),
    vhost($port{client12}, 'srv.lab.test', 'good', @verify,
    'SSLProtocol TLSv1.2'),
    vhost($port{client13}, 'srv.lab.test', 'good', @verify,
    'SSLProtocol TLSv1.3'));
my @owner = $> == 0 ? (getpwnam 'www-data')[2, 3] : ($>, $));
chown @owner, $dir;

MPCIT::Server->start(name => 'apache', log => "$dir/error.log",
    cmd => [ PROGRAM, '-f', $conf, '-DFOREGROUND' ],
    ports => [ sort values %port ]);

verdict_kinds 'apache', pki => $pki, port => sub { $port{$_[0]} };
witness 'apache, second name', port => $port{good}, name => 'shop.lab.test',
    cert => $pki->path('shop.pem');
verdict 'apache, second name',
    args_for('shop.lab.test', $port{good}, $root), 'ok';

my @client = ('--client-cert', $pki->path('client.chain'), '--client-key',
    $pki->path('client.key'));
handshake_fails 'apache, TLS 1.2, wants a client certificate',
    port => $port{client12}, name => 'srv.lab.test';
verdict_demands 'apache, TLS 1.2, client certificate required, none given',
    args_for('srv.lab.test', $port{client12}, $root);
verdict 'apache, TLS 1.2, client certificate required and given',
    args_for('srv.lab.test', $port{client12}, $root, @client), 'ok';
verdict 'apache, TLS 1.3, client certificate required and given',
    args_for('srv.lab.test', $port{client13}, $root, @client), 'ok';

done_testing;

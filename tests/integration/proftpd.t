#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# ProFTPD: AUTH TLS, implicit TLS, and a server without TLS.

use strict;
use warnings;

use MPCIT;

use constant PROGRAM => '/usr/sbin/proftpd';

need PROGRAM, '/usr/lib/proftpd/mod_tls.so';

my $dir = tmpdir();
my $pki = MPCIT::PKI->standard(tmpdir());
my $root = $pki->path('root.pem');
my @kinds = qw(good near expired rogue);
my %ftp = map { $_ => free_port() } @kinds, 'plain';
my %ftps = map { $_ => free_port() } @kinds;

sub vhost
{
	my ($port, $kind, @lines) = @_;

	return join "\n", '<VirtualHost 127.0.0.1>', "Port $port",
	    'TLSEngine on', 'TLSRequired off',
	    'TLSECCertificateFile ' . $pki->path("$kind.pem"),
	    'TLSECCertificateKeyFile ' . $pki->path("$kind.key"),
	    'TLSCertificateChainFile ' . $pki->path("$kind.chain"),
	    @lines, '</VirtualHost>', '';
}

my $conf = write_file("$dir/proftpd.conf", join '', <<"END",
ServerType standalone
ServerName lab
DefaultAddress 127.0.0.1
SocketBindTight on
Port $ftp{plain}
ModulePath /usr/lib/proftpd
LoadModule mod_tls.c
User nobody
Group nogroup
PidFile $dir/pid
ScoreboardFile $dir/scoreboard
DelayEngine off
WtmpLog off
TransferLog none
SystemLog $dir/log
UseReverseDNS off
RequireValidShell off
AuthOrder mod_auth_file.c
END
    (map { vhost($ftp{$_}, $_) } @kinds),
    (map { vhost($ftps{$_}, $_, 'TLSOptions UseImplicitSSL') } @kinds));
MPCIT::Server->start(name => 'proftpd', log => "$dir/out",
    cmd => [ PROGRAM, '-n', '-c', $conf ],
    ports => [ sort(values %ftp, values %ftps) ]);

verdict_kinds 'proftpd, AUTH TLS', pki => $pki, starttls => 'ftp',
    port => sub { $ftp{$_[0]} };
verdict_kinds 'proftpd, implicit TLS', pki => $pki,
    port => sub { $ftps{$_[0]} };
verdict 'proftpd, ftp URL', [ "ftp://localhost:$ftp{good}", '--ca-file',
    $root ], 'ok';
verdict 'proftpd, ftps URL', [ "ftps://localhost:$ftps{good}", '--ca-file',
    $root ], 'ok';
verdict 'proftpd without TLS', args_for('srv.lab.test', $ftp{plain}, $root,
    '--starttls=ftp'), 'critical', 'starttls.refused';
verdict 'proftpd, TLS at once where it speaks plain text',
    args_for('srv.lab.test', $ftp{good}, $root), 'critical', 'tls.plaintext';

done_testing;

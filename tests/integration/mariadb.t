#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# MariaDB: TLS in the middle of its greeting, and a server without it.

use strict;
use warnings;

use MPCIT;

use constant PROGRAM => '/usr/sbin/mariadbd';

need PROGRAM, '/usr/bin/mariadb-install-db';

my $pki = MPCIT::PKI->standard(tmpdir());
my $root = $pki->path('root.pem');
my $dir = tmpdir();
my $port = free_port();
my $server;

chown((getpwnam 'mysql')[2, 3], $dir) if $> == 0;
run_tool(as_user('mysql'), '/usr/bin/mariadb-install-db',
    '--no-defaults', "--datadir=$dir/data", '--skip-test-db',
    '--auth-root-authentication-method=normal',
    '--innodb-flush-method=nosync', '--innodb-log-file-size=4M',
    '--skip-log-bin');

sub mariadb
{
	my ($kind) = @_;

	$server->stop if $server;
	my @tls = $kind eq 'none' ? ('--skip-ssl') : (
	    '--ssl-cert=' . $pki->path("$kind.chain"),
	    '--ssl-key=' . $pki->path("$kind.key"));
	$server = MPCIT::Server->start(name => 'mariadb', user => 'mysql',
	    ports => [ $port ], cmd => [ PROGRAM, '--no-defaults',
	    "--datadir=$dir/data", "--port=$port", "--socket=$dir/sock",
	    "--pid-file=$dir/pid", '--bind-address=127.0.0.1',
	    '--innodb-flush-method=nosync', '--innodb-fast-shutdown=2',
	    '--innodb-buffer-pool-size=8M', '--skip-name-resolve', @tls ]);
	return $port;
}

verdict_kinds 'mariadb', pki => $pki, starttls => 'mysql',
    port => \&mariadb;
mariadb('good');
verdict 'mariadb, URL', [ "mysql://localhost:$port", '--ca-file', $root ],
    'ok';
mariadb('none');
verdict 'mariadb without TLS', args_for('srv.lab.test', $port, $root,
    '--starttls=mysql'), 'critical', 'starttls.refused';

done_testing;

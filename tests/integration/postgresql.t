#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# PostgreSQL: SSLRequest, and a server that says no to it.

use strict;
use warnings;

use MPCIT;

my ($bin) = reverse sort glob '/usr/lib/postgresql/*/bin';
need(($bin // '/usr/lib/postgresql') . '/postgres');

my $pki = MPCIT::PKI->standard(tmpdir());
my $root = $pki->path('root.pem');
my $dir = tmpdir();
my $port = free_port();
my @user = $> == 0 ? ((getpwnam 'postgres')[2, 3]) : ($>, $));
my $server;

# It wants the key to be its own, and nobody else's.
for my $kind (qw(good near expired rogue)) {
	write_file("$dir/$kind.key", read_file($pki->path("$kind.key")),
	    0600);
	chown @user, "$dir/$kind.key";
}
chown @user, $dir;
run_tool(as_user('postgres'), "$bin/initdb", '-D', "$dir/data", '-A',
    'trust', '-N', '--no-locale');

sub postgres
{
	my ($kind) = @_;

	$server->stop if $server;
	my %set = (port => $port, listen_addresses => '127.0.0.1',
	    unix_socket_directories => $dir, fsync => 'off');
	%set = (%set, ssl => 'on', ssl_key_file => "$dir/$kind.key",
	    ssl_cert_file => $pki->path("$kind.chain"))
	    if $kind ne 'none';
	$server = MPCIT::Server->start(name => 'postgres',
	    user => 'postgres', signal => 'INT', ports => [ $port ],
	    cmd => [ "$bin/postgres", '-D', "$dir/data",
	    map { ('-c', "$_=$set{$_}") } sort keys %set ]);
	return $port;
}

verdict_kinds 'postgresql', pki => $pki, starttls => 'postgres',
    port => \&postgres;
postgres('good');
verdict 'postgresql, URL', [ "postgres://localhost:$port", '--ca-file',
    $root ], 'ok';
postgres('none');
verdict 'postgresql without TLS', args_for('srv.lab.test', $port, $root,
    '--starttls=postgres'), 'critical', 'starttls.refused';

done_testing;

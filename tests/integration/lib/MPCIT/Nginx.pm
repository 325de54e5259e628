# SPDX-License-Identifier: ISC
#
# nginx with a list of TLS servers, on one port (told apart by their names) or
# on several.
#
#	MPCIT::Nginx->start($pki, { port => $port, names => 'www.lab.test',
#	    cert => 'good', with => [ 'ssl_protocols TLSv1.2;' ] }, ...);
#
# cert is a name in the PKI, its chain is served; chain => FILE serves
# another one.  address is 127.0.0.1, flags are words of the listen line.
# Without cert the block has only what `with' says.

package MPCIT::Nginx;

use strict;
use warnings;

use MPCIT::Server qw(tmpdir write_file);

use constant PROGRAM => '/usr/sbin/nginx';

sub start
{
	my ($class, $pki, @servers) = @_;

	my $dir = tmpdir();
	my $blocks = join '', map { _server($pki, $_) } @servers;
	my $temp = join '', map { "\t${_}_temp_path $dir/$_;\n" }
	    qw(client_body proxy fastcgi uwsgi scgi);
	my $conf = write_file("$dir/nginx.conf", <<"END");
daemon off;
worker_processes 1;
pid $dir/nginx.pid;
error_log stderr;
events { worker_connections 256; }
http {
	access_log off;
$temp$blocks}
END
	my %ports = map { $_->{port} => 1 } @servers;
	return MPCIT::Server->start(name => 'nginx', signal => 'QUIT',
	    cmd => [ PROGRAM, '-e', 'stderr', '-p', $dir, '-c', $conf ],
	    ports => [ sort keys %ports ]);
}

sub _server
{
	my ($pki, $server) = @_;

	my $flags = join '', map { " $_" } @{ $server->{flags} // [] };
	my $address = $server->{address} // '127.0.0.1';
	my @lines = ("listen $address:$server->{port} ssl$flags;",
	    'server_name ' . ($server->{names} // '""') . ';');
	push @lines, 'ssl_certificate ' .
	    $pki->path($server->{chain} // "$server->{cert}.chain") . ';',
	    'ssl_certificate_key ' . $pki->path("$server->{cert}.key") . ';'
	    if $server->{cert};
	push @lines, @{ $server->{with} // [] }, 'return 200;';
	return join '', "\tserver {\n", (map { "\t\t$_\n" } @lines), "\t}\n";
}

1;

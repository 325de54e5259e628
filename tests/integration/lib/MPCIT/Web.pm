# SPDX-License-Identifier: ISC
#
# A folder on the web, for lists and certificates; and OpenSSL's responder for
# the CA of an MPCIT::PKI, with what has been revoked there.
#
#	my $url = MPCIT::Web->folder($dir);
#	my $port = MPCIT::Web->responder($pki, 'int');

package MPCIT::Web;

use strict;
use warnings;

use Cwd qw(abs_path);
use File::Basename qw(dirname);
use IO::Socket::INET ();
use POSIX ();

use MPCIT::Server qw(free_port tmpdir read_file write_file run_tool);

# The server is this file, run as a program.
my $program = abs_path(__FILE__);
my $library = dirname(dirname($program));

sub folder
{
	my ($class, $dir) = @_;

	my $port = free_port();
	MPCIT::Server->start(name => 'web', ports => [ $port ],
	    cmd => [ $^X, "-I$library", $program, $port, $dir ]);
	return "http://127.0.0.1:$port";
}

# `openssl ocsp` answers one connection after the other; one that says
# nothing would block it, so that it is not asked whether it is there.
sub responder
{
	my ($class, $pki, $ca, @more) = @_;

	my $port = free_port();
	my $server = MPCIT::Server->start(name => 'responder', ports => [],
	    cmd => [ 'openssl', 'ocsp', '-port', $port, '-index',
	    $pki->path('index'), '-CA', $pki->path("$ca.pem"), '-rsigner',
	    $pki->path("$ca.pem"), '-rkey', $pki->path("$ca.key"), '-ndays',
	    3, @more ]);
	for (1 .. 200) {
		return $port if $server->log_text =~ /^ACCEPT/m;
		select undef, undef, undef, 0.05;
	}
	die "openssl ocsp does not start\n" . $server->log_text;
}

# Revokes NAME in the index of the CA; the responder reads it again.
sub revoke
{
	my ($class, $pki, $name, $ca, $reason) = @_;

	run_tool('openssl', 'ca', '-config', $pki->path('ca.cnf'), '-cert',
	    $pki->path("$ca.pem"), '-keyfile', $pki->path("$ca.key"),
	    '-revoke', $pki->path("$name.pem"), '-crl_reason', $reason);
	return;
}

# One answer of the responder, for NAME, in a file as servers staple it.
sub answer
{
	my ($class, $pki, $name, $ca, $port, $file) = @_;

	# It looks whether the index has changed after it has answered.
	for (1 .. 2) {
		run_tool('openssl', 'ocsp', '-issuer', $pki->path("$ca.pem"),
		    '-cert', $pki->path("$name.pem"), '-url',
		    "http://127.0.0.1:$port/", '-respout', $file,
		    '-noverify', '-no_nonce');
	}
	return $file;
}

sub _serve
{
	my ($port, $dir) = @_;

	my $listener = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
	    LocalPort => $port, Listen => 64, ReuseAddr => 1)
	    or die "port $port: $!\n";
	$SIG{PIPE} = 'IGNORE';
	while (my $peer = $listener->accept) {
		my $request = <$peer> // '';
		while (defined(my $line = <$peer>)) {
			last if $line =~ /^\r?$/;
		}
		my ($path) = $request =~ m{^GET /([\w.-]+) };
		my $file = defined $path ? "$dir/$path" : '';
		my $found = -f $file;
		my $body = $found ? read_file($file) : '';
		print {$peer} 'HTTP/1.0 ', $found ? '200 OK' :
		    '404 Not Found', "\r\nContent-Length: ", length $body,
		    "\r\n\r\n", $body;
		close $peer;
	}
	return;
}

_serve(@ARGV) if !caller;

1;

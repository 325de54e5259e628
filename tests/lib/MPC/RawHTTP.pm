# SPDX-License-Identifier: ISC
#
# A web server of raw octets, for what http_server would never send: the test
# gives a function of the path that writes to the socket.
#
#	my $raw = MPC::RawHTTP->new('/x' => sub { print {$_[0]} "..." });
#	$raw->url('/x');
package MPC::RawHTTP;

use strict;
use warnings;

use IO::Socket::INET;
use POSIX ();

my @children;
my $owner = $$;

END {
	my $status = $?;
	if ($$ == $owner) {
		kill 'TERM', $_ for @children;
		waitpid $_, 0 for @children;
	}
	$? = $status;
}

# Reads a request, has it answered, and waits until the client goes.
sub serve {
	my ($client, $answers) = @_;
	local $SIG{PIPE} = 'IGNORE';
	my $request = '';
	while ($request !~ /\r\n\r\n/) {
		sysread $client, $request, 4096, length $request or return;
	}
	my ($path) = $request =~ m{^[A-Z]+ (/[^/? ]*)};
	my $answer = $answers->{ $path // '' } or return;
	$answer->($client);
	shutdown $client, 1;
	while (sysread $client, my $more, 4096) { }
	return;
}

sub new {
	my ($class, %answers) = @_;
	my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
	    LocalPort => 0, Proto => 'tcp', Listen => 64) or
	    die "socket: $!\n";
	my $pid = fork() // die "fork: $!\n";
	if ($pid == 0) {
		# Each connection has its own process, none lives for long.
		$SIG{CHLD} = 'IGNORE';
		$SIG{TERM} = 'DEFAULT';
		while (my $client = $socket->accept) {
			my $child = fork();
			if (defined $child && $child == 0) {
				close $socket;
				alarm 60;
				serve($client, \%answers);
				POSIX::_exit(0);
			}
			close $client;
		}
		POSIX::_exit(0);
	}
	push @children, $pid;
	return bless { port => $socket->sockport }, $class;
}

sub url {
	my ($self, $path) = @_;
	return "http://127.0.0.1:$self->{port}$path";
}

# All of it, as long as the client reads; -1 when it has gone.
sub put {
	my ($client, $octets) = @_;
	my $at = 0;
	while ($at < length $octets) {
		$at += syswrite($client, $octets, length($octets) - $at, $at)
		    // return -1;
	}
	return 0;
}

# Again and again, at most so many MB.
sub flood {
	my ($client, $octets, $mb) = @_;
	$octets x= 1 + int(65536 / length $octets);
	for (1 .. ($mb // 512) * 1048576 / length $octets) {
		return if put($client, $octets) == -1;
	}
	return;
}

1;

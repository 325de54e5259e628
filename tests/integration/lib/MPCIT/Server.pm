# SPDX-License-Identifier: ISC
#
# A real server as a child of the test: started on free loopback ports, with
# a folder of its own, stopped by pid when the test ends, however it ends.
#
#	my $port = free_port();
#	my $srv = MPCIT::Server->start(
#	    name => 'nginx', cmd => [ 'nginx', '-c', $conf ],
#	    ports => [ $port ]);
#	$srv->stop;		# or the end of the test
#
# start() returns when every port accepts a connection, and dies with the
# tail of the server's log when that does not happen.

package MPCIT::Server;

use strict;
use warnings;

use Carp qw(croak);
use Exporter qw(import);
use File::Path ();
use File::Temp ();
use IO::Socket::INET ();
use POSIX ();
use Socket qw(AF_UNIX SOCK_STREAM pack_sockaddr_un);
use Time::HiRes ();

our @EXPORT = qw(free_port free_ports tmpdir write_file read_file run_tool
    as_user);

my $owner = $$;			# only the test itself cleans up, not its forks
my @running;
my $base;			# the folder of all our folders
my $tmpdirs = 0;
my %reserved;
my $watcher;			# write end of its pipe

# Ports below the ephemeral range, so that no outgoing connection takes one.
# A name in the abstract socket space holds the port for this process, against
# the other tests of a parallel run.
sub free_port
{
	for my $try (1 .. 2000) {
		my $port = 20000 + int(rand(12000));
		next if $reserved{$port};
		my $lock = _port_lock($port) or next;
		next unless _port_unused($port);
		$reserved{$port} = $lock;
		return $port;
	}
	croak 'no free port';
}

sub free_ports
{
	my ($n) = @_;

	return map { free_port() } 1 .. $n;
}

sub _port_lock
{
	my ($port) = @_;

	socket(my $sock, AF_UNIX, SOCK_STREAM, 0) or croak "socket: $!";
	return bind($sock, pack_sockaddr_un("\0mpcit-port-$port")) ?
	    $sock : undef;
}

sub _port_unused
{
	my ($port) = @_;

	my $sock = IO::Socket::INET->new(LocalAddr => '0.0.0.0',
	    LocalPort => $port, Proto => 'tcp', Listen => 1);
	return defined $sock;
}

# A new folder that other users can enter (servers drop their privileges),
# removed at the end.  The path is short, because socket paths have 107 bytes.
sub tmpdir
{
	if (!$base) {
		$base = File::Temp::tempdir('mpcit.XXXXXX', TMPDIR => 1);
		chmod 0755, $base;
	}
	my $dir = "$base/" . ++$tmpdirs;
	mkdir $dir, 0755 or croak "$dir: $!";
	return $dir;
}

sub write_file
{
	my ($path, $text, $mode) = @_;

	open my $fh, '>', $path or croak "$path: $!";
	print {$fh} $text;
	close $fh or croak "$path: $!";
	chmod $mode, $path if defined $mode;
	return $path;
}

sub read_file
{
	my ($path) = @_;

	open my $fh, '<', $path or return '';
	local $/;
	return scalar <$fh> // '';
}

# Run a helper program to its end; dies with its output when it fails.
sub run_tool
{
	my (@cmd) = @_;

	my $out = '';
	my $pid = open my $fh, '-|' // croak "fork: $!";
	if (!$pid) {
		open STDIN, '<', '/dev/null';
		open STDERR, '>&', \*STDOUT;
		exec { $cmd[0] } @cmd or POSIX::_exit(127);
	}
	{ local $/; $out = <$fh> // ''; }
	close $fh or croak "@cmd: exit " . ($? >> 8) . "\n$out";
	return $out;
}

# The prefix that runs a command as USER, unless we are not root.
sub as_user
{
	my ($user) = @_;

	return () unless defined $user && $> == 0;
	my $gid = (getpwnam $user)[3] // croak "no user $user";
	return ('setpriv', "--reuid=$user", "--regid=$gid", '--init-groups',
	    '--');
}

# A process that outlives a test that is killed, and cleans up in its place:
# it learns by a pipe what there is, and by the end of it that the test is
# gone.  A test that cleans up by itself leaves it nothing to do.
sub _watch
{
	my ($line) = @_;

	_watcher_start() unless $watcher;
	syswrite $watcher, "$line\n";
	return;
}

sub _watcher_start
{
	pipe(my $reader, $watcher) or croak "pipe: $!";
	my $pid = fork() // croak "fork: $!";
	return if $pid;

	close $watcher;
	setpgrp(0, 0);
	$SIG{$_} = 'IGNORE' for qw(INT TERM HUP PIPE);
	open STDIN, '<', '/dev/null';
	open STDOUT, '>', '/dev/null';
	open STDERR, '>', '/dev/null';
	my %alive;
	while (my $line = <$reader>) {
		my ($word, $pid, $signal) = split ' ', $line;
		$alive{$pid} = $signal if $word eq 'started';
		delete $alive{$pid} if $word eq 'stopped';
	}
	kill $alive{$_}, $_ for keys %alive;
	Time::HiRes::sleep(2) if %alive;
	kill 'KILL', map { -$_ } keys %alive;
	_sweep();
	POSIX::_exit(0);
}

sub start
{
	my ($class, %opt) = @_;

	tmpdir() unless $base;
	_watch('watch') unless $watcher;
	my $self = bless {
	    name => $opt{name}, pid => undef, signal => $opt{signal} // 'TERM',
	    log => $opt{log} // tmpdir() . "/$opt{name}.log",
	}, $class;
	my @cmd = (as_user($opt{user}), @{ $opt{cmd} });

	$self->{pid} = fork() // croak "fork: $!";
	$self->_exec(\@cmd, \%opt) if $self->{pid} == 0;
	push @running, $self;
	_watch("started $self->{pid} $self->{signal}");
	$self->_wait_ready($opt{ports} // [], $opt{timeout} // 30);
	return $self;
}

sub _exec
{
	my ($self, $cmd, $opt) = @_;

	setpgrp(0, 0);
	$SIG{$_} = 'DEFAULT' for qw(INT TERM HUP PIPE);
	$ENV{$_} = $opt->{env}{$_} for keys %{ $opt->{env} // {} };
	chdir($opt->{cwd} // '/');
	open STDIN, '<', '/dev/null';
	open STDOUT, '>>', $self->{log};
	open STDERR, '>&', \*STDOUT;
	{ no warnings 'exec'; exec { $cmd->[0] } @$cmd; }
	print STDERR "$cmd->[0]: $!\n";
	POSIX::_exit(127);
}

sub _wait_ready
{
	my ($self, $ports, $timeout) = @_;

	my $end = Time::HiRes::time() + $timeout;
	for my $port (@$ports) {
		until (_port_answers($port)) {
			$self->_fail('ended') unless $self->alive;
			$self->_fail("does not listen on $port")
			    if Time::HiRes::time() > $end;
			Time::HiRes::sleep(0.05);
		}
	}
	$self->_fail('ended') unless $self->alive;
	return;
}

sub _port_answers
{
	my ($port) = @_;

	return defined IO::Socket::INET->new(PeerAddr => '127.0.0.1',
	    PeerPort => $port, Proto => 'tcp', Timeout => 2);
}

sub _fail
{
	my ($self, $what) = @_;

	my @lines = split /\n/, read_file($self->{log});
	splice @lines, 0, @lines - 20 if @lines > 20;
	$self->stop;
	croak join "\n", "$self->{name} $what", @lines, '';
}

sub pid { return $_[0]{pid} }
sub log_text { return read_file($_[0]{log}) }

# Send a signal to the server itself (HUP: read the configuration again).
sub signal
{
	my ($self, $name) = @_;

	return kill $name, $self->{pid};
}

sub alive
{
	my ($self) = @_;

	return 0 unless $self->{pid};
	return 1 if waitpid($self->{pid}, POSIX::WNOHANG()) == 0;
	$self->{pid} = undef;
	return 0;
}

# Ask, wait, insist: the server, then whatever is left of its process group.
sub stop
{
	my ($self) = @_;

	@running = grep { $_ != $self } @running;
	my $pid = $self->{pid} or return;
	kill $self->{signal}, $pid;
	for (1 .. 200) {
		last unless $self->alive;
		Time::HiRes::sleep(0.05);
	}
	kill 'KILL', -$pid;
	waitpid $pid, 0 if $self->{pid};
	$self->{pid} = undef;
	_watch("stopped $pid");
	return;
}

# Processes that still work in one of our folders: those of a server that put
# its children into sessions of their own.
sub _leftovers
{
	my ($dir) = @_;

	my @pids;
	for my $proc (glob '/proc/[0-9]*') {
		my ($pid) = $proc =~ /(\d+)$/;
		next if $pid == $$;
		my $cwd = readlink "$proc/cwd";
		next unless defined $cwd;
		push @pids, $pid if "$cwd/" =~ m{^\Q$dir\E/} ||
		    read_file("$proc/cmdline") =~ m{\Q$dir\E/};
	}
	return @pids;
}

sub cleanup
{
	return unless $$ == $owner;
	my @stop = reverse @running;	# stop() takes it off the list
	$_->stop for @stop;
	_sweep();
	return;
}

# Stop what still works in our folders, and remove them.
sub _sweep
{
	return unless $base;
	if (my @pids = _leftovers($base)) {
		kill 'TERM', @pids;
		Time::HiRes::sleep(0.3);
		kill 'KILL', _leftovers($base);
	}
	if ($ENV{MPCIT_KEEP}) {
		print STDERR "# kept $base\n";
	} else {
		File::Path::remove_tree($base, { error => \my $ignored });
	}
	$base = undef;
	return;
}

for my $name (qw(INT TERM HUP)) {
	$SIG{$name} = sub { exit 1 if $$ == $owner; POSIX::_exit(1) };
}

END {
	local ($?, $!);
	cleanup();
}

1;

# SPDX-License-Identifier: ISC
#
# For the tests of check_ocsp: a site that serves answers and lists, well or
# badly, and OpenSSL's own responder.
#
#	use MPC::Test;
#	use MPC::OCSP;
#	my $site = site();
#	my $pki = pki(<<".");
#	root ca=yes
#	good issuer=root aia-ocsp=@{[$site->url('/ocsp')]}
#	\@ocsp file=good.ors of=good issuer=root
#	.
#	$site->rules("/ocsp* file=$pki/good.ors");
#	verdict('good', [ file_args($pki, 'good') ], 'ok', []);
package MPC::OCSP;

use strict;
use warnings;

use Exporter qw(import);
use File::Temp ();
use Time::HiRes qw(sleep);

use MPC::Test;

our @EXPORT = qw(site file_args responder_start openssl_ok text_of in_time);

$MPC::Test::Subject = 'check_ocsp';

my $count = 0;
my $tools = $ENV{MPC_TOOLDIR} //
    ($ENV{TOP_BUILDDIR} // top()) . '/tests/servers';

# --- a site ------------------------------------------------------------------

# Children are stopped by pid when the test ends, however it ends.
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

# An http_server (tests/servers/README.md) without any rule yet.
sub site {
	my $name = scratch() . '/site' . ++$count;
	write_file("$name.rules", '');
	pipe(my $ready, my $stdout) or die "pipe: $!\n";
	my $pid = fork() // die "fork: $!\n";
	if ($pid == 0) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>&', $stdout;
		exec "$tools/http_server", '--rules', "$name.rules", '--log',
		    "$name.log", '--ignore-stdin' or POSIX::_exit(127);
	}
	close $stdout;
	push @children, $pid;
	my ($word, $port) = split ' ', <$ready> // '';
	die "http_server does not start\n" if ($word // '') ne 'ready';
	return bless { port => $port, name => $name, at => 0 },
	    'MPC::OCSP::Site';
}

package MPC::OCSP::Site;

sub url {
	my ($self, $path) = @_;
	return "http://127.0.0.1:$self->{port}$path";
}

# What is answered from now on; what was asked so far is forgotten.
sub rules {
	my ($self, @lines) = @_;
	MPC::Test::write_file("$self->{name}.rules.new",
	    join '', map { "$_\n" } @lines);
	rename "$self->{name}.rules.new", "$self->{name}.rules" or die;
	$self->forget;
	return $self;
}

sub _lines {
	my ($self) = @_;
	return () if !-e "$self->{name}.log";
	return split /\n/, MPC::Test::read_file("$self->{name}.log");
}

# The requests since rules() or forget(), each as a hash.
sub log {
	my ($self) = @_;
	my @lines = $self->_lines;
	splice @lines, 0, $self->{at};
	return map { { map { (split /=/, $_, 2)[0, 1] } split / / } } @lines;
}

sub forget {
	my ($self) = @_;
	$self->{at} = scalar(my @lines = $self->_lines);
	return;
}

# How often a path was asked for that begins like this.
sub count {
	my ($self, $path) = @_;
	return scalar grep { index($_->{path}, $path // '/') == 0 }
	    $self->log;
}

package MPC::OCSP;

# --- OpenSSL's commands --------------------------------------------------------

# Runs openssl, quietly; dies when it fails.
sub openssl_ok {
	my (@args) = @_;
	my $log = scratch() . '/openssl.log';
	my $pid = fork() // die "fork: $!\n";
	if ($pid == 0) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', $log;
		open STDERR, '>&', \*STDOUT;
		exec 'openssl', @args or POSIX::_exit(127);
	}
	waitpid $pid, 0;
	die "openssl @args\n" . read_file($log) if $? != 0;
	return;
}

# `openssl ocsp` as a responder; returns its port.  ARGS say what it answers.
sub responder_start {
	my (@args) = @_;
	my $port = closed_port();
	my $log = scratch() . '/responder' . ++$count;
	my $pid = fork() // die "fork: $!\n";
	if ($pid == 0) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', $log;
		open STDERR, '>&', \*STDOUT;
		exec 'openssl', 'ocsp', '-port', $port, @args
		    or POSIX::_exit(127);
	}
	push @children, $pid;
	# A connection that says nothing would be its only one for long.
	for (1 .. 250) {
		return $port if -e $log && read_file($log) =~ /^ACCEPT/m;
		sleep 0.02;
	}
	die "openssl ocsp does not start\n" . read_file($log);
}

# --- arguments and results -----------------------------------------------------

# A certificate in a file, trusted, and no cache that other runs have filled.
sub file_args {
	my ($pki, $name, @more) = @_;
	my $file = -e "$pki/$name.chain.pem" ? "$pki/$name.chain.pem" :
	    "$pki/$name.pem";
	return ('-f', $file, "--ca-file=$pki/root.pem", '--no-cache', @more);
}

# The texts of the findings with this id, one per line.
sub text_of {
	my ($run, $id) = @_;
	return join "\n", map { $_->{text} } findings($run, $id);
}

# The run has ended within its deadline: 0.2 s more by its promise, and time
# for a busy machine to start it.
sub in_time {
	my ($run, $seconds, $title) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ok($run->{elapsed} < $seconds + 2,
	    $title // 'within the deadline') || diag("$run->{elapsed} s");
}

1;

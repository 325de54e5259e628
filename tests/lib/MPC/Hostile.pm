# SPDX-License-Identifier: ISC
#
# For tests/cli/hostile_*.t: one run against somebody who means harm, which
# must say the right thing, in time, without much memory.
package MPC::Hostile;

use strict;
use warnings;

use Exporter qw(import);
use POSIX ();

use MPC::Test;

our @EXPORT = qw(hostile against peak_mb bounded);

# Number of the system call.
my %GETRUSAGE = (x86_64 => 98, aarch64 => 165);
my $sanitized;

# Peak memory of all processes this test has waited for, in MB; undef where it
# cannot be told or says nothing.  It never becomes less: the first run that
# takes too much is the one that is named.
sub peak_mb {
	my $number = $GETRUSAGE{ (POSIX::uname())[4] } // return;
	$sanitized //= read_file(plugin($MPC::Test::Subject)) =~ /__asan_init/
	    ? 1 : 0;
	return if $sanitized || ($ENV{LD_PRELOAD} // '') ne '';
	my $usage = "\0" x 256;
	return if syscall($number, -1, $usage) != 0;
	return (unpack 'q5', $usage)[4] / 1024;
}

# At most so much so far.
sub bounded {
	my ($limit, $title) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $peak = peak_mb();
	return 1 if !defined $peak || $peak <= $limit;
	return fail(sprintf '%s: %.1f MB of memory, not over %d', $title,
	    $peak, $limit);
}

sub against {
	my ($server, @more) = @_;
	return ('-H', 'good.test', '-I', '127.0.0.1', '-p', $server->port,
	    '-t', '20s', @more);
}

# The state (a list: any of them), a pattern for the ids that are not OK, one
# for the text; within SECONDS (5), and MB (64) of memory.
sub hostile {
	my ($title, $args, $want) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $run = check(@$args);
	my $json = check_json(@$args);
	my $state = $MPC::Test::STATES[$run->{exit}] // $run->{exit};
	my $ids = join ' ', bad_ids_of($json->{json}{targets}[0] // {});
	my $good = ok(scalar(grep { $_ eq $state }
	    ref $want->{state} ? @{ $want->{state} } : $want->{state}) &&
	    $json->{exit} == $run->{exit}, "$title: $state");
	$good = like($ids, $want->{id} // qr/^$/, "$title: findings") && $good;
	$good = like($run->{out}, $want->{like}, "$title: text") && $good
	    if defined $want->{like};
	my ($late) = sort { $b <=> $a } $run->{elapsed}, $json->{elapsed};
	$good = cmp_ok($late, '<', $want->{seconds} // 5, "$title: in time")
	    && $good;
	bounded($want->{mb} // 64, $title);
	diag("@$args\n", substr $run->{out}, 0, 800) if !$good;
	return $run;
}

1;

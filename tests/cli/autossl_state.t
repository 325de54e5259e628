# SPDX-License-Identifier: ISC
#
# What is remembered from one run to the next: functions that the server
# lacks, for a day, and since when a check is in progress.  Losing it costs
# nothing else.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";

use MPC::Test;
use MPC::AutoSSL;

my $root = $> == 0;

# Arguments without time, and whether a function was asked for at a time.
sub timeless {
	my (@args) = @_;
	for my $i (reverse 0 .. $#args) {
		splice @args, $i, 2 if $args[$i] eq '--at';
	}
	return @args;
}

sub asked {
	my ($server, $function, $at, @args) = @_;
	$server->forget;
	my $run = check(timeless(@args), '--at', $at);
	return scalar grep { $_->{function} eq $function ||
	    $_->{query} =~ /\b$function\b/ } $server->calls;
}

my $queue = 'get_autossl_pending_queue';
my $server = cpanel('fine');
my @host = $server->host;

is(asked($server, $queue, '2026-11-20T12:00:00Z', @host), 1,
    'a function that may be missing is asked for');
is(asked($server, $queue, '2026-11-20T12:10:00Z', @host), 0, 'and then not');
is(asked($server, $queue, '2026-11-21T11:59:00Z', @host), 0,
    'for nearly a day');
is(asked($server, $queue, '2026-11-21T12:00:00Z', @host), 1,
    'and after a day');
is(asked($server, $queue, '2026-11-21T12:05:00Z', @host), 0, 'and then not');
is(asked($server, $queue, '2026-11-20T00:00:00Z', @host), 1,
    'what is remembered of the future is nothing');
is(asked($server, "SSL::$queue", '2026-11-20T12:00:00Z',
    $server->account('alice')), 1, 'each account for itself');

# It came with an update.
$server->change({ functions => { add => [ $queue ] } });
is(asked($server, $queue, '2026-11-22T12:00:00Z', @host), 1, 'it is there');
is(asked($server, $queue, '2026-11-22T12:05:00Z', @host), 1, 'and stays');
$server->change({ functions => {} });

# The core is asked for always: a wrong answer must not last.
$server->change({ functions => { remove => [ 'fetch_ssl_vhosts' ] } });
state_is(check(@host), 'unknown', 'the core is missing');
$server->change({ functions => {} });
state_is(check(@host), 'ok', 'and is there again');

# Nothing is written with --no-cache, and nothing is needed.
my $empty = scratch() . '/empty';
mkdir $empty;
check($server->host, '--cache-dir', $empty, '--no-cache');
is(scalar(() = glob "$empty/*"), 0, '--no-cache writes nothing');
is(asked($server, $queue, '2026-11-22T13:00:00Z', @host, '--no-cache'), 1,
    'and remembers nothing') for 1 .. 2;

# --- what may be wrong with the file -----------------------------------------

my ($file) = grep { -f } glob $server->cache . '/*';
ok(defined $file, 'there is a file');
SKIP: {
	skip 'no file', 1 if !defined $file;
	my $text = read_file($file);
	unlike($text, qr/TOKEN/, 'without the token');
	my $mode = (stat $file)[2] & 07777;
	is($mode & 022, 0, sprintf 'nobody else may write it (%04o)', $mode);
	my %bad = (
		'nothing' => '',
		'octets' => join('', map { chr } 0 .. 255) x 4,
		'half of it' => substr($text, 0, int(length($text) / 2)),
		'very much' => 'x' x 5_000_000,
		'lines without end' => "missing:$queue 99999999999999999999\n"
		    x 5000,
		'terminal sequences' => "missing:\e[31m|x 1\n",
	);
	for my $title (sort keys %bad) {
		for my $path (grep { -f } glob $server->cache . '/*') {
			write_file($path, $bad{$title});
		}
		state_is(check(@host), 'ok', "a file with $title");
		state_is(check($server->account('alice')), 'ok',
		    "a file with $title, account");
	}
	unlink $file;
	mkdir $file;
	state_is(check(@host), 'ok', 'a folder instead of the file');
	rmdir $file;
	symlink '/nonexistent/x', $file;
	state_is(check(@host), 'ok', 'a dangling link');
	unlink $file;
}
my $closed = scratch() . '/closed';
mkdir $closed, 0500;
for my $dir ($closed, '/nonexistent/cache', '/dev/null/x', '/proc') {
	state_is(check($server->host, '--cache-dir', $dir), 'ok',
	    "a folder that takes nothing: $dir");
}

# --- several at once ---------------------------------------------------------

subtest 'several at once' => sub {
	my $busy = cpanel('january-2024');
	my @args = $busy->account('alice');
	my @pids;
	for my $i (1 .. 6) {
		my $pid = fork // die "fork: $!\n";
		if ($pid == 0) {
			open STDOUT, '>', '/dev/null';
			exec plugin('check_autossl_queue'), @args;
			exit 127;
		}
		push @pids, $pid;
	}
	for my $pid (@pids) {
		waitpid $pid, 0;
		is($? >> 8, 2, 'each says the same');
	}
	line1_like(check(timeless(@args), '--at', '2026-11-20T13:00:00Z'),
	    qr/in progress for 1 h,/, 'and it is remembered');
	my @left = glob $busy->cache . '/*';
	is(scalar @left, 1, 'nothing else is left behind');
};

subtest 'on the server' => sub {
	plan(skip_all => 'only as root') if !$root;
	my $server = cpanel('fine');
	my @args = $server->local;
	is(asked($server, $queue, '2026-11-20T12:00:00Z', @args), 1, 'asked');
	is(asked($server, $queue, '2026-11-20T12:05:00Z', @args), 0,
	    'remembered');
};

# A progress that is forgotten when it ends: autossl_words.t.

done_testing;

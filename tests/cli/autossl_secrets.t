#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Where the API token is not: in no output, no file of the cache, no command
# line, no environment of the running plugin or of its children.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::AutoSSL;
use Time::HiRes qw(sleep);

my $server = cpanel('fine');
my $whm = 'localhost:' . $server->whm_port;
my @trust = ('--ca-file', $server->ca_file);
my $right = $server->token_of('root');
my $wrong = 'WRONGTOKENWRONGTOKEN';
my $file = scratch() . '/token';

sub put_token {
	my ($text, $mode) = @_;
	write_file($file, $text);
	chmod $mode, $file or die "$file: $!\n";
	return;
}

# Every output, of a token that is accepted and one that is not.
for my $token ($right, $wrong) {
	put_token("root:$token\n", 0600);
	for my $output (qw(nagios json text openmetrics)) {
		my $run = run_plugin('check_autossl_queue', "--whm=$whm", @trust,
		    "--token-file=$file", "--output=$output", '-vvv');
		unlike("$run->{out}$run->{err}", qr/$token/,
		    "$output: the token is not shown");
	}
}

# What is refused is not shown either.
put_token("root:$right\n$right\n", 0600);
my $run = run_plugin('check_autossl_queue', "--whm=$whm", @trust,
    "--token-file=$file");
is($run->{exit}, 3, 'two lines');
like($run->{out}, qr/--token-file: \S+: holds more than one line/, 'said');
unlike($run->{out}, qr/$right/, 'the token is not shown');
put_token($right, 0644);
$server->forget;
$run = run_plugin('check_autossl_queue', "--whm=$whm", @trust,
    "--token-file=$file");
is($run->{exit}, 3, 'a file that others may read');
like($run->{out}, qr/mode 0644/, 'said');
is(scalar(() = $server->calls), 0, 'the server is not asked');

# The environment, a wrong token once.
$run = run_plugin('check_autossl_queue', "--whm=$whm", @trust,
    { env => { CPANEL_API_TOKEN => $wrong } });
is($run->{exit}, 3, 'a wrong token');
is(scalar(() = $server->calls), 1, 'is tried once');
put_token($right, 0600);
$run = run_plugin('check_autossl_queue', "--whm=$whm", @trust,
    "--token-file=$file", { env => { CPANEL_API_TOKEN => $wrong } });
isnt($run->{exit}, 3, 'the file comes first') or diag($run->{out});

# What is remembered between runs.
my $cache = scratch() . '/cache';
run_plugin('check_autossl_queue', "--whm=$whm", @trust,
    "--token-file=$file", "--cache-dir=$cache");
my @kept = grep { -f } glob "$cache/*";
is(scalar(grep { read_file($_) =~ /$right/ } @kept), 0,
    scalar(@kept) . ' files of the cache hold no token');

# While it runs; /proc says nothing at all to those who are not root.
my $slow = cpanel('fine', { faults => [ { function => 'fetch_ssl_vhosts',
    delay => 3000 } ] });
my $pid = fork // die "fork: $!\n";
if ($pid == 0) {
	open STDOUT, '>', '/dev/null';
	$ENV{CPANEL_API_TOKEN} = $right;
	exec plugin('check_autossl_queue'), '--whm=localhost:' .
	    $slow->whm_port, @trust, '-t', '10', '--no-cache';
	exit 127;
}
for (1 .. 200) {
	last if $slow->calls;
	sleep 0.02;
}
for my $name (qw(cmdline environ)) {
	my $text = '';
	if (open my $fh, '<', "/proc/$pid/$name") {
		local $/;
		$text = <$fh> // '';
	}
	unlike($text, qr/$right/, "/proc/PID/$name holds no token");
}
# What runs on the server sees no more of it, in its own environment or ours.
SKIP: {
	skip 'only as root', 2 if $> != 0;
	my $bin = scratch() . '/bin';
	for my $of (qw($$ $PPID)) {
		write_file("$bin/whmapi1", "#!/bin/sh\n" .
		    "tr '\\0' ' ' </proc/$of/environ >'$bin/seen'\nexit 1\n");
		chmod 0755, "$bin/whmapi1";
		run_plugin('check_autossl_queue', '--local', '--local-bin',
		    $bin, { env => { CPANEL_API_TOKEN => $right } });
		unlike(read_file("$bin/seen"), qr/$right/,
		    "/proc/$of/environ of a command holds no token");
	}
}
kill 'TERM', $pid;
waitpid $pid, 0;
is($? >> 8, 3, 'a run that was ended is UNKNOWN');

done_testing;

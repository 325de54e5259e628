# SPDX-License-Identifier: ISC
#
# Where the token comes from, and what is refused; that no child and no core
# file gets it.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";

use MPC::Test;
use MPC::AutoSSL;
use Time::HiRes qw(sleep);

my $server = cpanel('fine');
my $secret = $server->token_of('root');
my @where = ('--whm', 'localhost:' . $server->whm_port, '--ca-file',
    $server->ca_file, '--no-cache', '--at', '2026-11-20T12:00:00Z');
my $count = 0;

sub token {
	my ($text, $mode) = @_;
	my $path = write_file('secret' . ++$count, $text);
	chmod $mode // 0600, $path or die "$path: $!\n";
	return $path;
}

sub refused {
	my ($title, $path, $words) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$server->forget;
	my $run = check(@where, ref $path ? @$path : "--token-file=$path");
	state_is($run, 'unknown', $title);
	is(scalar(split /\n/, $run->{out}), 1, "$title: one line");
	line1_like($run, $words, "$title: text");
	unlike($run->{out}, qr/$secret/, "$title: not shown");
	is(scalar $server->calls, 0, "$title: nobody is asked");
	return;
}

sub accepted {
	my ($title, $path, @more) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return state_is(check(@where, "--token-file=$path", @more), 'ok',
	    $title);
}

accepted('mode 0600', token("$secret\n"));
accepted('mode 0400', token("$secret\n", 0400));
accepted('mode 0640', token("$secret\n", 0640));
accepted('without newline', token($secret));
accepted('CRLF', token("$secret\r\n"));
accepted('blanks around', token("  $secret \n\n"));
accepted('USER:TOKEN', token("root:$secret\n"));
accepted('-u over USER:', token("somebody:$secret\n"), '-u', 'root');
SKIP: {
	my $link = scratch() . '/link';
	symlink token("$secret\n"), $link or skip 'no symbolic links', 1;
	accepted('a symbolic link', $link);
}
refused("mode 0$_->[1]", token("$secret\n", $_->[0]),
    qr/--token-file: \S+: others may use it \(mode 0$_->[1]\): chmod o= it/)
    for [ 0644, '644' ], [ 0604, '604' ], [ 0602, '602' ], [ 0666, '666' ];
refused('a folder', scratch(), qr/--token-file: \S+: not a file/);
refused('no file', '/nonexistent/token',
    qr{--token-file: /nonexistent/token: .*No such file}i);
refused('empty', token(''), qr/holds no token/);
refused('a newline', token("\n"), qr/holds no token/);
refused('two lines', token("$secret\n$secret\n"),
    qr/holds more than one line/);
refused('blanks inside', token("whm root $secret\n"), qr/is no token/);
refused('a NUL', token("$secret\0x\n"), qr/not text/);
refused('very long', token('A' x 100_000), qr/longer than a token/);
refused('a device without end', '/dev/zero', qr/not a file/);
refused('no user', token(":$secret\n"), qr/colon without user or token/);
refused('no token', token("root:\n"), qr/colon without user or token/);
refused('none at all', [], qr/no\ API\ token:
    \ give\ --token-file=FILE,\ or\ CPANEL_API_TOKEN\ in/x);
refused('an empty name is none', [ '--token-file=' ], qr/no API token/);

$server->forget;
state_is(check(@where, { env => { CPANEL_API_TOKEN => $secret } }), 'ok',
    'from the environment');
state_is(check(@where, { env => { CPANEL_API_TOKEN => "root:$secret" } }),
    'ok', 'with its user');
state_is(check(@where, { env => { CPANEL_API_TOKEN => '' } }), 'unknown',
    'nothing there');
is(scalar(grep { $_->{auth} ne 'token' } $server->calls), 0,
    'each was accepted');
# On the command line there is no place for it.
for my $option ('--token', '--api-token', '--password') {
	my $run = check(@where, "$option=$secret");
	state_is($run, 'unknown', $option);
	unlike($run->{out}, qr/$secret/, "$option: not repeated");
}

subtest 'whose' => sub {
	my @account = ('--cpanel', 'localhost:' . $server->cpanel_port,
	    '--ca-file', $server->ca_file, '--no-cache', '--at',
	    '2026-11-20T12:00:00Z');
	my $alice = $server->token_of('alice');
	line1_like(check(@account, '--token-file', token("$alice\n")),
	    qr/whose token is it\? give --user=ACCOUNT/, 'it has to be said');
	state_is(check(@account, '--token-file', token("alice:$alice\n")),
	    'ok', 'by the file');
	state_is(check(@account, '-u', 'alice', '--token-file',
	    token("$alice\n")), 'ok', 'by the option');
	line1_like(check(@account, '-u', "a\nb", '--token-file',
	    token("$alice\n")), qr/is no user name/, 'a name with a newline');
	line1_like(check(@account, '-u', 'bob', '--token-file',
	    token("$alice\n")), qr/access denied/, 'of another');
};

# The programs of the server get neither the token nor what is around.
subtest 'on the server' => sub {
	my $dir = scratch() . '/spy';
	my $real = $server->bin;
	mkdir $dir;
	for my $name (qw(whmapi1 uapi)) {
		write_file("$dir/$name", "#!/bin/sh\n" .
		    "env >> $dir/seen; echo \"\$@\" >> $dir/seen\n" .
		    "exec $real/$name \"\$@\"\n");
		chmod 0755, "$dir/$name";
	}
	my $file = token("$secret\n");
	for my $user ($> == 0 ? undef : (), 'alice') {
		my $run = check('--local', '--local-bin', $dir, '--no-cache',
		    '--at', '2026-11-20T12:00:00Z', '--token-file', $file,
		    defined $user ? ('-u', $user) : (), { env => {
		    CPANEL_API_TOKEN => $secret, LD_LIBRARY_PATH =>
		    '/nonexistent' } });
		state_is($run, 'ok', 'asked ' . ($user // 'of all'));
	}
	my $seen = read_file("$dir/seen");
	like($seen, qr/^--output=json/m, 'they were run');
	unlike($seen, qr/$secret/, 'without the token');
	unlike($seen, qr/CPANEL_API_TOKEN/, 'nor its variable');
};

# While it has the token, the process cannot be dumped: its /proc belongs to
# root, whoever runs it.
subtest 'no core file' => sub {
	my $slow = cpanel('fine', { faults => [ { function =>
	    'fetch_ssl_vhosts', delay => 5000 } ] });
	my $pid = fork // die "fork: $!\n";
	if ($pid == 0) {
		open STDOUT, '>', '/dev/null';
		exec plugin('check_autossl_queue'), '--whm',
		    'localhost:' . $slow->whm_port, '--ca-file',
		    $slow->ca_file, '--no-cache', '-t', '10',
		    '--token-file', token("$secret\n");
		exit 127;
	}
	for (1 .. 200) {
		last if $slow->calls;
		sleep 0.02;
	}
	my ($limits, $status) = map { -r "/proc/$pid/$_" ?
	    read_file("/proc/$pid/$_") : '' } qw(limits status);
	kill 'QUIT', $pid;
	waitpid $pid, 0;
	my $dumped = $? & 128;
	ok(!$dumped, 'killed with a core, there is none');
	SKIP: {
		skip 'no /proc', 1 if $limits eq '';
		like($limits, qr/^Max core file size\s+0\s/m,
		    'its limit is 0');
	}
};

done_testing;

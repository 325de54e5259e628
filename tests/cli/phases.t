#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Every failure names its phase and its target and gives the right state; no
# run outlives its deadline.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;

my $pki = pki(<<'.');
root ca=yes
good san=dns:good.test,ip:127.0.0.1 issuer=root
.
my $cert = "--cert $pki/good.pem --key $pki/good.key";

my @faults = (
	[ 'reset', '--reset-in-handshake', 'net.connect', qr/reset in TLS/i ],
	[ 'reset at once', '--reset-on-accept', undef, qr/reset/i ],
	[ 'closed', '--close-in-handshake', 'tls.handshake', qr/clos/i ],
	[ 'cut short', "$cert --close-after 100", 'tls.handshake',
	  qr/clos|short|end/i ],
	[ 'HTTP', '--plaintext "HTTP/1.0 400 Bad Request\r\n\r\n"',
	  'tls.plaintext', qr/plain/i ],
	[ 'SMTP', '--banner "220 mail.test ESMTP\r\n"', 'tls.plaintext',
	  qr/plain/i ],
	[ 'SSH', '--banner "SSH-2.0-OpenSSH_9.2\r\n"', 'tls.plaintext',
	  qr/plain/i ],
	[ 'octets', '--garbage', undef, qr/./ ],
	[ 'huge record', '--huge-record', undef, qr/./ ],
	[ 'huge message', '--oversized-certificate', 'tls.handshake', qr/./ ],
	[ 'unrecognized_name', '--alert 112', 'tls.handshake',
	  qr/unrecogni[sz]ed.name/i ],
	[ 'protocol_version', '--alert 70', 'tls.handshake',
	  qr/protocol.version/i ],
	[ 'handshake_failure', '--alert 40', 'tls.handshake',
	  qr/handshake.failure/i ],
	[ 'internal_error', '--alert 80', 'tls.handshake',
	  qr/internal.error/i ],
	[ 'an alert nobody knows', '--alert 199', 'tls.handshake', qr/199|alert/i ],
	[ 'SNI wanted', "$cert --require-sni", 'tls.handshake',
	  qr/unrecogni[sz]ed.name/i ],
	[ 'old only', "$cert --tls-max 1.1", 'tls.handshake',
	  qr/protocol.version/i, '--tls-min=1.2' ],
	[ 'new only', "$cert --tls-min 1.3", 'tls.handshake',
	  qr/protocol.version/i, '--tls-max=1.2' ],
	[ 'ALPN wanted', "$cert --alpn h2 --require-alpn", 'tls.handshake',
	  qr/application.protocol/i ],
);
my @servers = servers(map { $_->[1] } @faults);

for my $i (0 .. $#faults) {
	my ($title, undef, $id, $text, @more) = @{$faults[$i]};
	my $port = $servers[$i]->port;
	my @args = ('-H', 'good.test', '-I', '127.0.0.1', '-p', $port,
	    '-t', '20s', @more);
	my $run = check(@args);
	is($run->{exit}, 2, "$title: critical");
	like(line1($run), qr/good\.test(?::$port)?/, "$title: target");
	like($run->{out}, $text, "$title: text");
	cmp_ok($run->{elapsed}, '<', 15, "$title: at once");
	my ($metrics) = perfdata($run);
	ok(%$metrics, "$title: performance data all the same");
	my $json = check_json(@args);
	has_finding($json, $id, undef, 'critical', "$title: $id")
	    if defined $id;
}

subtest 'certificate_required' => sub {
	my $server = server("$cert --verify-client");
	my $old = server("$cert --verify-client --tls-max 1.2");
	for my $row ([ $server, 'TLS 1.3' ], [ $old, 'TLS 1.2' ]) {
		my $run = check_json('-H', 'good.test', '-I', '127.0.0.1', '-p',
		    $row->[0]->port, "--ca-file=$pki/root.pem");
		is($run->{exit}, 0,
		    "$row->[1]: its certificate is judged all the same") or
		    diag($run->{out});
		like($run->{out}, qr/client certificate/, 'and it is said');
	}
};

subtest 'no connection' => sub {
	my $port = closed_port();
	verdict('refused', [ '-H', '127.0.0.1', '-p', $port ], 'critical',
	    [ 'net.connect' ], { like => qr/refused/i });
	my $env = resolver('two.test' => '127.0.0.1,::1');
	verdict('refused by both families', [ '-H', 'two.test', '-p', $port ],
	    'critical', [ 'net.connect' ],
	    { like => qr/refused/i, env => $env });
};

subtest 'names' => sub {
	my $env = resolver('again.test' => 'again', 'fail.test' => 'fail',
	    'good.test' => '127.0.0.1', 'hang.test' => 'hang');
	verdict('no such name', [ '-H', 'nothing.test' ], 'critical',
	    [ 'net.resolve' ], { env => $env, like => qr/nothing\.test/ });
	verdict('temporary failure', [ '-H', 'again.test' ], 'critical',
	    [ 'net.resolve' ], { env => $env });
	verdict('failure', [ '-H', 'fail.test' ], 'critical',
	    [ 'net.resolve' ], { env => $env });
	my $server = server($cert);
	verdict('resolved', [ '-H', 'good.test', '-p', $server->port,
	    "--ca-file=$pki/root.pem" ], 'ok', [], { env => $env });
	my $run = check('-H', 'something.invalid', '-t', '20s');
	cmp_ok($run->{exit}, '>=', 2,
	    'something.invalid, by the real resolver, is not OK');
};

# Waits, each with the phase that the text names.
my @hanging = (
	[ 'black hole', '--blackhole', qr/TLS handshake/i ],
	[ 'no answer to SYN', '--full-backlog', qr/connect/i ],
	[ 'silent in the handshake', '--hang-in-handshake', qr/handshake/i ],
	[ 'one byte a second', "--drip $cert", qr/handshake/i ],
	[ 'SMTP, no greeting', "--blackhole", qr/STARTTLS/i,
	  '--starttls=smtp' ],
	[ 'SMTP, one byte a second', "--starttls smtp --drip $cert",
	  qr/STARTTLS/i, '--starttls=smtp' ],
	[ 'SMTP, greeting line by line for ever',
	  "--starttls smtp --greeting-endless --drip 5 $cert", undef,
	  '--starttls=smtp' ],
);
my @slow = servers(map { $_->[1] } @hanging);

# Late is what is late three times: the machine may have been busy.
sub in_time {
	my ($limit, $title, @args) = @_;
	my ($best, $run);
	for (1 .. 3) {
		$run = check(@args);
		$best = $run->{elapsed}
		    if !defined $best || $run->{elapsed} < $best;
		last if $best <= $limit + 0.2;
	}
	cmp_ok($best, '<=', $limit + 0.2,
	    "$title: not later than 0.2 s after the deadline");
	cmp_ok($best, '>=', $limit - 0.05, "$title: not before it");
	return $run;
}

for my $i (0 .. $#hanging) {
	my ($title, undef, $phase, @more) = @{$hanging[$i]};
	my @args = ('-H', 'good.test', '-I', '127.0.0.1', '-p',
	    $slow[$i]->port, '-t', '1s', @more);
	if (!defined $phase) {
		my $run = check(@args);
		isnt($run->{exit}, 0, "$title: not OK");
		cmp_ok($run->{elapsed}, '<=', 3, "$title: ends");
		next;
	}
	my $run = in_time(1, $title, @args);
	is($run->{exit}, 3, "$title: unknown");
	like(line1($run), qr/timed out after 1 s/, "$title: deadline in text");
	like($run->{out}, $phase, "$title: phase in text");
	like(line1($run), qr/good\.test/, "$title: target in text");
	has_finding(check_json(@args), 'net.timeout', undef, 'unknown',
	    "$title: finding");
}

subtest 'a resolver that hangs' => sub {
	my $env = resolver('hang.test' => 'hang');
	my $run = in_time(1, 'resolver', '-H', 'hang.test', '-t', '1s',
	    { env => $env });
	is($run->{exit}, 3, 'unknown');
	like($run->{out}, qr/name resolution|resolv/i, 'phase');
};

subtest '-t and --timeout-result' => sub {
	my @args = ('-H', '127.0.0.1', '-p', $slow[0]->port);
	for my $state (qw(ok warning critical unknown)) {
		state_is(check(@args, '-t', "1s:$state"), $state,
		    "-t 1s:$state");
	}
	state_is(check(@args, '-t1', '--timeout-result=warning'), 'warning',
	    '--timeout-result=warning');
	state_is(check(@args, '-t1', '--severity=net.timeout:critical'),
	    'critical', '--severity=net.timeout:critical');
	for my $bad ('0', 'x', '-1', '1s:bad', '1e9', '') {
		my $run = run_plugin('check_cert_expiry', '-H', '127.0.0.1',
		    '-p', closed_port(), '-t', $bad);
		is($run->{exit}, $bad eq '' ? 2 : 3, "-t '$bad'");
	}
};

subtest 'happy eyeballs' => sub {
	my $dead = $slow[1]->port;
	my $live = server("--listen 127.0.0.2 --port $dead $cert");
	my $run = verdict('the second address answers', [ '-H', 'good.test',
	    '-p', $dead, '-t', '5s', "--ca-file=$pki/root.pem" ], 'ok', [],
	    { env => resolver('good.test' => '127.0.0.1,127.0.0.2') });
	cmp_ok($run->{elapsed}, '<', 3, 'and is not waited for long');
};

subtest 'SIGTERM' => sub {
	my $out = scratch() . '/term';
	my $pid = fork() // die "fork: $!\n";
	if ($pid == 0) {
		open STDOUT, '>', $out or POSIX::_exit(1);
		exec plugin('check_cert_expiry'), '-H', '127.0.0.1', '-p',
		    $slow[0]->port, '-t', '20s' or POSIX::_exit(1);
	}
	select undef, undef, undef, 0.5;
	kill 'TERM', $pid;
	waitpid $pid, 0;
	is($? & 127, 0, 'no death by signal');
	is($? >> 8, 3, 'unknown');
	like(read_file($out), qr/\ACERT_EXPIRY UNKNOWN - /, 'one line');
};

done_testing;

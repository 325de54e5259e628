#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Targets: their grammar, many of them, --targets, networks, --all-addresses.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;

my $pki = pki(<<'.');
root ca=yes
good san=dns:good.test,dns:localhost,ip:127.0.0.1,ip:127.0.0.2,ip:::1 issuer=root
soon san=dns:good.test,ip:127.0.0.2 issuer=root na=+3d life=90d
late san=dns:good.test,ip:127.0.0.3 issuer=root na=+20d life=90d
renewed san=dns:good.test,ip:127.0.0.1 issuer=root na=+80d life=90d
.
my @trust = ("--ca-file=$pki/root.pem");

sub config {
	my ($name, @more) = @_;
	return join ' ', "--cert $pki/$name.pem --key $pki/$name.key", @more;
}

my ($four, $six, $two, $three, $mail) = servers(config('good'),
    config('good', '--listen ::1 --port same'),
    config('soon', '--listen 127.0.0.2 --port same'),
    config('late', '--listen 127.0.0.3 --port same'),
    config('good', '--starttls smtp'));
my $port = $four->port;
my $env = { env => resolver('good.test' => '127.0.0.1',
    'both.test' => '::1,127.0.0.1', 'localhost' => '127.0.0.1,::1') };

subtest 'grammar' => sub {
	for my $target ("good.test:$port", "127.0.0.1:$port", "[::1]:$port",
	    "https://good.test:$port", "https://good.test:$port/path?x",
	    "tls://good.test:$port", "GOOD.test:$port", "good.test.:$port",
	    'smtp://good.test:' . $mail->port) {
		verdict($target, [ $target, @trust ], 'ok', [], $env);
	}
	verdict('-H and -p', [ '-H', 'good.test', '-p', $port, @trust ],
	    'ok', [], $env);
	verdict('-H with a port', [ '-H', "good.test:$port", @trust ],
	    'unknown', [ 'usage' ], { %$env, like => qr/--port/ });
	verdict('-H of IPv6', [ '-H', '::1', '-p', $port, @trust ], 'ok', []);
	verdict('bare IPv6', [ '::1', '-p', $port, @trust ], 'ok', []);
	verdict('-6', [ '-6', '-H', 'localhost', '-p', $port, @trust ], 'ok',
	    [], $env);
	is(slurp_log($six, 1)->{from}, '::1', 'over IPv6');
	verdict('-4', [ '-4', '-H', 'localhost', '-p', $port, @trust ], 'ok',
	    [], $env);
	verdict('-6 where there is none', [ '-6', '-H', 'good.test', '-p',
	    $port ], 'critical', [ 'net.resolve' ], $env);
};

subtest 'several targets' => sub {
	my $run = verdict('the worst counts', [ "127.0.0.1:$port",
	    "127.0.0.2:$port", "127.0.0.3:$port", @trust ], 'critical',
	    [ 'cert.expiry' ], { like => qr/127\.0\.0\.2/ });
	is(scalar @{ $run->{json}{targets} }, 3, 'three in JSON');
	like(line1($run->{nagios}), qr/\b3\b/, 'counted in line 1');
	like(line1($run->{nagios}), qr/127\.0\.0\.2/, 'the worst is named');
	unlike($run->{nagios}{out}, qr/^.*127\.0\.0\.1.*OK/m,
	    'what is OK is not listed');
	my ($metrics) = perfdata($run->{nagios});
	ok(!grep({ /127/ } keys %$metrics), 'totals only');
	my $all = check("127.0.0.1:$port", "127.0.0.2:$port", @trust,
	    '--perfdata=all');
	($metrics) = perfdata($all);
	is(scalar(grep { /127/ } keys %$metrics), 2, 'one metric for each')
	    or diag($all->{out});
	verdict('several -H', [ '-H', '127.0.0.1', '-H', '127.0.0.3', '-p',
	    $port, @trust ], 'warning', [ 'cert.expiry' ]);
	verdict('a file and a server', [ '-f', "$pki/soon.pem",
	    "127.0.0.1:$port", @trust ], 'critical', [ 'cert.expiry' ]);
	verdict('the same twice', [ "127.0.0.1:$port", "127.0.0.1:$port",
	    @trust ], 'ok', []);
	verdict('one that fails does not hide the others', [
	    "127.0.0.1:$port", '127.0.0.1:' . closed_port(), @trust ],
	    'critical', [ 'net.connect' ]);
};

subtest '--targets' => sub {
	my $list = write_file('targets', <<"EOT");
# all of them

127.0.0.1:$port
good.test:$port address=127.0.0.2 critical=1d warning=2d
127.0.0.1:$port name=good.test label=first
good.test port=$port
smtp://good.test:@{[ $mail->port ]}   # a comment behind
EOT
	my $run = verdict('a list', [ "--targets=$list", @trust ], 'ok', [],
	    $env);
	is(scalar @{ $run->{json}{targets} }, 5, 'five targets');
	verdict('from standard input', [ '--targets=-', @trust ], 'ok', [],
	    { %$env, stdin => read_file($list) });
	my $crlf = write_file('crlf', read_file($list) =~ s/\n/\r\n/gr);
	verdict('CRLF', [ "--targets=$crlf", @trust ], 'ok', [], $env);
	verdict('two lists', [ "--targets=$list", "--targets=$list",
	    @trust ], 'ok', [], $env);
	my $per = write_file('per', "127.0.0.2:$port\n" .
	    "127.0.0.2:$port no-trust warning=1d critical=0 name=good.test\n");
	$run = check_json("--targets=$per", @trust);
	is_deeply([ sort map { $_->{status} } @{ $run->{json}{targets} } ],
	    [ 'critical', 'ok' ], 'options of one line are its own');
};

subtest 'bad lines' => sub {
	my @bad = ("host:99999", 'host nonsense=1', "host warning=5:3",
	    "htps://host", "host name", "\xff\xfe|\x1b[31m:x", 'x' x 20000,
	    '"unfinished', 'a b c');
	for my $bad (@bad) {
		my $list = write_file('bad', "127.0.0.1:$port\n$bad\n" .
		    "127.0.0.1:$port\n");
		my $run = verdict('bad: ' . substr($bad, 0, 16),
		    [ "--targets=$list", @trust ], 'unknown', [ 'usage' ],
		    { like => qr/line 2\b/ });
		my @ok = grep { $_->{status} eq 'ok' }
		    @{ $run->{json}{targets} };
		is(scalar @ok, 2, 'the others are checked');
	}
	my $list = write_file('worse', "127.0.0.2:$port\nhost:0\n");
	verdict('worse than unknown', [ "--targets=$list", @trust ],
	    'critical', [ 'cert.expiry', 'usage' ]);
	$list = write_file('empty', "# nothing\n\n");
	my $run = check("--targets=$list");
	is($run->{exit}, 3, 'a list without targets is not OK');
	$run = check('--targets=/nonexistent');
	is($run->{exit}, 3, 'a list that is not there');
	like(line1($run), qr{/nonexistent}, 'is named');
	$list = write_file('binary', join '', map { chr } 0 .. 255);
	$run = check("--targets=$list");
	is($run->{exit}, 3, 'binary rubbish is not OK');
	$run = check('--targets=/dev/zero', '-t', '5s');
	is($run->{exit}, 3, 'nor is an endless one');
	cmp_ok($run->{elapsed}, '<', 10, 'and it ends');
};

subtest 'networks' => sub {
	my $run = verdict('what is closed is no finding',
	    [ "127.0.0.0/29:$port", @trust, '--ignore=cert.name' ],
	    'critical', [ 'cert.expiry' ]);
	my @seen = map { $_->{target} } @{ $run->{json}{targets} };
	is(scalar @seen, 3, 'three answer') or diag("@seen");
	my $closed = closed_port();
	$run = verdict('several ports', [ "127.0.0.1/32:$closed,$port",
	    @trust ], 'ok', []);
	is(scalar @{ $run->{json}{targets} }, 1, 'one answers');
	verdict('IPv6', [ "[::1]/128:$port", @trust ], 'ok', [])
	    if 0;
	$run = check("127.0.0.0/29:$closed");
	isnt($run->{exit}, 2, 'nothing at all answers');
	for my $bad ('127.0.0.0/33', '127.0.0.0/', '127.0.0.0/-1',
	    '300.0.0.0/24', '127.0.0.0/24:', '127.0.0.0/24:0',
	    '127.0.0.0/24:1,x', '10.0.0.0/0', '::/0') {
		my $refused = check($bad, '-t', '3s');
		is($refused->{exit}, 3, "$bad is refused");
		cmp_ok($refused->{elapsed}, '<', 5, "$bad: quickly");
	}
};

subtest '--all-addresses' => sub {
	my $run = verdict('all alike', [ '-H', 'localhost', '-p', $port,
	    '--all-addresses', @trust ], 'ok', [], $env);
	is(scalar @{ $run->{json}{targets} }, 2, 'both are checked');
	my $nodes = { env => resolver('good.test' => '127.0.0.1,127.0.0.2') };
	verdict('one stale node', [ '-H', 'good.test', '-p', $port,
	    '--all-addresses', @trust ], 'critical',
	    [ 'addresses.differ', 'cert.expiry' ],
	    { %$nodes, like => qr/127\.0\.0\.2/ });
	my ($fresh) = servers(config('renewed', '--listen 127.0.0.4 --port',
	    $port));
	verdict('two good ones that differ', [ '-H', 'good.test', '-p', $port,
	    '--all-addresses', @trust ], 'warning', [ 'addresses.differ' ],
	    { env => resolver('good.test' => '127.0.0.1,127.0.0.4') });
	verdict('one node down', [ '-H', 'good.test', '-p', $port,
	    '--all-addresses', @trust ], 'critical', [ 'net.connect' ],
	    { env => resolver('good.test' => '127.0.0.1,127.0.0.9') });
	verdict('an address has one address', [ '-H', '127.0.0.1', '-p',
	    $port, '--all-addresses', @trust ], 'ok', []);
	verdict('no such name', [ '-H', 'nothing.test', '--all-addresses' ],
	    'critical', [ 'net.resolve' ], $env);
	my $hang = check('-H', 'hang.test', '--all-addresses', '-t', '1s',
	    { env => resolver('hang.test' => 'hang') });
	is($hang->{exit}, 3, 'a resolver that hangs');
};

subtest 'many at once' => sub {
	my @ports = map { $_->port } servers(config('good', '--ports 200'));
	my $list = write_file('many', join '', map { "127.0.0.1:$_\n" }
	    @ports);
	for my $n (1, 7, 128, 1000) {
		my $run = check_json("--targets=$list", @trust,
		    "--concurrency=$n", '-t', '60s');
		is($run->{exit}, 0, "--concurrency=$n");
		is(scalar @{ $run->{json}{targets} }, 200, 'all of them');
	}
	my @holes = map { $_->port } servers('--blackhole --ports 100');
	$list = write_file('holes', join '', map { "127.0.0.1:$_\n" } @holes);
	my $run = check("--targets=$list", '-t', '1s', '--concurrency=1000');
	is($run->{exit}, 3, 'black holes');
	cmp_ok($run->{elapsed}, '<', 3, 'end together');
	$run = check("--targets=$list", '-t', '1s', '--concurrency=10');
	is($run->{exit}, 3, 'black holes, few at a time');
	cmp_ok($run->{elapsed}, '<', 3, 'end together, too');
	# Those that never answer do not keep the others waiting.
	$list = write_file('holes', join '', map { "127.0.0.1:$_\n" }
	    @holes[0 .. 24], @ports[0 .. 39]);
	$run = check_json("--targets=$list", '-t', '8s', '--concurrency=10',
	    @trust);
	my @states = map { $_->{status} } @{ $run->{json}{targets} };
	is("@states", join(' ', ('unknown') x 25, ('ok') x 40),
	    'silent ones lend their places');
};

done_testing;

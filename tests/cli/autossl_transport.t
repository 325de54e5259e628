# SPDX-License-Identifier: ISC
#
# The way to the server: names, ports, families, proxies; its certificate; and
# answers that are late, without end or none.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";

use MPC::Test;
use MPC::AutoSSL;

my $server = cpanel('fine');
my $scene_time = '2026-11-20T12:00:00Z';
my $token = $server->token_file('root:' . $server->token_of('root'));

# Arguments for any HOST:PORT, with root's token and the test's CA.
sub whm {
	my ($where, @more) = @_;
	return ("--whm=$where", "--token-file=$token", "--at=$scene_time",
	    '--no-cache', '-t', '10s', (grep { /^--(?:ca-file|insecure)/ }
	    @more) ? @more : ('--ca-file', $server->ca_file, @more));
}

sub unknown {
	my ($title, $id, $words, @args) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $options = ref $args[-1] eq 'HASH' ? pop @args : {};
	return verdict($title, \@args, 'unknown', [ $id ], { %$options,
	    like => $words });
}

my $here = 'localhost:' . $server->whm_port;

subtest 'nobody there' => sub {
	my $port = closed_port();
	unknown('nobody listens', 'net.connect', qr/: Connection refused/i,
	    whm("localhost:$port"));
	unknown('a name without address', 'net.resolve',
	    qr/nothing\.test:\d+: .*(?:resolv|name|address|known)/i,
	    whm('nothing.test:2087'), { env => resolver() });
	unknown('a lookup without end', 'net.timeout',
	    qr/timed out after 1 s in .*(?:resolv|fetch_ssl_vhosts)/,
	    whm('hang.test:2087', '-t', '1s'),
	    { env => resolver('hang.test' => 'hang') });
	unknown('another port than the given', 'api.auth',
	    qr/access denied: the token is wrong or expired/,
	    whm('localhost:' . $server->cpanel_port));
	unknown('not cPanel, and no TLS', 'tls.handshake', qr/TLS|plain/,
	    whm('localhost:' . server('--plaintext "SSH-2.0-x\r\n"')->port));
};

subtest 'families' => sub {
	verdict('-4', [ whm($here, '-4') ], 'ok', []);
	unknown('-6, where nobody listens', 'net.connect', qr/\S/,
	    whm("[::1]:" . $server->whm_port, '-6'));
	my $env = { env => resolver('localhost' => '127.0.0.1') };
	unknown('-6, without such an address', 'net.resolve',
	    qr/localhost:\d+: /, whm($here, '-6'), $env);
	verdict('an address', [ whm('127.0.0.1:' . $server->whm_port) ], 'ok',
	    []);
	verdict('the second address', [ whm($here) ], 'ok', [],
	    { env => resolver('localhost' => '::1,127.0.0.1') });
	verdict('as an URL', [ whm("https://$here/") ], 'ok', []);
};

subtest "the server's certificate" => sub {
	my ($self, $past, $other) = map { cpanel('fine', {}, { cert => $_ }) }
	    qw(self past other);
	my $at = sub { return 'localhost:' . $_[0]->whm_port };
	unknown('self-signed', 'tls.handshake',
	    qr/certificate not trusted \(self-signed\): --ca-file has another/,
	    whm($at->($self)));
	unknown('self-signed, nothing given', 'tls.handshake',
	    qr/certificate not trusted \(self-signed\): give it with --ca-file/,
	    whm($at->($self), '--ca-file='));
	verdict('self-signed, given', [ whm($at->($self), '--ca-file',
	    $self->certificate('self')) ], 'ok', [],
	    { unlike => qr/not verified/ });
	unknown('of another CA', 'tls.handshake',
	    qr/certificate not trusted \(\S.*\): --ca-file has another/,
	    whm($here, '--ca-file', $self->certificate('self')));
	unknown('expired', 'tls.handshake', qr/expired/, whm($at->($past)));
	unknown('of another name', 'tls.handshake',
	    qr/another name than localhost/, whm($at->($other)));
	for my $server ($self, $past, $other) {
		my $run = check(whm($at->($server), '--insecure'), '-v');
		state_is($run, 'ok', 'not verified');
		like($run->{out}, qr/^\[OK\]\ the\ server's\ certificate\ was
		    \ not\ verified\ \(--insecure\)/mx, 'and said');
		line1_like(check(whm($at->($server), '--insecure')),
		    qr/ \(not verified: --insecure\) \|/, 'in line 1');
		ok(scalar($server->calls) > 0, 'asked all the same');
	}
	is(scalar(grep { $_->{auth} ne 'token' } $self->calls), 0,
	    'the token is right');
	my $refused = cpanel('fine', {}, { cert => 'self' });
	check(whm($at->($refused)));
	is(scalar $refused->lines, 0, 'who is not trusted gets no token');
	verdict('and it may be made to count', [ whm($at->($self),
	    '--insecure', '--severity=api.insecure:warning') ], 'warning',
	    [ 'api.insecure' ]);
	unknown('a CA file that is not there', 'usage', qr/--ca-file:\ \S+\ cannot
	    \ be\ read/x, whm($here, '--ca-file', '/nonexistent.pem'));
};

subtest 'proxies' => sub {
	my ($http, $socks, $auth, $refuse) = servers('--http-proxy',
	    '--socks5', '--http-proxy --proxy-auth user:secret',
	    '--http-proxy --proxy-refuse 403');
	my $url = sub { return 'http://127.0.0.1:' . $_[0]->port };
	verdict('HTTP CONNECT', [ whm($here, '--proxy=' . $url->($http)) ],
	    'ok', []);
	is(slurp_log($http)->{target}, $here, 'it is told the name alone');
	verdict('SOCKS5', [ whm($here, '--proxy=socks5h://127.0.0.1:' .
	    $socks->port) ], 'ok', []);
	verdict('from the environment', [ whm($here) ], 'ok', [],
	    { env => { HTTPS_PROXY => $url->($http), NO_PROXY => '' } });
	verdict('exempt', [ whm($here, '--proxy=http://127.0.0.1:1',
	    '--no-proxy=localhost') ], 'ok', []);
	unknown('refused', 'net.proxy', qr/403/, whm($here, '--proxy=' .
	    $url->($refuse)));
	my $run = unknown('no login', 'net.proxy', qr/407/, whm($here,
	    '--proxy=' . $url->($auth)));
	unlike($run->{nagios}{out}, qr/secret/, 'a password is not shown');
	unknown('not there', 'net.proxy', qr/proxy/i, whm($here,
	    '--proxy=http://127.0.0.1:' . closed_port()));
};

subtest 'late' => sub {
	my $hole = server('--blackhole');
	my $slow = cpanel('fine', { faults => [ { function =>
	    'fetch_ssl_vhosts', delay => 8000 } ] });
	my $late = cpanel('fine', { faults => [ { function =>
	    'get_autossl_logs_catalog', delay => 8000 } ] });
	my $drip = cpanel('fine', { faults => [ { function =>
	    'fetch_ssl_vhosts', drip => 50 } ] });
	for my $case (
		[ 'TLS', $hole->port, qr/timed out after 1 s in \S/ ],
		[ 'no answer', $slow->whm_port,
		    qr/timed out after 1 s in fetch_ssl_vhosts/ ],
		[ 'an answer in drops', $drip->whm_port,
		    qr/timed out after 1 s in fetch_ssl_vhosts/ ],
	    ) {
		my ($title, $port, $words) = @$case;
		my $run = check(whm("localhost:$port", '-t', '1s'), '-v');
		state_is($run, 'unknown', $title);
		like($run->{out}, qr/^\[UNKNOWN\] $words.*\(net\.timeout\)$/m,
		    "$title: text");
		cmp_ok($run->{elapsed}, '<', 2, "$title: ended in time");
		like($run->{out}, qr/api_time=/, "$title: perfdata");
	}
	# The websites are there: what is known is told, and what is not.
	my $run = check(whm('localhost:' . $late->whm_port, '-t', '1s'));
	state_is($run, 'unknown', 'later');
	line1_like($run, qr/:\ past\ runs\ could\ not\ be\ read:\ timed\ out/x,
	    'later: text');
	line1_like($run, qr/ autossl_certs=4;/, 'later: metrics');
	cmp_ok($run->{elapsed}, '<', 2, 'later: ended in time');
	state_is(check(whm('localhost:' . $slow->whm_port, '-t',
	    '1s:critical')), 'critical', 'as asked for');
};

subtest 'very long' => sub {
	my $long = cpanel('fine', { faults => [ { function =>
	    'fetch_ssl_vhosts', huge => 60_000_000 } ] });
	unknown('60 MB', 'api.answer', qr/the answer is longer than \d+/,
	    whm('localhost:' . $long->whm_port));
	unknown('60 MB of a command', 'api.answer',
	    qr/the answer is longer than \d+/, $long->local) if $> == 0;
};

no_forbidden($server);

done_testing;

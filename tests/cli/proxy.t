#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# HTTP CONNECT and SOCKS5: options, environment, login, refusal, rubbish.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;

my $pki = pki(<<'.');
root ca=yes
good san=dns:good.test,ip:127.0.0.1,ip:::1 issuer=root
.
my $cert = "--cert $pki/good.pem --key $pki/good.key";
my ($web, $mail, $six, $http, $auth, $socks, $socksauth, $refuse, $socksno,
    $inject, $endless, $hole, $plain, $socksplain, $drip) = servers($cert,
    "$cert --starttls smtp", "--listen ::1 $cert",
    '--http-proxy', '--http-proxy --proxy-auth user:p%40ss',
    '--socks5', '--socks5 --proxy-auth user:secret',
    '--http-proxy --proxy-refuse 403', '--socks5 --proxy-refuse 2',
    '--http-proxy --proxy-inject', '--http-proxy --proxy-endless',
    '--http-proxy --blackhole', '--plaintext "NOT A PROXY\r\n\r\n"',
    '--socks5 --plaintext "HTTP/1.0 400 Bad\r\n\r\n"',
    '--http-proxy --drip 2');

# good.test does not resolve: the proxy has to do it.
sub through {
	my ($proxy, @more) = @_;
	return [ '-H', 'good.test', '-p', $web->port, "--proxy=$proxy",
	    "--ca-file=$pki/root.pem", '-t', '10s', @more ];
}

sub url {
	my ($scheme, $server, $login) = @_;
	return "$scheme://" . (defined $login ? "$login@" : '') .
	    '127.0.0.1:' . $server->port;
}

verdict('HTTP CONNECT', through(url('http', $http)), 'ok', []);
is(slurp_log($http)->{target}, 'good.test:' . $web->port,
    'the proxy gets the name');
verdict('SOCKS5 with names', through(url('socks5h', $socks)), 'ok', []);
is(slurp_log($socks)->{target}, 'good.test:' . $web->port,
    'the proxy gets the name');
verdict('through a slow proxy', through(url('http', $drip), '-t', '40s'),
    'ok', []);
verdict('STARTTLS through a proxy', [ '-H', 'good.test', '-p',
    $mail->port, '--starttls=smtp', '--proxy=' . url('http', $http),
    "--ca-file=$pki/root.pem" ], 'ok', []);
verdict('an address', [ '-H', '127.0.0.1', '-p', $web->port, '--proxy=' .
    url('socks5', $socks), "--ca-file=$pki/root.pem" ], 'ok', []);
verdict('an IPv6 address, HTTP', [ '[::1]:' . $six->port, '--proxy=' .
    url('http', $http), "--ca-file=$pki/root.pem" ], 'ok', []);
verdict('an IPv6 address, SOCKS5', [ '[::1]:' . $six->port, '--proxy=' .
    url('socks5', $socks), "--ca-file=$pki/root.pem" ], 'ok', []);

subtest 'login' => sub {
	verdict('HTTP, none given', through(url('http', $auth)), 'critical',
	    [ 'net.proxy' ], { like => qr/407/ });
	verdict('HTTP, wrong', through(url('http', $auth, 'user:x')),
	    'critical', [ 'net.proxy' ],
	    { like => qr/407/, unlike => qr/user:x/ });
	verdict('HTTP, right', through(url('http', $auth, 'user:p%2540ss')),
	    'ok', [], { unlike => qr/p%40ss/ });
	verdict('SOCKS5, none given', through(url('socks5h', $socksauth)),
	    'critical', [ 'net.proxy' ]);
	verdict('SOCKS5, wrong', through(url('socks5h', $socksauth,
	    'user:x')), 'critical', [ 'net.proxy' ]);
	verdict('SOCKS5, right', through(url('socks5h', $socksauth,
	    'user:secret')), 'ok', []);
};

subtest 'failures' => sub {
	verdict('HTTP refuses', through(url('http', $refuse)), 'critical',
	    [ 'net.proxy' ], { like => qr/403/ });
	verdict('SOCKS5 refuses', through(url('socks5h', $socksno)),
	    'critical', [ 'net.proxy' ], { like => qr/not allowed|ruleset/i });
	verdict('nothing behind it', [ '-H', 'good.test', '-p',
	    closed_port(), '--proxy=' . url('http', $http) ], 'critical',
	    [ 'net.proxy' ], { like => qr/502/ });
	verdict('nothing behind it, SOCKS5', [ '-H', 'good.test', '-p',
	    closed_port(), '--proxy=' . url('socks5h', $socks) ], 'critical',
	    [ 'net.proxy' ], { like => qr/refused/i });
	verdict('no proxy there', through('http://127.0.0.1:' .
	    closed_port()), 'critical', [ 'net.proxy' ],
	    { like => qr/refused/i });
	verdict('no HTTP', through(url('http', $plain)), 'critical',
	    [ 'net.proxy' ]);
	verdict('no SOCKS', through(url('socks5h', $socksplain)), 'critical',
	    [ 'net.proxy' ]);
	verdict('header without end', through(url('http', $endless)),
	    'critical', [ 'net.proxy' ]);
	my $run = check(@{ through(url('http', $inject)) });
	is($run->{exit}, 2, 'plain text behind the go-ahead');
	$run = verdict('silence', through(url('http', $hole), '-t', '1s'),
	    'unknown', [ 'net.timeout' ], { like => qr/proxy/i });
	verdict('a name that does not resolve', through(
	    'http://proxy.test:3128'), 'critical', [ 'net.proxy' ],
	    { env => resolver(), like => qr/proxy\.test/ });
};

subtest 'environment' => sub {
	my @args = ('-H', 'good.test', '-p', $web->port,
	    "--ca-file=$pki/root.pem");
	my $http_url = url('http', $http);
	verdict('https_proxy', \@args, 'ok', [],
	    { env => { https_proxy => $http_url } });
	verdict('HTTPS_PROXY', \@args, 'ok', [],
	    { env => { HTTPS_PROXY => $http_url } });
	verdict('all_proxy', \@args, 'ok', [],
	    { env => { all_proxy => url('socks5h', $socks) } });
	verdict('no_proxy', [ '-H', '127.0.0.1', '-p', $web->port,
	    "--ca-file=$pki/root.pem" ], 'ok', [], { env => {
	    https_proxy => 'http://127.0.0.1:' . closed_port(),
	    no_proxy => '127.0.0.1' } });
	my $env = resolver('good.test' => '127.0.0.1');
	for my $list ('good.test', '.test', 'test', '*', 'x.test,good.test') {
		verdict("no_proxy=$list", \@args, 'ok', [], { env => { %$env,
		    https_proxy => 'http://127.0.0.1:' . closed_port(),
		    no_proxy => $list } });
	}
	verdict('--no-proxy', [ @args, '--no-proxy=good.test' ], 'ok', [],
	    { env => { %$env, https_proxy => 'http://127.0.0.1:' .
	    closed_port() } });
	verdict('another name is proxied', \@args, 'critical',
	    [ 'net.proxy' ], { env => { %$env,
	    https_proxy => 'http://127.0.0.1:' . closed_port(),
	    no_proxy => 'ood.test' } });
	verdict('--proxy wins', [ @args, "--proxy=$http_url" ], 'ok', [],
	    { env => { https_proxy => 'http://127.0.0.1:' .
	    closed_port() } });
};

subtest 'what is no proxy' => sub {
	for my $bad ('ftp://127.0.0.1:3128', 'http://', '127.0.0.1:99999',
	    'http://127.0.0.1:0', 'socks4://127.0.0.1:1080',
	    "http://127.0.0.1:80\r\nX: y") {
		my $run = check(@{ through($bad) });
		is($run->{exit}, 3, "--proxy=$bad");
	}
};

done_testing;

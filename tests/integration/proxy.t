#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# HTTP CONNECT through tinyproxy and SOCKS 5 through microsocks, with and
# without a password, given as an option and by the environment.

use strict;
use warnings;

use MPCIT;
use MPCIT::Nginx;

use constant {
	HTTP => '/usr/bin/tinyproxy',
	SOCKS => '/usr/bin/microsocks',
};

need MPCIT::Nginx::PROGRAM, HTTP, SOCKS;

my $pki = MPCIT::PKI->standard(tmpdir());
my $root = $pki->path('root.pem');
my %port = map { $_ => free_port() } qw(good expired);
MPCIT::Nginx->start($pki,
    map { { port => $port{$_}, cert => $_ } } sort keys %port);

sub tinyproxy
{
	my (@lines) = @_;

	my $dir = tmpdir();
	my $port = free_port();
	my $conf = write_file("$dir/tinyproxy.conf", join "\n",
	    "Port $port", 'Listen 127.0.0.1', 'Allow 127.0.0.1',
	    'Timeout 20', 'MaxClients 20', 'LogLevel Error', @lines, '');
	MPCIT::Server->start(name => 'tinyproxy', ports => [ $port ],
	    cmd => [ HTTP, '-d', '-c', $conf ]);
	return $port;
}

sub microsocks
{
	my (@args) = @_;

	my $port = free_port();
	MPCIT::Server->start(name => 'microsocks', ports => [ $port ],
	    cmd => [ SOCKS, '-i', '127.0.0.1', '-p', $port, @args ]);
	return $port;
}

my $http = tinyproxy();
my $http_auth = tinyproxy('BasicAuth lab secret');
my $http_other = tinyproxy('ConnectPort 1');
my $socks = microsocks();
my $socks_auth = microsocks('-u', 'lab', '-P', 'secret');
my $closed = free_port();

sub through
{
	my ($proxy, $kind, $name) = @_;

	return [ '-H', $name // 'localhost', '-p', $port{$kind // 'good'},
	    '--ca-file', $root, $proxy ? "--proxy=$proxy" : () ];
}

# The proxies stand, and pass what they should.
witness "proxy $http", port => $port{good},
    cert => $pki->path('good.pem'), args => [ '-proxy', "127.0.0.1:$http" ];

my %proxies = (
	'HTTP'                  => "http://127.0.0.1:$http",
	'HTTP with a password'  => "http://lab:secret\@127.0.0.1:$http_auth",
	'SOCKS'                 => "socks5://127.0.0.1:$socks",
	'SOCKS, names resolved there' => "socks5h://127.0.0.1:$socks",
	'SOCKS with a password' =>
	    "socks5://lab:secret\@127.0.0.1:$socks_auth",
);
for my $proxy (sort keys %proxies) {
	verdict "$proxy, good", through($proxies{$proxy}), 'ok';
	verdict "$proxy, expired", through($proxies{$proxy}, 'expired'),
	    'critical', 'cert.expiry', '?path.expired';
	verdict "$proxy, an address", through($proxies{$proxy}, 'good',
	    '127.0.0.1'), 'ok';
}

my %refusals = (
	'HTTP, port not allowed' => "http://127.0.0.1:$http_other",
	'HTTP, no password'      => "http://127.0.0.1:$http_auth",
	'HTTP, wrong password'   => "http://lab:wrong\@127.0.0.1:$http_auth",
	'SOCKS, no password'     => "socks5://127.0.0.1:$socks_auth",
	'SOCKS, wrong password'  =>
	    "socks5://lab:wrong\@127.0.0.1:$socks_auth",
	'no proxy there'         => "http://127.0.0.1:$closed",
);
for my $refusal (sort keys %refusals) {
	verdict $refusal, through($refusals{$refusal}), 'critical',
	    'net.proxy';
}
for my $proxy ("http://127.0.0.1:$http", "socks5://127.0.0.1:$socks") {
	verdict "nobody listens behind $proxy",
	    [ '-H', 'localhost', '-p', $closed, "--proxy=$proxy" ],
	    'critical', 'net.proxy';
}

# The environment, https_proxy for https alone, and what overrides it.
my @https = ("https://localhost:$port{good}", '--ca-file', $root);
for my $case ([ https_proxy => \@https ], [ all_proxy => through() ]) {
	my ($variable, $args) = @$case;

	local $ENV{$variable} = "http://127.0.0.1:$closed";
	verdict "$variable is used", $args, 'critical', 'net.proxy';
	verdict "$variable, --proxy wins",
	    [ @$args, "--proxy=http://127.0.0.1:$http" ], 'ok';
	verdict "$variable, --no-proxy", [ @$args, '--no-proxy=localhost' ],
	    'ok';
	local $ENV{no_proxy} = 'localhost';
	verdict "$variable, no_proxy", $args, 'ok';
}

done_testing;

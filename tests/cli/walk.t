#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# A walk past every feature, one run each, for tools that make the plugin
# slow (valgrind).  No deadline is asserted here.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;

my $pki = pki(<<'.');
root ca=yes
inter ca=yes issuer=root
other ca=yes
good san=dns:good.test,ip:127.0.0.1,ip:::1 issuer=inter chain=inter p12=secret jks=changeit p7=inter
old san=dns:good.test issuer=inter chain=inter na=-1d life=90d
crossa cn=Cross ca=yes issuer=root
crossb cn=Cross ca=yes key=@crossa issuer=other
cross san=dns:good.test issuer=crossa chain=crossb,crossa
evil dn-type=t61 cn=%00|%ff san=dns:a%00b,dns:x%0ay issuer=inter
many san=dns:good.test san-count=10000 issuer=inter chain=inter
rsa key=rsa:2048 san=dns:good.test issuer=inter chain=inter
broken na=utc:never
@hash dir=capath of=root
.
my $password = write_file('password', "secret\n");
my $ini = write_file('x.ini', "[check_cert_expiry]\nwarning=1\n");
my @trust = ("--ca-file=$pki/root.pem");
my $cert = "--cert $pki/good.chain.pem --key $pki/good.key";

my @file = (
	[ 'PEM', 'ok', 'good.chain.pem', @trust ],
	[ 'hashed directory', 'ok', 'good.chain.pem',
	  "--ca-path=$pki/capath" ],
	[ 'system', 'critical', 'good.chain.pem' ],
	[ 'DER', 'ok', 'good.der', '--no-trust' ],
	[ 'PKCS#7', 'ok', 'good.p7b', @trust ],
	[ 'PKCS#7, PEM', 'ok', 'good.p7.pem', @trust ],
	[ 'PKCS#12', 'ok', 'good.p12', @trust, "--password-file=$password" ],
	[ 'PKCS#12, no password', 'unknown', 'good.p12' ],
	[ 'JKS', 'ok', 'good.jks', @trust ],
	[ 'a key', 'unknown', 'good.key' ],
	[ 'no file', 'unknown', 'nothing' ],
	[ 'expired', 'critical', 'old.chain.pem', @trust ],
	[ 'cross-sign', 'ok', 'cross.chain.pem', @trust ],
	[ 'hostile', 'critical', 'evil.pem', '-vv' ],
	[ 'unreadable time', 'critical', 'broken.pem', '--no-trust' ],
	[ '10,000 names', 'critical', 'many.chain.pem', @trust,
	  '--name=x.test', '--san=y.test', '--san-exact' ],
	[ 'identity', 'critical', 'good.chain.pem', @trust, '--serial=1',
	  '--fingerprint=' . '0' x 64, '--spki=' . '0' x 64, '--issuer=x',
	  "--key=$pki/old.key", "--compare=$pki/old.pem" ],
	[ 'JSON', 'ok', 'good.chain.pem', @trust, '-o', 'json' ],
	[ 'openmetrics', 'ok', 'good.chain.pem', @trust, '-o',
	  'openmetrics' ],
	[ 'text', 'ok', 'good.chain.pem', @trust, '-o', 'text', '-vvv' ],
	[ 'extra-opts', 'ok', 'good.chain.pem', @trust,
	  "--extra-opts=\@$ini" ],
	[ 'thresholds', 'warning', 'good.chain.pem', @trust, '-w',
	  '90%,365d', '-c', '@0:1', '--at=' . (time + 30 * 86400) ],
	[ 'usage', 'unknown', 'good.chain.pem', '--nonsens' ],
	[ 'policy', 'ok', 'old.chain.pem', @trust, '--ignore=cert.expiry',
	  '--severity=path.expired:ok' ],
);
for (@file) {
	my ($title, $state, $name, @more) = @$_;
	state_is(run_plugin('check_cert_expiry', '-f', "$pki/$name", @more),
	    $state, "file: $title");
}

my @net = (
	[ 'TLS 1.3', 'ok', $cert ],
	[ 'TLS 1.2', 'ok', "$cert --tls-max 1.2" ],
	[ 'TLS 1.0, RSA', 'warning', "--cert $pki/rsa.chain.pem --key " .
	  "$pki/rsa.key --tls-max 1.0" ],
	[ '10,000 names', 'ok', "--cert $pki/many.chain.pem --key " .
	  "$pki/many.key" ],
	[ 'client certificate', 'ok', "$cert --verify-client",
	  "--client-cert=$pki/old.pem", "--client-key=$pki/old.key" ],
	[ 'client certificate, none', 'ok', "$cert --verify-client" ],
	[ 'alert', 'critical', '--alert 112' ],
	[ 'reset', 'critical', '--reset-in-handshake' ],
	[ 'plain text', 'critical', '--plaintext HTTP' ],
	[ 'garbage', 'critical', '--garbage' ],
	[ 'huge', 'critical', '--oversized-certificate' ],
	[ 'black hole', 'unknown', '--blackhole', '-t2' ],
	map({ [ "$_", 'ok', "$cert --starttls $_", "--starttls=$_" ] }
	    qw(smtp imap pop3 ftp ldap xmpp sieve nntp irc postgres mysql
	    mssql rdp)),
	map({ [ "$_ refused", 'critical', "$cert --starttls $_ " .
	    '--starttls-refuse', "--starttls=$_" ] } qw(smtp ldap postgres)),
	[ 'injection', 'critical', "$cert --starttls smtp --starttls-inject",
	  '--starttls=smtp' ],
	[ 'endless', 'critical', "$cert --starttls imap --greeting-endless",
	  '--starttls=imap' ],
);
my @servers = servers(map { $_->[2] } @net);
for my $i (0 .. $#net) {
	my ($title, $state, undef, @more) = @{ $net[$i] };
	state_is(run_plugin('check_cert_expiry', '-H', 'good.test', '-I',
	    '127.0.0.1', '-p', $servers[$i]->port, @trust, '-t', '60s',
	    @more), $state, "server: $title");
}

my $port = $servers[0]->port;
my ($http, $socks) = servers('--http-proxy --proxy-auth a:b', '--socks5');
my $list = write_file('targets', "127.0.0.1:$port\n[::1]:1 label=x\n" .
    "127.0.0.1:$port name=good.test\nbad line here\n$pki/good.chain.pem\n");
my @other = (
	[ 'HTTP proxy', 'ok', "good.test:$port",
	  '--proxy=http://a:b@127.0.0.1:' . $http->port ],
	[ 'SOCKS5 proxy', 'ok', "good.test:$port",
	  '--proxy=socks5h://127.0.0.1:' . $socks->port ],
	[ 'targets', 'critical', "--targets=$list" ],
	[ 'targets, JSON', 'critical', "--targets=$list", '-o', 'json' ],
	[ 'network', 'ok', "127.0.0.0/30:$port,1", '--perfdata=all' ],
	[ 'all addresses', 'ok', '-H', '127.0.0.1', '-p', $port,
	  '--all-addresses' ],
	[ 'folder', 'critical', '-f', $pki ],
	[ 'glob', 'ok', '-f', "$pki/good.c*.pem" ],
	[ 'no such name', 'critical', 'something.test',
	  { env => resolver() } ],
);
for (@other) {
	my ($title, $state, @args) = @$_;
	state_is(run_plugin('check_cert_expiry', @trust, '-t', '60s', @args),
	    $state, $title);
}

for my $kind (qw(man bash icinga2 director nagios nrpe zabbix json)) {
	my $run = run_plugin('check_cert_expiry', "--integration=$kind");
	cmp_ok($run->{exit}, '<=', 3, "--integration=$kind");
	is($run->{signal}, 0, "--integration=$kind ends by itself");
}
for my $option (qw(--help --version --list-findings)) {
	is(run_plugin('check_cert_expiry', $option)->{exit}, 3, $option);
}

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# --deny-private: a certificate, or a redirect, must not make us ask who is
# inside.  In whatever form the address comes, nobody there is asked.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

use constant PUBLIC => '8.7.6.5';	# 127.0.0.1 behind resolver.c

my $site = site();
my ($port) = $site->url('/') =~ /:(\d+)/;

# Hosts of URLs that all lead inside; those of loopback would find the site.
my %inside = (
	v4 => '127.0.0.1', other => '127.9.9.9', ten => '10.0.0.1',
	oneseventwo => '172.16.0.1', cnineteentwo => '192.168.0.1',
	shared => '100.64.0.1', link => '169.254.169.254',
	zero => '0.0.0.0', broadcast => '255.255.255.255',
	multicast => '224.0.0.1', v6 => '[::1]', unspecified => '[::]',
	mapped => '[::ffff:127.0.0.1]', mappedhex => '[::ffff:7f00:1]',
	compatible => '[::127.0.0.1]', nat64 => '[64:ff9b::7f00:1]',
	sixtofour => '[2002:7f00:1::1]', linkv6 => '[fe80::1]',
	unique => '[fd00::1]', short => '127.1', number => '2130706433',
	hex => '0x7f000001', octal => '0177.0.0.1', name => 'inside.test',
	dotted => 'inside.test.', namev6 => 'inside6.test',
	namemapped => 'mapped.test', localhost => 'localhost',
);
my $env = resolver('outside.test' => PUBLIC, 'inside.test' => '127.0.0.1',
    'inside6.test' => '::1', 'mapped.test' => '::ffff:127.0.0.1',
    'localhost' => '127.0.0.1', 'both.test' => '127.0.0.1,' . PUBLIC);
$env->{MPC_REACH} = PUBLIC;

my @names = sort keys %inside;
my $certs = join "\n", map {
	my $url = "http://$inside{$_}:$port";
	("o$_ issuer=root key=\@root aia-ocsp=$url/ocsp",
	    "c$_ issuer=root key=\@root crldp=$url/ca.crl")
} @names;
my $all = join ',', map { "o$_" } @names;
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
$certs
ooutside issuer=root key=\@root aia-ocsp=http://outside.test:$port/ocsp
coutside issuer=root key=\@root crldp=http://outside.test:$port/ca.crl
oliteral issuer=root key=\@root aia-ocsp=http://8.7.6.5:$port/ocsp
oboth issuer=root key=\@root aia-ocsp=http://both.test:$port/ocsp
\@ocsp file=all.ors of=$all,ooutside,oliteral,oboth issuer=root
\@crl file=ca.crl issuer=root
.
my @answers = ("/ocsp* file=$pki/all.ors", "/ca.crl file=$pki/ca.crl");

sub asked {
	my ($name, @more) = @_;
	return check_json(file_args($pki, $name, '-t', '5', @more),
	    { env => $env });
}

# Without the option they are asked: the test would see it.
$site->rules(@answers);
for my $name (qw(ov4 cv4 omapped oname cshort)) {
	state_is(asked($name), 'ok', "$name without --deny-private");
}
for my $name (qw(ooutside coutside oliteral oboth)) {
	$site->forget;
	state_is(asked($name, '--deny-private'), 'ok',
	    "$name, with --deny-private");
	cmp_ok($site->count, '>=', 1, "$name is asked");
}

for my $kind (qw(o c)) {
	for my $name (@names) {
		$site->forget;
		my $run = asked("$kind$name", '--deny-private');
		my $what = "$kind, $inside{$name}";
		state_is($run, 'unknown', $what);
		is($site->count, 0, "$what: nobody is asked");
		in_time($run, 2, "$what: at once");
	}
}
my $run = asked('ov4', '--deny-private');
like(text_of($run, 'ocsp.unreachable'), qr/private/, 'the text says why');

# What is outside may send us inside: not further than that.
for my $kind ([ o => '/ocsp*' ], [ c => '/ca.crl' ]) {
	my ($cert, $path) = @$kind;
	for my $name (@names) {
		$site->rules("$path redirect=http://$inside{$name}:$port/in",
		    "/in* file=$pki/" . ($cert eq 'o' ? 'all.ors' : 'ca.crl'));
		$run = asked("${cert}outside", '--deny-private');
		my $what = "$cert, redirect to $inside{$name}";
		state_is($run, 'unknown', $what);
		is($site->count('/in'), 0, "$what: it is not followed");
		in_time($run, 2, "$what: at once");
	}
}
$site->rules("/ocsp* redirect=http://inside.test:$port/in",
    "/in* file=$pki/all.ors");
$run = asked('ooutside', '--deny-private');
like(text_of($run, 'ocsp.unreachable'), qr/private/,
    'a redirect: the text says why');
state_is(asked('ooutside'), 'ok', 'a redirect, without --deny-private');

# Through a proxy that the user names, which may well be inside.
$site->rules('/* status=404');
$run = asked('ov4', '--deny-private', "--proxy=http://127.0.0.1:$port");
state_is($run, 'unknown', 'no private address by way of a proxy');
is($site->count, 0, 'nor is the proxy asked for it');

done_testing;

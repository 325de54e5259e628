#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# The handshake: old and new versions, weak keys, SNI, ALPN, client
# certificates, 10,000 names.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;

my $pki = pki(<<'.');
root ca=yes
rsa key=rsa:2048 san=dns:www.test issuer=root
weak key=rsa:1024 digest=sha1 san=dns:www.test issuer=root
tiny key=rsa:512 digest=sha1 san=dns:www.test issuer=root
ec san=dns:www.test issuer=root
ed25519 key=ed25519 san=dns:www.test issuer=root
ed448 key=ed448 san=dns:www.test issuer=root
p521 key=ec:P-521 san=dns:www.test issuer=root
many san=dns:www.test san-count=10000 issuer=root
other san=dns:other.test issuer=root
client cn=me eku=clientAuth issuer=root
@bundle file=both.pem of=client,key:client
.

sub target {
	my ($server, @more) = @_;
	return [ '-H', 'www.test', '-I', '127.0.0.1', '-p', $server->port,
	    "--ca-file=$pki/root.pem", @more ];
}

sub config {
	my ($name, @more) = @_;
	return join ' ', "--cert $pki/$name.pem --key $pki/$name.key", @more;
}

subtest 'versions' => sub {
	my @rows = ([ 'rsa', '1.0', 'warning', 'tls.version' ],
	    [ 'rsa', '1.1', 'warning', 'tls.version' ],
	    [ 'rsa', '1.2', 'ok' ], [ 'rsa', '1.3', 'ok' ],
	    [ 'ec', '1.0', 'warning', 'tls.version' ],
	    [ 'ec', '1.2', 'ok' ], [ 'ec', '1.3', 'ok' ],
	    [ 'ed25519', '1.2', 'ok' ], [ 'ed25519', '1.3', 'ok' ],
	    [ 'ed448', '1.3', 'ok' ], [ 'p521', '1.3', 'ok' ],
	    [ 'weak', '1.0', 'warning', 'tls.version', 'key.weak',
	      'sig.weak' ],
	    [ 'weak', '1.2', 'warning', 'key.weak', 'sig.weak' ],
	    [ 'weak', '1.3', 'warning', 'key.weak', 'sig.weak' ],
	    [ 'tiny', '1.2', 'warning', 'key.weak', 'sig.weak' ]);
	my @servers = servers(map { config($_->[0],
	    "--tls-min $_->[1] --tls-max $_->[1]") } @rows);
	for my $i (0 .. $#rows) {
		my ($name, $version, $state, @ids) = @{$rows[$i]};
		verdict("$name over TLS $version", target($servers[$i]),
		    $state, \@ids);
	}
	verdict('--tls-min', target($servers[0], '--tls-min=1.2'), 'critical',
	    [ 'tls.handshake' ], { like => qr/version/ });
};

subtest 'old ciphers' => sub {
	for my $cipher (qw(AES128-SHA DHE-RSA-AES128-SHA ECDHE-RSA-AES128-SHA
	    CAMELLIA128-SHA)) {
		my $server = server(config('rsa',
		    "--tls-max 1.2 --ciphers $cipher"));
		verdict($cipher, target($server), 'ok', []);
	}
};

subtest 'SNI' => sub {
	my $server = server(config('other', '--sni', "www.test:$pki/ec.pem:" .
	    "$pki/ec.key"));
	verdict('the host', target($server), 'ok', []);
	is(slurp_log($server)->{sni}, 'www.test', 'is sent');
	verdict('--sni', target($server, '--sni=other.test',
	    '--name=other.test'), 'ok', []);
	is(slurp_log($server, 3)->{sni}, 'other.test', 'is sent');
	my $strict = server(config('other', '--require-sni --sni',
	    "www.test:$pki/ec.pem:$pki/ec.key"));
	verdict('required and sent', target($strict), 'ok', []);
	verdict('required and unknown', [ '-H', 'no.test', '-I', '127.0.0.1',
	    '-p', $strict->port ], 'critical', [ 'tls.handshake' ],
	    { like => qr/unrecogni[sz]ed/ });
	verdict('an address is not sent', [ '-H', '127.0.0.1', '-p',
	    $server->port, "--ca-file=$pki/root.pem", '--name=other.test' ],
	    'ok', []);
	is(slurp_log($server, 5)->{sni}, '-', 'indeed not');
};

subtest 'ALPN' => sub {
	my $server = server(config('ec', '--alpn h2,http/1.1'));
	verdict('chosen', target($server, '--alpn=h2'), 'ok', []);
	is(slurp_log($server)->{alpn}, 'h2', 'as offered');
	verdict('not chosen', target($server, '--alpn=smtp'), 'warning',
	    [ 'tls.alpn' ]);
	my $strict = server(config('ec', '--alpn h2 --require-alpn'));
	verdict('required and offered', target($strict, '--alpn=h2'), 'ok',
	    []);
	my $run = check(@{ target($strict) });
	cmp_ok($run->{exit}, '!=', 3, 'required and not asked for: no usage' .
	    ' error');
	for my $bad ('x' x 256, ',', 'h2,,h3') {
		my $refused = check(@{ target($strict, "--alpn=$bad") });
		is($refused->{exit}, 3, "--alpn of " . length($bad) .
		    " characters is refused");
	}
};

subtest 'client certificates' => sub {
	my $server = server(config('ec', "--verify-client --client-ca " .
	    "$pki/root.pem"));
	verdict('with one', target($server, "--client-cert=$pki/client.pem",
	    "--client-key=$pki/client.key"), 'ok', []);
	is(slurp_log($server)->{client}, 'me', 'it is shown');
	verdict('key in the same file', target($server,
	    "--client-cert=$pki/both.pem"), 'ok', []);
	my $run = check(@{ target($server, "--client-cert=$pki/client.pem",
	    "--client-key=$pki/ec.key") });
	cmp_ok($run->{exit}, '>=', 2, 'another key');
	$run = check(@{ target($server, "--client-cert=$pki/none.pem") });
	isnt($run->{exit}, 0, 'a file that is not there');
	like($run->{out}, qr/none\.pem/, 'is named');
};

subtest '10,000 names' => sub {
	for my $version (qw(1.2 1.3)) {
		my $server = server(config('many', "--tls-max $version"));
		verdict("over TLS $version", target($server), 'ok', []);
		verdict('the last of them', [ '-H', 'h10000.many.test', '-I',
		    '127.0.0.1', '-p', $server->port,
		    "--ca-file=$pki/root.pem" ], 'ok', []);
	}
};

subtest 'byte by byte' => sub {
	my $server = server(config('ec', '--drip 1'));
	verdict('a whole handshake', target($server, '-t', '60s'), 'ok', []);
};

done_testing;

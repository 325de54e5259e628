#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Is it the very certificate that is expected: --compare, --key,
# --fingerprint, --spki, --serial, --issuer, --key-min.
use strict;
use warnings;
use Digest::SHA qw(sha1_hex sha256 sha256_hex);
use FindBin;
use MIME::Base64 qw(encode_base64);
use lib "$FindBin::Bin/../lib";
use MPC::Test;

my $pki = pki(<<'.');
root cn=Lab%20Root o=Lab ca=yes
good san=dns:good.test issuer=root serial=0x0a1b2c3d
renewed san=dns:good.test issuer=root key=@good na=+80d nb=-1h
rekeyed san=dns:good.test issuer=root na=+80d nb=-1h
rsa key=rsa:2048 san=dns:good.test issuer=root
rsa3072 key=rsa:3072 san=dns:good.test issuer=root
p224 key=ec:P-224 san=dns:good.test issuer=root
p192 key=ec:prime192v1 san=dns:good.test issuer=root
ed25519 key=ed25519 san=dns:good.test issuer=root
high san=dns:good.test issuer=root serial=0x8899aabbccddeeff
@p12 file=good.p12 pass=secret of=good key=good
.
my @trust = ("--ca-file=$pki/root.pem");
my $server = server("--cert $pki/good.pem --key $pki/good.key");
my @live = ('-H', 'good.test', '-I', '127.0.0.1', '-p', $server->port,
    @trust);
my @file = ('-f', "$pki/good.pem", @trust);

subtest '--compare' => sub {
	verdict('the same', [ @live, "--compare=$pki/good.pem" ], 'ok', []);
	verdict('the same in DER', [ @live, "--compare=$pki/good.der" ], 'ok',
	    []);
	verdict('renewed on disk', [ @live, "--compare=$pki/renewed.pem" ],
	    'critical', [ 'cert.compare' ], { like => qr/disk/ });
	verdict('no such file', [ @live, '--compare=/nonexistent' ],
	    'unknown', [ 'cert.compare' ], { like => qr{/nonexistent} });
	verdict('no certificate', [ @live, "--compare=$pki/good.key" ],
	    'unknown', [ 'cert.compare' ]);
};

subtest '--key' => sub {
	verdict('belongs', [ @live, "--key=$pki/good.key" ], 'ok', []);
	verdict('does not', [ @live, "--key=$pki/rekeyed.key" ], 'critical',
	    [ 'key.match' ], { like => qr/rekeyed\.key/ });
	verdict('of another kind', [ @live, "--key=$pki/rsa.key" ],
	    'critical', [ 'key.match' ]);
	for my $name (qw(rsa ed25519 p224)) {
		verdict("$name, in a file", [ '-f', "$pki/$name.pem", @trust,
		    "--key=$pki/$name.key" ], 'ok', []);
	}
	verdict('survives a renewal', [ '-f', "$pki/renewed.pem", @trust,
	    "--key=$pki/good.key" ], 'ok', []);
	verdict('no such file', [ @file, '--key=/nonexistent' ], 'unknown',
	    [ 'key.match' ], { like => qr{/nonexistent} });
	verdict('no key', [ @file, "--key=$pki/good.pem" ], 'unknown',
	    [ 'key.match' ]);
	my $encrypted = scratch() . '/encrypted.key';
	if (system("openssl pkey -in $pki/good.key -aes256 -passout " .
	    "pass:secret -out $encrypted 2>/dev/null") == 0) {
		my $password = write_file('password', "secret\n");
		verdict('encrypted', [ @file, "--key=$encrypted",
		    "--password-file=$password" ], 'ok', []);
		my $run = verdict('encrypted, no password', [ @file,
		    "--key=$encrypted" ], 'unknown', [ 'key.match' ],
		    { like => qr/password/ });
	}
};

my $der = read_file("$pki/good.der");
subtest '--fingerprint' => sub {
	my ($two, $one) = (sha256_hex($der), sha1_hex($der));
	(my $colons = uc $two) =~ s/(..)(?=.)/$1:/g;
	verdict('SHA-256', [ @file, "--fingerprint=$two" ], 'ok', []);
	verdict('SHA-1', [ @file, "--fingerprint=$one" ], 'ok', []);
	verdict('with colons', [ @file, "--fingerprint=$colons" ], 'ok', []);
	verdict('any of several', [ @file, '--fingerprint=' . '0' x 64,
	    "--fingerprint=$two" ], 'ok', []);
	verdict('another', [ @file, '--fingerprint=' . '0' x 64 ], 'critical',
	    [ 'cert.fingerprint' ]);
	for my $bad ('xyz', '00', '0' x 63, '') {
		my $run = check(@file, "--fingerprint=$bad");
		is($run->{exit}, $bad eq '' ? 0 : 3, "'$bad'");
	}
};

subtest '--spki' => sub {
	my $spki = `openssl pkey -in $pki/good.key -pubout -outform DER`;
	my $pin = encode_base64(sha256($spki), '');
	verdict('base64', [ @file, "--spki=$pin" ], 'ok', []);
	verdict('hexadecimal', [ @file, '--spki=' . sha256_hex($spki) ],
	    'ok', []);
	verdict('survives a renewal', [ '-f', "$pki/renewed.pem", @trust,
	    "--spki=$pin" ], 'ok', []);
	verdict('another key', [ '-f', "$pki/rekeyed.pem", @trust,
	    "--spki=$pin" ], 'critical', [ 'cert.spki' ]);
	my $run = check(@file, '--spki=short');
	is($run->{exit}, 3, 'what is no pin is refused');
};

subtest '--serial' => sub {
	for my $serial ('0a1b2c3d', 'A1B2C3D', '0A:1B:2C:3D', '0x0a1b2c3d',
	    '000a1b2c3d') {
		verdict($serial, [ @file, "--serial=$serial" ], 'ok', []);
	}
	verdict('the top bit set', [ '-f', "$pki/high.pem", @trust,
	    '--serial=8899aabbccddeeff' ], 'ok', []);
	verdict('another', [ @file, '--serial=0a1b2c3e' ], 'critical',
	    [ 'cert.serial' ], { like => qr/0a1b2c3d/i });
	my $run = check(@file, '--serial=xyz');
	is($run->{exit}, 3, 'what is no serial is refused');
};

subtest '--issuer' => sub {
	for my $regex ('Lab Root', 'lab root', '^.*Lab', 'CN ?= ?Lab Root',
	    'nothing|Lab') {
		verdict($regex, [ @file, "--issuer=$regex" ], 'ok', []);
	}
	verdict('another', [ @file, '--issuer=Encrypt' ], 'critical',
	    [ 'cert.issuer' ], { like => qr/Lab Root/ });
};

subtest '--key-min' => sub {
	verdict('2048 is enough', [ '-f', "$pki/rsa.pem", @trust ], 'ok', []);
	verdict('--key-min=3072', [ '-f', "$pki/rsa.pem", @trust,
	    '--key-min=3072' ], 'warning', [ 'key.weak' ]);
	verdict('met', [ '-f', "$pki/rsa3072.pem", @trust,
	    '--key-min=3072' ], 'ok', []);
	verdict('RSA alone', [ @file, '--key-min=3072' ], 'ok', []);
	verdict('P-224', [ '-f', "$pki/p224.pem", @trust ], 'ok', []);
	verdict('P-192', [ '-f', "$pki/p192.pem", @trust ], 'warning',
	    [ 'key.weak' ]);
};

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# The key itself, whatever the sources say: what can be computed is critical,
# what is merely too small is a warning, and each is told once.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $keys = scratch();
openssl_ok('genpkey', '-algorithm', 'RSA', '-pkeyopt',
    'rsa_keygen_bits:2048', '-pkeyopt', "rsa_keygen_pubexp:$_->[1]", '-out',
    "$keys/$_->[0].key") for [ 'e3', 3 ], [ 'e257', 257 ], [ 'f4', 65537 ];
openssl_ok('genpkey', '-algorithm', 'RSA-PSS', '-pkeyopt',
    "rsa_keygen_bits:$_", '-out', "$keys/pss$_.key") for 1024, 2048;
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
weakca cn=Weak ca=yes issuer=root key=rsa:1024
brokenca cn=Broken ca=yes issuer=root key=rsa:512 digest=sha256
e3 issuer=root key=file:$keys/e3.key
e257 issuer=root key=file:$keys/e257.key
f4 issuer=root key=file:$keys/f4.key
pss issuer=root key=file:$keys/pss2048.key
rsa2047 issuer=root key=rsa:2047
rsa1024 issuer=root key=rsa:1024
pss1024 issuer=root key=file:$keys/pss1024.key
rsa1023 issuer=root key=rsa:1023
rsa512 issuer=root key=rsa:512
dsa issuer=root key=dsa:2048
p192 issuer=root key=ec:P-192
p224 issuer=root key=ec:P-224
ed issuer=root key=ed25519
underweak issuer=weakca chain=weakca
underbroken issuer=brokenca chain=brokenca
\@crl file=root.crl issuer=root
\@crl file=weakca.crl issuer=weakca
\@crl file=brokenca.crl issuer=brokenca
\@crl file=revoked.crl issuer=root revoked=rsa512:keyCompromise,rsa1024
.
my @lists = map { "--crl=$pki/$_.crl" } qw(root weakca brokenca);

sub judged {
	my ($name, @more) = @_;
	my $file = -f "$pki/$name.chain.pem" ? "$name.chain.pem" :
	    "$name.pem";
	return [ '-f', "$pki/$file", "--ca-file=$pki/root.pem", '--no-cache',
	    '--offline', @lists, @more ];
}

# certificate, state, finding, text, whose
my @rows = (
	[ 'f4', 'ok' ],
	[ 'pss', 'ok' ],
	[ 'p224', 'ok' ],
	[ 'ed', 'ok' ],
	[ 'e3', 'warning', 'key.weak', qr/exponent 3\b.*65537/ ],
	[ 'e257', 'warning', 'key.weak', qr/exponent 257\b/ ],
	[ 'rsa2047', 'warning', 'key.weak', qr/2047 bits.*2048/ ],
	[ 'rsa1024', 'warning', 'key.weak', qr/1024 bits/ ],
	[ 'pss1024', 'warning', 'key.weak', qr/1024 bits/ ],
	[ 'p192', 'warning', 'key.weak', qr/192 bits/ ],
	[ 'dsa', 'warning', 'key.weak', qr/DSA/ ],
	[ 'rsa1023', 'critical', 'key.broken', qr/less than 1024 bits/ ],
	[ 'rsa512', 'critical', 'key.broken', qr/new key/ ],
	[ 'underweak', 'warning', 'key.weak', qr/1024 bits/,
	    'intermediate 1' ],
	[ 'underbroken', 'critical', 'key.broken', qr/1024 bits/,
	    'intermediate 1' ],
);

# Those that others have made: a certificate with a public key alone.
my $corpus = ($ENV{MPC_CORPORA} // top() . '/../shared/corpora')
    . '/badkeys-testdata';
my @foreign = (
	[ 'rsa-roca', qr/ROCA.*CVE-2017-15361/ ],
	[ 'rsa-fermat-pkcs8', qr/Fermat.*CVE-2022-26320/ ],
	[ 'rsa-e1', qr/exponent is 1/ ],
	[ 'rsa-smallfactors-valid', qr/small factor/ ],
	[ 'rsa-small-d', qr/private exponent/ ],
);
for my $row (@foreign) {
	my ($name, $text) = @$row;
	next if !-f "$corpus/$name.key";
	my $pem = read_file("$corpus/$name.key");
	my @in = $pem =~ /BEGIN RSA PUBLIC/ ? ('-RSAPublicKey_in') :
	    ('-pubin');
	openssl_ok('rsa', @in, '-in', "$corpus/$name.key", '-pubout', '-out',
	    "$keys/$name.pub");
	openssl_ok('x509', '-new', '-force_pubkey', "$keys/$name.pub",
	    '-subj', "/CN=$name", '-days', 30, '-CA', "$pki/root.pem",
	    '-CAkey', "$pki/root.key", '-out', "$pki/$name.pem");
	push @rows, [ $name, 'critical', 'key.broken', $text ];
}

for my $row (@rows) {
	my ($name, $state, $id, $text, $whose) = @$row;
	my $run = verdict($name, judged($name), $state,
	    defined $id ? [ $id ] : []);
	next if !defined $id;
	like(text_of($run, $id), $text, "$name: text");
	my @told = grep { $_->{id} =~ /^key\./ && $_->{status} ne 'ok' }
	    findings($run);
	is(join(' ', map { $_->{subject} } @told), $whose // 'leaf',
	    "$name: told once, whose it is");
}
SKIP: {
	skip('no corpora: set MPC_CORPORA', 1) if !-d $corpus;
	is(scalar(grep { $_->[0] =~ /^rsa-/ } @rows), scalar @foreign,
	    'the keys of the corpus were judged');
}

# Of an intermediate nothing is said with --leaf-only.
verdict('--leaf-only', judged('underbroken', '--leaf-only'), 'ok', []);

# A revoked certificate is revoked, and its key is broken as well.
verdict('revoked and broken', judged('rsa512', "--crl=$pki/revoked.crl"),
    'critical', [ 'key.broken', 'ocsp.revoked' ]);
verdict('revoked and weak', judged('rsa1024', "--crl=$pki/revoked.crl"),
    'critical', [ 'key.weak', 'ocsp.revoked' ]);
# Nothing is known of it, and its key is broken all the same.
verdict('no source, and broken', [ '-f', "$pki/rsa512.pem",
    "--ca-file=$pki/root.pem", '--no-cache', '--offline' ], 'critical',
    [ 'key.broken', 'ocsp.no_source' ]);
# A leaked key that is broken is both; reuse is a third thing.
my $digest = do {
	open my $fh, '-|', "openssl x509 -in $pki/rsa512.pem -noout -pubkey | "
	    . 'openssl pkey -pubin -outform DER | openssl sha256 -r' or die;
	(split ' ', scalar <$fh>)[0];
};
my $leaked = write_file('leaked', "$digest\n");
verdict('leaked, reused and broken', judged('rsa512',
    "--compromised-keys=$leaked", "--revoked-cert=$pki/rsa512.pem"),
    'critical', [ 'key.broken', 'key.compromised', 'key.reused' ]);

# The states are the user's.
verdict('--severity', judged('rsa1024', '--severity=key.weak:critical'),
    'critical', [ 'key.weak' ]);
verdict('--ignore', judged('rsa1024', '--ignore=key.weak'), 'ok', []);
my $list = run_plugin('check_ocsp', '--list-findings');
like($list->{out}, qr/^key\.weak\s+warning\b/m, '--list-findings: key.weak');
like($list->{out}, qr/^key\.broken\s+critical\b/m,
    '--list-findings: key.broken');

done_testing;

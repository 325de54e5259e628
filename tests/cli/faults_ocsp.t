#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Every call of check_ocsp may fail (MPC::Faults): a staple, a responder, a
# list of revoked certificates, an issuer that is fetched, each of a good
# certificate and of a revoked one, with an empty cache and a full one.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;
use MPC::Faults;

my $site = site();
my ($ocsp, $dead, $crl, $deadcrl, $ca) = map { $site->url($_) }
    qw(/good.ors /revoked.ors /good.crl /revoked.crl /ca);
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
inter ca=yes cn=Inter issuer=root crldp=@{[$site->url('/root.crl')]}
good san=dns:localhost,ip:127.0.0.1 issuer=root aia-ocsp=$ocsp
dead issuer=root san=ip:127.0.0.1 aia-ocsp=$dead
goodcrl issuer=root crldp=$crl
deadcrl issuer=root crldp=$deadcrl
aia issuer=inter aia-issuer=$ca aia-ocsp=@{[$site->url('/aia.ors')]}
deadaia issuer=inter aia-issuer=$ca aia-ocsp=@{[$site->url('/deadaia.ors')]}
\@ocsp file=good.ors of=good issuer=root
\@ocsp file=revoked.ors of=dead issuer=root status=revoked
\@ocsp file=aia.ors of=aia issuer=inter
\@ocsp file=deadaia.ors of=deadaia issuer=inter status=revoked
\@crl file=good.crl issuer=root revoked=dead
\@crl file=revoked.crl issuer=root revoked=deadcrl
\@crl file=root.crl issuer=root
.
openssl_ok('x509', '-in', "$pki/inter.pem", '-outform', 'DER', '-out',
    "$pki/ca");
$site->rules(map { "/$_* file=$pki/$_" } qw(good.ors revoked.ors aia.ors
    deadaia.ors good.crl revoked.crl root.crl ca));
my ($good, $revoked) = map { $_->port } servers(
    "--cert $pki/good.pem --key $pki/good.key --staple $pki/good.ors",
    "--cert $pki/dead.pem --key $pki/dead.key --staple $pki/revoked.ors");

my @common = ("--ca-file=$pki/root.pem", '-t', '5s');
my @files = qw(write pwrite open openat fstat fstatat fsync renameat mkdir
    unlinkat lseek read close readdir fdopendir);
my @net = qw(recv send poll connect socket getsockopt setsockopt fcntl pipe
    thread clock lookup dlopen random mmap stat fopen);
my $P = 'check_ocsp';

sub cached {
	my ($name, $exit, $warm, @args) = @_;
	my $cache = scratch() . '/cache-' . ($name =~ s/\W/-/gr);
	mkdir $cache, 0700;
	my @all = (@args, @common, "--cache-dir=$cache");
	run_plugin($P, @all) if $warm;
	return scene($name, $P, \@all, $exit, cache => $cache);
}

my @scenes = (
	scene('staple, good', $P, [ '-H', '127.0.0.1', '-p', $good,
	    '--method=staple', '-v', @common, '--no-cache' ], 0),
	scene('staple, revoked', $P, [ '-H', '127.0.0.1', '-p', $revoked,
	    '--method=staple', @common, '--no-cache' ], 2),
	cached('OCSP, good', 0, 0, '-v', '-f', "$pki/good.pem"),
	cached('OCSP, revoked', 2, 0, '-f', "$pki/dead.pem"),
	cached('OCSP, good, kept', 0, 1, '-v', '-f', "$pki/good.pem"),
	cached('OCSP, revoked, kept', 2, 1, '-f', "$pki/dead.pem"),
	cached('CRL, good', 0, 0, '-v', '-f', "$pki/goodcrl.pem"),
	cached('CRL, revoked', 2, 0, '-f', "$pki/deadcrl.pem"),
	cached('CRL, revoked, kept', 2, 1, '-f', "$pki/deadcrl.pem"),
	cached('AIA, good', 0, 0, '-v', '-f', "$pki/aia.pem"),
	cached('AIA, revoked', 2, 0, '-f', "$pki/deadaia.pem"),
);
for my $scene (grep { $_->{name} =~ ($ENV{MPC_SCENE} // '') } @scenes) {
	survey($scene, 24, @files);
	survey($scene, 24, @net);
	survey($scene, 10, 'any');
	next if is_sanitized();
	survey($scene, 30, 'own');
	survey($scene, 24, 'crypto');
	survey($scene, 22, 'lib', 'mem');
}
survey_done();

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Every call of check_cert_expiry may fail (MPC::Faults): a TLS server, by
# address and by name, good and bad, files and JSON of them.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::Faults;

my $pki = pki(<<'.');
root ca=yes
inter ca=yes issuer=root
good san=dns:localhost,ip:127.0.0.1 issuer=inter chain=inter
past san=dns:localhost,ip:127.0.0.1 issuer=inter nb=-300d na=-10d chain=inter
.
my ($good, $past) = map { $_->port } servers(map {
    "--cert $pki/$_.chain.pem --key $pki/$_.key" } qw(good past));
my @common = ("--ca-file=$pki/root.pem", '-t', '5s', '-v');
my @calls = grep { !/^(?:mem|own|lib|crypto|any)$/ } sort keys %HOW;

sub folder {
	my (@names) = @_;
	my $dir = scratch() . '/' . join '-', 'folder', @names;
	write_file("$dir/$_.pem", read_file("$pki/$_.chain.pem")) for @names;
	return $dir;
}

my $P = 'check_cert_expiry';
my @scenes = (
	scene('server, good', $P, [ '-H', '127.0.0.1', '-p', $good,
	    @common ], 0),
	scene('server, expired', $P, [ '-H', '127.0.0.1', '-p', $past,
	    @common ], 2),
	scene('by name, good', $P, [ '-H', 'localhost', '-4', '-p', $good,
	    @common ], 0),
	scene('by name, expired', $P, [ '-H', 'localhost', '-4', '-p',
	    $past, @common ], 2),
	scene('file, good', $P, [ '-f', "$pki/good.chain.pem", @common ], 0),
	scene('folder, good', $P, [ '-f', folder('good'), @common ], 0),
	scene('folder, one expired', $P, [ '-f', folder('good', 'past'),
	    @common ], 2),
	scene('JSON', $P, [ '-f', "$pki/good.chain.pem", '-o', 'json',
	    @common ], 0),
	scene('file, expired', $P, [ '-f', "$pki/past.chain.pem",
	    "--ca-file=$pki/root.pem" ], 2),
);
for my $scene (grep { $_->{name} =~ ($ENV{MPC_SCENE} // "") } @scenes) {
	survey($scene, 50, @calls);
	survey($scene, 16, 'any');
	next if is_sanitized();
	survey($scene, 45, 'own');
	survey($scene, 40, 'crypto');
	survey($scene, 30, 'lib', 'mem');
}
survey_done();

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# libcurl is loaded at the first fetch: a check that has what it needs, from a
# staple, the cache or a file, does without.  Seen by the dynamic linker.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $site = site();
my ($ocsp, $crl) = map { $site->url($_) } qw(/ocsp /ca.crl);
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
o san=dns:www.lab.test issuer=root aia-ocsp=$ocsp
c issuer=root crldp=$crl
bare issuer=root
\@ocsp file=o.ors of=o issuer=root
\@crl file=ca.crl issuer=root
.
my $cache = scratch() . '/cache';
mkdir $cache, 0700;
my $number = 0;

# The libraries that a run loads, by their names.
sub loaded {
	my ($plugin, @args) = @_;
	my $log = scratch() . '/ld' . ++$number;
	my $run = run_plugin($plugin, @args, { env => {
	    LD_DEBUG => 'files', LD_DEBUG_OUTPUT => $log } });
	my $text = join '', map { read_file($_) } glob "$log.*";
	my %seen = map { $_ => 1 } $text =~ m{file=(?:\S*/)?([\w+-]+)\.so}g;
	return ($run, \%seen);
}

sub without {
	my ($title, $plugin, @args) = @_;
	my ($run, $seen) = loaded($plugin, @args);
	state_is($run, 'ok', $title);
	ok(!$seen->{libcurl}, "$title: without libcurl")
	    or diag(join ' ', sort keys %$seen);
	return;
}

my @file = ("--ca-file=$pki/root.pem", "--cache-dir=$cache");
$site->rules("/ocsp* file=$pki/o.ors", "/ca.crl file=$pki/ca.crl");
for my $name (qw(o c)) {
	my ($run, $seen) = loaded('check_ocsp', '-f', "$pki/$name.pem",
	    @file);
	plan(skip_all => 'the dynamic linker does not tell what it loads')
	    if !%$seen && $name eq 'o';
	state_is($run, 'ok', "$name is fetched");
	ok($seen->{libcurl}, "$name is fetched: by libcurl");
}
$site->forget;
without('an answer from the cache', 'check_ocsp', '-f', "$pki/o.pem", @file);
without('a list from the cache', 'check_ocsp', '-f', "$pki/c.pem", @file);
is($site->count, 0, 'nobody was asked');
without('a list from a file', 'check_ocsp', '-f', "$pki/bare.pem",
    "--crl=$pki/ca.crl", @file);
without('an answer from a file', 'check_ocsp', '-f', "$pki/o.pem",
    "--ocsp-response=$pki/o.ors", "--ca-file=$pki/root.pem", '--no-cache',
    '--offline');
my $server = server("--cert $pki/o.pem --key $pki/o.key --staple $pki/o.ors");
my @target = ('-H', 'www.lab.test', '-I', '127.0.0.1', '-p', $server->port,
    "--ca-file=$pki/root.pem");
without('a staple', 'check_ocsp', @target, '--no-cache', '--method=staple');
without('a staple, and the responder from the cache', 'check_ocsp', @target,
    "--cache-dir=$cache");
without('check_cert_expiry', 'check_cert_expiry', @target);

done_testing;

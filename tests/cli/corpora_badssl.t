#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Chains that badssl.com served, and CA certificates known to be bad.  The
# clock stands at the leaf's beginning; the last certificate of the chain is
# the anchor, because the roots are not in the corpus.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;

my $corpus = corpora('badssl-chains');
my $unrelated = pki("root ca=yes\n") . '/root.pem';

# file => findings besides OK; what is not listed has none
my %findings = (
	'wildcard-incomplete-chain' => [ 'path.incomplete' ],
	'wildcard-self-signed' => [ 'path.self_signed' ],
	'fallback' => [ 'path.incomplete' ],
	'wildcard-sha1-2016' => [ 'sig.weak' ],
	'wildcard-sha1-2017' => [ 'sig.weak' ],
	'wildcard-sha1-intermediate' => [ 'sig.weak' ],
	'subdomain-superfish' => [ 'path.incomplete' ],
	'subdomain-edellroot' => [ 'path.incomplete' ],
	'subdomain-dsdtestprovider' => [ 'path.incomplete' ],
);

# The certificates of a PEM file, each as PEM.
sub certificates {
	my ($path) = @_;
	my $text = read_file($path);
	return $text =~ /(-----BEGIN\ CERTIFICATE-----.*?
	    -----END\ CERTIFICATE-----\n?)/gsx;
}

my @chains = files_below("$corpus/chain", qr/\.pem$/);
for my $path (@chains) {
	my ($name) = $path =~ m{/([^/]+)\.pem$};
	my @certs = certificates($path);
	my ($begin, $end) = openssl_dates($path);
	my $anchor = @certs > 1 ? write_file('anchor.pem', $certs[-1])
	    : $unrelated;
	my @ids = @{ $findings{$name} // [] };
	my @args = ('-f', $path, '-w', '0', '-c', '0');
	my $json = check_json(@args, "--ca-file=$anchor",
	    '--at=' . ($begin + 3600));
	my @got = bad_ids_of({ findings => [ findings($json) ] });
	is("@got", "@ids", "$name in its time") or diag($json->{out});
	$json = check_json(@args, "--ca-file=$anchor", '--at=' . ($end + 1));
	is($json->{exit}, 2, "$name one second late is critical");
	has_finding($json, 'cert.expiry', 'leaf', 'critical',
	    "$name one second late has expired");
	$json = check_json(@args, "--ca-file=$unrelated",
	    '--at=' . ($begin + 3600));
	is($json->{exit}, 2, "$name under another root is critical");
	$json = check_json('-f', $path);
	is($json->{exit}, 2, "$name today is critical");
}

for my $path (files_below("$corpus/known-bad-ca", qr/\.crt$/)) {
	my ($begin) = openssl_dates($path);
	for my $at ($begin + 3600, time) {
		my $json = check_json('-f', $path, "--at=$at");
		is($json->{exit}, 2, "$path is never trusted");
	}
}

subtest 'names of the large ones' => sub {
	for my $n (1000, 10000) {
		my ($path) = grep { /-$n-sans/ } @chains;
		my ($begin) = openssl_dates($path);
		my $json = check_json('-f', $path, '--no-trust', '--at=' .
		    ($begin + 3600), '-w', '0', '-c', '0',
		    "--name=$n-sans.badssl.com");
		is($json->{exit}, 0, "$n names") or diag($json->{out});
	}
};

done_testing;

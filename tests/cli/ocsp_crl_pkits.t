#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# NIST PKITS with its lists, at 2011-04-15: every valid path of 4.1 to 4.13 is
# not revoked, and those of 4.5 (old and new keys of a CA, a key for lists
# alone) that are invalid by their lists alone are never good.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MIME::Base64 qw(encode_base64);
use MPC::Test;
use MPC::OCSP;

my $corpus = corpora('nist-pkits');

sub pem_of {
	my ($name) = @_;
	return "-----BEGIN CERTIFICATE-----\n" .
	    encode_base64(read_file("$corpus/certs/$name.crt")) .
	    "-----END CERTIFICATE-----\n";
}

# What is invalid by its lists alone, and how.
my %by_list = (
	'4.5.2' => 'critical',
	'4.5.5' => 'critical',
	'4.5.7' => 'critical',
	'4.5.8' => 'critical|unknown',
);
my $anchor = write_file('anchor.pem', pem_of('TrustAnchorRootCertificate'));
my %done;
for my $line (split /\n/, read_file("$corpus/expected.tsv")) {
	next if $line =~ /^#/;
	my ($test, $title, $valid, $certs, $crls) = split /\t/, $line;
	next if $valid ne 'true' && !$by_list{$test};
	# Variants of a test have the same path and lists.
	next if $done{"$certs $crls"}++;
	my (undef, @path) = split /,/, $certs;
	my $file = write_file('path.pem', join '', map { pem_of($_) }
	    reverse @path);
	my $run = check_json('-f', $file, "--ca-file=$anchor", '--offline',
	    '--no-cache', '--method=crl', '--at=2011-04-15T00:00:00Z',
	    map { "--crl=$corpus/crls/$_.crl" } split /,/, $crls);
	my $want = $by_list{$test} // 'ok|warning';
	my $state = $MPC::Test::STATES[$run->{exit}];
	my @bad = grep { /^ocsp/ } bad_ids_of($run->{json}{targets}[0]);
	# Whether the path itself is good is not the question here.
	$state = 'ok' if $want =~ /ok/ && !@bad;
	like($state, qr/^(?:$want)$/, "$test $title: $want") or
	    diag($run->{json}{summary} // $run->{out});
}
done_testing;

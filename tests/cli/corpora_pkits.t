#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# NIST PKITS 4.1 to 4.3 and 4.5 to 4.13: path validation at 2011-04-15, with
# the suite's trust anchor as --ca-file and the rest as a file, leaf first.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MIME::Base64 qw(encode_base64);
use MPC::Test;

my $corpus = corpora('nist-pkits');

# Tests whose verdict is another one here, and why.  Each must be needed.
my $crl = 'invalid by its CRL alone, and expiry does not ask for one';
my $set = 'the test accepts fewer policies than any, and there is no option';
my %explained = (
	'4.1.5' => 'OpenSSL does not inherit DSA parameters',
	'4.5.2' => $crl,
	'4.5.5' => $crl,
	'4.5.7' => $crl,
	'4.7.4' => $crl,
	'4.7.5' => $crl,
	'4.8.1-Section8AllCertificatesSamePolicyTest1Subpart3' => $set,
	'4.8.2-Section8AllCertificatesNoPoliciesTest2Subpart2' =>
	    'the test demands an explicit policy, and there is no option',
	'4.8.3-Section8DifferentPoliciesTest3Subpart2' =>
	    'the test demands an explicit policy, and there is no option',
	'4.8.3-Section8DifferentPoliciesTest3Subpart3' => $set,
	'4.8.6-Section8OverlappingPoliciesTest6Subpart3' => $set,
	'4.8.14-Section8AnyPolicyTest14Subpart2' => $set,
	'4.10.1.2' => $set,
	'4.10.1.3' =>
	    'the test inhibits policy mapping, and there is no option',
	'4.10.3' => $set,
	'4.10.5-Section10ValidPolicyMappingTest5Subpart2' => $set,
	'4.10.6-Section10ValidPolicyMappingTest6Subpart2' => $set,
	'4.10.13-Section10ValidPolicyMappingTest13Subpart3' => $set,
	'4.12.3-Section12inhibitAnyPolicyTest3Subpart2' =>
	    'the test inhibits anyPolicy, and there is no option',
);

sub pem_of {
	my ($name) = @_;
	return "-----BEGIN CERTIFICATE-----\n" .
	    encode_base64(read_file("$corpus/certs/$name.crt")) .
	    "-----END CERTIFICATE-----\n";
}

my (%want, %title, @paths);
for my $line (split /\n/, read_file("$corpus/expected.tsv")) {
	next if $line =~ /^#/;
	my ($test, $title, $valid, $certs) = split /\t/, $line;
	my ($anchor, @path) = split /,/, $certs;
	die "$test: another anchor\n" if $anchor ne 'TrustAnchorRootCertificate';
	# Variants of one test have the same number; the line tells them apart.
	my $key = exists $want{$test} ? "$test-$title" : $test;
	my $file = write_file("pkits/$key.pem", join '', map { pem_of($_) }
	    reverse @path);
	$want{$key} = $valid eq 'true' ? 'valid' : 'invalid';
	$title{$key} = $title;
	push @paths, $file;
}
my $anchor = write_file('anchor.pem', pem_of('TrustAnchorRootCertificate'));
my $targets = judge_files(\@paths, "--ca-file=$anchor",
    '--at=2011-04-15T00:00:00Z', '-w', '0', '-c', '0');

for my $path (@paths) {
	my ($key) = $path =~ m{([^/]+)\.pem$};
	my $target = $targets->{$path} // { findings => [] };
	my @against = grep { /^(?:path|cert\.(?:expiry|not_yet|malf|purpose))/ }
	    bad_ids_of($target);
	my $got = @against ? 'invalid' : 'valid';
	my $reason = $explained{$key};
	if (defined $reason) {
		isnt($got, $want{$key}, "$key $title{$key}: $reason");
	} else {
		is($got, $want{$key}, "$key $title{$key}") or
		    diag("@against: " . ($target->{summary} // ''));
	}
}
is_deeply([ grep { !exists $want{$_} } keys %explained ], [],
    'every explanation belongs to a test');

done_testing;

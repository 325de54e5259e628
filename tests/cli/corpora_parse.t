#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Malformed and odd certificates of BoringSSL, pyca/cryptography, zlint and
# OpenSSL's fuzzers: no crash, no hang, no false OK.  The dates of two corpora
# are compared with what the openssl command reads; a unit test does that for
# all of them.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MIME::Base64 qw(decode_base64);
use MPC::Test;

# 2026-11-22T00:00:00Z
use constant NOW => 1795305600;

my $unrelated = pki("root ca=yes\n") . '/root.pem';

# What is a whole certificate to BoringSSL but with errors, and may all the
# same be without a finding here when its dates are fine, and why.
my %errors_explained = (
	'name_constraints_bad_ip.pem' =>
	    'name constraints are read where a path is built',
);

# Where the openssl command reads both dates, so do we, and the same.  What it
# cannot read must not be OK; see no_false_ok().
sub compare_dates {
	my ($title, $corpus, $targets) = @_;
	my @differ;
	for my $path (sort keys %$targets) {
		next if read_file($path) =~ /-----BEGIN (?!CERTIFICATE)/;
		my @there = openssl_dates($path);
		next if @there != 2 || !defined $there[0] ||
		    !defined $there[1];
		my ($cert) = @{ $targets->{$path}{facts}{certs} // [] };
		my @here = map { $cert->{$_}{timestamp} // 'none' }
		    qw(not_before not_after);
		push @differ, "$path: @here, not @there"
		    if "@here" ne "@there";
	}
	return is_deeply(\@differ, [], "$title: dates as openssl reads them");
}

# OK, with trust left out, is right for a certificate that openssl reads and
# that is valid now.
sub no_false_ok {
	my ($title, $corpus, $targets) = @_;
	my @false;
	for my $path (grep { $targets->{$_}{status} eq 'ok' }
	    sort keys %$targets) {
		my ($begin, $end) = openssl_dates($path);
		push @false, $path if !defined $begin || !defined $end ||
		    $begin > NOW || $end < NOW;
	}
	return is_deeply(\@false, [], "$title: no false OK");
}

sub run_corpus {
	my ($title, $corpus, $pattern) = @_;
	my @paths = files_below($corpus, $pattern);
	my $targets = judge_files(\@paths, '--no-trust', '--at=' . NOW);
	no_false_ok($title, $corpus, $targets);
	my $strict = judge_files(\@paths, "--ca-file=$unrelated",
	    '--at=' . NOW);
	is_deeply([ grep { $strict->{$_}{status} eq 'ok' } @paths ], [],
	    "$title: nothing is trusted");
	return $targets;
}

subtest 'BoringSSL parse_certificate' => sub {
	my $corpus = corpora('boringssl-chain');
	my $targets = run_corpus('boringssl', $corpus, qr/\.pem$/);
	compare_dates('boringssl', $corpus, $targets);
	# Each within its own validity, so that only its flaw can be found.
	for my $path (files_below($corpus, qr/\.pem$/)) {
		my $text = read_file($path);
		next if $text !~ /-----BEGIN CERTIFICATE-----/;
		my ($block) = $text =~
		    /BEGIN ERRORS-----(.*?)-----END ERRORS/s;
		next if !defined $block ||
		    decode_base64($block) !~ /^ERROR/m;
		(my $name = $path) =~ s{.*/}{};
		my ($begin) = openssl_dates($path);
		my $at = defined $begin ? $begin + 3600 : NOW;
		my $json = check_json('-f', $path, '--no-trust', "--at=$at",
		    '-w', '0', '-c', '0');
		if (exists $errors_explained{$name}) {
			is($json->{exit}, 0, "$name: $errors_explained{$name}");
		} else {
			isnt($json->{exit}, 0, "$name is not OK") or
			    diag(decode_base64($block));
		}
	}
};

subtest 'pyca/cryptography' => sub {
	my $corpus = corpora('pyca-vectors');
	my $targets = run_corpus('pyca', $corpus, qr/\.(?:pem|der)$/);
	compare_dates('pyca', $corpus, $targets);
	for my $name (qw(badasn1time.pem custom/invalid_version.pem)) {
		my $target = $targets->{"$corpus/$name"};
		isnt($target->{status}, 'ok', "$name is not OK");
	}
};

subtest 'zlint' => sub {
	my $corpus = corpora('zlint-testdata') . '/testdata';
	run_corpus('zlint', $corpus, qr/./);
};

subtest 'OpenSSL fuzzing corpus' => sub {
	my $corpus = corpora('openssl-fuzz');
	my @paths = files_below("$corpus/x509", qr/./);
	for my $how ([ '--no-trust' ], [ "--ca-file=$unrelated" ]) {
		my $targets = judge_files(\@paths, @$how, '--at=' . NOW);
		is_deeply([ grep { $targets->{$_}{status} eq 'ok' } @paths ],
		    [], "nothing is OK with @$how");
	}
};

subtest 'other data' => sub {
	for my $name (qw(openssl-ocsp webpki-crl boulder-crl-lints ct-logs
	    badkeys-testdata rfc-vectors)) {
		my $corpus = corpora($name);
		my @paths = files_below($corpus, qr/\.(?:pem|der|crt|cer|crl|
		    ors|key|txt|json|sct|bin)$/x);
		my $targets = judge_files(\@paths, "--ca-file=$unrelated",
		    '--at=' . NOW);
		is_deeply([ grep { $targets->{$_}{status} eq 'ok' } @paths ],
		    [], "$name: nothing is OK");
	}
};

done_testing;

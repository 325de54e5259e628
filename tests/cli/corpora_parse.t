#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Malformed and odd certificates of BoringSSL, pyca/cryptography, zlint and
# OpenSSL's fuzzers: no crash, no hang, no false OK, and never another date
# than the openssl command reads.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MIME::Base64 qw(decode_base64);
use MPC::Test;

# 2026-11-22T00:00:00Z
use constant NOW => 1795305600;

my $unrelated = pki("root ca=yes\n") . '/root.pem';

# Date differences from the openssl command, and why.  Each must be needed.
my %dates_explained = (
);

# What is a whole certificate to BoringSSL but with errors, and may all the
# same be without a finding here when its dates are fine, and why.
my %errors_explained = (
);

sub same_dates {
	my ($path, $target) = @_;
	my ($begin, $end) = openssl_dates($path);
	my ($cert) = @{ $target->{facts}{certs} // [] };
	my @here = map { defined $cert->{$_} ? $cert->{$_}{timestamp} : undef }
	    qw(not_before not_after);
	my @there = ($begin, $end);
	return 1 if !defined $end && !defined $here[1];
	return 0 if !defined $cert;
	return join(' ', map { $_ // 'none' } @here) eq
	    join(' ', map { $_ // 'none' } @there);
}

sub compare_dates {
	my ($title, $corpus, $targets) = @_;
	my @differ;
	for my $path (sort keys %$targets) {
		(my $name = $path) =~ s{^\Q$corpus\E/}{};
		my $same = same_dates($path, $targets->{$path});
		my $explained = exists $dates_explained{$name};
		push @differ, "$name: $targets->{$path}{summary}"
		    if !$same && !$explained;
		push @differ, "$name: is no difference any more"
		    if $same && $explained;
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
	compare_dates($title, $corpus, $targets);
	no_false_ok($title, $corpus, $targets);
	my $strict = judge_files(\@paths, "--ca-file=$unrelated",
	    '--at=' . NOW);
	is_deeply([ grep { $strict->{$_}{status} eq 'ok' } @paths ], [],
	    "$title: nothing is trusted");
	return $targets;
}

subtest 'BoringSSL parse_certificate' => sub {
	my $corpus = corpora('boringssl-chain');
	run_corpus('boringssl', $corpus, qr/\.pem$/);
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

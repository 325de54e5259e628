#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# The machine's own CA certificates: every one is read with the right dates
# and trusted as what it is.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;

my ($dir) = grep { -d } '/etc/ssl/certs', '/etc/pki/tls/certs';
plan skip_all => 'no folder of CA certificates' if !defined $dir;
my @paths = grep { read_file($_) =~ /BEGIN CERTIFICATE/ }
    files_below($dir, qr/\.(?:pem|crt)$/);
plan skip_all => "no CA certificates in $dir" if !@paths;

my $run = check_json('-f', $dir, '-w', '0', '-c', '0');
cmp_ok($run->{exit}, '<=', 2, "$dir as a folder");
cmp_ok(scalar @{ $run->{json}{targets} }, '>', 0, 'something is in it');

my $targets = judge_files(\@paths, '-w', '0', '-c', '0');
my @single = grep { (() = read_file($_) =~ /BEGIN CERTIFICATE/g) == 1 }
    @paths;
for my $path (@single) {
	my ($begin, $end) = openssl_dates($path);
	my $target = $targets->{$path};
	my ($cert) = @{ $target->{facts}{certs} };
	is($cert->{not_after}{timestamp}, $end, "$path: date");
	my $valid = $begin <= time && time <= $end;
	if ($valid) {
		my @bad = grep { /^(?:path|cert\.expiry)/ }
		    bad_ids_of($target);
		is_deeply(\@bad, [], "$path: trusted") or
		    diag($target->{summary});
	} else {
		is($target->{status}, 'critical', "$path: not valid");
	}
}

done_testing;

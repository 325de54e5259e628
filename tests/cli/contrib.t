#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# The definitions in contrib/ are what the plugins print today.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;

my $contrib = top() . '/contrib';
my $dir = scratch() . '/contrib';
my $plugins = plugin('check_cert_expiry') =~ s{/[^/]*$}{}r;
is(system("$contrib/refresh", $plugins, $dir), 0, 'the plugins print them');

my @files = map { s{^\Q$dir/}{}r } files_below($dir, qr/./);
cmp_ok(scalar @files, '>=', 12, 'there are some');
for my $file (sort @files) {
	ok(-f "$contrib/$file" && read_file("$contrib/$file") eq
	    read_file("$dir/$file"), "contrib/$file")
	    or diag('make refresh-contrib writes it anew');
}

done_testing;

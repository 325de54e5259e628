#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# What is written by hand says what the plugins say: the findings in the
# README, the schemes in the man page, the options in the README and the man
# pages.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;

sub plugin_says {
	return run_plugin('check_cert_expiry', @_)->{out};
}

my $readme = read_file(top() . '/README.md');
my $man = read_file(top() . '/plugins/check_cert_expiry.man.in');
my $help = plugin_says('--help');

my @listed = plugin_says('--list-findings') =~ /^(\S+)\s+(\w+)\s+(.*)$/mg;
my @table = $readme =~ /^\| `([a-z_]+(?:\.[a-z_]+)?)` \| (\w+) \| (.*) \|$/mg;
is_deeply(\@table, \@listed, 'the findings of the README');

my ($schemes) = $help =~ /^  SCHEME with TLS at once\s+(.*?)\n\n/ms;
$schemes =~ s/SCHEME with STARTTLS//;
my ($direct) = $man =~ /^TLS at once:\n(.*?)\.\n/ms;
my ($starttls) = $man =~ /\(STARTTLS\):\n(.*?);\n/ms;
my $written = "$direct $starttls";
$written =~ s/\\//g;
is_deeply([ split /,?\s+/, $written ], [ split ' ', $schemes ],
    'the schemes of the man page');

my $ocsp = run_plugin('check_ocsp', '--help')->{out};
my $ocsp_man = read_file(top() . '/plugins/check_ocsp.man.in');
my %other = map { $_ => 1 } qw(--with-plugindir);	# of configure
for my $page ([ 'README.md', $readme, "$help$ocsp" ],
    [ 'check_cert_expiry(8)', $man =~ s/\\//gr, $help ],
    [ 'check_ocsp(8)', $ocsp_man =~ s/\\//gr, $ocsp ]) {
	my ($name, $text, $says) = @$page;
	my %known = map { $_ => 1 } $says =~ /(--[a-z][a-z0-9-]*)/g;
	my @unknown = grep { !$known{$_} && !$other{$_} }
	    $text =~ /(?<![\w-])(--[a-z][a-z0-9-]*)/g;
	is_deeply(\@unknown, [], "the options of $name exist");
}

done_testing;

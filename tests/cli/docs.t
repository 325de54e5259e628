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

# Tables whose heads name plugins, of which the columns say what a finding
# counts as there.
my %table;
my @columns;
for my $line (split /\n/, $readme) {
	my @cells = $line =~ /^\| (.*) ?\|$/ ?
	    map { s/^\s+|\s+$//gr } split(/\|/, $1, -1) : ();
	if (@cells && $cells[0] eq 'name' && $cells[-1] eq 'meaning') {
		@columns = map { /^`(check_\w+)`$/ ? $1 : '' } @cells;
	} elsif ($line !~ m{^\|}) {
		@columns = ();
	}
	my ($id) = ($cells[0] // '') =~ /^`(.*)`$/ or next;
	for my $i (grep { $columns[$_] } 0 .. $#columns) {
		push @{ $table{$columns[$i]} }, [ $id, $cells[$i], $cells[-1] ]
		    if $cells[$i] ne '';
	}
}
sub by_id { return [ sort { $a->[0] cmp $b->[0] } @_ ] }
for my $plugin (qw(check_cert_expiry check_ocsp check_autossl_queue)) {
	my $out = run_plugin($plugin, '--list-findings')->{out};
	my @listed = map { [ /^(\S+)\s+(\w+)\s+(.*)$/ ] }
	    grep { /\S/ } split /\n/, $out;
	is_deeply(by_id(@{ $table{$plugin} // [] }), by_id(@listed),
	    "the findings of $plugin in the README");
}

# The ids that Prometheus' rules speak of, also as one of (a|b|c).
my @ids = map { map { $_->[0] } @$_ } values %table;
my $rules = read_file(top() . '/contrib/prometheus/rules.yml');
my @spoken;
for my $pattern ($rules =~ /\bid!?=~?"([^"]*)"/g) {
	$pattern =~ s/\\\\/\\/g;
	while ($pattern =~ /((?:\([^()]*\)|[^()|])+)/g) {
		my ($before, $inner, $behind) =
		    $1 =~ /^(.*?)(?:\((.*)\)(.*))?$/;
		push @spoken, defined $inner ?
		    map { "$before$_$behind" } split(/\|/, $inner) : $before;
	}
}
cmp_ok(scalar @spoken, '>', 10, 'rules speak of findings');
is_deeply([ grep { my $spoken = $_; !grep { /^$spoken$/ } @ids } @spoken ],
    [], 'which exist');

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
my $queue = run_plugin('check_autossl_queue', '--help')->{out};
my $queue_man = read_file(top() . '/plugins/check_autossl_queue.man.in');
for my $page ([ 'README.md', $readme, "$help$ocsp$queue" ],
    [ 'check_autossl_queue(8)', $queue_man =~ s/\\//gr, $queue ],
    [ 'check_cert_expiry(8)', $man =~ s/\\//gr, $help ],
    [ 'check_ocsp(8)', $ocsp_man =~ s/\\//gr, $ocsp ]) {
	my ($name, $text, $says) = @$page;
	my %known = map { $_ => 1 } $says =~ /(--[a-z][a-z0-9-]*)/g;
	my @unknown = grep { !$known{$_} && !$other{$_} }
	    $text =~ /(?<![\w-])(--[a-z][a-z0-9-]*)/g;
	is_deeply(\@unknown, [], "the options of $name exist");
}

done_testing;

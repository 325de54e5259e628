#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# What Checkmk's agent runs: the local check prints its format, one line for
# each target, and the lines for MRPE are commands that the plugins take.
# Checkmk itself is not in Debian.

use strict;
use warnings;

use FindBin ();
use MPCIT;
use MPCIT::Scene;

need '/usr/bin/python3', MPCIT::Scene::tools();

my $contrib = "$FindBin::Bin/../../contrib/checkmk";
my $scene = MPCIT::Scene->new;
my $dir = tmpdir();
my @cases = grep { $_->{plugin} eq 'check_cert_expiry' } $scene->cases;

write_file("$dir/targets", join '', map {
	my $o = $_->{options};
	defined $o->{file} ? "file:$o->{file} label=$_->{name}\n" :
	    "$o->{address}:$o->{port} name=$o->{hostname} " .
	    "label=$_->{name}\n" } @cases);
local $ENV{TARGETS} = "$dir/targets";
local $ENV{PLUGIN} = plugin();
local $ENV{ARGS} = '--ca-file=' . $scene->ca_file;
my $run = client_output("$contrib/local-certificates");
is("$run->{rc} $run->{err}", '0 ', 'the local check is quiet');
my $metric = qr/[\w.-]+=-?[\d.]+(?:;[\d.:inf-]*){0,4}/;
my %state;
for my $line (split /\n/, $run->{out}) {
	like($line, qr/^[0-3] "[^"]+" (?:-|$metric(?:\|$metric)*) \S/,
	    'a line of a local check');
	$state{$2} = $1 if $line =~ /^(\d) "Certificate ([^"]+)"/;
}
is_deeply(\%state, { map { $_->{name} => $_->{state} } @cases },
    'a service for each target, with its state') or diag($run->{out});
$ENV{TARGETS} = "$dir/missing";
$run = client_output("$contrib/local-certificates");
like($run->{out}, qr/^3 "Certificate [^"]+" - .*missing/,
    'a list that is missing is UNKNOWN');

for my $line (grep { /^\w/ } split /\n/, read_file("$contrib/mrpe.cfg")) {
	my ($name, $interval, $plugin, $args) =
	    $line =~ m{^(\w+) \(interval=(\d+)\) /usr/lib/nagios/plugins/(\w+) (.*)$};
	ok(defined $args, "a line of MRPE: $line") or next;
	$run = client_output(plugin($plugin), split(' ', $args), '-t', '2',
	    '-o', 'json');
	my @ids = map { map { $_->{id} } @{ $_->{findings} } }
	    @{ (json_of($run->{out}) // {})->{targets} // [] };
	ok(@ids && !grep({ $_ eq 'usage' } @ids), "$name is taken") or
	    diag($run->{out});
}

done_testing;

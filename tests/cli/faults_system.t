#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# What a machine can lack as a whole: descriptors, memory, a disk, a standard
# output, a resolver that answers; and signals while the plugin waits.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;
use MPC::Faults;
use Time::HiRes qw(sleep);

my $site = site();
my ($ocsp, $dead) = map { $site->url($_) } qw(/good.ors /dead.ors);
my $pki = pki(<<".");
root ca=yes
good san=dns:localhost,ip:127.0.0.1 issuer=root aia-ocsp=$ocsp
dead san=dns:localhost,ip:127.0.0.1 issuer=root aia-ocsp=$dead na=-1d nb=-30d
\@ocsp file=good.ors of=good issuer=root
.
$site->rules("/good.ors* file=$pki/good.ors");
my ($good, $bad, $silent) = map { $_->port } servers(
    "--cert $pki/good.pem --key $pki/good.key",
    "--cert $pki/dead.pem --key $pki/dead.key", '--hang-in-handshake');
my $cache = scratch() . '/cache';
mkdir $cache, 0700;

my @common = ("--ca-file=$pki/root.pem", '-t', '5s', '-v');
my $E = 'check_cert_expiry';
my @scenes = (
	scene('good', $E, [ '-H', '127.0.0.1', '-p', $good, @common ], 0),
	scene('bad', $E, [ '-H', '127.0.0.1', '-p', $bad, @common ], 2),
	scene('good by name', $E, [ '-H', 'localhost', '-4', '-p', $good,
	    @common ], 0),
	scene('OCSP', 'check_ocsp', [ '-f', "$pki/good.pem", @common,
	    "--cache-dir=$cache" ], 0, cache => $cache),
);
my $ways = 0;

sub holds {
	my ($scene, $title, @ulimit) = @_;
	my $run = run_limited($scene, @ulimit);
	# The loader could not even open the libraries.
	return 1 if $run->{exit} == 127 && $run->{out} eq '';
	my @wrong = judged($scene, $run);
	$ways++;
	return ok(!@wrong, "$scene->{name}, $title: $run->{exit}") ||
	    diag(join('; ', @wrong), "\n$run->{out}");
}

for my $scene (@scenes) {
	holds($scene, "$_ descriptors", "ulimit -n $_") for 4 .. 12;
	next if is_sanitized();
	for my $mb (12, 16, 20, 24, 32, 40) {
		my $run = run_limited($scene, 'ulimit -v ' . $mb * 1024);
		# Less than the loader needs is not ours to tell.
		next if $run->{exit} == 127 || $run->{signal} == 11 &&
		    $run->{out} eq '';
		my @wrong = judged($scene, $run);
		$ways++;
		ok(!@wrong, "$scene->{name}, $mb MB: $run->{exit}") or
		    diag(join('; ', @wrong), "\n$run->{out}");
	}
}

# Less address space than the C library likes to have for a thread is enough
# to know that a name is not there; a sanitizer needs more.
if (!is_sanitized()) {
	my $run = run_limited({ plugin => $E, env => resolver(),
	    args => [ '-H', 'a.test', '-H', 'b.test', '-t', '5s' ] },
	    'ulimit -v 100000');
	is($run->{exit}, 2, 'address space is scarce: still no such name') or
	    diag($run->{out});
	unlike($run->{out}, qr/memory/, 'and nothing of memory');
}

# Nobody hears what it says: never 0.
for my $scene (@scenes) {
	my $full = run_limited($scene, ':', '>/dev/full');
	is($full->{exit}, 3, "$scene->{name}: standard output is full");
	my $closed = run_limited($scene, ':', '>&-');
	ok($closed->{exit} == 3 || $closed->{exit} == $scene->{exit},
	    "$scene->{name}: standard output is closed: $closed->{exit}");
	is($closed->{signal}, 0, "$scene->{name}: and no signal");
	holds($scene, 'standard error is closed', ':', '2>&-');
	holds($scene, 'standard input is closed', ':', '<&-');
}

# As on a full disk: no file may have more than 512 octets.
unlink files_below($cache, qr/./);
my $small = scene('OCSP, short', 'check_ocsp', [ '-f', "$pki/good.pem",
    "--ca-file=$pki/root.pem", "--cache-dir=$cache" ], 0, cache => $cache);
my $limited = run_limited($small, 'ulimit -f 1');
is($limited->{signal}, 0, 'no signal ends a plugin whose cache is full');
is($limited->{exit}, 0, 'nor does its verdict change') or
    diag($limited->{out});
is(join(' ', files_below($cache, qr/./)), '', 'and nothing is left');

# A cache that cannot be written changes nothing of what is said.
for my $mode (0500, 0) {
	chmod $mode, $cache;
	my $run = run_plugin('check_ocsp', @{ $scenes[3]{args} });
	is($run->{exit}, 0, sprintf 'a cache with mode %o', $mode)
	    or diag($run->{out});
	chmod 0700, $cache;
}

# A resolver that hangs.
my $hung = run_plugin($E, '-H', 'slow.test', '-p', $good, '-t', '1s',
    { env => resolver('slow.test' => 'hang') });
well_formed($hung, 'a resolver that hangs');
cmp_ok($hung->{exit}, '>', 1, 'is not OK');
in_time($hung, 1);

# Signals while it waits for a server that says nothing.
for my $signal (qw(TERM INT HUP)) {
	for my $after (0.1, 0.4) {
		my $out = scratch() . '/out';
		my $pid = fork() // die;
		if ($pid == 0) {
			MPC::Test::clean_environment({});
			open STDOUT, '>', $out;
			open STDERR, '>&', \*STDOUT;
			exec plugin($E), '-H', '127.0.0.1', '-p', $silent,
			    '-t', '9s', '-I', '127.0.0.1';
		}
		sleep $after;
		kill $signal, $pid;
		kill 'PIPE', $pid;
		waitpid $pid, 0;
		is($?, 3 << 8, "SIG$signal after $after s: UNKNOWN");
		like(read_file($out), qr/\ACERT_EXPIRY UNKNOWN - .+\n/,
		    'and says so');
		$ways++;
	}
}
note("$ways ways");
done_testing;

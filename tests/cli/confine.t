#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# What a plugin gives up before it reads what a peer sends: code that got hold
# of it there (tests/lib/intruder.c) cannot do much.  Needs Landlock.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use Test::More;

my $kernel = eval { read_file('/sys/kernel/security/lsm') } // '';
my $probe = run_intruder('check_cert_expiry', '-H', 'a.test');
plan skip_all => 'this build or kernel has no Landlock'
    if $probe->{err} !~ /\bbound:yes\b/ ||
	($kernel !~ /landlock/ && $probe->{err} =~ /\bmake:yes\b/);

sub run_intruder {
	my ($plugin, @args) = @_;
	my $env = pop @args if ref $args[-1];
	my $folder = scratch() . '/intruder';
	mkdir $folder;
	write_file("$folder/there", "as it was\n");
	unlink "$folder/new";
	return run_plugin($plugin, @args, { env => { %{ preload('intruder') },
	    MPC_INTRUDER => $folder, %{ $env // {} } } });
}

my $cache = scratch() . '/cache';
write_file("$cache/x", '');
chmod 0700, $cache;
my $token = write_file(scratch() . '/token', "SECRET\n");
chmod 0600, $token;
my %runs = (
	'check_cert_expiry' => ['-H', 'a.test'],
	'check_ocsp' => ['-H', 'a.test', '--cache-dir', $cache],
	'check_autossl_queue' => ['--whm', 'a.test', '--token-file', $token,
	    '--cache-dir', $cache],
);
for my $plugin (sort keys %runs) {
	my $run = run_intruder($plugin, @{ $runs{$plugin} },
	    { MPC_CACHE => $cache });
	my %could = $run->{err} =~ /(\w+):(yes|no)/g;
	is($could{$_}, 'yes', "$plugin: $_") for qw(bound filtered read raise);
	is($could{$_}, 'no', "$plugin: cannot $_") for qw(make overwrite empty
	    change remove peek signal type trace run);
	is($could{cache}, $plugin eq 'check_cert_expiry' ? 'no' : 'yes',
	    "$plugin: the cache");
	is(read_file(scratch() . '/intruder/there'), "as it was\n",
	    "$plugin: nothing happened");
	is($run->{exit}, $plugin eq 'check_cert_expiry' ||
	    $plugin eq 'check_ocsp' ? 2 : 3, "$plugin: the name is unknown");
}

my $free = run_intruder('check_cert_expiry', '-H', 'a.test',
    { MPC_UNCONFINED => 1 });
like($free->{err}, qr/\b$_:yes\b/, "MPC_UNCONFINED: can $_")
    for qw(make empty change signal type remove);

done_testing();

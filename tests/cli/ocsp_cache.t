#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# What is fetched is kept, and many targets share it: counted by the server.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $site = site();
my ($ocsp, $crl) = map { $site->url($_) } qw(/ocsp /ca.crl);
my $many = join "\n", map { "m$_ issuer=root key=\@root crldp=$crl" } 1 .. 40;
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
good issuer=root aia-ocsp=$ocsp
listed issuer=root crldp=$crl
$many
\@ocsp file=good.ors of=good issuer=root
\@ocsp file=revoked.ors of=good issuer=root status=revoked
\@ocsp file=stale.ors of=good issuer=root this=-9d next=-5d
\@crl file=ca.crl issuer=root number=5
\@crl file=next.crl issuer=root number=6 revoked=listed
\@crl file=before.crl issuer=root number=4
.
my $number = 0;
my $cache;

sub fresh_cache {
	$cache = scratch() . '/cache' . ++$number;
	mkdir $cache, 0700;
	return;
}

sub args {
	my ($name, @more) = @_;
	return ('-f', "$pki/$name.pem", "--ca-file=$pki/root.pem",
	    "--cache-dir=$cache", @more);
}

# The second run asks nobody.
for my $row ([ good => "/ocsp* file=$pki/good.ors" ],
    [ listed => "/ca.crl file=$pki/ca.crl" ]) {
	my ($name, $rule) = @$row;
	fresh_cache();
	$site->rules($rule);
	state_is(check_json(args($name)), 'ok', "$name, the first run");
	is($site->count, 1, "$name, the first run asks once");
	state_is(check_json(args($name)), 'ok', "$name, the second run");
	is($site->count, 1, "$name, the second run asks nobody");
	$site->rules('/* status=500');
	state_is(check_json(args($name)), 'ok', "$name, the server is down");
	state_is(check_json(args($name, '--offline')), 'ok',
	    "$name, --offline from the cache");
	state_is(check_json(args($name, '--no-cache')), 'unknown',
	    "$name, --no-cache");
	# Bytes are kept, verdicts are not.
	my $late = time + 10 * 86400;
	state_is(check_json(args($name, "--at=$late", '--offline')),
	    'unknown', "$name, kept and too old");
	for my $file (grep { -f } files_below($cache, qr/./)) {
		my $bytes = read_file($file);
		substr($bytes, -20, 1) ^= "\x01";
		write_file($file, $bytes);
	}
	state_is(check_json(args($name, '--offline')), 'unknown',
	    "$name, what is kept was tampered with");
}

# A stale answer is asked for once more, past all caches.
fresh_cache();
$site->rules("/ocsp* file=$pki/stale.ors");
state_is(check_json(args('good')), 'unknown', 'a stale answer');
my @log = $site->log;
is($log[-1]{nocache}, 1, 'is asked for again with no-cache');
cmp_ok(scalar @log, '<=', 3, 'and not for ever');
$site->rules("/ocsp* file=$pki/good.ors");
state_is(check_json(args('good')), 'ok', 'a stale answer is not kept');

# An error is not kept.
fresh_cache();
$site->rules('/* status=500');
state_is(check_json(args('listed')), 'unknown', 'an error');
$site->rules("/ca.crl file=$pki/ca.crl");
state_is(check_json(args('listed')), 'ok', 'is not kept');

# A list older than the one seen before.
fresh_cache();
$site->rules("/ca.crl file=$pki/ca.crl header=\"Cache-Control: max-age=0\"");
state_is(check_json(args('listed')), 'ok', 'CRL number 5');

# A cache that cannot be had is no failure.
$site->rules("/ca.crl file=$pki/ca.crl");
for my $dir ('/nonexistent/cache', '/dev/null', scratch() . '/config1') {
	state_is(check_json('-f', "$pki/listed.pem",
	    "--ca-file=$pki/root.pem", "--cache-dir=$dir"), 'ok',
	    'no cache to be had');
}

# Forty certificates of one CA: its list is fetched once.
fresh_cache();
$site->rules("/ca.crl file=$pki/ca.crl delay=200");
my @files = map { ('-f', "$pki/m$_.pem") } 1 .. 40;
state_is(check_json(@files, "--ca-file=$pki/root.pem",
    "--cache-dir=$cache"), 'ok', 'many targets');
is($site->count, 1, 'fetch the list once');
$site->rules("/ca.crl file=$pki/ca.crl delay=200");
state_is(check_json(@files, "--ca-file=$pki/root.pem", '--no-cache'), 'ok',
    'many targets, --no-cache');
is($site->count, 1, 'fetch the list once, too');

# Several at once on one cache.
fresh_cache();
$site->rules("/ca.crl file=$pki/ca.crl");
my @pids;
for (1 .. 6) {
	my $pid = fork() // die;
	if ($pid == 0) {
		open STDOUT, '>', '/dev/null';
		exec plugin('check_ocsp'), args('listed')
		    or POSIX::_exit(9);
	}
	push @pids, $pid;
}
my $bad = 0;
for my $pid (@pids) {
	waitpid $pid, 0;
	$bad++ if $? != 0;
}
is($bad, 0, 'six at once on one cache');
state_is(check_json(args('listed', '--offline')), 'ok', 'which is whole');
my @left = grep { !-s } files_below($cache, qr/./);
is("@left", '', 'nothing is left over');

done_testing;

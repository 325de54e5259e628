#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Every call of check_autossl_queue may fail (MPC::Faults): a host, an
# account, and the programs on the server.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::AutoSSL;
use MPC::Faults;

my @files = qw(write pwrite open openat fstat fstatat fsync renameat mkdir
    unlinkat lseek read close readdir fdopendir);
my @net = qw(recv send poll connect socket getsockopt setsockopt fcntl pipe
    thread clock lookup dlopen random mmap stat fopen spawn waitid waitpid
    kill);
my ($good, $bad) = (cpanel('fine'), cpanel('january-2024'));

sub about {
	my ($name, $exit, $server, @args) = @_;
	return scene($name, 'check_autossl_queue', [ @args, '-t', '5s' ],
	    $exit, cache => $server->cache, children => $server->bin);
}

my @scenes = (
	about('host, good', 0, $good, $good->host, '-v'),
	about('host, bad', 2, $bad, $bad->host),
	about('account, good', 0, $good, $good->account('alice'), '-v'),
	about('account, bad', 2, $bad, $bad->account('alice')),
	about('local, good', 0, $good, $good->local, '-v'),
	about('local, bad', 2, $bad, $bad->local),
	about('local account, bad', 2, $bad, $bad->local('alice')),
);
for my $scene (grep { $_->{name} =~ ($ENV{MPC_SCENE} // '') } @scenes) {
	# Programs cost more than calls.
	my $share = $scene->{name} =~ /local/ ? 0.5 : 1;
	survey($scene, 14 * $share, @files);
	survey($scene, 18 * $share, @net);
	survey($scene, 8 * $share, 'any');
	next if is_sanitized();
	survey($scene, 24 * $share, 'own');
	survey($scene, 12 * $share, 'crypto');
	survey($scene, 12 * $share, 'lib', 'mem');
}
survey_done();

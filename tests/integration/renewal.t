#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# A certificate renewed on disk: seen as not loaded, until the server reads
# its configuration again; the same for its key, and on several addresses.

use strict;
use warnings;

use MPCIT;
use MPCIT::Nginx;

need MPCIT::Nginx::PROGRAM;

my $pki = MPCIT::PKI->standard(tmpdir());
my $root = $pki->path('root.pem');
my $port = free_port();
my @live = ('live', issuer => 'int', san => [ 'DNS:srv.lab.test' ]);

$pki->leaf(@live, from => -80, to => 10);
my $nginx = MPCIT::Nginx->start($pki, { port => $port, cert => 'live' });
my $live = $pki->path('live.pem');
my @soon = ('critical', 'cert.expiry');

verdict 'before', args_for('srv.lab.test', $port, $root, "--compare=$live",
    '--key=' . $pki->path('live.key')), @soon;

# The CA has delivered, nobody has told the server.
run_tool('cp', $live, $pki->path('before.pem'));
$pki->leaf(@live, from => -1, to => 89);
verdict 'renewed, not loaded', args_for('srv.lab.test', $port, $root,
    "--compare=$live", '--key=' . $pki->path('live.key')), @soon,
    'cert.compare', 'key.match';
verdict 'the file itself is fine', [ '-f', $pki->path('live.chain'),
    '--ca-file', $root, '--name=srv.lab.test', '--key',
    $pki->path('live.key') ], 'ok';

# The old worker is replaced a moment after the signal, and may still take a
# connection after the new one has.
$nginx->signal('HUP');
my $renewed = 0;
for (1 .. 200) {
	$renewed = MPCIT::serves($port, 'srv.lab.test', $live) ? $renewed + 1
	    : 0;
	last if $renewed == 5;
	select undef, undef, undef, 0.05;
}
verdict 'renewed and loaded', args_for('srv.lab.test', $port, $root,
    "--compare=$live", '--key=' . $pki->path('live.key')), 'ok';
verdict 'not the one of before', args_for('srv.lab.test', $port, $root,
    '--compare=' . $pki->path('before.pem')), 'critical', 'cert.compare';

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# A small CA by OpenSSL's commands, with a responder and lists, behind nginx:
# good, then revoked while everything runs; the intermediate, too.

use strict;
use warnings;

use MPCIT;
use MPCIT::Nginx;
use MPCIT::Web;

$MPCIT::subject = 'check_ocsp';
$MPCIT::service = 'OCSP';
need MPCIT::Nginx::PROGRAM;

my $dir = tmpdir();
my $web = MPCIT::Web->folder($dir);
my $pki = MPCIT::PKI->new(tmpdir());
my $root = $pki->path('root.pem');
write_file($pki->path('number'), "01\n");
my $conf = read_file($pki->path('ca.cnf'));
$conf =~ s/^\[any\]/crlnumber = @{[ $pki->path('number') ]}\n$&/m;
write_file($pki->path('ca.cnf'), $conf);

$pki->root('root', cn => 'Lab Root');
$pki->ca('int', cn => 'Lab Intermediate', issuer => 'root',
    extra => [ "crlDistributionPoints = URI:$web/root.crl" ]);
my $responder = MPCIT::Web->responder($pki, 'int');
my @aia = "authorityInfoAccess = OCSP;URI:http://127.0.0.1:$responder/";
my @cdp = "crlDistributionPoints = URI:$web/int.crl";
my @san = (issuer => 'int', san => [ 'DNS:srv.lab.test' ]);
$pki->leaf('ocsp', @san, extra => [ @aia ]);
$pki->leaf('crl', @san, extra => [ @cdp ]);
$pki->leaf('both', @san, extra => [ @aia, @cdp ]);

sub publish
{
	for my $ca (qw(root int)) {
		run_tool('openssl', 'ca', '-config', $pki->path('ca.cnf'),
		    '-cert', $pki->path("$ca.pem"), '-keyfile',
		    $pki->path("$ca.key"), '-gencrl', '-crldays', '7',
		    '-out', $pki->path("$ca.crl"));
		run_tool('openssl', 'crl', '-in', $pki->path("$ca.crl"),
		    '-outform', 'DER', '-out', "$dir/$ca.crl");
	}
	# It looks whether the index has changed after it has answered.
	MPCIT::Web->answer($pki, 'ocsp', 'int', $responder, "$dir/unused");
	return;
}

my %port = map { $_ => free_port() } qw(ocsp crl both);
MPCIT::Nginx->start($pki, map { { port => $port{$_}, cert => $_ } }
    sort keys %port);

sub says
{
	my ($title, $name, $state, @ids) = @_;
	return verdict "$title, $name", args_for('srv.lab.test', $port{$name},
	    $root, '--no-cache'), $state, @ids;
}

sub all
{
	my ($name) = @_;
	return args_for('srv.lab.test', $port{$name}, $root, '--no-cache',
	    '--method=all');
}

publish();
says('before', $_, 'ok') for qw(ocsp crl both);
verdict 'before, all sources', all('both'), 'ok';

MPCIT::Web->revoke($pki, $_, 'int', 'superseded') for qw(crl both);
publish();
says('after', 'ocsp', 'ok');
says('after', $_, 'critical', 'ocsp.revoked') for qw(crl both);
verdict 'after, all sources', all('both'), 'critical', 'ocsp.revoked';

# Every reason that openssl ca knows, from its responder and in its list: the
# name of it, since when, and what to do.
my @reasons = qw(unspecified keyCompromise CACompromise affiliationChanged
    superseded cessationOfOperation certificateHold);
for my $reason (@reasons) {
	$pki->leaf("r$reason", @san, extra => [ @aia, @cdp ]);
	MPCIT::Web->revoke($pki, "r$reason", 'int', $reason);
}
publish();
for my $reason (@reasons) {
	for my $method (qw(ocsp crl all)) {
		my $run = verdict "$reason, $method", [ '-f',
		    $pki->path("r$reason.chain"), "--ca-file=$root",
		    '--no-cache', '--leaf-only', "--method=$method" ],
		    'critical', 'ocsp.revoked';
		my ($found) = grep { $_->{status} ne 'OK' }
		    @{ $run->{targets}[0]{findings} };
		like($found->{text}, qr/since 20\d\d-\d\d-\d\d: \Q$reason\E\b/i, "$reason, $method: is said");
		like($found->{text}, qr/new key/, "$reason, $method: advice")
		    if $reason eq 'keyCompromise';
	}
}

MPCIT::Web->revoke($pki, 'int', 'root', 'CACompromise');
publish();
my $doc = says('the intermediate is revoked', 'ocsp', 'critical',
    'ocsp.revoked');
my ($found) = grep { $_->{id} eq 'ocsp.revoked' && $_->{status} ne 'OK' }
    @{ $doc->{targets}[0]{findings} };
is($found->{subject}, 'intermediate 1', 'which is said');

done_testing;

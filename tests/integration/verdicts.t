#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Every way in which a certificate that a server presents can be wrong, each
# served by nginx on a port of its own, and the right verdict on each.  The
# rows are those in which plugins are known to be wrong: an expired
# certificate over SMTP taken for good, a common name accepted against the
# subjectAltName, a dot taken for a wildcard, a missing intermediate unseen.

use strict;
use warnings;

use MPCIT;
use MPCIT::Nginx;
use MPCIT::Postfix;

need MPCIT::Nginx::PROGRAM, MPCIT::Postfix::PROGRAM;
skip_rest('postfix runs as root only') if $> != 0;

my $pki = MPCIT::PKI->new(tmpdir());
my @host = (cn => 'www.lab.test', san => [ 'DNS:www.lab.test' ]);

$pki->root('root', cn => 'Lab Root', key => 'rsa');
$pki->ca('int', cn => 'Lab Intermediate', issuer => 'root', key => 'rsa');
$pki->ca('sub', cn => 'Lab Second Intermediate', issuer => 'int');
$pki->ca('old-int', cn => 'Lab Old Intermediate', issuer => 'root',
    from => -1000, to => -5);
$pki->ca('last-int', cn => 'Lab Ending Intermediate', issuer => 'root',
    from => -1000, to => 4.5);
$pki->ca('other-int', cn => 'Lab Constrained', issuer => 'root', extra =>
    [ 'nameConstraints = critical,permitted;DNS:other.test' ]);
$pki->root('rogue', cn => 'Rogue Root');

# One row: name of the case, name of the certificate, its options, state and
# findings, and as far as they are special: host (the name asked for), chain
# (the files sent), before (run when the certificate is made).
my @rows = (
	[ 'good', 'good', { @host }, 'ok' ],
	[ 'good, by a wildcard', 'wild', { san => [ 'DNS:*.lab.test' ] },
	    'ok' ],
	[ 'good, the chain in disorder', 'order', { @host,
	    issuer => 'sub' }, 'warning', [ 'chain.order' ],
	    chain => [ qw(order.pem int.pem sub.pem) ] ],
	[ 'good, the root sent too', 'withroot', { @host }, 'ok', [],
	    chain => [ qw(withroot.pem int.pem root.pem) ] ],
	[ 'expired', 'expired', { @host, from => -100, to => -10 },
	    'critical', [ 'cert.expiry', '?path.expired' ] ],
	[ 'not yet valid', 'early', { @host, from => 10, to => 100 },
	    'critical', [ 'cert.not_yet_valid', '?path.expired' ] ],
	[ 'wrong host', 'elsewhere', { cn => 'other.test',
	    san => [ 'DNS:other.test' ] }, 'critical', [ 'cert.name' ] ],
	[ 'no subjectAltName, common name matches', 'nosan',
	    { cn => 'www.lab.test' }, 'critical', [ 'cert.name' ] ],
	[ 'subjectAltName does not match, common name does', 'sanother',
	    { cn => 'www.lab.test', san => [ 'DNS:other.test' ] },
	    'critical', [ 'cert.name' ] ],
	[ 'common name .*', 'regex', { cn => '.*',
	    san => [ 'DNS:other.test' ] }, 'critical', [ 'cert.name' ] ],
	[ 'wildcard, asked for its parent', 'wild', {}, 'critical',
	    [ 'cert.name' ], host => 'lab.test' ],
	[ 'wildcard, asked for two labels', 'wild', {}, 'critical',
	    [ 'cert.name' ], host => 'a.b.lab.test' ],
	[ 'a dot is a dot', 'good', {}, 'critical', [ 'cert.name' ],
	    host => 'wwwxlab.test' ],
	[ 'self-signed', 'self', { @host, issuer => 'self' }, 'critical',
	    [ 'path.self_signed' ] ],
	[ 'untrusted root', 'rogue-leaf', { @host, issuer => 'rogue' },
	    'critical', [ 'path.untrusted' ],
	    chain => [ qw(rogue-leaf.pem rogue.pem) ] ],
	[ 'intermediate missing', 'alone', { @host }, 'critical',
	    [ 'path.incomplete' ], chain => [ 'alone.pem' ] ],
	[ 'signed with SHA-1', 'sha1', { @host, md => 'sha1' }, 'warning',
	    [ 'sig.weak' ] ],
	[ 'RSA with 1024 bits', 'weak', { @host, key => 'rsa1024' },
	    'warning', [ 'key.weak' ] ],
	[ 'for clients only', 'purpose', { @host, eku => 'clientAuth' },
	    'critical', [ 'cert.purpose' ] ],
	[ 'outside the name constraints', 'outside', { @host,
	    issuer => 'other-int' }, 'critical', [ 'path.invalid' ] ],
	[ 'expired intermediate', 'oldint', { @host, issuer => 'old-int' },
	    'critical', [ 'cert.expiry', '?path.expired' ] ],
	[ 'intermediate expires in 4 days', 'lastint', { @host,
	    issuer => 'last-int' }, 'critical', [ 'cert.expiry' ] ],
	[ 'valid for 825 days', 'long', { @host, from => -30, to => 795 },
	    'warning', [ 'cert.lifetime' ] ],
);

# The certificates, and a port for each.
my (%port, @servers);
for my $row (@rows) {
	my ($what, $cert, $opt, undef, undef, %more) = @$row;
	next if $port{$cert};
	$port{$cert} = free_port();
	$pki->leaf($cert, issuer => 'int', %$opt);
	$pki->join_files("$cert.chain", @{ $more{chain} }) if $more{chain};
	push @servers, { port => $port{$cert}, cert => $cert,
	    with => [ 'ssl_ciphers DEFAULT@SECLEVEL=0;' ] };
}
MPCIT::Nginx->start($pki, @servers);

for my $row (@rows) {
	my ($what, $cert, undef, $state, $ids, %more) = @$row;
	my $host = $more{host} // 'www.lab.test';
	witness "nginx, $what", port => $port{$cert}, name => $host,
	    cert => $pki->path("$cert.pem"),
	    args => [ '-cipher', 'DEFAULT@SECLEVEL=0' ];
	verdict $what, args_for($host, $port{$cert}, $pki->path('root.pem'),
	    '-w', '30', '-c', '14'), $state, @{ $ids // [] };
}

# The same over SMTP, where it was read as good.
my %smtp = map { $_ => free_port() } qw(good expired);
MPCIT::Postfix->start($pki,
    map { { port => $smtp{$_}, cert => $_ } } sort keys %smtp);
verdict 'good, over SMTP', args_for('www.lab.test', $smtp{good},
    $pki->path('root.pem'), '--starttls=smtp', '-w', '30', '-c', '14'), 'ok';
verdict 'expired, over SMTP', args_for('www.lab.test', $smtp{expired},
    $pki->path('root.pem'), '--starttls=smtp', '-w', '30', '-c', '14'),
    'critical', 'cert.expiry', '?path.expired';

done_testing;

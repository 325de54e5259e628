#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# OpenLDAP's slapd: StartTLS and ldaps (Debian builds it with GnuTLS).

use strict;
use warnings;

use MPCIT;

use constant PROGRAM => '/usr/sbin/slapd';

need PROGRAM;

my $pki = MPCIT::PKI->standard(tmpdir());
my $root = $pki->path('root.pem');

# One slapd per certificate: { ldap => port, ldaps => port }.
sub slapd
{
	my ($kind) = @_;

	my $dir = tmpdir();
	my %port = map { $_ => free_port() } qw(ldap ldaps);
	my @tls = $kind eq 'none' ? () : (
	    'TLSCertificateFile ' . $pki->path("$kind.chain"),
	    'TLSCertificateKeyFile ' . $pki->path("$kind.key"));
	my @urls = ("ldap://127.0.0.1:$port{ldap}");
	push @urls, "ldaps://127.0.0.1:$port{ldaps}" if @tls;
	delete $port{ldaps} unless @tls;
	my $conf = write_file("$dir/slapd.conf", join "\n",
	    'include /etc/ldap/schema/core.schema', "pidfile $dir/pid",
	    "argsfile $dir/args", @tls, '');
	MPCIT::Server->start(name => 'slapd', signal => 'INT',
	    cmd => [ PROGRAM, '-d', '0', '-f', $conf, '-h', "@urls" ],
	    ports => [ sort values %port ]);
	return \%port;
}

my %kind = map { $_ => slapd($_) } qw(good near expired rogue none);

verdict_kinds 'slapd, StartTLS', pki => $pki, starttls => 'ldap',
    port => sub { $kind{$_[0]}{ldap} };
verdict_kinds 'slapd, ldaps', pki => $pki,
    port => sub { $kind{$_[0]}{ldaps} };
for my $proto (qw(ldap ldaps)) {
	verdict "slapd, $proto URL",
	    [ "$proto://localhost:$kind{good}{$proto}", '--ca-file', $root ],
	    'ok';
}
verdict 'slapd without TLS', args_for('srv.lab.test', $kind{none}{ldap},
    $root, '--starttls=ldap'), 'critical', 'starttls.refused';

done_testing;

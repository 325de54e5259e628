#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Prosody: XMPP between client and server and between servers, with STARTTLS
# and with TLS at once.

use strict;
use warnings;

use MPCIT;

use constant PROGRAM => '/usr/bin/prosody';

need PROGRAM;

my $pki = MPCIT::PKI->standard(tmpdir());
my $root = $pki->path('root.pem');

# One prosody per certificate: { xmpp => port, ... }.
sub prosody
{
	my ($kind) = @_;

	my $dir = tmpdir();
	my $off = $kind eq 'none';
	my @services = $off ? qw(xmpp server) : qw(xmpp xmpps server servers);
	my %port = map { $_ => free_port() } @services;
	my $cert = $pki->path("$kind.chain");
	my $key = $pki->path("$kind.key");
	my $pair = qq({ certificate = "$cert"; key = "$key"; });
	my ($tls, $with) = $off ? ('', '') : ('"tls";', <<"END");
ssl = $pair
c2s_direct_tls_ports = { $port{xmpps} }
s2s_direct_tls_ports = { $port{servers} }
c2s_direct_tls_ssl = $pair
s2s_direct_tls_ssl = $pair
END
	my $conf = write_file("$dir/prosody.cfg.lua", <<"END");
daemonize = false
pidfile = "$dir/pid"
data_path = "$dir/data"
plugin_paths = {}
log = "*console"
interfaces = { "127.0.0.1" }
local_interfaces = { "127.0.0.1" }
c2s_ports = { $port{xmpp} }
s2s_ports = { $port{server} }
modules_enabled = { "saslauth"; "c2s"; "s2s"; $tls }
modules_disabled = { "offline"; "http"; "admin_shell" }
c2s_require_encryption = false
s2s_require_encryption = false
authentication = "internal_plain"
certificates = "$dir"
${with}VirtualHost "srv.lab.test"
VirtualHost "localhost"
END
	mkdir "$dir/data";
	chown((getpwnam 'prosody')[2, 3], $dir, "$dir/data") if $> == 0;
	MPCIT::Server->start(name => 'prosody', user => 'prosody',
	    cmd => [ PROGRAM, '--config', $conf, '-F' ],
	    ports => [ sort values %port ]);
	return \%port;
}

my %kind = map { $_ => prosody($_) } qw(good near expired rogue none);

verdict_kinds 'prosody, c2s', pki => $pki, starttls => 'xmpp',
    port => sub { $kind{$_[0]}{xmpp} };
verdict_kinds 'prosody, s2s', pki => $pki, starttls => 'xmpp-server',
    port => sub { $kind{$_[0]}{server} };
verdict_kinds 'prosody, c2s, TLS at once', pki => $pki,
    port => sub { $kind{$_[0]}{xmpps} };
verdict_kinds 'prosody, s2s, TLS at once', pki => $pki, kinds => [ 'good' ],
    port => sub { $kind{$_[0]}{servers} };

my %url = (xmpp => 'xmpp', 'xmpp-server' => 'server', xmpps => 'xmpps');
for my $scheme (sort keys %url) {
	verdict "prosody, $scheme URL",
	    [ "$scheme://localhost:$kind{good}{$url{$scheme}}", '--ca-file',
	    $root ], 'ok';
}
verdict 'prosody without TLS, c2s', args_for('srv.lab.test',
    $kind{none}{xmpp}, $root, '--starttls=xmpp'), 'critical',
    'starttls.refused';
verdict 'prosody without TLS, s2s', args_for('srv.lab.test',
    $kind{none}{server}, $root, '--starttls=xmpp-server'), 'critical',
    'starttls.refused';
verdict 'prosody, a host that it does not serve',
    args_for('nobody.lab.test', $kind{good}{xmpp}, $root,
    '--starttls=xmpp'), 'critical', 'starttls.refused';

done_testing;

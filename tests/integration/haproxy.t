#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# haproxy: certificates by name, strict-sni, ALPN required.

use strict;
use warnings;

use MPCIT;

use constant PROGRAM => '/usr/sbin/haproxy';

need PROGRAM;

my $dir = tmpdir();
my $pki = MPCIT::PKI->standard(tmpdir());
my $root = $pki->path('root.pem');
my @kinds = qw(good near expired rogue);
my %port = map { $_ => free_port() } @kinds, qw(strict alpn);

$pki->leaf('shop', issuer => 'int', san => [ 'DNS:shop.lab.test' ]);
$pki->join_files("$_.both", "$_.chain", "$_.key") for @kinds, 'shop';

sub bind_line
{
	my ($port, $more, @certs) = @_;

	return join ' ', "\tbind 127.0.0.1:$port ssl",
	    (map { 'crt ' . $pki->path("$_.both") } @certs), "$more\n";
}

my $conf = write_file("$dir/haproxy.cfg", join '', <<'END',
defaults
	mode http
	timeout connect 5s
	timeout client 30s
	timeout server 30s
frontend all
	http-request return status 200
END
    (map { bind_line($port{$_}, '', $_) } @kinds),
    bind_line($port{strict}, 'strict-sni', 'good', 'shop'), <<"END",
frontend alpn
	tcp-request content reject if !{ ssl_fc_alpn h2 }
	http-request return status 200
END
    bind_line($port{alpn}, 'alpn h2', 'good'));

MPCIT::Server->start(name => 'haproxy', signal => 'USR1',
    cmd => [ PROGRAM, '-db', '-f', $conf ], ports => [ sort values %port ]);

verdict_kinds 'haproxy', pki => $pki, port => sub { $port{$_[0]} };
for my $name (qw(srv shop)) {
	verdict "haproxy, strict-sni, $name",
	    args_for("$name.lab.test", $port{strict}, $root), 'ok';
}
handshake_fails 'haproxy, strict-sni, no name', port => $port{strict};
verdict 'haproxy, strict-sni, a name it does not have',
    args_for('nobody.lab.test', $port{strict}, $root), 'critical',
    'tls.handshake';
verdict 'haproxy, strict-sni, an address, which is no name',
    [ '-H', '127.0.0.1', '-p', $port{strict}, '--ca-file', $root ],
    'critical', 'tls.handshake';
verdict 'haproxy, ALPN required and given',
    args_for('srv.lab.test', $port{alpn}, $root, '--alpn=h2'), 'ok';
verdict 'haproxy, ALPN required, the first of two is not spoken',
    args_for('srv.lab.test', $port{alpn}, $root, '--alpn=imap,h2'), 'ok';
verdict 'haproxy, ALPN not spoken, and ignored by it',
    args_for('srv.lab.test', $port{alpn}, $root, '--alpn=imap'), 'warning',
    'tls.alpn';

done_testing;

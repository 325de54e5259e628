#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Stapling by the servers that do it: nginx and Apache ask OpenSSL's responder,
# haproxy and nginx read a file.  What they staple is judged, not believed.

use strict;
use warnings;

use MPCIT;
use MPCIT::Nginx;
use MPCIT::Web;

use constant APACHE => '/usr/sbin/apache2';
use constant HAPROXY => '/usr/sbin/haproxy';

$MPCIT::subject = 'check_ocsp';
$MPCIT::service = 'OCSP';
need MPCIT::Nginx::PROGRAM, APACHE, HAPROXY;

my $dir = tmpdir();
my $pki = MPCIT::PKI->new(tmpdir());
my $root = $pki->path('root.pem');
my $must = '1.3.6.1.5.5.7.1.24 = DER:30:03:02:01:05';
my @san = (san => [ 'DNS:srv.lab.test' ]);

$pki->root('root', cn => 'Lab Root');
$pki->ca('int', cn => 'Lab Intermediate', issuer => 'root');
my $responder = MPCIT::Web->responder($pki, 'int');
my $aia = "authorityInfoAccess = OCSP;URI:http://127.0.0.1:$responder/";
$pki->leaf('good', issuer => 'int', @san, extra => [ $aia ]);
$pki->leaf('must', issuer => 'int', @san, extra => [ $aia, $must ]);
$pki->leaf('bad', issuer => 'int', @san, extra => [ $aia ]);

# Answers in files: of now, of a bad one that was good then, of another.
my %file = map { $_ => MPCIT::Web->answer($pki, $_, 'int', $responder,
    "$dir/$_.ors") } qw(good must bad);
MPCIT::Web->revoke($pki, 'bad', 'int', 'keyCompromise');
$file{revoked} = MPCIT::Web->answer($pki, 'bad', 'int', $responder,
    "$dir/revoked.ors");

sub args
{
	my ($port, @more) = @_;
	return args_for('srv.lab.test', $port, $root, '--leaf-only',
	    '--no-cache', @more);
}

# The server has fetched its staple, at the latest.
sub wait_staple
{
	my ($port) = @_;

	for (1 .. 100) {
		my $run = client_output('timeout', '5', 'openssl',
		    's_client', '-connect', "127.0.0.1:$port", '-status',
		    '-servername', 'srv.lab.test');
		return 1 if $run->{out} =~ /OCSP Response Status: successful/;
		select undef, undef, undef, 0.1;
	}
	return 0;
}

# nginx
my %port = map { $_ => free_port() } qw(good must bad none file old wrong
    revoked);
my @ask = ('ssl_stapling on;', "ssl_trusted_certificate $root;");
my @with = ('ssl_stapling on;');
MPCIT::Nginx->start($pki,
    (map { { port => $port{$_}, cert => $_, with => \@ask } }
    qw(good must bad)),
    { port => $port{none}, cert => 'must' },
    { port => $port{file}, cert => 'must', with => [ @with,
    "ssl_stapling_file $file{must};" ] },
    { port => $port{old}, cert => 'bad', with => [ @with,
    "ssl_stapling_file $file{bad};" ] },
    { port => $port{wrong}, cert => 'good', with => [ @with,
    "ssl_stapling_file $file{must};" ] },
    { port => $port{revoked}, cert => 'bad', with => [ @with,
    "ssl_stapling_file $file{revoked};" ] });

verdict 'nginx, must-staple, not configured', args($port{none}), 'critical',
    'staple.missing';
my $run = run_plugin(@{ args($port{must}) });
is($run->{rc}, 2, 'nginx, must-staple: the first hit staples nothing') or
    diag($run->{out});
ok(wait_staple($port{$_}), "nginx staples, $_") for qw(good must);
verdict 'nginx, good', args($port{good}), 'ok';
verdict 'nginx, must-staple', args($port{must}), 'ok';
verdict 'nginx, --method=staple', args($port{good}, '--method=staple'), 'ok';
verdict 'nginx, revoked', args($port{bad}), 'critical', 'ocsp.revoked';
# It keeps such an answer to itself, which is no reason to be content.
verdict 'nginx, revoked, --method=staple',
    args($port{bad}, '--method=staple'), 'critical', 'staple.missing';
verdict 'nginx, from a file', args($port{file}), 'ok';
verdict 'nginx, a good staple of before the revocation', args($port{old}),
    'critical', 'ocsp.revoked';
verdict 'nginx, the staple of another certificate', args($port{wrong}),
    'warning', 'staple.unusable';
verdict 'nginx, from a file, revoked', args($port{revoked}), 'critical',
    'ocsp.revoked';
my $later = time + 4 * 86400;
$run = run_plugin(@{ args($port{file}, '--method=staple',
    "--at=$later") });
isnt($run->{rc}, 0, 'nginx, from a file that has become stale');

# Apache
my %apache = map { $_ => free_port() } qw(good must bad);
my $modules = '/usr/lib/apache2/modules';
my $conf = write_file("$dir/apache.conf", join '', <<"END",
ServerRoot $dir
ServerName localhost
PidFile $dir/pid
ErrorLog $dir/error.log
Mutex file:$dir
User www-data
Group www-data
LoadModule mpm_event_module $modules/mod_mpm_event.so
LoadModule authz_core_module $modules/mod_authz_core.so
LoadModule socache_shmcb_module $modules/mod_socache_shmcb.so
LoadModule ssl_module $modules/mod_ssl.so
SSLSessionCache none
SSLStaplingCache shmcb:$dir/staples(131072)
DocumentRoot $dir
StartServers 1
END
    map { <<"END" } sort keys %apache);
Listen 127.0.0.1:$apache{$_}
<VirtualHost 127.0.0.1:$apache{$_}>
ServerName srv.lab.test
SSLEngine on
SSLUseStapling on
SSLCertificateFile @{[ $pki->path("$_.chain") ]}
SSLCertificateKeyFile @{[ $pki->path("$_.key") ]}
</VirtualHost>
END
my @owner = $> == 0 ? (getpwnam 'www-data')[2, 3] : ($>, $));
chown @owner, $dir;
MPCIT::Server->start(name => 'apache', log => "$dir/error.log",
    cmd => [ APACHE, '-f', $conf, '-DFOREGROUND' ],
    ports => [ sort values %apache ]);
ok(wait_staple($apache{$_}), "apache staples, $_") for qw(good must bad);
verdict 'apache, good', args($apache{good}), 'ok';
verdict 'apache, must-staple', args($apache{must}), 'ok';
verdict 'apache, --method=staple', args($apache{must}, '--method=staple'),
    'ok';
verdict 'apache, revoked', args($apache{bad}), 'critical', 'ocsp.revoked';

# haproxy, from CERT.ocsp beside CERT
my %haproxy = map { $_ => free_port() } qw(good must bad none);
$pki->leaf('none', issuer => 'int', @san, extra => [ $aia, $must ]);
$pki->join_files("$_.both", "$_.chain", "$_.key") for sort keys %haproxy;
for my $name (qw(good must)) {
	run_tool('cp', $file{$name}, $pki->path("$name.both.ocsp"));
}
run_tool('cp', $file{revoked}, $pki->path('bad.both.ocsp'));
$conf = write_file("$dir/haproxy.cfg", join '', <<'END',
defaults
	mode http
	timeout connect 5s
	timeout client 30s
	timeout server 30s
frontend all
	http-request return status 200
END
    map { "\tbind 127.0.0.1:$haproxy{$_} ssl crt "
    . $pki->path("$_.both") . "\n" } sort keys %haproxy);
MPCIT::Server->start(name => 'haproxy', signal => 'USR1',
    cmd => [ HAPROXY, '-db', '-f', $conf ], ports => [ sort values %haproxy ]);
verdict 'haproxy, good', args($haproxy{good}, '--method=staple'), 'ok';
verdict 'haproxy, must-staple', args($haproxy{must}), 'ok';
verdict 'haproxy, must-staple, no file', args($haproxy{none}), 'critical',
    'staple.missing';
verdict 'haproxy, revoked', args($haproxy{bad}, '--method=staple'),
    'critical', 'ocsp.revoked';
verdict 'haproxy, TLS 1.2', args($haproxy{must}, '--tls-max=1.2',
    '--method=staple'), 'ok';

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# The life of a certificate: certbot obtains it from Pebble, revokes it for
# each reason, also with its own key, and gets another.  What Pebble says of
# each is made into a CRL and into OpenSSL's responder.

use strict;
use warnings;

use MPCIT;
use MPCIT::Web;

use constant PEBBLE => '/usr/bin/pebble';
use constant CERTBOT => '/usr/bin/certbot';
use constant CURL => '/usr/bin/curl';

$MPCIT::subject = 'check_ocsp';
$MPCIT::service = 'OCSP';
need PEBBLE, CERTBOT, CURL;

my $dir = tmpdir();
my $pki = MPCIT::PKI->new(tmpdir());
$pki->root('https-root', cn => 'Pebble HTTPS');
$pki->leaf('https', issuer => 'https-root',
    san => [ 'IP:127.0.0.1', 'DNS:localhost' ]);
my $https = $pki->path('https-root.pem');

my ($port, $management, $http, $tls) = free_ports(4);
write_file("$dir/pebble.json", <<"END");
{ "pebble": {
	"listenAddress": "127.0.0.1:$port",
	"managementListenAddress": "127.0.0.1:$management",
	"certificate": "@{[ $pki->path('https.pem') ]}",
	"privateKey": "@{[ $pki->path('https.key') ]}",
	"httpPort": $http,
	"tlsPort": $tls,
	"ocspResponderURL": "http://127.0.0.1:$http/",
	"externalAccountBindingRequired": false
} }
END
MPCIT::Server->start(name => 'pebble', ports => [ $port, $management ],
    cmd => [ PEBBLE, '-config', "$dir/pebble.json" ],
    env => { PEBBLE_VA_ALWAYS_VALID => 1, PEBBLE_VA_NOSLEEP => 1,
    PEBBLE_WFE_NONCEREJECT => 0 });

sub pebble
{
	my ($path) = @_;
	return run_tool(CURL, '-sSf', '--noproxy', '*', '--cacert', $https,
	    "https://127.0.0.1:$management/$path");
}

my $root = write_file("$dir/root.pem", pebble('roots/0'));
write_file("$dir/ca.pem", pebble('intermediates/0'));
write_file("$dir/ca.key", pebble('intermediate-keys/0'));

write_file("$dir/root.key", pebble('root-keys/0'));

# Pebble's CA may not sign CRLs, says its keyUsage: the same CA, which may.
my ($ski) = run_tool('openssl', 'x509', '-in', "$dir/ca.pem", '-noout',
    '-ext', 'subjectKeyIdentifier') =~ /^\s+([0-9A-F:]+)$/m;
write_file("$dir/crl-ca.ext", <<"END");
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = $ski
authorityKeyIdentifier = keyid
END
run_tool('openssl', 'x509', '-x509toreq', '-in', "$dir/ca.pem", '-signkey',
    "$dir/ca.key", '-out', "$dir/crl-ca.csr");
run_tool('openssl', 'x509', '-req', '-in', "$dir/crl-ca.csr", '-CA', $root,
    '-CAkey', "$dir/root.key", '-set_serial', '4711', '-days', '900',
    '-extfile', "$dir/crl-ca.ext", '-out', "$dir/crl-ca.pem");

# --- certbot -------------------------------------------------------------------

sub certbot
{
	my (@args) = @_;

	$ENV{REQUESTS_CA_BUNDLE} = $https;
	$ENV{no_proxy} = '127.0.0.1';
	my $run = client_output(CERTBOT, @args, '--non-interactive',
	    '--server', "https://127.0.0.1:$port/dir", '--config-dir',
	    "$dir/config", '--work-dir', "$dir/work", '--logs-dir',
	    "$dir/logs");
	delete $ENV{no_proxy};
	diag("$run->{cmd}\n$run->{out}$run->{err}") if $run->{rc} != 0;
	return $run->{rc} == 0;
}

# A certificate for NAME.lab.test; copied, because certbot cleans up.
sub obtain
{
	my ($name, @more) = @_;

	my $done = certbot('certonly', '--manual', '--manual-auth-hook',
	    '/bin/true', '--preferred-challenges', 'http', '--agree-tos',
	    '--email', 'lab@lab.test', '--no-eff-email', '--cert-name',
	    $name, '-d', "$name.lab.test", '--force-renewal', @more);
	my $live = "$dir/config/live/$name";
	for my $what (qw(cert fullchain privkey)) {
		write_file("$dir/$name.$what", read_file("$live/$what.pem"));
	}
	return $done;
}

# --- what Pebble knows, published ----------------------------------------------

my @known;

sub serial
{
	my ($name) = @_;
	my ($hex) = run_tool('openssl', 'x509', '-in', "$dir/$name.cert",
	    '-noout', '-serial') =~ /=([0-9A-F]+)/;
	return $hex;
}

my @reasons = qw(unspecified keyCompromise CACompromise affiliationChanged
    superseded cessationOfOperation);

# The line of `openssl ca`'s index.
sub index_line
{
	my ($serial) = @_;

	my $said = json_of(pebble('cert-status-by-serial/' . lc $serial));
	my $end = '350101000000Z';
	return "V\t$end\t\t$serial\tunknown\t/CN=x\n"
	    if $said->{Status} eq 'Valid';
	my ($at) = ($said->{RevokedAt} // '') =~ /^([-\dT: ]{19})/;
	$at =~ tr/0-9//cd;
	return sprintf "R\t%s\t%sZ,%s\t%s\tunknown\t/CN=x\n", $end,
	    substr($at, 2), $reasons[$said->{Reason} // 0], $serial;
}

write_file("$dir/number", "01\n");
write_file("$dir/ca.cnf", <<"END");
[ca]
default_ca = this
[this]
database = $dir/index
crlnumber = $dir/number
default_md = sha256
default_crl_days = 7
crl_extensions = ext
unique_subject = no
[ext]
authorityKeyIdentifier = keyid
END
my $web = MPCIT::Web->folder($dir);
write_file("$dir/index.attr", "unique_subject = no\n");
write_file("$dir/index", '');
my $responder;

sub publish
{
	write_file("$dir/index", join '', map { index_line($_) } @known);
	run_tool('openssl', 'ca', '-config', "$dir/ca.cnf", '-cert',
	    "$dir/ca.pem", '-keyfile', "$dir/ca.key", '-gencrl', '-out',
	    "$dir/crl.pem");
	run_tool('openssl', 'crl', '-in', "$dir/crl.pem", '-outform', 'DER',
	    '-out', "$dir/ca.crl");
	$responder->stop if $responder;
	$responder = MPCIT::Server->start(name => 'responder', ports => [],
	    cmd => [ 'openssl', 'ocsp', '-port', $http, '-index',
	    "$dir/index", '-CA', "$dir/ca.pem", '-rsigner', "$dir/ca.pem",
	    '-rkey', "$dir/ca.key", '-ndays', 3 ]);
	for (1 .. 200) {
		last if $responder->log_text =~ /^ACCEPT/m;
		select undef, undef, undef, 0.05;
	}
	return;
}

# What the plugin says by the responder that the certificate names, and by
# the list.
sub says
{
	my ($title, $name, $more, $state, @ids) = @_;

	my %text;
	write_file("$dir/$name.crlchain", join '', map { read_file($_) }
	    "$dir/$name.cert", "$dir/crl-ca.pem");
	my %chain = (ocsp => 'fullchain', crl => 'crlchain');
	for my $method (qw(ocsp crl)) {
		my $doc = verdict "$title, $method", [ '-f',
		    "$dir/$name.$chain{$method}", '--ca-file', $root,
		    '--leaf-only', '--no-cache', "--method=$method",
		    ($method eq 'crl' ? "--crl=$web/ca.crl" : ()), @$more ], $state, @ids;
		$text{$method} = join "\n", map { $_->{text} } map {
		    @{ $_->{findings} } } @{ $doc->{targets} // [] };
	}
	return %text;
}

my %reason = (unspecified => qr/unspecified|no reason/,
    keycompromise => qr/keyCompromise/, superseded => qr/superseded/,
    cessationofoperation => qr/cessationOfOperation/);
my @names = (sort(keys %reason), 'ownkey', 'stays');
for my $name (@names) {
	ok(obtain($name), "certbot obtains $name") or skip_rest 'no certbot';
	push @known, serial($name);
}
publish();
says("before, $_", $_, [], 'ok') for @names;
my $run = run_plugin('-f', "$dir/stays.fullchain", '--ca-file', $root,
    '--leaf-only', '--no-cache', '--method=crl', "--crl=$web/ca.crl");
is($run->{rc}, 3, 'a CRL of a CA that may not sign any proves nothing');
like($run->{out}, qr/cRLSign/, 'which is said');

for my $name (@names) {
	next if $name eq 'stays';
	my @how = $name eq 'ownkey' ?
	    ('--key-path', "$dir/$name.privkey", '--reason', 'keycompromise') :
	    ('--reason', $name);
	ok(certbot('revoke', '--cert-path', "$dir/$name.cert",
	    '--no-delete-after-revoke', @how), "certbot revokes $name");
}
publish();
says('after, another', 'stays', [], 'ok');
for my $name (grep { $_ ne 'stays' } @names) {
	my %text = says("after, $name", $name, [], 'critical',
	    'ocsp.revoked');
	my $want = $reason{$name} // $reason{keycompromise};
	like($text{$_}, $want, "after, $name, $_: the reason")
	    for sort keys %text;
	like($text{$_}, qr/new key/, "after, $name, $_: a new key is needed")
	    for $want eq $reason{keycompromise} ? sort keys %text : ();
}

# Another certificate: with the key of before, and with a new one.
my @revoked = ("--revoked-cert=$dir/lost.cert");
run_tool('cp', "$dir/superseded.cert", "$dir/lost.cert");
ok(obtain('superseded', '--reuse-key'), 'certbot gets another, same key');
push @known, serial('superseded');
publish();
says('the same key again', 'superseded', [], 'ok');
says('the same key again, --revoked-cert', 'superseded', \@revoked,
    'critical', 'key.reused');
ok(obtain('superseded', '--new-key'), 'certbot gets another, new key');
push @known, serial('superseded');
publish();
says('a new key, --revoked-cert', 'superseded', \@revoked, 'ok');

done_testing;

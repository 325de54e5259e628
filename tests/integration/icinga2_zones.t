#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Icinga 2 on three nodes, with the zones of contrib/icinga2/distributed: the
# master's configuration reaches the satellite, the satellite checks a server,
# the agent looks at its own files, and the master knows the results.

use strict;
use warnings;

use FindBin ();
use MPCIT;
use MPCIT::Icinga;
use MPCIT::Scene;

need MPCIT::Icinga::PROGRAM, MPCIT::Icinga::ITL, '/usr/bin/curl',
    MPCIT::Scene::tools();

my $contrib = "$FindBin::Bin/../../contrib/icinga2";
my $scene = MPCIT::Scene->new(MPCIT::Icinga::USER);
my @roles = qw(master satellite agent);
my %port = map { $_ => free_port() } @roles;

# A file of distributed/, with the addresses and ports of this machine.
sub shipped
{
	my ($path) = @_;

	my $text = read_file("$contrib/distributed/$path");
	$text =~ s/"192\.0\.2\.10"(.*?)port = "5665"/"127.0.0.1"$1port = "$port{satellite}"/s;
	$text =~ s/"192\.0\.2\.11"(.*?)port = "5665"/"127.0.0.1"$1port = "$port{agent}"/s;
	$text =~ s/"192\.0\.2\.\d+"/"127.0.0.1"/g;
	return $text;
}

my %node;
for my $role (@roles) {
	$node{$role} = MPCIT::Icinga->new(name => "${role}1.example.com",
	    zone => $role eq 'agent' ? 'agent1.example.com' : $role,
	    port => $port{$role}, ca => $node{master},
	    zones => shipped("$role/zones.conf"));
}
my $hosts = shipped('master/zones.d-satellite-hosts.conf');
my $pki = $scene->{pki};
ok($hosts =~ s{/etc/ssl/local}{$pki/near.pem}, 'the file on the agent') or
    diag($hosts);
my $server = <<"END";
vars.certificates["https"] = {
		cert_expiry_hostname = "www.scene.test"
		cert_expiry_port = "$scene->{port}"
		cert_expiry_ca_file = "$pki/root.pem"
	}
END
ok($hosts =~ s/vars\.certificates\["https"\] = .*\n/$server/,
    'the server behind the satellite') or diag($hosts);
my $master = $node{master};
$master->config('zones.d/satellite/hosts.conf', $hosts);
$master->config("zones.d/global-templates/$_.conf",
    read_file("$contrib/$_.conf")) for qw(cert_expiry ocsp autossl_queue);
$master->config('zones.d/global-templates/services.conf',
    read_file("$contrib/examples/services.conf"));
for my $role (@roles) {
	my $run = $node{$role}->validate;
	is($run->{rc}, 0, "$role takes it") or diag($run->{out});
}
# Whoever connects comes last, or tries again in ten seconds.
$node{$_}->start for reverse @roles;

my %want = (
	'www.example.com!certificate-https' =>
	    [ 0, 'satellite1.example.com', qr/^days=\d/ ],
	'agent1.example.com!certificate-files' =>
	    [ 1, 'agent1.example.com', qr/^days=1[45]/ ],
);
# Before all are connected a result says so: ask until it is the agent's own.
my $found = {};
for (1 .. 30) {
	$_->check_now for $master, $node{satellite};
	select undef, undef, undef, 0.5;
	$found = $master->results('true', 2, 2);
	last unless grep { ($found->{$_}{last_check_result}{output} // '')
	    !~ /^CERT_EXPIRY/ } keys %want;
}
for my $name (sort keys %want) {
	my ($state, $source, $metric) = @{ $want{$name} };
	my $got = $found->{$name};
	my $last = $got->{last_check_result};
	is($got->{state}, $state, "$name: state") or
	    diag($last->{output} // 'no result');
	is($last->{check_source}, $source, "$name: by $source");
	ok(scalar(grep { $_ =~ $metric } @{ $last->{performance_data} }),
	    "$name: performance data") or
	    diag("@{ $last->{performance_data} }");
}
is(scalar(keys %$found), 2, 'no other services');
ok(scalar($node{agent}->services('true', 'name')) == 0,
    'the agent has no services of its own');

$node{$_}->stop for @roles;
done_testing;

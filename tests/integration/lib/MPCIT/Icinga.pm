# SPDX-License-Identifier: ISC
#
# A node of Icinga 2 as a child of the test, with folders of its own.
#
#	my $node = MPCIT::Icinga->new(name => 'lab', address => '127.0.0.1');
#	$node->config('conf.d/services.conf', $text);
#	is($node->validate->{rc}, 0, 'taken');
#	$node->start;
#	my $services = $node->results('host.name == "lab"');
#
# Several nodes: new(name, zone, ca => $master), which has it sign their
# certificates, and zones => the text of zones.conf.

package MPCIT::Icinga;

use strict;
use warnings;

use Carp qw(croak);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use JSON::PP ();
use Time::HiRes ();

use MPCIT ();
use MPCIT::Server;

use constant {
	PROGRAM => '/usr/sbin/icinga2',
	USER => 'nagios',
	ITL => '/usr/share/icinga2/include/itl',
	SECRET => 'labsecret',
};

sub new
{
	my ($class, %opt) = @_;

	my $self = bless {
	    name => $opt{name}, zone => $opt{zone} // $opt{name},
	    address => $opt{address} // '127.0.0.1',
	    port => $opt{port} // free_port(), dir => tmpdir(),
	    ca => $opt{ca},
	}, $class;
	make_path(map { "$self->{dir}/$_" } qw(etc/conf.d etc/zones.d lib/certs
	    lib/ca log cache spool run));
	$self->_main($opt{zones} // <<"END");
object Endpoint NodeName { }
object Zone ZoneName { endpoints = [ NodeName ] }
END
	$self->_certificate;
	return $self;
}

sub port { return $_[0]{port} }
sub dir { return $_[0]{dir} }
sub ca_file { return "$_[0]{dir}/lib/certs/ca.crt" }
sub log_text { return read_file("$_[0]{dir}/log/icinga2.log") }
sub url { return "https://$_[0]{address}:$_[0]{port}" }

sub _defines
{
	my ($self) = @_;

	my $dir = $self->{dir};
	my @defines = ("ConfigDir=$dir/etc", "ZonesDir=$dir/etc/zones.d",
	    "DataDir=$dir/lib",
	    "LogDir=$dir/log", "CacheDir=$dir/cache", "SpoolDir=$dir/spool",
	    "InitRunDir=$dir/run", "PidPath=$dir/run/icinga2.pid");
	push @defines, 'RunAsUser=' . getpwuid($<),
	    'RunAsGroup=' . getgrgid((split ' ', $()[0]) if $> != 0;
	return map { ('-D', $_) } @defines;
}

sub _main
{
	my ($self, $zones) = @_;

	my $plugins = MPCIT::plugin() =~ s{/[^/]*$}{}r;
	my $secret = SECRET;
	$self->config('icinga2.conf', <<"END");
const PluginDir = "/usr/lib/nagios/plugins"
const PluginContribDir = "$plugins"
const ManubulonPluginDir = PluginDir
const NodeName = "$self->{name}"
const ZoneName = "$self->{zone}"
include <itl>
include <plugins>
include "zones.conf"
object FileLogger "main" {
	path = LogDir + "/icinga2.log"
}
object CheckerComponent "checker" { }
object ApiListener "api" {
	bind_host = "$self->{address}"
	bind_port = "$self->{port}"
	accept_config = true
	accept_commands = true
}
object ApiUser "lab" {
	password = "$secret"
	permissions = [ "*" ]
}
include_recursive "conf.d"
END
	$self->config('zones.conf', $zones);
	return;
}

sub config
{
	my ($self, $path, $text) = @_;

	$path = "$self->{dir}/etc/$path";
	make_path(dirname($path));
	return write_file($path, $text);
}

sub _certificate
{
	my ($self) = @_;

	my $lib = "$self->{dir}/lib";
	my $crt = "$lib/certs/$self->{name}";
	my $ca = $self->{ca} // $self;
	$self->_own;			# the program drops root's rights
	run_tool(PROGRAM, 'pki', 'new-ca', $self->_defines)
	    if $ca == $self;
	run_tool(PROGRAM, 'pki', 'new-cert', '--cn', $self->{name}, '--key',
	    "$crt.key", '--csr', "$crt.csr", $self->_defines);
	run_tool(PROGRAM, 'pki', 'sign-csr', '--csr', "$crt.csr", '--cert',
	    "$crt.crt", $ca->_defines);
	write_file("$lib/certs/ca.crt",
	    read_file("$ca->{dir}/lib/ca/ca.crt"));
	return;
}

sub _own
{
	my ($self) = @_;

	run_tool('chown', '-R', USER, $self->{dir}) if $> == 0;
	return;
}

sub validate
{
	my ($self) = @_;

	$self->_own;
	return MPCIT::client_output(PROGRAM, 'daemon', '-C', '-c',
	    "$self->{dir}/etc/icinga2.conf", $self->_defines);
}

sub start
{
	my ($self, %opt) = @_;

	$self->_own;
	$self->{server} = MPCIT::Server->start(name => "icinga2-$self->{name}",
	    cmd => [ PROGRAM, 'daemon', '-c', "$self->{dir}/etc/icinga2.conf",
	    $self->_defines ], env => $opt{env});
	my $end = Time::HiRes::time() + 60;
	until ($self->api('GET', '/v1/status/IcingaApplication')) {
		croak "icinga2 $self->{name} does not start\n" .
		    $self->{server}->log_text if !$self->{server}->alive ||
		    Time::HiRes::time() > $end;
		Time::HiRes::sleep(0.2);
	}
	return $self;
}

# The decoded answer; undef when there is none, or an error.
sub api
{
	my ($self, $method, $path, $body, @args) = @_;

	my $run = MPCIT::client_output('curl', '-sk', '-m', '30', '-u',
	    'lab:' . SECRET, '-H', 'Accept: application/json', '-X', $method,
	    @args, defined $body ? ('-d', $body) : (), $self->url . $path);
	my $doc = $run->{rc} == 0 ? MPCIT::json_of($run->{out}) : undef;
	return defined $doc && !exists $doc->{error} ? $doc : undef;
}

# Have all services that FILTER takes checked now.
sub check_now
{
	my ($self, $filter) = @_;

	return $self->api('POST', '/v1/actions/reschedule-check',
	    JSON::PP->new->encode({ type => 'Service', force => \1,
	    filter => $filter // 'true' }));
}

# The services that FILTER takes, each as its attributes.
sub services
{
	my ($self, $filter, @attrs) = @_;

	my $doc = $self->api('POST', '/v1/objects/services',
	    JSON::PP->new->encode({ filter => $filter, attrs => \@attrs }),
	    '-H', 'X-HTTP-Method-Override: GET') or return;
	return map { $_->{attrs} } @{ $doc->{results} };
}

# The services that FILTER takes as { "host!name" => attributes }, once each
# has a result, and there are at least WANTED; or after SECONDS.
sub results
{
	my ($self, $filter, $wanted, $seconds) = @_;

	my $end = Time::HiRes::time() + ($seconds // 60);
	while (Time::HiRes::time() < $end) {
		last if !$self->services("($filter) && " .
		    'service.last_check_result == null', 'name') &&
		    $self->services($filter, 'name') >= ($wanted // 1);
		Time::HiRes::sleep(0.3);
	}
	return { map { ("$_->{host_name}!$_->{name}" => $_) }
	    $self->services($filter, qw(name host_name state
	    last_check_result)) };
}

sub stop { return $_[0]{server}->stop }

1;

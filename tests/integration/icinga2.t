#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Icinga 2 with the definitions of contrib/: every state of every plugin comes
# back through its API, and every option can be set by its variable.

use strict;
use warnings;

use FindBin ();
use JSON::PP ();
use MPCIT;
use MPCIT::Icinga;
use MPCIT::Scene;

use constant {
	PLUGINS => [ qw(check_cert_expiry check_ocsp check_autossl_queue) ],
};

need MPCIT::Icinga::PROGRAM, MPCIT::Icinga::ITL, '/usr/bin/curl',
    '/usr/bin/python3', MPCIT::Scene::tools();

my $contrib = "$FindBin::Bin/../../contrib";
my $scene = MPCIT::Scene->new(MPCIT::Icinga::USER);
my $node = MPCIT::Icinga->new(name => 'lab');

sub quoted
{
	my ($value) = @_;

	return '[ ' . join(', ', map { quoted($_) } @$value) . ' ]'
	    if ref $value eq 'ARRAY';
	return $value =~ /^(?:true|false|null)$/ ? $value :
	    '"' . $value =~ s/(["\\])/\\$1/gr . '"';
}

# An option's variable.
sub variable
{
	my ($plugin, $option) = @_;

	return ($plugin =~ s/^check_//r) . '_' . $option =~ tr/-/_/r;
}

# A service of the host "lab": its variables by name.
sub service
{
	my ($name, $command, %vars) = @_;

	return qq(object Service "$name" {\n\thost_name = "lab"\n) .
	    qq(\tcheck_command = "$command"\n\tmax_check_attempts = 1\n) .
	    join('', map { "\tvars.$_ = " . quoted($vars{$_}) . "\n" }
	    sort keys %vars) . "}\n";
}

# --- what is asked -------------------------------------------------------------

my @cases = $scene->cases;
my @objects;
for my $case (@cases) {
	my %options = %{ $case->{options} };
	push @objects, service($case->{name}, $case->{plugin} =~ s/^check_//r,
	    map { variable($case->{plugin}, $_) => /^no-/ ? 'true' :
	    $options{$_} } keys %options);
}

# One service for each option, beside what its plugin needs.
my %sample = (
	threshold => '20d', duration => '1h', instant => '2026-11-20T12:00:00Z',
	state => 'warning', timeout => '7s', integer => '7', count => '2',
	flag => 'true', string => 'x y', choice => undef,
);
my %special = (hostname => 'localhost', address => '127.0.0.1',
    port => '1', proxy => 'http://127.0.0.1:1');
my %base = (
	check_cert_expiry => { cert_expiry_file => '/dev/null' },
	check_ocsp => { ocsp_file => '/dev/null' },
	check_autossl_queue => { autossl_queue_whm => 'localhost:1' },
);
my @asked;

sub value_of
{
	my ($option) = @_;

	my $value = $special{ $option->{name} } //
	    ($option->{choices} ? $option->{choices}[1] : undef) //
	    $sample{ $option->{type} };
	return $option->{repeat} && !$option->{value_optional} ?
	    [ $value, "$value 2" ] : $value;
}

sub expected_of
{
	my ($option, $value) = @_;

	my $key = "--$option->{name}";
	return ($key) if $option->{type} eq 'flag';
	return ("$key=$value") if $option->{type} eq 'count' ||
	    $option->{value_optional};
	return map { ($key, $_) } ref $value ? @$value : $value;
}

for my $plugin (@{ +PLUGINS }) {
	my $table = json_of(client_output(plugin($plugin),
	    '--integration=json')->{out});
	for my $option (grep { $_->{integration} && !$_->{secret} }
	    @{ $table->{options} }) {
		my $value = value_of($option);
		my $name = "$plugin-option-$option->{name}";
		push @asked, { name => $name, argv =>
		    [ expected_of($option, $value) ] };
		push @objects, service($name, $plugin =~ s/^check_//r,
		    %{ $base{$plugin} },
		    variable($plugin, $option->{name}) => $value);
	}
}
push @objects, service('target-one', 'cert_expiry',
    cert_expiry_target => 'localhost:1'),
    service('target-two', 'ocsp',
    ocsp_target => [ 'localhost:1', 'localhost:2' ]),
    service('crowd', 'cert_expiry', cert_expiry_targets => $scene->crowd,
    cert_expiry_no_trust => 'true', cert_expiry_perfdata => 'all'),
    service('null', 'cert_expiry', cert_expiry_port => 'null',
    cert_expiry_file => '/dev/null');

# What is in the environment: the same commands, with another program.
my $show = write_file(tmpdir() . '/show', <<'END', 0755);
#!/bin/sh
echo "all=$all_proxy http=$http_proxy https=$https_proxy token=$CPANEL_API_TOKEN"
END
my $token = 'TOKEN/with "quotes"';
push @objects, map { qq(object CheckCommand "show_$_" {\n) .
    qq(\timport "$_"\n\tcommand = [ "$show" ]\n}\n) }
    qw(cert_expiry autossl_queue);
push @objects, service('env-proxy', 'show_cert_expiry',
    cert_expiry_proxy => 'http://u:p@127.0.0.1:1'),
    service('env-token', 'show_autossl_queue',
    autossl_queue_token => $token),
    service('env-none', 'show_cert_expiry');

# --- the configuration as it is installed -----------------------------------------

for my $plugin (@{ +PLUGINS }) {
	my $name = $plugin =~ s/^check_//r;
	$node->config("conf.d/$name.conf",
	    read_file("$contrib/icinga2/$name.conf"));
}
$node->config("conf.d/$_.conf",
    read_file("$contrib/icinga2/examples/$_.conf"))
    for qw(services passive);
my $alone = $node->validate;
is($alone->{rc}, 0, 'Icinga 2 takes what contrib/icinga2 has') or
    diag($alone->{out});
is(join("\n", grep { !/does not match anywhere/ }
    $alone->{out} =~ /^.*warning\/.*$/mg), '', 'without a warning');

my $pki = $scene->{pki};
$node->config('conf.d/lab.conf', <<"END" . join '', @objects);
object Host "lab" {
	check_command = "dummy"
	address = "127.0.0.1"
}
object Host "www.scene.test" {
	check_command = "dummy"
	address = "127.0.0.1"
	vars.certificates["https"] = {
		cert_expiry_port = "$scene->{port}"
		cert_expiry_ca_file = "$pki/root.pem"
	}
	vars.certificates["file"] = {
		cert_expiry_file = "$pki/near.pem"
		cert_expiry_no_trust = true
	}
	vars.revocation["https"] = {
		ocsp_port = "$scene->{port}"
		ocsp_ca_file = "$pki/root.pem"
	}
	vars.autossl["server"] = {
		autossl_queue_whm = "@{[ 'localhost:' . $scene->host->whm_port ]}"
	}
}
object Host "bulk" {
	import "certificates-host"
	vars.certificate_labels = [ @{[ join ', ', map { qq("site-$_") }
	    1 .. 490 ]} ]
}
END
my $whole = $node->validate;
is($whole->{rc}, 0, 'Icinga 2 takes it with hosts and services') or
    diag($whole->{out});

# --- a node at work -------------------------------------------------------------

$node->start(env => { http_proxy => 'http://127.0.0.1:2',
    no_proxy => '127.0.0.1,localhost' });
$node->check_now('host.name != "bulk"');
my $found = $node->results('host.name != "bulk"');
my %plain = map { my $name = s/^lab!//r; $name => $found->{$_} }
    keys %$found;

for my $case (@cases) {
	my $got = $plain{ $case->{name} };
	my $last = $got->{last_check_result};
	is("$got->{state} $last->{exit_status}", "$case->{state} $case->{state}",
	    "$case->{name}: state") or diag($last->{output});
	like($last->{output}, qr/\A[A-Z_]+ $case->{status} - [^|]+\z/,
	    "$case->{name}: output");
	my @labels = map { s/=.*//sr } @{ $last->{performance_data} };
	my @odd = grep { !/^[\w.-]+=-?[\d.]+(?:s|%|B|c)?(?:;[^;]*){0,4}$/ }
	    @{ $last->{performance_data} };
	ok(@labels > 0 && !@odd && (!defined $case->{metric} ||
	    grep { $_ eq $case->{metric} } @labels),
	    "$case->{name}: performance data") or diag("@labels; @odd");
}

# Does LIST appear in ARGV, in one piece?
sub appears
{
	my ($argv, @list) = @_;

	return "\0@{[ join qq(\0), @$argv ]}\0" =~
	    /\0\Q@{[ join qq(\0), @list ]}\E\0/;
}

for my $ask (@asked) {
	my $last = $plain{ $ask->{name} }{last_check_result};
	my @argv = @{ $last->{command} // [] };
	ok(appears(\@argv, @{ $ask->{argv} }) &&
	    $last->{output} !~ /unknown option/,
	    "$ask->{name}: @{ $ask->{argv} }") or
	    diag("@argv\n$last->{output}");
}
is(scalar(grep { $_->{name} =~ /-option-/ } @asked), scalar(@asked),
    scalar(@asked) . ' options have a variable');
my @one = @{ $plain{'target-one'}{last_check_result}{command} };
is($one[-1], 'localhost:1', 'one target');
my @two = @{ $plain{'target-two'}{last_check_result}{command} };
is("@two[-2, -1]", 'localhost:1 localhost:2', 'an array of targets');
like($plain{null}{last_check_result}{output},
    qr{^CERT_EXPIRY \w+ - /dev/null}, 'a variable that is null is unset');

my $crowd = $plain{crowd}{last_check_result};
cmp_ok(scalar @{ $crowd->{performance_data} }, '>', 700, 'crowd: metrics');
like($crowd->{output}, qr/^\.\.\. \d+ more$/m,
    'crowd: the output, to its last line');

my %env = map { $_ => $plain{"env-$_"}{last_check_result} }
    qw(proxy token none);
like($env{proxy}{output}, qr{^all=(http://u:p\@127\.0\.0\.1:1) http=\g1 https=\g1 },
    'a proxy goes by the environment');
unlike("@{ $env{proxy}{command} }", qr{u:p}, 'not by the command line');
like($env{token}{output}, qr/token=\Q$token\E$/,
    'a token goes by the environment');
unlike("@{ $env{token}{command} }", qr{TOKEN}, 'nor does it');
is($env{none}{output}, 'all= http=http://127.0.0.1:2 https= token=',
    "the daemon's own environment stays");

my %by_host = map { $_ => $found->{"www.scene.test!$_"} }
    qw(certificate-https certificate-file revocation-https autossl-server);
is(join(' ', map { "$_=$by_host{$_}{state}" } sort keys %by_host),
    'autossl-server=3 certificate-file=1 certificate-https=0 ' .
    'revocation-https=1', 'the services of a host') or
    diag(map { "$_->{last_check_result}{output}\n" } values %by_host);

# --- one run, many results --------------------------------------------------------

{
	my $dir = tmpdir();
	write_file("$dir/targets", join '', map {
	    "127.0.0.1:$scene->{port} label=site-$_ name=" .
	    ($_ % 50 ? 'www' : 'other') . ".scene.test\n" } 1 .. 500);
	my $secret = write_file("$dir/credentials",
	    'lab:' . MPCIT::Icinga::SECRET . "\n", 0600);
	my $run = run_plugin('--targets', "$dir/targets", '--ca-file',
	    "$pki/root.pem", '-o', 'json');
	write_file("$dir/json", $run->{out});
	my @send = ("$contrib/passive/send-results", '--icinga', $node->url,
	    '--ca-file', $node->ca_file, '--host', 'bulk');
	my @name = ('--server-name', 'lab');
	my $sent = client_output(@send, @name, '--credentials', $secret,
	    "$dir/json");
	is($sent->{rc}, 1, 'services that are not there are an error');
	like($sent->{err}, qr/10 of 500 not taken/, 'which is said');
	$sent = client_output(@send, @name, '--credentials', $secret,
	    '--create', 'certificate-passive', '--ttl', 7200, "$dir/json");
	is("$sent->{rc}: $sent->{err}", '0: ', '500 results are sent');

	my $all = $node->results('host.name == "bulk"', 500);
	my @bulk = keys %$all;
	is(scalar(@bulk), 500, '500 services');
	my %states;
	$states{ $all->{$_}{state} }++ for @bulk;
	is_deeply(\%states, { 0 => 490, 2 => 10 }, 'with the states of each');
	my $last = $all->{'bulk!site-50'}{last_check_result};
	like($last->{output}, qr/\ACERT_EXPIRY CRITICAL - .*scene\.test/,
	    'and its text') or diag($last->{output});
	ok((grep { /^days=\d/ } @{ $last->{performance_data} }) &&
	    !$last->{active}, 'and its metrics, passively');

	$sent = client_output(@send, '--credentials', $secret, "$dir/json");
	is($sent->{rc}, 2, 'a certificate of another name is not trusted');
	write_file("$dir/wrong", "lab:wrong\n", 0600);
	$sent = client_output(@send, @name, '--credentials', "$dir/wrong",
	    "$dir/json");
	like("$sent->{rc} $sent->{err}", qr/^2 .*401/, 'a wrong password');
	chmod 0644, $secret;
	$sent = client_output(@send, @name, '--credentials', $secret,
	    "$dir/json");
	like("$sent->{rc} $sent->{err}", qr/^2 .*others may read/,
	    'a password for everyone');
}

$node->stop;
done_testing;

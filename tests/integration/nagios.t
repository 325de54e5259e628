#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Nagios 4 with the commands of contrib/nagios: every state of every plugin is
# in status.dat, and what one run over many targets found arrives by the
# command pipe.

use strict;
use warnings;

use FindBin ();
use MPCIT;
use MPCIT::Nagios;
use MPCIT::Scene;

need MPCIT::Nagios::PROGRAM, '/usr/bin/python3', MPCIT::Scene::tools();

my $contrib = "$FindBin::Bin/../../contrib";
my $scene = MPCIT::Scene->new(MPCIT::Nagios::USER);
my $pki = $scene->{pki};
my @cases = $scene->cases;

sub service
{
	my ($host, $name, $template, $command) = @_;

	return "define service {\n\tuse\t$template\n\thost_name\t$host\n" .
	    "\tservice_description\t$name\n" .
	    (defined $command ? "\tcheck_command\t$command\n" : '') . "}\n";
}

# The options, each in quotes, as one argument of a command.
sub options_of
{
	my ($case) = @_;

	my %options = %{ $case->{options} };
	return join ' ', map { /^no-/ ? "--$_" : "--$_='$options{$_}'" }
	    sort keys %options;
}

my @services = map { service('lab', $_->{name},
    "$_->{plugin},generic-service",
    "$_->{plugin}_options!" . options_of($_)) } @cases;

# The commands by their arguments, which may hold anything.
my $odd = "$pki/a b;c\$(touch x)&\"d\".pem";
write_file($odd, read_file("$pki/near.pem"));
my $quoted = $odd =~ s/\$/\$\$/gr =~ s/([!;])/\\$1/gr;
my $whm = 'localhost:' . $scene->host->whm_port;
my ($asked) = grep { $_->{name} eq 'autossl_queue-ok' } @cases;
push @services,
    service('www.scene.test', 'host', 'check_cert_expiry,generic-service',
    "check_cert_expiry!$scene->{port}"),
    service('lab', 'target', 'check_cert_expiry,generic-service',
    "check_cert_expiry_target!localhost:$scene->{port}!1d!1h"),
    service('lab', 'odd-file', 'check_cert_expiry,generic-service',
    "check_cert_expiry_file!$quoted!20d!10d"),
    service('lab', 'starttls', 'check_cert_expiry,generic-service',
    "check_cert_expiry_starttls!smtp!" . MPC::Test::closed_port()),
    service('lab', 'whm', 'check_autossl_queue,generic-service',
    "check_autossl_queue_whm!$whm!$asked->{options}{'token-file'}"),
    service('lab', 'crowd', 'check_cert_expiry,generic-service',
    "check_cert_expiry_options!--targets='@{[ $scene->crowd ]}' " .
    '--no-trust --perfdata=all'),
    service('lab', 'local', 'check_autossl_queue,generic-service',
    'check_autossl_queue_local'),
    (map { service('certificates', "site-$_", 'certificate-passive') }
    1 .. 500);
my $hosts = join '', map { "define host {\n\tuse\tgeneric-host\n" .
    "\thost_name\t$_\n\taddress\t127.0.0.1\n}\n" }
    qw(lab www.scene.test);

my @commands = map { read_file("$contrib/nagios/$_.cfg") }
    qw(cert_expiry ocsp autossl_queue);
my $passive = read_file("$contrib/nagios/passive.cfg.example");
my $nagios = MPCIT::Nagios->new(@commands, $passive, $hosts,
    join '', @services);
my $run = $nagios->verify;
is($run->{rc}, 0, 'Nagios takes it') or diag($run->{out});
like($run->{out}, qr/^Total Warnings:\s+0$/m, 'without a warning') or
    diag($run->{out});

# The examples, with the hosts they speak of.
{
	my $examples = read_file("$contrib/nagios/services.cfg.example");
	my %host = map { $_ => 1 } $examples =~ /^\thost_name\s+(\S+)/mg;
	my $sample = MPCIT::Nagios->new(@commands, $examples,
	    read_file("$contrib/nagios/passive.cfg.example"),
	    "define command {\n\tcommand_name\tcheck_nrpe\n" .
	    "\tcommand_line\t/bin/true \$ARG1\$\n}\n",
	    map { "define host {\n\tuse\tgeneric-host\n\thost_name\t$_\n" .
	    "\taddress\t127.0.0.1\n}\n" } keys %host);
	my $verify = $sample->verify;
	is($verify->{rc}, 0, 'Nagios takes the examples') or
	    diag($verify->{out});
}

$nagios->start;
my $found = $nagios->results(sub {
	my ($all) = @_;
	return !grep { !/^site-/ && !$all->{$_}{has_been_checked} }
	    keys %$all;
});
for my $case (@cases) {
	my $got = $found->{ $case->{name} };
	is($got->{current_state}, $case->{state}, "$case->{name}: state") or
	    diag($got->{plugin_output});
	like($got->{plugin_output}, qr/^[A-Z_]+ $case->{status} - [^|]+$/,
	    "$case->{name}: output");
	my $metric = $case->{metric} // '';
	like($got->{performance_data}, qr/(?:^| )$metric[^= ]*=-?\d/,
	    "$case->{name}: performance data");
}
my %want = (
	host => [ 2, qr/path\.|untrusted|trust/ ],
	target => [ 2, qr/localhost/ ],
	'odd-file' => [ 2, qr/a b.c\$\(touch x\)&"d"/ ],
	starttls => [ 2, qr/smtp/ ],
	whm => [ 3, qr/certificate|verif|trust/i ],
	local => [ 3, qr/whmapi1|uapi/ ],
);
for my $name (sort keys %want) {
	my ($state, $says) = @{ $want{$name} };
	my $got = $found->{$name};
	ok($got->{current_state} == $state &&
	    "$got->{plugin_output} $got->{long_plugin_output}" =~ $says,
	    "$name: as a command") or
	    diag("$got->{current_state} $got->{plugin_output}");
}

my $crowd = $found->{crowd};
like($crowd->{performance_data}, qr/^targets=3000;.{49000}/, 'crowd: metrics');
like($crowd->{long_plugin_output}, qr/\.\.\. \d+ more(?:\\n)?$/,
    'crowd: the output, to its last line');

# --- one run, many results ------------------------------------------------------

{
	my $dir = tmpdir();
	write_file("$dir/targets", join '', map {
	    "127.0.0.1:$scene->{port} label=site-$_ name=" .
	    ($_ % 50 ? 'www' : 'other') . ".scene.test\n" } 1 .. 500);
	my $json = run_plugin('--targets', "$dir/targets", '--ca-file',
	    "$pki/root.pem", '-o', 'json');
	write_file("$dir/json", $json->{out});
	my $send = "$contrib/passive/send-results";
	my $sent = client_output($send, '--nagios', $nagios->pipe,
	    "$dir/json");
	is("$sent->{rc}: $sent->{err}", '0: ', '500 results are sent');
	my $all = $nagios->results(sub {
		my ($now) = @_;
		return !grep { /^site-/ && !$now->{$_}{has_been_checked} }
		    keys %$now;
	});
	my %states;
	$states{ $all->{$_}{current_state} }++
	    for grep { /^site-/ && $all->{$_}{has_been_checked} } keys %$all;
	is_deeply(\%states, { 0 => 490, 2 => 10 }, 'all arrive');
	my $one = $all->{'site-50'};
	like($one->{plugin_output}, qr/^CERT_EXPIRY CRITICAL - /, 'text');
	like($one->{performance_data}, qr/^days=\d/, 'metrics');
	like($one->{long_plugin_output}, qr/^\[CRITICAL\] .*\(identity\.|^\[CRITICAL\]/,
	    'findings');

	# What is too long for the pipe is cut, and said to be.
	my $doc = json_of($json->{out});
	my ($target) = @{ $doc->{targets} };
	$target->{label} = 'site-1';
	$target->{findings} = [ map { { id => "x$_", subject => 'leaf',
	    state => 2, status => 'CRITICAL', text => 'y' x 100 } }
	    1 .. 200 ];
	$doc->{targets} = [ $target ];
	write_file("$dir/long", JSON::PP->new->utf8->encode($doc));
	$sent = client_output($send, '--nagios', $nagios->pipe, "$dir/long");
	is("$sent->{rc}: $sent->{err}", '0: ', 'a long one is sent');
	$all = $nagios->results(sub {
	    $_[0]{'site-1'}{long_plugin_output} =~ /more$/ });
	like($all->{'site-1'}{long_plugin_output}, qr/\.\.\. \d+ more$/,
	    'and cut where a line ends');
	$nagios->stop;
	$sent = client_output('timeout', '20', $send, '--nagios',
	    $nagios->pipe, "$dir/json");
	is($sent->{rc}, 2, 'nobody reads: an error, no waiting') or
	    diag($sent->{err});
}

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# NRPE as Debian builds it (no arguments over the network): every state of
# every plugin comes through check_nrpe, and the shipped commands are taken.
# Then Monitoring Plugins' own: negate and urlize around the plugins, and
# --extra-opts from the file that theirs read.

use strict;
use warnings;

use FindBin ();
use MPCIT;
use MPCIT::Scene;

use constant {
	NRPE => '/usr/sbin/nrpe',
	FOLDER => '/usr/lib/nagios/plugins',
	USER => 'nagios',
};

need NRPE, map({ FOLDER . "/$_" } qw(check_nrpe negate urlize check_tcp)),
    MPCIT::Scene::tools();

my $contrib = "$FindBin::Bin/../../contrib/nrpe";
my $plugins = plugin() =~ s{/[^/]*$}{}r;
my $scene = MPCIT::Scene->new(USER);
my @cases = $scene->cases;

sub arguments
{
	my ($case) = @_;

	my %options = %{ $case->{options} };
	return map { /^no-/ ? "--$_" : "--$_=$options{$_}" }
	    sort keys %options;
}

# --- NRPE -----------------------------------------------------------------------

my $dir = tmpdir();
my $port = free_port();
my @shipped;
my $commands = '';
for my $name (qw(cert_expiry ocsp autossl_queue)) {
	my $text = read_file("$contrib/$name.cfg");
	$text =~ s{\Q@{[ FOLDER ]}\E/}{$plugins/}g;
	$text =~ s{^#.*\n}{}mg;
	push @shipped, $text =~ /^command\[(\w+)\]=/mg;
	$commands .= $text;
}
is(scalar(@shipped), 10, 'commands are shipped');
$commands .= "command[$_->{name}]=$plugins/$_->{plugin} " .
    join(' ', map { "'$_'" } arguments($_)) . "\n" for @cases;
my @crowd = ('--targets', $scene->crowd, '--no-trust', '--perfdata=all');
$commands .= "command[crowd]=$plugins/check_cert_expiry @crowd\n";
my $file = write_file("$dir/nrpe.cfg", <<"END" . $commands);
pid_file=$dir/nrpe.pid
server_port=$port
server_address=127.0.0.1
nrpe_user=@{[ USER ]}
nrpe_group=@{[ USER ]}
allowed_hosts=127.0.0.1
dont_blame_nrpe=0
command_timeout=20
disable_syslog=1
log_file=$dir/nrpe.log
END
run_tool('chown', '-R', USER, $dir) if $> == 0;
my $nrpe = MPCIT::Server->start(name => 'nrpe',
    cmd => [ NRPE, '-c', $file, '-f' ], ports => [ $port ],
    env => { HOME => $dir });

sub remote
{
	my ($command) = @_;

	return client_output(FOLDER . '/check_nrpe', '-H', '127.0.0.1', '-p',
	    $port, '-t', '15', '-c', $command);
}

for my $case (@cases) {
	my $run = remote($case->{name});
	is($run->{rc}, $case->{state}, "$case->{name}: state") or
	    diag($run->{out});
	my $metric = $case->{metric} // '';
	like($run->{out}, qr/\A[A-Z_]+ $case->{status} - [^|]+ \| (?:[^|]* )?$metric[^=|]*=-?\d/,
	    "$case->{name}: output and performance data");
}
for my $name (@shipped) {
	my $run = remote($name);
	like($run->{out}, $name =~ /^check_autossl_queue_local$/ ? qr/./ :
	    qr/^[A-Z_]+ (?:OK|WARNING|CRITICAL|UNKNOWN) - /, "$name is run");
	unlike($run->{out}, qr/unknown option|not defined/, "$name is taken");
}

# The longest output there is goes through in one piece.
{
	my $direct = run_plugin(@crowd);
	my $run = remote('crowd');
	is($run->{rc}, 1, 'crowd: state');
	cmp_ok(length $run->{out}, '>', 59_000, 'crowd: it is long');
	is($run->{out} =~ s/ time=[^ ]*//r, $direct->{out} =~
	    s/ time=[^ ]*//r, 'crowd: and whole');
	like($run->{out}, qr/^\.\.\. \d+ more$/m, 'crowd: to its last line');
}

# --- negate, urlize -------------------------------------------------------------

for my $case (@cases) {
	my @args = ("$plugins/$case->{plugin}", arguments($case));
	my $run = client_output(as_user(USER), FOLDER . '/urlize',
	    'https://wiki.example.com/tls', @args);
	is($run->{rc}, $case->{state}, "$case->{name}: urlize keeps the state");
	like($run->{out}, qr{^<A href="https://wiki.example.com/tls"[^>]*>[A-Z_]+ $case->{status} - .* \|},
	    "$case->{name}: urlize keeps the text");
	my %to = (0 => 2, 1 => 1, 2 => 0, 3 => 3);
	$run = client_output(as_user(USER), FOLDER . '/negate', '-s', @args);
	is($run->{rc}, $to{ $case->{state} }, "$case->{name}: negate");
	my $word = (qw(OK WARNING CRITICAL UNKNOWN))[$to{ $case->{state} }];
	like($run->{out}, qr/^[A-Z_]+ $word - /,
	    "$case->{name}: negate says so");
}

# --- one file of options for theirs and ours --------------------------------------

my $ini = "$dir/monitoring-plugins.ini";
my %by = map { $_->{name} => $_ } @cases;
write_file($ini, "# for all plugins\n[check_tcp]\nport = $scene->{port}\n" .
    "hostname=127.0.0.1\n" . join '', map {
	my %options = %{ $_->{options} };
	"[$_->{plugin}]\n" . join '', map { /^no-/ ? "$_=\n" :
	    "$_ = $options{$_}\n" } sort keys %options;
    } @by{qw(cert_expiry-warning ocsp-critical autossl_queue-ok)});
chown((getpwnam USER)[2, 3], $ini) if $> == 0;
for my $case ({ plugin => 'check_tcp', folder => FOLDER, state => 0 },
    @by{qw(cert_expiry-warning ocsp-critical autossl_queue-ok)}) {
	my $path = ($case->{folder} // $plugins) . "/$case->{plugin}";
	my $run = client_output(as_user(USER), $path,
	    "--extra-opts=\@$ini");
	is($run->{rc}, $case->{state}, "$case->{plugin} --extra-opts=\@FILE")
	    or diag($run->{out});
	$run = client_output(as_user(USER), $path,
	    "--extra-opts=$case->{plugin}\@$ini");
	is($run->{rc}, $case->{state},
	    "$case->{plugin} --extra-opts=SECTION\@FILE") or
	    diag($run->{out});
	$run = client_output(as_user(USER), '/usr/bin/env',
	    "NAGIOS_CONFIG_PATH=$dir", $path, '--extra-opts');
	is($run->{rc}, $case->{state},
	    "$case->{plugin} --extra-opts, the file is found") or
	    diag($run->{out});
	$run = client_output(as_user(USER), $path,
	    "--extra-opts=nowhere\@$ini");
	is($run->{rc}, 3, "$case->{plugin}: no such section");
}

done_testing;

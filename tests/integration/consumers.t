#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# What the plugin prints, read by those who have to read it: performance data
# by Icinga 2's own parser, the Prometheus text by promtool, JSON by jq, and
# the generated CheckCommand by Icinga 2's configuration compiler.

use strict;
use warnings;

use FindBin ();
use MPCIT;
use MPCIT::Nginx;

use constant {
	ICINGA => '/usr/sbin/icinga2',
	PROMTOOL => '/usr/bin/promtool',
	JQ => '/usr/bin/jq',
};

need MPCIT::Nginx::PROGRAM, ICINGA, PROMTOOL, JQ;

my $dir = tmpdir();
my $pki = MPCIT::PKI->standard(tmpdir());
my $root = $pki->path('root.pem');
my $evil = 'a|b=1;2 "c" \'d\' <e>{f} %n ' . "\xe2\x80\xae" . 'g\\h';
$pki->leaf('evil', issuer => 'int', cn => $evil,
    san => [ 'DNS:srv.lab.test', 'DNS:x|y=3;4;5.lab.test' ]);
my @kinds = qw(good near expired rogue evil);
my %port = map { $_ => free_port() } @kinds;
my $closed = free_port();
MPCIT::Nginx->start($pki,
    map { { port => $port{$_}, cert => $_ } } @kinds);

my @trust = ('--ca-file', $root);
my @all = map { "localhost:$port{$_}" } qw(good near expired rogue);
my @cases = (
	(map { [ $_, @{ args_for('srv.lab.test', $port{$_}, $root) } ] }
	    @kinds),
	[ 'evil, the wrong name', @{ args_for('other.test', $port{evil},
	    $root) } ],
	[ 'all the metrics', @{ args_for('srv.lab.test', $port{good},
	    $root) }, '--perfdata=all' ],
	[ 'nobody there', "localhost:$closed" ],
	[ 'several targets', @all, "localhost:$closed", @trust ],
	[ 'several targets, a metric for each', @all,
	    "localhost:$closed", "[::1]:$closed", '--perfdata=all', @trust ],
	[ 'thresholds of every kind', @{ args_for('srv.lab.test',
	    $port{good}, $root) }, '-w', '30d,25%', '-c', '1w,10%' ],
	[ 'ranges', @{ args_for('srv.lab.test', $port{good}, $root) }, '-w',
	    '@0:30', '-c', '10:' ],
	[ 'at another time', @{ args_for('srv.lab.test', $port{good},
	    $root) }, '--at=2049-12-31T23:59:59Z' ],
	[ 'files', '-f', $pki->path('good.chain'), '-f',
	    $pki->path('evil.pem'), '--no-trust' ],
	[ 'a usage error', '--no-such-option' ],
);

# The tokens of the performance data.
sub perfdata
{
	my ($out) = @_;

	my ($line) = split /\n/, $out;
	my (undef, $perf) = split / \| /, $line, 2;
	return split ' ', $perf // '';
}

# What Icinga 2 makes of one of them, or undef.
sub icinga_metric
{
	my ($token) = @_;

	my $run = client_output(ICINGA, 'console', '-e',
	    qq{parse_performance_data("$token")});
	return json_of($run->{out});
}

sub icinga_agrees
{
	my ($token) = @_;

	my $seen = icinga_metric($token) or return 0;
	my ($label, $value, $unit) =
	    $token =~ /^([A-Za-z0-9_.-]+)=(-?[0-9.]+)([^;]*)/ or return 0;
	return 0 if $seen->{label} ne $label;
	return abs($seen->{value} - $value) < 1e-6 && $unit =~ /^(|s|%|B|c)$/;
}

my $schema = "$FindBin::Bin/../../contrib/check-output.schema.json";
my @validate = (JQ, '-r', '--slurpfile', 'schema', $schema, '-f',
    "$FindBin::Bin/lib/schema.jq");

# What check_ocsp has to say, of a list and of nobody.
run_tool('openssl', 'ca', '-config', $pki->path('ca.cnf'), '-cert',
    $pki->path('int.pem'), '-keyfile', $pki->path('int.key'), '-gencrl',
    '-crldays', '7', '-out', "$dir/int.crl");
my @revocation = map { [ "check_ocsp, $_->[0]", 'check_ocsp', @{ $_->[1] } ] }
    [ 'a list', [ @{ args_for('srv.lab.test', $port{good}, $root) },
	'--leaf-only', "--crl=$dir/int.crl", '--offline' ] ],
    [ 'nothing known', [ @{ args_for('srv.lab.test', $port{good}, $root) },
	'--offline' ] ],
    [ 'several targets', [ @all, "localhost:$closed", @trust, '--leaf-only',
	"--crl=$dir/int.crl", '--offline', '--perfdata=all' ] ],
    [ 'hostile names', [ @{ args_for('srv.lab.test', $port{evil}, $root) },
	"--crl=$dir/int.crl", '--offline' ] ];

my %seen;
for my $case (@revocation, @cases) {
	my ($what, @args) = @$case;

	local $MPCIT::subject = $args[0] eq 'check_ocsp' ? shift @args :
	    $MPCIT::subject;
	my $text = run_plugin(@args);
	like($text->{out}, qr/\A(?:CERT_EXPIRY|OCSP) [A-Z]+ - [^|]+(?:\| [^|]+)?\z/,
	    "$what: one bar");
	my @tokens = grep { !$seen{$_}++ } perfdata($text->{out});
	my @bad = grep { !icinga_agrees($_) } @tokens;
	ok(!@bad, "$what: Icinga 2 reads every metric") or diag("@bad");

	my $prom = run_plugin(@args, '-o', 'openmetrics');
	is($prom->{rc}, $text->{rc}, "$what: openmetrics, same state");
	my $file = write_file("$dir/metrics", $prom->{out});
	my $tool = client_output('sh', '-c', PROMTOOL .
	    " check metrics < '$file'");
	ok($tool->{rc} == 0 && $tool->{out} . $tool->{err} eq '',
	    "$what: promtool has nothing to say") or
	    diag("$tool->{out}$tool->{err}$prom->{out}");

	my $json = run_plugin(@args, '-o', 'json');
	is($json->{rc}, $text->{rc}, "$what: json, same state");
	$file = write_file("$dir/json", $json->{out});
	my $jq = client_output(@validate, $file);
	is("$jq->{rc}: $jq->{out}$jq->{err}", '0: ',
	    "$what: jq finds it to be as the schema says") or
	    diag($json->{out});
}
my $broken = client_output(@validate,
    write_file("$dir/broken", '{"plugin":"x","targets":[{"state":"0"}]}'));
like($broken->{out}, qr/^\.targets\[0\]\.state: string instead of integer$/m,
    'and jq would see what is not');
ok(scalar(keys %seen) > 20, 'metrics were there to read');

# The generated commands are such that Icinga 2 takes them, together.
{
	my @commands = map { client_output(plugin($_),
	    '--integration=icinga2')->{out} } qw(check_cert_expiry check_ocsp);
	my @ours = ($< == 0 && !getpwnam 'nagios') || $< != 0 ?
	    ('-D', "RunAsUser=" . getpwuid($<),
	    '-D', "RunAsGroup=" . getgrgid((split ' ', $()[0])) : ();
	my $conf = write_file("$dir/icinga2.conf", <<"END");
const PluginDir = "$dir"
const PluginContribDir = "$dir"
const NodeName = "lab"
const ZoneName = "lab"
include <itl>
include <plugins>
object Endpoint NodeName { }
object Zone ZoneName { endpoints = [ NodeName ] }
@commands
object Host "srv" {
	check_command = "cert_expiry"
	address = "127.0.0.1"
}
object Service "revoked" {
	host_name = "srv"
	check_command = "ocsp"
	vars.ocsp_hostname = "www.lab.test"
	vars.ocsp_method = "all"
	vars.ocsp_leaf_only = true
}
END
	mkdir "$dir/$_" for qw(lib log cache spool run);
	chown((getpwnam 'nagios')[2, 3], map { "$dir/$_" }
	    qw(lib log cache spool run)) if $> == 0;
	my $run = client_output(ICINGA, 'daemon', '-C', '-c', $conf,
	    '-D', "DataDir=$dir/lib", '-D', "LogDir=$dir/log",
	    '-D', "CacheDir=$dir/cache", '-D', "SpoolDir=$dir/spool",
	    '-D', "InitRunDir=$dir/run", @ours);
	is($run->{rc}, 0, 'Icinga 2 takes the generated CheckCommands') or
	    diag($run->{out}, $run->{err});
}

done_testing;

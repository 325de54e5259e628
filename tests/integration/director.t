#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# The Icinga Director takes the baskets of contrib/director, twice without
# doubling anything, and Icinga Web's Graphite module reads our templates.

use strict;
use warnings;

use FindBin ();
use MPCIT;
use MPCIT::MariaDB;

use constant {
	ICINGACLI => '/usr/bin/icingacli',
	MODULES => '/usr/share/icingaweb2/modules',
};

need ICINGACLI, MPCIT::MariaDB->needs, '/usr/bin/php',
    map { MODULES . "/$_" } qw(director graphite incubator);

my $contrib = "$FindBin::Bin/../../contrib";
my $dir = tmpdir();

# --- a database -------------------------------------------------------------------

my $db = MPCIT::MariaDB->start;
$db->create('director', 'lab');

# --- Icinga Web's configuration -----------------------------------------------------

mkdir "$dir/$_" for qw(enabledModules modules modules/director);
symlink MODULES . "/$_", "$dir/enabledModules/$_"
    for qw(director incubator reactbundle);
write_file("$dir/config.ini", "[global]\nmodule_path = \"@{[ MODULES ]}\"\n" .
    "config_resource = \"director\"\n[logging]\nlog = \"none\"\n");
write_file("$dir/resources.ini", $db->resource('director', 'lab'));
write_file("$dir/modules/director/config.ini",
    "[db]\nresource = \"director\"\n");

sub director
{
	my ($input, @args) = @_;

	return client_output('sh', '-c', 'ICINGAWEB_CONFIGDIR="$1"; ' .
	    'export ICINGAWEB_CONFIGDIR; in=$2; shift 2; exec "$@" < "$in"',
	    'sh', $dir, $input // '/dev/null', ICINGACLI, 'director', @args);
}

my $run = director(undef, 'migration', 'run');
is($run->{rc}, 0, 'the Director is set up') or
    diag("$run->{out}$run->{err}");

sub counts
{
	return join ' ', map { "$_=" . $db->sql("SELECT COUNT(*) FROM $_",
	    'director') } qw(icinga_command icinga_command_argument
	    icinga_command_field director_datafield icinga_service);
}

my @names = qw(cert_expiry ocsp autossl_queue);
my (%file, %basket);
# Before 1.11 the Director knows of no UUIDs.
my ($major, $minor) = read_file(MODULES . '/director/module.info') =~
    /^Version: (\d+)\.(\d+)/m;
my $knows = $major > 1 || $minor >= 11;
diag("Director $major.$minor, " . ($knows ? 'with' : 'without') . ' UUIDs');
for my $name (@names) {
	$file{$name} = "$contrib/director/$name.json";
	$file{$name} = write_file("$dir/$name.json",
	    read_file($file{$name}) =~ s/^.*"uuid":.*\n//gmr) if !$knows;
	$basket{$name} = json_of(read_file($file{$name}));
	$run = director($file{$name}, 'basket', 'restore');
	is($run->{rc}, 0, "$name: taken") or diag("$run->{out}$run->{err}");
}
my $once = counts();
my ($arguments, $fields, $services) = (0, 0, 0);
for my $name (@names) {
	$arguments += keys %{ $basket{$name}{Command}{$name}{arguments} };
	$fields += keys %{ $basket{$name}{Datafield} };
	$services += keys %{ $basket{$name}{ServiceTemplate} };
}
is($once, "icinga_command=3 icinga_command_argument=$arguments " .
    "icinga_command_field=$fields director_datafield=$fields " .
    "icinga_service=$services", 'all of it is there');
for my $name (@names) {
	$run = director($file{$name}, 'basket', 'restore');
	is($run->{rc}, 0, "$name: taken again") or
	    diag("$run->{out}$run->{err}");
}
is(counts(), $once, 'nothing is doubled');

for my $name (@names) {
	$run = director(undef, 'command', 'show', $name, '--json');
	my $seen = json_of($run->{out}) // {};
	my $want = $basket{$name}{Command}{$name};
	is_deeply([ sort keys %{ $seen->{arguments} // {} } ],
	    [ sort keys %{ $want->{arguments} } ], "$name: its arguments") or
	    diag("$run->{out}$run->{err}");
	is($seen->{command}, $want->{command}, "$name: its command");
}
$run = director(undef, 'service', 'show', 'tpl-service-cert_expiry-host',
    '--json', '--resolved');
my $template = json_of($run->{out}) // {};
is($template->{check_command}, 'cert_expiry', 'a template with its command')
    or diag("$run->{out}$run->{err}");
is($template->{vars}{cert_expiry_hostname}, '$host.name$',
    'and the host as its default');

# --- Graphite's templates ---------------------------------------------------------

my $loader = write_file("$dir/load.php", <<'END');
<?php
error_reporting(E_ALL & ~E_DEPRECATED);
spl_autoload_register(function ($class) {
	$folders = [
	    'Icinga\\Module\\Graphite\\' =>
		'/usr/share/icingaweb2/modules/graphite/library/Graphite/',
	    'Icinga\\' => '/usr/share/php/Icinga/',
	];
	foreach ($folders as $prefix => $folder) {
		if (strpos($class, $prefix) !== 0)
			continue;
		$file = $folder . str_replace('\\', '/',
		    substr($class, strlen($prefix))) . '.php';
		if (is_file($file))
			require $file;
		return;
	}
});
$templates = new Icinga\Module\Graphite\Graphing\Templates();
$templates->loadDir($argv[1]);
foreach (array_slice($argv, 2) as $command)
	foreach ($templates->getTemplates($command) as $name => $template)
		echo "$command ", implode(' ',
		    array_keys($template->getCurves())), "\n";
END
$run = client_output('php', $loader, "$contrib/icingaweb2/graphite", @names);
my %graphs;
$graphs{$1}++ while $run->{out} =~ /^(\w+) \w/mg;
is_deeply(\%graphs, { cert_expiry => 3, ocsp => 3, autossl_queue => 2 },
    'the Graphite module has a graph for each metric') or
    diag("$run->{out}$run->{err}");
ok(defined json_of(read_file(
    "$contrib/icingaweb2/grafana/certificates-influxdb.json")),
    'the dashboard for Grafana is JSON');

done_testing;

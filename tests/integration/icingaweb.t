#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# What users of Icinga Web see: Icinga 2 writes into its database (IDO), to
# Graphite and to InfluxDB.  Icinga Web shows the services with their
# performance data, its Graphite module draws contrib's graphs of them, and what
# contrib's dashboard for Grafana asks InfluxDB for is there.

use strict;
use warnings;

use FindBin ();
use HTTP::Tiny ();
use Time::HiRes qw(sleep time);

use MPCIT;
use MPCIT::Icinga;
use MPCIT::MariaDB;
use MPCIT::Scene;

use constant {
	PYTHON => '/usr/bin/python3',	# which Debian's modules are for
	WEB => '/usr/share/icingaweb2',
	SCHEMA => '/usr/share/icinga2-ido-mysql/schema/mysql.sql',
	INFLUXD => '/usr/bin/influxd',
	CARBON => '/usr/bin/carbon-cache',
	GRAPHITE => '/usr/lib/python3/dist-packages/graphite/settings.py',
	EMPTY => '#ddccdd',		# the rest of a pie
	PATIENCE => 60,			# seconds until something is seen
};

need MPCIT::Icinga::PROGRAM, MPCIT::Icinga::ITL, MPCIT::MariaDB->needs,
    SCHEMA, INFLUXD, CARBON, GRAPHITE, WEB . '/public/index.php', '/usr/bin/php',
    PYTHON, '/usr/bin/curl',
    map({ WEB . "/modules/$_" } qw(monitoring graphite)),
    MPCIT::Scene::tools();

my $contrib = "$FindBin::Bin/../../contrib";
my $pictures = $ENV{MPCIT_PICTURES};
my $scene = MPCIT::Scene->new(MPCIT::Icinga::USER);
my @cases = $scene->cases;
my $http = HTTP::Tiny->new(timeout => 60, proxy => undef,
    http_proxy => undef);
my ($line, $pickle, $query, $render, $web, $influx, $backup) = free_ports(7);

sub get { return $http->get($_[0])->{content} }

sub wait_for
{
	my ($what, $seen, $show) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $end = time + PATIENCE;
	my $found = 0;
	sleep 0.5 until ($found = $seen->()) || time > $end;
	ok($found, $what) or diag($show ? $show->() : ());
	return $found;
}

# --- Graphite -------------------------------------------------------------------

my $store = tmpdir();
mkdir "$store/$_" for qw(conf whisper log run);
write_file("$store/conf/storage-schemas.conf",
    "[all]\npattern = .*\nretentions = 1s:1h\n");
write_file("$store/conf/carbon.conf", <<"END");
[cache]
STORAGE_DIR = $store
LOCAL_DATA_DIR = $store/whisper
CONF_DIR = $store/conf
LOG_DIR = $store/log
PID_DIR = $store/run
USER =
MAX_CREATES_PER_MINUTE = inf
MAX_UPDATES_PER_SECOND = inf
LINE_RECEIVER_INTERFACE = 127.0.0.1
LINE_RECEIVER_PORT = $line
PICKLE_RECEIVER_INTERFACE = 127.0.0.1
PICKLE_RECEIVER_PORT = $pickle
CACHE_QUERY_INTERFACE = 127.0.0.1
CACHE_QUERY_PORT = $query
ENABLE_TAGS = False
END
MPCIT::Server->start(name => 'carbon', ports => [ $line, $query ],
    cmd => [ CARBON, "--config=$store/conf/carbon.conf", '--nodaemon',
    "--pidfile=$store/run/carbon.pid", 'start' ]);
write_file("$store/lab_settings.py", <<"END");
from graphite.settings import *
SECRET_KEY = 'lab'
STORAGE_DIR = WHISPER_DIR = '$store/whisper'
STANDARD_DIRS = ['$store/whisper']
LOG_DIR = '$store/log'
INDEX_FILE = '$store/index'
CARBONLINK_HOSTS = ['127.0.0.1:$query']
TIME_ZONE = 'UTC'
DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3',
    'NAME': '$store/graphite.db'}}
END
my %django = (DJANGO_SETTINGS_MODULE => 'lab_settings',
    PYTHONPATH => $store, PYTHONWARNINGS => 'ignore');
run_tool('env', map({ "$_=$django{$_}" } sort keys %django), PYTHON,
    '-m', 'django', 'migrate', '--run-syncdb', '-v', '0');
MPCIT::Server->start(name => 'graphite-web', ports => [ $render ],
    env => \%django, cmd => [ PYTHON, '-m', 'django', 'runserver',
    '--noreload', "127.0.0.1:$render" ]);

# --- InfluxDB -------------------------------------------------------------------

my $series = tmpdir();
write_file("$series/influxdb.conf", <<"END");
reporting-disabled = true
bind-address = "127.0.0.1:$backup"
[meta]
dir = "$series/meta"
[data]
dir = "$series/data"
wal-dir = "$series/wal"
[monitor]
store-enabled = false
[http]
bind-address = "127.0.0.1:$influx"
log-enabled = false
END
MPCIT::Server->start(name => 'influxd', ports => [ $influx ],
    cmd => [ INFLUXD, 'run', '-config', "$series/influxdb.conf" ]);
$http->post_form("http://127.0.0.1:$influx/query",
    { q => 'CREATE DATABASE icinga2' });

# --- Icinga 2 -------------------------------------------------------------------

my $db = MPCIT::MariaDB->start;
$db->create('ido', 'lab');
$db->load(SCHEMA, 'ido');
my $node = MPCIT::Icinga->new(name => 'lab');
for my $name (qw(cert_expiry ocsp autossl_queue)) {
	$node->config("conf.d/$name.conf",
	    read_file("$contrib/icinga2/$name.conf"));
}

sub service
{
	my ($case) = @_;

	my $command = $case->{plugin} =~ s/^check_//r;
	my %options = %{ $case->{options} };
	return qq(object Service "$case->{name}" {\n\thost_name = "lab"\n) .
	    qq(\tcheck_command = "$command"\n\tmax_check_attempts = 1\n) .
	    join('', map { my $value = $options{$_};
	    "\tvars.${command}_" . tr/-/_/r . ' = ' .
	    (/^no-/ ? 'true' : qq("$value")) . "\n" } sort keys %options) .
	    "}\n";
}

$node->config('conf.d/lab.conf', join '', <<"END", map { service($_) } @cases);
object Host "lab" {
	check_command = "dummy"
	address = "127.0.0.1"
}
object IdoMysqlConnection "ido" {
	host = "127.0.0.1"
	port = "@{[ $db->port ]}"
	user = "ido"
	password = "lab"
	database = "ido"
}
object GraphiteWriter "graphite" {
	host = "127.0.0.1"
	port = "$line"
}
// As in features-available.
object InfluxdbWriter "influxdb" {
	host = "127.0.0.1"
	port = $influx
	database = "icinga2"
	flush_interval = 1s
	host_template = {
		measurement = "\$host.check_command\$"
		tags = { hostname = "\$host.name\$" }
	}
	service_template = {
		measurement = "\$service.check_command\$"
		tags = {
			hostname = "\$host.name\$"
			service = "\$service.name\$"
		}
	}
}
END
my $valid = $node->validate;
is($valid->{rc}, 0, 'Icinga 2 takes it') or diag($valid->{out});
$node->start;

# --- Icinga Web -----------------------------------------------------------------

my $conf = tmpdir();
mkdir "$conf/$_" for qw(enabledModules modules modules/monitoring
    modules/graphite modules/graphite/templates);
symlink WEB . "/modules/$_", "$conf/enabledModules/$_"
    for qw(monitoring graphite);
my %ini = (
	config => "[global]\nshow_stacktraces = 1\nmodule_path = \"" . WEB .
	    "/modules\"\nconfig_backend = \"ini\"\n[logging]\nlog = \"none\"\n",
	authentication => "[lab]\nbackend = \"external\"\n",
	roles => "[all]\nusers = \"lab\"\npermissions = \"*\"\n",
	resources => $db->resource('ido', 'lab'),
	'modules/monitoring/backends' =>
	    "[icinga]\ntype = \"ido\"\nresource = \"ido\"\n",
	'modules/monitoring/config' => "[security]\n",
	'modules/graphite/config' =>
	    "[graphite]\nurl = \"http://127.0.0.1:$render/\"\n",
);
write_file("$conf/$_.ini", $ini{$_}) for keys %ini;
write_file("$conf/modules/graphite/templates/certificates.ini",
    read_file("$contrib/icingaweb2/graphite/certificates.ini"));
# Who the web server says is there.
my $router = write_file("$conf/router.php", <<'END');
<?php
$_SERVER['REMOTE_USER'] = 'lab';
return require '/usr/share/icingaweb2/public/index.php';
END
MPCIT::Server->start(name => 'icingaweb', ports => [ $web ],
    env => { ICINGAWEB_CONFIGDIR => $conf, PHP_CLI_SERVER_WORKERS => 2 },
    cmd => [ '/usr/bin/php', '-d', 'date.timezone=UTC', '-S',
    "127.0.0.1:$web", '-t', WEB . '/public', $router ]);

sub page
{
	my ($path, %form) = @_;

	return get("http://127.0.0.1:$web/$path?" .
	    $http->www_form_urlencode(\%form));
}

sub detail
{
	my ($service, %more) = @_;

	return page('monitoring/service/show', host => 'lab',
	    service => $service, %more);
}

# --- services and their performance data ------------------------------------------

# What a page says, as { state, output, rows => { label => [ value, colour ] } }.
sub read_page
{
	my ($html) = @_;

	my ($state) = $html =~ /Service&#58;/ ?
	    $html =~ /.*state-label">(\w+)</s : undef;
	my ($table) = $html =~
	    m{<table class="performance-data-table.*?<tbody>(.*?)</tbody>}s;
	my %rows;
	for my $row (split m{</tr>}, $table // '') {
		my ($label, $value) = $row =~ m{
		    <td><span\ title="([^"]*)">[^<]*</span></td>\s*
		    <td><span\ title="([^"]*)">}x or next;
		my ($colour) = grep { $_ ne EMPTY } $row =~ /fill: (#\w+);/g;
		$rows{$label} = [ $value, $colour ];
	}
	return { state => $state, rows => \%rows };
}

my %page;
wait_for('Icinga Web shows what Icinga 2 found', sub {
	$node->check_now;
	sleep 2;
	%page = map { $_->{name} => detail($_->{name}) } @cases;
	return !grep { (read_page($page{$_->{name}})->{state} // '') ne
	    $_->{status} } @cases;
}, sub { join "\n", map { "$_: " . (read_page($page{$_})->{state} // '-') }
    sort keys %page });

my %colour = (OK => '#44bb77', WARNING => '#ffaa44', CRITICAL => '#ff5566');
my $found = $node->results('true', scalar @cases);
for my $case (@cases) {
	my $name = $case->{name};
	my $last = $found->{"lab!$name"}{last_check_result};
	my $seen = read_page($page{$name});
	my %said = map { /^([^=]+)=/ ? ($1 => 1) : () }
	    @{ $last->{performance_data} };
	is_deeply([ sort keys %{ $seen->{rows} } ], [ sort keys %said ],
	    "$name: every metric is shown");
	is(scalar(grep { $_->[0] !~ /^-?\d/ } values %{ $seen->{rows} }), 0,
	    "$name: with a value");
	# Nothing that is fine is painted as if it were not.
	my %odd = map { $_ => $seen->{rows}{$_}[1] } grep {
	    ($seen->{rows}{$_}[1] // $colour{OK}) ne $colour{OK} }
	    keys %{ $seen->{rows} };
	is_deeply(\%odd, {}, "$name: in green") if $case->{state} == 0;
	like($page{$name}, qr/[A-Z_]+ $case->{status} - /,
	    "$name: the plugin's text");
}
my %days = map { $_ => read_page($page{"cert_expiry-$_"})->{rows}{days} }
    qw(ok warning critical);
is($days{ok}[1], $colour{OK}, '88 days are green');
is($days{warning}[1], $colour{WARNING}, '15 days are yellow');
like("@{ $days{critical} }[0]", qr/^-2\.0/, 'expired two days ago');

# --- what Graphite got, and its graphs ----------------------------------------------

# The paths that our templates name: [ command, path below the service ].
my @named;
{
	my $command;
	for (split /\n/,
	    read_file("$contrib/icingaweb2/graphite/certificates.ini")) {
		$command = $1 if /^check_command = "(\w+)/;
		push @named, [ $command, $1 ]
		    if /= "\$service_name_template\$\.(.*)"$/;
	}
}
cmp_ok(scalar @named, '>=', 10, 'our templates name metrics');

sub stored
{
	return map { $_ => 1 } @{ json_of(get(
	    "http://127.0.0.1:$render/metrics/index.json")) // [] };
}
my %stored;
wait_for('Graphite has what our templates name', sub {
	$node->check_now;
	sleep 2;
	%stored = stored();
	return !grep { my ($command, $path) = @$_;
	    !$stored{"icinga2.lab.services.$command-ok.$command.$path"} }
	    @named;
}, sub { join "\n", sort keys %stored });

my %images;
wait_for('Icinga Web has graphs of them', sub {
	for my $command (qw(cert_expiry ocsp autossl_queue)) {
		my $html = detail("$command-ok", graphs_limit => -1);
		$images{$command} = [ map { s/&amp;/&/gr } $html =~
		    m{"/(graphite/graph/service\?[^"]*&amp;template=[^"]*)"}g ];
	}
	return !grep { !@$_ } values %images;
});
is_deeply({ map { $_ => scalar @{ $images{$_} } } keys %images },
    { cert_expiry => 3, ocsp => 3, autossl_queue => 2 },
    'a graph for each template');
for my $command (sort keys %images) {
	for my $image (@{ $images{$command} }) {
		my ($template) = $image =~ /template=([\w-]+)/;
		my $png = get("http://127.0.0.1:$web/$image");
		ok($png =~ /^\x89PNG/ && length $png > 1500,
		    $template . ': it is drawn') or diag(substr $png, 0, 300);
		write_file("$pictures/$template.png", $png) if $pictures;
	}
}
# --- what Grafana would ask for -------------------------------------------------------

sub influx
{
	my ($text) = @_;

	$text =~ s/\$(?:hostname|service)\b/.*/g;
	$text =~ s/\$timeFilter/time > now() - 1h/;
	$text =~ s/\$__interval/1m/;
	my $answer = json_of(get("http://127.0.0.1:$influx/query?" .
	    $http->www_form_urlencode({ db => 'icinga2', q => $text })));
	return $answer->{results}[0]{series};
}

my $board = json_of(read_file(
    "$contrib/icingaweb2/grafana/certificates-influxdb.json"));
for my $variable (grep { $_->{type} eq 'query' }
    @{ $board->{templating}{list} }) {
	my $got = influx($variable->{query});
	ok(scalar(grep { $_->[1] =~ /^(?:lab|cert_expiry-ok)$/ }
	    map { @{ $_->{values} } } @{ $got // [] }),
	    "the dashboard's $variable->{name}s are found");
}
my %panel;
for my $panel (@{ $board->{panels} }) {
	$panel{ $panel->{id} } = 1;
	for my $target (@{ $panel->{targets} }) {
		ok(scalar @{ influx($target->{query}) // [] },
		    "$panel->{title} $target->{refId}: there is an answer")
		    or diag($target->{query});
	}
}
my $graphs = read_file("$contrib/icingaweb2/grafana/graphs.ini");
is(join(' ', grep { !$panel{$_} } map { split /,/ }
    $graphs =~ /^panelId = "(.*)"/mg), '', 'panels of graphs.ini exist');
is(join(' ', grep { $_ ne $board->{uid} }
    $graphs =~ /^dashboarduid = "(.*)"/mg), '', 'on this dashboard');

unlike($node->log_text, qr/(?:Graphite|Influxdb)Writer.*(?:warning|critical)|
    Ignoring invalid perfdata/x, 'Icinga 2 takes every metric');

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# From the plugins to an alert: contrib's wrapper writes files, node_exporter
# reads them, Prometheus scrapes and fires contrib's rules for a certificate
# that is expired, one that is revoked and an AutoSSL that stands still; and
# stops after the renewal.  The dashboard's queries find what they ask for.

use strict;
use warnings;

use FindBin ();
use HTTP::Tiny ();
use POSIX ();
use Time::HiRes qw(sleep time);

use MPCIT;
use MPCIT::Web;

use constant {
	PROMETHEUS => '/usr/bin/prometheus',
	PROMTOOL => '/usr/bin/promtool',
	EXPORTER => '/usr/bin/prometheus-node-exporter',
	TOKEN => 'WHMROOTTOKEN0123456789ABCDEFGHIJ',
	PATIENCE => 30,			# seconds until something is seen
};

my $top = "$FindBin::Bin/../..";
my $contrib = "$top/contrib";
my $wrapper = "$contrib/systemd/tlscert-textfile";
my $tools = $ENV{MPC_TOOLDIR} // ($ENV{PLUGINDIR} // 'build/plugins') .
    '/../tests/servers';
need PROMETHEUS, PROMTOOL, EXPORTER, plugin('check_ocsp'),
    plugin('check_autossl_queue'),
    map { "$tools/$_" } qw(tls_server http_server cpsrvd);

my $dir = tmpdir();
my $textfiles = tmpdir();
my ($site, $shop, $whm, $cpanel, $exporter, $web, $prometheus) = free_ports(7);
my $pki = MPCIT::PKI->new(tmpdir());
my @san = (issuer => 'int', san => [ 'DNS:localhost', 'IP:127.0.0.1' ]);
$pki->root('root', cn => 'Lab Root');
$pki->ca('int', cn => 'Lab Intermediate', issuer => 'root');
my $responder = MPCIT::Web->responder($pki, 'int');
my @aia =
    (extra => [ "authorityInfoAccess = OCSP;URI:http://127.0.0.1:$responder/" ]);
$pki->leaf('site', @san, from => -91, to => -1);
$pki->leaf('shop', @san, @aia);
MPCIT::Web->revoke($pki, 'shop', 'int', 'keyCompromise');
MPCIT::Web->answer($pki, 'shop', 'int', $responder, "$dir/unused");

# --- the servers that are checked --------------------------------------------

my %server;
sub serve
{
	my ($port, $cert) = @_;

	$server{$port}->stop if $server{$port};
	$server{$port} = MPCIT::Server->start(name => "tls$port",
	    ports => [ $port ], cmd => [ "$tools/tls_server",
	    '--ignore-stdin', '--port', $port, '--cert',
	    $pki->path("$cert.chain"), '--key', $pki->path("$cert.key") ]);
	return;
}

# A story of tests/autossl, told today.
sub story
{
	my ($name) = @_;

	my $scene = json_of(read_file("$top/tests/autossl/$name.json"));
	$scene->{now} = POSIX::strftime('%Y-%m-%dT%H:%M:%SZ', gmtime);
	write_file("$dir/scene.new", JSON::PP->new->utf8->encode($scene));
	rename "$dir/scene.new", "$dir/scene" or die "scene: $!";
	return "$dir/scene";
}

serve($site, 'site');
serve($shop, 'shop');
$pki->leaf('whm', @san);
MPCIT::Server->start(name => 'cpsrvd', ports => [ $whm, $cpanel ],
    cmd => [ "$tools/cpsrvd", '--ignore-stdin', '--scenario',
    story('cron-dead-3-days'), '--whm-port', $whm, '--cpanel-port', $cpanel,
    '--cert', $pki->path('whm.chain'), '--key', $pki->path('whm.key') ]);

# --- what systemd runs -------------------------------------------------------

my $credentials = tmpdir();
write_file("$credentials/token-file", TOKEN . "\n", 0600);
my @trust = ('--ca-file', $pki->path('root.pem'));
my %run = (
	sites => [ 'check_cert_expiry', "localhost:$site", "localhost:$shop",
	    @trust ],
	revoked => [ 'check_ocsp', "localhost:$shop", '--leaf-only',
	    '--no-cache', @trust ],
	autossl => [ 'check_autossl_queue', "--whm=localhost:$whm",
	    '--perfdata=all', "--cache-dir=$dir", @trust ],
);

sub textfile
{
	my ($name, @command) = @_;

	local $ENV{TLSCERT_DIR} = $textfiles;
	local $ENV{TLSCERT_PLUGINS} = POSIX::getcwd() . '/' .
	    ($ENV{PLUGINDIR} // 'build/plugins');
	$ENV{TLSCERT_PLUGINS} = $ENV{PLUGINDIR}
	    if ($ENV{PLUGINDIR} // '') =~ m{^/};
	local $ENV{CREDENTIALS_DIRECTORY} = $credentials
	    if $name eq 'autossl';
	return client_output($wrapper, $name, @command);
}

sub write_all
{
	for my $name (sort keys %run) {
		my $run = textfile($name, @{ $run{$name} });
		is("$run->{rc} $run->{out}$run->{err}", '0 ',
		    "$name: the file is written");
		my $file = "$textfiles/tlscert-$name.prom";
		my $tool = client_output('sh', '-c', PROMTOOL .
		    " check metrics < '$file'");
		is("$tool->{rc} $tool->{out}$tool->{err}", '0 ',
		    "$name: promtool has nothing to say");
	}
	return;
}

sub files
{
	opendir my $handle, $textfiles or die "$textfiles: $!";
	return join ' ', sort grep { !/^\.\.?$/ } readdir $handle;
}

write_all();
my $all = 'tlscert-autossl.prom tlscert-revoked.prom tlscert-sites.prom';
is(files(), $all, 'nothing else is left there');

# A plugin that dies, one that says half of it, a bad name.
for my $bad ([ 'sites', 'echo tlscert_check_state 0; echo "# EOF"; exit 4' ],
    [ 'sites', 'echo tlscert_check_state 0' ], [ '../sites', 'echo "# EOF"' ])
{
	my ($name, $script) = @$bad;
	my $before = read_file("$textfiles/tlscert-sites.prom");
	my $fake = write_file("$dir/fake", "#!/bin/sh\n$script\n", 0755);
	my $run = textfile($name, $fake);
	is($run->{rc}, 1, "'$script' for $name fails");
	is(read_file("$textfiles/tlscert-sites.prom"), $before,
	    'and the file of before stays');
	is(files(), $all, 'alone');
}

# --- the rules by themselves -------------------------------------------------

for my $check ([ 'check', 'rules', 'rules.yml' ],
    [ 'test', 'rules', 'rules_test.yml' ])
{
	my ($verb, $what, $file) = @$check;
	my $tool = client_output(PROMTOOL, $verb, $what,
	    "$contrib/prometheus/$file");
	is($tool->{rc}, 0, "promtool $verb $what $file") or
	    diag($tool->{out} . $tool->{err});
}

# --- node_exporter and Prometheus --------------------------------------------

MPCIT::Server->start(name => 'node-exporter', ports => [ $exporter ],
    cmd => [ EXPORTER, '--collector.disable-defaults',
    '--collector.textfile', "--collector.textfile.directory=$textfiles",
    "--web.listen-address=127.0.0.1:$exporter" ]);
write_file("$dir/web.rules", "/metrics file=$textfiles/tlscert-sites.prom " .
    "type=\"application/openmetrics-text; version=1.0.0\"\n");
MPCIT::Server->start(name => 'openmetrics', ports => [ $web ],
    cmd => [ "$tools/http_server", '--ignore-stdin', '--rules',
    "$dir/web.rules", '--port', $web ]);
my $conf = write_file("$dir/prometheus.yml", <<"END");
global:
  scrape_interval: 1s
  evaluation_interval: 1s
rule_files: [ '$contrib/prometheus/rules.yml' ]
scrape_configs:
- job_name: node
  static_configs: [ { targets: [ '127.0.0.1:$exporter' ] } ]
- job_name: openmetrics
  static_configs: [ { targets: [ '127.0.0.1:$web' ] } ]
  metric_relabel_configs:
  - { source_labels: [ __name__ ], regex: 'tlscert_.*', action: drop }
END
my $config = client_output(PROMTOOL, 'check', 'config', $conf);
is($config->{rc}, 0, 'promtool check config') or
    diag($config->{out} . $config->{err});
MPCIT::Server->start(name => 'prometheus', ports => [ $prometheus ],
    cmd => [ PROMETHEUS, "--config.file=$conf",
    "--storage.tsdb.path=$dir/tsdb", '--log.level=error',
    "--web.listen-address=127.0.0.1:$prometheus" ]);

my $http = HTTP::Tiny->new(timeout => 10, proxy => undef,
    http_proxy => undef);

sub exported
{
	return $http->get("http://127.0.0.1:$exporter/metrics")->{content};
}

sub api
{
	my ($path, %form) = @_;

	my $answer = $http->post_form(
	    "http://127.0.0.1:$prometheus/api/v1/$path", \%form);
	return json_of($answer->{content}) // {};
}

sub query
{
	my ($expr) = @_;

	my $doc = api('query', query => $expr);
	return undef if ($doc->{status} // '') ne 'success';
	return $doc->{data}{result};
}

# "NAME SEVERITY STATE TARGET ID" of the alerts there are.
sub alerts
{
	my $answer = $http->get(
	    "http://127.0.0.1:$prometheus/api/v1/alerts")->{content};
	my $doc = json_of($answer) // {};
	return map {
		my $l = $_->{labels};
		join ' ', grep { defined } $l->{alertname}, $l->{severity},
		    $_->{state}, $l->{target}, $l->{id};
	} @{ $doc->{data}{alerts} // [] };
}

sub wait_for
{
	my ($what, $seen, $show) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $end = time + PATIENCE;
	my $found = 0;
	sleep 0.25 until ($found = $seen->()) || time > $end;
	ok($found, $what) or diag($show ? $show->() : ());
	return $found;
}

sub alert_is
{
	my ($alert, $wanted) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return wait_for(($wanted ? '' : 'no more: ') . $alert,
	    sub { !!(grep { $_ eq $alert } alerts()) == !!$wanted },
	    sub { join "\n", alerts() });
}

my $text = exported();
like($text, qr/^node_textfile_scrape_error 0$/m,
    'node_exporter has no complaint');
my @written = map { grep { /^tlscert_/ } split /\n/,
    read_file("$textfiles/tlscert-$_.prom") } keys %run;
my @read = grep { /^tlscert_/ } split /\n/, $text;
is(scalar @read, scalar @written, 'and exports every series, ' . @written);

wait_for('Prometheus scrapes all of them', sub {
	my $seen = query('count({__name__=~"tlscert_.*"})') // [];
	return @$seen && $seen->[0]{value}[1] == @written;
});
wait_for('Prometheus reads it as OpenMetrics', sub {
	my $seen = query('up{job="openmetrics"} == 1 and on (job)
	    scrape_samples_scraped{job="openmetrics"} > 10') // [];
	return scalar @$seen;
}, sub { $http->get("http://127.0.0.1:$prometheus/api/v1/targets")->{content} });

my @bad = (
	"TlsCertificateExpired critical firing localhost:$site",
	"TlsCertificateRevoked critical firing localhost:$shop ocsp.revoked",
	"AutosslStalled critical pending localhost:$whm autossl.run",
);
alert_is($_, 1) for @bad;
wait_for('nothing is old, missing or unreadable', sub {
	return !grep { /Old|Missing|Unreadable|Unknown/ } alerts();
}, sub { join "\n", alerts() });

# --- the dashboard -----------------------------------------------------------

my $board = json_of(read_file("$contrib/grafana/prometheus.json"));
ok($board->{uid} && $board->{schemaVersion} >= 36, 'the dashboard is JSON');
my (%id, %area, @overlap);
for my $panel (@{ $board->{panels} }) {
	push @overlap, "id $panel->{id}" if $id{$panel->{id}}++;
	my $pos = $panel->{gridPos};
	for my $x ($pos->{x} .. $pos->{x} + $pos->{w} - 1) {
		for my $y ($pos->{y} .. $pos->{y} + $pos->{h} - 1) {
			push @overlap, "$panel->{title} at $x,$y"
			    if $x > 23 || $area{"$x,$y"}++;
		}
	}
	for my $target (@{ $panel->{targets} // [] }) {
		(my $expr = $target->{expr}) =~ s/\$(job|instance)\b/.*/g;
		is($target->{datasource}{uid}, '${datasource}',
		    "$panel->{title}: the data source is a variable");
		my $seen = query($expr);
		ok($seen && (@$seen || $expr =~ /_crl_|_pending_/),
		    "$panel->{title}: there is an answer") or diag($expr);
	}
}
is("@overlap", '', 'panels have places of their own');

# --- the renewal -------------------------------------------------------------

$pki->leaf('site', @san);
$pki->leaf('shop', @san, @aia);
serve($site, 'site');
serve($shop, 'shop');
story('fine');
write_all();
alert_is($_, 0) for @bad;
unlike(join("\n", alerts()), qr/localhost:(?:$site|$shop)\b/,
    'nothing is wrong with them any more') or diag(join "\n", alerts());
like(exported(), qr/^node_textfile_scrape_error 0$/m,
    'node_exporter has no complaint');

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Zabbix: the templates, as the plugins print them, in a server with the
# frontend's API and an agent.  Discovery, values, triggers that fire and
# recover, the dashboard in a browser.

use strict;
use warnings;

use MPCIT;
use MPCIT::Nginx;
use MPCIT::Scene;
use MPCIT::Web;
use MPCIT::Zabbix;

need(MPCIT::Zabbix->needs, MPCIT::Nginx::PROGRAM, MPCIT::Scene->tools);

my @plugins = qw(cert_expiry ocsp autossl_queue);
my $pictures = $ENV{MPCIT_PICTURES} // tmpdir();

# --- what is looked at -------------------------------------------------------

my $pki = MPCIT::PKI->new(tmpdir());
my $root = $pki->path('root.pem');
$pki->root('root', cn => 'Lab Root');
$pki->ca('int', cn => 'Lab Intermediate', issuer => 'root');
my $responder = MPCIT::Web->responder($pki, 'int');
my @site = (issuer => 'int', san => [ 'DNS:srv.lab.test' ],
    extra => [ "authorityInfoAccess = OCSP;URI:http://127.0.0.1:$responder/" ]);
$pki->leaf('good', @site);
$pki->leaf('near', @site, from => -75, to => 15);
$pki->leaf('old', @site, from => -91, to => -1);
$pki->leaf('gone', @site);
MPCIT::Web->revoke($pki, 'gone', 'int', 'keyCompromise');
my %port = map { $_ => free_port() } qw(good near old gone);
my $nginx = MPCIT::Nginx->start($pki,
    map { { port => $port{$_}, cert => $_ } } sort keys %port);
my $fragile = free_port();
my $other = MPCIT::Nginx->start($pki, { port => $fragile, cert => 'good' });
my $nobody = free_port();
my $targets = write_file(tmpdir() . '/targets', join '',
    map({ "srv.lab.test:$port{$_} address=127.0.0.1 label=$_\n" }
    qw(good near old)), "srv.lab.test:$nobody address=127.0.0.1 label=down\n");

chmod 0755, MPC::Test::scratch();
my $cpanel = MPC::AutoSSL::cpanel('january-2024');
my $crowd = MPC::AutoSSL::cpanel('big', { generate => { vhosts => 600,
    accounts => 60, expired => 0, overdue => 3, due => 17 } });
my $big = MPC::AutoSSL::cpanel('big');
my @zabbix = (getpwnam 'zabbix')[2, 3];

sub asked
{
	my ($server, $set) = @_;
	my $token = $server->token_file($server->token_of('root'));
	chown @zabbix, $token;
	return (WHM => 'localhost:' . $server->whm_port, USER => 'root',
	    TOKEN_FILE => $token, CA_FILE => $server->ca_file,
	    MORE => '--at=2026-11-20T12:00:00Z', MORE2 => '--no-cache',
	    INTERVAL => '5s', TIMEOUT => '15s', %{ $set // {} });
}

# As the plugins make it of a target.
sub label
{
	my ($target) = @_;
	return $target =~ s/[^\w.-]/_/gr;
}

sub macros
{
	my ($prefix, %values) = @_;
	return { map { ("{\$$prefix.$_}" => $values{$_}) } keys %values };
}

# --- the server --------------------------------------------------------------

sub printed
{
	my ($plugin, $kind) = @_;
	my $run = client_output(plugin("check_$plugin"),
	    "--integration=$kind");
	return $run->{out};
}

my @parameters = map { printed($_, 'zabbix-conf') =~ /^(UserParameter=.*)$/mg }
    @plugins;
is(scalar @parameters, 3, 'a UserParameter of each plugin');
my $zabbix = MPCIT::Zabbix->start(agent => \@parameters);
for my $plugin (@plugins) {
	for my $kind (qw(zabbix zabbix-agent)) {
		my $yaml = printed($plugin, $kind);
		ok(eval { $zabbix->import_template($yaml) },
		    "$plugin, $kind: imported") or diag($@);
		ok(eval { $zabbix->import_template($yaml) },
		    "$plugin, $kind: and again, over itself") or diag($@);
	}
}

my %fast = (INTERVAL => '3s', CA_FILE => $root, TIMEOUT => '5s');
$zabbix->host('expiry', [ 'cert_expiry by plugin' ], macros('CERT_EXPIRY',
    %fast, TARGETS => $targets, IGNORE => 'cert.lifetime'));
$zabbix->host('ocsp', [ 'ocsp by plugin' ], macros('OCSP', %fast,
    TARGET => "srv.lab.test:$port{gone}", ADDRESS => '127.0.0.1',
    MORE => '--no-cache', IGNORE => 'ocsp.no_source'));
$zabbix->host('autossl', [ 'autossl_queue by plugin' ],
    macros('AUTOSSL_QUEUE', asked($cpanel)));
$zabbix->host('crowd', [ 'autossl_queue by plugin' ],
    macros('AUTOSSL_QUEUE', asked($crowd,
    { 'WEBSITE.MATCHES' => '^u0000[0-9]/' })));
$zabbix->host('big', [ 'autossl_queue by plugin' ],
    macros('AUTOSSL_QUEUE', asked($big, { INTERVAL => '1h',
    TIMEOUT => '25s' })));
$zabbix->host('whole', [ 'autossl_queue by plugin' ],
    macros('AUTOSSL_QUEUE', asked($big, { INTERVAL => '1h',
    TIMEOUT => '25s', JSON => 'full', NODATA => '30s' })));
$zabbix->host('fragile', [ 'cert_expiry by plugin' ], macros('CERT_EXPIRY',
    %fast, INTERVAL => '1h', TARGET => "srv.lab.test:$fragile",
    ADDRESS => '127.0.0.1', IGNORE => 'cert.lifetime'));
$zabbix->host('wrong', [ 'cert_expiry by plugin' ], macros('CERT_EXPIRY',
    %fast, WARNING => 'soon'));
$zabbix->host('agent', [ map { "$_ by agent" } @plugins ], {
    %{ macros('CERT_EXPIRY.AGENT', %fast, FILE => $pki->path('old.chain')) },
    %{ macros('OCSP.AGENT', %fast, FILE => $pki->path('gone.chain'),
    MORE => '--no-cache --leaf-only') },
    %{ macros('AUTOSSL_QUEUE.AGENT', asked($cpanel),
    MORE => '--at=2026-11-20T12:00:00Z --no-cache') } });

sleep 2;
$zabbix->run_now($_) for qw(big whole);

# --- targets -----------------------------------------------------------------

sub value { return $zabbix->value(@_) }
sub is_soon
{
	my ($host, $key, $wanted, $title) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$zabbix->wait_for($title // "$host: $key is $wanted", sub {
		(value($host, $key) // '') eq $wanted;
	}) or diag('it is ' . (value($host, $key) // 'without a value'));
	return;
}
sub problem_soon
{
	my ($host, $wanted, $title) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my @got;
	$zabbix->wait_for($title // "$host: '$wanted'", sub {
		@got = $zabbix->problems($host);
		return grep { $_ eq $wanted } @got;
	}) or diag("problems: @got");
	return;
}
sub recovers
{
	my ($host, $wanted) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$zabbix->wait_for("$host: recovers from '$wanted'", sub {
		!grep { $_ eq $wanted } $zabbix->problems($host);
	}) or diag(join "\n", map { "$_->{description} $_->{value} " .
	    "$_->{state} $_->{error}" } @{ $zabbix->api('trigger.get', {
	    host => $host, output => [ qw(description value state error
	    lastchange) ] }) });
	return;
}

my %at = map { $_ => "srv.lab.test:$port{$_}" } keys %port;
is_soon('expiry', 'cert_expiry.state', 2);
is_soon('expiry', 'cert_expiry.targets.total', 4);
is_soon('expiry', 'cert_expiry.target.state[good]', 0);
is_soon('expiry', 'cert_expiry.target.state[near]', 1);
is_soon('expiry', 'cert_expiry.target.state[old]', 2);
is_soon('expiry', 'cert_expiry.target.state[down]', 2);
is_soon('expiry', "cert_expiry.cert.subject[\"$at{good}\","
    . '"intermediate 1"]', 'CN=Lab Intermediate',
    'the intermediate is discovered');
cmp_ok(value('expiry', 'cert_expiry.target.days[good]') // 0, '>', 50,
    'days of a metric');
cmp_ok(value('expiry', "cert_expiry.cert.days[\"$at{near}\",\"leaf\"]") // 0,
    '<', 16, 'days of a certificate');
problem_soon('expiry', "cert_expiry: $at{old}: certificate has expired");
problem_soon('expiry', "cert_expiry: $at{near} has a warning");
problem_soon('expiry', "cert_expiry: srv.lab.test:$nobody cannot be reached");
is_soon('expiry', 'cert_expiry.target.critical[down]', 0);
is_soon('expiry', 'cert_expiry.target.critical[old]', 1);
is(scalar(grep { /\Q$at{old}\E/ } $zabbix->problems('expiry')), 1,
    'one problem of a target hides the others');
ok(scalar(grep { $_ eq
    "cert_expiry: $at{old}: certificate expired yesterday" ||
    /^cert_expiry: \Q$at{old}\E: .*expired .*ago/ } $zabbix->events('expiry')),
    'the event says why') or diag(join "\n", $zabbix->events('expiry'));
problem_soon('wrong', 'cert_expiry: cannot run');
is(scalar(grep { /target\.state/ } keys %{ $zabbix->items('wrong') }), 0,
    'wrong usage is no target');

problem_soon('ocsp', "ocsp: $at{gone}: certificate is revoked");
is_soon('ocsp', 'ocsp.target.revoked[' . label($at{gone}) . ']', 1);

# --- a server that is down ---------------------------------------------------

# One more run of "fragile", after which its state is WANTED.
my $label = label("srv.lab.test:$fragile");
sub run_fragile
{
	my ($wanted) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $last = $zabbix->value_time('fragile', 'cert_expiry.elapsed');
	$zabbix->run_now('fragile');
	$zabbix->wait_for("fragile: is run, with the state $wanted", sub {
		return $zabbix->value_time('fragile',
		    'cert_expiry.elapsed') > $last && (value('fragile',
		    "cert_expiry.target.state[$label]") // '') eq $wanted;
	});
	sleep 2;
	return;
}
$zabbix->run_now('fragile');
$zabbix->wait_for('fragile: is discovered', sub {
	return $zabbix->items('fragile')->{"cert_expiry.target.state[$label]"};
});
sleep 2;
run_fragile(0);
$other->stop;
run_fragile(2);
is(join(' ', $zabbix->problems('fragile')), '',
    'a connection that fails once is no problem');
run_fragile(2);
problem_soon('fragile',
    "cert_expiry: srv.lab.test:$fragile cannot be reached");

# --- AutoSSL -----------------------------------------------------------------

my $late = 'autossl_queue.website.state["alice/alice.example"]';
is_soon('autossl', $late, 2);
is_soon('autossl', 'autossl_queue.account.problems["alice"]', 1);
is_soon('autossl', 'autossl_queue.metric.expired', 1);
problem_soon('autossl', 'autossl_queue: alice/alice.example is critical');
ok(scalar(grep { m{alice/alice\.example: expired} } $zabbix->events('autossl')),
    'and the event says why');

# 600 websites are more than 64 kB, of which Zabbix would keep no more.
is_soon('crowd', 'autossl_queue.metric.vhosts', 600);
is_soon('crowd', 'autossl_queue.website.state["u00000/site0.example"]', 1);
is_soon('crowd', 'autossl_queue.account.websites["u00059"]', 10);

# 50,000 are 11 MB: those with a problem remain, the numbers are of all.  A busy
# machine may be too slow once.
my $asked = time;
$zabbix->wait_for('big: 50000 websites', sub {
	if (time - $asked > 30) {
		$asked = time;
		$zabbix->run_now($_) for qw(big whole);
	}
	return (value('big', 'autossl_queue.metric.vhosts') // '') eq 50000;
}, 180) or diag('summary: ' . (value('big', 'autossl_queue.summary') // ''));
my $third = 'autossl_queue.website.state["u00002/site2.example"]';
$zabbix->wait_for('big: websites are discovered',
    sub { $zabbix->items('big')->{$third} });
sleep 2;
$zabbix->run_now('big');
is_soon('big', $third, 1);
is(scalar(grep { /website\.state/ } keys %{ $zabbix->items('big') }), 3,
    'and only three of them are discovered');

# --- the agent ---------------------------------------------------------------

my $file = label($pki->path('old.chain'));
is_soon('agent', "cert_expiry_agent.target.state[$file]", 2);
problem_soon('agent', 'cert_expiry: ' . $pki->path('old.chain') .
    ': certificate has expired');
problem_soon('agent', 'ocsp: ' . $pki->path('gone.chain') .
    ': certificate is revoked');
is_soon('agent', 'autossl_queue_agent.website.state["alice/alice.example"]',
    2);

# --- after the renewal -------------------------------------------------------

$pki->leaf('old', @site);
$pki->leaf('gone', @site);
$nginx->signal('HUP');
$cpanel->change({ %{ MPC::AutoSSL::scenario('january-2024-renewed') },
    now => '2026-11-20T12:00:00Z' });
recovers('expiry', "cert_expiry: $at{old}: certificate has expired");
recovers('expiry', "cert_expiry: $at{old} is critical");
is_soon('expiry', 'cert_expiry.target.state[old]', 0);
problem_soon('expiry', "cert_expiry: $at{old}, leaf: another certificate");
recovers('ocsp', "ocsp: $at{gone}: certificate is revoked");
is_soon('ocsp', 'ocsp.state', 0);
recovers('autossl', 'autossl_queue: alice/alice.example is critical');
is_soon('autossl', $late, 0);
recovers('agent', 'ocsp: ' . $pki->path('gone.chain') .
    ': certificate is revoked');

# Too much for Zabbix is an item that is not supported, which the server's log
# explains, and in the end missing data.
my ($raw) = grep { $_->{key_} =~ /^check_autossl_queue\[/ }
    values %{ $zabbix->items('whole') };
is($raw->{state}, 1, 'too much JSON is not supported');
ok(scalar(grep { /exceeded limit of 512 KB/ } $zabbix->server_log),
    'as the log says') or diag(join "\n", $zabbix->server_log);
problem_soon('whole', 'autossl_queue: no data');

# What each item of the templates is: supported, whatever the plugin said.
for my $host (qw(expiry ocsp autossl crowd big agent)) {
	my @bad = grep { $_->{state} } values %{ $zabbix->items($host) };
	is(scalar @bad, 0, "$host: every item is supported") or
	    diag(join "\n", map { "$_->{key_}: $_->{error}" } @bad[0 .. 2]);
}

# --- the dashboards ----------------------------------------------------------

SKIP: {
	if (!-x MPCIT::Zabbix::BROWSER) {
		skip 'no headless Chromium', 1 if ($ENV{CI} // '') ne 'true';
		fail('no headless Chromium, and CI=true');
	}
	my %shows = (expiry => [ 'cert_expiry: overview', 'CRITICAL \(2\)',
	    'Targets by state', 'srv\.lab\.test:\d+: time left',
	    'leaf: days left' ],
	    ocsp => [ 'ocsp: overview', 'OCSP OK', 'answer' ],
	    autossl => [ 'autossl_queue: overview', 'Days left, least',
	    'AUTOSSL_QUEUE OK', 'alice: days left' ]);
	for my $host (sort keys %shows) {
		my $picture = "$pictures/$host.png";
		my $dom = $zabbix->browse('zabbix.php?action=' .
		    'host.dashboard.view&hostid=' . $zabbix->hostid($host),
		    $picture);
		(my $text = $dom) =~ s{<(script|style)\b.*?</\1>}{ }gs;
		$text =~ s/<[^>]*>/ /g;
		like($text, qr/$_/, "$host: the dashboard shows $_")
		    for @{ $shows{$host} };
		unlike($text, qr/No data found|Cannot display|
		    No permissions/x, "$host: no empty widget");
		my ($png) = read_file($picture) =~ /^(.PNG)/s;
		ok(defined $png && -s $picture > 20000,
		    "$host: there is a picture");
	}
}

done_testing;

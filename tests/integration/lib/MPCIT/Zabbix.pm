# SPDX-License-Identifier: ISC
#
# A Zabbix server with PostgreSQL, the frontend in PHP's own web server, and
# an agent, all of Debian's packages, on free loopback ports.
#
#	my $zabbix = MPCIT::Zabbix->start(agent => [ 'UserParameter=...' ]);
#	$zabbix->api('host.get', { output => [ 'host' ] });
#	$zabbix->import_template($yaml);
#	$zabbix->host('www', [ 'cert_expiry by plugin' ],
#	    { '{$CERT_EXPIRY.PORT}' => 443 });
#	$zabbix->wait_for('a value', sub { $zabbix->value('www', $key) });

package MPCIT::Zabbix;

use strict;
use warnings;

use Carp qw(croak);
use File::Copy ();
use HTTP::Tiny ();
use JSON::PP ();
use Time::HiRes qw(sleep time);

use MPCIT ();
use MPCIT::Server qw(free_ports tmpdir write_file read_file run_tool
    as_user);

use constant FRONTEND => '/usr/share/zabbix';
use constant SCHEMA => '/usr/share/zabbix-server-pgsql';
use constant BROWSER => '/usr/bin/chromium-headless-shell';

my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my ($postgres) = reverse sort glob '/usr/lib/postgresql/*/bin';
my @plugins = qw(check_cert_expiry check_ocsp check_autossl_queue);

# Files that have to be there, for need().
sub needs
{
	return (($postgres // '/usr/lib/postgresql') . '/initdb',
	    FRONTEND . '/api_jsonrpc.php', SCHEMA . '/schema.sql.gz',
	    '/usr/sbin/zabbix_server', '/usr/sbin/zabbix_agentd',
	    '/usr/bin/php', '/usr/bin/psql',
	    (map { MPCIT::plugin($_) } @plugins));
}

# Options: agent, lines for the agent's file (the plugins are elsewhere than
# they say); server, for the server's.
sub start
{
	my ($class, %opt) = @_;

	my $self = bless { id => 0 }, $class;
	@$self{qw(db_port port agent_port web_port)} = free_ports(4);
	$self->_scripts;
	$self->_database;
	$self->_server(@{ $opt{server} // [] });
	$self->_agent(@{ $opt{agent} // [] });
	$self->_frontend;
	$self->{token} = $self->api('user.login', { username => 'Admin',
	    password => 'zabbix' });
	return $self;
}

# A folder of the user's own.
sub _folder
{
	my ($self, $user) = @_;

	my $dir = tmpdir();
	my ($uid, $gid) = (getpwnam $user)[2, 3];
	chown $uid, $gid, $dir if $> == 0;
	return $dir;
}

# The plugins where the server and the agent may run them.
sub _scripts
{
	my ($self) = @_;

	my $dir = $self->{scripts} = tmpdir();
	for my $name (@plugins) {
		File::Copy::copy(MPCIT::plugin($name), "$dir/$name")
		    or croak "$name: $!";
		chmod 0755, "$dir/$name";
	}
	return;
}

sub scripts { return $_[0]{scripts} }

# What the server said last.
sub server_log
{
	my ($self) = @_;

	my @lines = split /\n/, $self->{server}->log_text;
	splice @lines, 0, @lines - 100 if @lines > 100;
	return @lines;
}

sub _database
{
	my ($self) = @_;

	my $dir = $self->_folder('postgres');
	run_tool(as_user('postgres'), "$postgres/initdb", '-D', "$dir/data",
	    '-A', 'trust', '-N', '--no-locale', '-E', 'UTF8', '-U',
	    'zabbix');
	my %set = (port => $self->{db_port}, listen_addresses => '127.0.0.1',
	    unix_socket_directories => $dir, fsync => 'off',
	    synchronous_commit => 'off', full_page_writes => 'off',
	    wal_level => 'minimal', max_wal_senders => 0);
	MPCIT::Server->start(name => 'postgres', user => 'postgres',
	    signal => 'INT', ports => [ $self->{db_port} ],
	    cmd => [ "$postgres/postgres", '-D', "$dir/data",
	    map { ('-c', "$_=$set{$_}") } sort keys %set ]);
	my @psql = ('psql', '-q', '-v', 'ON_ERROR_STOP=1', '-h', '127.0.0.1',
	    '-p', $self->{db_port}, '-U', 'zabbix');
	run_tool(@psql, '-d', 'postgres', '-c', 'CREATE DATABASE zabbix');
	run_tool('sh', '-c', 'dir=$1; shift; zcat "$dir/schema.sql.gz" ' .
	    '"$dir/images.sql.gz" "$dir/data.sql.gz" | "$@" >/dev/null', 'load', SCHEMA, @psql,
	    '-d', 'zabbix');
	run_tool(@psql, '-d', 'zabbix', '-c', 'ANALYZE');
	return;
}

sub _server
{
	my ($self, @lines) = @_;

	my $dir = $self->_folder('zabbix');
	my $conf = write_file("$dir/server.conf", join "\n",
	    'LogType=console', "PidFile=$dir/pid", "SocketDir=$dir",
	    'DBHost=127.0.0.1', "DBPort=$self->{db_port}",
	    'DBName=zabbix', 'DBUser=zabbix', 'ListenIP=127.0.0.1',
	    "ListenPort=$self->{port}", "ExternalScripts=$self->{scripts}",
	    'Timeout=30', 'StartPollers=3', 'StartPollersUnreachable=1',
	    'StartPingers=0', 'StartDiscoverers=0', 'StartHTTPPollers=0',
	    'StartTrappers=2', 'StartPreprocessors=2',
	    'StartDBSyncers=2', 'StartAlerters=1', 'CacheUpdateFrequency=1',
	    'HousekeepingFrequency=0', 'FpingLocation=/bin/true', @lines,
	    '');
	$self->{server} = MPCIT::Server->start(name => 'zabbix_server',
	    user => 'zabbix', ports => [ $self->{port} ],
	    cmd => [ '/usr/sbin/zabbix_server', '-f', '-c', $conf ]);
	return;
}

sub _agent
{
	my ($self, @lines) = @_;

	return unless @lines;
	s{/usr/lib/nagios/plugins}{$self->{scripts}} for @lines;
	my $dir = $self->_folder('zabbix');
	my $conf = write_file("$dir/agent.conf", join "\n",
	    'LogType=console', "PidFile=$dir/pid", 'Server=127.0.0.1',
	    'ListenIP=127.0.0.1', "ListenPort=$self->{agent_port}",
	    'StartAgents=2', 'Hostname=agent', 'Timeout=10', @lines, '');
	$self->{agent_conf} = $conf;
	MPCIT::Server->start(name => 'zabbix_agentd', user => 'zabbix',
	    ports => [ $self->{agent_port} ],
	    cmd => [ '/usr/sbin/zabbix_agentd', '-f', '-c', $conf ]);
	return;
}

# The frontend reads its configuration from one place only: a view of it with
# a class of our own.
sub _frontend
{
	my ($self) = @_;

	my $dir = $self->_folder('www-data') . '/web';
	run_tool('cp', '-rL', FRONTEND, $dir);
	write_file("$dir/conf/ours.php", <<"END");
<?php
\$DB = ['TYPE' => 'POSTGRESQL', 'SERVER' => '127.0.0.1',
	'PORT' => '$self->{db_port}', 'DATABASE' => 'zabbix',
	'USER' => 'zabbix', 'PASSWORD' => '', 'SCHEMA' => '',
	'ENCRYPTION' => false, 'KEY_FILE' => '', 'CERT_FILE' => '',
	'CA_FILE' => '', 'VERIFY_HOST' => false, 'CIPHER_LIST' => '',
	'VAULT_URL' => '', 'VAULT_DB_PATH' => '', 'VAULT_TOKEN' => '',
	'DOUBLE_IEEE754' => true];
\$ZBX_SERVER = '127.0.0.1';
\$ZBX_SERVER_PORT = '$self->{port}';
\$ZBX_SERVER_NAME = 'lab';
\$IMAGE_FORMAT_DEFAULT = IMAGE_FORMAT_PNG;
END
	# Pages are refused where English is not installed.
	my $locale = tmpdir();
	run_tool('cp', '-r', '/usr/lib/locale/C.utf8',
	    "$locale/en_US.utf8");
	my $class = "$dir/include/classes/core/CConfigFile.php";
	my $text = read_file($class);
	$text =~ s{'/etc/zabbix/zabbix\.conf\.php'}{'$dir/conf/ours.php'}
	    or croak 'no place for the configuration';
	write_file($class, $text);
	MPCIT::Server->start(name => 'frontend', user => 'www-data',
	    env => { PHP_CLI_SERVER_WORKERS => 4, LOCPATH => $locale },
	    ports => [ $self->{web_port} ],
	    cmd => [ 'php', '-d', 'post_max_size=32M', '-d',
	    'memory_limit=256M', '-d', 'max_execution_time=300', '-d',
	    'date.timezone=UTC', '-S', "127.0.0.1:$self->{web_port}", '-t',
	    $dir ]);
	return;
}

sub url
{
	my ($self, $path) = @_;

	return "http://127.0.0.1:$self->{web_port}/$path";
}

# --- the API -----------------------------------------------------------------

sub api
{
	my ($self, $method, $params) = @_;

	my $answer = HTTP::Tiny->new(timeout => 120)->post(
	    $self->url('api_jsonrpc.php'), {
	    headers => { 'Content-Type' => 'application/json-rpc' },
	    content => $json->encode({ jsonrpc => '2.0', method => $method,
	    params => $params, id => ++$self->{id},
	    defined $self->{token} ? (auth => $self->{token}) : () }) });
	my $doc = eval { $json->decode($answer->{content}) }
	    // croak "$method: $answer->{status} $answer->{content}";
	croak "$method: $doc->{error}{data}" if $doc->{error};
	return $doc->{result};
}

sub import_template
{
	my ($self, $yaml) = @_;

	my %both = map { $_ => $json->decode(
	    '{"createMissing":true,"updateExisting":true}') }
	    qw(templates items discoveryRules triggers valueMaps graphs
	    templateDashboards);
	return $self->api('configuration.import', { format => 'yaml',
	    source => $yaml, rules => { %both,
	    groups => { createMissing => JSON::PP::true } } });
}

sub template_id
{
	my ($self, $name) = @_;

	return $self->api('template.get', { output => [ 'templateid' ],
	    filter => { host => $name } })->[0]{templateid}
	    // croak "no template $name";
}

sub host
{
	my ($self, $name, $templates, $macros) = @_;

	my $group = $self->api('hostgroup.get', { output => [ 'groupid' ],
	    filter => { name => [ 'Zabbix servers' ] } })->[0]{groupid};
	my $made = $self->api('host.create', { host => $name,
	    groups => [ { groupid => $group } ],
	    templates => [ map { { templateid => $self->template_id($_) } }
	    @$templates ],
	    macros => [ map { { macro => $_, value => "$macros->{$_}" } }
	    sort keys %$macros ],
	    interfaces => [ { type => 1, main => 1, useip => 1, dns => '',
	    ip => '127.0.0.1', port => "$self->{agent_port}" } ] });
	return $self->{hosts}{$name} = $made->{hostids}[0];
}

sub hostid { return $_[0]{hosts}{$_[1]} }

# All items of a host by key: { lastvalue, state, error, ... }.
sub items
{
	my ($self, $host) = @_;

	my $items = $self->api('item.get', { host => $host, output => [
	    qw(key_ name lastvalue lastclock state error) ] });
	return { map { $_->{key_} => $_ } @$items };
}

# Runs the plugin of a host now (and when it has been configured).
sub run_now
{
	my ($self, $host) = @_;

	my ($raw) = grep { $_->{key_} =~ /\["--/ } @{ $self->api('item.get',
	    { host => $host, output => [ qw(itemid key_) ] }) };
	$self->api('task.create', [ { type => 6,
	    request => { itemid => $raw->{itemid} } } ]);
	return;
}

# What an item said last, undef when it never did.
sub value
{
	my ($self, $host, $key) = @_;

	my $item = $self->api('item.get', { host => $host, output => [
	    qw(lastvalue lastclock) ], filter => { key_ => $key } })->[0];
	return $item && $item->{lastclock} ? $item->{lastvalue} : undef;
}

# When that was, in seconds since 1970, or 0.
sub value_time
{
	my ($self, $host, $key) = @_;

	return $self->api('item.get', { host => $host,
	    output => [ 'lastclock' ], filter => { key_ => $key } })
	    ->[0]{lastclock} // 0;
}

# Names of the triggers of a host that fire and depend on none that does.
sub problems
{
	my ($self, $host) = @_;

	return sort map { $_->{description} } @{ $self->api('trigger.get', {
	    host => $host, filter => { value => 1 }, skipDependent => 1,
	    expandDescription => 1, output => [ 'description' ] }) };
}

# Names of the events that are open.
sub events
{
	my ($self, $host) = @_;

	return sort map { $_->{name} } @{ $self->api('problem.get', {
	    hostids => [ $self->hostid($host) ], output => [ 'name' ] }) };
}

# True when WANTED is, within a minute; one assertion.
sub wait_for
{
	my ($self, $title, $wanted, $limit) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $begin = time;
	my $got;
	while (!($got = $wanted->())) {
		last if time - $begin > ($limit // 60);
		sleep 0.5;
	}
	return Test::More::ok($got, sprintf '%s (%.1f s)', $title,
	    time - $begin);
}

# --- the browser -------------------------------------------------------------

# What a page is in a real browser: its DOM as text, and its picture as FILE.
sub browse
{
	my ($self, $path, $file) = @_;

	my $home = $self->{home} //= tmpdir();
	(my $request = $path) =~ s/([^\w.-])/sprintf '%%%02X', ord $1/ge;
	my $url = $self->url('index.php?name=Admin&password=zabbix&' .
	    "enter=Sign+in&request=$request");
	my @browser = ('timeout', '90', BROWSER, '--no-sandbox',
	    '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
	    "--user-data-dir=$home", '--window-size=1500,1800',
	    '--virtual-time-budget=20000', '--timeout=40000',
	    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1');
	my $run = MPCIT::client_output(@browser, "--screenshot=$file",
	    $url);
	my $dom = MPCIT::client_output(@browser, '--dump-dom', $url);
	return $dom->{out};
}

1;

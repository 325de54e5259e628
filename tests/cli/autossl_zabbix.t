# SPDX-License-Identifier: ISC
#
# JSON for discovery: one entry for each account and server name; and what
# --integration prints for this plugin.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP ();

use MPC::Test;
use MPC::AutoSSL;

my $server = cpanel('silent-stall');
my $run = check_json($server->host);
my ($target) = @{ $run->{json}{targets} };
my @vhosts = @{ $target->{facts}{vhosts} };

is($target->{facts}{kind}, 'autossl', 'what kind of target');
is($target->{facts}{protocol}, 'whm', 'how it was asked');
is($target->{target}, 'localhost:' . $server->whm_port, 'which');
is(scalar @vhosts, 3, 'an entry for each website');
is(join(' ', sort map { $_->{key} } @vhosts), 'alice/alice.example '
    . 'bob/bob.example carol/carol.example', 'with its key');
my %of = map { $_->{user} => $_ } @vhosts;
is($of{carol}{condition}, 'expired', 'expired');
is($of{carol}{status}, 'CRITICAL', 'and critical');
is($of{bob}{condition}, 'overdue', 'overdue');
is($of{bob}{status}, 'WARNING', 'and a warning');
is($of{alice}{days_left}, 5, 'days');
cmp_ok($of{carol}{days_left}, '<', 0, 'days of what is expired');
is($of{alice}{issuer}, 'letsencrypt', 'issuer');
ok($of{alice}{autossl}, "AutoSSL's");
is($of{alice}{not_after}, now() + 5 * 86400, 'the end');
my %key;
is(scalar(grep { $key{"$_->{user}/$_->{servername}"}++ } @vhosts), 0,
    'no key twice');

# The account's view has the same keys.
my $account = check_json($server->account('alice'));
my ($mine) = @{ $account->{json}{targets}[0]{facts}{vhosts} };
is($mine->{key}, 'alice/alice.example', "the account's own key");
is($account->{json}{targets}[0]{facts}{protocol}, 'cpanel', 'how');

# All conditions, and the schema (check_json looks at it).
my %seen;
for my $name (qw(fine suspended foreign self-signed dns-elsewhere
    stored-not-installed)) {
	my $json = check_json(cpanel($name)->host);
	$seen{ $_->{condition} } = 1
	    for @{ $json->{json}{targets}[0]{facts}{vhosts} };
}
ok($seen{$_}, "condition $_") for qw(fine renewing suspended foreign
    self-signed overdue);

# Failures: no list, an error and the same shape.
$server->change({ faults => [ { function => 'fetch_ssl_vhosts',
    status => 500 } ] });
my $failed = check_json($server->host);
is($failed->{json}{state}, 3, 'a failure is UNKNOWN');
like($failed->{json}{targets}[0]{error}, qr/HTTP 500/, 'with its text');
ok(!@{ $failed->{json}{targets}[0]{facts}{vhosts} // [] }, 'without a list');
$server->change({ faults => [] });
is(run_plugin('check_autossl_queue', $server->host, '-o', 'json',
    '--exit-ok')->{exit}, 0, '--exit-ok');

# Other formats.
my $table = run_plugin('check_autossl_queue', $server->host, '-o', 'text');
like($table->{out}, qr/carol.*carol\.example.*expired/, 'a table for people');
my $metrics = run_plugin('check_autossl_queue', $server->host, '-o',
    'openmetrics');
like($metrics->{out}, qr/^# EOF\n\z/m, 'OpenMetrics');
like($metrics->{out}, qr/expired\S* \d/, 'with its numbers');

subtest 'integration' => sub {
	my %want = (man => qr/^\.SH OPTIONS/m, bash => qr/complete .*
	    check_autossl_queue/x, icinga2 => qr/object CheckCommand/,
	    director => qr/autossl/, nagios => qr/define command/,
	    zabbix => qr/autossl/i, json => qr/"whm"/, nrpe =>
	    qr/check_autossl_queue/);
	for my $kind (sort keys %want) {
		my $out = run_plugin('check_autossl_queue',
		    "--integration=$kind");
		like($out->{out}, $want{$kind}, $kind);
		is($out->{err}, '', "$kind: nothing on stderr");
		ok(valid_utf8($out->{out}), "$kind: UTF-8");
		like($out->{out}, qr/token.{1,2}file/, "$kind: the token's file")
		    if $kind !~ /nrpe|zabbix/;
		unlike($out->{out}, qr/--(?:api-)?token[= ]/,
		    "$kind: no token on a command line");
	}
	my $zabbix = run_plugin('check_autossl_queue',
	    '--integration=zabbix');
	like($zabbix->{out}, qr/vhosts/, 'zabbix: discovers the websites');
	ok(eval { JSON::PP->new->utf8->decode(run_plugin(
	    'check_autossl_queue', '--integration=json')->{out}) }, 'JSON');
};

subtest 'help' => sub {
	my $help = run_plugin('check_autossl_queue', '--help');
	is($help->{exit}, 3, 'exit code');
	like($help->{out}, qr/^\s+(?:-\w, )?--$_\b/m, "--$_ is explained")
	    for qw(whm cpanel local user token-file account window insecure
	    ca-file market pending-critical run-critical check-critical);
};

done_testing;

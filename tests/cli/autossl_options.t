# SPDX-License-Identifier: ISC
#
# The options of check_autossl_queue: what each changes, and what is refused.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";

use MPC::Test;
use MPC::AutoSSL;

sub scene {
	my (%more) = @_;
	return { now => '2026-11-20T12:00:00Z', accounts => [
		{ user => 'alice', domain => 'alice.example', vhosts => [
		    { name => 'alice.example', cert => { left => '60d' } } ] },
		{ user => 'bob', domain => 'bob.example', vhosts => [
		    { name => 'bob.example', cert => { left => '20d' } } ] },
		{ user => 'carol', domain => 'carol.example', vhosts => [
		    { name => 'carol.example', cert => { left => '5d' } } ] },
	    ], %more };
}

my $server = cpanel(scene());
my @host = $server->host;

sub states {
	my ($title, $wanted, $server, @args) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my ($state, @ids) = split ' ', $wanted;
	return verdict($title, [ $server->host, @args ], $state, \@ids);
}

subtest 'thresholds' => sub {
	my @cases = (
		[ 'critical autossl.overdue' ],
		[ 'warning autossl.overdue', '-c', '10%' ],
		[ 'critical autossl.overdue', '-c', '6d' ],
		[ 'warning autossl.overdue', '-c', '4d' ],
		[ 'warning autossl.overdue', '-c', '119h' ],
		[ 'ok', '-c', '4d', '-w', '4d' ],
		[ 'warning autossl.overdue', '-c', '1%', '-w', '21' ],
		[ 'warning autossl.overdue', '-c', '1%', '-w', '10d,30%' ],
		[ 'ok', '-c', '1%', '-w', '10d,10%' ],
		[ 'ok', '--window', '3d' ],
		[ 'critical autossl.overdue', '--window', '21d' ],
		[ 'critical autossl.overdue', '--window', '900d' ],
		[ 'critical autossl.overdue', '-w', '', '-c', '' ],
	);
	for my $case (@cases) {
		my ($wanted, @args) = @$case;
		states("@args", $wanted, $server, @args);
	}
	like(line1(check(@host, '--window', '20d')),
	    qr/ min_days=5;16:;5: /, 'the limits of the perfdata');
};

subtest 'the last run' => sub {
	my $old = cpanel(scene(runs => [ { start => '-30h', user => '*' } ]));
	my @quiet = ('--ignore=autossl.overdue');
	for my $case (
		[ 'warning autossl.run' ],
		[ 'critical autossl.run', '--run-critical=29h' ],
		[ 'ok', '--run-warning=31h' ],
		[ 'ok', '--run-warning=0', '--run-critical=0' ],
		[ 'critical autossl.run', '--run-warning=0',
		    '--run-critical=29h' ],
	    ) {
		my ($wanted, @args) = @$case;
		states("@args", $wanted, $old, @quiet, @args);
	}
	my $busy = cpanel(scene(runs => [ { start => '-8h', user => '*',
	    in_progress => 1 } ]));
	for my $case (
		[ 'warning autossl.stuck' ],
		[ 'ok', '--check-warning=9h' ],
		[ 'critical autossl.stuck', '--check-critical=7h' ],
		[ 'ok', '--check-warning=0', '--check-critical=0' ],
	    ) {
		my ($wanted, @args) = @$case;
		states("@args", $wanted, $busy, @quiet, @args);
	}
};

subtest 'pending orders' => sub {
	my $queue = cpanel(scene(functions => { add => [
	    'get_autossl_pending_queue' ] }, providers => [ { module =>
	    'ExampleSSL', delivery => 'queue', enabled => 1 } ], accounts => [
	    { user => 'alice', domain => 'alice.example', vhosts => [
	    { name => 'alice.example', cert => { left => '60d' } } ],
	    pending => [ { id => '7', domains => [ 'alice.example' ],
	    requested => '-30h' } ] } ]));
	for my $case (
		[ 'warning autossl.pending' ],
		[ 'ok', '--pending-warning=31h' ],
		[ 'critical autossl.pending', '--pending-critical=1d' ],
		[ 'ok', '--pending-warning=0', '--pending-critical=0' ],
	    ) {
		my ($wanted, @args) = @$case;
		states("@args", $wanted, $queue, @args);
	}
};

subtest 'accounts' => sub {
	my $run = states('one', 'ok', $server, '--account=alice');
	like($run->{nagios}{out}, qr/ vhosts=1;/, 'and no other');
	states('two', 'warning autossl.overdue', $server, '--account=alice',
	    '--account=bob');
	$run = states('one that is not there', 'unknown api.empty', $server,
	    '--account=nobody');
	line1_like($run->{nagios}, qr/no website of account nobody is listed/,
	    'said');
	states('one of two', 'unknown api.empty', $server, '--account=alice',
	    '--account=nobody');
	states('a part of a name', 'unknown api.empty', $server,
	    '--account=ali');
	states('another case', 'unknown api.empty', $server,
	    '--account=ALICE');
	states('an empty one is none', 'critical autossl.overdue', $server,
	    '--account=');
	states('as wished', 'ok', $server, '--account=nobody',
	    '--severity=api.empty:ok');
};

subtest 'nothing to see' => sub {
	my $empty = cpanel(scene(accounts => []));
	my $run = states('a new server', 'unknown api.empty', $empty);
	line1_like($run->{nagios}, qr/no\ website\ with\ a\ certificate\ is\ listed:\ none
	    \ is\ there,\ or\ the\ token\ may\ not\ see\ it/x, 'said');
	my $none = cpanel(scene(accounts => [ { user => 'alice',
	    domain => 'alice.example', vhosts => [] } ]));
	verdict('a new account', [ $none->account('alice') ], 'unknown',
	    [ 'api.empty' ]);
	states('as wished', 'ok', $empty, '--ignore=api.empty');
};

subtest 'whose certificates' => sub {
	my $other = cpanel(scene(accounts => [ { user => 'alice', domain =>
	    'alice.example', vhosts => [ { name => 'alice.example', cert =>
	    { left => '5d', issuer => 'zero', organization => 'ZeroSSL',
	    issuer_cn => 'ZeroSSL RSA DV', autossl => 0 } } ] } ]));
	states('of another CA', 'ok', $other);
	states('that is given', 'critical autossl.overdue', $other,
	    '--autossl-issuer=zerossl');
	states('by a part', 'critical autossl.overdue', $other,
	    '--autossl-issuer=^Zero...$');
	states('that is another', 'ok', $other, '--autossl-issuer=^SSL');
	states('an empty one is none', 'ok', $other, '--autossl-issuer=');
};

subtest 'paid orders' => sub {
	my $paid = cpanel(scene(accounts => [ { user => 'alice', domain =>
	    'alice.example', vhosts => [ { name => 'alice.example', cert =>
	    { left => '60d' } } ], market => [ { id => '5', domains =>
	    [ 'alice.example' ], code => 'OrderCanceled', created =>
	    '-2d' } ] } ]));
	my @account = $paid->account('alice');
	verdict('not asked for', \@account, 'ok', []);
	is(scalar(grep { /Market/ } $paid->functions), 0, 'nor called');
	my $run = verdict('asked for', [ @account, '--market' ], 'critical',
	    [ 'autossl.market' ]);
	line1_like($run->{nagios}, qr/paid order 5 was canceled, ordered 2/,
	    'said');
};

subtest 'findings' => sub {
	states('ignored', 'ok', $server, '--ignore=autossl.overdue');
	states('less', 'warning autossl.overdue', $server,
	    '--severity=autossl.overdue:warning');
	my $run = check(@host, '--ignore=autossl.overdu');
	state_is($run, 'unknown', 'none of that name');
	line1_like($run, qr/did you mean 'autossl\.overdue'/, 'the nearest');
	my $list = run_plugin('check_autossl_queue', '--list-findings');
	for my $id (qw(api.auth api.empty autossl.expired autossl.pending)) {
		like($list->{out}, qr/^\Q$id\E\s+\w+/m, "$id is listed");
	}
	unlike($list->{out}, qr/^(?:ocsp|crl|chain)\./m, 'and no other');
};

subtest 'what cannot be meant' => sub {
	my $file = $server->token_file('x');
	my @token = ("--token-file=$file");
	for my $case (
		[ qr/say what to ask: --whm=HOST, --cpanel=HOST or --local/ ],
		[ qr/say what to ask/, '--whm=', '--cpanel=' ],
		[ qr/only one of --whm, --cpanel and --local/, '--whm=a',
		    '--cpanel=b' ],
		[ qr/only one of --whm, --cpanel and --local/, '--whm=a',
		    '--local' ],
		[ qr/--account: only with the whole server/, '--cpanel=a',
		    '-u', 'a', '--account=b', @token ],
		[ qr/--market: only for one account/, '--whm=a', '--market',
		    @token ],
		[ qr/--insecure and --ca-file cannot both/, '--whm=a',
		    '--insecure', '--ca-file=/dev/null', @token ],
		[ qr/--autossl-issuer/, '--whm=a', '--autossl-issuer=(',
		    @token ],
		[ qr/--window/, '--whm=a', '--window=x', @token ],
		[ qr/--window/, '--whm=a', '--window=-1d', @token ],
		[ qr/-w|--warning/, '--whm=a', '-w', '20:10', @token ],
		[ qr/-c|--critical/, '--whm=a', '-c', '0x10', @token ],
		[ qr/--run-warning/, '--whm=a', '--run-warning=1e3', @token ],
		[ qr/--whm/, '--whm=a:99999', @token ],
		[ qr/--whm/, '--whm=smtp://a', @token ],
		[ qr/--whm/, "--whm=a\nb", @token ],
		[ qr/'--wmh'.*--whm|--whm/, '--wmh=a', @token ],
		[ qr/./, '--whm=a', @token, 'extra' ],
		[ qr{/nonexistent/bin/whmapi1: no such program; is this a
		    \ cPanel\ server\?|whmapi1}x, '--local',
		    '--local-bin=/nonexistent/bin' ],
		[ qr/--local-bin: 'bin' is no absolute path/, '--local',
		    '--local-bin=bin' ],
	    ) {
		my ($words, @args) = @$case;
		my $run = check(@args);
		my $title = join(' ', map { s/\n/\\n/r } @args) || 'nothing';
		state_is($run, 'unknown', $title);
		line1_like($run, $words, "$title: text");
		cmp_ok(scalar(split /\n/, $run->{out}), '<=', 2,
		    "$title: one line");
	}
};

subtest 'on the server' => sub {
	plan(skip_all => 'only as root') if $> != 0;
	verdict('all', [ $server->local ], 'critical', [ 'autossl.overdue' ]);
	verdict('one of all', [ $server->local, '--account=alice' ], 'ok',
	    []);
	verdict('an account', [ $server->local('alice') ], 'ok', []);
	line1_like(check($server->local, '--market'),
	    qr/--market: only for one account/, 'not of all');
	is(scalar(grep { $_->{auth} ne 'local' } grep { $_->{door} =~
	    /uapi|whmapi1/ } $server->calls), 0, 'without a token');
};

no_forbidden($server);

done_testing;

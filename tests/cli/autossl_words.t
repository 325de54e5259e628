# SPDX-License-Identifier: ISC
#
# What line 1 says of each story, word for word, and the numbers beside it, at
# the story's own time; asked of the host, of accounts and on the server.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../lib";

use MPC::Test;
use MPC::AutoSSL;

my $root = $> == 0;

# What line 1 says behind the target and before "as of".
sub words_of {
	my ($run) = @_;
	my ($words) = line1($run) =~
	    /^AUTOSSL_QUEUE [A-Z]+ - \S+?: (.*), as of 2026-11-20T1\d:00:00Z \|/;
	utf8::decode($words) if defined $words;
	return $words // line1($run);
}

# { label => value } as "label=value" words, those that are asked for.
sub numbers_of {
	my ($run, $wanted) = @_;
	my ($metrics) = perfdata($run);
	return join ' ', map { my ($label) = /^([^=]+)/;
	    "$label=" . ($metrics->{$label}{value} // 'none') .
	    ($metrics->{$label}{unit} // '') } split ' ', $wanted;
}

sub says {
	my ($title, $args, $words, $numbers) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $run = check(@$args);
	is(words_of($run), $words, $title);
	is(numbers_of($run, $numbers), $numbers, "$title: numbers")
	    if defined $numbers;
	return $run;
}

# [ story, who, words, numbers ]; who is "host" or an account.
my $due = 'the server says that it will renew it, no pending order, no '
    . 'problem recorded';
my @stories = (
	[ 'fine', 'host', '4 AutoSSL certificates fine, 1 due for renewal, '
	    . 'last run 2 h 35 min ago', 'vhosts=4 autossl_certs=4 expired=0 '
	    . 'overdue=0 in_window=1 min_days=27 problems=0 excluded=0 '
	    . 'last_run_age=9300s run_in_progress=0s rate_limited=0 '
	    . 'providers=1 pending_orders=none' ],
	[ 'fine', 'alice', '2 AutoSSL certificates fine, next renewal in 31 '
	    . 'days', 'vhosts=2 min_days=60 last_run_age=none providers=none '
	    . 'problems=0' ],
	[ 'january-2024', 'host', 'alice.example (account alice) expired 4 h '
	    . 'ago: no pending order, no problem recorded, an AutoSSL check '
	    . 'has been in progress for 3 h', 'expired=1 overdue=0 '
	    . 'min_days=-0.167 pending_orders=0 run_in_progress=10800s' ],
	[ 'january-2024', 'alice', 'alice.example (account alice) expired 4 h '
	    . 'ago: no pending order, no problem recorded, an AutoSSL check '
	    . 'is in progress', 'expired=1 pending_orders=0' ],
	[ 'january-2024-renewed', 'host', '2 AutoSSL certificates fine, next '
	    . 'renewal in 21 days, last run 4 h ago', 'expired=0 '
	    . 'run_in_progress=0s' ],
	[ 'y2017-queue', 'host', 's01.club.example (carol) expires in 25 '
	    . 'days, renewal has been due for 4 days, ordered 2 days ago and '
	    . 'still pending (critical above 2 days); 30 more pending too '
	    . 'long, of 32 AutoSSL certificates', 'problems=31 '
	    . 'problem_domains=31 pending_orders=31 pending_domains=31 '
	    . 'oldest_pending=176400s' ],
	[ 'y2017-day-6', 'host', 's01.club.example (carol) expires in 20.5 '
	    . 'days, renewal has been due for 8.5 days, ordered 6.5 days ago '
	    . 'and still pending (critical above 2 days), will be canceled '
	    . 'at 7 days; 30 more pending too long, of 32 AutoSSL '
	    . 'certificates' ],
	[ 'y2017-cancelled', 'host', 's01.club.example (carol) expires in 20 '
	    . 'days, renewal has been due for 9 days; 30 more overdue, of 32 '
	    . 'AutoSSL certificates', 'pending_orders=0 overdue=31' ],
	[ 'alias-validation', 'alice', 'alice.example (account alice) expires '
	    . 'in 26 days, renewal has been due for 3 days: the server will '
	    . 'not renew it, DNS points elsewhere or nowhere '
	    . '(old-name.example), put off while a name fails validation '
	    . '(alice.example)', 'overdue=0 in_window=1 problems=2' ],
	[ 'dns-elsewhere', 'host', 'moved.example (account alice) expires in '
	    . '26 days, renewal has been due for 3 days: the server will not '
	    . 'renew it, DNS points elsewhere or nowhere (moved.example)',
	    'problems=6 excluded=1' ],
	[ 'dns-elsewhere', 'bob', '2 AutoSSL certificates fine, 1 due for '
	    . 'renewal', 'problems=5 excluded=1' ],
	[ 'caa', 'bob', 'bob.example (account bob) expires in 14 days, '
	    . 'renewal has been due for 15 days: the server will not renew '
	    . 'it, a CAA record forbids it (bob.example)' ],
	[ 'caa', 'alice', 'caa.example (account alice) expires in 15 days, '
	    . "renewal has been due for 14 days: $due" ],
	[ 'rate-limit-storm', 'host', 'site1.example (a1) expired 20 h ago; 7 '
	    . 'overdue, of 9 AutoSSL certificates, 1 more problem',
	    'expired=1 overdue=7 rate_limited=1' ],
	[ 'cron-dead-3-days', 'host', 'the last run for all accounts was 3.1 '
	    . 'days ago (critical above 2 days), 1 more problem',
	    'last_run_age=273600s expired=0' ],
	[ 'terms-outdated', 'host', 'Let’s Encrypt™ has new terms of service; '
	    . 'accept them in WHM, Manage AutoSSL' ],
	[ 'autossl-off', 'host', 'no AutoSSL provider is enabled, nothing is '
	    . 'renewed', 'providers=0' ],
	[ 'autossl-off', 'alice', 'no AutoSSL certificate among 1 website' ],
	[ 'retired-provider', 'host', 'the provider is Sectigo, which has '
	    . "issued nothing since 2024-12-31; switch to Let's Encrypt" ],
	[ 'lifetimes', 'host', 'overdue6.example (w6) expires in 1 day, '
	    . 'renewal has been due for 1.2 days; 2 more overdue, of 9 '
	    . 'AutoSSL certificates', 'overdue=3 in_window=6 min_days=1' ],
	[ 'lifetimes', 'w45', 'overdue45.example (account w45) expires in 8 '
	    . "days, renewal has been due for 7 days: $due" ],
	[ 'lifetimes', 'w64', 'overdue64.example (account w64) expires in 10 '
	    . "days, renewal has been due for 11.3 days: $due" ],
	[ 'suspended', 'host', '1 of 2 AutoSSL certificates fine, 1 '
	    . 'suspended, next renewal in 21 days, last run 2 h 35 min ago', 'expired=0 '
	    . 'autossl_certs=2' ],
	[ 'with-queue', 'dave', 'dying.example (account dave) expires in 24 '
	    . 'days, renewal has been due for 5 days: ordered 6.7 days ago '
	    . 'and still pending (critical above 2 days), will be canceled '
	    . 'at 7 days', 'pending_orders=1 oldest_pending=583200s' ],
	[ 'with-queue', 'carol', 'stuck.example (account carol) expires in 25 '
	    . 'days, renewal has been due for 4 days: ordered 2 days ago and '
	    . 'still pending (critical above 2 days)', 'pending_orders=1 '
	    . 'pending_domains=3' ],
	[ 'without-queue', 'host', '4 AutoSSL certificates fine, 4 due for '
	    . 'renewal, last run 2 h 35 min ago', 'pending_orders=none '
	    . 'oldest_pending=none' ],
	[ 'silent-stall', 'alice', 'alice.example (account alice) expires in '
	    . "5 days, renewal has been due for 24 days: $due" ],
	[ 'stored-not-installed', 'alice', 'alice.example (account alice) '
	    . 'expires in 12 days, renewal has been due for 17 days: a newer '
	    . 'certificate (until 2027-02-16) is stored but not installed' ],
	[ 'self-signed', 'host', 'bob.example (account bob) has a self-signed '
	    . 'certificate, made 5 days ago' ],
	[ 'foreign', 'host', 'no AutoSSL certificate among 3 websites, last '
	    . 'run 2 h 35 min ago', 'autossl_certs=0 min_days=none' ],
);
my %servers;
for my $story (@stories) {
	my ($name, $who, $words, $numbers) = @$story;
	my $server = $servers{$name} //= cpanel($name);
	says("$name: $who", [ $who eq 'host' ? $server->host :
	    $server->account($who) ], $words, $numbers);
	next if $who eq 'host' && !$root;
	# The token of an account shows nothing else than its own uapi.
	says("$name: $who, on the server", [ $server->local($who eq 'host' ?
	    () : $who) ], $words, $numbers);
}

subtest 'what to do is said with it' => sub {
	my @advice = (
		[ 'caa', qr/allow the CA in the zone's CAA records/ ],
		[ 'dns-elsewhere', qr/point the name's A and AAAA records/ ],
		[ 'rate-limit-storm', qr/wait until the CA takes orders/ ],
		[ 'january-2024', qr/wait for that check and read its log/ ],
		[ 'silent-stall', qr/start AutoSSL for the account/ ],
		[ 'cron-dead-3-days', qr/crond is not running/ ],
		[ 'y2017-queue', qr/it says: The certificate authority/ ],
	);
	for my $row (@advice) {
		like(check($servers{$row->[0]}->host)->{out}, $row->[1],
		    $row->[0]);
	}
	my $run = check($servers{'rate-limit-storm'}->host);
	like($run->{out}, qr/retry after 2026-11-20T19:00:00Z/,
	    'when the rate limit ends');
};

subtest 'the second look' => sub {
	my $server = cpanel('january-2024');
	my @args = grep { !/^2026-/ && $_ ne '--at' } $server->account('alice');
	for my $look (
		[ '2026-11-20T12:00:00Z', 'is in progress', 0 ],
		[ '2026-11-20T12:10:00Z', 'has been in progress for 10 min',
		    600 ],
		[ '2026-11-20T15:00:00Z', 'has been in progress for 3 h',
		    10800 ],
	    ) {
		my ($at, $words, $age) = @$look;
		my $run = check(@args, '--at', $at);
		state_is($run, 'critical', $at);
		line1_like($run, qr/an AutoSSL check \Q$words\E, as of/,
		    "$at: since when");
		is(numbers_of($run, "run_in_progress=${age}s"),
		    "run_in_progress=${age}s", "$at: measured");
	}
	# Hours later it is a finding of its own.
	has_finding(check_json(@args, '--at', '2026-11-20T18:00:01Z'),
	    'autossl.stuck', undef, 'warning', 'after six hours');
	has_finding(check_json(@args, '--at', '2026-11-21T12:00:01Z'),
	    'autossl.stuck', undef, 'critical', 'after a day');
	# Renewed: the check is over, and forgotten.
	my $after = scenario('january-2024-renewed');
	$server->change($after);
	verdict('renewed', [ @args, '--at', $after->{now} ], 'ok', [],
	    { like => qr/1 AutoSSL certificate fine/ });
	$server->change(scenario('january-2024'));
	line1_like(check(@args, '--at', '2026-11-22T12:00:00Z'),
	    qr/an AutoSSL check is in progress,/, 'a new check is a new one');
};

subtest 'a reseller' => sub {
	my $scene = scenario('reseller-partial');
	my $server = cpanel($scene);
	my %token = map { $_->{user} => $_->{token} } @{ $scene->{tokens} };
	my @reseller = $server->host(user => 'reseller', token =>
	    $token{reseller});
	my $run = says('sees its own accounts', \@reseller,
	    'dora.example (account dora) expires in 12 days, renewal has been '
	    . 'due for 17 days: no pending order', 'vhosts=2 overdue=1 '
	    . 'problems=none excluded=none last_run_age=none providers=none');
	unlike($run->{out}, qr/no problem recorded/,
	    'what is not permitted is not claimed to be absent');
	like(check(@reseller, '-v')->{out}, qr/left\ out,\ not\ offered:
	    \ pending\ orders;\ not\ permitted:\ providers,\ schedule,
	    \ past\ runs,\ recorded\ problems,\ excluded\ domains,
	    \ renewal\ status,\ services/x, 'what is not permitted is named');
	my %asked;
	$server->forget;
	check(@reseller, '--no-cache');
	$asked{$_}++ for $server->functions;
	is($asked{get_autossl_problems_for_user}, 1, 'and asked for once');
	says('a limited one', [ $server->host(user => 'limited', token =>
	    $token{limited}) ], 'fetch_ssl_vhosts: permission denied: the '
	    . 'token lacks the privilege ssl-info');
	no_forbidden($server);
};

no_forbidden($servers{$_}, "$_: only calls that change nothing")
    for sort keys %servers;

done_testing;

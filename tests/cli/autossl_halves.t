# SPDX-License-Identifier: ISC
#
# Answers that are half there: what cannot be judged is never OK, and the
# rest is judged all the same.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../lib";

use Encode qw(encode);
use JSON::PP ();

use MPC::Test;
use MPC::AutoSSL;

use constant DAY => 86400;

# Of characters: the scenario is encoded as a whole.
my $json = JSON::PP->new->canonical->allow_nonref;
my $server = cpanel('fine', { functions => {
    remove => [ 'SSL::get_autossl_renewal_status' ] } });

sub whm {
	my ($data, %metadata) = @_;
	return $json->encode({ data => $data, metadata => { result => 1,
	    reason => 'OK', version => 1, command => 'x', %metadata } });
}

sub uapi {
	my ($data, %more) = @_;
	return $json->encode({ data => $data, status => 1, errors => undef,
	    messages => undef, warnings => undef, metadata => {}, %more });
}

# A certificate that ends in so many days.
sub cert {
	my ($left, %more) = @_;
	return { 'issuer.organizationName' => "Let's Encrypt",
	    'issuer.commonName' => 'R12', is_self_signed => 0,
	    not_after => now + $left * DAY, not_before => now +
	    ($left - 90) * DAY, %more };
}

sub vhost {
	my ($name, $cert, %more) = @_;
	return { user => 'alice', servername => $name, domains => [ $name,
	    "www.$name" ], crt => $cert, %more };
}

sub installed {
	my ($name, $cert, %more) = @_;
	return { servername => $name, domains => [ $name ], certificate =>
	    { is_autossl => 1, auto_ssl_provider => 'LetsEncrypt', %$cert },
	    %more };
}

# The host answers with these rows, and other functions as they are told.
sub host {
	my ($rows, @faults) = @_;
	$server->change({ faults => [ { function => 'fetch_ssl_vhosts',
	    body => whm({ vhosts => $rows }) }, @faults ] });
	return $server->host;
}

sub account {
	my ($rows, @faults) = @_;
	$server->change({ faults => [ { function => 'SSL::installed_hosts',
	    body => ref $rows ? uapi($rows) : $rows }, @faults ] });
	return ($server->account('alice'), '--no-cache');
}

# What is said of an answer: state, findings that are not OK, words of all.
sub says {
	my ($title, $args, $state, $ids, $words) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return verdict(encode('UTF-8', $title), $args, $state, $ids,
	    defined $words ? { like => $words } : ());
}

my $good = vhost('good.example', cert(60));

# --- rows of the core call ---------------------------------------------------

my @unnamed = ('api.answer');
for my $row (undef, 'text', 7, [], {}, { user => 'alice', crt => cert(-1) },
    { user => 'alice', server_name => 'x.example', crt => cert(-1) }) {
	my $title = 'a row ' . $json->encode($row);
	says($title, [ host([ $good, $row ]) ], 'unknown', \@unnamed,
	    qr/1 website cannot be judged: the server lists 1 without a name/);
	says("$title, beside one that has expired", [ host([ $row,
	    vhost('old.example', cert(-1)) ]) ], 'critical',
	    [ 'api.answer', 'autossl.expired' ]);
}
{
	my $bare = vhost('bare.example');
	delete $bare->{crt};
	says('a row without its certificate', [ host([ $good, $bare ]) ],
	    'unknown', \@unnamed, qr/the server lists 1 without the cert/);
	says('no row with one', [ host([ $bare, $bare ]) ], 'unknown',
	    \@unnamed, qr/2 websites cannot be judged/);
	says('a website that has none', [ host([ $good, vhost('a.example') ])
	    ], 'ok', []);
	says('no website that has one', [ host([ vhost('a.example'),
	    vhost('b.example') ]) ], 'unknown', [ 'api.empty' ]);
	says('the same of an account', [ account([ { servername =>
	    'a.example' }, installed('b.example', cert(60)) ]) ], 'unknown',
	    \@unnamed);
}
for my $issuer ({ 'issuer.organizationName' => '',
	'issuer.commonName' => '' }, { 'issuer.organizationName' => undef,
	'issuer.commonName' => undef }) {
	says('a certificate of nobody', [ host([ $good, vhost('a.example',
	    cert(1, %$issuer)) ]) ], 'unknown', \@unnamed,
	    qr/1 with a certificate without an issuer/);
	says('whose flag says what it is', [ account([ installed('a.example',
	    cert(1, %$issuer)) ]) ], 'critical', [ 'autossl.overdue' ]);
	my $row = installed('a.example', cert(1, %$issuer));
	delete $row->{certificate}{is_autossl};
	says('whose flag is gone, too', [ account([ $row ]) ], 'unknown',
	    \@unnamed);
}
for my $end (undef, '', 'Nov 25 12:00:00 2026 GMT', '11/25/26',
    (now + 5 * DAY) * 1000, JSON::PP::true, [ now ]) {
	my $title = 'an end ' . $json->encode([ $end ]);
	says($title, [ host([ $good, vhost('a.example', cert(5,
	    not_after => $end)) ]) ], 'unknown', \@unnamed,
	    qr/1 with a certificate without an end that can be read/);
	says("$title, beside one that has expired", [ host([
	    vhost('a.example', cert(5, not_after => $end)),
	    vhost('old.example', cert(-1)) ]) ], 'critical',
	    [ 'api.answer', 'autossl.expired' ]);
}
# Nobody waits for the end of somebody else's.
says('an end of another certificate', [ host([ $good, vhost('a.example',
    cert(5, not_after => undef, 'issuer.organizationName' => 'DigiCert')) ])
    ], 'ok', []);
# Whatever its beginning is said to be, it ends in two days.
for my $begin (undef, '', 0, now + 2 * DAY, now + 3 * DAY, now + 1.5 * DAY,
    'yesterday', now * 1000) {
	says('a beginning ' . $json->encode([ $begin ]), [ host([
	    vhost('a.example', cert(2, not_before => $begin)) ]) ],
	    'critical', [ 'autossl.overdue' ]);
}
# A website of nobody: with --account nobody knows whether it counts.
{
	my $row = vhost('a.example', cert(-1), user => undef);
	says('a row without an account', [ host([ $row, $good ]) ],
	    'critical', [ 'api.answer', 'autossl.expired' ]);
	says('a row without an account, and --account', [ host([ $row, $good ]),
	    '--account=alice' ], 'unknown', \@unnamed);
}

# --- what else is asked ------------------------------------------------------

# A problem that is recorded in a way that nobody reads is no "none".
my $due = vhost('due.example', cert(26));
for my $data (undef, {}, 'x', { problems => [ { domain => 'due.example',
	problem => 'x' } ] }, { problems_by_domain => { 'due.example' =>
	'x' } }) {
	says('problems ' . $json->encode([ $data ]), [ host([ $due ],
	    { function => 'get_autossl_problems_for_user', body =>
	    whm($data) }) ], 'unknown', [ 'api.unread' ],
	    qr/recorded problems could not be read: .*no list of domains/);
}
for my $data ({ problems_by_domain => [] }, { problems_by_domain => undef },
    []) {
	says('no problem ' . $json->encode($data), [ host([ $due ],
	    { function => 'get_autossl_problems_for_user', body =>
	    whm($data) }) ], 'ok', []);
}
says('problems as a list', [ host([ $due ], { function =>
    'get_autossl_problems_for_user', body => whm([ { domain =>
    'due.example', problem => 'x' } ]) }) ], 'warning',
    [ 'autossl.problem' ]);
for my $data (undef, {}, { payload => 'x' }, { domains => [] }) {
	says('exclusions ' . $json->encode([ $data ]), [ host([ $due ],
	    { function => 'get_autossl_user_excluded_domains', body =>
	    whm($data) }) ], 'unknown', [ 'api.unread' ]);
}

# UAPI: a failure that is called a success.
my $failed = { errors => [ 'The problems database is unreachable.' ] };
my $own = installed('due.example', cert(26));
says('errors of the core call', [ account(uapi([ $own ], %$failed)) ],
    'unknown', [ 'api.server' ], qr/problems database is unreachable/);
for my $data (undef, []) {
	says('errors of another', [ account([ $own ], { function =>
	    'SSL::get_autossl_problems', body => uapi($data, %$failed) }) ],
	    'unknown', [ 'api.unread' ], qr/database is unreachable/);
}
says('no errors', [ account(uapi([ $own ], errors => [])) ], 'ok', []);
says('warnings', [ account(uapi([ $own ], warnings => [ 'x' ])) ], 'ok', []);
says('stored certificates without a list', [ account([ $own ], { function =>
    'SSL::list_certs', body => uapi(undef) }) ], 'unknown',
    [ 'api.unread' ]);

# A file that may not be read is no privilege that is not granted.
for my $reason ('open(/var/cpanel/autossl_problems.sqlite): Permission denied',
    'The system failed to open the file “/var/cpanel/x” because of an error: '
    . 'Permission denied', '/usr/local/cpanel/x: not allowed') {
	says($reason, [ host([ $due ], { function =>
	    'get_autossl_problems_for_user', body => whm({}, result => 0,
	    reason => $reason) }) ], 'unknown', [ 'api.unread' ],
	    qr/the server says: /);
}
for my $reason ('Permission denied', 'You do not have read/write permission.',
    'Permission denied: see https://docs.cpanel.net/whm/') {
	says($reason, [ host([ $due ], { function =>
	    'get_autossl_problems_for_user', body => whm({}, result => 0,
	    reason => $reason) }) ], 'ok', [],
	    undef);
}
# "OK" is no reason to fail.
says('a failure without a reason', [ host([ $due ], { function =>
    'get_autossl_problems_for_user', body => whm({ problems_by_domain => []
    }, result => 0) }) ], 'unknown', [ 'api.unread' ],
    qr/it failed, and the server does not say why/);

# A service that the server knows nothing about is said.
says('no services', [ host([ $good ], { function => 'servicestatus', body =>
    whm({ service => [] }) }), '-v' ], 'ok', [], qr/not offered: .*services/);

# The retired provider, however it is written.
says('the retired provider', [ host([ $good ], { function =>
    'get_autossl_providers', body => whm({ payload => [ { module_name =>
    'CPanel', display_name => 'Sectigo', enabled => '1' } ] }) }) ],
    'critical', [ 'autossl.retired_provider' ]);

# Orders that have no age.
{
	my $function = 'SSL::get_autossl_pending_queue';
	my @rows = { domain => 'due.example', order_item_id => 7 };
	$server->change({ functions => { add => [ $function ],
	    remove => [ 'SSL::get_autossl_renewal_status' ] } });
	for my $time (undef, '', 'yesterday', [ 1 ]) {
		$rows[0]{request_time} = $time;
		says('an order of ' . $json->encode([ $time ]), [ account(
		    [ $own ], { function => $function, body => uapi(\@rows)
		    }) ], 'unknown', [ 'api.unread' ],
		    qr/since when 1 order has been pending cannot be read/);
	}
	says('orders under another name', [ account([ $own ], { function =>
	    $function, body => uapi({ orders => \@rows }) }) ], 'unknown',
	    [ 'api.unread' ]);
	says("no orders", [ account([ $own ], { function => $function,
	    body => uapi($_) }) ], 'ok', []) for undef, [], {},
	    { pending_certificates => undef };
}

# --- noise that is none ------------------------------------------------------

# A web server's words about somebody's website suspend no account.
for my $problem ('The system queried for a temporary file at '
    . '“http://www.old.example/.well-known/acme-challenge/x”, but the web '
    . 'server responded with the following error: 503 (The domain is '
    . 'suspended.).', 'The registrar says that “old.example” is suspended.',
    'The domain is suspended.') {
	says($problem, [ host([ vhost('old.example', cert(-1)) ],
	    { function => 'get_autossl_problems_for_user', body => whm({
	    problems_by_domain => [ { domain => 'www.old.example', problem =>
	    $problem, time => '2026-11-20T10:00:00Z' } ] }) }) ], 'critical',
	    [ 'autossl.expired' ]);
}
says('a suspended account says so', [ host([ vhost('old.example', cert(-1))
    ], { function => 'get_autossl_problems_for_user', body => whm({
    problems_by_domain => [ { domain => 'old.example', problem =>
    '“alice” is suspended.', time => '2026-11-20T10:00:00Z' } ] }) }) ],
    'ok', []);

# A website whose name looks like a service's has problems of its own.
for my $name ('webmail.shop.example', 'WHM.shop.example') {
	says($name, [ host([ vhost($name, cert(26)) ], { function =>
	    'get_autossl_problems_for_user', body => whm({
	    problems_by_domain => [ { domain => lc $name, problem => '“'
	    . lc $name . '” does not resolve to any IPv4 addresses on the '
	    . 'internet.', time => '2026-11-20T10:00:00Z' } ] }) }) ],
	    'warning', [ 'autossl.problem' ], qr/DNS points elsewhere/);
}

# What somebody bought and keeps in the account is no renewal.
sub stored {
	my (%more) = @_;
	return { function => 'SSL::list_certs', body => uapi([ {
	    domains => [ 'due.example' ], not_before => now - DAY,
	    not_after => now + 300 * DAY, is_self_signed => 0, %more } ]) };
}
says('a stored certificate of another CA', [ account([ $own ], stored(
    'issuer.organizationName' => 'DigiCert Inc')) ], 'ok', []);
says('a stored one of AutoSSL', [ account([ $own ], stored(
    'issuer.organizationName' => 'Let’s Encrypt')) ], 'warning',
    [ 'autossl.not_installed' ]);

# --- fallback certificates ---------------------------------------------------

# Nobody waits for AutoSSL where it is not to renew: not of a suspended
# account, nor for a name that is excluded.
for my $case ([ 'one that is waited for', {}, 'warning',
	[ 'autossl.self_signed' ] ],
    [ 'a suspended account', { suspended => 1 }, 'ok', [] ],
    [ 'an excluded name', { excluded => [ 'BOB.example' ] }, 'ok', [] ],
    [ 'an excluded alias', { excluded => [ 'www.bob.example' ] }, 'warning',
	[ 'autossl.self_signed' ] ]) {
	my ($title, $account, $state, $ids) = @$case;
	for my $left ('300d', '-300d') {
		my $other = cpanel('fine', { accounts => [ { user => 'bob',
		    domain => 'bob.example', vhosts => [ { name =>
		    'bob.example', cert => { issuer => 'self', $left =~
		    /^-(.*)/ ? (ago => $1) : (left => $left) } } ],
		    %$account } ] });
		says("$title, $left", [ $other->host ], $state, $ids);
		says("$title, $left, the account", [ $other->account('bob') ],
		    $state, $ids) if !$account->{suspended};
		no_forbidden($other);
		$other->forget;
		my $run = check($other->host, '--no-cache',
		    '--ignore=autossl.self_signed');
		state_is($run, 'ok', "$title, ignored");
		is(scalar(grep { /listaccts|excluded/ } $other->functions), 0,
		    "$title, ignored: nothing is asked about it");
	}
}
# Of very many only some are asked.
{
	my $other = cpanel('fine', { accounts => [ map { { user => "u$_",
	    domain => "u$_.example", vhosts => [ { name => "u$_.example",
	    cert => { left => '300d', issuer => 'self' } } ] } } 1 .. 80 ] });
	state_is(check($other->host, '-t', '60s'), 'warning', 'many');
	my %count;
	$count{$_}++ for $other->functions;
	is($count{get_autossl_user_excluded_domains}, 50, 'some are asked');
	is($count{get_autossl_problems_for_user}, undef, 'for that alone');
}
# The account's own problems say why it has no better one.
says('why', [ account([ installed('a.example', cert(300, is_self_signed => 1),
    certificate => { %{ cert(300, is_self_signed => 1) }, is_autossl => 0 })
    ], { function => 'SSL::get_autossl_problems', body => uapi([ { domain =>
    'a.example', problem => '“a.example” does not resolve to any IPv4 '
    . 'addresses on the internet.', time => '2026-11-20T10:00:00Z' } ]) }) ],
    'warning', [ 'autossl.self_signed' ],
    qr/has a self-signed certificate.*: DNS points elsewhere.*; point the/);

# --- whose certificates they are ---------------------------------------------

{
	my $theirs = vhost('a.example', cert(-1,
	    'issuer.organizationName' => 'ZeroSSL', 'issuer.commonName' =>
	    'ZeroSSL RSA CA'));
	my $other = cpanel('fine', { providers => [ { module => 'ZeroSSL',
	    enabled => 1 } ], faults => [ { function => 'fetch_ssl_vhosts',
	    body => whm({ vhosts => [ $theirs ] }) } ] });
	says('a provider that is not known', [ $other->host ], 'unknown',
	    [ 'api.empty' ], qr/the provider ZeroSSL, give its issuer with/);
	says('its issuer', [ $other->host, '--autossl-issuer=ZeroSSL' ],
	    'critical', [ 'autossl.expired' ]);
	says('one that is known', [ host([ $theirs ]) ], 'ok', []);
	# The host name's own certificate is of Let's Encrypt nevertheless.
	my $rows = sub {
		$other->change({ faults => [ { function => 'fetch_ssl_vhosts',
		    body => whm({ vhosts => [ @_ ] }) } ] });
		return $other->host;
	};
	my $own = vhost('host.example', cert(60), user => 'nobody');
	says('beside the host name', [ $rows->($theirs, $own) ], 'unknown',
	    [ 'api.empty' ], qr/the provider ZeroSSL, give its issuer with/);
	says('the host name alone', [ $rows->(vhost('host.example', cert(60,
	    is_self_signed => 1), user => 'nobody')) ], 'ok', []);
	says('beside one of an account', [ $rows->($theirs, $good) ], 'ok',
	    []);
	# Who was told the issuer and finds nothing of it.
	my $bought = vhost('b.example', cert(60, 'issuer.organizationName' =>
	    'DigiCert Inc'));
	says('another issuer', [ $rows->($bought), '--autossl-issuer=ZeroSSL'
	    ], 'unknown', [ 'api.empty' ],
	    qr/none has the issuer that --autossl-issuer gives/);
	says('an account that bought its own', [ $rows->($bought),
	    '--autossl-issuer=ZeroSSL', '--account=alice' ], 'ok', []);
}

# --- the schedule and the catalogue of runs ---------------------------------------------------

for my $case ([ {}, 'critical', [ 'autossl.schedule' ] ],
    [ { cron => undef }, 'critical', [ 'autossl.schedule' ] ],
    [ { cron => [] }, 'critical', [ 'autossl.schedule' ] ],
    [ { crontab => '54 1 * * *' }, 'unknown', [ 'api.unread' ] ],
    [ { next_time => '2026-11-21T01:54:00Z' }, 'unknown', [ 'api.unread' ] ],
    [ { cron => '54 1 * * *' }, 'ok', [] ]) {
	my ($data, $state, $ids) = @$case;
	says('the schedule ' . $json->encode($data), [ host([ $good ],
	    { function => 'get_autossl_check_schedule', body => whm($data) })
	    ], $state, $ids);
}

sub runs {
	my (@starts) = @_;
	return { function => 'get_autossl_logs_catalog', body => whm({
	    payload => [ map { { start_time => $_, username => '*',
	    provider => 'LetsEncrypt', in_progress => 0 } } @starts ] }) };
}
for my $start (undef, '', 'today', '2031-01-01T00:00:00Z') {
	says('a run of ' . $json->encode([ $start ]), [ host([ $good ],
	    runs($start)) ], 'unknown', [ 'api.unread' ],
	    qr/past runs could not be read: .*when 1 run began cannot be/);
}
says('none', [ host([ $good ], runs()) ], 'critical', [ 'autossl.run' ]);
says('a zone', [ host([ $good ], runs('2026-11-20T12:25:00+01:00')) ], 'ok',
    [], qr/last run 35 min ago/);
says('a zone, long ago', [ host([ $good ], runs('2026-11-19T10:25:00+05:00'))
    ], 'warning', [ 'autossl.run' ]);

# --- names that AutoSSL does not need ----------------------------------------

# A name that is served but not secured, such as a parked domain elsewhere, is
# left out of the next certificate: nobody waits for it.
for my $case (
	[ 'a parked domain', [ 'due.example', 'www.due.example' ],
	    'parked.example', 'ok', [] ],
	[ 'one that is secured', [ 'due.example', 'parked.example' ],
	    'parked.example', 'warning', [ 'autossl.problem' ] ],
	[ 'one that a wildcard secures', [ 'due.example', '*.due.example' ],
	    'www.due.example', 'warning', [ 'autossl.problem' ] ],
	[ 'one that a wildcard does not secure', [ '*.due.example' ],
	    'a.www.due.example', 'ok', [] ],
	[ 'the wildcard itself', [ 'due.example', '*.Due.example' ],
	    '*.due.example', 'warning', [ 'autossl.problem' ] ],
	[ 'the main name, not secured', [ 'other.example' ], 'due.example',
	    'warning', [ 'autossl.problem' ] ],
	[ 'nothing is said to be secured', [], 'parked.example', 'warning',
	    [ 'autossl.problem' ] ],
    ) {
	my ($title, $secured, $domain, $state, $ids) = @$case;
	my @names = ('due.example', 'www.due.example', 'a.www.due.example',
	    'parked.example');
	my $record = { domain => $domain, problem => "“$domain” does not "
	    . 'resolve to any IPv4 addresses on the internet.', time =>
	    '2026-11-20T10:00:00Z' };
	my $cert = cert(26, domains => $secured);
	says($title, [ host([ vhost('due.example', $cert, domains => \@names)
	    ], { function => 'get_autossl_problems_for_user', body => whm({
	    problems_by_domain => [ $record ] }) }) ], $state, $ids);
	says("$title, the account", [ account([ installed('due.example',
	    $cert, domains => \@names) ], { function =>
	    'SSL::get_autossl_problems', body => uapi([ $record ]) }) ],
	    $state, $ids);
}
# A run that is not over yet may still find a problem again.
for my $case ([ 0, 'ok', [] ], [ 1, 'warning', [ 'autossl.problem' ] ]) {
	my ($running, $state, $ids) = @$case;
	my @runs = ({ function => 'get_autossl_logs_catalog', body => whm({
	    payload => [ { start_time => '2026-11-20T11:59:00Z', username =>
	    '*', provider => 'LetsEncrypt', in_progress => $running } ] }) },
	    { function => 'get_autossl_log', body => whm({ payload => [] }) });
	says("a record of before the last run, $running", [ host([ $due ],
	    @runs, { function => 'get_autossl_problems_for_user', body => whm({
	    problems_by_domain => [ { domain => 'due.example', problem => 'x',
	    time => '2026-11-19T11:58:00Z' } ] }) }) ], $state, $ids);
}
# Nor does it bring back what the one before it did not find.
says('a record of before the last run but one', [ host([ $due ],
    { function => 'get_autossl_logs_catalog', body => whm({ payload => [
    map { { start_time => "2026-11-20T$_->[0]:00:00Z", username => '*',
    provider => 'LetsEncrypt', in_progress => $_->[1] } } [ 11, 1 ], [ "06", 0 ],
    [ '09', 0 ] ] }) }, { function => 'get_autossl_log', body => whm({
    payload => [] }) }, { function => 'get_autossl_problems_for_user',
    body => whm({ problems_by_domain => [ { domain => 'due.example', problem
    => 'x', time => '2026-11-01T09:00:00Z' } ] }) }) ], 'ok', []);
# The host name's own certificate is no website of an account.
for my $user ('nobody', 'root') {
	says("a fallback of $user", [ host([ $good, vhost('host.example',
	    cert(-30, is_self_signed => 1), user => $user) ]) ], 'ok', []);
	says("one of $user that is due", [ host([ vhost('host.example',
	    cert(26), user => $user) ]) ], 'ok', []);
	says("one of $user that has expired", [ host([ vhost('host.example',
	    cert(-1), user => $user) ]) ], 'critical',
	    [ 'autossl.expired' ]);
}
# Wildcards are not asked for by name.
{
	my $other = cpanel('fine', { accounts => [ { user => 'alice', domain
	    => 'alice.example', vhosts => [ map { { name => $_, domains =>
	    [ $_ ], cert => { left => '26d' } } } '*.alice.example',
	    '_wildcard_.alice.example', 'alice.example' ] } ] });
	for my $args ([ $other->host ], [ $other->account('alice') ]) {
		$other->forget;
		says('wildcards', $args, 'ok', []);
		is(scalar(grep { $_->{query} =~ /domain=/ && $_->{query} !~
		    /domain=alice/ } $other->calls), 0, 'are not asked for');
	}
}
# Lists of an account that come in pages nobody asked for.
says('a page of the core call', [ account(uapi([ $own ], metadata => {
    paginate => { total_results => '2', total_pages => 2 } })) ], 'unknown',
    [ 'api.answer' ], qr/the server has 2 rows, and gave 1/);
says('a page of problems', [ account([ $own ], { function =>
    'SSL::get_autossl_problems', body => uapi([], metadata => { paginate => {
    total_results => 40 } }) }) ], 'unknown', [ 'api.unread' ]);
says('all on one page', [ account(uapi([ $own ], metadata => { paginate => {
    total_results => 1 } })) ], 'ok', []);

# --- rows of what else is asked ----------------------------------------------

sub problem {
	my (%row) = @_;
	return { function => 'get_autossl_problems_for_user', body => whm({
	    problems_by_domain => [ \%row ] }) };
}
says('a problem of nobody', [ host([ $due ], problem(problem => 'x')) ],
    'unknown', [ 'api.unread' ], qr/recorded problems: 1 without a domain/);
says('under another name', [ host([ $due ], problem(domain_name =>
    'due.example', problem => 'x')) ], 'unknown', [ 'api.unread' ]);
says('with its last dot', [ host([ $due ], problem(domain => 'due.example.',
    problem => 'x')) ], 'warning', [ 'autossl.problem' ], qr/it says: x/);
is(scalar(() = says('without words', [ host([ $due ], problem(domain =>
    'due.example', problem => undef)) ], 'warning', [ 'autossl.problem' ]
    )->{nagios}{out} =~ /it says/g), 0, 'nothing is said then');
sub excluded {
	my (@rows) = @_;
	return { function => 'get_autossl_user_excluded_domains', body => whm({
	    payload => \@rows }) };
}
my $expired = vhost('old.example', cert(-1));
says('an exclusion', [ host([ $expired ], excluded({ excluded_domain =>
    'old.example' })) ], 'ok', [], qr/0 of 1 AutoSSL .* fine, 1 excluded/);
says('a bare name', [ host([ $expired ], excluded('old.example')) ], 'ok',
    []);
says('under another name', [ host([ $expired ], excluded({ domain =>
    'old.example' })) ], 'critical', [ 'api.unread', 'autossl.expired' ],
    qr/excluded domains: 1 without a name/);

# --- names that drift --------------------------------------------------------

for my $issuer ({ 'issuer.organizationName' => 'Lets Encrypt' },
    { 'issuer.organizationName' => 'LET’S ENCRYPT' },
    { 'issuer.organizationName' => '', issuer_text => "countryName\nUS\n"
	. "organizationName\nLet's Encrypt\ncommonName\nR12" },
    { 'issuer.organizationName' => { organizationName => "Let's Encrypt" } },
    { 'issuer.organizationName' => 'cPanel, L.L.C.' }) {
	says('an issuer ' . $json->encode($issuer), [ host([ vhost(
	    'old.example', cert(-1, %$issuer)) ]) ], 'critical',
	    [ 'autossl.expired' ]);
}
says('an end in another century', [ host([ $good, vhost('a.example', cert(1,
    not_after => 1e10)) ]) ], 'unknown', \@unnamed,
    qr/without an end that can be read/);
for my $case ([ { display_name => 'Let’s Encrypt', enabled => 1 }, 'ok', [] ],
    [ { display_name => 'cPanel', enabled => 1 }, 'critical',
	[ 'autossl.retired_provider' ] ],
    [ { enabled => 1 }, 'critical', [ 'autossl.no_provider' ] ]) {
	my ($row, $state, $ids) = @$case;
	says('a provider ' . $json->encode($row), [ host([ $good ], { function
	    => 'get_autossl_providers', body => whm({ payload => [ $row ] }) })
	    ], $state, $ids);
}
says('a service', [ host([ $good ], { function => 'servicestatus', body =>
    whm({ service => [ { name => 'Crond', running => 0, enabled => 1 } ] }) })
    ], 'critical', [ 'autossl.service' ]);

# Forbidden, to somebody whom the server knows.
my @forbidden = (function => 'get_autossl_providers', status => 403);
says('by the server', [ host([ $good ], { @forbidden, body => '{"metadata":{'
    . '"result":0,"reason":"Permission denied"}}' }), '-v' ], 'ok', [],
    qr/not permitted: providers/);
says('by what is in front of it', [ host([ $good ], { @forbidden, html => 1
    }) ], 'unknown', [ 'api.unread' ]);
# A page that is denied is another matter: the one before it was not.
{
	my $other = cpanel({ now => '2026-11-20T12:00:00Z', generate => {
	    vhosts => 700, accounts => 2, expired => 0, overdue => 0,
	    due => 0 }, faults => [ { function => 'fetch_ssl_vhosts', when =>
	    { 'api.chunk.start' => '501' }, status => 403, body =>
	    '{"error":"Access denied"}' } ] });
	says('a token taken back', [ $other->host ], 'unknown', [ 'api.auth' ],
	    qr/only 500 websites could be read: .*the token is wrong/);
}
# "Access denied" is a wrong token only as long as it opened nothing.
for my $case ([ 'servicestatus', qr/not permitted: services/ ],
    [ 'get_autossl_providers', qr/not permitted: providers/ ],
    [ 'listaccts', qr/not permitted: accounts/ ],
    [ 'get_autossl_problems_for_user', qr/not permitted: recorded prob/ ]) {
	my ($function, $words) = @$case;
	my $denied = { function => $function, status => 403, body =>
	    '{"cpanelresult":{"apiversion":"2","error":"Access denied",'
	    . '"data":{"reason":"Access denied","result":"0"},"type":"text"}}'
	};
	says("$function is denied", [ host([ $due ], $denied), '-v' ], 'ok',
	    [], $words);
	says("$function is denied, there", [ $server->local, '-v' ], 'ok', [],
	    $words);
	says("and with one that has expired", [ host([ vhost('old.example',
	    cert(-1)) ], $denied) ], 'critical', [ 'autossl.expired' ]);
}

no_forbidden($server);
done_testing;

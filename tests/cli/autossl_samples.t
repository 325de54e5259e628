# SPDX-License-Identifier: ISC
#
# Each document of the samples as the answer of the function it is of: what
# the whole run makes of it, in state, findings and words.  The broken ones
# and those of other functions are UNKNOWN as the core's answer, in words that
# help.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../lib";

use MPC::Test;
use MPC::AutoSSL;

my $samples = samples();
plan(skip_all => 'no samples: set MPC_AUTOSSL_SAMPLES to their folder')
    if !defined $samples;

my %core = (whm => 'fetch_ssl_vhosts', uapi => 'SSL::installed_hosts');
my %server = (fine => cpanel('fine'), stall => cpanel('silent-stall'));
my %seen;

# Functions are named as the calls are logged: uapi_cpanel in host mode.
sub told {
	my ($scene, $file, $function, $state, $ids, $words, @more) = @_;
	my $server = $server{$scene};
	my $uapi = $function =~ /::/;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$seen{$file} = 1;
	$server->change({ faults => [ { function => $function,
	    raw => "$samples/$file" } ] });
	$server->forget;
	my $run = verdict("$file: $scene", [ $uapi ?
	    $server->account('alice') : $server->host, '--no-cache', '-v',
	    @more ], $state, $ids);
	my $text = $run->{nagios}{out};
	utf8::decode($text);
	like($text, ref $words ? $words : qr/\Q$words\E/,
	    "$file: $scene: words");
	my @asked = grep { $_->{function} eq $function } $server->calls;
	ok(@asked >= 2, "$file: it was asked for");
	no_forbidden($server);
	return $run;
}

my @bad = ('autossl.expired', 'autossl.overdue');
my $le = 'AutoSSL certificates fine';

# --- the certificates --------------------------------------------------------

told('fine', 'whm/fetch_ssl_vhosts.official.json', $core{whm}, 'ok', [],
    'no AutoSSL certificate among 1 website');
told('fine', 'whm/fetch_ssl_vhosts.mixed.inferred.json', $core{whm},
    'critical', [ @bad, 'autossl.self_signed', 'autossl.will_not_renew',
	'api.unread' ], 'gone.example (bob) expired 1 day ago; 2 overdue, 1 '
    . 'not to be renewed, 1 self-signed, of 7 AutoSSL certificates');
told('fine', 'uapi/installed_hosts.official-shape.json', $core{uapi},
    'critical', [ 'autossl.expired' ],
    qr/example\.com \(account alice\) expired 4033 days ago/);
told('fine', 'uapi/http-flat.installed_hosts.inferred.json', $core{uapi},
    'critical', [ 'autossl.expired' ],
    'stalled.example (account alice) expired 12 h ago');
told('stall', 'uapi/list_certs.official-shape.json', 'SSL::list_certs',
    'critical', [ 'autossl.overdue' ], 'no problem recorded');

# --- the provider ------------------------------------------------------------

my $providers = 'get_autossl_providers';
told('fine', 'whm/get_autossl_providers.official.json', $providers,
    'critical', [ 'autossl.retired_provider' ], 'since 2024-12-31; switch');
told('fine', 'whm/get_autossl_providers.current-le.inferred.json', $providers,
    'ok', [], 'the provider is Let’s Encrypt™');
told('fine', 'whm/get_autossl_providers.tos-outdated.inferred.json',
    $providers, 'warning', [ 'autossl.terms' ], 'new terms of service');
told('fine', 'whm/get_autossl_providers.disabled.inferred.json', $providers,
    'critical', [ 'autossl.no_provider' ], 'nothing is renewed');
told('fine', 'whm/get_autossl_providers.custom-queue.inferred.json',
    $providers, 'ok', [], 'the provider is Example SSL Provider');

# --- schedule and runs -------------------------------------------------------

my $schedule = 'get_autossl_check_schedule';
told('fine', 'whm/get_autossl_check_schedule.official.json', $schedule, 'ok',
    [], 'AutoSSL is scheduled, every 1 day, next at 2016-06-09T06:00:00Z');
told('fine', 'whm/get_autossl_check_schedule.five-fields.inferred.json',
    $schedule, 'ok', [], 'AutoSSL is scheduled, every 1 day');
told('fine', 'whm/get_autossl_check_schedule.every3h.inferred.json',
    $schedule, 'ok', [], 'AutoSSL is scheduled, every 3 h');

my $catalog = 'get_autossl_logs_catalog';
told('fine', 'whm/get_autossl_logs_catalog.official.json', $catalog,
    'critical', [ 'autossl.run' ], "logs, only of single ones");
told('fine', 'whm/get_autossl_logs_catalog.fresh.inferred.json', $catalog,
    'ok', [], 'last run 2 h 35 min ago');
told('fine', 'whm/get_autossl_logs_catalog.empty.inferred.json', $catalog,
    'critical', [ 'autossl.run' ], "no run for all accounts in the server's "
    . 'logs');
# That server has no log of the run it lists.
told('fine', 'whm/get_autossl_logs_catalog.stale.inferred.json', $catalog,
    'critical', [ 'autossl.run', 'api.unread' ], 'the last run for all '
    . 'accounts was 3.1 days ago (critical above 2 days)');
told('fine', 'whm/get_autossl_logs_catalog.hung.inferred.json', $catalog,
    'critical', [ 'autossl.run', 'autossl.stuck', 'api.unread' ],
    'a check has been in progress for 1.1 days (critical above 1 day)');
told('fine', 'whm/get_autossl_logs_catalog.queue-kept-open.inferred.json',
    $catalog, 'unknown', [ 'api.unread' ],
    'log of the last run could not be read');

my $log = 'get_autossl_log';
told('stall', "whm/$log.official.json", $log, 'critical', [ @bad ],
    'carol.example');
told('stall', "whm/$log.ok.inferred.json", $log, 'critical', [ @bad ],
    'carol.example');
told('stall', "whm/$log.dcv-failure.inferred.json", $log, 'critical',
    [ @bad ], 'carol.example');
told('stall', "whm/$log.caa.inferred.json", $log, 'critical', [ @bad ],
    'carol.example');
told('fine', "whm/$log.rate-limit.inferred.json", $log, 'warning',
    [ 'autossl.rate_limit' ], 'retry after 2026-11-20T19:00:00Z');
told('stall', "whm/$log.rate-limit.inferred.json", $log, 'critical',
    [ @bad, 'autossl.rate_limit' ], '3 certificates are overdue or expired');
told('fine', 'whm/servicestatus.official.json', 'servicestatus', 'ok', [],
    $le);

# --- why, and whose ----------------------------------------------------------

for my $kind (qw(official mixed.inferred none.inferred)) {
	told('stall', "whm/get_autossl_problems_for_user.$kind.json",
	    'get_autossl_problems_for_user', 'critical', [ @bad ],
	    $kind =~ /none/ ? 'no problem recorded' : qr/problems? recorded/);
}
told('stall', 'whm/get_autossl_user_excluded_domains.official.json',
    'get_autossl_user_excluded_domains', 'critical', [ @bad ],
    'carol.example');
told('stall', 'whm/listaccts.official-subset.json', 'listaccts', 'critical',
    [ @bad ], 'carol.example');
told('stall', 'uapi/get_autossl_problems.official.json',
    'SSL::get_autossl_problems', 'critical', [ 'autossl.overdue' ],
    qr/\d problems? recorded/);
told('stall', 'uapi/http-flat.get_autossl_problems.inferred.json',
    'SSL::get_autossl_problems', 'critical', [ 'autossl.overdue' ],
    qr/\d problems? recorded/);
told('fine', 'uapi/get_autossl_excluded_domains.official.json',
    'SSL::get_autossl_excluded_domains', 'ok', [], $le);
for my $kind ('', 'http-flat.') {
	my $way = $kind eq '' ? 'official' : 'inferred';
	told('fine', "uapi/${kind}is_autossl_check_in_progress.$way.json",
	    'SSL::is_autossl_check_in_progress', 'ok', [],
	    $kind eq '' ? $le : qr/fine/);
}
my $renewal = 'SSL::get_autossl_renewal_status';
told('stall', 'uapi/get_autossl_renewal_status.official.json', $renewal,
    'critical', [ 'autossl.overdue' ], 'the server says that it will renew');
told('stall', 'uapi/http-flat.get_autossl_renewal_status.will-not-renew'
    . '.inferred.json', $renewal, 'critical', [ 'autossl.overdue' ],
    'the server will not renew it, a failed validation is recorded');
told('stall', 'uapi/http-flat.get_autossl_renewal_status.foreign-issuer'
    . '.inferred.json', $renewal, 'critical', [ 'autossl.overdue' ],
    "it was not issued by the server's AutoSSL provider");
told('fine', 'uapi/has_feature.official.json', 'Features::has_feature',
    'warning', [ 'autossl.feature' ],
    'AutoSSL is switched off for the account alice, nothing is renewed');

# --- orders ------------------------------------------------------------------

told('fine', 'whm/get_autossl_pending_queue.legacy.inferred.json',
    'get_autossl_pending_queue', 'critical', [ 'autossl.pending' ],
    'an order for dave/dying.example has been pending for 6.7 days, will be '
    . 'canceled at 7 days; 2 more pending too long, of 4 orders');
told('fine', 'whm/get_autossl_pending_queue.legacy-empty.inferred.json',
    'get_autossl_pending_queue', 'ok', [], '0 pending orders');
told('fine', 'uapi/get_autossl_pending_queue.guess.json',
    'SSL::get_autossl_pending_queue', 'ok', [], '0 pending orders');
told('fine', 'uapi/market_get_pending_ssl_certificates.official.json',
    'Market::get_pending_ssl_certificates', 'warning', [ 'autossl.market' ],
    'example.com: paid order 1 is pending', '--market');

# --- what is broken ----------------------------------------------------------

my @broken = (
	[ 'http/login_page_200.inferred.html', 'api.auth',
	    'a login page instead of an answer: the token is not accepted' ],
	[ 'http/truncated.inferred.json', 'api.answer',
	    'JSON cut off after 71 octets' ],
	[ 'whm/error_http403_access_denied.observed.json', 'api.auth',
	    'access denied: the token is wrong or expired, not of this user, '
	    . 'or not for this address' ],
	[ 'whm/error_permission_denied.inferred.json', 'api.denied',
	    'permission denied: the token lacks the privilege ssl-info' ],
	[ 'whm/error_unknown_function.inferred.json', 'api.answer',
	    'the server has no such function' ],
	[ 'whm/cpanel_jsonapi_bad_user.official-client.json', 'api.server',
	    'the server says: User parameter is invalid or was not supplied' ],
	[ 'whm/metadata_result_as_string.official-old.json', 'api.answer',
	    'no list of virtual hosts' ],
	[ 'uapi/error_feature_missing.inferred.json', 'api.denied',
	    'the account lacks the feature “autossl”' ],
	[ 'uapi/error_feature_missing.localized-quotes.observed-text.json',
	    'api.denied', 'the account lacks the feature “sslinstall”' ],
	[ 'uapi/error_function_not_found.inferred.json', 'api.answer',
	    'the server has no such function' ],
	[ 'uapi/error_module_load.inferred.json', 'api.answer',
	    'the server has no such function' ],
	[ 'uapi/market_set_status_error.official-shape.json', 'api.server',
	    'the server says: (text not documented)' ],
);
for my $row (@broken) {
	my ($file, $id, $words) = @$row;
	for my $kind ($file =~ /^http/ ? qw(whm uapi) : $file =~ m{^(\w+)}) {
		told('fine', $file, $core{$kind}, 'unknown', [ $id ], $words);
	}
}

# --- none is left out --------------------------------------------------------

# Of functions that are not asked for; as the core's answer they are none.
my @others = grep { !$seen{$_} && !/^ondisk/ } map { substr $_,
    1 + length $samples } files_below($samples, qr/\.(?:json|html)$/);
for my $file (@others) {
	my ($kind) = $file =~ m{^(whm|uapi)/} or next;
	my $server = $server{fine};
	$server->change({ faults => [ { function => $core{$kind},
	    raw => "$samples/$file" } ] });
	my $run = check($kind eq 'uapi' ? $server->account('alice') :
	    $server->host);
	state_is($run, 'unknown', "$file, of another function");
	line1_like($run, qr{instead|no list|no such|no website},
	    "$file, of another function: text");
}

done_testing;

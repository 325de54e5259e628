# SPDX-License-Identifier: ISC
#
# A core call that fails is UNKNOWN, with a text of its own for each kind; who
# is refused does not try again; a redirect does not carry the token.  Every
# document of the samples as an answer to everything.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";

use MPC::Test;
use MPC::AutoSSL;

my %core = (host => 'fetch_ssl_vhosts', alice => 'SSL::installed_hosts');
my $server = cpanel('fine');
my $other = cpanel('fine');

sub ask {
	my ($who, %options) = @_;
	return $who eq 'host' ? $server->host(%options)
	    : $server->account($who, %options);
}

# [ title, fault of the core call, finding, words ]
my @faults = (
	[ 'no answer but 401', { status => 401, empty => 1 }, 'api.auth',
	    qr/HTTP 401: access denied/ ],
	[ '403', { status => 403, empty => 1 }, 'api.auth',
	    qr/HTTP 403: access denied/ ],
	[ 'a login page', { login => 1 }, 'api.auth', qr/login page/ ],
	[ 'a redirect to the login page', { redirect => '/login/' }, undef,
	    qr/HTTP 302: the server redirects/ ],
	[ 'a redirect elsewhere', { redirect => 'https://localhost:' .
	    $other->whm_port . '/json-api/applist?api.version=1' }, undef,
	    qr/HTTP 302: the server redirects/ ],
	[ '500', { status => 500 }, 'api.server', qr/HTTP 500/ ],
	[ '503 of a proxy', { status => 503, html => 1 }, 'api.server',
	    qr/HTTP 503/ ],
	[ 'a page', { html => 1 }, 'api.answer', qr/HTML page/ ],
	[ 'nothing', { empty => 1 }, 'api.answer', qr/empty answer/ ],
	[ 'no JSON', { garbage => 1 }, 'api.answer', qr/JSON/ ],
	[ 'nested deeply', { deep => 100000 }, 'api.answer', qr/nested/ ],
	[ 'another shape', { body => '[1,2]' }, 'api.answer',
	    qr/right port/ ],
	[ 'too much', { huge => 20_000_000 }, undef, qr/longer than/ ],
	[ 'a body cut off', { cut => 100 }, undef, qr/closed/ ],
	[ 'a body cut off, in chunks', { cut => 100, chunked => 1 }, undef,
	    qr/closed|answer/ ],
	[ 'a reset', { reset => 1 }, undef, qr/\S/ ],
);
for my $case (@faults) {
	my ($title, $fault, $id, $words) = @$case;
	for my $who (sort keys %core) {
		$server->change({ faults => [ { function => $core{$who},
		    %$fault } ] });
		$server->forget;
		my $run = check(ask($who));
		state_is($run, 'unknown', "$title, $who");
		line1_like($run, $words, "$title, $who: text");
		unlike($run->{out}, qr/TOKEN/, "$title, $who: no token");
		my $json = check_json(ask($who));
		is(join(' ', bad_ids_of($json->{json}{targets}[0])), $id,
		    "$title, $who: finding") if defined $id;
		my @calls = grep { $_->{function} eq $core{$who} }
		    $server->calls;
		is(scalar @calls, 2, "$title, $who: not tried again")
		    if ($id // '') eq 'api.auth';
	}
}
is(scalar $other->calls, 0, 'nobody follows a redirect');

# A server that is slow is given up in time.
for my $who (sort keys %core) {
	$server->change({ faults => [ { function => $core{$who},
	    hang => 1 } ] });
	my $run = check(ask($who), '-t', '2s');
	state_is($run, 'unknown', "no answer, $who");
	line1_like($run, qr/timed out after 2 s in $core{$who}/,
	    "no answer, $who: text");
}
$server->change({ faults => [] });

# Who is refused, and where nobody answers to that name.
for my $who (sort keys %core) {
	$server->forget;
	my $run = check(ask($who, token => 'WRONG'));
	state_is($run, 'unknown', "a wrong token, $who");
	line1_like($run, qr/access denied/, "a wrong token, $who: text");
	unlike($run->{out}, qr/WRONG/, "a wrong token, $who: not told");
	is(scalar $server->calls, 1, "a wrong token, $who: one call");
}
my $roles = cpanel('fine', { roles_off => 1 });
line1_like(check($roles->account('alice')), qr/role/, 'a role is off');
my $bare = cpanel('fine', { functions => { remove => [ values %core ] } });
line1_like(check($bare->host), qr/no such function/, 'no such function');
line1_like(check($bare->account('alice')), qr/no such function/,
    'no such function of UAPI');

# What is not the core is left out when it fails.
for my $function (qw(get_autossl_providers get_autossl_check_schedule
    get_autossl_logs_catalog servicestatus listaccts)) {
	my $less = cpanel('fine', { functions => { remove => [ $function ] } });
	state_is(check($less->host), 'ok', "without $function");
}
# Numbers as texts, texts as objects and the like are no difference.
for my $drift (qw(strings result_string subject nested ms null_lists
    empty_strings wrapped no_chunk)) {
	my $odd = cpanel('silent-stall', { drift => { $drift => 1 } });
	state_is(check($odd->host), 'critical', "$drift: the host");
	state_is(check($odd->account('bob')), 'warning', "$drift: account");
}

SKIP: {
	my $samples = samples();
	skip 'no samples: set MPC_AUTOSSL_SAMPLES to their folder', 1
	    if !defined $samples;
	for my $path (files_below($samples, qr/\.(?:json|html|ndjson)$/)) {
		my $name = substr $path, 1 + length $samples;
		for my $who (sort keys %core) {
			for my $function ($core{$who}, undef) {
				$server->change({ faults => [ { raw => $path,
				    defined $function ? (function =>
				    $function) : () } ] });
				my $run = check(ask($who));
				ok($run->{exit} <= 3 && !$run->{signal},
				    "$name, $who");
				state_is($run, 'unknown', "$name, $who")
				    if $name =~ /error|http|truncated/ &&
				    $name !~ /http-flat/;
			}
		}
	}
}
no_forbidden($_) for $server, $other, $roles, $bare;

done_testing;

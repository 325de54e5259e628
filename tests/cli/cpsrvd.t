# SPDX-License-Identifier: ISC
#
# The emulator of cPanel's APIs answers as the documents do: the same keys,
# the same types, the same texts.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";

use HTTP::Tiny;
use JSON::PP ();

use MPC::Test;
use MPC::AutoSSL;

my $json = JSON::PP->new->utf8->canonical->allow_nonref;
my $ua = HTTP::Tiny->new(max_redirect => 0, timeout => 20);

# --- asking ------------------------------------------------------------------

sub query {
	my (%params) = @_;
	return join '&', map { "$_=" . $ua->_uri_escape($params{$_}) }
	    sort keys %params;
}

sub fetch {
	my ($server, $door, $path, $authorization, %options) = @_;
	my $port = $door eq 'whm' ? $server->whm_port : $server->cpanel_port;
	return $ua->request($options{method} // 'GET',
	    "http://127.0.0.1:$port$path", {
		headers => { defined $authorization ?
		    (Authorization => $authorization) : () },
		defined $options{form} ? (content => $options{form}) : (),
	    });
}

sub whm {
	my ($server, $function, %params) = @_;
	my $user = delete $params{-user} // 'root';
	my $token = delete $params{-token} // $server->token_of($user);
	my $got = fetch($server, 'whm', "/json-api/$function?" .
	    query('api.version' => 1, %params), "whm $user:$token");
	return eval { $json->decode($got->{content}) };
}

sub uapi {
	my ($server, $user, $function, %params) = @_;
	my $got = fetch($server, 'cpanel', '/execute/' .
	    $function =~ s{::}{/}r . '?' . query(%params), "cpanel $user:" .
	    $server->token_of($user));
	return eval { $json->decode($got->{content}) };
}

# --- shapes ------------------------------------------------------------------

# Where a value has other keys or types than the sample.  A value may be null
# on either side, a list empty; rows are like the first of the sample.
sub differences {
	my ($want, $got, $at) = @_;
	return () if !defined $want || !defined $got;
	my ($a, $b) = map { kind($_) } $want, $got;
	return "$at: $b, not $a" if $a ne $b;
	if ($a eq 'object') {
		my @wrong = map { "$at.$_ is missing" }
		    grep { !exists $got->{$_} } sort keys %$want;
		push @wrong, map { "$at.$_ is too much" }
		    grep { !exists $want->{$_} } sort keys %$got;
		push @wrong, map { differences($want->{$_}, $got->{$_},
		    "$at.$_") } grep { exists $got->{$_} } sort keys %$want;
		return @wrong;
	}
	return () if $a ne 'array' || !@$want;
	return map { differences($want->[0], $got->[$_], "$at\[$_]") }
	    0 .. $#$got;
}

sub kind {
	my ($value) = @_;
	return 'object' if ref $value eq 'HASH';
	return 'array' if ref $value eq 'ARRAY';
	return $json->encode($value) =~ /^"/ ? 'string' : 'number';
}

my $samples = samples();
sub sample {
	my ($name) = @_;
	return $json->decode(read_file("$samples/$name"));
}

sub same_shape {
	my ($name, $got, $want) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$want //= sample($name);
	my @wrong = defined $got ? differences($want, $got, '$') : 'no JSON';
	return ok(!@wrong, "$name: the same keys and types")
	    || diag(join "\n", @wrong);
}

# --- scenes ------------------------------------------------------------------

my $rich = {
	now => '2026-11-20T12:00:00Z',
	functions => { add => [qw(get_autossl_pending_queue
	    get_autossl_pending_queue_for_user
	    get_autossl_pending_queue_for_domain
	    SSL::get_autossl_pending_queue)] },
	providers => [ 'LetsEncrypt', { module => 'cPanel', enabled => 0 } ],
	tokens => [ { user => 'reseller', token => 'R' x 32,
	    acl => [qw(list-accts ssl-info cpanel-api)] } ],
	accounts => [
		{ user => 'alice', domain => 'alice.example', vhosts => [
		    { name => 'alice.example', cert => { left => '60d' } },
		    { name => 'ec.example', type => 'addon',
			cert => { left => '10d', key => 'ec' } },
		    { name => 'self.example', type => 'addon',
			cert => { left => '300d', issuer => 'self' } } ],
		    problems => [ { domain => 'ec.example',
			problem => '“ec.example” does not resolve to any '
			. 'IPv4 addresses on the internet.' } ],
		    excluded => [ 'dev.alice.example' ],
		    stored => [ { name => 'ec.example', left => '89d' } ],
		    pending => [ { id => '7', requested => '-2h', domains =>
			[ 'ec.example', 'www.ec.example' ] } ],
		    market => [ { domains => [ 'shop.example' ] } ] },
		{ user => 'bob', domain => 'bob.example', owner => 'reseller',
		    missing_features => [ 'autossl', 'sslinstall' ],
		    suspended => 1, vhosts => [
		    { name => 'bob.example', cert => { left => '20d' } } ] },
	],
};
utf8::decode($rich->{accounts}[0]{problems}[0]{problem});
my $server = cpanel($rich, {}, { plain => 1 });

SKIP: {
	skip 'no samples: set MPC_AUTOSSL_SAMPLES to their folder', 1
	    if !defined $samples;
	my $run = '2026-11-20T09:25:00Z';
	my @whm = (
		[ 'get_autossl_check_schedule.official' ],
		[ 'get_autossl_check_schedule.five-fields.inferred' ],
		[ 'get_autossl_logs_catalog.official' ],
		[ 'get_autossl_log.official', start_time => $run ],
		[ 'get_autossl_log.ok.inferred', start_time => $run ],
		[ 'get_autossl_problems_for_user.official',
		    username => 'alice' ],
		[ 'get_autossl_problems_for_user.mixed.inferred',
		    username => 'alice' ],
		[ 'get_autossl_problems_for_domain.official',
		    domain => 'ec.example' ],
		[ 'get_autossl_metadata.official-shape' ],
		[ 'get_autossl_user_excluded_domains.official',
		    username => 'alice' ],
		[ 'get_users_features_settings.official', user => 'alice',
		    'user-1' => 'bob', feature => 'autossl' ],
		[ 'applist.official' ],
		[ 'servicestatus.official', service => 'crond' ],
		[ 'listaccts.official-subset' ],
		[ 'fetch_ssl_vhosts.official' ],
		[ 'fetch_service_ssl_components.official-shape' ],
		[ 'get_autossl_pending_queue.legacy.inferred' ],
		[ 'get_autossl_pending_queue_for_domain.legacy.inferred',
		    domain => 'ec.example' ],
		[ 'uapi_cpanel.installed_hosts.inferred', 'cpanel.user' =>
		    'alice', 'cpanel.module' => 'SSL', 'cpanel.function' =>
		    'installed_hosts' ],
	);
	for my $case (@whm) {
		my ($name, %params) = @$case;
		my ($function) = $name =~ /^(\w+)/;
		my $got = whm($server, $function, %params);
		same_shape("whm/$name.json", $got);
		is($got->{metadata}{result}, 1, "$name: a success");
	}
	my %of = map { $_->{module_name} => $_ } @{ sample(
	    'whm/get_autossl_providers.official.json')->{data}{payload} };
	# Documented as 0 or 1, seen as the URL.
	$of{LetsEncrypt}{x_terms_of_service_accepted} = 'https://';
	same_shape("whm/get_autossl_providers: $_->{module_name}", $_,
	    $of{ $_->{module_name} }) for @{ whm($server,
	    'get_autossl_providers')->{data}{payload} };
	same_shape('whm/get_autossl_providers.current-le.inferred.json',
	    whm(cpanel('fine', {}, { plain => 1 }), 'get_autossl_providers'));

	my @uapi = (
		[ 'get_autossl_problems', 'SSL' ],
		[ 'is_autossl_check_in_progress', 'SSL' ],
		[ 'get_autossl_excluded_domains', 'SSL' ],
		[ 'get_autossl_renewal_status', 'SSL',
		    domain => 'alice.example' ],
		[ 'has_feature', 'Features', name => 'autossl' ],
		[ 'installed_hosts', 'SSL' ], [ 'list_certs', 'SSL' ],
		[ 'market_get_pending_ssl_certificates', 'Market' ],
		[ 'market_get_certificate_status_details', 'Market',
		    order_item_id => 1, provider => 'cPStore' ],
	);
	for my $case (@uapi) {
		my ($name, $module, %params) = @$case;
		my ($file) = glob "$samples/uapi/$name.official*.json";
		my $function = $name =~ s/^market_//r;
		my $got = uapi($server, 'alice', "${module}::$function",
		    %params);
		same_shape("uapi/$name", $got,
		    $json->decode(read_file($file))->{result});
		my $wrapped = $json->decode(scalar run_cli($server, 'uapi',
		    '--output=json', '--user=alice', $module, $function,
		    map { "$_=$params{$_}" } sort keys %params));
		same_shape("uapi/$name on the command line", $wrapped, {
		    apiversion => 3, func => $function, module => $module,
		    result => $got });
	}

	# Failures have their texts as well.
	my @exact = (
		[ 'whm/error_unknown_function.inferred', whm(cpanel('fine',
		    {}, { plain => 1 }), 'get_autossl_pending_queue') ],
		[ 'whm/error_permission_denied.inferred', whm($server,
		    'get_autossl_providers', -user => 'reseller',
		    -token => 'R' x 32) ],
		[ 'whm/error_http403_access_denied.observed', whm($server,
		    'applist', -token => 'wrong') ],
		[ 'whm/cpanel_jsonapi_bad_user.official-client', whm($server,
		    'cpanel', cpanel_jsonapi_user => 'nobody') ],
		[ 'uapi/error_function_not_found.inferred', uapi(cpanel(
		    'fine', {}, { plain => 1 }), 'alice',
		    'SSL::get_autossl_pending_queue') ],
		[ 'uapi/error_feature_missing.inferred', uapi($server, 'bob',
		    'SSL::get_autossl_problems') ],
		[ 'uapi/error_module_load.inferred', uapi($server, 'bob',
		    'SSLX::foo') ],
		[ 'uapi/error_feature_missing.localized-quotes.observed-text',
		    uapi(cpanel($rich, { quotes => 'guillemets' },
		    { plain => 1 }), 'bob', 'SSL::installed_hosts') ],
		[ 'uapi/get_autossl_pending_queue.guess', uapi($server, 'zoe',
		    'SSL::get_autossl_pending_queue') //
		    sample('uapi/get_autossl_pending_queue.guess.json') ],
	);
	for my $case (@exact) {
		my ($name, $got) = @$case;
		is($json->encode($got), $json->encode(sample("$name.json")),
		    "$name: word for word");
	}
	my $page = read_file("$samples/http/login_page_200.inferred.html");
	is(fetch($server, 'cpanel', '/execute/SSL/list_certs')->{content},
	    $page, 'the login page');

	# Any file of them can be an answer.
	$server->change({ faults => [ { function => 'applist',
	    raw => 'http/truncated.inferred.json' } ] });
	is(fetch($server, 'whm', '/json-api/applist?api.version=1',
	    'whm root:' . $server->token_of('root'))->{content},
	    read_file("$samples/http/truncated.inferred.json"),
	    'a file as it is');
	$server->change({ faults => [] });
}

sub run_cli {
	my ($of, $name, @args) = @_;
	open my $pipe, '-|', $of->bin . "/$name", @args or die "$name: $!\n";
	local $/;
	my $text = <$pipe>;
	close $pipe;
	return $text;
}

# --- who may what ------------------------------------------------------------

my $root = 'whm root:' . $server->token_of('root');
is(fetch($server, 'whm', '/json-api/applist?api.version=1',
    'whm root:wrong')->{status}, 403, 'a wrong token');
is(fetch($server, 'whm', '/json-api/applist?api.version=1',
    'cpanel alice:' . $server->token_of('alice'))->{status}, 403,
    'a token of the other kind');
is(fetch($server, 'cpanel', '/execute/SSL/list_certs', $root)->{status}, 401,
    'a WHM token for UAPI');
is($json->decode(fetch($server, 'whm', '/execute/SSL/list_certs',
    $root)->{content})->{error}, 'Function not found', 'the wrong port');
is($json->decode(fetch($server, 'cpanel', '/json-api/applist?api.version=1',
    'cpanel alice:' . $server->token_of('alice'))->{content})
    ->{metadata}{reason}, 'Permission denied', 'the other wrong port');
like(whm($server, 'applist', 'api.version' => 0)->{metadata}{reason},
    qr/version \(0\)/, 'api.version is mandatory');
my $reseller = whm($server, 'listaccts', -user => 'reseller',
    -token => 'R' x 32);
is(join(' ', map { $_->{user} } @{ $reseller->{data}{acct} }), 'bob',
    'a reseller sees its own accounts');
like(whm($server, 'uapi_cpanel', -user => 'reseller', -token => 'R' x 32,
    'cpanel.user' => 'alice', 'cpanel.module' => 'SSL', 'cpanel.function' =>
    'installed_hosts')->{metadata}{reason}, qr/access/,
    'and calls nothing for others');
my $form = fetch($server, 'whm', '/json-api/listaccts', $root,
    method => 'POST', form => 'api.version=1&search=alice&searchtype=user');
is(scalar @{ $json->decode($form->{content})->{data}{acct} }, 1,
    'a form does as well');

# --- lists -------------------------------------------------------------------

sub names_of {
	my ($rows, $key) = @_;
	return join ' ', map { $_->{ $key // 'servername' } } @$rows;
}
sub vhosts {
	my (%params) = @_;
	return whm($server, 'fetch_ssl_vhosts', %params)->{data}{vhosts};
}
my %chunk = ('api.chunk.enable' => 1, 'api.chunk.size' => 3,
    'api.chunk.verbose' => 1);
my $first = whm($server, 'fetch_ssl_vhosts', %chunk);
is(names_of($first->{data}{vhosts}), 'alice.example ec.example self.example',
    'the first chunk');
is($json->encode($first->{metadata}{chunk}),
    '{"chunks":2,"current":1,"records":4,"size":3}', 'and how many there are');
is(names_of(vhosts(%chunk, 'api.chunk.start' => 4)), 'bob.example',
    'the second chunk');
is(names_of(vhosts(%chunk, 'api.chunk.start' => 5)), '', 'and no third');
is(names_of(vhosts('api.filter.enable' => 1, 'api.filter.a.field' => 'user',
    'api.filter.a.arg0' => 'bob', 'api.filter.a.type' => 'eq')),
    'bob.example', 'filter: eq');
is(names_of(vhosts('api.filter.enable' => 1, 'api.filter.a.field' => '*',
    'api.filter.a.arg0' => 'self.ex')), 'self.example', 'filter: any field');
is(names_of(vhosts('api.filter.enable' => 1, 'api.filter.a.field' =>
    'crt.not_after', 'api.filter.a.arg0' => now() + 86400 * 30,
    'api.filter.a.type' => 'lt')), 'ec.example bob.example', 'filter: lt');
is(names_of(vhosts('api.sort.enable' => 1, 'api.sort.a.field' => 'servername',
    'api.sort.a.reverse' => 1)),
    'self.example ec.example bob.example alice.example', 'sort');
is($json->encode(vhosts('api.columns.enable' => 1, 'api.columns.a' => 'user',
    'api.columns.b' => 'type', 'api.chunk.enable' => 1,
    'api.chunk.size' => 1)), '[{"type":"main","user":"alice"}]', 'columns');
my $page = uapi($server, 'alice', 'SSL::installed_hosts',
    'api.paginate' => 1, 'api.paginate_size' => 2, 'api.paginate_start' => 3);
is(names_of($page->{data}), 'self.example', 'paginate');
is($json->encode($page->{metadata}{paginate}), '{"current_page":2,' .
    '"results_per_page":2,"start_result":3,"total_pages":2,"total_results":3}',
    'and its numbers');
is(names_of(uapi($server, 'alice', 'SSL::list_certs', 'api.filter' => 1,
    'api.filter_column' => 'friendly_name', 'api.filter_term' => 'self',
    'api.filter_type' => 'begins')->{data}, 'friendly_name'), 'self.example',
    'filter');
is(uapi($server, 'alice', 'SSL::list_certs', 'api.sort' => 1,
    'api.sort_column' => 'not_after')->{status}, 0,
    'numbers are not sorted without a method');
is((uapi($server, 'alice', 'SSL::list_certs', 'api.sort' => 1,
    'api.sort_column' => 'not_after', 'api.sort_method' => 'numeric')
    ->{data}[0] // {})->{friendly_name}, 'ec.example', 'but with one');

# --- drift and faults --------------------------------------------------------

sub drifted {
	my ($what, $function, %params) = @_;
	$server->change({ drift => { map { $_ => 1 } @$what } });
	my $got = $function =~ /::/ ? uapi($server, 'alice', $function,
	    %params) : whm($server, $function, %params);
	$server->change({ drift => {} });
	return $json->encode($got);
}
like(drifted(['strings'], 'fetch_ssl_vhosts'), qr/"not_after":"\d+"/,
    'numbers as texts');
like(drifted(['result_string'], 'applist'), qr/"result":"1"/,
    'the result as a text');
like(drifted(['subject'], 'fetch_ssl_vhosts'),
    qr/"subject.commonName":"alice.example"/, 'the subject as a text');
like(drifted(['subject'], 'SSL::installed_hosts'),
    qr/"subject.commonName":\{/, 'the subject as an object');
like(drifted(['nested'], 'fetch_ssl_vhosts'),
    qr/"issuer":\{"commonName":"R12"/, 'objects instead of dots');
like(drifted(['ms'], 'get_autossl_logs_catalog'), qr/00\.000Z/,
    'milliseconds');
like(drifted(['null_data'], 'listaccts'), qr/"data":null/, 'no data');
like(drifted(['null_lists'], 'get_autossl_problems_for_user',
    username => 'bob'), qr/"problems_by_domain":null/, 'no list');
like(drifted(['empty_strings'], 'fetch_ssl_vhosts'),
    qr/"is_self_signed":""/, 'empty texts');
like(drifted(['wrapped'], 'SSL::installed_hosts'), qr/"apiversion":3/,
    'the other envelope');

sub faulty {
	my ($fault, $path) = @_;
	$server->change({ faults => [ $fault ] });
	my $got = fetch($server, 'whm', '/json-api/' . ($path // 'applist') .
	    '?api.version=1', $root);
	$server->change({ faults => [] });
	return $got;
}
is(faulty({ function => 'applist', status => 503, html => 1 })->{status}, 503,
    'a status');
like(faulty({ login => 1 })->{content}, qr/login_form/, 'the login page');
is(faulty({ redirect => 'https://x.test/' })->{headers}{location},
    'https://x.test/', 'a redirect');
is(faulty({ empty => 1 })->{content}, '', 'nothing');
is(faulty({ cut => 10, chunked => 0 })->{status}, 599, 'a body cut off');
is(faulty({ reset => 1 })->{status}, 599, 'a reset');
ok(length faulty({ huge => 3000000 })->{content} >= 3000000, 'very much');
is(faulty({ function => 'listaccts', status => 500 })->{status}, 200,
    'for its function only');
like(faulty({ chunked => 1 })->{content}, qr/"listaccts"/, 'in chunks');
$server->change({ faults => [ { function => 'version', nth => 2,
    empty => 1 } ] });
is(join(' ', map { defined whm($server, 'version') ? 'good' : 'bad' } 1 .. 3),
    'good bad good', 'the second call only');
$server->change({ faults => [] });

# --- what no check may call --------------------------------------------------

no_forbidden($server);
whm($server, 'disable_autossl');
uapi($server, 'alice', 'SSL::start_autossl_check');
whm($server, 'fetch_vhost_ssl_components');
is(join(' ', $server->forbidden), 'disable_autossl SSL::start_autossl_check ' .
    'fetch_vhost_ssl_components', 'forbidden calls are told');
unlike(join("\n", $server->lines), qr/TOKEN/, 'no token in the log');

# --- scenarios ---------------------------------------------------------------

for my $name (scenarios()) {
	my $scene = scenario($name);
	my $server = cpanel($scene, {}, { plain => 1 });
	my @wrong;
	for my $function (@{ (whm($server, 'applist') // {})->{data}{app} }) {
		next if $function !~ /^(?:get_autossl|fetch_s|lista|servi)/;
		my $got = whm($server, $function, username =>
		    $scene->{accounts} ? $scene->{accounts}[0]{user}
		    : 'u00000', domain => 'x.example', 'api.chunk.enable' => 1,
		    'api.chunk.size' => 2, start_time =>
		    '2026-11-20T09:25:00Z');
		push @wrong, $function if !defined $got ||
		    ($got->{metadata}{result} != 1 &&
		    $function ne 'get_autossl_log');
	}
	is("@wrong", '', "scenario $name answers");
	ok(ref $scene->{expect}{host} eq 'ARRAY' && $scene->{story}{about} &&
	    $scene->{story}{host} && $scene->{story}{account},
	    "scenario $name tells its story");
	my ($user) = grep { !/^(?:host|reseller|limited)$/ }
	    sort keys %{ $scene->{expect} };
	my $hosts = uapi($server, $user, 'SSL::installed_hosts');
	ok(!defined $hosts || @{ $hosts->{data} } > 0,
	    "scenario $name: $user has certificates");
}

# --- the generator -----------------------------------------------------------

my $big = cpanel('big', {}, { plain => 1 });
my $got = whm($big, 'fetch_ssl_vhosts', 'api.chunk.enable' => 1,
    'api.chunk.size' => 100, 'api.chunk.start' => 49951,
    'api.chunk.verbose' => 1);
is(scalar @{ $got->{data}{vhosts} }, 50, 'the last of 50,000');
is($got->{metadata}{chunk}{records}, 50000, 'all of them are counted');
same_shape('a row of it', $got->{data}{vhosts}[0], vhosts()->[0]);
my $size = length($json->encode($got->{data}{vhosts})) / 50;
ok($size > 1500 && $size < 3000, "a row has $size octets");
is(names_of(whm($big, 'fetch_ssl_vhosts', 'api.chunk.enable' => 1,
    'api.chunk.size' => 2, 'api.columns.enable' => 1, 'api.columns.a' =>
    'servername')->{data}{vhosts}), 'site0.example site1.example', 'columns');
is(scalar @{ uapi($big, 'u04999', 'SSL::installed_hosts')->{data} }, 10,
    'an account of it');

# --- TLS and the command line ------------------------------------------------

my $tls = cpanel('fine');
my $said = do {
	my $in = write_file('request', "GET /json-api/applist?api.version=1 " .
	    "HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" .
	    'Authorization: whm root:' . $tls->token_of('root') . "\r\n\r\n");
	my $port = $tls->whm_port;
	my $ca = $tls->ca_file;
	`openssl s_client -quiet -verify_return_error -CAfile $ca \\
	    -verify_hostname localhost -connect 127.0.0.1:$port <$in 2>&1`;
};
like($said, qr/^HTTP\/1.1 200 OK\r\n.*"command":"applist"/ms, 'TLS');
like(run_cli($tls, 'whmapi1', 'get_autossl_check_schedule'),
    qr/\A---\ndata:\n  cron:\n.*\nmetadata:\n/s, 'YAML');
is($json->decode(run_cli($tls, 'whmapi1', '--output=json', 'listaccts',
    'search=ali%63e', 'searchtype=user'))->{data}{acct}[0]{user}, 'alice',
    'values are URI-encoded on the command line');

done_testing;

# SPDX-License-Identifier: ISC
#
# Long lists: pages, each asked for once; servers that know no pages; lists
# that end where a page ends.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";

use MPC::Test;
use MPC::AutoSSL;

use constant PAGE => 500;

sub scene {
	my ($n, %more) = @_;
	return { now => '2026-11-20T12:00:00Z', generate => { vhosts => $n,
	    accounts => 20, expired => 0, overdue => 0, due => 0, %more } };
}

# The first rows of the pages of a function, in the order of the log.
sub pages {
	my ($server, $function) = @_;
	return map { $_->{query} =~ /api\.chunk\.start=(\d+)/ ? $1 : 0 }
	    grep { $_->{function} eq $function } $server->calls;
}

sub metric {
	my ($run, $label) = @_;
	my ($metrics) = perfdata($run);
	return $metrics->{$label}{value} // 'none';
}

for my $n (1, PAGE - 1, PAGE, PAGE + 1, 4 * PAGE, 2001) {
	my $server = cpanel(scene($n));
	my $run = check($server->host, '-t', '60s');
	state_is($run, 'ok', "$n websites");
	is(metric($run, 'vhosts'), $n, "$n: all are read");
	my @starts = pages($server, 'fetch_ssl_vhosts');
	my %twice;
	is(scalar(grep { $twice{$_}++ } @starts), 0,
	    "$n: each page is asked for once (@starts)");
	# All that are needed, and at most three that are empty.
	my $needed = int(($n - 1) / PAGE) + 1;
	my @missing = grep { my $start = 1 + $_ * PAGE;
	    !grep { $_ == $start } @starts } 0 .. $needed - 1;
	is(scalar @missing, 0, "$n: none is missing");
	cmp_ok(scalar @starts, '<=', $needed + 3, "$n: few are in vain");
	is(scalar(grep { $_->{query} !~ /columns\.a=user.*columns\.d=crt/ }
	    grep { $_->{function} eq 'fetch_ssl_vhosts' } $server->calls), 0,
	    "$n: only the columns that are needed");
	no_forbidden($server);
}

# A server that gives all at once, whatever is asked for.
for my $n (PAGE - 1, PAGE, PAGE + 1, 1200) {
	my $server = cpanel({ %{ scene($n) }, drift => { no_chunk => 1 } });
	my $run = check($server->host, '-t', '60s');
	state_is($run, 'ok', "$n websites without pages");
	is(metric($run, 'vhosts'), $n, "$n without pages: each is read once");
	cmp_ok(scalar(pages($server, 'fetch_ssl_vhosts')), '<=', 4,
	    "$n without pages: few calls");
}

# One whose rows have no order of their own: sorted, none comes twice.
for my $drift ({}, { chunk_silent => 1 }, { chunk_max => 100 },
    { chunk_max => 100, chunk_silent => 1 }) {
	my $title = join ' ', 'shuffled', sort keys %$drift;
	my $server = cpanel({ %{ scene(1200, expired => 600) },
	    drift => { chunk_shuffle => 1, %$drift } });
	for my $args ([ $server->host ], [ $server->local ]) {
		my $run = check(@$args, '-t', '60s');
		is(metric($run, 'vhosts'), 1200, "$title: all are read");
		is(metric($run, 'expired'), 600, "$title: each once");
	}
}

# How the rows fall onto the pages of a server that does not say how many
# there are: the last row of a short page is asked for again, and known.
for my $n (1, 2, PAGE - 1, PAGE, PAGE + 1, 2 * PAGE - 1, 2 * PAGE,
    2 * PAGE + 1) {
	my $server = cpanel({ %{ scene($n, expired => 1) },
	    drift => { chunk_silent => 1 } });
	for my $args ([ $server->host ], [ $server->local ]) {
		my $run = check(@$args, '-t', '60s');
		state_is($run, 'critical', "$n websites, silent");
		is(metric($run, 'vhosts'), $n, "$n, silent: each is read once");
		is(metric($run, 'expired'), 1, "$n, silent: and told once");
	}
}

# A server that sends fewer rows at once than it was asked for, and says how
# many there are, or does not.
for my $silent (0, 1) {
	for my $case ([ 100, 7 ], [ 1200, 100 ], [ 1200, 499 ], [ 500, 250 ],
	    [ 2, 1 ], [ 499, 498 ]) {
		my ($n, $max) = @$case;
		next if $silent && $max == 1;
		my $title = "$n websites, $max at once, silent $silent";
		my $server = cpanel({ %{ scene($n, expired => 1) },
		    drift => { chunk_max => $max, chunk_silent => $silent } });
		my $run = check($server->host, '-t', '60s');
		state_is($run, 'critical', $title);
		is(metric($run, 'vhosts'), $n, "$title: all are read");
		my %twice;
		is(scalar(grep { $twice{$_}++ } pages($server,
		    'fetch_ssl_vhosts')), 0, "$title: each page once");
	}
}

# Nor are accounts beyond such a page forgotten.
for my $silent (0, 1) {
	my $server = cpanel({ now => '2026-11-20T12:00:00Z', accounts => [
	    map { { user => "u$_", domain => "u$_.example", suspended => 1,
	    vhosts => [ { name => "u$_.example", cert => { ago => '9d' } } ]
	    } } 1 .. 30 ], drift => { chunk_max => 7,
	    chunk_silent => $silent } });
	my $run = check($server->host);
	state_is($run, 'ok', "suspended accounts, silent $silent");
	is(metric($run, 'expired'), 0, 'none of them is expired');
	is(metric($run, 'vhosts'), 30, 'all are read');
}

# What is missing is missed: a server that has more rows than it gives.
for my $case (
	[ 'the first page over and over', 1200, { chunk_stuck => 1 }, 500,
	    qr/the server has 1200 rows, and gave 500/ ],
	[ 'more rows than there are', 40, { chunk_records => 41 }, 40,
	    qr/the server has 41 rows, and gave 40/ ],
	[ 'no row of many', 0, { chunk_records => 7 }, 0,
	    qr/the server has 7 rows, and gave 0/ ],
    ) {
	my ($title, $n, $drift, $read, $words) = @$case;
	my $server = cpanel({ %{ scene($n) }, drift => $drift });
	my $run = check($server->host, '-t', '60s');
	state_is($run, 'unknown', $title);
	line1_like($run, qr/only $read websites could be read: .*$words/,
	    "$title: text");
}
# All on one page, it says, and that there are more pages.
{
	my $server = cpanel({ %{ scene(30) }, drift => { chunk_max => 10,
	    chunk_records => 10 } });
	is(metric(check($server->host), 'vhosts'), 30, 'a contradiction');
}
# Fewer than it gives: what else is counted there, it is not these rows.
for my $case ([ 1200, {} ], [ 120, { chunk_max => 50 } ]) {
	my ($n, $drift) = @$case;
	my $server = cpanel({ %{ scene($n, expired => $n) }, drift => {
	    chunk_records => 20, chunk_bare => 1, %$drift } });
	my $run = check($server->host, '-t', '60s');
	is(metric($run, 'vhosts'), $n, "$n rows of 20: all are read");
	is(metric($run, 'expired'), $n, "$n rows of 20: each once");
}
# A page in the middle that is short.
{
	my $server = cpanel({ %{ scene(1600) }, drift => {
	    chunk_silent => 1 }, faults => [ { function =>
	    'fetch_ssl_vhosts', when => { 'api.chunk.start' => '501' },
	    body => '{"data":{"vhosts":[]},"metadata":{"result":1}}' } ] });
	my $run = check($server->host, '-t', '60s');
	state_is($run, 'unknown', 'a page without rows');
	line1_like($run, qr/rows are missing in front of row 1501/,
	    'a page without rows: text');
}

# The last page fails: what is known is told, and that it is not all.
{
	my $server = cpanel({ %{ scene(1200, overdue => 1) }, faults => [ {
	    function => 'fetch_ssl_vhosts', status => 500,
	    when => { 'api.chunk.start' => '1001' } } ] });
	my $run = verdict('a page that fails', [ $server->host ], 'warning',
	    [ 'api.server', 'autossl.overdue' ],
	    { like => qr/only 1000 websites could be read/ });
	is(metric($run->{nagios}, 'overdue'), 1, 'the rest is judged');
	$server->change({ faults => [ { function => 'fetch_ssl_vhosts',
	    cut => 2000, when => { 'api.chunk.start' => '501' } } ] });
	like(check($server->host)->{out}, qr/^\[UNKNOWN\]\ only\ 700\ websites
	    \ could\ be\ read:\ the\ connection\ was\ closed/mx,
	    'a page that is cut off');
	$server->change({ generate => { vhosts => 1200, accounts => 20,
	    expired => 0, overdue => 0, due => 0 } });
	state_is(check($server->host), 'unknown', 'and nothing worse');
}

# Very many that are due: not each account is asked about, and that is said.
{
	my $server = cpanel(scene(700, accounts => 350, due => 700));
	my $run = check($server->host, '-t', '60s', '-v');
	state_is($run, 'ok', 'many are due');
	like($run->{out}, qr/\d+\ accounts\ not\ asked\ for\ problems;\ 650
	    \ websites\ not\ asked\ for\ the\ renewal\ status/x, 'not all are asked about');
	my %count;
	$count{$_}++ for $server->functions;
	is($count{get_autossl_problems_for_user}, 200, '200 of them are');
	cmp_ok($count{uapi_cpanel}, '<=', 50, 'names, too, are limited');
	cmp_ok($count{listaccts}, '<=', 2, 'accounts are listed at once');
}

# What fails for one account after the other is not asked of all of them; one
# that fails alone does not keep the others from being asked.
{
	my $function = 'get_autossl_problems_for_user';
	my $server = cpanel(scene(40, accounts => 40, due => 40), { faults =>
	    [ { function => $function, status => 500 } ] });
	my $run = check($server->host);
	state_is($run, 'unknown', 'problems cannot be read');
	line1_like($run, qr/recorded problems could not be read: .*HTTP 500/,
	    'and that is said');
	is(scalar(grep { $_ eq $function } $server->functions), 3,
	    'three times is enough');
	$server->change({ faults => [ { function => $function, nth => 1,
	    status => 500 } ] });
	$server->forget;
	state_is(check($server->host), 'unknown', 'of one they cannot');
	is(scalar(grep { $_ eq $function } $server->functions), 40,
	    'all are asked');
	# An account without the feature is no reason not to ask the others.
	$server->change({ faults => [ { function => 'uapi_cpanel', nth => 1,
	    body => '{"data":{"uapi":{"status":0,"errors":["You do not have '
	    . 'the feature \"sslinstall\"."],"data":null}},"metadata":'
	    . '{"result":1,"reason":"OK","version":1,"command":'
	    . '"uapi_cpanel"}}' } ] });
	$server->forget;
	$run = check($server->host, '-v');
	state_is($run, 'ok', 'one lacks a feature');
	like($run->{out}, qr/not permitted: renewal status/, 'it is said');
	cmp_ok(scalar(grep { $_ eq 'uapi_cpanel' } $server->functions), '>',
	    30, 'the others are asked');
}

# Many findings: the output ends somewhere, and says so.
{
	my $server = cpanel(scene(3000, overdue => 3000));
	my $run = check($server->host, '-t', '60s');
	state_is($run, 'warning', 'many are overdue');
	line1_like($run, qr/; 2999 more overdue, of 3000 AutoSSL certificates/,
	    'line 1 counts them');
	cmp_ok(length $run->{out}, '<=', 60000, 'the output is limited');
	like($run->{out}, qr/^\.\.\. \d+ more/m, 'and says so');
	my $json = check_json($server->host, '-t', '60s');
	is(scalar @{ $json->{json}{targets}[0]{facts}{vhosts} }, 3000,
	    'JSON has each website');
}

done_testing;

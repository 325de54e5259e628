# SPDX-License-Identifier: ISC
#
# Whatever stands in names, problems and titles: one bar, valid UTF-8, no
# control character, in every format.  Wildcards and names in many scripts are
# shown as they are.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../lib";

use Encode qw(encode decode);
use JSON::PP ();

use MPC::Test;
use MPC::AutoSSL;

my @nasty = ("a|b='1'", "two\nlines", "tab\tand\rreturn", "\e[31mred\e[0m",
    "\x{202e}gnp.exe", "\x{2066}iso\x{2069}", "\x{200b}zero", "\x{85}\x{9b}c1",
    "'\"\\`\$(id);", 'x' x 3000, "| a=1;;;", "\x{feff}bom",
    "\x{2028}line\x{2029}paragraph", '%s%n%d', '<script>', "\x{10ffff}\x{fffe}",
    "[CRITICAL] faked (autossl.expired)", "\x7f\x08\x08");
my @fine = ('*.wild.example', 'bücher.example', 'xn--bcher-kva.example',
    '例え.example', 'пример.example');

sub scene {
	my @accounts = map { my $name = $_; {
		user => substr($name, 0, 40), domain => $name, vhosts => [
		    { name => $name, domains => [ $name, "www.$name" ],
			cert => { left => '10d', domains => [ $name ] } } ],
		problems => [ { domain => $name, problem => "it says $name" } ],
		excluded => [ $name . 'x' ], pending => [ { id => $name,
		    domains => [ $name ], requested => '-3d' } ],
		market => [ { id => $name, domains => [ $name ],
		    code => $name, created => '-3d' } ],
	} } @_;
	return { now => '2026-11-20T12:00:00Z', accounts => \@accounts,
	    functions => { add => [ 'get_autossl_pending_queue',
		'SSL::get_autossl_pending_queue' ] },
	    providers => [ { module => $_[0], display => $_[-1],
		enabled => 1, delivery => 'queue' } ] };
}

# What is wrong with the bytes of any format.
sub wrong_bytes {
	my ($out) = @_;
	my @wrong;
	push @wrong, 'invalid UTF-8' if !valid_utf8($out);
	push @wrong, 'a control byte' if $out =~ /[\x00-\x08\x0b-\x1f\x7f]/;
	push @wrong, 'a bidi or invisible character' if $out =~
	    /\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xa9]|\xef\xbb\xbf/;
	push @wrong, 'a C1 control character' if $out =~ /\xc2[\x80-\x9f]/;
	return join '; ', @wrong;
}

sub each_format {
	my ($title, @args) = @_;
	my $run = check(@args, '-vv');
	isnt($run->{exit}, 0, "$title: not OK");
	like(line1($run), qr/ vhosts=[1-9]/, "$title: it is read");
	unlike($run->{out}, qr/^\[CRITICAL\] faked/m, "$title: no line faked");
	for my $format (qw(text openmetrics json)) {
		my $run = run_plugin('check_autossl_queue', @args, '-o',
		    $format, '-vvv');
		is(wrong_bytes($run->{out}), '', "$title: $format");
		is($run->{signal}, 0, "$title: $format: no signal");
	}
	check_json(@args);
	return $run;
}

my $server = cpanel(scene(@nasty));
each_format('the host', $server->host);
for my $account (0 .. 3) {
	my $alone = cpanel({ %{ scene($nasty[$account]) } });
	each_format("alone, $account", $alone->host);
}
# UAPI and the commands give the same for an account.
my $one = scene(@nasty);
$one->{accounts} = [ { user => 'alice', domain => 'alice.example',
    map { my $list = $_; $list => [ map { @{ $_->{$list} } }
    @{ $one->{accounts} } ] } qw(vhosts problems excluded pending market) } ];
my $many = cpanel($one);
each_format('an account', $many->account('alice'), '--market');
each_format('an account, on the server', $many->local('alice'), '--market');

# Errors of the server's making.
for my $reason (@nasty, "nul\0byte") {
	my $body = JSON::PP->new->ascii->encode({ metadata => { result => 0,
	    reason => $reason, command => 'x', version => 1 } });
	my $bad = $server->change({ faults => [ { function =>
	    'fetch_ssl_vhosts', body => $body } ] });
	my $run = check($bad->host);
	state_is($run, 'unknown', 'a reason');
	cmp_ok(length line1($run), '<', 400, 'is not too long');
}
# What a command says on its way out.
SKIP: {
	skip 'only as root', 1 if $> != 0;
	my $dir = scratch() . '/bad';
	write_file("$dir/whmapi1", "#!/bin/sh\nprintf 'a|b \\033[31m\\377' " .
	    ">&2\nexit 7\n");
	chmod 0755, "$dir/whmapi1";
	my $run = check('--local', '--local-bin', $dir, '--no-cache');
	state_is($run, 'unknown', 'a command that fails');
	line1_like($run, qr/whmapi1 failed \(exit code 7\): a\\x7cb/,
	    'a command that fails: text');
}

# --- names that are no attack ------------------------------------------------

my $world = cpanel(scene(@fine));
my $run = check($world->host);
my $text = decode('UTF-8', $run->{out});
for my $name (@fine) {
	like($text, qr{^\[\w+\] \Q$name/$name\E: }m,
	    encode('UTF-8', "$name as it is"));
}
my $json = check_json($world->host);
ok(eq_set([ map { $_->{servername} }
    @{ $json->{json}{targets}[0]{facts}{vhosts} } ], \@fine),
    'JSON has the names');
# An account is found by its name, and is no pattern.
state_is(check($world->host, '--account', encode('UTF-8', $fine[1])),
    'critical', 'an account in UTF-8');
state_is(check($world->host, '--account', '*'), 'unknown', 'no pattern');
state_is(check($world->host, '--account', "\e[31m|\xff"), 'unknown',
    'an account that cannot be');

done_testing;

# SPDX-License-Identifier: ISC
#
# The front of the integration tests: what a test file needs before it starts,
# running the plugin, and the two assertions that nearly every case is made of.
#
#	use MPCIT;
#	need '/usr/sbin/nginx';
#	witness 'nginx', port => $port, name => 'www.lab.test',
#	    cert => $pki->path('good.pem');
#	verdict 'good', [ '-H', 'www.lab.test', ... ], 'ok';
#	verdict 'expired', [ ... ], 'critical', 'cert.expiry';
#	done_testing;
#
# A verdict is read from the exit code, the state word and the finding ids,
# never from prose.  Skipping goes through need() and skip_rest() alone: with
# CI=true both are failures.

package MPCIT;

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP ();
use MIME::Base64 ();
use POSIX ();
use Test::More;

use MPCIT::PKI ();
use MPCIT::Server qw(free_port free_ports tmpdir write_file read_file
    run_tool as_user);

our @EXPORT = (qw(need skip_rest plugin run_plugin args_for verdict
    verdict_kinds verdict_demands witness handshake_fails
    client_output json_of), @Test::More::EXPORT, @MPCIT::Server::EXPORT);

# What the certificates of MPCIT::PKI->standard are to be found.
our %kinds = (
	good    => [ 'ok' ],
	near    => [ 'warning', 'cert.expiry' ],
	expired => [ 'critical', 'cert.expiry', '?path.expired' ],
	rogue   => [ 'critical', 'path.untrusted' ],
);

# What is run, and the word that its first line begins with.
our $subject = 'check_cert_expiry';
our $service = 'CERT_EXPIRY';

my @words = qw(ok warning critical unknown);
my %number = map { $words[$_] => $_ } 0 .. $#words;
my $output_dir;
my $run_limit = 60;		# seconds; the plugin's own deadline is 10

# What the environment says about proxies and trust is not part of a test.
delete @ENV{qw(SSL_CERT_FILE SSL_CERT_DIR http_proxy https_proxy all_proxy
    no_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY NO_PROXY MP_CONFIG_FILE
    NAGIOS_CONFIG_PATH)};
$ENV{PATH} = join ':', '/usr/local/sbin', '/usr/sbin', '/sbin', $ENV{PATH};
$ENV{LC_ALL} = 'C';

# Every FILE is there (a server, a tool), else the whole test is skipped.
sub need
{
	my (@files) = @_;

	my @missing = grep { !-e } plugin(), @files;
	return unless @missing;
	skip_rest("missing: @missing");
}

# The one door out of a test that cannot be done here.
sub skip_rest
{
	my ($why) = @_;

	if (($ENV{CI} // '') eq 'true') {
		fail("skipped, and CI=true: $why");
		done_testing;
		exit 1;
	}
	plan(skip_all => $why) unless Test::More->builder->current_test;
	done_testing;
	exit 0;
}

sub plugin
{
	my ($name) = @_;

	return ($ENV{PLUGINDIR} // 'build/plugins') . '/' .
	    ($name // $subject);
}

# Run a command; returns its exit code (128 + n: signal n), stdout and stderr.
# A command that outlives the limit is killed, and that is code 255.
sub client_output
{
	my (@cmd) = @_;

	my $dir = $output_dir //= tmpdir();
	my $pid = fork() // die "fork: $!";
	if ($pid == 0) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', "$dir/out";
		open STDERR, '>', "$dir/err";
		exec { $cmd[0] } @cmd or POSIX::_exit(127);
	}
	my $rc = _wait_limited($pid);
	return { rc => $rc, out => read_file("$dir/out"),
	    err => read_file("$dir/err"), cmd => _quoted(@cmd) };
}

sub _wait_limited
{
	my ($pid) = @_;

	my $late = 0;
	local $SIG{ALRM} = sub { $late = 1; kill 'KILL', $pid };
	alarm $run_limit;
	waitpid $pid, 0;
	my $status = $?;
	alarm 0;
	return 255 if $late;
	return $status & 127 ? 128 + ($status & 127) : $status >> 8;
}

sub _quoted
{
	return join ' ', map { m{[^-\w./:=,\@%+]} ? "'$_'" : $_ } @_;
}

sub run_plugin
{
	my (@args) = @_;

	return client_output(plugin(), @args);
}

sub json_of
{
	my ($text) = @_;

	return eval { JSON::PP->new->utf8->decode($text) };
}

# The usual arguments: NAME at a port of 127.0.0.1, trusting ROOT.
sub args_for
{
	my ($name, $port, $root, @more) = @_;

	return [ '-H', $name, '-I', '127.0.0.1', '-p', $port, '--ca-file',
	    $root, @more ];
}

# A server, with each certificate of the standard PKI, seen by OpenSSL and
# judged by the plugin.  Options: pki; port, a function of the kind that has
# the server running with that certificate and gives the port; starttls, the
# protocol (openssl: its name there, where it differs); name (srv.lab.test);
# kinds (all).
sub verdict_kinds
{
	my ($what, %opt) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $name = $opt{name} // 'srv.lab.test';
	my @proto = $opt{starttls} ? "--starttls=$opt{starttls}" : ();
	for my $kind (@{ $opt{kinds} // [ qw(good near expired rogue) ] }) {
		my $port = $opt{port}->($kind);
		witness("$what, $kind", port => $port, name => $name,
		    cert => $opt{pki}->path("$kind.pem"),
		    starttls => $opt{openssl} // $opt{starttls});
		verdict("$what, $kind",
		    args_for($name, $port, $opt{pki}->path('root.pem'),
		    @proto), @{ $kinds{$kind} });
	}
	return;
}

# The plugin, run with ARGS, says STATE, and the findings that are not ok are
# exactly IDS: "ID" (of the same state) or "ID=STATE"; "ID|ID" is one of them,
# "?ID" may be there or not.  Asked twice: as JSON, and as a monitoring system
# asks.  Returns the JSON.
sub verdict
{
	my ($name, $args, $state, @ids) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $json = run_plugin(@$args, '-o', 'json');
	my $text = run_plugin(@$args);
	my @wrong = (_wrong_json($json, $state, @ids),
	    _wrong_text($text, $state));
	ok(!@wrong, "$name: $state" . (@ids ? " (@ids)" : '')) or
	    diag(join "\n", @wrong, "command: $text->{cmd}",
	    "prints: $text->{out}$text->{err}", "json: $json->{out}");
	return json_of($json->{out});
}

sub _wrong_json
{
	my ($run, $state, @ids) = @_;

	my @wrong;
	push @wrong, "exit code $run->{rc}" if $run->{rc} != $number{$state};
	push @wrong, "stderr: $run->{err}" if $run->{err} ne '';
	my $doc = json_of($run->{out}) or return (@wrong, 'no JSON');
	push @wrong, "status $doc->{status}" if $doc->{status} ne uc $state;
	push @wrong, "state $doc->{state}" if $doc->{state} != $number{$state};
	return (@wrong, _wrong_findings($doc, $state, @ids));
}

sub _wrong_findings
{
	my ($doc, $state, @ids) = @_;

	my (%have, @wrong);
	for my $target (@{ $doc->{targets} // [] }) {
		$have{"$_->{id}=" . lc $_->{status}} = 1
		    for grep { $_->{status} ne 'OK' }
		    @{ $target->{findings} // [] };
	}
	for my $want (@ids) {
		my ($may, $names, $st) = $want =~ /^(\??)([^=]+)(?:=(.*))?$/;
		my @found = grep { delete $have{$_} }
		    map { "$_=" . ($st // $state) } split /\|/, $names;
		push @wrong, "no finding $want" unless $may || @found;
	}
	return (@wrong, map { "unexpected finding $_" } sort keys %have);
}

sub _wrong_text
{
	my ($run, $state) = @_;

	my @wrong;
	my $word = uc $state;
	push @wrong, "exit code $run->{rc} without -o json"
	    if $run->{rc} != $number{$state};
	push @wrong, "stderr: $run->{err}" if $run->{err} ne '';
	my ($line) = split /\n/, $run->{out};
	push @wrong, 'line 1: ' . ($line // '')
	    if ($line // '') !~ /^$service $word - [^|]+ \| [^|]+$/;
	push @wrong, 'bars in the output: ' . ($run->{out} =~ tr/|//)
	    if ($run->{out} =~ tr/|//) != 1;
	(my $ours = $line // '') =~ s/"[^"]*"//g;	# not what a peer says
	push @wrong, 'more than one state word on line 1'
	    if (() = $ours =~ /\b(OK|WARNING|CRITICAL|UNKNOWN)\b/g)
	    != 1;
	return @wrong;
}

# A server that demands a client certificate, and gets none, has shown its own
# all the same: that is judged, and the demand is said.
sub verdict_demands
{
	my ($name, $args) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $doc = verdict($name, $args, 'ok') or return;
	ok($doc->{targets}[0]{facts}{client_cert_asked}, "$name: is said");
	return;
}

# OpenSSL's own client sees that the server is there and serves CERT: what the
# plugin says next is about the plugin.  Options: port, name (SNI), cert,
# starttls, args (list).
sub witness
{
	my ($what, %opt) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $run = _s_client(%opt);
	my $seen = _der($run->{out});
	my $same = $seen ne '' && (!$opt{cert} ||
	    $seen eq _der(read_file($opt{cert})));
	ok($same, "witness: $what") or
	    diag("$run->{cmd}\n$run->{out}$run->{err}");
	return $same;
}

# Does the server present CERT now?  (No assertion.)
sub serves
{
	my ($port, $name, $cert) = @_;

	my $run = _s_client(port => $port, name => $name);
	return _der($run->{out}) eq _der(read_file($cert));
}

# OpenSSL's own client is refused.
sub handshake_fails
{
	my ($what, %opt) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $run = _s_client(%opt);
	ok($run->{rc} != 0, "witness: $what") or
	    diag("$run->{cmd}\n$run->{out}$run->{err}");
	return;
}

sub _s_client
{
	my (%opt) = @_;

	my @args = @{ $opt{args} // [] };
	push @args, $opt{name} ? ('-servername', $opt{name}) : '-noservername';
	push @args, '-starttls', $opt{starttls} if $opt{starttls};
	push @args, '-xmpphost', $opt{name} // 'localhost'
	    if ($opt{starttls} // '') =~ /^xmpp/;
	return client_output('timeout', '15', 'openssl', 's_client',
	    '-connect', "127.0.0.1:$opt{port}", @args);
}

# The bytes of the first certificate in a PEM text.
sub _der
{
	my ($pem) = @_;

	my ($body) = $pem =~ /-----BEGIN CERT[^\n]*\n(.*?)-----END CERT/s;
	return MIME::Base64::decode_base64($body // '');
}

1;

# SPDX-License-Identifier: ISC
#
# The library of the black-box tests: a test PKI, servers, the plugin run in a
# clean environment, and what holds for every run of it.
#
#	use lib "$FindBin::Bin/../lib";
#	use MPC::Test;
#	my $pki = pki(<<'.');
#	root ca=yes
#	good issuer=root san=dns:good.test
#	.
#	my $server = server("--cert $pki/good.pem --key $pki/good.key");
#	verdict('a good one', [ '-H', 'good.test', '-I', '127.0.0.1',
#	    '-p', $server->port, "--ca-file=$pki/root.pem" ], 'ok', []);
#	done_testing;
package MPC::Test;

use strict;
use warnings;

use Cwd qw(abs_path);
use Encode ();
use Exporter qw(import);
use File::Basename qw(dirname);
use File::Path qw(make_path);
use File::Temp qw(tempdir);
use JSON::PP ();
use POSIX qw(WNOHANG);
use Test::More;
use Time::HiRes qw(time sleep);

our @EXPORT = (qw(
    check check_json verdict findings finding run_plugin
    pki mkcert server servers scratch write_file read_file slurp_log
    well_formed one_bar valid_utf8 perfdata state_is has_finding
    has_no_finding line1_like line1 preload resolver corpora closed_port top
    plugin schema_errors judge_files files_below openssl_dates bad_ids_of
), @Test::More::EXPORT);

our @STATES = qw(ok warning critical unknown);

# What check(), check_json() and verdict() run.
our $Subject = 'check_cert_expiry';
my %EXIT;
@EXIT{@STATES} = 0 .. 3;

my $TOP = $ENV{TOP_SRCDIR} // abs_path(dirname(__FILE__) . '/../../..');
my $BUILD = $ENV{TOP_BUILDDIR} // $TOP;
my $PLUGINS = $ENV{PLUGINDIR} // "$BUILD/plugins";
my $TOOLS = $ENV{MPC_TOOLDIR} // "$BUILD/tests/servers";

# No run of a plugin may last longer, whatever the test says.
use constant RUN_LIMIT => 60;

my $scratch;
my $count = 0;
my @servers;
my $owner = $$;

sub top { return $TOP }

# A folder that goes away with the test.
sub scratch {
	$scratch //= tempdir('mpc-XXXXXX', TMPDIR => 1, CLEANUP => 1);
	return $scratch;
}

sub write_file {
	my ($path, $bytes) = @_;
	$path = scratch() . "/$path" if $path !~ m{^/};
	make_path(dirname($path));
	open my $fh, '>:raw', $path or die "$path: $!\n";
	print {$fh} $bytes;
	close $fh or die "$path: $!\n";
	return $path;
}

sub read_file {
	my ($path) = @_;
	open my $fh, '<:raw', $path or die "$path: $!\n";
	local $/;
	my $bytes = <$fh>;
	return $bytes // '';
}

# The folder of one corpus; the whole test is skipped where there is none.
sub corpora {
	my ($name) = @_;
	my $dir = $ENV{MPC_CORPORA} // "$TOP/../shared/corpora";
	plan(skip_all => 'no corpora: set MPC_CORPORA to their folder')
	    if !-d $dir;
	plan(skip_all => "no corpus $name in MPC_CORPORA") if !-d "$dir/$name";
	return "$dir/$name";
}

# --- PKI -------------------------------------------------------------------

# Makes certificates from a specification (tests/servers/README.md) and
# returns their folder.
sub pki {
	my ($spec, @options) = @_;
	my $dir = scratch() . '/pki' . ++$count;
	mkcert($dir, $spec, @options);
	return $dir;
}

sub mkcert {
	my ($dir, $spec, @options) = @_;
	my $file = write_file("spec$count", $spec);
	system("$TOOLS/mkcert", @options, '-d', $dir, $file) == 0
	    or die "mkcert failed\n";
	return $dir;
}

# --- servers ---------------------------------------------------------------

# One process with one listener per configuration line; an object for each.
sub servers {
	my (@lines) = @_;
	my $number = ++$count;
	my $log = scratch() . "/log$number";
	my $config = write_file("config$number", join("\n", @lines) . "\n");
	pipe(my $stdin, my $control) or die "pipe: $!\n";
	pipe(my $ready, my $stdout) or die "pipe: $!\n";
	my $pid = fork() // die "fork: $!\n";
	if ($pid == 0) {
		open STDIN, '<&', $stdin or POSIX::_exit(1);
		open STDOUT, '>&', $stdout or POSIX::_exit(1);
		close $_ for $control, $ready, $stdin, $stdout;
		exec "$TOOLS/tls_server", '--config', $config, '--log', $log,
		    '--lifetime', $ENV{MPC_SERVER_LIFETIME} // 300
		    or POSIX::_exit(127);
	}
	close $stdin;
	close $stdout;
	push @servers, { pid => $pid, control => $control };
	my $line = <$ready> // '';
	my ($word, @ports) = split ' ', $line;
	die "tls_server does not start\n" if ($word // '') ne 'ready';
	return map { bless { port => $_, log => $log }, 'MPC::Test::Server' }
	    @ports;
}

sub server {
	my ($line) = @_;
	return (servers($line))[0];
}

sub MPC::Test::Server::port { return $_[0]{port} }

# The lines of the log for this listener, each as a hash.
sub MPC::Test::Server::log {
	my ($self) = @_;
	my @lines;
	for my $line (-e $self->{log} ? split /\n/, read_file($self->{log})
	    : ()) {
		my %field = map { split /=/, $_, 2 } split / /, $line;
		push @lines, \%field if $field{port} == $self->{port};
	}
	return @lines;
}

# The last line, once there are as many as wanted; connections end a moment
# after the plugin does.
sub slurp_log {
	my ($server, $wanted) = @_;
	for (1 .. 100) {
		my @lines = $server->log;
		return $lines[-1] if @lines >= ($wanted // 1);
		sleep 0.02;
	}
	return {};
}

# A port of 127.0.0.1 that nobody listens on.
sub closed_port {
	require IO::Socket::INET;
	my $socket = IO::Socket::INET->new(LocalAddr => '127.0.0.1',
	    LocalPort => 0, Proto => 'tcp') or die "socket: $!\n";
	return $socket->sockport;
}

sub stop_servers {
	for my $server (@servers) {
		close $server->{control};
		for (1 .. 50) {
			last if waitpid($server->{pid}, WNOHANG) != 0;
			sleep 0.02;
		}
		kill 'KILL', $server->{pid} if kill 0, $server->{pid};
	}
	@servers = ();
	return;
}

END {
	my $status = $?;
	stop_servers() if $$ == $owner;
	$? = $status;
}

# --- running a plugin ------------------------------------------------------

sub plugin {
	my ($name) = @_;
	return "$PLUGINS/$name";
}

my @noise = qw(SSL_CERT_FILE SSL_CERT_DIR OPENSSL_CONF NAGIOS_CONFIG_PATH
    MP_CONFIG_FILE NO_COLOR XDG_CACHE_HOME LANG LANGUAGE COLUMNS
    CPANEL_API_TOKEN);

sub clean_environment {
	my ($wanted) = @_;
	delete @ENV{@noise};
	delete @ENV{ grep { /_proxy$/i } keys %ENV };
	$ENV{HOME} = scratch();
	$ENV{LC_ALL} = 'C.UTF-8';
	$ENV{TZ} = 'UTC0';
	for my $name (keys %$wanted) {
		if (defined $wanted->{$name}) {
			$ENV{$name} = $wanted->{$name};
		} else {
			delete $ENV{$name};
		}
	}
	return;
}

# The environment that puts tests/lib/NAME.c in front of the C library.
my %shims;
sub preload {
	my ($name) = @_;
	if (!defined $shims{$name}) {
		my $shim = scratch() . "/$name.so";
		my $cc = (split ' ', $ENV{CC} // 'cc')[0];
		system($cc, '-D_GNU_SOURCE', '-shared', '-fPIC', '-o', $shim,
		    "$TOP/tests/lib/$name.c", '-ldl') == 0
		    or die "$name.c cannot be compiled\n";
		$shims{$name} = $shim;
	}
	my $asan = join ':', grep { defined && length } $ENV{ASAN_OPTIONS},
	    'verify_asan_link_order=0';
	return { LD_PRELOAD => $shims{$name}, ASAN_OPTIONS => $asan };
}

# Our resolver instead of the system's; hosts as `name => 'address,address'`,
# see tests/lib/resolver.c.
sub resolver {
	my (%hosts) = @_;
	my $list = join ';', map { "$_=$hosts{$_}" } sort keys %hosts;
	return { %{ preload('resolver') }, MPC_HOSTS => $list };
}

sub child_exec {
	my ($files, $options, @command) = @_;
	my $in = $options->{stdin_file} // $files->{in};
	clean_environment($options->{env} // {});
	chdir $options->{cwd} if defined $options->{cwd};
	open STDIN, '<', $in or POSIX::_exit(126);
	open STDOUT, '>', $files->{out} or POSIX::_exit(126);
	open STDERR, '>', $files->{err} or POSIX::_exit(126);
	no warnings 'exec';
	exec { $command[0] } @command or POSIX::_exit(127);
}

# run_plugin(NAME, ARGUMENTS..., { stdin, stdin_file, env, cwd, limit })
# returns { exit, signal, out, err, elapsed, args }.
sub run_plugin {
	my ($name, @args) = @_;
	my $options = ref $args[-1] eq 'HASH' ? pop @args : {};
	my $number = ++$count;
	my %files = map { $_ => scratch() . "/run$number.$_" } qw(in out err);
	write_file($files{in}, $options->{stdin} // '');
	my $start = time;
	my $pid = fork() // die "fork: $!\n";
	child_exec(\%files, $options, plugin($name), @args) if $pid == 0;
	my $limit = $start + ($options->{limit} // RUN_LIMIT);
	my ($done, $late) = (0, 0);
	while (!$done) {
		$done = waitpid($pid, WNOHANG);
		last if $done;
		if (time > $limit) {
			kill 'KILL', $pid;
			$late = 1;
		}
		sleep 0.002;
	}
	my $status = $?;
	my $run = {
		exit => $status >> 8, signal => $status & 127,
		elapsed => time - $start, late => $late, args => \@args,
		out => read_file($files{out}), err => read_file($files{err}),
	};
	unlink values %files;
	return $run;
}

sub line1 {
	my ($run) = @_;
	return (split /\n/, $run->{out})[0] // '';
}

# --- what holds for every run ----------------------------------------------

sub valid_utf8 {
	my ($bytes) = @_;
	my $copy = $bytes;
	return defined eval {
		Encode::decode('UTF-8', $copy, Encode::FB_CROAK);
		1;
	};
}

sub one_bar {
	my ($bytes) = @_;
	return ($bytes =~ tr/|//) == 1;
}

# { label => { value, unit, warning, critical, min, max } } of the first line,
# or undef with the part that is malformed in the second value.
sub perfdata {
	my ($run) = @_;
	my ($text) = line1($run) =~ /\|\s*(.*)$/;
	my %metrics;
	my $number = qr/-?\d+(?:\.\d+)?/;
	my $range = qr/(?:\@?(?:(?:$number|~):)?(?:$number)?)/;
	for my $word (split ' ', $text // '') {
		$word =~ /^([A-Za-z0-9_.-]+)=($number)(s|%|B|c)?
		    (?:;($range)?(?:;($range)?(?:;($number)?
		    (?:;($number)?)?)?)?)?$/x
		    or return (undef, $word);
		return (undef, "$word (twice)") if exists $metrics{$1};
		$metrics{$1} = { value => $2, unit => $3 // '',
		    warning => $4 // '', critical => $5 // '', min => $6 // '',
		    max => $7 // '' };
	}
	return \%metrics;
}

# What is wrong with the nagios output of a run; the empty list for nothing.
sub output_errors {
	my ($run) = @_;
	my @wrong;
	push @wrong, 'too late' if $run->{late};
	push @wrong, "signal $run->{signal}" if $run->{signal};
	push @wrong, "exit $run->{exit}" if $run->{exit} > 3;
	push @wrong, "stderr: $run->{err}" if length $run->{err};
	push @wrong, 'invalid UTF-8' if !valid_utf8($run->{out});
	push @wrong, 'too long' if length $run->{out} > 60000;
	return @wrong;
}

sub nagios_errors {
	my ($run) = @_;
	my @wrong = output_errors($run);
	# One bar, and none where there is nothing behind it.
	my $bars = $run->{out} =~ tr/|//;
	push @wrong, "$bars bars" if $bars > 1;
	push @wrong, 'a control byte'
	    if $run->{out} =~ /[\x00-\x08\x0b-\x1f\x7f]/;
	push @wrong, 'a bidi or invisible character' if $run->{out} =~
	    /\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xa9]|\xef\xbb\xbf/;
	push @wrong, 'a C1 control character' if $run->{out} =~
	    /\xc2[\x80-\x9f]/;
	push @wrong, 'no newline at the end' if $run->{out} !~ /\n\z/;
	my $word = uc($STATES[$run->{exit}] // '?');
	push @wrong, "line 1 does not say $word"
	    if line1($run) !~ /^[A-Z_]+ $word - \S/;
	my ($metrics, $bad) = perfdata($run);
	push @wrong, "perfdata $bad" if !defined $metrics;
	push @wrong, 'a bar and no metric' if $bars && !%{ $metrics // {} };
	return @wrong;
}

sub well_formed {
	my ($run, $title) = @_;
	my @wrong = nagios_errors($run);
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return ok(!@wrong, $title // 'output is well-formed') ||
	    diag(join('; ', @wrong), "\n@{$run->{args}}\n", excerpt($run->{out}));
}

# The plugin in nagios format; its output is looked at as well.
sub check {
	my (@args) = @_;
	my $run = run_plugin($Subject, @args);
	my @wrong = nagios_errors($run);
	if (@wrong) {
		local $Test::Builder::Level = $Test::Builder::Level + 1;
		fail('output is well-formed');
		diag(join('; ', @wrong), "\n@{$run->{args}}\n", excerpt($run->{out}));
	}
	return $run;
}

# The plugin with -o json; the decoded object is in {json}.
sub check_json {
	my (@args) = @_;
	my $options = ref $args[-1] eq 'HASH' ? pop @args : {};
	my $run = run_plugin($Subject, @args, '-o', 'json', $options);
	my @wrong = output_errors($run);
	@wrong = grep { $_ ne 'too long' } @wrong;
	$run->{json} = eval { JSON::PP->new->utf8->decode($run->{out}) };
	push @wrong, "no JSON: $@" if !defined $run->{json};
	push @wrong, 'state in JSON is not the exit code'
	    if defined $run->{json} && $run->{json}{state} != $run->{exit} &&
	    !grep { $_ eq '--exit-ok' } @{$run->{args}};
	push @wrong, schema_errors($run->{json}) if defined $run->{json};
	lower_states($run->{json});
	if (@wrong) {
		local $Test::Builder::Level = $Test::Builder::Level + 1;
		fail('JSON output is well-formed');
		diag(join('; ', @wrong), "\n@{$run->{args}}\n", excerpt($run->{out}));
	}
	return $run;
}

# The words for states, in small letters wherever they stand.
sub lower_states {
	my ($json) = @_;
	my @targets = @{ $json->{targets} // [] };
	for my $object (grep { defined } $json, @targets,
	    map { @{ $_->{findings} // [] } } @targets) {
		$object->{status} = lc($object->{status} // '');
	}
	return;
}

# As much of an output as helps.
sub excerpt {
	my ($text) = @_;
	return length $text > 800 ? substr($text, 0, 800) . " ...\n" : $text;
}

# --- findings --------------------------------------------------------------

# All findings of a JSON run, or those with this id.
sub findings {
	my ($run, $id) = @_;
	my @all = map { @{ $_->{findings} // [] } }
	    @{ $run->{json}{targets} // [] };
	return @all if !defined $id;
	return grep { $_->{id} eq $id } @all;
}

sub finding {
	my ($run, $id, $subject) = @_;
	return (grep { !defined $subject || $_->{subject} eq $subject }
	    findings($run, $id))[0];
}

# The ids that are not OK, each once, sorted.
sub bad_ids {
	my ($run) = @_;
	my %seen = map { $_->{id} => 1 } grep { $_->{status} ne 'ok' }
	    findings($run);
	return sort keys %seen;
}

# Runs the plugin in both formats: the state, and exactly the findings that
# are not OK.  Options: like (of the nagios output), unlike, and those of
# run_plugin.  Returns the JSON run, with the other in {nagios}.
sub verdict {
	my ($title, $args, $state, $ids, $options) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$options //= {};
	my $run = check(@$args, $options);
	my $json = check_json(@$args, $options);
	my $got = join ' ', $STATES[$run->{exit}] // $run->{exit},
	    bad_ids($json);
	my $good = is($got, join(' ', $state, sort @$ids), $title);
	$good = is($json->{exit}, $run->{exit}, "$title: same in JSON") && $good
	    if $json->{exit} != $run->{exit};
	if (defined $options->{like}) {
		$good = like($run->{out}, $options->{like}, "$title: text")
		    && $good;
	}
	if (defined $options->{unlike}) {
		$good = unlike($run->{out}, $options->{unlike},
		    "$title: text") && $good;
	}
	diag("@$args\n", excerpt($run->{out})) if !$good;
	$json->{nagios} = $run;
	return $json;
}

# --- many files ------------------------------------------------------------

# All files below a folder, sorted, that match.
sub files_below {
	my ($dir, $pattern) = @_;
	my (@queue, @found) = ($dir);
	while (defined(my $at = shift @queue)) {
		opendir my $fh, $at or die "$at: $!\n";
		for my $name (sort grep { !/^\.\.?$/ } readdir $fh) {
			push @queue, "$at/$name" if -d "$at/$name";
			push @found, "$at/$name"
			    if -f "$at/$name" && $name =~ $pattern;
		}
	}
	@found = sort @found;
	return @found;
}

# Judges files in one run; { path => target object }.  A run that dies is
# repeated for each file alone, to say which one it was.
sub judge_files {
	my ($paths, @args) = @_;
	my $list = write_file('files' . ++$count, join '',
	    map { "\"file:$_\"\n" } @$paths);
	my $run = check_json("--targets=$list", '-t', '120s', @args,
	    { limit => 150 });
	my $targets = $run->{json}{targets} // [];
	if (!is(scalar @$targets, scalar @$paths, 'all files are judged')) {
		for my $path (@$paths) {
			my $alone = check_json('-f', $path, @args);
			diag("$path: signal $alone->{signal}")
			    if $alone->{signal};
		}
		return {};
	}
	my %by_path;
	@by_path{@$paths} = @$targets;
	return \%by_path;
}

sub bad_ids_of {
	my ($target) = @_;
	my %seen = map { $_->{id} => 1 } grep { $_->{status} ne 'ok' }
	    @{ $target->{findings} };
	return sort keys %seen;
}

# notBefore and notAfter as the openssl command reads them, in seconds since
# the epoch; undef for what it cannot read, nothing for no certificate.
my %dates;
sub openssl_dates {
	my ($path) = @_;
	return @{ $dates{$path} } if exists $dates{$path};
	my $pid = open my $pipe, '-|';
	die "fork: $!\n" if !defined $pid;
	if ($pid == 0) {
		open STDERR, '>', '/dev/null' or POSIX::_exit(1);
		exec qw(openssl x509 -noout -startdate -enddate -in), $path
		    or POSIX::_exit(1);
	}
	my @lines = <$pipe>;
	close $pipe;
	$dates{$path} = [ @lines == 2 ? map { epoch_of($_) } @lines : () ];
	return @{ $dates{$path} };
}

sub epoch_of {
	my ($text) = @_;
	my %month;
	@month{qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec)} = 0 .. 11;
	$text =~ /=(\w{3}) +(\d+) (\d+):(\d+):(\d+)(?:\.\d+)? (\d+) GMT/
	    or return undef;
	# Days from 1970 in the proleptic Gregorian calendar.
	my ($y, $m, $d) = ($6, $month{$1} + 1, $2);
	$y-- if $m <= 2;
	my $era = int(($y >= 0 ? $y : $y - 399) / 400);
	my $yoe = $y - $era * 400;
	my $doy = int((153 * ($m + ($m > 2 ? -3 : 9)) + 2) / 5) + $d - 1;
	my $doe = $yoe * 365 + int($yoe / 4) - int($yoe / 100) + $doy;
	my $days = $era * 146097 + $doe - 719468;
	return $days * 86400 + $3 * 3600 + $4 * 60 + $5;
}

sub state_is {
	my ($run, $state, $title) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $got = $STATES[$run->{exit}] // $run->{exit};
	return is($got, $state, $title) ||
	    diag("@{$run->{args}}\n", excerpt("$run->{out}$run->{err}"));
}

sub has_finding {
	my ($run, $id, $subject, $state, $title) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$title //= "$id of " . ($subject // 'anything') . " is $state";
	my @match = grep { (!defined $subject || $_->{subject} eq $subject)
	    && $_->{status} eq $state } findings($run, $id);
	return ok(scalar @match, $title) || diag(excerpt($run->{out}));
}

sub has_no_finding {
	my ($run, $id, $title) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my @match = grep { $_->{status} ne 'ok' } findings($run, $id);
	return ok(!@match, $title // "no $id") || diag(excerpt($run->{out}));
}

sub line1_like {
	my ($run, $pattern, $title) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return like(line1($run), $pattern, $title);
}

# --- JSON schema -----------------------------------------------------------

my $schema;

# What in the value breaks the schema in contrib/; without a schema, nothing.
sub schema_errors {
	my ($value) = @_;
	if (!defined $schema) {
		my ($path) = (glob("$TOP/contrib/*.schema.json"),
		    glob("$TOP/contrib/*/*.schema.json"));
		$schema = defined $path ?
		    JSON::PP->new->utf8->decode(read_file($path)) : {};
	}
	return schema_walk($schema, $value, '$');
}

sub type_of {
	my ($value) = @_;
	return 'null' if !defined $value;
	return 'boolean' if JSON::PP::is_bool($value);
	return 'object' if ref $value eq 'HASH';
	return 'array' if ref $value eq 'ARRAY';
	# A number is encoded without quotes.
	my $text = JSON::PP->new->allow_nonref->encode($value);
	return 'string' if $text =~ /^"/;
	return $text =~ /^-?\d+$/ ? 'integer' : 'number';
}

sub schema_walk {
	my ($rule, $value, $at) = @_;
	return $rule ? () : ("$at: not allowed") if ref $rule ne 'HASH';
	if (defined $rule->{'$ref'}) {
		my $node = $schema;
		$node = $node->{$_}
		    for grep { $_ ne '#' } split m{/}, $rule->{'$ref'};
		return ("$at: bad reference $rule->{'$ref'}")
		    if !defined $node;
		return schema_walk($node, $value, $at);
	}
	my @wrong;
	my $type = type_of($value);
	if (defined $rule->{type}) {
		my @types = ref $rule->{type} ? @{ $rule->{type} }
		    : $rule->{type};
		return ("$at: $type, not @types") if !grep { $_ eq $type ||
		    ($_ eq 'number' && $type eq 'integer') } @types;
	}
	push @wrong, "$at: not " . $rule->{const}
	    if defined $rule->{const} && $rule->{const} ne $value;
	push @wrong, "$at: '$value' is none of those listed"
	    if $rule->{enum} && !grep { defined && defined $value &&
	    $_ eq $value || !defined && !defined $value } @{ $rule->{enum} };
	push @wrong, "$at: '$value' does not match $rule->{pattern}"
	    if defined $rule->{pattern} && $type eq 'string' &&
	    $value !~ /$rule->{pattern}/;
	push @wrong, "$at: $value is too small" if defined $rule->{minimum} &&
	    $type =~ /number|integer/ && $value < $rule->{minimum};
	push @wrong, "$at: $value is too large" if defined $rule->{maximum} &&
	    $type =~ /number|integer/ && $value > $rule->{maximum};
	if ($rule->{anyOf} || $rule->{oneOf}) {
		my @choices = @{ $rule->{anyOf} // $rule->{oneOf} };
		push @wrong, "$at: none of the choices"
		    if !grep { !schema_walk($_, $value, $at) } @choices;
	}
	return (@wrong, schema_object($rule, $value, $at))
	    if $type eq 'object';
	if ($type eq 'array' && defined $rule->{items}) {
		push @wrong, schema_walk($rule->{items}, $value->[$_],
		    "$at\[$_]") for 0 .. $#$value;
	}
	return @wrong;
}

sub schema_object {
	my ($rule, $value, $at) = @_;
	my @wrong;
	for my $key (@{ $rule->{required} // [] }) {
		push @wrong, "$at: $key is missing" if !exists $value->{$key};
	}
	for my $key (sort keys %$value) {
		my $sub = $rule->{properties}{$key} //
		    $rule->{additionalProperties} // JSON::PP::true;
		push @wrong, schema_walk($sub, $value->{$key}, "$at.$key");
	}
	return @wrong;
}

1;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# What a peer writes into a certificate shapes nothing, in no format; limits
# of size; -v; performance data.
use strict;
use warnings;
use Encode ();
use Fcntl;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;

my @evil = ('%7c', '%0a', '%0d%0a', '%1b[31mred', '%00', '%ff%fe', '%c3(',
    '%e2%80%ae', '%e2%80%8b', '%c2%9b31m', '%ef%bb%bf', '%7f', '%08%08',
    '%27%22;$(id)`', '<b>', '%20%7c%20days=99;1;2', '%09', '%e2%80%a8',
    '\\n', '%25s%25n', '%f4%90%80%80', '%ed%a0%80', '%c0%80', '%f0%9f%92%a9',
    'x' x 4000);
my $all = join '', grep { length($_) < 1000 } @evil;
my $spec = "root ca=yes cn=R$all dn-type=t61\n";
for my $i (0 .. $#evil) {
	my $e = $evil[$i];
	(my $san = $e) =~ s/,/%2c/g;
	$spec .= "e$i dn-type=t61 cn=a${e}b o=o${e}p issuer=root " .
	    "san=dns:a${san}b.test,email:${san}\@b,uri:http://${san}/," .
	    "dirname:$san,other:$san aia-ocsp=http://$san/ " .
	    "crldp=http://$san/\n";
}
# Broken UTF-8 that calls itself UTF8String, and BMP and Universal strings.
$spec .= <<'.';
broken cn=a%ffb dn-type=t61 patch=140361ff62:0c0361ff62 san=dns:a.test
bmp cn=%00a%00%7c%00%0a dn-type=bmp san=dns:a.test
universal cn=%00%00%00a%00%00%00%7c dn-type=universal san=dns:a.test
odd cn=a%ffb dn-type=ia5 san=dns:%ff
empty subject=empty san=dns:a.test
long cn=x san=dns:a.test o=
good san=dns:good.test
soon san=dns:soon.test na=+20d life=90d
.
my $pki = pki($spec);
my @names = ((map { "e$_" } 0 .. $#evil), qw(broken bmp universal odd empty
    long));

sub openmetrics_errors {
	my ($run) = @_;
	my @wrong;
	push @wrong, 'invalid UTF-8' if !valid_utf8($run->{out});
	push @wrong, 'no end' if $run->{out} !~ /\n# EOF\n\z/;
	my $value = qr/"(?:[^"\\\n]|\\["\\n])*"/;
	for my $line (split /\n/, $run->{out}) {
		next if $line =~ /^# (?:TYPE|HELP|UNIT) [a-z_]+ \S|^# EOF$/;
		next if $line =~ /^[a-z_:][a-z0-9_:]*
		    (?:\{(?:[a-z_]+=$value(?:,[a-z_]+=$value)*)?\})?
		    \ -?[0-9.]+(?:e[+-]?\d+)?$/x;
		push @wrong, "line: $line";
	}
	push @wrong, 'a control byte'
	    if $run->{out} =~ /[\x00-\x09\x0b-\x1f\x7f]/;
	return @wrong;
}

subtest 'hostile names in a file' => sub {
	for my $name (@names) {
		my @args = ('-f', "$pki/$name.pem", '--name=a.test',
		    '--issuer=x', '--san=b.test', '--san-exact', '-vvv',
		    '--perfdata=all');
		# Both look at every byte themselves.
		ok(check(@args), "$name: nagios");
		my $json = check_json(@args);
		ok(defined $json->{json}, "$name: JSON");
		my $text = run_plugin('check_cert_expiry', @args, '-o',
		    'text');
		ok(valid_utf8($text->{out}) &&
		    $text->{out} !~ /[\x00-\x08\x0b-\x1f\x7f]/,
		    "$name: text") or diag($text->{out});
		my $metrics = run_plugin('check_cert_expiry', @args, '-o',
		    'openmetrics');
		is_deeply([ openmetrics_errors($metrics) ], [],
		    "$name: openmetrics") or diag($metrics->{out});
	}
};

subtest 'hostile names from a server' => sub {
	my @pick = grep { !/^(?:broken)$/ } @names;
	my @servers = servers(map { "--cert $pki/$_.pem --key $pki/$_.key" }
	    @pick);
	for my $i (0 .. $#pick) {
		for my $format (qw(nagios json text openmetrics)) {
			my $run = run_plugin('check_cert_expiry', '-H',
			    'a.test', '-I', '127.0.0.1', '-p',
			    $servers[$i]->port, '-o', $format, '-vv');
			ok(valid_utf8($run->{out}) && $run->{exit} <= 3 &&
			    $run->{out} !~ /[\x00-\x08\x0b-\x1f\x7f]/,
			    "$pick[$i]: $format") or diag($run->{out});
		}
	}
};

subtest 'a server that writes into its answers' => sub {
	my $text = '\x1b[2J|days=1\xff\xe2\x80\xae\r\n';
	my ($smtp, $imap, $proxy) = servers(
	    "--starttls smtp --greeting \"554 $text\"",
	    "--starttls imap --greeting \"* BYE $text\"",
	    "--plaintext \"HTTP/1.0 400 $text\"");
	ok(check('-H', 'a.test', '-I', '127.0.0.1', '-p', $smtp->port,
	    '--starttls=smtp'), 'smtp');
	ok(check('-H', 'a.test', '-I', '127.0.0.1', '-p', $imap->port,
	    '--starttls=imap'), 'imap');
	ok(check('-H', 'a.test', '-I', '127.0.0.1', '-p', $proxy->port),
	    'plain text');
	ok(check('-H', 'a.test', '--proxy=http://127.0.0.1:' . $proxy->port),
	    'proxy');
};

subtest 'hostile names of our own' => sub {
	for my $arg ("a|b", "a\nb", "a\e[31mb", "a\xffb", "a b", "\xe2\x80\xae",
	    '$(id)', "a\tb", 'x' x 300, '', '-', '.', '..', ':', ':443',
	    'a:b:c', '[::1', '[]', '[::1]:', 'http:', '//x', 'a..b',
	    '-H', 'x' x 70000, '%s%n') {
		my $run = check('--', $arg, '-t', '2s', { env => resolver() });
		cmp_ok($run->{exit}, '>=', 2, 'a target of ' . length($arg) .
		    ' bytes');
	}
};

subtest '-v changes neither line 1 nor the performance data' => sub {
	my @soon = ('-f', "$pki/soon.pem", '--no-trust', '--at=' . time);
	my $plain = line1(check(@soon)) =~ s/ time=\S+//r;
	for my $v ('-v', '-vv', '-vvv') {
		my $line = line1(check(@soon, $v)) =~ s/ time=\S+//r;
		is($line, $plain, $v);
	}
};

subtest 'standard error' => sub {
	my $run = run_plugin('check_cert_expiry', '-f', "$pki/good.pem",
	    '-f', '/nonexistent', '-H', '127.0.0.1', '-p', closed_port());
	is($run->{err}, '', 'is empty');
};

subtest 'a standard output that does not wait' => sub {
	my @args = ('-f', "$pki/good.pem", '--no-trust', '--at=' . time, '-o',
	    'json', ('-f', "$pki/good.pem") x 60);
	my $whole = run_plugin('check_cert_expiry', @args);
	cmp_ok(length $whole->{out}, '>', 65536, 'is full before the end');
	pipe my $from, my $to or die;
	my $pid = fork() // die;
	if ($pid == 0) {
		close $from;
		fcntl $to, F_SETFL, O_NONBLOCK or die;
		open STDOUT, '>&', $to or die;
		exec plugin('check_cert_expiry'), @args or die;
	}
	close $to;
	select undef, undef, undef, 0.3;
	my $out = do { local $/; <$from> };
	waitpid $pid, 0;
	is($? >> 8, $whole->{exit}, 'the exit code');
	# The times differ.
	is($out =~ s/[\d.]+/0/gr, $whole->{out} =~ s/[\d.]+/0/gr,
	    'and all of it');
};

subtest '--perfdata' => sub {
	my @good = ('-f', "$pki/good.pem", '--no-trust');
	unlike(check_bare(@good, '--perfdata=none'), qr/days=/, 'none');
	like(check_bare(@good), qr/\| *days=\S+/, 'default');
	like(check_bare(@good, '--perfdata=all'), qr/days=\S+/, 'all');
};

sub check_bare {
	return run_plugin('check_cert_expiry', @_)->{out};
}

subtest 'very many targets' => sub {
	my $dir = scratch() . '/many';
	mkdir $dir;
	my $old = read_file("$pki/soon.pem");
	for my $i (1 .. 1500) {
		open my $fh, '>', sprintf('%s/a-rather-long-file-name-for-' .
		    'certificate-%05d.pem', $dir, $i) or die "$!\n";
		print {$fh} $old;
	}
	my $run = check('-f', $dir, '--no-trust');
	is($run->{exit}, 1, 'warning');
	like(line1($run), qr/1500/, 'line 1 counts them');
	cmp_ok(length $run->{out}, '<=', 60000, 'at most 60,000 bytes');
	like($run->{out}, qr/\d+ more/, 'says how many more');
	$run = check('-f', $dir, '--no-trust', '--perfdata=all');
	cmp_ok(length $run->{out}, '<=', 60000, 'with all metrics, too');
	my $json = check_json('-f', $dir, '--no-trust');
	is(scalar @{ $json->{json}{targets} }, 1500, 'JSON has all of them');
};

subtest 'colour' => sub {
	my @good = ('-f', "$pki/good.pem", '--no-trust', '-o', 'text');
	unlike(check_bare(@good), qr/\e/, 'not into a file');
	like(check_bare(@good), qr/\ACERT_EXPIRY OK - /, 'same status line');
	SKIP: {
		# script of util-linux gives a terminal.
		skip 'no script command', 4
		    if system('script -qec true /dev/null >/dev/null 2>&1') != 0;
		my $command = join ' ', plugin('check_cert_expiry'),
		    '-f', "$pki/good.pem", '--no-trust';
		delete local $ENV{NO_COLOR};
		my $seen = `script -qec '$command' /dev/null </dev/null`;
		like($seen, qr/CERT_EXPIRY.*OK.* - /, 'text on a terminal');
		like($seen, qr/\e\[/, 'with colour');
		local $ENV{NO_COLOR} = '1';
		$seen = `script -qec '$command' /dev/null </dev/null`;
		unlike($seen, qr/\e\[/, 'without, if NO_COLOR says so');
		$seen = `script -qec '$command -o nagios' /dev/null </dev/null`;
		like($seen, qr/\|\s*days=/, 'nagios, if asked for');
	}
};

subtest 'output that cannot be written' => sub {
	plan skip_all => 'no /dev/full' if !-e '/dev/full';
	my $pid = fork() // die "fork: $!\n";
	if ($pid == 0) {
		open STDOUT, '>', '/dev/full' or POSIX::_exit(1);
		exec plugin('check_cert_expiry'), '-f', "$pki/good.pem",
		    '--no-trust' or POSIX::_exit(1);
	}
	waitpid $pid, 0;
	is($? & 127, 0, 'no death by signal');
	is($? >> 8, 3, 'is not OK');
	$pid = fork() // die "fork: $!\n";
	if ($pid == 0) {
		close STDOUT;
		exec plugin('check_cert_expiry'), '-f', "$pki/good.pem",
		    '--no-trust' or POSIX::_exit(1);
	}
	waitpid $pid, 0;
	is($? & 127, 0, 'closed: no death by signal');
};

done_testing;

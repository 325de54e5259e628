#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Files: every format, told by content; bundles, folders, globs, standard
# input; and everything that is no certificate.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use File::Copy qw(copy);
use MPC::Test;

my $pki = pki(<<'.');
root ca=yes na=+3650d
inter ca=yes issuer=root na=+1800d
good san=dns:good.test issuer=inter chain=inter p12=secret jks=changeit p7=inter
old san=dns:old.test issuer=inter chain=inter na=-3d life=90d
soon san=dns:soon.test issuer=inter na=+3d life=90d
oldtrust ca=yes na=-3d life=90d
self san=dns:self.test
@bundle file=text.pem of=text:Some%20text%0a%25%25%0a,good,text:%0amore%0a,inter
@bundle file=keyfirst.pem of=key:good,good,inter
@bundle file=mixed.pem of=good,old,soon
@bundle file=crlf.pem of=good
@p12 file=legacy.p12 pass=secret of=good,inter key=good legacy=yes
@p12 file=nopass.p12 pass= of=good,inter key=good
@p12 file=certs.p12 pass=secret of=good,inter
@jks file=trust.jks pass=changeit trust=root,oldtrust
@jks file=both.jks pass=changeit trust=root key=good of=good,inter
@p7 file=good.p7.pem2 of=good,inter form=pem
.
my @trust = ("--ca-file=$pki/root.pem");

sub renamed {
	my ($from, $to) = @_;
	copy("$pki/$from", "$pki/$to") or die "$from: $!\n";
	return "$pki/$to";
}

my $password = write_file('password', "secret\n");
my $changeit = write_file('changeit', "changeit\nsecond line\n");
my $wrong = write_file('wrong', "wrong\n");

subtest 'formats, under names that lie' => sub {
	my @rows = (
		[ 'good.chain.pem', 'a.der', 'PEM' ],
		[ 'good.der', 'a.pem', 'DER', '--no-trust' ],
		[ 'good.p7b', 'a.txt', 'PKCS#7' ],
		[ 'good.p7.pem2', 'a.jks', 'PKCS#7 in PEM' ],
		[ 'good.p12', 'b.pem', 'PKCS#12', "--password-file=$password" ],
		[ 'legacy.p12', 'c.crt', 'PKCS#12, 3DES',
		    "--password-file=$password" ],
		[ 'nopass.p12', 'd.crt', 'PKCS#12, no password' ],
		[ 'certs.p12', 'e.crt', 'PKCS#12, certificates only',
		    "--password-file=$password" ],
		[ 'good.jks', 'f.p12', 'JKS', "--password-file=$changeit" ],
		[ 'good.jks', 'g', 'JKS without its password' ],
		[ 'both.jks', 'h', 'JKS of both kinds' ],
		[ 'text.pem', 'i', 'text around PEM' ],
		[ 'keyfirst.pem', 'j', 'key before the certificates' ],
	);
	for (@rows) {
		my ($from, $to, $title, @more) = @$_;
		my $path = renamed($from, $to);
		verdict($title, [ '-f', $path, @trust, @more ], 'ok', []);
		verdict("$title, from standard input", [ '-f', '-', @trust,
		    @more ], 'ok', [], { stdin_file => $path });
	}
	verdict('an expired trusted certificate in a JKS',
	    [ '-f', "$pki/trust.jks", '--no-trust' ], 'critical',
	    [ 'cert.expiry' ]);
};

subtest 'line ends' => sub {
	my $pem = read_file("$pki/good.chain.pem");
	(my $crlf = $pem) =~ s/\n/\r\n/g;
	(my $cr = $pem) =~ s/\n/\r/g;
	(my $space = $pem) =~ s/\n/ \n/g;
	my %forms = (CRLF => $crlf, 'blanks at the end' => $space,
	    BOM => "\xef\xbb\xbf$pem", 'no newline at the end' =>
	    $pem =~ s/\n\z//r, 'blank lines' => "\n\n$pem\n\n");
	for my $form (sort keys %forms) {
		my $path = write_file('form.pem', $forms{$form});
		verdict($form, [ '-f', $path, @trust ], 'ok', []);
	}
};

subtest 'every certificate of a bundle' => sub {
	my $run = verdict('mixed', [ '-f', "$pki/mixed.pem", '--no-trust' ],
	    'critical', [ 'cert.expiry' ]);
	my @bad = grep { $_->{status} ne 'ok' } findings($run, 'cert.expiry');
	is(scalar @bad, 2, 'two of three are judged');
	verdict('chain in a file', [ '-f', "$pki/good.chain.pem", @trust ],
	    'ok', []);
	verdict('no chain in a file', [ '-f', "$pki/good.pem", @trust ],
	    'critical', [ 'path.incomplete' ]);
	verdict('not trusted', [ '-f', "$pki/self.pem", @trust ], 'critical',
	    [ 'path.self_signed' ]);
	verdict('a root file', [ '-f', "$pki/root.pem", @trust ], 'ok', []);
};

subtest 'folders, globs, several files' => sub {
	my $dir = scratch() . '/tree';
	mkdir $_ for $dir, "$dir/a", "$dir/a/b", "$dir/empty";
	copy("$pki/good.chain.pem", "$dir/good.pem");
	copy("$pki/good.chain.pem", "$dir/a/b/deep.crt");
	write_file("$dir/readme.txt", "nothing to see\n");
	write_file("$dir/a/key.pem", read_file("$pki/good.key"));
	symlink '.', "$dir/loop";
	symlink 'nowhere', "$dir/dangling";
	my $run = verdict('a folder', [ '-f', $dir, @trust ], 'ok', []);
	is(scalar @{ $run->{json}{targets} }, 2, 'two files in it');
	copy("$pki/old.chain.pem", "$dir/a/old.pem");
	$run = verdict('one expired, deep down', [ '-f', $dir, @trust ],
	    'critical', [ 'cert.expiry' ], { like => qr{a/old\.pem} });
	verdict('a glob', [ '-f', "$dir/*.pem", @trust ], 'ok', []);
	verdict('positional', [ "$dir/good.pem", @trust ], 'ok', []);
	verdict('file:PATH', [ "file:$dir/good.pem", @trust ], 'ok', []);
	verdict('several', [ '-f', "$dir/good.pem", '-f', "$dir/a/old.pem",
	    @trust ], 'critical', [ 'cert.expiry' ]);
	verdict('a folder without certificates', [ '-f', "$dir/empty" ],
	    'unknown', [ 'file.empty' ]);
	verdict('a glob that matches nothing', [ '-f', "$dir/*.nothing" ],
	    'unknown', [ 'file.empty' ]);
	mkdir "$dir/text";
	write_file("$dir/text/x.txt", 'text');
	verdict('a folder of other files', [ '-f', "$dir/text" ], 'unknown',
	    [ 'file.empty' ]);
};

# Everything that is no certificate: one clear line, exit 3.
subtest 'bad input' => sub {
	my $pem = read_file("$pki/good.pem");
	my $der = read_file("$pki/good.der");
	my $p12 = read_file("$pki/good.p12");
	my $jks = read_file("$pki/good.jks");
	(my $b64 = $pem) =~ s/^MI/!!/m;
	my %bytes = (
		'an empty file' => '',
		'text' => "hello\n",
		'a NUL' => "\0",
		'truncated PEM' => substr($pem, 0, 300),
		'PEM without its end' => $pem =~ s/-----END.*//sr,
		'broken base64' => $b64,
		'PEM of nothing' => "-----BEGIN CERTIFICATE-----\n" .
		    "-----END CERTIFICATE-----\n",
		'PEM of rubbish' => "-----BEGIN CERTIFICATE-----\nAAAA\n" .
		    "-----END CERTIFICATE-----\n",
		'PEM of a CSR label' => $pem =~
		    s/ CERTIFICATE/ CERTIFICATE REQUEST/gr,
		'truncated DER' => substr($der, 0, 200),
		'DER with a huge length' => "\x30\x84\xff\xff\xff\xff" .
		    substr($der, 6),
		'truncated PKCS#12' => substr($p12, 0, 200),
		'truncated JKS' => substr($jks, 0, 60),
		'JKS with a huge count' => substr($jks, 0, 8) .
		    "\xff\xff\xff\xff" . substr($jks, 12),
		'JKS with a huge length' => substr($jks, 0, 16) .
		    "\xff\xff" . substr($jks, 18),
		'a private key' => read_file("$pki/good.key"),
		'random octets' => join('', map { chr(($_ * 7919 + 13) %
		    251) } 1 .. 5000),
		'nested lengths' => "\x30\x80" x 5000,
	);
	for my $title (sort keys %bytes) {
		my $path = write_file('bad.bin', $bytes{$title});
		my $run = verdict($title, [ '-f', $path ], 'unknown',
		    [ 'file.read' ], { like => qr/bad\.bin/ });
	}
	like(check('-f', "$pki/good.key")->{out}, qr/private key/,
	    'a private key is called one');
	verdict('no such file', [ '-f', '/nonexistent/x.pem' ], 'unknown',
	    [ 'file.read' ], { like => qr{/nonexistent/x\.pem.*No such file} });
	verdict('nothing on standard input', [ '-f', '-' ], 'unknown',
	    [ 'file.read' ]);
	verdict('/dev/null', [ '-f', '/dev/null' ], 'unknown',
	    [ 'file.read' ]);
	# Root may read everything, but not everything can be read.
	my ($locked, $why) = (write_file('secret.pem', $pem),
	    qr/Permission denied/);
	chmod 0, $locked;
	($locked, $why) = ('/proc/self/mem', qr/Input\/output error/)
	    if -r $locked;
	verdict('unreadable', [ '-f', $locked ], 'unknown', [ 'file.read' ],
	    { like => $why });
	verdict('wrong PKCS#12 password', [ '-f', "$pki/good.p12",
	    "--password-file=$wrong" ], 'unknown', [ 'file.read' ],
	    { like => qr/password/ });
	verdict('no PKCS#12 password', [ '-f', "$pki/good.p12" ], 'unknown',
	    [ 'file.read' ], { like => qr/password/ });
	verdict('wrong JKS password', [ '-f', "$pki/good.jks",
	    "--password-file=$wrong" ], 'unknown', [ 'file.read' ],
	    { like => qr/password|digest/ });
	my $run = check('-f', "$pki/good.p12", '--password-file=/nonexistent');
	is($run->{exit}, 3, 'no password file');
	like(line1($run), qr{/nonexistent}, 'is named');
};

subtest 'too large, endless, and no files at all' => sub {
	my $path = scratch() . '/large';
	open my $fh, '>', $path or die "$path: $!\n";
	truncate $fh, 100 * 1024 * 1024;
	close $fh;
	my $run = verdict('100 MB of zeros', [ '-f', $path ], 'unknown',
	    [ 'file.read' ], { like => qr/large|big|limit|MB/ });
	cmp_ok($run->{nagios}{elapsed}, '<', 10, 'quickly');
	unlink $path;
	$run = verdict('/dev/zero', [ '-f', '/dev/zero', '-t', '5s' ],
	    'unknown', [ 'file.read' ]);
	my $fifo = scratch() . '/fifo';
	POSIX::mkfifo($fifo, 0600) or die "$fifo: $!\n";
	$run = check('-f', $fifo, '-t', '1s');
	is($run->{exit}, 3, 'a FIFO that nobody writes to');
	cmp_ok($run->{elapsed}, '<', 5, 'does not hang');
};

# Runs it with a pipe for standard input, whose other end FEED gets, with the
# process; returns exit code and output.
sub piped {
	my ($feed, @args) = @_;
	my $out = scratch() . '/piped.out';
	pipe my $from, my $to or die "pipe: $!\n";
	my $pid = fork() // die "fork: $!\n";
	if ($pid == 0) {
		close $to;
		open STDIN, '<&', $from;
		open STDOUT, '>', $out;
		exec { $args[0] } @args or POSIX::_exit(127);
	}
	close $from;
	$feed->($to, $pid);
	waitpid $pid, 0;
	return ($? >> 8, read_file($out));
}

# Also what a shell makes of <(command), by another name for the pipe.
subtest 'pipes are waited for, until the deadline' => sub {
	my $plugin = plugin('check_cert_expiry');
	my $pem = read_file("$pki/good.pem");
	for my $name ('-', '/dev/stdin', '/dev/fd/0') {
		my ($exit, $out) = piped(sub {
			my ($to) = @_;
			select undef, undef, undef, 0.3;
			syswrite $to, substr $pem, 0, 100;
			select undef, undef, undef, 0.3;
			syswrite $to, substr $pem, 100;
			close $to;
		}, $plugin, '--no-trust', '-t', '30', '-f', $name);
		is($exit, 0, "$name: a slow writer") or diag($out);
	}
	for my $args ([ '-f', '-' ], [ '--targets=-' ],
	    [ '-f', '/dev/stdin' ],
	    [ '-H', 'a.test', '--ca-file=/dev/fd/0' ]) {
		my ($exit, $out) = piped(sub { }, $plugin, '-t', '1',
		    @$args);
		is($exit, 3, "@$args: a silent writer");
		like($out, qr/ time/, 'that is told') or diag($out);
	}
	my ($exit, $out) = piped(sub {
		my ($to, $pid) = @_;
		select undef, undef, undef, 0.5;
		kill 'TERM', $pid;
	}, $plugin, '-t', '60', '-f', '-');
	is($exit, 3, 'SIGTERM');
	like($out, qr/^CERT_EXPIRY UNKNOWN - .*signal/, 'that is told');
};

subtest 'a folder where one file is bad' => sub {
	my $dir = scratch() . '/part';
	mkdir $dir;
	copy("$pki/good.chain.pem", "$dir/good.pem");
	write_file("$dir/cut.pem", substr(read_file("$pki/good.pem"), 0, 300));
	my $run = check_json('-f', $dir, @trust);
	isnt($run->{exit}, 0, 'is not OK');
	like($run->{out}, qr/cut\.pem/, 'and names it');
};

done_testing;

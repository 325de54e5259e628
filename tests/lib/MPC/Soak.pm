# SPDX-License-Identifier: ISC
#
# Many targets in one run, some of them dead, slow or broken: what each must
# be, and memory and descriptors of the plugin while it runs.  For
# tests/cli/hostile_soak.t and tests/bench/soak.
#
#	my $soak = MPC::Soak->new;
#	my $run = $soak->run(300, '-t', '20s', '--concurrency', 300);
#	print "$_\n" for @{ $run->{wrong} };
package MPC::Soak;

use strict;
use warnings;

use JSON::PP ();
use POSIX qw(WNOHANG);
use Time::HiRes qw(time sleep);

use MPC::Test;

# title, share of 300, server, state, findings that are not OK, words for the
# line of targets.  Two thirds are well, in several ways.
my @kinds = (
	[ 'good 1.3', 120, '%good' ],
	[ 'good 1.2', 40, '%good --tls-max 1.2' ],
	[ 'good RSA', 10, '%rsa' ],
	[ 'good SMTP', 10, '%good --starttls smtp', 'smtp' ],
	[ 'good, 1 ms per octet', 4, '%good --drip 1' ],
	[ 'good, asked for a certificate', 4, '%good --verify-client' ],
	[ 'soon', 6, '%soon', '', 'warning', 'cert.expiry' ],
	[ 'expired', 6, '%old', '', 'critical', 'cert.expiry' ],
	[ 'not trusted', 4, '%alien', '', 'critical', 'path.incomplete' ],
	[ 'another name', 4, '%other', '', 'critical', 'cert.name' ],
	[ 'refused', 20, undef, '', 'critical', 'net.connect' ],
	[ 'black hole', 12, '--blackhole', '', 'unknown', 'net.timeout' ],
	[ 'SYN unanswered', 4, '--full-backlog', '', 'unknown',
	    'net.timeout' ],
	[ 'silent', 8, '--hang-in-handshake', '', 'unknown', 'net.timeout' ],
	[ 'one octet a second', 4, '%good --drip 1000', '', 'unknown',
	    'net.timeout' ],
	[ 'no SMTP greeting', 4, '--blackhole', 'smtp', 'unknown',
	    'net.timeout' ],
	[ 'reset', 6, '--reset-in-handshake', '', 'critical', 'net.connect' ],
	[ 'closed', 6, '--close-in-handshake', '', 'critical',
	    'tls.handshake' ],
	[ 'cut off', 4, '%good --records 2', '', 'critical',
	    'tls.handshake' ],
	[ 'alert', 4, '--alert 112', '', 'critical', 'tls.handshake' ],
	[ 'plain text', 4, '--plaintext HTTP/1.0', '', 'critical',
	    'tls.plaintext' ],
	[ 'garbage', 4, '--garbage', '', 'critical', 'tls.plaintext' ],
	[ 'oversized', 1, '--oversized-certificate', '', 'critical',
	    'tls.handshake' ],
	[ 'endless greeting', 1, '--starttls smtp --greeting-endless', 'smtp',
	    'critical', 'starttls.refused' ],
	[ 'STARTTLS refused', 5, '%good --starttls smtp --starttls-refuse',
	    'smtp', 'critical', 'starttls.refused' ],
	[ 'injection', 5, '%good --starttls smtp --starttls-inject', 'smtp',
	    'critical', 'starttls.injection' ],
);

sub new {
	my ($class, %self) = @_;
	my $pki = pki(<<'.');
root ca=yes
alienroot ca=yes
good san=dns:good.test issuer=root
rsa key=rsa:2048 san=dns:good.test issuer=root
soon san=dns:good.test issuer=root na=+20d life=90d
old san=dns:good.test issuer=root na=-1d life=90d
alien san=dns:good.test issuer=alienroot
other san=dns:other.test issuer=root
.
	my @wanted = $self{only} ? grep { $_->[0] =~ $self{only} } @kinds :
	    @kinds;
	my @lines = map { defined $_->[2] ? $_->[2] : () } @wanted;
	s{%(\w+)}{--cert $pki/$1.pem --key $pki/$1.key} for @lines;
	my @servers = servers(@lines);
	my @table;
	for my $kind (@wanted) {
		my ($title, $share, $line, $scheme, $state, $id) = @$kind;
		push @table, { title => $title, share => $share,
		    scheme => $scheme ? "$scheme://" : '',
		    state => $state // 'ok', id => $id // '',
		    port => defined $line ? (shift @servers)->port :
		    closed_port() };
	}
	return bless { %self, pki => $pki, kinds => \@table }, $class;
}

# The kinds of N targets: shares spread evenly, in an order that is always
# the same.
sub order {
	my ($self, $n) = @_;
	my $kinds = $self->{kinds};
	my $total = 0;
	$total += $_->{share} for @$kinds;
	my @credit = (0) x @$kinds;
	my @order;
	for (1 .. $n) {
		my $best = 0;
		for my $i (0 .. $#credit) {
			$credit[$i] += $kinds->[$i]{share};
			$best = $i if $credit[$i] > $credit[$best];
		}
		$credit[$best] -= $total;
		push @order, $best;
	}
	return map { $kinds->[$_] } @order;
}

sub status_of {
	my ($pid) = @_;
	open my $fh, '<', "/proc/$pid/status" or return;
	my %value = map { /^(\w+):\s*(\d+)/ ? ($1 => $2) : () } <$fh>;
	return if !defined $value{VmRSS};
	opendir my $dir, "/proc/$pid/fd" or return;
	my $fds = grep { /^\d+$/ } readdir $dir;
	return { rss => $value{VmRSS}, peak => $value{VmHWM}, fds => $fds };
}

# Runs it; { exit, signal, seconds, samples => [ { at, rss, peak, fds } ],
# out, err }, with rss and peak in kB.
sub watch {
	my ($every, @command) = @_;
	my ($out, $err) = (scratch() . '/soak.out', scratch() . '/soak.err');
	my $start = time;
	my $pid = fork() // die "fork: $!\n";
	if ($pid == 0) {
		delete @ENV{qw(SSL_CERT_FILE SSL_CERT_DIR)};
		open STDIN, '<', '/dev/null';
		open STDOUT, '>', $out or POSIX::_exit(126);
		open STDERR, '>', $err or POSIX::_exit(126);
		exec { $command[0] } @command or POSIX::_exit(127);
	}
	my (@samples, $next);
	while (waitpid($pid, WNOHANG) == 0) {
		if (!defined $next || time >= $next) {
			my $sample = status_of($pid);
			push @samples, { %$sample, at => time - $start }
			    if defined $sample;
			$next = time + $every;
		}
		sleep 0.02;
	}
	my $status = $?;
	return { exit => $status >> 8, signal => $status & 127,
	    seconds => time - $start, samples => \@samples,
	    out => read_file($out), err => read_file($err) };
}

# What is wrong with the verdicts, one line each.
sub judge {
	my ($run, @order) = @_;
	my $json = eval { JSON::PP->new->utf8->decode($run->{out}) }
	    // return "no JSON: $@";
	my %target = map { $_->{label} => $_ } @{ $json->{targets} // [] };
	my @wrong;
	push @wrong, scalar(keys %target) . ' targets, not ' . scalar @order
	    if keys %target != @order;
	for my $i (0 .. $#order) {
		my $kind = $order[$i];
		my $target = $target{"t$i"};
		my %bad = map { $_->{id} => 1 } grep { lc $_->{status} ne 'ok' }
		    @{ $target->{findings} // [] };
		my $got = lc($target->{status} // 'nothing') .
		    join '', map { " $_" } sort keys %bad;
		my $want = $kind->{state} .
		    ($kind->{id} ne '' ? " $kind->{id}" : '');
		push @wrong, "t$i, $kind->{title}: $got, not $want"
		    if $got ne $want;
	}
	return @wrong;
}

# Where all are good, line 1 says it: JSON of so many takes long to read.
sub judge_good {
	my ($run, $n) = @_;
	my ($line) = $run->{out} =~ /\A([^|\n]*)/;
	return if $run->{exit} == 0 && $line =~ /\b$n\b/;
	return "not $n that are good: $line";
}

# N targets in one run.  As watch(), and { wrong, counts }.
sub run {
	my ($self, $n, @args) = @_;
	my @order = $self->order($n);
	my $list = write_file('soak.targets', join '', map {
	    "$order[$_]{scheme}good.test:$order[$_]{port} " .
	    "address=127.0.0.1 label=t$_\n" } 0 .. $#order);
	my $run = watch($self->{every} // 0.5, plugin('check_cert_expiry'),
	    "--targets=$list", "--ca-file=$self->{pki}/root.pem", '-o',
	    $self->{only} ? 'nagios' : 'json', @args);
	$run->{wrong} = $self->{only} ? [ judge_good($run, $n) ] :
	    [ judge($run, @order) ];
	push @{ $run->{wrong} }, "signal $run->{signal}" if $run->{signal};
	push @{ $run->{wrong} }, 'stderr is not empty' if length $run->{err};
	$run->{counts}{"$_->{state} $_->{id}"}++ for @order;
	delete $run->{out};
	return $run;
}

1;

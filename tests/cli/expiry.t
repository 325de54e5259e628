#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Time left: every boundary to the second, with --at as the clock.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use POSIX qw(strftime);

use constant DAY => 86400;
# 2025-06-01T00:00:00Z: the Baseline Requirements allow 398 days then.
use constant ISSUED => 1748736000;
# 2011-06-01: before any limit on the validity.
use constant LONG_AGO => 1306886400;
use constant NOW => 1755000000;

sub spec_line {
	my ($name, $begin, $end) = @_;
	return "$name san=dns:$name.test nb=\@$begin na=\@$end\n";
}

my %lifetimes = map { $_ => ISSUED } 6, 45, 90, 200, 398;
$lifetimes{3650} = LONG_AGO;

my $spec = spec_line('edge', ISSUED, NOW);
$spec .= spec_line("life$_", $lifetimes{$_}, $lifetimes{$_} + $_ * DAY)
    for keys %lifetimes;
my $pki = pki($spec . <<'.');
y2049 san=dns:a.test nb=2010-01-01T00:00:00Z na=2049-12-31T23:59:59Z
y2050 san=dns:a.test nb=2010-01-01T00:00:00Z na=2050-01-01T00:00:00Z
y9999 san=dns:a.test nb=2010-01-01T00:00:00Z na=9999-12-31T23:59:59Z
y1950 san=dns:a.test nb=utc:500101000000Z na=utc:550101000000Z
ten san=dns:a.test nb=2014-08-12T12:00:00Z na=2015-08-12T12:00:00Z
backwards san=dns:a.test nb=@1755086400 na=@1754913600
future san=dns:a.test nb=@1755000001 na=@1760000000
gen2030 san=dns:a.test nb=2010-01-01T00:00:00Z na=gen:20300101000000Z
noz san=dns:a.test nb=2010-01-01T00:00:00Z na=utc:300101000000
offset san=dns:a.test nb=2010-01-01T00:00:00Z na=utc:300101000000+0100
fraction san=dns:a.test nb=2010-01-01T00:00:00Z na=gen:20300101000000.5Z
garbage san=dns:a.test nb=2010-01-01T00:00:00Z na=utc:never
month13 san=dns:a.test nb=2010-01-01T00:00:00Z na=utc:301301000000Z
feb30 san=dns:a.test nb=2010-01-01T00:00:00Z na=utc:300230000000Z
leap san=dns:a.test nb=2010-01-01T00:00:00Z na=utc:280229235959Z
bothbad san=dns:a.test nb=utc:x na=utc:
.

# check of one certificate at an instant
sub at {
	my ($title, $name, $at, $state, $ids, @more) = @_;
	my $options = ref $more[-1] eq 'HASH' ? pop @more : {};
	return verdict($title, [ '-f', "$pki/$name.pem", '--no-trust',
	    "--at=$at", @more ], $state, $ids, $options);
}

subtest 'the last second' => sub {
	my @lenient = ('-w', '1s', '-c', '1s');
	at('a second before', 'edge', NOW - 1, 'ok', [], @lenient);
	at('expires this second', 'edge', NOW, 'critical', [ 'cert.expiry' ],
	    @lenient, { unlike => qr/expired/ });
	at('not by the thresholds', 'edge', NOW, 'ok', [], '-w', '0', '-c',
	    '0', { unlike => qr/expired/ });
	my $run = at('one second ago', 'edge', NOW + 1, 'critical',
	    [ 'cert.expiry' ], '-w', '0', '-c', '0', { like => qr/expired/ });
	my ($metrics) = perfdata($run->{nagios});
	cmp_ok($metrics->{days}{value}, '<', 0,
	    'an expired certificate has less than no days left');
	at('ten years ago', 'ten', 1755000000, 'critical', [ 'cert.expiry' ],
	    { like => qr/expired .*2015-08-12/ });
};

subtest 'beginning' => sub {
	at('one second too early', 'future', NOW, 'critical',
	    [ 'cert.not_yet_valid' ], { like => qr/not valid yet/ });
	at('the first second', 'future', NOW + 1, 'ok', []);
	at('notAfter before notBefore: between', 'backwards', NOW,
	    'critical', [ 'cert.expiry', 'cert.not_yet_valid' ]);
	at('notAfter before notBefore: before', 'backwards', 1754900000,
	    'critical', [ 'cert.expiry', 'cert.not_yet_valid' ]);
	at('notAfter before notBefore: after', 'backwards', 1755100000,
	    'critical', [ 'cert.expiry' ]);
};

subtest 'far years' => sub {
	at('year 2049', 'y2049', NOW, 'ok', [], { like => qr/2049-12-31/ });
	at('2049, last second', 'y2049', '2049-12-31T23:59:59Z', 'ok', [],
	    qw(-w 0 -c 0));
	at('2050, too late', 'y2049', '2050-01-01T00:00:00Z', 'critical',
	    [ 'cert.expiry' ]);
	at('year 2050', 'y2050', NOW, 'ok', [], { like => qr/2050-01-01/ });
	at('2050, one second late', 'y2050', '2050-01-01T00:00:01Z',
	    'critical', [ 'cert.expiry' ]);
	my $run = at('year 9999', 'y9999', NOW, 'ok', [],
	    { like => qr/9999-12-31/ });
	my ($metrics) = perfdata($run->{nagios});
	cmp_ok($metrics->{days}{value}, '>', 2_900_000,
	    'days without an exponent');
	at('9999, near its end', 'y9999', '9999-12-31T12:00:00Z', 'critical',
	    [ 'cert.expiry' ]);
	at('1950 to 1955', 'y1950', NOW, 'critical', [ 'cert.expiry' ],
	    { like => qr/1955-01-01/ });
	at('in the past, with --at', 'y1950', '1954-01-01T00:00:00Z', 'ok',
	    []);
};

# What is malformed is said so, and is never OK; nobody guesses a date.
subtest 'times that break RFC 5280' => sub {
	for my $name (qw(noz offset fraction garbage month13 feb30 bothbad)) {
		my $run = check('-f', "$pki/$name.pem", '--no-trust',
		    '--at=' . NOW);
		isnt($run->{exit}, 0, "$name is not OK");
	}
	isnt(check('-f', "$pki/gen2030.pem", '--no-trust', '--at=' .
	    NOW)->{exit}, 2, 'GeneralizedTime before 2050 is at most a flaw');
	at('29 February', 'leap', '2028-02-29T23:59:59Z', 'ok', [],
	    qw(-w 0 -c 0));
};

# The defaults: 28 days or a quarter, 14 days or 12%, whichever is less.
subtest 'default thresholds' => sub {
	for my $days (sort { $a <=> $b } keys %lifetimes) {
		my $life = $days * DAY;
		my $end = $lifetimes{$days} + $life;
		my ($warning, $critical) = (28 * DAY, 14 * DAY);
		$warning = $life / 4 if $life / 4 < $warning;
		$critical = $life * 12 / 100
		    if $life * 12 / 100 < $critical;
		my $name = "life$days";
		at("$days days: fresh", $name, $lifetimes{$days}, 'ok', []);
		at("$days days: at the warning limit", $name, $end - $warning,
		    'ok', []);
		at("$days days: below it", $name, $end - $warning + 1,
		    'warning', [ 'cert.expiry' ]);
		at("$days days: at the critical limit", $name,
		    $end - $critical, 'warning', [ 'cert.expiry' ]);
		at("$days days: below it", $name, $end - $critical + 1,
		    'critical', [ 'cert.expiry' ]);
	}
};

# What -w says about 90 days of which LEFT seconds are left.
subtest 'forms of a threshold' => sub {
	my $end = ISSUED + 90 * DAY;
	for (
		[ '30', 30 * DAY, 'ok' ], [ '30', 30 * DAY - 1, 'warning' ],
		[ '30d', 30 * DAY, 'ok' ], [ '30d', 30 * DAY - 1, 'warning' ],
		[ '30:', 30 * DAY, 'ok' ], [ '30:', 30 * DAY - 1, 'warning' ],
		[ '12h', 43200, 'ok' ], [ '12h', 43199, 'warning' ],
		[ '90s', 90, 'ok' ], [ '90s', 89, 'warning' ],
		[ '15m', 900, 'ok' ], [ '15m', 899, 'warning' ],
		[ '2w', 14 * DAY, 'ok' ], [ '2w', 14 * DAY - 1, 'warning' ],
		[ '1d12h', 129600, 'ok' ], [ '1d12h', 129599, 'warning' ],
		[ '50%', 45 * DAY, 'ok' ], [ '50%', 45 * DAY - 1, 'warning' ],
		[ '50%:', 45 * DAY - 1, 'warning' ],
		[ '12.5%', 972000, 'ok' ], [ '12.5%', 971999, 'warning' ],
		[ '60d,50%', 45 * DAY, 'ok' ],
		[ '60d,50%', 45 * DAY - 1, 'warning' ],
		[ '20d,50%', 20 * DAY, 'ok' ],
		[ '20d,50%', 20 * DAY - 1, 'warning' ],
		[ '60d,50%,10d', 10 * DAY, 'ok' ],
		[ '60d,50%,10d', 10 * DAY - 1, 'warning' ],
		[ '10:60', 10 * DAY, 'ok' ], [ '10:60', 10 * DAY - 1, 'warning' ],
		[ '10:60', 60 * DAY, 'ok' ], [ '10:60', 60 * DAY + 1, 'warning' ],
		[ '10d:8w', 56 * DAY + 1, 'warning' ],
		[ '~:60', 60 * DAY, 'ok' ], [ '~:60', 60 * DAY + 1, 'warning' ],
		[ '@10:20', 10 * DAY - 1, 'ok' ], [ '@10:20', 10 * DAY, 'warning' ],
		[ '@10:20', 20 * DAY, 'warning' ], [ '@10:20', 20 * DAY + 1, 'ok' ],
		[ '@20', 20 * DAY, 'warning' ], [ '@20', 20 * DAY + 1, 'ok' ],
	) {
		my ($text, $left, $state) = @$_;
		at("-w $text with $left s left", 'life90', $end - $left,
		    $state, $state eq 'ok' ? [] : [ 'cert.expiry' ],
		    '-w', $text, '-c', '0');
	}
	at('-c alone', 'life90', $end - 5, 'critical', [ 'cert.expiry' ],
	    '-w', '0', '-c', '10s');
	at('an empty value is unset: the default', 'life90',
	    $end - 20 * DAY, 'warning', [ 'cert.expiry' ], '-w', '', '-c', '');
};

subtest 'what is no threshold' => sub {
	for my $bad ('20:10', '10d:5d', '0x10', '1e3', '0o10', '5x', '5 d',
	    '10 ', ' 10', 'd', '%', '5%%', '-5', '+5', '10:20%', '1,2:3',
	    '@', ':', '~', '5:6:7', 'abc', '99999999999999999999',
	    '1d1d1', '5,', ',5', '101%x', 'inf', 'nan') {
		for my $option ('-w', '-c') {
			my $run = check('-f', "$pki/life90.pem", $option,
			    $bad);
			is($run->{exit}, 3, "$option '$bad' is refused");
			like(line1($run), qr/warning|critical|-w|-c/,
			    "$option '$bad': the option is named");
			cmp_ok(scalar(split /\n/, $run->{out}), '==', 1,
			    "$option '$bad': one line");
		}
	}
};

subtest 'forms of an instant' => sub {
	my $end = ISSUED + 90 * DAY;
	my $iso = strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $end);
	at('epoch', 'life90', $end, 'ok', [], qw(-w 0 -c 0));
	at('ISO 8601', 'life90', $iso, 'ok', [], qw(-w 0 -c 0));
	my $late = strftime('%Y-%m-%dT%H:%M:%SZ', gmtime $end + 1);
	at('ISO 8601, later', 'life90', $late, 'critical', [ 'cert.expiry' ]);
	for my $bad ('yesterday', '2026-13-01T00:00:00Z', '2026-02-30',
	    '2026-01-01T25:00:00Z', '12x', '0x10', '1e9',
	    '2026-01-01T00:00:00+99:00') {
		my $run = check('-f', "$pki/life90.pem", "--at=$bad");
		is($run->{exit}, 3, "--at=$bad is refused");
		like(line1($run), qr/\bat\b/, "--at=$bad: the option is named");
	}
	my $run = check_json('-f', "$pki/life90.pem", '--no-trust',
	    "--at=$end");
	like($run->{json}{at}, qr/^(?:\Q$end\E|\Q$iso\E)$/, 'at in JSON');
};

subtest 'performance data' => sub {
	my $end = ISSUED + 90 * DAY;
	my $run = check('-f', "$pki/life90.pem", '--no-trust',
	    '--at=' . ($end - 60 * DAY));
	my ($metrics) = perfdata($run);
	is($metrics->{days}{value}, 60, 'days');
	is($metrics->{days}{warning}, '22.5:', 'the effective warning range');
	is($metrics->{days}{critical}, '10.8:', 'the effective critical range');
	is("$metrics->{days}{min} $metrics->{days}{max}", '0 90',
	    'from 0 to the lifetime');
	is($metrics->{lifetime}{unit}, '%', 'lifetime is a percentage');
	cmp_ok(abs($metrics->{lifetime}{value} - 66.7), '<', 0.11, 'lifetime');
	$run = check('-f', "$pki/life398.pem", '--no-trust',
	    '--at=' . ISSUED);
	($metrics) = perfdata($run);
	is("$metrics->{days}{warning} $metrics->{days}{critical}", '28: 14:',
	    'the duration holds where it is less');
};

subtest 'a renewal that should have happened' => sub {
	my $due = ISSUED + 60 * DAY;
	my @lenient = ('-w', '1d', '-c', '1d');
	at('not asked', 'life90', $due + 1, 'ok', [], @lenient);
	at('not yet', 'life90', $due - 2 * DAY, 'ok', [], @lenient,
	    '--renewal=30d', '-v',
	    { like => qr/renewal is due in 2 days \(2025-07-31\)/ });
	at('this second', 'life90', $due, 'ok', [], @lenient,
	    '--renewal=30d');
	at('two days late', 'life90', $due + 2 * DAY, 'warning',
	    [ 'cert.renewal' ], @lenient, '--renewal=30d', { like =>
	    qr/renewal was due 2 days ago \(2025-07-31\) and has not / });
	at('the same in percent', 'life6', ISSUED + 5 * DAY, 'warning',
	    [ 'cert.renewal' ], @lenient, '--renewal=33%');
	at('more than there ever is', 'life6', ISSUED, 'warning',
	    [ 'cert.renewal' ], @lenient, '--renewal=28d', { like =>
	    qr/never had .* --renewal \(28 days\): its lifetime is 6 days/ });
	at('as severe as wanted', 'life90', $due + 1, 'critical',
	    [ 'cert.renewal' ], @lenient, '--renewal=30d',
	    '--severity=cert.renewal:critical');
};

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Handshakes that stop or go astray behind any of their records: alerts, fatal
# and not, records of every kind that are out of place, floods of those that
# a client passes over, and what comes behind the end.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::Hostile;

my $pki = pki(<<'.');
root ca=yes
inter ca=yes issuer=root
good san=dns:good.test issuer=inter chain=inter
.
my $cert = "--cert $pki/good.chain.pem --key $pki/good.key";
my @trust = ("--ca-file=$pki/root.pem");
my $hs = qr/^(?:tls\.(?:handshake|plaintext)|net\.connect)\b/;
my $hello12 = '\x16\x03\x03\x00\x04\x00\x00\x00\x00';
my $ccs = '\x14\x03\x03\x00\x01\x01';

# One connection for each, all servers in one process.
sub each_of {
	my (@rows) = @_;
	my @servers = servers(map { $_->[1] } @rows);
	for my $i (0 .. $#rows) {
		my ($title, undef, $want) = @{ $rows[$i] };
		hostile($title, [ against($servers[$i], @trust) ], $want);
	}
	return;
}

# TLS 1.2 sends Server Hello, Certificate, Key Exchange and Done in a record
# each, and two records behind the client's; TLS 1.3 its hello, a change of
# cipher and four that are encrypted.
subtest 'an alert at each step' => sub {
	my @rows;
	for my $version (qw(1.2 1.3)) {
		for my $n (0 .. 5) {
			for my $case ([ 'fatal 40', '\x02\x28' ],
			    [ 'fatal 0', '\x02\x00' ],
			    [ 'fatal 255', '\x02\xff' ],
			    [ 'warning 0', '\x01\x00' ],
			    [ 'warning 90', '\x01\x5a' ],
			    [ 'level 9', '\x09\x28' ],
			    [ 'cut short', '\x02' ]) {
				my ($what, $octets) = @$case;
				my $len = $what eq 'cut short' ? 1 : 2;
				push @rows, [ "TLS $version, $n records, " .
				    $what, "$cert --tls-min $version " .
				    "--tls-max $version --records $n --raw " .
				    "\\x15\\x03\\x03\\x00\\x0$len$octets",
				    { state => 'critical', id => $hs } ];
			}
		}
	}
	# The whole of a TLS 1.2 flight has been seen, and the certificate in
	# it may be judged, but a handshake that fails is no OK.
	each_of(@rows);
};

subtest 'the end at each step' => sub {
	each_of(map { my $version = $_; map { [ "TLS $version, $_ records",
	    "$cert --tls-min $version --tls-max $version --records $_",
	    { state => 'critical', id => $hs, like => qr/clos|alert/i } ] }
	    0 .. 5 } qw(1.2 1.3));
};

# What a client passes over one of must not be passed over for ever.
my %flood = (
	'warning alerts' => '\x15\x03\x03\x00\x02\x01\x5a',
	'no_renegotiation' => '\x15\x03\x03\x00\x02\x01\x64',
	'empty handshake records' => '\x16\x03\x03\x00\x00',
	'empty application data' => '\x17\x03\x03\x00\x00',
	'empty alerts' => '\x15\x03\x03\x00\x00',
	'changes of cipher' => $ccs,
	'hello requests' => $hello12,
	'records of no type' => '\x18\x03\x03\x00\x01\x00',
	'heartbeats' => '\x18\x03\x03\x00\x03\x01\xff\xff',
	'application data' => '\x17\x03\x03\x00\x04abcd',
	'key updates in plain text' => '\x16\x03\x03\x00\x05\x18\x00\x00\x01\x01',
	'tickets in plain text' => '\x16\x03\x03\x00\x0a\x04\x00\x00\x06\x00\x00\x00\x01\x00\x00',
	'server hellos' => '\x16\x03\x03\x00\x04\x02\x00\x00\x00',
	'certificates of nothing' => '\x16\x03\x03\x00\x07\x0b\x00\x00\x03\x00\x00\x00',
	'compressed certificates' => '\x16\x03\x03\x00\x0c\x19\x00\x00\x08\x00\x01\xff\xff\xff\x00\x00\x00',
	'messages of 16 MB' => '\x16\x03\x03\x00\x04\x0b\xff\xff\xff',
	'one octet a record' => '\x16\x03\x03\x00\x01\x0b',
	'SSL 2' => '\x80\x09\x04\x00\x01\x00\x02\x00\x00\x00\x00',
	'octets of nothing' => '\x00',
);
for my $version (qw(1.2 1.3)) {
	subtest "floods, TLS $version" => sub {
		each_of(map { my $what = $_; map {
		    [ "$what behind $_ records", "$cert --tls-min $version " .
		    "--tls-max $version --records $_ --flood $flood{$what}",
		    { state => 'critical', id => $hs } ] } (0, 1, 4) }
		    sort keys %flood);
	};
}

subtest 'hello requests before the end' => sub {
	# RFC 5246 7.4.1.1: passed over while there is a handshake.
	each_of(map { [ "and then nothing, $_", "$cert --tls-max 1.2 " .
	    "--records $_ --raw $hello12", { state => 'critical',
	    id => $hs } ] } 0 .. 4);
};

subtest 'behind the end' => sub {
	each_of(
		[ '10,000 tickets', "$cert --tickets 10000",
		    { state => 'ok' } ],
		[ '100,000 key updates', "$cert --key-updates 100000",
		    { state => 'ok' } ],
		[ '10,000 hello requests', "$cert --tls-max 1.2 " .
		    '--renegotiate 10000', { state => 'ok' } ],
	);
};

subtest 'lengths that lie' => sub {
	each_of(map { [ $_->[0], "--raw $_->[1]", { state => 'critical',
	    id => $hs } ] }
		[ 'a server hello of 4 GB', '\x16\x03\x03\x00\x04\x02\xff\xff\xff' ],
		[ 'a session id of 255', '\x16\x03\x03\x00\x2a\x02\x00\x00\x26' .
		    '\x03\x03' . 'x' x 32 . '\xff\x00\x00\x00' ],
		[ 'extensions longer than they are', '\x16\x03\x03\x00\x30' .
		    '\x02\x00\x00\x2c\x03\x03' . 'x' x 32 .
		    '\x00\xc0\x2b\x00\xff\xff\x00\x00\x00\x00' ],
		[ 'a cipher nobody offered', '\x16\x03\x03\x00\x2a\x02\x00\x00\x26' .
		    '\x03\x03' . 'x' x 32 . '\x00\x00\x00\x00' ],
		[ 'version 0.0', '\x16\x03\x03\x00\x2a\x02\x00\x00\x26' .
		    '\x00\x00' . 'x' x 32 . '\x00\xc0\x2b\x00' ],
		[ 'a record that is not all there', '\x16\x03\x03\x40\x00\x02' ],
		[ 'a finished first', '\x16\x03\x03\x00\x10\x14\x00\x00\x0c' .
		    'x' x 12 ]);
};

note(sprintf '%.1f MB at most', peak_mb() // 0);
done_testing;

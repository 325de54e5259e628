#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Responders and servers of CRLs that speak HTTP to do harm: heads without
# end, bodies that unpack to anything, chunks that lie.  No verdict, a word on
# why, in time, in bounded memory.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;
use MPC::Hostile;
use MPC::RawHTTP;
use IO::Compress::Gzip qw(gzip);

# 256 MB of one octet, packed once and twice.  By another process: what this
# one takes would count as the plugin's.
my $bomb = `head -c 268435456 /dev/zero | gzip -9`;
gzip(\$bomb => \my $double) or die;

my $ok = "HTTP/1.1 200 OK\r\n";
my $chunked = "${ok}Transfer-Encoding: chunked\r\n\r\n";
my $packed = "${ok}Content-Encoding: gzip\r\n";
sub sends { my (@parts) = @_; return sub { MPC::RawHTTP::put($_[0], $_)
    for @parts } }
sub floods { my ($first, $again) = @_; return sub {
	MPC::RawHTTP::put($_[0], $first);
	MPC::RawHTTP::flood($_[0], $again) } }
sub slowly { my ($first, $again) = @_; return sub {
	my ($client) = @_;
	MPC::RawHTTP::put($client, $first);
	while (MPC::RawHTTP::put($client, $again) == 0) {
		select undef, undef, undef, 0.2;
	} } }
sub one_by_one { my ($text) = @_; return sub {
	my ($client) = @_;
	for (split //, $text) {
		last if MPC::RawHTTP::put($client, $_) == -1;
		select undef, undef, undef, 1;
	} } }

my $head = qr/the head of the answer is longer than \d+ octets/;
my $long = qr/the answer is longer than \d+ octets/;
my $late = qr/timed out/;
my @cases = (
	[ 'header lines without end', floods($ok, "X-A: b\r\n"), $head ],
	[ 'one header line without end', floods("${ok}X-A: ", 'a'), qr/$head|\S/ ],
	[ 'a status line without end', floods('HTTP/1.1 200 ', 'a'), qr/\S/ ],
	[ 'header lines, slowly', slowly($ok, "X-A: b\r\n"), $late ],
	[ 'one octet a second', one_by_one("${ok}Content-Length: 5\r\n\r\nx"),
	    $late ],
	[ '100 Continue without end', floods('',
	    "HTTP/1.1 100 Continue\r\n\r\n"), qr/\S/ ],
	[ '103 Early Hints without end', floods('',
	    "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"), qr/\S/ ],
	[ '10,000 cookies', sends($ok, "Set-Cookie: a=b\r\n" x 10000,
	    "\r\n"), $head ],
	[ 'a gzip bomb', sends($packed . 'Content-Length: ' .
	    length($bomb) . "\r\n\r\n", $bomb), qr/$long|not a/ ],
	[ 'a gzip bomb in a gzip', sends("${ok}Content-Encoding: gzip, gzip" .
	    "\r\n\r\n", $double), qr/$long|cannot be read|not a/ ],
	[ 'gzip 50 times', sends($ok . 'Content-Encoding: ' .
	    join(', ', ('gzip') x 50) . "\r\n\r\n", $double),
	    qr/cannot be read|\S/ ],
	[ 'an encoding nobody asked for', sends("${ok}Content-Encoding: br" .
	    "\r\n\r\n", 'xyz'), qr/\S/ ],
	[ 'chunks of one octet without end', floods($chunked,
	    "1\r\nx\r\n"), qr/$long|$late|not a/ ],
	[ 'a chunk of 2^63 octets', floods("${chunked}7fffffffffffffff\r\n",
	    'x'), qr/$long|$late|not a/ ],
	[ 'a chunk of 2^64 octets', sends("${chunked}ffffffffffffffffff\r\n",
	    'x'), qr/\S/ ],
	[ 'a size of chunk without end', floods($chunked, '0'), qr/\S/ ],
	[ 'a chunk extension without end', floods("${chunked}1;", 'x'),
	    qr/\S/ ],
	[ 'trailers without end', floods("${chunked}1\r\nx\r\n0\r\n",
	    "X-A: b\r\n"), qr/$head|\S/ ],
	[ 'a length of 2^64', sends("${ok}Content-Length: " .
	    "18446744073709551616\r\n\r\n", 'x'), qr/\S/ ],
	[ 'a length of 2^62', sends("${ok}Content-Length: " .
	    "4611686018427387904\r\n\r\n", 'x'),
	    qr/$long|closed in the middle of the answer/ ],
	[ 'a length below 0', sends("${ok}Content-Length: -1\r\n\r\n",
	    'x'), qr/\S/ ],
	[ 'two lengths', sends("${ok}Content-Length: 1\r\nContent-Length: 2" .
	    "\r\n\r\n", 'xy'), qr/\S/ ],
	[ 'HTTP/9.9', sends("HTTP/9.9 200 OK\r\n\r\n", 'x'), qr/\S/ ],
	[ 'no HTTP', sends("220 mail ESMTP\r\n"), qr/\S/ ],
	[ 'HTTP/0.9', floods('', "\x30\x82\x01\x00"), qr/\S/ ],
	[ 'NUL in the head', sends("${ok}X\0Y: \0\0\r\n\r\n", 'x'), qr/\S/ ],
	[ 'another protocol', sends("HTTP/1.1 101 Switching Protocols\r\n" .
	    "Upgrade: h2c\r\n\r\n", "\0" x 64), qr/\S/ ],
	[ 'an address of 64 kB', sends("HTTP/1.1 302 Found\r\nLocation: /" .
	    'a' x 60000 . "\r\n\r\n"), qr/HTTP 302|redirect/ ],
	[ 'an address of octets', sends("HTTP/1.1 302 Found\r\nLocation: " .
	    "http://\x1b[31m|\xff/\r\n\r\n"), qr/\S/ ],
);

my $raw = MPC::RawHTTP->new(map { ("/o$_" => $cases[$_][1],
    "/c$_" => $cases[$_][1]) } 0 .. $#cases);
my $spec = join "\n", 'root cn=Lab%20Root ca=yes', map {
    "o$_ issuer=root aia-ocsp=" . $raw->url("/o$_"),
    "c$_ issuer=root crldp=" . $raw->url("/c$_") } 0 .. $#cases;
my $pki = pki("$spec\n");

for my $i (0 .. $#cases) {
	my ($title, undef, $like) = @{ $cases[$i] };
	for my $kind (qw(o c)) {
		my $run = hostile("$kind, $title", [ file_args($pki,
		    "$kind$i", '-t', '2') ], { state => 'unknown',
		    id => qr/^(?:ocsp\.un\w+|net\.timeout)$/, like => $like,
		    seconds => 4, mb => 200 });
		unlike(line1($run), qr/\e|\\x1b.*\\x1b/,
		    "$kind, $title: nothing of it is shown");
	}
}

note(sprintf '%.1f MB at most', peak_mb() // 0);
done_testing;

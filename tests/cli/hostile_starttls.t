#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# STARTTLS against those who talk without end: continuation lines in greeting
# and capabilities, lines and octets behind each word of the dialogue.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::Hostile;

my @text = qw(smtp submission lmtp imap pop3 ftp xmpp xmpp-server sieve nntp
    irc);
my @all = (@text, qw(ldap postgres mysql mssql rdp));
my $pki = pki("root ca=yes\ngood san=dns:good.test issuer=root\n");
my $cert = "--cert $pki/good.pem --key $pki/good.key";

# Of the lines after which nothing else comes.
my %greeting = (
	smtp => '220-more', submission => '220-more', lmtp => '220-more',
	imap => '* OK more', pop3 => '+OK more', ftp => '220-more',
	xmpp => '<stream:features><more/>', 'xmpp-server' => '<more/>',
	sieve => '"MORE" "more"', nntp => '200-more', irc => ':more NOTICE * :x',
);
my @cases = ((map { [ "$_: lines without end", $_,
    "--starttls $_ --multiline 1000000000 $cert", 'critical' ] }
    qw(smtp submission lmtp imap ftp sieve irc)),
    (map { [ "$_: its own line, again and again", $_,
    "--banner-flood \"$greeting{$_}\\r\\n\"", [ qw(critical unknown) ] ] }
    @text),
    (map { my $proto = $_; map { [ "$proto: $_->[0]", $proto,
    "--banner-flood \"$_->[1]\"", [ qw(critical unknown) ] ] }
    ([ 'NUL without end', '\x00' ], [ 'octets 0xff without end', '\xff' ],
    [ 'line ends without end', '\r\n' ], [ 'TLS alerts without end',
    '\x15\x03\x03\x00\x02\x01\x5a' ]) } @all));
my @servers = servers(map { $_->[2] } @cases);
for my $i (0 .. $#cases) {
	my ($title, $proto, undef, $state) = @{ $cases[$i] };
	my @args = (against($servers[$i], "--starttls=$proto",
	    "--ca-file=$pki/root.pem"), '-t', '4s');
	hostile($title, \@args, { state => $state, seconds => 6,
	    id => qr/^(?:starttls\.\w+|net\.\w+|tls\.\w+)\b/ });
}

note(sprintf '%.1f MB at most', peak_mb() // 0);
done_testing;

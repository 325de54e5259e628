# SPDX-License-Identifier: ISC
#
# Certificates that no library would write: any key, a signature of random
# octets that is as long as the issuer's key wants it, so that whoever checks
# it has all of the work.
#
#	my $pem = forge(subject => 'A', issuer => 'B', key => rsa_key(16384,
#	    'ffffffffffffffff'), signature => 2048);
package MPC::Forge;

use strict;
use warnings;

use Exporter qw(import);
use MIME::Base64 qw(encode_base64);
use POSIX qw(strftime);

our @EXPORT = qw(forge rsa_key ec_key dsa_key tlv octets pem);

sub tlv {
	my ($tag, @parts) = @_;
	my $body = join '', @parts;
	my $len = length $body;
	my $big = pack 'N', $len;
	$big =~ s/^\0+//;
	return chr($tag) . ($len < 128 ? chr $len :
	    chr(0x80 | length $big) . $big) . $body;
}

# Random-looking, always the same, the first octet as said.
sub octets {
	my ($len, $first) = @_;
	my $state = 12345 + $len;
	my $block = join '', map { $state = ($state * 1103515245 + 12345) &
	    0x7fffffff; chr($state >> 16 & 0xff) } 1 .. 4093;
	my $all = substr $block x (1 + $len / 4093), 0, $len;
	substr($all, 0, 1) = chr $first if defined $first && $len;
	return $all;
}

sub oid { return tlv(6, pack 'H*', $_[0]) }

sub number {
	my ($hex) = @_;
	$hex = "0$hex" if length($hex) % 2;
	my $raw = pack 'H*', $hex;
	$raw = "\0$raw" if ord($raw) & 0x80;
	return tlv(2, $raw);
}

# A modulus that is odd and has exactly so many bits; an exponent in hex.
sub rsa_key {
	my ($bits, $exponent) = @_;
	my $n = octets($bits / 8, 0xff);
	substr($n, -1) = "\x0d";
	return tlv(0x30, tlv(0x30, oid('2a864886f70d010101'), tlv(5)),
	    tlv(3, "\0", tlv(0x30, tlv(2, "\0$n"), number($exponent))));
}

# Parameters of a curve that is written out, over a field of so many bits.
sub ec_key {
	my ($bits) = @_;
	my $p = octets($bits / 8, 0xff);
	substr($p, -1) = "\x0d";
	my $point = "\4" . octets($bits / 4, 0x11);
	my $curve = tlv(0x30, tlv(2, "\1"), tlv(0x30, oid('2a8648ce3d0101'),
	    tlv(2, "\0$p")), tlv(0x30, tlv(4, octets($bits / 8, 1)),
	    tlv(4, octets($bits / 8, 2))), tlv(4, $point), tlv(2, "\0$p"),
	    tlv(2, "\1"));
	return tlv(0x30, tlv(0x30, oid('2a8648ce3d0201'), $curve),
	    tlv(3, "\0$point"));
}

sub dsa_key {
	my ($bits) = @_;
	my $n = octets($bits / 8, 0xff);
	substr($n, -1) = "\x0d";
	my $p = tlv(2, "\0$n");
	return tlv(0x30, tlv(0x30, oid('2a8648ce380401'), tlv(0x30, $p, $p,
	    $p)), tlv(3, "\0", $p));
}

sub name {
	my ($text) = @_;
	return tlv(0x30, tlv(0x31, tlv(0x30, oid('550403'),
	    tlv(12, $text))));
}

sub utc {
	return tlv(23, strftime('%y%m%d%H%M%SZ', gmtime $_[0]));
}

sub pem {
	my ($der) = @_;
	return "-----BEGIN CERTIFICATE-----\n" . encode_base64($der) .
	    "-----END CERTIFICATE-----\n";
}

# subject, issuer, key (a SubjectPublicKeyInfo), signature (octets), san, and
# serial (in hex); returns DER.
sub forge {
	my (%spec) = @_;
	my $algorithm = tlv(0x30, oid('2a864886f70d01010b'), tlv(5));
	my @ext = $spec{san} ? tlv(0x30, oid('551d11'), tlv(4, tlv(0x30,
	    map { tlv(0x82, $_) } @{ $spec{san} }))) :
	    tlv(0x30, oid('551d13'), tlv(1, "\xff"), tlv(4, tlv(0x30,
	    tlv(1, "\xff"))));
	my $body = tlv(0x30, tlv(0xa0, tlv(2, "\2")),
	    number($spec{serial} // '1234'), $algorithm,
	    name($spec{issuer} // $spec{subject}), tlv(0x30,
	    utc(time - 86400), utc(time + 60 * 86400)),
	    name($spec{subject}), $spec{key}, tlv(0xa3, tlv(0x30, @ext)));
	return tlv(0x30, $body, $algorithm, tlv(3, "\0",
	    octets($spec{signature}, 0x11)));
}

1;

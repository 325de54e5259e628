#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Certificates made to cost: long chains and circles, very many names, huge
# names, keys and exponents, policies that multiply.  From a server and from a
# file: the right verdict, soon, in bounded memory.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::Hostile;
use MPC::Forge;

use constant LONG => 16 * 1024;

sub cn { my ($i) = @_; return $i == 0 ? 'root' : "c$i" }

my @chain = map { cn($_) } reverse 1 .. 199;
my @short = map { cn($_) } reverse 1 .. 29;
my $long = join "\n", map { sprintf '%s cn=%s ca=yes issuer=%s', cn($_),
    cn($_), cn($_ - 1) } 1 .. 199;
my $mesh = join "\n", map { sprintf 'm%d cn=Mesh ca=yes ski=none aki=none ' .
    'issuer=%s issuer-cn=Mesh', $_, $_ == 0 ? 'm0' : 'm' . ($_ - 1) } 0 .. 60;
$mesh =~ s/ issuer=m0 issuer-cn=Mesh// if $mesh =~ /^m0 /;
my @mesh = map { "m$_" } 0 .. 60;
# Each policy of one certificate becomes each of the next (CVE-2023-0464).
my @oid = map { "06032a03$_" } qw(01 02);
my $map = join '', map { my $from = $_; map { "300a$from$_" } @oid } @oid;
my $mapping = sprintf '2.5.29.33:30%02x%s', length($map) / 2, $map;
my $policies = join "\n", map { sprintf 'p%d cn=P%d ca=yes issuer=%s ' .
    'policies=1.2.3.1,1.2.3.2 ext=%s', $_, $_, $_ == 1 ? 'root' :
    'p' . ($_ - 1), $mapping } 1 .. 28;
my @policies = map { "p$_" } reverse 1 .. 28;
my $nc = join ',', map { "excluded;DNS:x$_.no" } 1 .. 3000;
my $cn = 'n' x LONG;
my $names = join ',', map { "dns:$_" . 'a' x LONG . '.test' } 1 .. 20;
my $evil = join ',', map { 'dns:' . ('%1b%7c%0a%ff' x (LONG / 4)) .
    "$_.test" } 1 .. 20;
{
	local $" = ',';
	$long .= "\nlong san=dns:good.test issuer=c199 chain=@chain" .
	    "\nfits san=dns:good.test issuer=c29 chain=@short" .
	    "\nmesh san=dns:good.test issuer=m60 chain=@mesh" .
	    "\npolicy san=dns:good.test issuer=p28 chain=@policies " .
	    'policies=1.2.3.1,1.2.3.2';
	$long =~ s/\nmesh/\n$mesh\nmesh/;
	$long =~ s/\npolicy/\n$policies\npolicy/;
}
my $pki = pki(<<".");
root ca=yes
rsaroot key=rsa:2048 ca=yes
$long
good san=dns:good.test issuer=root
b0 cn=B ca=yes
a cn=A ca=yes issuer=b0
b cn=B ca=yes key=\@b0 issuer=a
circle san=dns:good.test issuer=a chain=a,b,b0
turn san=dns:good.test issuer=a chain=b,a
itself san=dns:good.test issuer=root issuer-cn=itself cn=itself
many san=dns:good.test san-count=40000 issuer=root
ncca ca=yes issuer=root nc=$nc
nc san=dns:good.test san-count=10000 issuer=ncca chain=ncca
wide cn=$cn san=dns:good.test,$names issuer=root
evil dn-type=t61 cn=${\('%1b%7c%0a%ff' x (LONG / 4))} san=$evil issuer=root
serial san=dns:good.test serial=raw:${\('7f' x 100000)} issuer=root
below issuer=rsaroot issuer-cn=Huge san=dns:good.test
\@bundle file=good.chain.pem of=good
\@bundle file=twice.pem of=@{[join ',', ('good') x 199]}
.
my @trust = ("--ca-file=$pki/root.pem");

# title, file of the chain, key, what it is (as for hostile())
my @cases = (
	[ '200 certificates', 'long.chain', 'long', { state => 'critical',
	    id => qr/^path\.(?:invalid|incomplete|untrusted)$/ } ],
	[ '30 certificates', 'fits.chain', 'fits', { state => 'ok' } ],
	[ 'the same 199 times', 'twice', 'good', { state => [ qw(ok warning) ],
	    id => qr/^(?:chain\.\w+)?$/ } ],
	[ 'a circle of two', 'circle.chain', 'circle',
	    { state => 'critical', id => qr/^path\.\w+$/ } ],
	[ 'a circle, the other way', 'turn.chain', 'turn',
	    { state => 'critical', id => qr/path\.\w+$/ } ],
	[ 'itself, by another key', 'itself', 'itself',
	    { state => 'critical', id => qr/path\.\w+$/ } ],
	[ '61 of one name', 'mesh.chain', 'mesh', { state => 'critical',
	    id => qr/path\.\w+$/ } ],
	[ 'policies that multiply', 'policy.chain', 'policy',
	    { state => 'unknown', id => qr/^path\.untrusted$/,
	    like => qr/the path could not be validated/ } ],
	[ '40,000 names', 'many', 'many', { state => 'warning',
	    id => qr/^cert\.malformed$/, like => qr/more names than are read/ } ],
	[ '10,000 names, 3,000 constraints', 'nc.chain', 'nc',
	    { state => 'critical', id => qr/^path\.invalid$/ } ],
	[ 'names of 16 kB', 'wide', 'wide', { state => 'ok' } ],
	[ 'names of 16 kB of octets', 'evil', 'evil', { state => 'critical',
	    id => qr/^(?:cert\.malformed )?cert\.name$/ } ],
	[ 'a serial number of 100 kB', 'serial', 'serial',
	    { state => [ qw(ok warning) ], id => qr/^(?:cert\.\w+)?$/ } ],
);

# Keys above a leaf that says it was signed by them, with signatures as long
# as they must be.
my $big = 'ffffffffffffffff';
sub above {
	my ($title, $file, @certs) = @_;
	my ($leaf) = read_file("$pki/below.pem");
	write_file("$pki/$file.pem", $leaf . join '', map { pem($_) } @certs);
	push @cases, [ $title, $file, 'below', { state => 'critical',
	    id => qr/path\.\w+$/ } ];
	return;
}
for my $row ([ 16384, '10001' ], [ 16384, $big ], [ 16392, '10001' ],
    [ 16384, "${big}ff" ], [ 3072, 'ff' x 383 ], [ 2048, '01' ],
    [ 2048, '00' ], [ 2048, '02' ], [ 65536, $big ], [ 1048576, '03' ],
    [ 4000000, $big ]) {
	my ($bits, $exponent) = @$row;
	my $bytes = int(length($exponent) / 2 + 0.5);
	above("RSA, $bits bits, exponent of $bytes octets",
	    "rsa$bits-$bytes-" . substr($exponent, 0, 2),
	    forge(subject => 'Huge', key => rsa_key($bits, $exponent),
	    signature => $bits / 8));
}
above("a curve over $_ bits", "ec$_", forge(subject => 'Huge',
    key => ec_key($_), signature => 72)) for 256, 16384, 131072;
above("DSA, $_ bits", "dsa$_", forge(subject => 'Huge',
    key => dsa_key($_), signature => 72)) for 8192, 131072;
# All the work that fits into one message: each signature is verified.
sub tower {
	my ($bits, $exponent) = @_;
	my $key = rsa_key($bits, $exponent);
	return map { forge(subject => $_ == 0 ? 'Huge' : "H$_",
	    issuer => 'H' . ($_ + 1), key => $key, signature => $bits / 8) }
	    0 .. 198;
}
above('199 of 16384 bits', 'tower16384', tower(16384, $big));
above('199 of 3072 bits, exponents as long', 'tower3072',
    tower(3072, 'ff' x 383));

my @servers = servers(map { "--cert $pki/$_->[1].pem --key $pki/$_->[2].key" }
    @cases);
for my $i (0 .. $#cases) {
	my ($title, $file, undef, $want) = @{ $cases[$i] };
	my $run = hostile($title, [ against($servers[$i], @trust) ],
	    { seconds => 15, %$want });
	note(sprintf '%s: %.2f s, %.1f MB so far', $title, $run->{elapsed},
	    peak_mb() // 0);
	hostile("$title, file", [ '-f', "$pki/$file.pem", '--name=good.test',
	    @trust ], { seconds => 15, %$want });
	cmp_ok(length line1($run), '<', 2000, "$title: line 1 has an end");
	my $loud = check(against($servers[$i], @trust, '-vvv'));
	cmp_ok(length $loud->{out}, '<=', 60000, "$title: -vvv has an end");
}

note(sprintf '%.1f MB at most', peak_mb() // 0);
done_testing;

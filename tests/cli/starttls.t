#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# STARTTLS, every protocol: done, refused, absent, injected, long greetings,
# answers that come byte by byte, greetings that never end.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;

my @text = qw(smtp submission lmtp imap pop3 ftp xmpp xmpp-server sieve nntp
    irc);
my @binary = qw(ldap postgres mysql mssql rdp);
my @all = (@text, @binary);

my $pki = pki(<<'.');
root ca=yes
inter ca=yes issuer=root
good san=dns:mail.test issuer=inter chain=inter
old san=dns:mail.test issuer=inter chain=inter na=-21d life=90d
.
my $cert = "--cert $pki/good.chain.pem --key $pki/good.key";

sub against {
	my ($proto, $server, @more) = @_;
	return [ '-H', 'mail.test', '-I', '127.0.0.1', '-p', $server->port,
	    "--starttls=$proto", "--ca-file=$pki/root.pem", '-t', '15s',
	    @more ];
}

my %good;
@good{@all} = servers(map { "--starttls $_ $cert" } @all);
for my $proto (@all) {
	verdict("$proto", against($proto, $good{$proto}), 'ok', []);
	verdict("$proto as scheme", [ "$proto://mail.test:" .
	    $good{$proto}->port, '-I', '127.0.0.1',
	    "--ca-file=$pki/root.pem" ], 'ok', []);
}
my %log = map { $_ => slurp_log($good{$_}, 4)->{sni} // '' } @all;
is_deeply([ grep { $log{$_} ne 'mail.test' } @all ], [],
    'the name is sent in every handshake');

my %version;
my @versions = map { my $p = $_; map { "--starttls $p --tls-min $_ --tls-max"
    . " $_ $cert" } qw(1.2 1.3) } @all;
@version{ map { ("$_ 1.2", "$_ 1.3") } @all } = servers(@versions);
for my $key (sort keys %version) {
	my ($proto) = split / /, $key;
	state_is(check_json(@{ against($proto, $version{$key}) }), 'ok',
	    "$proto, TLS " . (split / /, $key)[1] . ' alone');
}

my @faults = (
	[ '--starttls-refuse', 'starttls.refused', \@all ],
	[ '--starttls-absent', 'starttls.refused', \@all ],
	[ '--starttls-inject', 'starttls.injection', \@all ],
	[ '--greeting-endless', undef, \@all ],
	[ '--greeting-line-endless', undef, \@text ],
	[ '--greeting "554 go away\r\n"', 'starttls.refused',
	    [ qw(smtp submission lmtp ftp) ] ],
	[ '--greeting "* BYE go away\r\n"', 'starttls.refused', [ 'imap' ] ],
	[ '--greeting "-ERR go away\r\n"', 'starttls.refused', [ 'pop3' ] ],
	[ '--greeting "502 go away\r\n"', 'starttls.refused', [ 'nntp' ] ],
	[ '--greeting "BYE \x22go away\x22\r\n"', 'starttls.refused',
	    [ 'sieve' ] ],
	[ '--greeting "ERROR :go away\r\n"', 'starttls.refused', [ 'irc' ] ],
	[ '--greeting "\xff\x00\x1b[31m\r\n\r\n"', undef, \@all ],
	[ '--greeting "\x16\x03\x03\x00\x02\x02\x28"', undef, \@all ],
	[ '--greeting "HTTP/1.0 400 Bad\r\n\r\n"', undef, \@all ],
);
my (@lines, @cases);
for my $row (@faults) {
	for my $proto (@{$row->[2]}) {
		push @lines, "--starttls $proto $row->[0] $cert";
		push @cases, [ $proto, $row->[0], $row->[1] ];
	}
}
my @bad = servers(@lines);
for my $i (0 .. $#cases) {
	my ($proto, $fault, $id) = @{$cases[$i]};
	my $args = against($proto, $bad[$i], '-t', '2s');
	if (defined $id) {
		# A mysql server cannot refuse what it has offered but by an
		# error packet where TLS is expected.
		my $run = verdict("$proto $fault", $args, 'critical', [ $id ],
		    { like => qr/mail\.test/ });
	} else {
		my $run = check(@$args);
		cmp_ok($run->{exit}, '>=', 2, "$proto $fault: not OK");
		cmp_ok($run->{elapsed}, '<', 4, "$proto $fault: ends");
	}
}

my @slow = map { "--starttls $_ --chop --multiline 20 $cert" } @all;
my @odd = servers(@slow);
for my $i (0 .. $#all) {
	verdict("$all[$i]: 20 lines more, byte by byte",
	    against($all[$i], $odd[$i], '-t', '30s'), 'ok', []);
}

subtest 'the certificate is judged' => sub {
	for my $proto (qw(smtp imap postgres mssql)) {
		my $server = server("--starttls $proto --cert " .
		    "$pki/old.chain.pem --key $pki/old.key");
		verdict("expired over $proto", against($proto, $server),
		    'critical', [ 'cert.expiry' ],
		    { like => qr/expired/ });
		verdict("wrong name over $proto", [ '-H', 'www.test', '-I',
		    '127.0.0.1', '-p', $good{$proto}->port,
		    "--starttls=$proto", "--ca-file=$pki/root.pem" ],
		    'critical', [ 'cert.name' ]);
	}
};

subtest 'the wrong protocol' => sub {
	my $run = check(@{ against('smtp', server($cert), '-t', '1s') });
	cmp_ok($run->{exit}, '>=', 2, 'SMTP expected, TLS spoken');
	$run = check('-H', 'mail.test', '-I', '127.0.0.1', '-p',
	    $good{smtp}->port);
	is($run->{exit}, 2, 'TLS expected, SMTP spoken');
	like($run->{out}, qr/plain/i, 'says so');
	verdict('SMTP expected, IMAP spoken', against('smtp', $good{imap},
	    '-t', '5s'), 'critical', [ 'starttls.refused' ]);
};

subtest 'unknown protocol' => sub {
	my $run = check('-H', 'mail.test', '--starttls=smpt');
	is($run->{exit}, 3, 'is a usage error');
	like(line1($run), qr/smpt.*smtp/, 'that names the nearest');
};

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# A thousand certificates of one CA in one run: one fetch per distinct URL, of
# issuers, lists and answers; counted by the server.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

use constant {
	MANY => 1000,
	SHARDS => 5,
	TLS => 40,
};

my $site = site();
my ($ca, $ocsp) = map { $site->url($_) } qw(/ca /ocsp);
my @shards = map { "/shard$_" } 0 .. SHARDS - 1;
my $root_crl = $site->url('/root.crl');
my $many = join "\n", map { "m$_ issuer=inter key=\@key aia-issuer=$ca "
    . "san=dns:m$_.lab.test crldp=" . $site->url($shards[$_ % SHARDS]) }
    1 .. MANY;
my $lists = join "\n", map { my $n = $_; "\@crl file=shard$n.crl "
    . "issuer=inter idp=" . $site->url("/shard$n")
    . ($n == 3 ? ' revoked=m8:superseded,m13' : '') } 0 .. SHARDS - 1;
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
inter cn=Inter ca=yes issuer=root crldp=$root_crl
key
$many
asked issuer=inter key=\@key aia-issuer=$ca aia-ocsp=$ocsp
again issuer=inter key=\@key aia-issuer=$ca aia-ocsp=$ocsp
$lists
\@crl file=root.crl issuer=root
\@ocsp file=good.ors of=asked,again issuer=inter hash=sha256
.
my @rules = ("/ca file=$pki/inter.der delay=100",
    "/root.crl file=$pki/root.crl delay=100",
    (map { "$shards[$_] file=$pki/shard$_.crl delay=100" } 0 .. SHARDS - 1),
    "/ocsp* file=$pki/good.ors");

# Every URL but those of OCSP, and how often it was asked for.
sub counts {
	my %seen;
	$seen{$_->{path}}++ for grep { $_->{path} !~ m{^/ocsp} } $site->log;
	return join ' ', map { "$_=$seen{$_}" } sort keys %seen;
}

sub tally {
	my ($run) = @_;
	my $metrics = perfdata($run);
	return join ' ', map { "$_=$metrics->{$_}{value}" }
	    qw(targets ok warning critical unknown);
}

my $once = join ' ', '/ca=1', '/root.crl=1', map { "$_=1" } @shards;
my $targets = write_file('targets', join '', map { "file:$pki/$_.pem\n" }
    (map { "m$_" } 1 .. MANY), qw(asked again asked));
my @common = ("--ca-file=$pki/root.pem", '-t', '50');

for my $row ([ 'no cache', '--no-cache' ],
    [ 'a cache', '--cache-dir=' . scratch() . '/cache' ],
    [ 'few at once', '--no-cache', '--concurrency=7' ]) {
	my ($title, @options) = @$row;
	mkdir scratch() . '/cache', 0700;
	$site->rules(@rules);
	my $run = check("--targets=$targets", @common, @options);
	state_is($run, 'critical', "$title: two are revoked");
	is(tally($run), join(' ', 'targets=' . (MANY + 3), 'ok=' .
	    (MANY + 1), 'warning=0 critical=2 unknown=0'),
	    "$title: all are good but two");
	is(counts(), $once, "$title: one fetch per URL");
	is($site->count('/ocsp'), 2, "$title: one fetch per question");
}
$site->forget;
state_is(check("--targets=$targets", @common, '--cache-dir=' . scratch()
    . '/cache'), 'critical', 'from the cache');
is($site->count, 0, 'nobody is asked');

# Servers that forget their intermediate.
my @servers = servers(map { "--cert $pki/m$_.pem --key $pki/key.key" }
    1 .. TLS);
$targets = write_file('servers', join '', map { "https://m$_.lab.test:"
    . $servers[$_ - 1]->port . " address=127.0.0.1\n" } 1 .. TLS);
$site->rules(@rules);
my $run = check("--targets=$targets", @common, '--no-cache');
state_is($run, 'critical', 'servers: two are revoked');
is(perfdata($run)->{ok}{value}, TLS - 2, 'servers: the others are good');
is(counts(), $once, 'servers: one fetch per URL');

# Numbers over several targets: what is counted is summed, and only when it is
# known of all; whoever is revoked is the worst of those that are critical.
sub numbers {
	my ($title, $names, @want) = @_;
	my $metrics = perfdata(check((map { ('-f', "$pki/$_.pem") } @$names),
	    @common, '--no-cache'));
	for my $label (qw(revoked next_update_min)) {
		my $want = shift @want;
		is($metrics->{$label}{value}, $want, "$title: $label")
		    if !ref $want;
		cmp_ok($metrics->{$label}{value} // 0, '>', 0,
		    "$title: $label") if ref $want;
	}
	ok(!exists $metrics->{revoked_min}, "$title: no least of it");
}
numbers('none is revoked', [ qw(m1 m2) ], 0, \'some');
numbers('two are', [ qw(m1 m8 m13) ], 2, \'some');
$site->rules(grep { !m{^/shard4 } } @rules);
numbers('one is not known', [ qw(m1 m4) ], undef, \'some');
numbers('one is not known, one is revoked', [ qw(m4 m8) ], 1, \'some');
mkcert($pki, "soon issuer=inter aia-issuer=$ca crldp="
    . $site->url('/soon') . "\n\@crl file=soon.crl issuer=inter next=+1h\n");
$site->rules(@rules, "/soon file=$pki/soon.crl");
$run = check((map { ('-f', "$pki/$_.pem") } qw(soon m8)), @common,
    '--no-cache', '--critical=2h');
line1_like($run, qr/^OCSP CRITICAL - 2 of 2 critical: \S*m8\.pem: .*revoked/,
    'the one that is revoked is named first');

done_testing;

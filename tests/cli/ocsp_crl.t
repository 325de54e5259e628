#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Revocation lists, right and wrong: issuer, scope, deltas, times.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $site = site();
my ($crl, $other, $delta) = map { $site->url($_) } qw(/1.crl /2.crl /d.crl);
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
twin cn=Lab%20Root ca=yes
stranger cn=Stranger ca=yes
inter cn=Inter ca=yes issuer=root crldp=$crl
nosign ca=yes ku=critical,keyCertSign issuer=root
unsigned issuer=nosign chain=nosign
good issuer=root crldp=$crl serial=0x1234567890abcdef
tail issuer=root serial=0x90abcdef
lead issuer=root serial=0x001234567890abcdef11
negative issuer=root serial=-5 crldp=$crl
five issuer=root serial=5 crldp=$crl
two issuer=root crldp=$crl,$other
under issuer=inter chain=inter crldp=$other
plain issuer=root
.
my @rows = (
	[ 'empty', '', 'ok' ],
	[ 'others are listed', 'revoked=0x55:keyCompromise,0x90abcdef', 'ok' ],
	[ 'a serial number that ends alike', 'revoked=0x90abcdef', 'ok' ],
	[ 'a serial number that begins alike', 'revoked=0x1234567890abcdef11',
	    'ok' ],
	[ 'no reason', 'revoked=good at=2026-01-02T03:04:05Z', 'critical',
	    'ocsp.revoked', qr/2026-01-02/ ],
	(map { [ $_, "revoked=good:$_", 'critical', 'ocsp.revoked', qr/$_/i ] }
	    qw(unspecified keyCompromise CACompromise affiliationChanged
	    superseded cessationOfOperation certificateHold
	    privilegeWithdrawn AACompromise)),
	[ 'among many', 'revoked=good filler=5000', 'critical',
	    'ocsp.revoked' ],
	[ 'many others', 'filler=5000', 'ok' ],
	[ 'PEM', 'form=pem', 'ok' ],
	[ 'PEM, revoked', 'form=pem revoked=good', 'critical',
	    'ocsp.revoked' ],
	[ 'its shard', "idp=$crl,user", 'ok' ],
	[ 'its shard, revoked', "idp=$crl,user revoked=good", 'critical',
	    'ocsp.revoked' ],
	[ 'another shard', "idp=$other,user", 'unknown', 'ocsp.unusable' ],
	[ 'for CA certificates only', 'idp=ca', 'unknown', 'ocsp.unusable' ],
	[ 'for attribute certificates only', 'idp=attribute', 'unknown',
	    'ocsp.unusable' ],
	[ 'for some reasons only', "idp=$crl,reason:keyCompromise", 'unknown',
	    'ocsp.unusable' ],
	[ 'a delta alone', 'delta=1 number=2', 'unknown', 'ocsp.unusable' ],
	[ 'by a rogue CA of the same name', 'signer=twin', 'unknown',
	    'ocsp.unusable' ],
	[ 'of another CA', 'issuer=stranger', 'unknown', 'ocsp.unusable' ],
	[ 'signed by another', 'signer=stranger', 'unknown',
	    'ocsp.unusable' ],
	[ 'with another name', 'issuer-cn=Nobody', 'unknown',
	    'ocsp.unusable' ],
	[ 'a broken signature', 'bad-sig=yes', 'unknown', 'ocsp.unusable' ],
	[ 'a broken signature, revoked', 'bad-sig=yes revoked=good',
	    'unknown', 'ocsp.unusable' ],
	[ 'expired 53 days ago', 'this=-60d next=-53d', 'unknown',
	    'ocsp.unusable', qr/expired|nextUpdate|stale/i ],
	[ 'expired, but names it', 'this=-60d next=-53d revoked=good at=-70d',
	    'critical', 'ocsp.revoked', qr/stale/ ],
	[ 'from the future', 'this=+1d next=+3d', 'unknown',
	    'ocsp.unusable' ],
	[ 'no nextUpdate', 'next=none', 'unknown', 'ocsp.unusable' ],
	[ 'a critical extension', 'unknown-critical=yes', 'unknown',
	    'ocsp.unusable' ],
	[ 'a critical extension of an entry',
	    'entry-critical=yes revoked=0x55', 'unknown', 'ocsp.unusable' ],
	[ 'no number, no key identifier', 'number=none aki=none', 'ok' ],
	[ 'a critical extension, and it is listed',
	    'unknown-critical=yes revoked=good', 'unknown', 'ocsp.unusable',
	    qr/critical extension that is not known \(but it lists/ ],
	[ 'removed, in a whole list', 'revoked=good:removeFromCRL', 'unknown',
	    'ocsp.unusable', qr/which only a delta list may/ ],
	[ 'a signature with SHA-1', 'digest=sha1', 'ok', '', qr/SHA-1/ ],
	[ 'with SHA-512', 'digest=sha512', 'ok' ],
	[ 'version 1', 'version=1 aki=none number=none', 'ok' ],
	[ 'version 1, with extensions', 'version=1', 'ok', '',
	    qr/extensions in a version 1 list/ ],
	[ 'version 3', 'version=3', 'unknown', 'ocsp.unusable',
	    qr/version is not 2/ ],
	[ 'an empty list of entries', 'empty=yes', 'ok', '',
	    qr/empty list of entries/ ],
	[ 'a number of 20 octets', 'number=0x7f' . '00' x 19, 'ok' ],
	[ 'a number of 21 octets', 'number=0xff' . '00' x 20, 'unknown',
	    'ocsp.unusable' ],
	[ 'a negative number', 'number=-5', 'ok', '', qr/negative/ ],
	[ 'dates as GeneralizedTime', 'revoked=good at=gen:20260102030405Z '
	    . 'this=gen:20260102030405Z', 'critical', 'ocsp.revoked',
	    qr/2026-01-02/ ],
	[ 'a date that is none', 'this=utc:269999030405Z', 'unknown',
	    'ocsp.unusable', qr/thisUpdate/ ],
	[ 'ends before it begins', 'this=-2d next=-3d', 'unknown',
	    'ocsp.unusable', qr/ends before it begins/ ],
);
my $spec = '';
for my $i (0 .. $#rows) {
	my $words = $rows[$i][1];
	$words .= ' issuer=root' if $words !~ /\bissuer=/;
	$spec .= "\@crl file=$i.crl $words\n";
}
mkcert($pki, $spec);

for my $i (0 .. $#rows) {
	my ($title, undef, $state, $id, $like) = @{ $rows[$i] };
	for my $where (qw(served file)) {
		my @more;
		if ($where eq 'served') {
			$site->rules("/1.crl file=$pki/$i.crl");
		} else {
			@more = ("--crl=$pki/$i.crl", '--offline');
		}
		# Whose shard a list is, only a URL can tell.
		next if $where eq 'file' && $rows[$i][1] =~ /idp=http/;
		my $run = check_json(file_args($pki, 'good', @more));
		my $got = "$MPC::Test::STATES[$run->{exit}]";
		my $want = $state eq 'ok' || $got eq 'ok' ? '' : $id;
		my $ids = join ' ', bad_ids_of($run->{json}{targets}[0]);
		ok($got =~ /^$state$/ && $ids eq $want,
		    "$where: $title: $state") or
		    diag("$got $ids\n$run->{out}");
		like(text_of($run, $ids || 'ocsp.revoked'), $like, "$where: $title: text")
		    if defined $like;
	}
}

# Kinds of keys.
for my $kind (qw(rsa:2048 rsa-pss:2048 ec:P-384 ec:P-521 ed25519 ed448)) {
	mkcert($pki, <<".");
keyed ca=yes key=$kind
of issuer=keyed
\@crl file=keyed.crl issuer=keyed filler=300
\@crl file=keyedlisted.crl issuer=keyed revoked=of filler=300
\@crl file=keyedbad.crl issuer=keyed bad-sig=yes
.
	for my $row ([ keyed => 'ok' ], [ keyedlisted => 'critical' ],
	    [ keyedbad => 'unknown' ]) {
		state_is(check_json('-f', "$pki/of.pem", '--no-cache',
		    "--ca-file=$pki/keyed.pem", '--offline',
		    "--crl=$pki/$row->[0].crl"), $row->[1],
		    "$kind: $row->[0]");
	}
}

mkcert($pki, <<'.');
rsa ca=yes key=rsa:2048
ofrsa issuer=rsa
@crl file=md5.crl issuer=rsa digest=md5
@crl file=md5listed.crl issuer=rsa digest=md5 revoked=ofrsa
.
for my $list (qw(md5 md5listed)) {
	my $run = check_json('-f', "$pki/ofrsa.pem", '--no-cache',
	    "--ca-file=$pki/rsa.pem", '--offline', "--crl=$pki/$list.crl");
	state_is($run, 'unknown', "$list: anyone can make it");
	like(text_of($run, 'ocsp.unusable'), qr/MD5, which proves nothing/,
	    'and its text');
}

# Instants: both ends of a list's time count (X509_cmp_time thinks otherwise).
mkcert($pki, <<'.');
@crl file=times.crl issuer=root this=@1800000000 next=@1800086400
@crl file=timeless.crl issuer=root this=@1800000000 next=none
.
for my $row ([ times => 1799999999, 'unknown' ], [ times => 1800000000, 'ok' ],
    [ times => 1800086400, 'ok' ], [ times => 1800086401, 'unknown' ],
    [ times => 1799999940, 'ok', '--skew=1m' ],
    [ times => 1799999939, 'unknown', '--skew=1m' ],
    [ times => 1800086460, 'ok', '--skew=1m' ],
    [ times => 1800086461, 'unknown', '--skew=1m' ],
    [ times => 1800003600, 'ok', '--max-age=1h' ],
    [ times => 1800003601, 'unknown', '--max-age=1h' ],
    [ timeless => 1800003600, 'unknown' ],
    [ timeless => 1800003600, 'ok', '--max-age=1h' ],
    [ timeless => 1800003601, 'unknown', '--max-age=1h' ]) {
	my ($file, $at, $state, @more) = @$row;
	state_is(check_json(file_args($pki, 'plain', '--offline',
	    '--skew=0', @more, "--crl=$pki/$file.crl", "--at=$at")), $state, "$file at $at @more");
}

# Serial numbers are compared as they are.
mkcert($pki, <<'.');
@crl file=five.crl issuer=root revoked=0x05
@crl file=negative.crl issuer=root revoked=negative
.
verdict('5 is not -5', [ file_args($pki, 'negative',
    "--crl=$pki/five.crl") ], 'ok', []);
verdict('-5 is', [ file_args($pki, 'negative',
    "--crl=$pki/negative.crl") ], 'critical', [ 'ocsp.revoked' ]);
verdict('-5 is not 5', [ file_args($pki, 'five',
    "--crl=$pki/negative.crl") ], 'ok', []);

# Several places of one list; --crl several times.
mkcert($pki, <<'.');
@crl file=empty.crl issuer=root
@crl file=listed.crl issuer=root revoked=two,good,plain
@crl file=inter.crl issuer=inter revoked=under:superseded
@crl file=interempty.crl issuer=inter
@crl file=rootinter.crl issuer=root revoked=inter:CACompromise
.
$site->rules('/1.crl status=404', "/2.crl file=$pki/empty.crl");
verdict('the second place', [ file_args($pki, 'two') ], 'ok', []);
$site->rules("/1.crl file=$pki/empty.crl");
verdict('the first place', [ file_args($pki, 'two') ], 'ok', []);
is($site->count('/2.crl'), 0, 'and the second is not asked');
verdict('no place at all, --crl', [ file_args($pki, 'plain',
    "--crl=$pki/empty.crl") ], 'ok', []);
verdict('--crl URL', [ file_args($pki, 'plain', "--crl=$crl") ], 'ok', []);
verdict('two --crl, the second names it', [ file_args($pki, 'plain',
    "--crl=$pki/empty.crl", "--crl=$pki/listed.crl") ], 'critical',
    [ 'ocsp.revoked' ]);
# Of the lists of a path each is one certificate's.
verdict('each its own', [ file_args($pki, 'under', '--offline',
    "--crl=$pki/empty.crl", "--crl=$pki/interempty.crl") ], 'ok', []);
verdict('each its own, --method=all', [ file_args($pki, 'under', '--offline',
    '--method=all', "--crl=$pki/interempty.crl", "--crl=$pki/empty.crl") ],
    'ok', []);
verdict('revoked among them', [ file_args($pki, 'under', '--offline',
    '--method=all', "--crl=$pki/interempty.crl",
    "--crl=$pki/rootinter.crl") ], 'critical', [ 'ocsp.revoked' ]);
mkcert($pki, "\@crl file=interold.crl issuer=inter this=-9d next=-1d\n");
my $which = verdict('one of them stale', [ file_args($pki, 'under',
    '--offline', "--crl=$pki/empty.crl", "--crl=$pki/interold.crl") ],
    'unknown', [ 'ocsp.unusable' ]);
like(text_of($which, 'ocsp.unusable'), qr/past its nextUpdate/, 'is told');
unlike(text_of($which, 'ocsp.unusable'), qr/of another CA/,
    'and not what is no answer');
$which = verdict('only those of others', [ file_args($pki, 'plain',
    '--offline', "--crl=$pki/interempty.crl") ], 'unknown',
    [ 'ocsp.unusable' ]);
like(text_of($which, 'ocsp.unusable'), qr/of another CA/, 'is told as well');

verdict('--crl that is not there', [ file_args($pki, 'plain',
    '--crl=/nonexistent.crl') ], 'unknown', [ 'ocsp.unusable' ]);
for my $bytes ('', 'garbage', substr(read_file("$pki/empty.crl"), 0, 90),
    read_file("$pki/empty.crl") . 'x', "\x30\x84\xff\xff\xff\xff") {
	my $file = write_file('bad.crl', $bytes);
	state_is(check_json(file_args($pki, 'plain', "--crl=$file")),
	    'unknown', '--crl: ' . length($bytes) . ' octets that are none');
}

# A CA that may not sign lists.
mkcert($pki, "\@crl file=nosign.crl issuer=nosign\n");
my $nosign = verdict('no cRLSign', [ file_args($pki, 'unsigned',
    '--leaf-only', '--offline', "--crl=$pki/nosign.crl") ], 'unknown',
    [ 'ocsp.unusable' ]);
like(text_of($nosign, 'ocsp.unusable'), qr/without cRLSign/, 'and its text');

# The whole path.
$site->rules("/1.crl file=$pki/empty.crl", "/2.crl file=$pki/interempty.crl");
verdict('leaf and intermediate', [ file_args($pki, 'under') ], 'ok', []);
$site->rules("/1.crl file=$pki/rootinter.crl",
    "/2.crl file=$pki/interempty.crl");
my $run = verdict('a revoked intermediate', [ file_args($pki, 'under') ],
    'critical', [ 'ocsp.revoked' ]);
has_finding($run, 'ocsp.revoked', 'intermediate 1', 'critical');
verdict('a revoked intermediate, --leaf-only', [ file_args($pki, 'under',
    '--leaf-only') ], 'ok', []);
$site->rules("/1.crl file=$pki/empty.crl", "/2.crl file=$pki/inter.crl");
verdict('a revoked leaf under it', [ file_args($pki, 'under') ], 'critical',
    [ 'ocsp.revoked' ]);
$site->rules('/1.crl status=500', "/2.crl file=$pki/inter.crl");
verdict('a revoked leaf, the intermediate in doubt',
    [ file_args($pki, 'under') ], 'critical',
    [ 'ocsp.revoked', 'ocsp.unreachable' ]);

# Deltas, as the base or the certificate names them.
mkcert($pki, <<".");
\@crl file=base.crl issuer=root number=10 freshest=$delta
\@crl file=hold.crl issuer=root number=10 freshest=$delta revoked=good:certificateHold
\@crl file=dnew.crl issuer=root number=11 delta=10 revoked=good:keyCompromise
\@crl file=dempty.crl issuer=root number=11 delta=10
\@crl file=dremove.crl issuer=root number=11 delta=10 revoked=good:removeFromCRL
\@crl file=dgap.crl issuer=root number=15 delta=12 revoked=0x99
\@crl file=drogue.crl issuer=root signer=twin number=11 delta=10 revoked=good:removeFromCRL
.
my @deltas = (
	[ 'base', 'dempty', 'ok' ],
	[ 'base', 'dnew', 'critical' ],
	[ 'hold', 'dempty', 'critical' ],
	[ 'hold', 'dremove', 'ok' ],
	[ 'hold', 'drogue', 'critical' ],
	[ 'hold', 'dgap', 'critical' ],
);
for my $row (@deltas) {
	my ($base, $file, $state) = @$row;
	$site->rules("/1.crl file=$pki/$base.crl", "/d.crl file=$pki/$file.crl");
	state_is(check_json(file_args($pki, 'good')), $state,
	    "delta: $base and $file");
}

# OpenSSL's own lists.
my $dir = scratch() . '/ca';
mkdir $dir;
write_file("$dir/index.txt", '');
write_file("$dir/number", "01\n");
write_file("$dir/ca.cnf", <<".");
[ca]
default_ca = this
[this]
database = $dir/index.txt
crlnumber = $dir/number
default_md = sha256
default_crl_days = 7
crl_extensions = ext
unique_subject = no
[ext]
authorityKeyIdentifier = keyid
.
my @ca = ('ca', '-config', "$dir/ca.cnf", '-cert', "$pki/root.pem",
    '-keyfile', "$pki/root.key");
openssl_ok(@ca, '-gencrl', '-out', "$dir/ca.crl");
$site->rules("/1.crl file=$dir/ca.crl");
verdict('openssl ca: empty', [ file_args($pki, 'good') ], 'ok', []);
openssl_ok(@ca, '-revoke', "$pki/good.pem", '-crl_compromise',
    '20260102030405Z');
openssl_ok(@ca, '-revoke', "$pki/five.pem", '-crl_reason', 'superseded');
openssl_ok(@ca, '-gencrl', '-out', "$dir/ca.crl");
$run = verdict('openssl ca: revoked', [ file_args($pki, 'good') ],
    'critical', [ 'ocsp.revoked' ]);
like(text_of($run, 'ocsp.revoked'), qr/keyCompromise.*invalid.*2026-01-02/,
    'the date since when the key is lost');
$run = verdict('openssl ca: superseded', [ file_args($pki, 'five') ],
    'critical', [ 'ocsp.revoked' ]);
like(text_of($run, 'ocsp.revoked'), qr/superseded/, 'superseded');
verdict('openssl ca: another', [ file_args($pki, 'negative') ], 'ok', []);

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# What is served and whether it is trusted: the rows of verdicts that the
# plugins of today get wrong, and where trust anchors come from.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;

my $pki = pki(<<'.');
root cn=Lab%20Root ca=yes na=+3650d
inter cn=Lab%20CA ca=yes pathlen=0 issuer=root na=+1800d
other cn=Other%20Root ca=yes
otherinter cn=Other%20CA ca=yes issuer=other
twin cn=Lab%20Root ca=yes
good san=dns:www.lab.test issuer=inter chain=inter
wild san=dns:*.lab.test issuer=inter chain=inter
withroot san=dns:www.lab.test issuer=inter chain=inter,root
twice san=dns:www.lab.test issuer=inter chain=inter,inter
extra san=dns:www.lab.test issuer=inter chain=inter,otherinter
bare san=dns:www.lab.test issuer=inter
leaftwice san=dns:www.lab.test issuer=inter chain=leaftwice,inter
sub cn=Lab%20Sub ca=yes issuer=root
subsub cn=Lab%20SubSub ca=yes issuer=sub
disordered san=dns:www.lab.test issuer=subsub chain=sub,subsub
ordered san=dns:www.lab.test issuer=subsub chain=subsub,sub
untrusted san=dns:www.lab.test issuer=other
untrustedroot san=dns:www.lab.test issuer=other chain=other
twinned san=dns:www.lab.test issuer=twin
self san=dns:www.lab.test
selfca san=dns:www.lab.test ca=yes
expired san=dns:www.lab.test issuer=inter chain=inter na=-1d life=90d
early san=dns:www.lab.test issuer=inter chain=inter nb=+1d na=+60d
cnonly cn=www.lab.test issuer=inter chain=inter
cnother cn=www.lab.test san=dns:x.test issuer=inter chain=inter
cnregex cn=.* san=dns:x.test issuer=inter chain=inter
sha1 san=dns:www.lab.test issuer=inter chain=inter digest=sha1
.
mkcert($pki, <<'.');
rsaca key=rsa:2048 ca=yes issuer=root
md5 san=dns:www.lab.test issuer=rsaca chain=rsaca digest=md5
rsasha1 san=dns:www.lab.test issuer=rsaca chain=rsaca digest=sha1
rsa1024 key=rsa:1024 san=dns:www.lab.test issuer=inter chain=inter
rsapss key=rsa:2048 san=dns:www.lab.test issuer=rsaca chain=rsaca pss=yes
ed25519 key=ed25519 san=dns:www.lab.test issuer=inter chain=inter
p384 key=ec:P-384 san=dns:www.lab.test issuer=inter chain=inter digest=sha384
weakca key=rsa:1024 ca=yes issuer=root
underweak san=dns:www.lab.test issuer=weakca chain=weakca
clientonly san=dns:www.lab.test issuer=inter chain=inter eku=clientAuth
bothuses san=dns:www.lab.test issuer=inter chain=inter eku=serverAuth,clientAuth
noeku san=dns:www.lab.test issuer=inter chain=inter eku=none ku=none
ncca ca=yes issuer=root nc=critical,permitted;DNS:corp.test
outside san=dns:www.lab.test issuer=ncca chain=ncca
ncok ca=yes issuer=root nc=critical,permitted;DNS:lab.test
inside san=dns:www.lab.test issuer=ncok chain=ncok
oldca ca=yes issuer=root na=-1d life=900d
underold san=dns:www.lab.test issuer=oldca chain=oldca
soonca ca=yes issuer=root na=+4d life=900d
undersoon san=dns:www.lab.test issuer=soonca chain=soonca
earlyca ca=yes issuer=root nb=+1d na=+90d
underearly san=dns:www.lab.test issuer=earlyca chain=earlyca
notca issuer=root
undernotca san=dns:www.lab.test issuer=notca chain=notca
noku ca=yes issuer=root ku=digitalSignature
undernoku san=dns:www.lab.test issuer=noku chain=noku
deep0 ca=yes issuer=inter
toodeep san=dns:www.lab.test issuer=deep0 chain=deep0,inter
badsig san=dns:www.lab.test issuer=inter chain=inter bad-sig=yes
badca ca=yes issuer=root bad-sig=yes
underbad san=dns:www.lab.test issuer=badca chain=badca
long san=dns:www.lab.test issuer=inter chain=inter na=+600d life=825d
critext san=dns:www.lab.test issuer=inter chain=inter unknown-critical=yes
wrongaki san=dns:www.lab.test issuer=inter chain=inter aki=0102030405
noaki san=dns:www.lab.test issuer=inter chain=inter aki=none ski=none
v1ca version=1 issuer=root
v1 version=1 issuer=inter chain=inter
crossa cn=Cross ca=yes key=ec:P-256 issuer=root
crossb cn=Cross ca=yes key=@crossa issuer=other
cross san=dns:www.lab.test issuer=crossa chain=crossb,crossa
crossold cn=Cross%20Two ca=yes key=@crossa issuer=other na=-1d life=900d
crossnew cn=Cross%20Two ca=yes key=@crossa issuer=root
cross2 san=dns:www.lab.test issuer=crossnew chain=crossold,crossnew
negative san=dns:www.lab.test issuer=inter chain=inter serial=-5
zero san=dns:www.lab.test issuer=inter chain=inter serial=0
longserial san=dns:www.lab.test issuer=inter chain=inter serial=0x7fffffffffffffffffffffffffffffffffffffffffffffff
@hash dir=capath of=root
@hash dir=othercapath of=other
@bundle file=both.pem of=text:some%20text%0a,other,text:%0a%0amore%0a,root
.

# certificates served, host, state, findings
my @rows = (
	[ 'good', 'www.lab.test', 'ok' ],
	[ 'wild', 'www.lab.test', 'ok' ],
	[ 'ordered', 'www.lab.test', 'ok' ],
	[ 'withroot', 'www.lab.test', 'ok' ],
	[ 'disordered', 'www.lab.test', 'warning', 'chain.order' ],
	[ 'twice', 'www.lab.test', 'warning', 'chain.extra' ],
	[ 'leaftwice', 'www.lab.test', 'warning', 'chain.extra' ],
	[ 'extra', 'www.lab.test', 'warning', 'chain.extra' ],
	[ 'expired', 'www.lab.test', 'critical', 'cert.expiry' ],
	[ 'early', 'www.lab.test', 'critical', 'cert.not_yet_valid' ],
	[ 'good', 'mail.lab.test', 'critical', 'cert.name' ],
	[ 'cnonly', 'www.lab.test', 'critical', 'cert.name' ],
	[ 'cnother', 'www.lab.test', 'critical', 'cert.name' ],
	[ 'cnregex', 'www.lab.test', 'critical', 'cert.name' ],
	[ 'wild', 'lab.test', 'critical', 'cert.name' ],
	[ 'wild', 'a.b.lab.test', 'critical', 'cert.name' ],
	[ 'good', 'wwwxlab.test', 'critical', 'cert.name' ],
	[ 'self', 'www.lab.test', 'critical', 'path.self_signed' ],
	[ 'untrustedroot', 'www.lab.test', 'critical', 'path.untrusted' ],
	[ 'bare', 'www.lab.test', 'critical', 'path.incomplete' ],
	[ 'untrusted', 'www.lab.test', 'critical', 'path.incomplete' ],
	[ 'sha1', 'www.lab.test', 'warning', 'sig.weak' ],
	[ 'rsasha1', 'www.lab.test', 'warning', 'sig.weak' ],
	[ 'rsa1024', 'www.lab.test', 'warning', 'key.weak' ],
	[ 'underweak', 'www.lab.test', 'warning', 'key.weak' ],
	[ 'rsapss', 'www.lab.test', 'ok' ],
	[ 'ed25519', 'www.lab.test', 'ok' ],
	[ 'p384', 'www.lab.test', 'ok' ],
	[ 'clientonly', 'www.lab.test', 'critical', 'cert.purpose' ],
	[ 'bothuses', 'www.lab.test', 'ok' ],
	[ 'noeku', 'www.lab.test', 'ok' ],
	[ 'outside', 'www.lab.test', 'critical', 'path.invalid' ],
	[ 'inside', 'www.lab.test', 'ok' ],
	[ 'underold', 'www.lab.test', 'critical', 'cert.expiry' ],
	[ 'undersoon', 'www.lab.test', 'critical', 'cert.expiry' ],
	[ 'underearly', 'www.lab.test', 'critical', 'cert.not_yet_valid' ],
	[ 'undernotca', 'www.lab.test', 'critical', 'path.invalid' ],
	[ 'undernoku', 'www.lab.test', 'critical', 'path.invalid' ],
	[ 'toodeep', 'www.lab.test', 'critical', 'path.invalid' ],
	[ 'badsig', 'www.lab.test', 'critical', 'path.invalid' ],
	[ 'underbad', 'www.lab.test', 'critical', 'path.invalid' ],
	[ 'critext', 'www.lab.test', 'critical', 'path.invalid' ],
	[ 'long', 'www.lab.test', 'warning', 'cert.lifetime' ],
	[ 'noaki', 'www.lab.test', 'ok' ],
	[ 'cross', 'www.lab.test', 'ok' ],
	[ 'negative', 'www.lab.test', 'ok' ],
	[ 'zero', 'www.lab.test', 'ok' ],
	[ 'longserial', 'www.lab.test', 'ok' ],
);

# A certificate signed by another root of the same name.
my %served = map { $_->[0] => 1 } @rows;
my @names = sort(keys %served, qw(twinned selfca md5 wrongaki cross2 v1));
my @lines;
for my $name (@names) {
	my $chain = -e "$pki/$name.chain.pem" ? 'chain.pem' : 'pem';
	push @lines, "--cert $pki/$name.$chain --key $pki/$name.key";
}
my %server;
@server{@names} = servers(@lines,
    "--starttls smtp --cert $pki/expired.chain.pem --key $pki/expired.key");

sub target {
	my ($name, $host, @more) = @_;
	return [ '-H', $host, '-I', '127.0.0.1', '-p', $server{$name}->port,
	    @more ];
}

for (@rows) {
	my ($name, $host, $state, @ids) = @$_;
	verdict("$name as $host", target($name, $host,
	    "--ca-file=$pki/root.pem"), $state, \@ids);
}

subtest 'a root of the same name' => sub {
	my $run = check_json(@{ target('twinned', 'www.lab.test',
	    "--ca-file=$pki/root.pem") });
	is($run->{exit}, 2, 'is not the root');
	verdict('and the right one is', target('twinned', 'www.lab.test',
	    "--ca-file=$pki/twin.pem"), 'ok', []);
};

subtest 'MD5' => sub {
	my $run = check_json(@{ target('md5', 'www.lab.test',
	    "--ca-file=$pki/root.pem") });
	isnt($run->{exit}, 0, 'is not OK');
	isnt(scalar(grep { $_->{status} ne 'ok' } findings($run, 'sig.weak'),
	    findings($run, 'path.invalid')), 0, 'and named');
};

subtest 'a wrong key identifier, an expired cross-sign, X.509 version 1'
    => sub {
	my $run = check_json(@{ target('wrongaki', 'www.lab.test',
	    "--ca-file=$pki/root.pem") });
	ok($run->{json}, 'a wrong AKI gets an answer');
	$run = check_json(@{ target('cross2', 'www.lab.test',
	    "--ca-file=$pki/root.pem") });
	isnt($run->{exit}, 2, 'the other path is valid');
	$run = check_json(@{ target('v1', 'v1', "--ca-file=$pki/root.pem") });
	is($run->{exit}, 2, 'version 1 has no names');
};

subtest 'anchors of all kinds' => sub {
	my @good = @{ target('good', 'www.lab.test') };
	verdict('--ca-path', [ @good, "--ca-path=$pki/capath" ], 'ok', []);
	verdict('--ca-path without it', [ @good,
	    "--ca-path=$pki/othercapath" ], 'critical', [ 'path.untrusted' ]);
	verdict('--ca-file with text and others', [ @good,
	    "--ca-file=$pki/both.pem" ], 'ok', []);
	verdict('--ca-file in DER', [ @good, "--ca-file=$pki/root.der" ],
	    'ok', []);
	verdict('an intermediate as anchor', [ @good,
	    "--ca-file=$pki/inter.pem" ], 'ok', []);
	verdict('the system', \@good, 'critical', [ 'path.untrusted' ]);
	verdict('SSL_CERT_FILE', \@good, 'ok', [],
	    { env => { SSL_CERT_FILE => "$pki/root.pem" } });
	verdict('SSL_CERT_DIR', \@good, 'ok', [],
	    { env => { SSL_CERT_DIR => "$pki/capath" } });
	verdict('SSL_CERT_DIR, two of them', \@good, 'ok', [],
	    { env => { SSL_CERT_DIR => "$pki/othercapath:$pki/capath" } });
	verdict('--ca-file wins over SSL_CERT_FILE',
	    [ @good, "--ca-file=$pki/other.pem" ], 'critical',
	    [ 'path.untrusted' ],
	    { env => { SSL_CERT_FILE => "$pki/root.pem" } });
	verdict('the leaf itself as anchor', target('self', 'www.lab.test',
	    "--ca-file=$pki/self.pem"), 'ok', []);
	verdict('--no-trust', target('self', 'www.lab.test', '--no-trust'),
	    'ok', []);
	my $run = check(@good, "--ca-file=$pki/nothing.pem");
	isnt($run->{exit}, 0, 'a --ca-file that is not there');
	like($run->{out}, qr/nothing\.pem/, 'is named');
};

subtest '--self-signed' => sub {
	for my $state (qw(ok warning critical unknown)) {
		verdict("--self-signed=$state", target('self', 'www.lab.test',
		    "--ca-file=$pki/root.pem", "--self-signed=$state"),
		    $state, $state eq 'ok' ? [] : [ 'path.self_signed' ]);
	}
	verdict('its name is judged all the same', target('self', 'a.test',
	    '--self-signed=ok'), 'critical', [ 'cert.name' ]);
};

subtest '--leaf-only' => sub {
	verdict('the rest of the chain is not judged for expiry',
	    target('undersoon', 'www.lab.test', "--ca-file=$pki/root.pem",
	    '--leaf-only'), 'ok', []);
};

subtest '--ignore and --severity' => sub {
	my @bare = @{ target('bare', 'www.lab.test',
	    "--ca-file=$pki/root.pem") };
	verdict('ignored', [ @bare, '--ignore=path.incomplete' ], 'ok', []);
	verdict('less severe', [ @bare, '--severity=path.incomplete:warning' ],
	    'warning', [ 'path.incomplete' ]);
	verdict('more severe', target('withroot', 'www.lab.test',
	    "--ca-file=$pki/root.pem", '--severity=chain.root_sent:critical'),
	    'critical', [ 'chain.root_sent' ]);
	verdict('not severe at all', [ @bare,
	    '--severity=path.incomplete:ok' ], 'ok', []);
};

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# What is asked, what counts, and what is said where nothing can be known;
# keys that are lost; wrong usage.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;
use Digest::SHA qw(sha256);

my $site = site();
my ($ocsp, $crl) = map { $site->url($_) } qw(/ocsp /ca.crl);
my $none = '2.5.29.56:0500';
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
stranger cn=Stranger ca=yes
both issuer=root aia-ocsp=$ocsp crldp=$crl
ocsp issuer=root aia-ocsp=$ocsp
crl issuer=root crldp=$crl
bare issuer=root
short issuer=root na=+5d life=6d
seven issuer=root na=+6d life=8d
norev issuer=root ext=$none
norevbut issuer=root ext=$none crldp=$crl
norevocsp issuer=root ext=$none aia-ocsp=$ocsp
norevca ca=yes issuer=root ext=$none
shortcrl issuer=root na=+5d life=6d crldp=$crl
shortocsp issuer=root na=+5d life=6d aia-ocsp=$ocsp
orphan issuer=stranger aia-ocsp=$ocsp
inter cn=Inter ca=yes issuer=root
under issuer=inter aia-ocsp=$ocsp
rekeyed issuer=root key=\@both aia-ocsp=$ocsp
self aia-ocsp=$ocsp
\@ocsp file=good.ors of=both,ocsp,rekeyed issuer=root
\@ocsp file=revoked.ors of=both,ocsp,rekeyed issuer=root status=revoked reason=superseded
\@ocsp file=unknown.ors of=both,ocsp,rekeyed issuer=root status=unknown
\@ocsp file=under.ors of=under issuer=inter
\@crl file=good.crl issuer=root
\@crl file=revoked.crl issuer=root revoked=both:keyCompromise,crl,norevbut
\@crl file=stranger.crl issuer=stranger
\@crl file=inter.crl issuer=inter
.

sub answers {
	my ($ors, $list) = @_;
	$site->rules(defined $ors ? "/ocsp* file=$pki/$ors.ors" :
	    '/ocsp* status=503', defined $list ?
	    "/ca.crl file=$pki/$list.crl" : '/ca.crl status=503');
	return;
}

# OCSP, CRL; then per method: state and findings; requests of OCSP, of CRL
my @rows = (
	[ 'good', 'good',
	    auto => 'ok', ocsp => 'ok', crl => 'ok', all => 'ok' ],
	[ 'good', undef,
	    auto => 'ok', ocsp => 'ok', crl => 'unknown ocsp.unreachable',
	    all => 'unknown ocsp.unreachable' ],
	[ undef, 'good',
	    auto => 'ok', ocsp => 'unknown ocsp.unreachable', crl => 'ok',
	    all => 'unknown ocsp.unreachable' ],
	[ undef, undef,
	    auto => 'unknown ocsp.unreachable',
	    ocsp => 'unknown ocsp.unreachable',
	    crl => 'unknown ocsp.unreachable',
	    all => 'unknown ocsp.unreachable' ],
	[ 'revoked', 'good',
	    auto => 'critical ocsp.revoked', ocsp => 'critical ocsp.revoked',
	    crl => 'ok', all => 'critical ocsp.disagree ocsp.revoked' ],
	[ 'good', 'revoked',
	    auto => 'ok', ocsp => 'ok', crl => 'critical ocsp.revoked',
	    all => 'critical ocsp.disagree ocsp.revoked' ],
	[ 'revoked', 'revoked',
	    auto => 'critical ocsp.revoked', ocsp => 'critical ocsp.revoked',
	    crl => 'critical ocsp.revoked', all => 'critical ocsp.revoked' ],
	[ 'unknown', 'revoked',
	    auto => 'critical ocsp.(revoked|unknown ocsp.revoked)',
	    ocsp => 'critical ocsp.unknown',
	    crl => 'critical ocsp.revoked',
	    all => 'critical.*ocsp.revoked' ],
	[ 'unknown', 'good',
	    auto => 'critical ocsp.unknown', ocsp => 'critical ocsp.unknown',
	    crl => 'ok', all => 'critical.*ocsp.unknown' ],
	[ undef, 'revoked',
	    auto => 'critical ocsp.revoked',
	    ocsp => 'unknown ocsp.unreachable',
	    crl => 'critical ocsp.revoked',
	    all => 'critical ocsp.revoked ocsp.unreachable' ],
);
for my $row (@rows) {
	my ($ors, $list, %want) = @$row;
	answers($ors, $list);
	my $what = 'OCSP ' . ($ors // 'down') . ', CRL ' . ($list // 'down');
	for my $method (sort keys %want) {
		my $run = check_json(file_args($pki, 'both',
		    "--method=$method"));
		my $got = join ' ', $MPC::Test::STATES[$run->{exit}],
		    bad_ids_of($run->{json}{targets}[0]);
		like($got, qr/^$want{$method}$/,
		    "$what, --method=$method: $want{$method}")
		    or diag($run->{out});
	}
}

# Who is asked.
answers('good', 'good');
for my $row ([ auto => 1, 0 ], [ ocsp => 1, 0 ], [ crl => 0, 1 ],
    [ all => 1, 1 ], [ staple => 0, 0 ]) {
	my ($method, @want) = @$row;
	$site->forget;
	check_json(file_args($pki, 'both', "--method=$method"));
	is(join(' ', map { $site->count($_) } qw(/ocsp /ca.crl)), "@want",
	    "--method=$method: who is asked");
}
# A certificate that names fifty of each: not all are asked, the lists get
# their turn, and what is left out is said.
my $dead = join ',', map { $site->url("/dead$_") } 1 .. 50;
mkcert($pki, <<".");
manyocsp issuer=root aia-ocsp=$dead crldp=$crl
manycrl issuer=root crldp=$dead,$crl
manyboth issuer=root aia-ocsp=$dead crldp=$dead
.
verdict('fifty responders are dead, the list is not', [ file_args($pki,
    'manyocsp') ], 'ok', []);
$site->forget;
check(file_args($pki, 'manyocsp'));
is($site->count('/dead'), 16, 'eight are asked, by SHA-256 and SHA-1');
for my $row ([ manyocsp => 'more responders are named', '--method=ocsp' ],
    [ manycrl => 'more lists are named' ],
    [ manyboth => 'more responders are named' ],
    [ manyboth => 'more lists are named' ]) {
	my ($name, $like, @more) = @$row;
	my $one = check_json(file_args($pki, $name, @more));
	state_is($one, 'unknown', "fifty: $name");
	like(text_of($one, 'ocsp.unusable'), qr/$like/, "and $like");
}
$site->forget;
verdict('--responder', [ file_args($pki, 'ocsp',
    '--responder=' . $site->url('/ocsp/mine')) ], 'ok', []);
cmp_ok($site->count('/ocsp/mine'), '>=', 1, '--responder is asked');
is($site->count, $site->count('/ocsp/mine'), 'and nobody else');

# unknown
answers('unknown', undef);
for my $state (qw(warning critical unknown)) {
	verdict("--unknown=$state", [ file_args($pki, 'ocsp',
	    "--unknown=$state") ], $state, [ 'ocsp.unknown' ]);
}

# Nothing to ask.
answers('good', 'good');
verdict('neither OCSP nor CRL', [ file_args($pki, 'bare') ], 'warning',
    [ 'ocsp.no_source' ]);
for my $state (qw(ok critical unknown)) {
	state_is(check_json(file_args($pki, 'bare', "--no-source=$state")),
	    $state, "--no-source=$state");
}
verdict('short-lived', [ file_args($pki, 'short') ], 'ok', []);
verdict('short-lived, --no-source=critical', [ file_args($pki, 'short',
    '--no-source=critical') ], 'ok', []);
verdict('eight days are not short', [ file_args($pki, 'seven') ], 'warning',
    [ 'ocsp.no_source' ]);
verdict('noRevAvail', [ file_args($pki, 'norev') ], 'ok', [],
    { like => qr/noRevAvail/ });
verdict('noRevAvail, and a CRL', [ file_args($pki, 'norevbut') ], 'warning',
    [ 'cert.malformed' ], { like => qr/yet it names a source/ });
for my $row ([ norevca => qr/in a CA's/ ],
    [ norevocsp => qr/yet it names a source/ ]) {
	my $one = check_json(file_args($pki, $row->[0], '--method=crl'));
	state_is($one, 'warning', "noRevAvail is no excuse: $row->[0]");
	is(join(' ', bad_ids_of($one->{json}{targets}[0])),
	    'cert.malformed ocsp.no_source', 'both are told');
	like(text_of($one, 'cert.malformed'), $row->[1], 'and why');
}
for my $row ([ shortcrl => 'ocsp' ], [ shortocsp => 'crl' ]) {
	verdict("short-lived is none where one is named: --method=$row->[1]",
	    [ file_args($pki, $row->[0], "--method=$row->[1]") ], 'warning',
	    [ 'ocsp.no_source' ]);
}
answers('good', 'revoked');
state_is(check_json(file_args($pki, 'norevbut')), 'critical',
    'noRevAvail hides no revocation from a CRL that it names');

# The issuer.
$site->rules("/ocsp* file=$pki/under.ors", "/ca.crl file=$pki/good.crl");
my $run = check_json('-f', "$pki/under.pem", '--no-cache');
state_is($run, 'unknown', 'no issuer');
has_finding($run, 'ocsp.no_issuer', 'leaf', 'unknown');
$run = check_json('-f', "$pki/under.pem", '--no-cache',
    "--issuer=$pki/stranger.pem");
isnt($run->{exit}, 0, 'an issuer that did not sign it');
has_finding($run, 'ocsp.no_issuer', 'leaf', 'unknown');
$run = verdict('--issuer', [ '-f', "$pki/under.pem", '--no-cache',
    "--issuer=$pki/inter.pem", "--ca-file=$pki/root.pem", '--leaf-only' ],
    'ok', []);
$run = check_json('-f', "$pki/orphan.pem", '--no-cache',
    "--ca-file=$pki/root.pem");
isnt($run->{exit}, 0, 'a certificate of nobody known');
$run = check_json(file_args($pki, 'self'));
isnt($run->{exit}, 0, 'a self-signed certificate');
$run = check_json(file_args($pki, 'crl', "--crl=$pki/stranger.crl"));
state_is($run, 'unknown', '--crl of another CA');
has_finding($run, 'ocsp.unusable', 'leaf', 'unknown');

# Keys that are known to be lost.
sub spki_of {
	my ($name) = @_;
	open my $fh, '-|', "openssl x509 -in $pki/$name.pem -noout -pubkey | "
	    . 'openssl pkey -pubin -outform DER' or die;
	binmode $fh;
	local $/;
	return sha256(scalar <$fh>);
}

answers('good', 'good');
my $digest = spki_of('both');
my $hex = unpack 'H*', $digest;
my @others = map { unpack 'H*', sha256($_) } 1 .. 2000;
my %lists = (
	'text' => join("\n", '# leaked', @others, $hex, ''),
	'text, in capitals' => join("\n", uc $hex, @others),
	'text, one line' => $hex,
	'text, with CR' => join("\r\n", @others, $hex, ''),
	'binary' => join('', sort $digest, map { pack 'H*', $_ } @others),
);
for my $kind (sort keys %lists) {
	my $file = write_file('leaked', $lists{$kind});
	verdict("--compromised-keys, $kind", [ file_args($pki, 'both',
	    "--compromised-keys=$file") ], 'critical', [ 'key.compromised' ]);
	verdict("--compromised-keys, $kind, another key", [ file_args($pki,
	    'ocsp', "--compromised-keys=$file") ], 'ok', []);
}
my $bad = write_file('badlist', join "\n", @others[0 .. 4], 'no digest',
    $hex, '');
$run = check(file_args($pki, 'both', "--compromised-keys=$bad"));
state_is($run, 'unknown', 'a list with a bad line');
line1_like($run, qr/line 6|:6/, 'the line is named');
state_is(check_json(file_args($pki, 'both', '--compromised-keys=/none')),
    'unknown', 'a list that is not there');

$run = verdict('--revoked-cert: the key is in use again', [ file_args($pki,
    'rekeyed', "--revoked-cert=$pki/both.pem") ], 'critical',
    [ 'key.reused' ]);
like(text_of($run, 'key.reused'), qr/new key/, 'and what to do');
verdict('--revoked-cert: another key', [ file_args($pki, 'ocsp',
    "--revoked-cert=$pki/both.pem") ], 'ok', []);
verdict('--revoked-cert, the second', [ file_args($pki, 'rekeyed',
    "--revoked-cert=$pki/ocsp.pem", "--revoked-cert=$pki/both.der") ],
    'critical', [ 'key.reused' ]);
for my $option (qw(--revoked-cert --issuer)) {
	my $garbage = write_file('garbage.pem', "no certificate\n");
	$run = check(file_args($pki, 'both', "$option=$garbage"));
	state_is($run, 'unknown', "$option: garbage");
	is(scalar(split /\n/, $run->{out}), 1, "$option: one line");
	line1_like($run, qr/\Q$option\E/, "$option: is named");
}

# Wrong usage: one line, the option, exit 3.
for my $row ([ '--method=both', 'method' ], [ '--unknown=red', 'unknown' ],
    [ '--skew=-5', 'skew' ], [ '--max-age=soon', 'max-age' ],
    [ '--cert-id=md5', 'cert-id' ], [ '--unreachable=', undef ],
    [ '--no-sauce=ok', 'no-source' ]) {
	my ($option, $word) = @$row;
	$run = check('-f', "$pki/both.pem", "--ca-file=$pki/root.pem",
	    '--no-cache', $option);
	if (!defined $word) {
		state_is($run, 'ok', "$option is unset");
		next;
	}
	state_is($run, 'unknown', "usage: $option");
	line1_like($run, qr/\Q$word\E/, "usage: $option: text");
}
my $help = run_plugin('check_ocsp', '--help');
is($help->{exit}, 3, '--help');
unlike($help->{out}, qr/must be valid for/, 'promises no look at names');
verdict('--name is taken, and not judged', [ file_args($pki, 'both',
    '--name=other.example') ], 'ok', []);
my $list = run_plugin('check_ocsp', '--list-findings');
like($list->{out}, qr/^\Q$_\E\b/m, "--list-findings: $_")
    for qw(ocsp.revoked ocsp.unknown ocsp.unreachable ocsp.unusable
    ocsp.no_source ocsp.no_issuer ocsp.disagree ocsp.next_update
    staple.missing staple.unusable key.compromised key.reused key.broken);

# --ignore, --severity
answers('revoked', 'good');
verdict('--severity', [ file_args($pki, 'both',
    '--severity=ocsp.revoked:warning') ], 'warning', [ 'ocsp.revoked' ]);

# The first line, and the numbers, are the same with -v.
answers(undef, undef);
for my $option ('--ignore=ocsp.unreachable', '--unreachable=ok',
    '--severity=ocsp.unreachable:ok', '--unreachable=warning') {
	my @lines = map { (split /\n/, check(file_args($pki, 'ocsp', $option,
	    @$_))->{out})[0] =~ s/ \|.*//r } [], ['-v'], ['-vvv'];
	is($lines[1], $lines[0], "$option: with -v");
	is($lines[2], $lines[0], "$option: with -vvv");
}

# Metrics
answers('good', 'good');
$run = check(file_args($pki, 'both'));
my $metrics = perfdata($run);
is($metrics->{revoked}{value}, 0, 'revoked=0');
cmp_ok($metrics->{next_update}{value}, '>', 86400, 'next_update');
cmp_ok($metrics->{age}{value}, '>=', 3600, 'age');
ok(exists $metrics->{response_time}, 'response_time');
$run = check(file_args($pki, 'crl'));
$metrics = perfdata($run);
is($metrics->{crl_entries}{value}, 0, 'crl_entries');
is($metrics->{crl_bytes}{value}, -s "$pki/good.crl", 'crl_bytes');
answers('revoked', 'good');
is(perfdata(check(file_args($pki, 'both')))->{revoked}{value}, 1,
    'revoked=1');

done_testing;

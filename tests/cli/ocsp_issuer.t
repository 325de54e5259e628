#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# An issuer that is neither sent nor known: it is fetched from the URL that
# the certificate names (AIA caIssuers), and counts when the path that it
# makes ends in a trust anchor.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $site = site();
my $closed = closed_port();
my ($ocsp, $ca, $up, $crl) =
    map { $site->url($_) } qw(/ocsp /ca /up /inter.crl);
my ($a, $b, $side) = map { $site->url($_) } qw(/a /b /side);
my $pki = pki(<<".");
root cn=Lab%20Root ca=yes
stranger cn=Stranger ca=yes
inter cn=Inter ca=yes issuer=root crldp=@{[$site->url('/root.crl')]}
twin cn=Inter ca=yes issuer=root
other cn=Other%20CA ca=yes issuer=root
leaf san=dns:www.lab.test issuer=inter aia-issuer=$ca aia-ocsp=$ocsp
must san=dns:www.lab.test issuer=inter key=\@leaf must-staple=yes aia-issuer=$ca
listed issuer=inter aia-issuer=$ca crldp=$crl
second issuer=inter aia-issuer=http://127.0.0.1:$closed/ca,$ca crldp=$crl
ldap issuer=inter aia-issuer=ldap://127.0.0.1/cn=Inter crldp=$crl
nowhere issuer=inter crldp=$crl
deep1 cn=Deep%201 ca=yes issuer=root
deep2 cn=Deep%202 ca=yes issuer=deep1 aia-issuer=$up
deep3 issuer=deep2 aia-issuer=$ca
lost cn=Lost ca=yes issuer=stranger
orphan issuer=lost aia-issuer=$ca crldp=$crl
ring0 cn=Ring%20A ca=yes
ringb cn=Ring%20B ca=yes issuer=ring0 aia-issuer=$a
ringa cn=Ring%20A ca=yes key=\@ring0 issuer=ringb aia-issuer=$b
ring issuer=ringa aia-issuer=$a crldp=$crl
old cn=Cross ca=yes issuer=stranger
cross cn=Cross ca=yes key=\@old issuer=root
crossed issuer=old aia-issuer=$ca,$side
dele cn=Responder issuer=inter eku=OCSPSigning ext=1.3.6.1.5.5.7.48.1.5:0500
rogue cn=Responder issuer=twin eku=OCSPSigning ext=1.3.6.1.5.5.7.48.1.5:0500
plain cn=Responder issuer=inter
\@p7 file=one.p7c of=inter form=der
\@p7 file=many.p7c of=other,twin,inter,root form=der
\@p7 file=twin.p7c of=twin,other form=der
\@p7 file=inter.p7.pem of=inter form=pem
\@p7 file=crosses.p7c of=old,cross form=der
\@p12 file=inter.p12 pass= of=inter
\@ocsp file=good.ors of=leaf issuer=inter
\@ocsp file=revoked.ors of=leaf issuer=inter status=revoked reason=keyCompromise
\@ocsp file=twin.ors of=leaf issuer=twin
\@ocsp file=dele.ors of=leaf issuer=inter signer=dele nocerts=yes
\@ocsp file=delekey.ors of=leaf issuer=inter signer=dele nocerts=yes by=key
\@ocsp file=rogue.ors of=leaf issuer=inter signer=rogue nocerts=yes
\@ocsp file=plain.ors of=leaf issuer=inter signer=plain nocerts=yes
\@crl file=root.crl issuer=root
\@crl file=interrevoked.crl issuer=root revoked=inter:CACompromise
\@crl file=inter.crl issuer=inter
\@crl file=lost.crl issuer=lost
\@crl file=ring.crl issuer=ringa
\@crl file=listed.crl issuer=inter revoked=listed
\@bundle file=twoleaves.pem of=leaf,listed
.

sub rules {
	my ($answer, @more) = @_;
	$site->rules("/ca $answer", @more, "/ocsp* file=$pki/good.ors",
	    "/root.crl file=$pki/root.crl", "/inter.crl file=$pki/inter.crl");
	return;
}

# What the URL may hold.
for my $row (
    [ 'DER', 'inter.der', 'type=application/pkix-cert' ],
    [ 'PEM', 'inter.pem', '' ],
    [ 'PKCS#7', 'one.p7c', 'type=application/pkcs7-mime' ],
    [ 'PKCS#7 in PEM', 'inter.p7.pem', '' ],
    [ 'PKCS#7 with others and a namesake', 'many.p7c', '' ]) {
	my ($title, $file, $words) = @$row;
	rules("file=$pki/$file $words");
	my $run = verdict("$title", [ file_args($pki, 'leaf') ], 'ok', []);
	has_finding($run, 'path.incomplete', '', 'ok');
	like(text_of($run, 'path.untrusted'), qr/path of 3 to .*Lab Root/,
	    "$title: the path ends in the anchor");
	# verdict() runs it twice: two formats
	is($site->count('/ca'), 2, "$title: one fetch");
	is($site->count('/root.crl'), 2,
	    "$title: what was fetched is asked about");
	verdict("$title, a CRL", [ file_args($pki, 'listed') ], 'ok', []);
}

# What it must not hold: text, and that it makes nothing good.
for my $row (
    [ 'a namesake', "file=$pki/twin.p7c", qr/whose key did not sign/ ],
    [ 'another CA', "file=$pki/other.der", qr/no certificate of the issuer/ ],
    [ 'itself', "file=$pki/leaf.der", qr/no certificate of the issuer/ ],
    [ 'a web page', 'type=text/html body="<html><h1>Hotel</h1></html>"',
	qr/a web page instead of a certificate/ ],
    [ 'nothing', 'body=', qr/nothing \(an empty answer\)/ ],
    [ 'a keystore', "file=$pki/inter.p12", qr/holds no certificate/ ],
    [ 'a CRL', "file=$pki/root.crl", qr/no certificate/ ],
    [ 'an error', 'status=404', qr/HTTP 404/ ],
    [ 'too much', 'repeat=300000', qr/long|large|octets/ ],
    [ 'cut off', "file=$pki/inter.der truncate=50", qr/./ ],
    [ 'a redirect to a file', "redirect=file://$pki/inter.der", qr/./ ],
    [ 'silence', 'hang', qr/tim|dead/i ]) {
	my ($title, $answer, $like) = @$row;
	rules($answer);
	my $run = check_json(file_args($pki, 'leaf', '-t', '2'));
	state_is($run, 'unknown', $title);
	has_finding($run, 'ocsp.no_issuer', 'leaf', 'unknown');
	has_finding($run, 'path.incomplete', '', 'unknown');
	like(text_of($run, 'ocsp.no_issuer'), $like, "$title: text");
	unlike($run->{out}, qr/Hotel/, "$title: its bytes are not shown");
	in_time($run, 2, "$title: in time");
}

# Which URLs are asked, and how.
rules("file=$pki/inter.der");
verdict('the second URL', [ file_args($pki, 'second') ], 'ok', []);
for my $row ([ ldap => qr/none of its URLs can/ ], [ nowhere => qr/no URL of it/ ]) {
	my $run = check_json(file_args($pki, $row->[0]));
	state_is($run, 'unknown', "$row->[0]: nothing to fetch from");
	like(text_of($run, 'ocsp.no_issuer'), $row->[1], "$row->[0]: text");
}
$site->forget;
verdict('the issuer is in the file', [ '-f', write_file('full.pem',
    read_file("$pki/leaf.pem") . read_file("$pki/inter.pem")),
    "--ca-file=$pki/root.pem", '--no-cache' ], 'ok', []);
verdict('--issuer', [ file_args($pki, 'leaf', "--issuer=$pki/inter.pem") ],
    'ok', []);
is($site->count('/ca'), 0, 'an issuer that is known is not fetched');
for my $option (qw(--offline --deny-private)) {
	rules("file=$pki/inter.der");
	my $run = check_json(file_args($pki, 'leaf', $option));
	state_is($run, 'unknown', $option);
	like(text_of($run, 'ocsp.no_issuer'), $option eq '--offline' ?
	    qr/offline/ : qr/private|denied|refused/i, "$option: text");
	is($site->count, 0, "$option asks nobody");
}
my $cache = scratch() . '/cache';
mkdir $cache, 0700;
my @cached = ('-f', "$pki/leaf.pem", "--ca-file=$pki/root.pem",
    "--cache-dir=$cache");
rules("file=$pki/inter.der");
state_is(check_json(@cached), 'ok', 'with a cache');
$site->rules;
state_is(check_json(@cached, '--offline'), 'ok', 'which suffices offline');
rules('type=text/html body="<html>" header="Cache-Control: max-age=9999"');
mkdir "$cache.2", 0700;
$cached[-1] .= '.2';
state_is(check_json(@cached), 'unknown', 'a web page for hours');
rules("file=$pki/inter.der");
state_is(check_json(@cached), 'ok', 'is not kept');

# What is fetched is asked about, too.
rules("file=$pki/inter.der");
$site->rules("/ca file=$pki/inter.der", "/ocsp* file=$pki/good.ors",
    "/root.crl file=$pki/interrevoked.crl");
my $run = verdict('the fetched issuer is revoked', [ file_args($pki,
    'leaf') ], 'critical', [ 'ocsp.revoked' ]);
has_finding($run, 'ocsp.revoked', 'intermediate 1', 'critical');
verdict('with --leaf-only', [ file_args($pki, 'leaf', '--leaf-only') ],
    'ok', []);
$site->rules("/ca file=$pki/inter.der", "/ocsp* file=$pki/revoked.ors",
    "/root.crl file=$pki/root.crl");
verdict('revoked, says the fetched issuer', [ file_args($pki, 'leaf') ],
    'critical', [ 'ocsp.revoked' ]);
$site->rules("/ca file=$pki/inter.der", "/ocsp* file=$pki/twin.ors",
    "/root.crl file=$pki/root.crl");
verdict('an answer of its namesake', [ file_args($pki, 'leaf') ], 'unknown',
    [ 'ocsp.unusable' ]);

# Several in a row, rings, dead ends.
rules("file=$pki/deep2.der", "/up file=$pki/deep1.pem");
$run = check_json(file_args($pki, 'deep3', '--no-source=ok'));
state_is($run, 'ok', 'two in a row');
like(text_of($run, 'path.untrusted'), qr/path of 4 /, 'make a path of four');
rules("file=$pki/deep2.der", '/up status=404');
state_is(check_json(file_args($pki, 'deep3', '--no-source=ok')), 'unknown',
    'the second is not there');
rules("file=$pki/lost.der", "/inter.crl file=$pki/lost.crl");
$site->rules("/ca file=$pki/lost.der", "/inter.crl file=$pki/lost.crl");
$run = check_json(file_args($pki, 'orphan'));
state_is($run, 'unknown', 'a path to nobody here proves nothing');
has_finding($run, 'path.untrusted', '', 'unknown');
$site->rules("/a file=$pki/ringa.der", "/b file=$pki/ringb.der",
    "/inter.crl file=$pki/ring.crl");
$run = check_json(file_args($pki, 'ring', '-t', '5', '--no-source=ok'));
state_is($run, 'unknown', 'two that issued each other');
cmp_ok($site->count, '<', 10, 'are not fetched for ever');
rules("file=$pki/old.der", "/side file=$pki/cross.der");
state_is(check_json(file_args($pki, 'crossed', '--no-source=ok')), 'ok',
    'the first URL leads nowhere, the second to the anchor');
rules("file=$pki/crosses.p7c");
state_is(check_json(file_args($pki, 'crossed', '--no-source=ok')), 'ok',
    'both in one file');

# Two certificates in a file share what was fetched, and both count.
rules("file=$pki/inter.der");
verdict('two leaves', [ file_args($pki, 'twoleaves') ], 'ok', []);
is($site->count('/ca'), 2, 'two leaves: one fetch');
$site->rules("/ca file=$pki/inter.der", "/ocsp* file=$pki/good.ors",
    "/root.crl file=$pki/root.crl", "/inter.crl file=$pki/listed.crl");
$run = verdict('the second of two leaves is revoked', [ file_args($pki,
    'twoleaves') ], 'critical', [ 'ocsp.revoked' ]);
has_finding($run, 'ocsp.revoked', 'certificate 2', 'critical');

# A server that forgets its intermediate.
my @servers = servers(map { "--cert $_ --key $pki/leaf.key" }
    "$pki/leaf.pem", "$pki/must.pem", write_file('withdele.pem', join '', map {
    read_file("$pki/$_.pem") } qw(leaf inter dele rogue plain)));
my @tls = ('-H', 'www.lab.test', '-I', '127.0.0.1', '-p',
    $servers[0]->port, "--ca-file=$pki/root.pem");
rules("file=$pki/inter.der");
$run = verdict('a server that forgets its intermediate',
    [ @tls, '--no-cache' ], 'ok', []);
like(text_of($run, 'path.incomplete'), qr/not sent.*fetched/, 'is told so');
$site->forget;
$run = run_plugin('check_cert_expiry', @tls);
is($run->{exit}, 2, 'check_cert_expiry alarms about it');
like($run->{out}, qr/chain is incomplete/, 'check_cert_expiry: text');
is($site->count, 0, 'check_cert_expiry fetches nothing');

rules('status=404');
$run = verdict('no issuer, and no staple where one must be', [ '-H',
    'www.lab.test', '-I', '127.0.0.1', '-p', $servers[1]->port,
    "--ca-file=$pki/root.pem", '--no-cache' ], 'critical',
    [ qw(ocsp.no_issuer path.incomplete staple.missing) ]);

# A responder's certificate that the answer does not bring.
for my $row ([ dele => 'ok' ], [ delekey => 'ok' ], [ rogue => 'unknown' ],
    [ plain => 'unknown' ]) {
	my ($file, $state) = @$row;
	my $bad = $state eq 'ok' ? [] : [ 'ocsp.unusable' ];
	$site->rules("/ocsp* file=$pki/$file.ors",
	    "/root.crl file=$pki/root.crl");
	verdict("signed by $file, which the server sends", [ '-H',
	    'www.lab.test', '-I', '127.0.0.1', '-p', $servers[2]->port,
	    "--ca-file=$pki/root.pem", '--no-cache' ], $state, $bad);
	my $issuers = write_file("issuers-$file", join '', map {
	    read_file("$pki/$_.pem") } 'inter',
	    $file eq 'delekey' ? 'dele' : $file);
	verdict("signed by $file, of --issuer", [ '-f', "$pki/leaf.pem",
	    "--issuer=$issuers", "--ca-file=$pki/root.pem", '--no-cache',
	    '--leaf-only' ], $state, $bad);
}

# A file of more certificates than a path looks at, each of a CA of its own.
use constant CAS => 70;
my $cas = "key\n\@crl file=cas.crl issuer=root\n";
$cas .= "ca$_ cn=Ca$_ ca=yes issuer=root key=\@key crldp="
    . $site->url('/cas.crl') . "\nof$_ issuer=ca$_ key=\@key aia-issuer="
    . $site->url("/ca$_.der") . ' crldp=' . $site->url("/of$_.crl")
    . "\n\@crl file=of$_.crl issuer=ca$_"
    . ($_ == 69 ? " revoked=of$_\n" : "\n") for 1 .. CAS;
mkcert($pki, $cas);
$site->rules("/cas.crl file=$pki/cas.crl",
    map { ("/ca$_.der file=$pki/ca$_.der", "/of$_.crl file=$pki/of$_.crl") }
    1 .. CAS);
for my $n (CAS, 68) {
	my $many = write_file('many.pem', join '',
	    map { read_file("$pki/of$_.pem") } 1 .. $n);
	verdict("$n certificates of as many CAs", [ '-f', $many,
	    "--ca-file=$pki/root.pem", '--no-cache', '-t', '50' ],
	    $n == CAS ? 'critical' : 'ok', $n == CAS ? [ 'ocsp.revoked' ] :
	    []);
}

# The last of many of --issuer.
$site->rules("/ocsp* file=$pki/dele.ors", "/root.crl file=$pki/root.crl");
my $issuers = write_file('issuers', join '', map { read_file("$pki/$_.pem") }
    (map { "of$_" } 1 .. CAS), 'inter', 'dele');
verdict('signed by the last of many of --issuer', [ '-f', "$pki/leaf.pem",
    "--issuer=$issuers", "--ca-file=$pki/root.pem", '--no-cache',
    '--leaf-only' ], 'ok', []);

done_testing;

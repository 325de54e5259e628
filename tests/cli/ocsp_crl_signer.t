#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Lists that another certificate of the CA's name has signed: a new key, a key
# for lists alone; and those of somebody who only has the name (RFC 5280 6.3.3
# (f)).
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::OCSP;

my $pki = pki(<<'.');
root cn=Lab%20Root ca=yes
root2 cn=Lab%20Root ca=yes
newwithold cn=Lab%20Root ca=yes key=@root2 issuer=root
oldwithnew cn=Lab%20Root ca=yes key=@root issuer=root2
twin cn=Lab%20Root ca=yes
twininter cn=Inter ca=yes issuer=twin
strange cn=Strange ca=yes
inter cn=Inter ca=yes issuer=root
inter2 cn=Inter ca=yes issuer=root
interself cn=Inter ca=yes key=@inter2 issuer=inter
interold cn=Inter ca=yes issuer=root nb=-90d na=-1d
intercrl cn=Inter issuer=root ku=critical,cRLSign eku=none
interleaf cn=Inter issuer=root ku=none eku=none ca=none
internosign cn=Inter ca=yes issuer=root ku=critical,keyCertSign
aunt cn=Aunt ca=yes issuer=root
cuckoo cn=Inter ca=yes issuer=aunt
cuckooroot cn=Lab%20Root ca=yes issuer=aunt
cuckooself cn=Inter ca=yes issuer=cuckoo
strangeinter cn=Inter ca=yes issuer=strange
good issuer=root
under issuer=inter
.
my (%lists, $spec);
for my $name (qw(root2 twin cuckooroot inter2 interold intercrl interleaf
    internosign cuckoo cuckooself strangeinter twininter)) {
	my $leaf = $name =~ /root|twin$/ ? 'good' : 'under';
	$spec .= "\@crl file=$name.crl issuer=$name\n" .
	    "\@crl file=$name.listed.crl issuer=$name revoked=$leaf\n" .
	    "\@crl file=$name.noaki.crl issuer=$name aki=none\n";
}
mkcert($pki, $spec);
mkcert($pki, <<'.');
@bundle file=twocas.pem of=root,root2
@bundle file=strangers.pem of=root,strange
.

# A file of these certificates, its leaf first.
sub chain {
	my @names = @_;
	return write_file('chain.pem',
	    join '', map { read_file("$pki/$_.pem") } @names);
}

my @ok = ('ok', 'critical');
my @no = ('unknown', 'unknown');
my $unvouched = qr/not vouched for by the path's trust anchor/;
# Whose list; what the file holds; what else is said; state with an empty list
# and with one that names the certificate; text.
my @rows = (
	[ 'root2', 'good', '', @no, qr/another key than/ ],
	[ 'root2', 'good newwithold', '', @ok ],
	[ 'root2', 'good root2', '', @no, $unvouched ],
	[ 'root2', 'good', '--issuer=root2', @ok ],
	[ 'root2', 'good', '--ca-file=twocas', @ok ],
	[ 'twin', 'good twin', '', @no, $unvouched ],
	[ 'twin', 'good twin newwithold', '', @no, $unvouched ],
	[ 'cuckooroot', 'good cuckooroot aunt', '', @no, $unvouched ],
	[ 'inter2', 'under inter', '', @no, qr/another key than/ ],
	[ 'inter2', 'under inter inter2', '', @ok ],
	[ 'inter2', 'under inter2 inter', '', @ok ],
	[ 'inter2', 'under inter interself', '', @ok ],
	[ 'inter2', 'under inter', '--issuer=inter2', @ok ],
	[ 'internosign', 'under inter internosign', '', @no ],
	[ 'interold', 'under inter interold', '', @no, $unvouched ],
	[ 'cuckoo', 'under inter cuckoo aunt', '', @no, $unvouched ],
	[ 'cuckooself', 'under inter cuckooself cuckoo aunt', '', @no,
	    $unvouched ],
	[ 'twininter', 'under inter twininter twin', '', @no, $unvouched ],
	# Another anchor of the same store (6.3.3 (f)).
	[ 'strangeinter', 'under inter strangeinter strange',
	    '--ca-file=strangers', @no, $unvouched ],
);
for my $row (@rows) {
	my ($list, $names, $more, $empty, $listed, $like) = @$row;
	my @more = map { s/=(.*)/=$pki\/$1.pem/r } split / /, $more;
	my @want = ([ $list, $empty ], [ "$list.listed", $listed ],
	    [ "$list.noaki", $empty ]);
	for my $want (@want) {
		my ($file, $state) = @$want;
		my @args = ('-f', chain(split / /, $names), '--leaf-only',
		    '--no-cache', '--offline', "--crl=$pki/$file.crl",
		    $more =~ /--ca-file/ ? () : "--ca-file=$pki/root.pem",
		    @more);
		my $run = verdict("$file, $names $more: $state", [ @args ],
		    $state, $state eq 'ok' ? [] : $state eq 'critical' ?
		    [ 'ocsp.revoked' ] : [ 'ocsp.unusable' ]);
		# Without a key identifier other words are right as well.
		like(text_of($run, 'ocsp.unusable'), $like, 'and its text')
		    if defined $like && $file !~ /noaki/;
	}
}

# A certificate for lists alone is no CA's: in a file it would be one more to
# be asked about.
for my $row ([ 'intercrl', @ok ], [ 'interleaf', @no ]) {
	my ($name, $empty, $listed) = @$row;
	my $server = server('--cert ' . chain('under', 'inter', $name) .
	    " --key $pki/under.key");
	for my $want ([ $name, $empty ], [ "$name.listed", $listed ],
	    [ "$name.noaki", $empty ]) {
		my ($file, $state) = @$want;
		state_is(check_json('-H', '127.0.0.1', '-p', $server->port,
		    '--leaf-only', '--no-cache', '--offline',
		    "--ca-file=$pki/root.pem", "--crl=$pki/$file.crl"),
		    $state, "sent by a server: $file");
	}
}

# Without a path to an anchor nobody vouches for another key.
my $run = check_json('-f', chain(qw(under inter inter2)), '--no-cache',
    '--offline', '--leaf-only', "--ca-file=$pki/strange.pem",
    "--crl=$pki/inter2.crl");
isnt($run->{exit}, 0, 'no path: nothing is good');
ok(has_no_good($run), 'and no source says so');

sub has_no_good {
	return !grep { $_->{id} eq 'ocsp.revoked' && $_->{status} eq 'ok' }
	    @{ $_[0]{json}{targets}[0]{findings} };
}

# A root of two keys, in a trust store that knows both: the leaf of one, the
# list of the other.
verdict('old with new', [ '-f', chain(qw(good oldwithnew)), '--leaf-only',
    '--no-cache', '--offline', "--ca-file=$pki/root2.pem",
    "--crl=$pki/root2.crl" ], 'ok', []);
verdict('old with new, listed', [ '-f', chain(qw(good oldwithnew)),
    '--leaf-only', '--no-cache', '--offline', "--ca-file=$pki/root2.pem",
    "--crl=$pki/root2.listed.crl" ], 'critical', [ 'ocsp.revoked' ]);

done_testing;

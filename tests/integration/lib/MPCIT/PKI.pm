# SPDX-License-Identifier: ISC
#
# A small PKI in a folder, made with the openssl command.
#
#	my $pki = MPCIT::PKI->new(tmpdir());
#	$pki->root('root');
#	$pki->ca('int', issuer => 'root');
#	$pki->leaf('www', issuer => 'int', san => [ 'DNS:www.lab.test' ]);
#	$pki->path('www.chain')		leaf, then intermediates
#
# Each certificate NAME is three files: NAME.key, NAME.pem (alone) and
# NAME.chain (with its intermediates, without the root).

package MPCIT::PKI;

use strict;
use warnings;

use Carp qw(croak);
use POSIX ();

use MPCIT::Server qw(write_file read_file run_tool);

use constant DAY => 86400;

my %genpkey = (
	ec      => [ '-algorithm', 'EC', '-pkeyopt',
		     'ec_paramgen_curve:P-256' ],
	rsa     => [ '-algorithm', 'RSA', '-pkeyopt',
		     'rsa_keygen_bits:2048' ],
	rsa1024 => [ '-algorithm', 'RSA', '-pkeyopt',
		     'rsa_keygen_bits:1024' ],
	ed25519 => [ '-algorithm', 'ED25519' ],
);

sub new
{
	my ($class, $dir) = @_;

	my $self = bless { dir => $dir, cert => {}, now => time }, $class;
	write_file($self->path('ca.cnf'), <<"END");
[ca]
default_ca = this
[this]
dir = $dir
database = $dir/index
new_certs_dir = $dir
rand_serial = yes
unique_subject = no
copy_extensions = none
default_md = default
policy = any
[any]
commonName = optional
END
	write_file($self->path('index'), '');
	write_file($self->path('index.attr'), "unique_subject = no\n");
	return $self;
}

sub path
{
	my ($self, $name) = @_;

	return "$self->{dir}/$name";
}

# A self-signed trust anchor.
sub root
{
	my ($self, $name, %opt) = @_;

	return $self->issue($name, issuer => $name, ca => 1, from => -3650,
	    to => 3650, %opt);
}

# An intermediate CA.
sub ca
{
	my ($self, $name, %opt) = @_;

	return $self->issue($name, ca => 1, from => -1000, to => 2000, %opt);
}

# An end entity: 90 days, of which 60 are left.
sub leaf
{
	my ($self, $name, %opt) = @_;

	return $self->issue($name, from => -30, to => 60, %opt);
}

# The certificate NAME.  Options: issuer (a name, may be its own), cn, san
# (list of TYPE:VALUE), key (a kind, see genpkey, or =NAME for the key of
# another), from, to (days from now, fractions allowed), md, ca, eku, extra
# (lines of extensions).
sub issue
{
	my ($self, $name, %opt) = @_;

	$self->_key($name, $opt{key} // 'ec');
	my $ext = $self->_extensions($name, \%opt);
	my $subject = '/CN=' . ($opt{cn} // $name);

	run_tool('openssl', 'req', '-new', '-config', '/dev/null', '-utf8',
	    '-subj', $subject, '-key', $self->path("$name.key"), '-out',
	    $self->path("$name.csr"));
	run_tool('openssl', 'ca', '-batch', '-notext', '-utf8', '-config',
	    $self->path('ca.cnf'), '-in', $self->path("$name.csr"), '-out',
	    $self->path("$name.pem"), '-extfile', $ext, '-startdate',
	    $self->_date($opt{from}), '-enddate', $self->_date($opt{to}),
	    $self->_signer($name, \%opt));
	unlink $self->path("$name.csr");
	$self->{cert}{$name} = { issuer => $opt{issuer} };
	$self->_write_chain($name);
	return $self;
}

sub _key
{
	my ($self, $name, $kind) = @_;

	my $file = $self->path("$name.key");
	if ($kind =~ /^=(.*)/) {
		write_file($file, read_file($self->path("$1.key")), 0644);
		return;
	}
	my $args = $genpkey{$kind} // croak "no key kind $kind";
	run_tool('openssl', 'genpkey', @$args, '-out', $file);
	chmod 0644, $file;	# servers read it as users of their own
	return;
}

sub _extensions
{
	my ($self, $name, $opt) = @_;

	my @lines = ('subjectKeyIdentifier = hash',
	    'authorityKeyIdentifier = keyid');
	if ($opt->{ca}) {
		push @lines, 'basicConstraints = critical,CA:TRUE',
		    'keyUsage = critical,keyCertSign,cRLSign';
	} else {
		push @lines, 'basicConstraints = critical,CA:FALSE',
		    'keyUsage = critical,digitalSignature',
		    'extendedKeyUsage = ' . ($opt->{eku} // 'serverAuth');
	}
	push @lines, 'subjectAltName = ' . join ',', @{ $opt->{san} }
	    if $opt->{san} && @{ $opt->{san} };
	push @lines, @{ $opt->{extra} // [] };
	return write_file($self->path("$name.ext"), join "\n", @lines, '');
}

sub _signer
{
	my ($self, $name, $opt) = @_;

	my $issuer = $opt->{issuer} // croak "$name: no issuer";
	my @md = $opt->{md} ? ('-md', $opt->{md}) : ();
	return (@md, '-selfsign', '-keyfile', $self->path("$name.key"))
	    if $issuer eq $name;
	return (@md, '-cert', $self->path("$issuer.pem"), '-keyfile',
	    $self->path("$issuer.key"));
}

sub _date
{
	my ($self, $days) = @_;

	return POSIX::strftime('%Y%m%d%H%M%SZ',
	    gmtime($self->{now} + int($days * DAY)));
}

sub _write_chain
{
	my ($self, $name) = @_;

	my $pem = '';
	for (my $at = $name; ; $at = $self->{cert}{$at}{issuer}) {
		my $top = $self->{cert}{$at}{issuer} eq $at;
		last if $top && $at ne $name;
		$pem .= read_file($self->path("$at.pem"));
		last if $top;
	}
	write_file($self->path("$name.chain"), $pem);
	return;
}

# NAMEs, one after the other, into FILE: chains in any order, key and
# certificate together.
sub join_files
{
	my ($self, $file, @names) = @_;

	return write_file($self->path($file),
	    join('', map { read_file($self->path($_)) } @names), 0644);
}

# What most servers are tested with: a root, an intermediate, and leaves for
# lab.test names, localhost and 127.0.0.1 that are good (60 of 90 days left),
# near (15 of 90: warning), expired (since yesterday) and rogue (good, but of
# a root that nobody trusts).
sub standard
{
	my ($class, $dir, %opt) = @_;

	my $self = $class->new($dir);
	my $key = $opt{key} // 'ec';
	my @san = map { "DNS:$_" } @{ $opt{names} // [ 'srv.lab.test' ] };
	push @san, 'DNS:localhost', 'IP:127.0.0.1';

	$self->root('root', cn => 'Lab Root', key => $key);
	$self->ca('int', cn => 'Lab Intermediate', issuer => 'root',
	    key => $key);
	$self->root('rogue-root', cn => 'Rogue Root', key => $key);
	my @common = (cn => $opt{names}[0] // 'srv.lab.test', san => \@san,
	    key => $key);
	$self->leaf('good', issuer => 'int', @common);
	$self->leaf('near', issuer => 'int', @common, from => -75, to => 15);
	$self->leaf('expired', issuer => 'int', @common, from => -91,
	    to => -1);
	$self->leaf('rogue', issuer => 'rogue-root', @common);
	$self->join_files('rogue.chain', 'rogue.pem', 'rogue-root.pem');
	return $self;
}

1;

# SPDX-License-Identifier: ISC
#
# What monitoring systems are asked to look at: for each plugin one thing that
# is OK, one WARNING, one CRITICAL and one UNKNOWN, on the loopback interface,
# with the test servers of tests/servers.
#
#	use MPCIT::Scene;
#	my @cases = MPCIT::Scene->new->cases;
#
# A case is { plugin => 'check_ocsp', name => 'ocsp-warning', state => 1,
# status => 'WARNING', options => { hostname => ..., ... }, metric =>
# 'revoked' }: what is asked for by the names of the options, so that each
# test can say it in its system's way.  Every metric of perfdata is in the
# output when there is any.

package MPCIT::Scene;

use strict;
use warnings;

use Cwd ();
use FindBin ();

use MPCIT ();

BEGIN {
	my $top = Cwd::abs_path("$FindBin::Bin/../..");
	my $plugins = Cwd::abs_path(MPCIT::plugin() =~ s{/[^/]*$}{}r) // '.';
	$ENV{TOP_SRCDIR} //= $top;
	$ENV{TOP_BUILDDIR} //= Cwd::abs_path("$plugins/..");
	$ENV{MPC_TOOLDIR} //= "$ENV{TOP_BUILDDIR}/tests/servers";
	unshift @INC, "$top/tests/lib";
}

use MPC::AutoSSL ();
use MPC::OCSP ();
use MPC::Test ();

my @words = qw(OK WARNING CRITICAL UNKNOWN);

# The tools that it takes, for need().
sub tools
{
	return map { "$ENV{MPC_TOOLDIR}/$_" }
	    qw(cpsrvd http_server mkcert tls_server);
}

# READER is the user the plugins run as, who has to read the token.
sub new
{
	my ($class, $reader) = @_;

	my $self = bless { reader => $reader }, $class;
	chmod 0755, MPC::Test::scratch();	# the plugins are another's
	$self->_expiry;
	$self->_ocsp;
	$self->_autossl;
	return $self;
}

sub cases
{
	my ($self) = @_;

	return @{ $self->{cases} };
}

# A file of targets of which each has a line in the output: as much as a plugin
# ever prints, with metrics of as many as there is room for by --perfdata=all.
sub crowd
{
	my ($self) = @_;

	my $pki = $self->{pki};
	return $self->{crowd} //= MPCIT::write_file("$pki/crowd",
	    join '', map { sprintf "%s label=%s-%d\n", "$pki/near.pem",
	    'a-target-with-quite-a-long-name', $_ } 1 .. 3000);
}

sub ca_file { return "$_[0]{pki}/root.pem" }
sub host { return $_[0]{cpanel} }

sub _add
{
	my ($self, $plugin, $metric, $state, %options) = @_;

	push @{ $self->{cases} }, {
	    plugin => $plugin, state => $state, status => $words[$state],
	    metric => $metric, options => \%options,
	    name => ($plugin =~ s/^check_//r) . '-' . lc $words[$state],
	};
	return;
}

sub _expiry
{
	my ($self) = @_;

	my $pki = $self->{pki} = MPC::Test::pki(<<'.');
root cn=Scene%20Root ca=yes
good issuer=root san=dns:www.scene.test nb=-2d na=+88d
near issuer=root san=dns:www.scene.test nb=-75d na=+15d
expired issuer=root san=dns:www.scene.test nb=-92d na=-2d
.
	my @servers = MPC::Test::servers(map {
	    "--cert $pki/$_.pem --key $pki/$_.key" } qw(good near expired));
	$self->{port} = $servers[0]->port;
	my @name = (hostname => 'www.scene.test', address => '127.0.0.1',
	    'ca-file' => "$pki/root.pem");
	$self->_add('check_cert_expiry', 'days', $_, @name,
	    port => $servers[$_]->port) for 0 .. 2;
	$self->_add('check_cert_expiry', undef, 3,
	    file => "$pki/missing.pem");
	return;
}

sub _ocsp
{
	my ($self) = @_;

	my $site = MPC::OCSP::site();
	my @urls = map { $site->url("/$_") } qw(good bad silent);
	my $pki = MPC::Test::pki(<<".");
root cn=Scene%20Root ca=yes
good issuer=root aia-ocsp=$urls[0]
bad issuer=root aia-ocsp=$urls[1]
silent issuer=root aia-ocsp=$urls[2]
\@ocsp file=good.ors of=good issuer=root
\@ocsp file=bad.ors of=bad issuer=root status=revoked
.
	$site->rules("/good* file=$pki/good.ors", "/bad* file=$pki/bad.ors",
	    '/silent* status=500');
	my @common = ('ca-file' => "$pki/root.pem", 'no-cache' => 1);
	$self->_add('check_ocsp', 'revoked', 0, @common,
	    file => "$pki/good.pem");
	$self->_add('check_ocsp', 'revoked', 1, @common,
	    file => "$pki/good.pem", warning => '99d');
	$self->_add('check_ocsp', 'revoked', 2, @common,
	    file => "$pki/bad.pem");
	$self->_add('check_ocsp', undef, 3, @common,
	    file => "$pki/silent.pem");
	return;
}

sub _autossl
{
	my ($self) = @_;

	my @stories = ([ 'fine' ], [ 'fine', warning => '4000d' ],
	    [ 'january-2024' ]);
	for my $state (0 .. 2) {
		my ($story, @more) = @{ $stories[$state] };
		my $server = MPC::AutoSSL::cpanel($story);
		$self->{cpanel} //= $server;
		$self->_add('check_autossl_queue', 'expired', $state,
		    $self->_asked($server, 'root'), @more);
	}
	$self->_add('check_autossl_queue', undef, 3,
	    $self->_asked($self->{cpanel}, 'wrong'));
	return;
}

# The options that ask a server's API, with root's token or a wrong one.
sub _asked
{
	my ($self, $server, $who) = @_;

	my $file = $server->token_file($who eq 'root' ?
	    $server->token_of('root') : 'WRONG');
	chown((getpwnam $self->{reader})[2, 3], $file)
	    if defined $self->{reader} && $> == 0;
	return (whm => 'localhost:' . $server->whm_port,
	    'token-file' => $file, 'ca-file' => $server->ca_file,
	    at => '2026-11-20T12:00:00Z', 'no-cache' => 1);
}

1;

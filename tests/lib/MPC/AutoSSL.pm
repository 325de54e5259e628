# SPDX-License-Identifier: ISC
#
# For the tests of check_autossl_queue: a server that speaks cPanel's APIs
# (tests/servers/README.md, cpsrvd), and the plugin asked to look at it in all
# its ways.
#
#	use MPC::Test;
#	use MPC::AutoSSL;
#	my $server = cpanel('january-2024');		# tests/autossl
#	verdict('the host', [ $server->host ], 'critical',
#	    ['autossl.expired']);
#	verdict('the account', [ $server->account('alice') ], ...);
#	verdict('on the server', [ $server->local ], ...);
#	verdict('there, one account', [ $server->local('alice') ], ...);
#	no_forbidden($server);
#
#	my $slow = cpanel('fine', { faults => [ { function =>
#	    'get_autossl_providers', delay => 5000 } ] });
package MPC::AutoSSL;

use strict;
use warnings;

use Exporter qw(import);
use JSON::PP ();
use POSIX ();
use Time::HiRes qw(sleep);

use MPC::Test;

our @EXPORT = qw(cpanel scenario scenarios samples no_forbidden now);

$MPC::Test::Subject = 'check_autossl_queue';

use constant {
	now => 1795176000,
	ROOT_TOKEN => 'WHMROOTTOKEN0123456789ABCDEFGHIJ',
	ACCOUNT_TOKEN => 'CPANELTOKEN-',
};

my $count = 0;
my $tools = $ENV{MPC_TOOLDIR} //
    ($ENV{TOP_BUILDDIR} // top()) . '/tests/servers';
my $json = JSON::PP->new->utf8->canonical->pretty;

# Children are stopped by pid when the test ends, however it ends.
my @children;
my $owner = $$;

END {
	my $status = $?;
	if ($$ == $owner) {
		kill 'TERM', $_ for @children;
		waitpid $_, 0 for @children;
	}
	$? = $status;
}

# --- scenarios ---------------------------------------------------------------

# The names of all in tests/autossl.
sub scenarios {
	my @names = map { m{([^/]+)\.json$} } files_below(top() .
	    '/tests/autossl', qr/\.json$/);
	return @names;
}

sub scenario {
	my ($name) = @_;
	return $json->decode(read_file(top() . "/tests/autossl/$name.json"));
}

# The folder of the documents; undef where there is none.
sub samples {
	my $dir = $ENV{MPC_AUTOSSL_SAMPLES} // (defined $ENV{MPC_CORPORA} ?
	    "$ENV{MPC_CORPORA}/../autossl-samples" :
	    top() . '/../shared/autossl-samples');
	return -d $dir ? $dir : undef;
}

# --- a server ----------------------------------------------------------------

my $pki;
sub certificates {
	$pki //= pki(<<'.');
root ca=yes cn=cpsrvd%20Test%20CA
server issuer=root cn=localhost san=dns:localhost,ip:127.0.0.1 na=+3650d nb=-3650d
other issuer=root cn=other.test san=dns:other.test na=+3650d nb=-3650d
self cn=localhost san=dns:localhost,ip:127.0.0.1 na=+3650d nb=-3650d
past issuer=root cn=localhost san=dns:localhost na=-1d nb=-3650d
.
	return $pki;
}

# A scenario's name, or a scenario; what its members are instead; and how it
# is served: { plain => 1, cert => 'other' } (or 'self', 'past').
sub cpanel {
	my ($scene, $changes, $options) = @_;
	$scene = scenario($scene) if !ref $scene;
	$scene = { %$scene, %{ $changes // {} } };
	$options //= {};
	my $dir = scratch() . '/cpsrvd' . ++$count;
	my $self = bless { dir => $dir, at => 0, plain => $options->{plain},
	    count => 0 }, 'MPC::AutoSSL::Server';
	$self->{scene} = write_file("$dir/scenario.json",
	    $json->encode($scene));
	$self->{log} = write_file("$dir/log", '');
	mkdir "$dir/cache", 0700;
	my @tls = $options->{plain} ? () : map { certificates() . '/' .
	    ($options->{cert} // 'server') . $_ } '.pem', '.key';
	($self->{whm_port}, $self->{cpanel_port}) = spawn(
	    '--scenario', $self->{scene}, '--log', $self->{log},
	    @tls ? ('--cert', $tls[0], '--key', $tls[1]) : ());
	return $self;
}

# Starts it; its two ports.
sub spawn {
	my (@args) = @_;
	pipe(my $ready, my $stdout) or die "pipe: $!\n";
	my $pid = fork() // die "fork: $!\n";
	if ($pid == 0) {
		open STDIN, '<', '/dev/null';
		open STDOUT, '>&', $stdout;
		$ENV{CPSRVD_SAMPLES} = samples() if defined samples();
		exec "$tools/cpsrvd", @args, '--ignore-stdin'
		    or POSIX::_exit(127);
	}
	close $stdout;
	push @children, $pid;
	my ($word, @ports) = split ' ', <$ready> // '';
	die "cpsrvd does not start\n" if ($word // '') ne 'ready';
	return @ports;
}

# No call was made that changes something or tells a key.
sub no_forbidden {
	my ($server, $title) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return is(join(' ', $server->forbidden), '',
	    $title // 'only calls that change nothing');
}

package MPC::AutoSSL::Server;

use MPC::Test ();

sub whm_port { return $_[0]{whm_port} }
sub cpanel_port { return $_[0]{cpanel_port} }
sub cache { return "$_[0]{dir}/cache" }
sub certificate { return MPC::AutoSSL::certificates() . "/$_[1].pem" }
sub ca_file { return MPC::AutoSSL::certificates() . '/root.pem' }
sub token_of {
	my ($self, $user) = @_;
	return $user eq 'root' ? MPC::AutoSSL::ROOT_TOKEN
	    : MPC::AutoSSL::ACCOUNT_TOKEN . $user;
}

# Another scenario from now on: its members instead of what is there.
sub change {
	my ($self, $changes) = @_;
	my $scene = $json->decode(MPC::Test::read_file($self->{scene}));
	my $new = "$self->{scene}.new";
	MPC::Test::write_file($new, $json->encode({ %$scene, %$changes }));
	rename $new, $self->{scene} or die "$new: $!\n";
	return $self;
}

# A file with a token that nobody else can read.
sub token_file {
	my ($self, $token) = @_;
	my $path = "$self->{dir}/token" . ++$self->{count};
	my $mask = umask 0077;
	MPC::Test::write_file($path, "$token\n");
	umask $mask;
	return $path;
}

sub common_args {
	my ($self) = @_;
	my $scene = $json->decode(MPC::Test::read_file($self->{scene}));
	return ('--at', $scene->{now} // '2026-11-20T12:00:00Z',
	    '--cache-dir', $self->cache);
}

# Arguments of the plugin.  The host, with root's token or that of a
# reseller: host(user => 'r', token => '...').
sub host {
	my ($self, %who) = @_;
	my $user = $who{user} // 'root';
	return ('--whm', "localhost:$self->{whm_port}", '-u', $user,
	    '--token-file', $self->token_file($who{token} //
	    $self->token_of($user)), '--ca-file', $self->ca_file,
	    $self->common_args);
}

sub account {
	my ($self, $user, %who) = @_;
	return ('--cpanel', "localhost:$self->{cpanel_port}", '-u', $user,
	    '--token-file', $self->token_file($who{token} //
	    $self->token_of($user)), '--ca-file', $self->ca_file,
	    $self->common_args);
}

# On the server; the host, or an account.
sub local {
	my ($self, $user) = @_;
	return ('--local', '--local-bin', $self->bin,
	    defined $user ? ('-u', $user) : (), $self->common_args);
}

# A folder with whmapi1 and uapi that answer from the scenario.
sub bin {
	my ($self) = @_;
	my $dir = "$self->{dir}/bin";
	return $dir if -d $dir;
	my $samples = MPC::AutoSSL::samples() // '.';
	for my $name (qw(whmapi1 uapi)) {
		MPC::Test::write_file("$dir/$name", <<".");
#!/bin/sh
CPSRVD_SCENARIO='$self->{scene}' CPSRVD_LOG='$self->{log}' \\
CPSRVD_SAMPLES='$samples' exec '$tools/cpsrvd' --cli $name "\$@"
.
		chmod 0755, "$dir/$name" or die "$dir/$name: $!\n";
	}
	return $dir;
}

# --- what it was asked -------------------------------------------------------

# Calls since the start or the last forget(), each as a hash: port, door,
# conn, method, path, function, auth, status, octets, query.
sub calls {
	my ($self) = @_;
	my @calls;
	for my $line ($self->lines) {
		next if $line =~ /^FORBIDDEN /;
		my ($head, $query) = $line =~ /^(.*?) query=(.*)$/ or next;
		push @calls, { (map { split /=/, $_, 2 } split / /, $head),
		    query => $query };
	}
	return @calls;
}

sub functions {
	my ($self) = @_;
	return map { $_->{function} } $self->calls;
}

sub forbidden {
	my ($self) = @_;
	return map { /^FORBIDDEN (.*)/ ? $1 : () } $self->lines;
}

sub lines {
	my ($self) = @_;
	return split /\n/, substr MPC::Test::read_file($self->{log}),
	    $self->{at};
}

sub forget {
	my ($self) = @_;
	$self->{at} = -s $self->{log};
	return $self;
}

1;

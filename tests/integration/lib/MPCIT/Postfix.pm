# SPDX-License-Identifier: ISC
#
# Postfix with a list of SMTP services, each on a port of its own.
#
#	MPCIT::Postfix->start($pki,
#	    { port => $port, cert => 'good', with => [ 'smtpd_...=...' ] }, ...);
#
# Needs root: its master gives its children other users.

package MPCIT::Postfix;

use strict;
use warnings;

use MPCIT::Server qw(tmpdir write_file run_tool);

use constant PROGRAM => '/usr/sbin/postfix';

sub start
{
	my ($class, $pki, @services) = @_;

	my $dir = tmpdir();
	mkdir "$dir/$_" for qw(etc spool data);
	chown((getpwnam 'postfix')[2, 3], "$dir/data");
	write_file("$dir/etc/main.cf", <<"END");
compatibility_level = 3.6
queue_directory = $dir/spool
data_directory = $dir/data
maillog_file = $dir/log
maillog_file_prefixes = $dir
myhostname = mx.lab.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mydestination =
alias_maps =
local_recipient_maps =
smtpd_relay_restrictions = reject
smtpd_tls_security_level = may
smtpd_peername_lookup = no
END
	write_file("$dir/etc/master.cf", join '',
	    (map { _service($pki, $_) } @services), <<'END');
anvil unix - - n - 1 anvil
rewrite unix - - n - - trivial-rewrite
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
END
	# "postfix start-fg" would put a shell between us and the master
	run_tool(PROGRAM, '-c', "$dir/etc", 'check');
	my $daemons = run_tool('postconf', '-c', "$dir/etc", '-h',
	    'daemon_directory');
	chomp $daemons;
	return MPCIT::Server->start(name => 'postfix', log => "$dir/log",
	    cmd => [ "$daemons/master", '-d', '-c', "$dir/etc" ],
	    ports => [ map { $_->{port} } @services ]);
}

sub _service
{
	my ($pki, $service) = @_;

	my @options = @{ $service->{with} // [] };
	my $cert = $service->{cert};
	if ($cert) {
		my $chain = $pki->path($service->{chain} // "$cert.chain");
		push @options, 'smtpd_tls_chain_files=' .
		    $pki->path("$cert.key") . ",$chain";
	}
	return join ' ', "127.0.0.1:$service->{port} inet n - n - - smtpd",
	    (map { "-o $_" } @options), "\n";
}

1;

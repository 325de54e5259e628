#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Dovecot: IMAP, POP3, ManageSieve and LMTP with STARTTLS, imaps and pop3s.

use strict;
use warnings;

use MPCIT;

use constant PROGRAM => '/usr/sbin/dovecot';

need PROGRAM, map { "/usr/lib/dovecot/$_" } qw(imap-login pop3-login
    managesieve-login lmtp);
skip_rest('dovecot runs as root only') if $> != 0;

my $pki = MPCIT::PKI->standard(tmpdir());
my $root = $pki->path('root.pem');

# One dovecot per certificate: { imap => port, ... }.
sub dovecot
{
	my ($kind, $ssl) = @_;

	my $dir = tmpdir();
	my %port = map { $_ => free_port() } qw(imap imaps pop3 pop3s sieve
	    lmtp);
	my @listening = grep { $ssl eq 'yes' || !/s$/ } keys %port;
	my $cert = $pki->path("$kind.chain");
	my $key = $pki->path("$kind.key");
	my $conf = write_file("$dir/dovecot.conf", <<"END");
base_dir = $dir/run
state_dir = $dir/state
log_path = $dir/log
listen = 127.0.0.1
protocols = imap pop3 lmtp sieve
ssl = $ssl
ssl_cert = <$cert
ssl_key = <$key
mail_location = maildir:$dir/mail
passdb {
	driver = static
	args = nopassword=y
}
userdb {
	driver = static
	args = uid=nobody gid=nogroup home=$dir/mail
}
service imap-login {
	inet_listener imap {
		port = $port{imap}
	}
	inet_listener imaps {
		port = $port{imaps}
		ssl = yes
	}
}
service pop3-login {
	inet_listener pop3 {
		port = $port{pop3}
	}
	inet_listener pop3s {
		port = $port{pop3s}
		ssl = yes
	}
}
service managesieve-login {
	inet_listener sieve {
		port = $port{sieve}
	}
}
service lmtp {
	inet_listener lmtp {
		port = $port{lmtp}
	}
}
END
	my $server = MPCIT::Server->start(name => 'dovecot',
	    log => "$dir/log", cmd => [ PROGRAM, '-F', '-c', $conf ],
	    ports => [ @port{@listening} ]);
	return { %port, server => $server };
}

my %kind = map { $_ => dovecot($_, 'yes') } qw(good near expired rogue);

for my $proto (qw(imap pop3 sieve lmtp)) {
	verdict_kinds "dovecot, $proto", pki => $pki, starttls => $proto,
	    port => sub { $kind{$_[0]}{$proto} };
}
for my $proto (qw(imaps pop3s)) {
	verdict_kinds "dovecot, $proto", pki => $pki,
	    port => sub { $kind{$_[0]}{$proto} };
}
for my $proto (qw(imap imaps pop3 pop3s sieve lmtp)) {
	verdict "dovecot, $proto URL",
	    [ "$proto://localhost:$kind{good}{$proto}", '--ca-file', $root ],
	    'ok';
}
verdict 'dovecot, POP3 asked for where it speaks IMAP',
    args_for('srv.lab.test', $kind{good}{imap}, $root, '--starttls=pop3'),
    'critical', 'starttls.refused';

$_->{server}->stop for values %kind;
my $off = dovecot('good', 'no');
for my $proto (qw(imap pop3 sieve lmtp)) {
	verdict "dovecot without TLS, $proto", args_for('srv.lab.test',
	    $off->{$proto}, $root, "--starttls=$proto"), 'critical',
	    'starttls.refused';
}

done_testing;

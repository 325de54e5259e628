#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Postfix: SMTP and submission with STARTTLS, smtps, and STARTTLS that is not
# offered.

use strict;
use warnings;

use MPCIT;
use MPCIT::Postfix;

need MPCIT::Postfix::PROGRAM;
skip_rest('postfix runs as root only') if $> != 0;

my $pki = MPCIT::PKI->standard(tmpdir());
my $root = $pki->path('root.pem');
my @kinds = qw(good near expired rogue);
my %smtp = map { $_ => free_port() } @kinds, 'none';
my %submission = map { $_ => free_port() } @kinds;
my %smtps = map { $_ => free_port() } @kinds, 'client';

MPCIT::Postfix->start($pki,
    { port => $smtp{none}, with => [ 'smtpd_tls_security_level=none' ] },
    { port => $smtps{client}, cert => 'good', with => [
    'smtpd_tls_wrappermode=yes', 'smtpd_tls_req_ccert=yes',
    'smtpd_tls_security_level=encrypt', "smtpd_tls_CAfile=$root" ] },
    map { (
    { port => $smtp{$_}, cert => $_ },
    { port => $submission{$_}, cert => $_,
    with => [ 'smtpd_tls_security_level=encrypt' ] },
    { port => $smtps{$_}, cert => $_, with => [
    'smtpd_tls_wrappermode=yes', 'smtpd_tls_security_level=encrypt' ] },
    ) } @kinds);

verdict_kinds 'postfix, smtp', pki => $pki, starttls => 'smtp',
    port => sub { $smtp{$_[0]} };
verdict_kinds 'postfix, submission', pki => $pki, starttls => 'submission',
    openssl => 'smtp', port => sub { $submission{$_[0]} };
verdict_kinds 'postfix, smtps', pki => $pki, port => sub { $smtps{$_[0]} };

my %url = (smtp => $smtp{good}, submission => $submission{good},
    smtps => $smtps{good});
for my $scheme (sort keys %url) {
	verdict "postfix, $scheme URL", [ "$scheme://localhost:$url{$scheme}",
	    '--ca-file', $root ], 'ok';
}

verdict 'postfix without STARTTLS', args_for('srv.lab.test', $smtp{none},
    $root, '--starttls=smtp'), 'critical', 'starttls.refused';
verdict 'postfix, LMTP asked for where it speaks SMTP',
    args_for('srv.lab.test', $smtp{good}, $root, '--starttls=lmtp'),
    'critical', 'starttls.refused';
verdict 'postfix, TLS at once where it speaks plain text',
    args_for('srv.lab.test', $smtp{good}, $root), 'critical',
    'tls.plaintext';

done_testing;

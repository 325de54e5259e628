# SPDX-License-Identifier: ISC
#
# Answers that are half there: what cannot be judged is never OK, and the
# rest is judged all the same.
use strict;
use warnings;
use utf8;
use FindBin;
use lib "$FindBin::Bin/../lib";

use Encode qw(encode);
use JSON::PP ();

use MPC::Test;
use MPC::AutoSSL;

use constant DAY => 86400;

my $json = JSON::PP->new->utf8->canonical;
my $server = cpanel('fine', { functions => {
    remove => [ 'SSL::get_autossl_renewal_status' ] } });

sub whm {
	my ($data, %metadata) = @_;
	return $json->encode({ data => $data, metadata => { result => 1,
	    reason => 'OK', version => 1, command => 'x', %metadata } });
}

sub uapi {
	my ($data, %more) = @_;
	return $json->encode({ data => $data, status => 1, errors => undef,
	    messages => undef, warnings => undef, metadata => {}, %more });
}

# A certificate that ends in so many days.
sub cert {
	my ($left, %more) = @_;
	return { 'issuer.organizationName' => "Let's Encrypt",
	    'issuer.commonName' => 'R12', is_self_signed => 0,
	    not_after => now + $left * DAY, not_before => now +
	    ($left - 90) * DAY, %more };
}

sub vhost {
	my ($name, $cert, %more) = @_;
	return { user => 'alice', servername => $name, domains => [ $name,
	    "www.$name" ], crt => $cert, %more };
}

sub installed {
	my ($name, $cert, %more) = @_;
	return { servername => $name, domains => [ $name ], certificate =>
	    { is_autossl => 1, auto_ssl_provider => 'LetsEncrypt', %$cert },
	    %more };
}

# The host answers with these rows, and other functions as they are told.
sub host {
	my ($rows, @faults) = @_;
	$server->change({ faults => [ { function => 'fetch_ssl_vhosts',
	    body => whm({ vhosts => $rows }) }, @faults ] });
	return $server->host;
}

sub account {
	my ($rows, @faults) = @_;
	$server->change({ faults => [ { function => 'SSL::installed_hosts',
	    body => ref $rows ? uapi($rows) : $rows }, @faults ] });
	return $server->account('alice');
}

# What is said of an answer: state, findings that are not OK, words of all.
sub says {
	my ($title, $args, $state, $ids, $words) = @_;
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	return verdict(encode('UTF-8', $title), $args, $state, $ids,
	    defined $words ? { like => $words } : ());
}

my $good = vhost('good.example', cert(60));

# --- rows of the core call ---------------------------------------------------

my @unnamed = ('api.answer');
for my $row (undef, 'text', 7, [], {}, { user => 'alice', crt => cert(-1) },
    { user => 'alice', server_name => 'x.example', crt => cert(-1) }) {
	my $title = 'a row ' . $json->allow_nonref->encode($row);
	says($title, [ host([ $good, $row ]) ], 'unknown', \@unnamed,
	    qr/1 website cannot be judged: the server lists 1 without a name/);
	says("$title, beside one that has expired", [ host([ $row,
	    vhost('old.example', cert(-1)) ]) ], 'critical',
	    [ 'api.answer', 'autossl.expired' ]);
}
{
	my $bare = vhost('bare.example');
	delete $bare->{crt};
	says('a row without its certificate', [ host([ $good, $bare ]) ],
	    'unknown', \@unnamed, qr/the server lists 1 without the cert/);
	says('no row with one', [ host([ $bare, $bare ]) ], 'unknown',
	    \@unnamed, qr/2 websites cannot be judged/);
	says('a website that has none', [ host([ $good, vhost('a.example') ])
	    ], 'ok', []);
	says('no website that has one', [ host([ vhost('a.example'),
	    vhost('b.example') ]) ], 'unknown', [ 'api.empty' ]);
	says('the same of an account', [ account([ { servername =>
	    'a.example' }, installed('b.example', cert(60)) ]) ], 'unknown',
	    \@unnamed);
}
for my $issuer ({ 'issuer.organizationName' => '',
	'issuer.commonName' => '' }, { 'issuer.organizationName' => undef,
	'issuer.commonName' => undef }) {
	says('a certificate of nobody', [ host([ $good, vhost('a.example',
	    cert(1, %$issuer)) ]) ], 'unknown', \@unnamed,
	    qr/1 with a certificate without an issuer/);
	says('whose flag says what it is', [ account([ installed('a.example',
	    cert(1, %$issuer)) ]) ], 'critical', [ 'autossl.overdue' ]);
	my $row = installed('a.example', cert(1, %$issuer));
	delete $row->{certificate}{is_autossl};
	says('whose flag is gone, too', [ account([ $row ]) ], 'unknown',
	    \@unnamed);
}
for my $end (undef, '', 'Nov 25 12:00:00 2026 GMT', '11/25/26',
    (now + 5 * DAY) * 1000, JSON::PP::true, [ now ]) {
	my $title = 'an end ' . $json->encode([ $end ]);
	says($title, [ host([ $good, vhost('a.example', cert(5,
	    not_after => $end)) ]) ], 'unknown', \@unnamed,
	    qr/1 with a certificate without an end that can be read/);
	says("$title, beside one that has expired", [ host([
	    vhost('a.example', cert(5, not_after => $end)),
	    vhost('old.example', cert(-1)) ]) ], 'critical',
	    [ 'api.answer', 'autossl.expired' ]);
}
# Nobody waits for the end of somebody else's.
says('an end of another certificate', [ host([ $good, vhost('a.example',
    cert(5, not_after => undef, 'issuer.organizationName' => 'DigiCert')) ])
    ], 'ok', []);
# Whatever its beginning is said to be, it ends in two days.
for my $begin (undef, '', 0, now + 2 * DAY, now + 3 * DAY, now + 1.5 * DAY,
    'yesterday', now * 1000) {
	says('a beginning ' . $json->encode([ $begin ]), [ host([
	    vhost('a.example', cert(2, not_before => $begin)) ]) ],
	    'critical', [ 'autossl.overdue' ]);
}
# A website of nobody: with --account nobody knows whether it counts.
{
	my $row = vhost('a.example', cert(-1), user => undef);
	says('a row without an account', [ host([ $row, $good ]) ],
	    'critical', [ 'api.answer', 'autossl.expired' ]);
	says('a row without an account, and --account', [ host([ $row, $good ]),
	    '--account=alice' ], 'unknown', \@unnamed);
}

no_forbidden($server);
done_testing;

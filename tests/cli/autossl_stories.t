# SPDX-License-Identifier: ISC
#
# The stories of tests/autossl, told by the host, by its accounts and on the
# server: what each scenario expects.  "expect" has for "host", for each
# account and for tokens of its own the state, the findings that are not OK
# and perhaps words that are said; "local/USER" is what differs on the server.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";

use MPC::Test;
use MPC::AutoSSL;

# [ title, arguments ] of all the ways to ask.
sub ways {
	my ($server, $scene, $who) = @_;
	# Once is enough for a big one.
	return ([ 'the host', $server->host ], $scene->{generate} ? ()
	    : [ 'the host, on the server', $server->local ])
	    if $who eq 'host';
	my ($token) = grep { $_->{user} eq $who } @{ $scene->{tokens} // [] };
	return [ "the token of $who", $server->host(user => $who,
	    token => $token->{token}) ] if defined $token;
	return ([ "account $who", $server->account($who) ],
	    [ "account $who, on the server", $server->local($who) ]);
}

for my $name (scenarios()) {
	my $scene = scenario($name);
	my $expect = $scene->{expect};
	my $server = cpanel($name);
	for my $who (grep { !m{/} } sort keys %$expect) {
		for my $way (ways($server, $scene, $who)) {
			my ($title, @args) = @$way;
			my $wanted = $expect->{$who};
			$wanted = $expect->{"local/$who"} // $wanted
			    if $title =~ /on the server/;
			my ($state, $ids, $text) = @$wanted;
			# As JSON, 50,000 are too much for this test.
			if ($scene->{generate}) {
				my $run = check(@args, '-t', '60s');
				state_is($run, $state, "$name: $title");
				like($run->{out}, qr/\Q$text\E/,
				    "$name: $title: text") if defined $text;
				next;
			}
			my $run = verdict("$name: $title", \@args, $state,
			    $ids, defined $text ? { like => qr/\Q$text\E/ }
			    : {});
			unlike($run->{out} . $run->{nagios}{out}, qr/TOKEN/,
			    "$name: $title: no token is told");
		}
	}
	no_forbidden($server, "$name: only calls that change nothing");
	my @bad = grep { $_->{auth} eq 'bad' } $server->calls;
	ok(@bad <= 4, "$name: refused credentials are not tried again")
	    or diag(scalar @bad);
}

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# Names (RFC 9525): subject alternative names only, wildcards in the left-most
# label alone, addresses by value, IDN in either form; --san and --san-exact.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;

# SAN of the certificate, name expected, matches or not
my @rows = (
	[ 'dns:www.lab.test', 'www.lab.test', 1 ],
	[ 'dns:WWW.Lab.Test', 'www.lab.test', 1 ],
	[ 'dns:www.lab.test', 'WWW.LAB.TEST', 1 ],
	[ 'dns:www.lab.test', 'www.lab.test.', 1 ],
	[ 'dns:www.lab.test', 'wwwxlab.test', 0 ],
	[ 'dns:www.lab.test', 'xwww.lab.test', 0 ],
	[ 'dns:www.lab.test', 'lab.test', 0 ],
	[ 'dns:www.lab.test', 'www.lab.test.evil.test', 0 ],
	[ 'dns:*.lab.test', 'www.lab.test', 1 ],
	[ 'dns:*.LAB.test', 'www.lab.test', 1 ],
	[ 'dns:*.lab.test', 'lab.test', 0 ],
	[ 'dns:*.lab.test', 'a.b.lab.test', 0 ],
	[ 'dns:*.lab.test', '.lab.test', 0 ],
	[ 'dns:*.b.lab.test', 'a.b.lab.test', 1 ],
	[ 'dns:w*.lab.test', 'www.lab.test', 0 ],
	[ 'dns:*w.lab.test', 'www.lab.test', 0 ],
	[ 'dns:www.*.test', 'www.lab.test', 0 ],
	[ 'dns:*.*.test', 'www.lab.test', 0 ],
	[ 'dns:*', 'lab.test', 0 ],
	[ 'dns:*', 'localhost', 0 ],
	[ 'dns:.*', 'lab.test', 0 ],
	[ 'dns:', 'lab.test', 0 ],
	[ 'dns:localhost', 'localhost', 1 ],
	[ 'dns:good.test%00.evil.test', 'good.test', 0 ],
	[ 'dns:good.test%20', 'good.test', 0 ],
	[ 'dns:xn--mnchen-3ya.test', "m\xc3\xbcnchen.test", 1 ],
	[ 'dns:xn--mnchen-3ya.test', 'xn--mnchen-3ya.test', 1 ],
	[ 'dns:xn--mnchen-3ya.test', "M\xc3\x9cNCHEN.test", 1 ],
	[ 'dns:*.xn--mnchen-3ya.test', "www.m\xc3\xbcnchen.test", 1 ],
	[ 'dns:xn--*.test', 'xn--mnchen-3ya.test', 0 ],
	[ 'ip:192.0.2.1', '192.0.2.1', 1 ],
	[ 'ip:192.0.2.1', '192.0.2.2', 0 ],
	[ 'dns:192.0.2.1', '192.0.2.1', 0 ],
	[ 'dns:*.0.2.1', '192.0.2.1', 0 ],
	[ 'ip:2001:db8::1', '2001:db8::1', 1 ],
	[ 'ip:2001:db8::1', '2001:0db8:0:0:0:0:0:1', 1 ],
	[ 'ip:2001:db8::1', '2001:DB8::1', 1 ],
	[ 'ip:2001:db8::1', '2001:db8::2', 0 ],
	[ 'ip:xc0000201ffffffff', '192.0.2.1', 0 ],
	[ 'ip:xc00002', '192.0.2.1', 0 ],
	[ 'ip:xc0000201', '192.0.2.1', 1 ],
	[ 'email:www.lab.test', 'www.lab.test', 0 ],
	[ 'uri:https://www.lab.test/', 'www.lab.test', 0 ],
	[ 'dirname:www.lab.test', 'www.lab.test', 0 ],
	[ 'dns:a.test,dns:www.lab.test', 'www.lab.test', 1 ],
);

my $spec = '';
for my $i (0 .. $#rows) {
	$spec .= "n$i san=$rows[$i][0] cn=other.test\n";
}
my $pki = pki($spec . <<'.');
cnonly cn=www.lab.test
cnother cn=www.lab.test san=dns:other.test
cnregex cn=.* san=dns:other.test
cnip cn=192.0.2.1
many san-count=10000 key=@cnonly
set san=dns:a.test,dns:b.test,dns:*.c.test,ip:192.0.2.7
root ca=yes
idn san=dns:xn--mnchen-3ya.test issuer=root
.

for my $i (0 .. $#rows) {
	my ($san, $name, $match) = @{$rows[$i]};
	my $run = check_json('-f', "$pki/n$i.pem", '--no-trust',
	    "--name=$name");
	has_finding($run, 'cert.name', undef, $match ? 'ok' : 'critical',
	    "$name " . ($match ? 'is' : 'is not') . " covered by $san");
	is($run->{exit}, $match ? 0 : 2, "$name, $san: exit code");
}

my @file = ('--no-trust', '-f');
verdict('the common name does not count: alone',
    [ @file, "$pki/cnonly.pem", '--name=www.lab.test' ], 'critical',
    [ 'cert.name' ], { like => qr/common name does not count/ });
verdict('nor beside other names',
    [ @file, "$pki/cnother.pem", '--name=www.lab.test' ], 'critical',
    [ 'cert.name' ]);
verdict('nor is it a pattern',
    [ @file, "$pki/cnregex.pem", '--name=www.lab.test' ], 'critical',
    [ 'cert.name' ]);
verdict('nor for addresses', [ @file, "$pki/cnip.pem", '--name=192.0.2.1' ],
    'critical', [ 'cert.name' ]);
verdict('no name expected, none judged', [ @file, "$pki/cnonly.pem" ], 'ok',
    []);

subtest '10,000 names' => sub {
	verdict('the last one', [ @file, "$pki/many.pem",
	    '--name=h10000.many.test' ], 'ok', []);
	my $run = verdict('one too many', [ @file, "$pki/many.pem",
	    '--name=h10001.many.test' ], 'critical', [ 'cert.name' ],
	    { like => qr/and 9997 more/ });
	cmp_ok(length line1($run->{nagios}), '<', 400,
	    'the text does not list them all');
};

subtest 'several --name' => sub {
	my @set = (@file, "$pki/set.pem");
	verdict('all covered', [ @set, '--name=a.test', '--name=b.test',
	    '--name=x.c.test', '--name=192.0.2.7' ], 'ok', []);
	my $run = verdict('one is not', [ @set, '--name=a.test',
	    '--name=d.test' ], 'critical', [ 'cert.name' ],
	    { like => qr/d\.test/ });
	has_finding($run, 'cert.name', 'leaf', 'ok', 'and one is');
};

subtest '--san and --san-exact' => sub {
	my @set = (@file, "$pki/set.pem");
	verdict('covered, one by a wildcard', [ @set, '--san=a.test',
	    '--san=x.c.test' ], 'ok', []);
	verdict('missing ones are named', [ @set, '--san=a.test',
	    '--san=d.test', '--san=e.test' ], 'critical', [ 'cert.san' ],
	    { like => qr/d\.test.*e\.test/ });
	verdict('exact', [ @set, '--san-exact', '--san=a.test',
	    '--san=b.test', '--san=*.c.test', '--san=192.0.2.7' ], 'ok', []);
	verdict('an unexpected one', [ @set, '--san-exact', '--san=a.test',
	    '--san=b.test', '--san=192.0.2.7' ], 'warning',
	    [ 'cert.san_extra' ], { like => qr/\*\.c\.test/ });
	verdict('one missing, one unexpected', [ @set, '--san-exact',
	    '--san=a.test', '--san=z.test', '--san=*.c.test',
	    '--san=192.0.2.7' ], 'critical', [ 'cert.san', 'cert.san_extra' ]);
	verdict('--name is expected, too', [ @set, '--san-exact',
	    '--name=a.test', '--san=b.test', '--san=*.c.test',
	    '--san=192.0.2.7' ], 'ok', []);
};

subtest 'IDN on the wire' => sub {
	my $server = server("--cert $pki/idn.pem --key $pki/idn.key");
	my $name = "m\xc3\xbcnchen.test";
	for my $host ($name, 'xn--mnchen-3ya.test') {
		my $run = verdict("IDN: $host", [ '-H', $host, '-I',
		    '127.0.0.1', '-p', $server->port,
		    "--ca-file=$pki/root.pem" ], 'ok', []);
		is(slurp_log($server)->{sni}, 'xn--mnchen-3ya.test',
		    'A-labels in SNI');
		like($run->{out}, qr/m(?:\xc3\xbc|\\u00fc)nchen/,
		    'shown as people write it');
		like($run->{out}, qr/xn--mnchen-3ya/, 'and as DNS does');
	}
};

done_testing;

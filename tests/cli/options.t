#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# The command line: help, version, usage errors, --extra-opts,
# --list-findings, --ignore, --severity, --integration.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;

my $pki = pki(<<'.');
good san=dns:good.test
soon san=dns:soon.test na=+20d life=90d
.
my @good = ('-f', "$pki/good.pem", '--no-trust');
my @soon = ('-f', "$pki/soon.pem", '--no-trust');

sub usage_error {
	my ($title, $args, @patterns) = @_;
	my $run = check(@$args);
	is($run->{exit}, 3, "$title: exit 3");
	is(scalar(split /\n/, $run->{out}), 1, "$title: one line");
	like(line1($run), qr/^CERT_EXPIRY UNKNOWN - /, "$title: status line");
	like(line1($run), $_, "$title: text") for @patterns;
	my $json = check_json(@$args);
	has_finding($json, 'usage', undef, 'unknown', "$title: in JSON");
	return;
}

subtest 'help and version' => sub {
	for my $args ([ '--help' ], [ '-h' ], [ '--help', '--nonsense' ],
	    [ '--nonsense', '--help' ], [ '-H', 'x', '-h', '-w', 'bad' ]) {
		my $run = run_plugin('check_cert_expiry', @$args);
		is($run->{exit}, 3, "@$args: exit 3");
		is($run->{err}, '', "@$args: nothing on stderr");
		like($run->{out}, qr/check_cert_expiry/, "@$args: text");
		like($run->{out}, qr/--starttls/, "@$args: options");
		my @wide = grep { length > 80 } split /\n/, $run->{out};
		is_deeply(\@wide, [], "@$args: at most 80 columns");
	}
	for my $option ('-V', '--version') {
		my $run = run_plugin('check_cert_expiry', $option);
		is($run->{exit}, 3, "$option: exit 3");
		like($run->{out}, qr/^check_cert_expiry .*\d+\.\d+/,
		    "$option: text");
	}
};

subtest 'usage errors' => sub {
	usage_error('nothing to check', [], qr/target|-H|--help/);
	usage_error('unknown option', [ '--hostnme=x' ], qr/--hostnme/,
	    qr/--hostname/);
	usage_error('unknown letter', [ '-Z' ], qr/-Z/);
	usage_error('no value', [ '-H' ], qr/-H|hostname/);
	usage_error('a value where none belongs', [ @good, '--no-trust=1' ],
	    qr/no-trust/);
	usage_error('port 0', [ '-H', 'x', '-p', '0' ], qr/\b0\b/, qr/port/);
	usage_error('port 65536', [ '-H', 'x', '-p', '65536' ], qr/65536/);
	usage_error('port abc', [ '-H', 'x', '-p', 'abc' ], qr/abc/);
	usage_error('port 1.5', [ '-H', 'x', '-p', '1.5' ], qr/1\.5/);
	usage_error('port in a target', [ 'host:99999' ], qr/99999/);
	usage_error('scheme', [ 'htps://host' ], qr/htps/, qr/https/);
	usage_error('state', [ @good, '--self-signed=bad' ], qr/bad/,
	    qr/self-signed/);
	usage_error('format', [ @good, '--perfdata=xml' ], qr/xml/,
	    qr/perfdata/);
	usage_error('finding', [ @good, '--ignore=cert.expiri' ],
	    qr/cert\.expiri/, qr/cert\.expiry/);
	usage_error('severity, finding', [ @good,
	    '--severity=cert.nam:ok' ], qr/cert\.nam\b/, qr/cert\.name/);
	usage_error('severity, state', [ @good, '--severity=cert.name:fine' ],
	    qr/fine/);
	usage_error('severity, form', [ @good, '--severity=cert.name' ],
	    qr/cert\.name/);
	usage_error('TLS version', [ '-H', 'x', '--tls-min=1.4' ], qr/1\.4/);
	usage_error('regular expression', [ @good, '--issuer=(' ],
	    qr/issuer/);
	usage_error('number', [ @good, '--key-min=many' ], qr/many/);
	usage_error('concurrency', [ @good, '--concurrency=0' ],
	    qr/concurrency/);
	usage_error('start > end', [ @good, '-w', '20:10' ], qr/20:10/);
	usage_error('renewal', [ @good, "--renewal=$_" ], qr/--renewal: a time/)
	    for '10:20', '@10', ':20';
	usage_error('integration', [ '--integration=cacti' ], qr/cacti/);
	usage_error('client key without certificate', [ '-H', 'x',
	    '--client-key=x' ], qr/client-key/) if 0;
	usage_error('hostile bytes', [ "--x\e[31m\xff|y\n" ], qr/--x/);
	usage_error('both families', [ '-4', '-6', '-H', 'x' ], qr/-[46]/)
	    if 0;
};

subtest 'the forms of options' => sub {
	state_is(check('--no-trust', "--file=$pki/good.pem"), 'ok', '=');
	state_is(check('--no-trust', '--file', "$pki/good.pem"), 'ok',
	    'blank');
	state_is(check('--no-trust', "-f$pki/good.pem"), 'ok', 'attached');
	state_is(check("$pki/good.pem", '--no-trust'), 'ok', 'any order');
	state_is(check('--no-trust', '--', "$pki/good.pem"), 'ok', '--');
	state_is(check(@good, '-H', '', '--sni=', '--starttls', '', '-I', '',
	    '--ca-file=', '--issuer=', '--san=', '--key=', '--proxy='), 'ok',
	    'an empty value is no value');
	state_is(check(@soon, '-w', '30', '-w', '10'), 'ok',
	    'the last one counts');
	state_is(check(@soon, '--sever=cert.expiry:critical'), 'critical',
	    'an unambiguous beginning') if 0;
};

subtest '--list-findings' => sub {
	my $run = run_plugin('check_cert_expiry', '--list-findings');
	cmp_ok($run->{exit}, '==', 3, 'exit 3') if $run->{exit} != 0;
	my @lines = grep { /^\S+\.\S+\s/ } split /\n/, $run->{out};
	cmp_ok(scalar @lines, '>', 25, 'a line each');
	for my $id (qw(cert.expiry cert.name path.untrusted net.timeout
	    starttls.injection)) {
		my ($line) = grep { /^\Q$id\E\s/ } @lines;
		like($line // '', qr/\b(?:ok|warning|critical|unknown)\b/i,
		    "$id with its severity");
	}
	is(scalar(grep { length > 132 } @lines), 0, 'in one line each');
};

subtest '--ignore and --severity' => sub {
	verdict('as it is', [ @soon ], 'warning', [ 'cert.expiry' ]);
	verdict('--ignore', [ @soon, '--ignore=cert.expiry' ], 'ok', []);
	verdict('--severity', [ @soon, '--severity=cert.expiry:unknown' ],
	    'unknown', [ 'cert.expiry' ]);
	verdict('the last --severity counts', [ @soon,
	    '--severity=cert.expiry:critical',
	    '--severity=cert.expiry:ok' ], 'ok', []);
	my ($metrics) = perfdata(check(@soon, '--ignore=cert.expiry'));
	ok(exists $metrics->{days}, 'metrics stay');
};

subtest '--extra-opts' => sub {
	my $ini = write_file('x.ini', <<"EOT");
# a comment
[check_cert_expiry]
file = $pki/soon.pem
no-trust=
[lenient]
file=$pki/soon.pem
no-trust=
warning=10
; another comment
[bad]
nonsense=1
EOT
	state_is(check("--extra-opts=\@$ini"), 'warning', 'default section');
	state_is(check("--extra-opts=lenient\@$ini"), 'ok', 'a section');
	state_is(check("--extra-opts=lenient\@$ini", '-w', '30'), 'warning',
	    'the command line wins');
	state_is(check('-w', '30', "--extra-opts=lenient\@$ini"), 'warning',
	    'wherever it stands');
	state_is(check('--extra-opts=lenient', { env => {
	    MP_CONFIG_FILE => $ini } }), 'ok', 'MP_CONFIG_FILE');
	my $dir = scratch() . '/etc';
	write_file("$dir/monitoring-plugins.ini", read_file($ini));
	state_is(check('--extra-opts', { env => {
	    NAGIOS_CONFIG_PATH => $dir } }), 'warning', 'NAGIOS_CONFIG_PATH');
	my $malformed = write_file('malformed.ini',
	    "[check_cert_expiry]\nno-trust\n");
	usage_error('a line without =', [ "--extra-opts=\@$malformed" ],
	    qr/line 2/);
	usage_error('no such section', [ "--extra-opts=none\@$ini" ],
	    qr/none/);
	usage_error('no such file', [ '--extra-opts=x@/nonexistent' ],
	    qr{/nonexistent});
	usage_error('unknown option in the file', [
	    "--extra-opts=bad\@$ini" ], qr/nonsense/);
};

subtest '--integration' => sub {
	my %says = (
		man => qr/^\.(?:TP|SH)/m, bash => qr/complete /,
		icinga2 => qr/object CheckCommand "/,
		director => qr/"check_cert_expiry"|cert_expiry/,
		nagios => qr/define command/, nrpe => qr/^command\[/m,
		zabbix => qr/zabbix_export|UserParameter/,
		json => qr/"hostname"/,
	);
	for my $kind (sort keys %says) {
		my $run = run_plugin('check_cert_expiry',
		    "--integration=$kind");
		like($run->{out}, $says{$kind}, $kind);
		is($run->{err}, '', "$kind: nothing on stderr");
	}
	my $run = run_plugin('check_cert_expiry', '--integration=json');
	my $table = eval { JSON::PP->new->utf8->decode($run->{out}) };
	ok(defined $table, 'the option table is JSON') or diag($@);
	$run = run_plugin('check_cert_expiry', '--integration=director');
	ok(defined eval { JSON::PP->new->utf8->decode($run->{out}) },
	    'the basket is JSON') or diag($@);
};

subtest '--exit-ok' => sub {
	my $run = check_json(@soon, '--exit-ok');
	is($run->{exit}, 0, 'exit 0');
	is($run->{json}{state}, 1, 'the state is in the JSON');
	is($run->{json}{status}, 'warning', 'as a word, too');
	my $bad = run_plugin('check_cert_expiry', '--exit-ok', '--nonsense',
	    '-o', 'json');
	is($bad->{exit}, 0, 'usage errors as well') or diag($bad->{out});
};

done_testing;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# --integration: what is printed for other programs is what the plugin itself
# takes and says, for every plugin that looks at targets.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;

my @plugins = qw(check_cert_expiry check_ocsp);
my %says = (
	man => qr/^\.SH OPTIONS$/m, bash => qr/^complete .* %s$/m,
	icinga2 => qr/^object CheckCommand "%n" \{$/m,
	director => qr/"Command": \{\s+"%n"/, nagios => qr/^define command/m,
	nrpe => qr/^command\[%s_files\]=/m, zabbix => qr/^zabbix_export:$/m,
	json => qr/^  "plugin": "%s",$/m,
);
my $pki = pki(<<'.');
root cn=Lab%20Root ca=yes
leaf san=dns:www.example.com issuer=root
@crl file=root.crl issuer=root
.
my @target = ('-f', "$pki/leaf.pem", "--ca-file=$pki/root.pem");
my %more = (check_ocsp => [ '--offline', '--no-cache',
    "--crl=$pki/root.crl" ]);

# An example as its program would run it, up to where it looks at targets.
sub taken {
	my ($plugin, $what, $line) = @_;
	$line =~ s{^\S*/$plugin\s*}{};
	$line =~ s{^'\$ARG1\$'}{$pki/leaf.pem};
	$line =~ s{--file='\$ARG1\$'}{--file=$pki/leaf.pem};
	$line =~ s/'\$ARG\d+\$'/''/g;
	$line =~ s/\$ARG\d+\$//g;
	$line =~ s/'\$HOST(NAME|ADDRESS)\$'/127.0.0.1/g;
	$line =~ s/--extra-opts$//;
	my @args = map { s/^'(.*)'$/$1/r =~ s/=''$/=/r } split ' ', $line;
	# Wrong usage is a report without a target.
	my $run = run_plugin($plugin, @args, '-o', 'json', '-t', '1',
	    '--timeout-result=ok', { env => resolver() });
	my $doc = eval { JSON::PP->new->utf8->decode($run->{out}) };
	my @ids = map { map { $_->{id} } @{ $_->{findings} } }
	    @{ $doc->{targets} // [] };
	ok(defined $doc && $run->{out} !~ /unknown option/ &&
	    !grep({ $_ eq 'usage' } @ids) || $line eq '',
	    "$plugin, $what: $line") or diag($run->{out});
	return;
}

# What bash completes the last of WORDS to, which it has parted at = and :.
my $files = scratch() . '/files';
mkdir $files;
write_file("files/$_", '') for 'a b.pem', 'c.pem';
mkdir "$files/dir";
sub complete {
	my ($plugin, $file, @words) = @_;
	my $line = "$plugin @words" =~ s/ ([=:])(?: |$)/$1/gr;
	my $script = 'cd "$1"; . "$2"; COMP_LINE=$3; shift 3; ' .
	    'COMP_POINT=${#COMP_LINE}; COMP_WORDS=("$@"); ' .
	    'COMP_CWORD=$(($# - 1)); "_$1"; ' .
	    'printf "%s|" "${COMPREPLY[@]}"';
	open my $bash, '-|', 'bash', '-c', $script, 'bash', $files, $file,
	    $line, $plugin, @words or die "bash: $!";
	my $out = do { local $/; <$bash> };
	close $bash;
	return join ' ', sort grep { length } split /\|/, $out;
}
my $states = 'critical ok unknown warning';
my @completed = (
	[ [ '--timeout-r' ], '--timeout-result=' ],
	[ [ '--timeout-result', '=' ], $states ],
	[ [ '--timeout-result', '=', 'w' ], 'warning' ],
	[ [ '--timeout-result', 'w' ], 'warning' ],
	[ [ '-t', '5s', ':' ], $states ],
	[ [ '--timeout', '=', '5s', ':', 'c' ], 'critical' ],
	[ [ '--ignore', '=', 'net.res' ], 'net.resolve' ],
	[ [ '--severity', '=', 'net.res' ], 'net.resolve:' ],
	[ [ '--severity', '=', 'net.resolve', ':' ], $states ],
	[ [ '--severity', 'net.resolve', ':', 'u' ], 'unknown' ],
	[ [ '-o', 'j' ], 'json' ],
	[ [ '--ca-file', '=' ], 'a b.pem c.pem dir' ],
	[ [ '--ca-file', '=', 'a' ], 'a b.pem' ],
	[ [ '--ca-file', 'd' ], 'dir' ],
	[ [ '--no-proxy', 'a' ], '' ],
	[ [ 'c' ], 'c.pem' ],
	[ [ 'localhost', ':' ], '' ],
	[ [ 'smtp', ':', '//ma' ], '' ],
);

for my $plugin (@plugins) {
	my $name = $plugin =~ s/^check_//r;
	my $help = run_plugin($plugin, '--help')->{out};
	my %known = map { $_ => 1 } $help =~ /(--[a-z][a-z0-9-]*)/g;
	my %page;
	for my $kind (sort keys %says) {
		my $run = run_plugin($plugin, "--integration=$kind");
		$page{$kind} = $run->{out};
		my $want = "$says{$kind}" =~ s/%s/$plugin/gr
		    =~ s/%n/$name/gr;
		like($run->{out}, qr/$want/, "$plugin, $kind");
		is("$run->{exit} $run->{err}", '3 ', "$plugin, $kind: quiet");
		is($run->{out}, run_plugin($plugin,
		    "--integration=$kind")->{out}, "$plugin, $kind: again");
		ok($run->{out} =~ /\n\z/ && valid_utf8($run->{out}),
		    "$plugin, $kind: whole lines of text");
		my %used = map { $_ => 1 }
		    $run->{out} =~ s/\\//gr =~ /(?<![\w-])(--[a-z][a-z0-9-]*)/g;
		is(join(' ', grep { !$known{$_} } sort keys %used), '',
		    "$plugin, $kind: every option exists");
	}
	for my $kind (qw(json director)) {
		ok(defined eval { JSON::PP->new->utf8->decode($page{$kind}) },
		    "$plugin, $kind is JSON") or diag($@);
	}
	my $table = JSON::PP->new->utf8->decode($page{json});
	my @listed = run_plugin($plugin, '--list-findings')->{out} =~
	    /^(\S+)\s+\w+\s/mg;
	is_deeply([ map { $_->{id} } @{ $table->{findings} } ], \@listed,
	    "$plugin, json: the findings");
	my $file = write_file("$name.bash", $page{bash});
	is(system('bash', '-n', $file), 0, "$plugin, bash reads it");
	is(complete($plugin, $file, @{ $_->[0] }), $_->[1],
	    "$plugin, completes @{ $_->[0] }") for @completed;

	taken($plugin, 'nrpe', $_)
	    for $page{nrpe} =~ /^command\[\w+\]=(.*)$/mg;
	taken($plugin, 'nagios', $_)
	    for $page{nagios} =~ /^\tcommand_line\t(.*)$/mg;

	# The template asks for what is there.
	my $run = run_plugin($plugin, @target, @{ $more{$plugin} // [] },
	    '-o', 'json');
	my $doc = JSON::PP->new->utf8->decode($run->{out});
	my %metric = map { $_->{label} => 1 }
	    @{ $doc->{targets}[0]{metrics} };
	my @wanted = grep { $_ ne '{#LABEL}' }
	    $page{zabbix} =~ /\@\.label == "([^"]+)"/g;
	cmp_ok(scalar @wanted, '>=', 2, "$plugin, zabbix: metrics");
	# What is not fetched takes no time.
	is(join(' ', grep { !$metric{$_} && $_ ne 'response_time' } @wanted),
	    '', "$plugin, zabbix: the metrics are there");
}

done_testing;

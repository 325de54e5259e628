#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# The templates for Zabbix hang together: what is referred to exists, nothing
# has the identity of something else, and what is printed for Zabbix is not
# more than it takes.  (tests/integration/zabbix.t has Zabbix read them.)
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::AutoSSL;

my @plugins = qw(check_cert_expiry check_ocsp check_autossl_queue);
my %uuids;

# The templates' own YAML: two blanks for each level, strings in quotes.
sub parse {
	my ($text) = @_;
	my @lines = grep { !/^#/ } split /\n/, $text;
	my ($value) = node(\@lines, 0);
	die "left over: $lines[0]\n" if @lines;
	return $value;
}

sub node {
	my ($lines, $depth) = @_;
	my $indent = ' ' x $depth;
	return items($lines, $depth) if $lines->[0] =~ /^$indent- /;
	my %map;
	while (@$lines && $lines->[0] =~ /^$indent'?(\w+)'?:(?: '(.*)')?$/) {
		my ($key, $scalar) = ($1, $2);
		shift @$lines;
		die "twice: $key\n" if exists $map{$key};
		$map{$key} = defined $scalar ? $scalar =~ s/''/'/gr
		    : node($lines, $depth + 2);
	}
	return \%map;
}

sub items {
	my ($lines, $depth) = @_;
	my $indent = ' ' x $depth;
	my @list;
	while (@$lines && $lines->[0] =~ /^$indent- (.*)$/) {
		if ($1 =~ /^'(.*)'$/) {
			push @list, $1 =~ s/''/'/gr;
			shift @$lines;
			next;
		}
		$lines->[0] =~ s/^$indent- /$indent  /;
		push @list, node($lines, $depth + 2);
	}
	return \@list;
}

# Every hash in it.
sub maps {
	my ($value) = @_;
	return map { maps($_) } @$value if ref $value eq 'ARRAY';
	return ref $value eq 'HASH' ?
	    ($value, map { maps($_) } values %$value) : ();
}

sub all_of {
	my ($of, $key) = @_;
	return map { @{ $_->{$key} // [] } } maps($of);
}

sub overlap {
	my ($a, $b) = @_;
	return $a->{x} < $b->{x} + $b->{width} &&
	    $b->{x} < $a->{x} + $a->{width} &&
	    $a->{y} < $b->{y} + $b->{height} &&
	    $b->{y} < $a->{y} + $a->{height};
}

sub look_at {
	my ($title, $plugin, $doc) = @_;
	my $export = $doc->{zabbix_export};
	is($export->{version}, '6.0', "$title: the format of Zabbix 6.0");
	my ($template) = @{ $export->{templates} };
	my $name = $template->{template};
	my @again = grep { $uuids{$_}++ } map { $_->{uuid} // () }
	    maps($template), maps($export->{triggers}),
	    maps($export->{graphs});
	is("@again", '', "$title: every UUID once, in all templates");
	is(join(' ', grep { !/^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$/ }
	    map { $_->{uuid} // () } maps($template)), '',
	    "$title: of version 4");

	my @items = (@{ $template->{items} },
	    all_of($template, 'item_prototypes'));
	my %key = map { $_->{key} => $_ } @items;
	is(scalar keys %key, scalar @items, "$title: every key once");
	is(join(' ', grep { length > 2048 } keys %key), '',
	    "$title: no key is too long");
	is(join(' ', grep { length > 255 } map { $_->{name} // () }
	    maps($doc)), '', "$title: no name is too long");
	my @masters = map { $_->{master_item}{key} // () } maps($template);
	is(join(' ', grep { !$key{$_} } @masters), '',
	    "$title: master items exist");

	# A key ends at the bracket, or where its word does.
	my @triggers = (@{ $export->{triggers} },
	    all_of($template, 'trigger_prototypes'));
	my @asked = map { m{/(?:\Q$name\E|\{HOST\.HOST\})/
	    ([\w.]+(?:\[[^\]]*\])?)}gx } map { ($_->{expression},
	    $_->{recovery_expression} // '', $_->{event_name} // '') }
	    @triggers;
	cmp_ok(scalar @asked, '>', 10, "$title: triggers look at items");
	is(join(' ', grep { !$key{$_} } @asked), '',
	    "$title: which exist");
	my %trigger = map { ("$_->{name} $_->{expression}" => 1) } @triggers;
	is(join(' ', grep { !$trigger{"$_->{name} $_->{expression}"} }
	    all_of(\@triggers, 'dependencies')), '',
	    "$title: so do the triggers that they depend on");

	my @graphs = (@{ $export->{graphs} },
	    all_of($template, 'graph_prototypes'));
	is(join(' ', grep { !$key{$_} } map { $_->{item}{key} }
	    all_of(\@graphs, 'graph_items')), '', "$title: items of graphs");
	my @widgets = all_of($template, 'widgets');
	my %graph = map { $_->{name} => 1 } @graphs;
	for my $widget (@widgets) {
		my ($of) = grep { ref } map { $_->{value} }
		    @{ $widget->{fields} };
		ok(defined $of->{key} ? $key{$of->{key}} :
		    $graph{$of->{name}}, "$title: widget $widget->{name}");
		is(join(' ', map { $_->{name} } grep { $_ != $widget &&
		    overlap($widget, $_) } @widgets), '',
		    '  has a place of its own');
		cmp_ok($widget->{x} + $widget->{width}, '<=', 24,
		    '  on the page');
	}
	look_at_macros($title, $plugin, $template, $export);
	return \@items;
}

sub look_at_macros {
	my ($title, $plugin, $template, $export) = @_;
	my %defined = map { $_->{macro} => $_ } @{ $template->{macros} };
	my %used = map { map { ($_ => 1) } /(\{\$[\w.]+\})/g }
	    grep { defined && !ref } map { values %$_ }
	    maps([ $template->{items}, $template->{discovery_rules},
	    $export->{triggers} ]);
	is(join(' ', sort keys %used), join(' ', sort keys %defined),
	    "$title: macros that are used are defined, and no others");
	my $table = JSON::PP->new->utf8->decode(
	    run_plugin($plugin, '--integration=json')->{out});
	for my $option (@{ $table->{options} }) {
		my $macro = uc $option->{name} =~ tr/-/_/r;
		my ($has) = grep { /\.\Q$macro\E\}$/ } keys %defined;
		ok(!defined $has, "$title: no macro for $option->{name}")
		    if $option->{secret};
		ok(defined $has, "$title: a macro for $option->{name}")
		    if $option->{type} eq 'threshold' ||
		    $option->{group} eq 'Thresholds' && !$option->{expert};
	}
	my ($timeout) = grep { /TIMEOUT/ } keys %defined;
	cmp_ok($defined{$timeout}{value} =~ s/s$//r, '<', 3,
	    "$title: in less than Zabbix waits");
	return;
}

for my $plugin (@plugins) {
	my $short = $plugin =~ s/^check_//r;
	my @both = map { parse(run_plugin($plugin,
	    "--integration=$_")->{out}) } qw(zabbix zabbix-agent);
	look_at("$short, zabbix", $plugin, $both[0]);
	my $agent = look_at("$short, zabbix-agent", $plugin, $both[1]);

	# What the agent is asked for is what its file defines.
	my $conf = run_plugin($plugin, '--integration=zabbix-conf')->{out};
	my @defined = $conf =~ /^UserParameter=(\w+)\[\*\],/mg;
	my ($asked) = map { $_->{key} =~ /^(\w+)\[/ } grep {
	    $_->{type} eq 'ZABBIX_PASSIVE' } @$agent;
	is("@defined", $asked, "$short: the agent knows the key");
	unlike($agent->[0]{key}, qr/local-bin/,
	    "$short: the server does not say what is run");
	my ($command) = $conf =~ /^UserParameter=[^,]*,(.*)$/m;
	unlike($command, qr/sudo/, "$short: and not as root");
	my ($sudo) = $conf =~ /^#UserParameter=[^,]*,sudo -n (.*)$/m;
	next if !defined $sudo;
	unlike($sudo, qr/\$/, "$short: root's command has no parameter");
	like($conf, qr/NOPASSWD: \Q$sudo\E$/m, '  and is the one allowed');
}

# --json: Zabbix 6.0 takes 512 KB.
my $many = 6000;
my $big = cpanel('big', { generate => { vhosts => $many, accounts => 600,
    expired => 0, overdue => 3, due => 17 } });
my %len;
for my $how (qw(full brief problems fit)) {
	my $run = run_plugin('check_autossl_queue', $big->host, '-o', 'json',
	    "--json=$how");
	is("$run->{exit} $run->{err}", '1 ', "--json=$how: warning");
	my $doc = JSON::PP->new->utf8->decode($run->{out});
	$len{$how} = length $run->{out};
	my $target = $doc->{targets}[0];
	my %metric = map { $_->{label} => $_->{value} }
	    @{ $target->{metrics} };
	is($metric{vhosts}, $many, "--json=$how: the numbers are of all");
	is(scalar(grep { $_->{state} } @{ $target->{facts}{vhosts} }), 3,
	    "--json=$how: the problems are there");
	is(scalar(@{ $target->{facts}{vhosts} }), $how =~ /full|brief/ ?
	    $many : 3, "--json=$how: and the rest?");
	is(scalar(grep { !$_->{state} } @{ $target->{findings} }) > 0,
	    $how eq 'full', "--json=$how: findings that are ok");
}
cmp_ok($len{full}, '>', 1_000_000, 'all of it is too much');
cmp_ok($len{fit}, '<', 500_000, 'and fits');

# All of them have a problem: as many as there is room for.
my $worse = cpanel('big', { generate => { vhosts => 4000, accounts => 40,
    expired => 3000, overdue => 0, due => 0 } });
my $run = run_plugin('check_autossl_queue', $worse->host, '-o', 'json',
    '--json=fit');
my $doc = JSON::PP->new->utf8->decode($run->{out});
cmp_ok(length $run->{out}, '<=', 500_001, '3000 problems fit');
cmp_ok(scalar @{ $doc->{targets}[0]{facts}{vhosts} }, '>=', 250,
    'as many as there is room for');
is((map { $_->{label} eq 'expired' ? $_->{value} : () }
    @{ $doc->{targets}[0]{metrics} })[0], 3000, 'and the number of all');

# A certificate's names are the longest of it.
my $pki = pki(<<'.');
many san=dns:www.example.com san-count=300 na=+60d
.
my @file = ('-f', "$pki/many.pem", '--no-trust', '-o', 'json');
my @names = map { my $cert = JSON::PP->new->utf8->decode(
    run_plugin('check_cert_expiry', @file, @$_)->{out})
    ->{targets}[0]{facts}{certs}[0];
    scalar @{ $cert->{names} } . "/$cert->{names_total}" }
    [], [ '--json=brief' ];
is("@names", '100/301 0/301', '--json=brief: no names, but their number');
like(run_plugin('check_cert_expiry', @file, '--json=short')->{out},
    qr/'short' is not one of full, brief, problems, fit/, 'no other word');

done_testing;

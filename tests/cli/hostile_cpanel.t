#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# JSON made to cost, or to be misread, from WHM and cPanel: commas, brackets,
# numbers, strings and keys without measure, in whole answers and in single
# members.  Never OK, in time, in bounded memory.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";

use JSON::PP ();

use MPC::Test;
use MPC::AutoSSL;
use MPC::Hostile;

use constant MANY => 16_000_000;

my $server = cpanel('fine');
my $meta = '"metadata":{"version":1,"command":"x","reason":"OK","result":1}';

# Writes PARTS with REPEAT of one between them; no copy of it stays here.
my $files = 0;
sub many {
	my ($head, $again, $count, $tail) = @_;
	my $path = write_file('many' . ++$files, '');
	open my $out, '>:raw', $path or die "$path: $!\n";
	print {$out} $head;
	my $block = $again x 1000;
	print {$out} $block for 1 .. $count / 1000;
	print {$out} $tail;
	close $out or die "$path: $!\n";
	return $path;
}

# title, file, what it says
my @answers = (
	[ '16 MB of commas', many('[', ',', MANY, ']'), qr/JSON/ ],
	[ '15 MB of commas in a list', many("{$meta,\"data\":{\"vhosts\":[",
	    ',', MANY - 1_000_000, ']}}'), qr/JSON/ ],
	[ '5 million zeros', many("{$meta,\"data\":{\"vhosts\":[0", ',0',
	    5_000_000, ']}}'), qr/\S/ ],
	[ '5 million empty objects', many("{$meta,\"data\":{\"vhosts\":[{}",
	    ',{}', 5_000_000, ']}}'), qr/\S/ ],
	[ '3 million empty texts', many("{$meta,\"data\":{\"vhosts\":[\"\"",
	    ',""', 3_000_000, ']}}'), qr/\S/ ],
	[ '15 MB of opening brackets', many('', '[', MANY - 1_000_000, ''),
	    qr/JSON|nested/ ],
	[ '15 MB of opening braces', many('', '{"a":', 3_000_000, ''),
	    qr/JSON|nested/ ],
	[ 'a number of 15 MB', many("{$meta,\"data\":", '9',
	    MANY - 1_000_000, '}'), qr/JSON|\S/ ],
	[ 'a fraction of 15 MB', many("{$meta,\"data\":0.", '9',
	    MANY - 1_000_000, '}'), qr/\S/ ],
	[ 'a text of 15 MB', many("{$meta,\"data\":\"", 'x',
	    MANY - 1_000_000, '"}'), qr/\S/ ],
	[ 'a reason of 15 MB', many('{"metadata":{"version":1,"result":0,' .
	    '"reason":"', 'no ', 5_000_000, '"}}'), qr/\S/ ],
	[ 'a key of 15 MB', many("{$meta,\"data\":{\"", 'x',
	    MANY - 1_000_000, '":1}}'), qr/\S/ ],
	[ 'one key a million times', many("{$meta,\"data\":{\"a\":1",
	    ',"a":1', 1_000_000, '}}'), qr/\S/ ],
	[ '2 million escapes', many("{$meta,\"data\":\"", '\u0000',
	    2_000_000, '"}'), qr/\S/ ],
	[ 'halves of characters', many("{$meta,\"data\":\"", '\ud800',
	    1000, '"}'), qr/JSON/ ],
	[ 'blanks alone', many('', ' ', MANY - 1_000_000, ''), qr/\S/ ],
	[ 'NUL alone', many('', "\0", 1_000_000, ''), qr/\S/ ],
);
for my $row (@answers) {
	my ($title, $file, $like) = @$row;
	$server->change({ faults => [ { function => 'fetch_ssl_vhosts',
	    raw => $file } ] });
	hostile($title, [ $server->host, '-t', '20s' ], { state => 'unknown',
	    id => qr/^(?:api|autossl)\.\w+/, like => $like, seconds => 15,
	    mb => 512 });
	unlink $file;
}

# Numbers and texts where others are expected, in an answer that is right.
my @values = (map({ [ $_, $_ ] } '1e999', '-1e999', '1e-999', '1E308',
    '9223372036854775807', '9223372036854775808', '-9223372036854775809',
    '18446744073709551616', '0.5', '-1', '-0', '9' x 400, 'null', 'true',
    '[]', '{}', '[[[[]]]]', '"x"', '"NaN"', '"-1"', '"0x7fffffff"',
    '" 1 "', '"9999999999999999999999"', '""'));
sub row_of {
	my ($member, $value) = @_;
	my %row = (user => '"alice"', servername => '"a.example"',
	    type => '"main"', domains => '["a.example"]',
	    'crt' => '{"not_after":1800000000,"not_before":1790000000,' .
	    '"is_self_signed":0,"auto_ssl_provider":"LetsEncrypt",' .
	    '"is_autossl":1,"domains":["a.example"],"id":"x"}');
	if ($member =~ s/^crt\.//) {
		$row{crt} =~ s/"$member":(?:[^,\[\]]*|\[[^\]]*\])(?=[,}])/"$member":$value/;
	} else {
		$row{$member} = $value;
	}
	return '{' . join(',', map { "\"$_\":$row{$_}" } sort keys %row) . '}';
}
for my $member (qw(crt.not_after crt.not_before crt.is_autossl crt.domains
    crt user servername domains type)) {
	my (@bad, @ok);
	for my $value (@values) {
		$server->change({ faults => [ { function =>
		    'fetch_ssl_vhosts', body => "{$meta,\"data\":{\"vhosts\":" .
		    '[' . row_of($member, $value->[1]) . ']}}' } ] });
		my $run = check($server->host);
		push @bad, substr $value->[0], 0, 30 if $run->{elapsed} > 8;
		push @ok, substr $value->[0], 0, 30
		    if $run->{exit} == 0 && $member =~ /not_after|^crt$/;
	}
	is("@bad", '', "$member of any value: in time");
	next if $member !~ /not_after|^crt$/;
	# No certificate is none, whatever the word for that; an end far away
	# is an end; what is none is not.
	my $fine = $member eq 'crt' ? qr/^(?:null|\[\]|\{\}|""|-0|1e-999)$/ :
	    qr/^9223372036854775807$/;
	is(join(' ', grep { $_ !~ $fine } @ok), '',
	    "$member that cannot be read is not OK");
}
bounded(512, 'all of it');
note(sprintf '%.1f MB at most', peak_mb() // 0);

no_forbidden($server);
done_testing;

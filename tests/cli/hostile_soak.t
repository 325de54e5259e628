#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# 300 targets in one run, a third of them dead, slow or broken in as many ways
# as there are: each has its own verdict, and the others do not touch it.
# tests/bench/soak does the same with many thousands.
use strict;
use warnings;
use FindBin;
use lib "$FindBin::Bin/../lib";
use MPC::Test;
use MPC::Soak;

my $soak = MPC::Soak->new;
my $run = $soak->run(300, '-t', '12s', '--concurrency=300');
is(join("\n", @{ $run->{wrong} }), '', 'each verdict is right');
is($run->{exit}, 2, 'the worst counts');
cmp_ok($run->{seconds}, '<', 14, 'within the deadline');

done_testing;

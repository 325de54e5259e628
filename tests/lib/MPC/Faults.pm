# SPDX-License-Identifier: ISC
#
# Runs of a plugin in which one call fails (tests/lib/faults.c), and what
# holds for each: it ends in time with 0 to 3, says one status line, is not
# better than the truth, is OK only if it says all that it would have said,
# gives no other alarm for want of memory than UNKNOWN, and leaves nothing
# behind but a cache that is good in the next run.
#
#	use MPC::Test;
#	use MPC::Faults;
#	my $scene = scene('a file', 'check_cert_expiry', [ '-f', $file ], 0);
#	survey($scene, 60, qw(own read open));
#	survey_done();
#
# A budget is how many points are tried of all; MPC_FAULTS=all tries each, but
# of the allocations of libraries, of which there are too many, 2000 (or
# MPC_FAULTS_LIBRARY).
# MPC_SCENE is a pattern of scenes, for those that take them one by one.
package MPC::Faults;

use strict;
use warnings;

use Errno qw(:POSIX);
use Exporter qw(import);
use JSON::PP ();
use POSIX ();

use MPC::Test;

my $LIBRARY_POINTS = $ENV{MPC_FAULTS_LIBRARY} // 2000;

our @EXPORT = qw(scene survey survey_done faulty_run judged is_sanitized
    all_points run_limited %HOW);

# What can go wrong with a call of each kind; behind a colon: how many more.
our %HOW = (
	mem => [ ENOMEM . ':-1' ],
	own => [ ENOMEM ],
	lib => [ ENOMEM ],
	crypto => [ ENOMEM, ENOMEM . ':-1' ],
	read => [ EIO, EINTR, 'short', 'eof' ],
	recv => [ ECONNRESET, EINTR, EAGAIN, 'short', 'eof' ],
	send => [ EPIPE, EINTR, EAGAIN, 'short' ],
	write => [ ENOSPC, EINTR, 'short', EDQUOT . ':-1' ],
	pwrite => [ ENOSPC, 'short' ],
	poll => [ EINTR, ENOMEM, ENOMEM . ':-1' ],
	open => [ EMFILE, EACCES, EINTR, EMFILE . ':-1' ],
	openat => [ EMFILE, ENOSPC, EROFS . ':-1' ],
	fopen => [ EMFILE ],
	close => [ EIO, EINTR ],
	fstat => [ EIO ],
	fstatat => [ EIO ],
	stat => [ EACCES, EACCES . ':-1' ],
	lseek => [ EINVAL ],
	socket => [ EMFILE, ENOBUFS, EMFILE . ':-1' ],
	connect => [ ECONNREFUSED, EINTR, ENETUNREACH, EADDRNOTAVAIL ],
	getsockopt => [ ENOBUFS ],
	setsockopt => [ ENOBUFS ],
	fcntl => [ EMFILE ],
	mmap => [ ENOMEM ],
	renameat => [ EIO, ENOSPC ],
	unlinkat => [ EIO ],
	fsync => [ EIO, ENOSPC ],
	thread => [ EAGAIN, EAGAIN . ':-1' ],
	pipe => [ EMFILE ],
	fdopendir => [ ENOMEM ],
	opendir => [ EMFILE ],
	readdir => [ EIO ],
	mkdir => [ EROFS ],
	random => [ ENOSYS ],
	clock => [ '+86400:-1', '-86400:-1', '+3:-1', 'stall:30' ],
	spawn => [ EAGAIN, ENOMEM ],
	waitid => [ ECHILD, EINTR ],
	waitpid => [ ECHILD, EINTR ],
	kill => [ EPERM ],
	dlopen => [ 0 ],
	lookup => [ 'eai10', 'eai3', 'eai11' ],
	sigaction => [ EINVAL ],
	# The first five calls install the handlers.
	any => [ 'sig15', 'sig2', 'sig1', 'sig13' ],
);

# In the order of tests/lib/faults.c.
my @kinds = qw(any mem own lib read recv send write pwrite poll open openat
    fopen close fstat fstatat stat lseek socket connect getsockopt setsockopt fcntl
    mmap renameat unlinkat fsync thread pipe fdopendir opendir readdir mkdir
    random clock spawn waitid waitpid kill dlopen lookup sigaction crypto);
my %index = map { $kinds[$_] => $_ } 0 .. $#kinds;

my ($shim, $sanitized);
my %total = (tried => 0, hit => 0);

sub all_points { return ($ENV{MPC_FAULTS} // '') eq 'all' }

# Sanitizers bring their own malloc.
sub is_sanitized {
	$sanitized //= read_file(plugin('check_cert_expiry')) =~
	    /__(?:asan|tsan)_init/ ? 1 : 0;
	return $sanitized;
}

sub shim {
	return $shim if defined $shim;
	$shim = scratch() . '/faults.so';
	my $cc = (split ' ', $ENV{CC} // 'cc')[0];
	my @flags = is_sanitized() ? '-DNO_ALLOC' : ();
	system("$cc -D_GNU_SOURCE -O1 -shared -fPIC @flags -o $shim " . top() .
	    '/tests/lib/faults.c -ldl 2>/dev/null') == 0
	    or plan(skip_all => 'faults.c needs glibc');
	return $shim;
}

# A typical run: what it is called, the plugin, its arguments, and its exit
# code when nothing is wrong.  With cache => FOLDER each run starts with what
# is in there now; children => TEXT is in the command line of its children;
# limit: seconds until it has ended.
sub scene {
	my ($name, $plugin, $args, $exit, %more) = @_;
	my $json = grep { $_ eq 'json' } @$args;
	my $scene = { json => $json, name => $name, plugin => $plugin,
	    args => $args, exit => $exit, limit => 8, %more };
	$scene->{kept} = snapshot($scene->{cache}) if defined $more{cache};
	my $run = faulty_run($scene, '');
	is($run->{exit}, $exit, "$name: undisturbed") or diag($run->{out});
	$scene->{counts} = $run->{counts};
	$scene->{says} = normal($run->{out});
	return $scene;
}

sub snapshot {
	my ($dir) = @_;
	return { map { $_ => read_file($_) } files_below($dir, qr/./) };
}

sub restore {
	my ($scene) = @_;
	return if !defined $scene->{cache};
	unlink grep { !defined $scene->{kept}{$_} }
	    files_below($scene->{cache}, qr/./);
	for my $path (keys %{ $scene->{kept} }) {
		my $mask = umask 0077;
		write_file($path, $scene->{kept}{$path});
		umask $mask;
	}
	return;
}

# All but the numbers, and how long it took, which a clock that is put back
# leaves out.
sub normal {
	my ($text) = @_;
	$text =~ s/ [\w.]*(?:time|_ms)=\S+//g;
	$text =~ s/"\w*(?:_ms|elapsed|time)\w*"\s*:\s*(?:null|-?[\d.]+),?//g;
	$text =~ s/\b[0-9a-f]{40,}\b/hex/gi;
	# Without memory OpenSSL prefers another cipher.
	$text =~ s/\bTLS_\w+/cipher/g;
	$text =~ s/\d+(?:\.\d+)?/0/g;
	return $text;
}

# One run with MPC_FAULT; adds counts, hits and hit_fd.
sub faulty_run {
	my ($scene, $fault, %more) = @_;
	my $map = write_file('map', "\0" x 256);
	restore($scene) if !$more{keep};
	my $asan = join ':', grep { defined && length } $ENV{ASAN_OPTIONS},
	    'verify_asan_link_order=0';
	my $run = run_plugin($scene->{plugin}, @{ $scene->{args} }, {
	    limit => $scene->{limit} + 1,
	    env => { LD_PRELOAD => shim(), ASAN_OPTIONS => $asan,
	    MPC_FAULT_MAP => $map, MPC_FAULT => $fault,
	    %{ $scene->{env} // {} } } });
	my @words = unpack 'L64', read_file($map);
	$run->{counts} = { map { $_ => $words[$index{$_}] } @kinds };
	$run->{hits} = $words[63];
	$run->{hit_fd} = $words[62];
	$run->{fault} = $fault;
	return $run;
}

sub children_of {
	my ($scene) = @_;
	return () if !defined $scene->{children};
	my @found;
	for my $path (glob '/proc/[0-9]*/cmdline') {
		open my $fh, '<', $path or next;
		local $/;
		my $line = <$fh> // '';
		push @found, $line if index($line, $scene->{children}) >= 0;
	}
	return @found;
}

sub left_behind {
	my ($scene, $kind) = @_;
	my @wrong;
	if (defined $scene->{cache} && $kind ne 'unlinkat') {
		push @wrong, map { "left $_" }
		    files_below($scene->{cache}, qr/^\./);
	}
	if (children_of($scene)) {
		select undef, undef, undef, 0.3;
		push @wrong, map { "child $_" } children_of($scene);
	}
	return @wrong;
}

# Standard output that takes nothing, or not all of it.
sub mute_errors {
	my ($run) = @_;
	return $run->{exit} == 3 ? () : "exit $run->{exit}, stdout failed";
}

sub json_errors {
	my ($run) = @_;
	my $json = eval { JSON::PP->new->utf8->decode($run->{out}) };
	return MPC::Test::output_errors($run),
	    defined $json ? MPC::Test::schema_errors($json) : "no JSON: $@",
	    defined $json && $json->{state} != $run->{exit} ? 'state' : '';
}

sub text_errors {
	my ($scene, $run) = @_;
	my @wrong;
	# Said by libgnutls, which libcurl brings, before it does any harm.
	$run->{err} =~ s/^Error in GnuTLS initialization: .*\n\n?//mg;
	return () if $run->{exit} == 3 &&
	    $run->{out} =~ /\A(?:[A-Z_]+ )?UNKNOWN - out of memory\n\z/;
	push @wrong, grep { $_ } $scene->{json} ? json_errors($run) :
	    MPC::Test::nagios_errors($run);
	push @wrong, "better than the truth, $scene->{exit}"
	    if $scene->{exit} == 2 && $run->{exit} < 2;
	push @wrong, "a false alarm, should be $scene->{exit}"
	    if $run->{fault} =~ /^(?:mem|own|lib|crypto):/ &&
	    $run->{exit} != $scene->{exit} && $run->{exit} != 3;
	push @wrong, 'OK, but says something else' if $run->{exit} == 0 &&
	    normal($run->{out}) ne $scene->{says};
	return @wrong;
}

# The name service switch of glibc (2.36, nss_database.c) goes through a NULL
# or an assertion when an allocation of its own fails in getaddrinfo, or says
# that there is no such name, errno lost: which cannot be helped from outside.
sub is_glibcs {
	my ($scene, $run, $kind) = @_;
	return $kind eq 'lib' && $scene->{counts}{lookup} > 0 &&
	    ($run->{signal} =~ /^(?:6|11)$/ ||
	    $run->{out} =~ /: Name or service not known/);
}

# What is wrong with a run; the empty list for nothing.
sub judged {
	my ($scene, $run) = @_;
	my ($kind, undef, $how) = split /:/, "$run->{fault}:::";
	my @wrong;
	return () if is_glibcs($scene, $run, $kind);
	push @wrong, sprintf 'late: %.1f s', $run->{elapsed}
	    if $run->{elapsed} > $scene->{limit};
	push @wrong, "signal $run->{signal}" if $run->{signal};
	push @wrong, "exit $run->{exit}" if $run->{exit} > 3;
	if ($kind eq 'write' && $run->{hits} && $run->{hit_fd} == 1 &&
	    $how =~ /^\d+$/ && $how != EINTR) {
		push @wrong, mute_errors($run);
	} elsif (!@wrong) {
		push @wrong, text_errors($scene, $run);
	}
	push @wrong, left_behind($scene, $kind);
	return @wrong;
}

# The next run, with the cache that the last one left.
sub next_errors {
	my ($scene) = @_;
	my $run = faulty_run($scene, '', keep => 1);
	my @wrong = text_errors($scene, $run);
	push @wrong, "exit $run->{exit}" if $run->{exit} != $scene->{exit};
	return map { "next run: $_" } @wrong;
}

# All points, or as many as the budget allows, evenly.
sub points {
	my ($scene, $budget, @wanted) = @_;
	my @all;
	for my $kind (@wanted) {
		for my $how (@{ $HOW{$kind} }) {
			push @all, map { "$kind:$_:$how" }
			    ($kind eq 'any' ? 6 : 1) .. $scene->{counts}{$kind};
		}
	}
	if (all_points()) {
		return @all if !grep { /^(?:lib|crypto)$/ } @wanted;
		$budget = $LIBRARY_POINTS;
	}
	return @all if @all <= $budget;
	my $step = @all / $budget;
	my $offset = length($scene->{name}) % 7 / 7;
	return map { $all[int(($_ + $offset) * $step)] } 0 .. $budget - 1;
}

sub survey {
	my ($scene, $budget, @wanted) = @_;
	my (@bad, %exits, $tried, $hit);
	for my $fault (points($scene, $budget, @wanted)) {
		my $run = faulty_run($scene, $fault);
		my @wrong = judged($scene, $run);
		$tried++;
		$hit++ if $run->{hits};
		$exits{$run->{exit}}++;
		push @wrong, next_errors($scene)
		    if defined $scene->{cache} && ($tried % 8 == 0 ||
			$fault =~ /^p?write|^rename|^fsync|^openat|^fstat/);
		push @bad, "$fault: " . join('; ', @wrong) . "\n" .
		    MPC::Test::excerpt($run->{out}) if @wrong;
	}
	local $Test::Builder::Level = $Test::Builder::Level + 1;
	$total{tried} += $tried // 0;
	$total{hit} += $hit // 0;
	note("$scene->{name}: ", $tried // 0, ' points, exit codes ',
	    join ' ', map { "$_ x$exits{$_}" } sort keys %exits);
	return ok(!@bad, "$scene->{name}: " . join ' ', @wanted) ||
	    diag(scalar(@bad), " of $tried\n", @bad > 40 ? @bad[0 .. 39] :
		@bad);
}

sub survey_done {
	note("$total{tried} points, of which $total{hit} were met");
	return done_testing();
}

# A run under a limit of the shell's ulimit, and with shell redirections.
sub run_limited {
	my ($scene, $before, $after) = @_;
	restore($scene);
	my $dir = scratch();
	my $start = time;
	local %ENV = %ENV;
	MPC::Test::clean_environment($scene->{env} // {});
	my $pid = fork() // die "fork: $!\n";
	if ($pid == 0) {
		exec 'sh', '-c', "exec >$dir/limited.out 2>$dir/limited.err " .
		    "</dev/null; $before; exec \"\$@\" " . ($after // ''), 'sh',
		    plugin($scene->{plugin}), @{ $scene->{args} }
		    or POSIX::_exit(127);
	}
	waitpid $pid, 0;
	return { exit => $? >> 8, signal => $? & 127, fault => $before,
	    hits => 1, hit_fd => -1, elapsed => time - $start, late => 0,
	    args => $scene->{args}, out => read_file("$dir/limited.out"),
	    err => read_file("$dir/limited.err") };
}

1;

#!/usr/bin/perl
# SPDX-License-Identifier: ISC
#
# The packages: built, installed, run from where they put the plugins, removed
# and purged, and nothing is left.  All of it happens in a copy-on-write view
# of this machine, which itself stays as it is; where an overlay cannot be
# mounted (some containers), on the machine itself.
#
# MPCIT_PACKAGES is a folder with packages built already; else they are built
# here, without their test suites.

use strict;
use warnings;

use Cwd qw(abs_path);
use FindBin ();
use MPCIT;

use constant {
	NAME => 'monitoring-plugins-cert',
	CACHE => '/var/cache/monitoring-plugins-cert',
	SHARE => '/usr/share/monitoring-plugins-cert',
	ICINGA => '/usr/sbin/icinga2',
};

need '/usr/bin/dpkg-buildpackage', '/usr/bin/dh', '/usr/bin/rpmbuild',
    '/usr/bin/unshare', ICINGA;
skip_rest('packages are installed by root') if $> != 0;
skip_rest(NAME . ' is installed on this machine')
    if grep { -e "$_/check_cert_expiry" }
    qw(/usr/lib/nagios/plugins /usr/lib64/nagios/plugins);

my $top = abs_path("$FindBin::Bin/../..");
my $packaging = "$top/contrib/packaging";
my ($names) = read_file("$top/plugins/local.mk") =~
    /^plugin_NAMES =((?:[^\n]*\\\n)*[^\n]*)/m;
my @plugins = grep { /^check_/ } split ' ', $names;
my @short = map { s/^check_//r } @plugins;

# ---- the view ----

my $view;			# a folder, or undef: there is none
my @undo;			# the command that removes what is installed
my $mount = <<'SH';
mount -t overlay overlay \
    -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root" &&
mount --bind /dev "$1/root/dev" && mount -t proc proc "$1/root/proc" || exit 99
root=$1/root
shift
exec chroot "$root" "$@"
SH

sub view_make
{
	for my $place (tmpdir(), '/dev/shm') {
		my $dir = tmpdir_in($place) or next;
		mkdir "$dir/$_" for qw(upper work root);
		$view = $dir;
		return if inside('true')->{rc} == 0;
		$view = undef;
	}
	diag('no overlay can be mounted: the machine itself is used');
	return;
}

sub tmpdir_in
{
	my ($place) = @_;

	return eval { File::Temp::tempdir('mpcit.XXXXXX', DIR => $place,
	    CLEANUP => 1) };
}

# Run a command in the view.
sub inside
{
	my (@cmd) = @_;

	return client_output(@cmd) if !$view;
	return client_output('unshare', '--mount', '--propagation', 'private',
	    'sh', '-c', $mount, 'sh', $view, @cmd);
}

# A command of the view that has to succeed; returns what it prints.
sub inside_ok
{
	my ($what, @cmd) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my $run = inside(@cmd);
	is($run->{rc}, 0, $what) or
	    diag(substr "$run->{out}$run->{err}", -2000);
	return $run->{out};
}

sub exists_inside
{
	my ($path) = @_;

	return inside('test', '-e', $path)->{rc} == 0;
}

# What a purge has left, but for the books of the package managers, and for a
# folder of the package "filesystem" of those who have rpm.
my $books = qr{^/(?:(?:var/lib/(?:dpkg|rpm)|var/log|var/cache/man|tmp|
    etc/ld\.so\.cache|var/cache/(?:ldconfig|debconf))(?:/|$)|
    usr/share/licenses$)}x;

sub left_over
{
	my ($package, @paths) = @_;

	my @left = grep { !-e && exists_inside($_) } @paths, CACHE;
	if ($view) {
		push @left, grep { !-d "$view/upper$_" || !-d }
		    grep { !/$books/ } map { s{^\Q$view/upper\E}{}r }
		    split /\n/,
		    client_output('find', "$view/upper", '-mindepth', '1')
		    ->{out};
	}
	is("@left", '', "$package: nothing is left");
	return;
}

# ---- building ----

# client_output() has the deadline of a plugin; this one has none.
sub build
{
	my ($what, @cmd) = @_;

	my $log = tmpdir() . '/log';
	open my $saved, '>&', \*STDOUT or die "dup: $!";
	open my $errors, '>&', \*STDERR or die "dup: $!";
	open STDOUT, '>', $log or die "$log: $!";
	open STDERR, '>&', \*STDOUT or die "dup: $!";
	my $rc = system(@cmd);
	open STDOUT, '>&', $saved or die "dup: $!";
	open STDERR, '>&', $errors or die "dup: $!";
	is($rc, 0, $what) and return;
	my @lines = split /\n/, read_file($log);
	splice @lines, 0, -30 if @lines > 30;
	diag(join "\n", @lines);
	done_testing;
	exit 1;
}

sub packages_build
{
	my $dir = tmpdir();
	local $ENV{DEB_BUILD_OPTIONS} = 'nocheck';
	delete local $ENV{MPC_CORPORA};
	build('the tarball is made', "$packaging/make-dist", $dir);
	my ($tarball) = glob "$dir/*.tar.xz";
	build('build-deb', "$packaging/build-deb", $dir, $tarball);
	build('build-rpm', "$packaging/build-rpm", $dir, $tarball, '--nodeps',
	    '--nocheck');
	return $dir;
}

sub one_file
{
	my ($pattern) = @_;

	my @files = grep { !/dbgsym|debuginfo|debugsource|\.src\.rpm$/ }
	    glob $pattern;
	is(scalar @files, 1, "one package: $pattern") or diag("@files");
	return $files[0];
}

# ---- what is in them ----

# PATH => "MODE OWNER", of files only.
sub deb_files
{
	my ($deb) = @_;

	my %file;
	for (split /\n/, client_output('dpkg-deb', '-c', $deb)->{out}) {
		my ($mode, $owner, undef, undef, undef, $path) = split ' ';
		$file{ substr $path, 1 } = "$mode $owner" if $mode !~ /^d/;
	}
	return %file;
}

sub rpm_files
{
	my ($rpm) = @_;

	my %file;
	for (split /\n/, client_output('rpm', '-qp', '--qf',
	    '[%{FILEMODES:perms} %{FILEUSERNAME}/%{FILEGROUPNAME} ' .
	    '%{FILENAMES}\n]', $rpm)->{out}) {
		my ($mode, $owner, $path) = split ' ';
		# Whether pages are compressed is up to the distribution.
		$path =~ s{(/man8/[^/]*\.8)$}{$1.gz};
		$file{$path} = "$mode $owner" if $mode !~ /^[dl]/;
	}
	return %file;
}

# The paths of a plugin, as far as they are the same everywhere.
sub files_common
{
	my ($plugin, $short) = @_;

	return ("/usr/share/bash-completion/completions/$plugin",
	    "/usr/share/man/man8/$plugin.8.gz",
	    SHARE . "/icinga2/$short.conf", SHARE . "/director/$short.json",
	    SHARE . "/nrpe/$short.cfg", SHARE . "/zabbix/$short.yaml");
}

sub files_are
{
	my ($what, $plugindir, $nagios, %file) = @_;

	local $Test::Builder::Level = $Test::Builder::Level + 1;
	my (%plugin, %data);
	for my $i (0 .. $#plugins) {
		$plugin{"$plugindir/$plugins[$i]"} = 1;
		$data{$_} = 1 for "$nagios/$short[$i].cfg",
		    files_common($plugins[$i], $short[$i]);
	}
	my @missing = grep { !$file{$_} } keys %plugin, keys %data;
	is("@missing", '', "$what: plugins, definitions, pages, completions");
	my @more = grep { m{^\Q$plugindir\E/|^/etc/} && !$plugin{$_} &&
	    !$data{$_} } keys %file;
	is("@more", '', "$what: nothing else is active");
	my @odd = map { "$_: $file{$_}" } grep { $file{$_} ne
	    ($plugin{$_} ? '-rwxr-xr-x root/root' : '-rw-r--r-- root/root') }
	    grep { !m{/examples/} } keys %file;
	is("@odd", '', "$what: modes and owners");
	return;
}

# What is loaded when it is needed must not be required.
sub needs_little
{
	my ($what, $depends) = @_;

	like($depends, qr/libssl|libcrypto/, "$what: depends on OpenSSL");
	unlike($depends, qr/libcurl|libidn2|libz|zlib/,
	    "$what: and not on what is loaded");
	return;
}

# ---- as installed ----

sub runs_installed
{
	my ($what, $plugindir) = @_;

	write_file("$_/installed",
	    read_file("$packaging/debian/tests/installed"))
	    for my $dir = tmpdir();
	my $run = inside('env', "PLUGINDIR=$plugindir", 'sh',
	    "$dir/installed");
	is($run->{rc}, 0, "$what: the plugins run where they are installed");
	diag("$run->{out}$run->{err}") if $run->{rc} != 0;
	is(() = $run->{out} =~ /^ok - \S+: \S+ \.\*\[0-9\]/mg, @plugins,
	    "$what: all of them");
	for my $plugin (@plugins) {
		inside_ok("$what: completion of $plugin", 'bash', '-c',
		    ". /usr/share/bash-completion/completions/$plugin && " .
		    "complete -p $plugin");
	}
	return;
}

# README.Debian's line for Icinga 2.
sub icinga_accepts
{
	my $dir = tmpdir();
	write_file("$dir/icinga2.conf", join "\n",
	    (map { "const $_ = \"/usr/lib/nagios/plugins\"" }
	    qw(PluginDir PluginContribDir)), 'include <itl>',
	    'include <plugins>', 'include "' . SHARE . '/icinga2/*.conf"', '');
	my $user = getpwuid $>;
	my $group = getgrgid $);
	inside_ok('Icinga 2 accepts its definitions', ICINGA, 'daemon', '-C',
	    '-c', "$dir/icinga2.conf", (map { ('-D', "$_=$dir") } qw(DataDir
	    LogDir CacheDir SpoolDir InitRunDir)), '-D', "RunAsUser=$user",
	    '-D', "RunAsGroup=$group");
	return;
}

sub cache_belongs
{
	my ($what, @users) = @_;

	my ($user) = grep { inside('getent', 'passwd', $_)->{rc} == 0 } @users;
	return ok(!exists_inside(CACHE), "$what: no user, no cache") if !$user;
	is(inside('stat', '-c', '%U %a', CACHE)->{out}, "$user 700\n",
	    "$what: the cache belongs to $user alone");
	return;
}

sub deb
{
	my ($deb) = @_;

	my %file = deb_files($deb);
	files_are('deb', '/usr/lib/nagios/plugins',
	    '/etc/nagios-plugins/config', %file);
	needs_little('deb',
	    client_output('dpkg-deb', '-f', $deb, 'Depends')->{out});
	my $conf = '/etc/nagios-plugins/config/cert_expiry.cfg';
	is(client_output('dpkg-deb', '-I', $deb, 'conffiles')->{out},
	    join('', map { "/etc/nagios-plugins/config/$_.cfg\n" }
	    sort @short), 'deb: the definitions for Nagios are conffiles');

	@undo = ('dpkg', '-P', NAME);
	inside_ok('deb: is installed', 'dpkg', '-i', $deb);
	my @listed = grep { $_ ne '/.' } split /\n/,
	    inside('dpkg', '-L', NAME)->{out};
	my @absent = grep { !exists_inside($_) }
	    grep { !m{^/usr/share/(?:doc|man)/} } @listed;
	is("@absent", '', 'deb: all of it is there');
	like(inside('cat', $conf)->{out}, qr{^\s*command_line\s+/usr/lib/nagios
	    /plugins/check_cert_expiry\s}mx, 'deb: commands with full paths');
	cache_belongs('deb', 'nagios');
	runs_installed('deb', '/usr/lib/nagios/plugins');
	icinga_accepts();

	inside('sh', '-c', "echo '# of the administrator' >>$conf");
	inside_ok('deb: is removed', 'dpkg', '-r', NAME);
	is(join(' ', grep { exists_inside("/usr/lib/nagios/plugins/$_") }
	    @plugins), '', 'deb: the plugins are gone');
	like(inside('cat', $conf)->{out}, qr/of the administrator/,
	    'deb: what the administrator wrote stays');
	inside_ok('deb: is purged', splice @undo);
	left_over('deb', @listed);
	return;
}

sub rpm
{
	my ($rpm) = @_;

	my %file = rpm_files($rpm);
	my ($plugindir) = map { m{^(.*)/check_cert_expiry$} }
	    grep { m{/plugins/} } keys %file;
	like($plugindir, qr{^/usr/lib(?:64)?/nagios/plugins$},
	    'rpm: where plugins are');
	files_are('rpm', $plugindir, SHARE . '/nagios', %file);
	needs_little('rpm', client_output('rpm', '-qp', '--requires', $rpm)
	    ->{out});

	# The books of RPM: none that the machine may have.
	my @rpm = ('rpm', '--dbpath', tmpdir());
	@undo = (@rpm, '-e', NAME);
	inside_ok('rpm: is installed', @rpm, '-i', '--nodeps', $rpm);
	my $verify = inside(@rpm, '-V', '--nodeps', NAME);
	is($verify->{out}, '', 'rpm: all of it is there, as packaged');
	cache_belongs('rpm', qw(icinga nagios nrpe));
	runs_installed('rpm', $plugindir);
	inside_ok('rpm: is erased', splice @undo);
	left_over('rpm', keys %file);
	return;
}

# Without a view, an interrupted test takes away what it has installed.
END {
	my $status = $?;
	inside(@undo) if @undo && !$view;
	$? = $status;
}
$SIG{PIPE} = $SIG{INT} = $SIG{TERM} = sub { exit 1 };

view_make();
my $dir = $ENV{MPCIT_PACKAGES} // packages_build();
deb(one_file("$dir/" . NAME . '_*.deb'));
rpm(one_file("$dir/" . NAME . '-[0-9]*.rpm'));
my ($module) = glob "$dir/" . NAME . '-selinux-*.noarch.rpm';
like(client_output('rpm', '-qpl', $module)->{out}, qr/\.cil$/m,
    'rpm: file contexts');
for my $kind (qw(cil fc)) {
	my $text = read_file(
	    "$packaging/selinux/monitoring_plugins_cert.$kind");
	my @patterns = $text =~ m{(/usr/\S+/check_\([^)]*\))}g;
	my @without = grep { my $path = $_; !grep { $path =~ /^$_$/ }
	    @patterns } map { "/usr/lib/nagios/plugins/$_" } @plugins;
	is("@without", '', "file contexts, $kind: all plugins");
}
done_testing;

# SPDX-License-Identifier: ISC
#
# Nagios 4 as a child of the test, with folders of its own.
#
#	my $nagios = MPCIT::Nagios->new($objects);	# text of object files
#	is($nagios->verify->{rc}, 0, 'taken');
#	$nagios->start;
#	my $services = $nagios->results(sub { ... });

package MPCIT::Nagios;

use strict;
use warnings;

use Time::HiRes ();

use MPCIT ();
use MPCIT::Server;

use constant {
	PROGRAM => '/usr/sbin/nagios4',
	USER => 'nagios',
};

# What objects need of a configuration: a period, a contact, a template.
my $days = join '', map { "\t$_\t00:00-24:00\n" }
    qw(sunday monday tuesday wednesday thursday friday saturday);
my $common = <<"END";
define timeperiod {
	timeperiod_name	24x7
	alias	always
$days}
define command {
	command_name	nothing
	command_line	/bin/true
}
define contact {
	contact_name	root
	host_notification_period	24x7
	service_notification_period	24x7
	host_notification_options	n
	service_notification_options	n
	host_notification_commands	nothing
	service_notification_commands	nothing
}
define host {
	name	generic-host
	register	0
	check_command	nothing
	max_check_attempts	1
	check_period	24x7
	notification_period	24x7
	contacts	root
}
define service {
	name	generic-service
	register	0
	check_period	24x7
	notification_period	24x7
	notification_interval	1440
	contacts	root
	check_interval	60
	retry_interval	60
	max_check_attempts	1
}
END

sub new
{
	my ($class, @objects) = @_;

	my $dir = tmpdir();
	my $self = bless { dir => $dir }, $class;
	mkdir "$dir/$_" for qw(rw results archives);
	write_file("$dir/common.cfg", $common);
	my $n = 0;
	my @files = map { write_file("$dir/objects" . ++$n . '.cfg', $_) }
	    @objects;
	my $plugins = MPCIT::plugin() =~ s{/[^/]*$}{}r;
	write_file("$dir/resource.cfg", "\$USER1\$=$plugins\n");
	$self->_main("$dir/common.cfg", @files);
	run_tool('chown', '-R', USER, $dir) if $> == 0;
	return $self;
}

sub pipe { return "$_[0]{dir}/rw/nagios.cmd" }

sub _main
{
	my ($self, @files) = @_;

	my $dir = $self->{dir};
	my $files = join '', map { "cfg_file=$_\n" } @files;
	write_file("$dir/nagios.cfg", <<"END");
log_file=$dir/nagios.log
$files
object_cache_file=$dir/objects.cache
resource_file=$dir/resource.cfg
status_file=$dir/status.dat
status_update_interval=1
nagios_user=@{[ USER ]}
nagios_group=@{[ USER ]}
check_external_commands=1
command_file=$dir/rw/nagios.cmd
query_socket=$dir/rw/nagios.qh
lock_file=$dir/nagios.pid
temp_file=$dir/nagios.tmp
temp_path=$dir
log_archive_path=$dir/archives
check_result_path=$dir/results
state_retention_file=$dir/retention.dat
use_syslog=0
service_check_timeout=30
check_for_updates=0
illegal_macro_output_chars=`~\$&|'"<>
enable_notifications=0
max_service_check_spread=1
max_host_check_spread=1
service_inter_check_delay_method=n
host_inter_check_delay_method=n
END
	return;
}

sub verify
{
	my ($self) = @_;

	return MPCIT::client_output(as_user(USER), PROGRAM, '-v',
	    "$self->{dir}/nagios.cfg");
}

sub start
{
	my ($self) = @_;

	$self->{server} = MPCIT::Server->start(name => 'nagios', cmd =>
	    [ PROGRAM, "$self->{dir}/nagios.cfg" ], user => USER);
	my $end = Time::HiRes::time() + 30;
	Time::HiRes::sleep(0.1) until -p $self->pipe ||
	    Time::HiRes::time() > $end;
	return $self;
}

# The services of status.dat as { description => its fields }, once READY
# says so.
sub results
{
	my ($self, $ready) = @_;

	my $end = Time::HiRes::time() + 60;
	while (1) {
		my %found;
		my $text = read_file("$self->{dir}/status.dat");
		for my $block ($text =~ /^servicestatus \{\n(.*?)^\s*\}/msg) {
			my %field = $block =~ /^\s*(\w+)=(.*)$/mg;
			$found{ $field{service_description} } = \%field;
		}
		return \%found if (%found && $ready->(\%found)) ||
		    Time::HiRes::time() > $end;
		Time::HiRes::sleep(0.5);
	}
}

sub stop { return $_[0]{server}->stop }

1;

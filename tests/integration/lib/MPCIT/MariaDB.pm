# SPDX-License-Identifier: ISC
#
# A MariaDB server with nothing in it, on a free loopback port.
#
#	my $db = MPCIT::MariaDB->start;
#	$db->create('director', 'lab');		database and user, password
#	my $n = $db->sql('SELECT COUNT(*) FROM x', 'director');

package MPCIT::MariaDB;

use strict;
use warnings;

use Test::More ();

use MPCIT ();
use MPCIT::Server;

use constant {
	PROGRAM => '/usr/sbin/mariadbd',
	CLIENT => '/usr/bin/mariadb',
	USER => 'mysql',
};

# Files that have to be there, for need().
sub needs { return (PROGRAM, CLIENT) }

sub start
{
	my ($class) = @_;

	my ($data, $port) = (tmpdir(), free_port());
	chown((getpwnam USER)[2, 3], $data) if $> == 0;
	run_tool(as_user(USER), '/usr/bin/mariadb-install-db',
	    '--no-defaults', "--datadir=$data/data", '--skip-test-db',
	    '--auth-root-authentication-method=normal',
	    '--innodb-flush-method=nosync', '--innodb-log-file-size=4M',
	    '--skip-log-bin');
	MPCIT::Server->start(name => 'mariadb', user => USER,
	    ports => [ $port ], cmd => [ PROGRAM, '--no-defaults',
	    "--datadir=$data/data", "--port=$port", "--socket=$data/sock",
	    "--pid-file=$data/pid", '--bind-address=127.0.0.1',
	    '--innodb-flush-method=nosync', '--innodb-fast-shutdown=2',
	    '--innodb-buffer-pool-size=32M',
	    '--innodb-flush-log-at-trx-commit=0', '--skip-name-resolve' ]);
	return bless { port => $port, socket => "$data/sock" }, $class;
}

sub port { return $_[0]{port} }

sub _client
{
	my ($self, @database) = @_;

	return (CLIENT, '--no-defaults', '-N', '-B', '-uroot',
	    "--socket=$self->{socket}", @database);
}

sub sql
{
	my ($self, $statement, @database) = @_;

	my $run = MPCIT::client_output($self->_client, '-e', $statement,
	    @database);
	Test::More::diag($run->{err}) if $run->{rc} != 0;
	chomp(my $out = $run->{out});
	return $out;
}

# What is in FILE.
sub load
{
	my ($self, $file, $database) = @_;

	run_tool('sh', '-c', 'file=$1; shift; exec "$@" < "$file"', 'load',
	    $file, $self->_client($database));
	return;
}

# A database, and a user of the same name.
sub create
{
	my ($self, $name, $password) = @_;

	$self->sql("CREATE DATABASE $name CHARACTER SET 'utf8';
	    CREATE USER '$name'\@'127.0.0.1' IDENTIFIED BY '$password';
	    GRANT ALL ON $name.* TO '$name'\@'127.0.0.1'");
	return;
}

# A section of Icinga Web's resources.ini.
sub resource
{
	my ($self, $name, $password) = @_;

	return <<"END";
[$name]
type = "db"
db = "mysql"
host = "127.0.0.1"
port = "$self->{port}"
dbname = "$name"
username = "$name"
password = "$password"
charset = "utf8"
END
}

1;

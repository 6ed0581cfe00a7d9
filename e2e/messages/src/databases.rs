//! Real servers of databases and brokers, and the clients that plant rows in them.

use anyhow::{Context, Result};

use crate::client;
use crate::planted::Row;
use crate::proxy::{Proxy, Recording};
use crate::server::{Server, command, folder, free_port, run};

pub(crate) fn postgres(rows: &[Row], modes: &[&str]) -> Result<Vec<Recording>> {
    const BIN: &str = "/usr/lib/postgresql/15/bin";
    let (folder, port) = (folder("postgres")?, free_port()?);
    let data = folder.path().join("data");
    std::fs::write(folder.path().join("password"), "planted-password").context("failed to write")?;
    run(command("postgres", &format!("{BIN}/initdb"), folder.path())?
        .args(["-N", "-E", "UTF8", "-A", "password", "-U", "postgres", "--pwfile=password", "-D"])
        .arg(&data))?;
    let mut start = command("postgres", &format!("{BIN}/postgres"), folder.path())?;
    start.arg("-D").arg(&data).args(["-F", "-p", &port.to_string(), "-k"]).arg(folder.path());
    let server = Server::start(start, port, folder)?;
    let proxy = Proxy::start(server.port)?;
    client::run(("psycopg", "3.3.9"), include_str!("clients/postgres.py"), proxy.port(), rows, modes)?;
    proxy.finish()
}

pub(crate) fn redis(rows: &[Row], modes: &[&str]) -> Result<Vec<Recording>> {
    let (folder, port) = (folder("redis")?, free_port()?);
    let mut start = command("redis", "/usr/bin/redis-server", folder.path())?;
    start
        .args(["--bind", "127.0.0.1", "--save", "", "--requirepass", "planted-password", "--port"])
        .arg(port.to_string());
    let server = Server::start(start, port, folder)?;
    let proxy = Proxy::start(server.port)?;
    client::run(("redis", "8.1.0"), include_str!("clients/redis.py"), proxy.port(), rows, modes)?;
    proxy.finish()
}

pub(crate) fn mysql(rows: &[Row], modes: &[&str]) -> Result<Vec<Recording>> {
    let (folder, port) = (folder("mysql")?, free_port()?);
    let (data, socket) = (folder.path().join("data"), folder.path().join("socket"));
    run(command("mysql", "/usr/bin/mariadb-install-db", folder.path())?
        .args(["--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db"])
        .arg(format!("--datadir={}", data.display())))?;
    std::fs::write(
        folder.path().join("init.sql"),
        "create database planted character set utf8mb4;\n\
         create user planter@'127.0.0.1' identified by 'planted-password';\n\
         grant all on planted.* to planter@'127.0.0.1';\n",
    )
    .context("failed to write")?;
    let mut start = command("mysql", "/usr/sbin/mariadbd", folder.path())?;
    start
        .args(["--no-defaults", "--bind-address=127.0.0.1", "--local-infile=1", "--innodb-flush-log-at-trx-commit=0"])
        .args(["--skip-name-resolve", "--max-allowed-packet=64M"])
        .arg(format!("--datadir={}", data.display()))
        .arg(format!("--socket={}", socket.display()))
        .arg(format!("--init-file={}", folder.path().join("init.sql").display()))
        .arg(format!("--port={port}"));
    let server = Server::start(start, port, folder)?;
    let proxy = Proxy::start(server.port)?;
    client::run(("mysql-connector-python", "9.1.0"), include_str!("clients/mysql.py"), proxy.port(), rows, modes)?;
    proxy.finish()
}

/// FerretDB, which speaks MongoDB's protocol over SQLite.
pub(crate) fn mongodb(rows: &[Row], modes: &[&str]) -> Result<Vec<Recording>> {
    let (folder, port) = (folder("root")?, free_port()?);
    let program = cloister_tools::path("ferretdb")?;
    let mut start = command("root", &program.display().to_string(), folder.path())?;
    start.arg(format!("127.0.0.1:{port}")).arg(folder.path());
    let server = Server::start(start, port, folder)?;
    let proxy = Proxy::start(server.port)?;
    client::run(("pymongo", "4.20.1"), include_str!("clients/mongodb.py"), proxy.port(), rows, modes)?;
    proxy.finish()
}

pub(crate) fn amqp(rows: &[Row], modes: &[&str]) -> Result<Vec<Recording>> {
    let (folder, port) = (folder("rabbitmq")?, free_port()?);
    let mut start = command("rabbitmq", "/usr/lib/rabbitmq/bin/rabbitmq-server", folder.path())?;
    let names = free_port()?.to_string();
    for (name, value) in [
        ("RABBITMQ_NODENAME", format!("planted{port}@localhost")),
        ("RABBITMQ_NODE_IP_ADDRESS", "127.0.0.1".to_owned()),
        ("RABBITMQ_NODE_PORT", port.to_string()),
        ("RABBITMQ_DIST_PORT", free_port()?.to_string()),
        ("RABBITMQ_MNESIA_BASE", folder.path().join("data").display().to_string()),
        ("RABBITMQ_LOGS", "-".to_owned()),
        ("RABBITMQ_CONF_ENV_FILE", "/dev/null".to_owned()),
        ("RABBITMQ_ENABLED_PLUGINS_FILE", "/dev/null".to_owned()),
        ("ERL_EPMD_PORT", names.clone()),
        ("ERL_EPMD_ADDRESS", "127.0.0.1".to_owned()),
        ("ERL_EPMD_RELAXED_COMMAND_CHECK", "1".to_owned()),
    ] {
        start.env(name, value);
    }
    let server = Server::start(start, port, folder)?;
    let proxy = Proxy::start(server.port)?;
    let said = client::run(("pika", "1.4.4"), include_str!("clients/amqp.py"), proxy.port(), rows, modes);
    drop(server);
    // The program that knows Erlang's names left its group.
    run(std::process::Command::new("/usr/bin/epmd").args(["-port", &names, "-kill"]))?;
    said?;
    proxy.finish()
}

pub(crate) fn kafka(rows: &[Row], modes: &[&str]) -> Result<Vec<Recording>> {
    let (folder, port, votes) = (folder("root")?, free_port()?, free_port()?);
    let jars = cloister_tools::jars(cloister_tools::KAFKA)?;
    // Clients are told the proxy's address.
    let proxy = Proxy::start(port)?;
    let settings = folder.path().join("server.properties");
    std::fs::write(
        &settings,
        format!(
            "process.roles=broker,controller\nnode.id=1\ncontroller.quorum.voters=1@127.0.0.1:{votes}\n\
             listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{votes}\n\
             advertised.listeners=PLAINTEXT://127.0.0.1:{}\ncontroller.listener.names=CONTROLLER\n\
             listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT\n\
             log.dirs={}\noffsets.topic.replication.factor=1\nmessage.max.bytes=8388608\n\
             offsets.topic.num.partitions=1\nauto.create.topics.enable=true\n",
            proxy.port(),
            folder.path().join("data").display()
        ),
    )
    .context("failed to write")?;
    let java = |main: &str| -> Result<std::process::Command> {
        let mut java = command("root", "java", folder.path())?;
        java.args(["-Xmx512m", "-cp"]).arg(format!("{}/*", jars.display())).arg(main);
        Ok(java)
    };
    run(java("kafka.tools.StorageTool")?.args(["format", "-t", "AAAAAAAAAAAAAAAAAAAAAA", "-c"]).arg(&settings))?;
    let mut start = java("kafka.Kafka")?;
    start.arg(&settings);
    let server = Server::start(start, port, folder)?;
    let package = ("kafka-python[lz4,snappy,zstd]", "3.0.12");
    client::run(package, include_str!("clients/kafka.py"), proxy.port(), rows, modes)?;
    drop(server);
    proxy.finish()
}

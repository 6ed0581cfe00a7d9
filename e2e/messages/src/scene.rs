//! A scene: a server, a client that plants, and what must be read.

use anyhow::{Context, Result, bail};
use cloister_dice::Dice;
use cloister_protocol::Side;
use cloister_protocol::transcript::Message;

use crate::expect::{differences, planted, told};
use crate::planted::Row;
use crate::proxy::{Proxy, Recording};
use crate::server::{Server, command, folder, free_port, run};
use crate::{client, read};

/// One protocol with its server and client.
pub struct Scene {
    /// The name of the protocol.
    pub name: &'static str,
    modes: &'static [&'static str],
    /// Plants rows, and returns what was said.
    record: fn(&[Row], &[&str]) -> Result<Vec<Recording>>,
    /// How a value of a mode is told by a side.
    prefix: fn(&str, Side) -> String,
    port: u16,
}

/// All of them.
pub const SCENES: &[Scene] = &[
    Scene {
        name: "postgres",
        modes: &["simple", "extended", "binary", "pipeline", "copytext", "copycsv", "copybinary"],
        record: postgres,
        prefix: |mode, _| format!("column:people_{mode}."),
        port: 5432,
    },
    Scene {
        name: "redis",
        modes: &["hashes2", "hashes3", "fields2", "fields3", "streams2", "streams3"],
        record: redis,
        prefix: |mode, _| format!("field:{mode}-"),
        port: 6379,
    },
    Scene {
        name: "mysql",
        modes: &["simple", "prepared", "compressed", "squeezed", "infile"],
        record: mysql,
        prefix: |mode, _| format!("column:people_{mode}."),
        port: 3306,
    },
    Scene {
        name: "mongodb",
        modes: &["inserted", "updated"],
        record: mongodb,
        prefix: |mode, _| format!("field:{mode}."),
        port: 27017,
    },
    Scene {
        name: "amqp",
        modes: &["delivered", "got", "packed"],
        record: amqp,
        prefix: |mode, _| format!("body:{mode}/"),
        port: 5672,
    },
    Scene {
        name: "kafka",
        modes: &["plain", "gzip", "snappy", "lz4", "zstd"],
        record: kafka,
        prefix: |mode, _| format!("header:{mode}-"),
        port: 9092,
    },
];

/// What came of a scene.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Values that were planted, each counted on both sides.
    pub values: usize,
    /// Messages that were read.
    pub messages: usize,
    /// Bytes that were said.
    pub bytes: usize,
    /// What differs.
    pub differences: Vec<String>,
}

/// What was read, as a table.
pub fn page(verdicts: &[(&Scene, Verdict)]) -> String {
    let mut page = String::from("| protocol | modes | bytes | messages | values planted | differences |\n");
    page.push_str("| --- | --- | --- | --- | --- | --- |\n");
    for (scene, verdict) in verdicts {
        let Verdict { values, messages, bytes, differences } = verdict;
        let (name, modes, differences) = (scene.name, scene.modes.join(", "), differences.len());
        page.push_str(&format!("| {name} | {modes} | {bytes} | {messages} | {values} | {differences} |\n"));
    }
    page
}

/// Plays a scene with so many rows in each mode.
///
/// # Errors
/// A server or a client is missing or fails; what was read changes with the cuts.
pub fn play(name: &str, seed: u64, count: usize) -> Result<Verdict> {
    let scene = SCENES.iter().find(|scene| scene.name == name).with_context(|| format!("there is no scene {name}"))?;
    let rows = crate::planted::rows(&mut Dice::new(seed), count, true);
    let recordings = (scene.record)(&rows, scene.modes)?;
    let bytes = recordings.iter().flatten().map(|(_, bytes)| bytes.len()).sum();
    let messages = read::messages(&recordings, scene.port)?;
    if std::env::var_os("CLOISTER_MESSAGES").is_some() {
        show(&messages);
    }
    let mut verdict = Verdict { messages: messages.len(), bytes, ..Verdict::default() };
    for mode in scene.modes {
        for side in [Side::Client, Side::Server] {
            let prefix = (scene.prefix)(mode, side);
            let expected = planted(&prefix, &rows);
            let found = told(&messages, side, &prefix);
            verdict.values += expected.values().sum::<usize>();
            verdict.differences.extend(differences(&format!("{name}, {mode}, {side:?}"), &found, &expected));
        }
    }
    if messages.is_empty() {
        bail!("nothing was read");
    }
    Ok(verdict)
}

/// Writes down what is said about one short row: samples for tests that need no server. Of each connection there is a
/// file, in the form that the fuzz targets read: a turn is a byte for its side, its length, and its bytes.
///
/// # Errors
/// A server or a client is missing or fails; a file cannot be written.
pub fn sample(name: &str, folder: &std::path::Path) -> Result<()> {
    let scene = SCENES.iter().find(|scene| scene.name == name).with_context(|| format!("there is no scene {name}"))?;
    let rows = crate::planted::rows(&mut Dice::new(7), 1, false);
    let recordings = (scene.record)(&rows, scene.modes)?;
    std::fs::create_dir_all(folder).context("failed to make a folder")?;
    for (index, recording) in recordings.iter().enumerate().filter(|(_, recording)| recording.len() > 4) {
        let mut bytes = Vec::new();
        for (side, said) in recording {
            for part in said.chunks(usize::from(u16::MAX)) {
                bytes.push(u8::from(*side == Side::Server));
                bytes.extend_from_slice(&u16::try_from(part.len()).unwrap_or(u16::MAX).to_be_bytes());
                bytes.extend_from_slice(part);
            }
        }
        std::fs::write(folder.join(format!("{name}-{index}")), bytes).context("failed to write a sample")?;
    }
    Ok(())
}

fn show(messages: &[Message]) {
    for message in messages {
        println!(
            "{:?} {:?} {} {} -> {:?}",
            message.id, message.side, message.operation, message.target, message.answers
        );
        for (place, value) in &message.values {
            let text = String::from_utf8_lossy(value);
            println!("    {place} = {:?}", text.chars().take(100).collect::<String>());
        }
    }
}

fn postgres(rows: &[Row], modes: &[&str]) -> Result<Vec<Recording>> {
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

fn redis(rows: &[Row], modes: &[&str]) -> Result<Vec<Recording>> {
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

fn mysql(rows: &[Row], modes: &[&str]) -> Result<Vec<Recording>> {
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
fn mongodb(rows: &[Row], modes: &[&str]) -> Result<Vec<Recording>> {
    let (folder, port) = (folder("root")?, free_port()?);
    let program = cloister_tools::path("ferretdb")?;
    let mut start = command("root", &program.display().to_string(), folder.path())?;
    start.arg(format!("127.0.0.1:{port}")).arg(folder.path());
    let server = Server::start(start, port, folder)?;
    let proxy = Proxy::start(server.port)?;
    client::run(("pymongo", "4.20.1"), include_str!("clients/mongodb.py"), proxy.port(), rows, modes)?;
    proxy.finish()
}

fn amqp(rows: &[Row], modes: &[&str]) -> Result<Vec<Recording>> {
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

fn kafka(rows: &[Row], modes: &[&str]) -> Result<Vec<Recording>> {
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

//! A real PostgreSQL in a folder of its own, for its own user, on a loopback port.

use std::fs;
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

const BIN: &str = "/usr/lib/postgresql/15/bin";
/// Runs what is named until its input ends, as it does when the test process does, however that ends; then nothing is
/// left of it, but where it was told to keep the folder.
const GUARD: &str = r#"folder=$1; shift
"$@" <&- & server=$!
read -r word
[ "$word" = kill ] && kill -KILL $server || kill -INT $server
wait $server
[ -n "$word" ] || rm -rf "$folder""#;
pub const PASSWORD: &str = "planted-password";

pub struct Server {
    folder: TempDir,
    pub port: u16,
    child: Mutex<Option<Child>>,
    databases: AtomicU32,
    settings: Vec<String>,
}

/// The unprivileged user that the package made, and its group; this process's own where it may not change.
fn user() -> Option<(u32, u32)> {
    rustix::process::geteuid().is_root().then(|| {
        let id = |flag| {
            let output = Command::new("id").args([flag, "postgres"]).output().unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            text.trim().parse().expect("there is no user postgres: install the package postgresql-15")
        };
        (id("-u"), id("-g"))
    })
}

fn command(program: &str, folder: &Path) -> Command {
    let mut command = Command::new(format!("{BIN}/{program}"));
    command.current_dir(folder).stdin(Stdio::null()).env("HOME", folder).env("LC_ALL", "C.UTF-8");
    if let Some((user, group)) = user() {
        command.uid(user).gid(group);
    }
    command
}

impl Server {
    /// A server with settings, in a folder that is prepared before it starts.
    pub fn with(settings: &[&str], prepare: impl Fn(&Path)) -> Server {
        Server::within(tempfile::tempdir().unwrap(), settings, prepare)
    }

    /// A server that keeps its data in this folder.
    pub fn within(folder: TempDir, settings: &[&str], prepare: impl Fn(&Path)) -> Server {
        give(folder.path());
        let password = folder.path().join("password");
        fs::write(&password, PASSWORD).unwrap();
        let made = command("initdb", folder.path())
            .args(["-N", "-E", "UTF8", "--locale=C.UTF-8", "-A", "scram-sha-256", "-U", "cloister"])
            .arg(format!("--pwfile={}", password.display()))
            .arg("-D")
            .arg(folder.path().join("data"))
            .output();
        let made = made.expect("initdb cannot be run: install the package postgresql-15");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        prepare(folder.path());
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let settings = settings.iter().map(|one| (*one).to_owned()).collect();
        let server = Server { folder, port, child: Mutex::new(None), databases: AtomicU32::new(0), settings };
        server.up();
        server
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Starts it, and waits until it answers.
    pub fn up(&self) {
        let begun = Instant::now();
        while !self.started() {
            // What it started may still end.
            if begun.elapsed() > Duration::from_secs(60) {
                panic!("{}", fs::read_to_string(self.folder.path().join("log")).unwrap());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    /// Whether it answers; false where it ended instead.
    fn started(&self) -> bool {
        let log = fs::OpenOptions::new().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let before = usize::try_from(log.metadata().unwrap().len()).unwrap();
        let mut start = Command::new("/bin/sh");
        start.args(["-c", GUARD, "guard"]).arg(self.folder.path()).arg(format!("{BIN}/postgres"));
        start.arg("-D").arg(self.data()).args(["-p", &self.port.to_string(), "-k"]).arg(self.folder.path());
        start.args(["-c", "max_connections=200"]);
        self.settings.iter().for_each(|setting| _ = start.args(["-c", setting]));
        start.current_dir(self.folder.path()).env("LC_ALL", "C.UTF-8").process_group(0);
        if let Some((user, group)) = user() {
            start.uid(user).gid(group);
        }
        start.stdin(Stdio::piped()).stdout(log.try_clone().unwrap()).stderr(log);
        *self.child.lock().unwrap() = Some(start.spawn().unwrap());
        let begun = Instant::now();
        while postgres::Client::connect(&self.url("postgres"), postgres::NoTls).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(90), "the server does not answer");
            std::thread::sleep(Duration::from_millis(50));
            let log = fs::read(self.folder.path().join("log")).unwrap();
            let log = String::from_utf8_lossy(log.get(before..).unwrap_or_default());
            // Processes of the server before are still about to end.
            if log.contains("pre-existing shared memory") || log.contains("lock file") {
                self.end("stop");
                return false;
            }
        }
        true
    }

    /// Kills it, as a machine that loses its power.
    pub fn kill(&self) {
        self.end("kill");
        let _ = fs::remove_file(self.data().join("postmaster.pid"));
    }

    /// Ends it at once, but in order: it tells its clients.
    pub fn stop(&self) {
        self.end("stop");
    }

    fn end(&self, how: &str) {
        let Some(mut child) = self.child.lock().unwrap().take() else { return };
        let _ = child.stdin.take().map(|mut guard| writeln!(guard, "{how}"));
        let _ = child.wait();
    }

    /// The address of a database.
    pub fn url(&self, database: &str) -> String {
        format!("postgresql://cloister:{PASSWORD}@127.0.0.1:{}/{database}", self.port)
    }

    /// A new database, ordered by a language's rules, not by bytes; its address.
    pub fn database(&self) -> String {
        let name = format!("store{}", self.databases.fetch_add(1, Ordering::SeqCst));
        let mut client = self.client("postgres");
        let language = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'de' LOCALE 'C.UTF-8'";
        client.batch_execute(&format!("CREATE DATABASE {name} {language}")).unwrap();
        self.url(&name)
    }

    pub fn client(&self, database: &str) -> postgres::Client {
        postgres::Client::connect(&self.url(database), postgres::NoTls).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Gives a file or folder to the server's user.
pub fn give(path: &Path) {
    if let Some((user, group)) = user() {
        chown(path, Some(user), Some(group)).unwrap();
    }
}

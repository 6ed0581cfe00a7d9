//! nginx and curl: files that are fetched, several by one connection.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, ensure};
use cloister_dice::Dice;

use crate::lab::{Lab, Network, inside};

/// Its port.
const PORT: u16 = 8_080;
/// How long it may take to begin.
const BEGINS: Duration = Duration::from_secs(20);

/// nginx on host `b`, and the files that it serves.
pub struct Web {
    nginx: Child,
    /// What is in them.
    pub files: Vec<Vec<u8>>,
    server: SocketAddr,
}

impl Web {
    /// Starts it.
    ///
    /// # Errors
    /// nginx is missing, or does not begin.
    pub fn start(lab: &Lab, folder: &Path, network: Network, seed: u64) -> Result<Web> {
        let server = SocketAddr::new(network.address(2, false), PORT);
        let mut dice = Dice::new(seed);
        let mut files = Vec::new();
        for number in 0..6 {
            let length = 1 + dice.below(300_000);
            let file: Vec<u8> = (0..length).map(|_| (dice.number() & 0xff) as u8).collect();
            fs::write(folder.join(format!("file{number}")), &file)?;
            files.push(file);
        }
        let config = folder.join("nginx.conf");
        let text = format!(
            "master_process off; daemon off; error_log stderr; pid {0}/nginx.pid; events {{}}\n\
             http {{ access_log off; client_body_temp_path {0}/body; proxy_temp_path {0}/proxy; fastcgi_temp_path {0}/f; \
             uwsgi_temp_path {0}/u; scgi_temp_path {0}/s; server {{ listen {server}; root {0}; }} }}\n",
            folder.display()
        );
        fs::write(&config, text)?;
        let mut command = lab.command("b", "nginx");
        command.arg("-c").arg(&config).stdout(Stdio::null()).stderr(Stdio::null());
        let mut web = Web { nginx: command.spawn().context("nginx is not installed")?, files, server };
        web.wait(lab)?;
        Ok(web)
    }

    fn wait(&mut self, lab: &Lab) -> Result<()> {
        let (host, server, until) = (lab.name("b"), self.server, Instant::now() + BEGINS);
        let asks = thread::spawn(move || -> Result<()> {
            inside(&host)?;
            while TcpStream::connect(server).is_err() {
                ensure!(Instant::now() < until, "nginx did not begin");
                thread::sleep(Duration::from_millis(20));
            }
            Ok(())
        });
        asks.join().map_err(|_| anyhow!("a thread panicked"))?
    }

    /// Fetches all files by one connection.
    ///
    /// # Errors
    /// curl is missing or fails.
    pub fn fetch(&self, lab: &Lab) -> Result<()> {
        let mut command = lab.command("a", "curl");
        command.args(["--silent", "--show-error", "--fail", "--max-time", "120"]);
        for number in 0..self.files.len() {
            command.args(["--output", "/dev/null", &format!("http://{}/file{number}", self.server)]);
        }
        let output = command.output().context("curl is not installed")?;
        ensure!(output.status.success(), "curl: {}", String::from_utf8_lossy(&output.stderr).trim());
        Ok(())
    }
}

impl Drop for Web {
    fn drop(&mut self) {
        let _ = self.nginx.kill();
        let _ = self.nginx.wait();
    }
}

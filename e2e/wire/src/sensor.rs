//! The real sensor in namespace `b`, on one core: its numbers, its memory, its time.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use cloister_streams::inside;
use tempfile::TempDir;

use crate::conversation::{Caller, servers};
use crate::lab::{INTERFACE, Lab};

/// Where the sensor tells its numbers; nobody else is in its namespace.
const METRICS: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 9464);
/// How long anything may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// Numbers are published every second: what has not changed for longer is all there is.
const STILL: Duration = Duration::from_millis(2_500);

/// A sensor that runs; it is stopped when this is dropped.
pub struct Sensor {
    child: Child,
    namespace: String,
    folder: TempDir,
}

/// What it counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    pub frames: u64,
    pub dropped: u64,
    pub messages: u64,
    pub accounts: u64,
    pub findings: u64,
    pub open: u64,
}

/// Memory of both processes, in kibibytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Memory {
    /// The largest resident set of the sensor, and the one now.
    pub peak: u64,
    pub now: u64,
    /// The largest of the capture, the kernel's buffer for frames among it.
    pub capture: u64,
}

impl Sensor {
    /// Starts it: `programs` is the folder of both.
    pub fn start(lab: &Lab, programs: &Path, core: usize) -> Result<Sensor> {
        let folder = tempfile::tempdir().context("no folder for findings")?;
        let pods = folder.path().join("pods.yaml");
        fs::write(&pods, manifests()).context("failed to write manifests")?;
        let register = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/clinic");
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &lab.name("b"), "taskset", "--cpu-list", &core.to_string()]);
        command.arg(programs.join("cloister-sensor")).args(["--interface", INTERFACE, "--inventory"]);
        command.arg(&pods).arg(register).args(["--metrics", &METRICS.to_string(), "--findings"]);
        command.arg(folder.path().join("findings.jsonl")).stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(fs::File::create(folder.path().join("errors")).context("failed to write")?);
        let child = command.spawn().context("failed to run ip")?;
        let mut sensor = Sensor { child, namespace: lab.name("b"), folder };
        let until = Instant::now() + PATIENCE;
        while sensor.seen().is_err() {
            if let Some(status) = sensor.child.try_wait().context("failed to wait for the sensor")? {
                bail!("the sensor ended with {status}: {}", sensor.errors());
            }
            if Instant::now() > until {
                bail!("the sensor does not begin: {}", sensor.errors());
            }
            thread::sleep(Duration::from_millis(50));
        }
        Ok(sensor)
    }

    fn errors(&self) -> String {
        fs::read_to_string(self.folder.path().join("errors")).unwrap_or_default()
    }

    /// What it says now.
    pub fn seen(&self) -> Result<Seen> {
        let namespace = self.namespace.clone();
        let ask = move || -> Result<String> {
            inside(&namespace)?;
            let mut stream = TcpStream::connect_timeout(&METRICS, PATIENCE)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.write_all(b"GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")?;
            let mut text = String::new();
            stream.read_to_string(&mut text)?;
            Ok(text)
        };
        let text = thread::spawn(ask).join().map_err(|_| anyhow!("a thread panicked"))??;
        Ok(read(&text))
    }

    /// What it says when it has worked off what it was sent.
    pub fn settled(&self) -> Result<Seen> {
        let (mut last, mut since) = (self.seen()?, Instant::now());
        let until = since + PATIENCE;
        while since.elapsed() < STILL {
            thread::sleep(Duration::from_millis(250));
            let now = self.seen()?;
            if now != last {
                (last, since) = (now, Instant::now());
            }
            if Instant::now() > until {
                bail!("the sensor's numbers do not come to rest");
            }
        }
        Ok(last)
    }

    /// Its process, and that of the capture.
    fn processes(&self) -> Result<[u32; 2]> {
        let own = self.child.id();
        let children = fs::read_to_string(format!("/proc/{own}/task/{own}/children")).context("the sensor is gone")?;
        let capture = children.split_whitespace().next().and_then(|id| id.parse().ok());
        Ok([own, capture.context("the sensor captures nothing")?])
    }

    /// Its memory.
    pub fn memory(&self) -> Result<Memory> {
        let [sensor, capture] = self.processes()?;
        Ok(Memory { peak: status(sensor, "VmHWM")?, now: status(sensor, "VmRSS")?, capture: status(capture, "VmHWM")? })
    }

    /// Milliseconds of a core that sensor and capture have used, with those of the kernel for them.
    pub fn time(&self) -> Result<[u64; 2]> {
        let [sensor, capture] = self.processes()?;
        Ok([ticks(sensor)? * 10, ticks(capture)? * 10])
    }
}

impl Drop for Sensor {
    fn drop(&mut self) {
        let capture = self.processes().map(|[_, capture]| PathBuf::from(format!("/proc/{capture}")));
        let _ = self.child.kill();
        let _ = self.child.wait();
        // It ends when nobody reads any more.
        let until = Instant::now() + PATIENCE;
        while capture.as_ref().is_ok_and(|it| it.exists()) && Instant::now() < until {
            thread::sleep(Duration::from_millis(5));
        }
    }
}

fn status(id: u32, key: &str) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{id}/status")).context("a process is gone")?;
    let line = text.lines().find_map(|line| line.strip_prefix(key)).context("the kernel does not say it")?;
    line.trim_matches(|letter: char| !letter.is_ascii_digit()).parse().context("the kernel says no number")
}

fn ticks(id: u32) -> Result<u64> {
    let text = fs::read_to_string(format!("/proc/{id}/stat")).context("a process is gone")?;
    let (_, fields) = text.rsplit_once(") ").context("the kernel says it in another way")?;
    // utime and stime (proc_pid_stat(5)), without the name and the id before.
    let times = fields.split(' ').skip(11).take(2).map(str::parse::<u64>);
    times.sum::<Result<u64, _>>().context("the kernel says no number")
}

/// The numbers of a page in the format of OpenMetrics.
fn read(text: &str) -> Seen {
    let lines = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' '));
    let all: BTreeMap<&str, u64> = lines.filter_map(|(name, value)| Some((name, value.parse().ok()?))).collect();
    let one = |name: &str| all.get(name).copied().unwrap_or_default();
    let sum = |start: &str| all.iter().filter(|(name, _)| name.starts_with(start)).map(|(_, value)| value).sum();
    Seen {
        frames: one("cloister_sensor_packets_total{what=\"frames\"}"),
        dropped: one("cloister_sensor_capture_frames_total{outcome=\"dropped\"}"),
        messages: sum("cloister_sensor_messages_total{"),
        accounts: one("cloister_sensor_values_total{category=\"bank-details\"}"),
        findings: sum("cloister_sensor_findings{"),
        open: one("cloister_sensor_open_flows"),
    }
}

/// Whose addresses those are.
fn manifests() -> String {
    let owners = [("clinic", "api"), ("clinic", "frontend"), ("clinic", "worker"), ("analytics", "collector")];
    let served = servers().into_iter().zip(owners);
    let callers = Caller::addresses().zip(owners.into_iter().cycle());
    served.chain(callers).map(|(address, (namespace, owner))| pod(namespace, owner, address)).collect()
}

fn pod(namespace: &str, owner: &str, address: [u8; 4]) -> String {
    let address = Ipv4Addr::from(address);
    let name = address.to_string().replace('.', "-");
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {owner}-{name}\n  namespace: {namespace}\n  ownerReferences:\n  \
         - {{apiVersion: apps/v1, kind: Deployment, name: {owner}, controller: true, uid: u}}\nspec:\n  containers: []\n\
         status:\n  phase: Running\n  podIP: {address}\n  podIPs: [{{ip: {address}}}]\n---\n"
    )
}

#[cfg(test)]
mod tests {
    use super::{Seen, read};

    #[test]
    fn numbers_are_read_as_the_sensor_writes_them() {
        let text = "# TYPE cloister_sensor_packets counter\ncloister_sensor_packets_total{what=\"frames\"} 12\n\
                    cloister_sensor_packets_total{what=\"frame_bytes\"} 9000\ncloister_sensor_messages_total{protocol=\"http1\"} 3\n\
                    cloister_sensor_messages_total{protocol=\"dns\"} 1\ncloister_sensor_open_flows 2\n\
                    cloister_sensor_values_total{category=\"bank-details\"} 7\n";
        let seen = Seen { frames: 12, messages: 4, accounts: 7, open: 2, ..Seen::default() };
        assert_eq!(read(text), seen);
    }
}

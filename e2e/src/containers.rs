//! containerd with a state of its own, and the removal of everything that it leaves behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::oci::Image;
use crate::service::{Service, run, wait_for};

const READY: Duration = Duration::from_secs(60);
/// The image of the process that holds a pod's namespaces: containerd's default name for it.
const PAUSE: &str = "registry.k8s.io/pause:3.6";

/// A container runtime whose socket, images and mounts all lie below one folder.
pub struct Containers {
    service: Option<Service>,
    folder: PathBuf,
}

impl Containers {
    /// Starts containerd below `folder`, with CNI configuration from `cni`.
    pub fn start(folder: &Path, cni: &Path) -> Result<Self> {
        let folder = folder.join("containerd");
        fs::create_dir_all(&folder).context("failed to create containerd's folder")?;
        let config = folder.join("config.toml");
        fs::write(&config, configuration(&folder, cni)).context("failed to write containerd's configuration")?;
        let mut command = Command::new("containerd");
        command.arg("--config").arg(&config);
        let mut service = Service::start("containerd", &mut command, &folder)
            .context("is containerd installed? (Debian packages containerd, runc, containernetworking-plugins)")?;
        let mut containers = Self { service: None, folder };
        service.wait_until(READY, || containers.ctr(&["version"]).is_ok())?;
        containers.service = Some(service);
        containers.import(Image::busybox(PAUSE, &["sleep", "1000000000"])?)?;
        Ok(containers)
    }

    /// Makes an image known to the node.
    pub fn import(&self, image: Image) -> Result<()> {
        let archive = self.folder.join("image.tar");
        image.write(&archive)?;
        self.ctr(&["images", "import", &archive.to_string_lossy()])?;
        fs::remove_file(&archive).context("failed to remove an archive")
    }

    /// What kubelet calls its runtime endpoint.
    pub fn endpoint(&self) -> String {
        format!("unix://{}", self.socket().display())
    }

    fn socket(&self) -> PathBuf {
        self.folder.join("containerd.sock")
    }

    fn ctr(&self, arguments: &[&str]) -> Result<String> {
        run(Command::new("ctr").arg("--address").arg(self.socket()).args(["--namespace", "k8s.io"]).args(arguments))
    }

    /// Ends the pods' processes: those of the shims that were started for our socket, found by that socket.
    fn end_pods(&self) -> Result<()> {
        let socket = self.socket();
        let shims: Vec<i32> = processes()?.into_iter().filter(|&id| serves(id, &socket)).collect();
        for id in processes()? {
            if parent(id).is_some_and(|parent| shims.contains(&parent)) {
                let _ = kill(Pid::from_raw(id), Signal::SIGKILL);
            }
        }
        for &shim in &shims {
            let _ = kill(Pid::from_raw(shim), Signal::SIGKILL);
        }
        wait_for("the end of the pods", READY, || {
            shims.iter().all(|id| !Path::new(&format!("/proc/{id}/cmdline")).exists()).then_some(())
        })
    }
}

impl Drop for Containers {
    fn drop(&mut self) {
        // containerd goes first, so that nothing is restarted while the pods end.
        self.service = None;
        let cleaned = self.end_pods().and_then(|()| unmount_below(self.folder.parent().unwrap_or(&self.folder)));
        if let Err(error) = cleaned {
            eprintln!("failed to clean up after containerd: {error:#}");
        }
    }
}

fn configuration(folder: &Path, cni: &Path) -> String {
    let folder = folder.display();
    let cni = cni.display();
    format!(
        r#"version = 2
root = "{folder}/root"
state = "{folder}/state"
[grpc]
  address = "{folder}/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  # Without CAP_SYS_RESOURCE, as in many CI machines, runc may not lower oom_score_adj.
  restrict_oom_score_adj = true
  # Below our folder, so that one sweep over the mounts removes them.
  netns_mounts_under_state_dir = true
  sandbox_image = "{PAUSE}"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{cni}"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
      Root = "{folder}/runc"
[plugins."io.containerd.internal.v1.opt"]
  path = "{folder}/opt"
"#
    )
}

fn processes() -> Result<Vec<i32>> {
    let entries = fs::read_dir("/proc").context("failed to read /proc")?;
    Ok(entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect())
}

/// Whether the process is a shim that reports to this socket.
fn serves(id: i32, socket: &Path) -> bool {
    let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    let line = String::from_utf8_lossy(&line);
    let mut arguments = line.split('\0');
    arguments.next().is_some_and(|program| program.contains("containerd-shim"))
        && arguments.any(|argument| Path::new(argument) == socket)
}

fn parent(id: i32) -> Option<i32> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("PPid:"))?.trim().parse().ok()
}

/// Unmounts everything below a folder of ours, the innermost first.
fn unmount_below(folder: &Path) -> Result<()> {
    let mounts = fs::read_to_string("/proc/self/mounts").context("failed to read the mounts")?;
    let mut left = 0;
    for line in mounts.lines().rev() {
        let Some(place) = line.split(' ').nth(1) else { continue };
        if Path::new(place).starts_with(folder) && run(Command::new("umount").args(["--lazy", place])).is_err() {
            left += 1;
        }
    }
    if left > 0 {
        bail!("{left} mounts are left below {}", folder.display());
    }
    Ok(())
}

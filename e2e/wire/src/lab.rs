//! Two network namespaces, joined by a pair of interfaces that change nothing on the way.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, ensure};

/// The namespaces; they go away in the end.
pub struct Lab {
    prefix: String,
}

/// The interface in both namespaces.
pub const INTERFACE: &str = "eth0";

impl Lab {
    /// Makes them.
    ///
    /// # Errors
    /// The kernel, a program or the right is missing; it is named.
    pub fn create() -> Result<Lab> {
        ensure!(nix::unistd::geteuid().is_root(), "network namespaces need root: run this as root");
        let lab = Lab { prefix: format!("cloister-wire-{}", std::process::id()) };
        for end in ["a", "b"] {
            run("ip", &["netns", "add", &lab.name(end)]).context("this machine makes no network namespace")?;
        }
        let (a, b) = (lab.name("a"), lab.name("b"));
        let pair = ["type", "veth", "peer", "name", INTERFACE, "netns", b.as_str()];
        run("ip", &[&["-n", a.as_str(), "link", "add", "name", INTERFACE][..], &pair].concat())?;
        for end in [&a, &b] {
            // Nobody has an address there, so that nothing else is on the wire.
            run("ip", &["-n", end, "link", "set", INTERFACE, "mtu", "1500", "addrgenmode", "none"])?;
            let off = ["-K", INTERFACE, "tso", "off", "gso", "off", "gro", "off", "tx", "off", "rx", "off"];
            run("ip", &[&["netns", "exec", end, "ethtool"][..], &off].concat())
                .context("offloads are switched off by ethtool: install it")?;
            run("ip", &["-n", end, "link", "set", "lo", "up"])?;
            run("ip", &["-n", end, "link", "set", INTERFACE, "up"])?;
        }
        Ok(lab)
    }

    /// The name of a namespace: `a` sends, `b` is captured.
    pub fn name(&self, end: &str) -> String {
        format!("{}-{end}", self.prefix)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        for end in ["a", "b"] {
            if let Err(error) = run("ip", &["netns", "delete", &self.name(end)]) {
                eprintln!("{} is left: {error:#}", self.name(end));
            }
        }
    }
}

fn run(program: &str, arguments: &[&str]) -> Result<()> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output();
    let output = output.with_context(|| format!("failed to run {program}: is it installed?"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    match output.status.success() {
        true => Ok(()),
        false => Err(anyhow!("{program} {}: {}", arguments.join(" "), text.trim())),
    }
}

//! Two hosts as network namespaces, `a` and `b`, joined twice: by `eth1` directly, and by `eth0` through a third
//! namespace, in which the forwarder is.

use std::fs::File;
use std::net::IpAddr;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow, ensure};
use nix::sched::{CloneFlags, setns};

/// The namespaces; they go away in the end.
pub struct Lab {
    prefix: String,
}

/// How the hosts are reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Network {
    /// Through the forwarder.
    Forwarded,
    /// Directly.
    Direct,
    /// Directly, in VXLAN.
    Vxlan,
}

impl Network {
    /// The address of a host.
    pub fn address(self, host: u8, ipv6: bool) -> IpAddr {
        let net = match self {
            Network::Forwarded => 1,
            Network::Direct => 2,
            Network::Vxlan => 3,
        };
        if ipv6 {
            IpAddr::from([0xfd00 | net, 0, 0, 0, 0, 0, 0, u16::from(host)])
        } else {
            IpAddr::from([10, u8::try_from(net).unwrap_or_default(), 0, host])
        }
    }

    /// Where host `b` is captured.
    pub fn interface(self) -> &'static str {
        match self {
            Network::Forwarded => "eth0",
            Network::Direct | Network::Vxlan => "eth1",
        }
    }
}

impl Lab {
    /// Makes the namespaces.
    ///
    /// # Errors
    /// The kernel, iproute2 or the right is missing.
    pub fn create() -> Result<Lab> {
        ensure!(nix::unistd::geteuid().is_root(), "network namespaces need root");
        let lab = Lab { prefix: format!("cloister-streams-{}", std::process::id()) };
        for host in ["a", "m", "b"] {
            ip(&["netns", "add", &lab.name(host)]).context("this machine makes no network namespace")?;
        }
        for (host, end) in [("a", "left"), ("b", "right")] {
            let (host, middle) = (lab.name(host), lab.name("m"));
            ip(&["-n", &middle, "link", "add", "name", end, "type", "veth", "peer", "name", "eth0", "netns", &host])?;
            // The forwarder sends frames as they came: none may be larger than others take.
            lab.ip_in(&host, "link set eth0 gso_max_segs 1")?;
            lab.ip_in(&middle, &format!("link set {end} up"))?;
        }
        let (a, b) = (lab.name("a"), lab.name("b"));
        ip(&["-n", &a, "link", "add", "name", "eth1", "type", "veth", "peer", "name", "eth1", "netns", &b])?;
        for (number, host) in [(1, &a), (2, &b)] {
            lab.host(host, number)?;
        }
        Ok(lab)
    }

    fn host(&self, host: &str, number: u8) -> Result<()> {
        self.ip_in(host, "link set lo up")?;
        for (network, interface) in [(Network::Direct, "eth1"), (Network::Forwarded, "eth0"), (Network::Vxlan, "vx0")] {
            if network == Network::Vxlan {
                let other = Network::Direct.address(3 - number, false);
                self.ip_in(
                    host,
                    &format!("link add name vx0 type vxlan id 4242 remote {other} dstport 4789 dev eth1"),
                )?;
            }
            self.ip_in(host, &format!("link set {interface} up"))?;
            self.ip_in(host, &format!("address add {}/24 dev {interface}", network.address(number, false)))?;
            self.ip_in(host, &format!("address add {}/64 dev {interface} nodad", network.address(number, true)))?;
        }
        Ok(())
    }

    fn ip_in(&self, namespace: &str, arguments: &str) -> Result<()> {
        let mut all = vec!["-n", namespace];
        all.extend(arguments.split(' '));
        ip(&all)
    }

    /// The name of a namespace: `a`, `m` or `b`.
    pub fn name(&self, host: &str) -> String {
        format!("{}-{host}", self.prefix)
    }

    /// A program on a host.
    pub fn command(&self, host: &str, program: &str) -> Command {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", &self.name(host), program]).stdin(Stdio::null());
        command
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        for host in ["a", "m", "b"] {
            if let Err(error) = ip(&["netns", "delete", &self.name(host)]) {
                println!("streams: {} is left: {error:#}", self.name(host));
            }
        }
    }
}

/// Puts the thread that calls, and those that it starts, into a namespace.
///
/// # Errors
/// There is no such namespace, or no right.
pub fn inside(namespace: &str) -> Result<()> {
    let path = format!("/run/netns/{namespace}");
    let file = File::open(&path).with_context(|| format!("failed to open {path}"))?;
    setns(file, CloneFlags::CLONE_NEWNET).with_context(|| format!("failed to enter {namespace}"))
}

fn ip(arguments: &[&str]) -> Result<()> {
    let output =
        Command::new("ip").args(arguments).stdin(Stdio::null()).output().context("iproute2 is not installed")?;
    let text = String::from_utf8_lossy(&output.stderr);
    if output.status.success() { Ok(()) } else { Err(anyhow!("ip {}: {}", arguments.join(" "), text.trim())) }
}

//! The Debian packages that the tests run: what is missing is installed where we may, and named where we may not.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::cargo::succeeds;

/// What a node with real pods needs, the judges of packets, of the probe, of streams and of messages, the receivers of alerts,
/// the program that captures, and the hub's store.
const PACKAGES: &[&str] = &[
    "bind9-dnsutils",
    "busybox-static",
    "chromium",
    "containerd",
    "containernetworking-plugins",
    "curl",
    "ethtool",
    "exim4-daemon-light",
    "iproute2",
    "libnginx-mod-http-brotli-filter",
    "libpcap-dev",
    "mariadb-server",
    "maven",
    "nftables",
    "nghttp2-client",
    "nghttp2-server",
    "nginx",
    "nsd",
    "openssl",
    "postgresql-15",
    "prometheus",
    "prometheus-alertmanager",
    "rabbitmq-server",
    "redis-server",
    "runc",
    "tshark",
    "unbound",
];

/// Programs that come from elsewhere, too, and the package that brings them where they are not there.
const PROGRAMS: &[(&str, &str)] = &[("npm", "npm")];

/// Installs what is missing.
///
/// # Errors
/// Packages are missing and cannot be installed; they are named.
pub fn install() -> Result<()> {
    let mut missing = missing(PACKAGES)?;
    missing.extend(PROGRAMS.iter().filter(|(program, _)| !runs(program)).map(|(_, package)| *package));
    if missing.is_empty() {
        println!("packages: all {} are installed", PACKAGES.len());
        return Ok(());
    }
    if !nix::unistd::geteuid().is_root() {
        bail!("packages are missing; as root: apt-get install --no-install-recommends {}", missing.join(" "));
    }
    println!("packages: installing {}", missing.join(" "));
    let mut update = Command::new("apt-get");
    update.args(["update", "--quiet"]);
    let mut install = Command::new("apt-get");
    install.args(["install", "--yes", "--quiet", "--no-install-recommends"]).args(&missing);
    for command in [&mut update, &mut install] {
        // Services of packages are not started: tests start what they need (invoke-rc.d asks for the runlevel).
        command.env("DEBIAN_FRONTEND", "noninteractive").env("RUNLEVEL", "1").stdout(Stdio::null());
        if !succeeds(command)? {
            bail!("failed to install {}", missing.join(" "));
        }
    }
    Ok(())
}

fn missing<'a>(packages: &[&'a str]) -> Result<Vec<&'a str>> {
    let mut missing = Vec::new();
    for &package in packages {
        let output = Command::new("dpkg-query")
            .args(["--show", "--showformat=${db:Status-Status}", package])
            .output()
            .with_context(|| format!("failed to ask dpkg-query: install {} by hand", packages.join(" ")))?;
        if output.stdout != b"installed" {
            missing.push(package);
        }
    }
    Ok(missing)
}

fn runs(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
}

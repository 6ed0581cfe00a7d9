//! What tshark makes of a capture.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::sessions::Datagrams;

/// Bytes of both ends of a connection, each with its address.
pub type Followed = [(SocketAddr, Vec<u8>); 2];

/// Connections by their number there.
///
/// # Errors
/// tshark is missing or fails.
pub fn follow(path: &Path) -> Result<Vec<Followed>> {
    let streams = run(path, &["-T", "fields", "-e", "tcp.stream", "-E", "occurrence=l", "-Y", "tcp"])?;
    let Some(last) = streams.lines().filter_map(|line| line.parse::<usize>().ok()).max() else { return Ok(Vec::new()) };
    let asked: Vec<String> = (0..=last).map(|number| format!("follow,tcp,raw,{number}")).collect();
    let mut arguments = vec!["-q"];
    asked.iter().for_each(|asked| arguments.extend(["-z", asked]));
    let text = run(path, &arguments)?;
    let mut all = Vec::new();
    for part in text.split("Follow: tcp,raw\n").skip(1) {
        all.push(followed(part).context("tshark's answer is not understood")?);
    }
    Ok(all)
}

fn followed(part: &str) -> Option<Followed> {
    let mut lines = part.lines().skip(1);
    let node = |line: Option<&str>| line?.split_once(": ")?.1.parse().ok();
    let mut said = [(node(lines.next())?, Vec::new()), (node(lines.next())?, Vec::new())];
    for line in lines.take_while(|line| !line.starts_with('=')) {
        let [first, second] = &mut said;
        match line.strip_prefix('\t') {
            Some(hex) => unhex(hex, &mut second.1)?,
            None => unhex(line, &mut first.1)?,
        }
    }
    Some(said)
}

/// Datagrams by who sent them to whom, in their order.
///
/// # Errors
/// tshark is missing or fails.
pub fn datagrams(path: &Path) -> Result<Datagrams> {
    let fields = ["ip.src", "ipv6.src", "udp.srcport", "ip.dst", "ipv6.dst", "udp.dstport", "udp.payload"];
    let mut arguments = vec![
        "-T",
        "fields",
        "-E",
        "occurrence=l",
        "-E",
        "separator=;",
        "-Y",
        "udp.payload and not icmp and not icmpv6",
    ];
    fields.iter().for_each(|field| arguments.extend(["-e", field]));
    let mut all = Datagrams::new();
    for line in run(path, &arguments)?.lines() {
        let mut parts = line.split(';');
        let mut end = || -> Option<SocketAddr> {
            let (v4, v6, port) = (parts.next()?, parts.next()?, parts.next()?);
            // In a tunnel, the family of the packet inside is the one of the datagram; ours are all of IPv4 outside.
            let address = if v6.is_empty() { v4 } else { v6 };
            Some(SocketAddr::new(address.parse().ok()?, port.parse().ok()?))
        };
        let (Some(from), Some(to)) = (end(), end()) else { bail!("tshark's answer is not understood: {line:.80}") };
        let mut bytes = Vec::new();
        unhex(parts.next().unwrap_or_default(), &mut bytes).context("tshark's answer is not understood")?;
        all.entry((from, to)).or_default().push(bytes);
    }
    Ok(all)
}

fn unhex(text: &str, into: &mut Vec<u8>) -> Option<()> {
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    for pair in pairs {
        into.push(u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?);
    }
    rest.is_empty().then_some(())
}

fn run(path: &Path, arguments: &[&str]) -> Result<String> {
    let mut command = Command::new("tshark");
    command.arg("-n").arg("-r").arg(path).args(arguments);
    // What is random looks like anything; only the bytes are asked for.
    command.args(["-o", "tcp.try_heuristic_first:FALSE", "-o", "tcp.check_checksum:FALSE"]);
    let output = command.stdin(Stdio::null()).output().context("tshark is not installed: apt-get install tshark")?;
    if !output.status.success() {
        bail!("tshark: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

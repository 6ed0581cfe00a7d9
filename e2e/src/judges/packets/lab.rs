//! The laboratory: a network namespace for each pod, one for everything outside, and between them one that forwards,
//! as a node does, and in which the rules stand. All of it is made once, and taken down when it is dropped.

use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write as _};
use std::net::IpAddr;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use super::agent::{Identity, Outcome};
use super::trial::Ends;

/// The gateway of every namespace.
const GATEWAY: [&str; 2] = ["169.254.1.1", "fe80::1"];
/// What forwards: no filter by the way back, no limit on how often it says "refused", and no address that is tried
/// before it is used. A kernel that lacks one of the optional ones has no such limit.
const SETTINGS: [(&str, &str, bool); 10] = [
    ("ipv4/ip_forward", "1", true),
    ("ipv6/conf/all/forwarding", "1", true),
    ("ipv6/conf/all/accept_dad", "0", true),
    ("ipv6/conf/default/accept_dad", "0", true),
    ("ipv4/conf/all/rp_filter", "0", true),
    ("ipv4/conf/default/rp_filter", "0", true),
    ("ipv4/icmp_ratelimit", "0", true),
    ("ipv6/icmp/ratelimit", "0", true),
    ("ipv4/icmp_msgs_per_sec", "1000000", false),
    ("ipv4/icmp_msgs_burst", "1000000", false),
];

/// One namespace with its agent.
struct Slot {
    addresses: Vec<IpAddr>,
    agent: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

/// All of them.
pub struct Lab {
    /// How the names of its namespaces begin.
    prefix: String,
    /// Namespaces that were made, that of the node first.
    namespaces: Vec<String>,
    slots: Vec<Slot>,
}

impl Lab {
    /// Makes a namespace for each list of addresses; agents answer on `ports`.
    ///
    /// # Errors
    /// The kernel, a program or the right is missing; it is named.
    pub fn create(places: &[Vec<IpAddr>], ports: &[u16]) -> Result<Lab> {
        ensure!(nix::unistd::geteuid().is_root(), "network namespaces need root");
        let prefix = format!("cloister-{}", std::process::id());
        let mut lab = Lab { prefix, namespaces: Vec::new(), slots: Vec::new() };
        let node = lab.add_namespace("node")?;
        lab.prepare_node(&node)?;
        for (number, addresses) in places.iter().enumerate() {
            let name = lab.add_namespace(&number.to_string())?;
            join(&node, &name, number, addresses)?;
            lab.slots.push(start_agent(&name, addresses, ports)?);
        }
        Ok(lab)
    }

    fn add_namespace(&mut self, name: &str) -> Result<String> {
        let name = format!("{}-{name}", self.prefix);
        ip(&["netns", "add", &name], "").context("this kernel or machine makes no network namespace")?;
        self.namespaces.push(name.clone());
        Ok(name)
    }

    fn prepare_node(&self, node: &str) -> Result<()> {
        let mut script = String::from("cd /proc/sys/net\n");
        for (setting, value, needed) in SETTINGS {
            let otherwise =
                if needed { format!("{{ echo this kernel has no {setting} >&2; exit 1; }}") } else { "true".into() };
            let _ = writeln!(script, "{{ echo {value} > {setting}; }} 2>/dev/null || {otherwise}");
        }
        run(inside(node, "sh"), &script)?;
        // Something that refusals can come from.
        ip(
            &["-n", node, "-batch", "-"],
            "link set lo up\naddress add 169.254.1.1/32 dev lo\naddress add fd99::1/128 dev lo nodad\n",
        )?;
        self.set_rules("table inet probe { chain c { type filter hook forward priority filter; ct state established accept; reject with icmpx admin-prohibited; }; }\ndelete table inet probe\n")
            .context("this kernel cannot do what the rules need: nftables for inet, with ct, zones and reject")
    }

    /// Puts these rules into force, all at once.
    ///
    /// # Errors
    /// `nft` refuses them.
    pub fn set_rules(&self, rules: &str) -> Result<()> {
        let node = self.namespaces.first().context("there is no node")?;
        let mut nft = inside(node, "nft");
        nft.args(["-f", "-"]);
        run(nft, rules)
    }

    /// Which namespace has this address.
    pub fn place(&self, address: IpAddr) -> Option<usize> {
        self.slots.iter().position(|slot| slot.addresses.contains(&address))
    }

    /// Tries every connection, in all namespaces at once; the outcomes in the same order.
    ///
    /// # Errors
    /// An agent has ended, or an address is in no namespace.
    pub fn try_all(&mut self, connections: &[Ends]) -> Result<Vec<Outcome>> {
        let mut orders: Vec<Vec<usize>> = vec![Vec::new(); self.slots.len()];
        for (number, ends) in connections.iter().enumerate() {
            let place = self.place(ends.from).with_context(|| format!("{} is nowhere", ends.from))?;
            orders.get_mut(place).into_iter().for_each(|order| order.push(number));
        }
        for (slot, order) in self.slots.iter_mut().zip(&orders) {
            let ends: Vec<&Ends> = order.iter().filter_map(|number| connections.get(*number)).collect();
            slot.tell(&serde_json::to_string(&ends)?)?;
        }
        let mut outcomes = vec![Outcome::Broken; connections.len()];
        for (slot, order) in self.slots.iter_mut().zip(&orders) {
            let letters = slot.hear()?;
            for (number, letter) in order.iter().zip(letters.chars()) {
                outcomes.get_mut(*number).into_iter().for_each(|it| *it = Outcome::read(letter));
            }
        }
        Ok(outcomes)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        for slot in &mut self.slots {
            let _ = slot.agent.kill();
            let _ = slot.agent.wait();
        }
        // Their devices go with them.
        for name in &self.namespaces {
            if let Err(error) = ip(&["netns", "delete", name], "") {
                println!("packets: {name} is left: {error:#}");
            }
        }
    }
}

impl Slot {
    fn tell(&mut self, line: &str) -> Result<()> {
        writeln!(self.input, "{line}").and_then(|()| self.input.flush()).context("an agent takes no orders")
    }

    fn hear(&mut self) -> Result<String> {
        let mut line = String::new();
        self.output.read_line(&mut line).context("an agent cannot be read")?;
        ensure!(line.ends_with('\n'), "an agent has ended; what it said stands above");
        Ok(line.trim_end().to_owned())
    }
}

/// A pair of devices between the node and a namespace, with every neighbour told, so that nothing is looked for.
fn join(node: &str, name: &str, number: usize, addresses: &[IpAddr]) -> Result<()> {
    let device = format!("pod{number}");
    let [outer, inner] = [0, 1].map(|end| format!("02:00:00:00:{number:02x}:{end:02x}"));
    let link = format!(
        "link add name {device} address {outer} type veth peer name eth0 netns {name} address {inner}\nlink set {device} up\n"
    );
    ip(&["-n", node, "-batch", "-"], &link).context("this kernel makes no pair of veth devices")?;
    let (mut outside, mut inside) = (String::new(), String::from("link set lo up\nlink set eth0 up\n"));
    for address in addresses {
        let _ = match address {
            IpAddr::V4(_) => writeln!(inside, "address add {address}/32 dev eth0"),
            IpAddr::V6(_) => writeln!(inside, "address add {address}/128 dev eth0 nodad"),
        };
        let _ = writeln!(outside, "route add {address} dev {device}");
        let _ = writeln!(outside, "neigh add {address} lladdr {inner} dev {device} nud permanent");
    }
    let [v4, v6] = GATEWAY;
    let _ = writeln!(inside, "route add {v4} dev eth0 scope link\nroute add default via {v4} dev eth0");
    let _ = writeln!(inside, "route add default via {v6} dev eth0");
    for gateway in GATEWAY {
        let _ = writeln!(inside, "neigh add {gateway} lladdr {outer} dev eth0 nud permanent");
    }
    ip(&["-n", name, "-batch", "-"], &inside)?;
    ip(&["-n", node, "-batch", "-"], &outside)
}

fn start_agent(name: &str, addresses: &[IpAddr], ports: &[u16]) -> Result<Slot> {
    let own = std::env::current_exe().context("failed to find this program")?;
    let mut command = inside(name, &own.to_string_lossy());
    let command = command.arg("packets-agent").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut agent = command.spawn().context("failed to start an agent")?;
    let (input, output) = (agent.stdin.take().context("no input")?, agent.stdout.take().context("no output")?);
    let mut slot = Slot { addresses: addresses.to_vec(), agent, input, output: BufReader::new(output) };
    slot.tell(&serde_json::to_string(&Identity { addresses: addresses.to_vec(), ports: ports.to_vec() })?)?;
    ensure!(slot.hear()? == "ready", "an agent did not begin");
    Ok(slot)
}

/// A program in a namespace.
fn inside(namespace: &str, program: &str) -> Command {
    let mut command = Command::new("ip");
    command.args(["netns", "exec", namespace, program]);
    command
}

fn ip(arguments: &[&str], input: &str) -> Result<()> {
    let mut command = Command::new("ip");
    command.args(arguments);
    run(command, input)
}

/// Runs a program to its end with this input.
fn run(mut command: Command, input: &str) -> Result<()> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("failed to run {command:?}: install iproute2 and nftables"))?;
    // It may end before it has read everything; then its own words say why.
    let _ = child.stdin.take().context("no input")?.write_all(input.as_bytes());
    let output = child.wait_with_output().with_context(|| format!("failed to wait for {command:?}"))?;
    if !output.status.success() {
        bail!("{command:?}: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

//! The same packets in other links and tunnels, which this kernel may not have.

use anyhow::{Context, Result};
use etherparse::{IpNumber, PacketBuilder};

use crate::file::Frame;

/// All of them.
pub const WRAPS: [Wrap; 11] = [
    Wrap::Vlan,
    Wrap::DoubleVlan,
    Wrap::Raw,
    Wrap::Cooked,
    Wrap::Cooked2,
    Wrap::Loopback,
    Wrap::Vxlan,
    Wrap::Geneve,
    Wrap::Gre,
    Wrap::IpInIp,
    Wrap::GeneveInVlan,
];

/// What is put around packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrap {
    /// 802.1Q.
    Vlan,
    /// 802.1ad around 802.1Q.
    DoubleVlan,
    /// Nothing.
    Raw,
    /// What Linux writes for several devices.
    Cooked,
    /// The same, its second version.
    Cooked2,
    /// The family of addresses.
    Loopback,
    /// VXLAN.
    Vxlan,
    /// Geneve, with an option.
    Geneve,
    /// GRE, with a key.
    Gre,
    /// IP in IPv4.
    IpInIp,
    /// Geneve, in 802.1Q.
    GeneveInVlan,
}

impl Wrap {
    /// How it is called.
    pub fn name(self) -> &'static str {
        match self {
            Wrap::Vlan => "802.1Q",
            Wrap::DoubleVlan => "802.1ad",
            Wrap::Raw => "raw IP",
            Wrap::Cooked => "Linux cooked",
            Wrap::Cooked2 => "Linux cooked, version 2",
            Wrap::Loopback => "loopback",
            Wrap::Vxlan => "VXLAN",
            Wrap::Geneve => "Geneve",
            Wrap::Gre => "GRE",
            Wrap::IpInIp => "IP in IP",
            Wrap::GeneveInVlan => "Geneve in 802.1Q",
        }
    }

    /// The link of such a file.
    pub fn link(self) -> u32 {
        match self {
            Wrap::Raw => 101,
            Wrap::Cooked => 113,
            Wrap::Cooked2 => 276,
            Wrap::Loopback => 0,
            _ => 1,
        }
    }

    /// Frames of IP, wrapped; others are left out.
    ///
    /// # Errors
    /// A frame is too long.
    pub fn all(self, frames: &[Frame]) -> Result<Vec<Frame>> {
        let is_ip = |frame: &&Frame| matches!(frame.1.get(12..14), Some([0x08, 0x00] | [0x86, 0xdd]));
        frames.iter().filter(is_ip).map(|(time, frame)| Ok((*time, self.one(frame)?))).collect()
    }

    fn one(self, frame: &[u8]) -> Result<Vec<u8>> {
        let (head, packet) = frame.split_at_checked(14).context("a short frame")?;
        let (addresses, kind) = head.split_at_checked(12).context("a short frame")?;
        let ipv6 = kind == [0x86, 0xdd];
        let network = [0, 0x10, 0x92, 0];
        Ok(match self {
            Wrap::Vlan => tagged(frame, &[7])?,
            Wrap::DoubleVlan => [addresses, &[0x88, 0xa8, 0, 5, 0x81, 0, 0, 7], kind, packet].concat(),
            Wrap::Raw => packet.to_vec(),
            Wrap::Cooked => [&[0, 0, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0][..], kind, packet].concat(),
            Wrap::Cooked2 => [kind, &[0, 0, 0, 0, 0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0][..], packet].concat(),
            Wrap::Loopback => [&(if ipv6 { 30_u32 } else { 2 }).to_le_bytes()[..], packet].concat(),
            Wrap::Vxlan => datagram(4_789, &[&[8, 0, 0, 0][..], &network, frame].concat())?,
            Wrap::Geneve => {
                datagram(6_081, &[&[2, 0, 0x65, 0x58][..], &network, &[1, 2, 3, 1, 9, 9, 9, 9], frame].concat())?
            }
            Wrap::Gre => outer(47, &[&[0x20, 0][..], kind, &network, packet].concat())?,
            Wrap::IpInIp => outer(if ipv6 { 41 } else { 4 }, packet)?,
            Wrap::GeneveInVlan => tagged(&Wrap::Geneve.one(frame)?, &[9])?,
        })
    }
}

fn tagged(frame: &[u8], vlan: &[u8; 1]) -> Result<Vec<u8>> {
    let (addresses, rest) = frame.split_at_checked(12).context("a short frame")?;
    Ok([addresses, &[0x81, 0, 0], vlan, rest].concat())
}

fn outer(protocol: u8, content: &[u8]) -> Result<Vec<u8>> {
    let mut frame = Vec::new();
    let builder = PacketBuilder::ethernet2([2; 6], [4; 6]).ipv4([10, 9, 0, 1], [10, 9, 0, 2], 64);
    builder.write(&mut frame, IpNumber(protocol), content)?;
    Ok(frame)
}

fn datagram(port: u16, content: &[u8]) -> Result<Vec<u8>> {
    let mut frame = Vec::new();
    let builder = PacketBuilder::ethernet2([2; 6], [4; 6]).ipv4([10, 9, 0, 1], [10, 9, 0, 2], 64).udp(50_000, port);
    builder.write(&mut frame, content)?;
    Ok(frame)
}

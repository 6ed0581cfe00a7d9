//! What is held, and how long it is waited.

/// How much may be held, and how long it is waited for what is missing. Times are microseconds of the capture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Flows at once; what is least useful makes room.
    pub flows: usize,
    /// Bytes that wait for what is missing before them, of all flows together, with what it costs to keep them.
    pub waiting: usize,
    /// Bytes of one side that wait.
    pub waiting_of_side: usize,
    /// Bytes of fragments that wait for others.
    pub fragments: usize,
    /// How far ahead of what was seen last a segment may be: more is another connection, or a lie. Windows are at most
    /// 1 GiB (RFC 7323).
    pub ahead: u32,
    /// How long it is waited for bytes that nobody acknowledges.
    pub patience: u64,
    /// How long it is waited for bytes that the other side says it has: captures disorder packets a little.
    pub grace: u64,
    /// How long fragments wait for others; Linux waits as long.
    pub fragment_patience: u64,
    /// After how long without a packet a connection is given up.
    pub idle: u64,
    /// The same, where only one side was heard.
    pub idle_one_sided: u64,
    /// The same, for datagrams.
    pub idle_datagrams: u64,
    /// How many tunnels may be in one another.
    pub nested: u8,
    /// Whether checksums are looked at. What a machine has not filled in yet, since its network card would, always
    /// passes.
    pub checksums: bool,
    /// Whether the same addresses and ports in another VLAN or another network of a tunnel are another flow. Some
    /// networks (Cilium) number the two ways differently, so not where nothing is said.
    pub apart_by_segment: bool,
}

const SECOND: u64 = 1_000_000;

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            flows: 1 << 17,
            waiting: 48 << 20,
            waiting_of_side: 8 << 20,
            fragments: 4 << 20,
            ahead: 64 << 20,
            patience: 30 * SECOND,
            grace: SECOND / 50,
            fragment_patience: 30 * SECOND,
            idle: 3_600 * SECOND,
            idle_one_sided: 30 * SECOND,
            idle_datagrams: 60 * SECOND,
            nested: 4,
            checksums: true,
            apart_by_segment: false,
        }
    }
}

//! What was seen, and above all what was not.

/// Makes the counters, and their list with names, of one text.
macro_rules! counters {
    ($($(#[$about:meta])* $name:ident,)*) => {
        /// What was seen, and what was dropped for which reason. They only grow.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub struct Counters {
            $($(#[$about])* pub $name: u64,)*
        }

        impl Counters {
            /// Each by its name, in a fixed order.
            pub fn each(&self) -> impl Iterator<Item = (&'static str, u64)> {
                [$((stringify!($name), self.$name),)*].into_iter()
            }
        }
    };
}

counters! {
    /// Frames that were handed over.
    frames,
    /// Their bytes, as far as they were captured.
    frame_bytes,
    /// Packets of which not all was captured.
    cut,
    /// Frames of a link that cannot be read, or that end within its head.
    link_malformed,
    /// Frames that carry neither IPv4 nor IPv6: ARP, LLDP and their kin.
    not_ip,
    /// Heads of IP, TCP, UDP or a tunnel that break their rules, or lie about lengths.
    malformed,
    /// Packets with a wrong checksum: no host takes them.
    checksum,
    /// Packets of other protocols: ICMP, SCTP, ESP.
    other_transport,
    /// Packets in tunnels that were taken out.
    tunnelled,
    /// Tunnels in tunnels beyond the limit.
    nested_too_deep,
    /// Fragments.
    fragments,
    /// Packets put together of them.
    fragments_joined,
    /// Fragmented packets thrown away since parts overlap (RFC 5722), as hosts do, or contradict one another.
    fragments_overlapping,
    /// Fragmented packets of which parts never came.
    fragments_timed_out,
    /// Fragmented packets given up for the limit of memory.
    fragments_evicted,
    /// Segments of TCP.
    segments,
    /// Datagrams of UDP.
    datagrams,
    /// Segments that ask for a connection.
    syns,
    /// Flows that were opened.
    opened,
    /// Those whose beginning was not seen.
    opened_midway,
    /// Flows that ended: both sides finished.
    finished,
    /// Connections that were reset.
    reset,
    /// Flows that were idle for too long.
    timed_out,
    /// Flows that had to make room.
    evicted,
    /// Connections given up since another one has their addresses and ports.
    replaced,
    /// Bytes that were handed on.
    bytes,
    /// Segments that came before what they follow.
    out_of_order,
    /// Bytes that had come before.
    duplicate_bytes,
    /// Bytes that differ from those held for the same place: the first ones count.
    conflicting_bytes,
    /// Bytes that were given up.
    lost_bytes,
    /// How often bytes were given up.
    gaps,
    /// Times that a gap was given up for the limit of memory.
    gaps_forced,
    /// Segments whose numbers fit nowhere.
    out_of_window,
    /// Segments of connections that had ended.
    late,
    /// Segments without a connection that say nothing: they open none.
    stray,
}

//! Streams of TCP (RFC 9293), put together from segments.
//!
//! What is in order is handed on at once, from the frame. What comes early waits; what is missing is given up when the
//! other side says that it has it (then the capture has missed it), when it was waited for long enough, or when it costs
//! too much. Of bytes that come twice the first ones count, as with the hosts' systems. A segment whose numbers fit nowhere
//! is not believed, nor is what it acknowledges or resets.

use crate::flow::{Event, Flow, Listener, Side, Transport};
use crate::flows::{End, Flows, by_side, calls};
use crate::gap::{ACKNOWLEDGED, Gap, MOST_PIECES, WAITING};
use crate::key::Sent;
use crate::table::{Entry, Half, NONE, ONE_SIDED};
use crate::transport::Segment;

/// How long an unanswered request for a connection is remembered, and one that has ended: twice the longest life of a
/// segment (RFC 9293, section 3.4.2: 2 minutes; Linux waits one). Milliseconds.
const REMEMBERED: u64 = 60_000;
/// How far behind a repeated SYN may be: only what is sent before its answer comes.
const REPEATED: u32 = 1 << 16;
/// How many segments in a row fit nowhere before they are taken for another connection of the same ends.
const STRANGERS: u8 = 16;
/// Farther ahead nothing is acknowledged: windows are no larger (RFC 7323).
const FARTHEST: u32 = 1 << 30;

impl Flows {
    pub(crate) fn segment<L: Listener + ?Sized>(&mut self, tcp: &Segment<'_>, listener: &mut L) {
        self.counters.segments += 1;
        let sent = self.sent(Transport::Tcp, tcp.source, tcp.destination, tcp.segment);
        let hash = self.table.hash(&sent.key);
        let known = self.table.find(hash, &sent.key);
        let flow = match (tcp.syn, tcp.acknowledges) {
            (true, None) => self.asked(tcp, sent, hash, known, listener),
            (true, Some(acknowledges)) => self.answered(tcp, acknowledges, sent, hash, known, listener),
            _ => known.or_else(|| self.open_midway(tcp, sent, hash, listener)),
        };
        let Some(flow) = flow else { return };
        if !self.fits(flow, tcp, sent) {
            let Some(flow) = self.stranger(flow, tcp, sent, hash, listener) else { return };
            return self.take(flow, tcp, sent, listener);
        }
        self.take(flow, tcp, sent, listener);
    }

    /// A SYN is only remembered, unless it brings bytes (RFC 7413): a flood of them opens nothing.
    fn asked<L: Listener + ?Sized>(
        &mut self,
        tcp: &Segment<'_>,
        sent: Sent,
        hash: u64,
        known: Option<u32>,
        listener: &mut L,
    ) -> Option<u32> {
        self.counters.syns += 1;
        if known.is_some_and(|flow| self.is_repeated(flow, sent, tcp.number)) {
            return None;
        }
        self.asked.put(way(hash, sent.by_lower), self.now / 1_000, tcp.number);
        if tcp.bytes.is_empty() || known.is_some() {
            return None;
        }
        let mut entry = Entry::new(sent.key, sent.by_lower);
        entry.half_mut(Side::Client).start(tcp.number.wrapping_add(1));
        Some(self.open_stream(hash, entry, tcp, Side::Client, true, listener))
    }

    /// A SYN with an answer opens a connection: it tells where both sides begin.
    fn answered<L: Listener + ?Sized>(
        &mut self,
        tcp: &Segment<'_>,
        acknowledges: u32,
        sent: Sent,
        hash: u64,
        known: Option<u32>,
        listener: &mut L,
    ) -> Option<u32> {
        let (asker, since) = (way(hash, !sent.by_lower), (self.now / 1_000).saturating_sub(REMEMBERED));
        let first = self.asked.get(asker, since);
        let is_new = first.is_some_and(|first| first.wrapping_add(1) == acknowledges);
        if let Some(flow) = known {
            let half = self.half_of_sender(flow, sent)?;
            if !half.started || self.is_repeated(flow, sent, tcp.number) {
                return Some(flow);
            }
            if !is_new {
                self.counters.out_of_window += 1;
                return None;
            }
            self.close(flow, End::Replaced, listener);
        }
        self.asked.forget(asker);
        self.ended.forget(hash);
        let mut entry = Entry::new(sent.key, !sent.by_lower);
        entry.half_mut(Side::Client).start(acknowledges);
        entry.half_mut(Side::Server).start(tcp.number.wrapping_add(1));
        Some(self.open_stream(hash, entry, tcp, Side::Server, true, listener))
    }

    /// Opens a connection whose answered SYN was not seen, once it says something.
    fn open_midway<L: Listener + ?Sized>(
        &mut self,
        tcp: &Segment<'_>,
        sent: Sent,
        hash: u64,
        listener: &mut L,
    ) -> Option<u32> {
        if tcp.rst || (tcp.bytes.is_empty() && tcp.cut == 0) {
            self.counters.stray += 1;
            return None;
        }
        let since = (self.now / 1_000).saturating_sub(REMEMBERED);
        if let Some([lower, higher]) = self.ended.get(hash, since) {
            let end = if sent.by_lower { lower } else { higher };
            if !is_after(end_of(tcp), end) {
                self.counters.late += 1;
                return None;
            }
        }
        let ahead = self.limits.ahead;
        let begins = |asked: Option<u32>, number: u32| {
            asked.map(|first| first.wrapping_add(1)).filter(|first| number.wrapping_sub(*first) <= ahead)
        };
        let own = begins(self.asked.get(way(hash, sent.by_lower), since), tcp.number);
        let other =
            tcp.acknowledges.and_then(|number| begins(self.asked.get(way(hash, !sent.by_lower), since), number));
        let side = match (own, other) {
            (Some(_), _) => Side::Client,
            (None, Some(_)) => Side::Server,
            _ if calls(tcp.source.port(), tcp.destination.port()) => Side::Client,
            _ => Side::Server,
        };
        let mut entry = Entry::new(sent.key, sent.by_lower == (side == Side::Client));
        entry.half_mut(side).start(own.unwrap_or(tcp.number));
        Some(self.open_stream(hash, entry, tcp, side, own.is_some(), listener))
    }

    fn open_stream<L: Listener + ?Sized>(
        &mut self,
        hash: u64,
        entry: Entry,
        tcp: &Segment<'_>,
        sender: Side,
        whole: bool,
        listener: &mut L,
    ) -> u32 {
        let (client, server) = by_side(sender, tcp.source, tcp.destination);
        let flow = Flow { transport: Transport::Tcp, client, server, segment: tcp.segment };
        self.open_flow(hash, ONE_SIDED, entry, &flow, whole, listener)
    }

    fn half_of_sender(&self, flow: u32, sent: Sent) -> Option<Half> {
        self.table.get(flow).map(|entry| *entry.half(entry.side(sent.by_lower)))
    }

    /// Whether a SYN with this number is that of the connection that is known.
    fn is_repeated(&self, flow: u32, sent: Sent, number: u32) -> bool {
        let half = self.half_of_sender(flow, sent);
        half.is_some_and(|half| half.started && half.next.wrapping_sub(number.wrapping_add(1)) <= REPEATED)
    }

    /// Whether a segment's number is near to where its sender stands, or to where the other side says that it does.
    fn fits(&self, flow: u32, tcp: &Segment<'_>, sent: Sent) -> bool {
        let Some(half) = self.half_of_sender(flow, sent) else { return true };
        let ahead = self.limits.ahead;
        let near = |from: u32| tcp.number.wrapping_sub(from) <= ahead || from.wrapping_sub(tcp.number) <= ahead;
        !half.started || near(half.next) || near(half.next.wrapping_add(half.beyond()))
    }

    /// A segment that fits nowhere; many of them in a row are another connection, whose beginning was not seen.
    fn stranger<L: Listener + ?Sized>(
        &mut self,
        flow: u32,
        tcp: &Segment<'_>,
        sent: Sent,
        hash: u64,
        listener: &mut L,
    ) -> Option<u32> {
        self.counters.out_of_window += 1;
        let entry = self.table.get_mut(flow)?;
        let half = entry.half_mut(entry.side(sent.by_lower));
        half.strange = half.strange.saturating_add(1);
        if half.strange < STRANGERS || tcp.bytes.is_empty() {
            return None;
        }
        self.close(flow, End::Replaced, listener);
        self.open_midway(tcp, sent, hash, listener)
    }

    /// Takes a segment of a connection that is known.
    fn take<L: Listener + ?Sized>(&mut self, flow: u32, tcp: &Segment<'_>, sent: Sent, listener: &mut L) {
        let now = self.now;
        let Some(entry) = self.table.get_mut(flow) else { return };
        let side = entry.side(sent.by_lower);
        let first = tcp.number.wrapping_add(u32::from(tcp.syn));
        let other_heard = entry.half(side.other()).heard;
        entry.last = now;
        let half = entry.half_mut(side);
        let joins = !half.heard && other_heard;
        half.heard = true;
        half.strange = 0;
        if !half.started {
            half.start(first);
        }
        if joins {
            self.table.talks(flow, now);
        }
        if let Some(number) = tcp.acknowledges {
            self.acknowledge(flow, side.other(), number);
        }
        if !tcp.rst {
            self.bytes(flow, side, first, tcp.bytes, listener);
        }
        if tcp.fin {
            self.end(flow, side, end_of(tcp), listener);
        }
        if tcp.rst && self.is_exact(flow, side, tcp.number) {
            return self.close(flow, End::Reset, listener);
        }
        self.settle(flow, listener);
    }

    /// Whether a reset is where its sender stands (RFC 5961, section 3): others may be forged.
    fn is_exact(&mut self, flow: u32, side: Side, number: u32) -> bool {
        let exact = self.table.get(flow).is_some_and(|entry| {
            let half = entry.half(side);
            half.next == number || half.acknowledged == number
        });
        self.counters.out_of_window += u64::from(!exact);
        exact
    }

    /// Closes a connection once neither side says more.
    fn settle<L: Listener + ?Sized>(&mut self, flow: u32, listener: &mut L) {
        let done = |entry: &Entry| entry.half(Side::Client).finished && entry.half(Side::Server).finished;
        if self.table.get(flow).is_some_and(done) {
            self.close(flow, End::Finished, listener);
        }
    }

    /// The other side has everything of `side` up to this number.
    fn acknowledge(&mut self, flow: u32, side: Side, number: u32) {
        let Some(half) = self.table.get_mut(flow).map(|entry| entry.half_mut(side)) else { return };
        if !half.started {
            return half.start(number);
        }
        if !is_after(number, half.acknowledged) || is_after(number, half.next.wrapping_add(FARTHEST)) {
            return;
        }
        half.acknowledged = number;
        let (beyond, gap) = (half.beyond(), half.gap);
        // One byte beyond may be the end, whose segment was not seen.
        if beyond == 0 || (beyond == 1 && gap == NONE) {
            return;
        }
        let number = self.gap(flow, side);
        if self.gaps.get(number).is_some_and(|gap| gap.acknowledged.is_none()) {
            self.requeue(number, beyond);
        }
    }

    /// A gap begins to wait anew; the other side has so many of its bytes.
    fn requeue(&mut self, number: u32, beyond: u32) {
        let Some(gap) = self.gaps.get_mut(number) else { return };
        gap.since = self.now;
        gap.acknowledged = (beyond > 0).then(|| gap.next + u64::from(beyond));
        self.gaps.requeue(number, if beyond > 0 { ACKNOWLEDGED } else { WAITING });
    }

    fn bytes<L: Listener + ?Sized>(&mut self, flow: u32, side: Side, number: u32, bytes: &[u8], listener: &mut L) {
        if bytes.is_empty() {
            return;
        }
        let Some(half) = self.table.get_mut(flow).map(|entry| entry.half_mut(side)) else { return };
        let length = length_of(bytes);
        if half.finished {
            let known = !is_after(number.wrapping_add(length), half.next);
            let counter = if known { &mut self.counters.duplicate_bytes } else { &mut self.counters.out_of_window };
            *counter += if known { u64::from(length) } else { 1 };
            return;
        }
        if number == half.next && half.gap == NONE {
            half.advance(length);
            return self.hand_on(flow, side, bytes, listener);
        }
        let early = number.wrapping_sub(half.next);
        if early <= u32::MAX / 2 {
            self.counters.out_of_order += u64::from(early > 0);
            return self.put(flow, side, early, bytes, listener);
        }
        let behind = half.next.wrapping_sub(number).min(length);
        self.counters.duplicate_bytes += u64::from(behind);
        let rest = bytes.get(behind as usize..).unwrap_or_default();
        let next = half.next;
        if !rest.is_empty() {
            self.bytes(flow, side, next, rest, listener);
        }
    }

    /// Puts bytes that are so far ahead, or at the place of a gap, to those that wait.
    fn put<L: Listener + ?Sized>(&mut self, flow: u32, side: Side, early: u32, bytes: &[u8], listener: &mut L) {
        let number = self.gap(flow, side);
        let Some(gap) = self.gaps.get_mut(number) else { return };
        let start = gap.next + u64::from(early);
        if early == 0 && gap.known().is_none_or(|known| known >= start + bytes.len() as u64) {
            gap.next += bytes.len() as u64;
            if let Some(half) = self.table.get_mut(flow).map(|entry| entry.half_mut(side)) {
                half.advance(length_of(bytes));
            }
            self.hand_on(flow, side, bytes, listener);
            return self.drain(number, true, listener);
        }
        let before = gap.held();
        let put = gap.put(start, bytes);
        let (held, pieces) = (gap.held(), gap.pieces());
        self.waiting = (self.waiting + held).saturating_sub(before);
        self.counters.duplicate_bytes += put.duplicate as u64;
        self.counters.conflicting_bytes += put.conflicting as u64;
        if early == 0 {
            return self.drain(number, true, listener);
        }
        if held > self.limits.waiting_of_side || pieces > MOST_PIECES {
            self.counters.gaps_forced += 1;
            self.skip(number, listener);
        }
        self.bound(listener);
    }

    /// Gives up the oldest gaps until what waits is within its bound.
    fn bound<L: Listener + ?Sized>(&mut self, listener: &mut L) {
        while self.waiting > self.limits.waiting {
            let Some(oldest) = self.gaps.first(WAITING).or_else(|| self.gaps.first(ACKNOWLEDGED)) else { break };
            self.counters.gaps_forced += 1;
            self.skip(oldest, listener);
        }
    }

    /// The gap of a side; it is made where there is none.
    fn gap(&mut self, flow: u32, side: Side) -> u32 {
        let Some(half) = self.table.get_mut(flow).map(|entry| entry.half_mut(side)) else { return NONE };
        if half.gap == NONE {
            let gap = Gap::new(flow, side, self.now);
            self.waiting += gap.held();
            half.gap = self.gaps.add(WAITING, gap);
        }
        half.gap
    }

    /// A side says that it ends before this number.
    fn end<L: Listener + ?Sized>(&mut self, flow: u32, side: Side, number: u32, listener: &mut L) {
        let Some(half) = self.table.get_mut(flow).map(|entry| entry.half_mut(side)) else { return };
        if half.finished || is_after(half.next, number) {
            return;
        }
        if half.next == number && half.gap == NONE {
            return self.finished(flow, side, listener);
        }
        let early = number.wrapping_sub(half.next);
        let gap = self.gap(flow, side);
        if let Some(gap) = self.gaps.get_mut(gap) {
            gap.end = Some(gap.next + u64::from(early));
        }
        self.drain(gap, false, listener);
        self.bound(listener);
    }

    fn finished<L: Listener + ?Sized>(&mut self, flow: u32, side: Side, listener: &mut L) {
        let Some(half) = self.table.get_mut(flow).map(|entry| entry.half_mut(side)) else { return };
        half.finished = true;
        half.advance(1);
        listener.on(self.table.id(flow), self.now, Event::Finished { side });
    }

    /// Hands on what no longer waits for anything. `moved`: what it waited for first has come, or was given up.
    fn drain<L: Listener + ?Sized>(&mut self, number: u32, moved: bool, listener: &mut L) {
        let Some(gap) = self.gaps.get_mut(number) else { return };
        let (flow, side) = (gap.flow, gap.side);
        while let Some(gap) = self.gaps.get_mut(number) {
            let held = gap.held();
            let Some(bytes) = gap.take() else { break };
            self.waiting = (self.waiting + gap.held()).saturating_sub(held);
            if let Some(half) = self.table.get_mut(flow).map(|entry| entry.half_mut(side)) {
                half.advance(length_of(&bytes));
            }
            self.hand_on(flow, side, &bytes, listener);
        }
        let Some(gap) = self.gaps.get_mut(number) else { return };
        let ends = gap.known().is_some_and(|known| known <= gap.next);
        let waits = gap.known().is_some() && !ends;
        let beyond = self.table.get(flow).map_or(0, |entry| entry.half(side).beyond());
        if !ends && (waits || beyond > 0) {
            if moved {
                self.requeue(number, beyond);
            }
            return;
        }
        self.forget_gap(number);
        if ends {
            self.finished(flow, side, listener);
        }
    }

    fn forget_gap(&mut self, number: u32) {
        let Some(gap) = self.gaps.remove(number) else { return };
        self.waiting = self.waiting.saturating_sub(gap.held());
        if let Some(entry) = self.table.get_mut(gap.flow) {
            entry.half_mut(gap.side).gap = NONE;
        }
    }

    /// Gives up what is missing first in a gap, or all that the other side was known to have, and hands on what follows.
    pub(crate) fn skip<L: Listener + ?Sized>(&mut self, number: u32, listener: &mut L) {
        let Some(gap) = self.gaps.get(number) else { return };
        let (flow, side, until) = (gap.flow, gap.side, gap.acknowledged.unwrap_or_default());
        self.skip_first(number, listener);
        while self.gaps.get(number).is_some_and(|gap| gap.next < until) {
            self.skip_first(number, listener);
        }
        if self.table.get(flow).is_some_and(|entry| entry.half(side).finished) {
            self.settle(flow, listener);
        }
    }

    fn skip_first<L: Listener + ?Sized>(&mut self, number: u32, listener: &mut L) {
        let Some(gap) = self.gaps.get_mut(number) else { return };
        let (flow, side) = (gap.flow, gap.side);
        let Some(half) = self.table.get_mut(flow).map(|entry| entry.half_mut(side)) else { return };
        let known = gap.known().map(|known| u32::try_from(known.saturating_sub(gap.next)).unwrap_or(u32::MAX));
        let missing = match (known, half.beyond()) {
            // One byte after all others is an end that was not seen.
            (None, 0 | 1) => return self.forget_gap(number),
            (None, beyond) => beyond,
            (Some(known), 0) => known,
            (Some(known), beyond) => known.min(beyond),
        };
        half.advance(missing);
        gap.next += u64::from(missing);
        self.lose(flow, side, missing, listener);
        self.drain(number, true, listener);
    }

    /// Hands on all that waits of a side.
    pub(crate) fn flush<L: Listener + ?Sized>(&mut self, flow: u32, side: Side, listener: &mut L) {
        while let Some(number) = self.table.get(flow).map(|entry| entry.half(side).gap).filter(|gap| *gap != NONE) {
            self.skip_first(number, listener);
        }
    }
}

/// The hash of one direction.
fn way(hash: u64, by_lower: bool) -> u64 {
    if by_lower { hash } else { !hash }
}

fn length_of(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

/// The number after a segment's last byte.
fn end_of(tcp: &Segment<'_>) -> u32 {
    let first = tcp.number.wrapping_add(u32::from(tcp.syn));
    first.wrapping_add(length_of(tcp.bytes)).wrapping_add(tcp.cut)
}

/// Whether a number comes after another, around the wrap.
fn is_after(number: u32, other: u32) -> bool {
    number != other && number.wrapping_sub(other) <= u32::MAX / 2
}

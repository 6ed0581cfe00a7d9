//! What the forwarder does to packets: it loses, doubles, delays and cuts them. A seed repeats it.

use cloister_dice::Dice;
use etherparse::checksum::Sum16BitWords;

/// How often, in thousandths of the packets.
#[derive(Clone, Copy, Debug, Default)]
pub struct Faults {
    /// Lost.
    pub lost: usize,
    /// Sent twice.
    pub doubled: usize,
    /// Held back, so that later ones overtake them.
    pub delayed: usize,
    /// Cut into fragments, which are disordered too.
    pub cut: usize,
}

/// Frames that are held back at once.
const HELD: usize = 64;
/// How long, in microseconds, at most.
const DELAY: usize = 15_000;

/// One direction.
pub struct Way {
    faults: Faults,
    dice: Dice,
    held: Vec<(u64, Vec<u8>)>,
}

impl Way {
    /// A direction in which nothing is held yet.
    pub fn new(faults: Faults, seed: u64) -> Way {
        Way { faults, dice: Dice::new(seed), held: Vec::new() }
    }

    /// What is sent on, once this frame came at this time.
    pub fn pass(&mut self, now: u64, frame: &[u8]) -> Vec<Vec<u8>> {
        let mut out = self.due(now);
        let Some(frame) = completed(frame) else {
            // Neighbours that are looked for are not disturbed.
            out.push(frame.to_vec());
            return out;
        };
        if self.happens(self.faults.lost) {
            return out;
        }
        let times = if self.happens(self.faults.doubled) { 2 } else { 1 };
        let pieces = if self.happens(self.faults.cut) { self.cut(&frame) } else { vec![frame] };
        for _ in 0..times {
            for piece in &pieces {
                if self.happens(self.faults.delayed) && self.held.len() < HELD {
                    let until = now + 1 + self.dice.below(DELAY) as u64;
                    self.held.push((until, piece.clone()));
                } else {
                    out.push(piece.clone());
                }
            }
        }
        out
    }

    /// What was held back until now.
    pub fn due(&mut self, now: u64) -> Vec<Vec<u8>> {
        let (due, held) = std::mem::take(&mut self.held).into_iter().partition(|(until, _)| *until <= now);
        self.held = held;
        let due: Vec<(u64, Vec<u8>)> = due;
        due.into_iter().map(|(_, frame)| frame).collect()
    }

    fn happens(&mut self, thousandths: usize) -> bool {
        self.dice.below(1_000) < thousandths
    }

    /// The frame as fragments, in any order, where it can be cut.
    fn cut(&mut self, frame: &[u8]) -> Vec<Vec<u8>> {
        let size = 8 * (2 + self.dice.below(90));
        let number = u32::try_from(self.dice.below(1 << 16)).unwrap_or_default();
        let mut pieces = match fragments(frame, size, number) {
            Some(pieces) if pieces.len() > 1 => pieces,
            _ => return vec![frame.to_vec()],
        };
        if self.dice.chance(50) {
            pieces.reverse();
        }
        pieces
    }
}

/// Where the head of IP begins, in frames of Ethernet without tags.
const IP: usize = 14;

struct Heads {
    ipv6: bool,
    /// Where the content of IP begins, and its protocol.
    content: usize,
    protocol: u8,
    /// Where it ends.
    end: usize,
    fragment: bool,
}

fn heads(frame: &[u8]) -> Option<Heads> {
    let byte = |at: usize| frame.get(at).copied();
    let word = |at: usize| Some(usize::from(u16::from_be_bytes([byte(at)?, byte(at + 1)?])));
    match word(12)? {
        0x0800 => Some(Heads {
            ipv6: false,
            content: IP + usize::from(byte(IP)? & 15) * 4,
            protocol: byte(IP + 9)?,
            end: IP + word(IP + 2)?,
            fragment: word(IP + 6)? & 0x3fff != 0,
        }),
        0x86dd => {
            let protocol = byte(IP + 6)?;
            Some(Heads {
                ipv6: true,
                content: IP + 40,
                protocol,
                end: IP + 40 + word(IP + 4)?,
                fragment: protocol == 44,
            })
        }
        _ => None,
    }
}

/// The frame with the checksum that a network card would have filled in; none for what is neither TCP nor UDP.
fn completed(frame: &[u8]) -> Option<Vec<u8>> {
    let heads = heads(frame)?;
    let at = heads.content + if heads.protocol == 6 { 16 } else { 6 };
    let known = matches!(heads.protocol, 6 | 17) || (heads.fragment && heads.ipv6);
    if !known {
        return None;
    }
    let mut frame = frame.get(..heads.end)?.to_vec();
    if heads.fragment {
        return Some(frame);
    }
    frame.get_mut(at..at + 2)?.fill(0);
    let (source, length) = if heads.ipv6 { (IP + 8, 32) } else { (IP + 12, 8) };
    let content = frame.get(heads.content..)?;
    let size = u16::try_from(content.len()).ok()?;
    let sum = Sum16BitWords::new()
        .add_slice(frame.get(source..source + length)?)
        .add_2bytes([0, heads.protocol])
        .add_2bytes(size.to_be_bytes())
        .add_slice(content);
    let sum = u16::from_be(sum.to_ones_complement_with_no_zero());
    frame.get_mut(at..at + 2)?.copy_from_slice(&sum.to_be_bytes());
    Some(frame)
}

/// A packet in pieces of at most `size` bytes, a multiple of 8 (RFC 791, RFC 8200).
pub(crate) fn fragments(frame: &[u8], size: usize, number: u32) -> Option<Vec<Vec<u8>>> {
    let heads = heads(frame).filter(|heads| !heads.fragment)?;
    let content = frame.get(heads.content..heads.end)?;
    let count = content.len().div_ceil(size);
    let piece = |(at, bytes): (usize, &[u8])| {
        let more = u16::from(at + 1 < count);
        let place = u16::try_from(at * size).ok()?;
        let mut piece = frame.get(..heads.content)?.to_vec();
        if heads.ipv6 {
            piece.extend([heads.protocol, 0]);
            piece.extend((place | more).to_be_bytes());
            piece.extend(number.to_be_bytes());
            *piece.get_mut(IP + 6)? = 44;
        } else {
            piece.get_mut(IP + 6..IP + 8)?.copy_from_slice(&((place / 8) | (more << 13)).to_be_bytes());
            piece.get_mut(IP + 4..IP + 6)?.copy_from_slice(&(number as u16).to_be_bytes());
        }
        piece.extend(bytes);
        sized(piece, heads.ipv6, heads.content)
    };
    content.chunks(size).enumerate().map(piece).collect()
}

/// The frame with its length, and the checksum of its head, filled in anew.
fn sized(mut frame: Vec<u8>, ipv6: bool, content: usize) -> Option<Vec<u8>> {
    let length = u16::try_from(frame.len() - IP).ok()?;
    if ipv6 {
        frame.get_mut(IP + 4..IP + 6)?.copy_from_slice(&(length - 40).to_be_bytes());
        return Some(frame);
    }
    frame.get_mut(IP + 2..IP + 4)?.copy_from_slice(&length.to_be_bytes());
    frame.get_mut(IP + 10..IP + 12)?.fill(0);
    let sum = Sum16BitWords::new().add_slice(frame.get(IP..content)?).ones_complement();
    frame.get_mut(IP + 10..IP + 12)?.copy_from_slice(&sum.to_ne_bytes());
    Some(frame)
}

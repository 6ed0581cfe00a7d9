//! Many conversations at once, frame by frame in turns: no two neighbours on the wire belong together.

use anyhow::Result;
use cloister_dice::Dice;

use crate::bodies::Coding;
use crate::conversation::{Caller, Template};

/// What a load is like.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Connections that are open at once.
    pub flows: usize,
    /// Requests on each.
    pub exchanges: usize,
    /// How answers are sent.
    pub coding: Coding,
    /// All begin at once, so that all are open together; else at different times, so that none is where another is.
    pub together: bool,
}

/// Conversations that are different; others have the same words from other callers.
const TEMPLATES: usize = 256;

/// What was sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Frames.
    pub frames: u64,
    /// Their bytes, with the Ethernet header, without its checksum.
    pub bytes: u64,
    /// Requests and answers.
    pub messages: u64,
    /// Bank accounts in them.
    pub accounts: u64,
    /// Connections.
    pub flows: u64,
}

/// Makes frames.
pub struct Load {
    templates: Vec<Template>,
    slots: Vec<Slot>,
    /// Whose turn it is.
    turn: usize,
    sent: Sent,
    /// Who has ended, begins again as another.
    goes_on: bool,
}

/// A connection that is open.
struct Slot {
    flow: u64,
    frame: usize,
    /// Turns that it waits before it begins, so that not all of them are at the same place.
    waits: usize,
}

impl Load {
    /// The load of a seed.
    ///
    /// # Errors
    /// A frame cannot be written.
    pub fn new(shape: Shape, seed: u64) -> Result<Load> {
        let mut dice = Dice::new(seed);
        let templates = (0..TEMPLATES).map(|_| Template::new(&mut dice, shape.exchanges, shape.coding));
        let templates = templates.collect::<Result<Vec<_>>>()?;
        let longest = templates.iter().map(Template::len).max().unwrap_or_default();
        let slot = |flow| Slot { flow, frame: 0, waits: if shape.together { 0 } else { dice.below(longest) } };
        let slots: Vec<Slot> = (0..shape.flows as u64).map(slot).collect();
        let sent = Sent { flows: slots.len() as u64, ..Sent::default() };
        Ok(Load { templates, slots, turn: 0, sent, goes_on: true })
    }

    /// No other connection begins; those that are open are said to their ends.
    pub fn run_out(&mut self) {
        self.goes_on = false;
        self.slots.iter_mut().for_each(|slot| slot.waits = 0);
    }

    /// What was made so far.
    pub fn sent(&self) -> Sent {
        self.sent
    }

    /// Adds the next frame to `out`; `false` when there are no more.
    pub fn put(&mut self, out: &mut Vec<u8>) -> bool {
        while !self.slots.is_empty() {
            if self.turn >= self.slots.len() {
                self.turn = 0;
            }
            let Some(slot) = self.slots.get_mut(self.turn) else { return false };
            if slot.waits > 0 {
                slot.waits -= 1;
                self.turn += 1;
                continue;
            }
            let kind = usize::try_from(slot.flow).unwrap_or_default() % TEMPLATES;
            let before = out.len();
            let told = self.templates.get(kind).and_then(|it| it.put(slot.frame, Caller::of(slot.flow), out));
            if let Some((messages, accounts)) = told {
                slot.frame += 1;
                self.turn += 1;
                self.sent.frames += 1;
                self.sent.bytes += (out.len() - before) as u64;
                self.sent.messages += u64::from(messages);
                self.sent.accounts += u64::from(accounts);
                return true;
            }
            if self.goes_on {
                *slot = Slot { flow: self.sent.flows, frame: 0, waits: 0 };
                self.sent.flows += 1;
            } else {
                self.slots.swap_remove(self.turn);
            }
        }
        false
    }
}

#[cfg(test)]
mod tests;

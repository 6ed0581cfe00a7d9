//! What both sides of a conversation know: what was prepared, what is waited for.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use super::copy::Copy;
use super::types::Decoder;
use crate::sql::{Meaning, Scene, Statement};
use crate::{Limits, MessageId, Place, Protocol, Side, Sink, Trouble};

/// As many answers may be waited for.
const PENDING: usize = 16 << 10;
/// As many tables and types of columns are remembered.
const REMEMBERED: usize = 1024;

/// What was agreed before messages begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// Nothing yet.
    Opening,
    /// The client asked for TLS, and waits for a letter.
    AskedTls,
    /// The same for GSSAPI.
    AskedGss,
    /// Messages.
    Running,
}

/// A column of rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) table: Box<str>,
    pub(super) name: Box<str>,
    pub(super) oid: u32,
    pub(super) binary: bool,
}

/// In which form values come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Forms {
    /// As the description of the rows says.
    #[default]
    Described,
    /// All the same.
    All(bool),
    /// Each its own.
    Each(Arc<[bool]>),
}

impl Forms {
    pub(super) fn new(codes: &[u8]) -> Forms {
        let binary = |code: &[u8]| code.last() == Some(&1);
        match codes.len() / 2 {
            0 => Forms::All(false),
            1 => Forms::All(binary(codes)),
            _ => Forms::Each(codes.chunks_exact(2).map(binary).collect()),
        }
    }

    pub(super) fn binary(&self, index: usize, described: bool) -> bool {
        match self {
            Forms::Described => described,
            Forms::All(binary) => *binary,
            Forms::Each(each) => each.get(index).copied().unwrap_or_default(),
        }
    }
}

/// A statement that was prepared.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    pub(super) statement: Statement,
    /// Types of its parameters; 0 where they are not known.
    pub(super) types: Vec<u32>,
    pub(super) columns: Option<Arc<[Column]>>,
}

/// A statement with its parameters.
#[derive(Clone, Debug, Default)]
pub(super) struct Portal {
    pub(super) prepared: u64,
    pub(super) message: Option<MessageId>,
    pub(super) forms: Forms,
}

/// What the client waits for.
#[derive(Debug)]
pub(super) enum Pending {
    Query(MessageId, VecDeque<Statement>),
    Parse,
    Bind,
    Describe(u64),
    Execute(Portal),
    Close,
    Sync,
}

pub(super) struct Shared {
    pub(super) limits: Limits,
    pub(super) next: MessageId,
    pub(super) phase: Phase,
    pub(super) database: String,
    /// The server asked for the password itself.
    pub(super) password: bool,
    pub(super) pending: VecDeque<Pending>,
    pub(super) copy: Option<Copy>,
    pub(super) portals: HashMap<Box<[u8]>, Portal>,
    names: HashMap<Box<[u8]>, u64>,
    prepared: BTreeMap<u64, Prepared>,
    number: u64,
    tables: HashMap<u32, Box<str>>,
    kinds: HashMap<(Box<str>, Box<str>), u32>,
}

impl Shared {
    pub(super) fn new(limits: &Limits, first: MessageId) -> Shared {
        Shared {
            limits: *limits,
            next: first,
            phase: Phase::Opening,
            database: String::new(),
            password: false,
            pending: VecDeque::new(),
            copy: None,
            portals: HashMap::new(),
            names: HashMap::new(),
            prepared: BTreeMap::new(),
            number: 0,
            tables: HashMap::new(),
            kinds: HashMap::new(),
        }
    }

    pub(super) fn scene(&self) -> Scene<'_> {
        Scene { protocol: Protocol::Postgres, host: &self.database }
    }

    pub(super) fn waits_for(&mut self, pending: Pending, sink: &mut dyn Sink) {
        if self.pending.len() >= PENDING {
            sink.trouble(Protocol::Postgres, Trouble::TooLarge);
            self.pending.clear();
        }
        self.pending.push_back(pending);
    }

    /// Forgets what was to be answered before the first that is meant; whether there is one.
    pub(super) fn skip_to(&mut self, meant: impl Fn(&Pending) -> bool) -> bool {
        let Some(at) = self.pending.iter().position(meant) else { return false };
        self.pending.drain(..at);
        true
    }

    /// The same, and the first that is meant, too.
    pub(super) fn answered(&mut self, meant: impl Fn(&Pending) -> bool) {
        if self.skip_to(meant) {
            self.pending.pop_front();
        }
    }

    /// Keeps a statement under its name; the oldest makes room.
    pub(super) fn prepare(&mut self, name: &[u8], prepared: Prepared) {
        self.number += 1;
        if let Some(old) = self.names.insert(name.into(), self.number) {
            // An unnamed statement may still be waited for.
            if !name.is_empty() {
                self.prepared.remove(&old);
            }
        }
        self.prepared.insert(self.number, prepared);
        if self.prepared.len() > self.limits.open {
            self.prepared.pop_first();
            let prepared = &self.prepared;
            self.names.retain(|_, number| prepared.contains_key(number));
        }
    }

    pub(super) fn named(&self, name: &[u8]) -> u64 {
        self.names.get(name).copied().unwrap_or_default()
    }

    pub(super) fn prepared(&self, number: u64) -> Option<&Prepared> {
        self.prepared.get(&number)
    }

    pub(super) fn prepared_mut(&mut self, number: u64) -> Option<&mut Prepared> {
        self.prepared.get_mut(&number)
    }

    pub(super) fn forget_statement(&mut self, name: &[u8]) {
        if let Some(number) = self.names.remove(name) {
            self.prepared.remove(&number);
        }
    }

    pub(super) fn bind(&mut self, name: &[u8], portal: Portal) {
        if self.portals.len() >= self.limits.open {
            self.portals.clear();
        }
        self.portals.insert(name.into(), portal);
    }

    /// The statement whose rows come now, and the message that asked for them.
    pub(super) fn current(&self) -> (Option<&Statement>, Option<MessageId>) {
        let running = self.pending.iter().find(|pending| matches!(pending, Pending::Query(..) | Pending::Execute(_)));
        match running {
            Some(Pending::Query(id, statements)) => (statements.front(), Some(*id)),
            Some(Pending::Execute(portal)) => {
                (self.prepared(portal.prepared).map(|prepared| &prepared.statement), portal.message)
            }
            _ => (None, None),
        }
    }

    /// The table of a column: a statement of one table tells it, and others remember.
    pub(super) fn table(&mut self, oid: u32, only: &str) -> Box<str> {
        if oid == 0 || self.tables.contains_key(&oid) || only.is_empty() {
            return self.tables.get(&oid).cloned().unwrap_or_else(|| only.into());
        }
        if self.tables.len() < REMEMBERED {
            self.tables.insert(oid, only.into());
        }
        only.into()
    }

    pub(super) fn remember_kind(&mut self, column: &Column) {
        if self.kinds.len() < REMEMBERED && column.oid != 0 {
            self.kinds.insert((column.table.clone(), column.name.clone()), column.oid);
        }
    }

    /// The type that a column had when it was seen.
    pub(super) fn kind(&self, table: &str, name: &str) -> u32 {
        self.kinds.get(&(table.into(), name.into())).copied().unwrap_or_default()
    }

    /// A side says no more: what it copied is not whole.
    pub(super) fn cut_copy(&mut self, side: Side, sink: &mut dyn Sink) {
        if let Some(mut copy) = self.copy.take_if(|copy| copy.side == side) {
            copy.gap();
            copy.finish(sink);
        }
    }

    pub(super) fn held(&self) -> usize {
        let prepared = self.prepared.values().map(|prepared| {
            let columns = prepared.columns.as_ref().map_or(0, |columns| columns.len());
            256 + 64 * (prepared.types.len() + prepared.statement.parameters.len() + columns)
        });
        self.pending.len() * size_of::<Pending>()
            + prepared.sum::<usize>()
            + self.portals.len() * 96
            + (self.tables.len() + self.kinds.len()) * 96
            + self.copy.as_ref().map_or(0, Copy::held)
    }
}

/// The place of a parameter.
pub(super) fn parameter<'a>(meaning: Option<&'a Meaning>, number: u16) -> Place<'a> {
    match meaning {
        Some(Meaning::Column { table, name }) => Place::Column { table, name },
        Some(Meaning::Credential) => Place::Field("password"),
        Some(Meaning::Unknown) | None => Place::Parameter(number),
    }
}

/// Hands a value on through its decoder.
pub(super) fn tell(
    decoder: &mut Decoder,
    bytes: &[u8],
    last: bool,
    id: MessageId,
    place: Place<'_>,
    sink: &mut dyn Sink,
) {
    decoder.push(bytes, last, &mut |bytes, last| sink.value(id, place, bytes, last));
}

//! What both sides of a conversation know.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::infile::Infile;
use crate::coding::Coding;
use crate::sql::{Scene, Statement};
use crate::{Head, Limits, MessageId, Protocol, Side, Sink, Trouble};

/// As many answers may be waited for.
const PENDING: usize = 4096;

/// Capabilities ("Capabilities Flags" of MySQL's documentation).
pub(super) mod capability {
    pub(crate) const CONNECT_WITH_DB: u32 = 1 << 3;
    pub(crate) const COMPRESS: u32 = 1 << 5;
    pub(crate) const PROTOCOL_41: u32 = 1 << 9;
    pub(crate) const SSL: u32 = 1 << 11;
    pub(crate) const SECURE_CONNECTION: u32 = 1 << 15;
    pub(crate) const PLUGIN_AUTH: u32 = 1 << 19;
    pub(crate) const LENGTH_OF_AUTH: u32 = 1 << 21;
    pub(crate) const DEPRECATE_EOF: u32 = 1 << 24;
    pub(crate) const ZSTD: u32 = 1 << 26;
    pub(crate) const QUERY_ATTRIBUTES: u32 = 1 << 27;
}

/// How far the conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    Greeting,
    Login,
    Commands,
}

/// A column of rows, or a parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) table: Box<str>,
    pub(super) name: Box<str>,
    pub(super) kind: u8,
    pub(super) unsigned: bool,
}

/// A statement that was prepared.
#[derive(Clone, Debug, Default)]
pub(super) struct Prepared {
    pub(super) statement: Arc<Statement>,
    pub(super) parameters: u16,
    /// Types that the client told last, and whether they are unsigned.
    pub(super) kinds: Vec<(u8, bool)>,
    pub(super) columns: Option<Arc<[Column]>>,
}

/// What the client waits for.
#[derive(Clone, Debug)]
pub(super) enum Pending {
    Query(MessageId, VecDeque<Statement>),
    Prepare(Arc<Statement>),
    Execute(MessageId, u32),
    Fetch,
    Fields,
    Other,
}

pub(super) struct Shared {
    pub(super) limits: Limits,
    pub(super) next: MessageId,
    pub(super) phase: Phase,
    pub(super) capabilities: u32,
    pub(super) database: String,
    pub(super) compression: Option<Coding>,
    /// The next packet of the client is a password.
    pub(super) password: bool,
    pub(super) pending: VecDeque<Pending>,
    pub(super) infile: Option<Infile>,
    pub(super) prepared: BTreeMap<u32, Prepared>,
    /// The statement prepared last, which `-1` means.
    pub(super) last: u32,
}

impl Shared {
    pub(super) fn new(limits: &Limits, first: MessageId) -> Shared {
        Shared {
            limits: *limits,
            next: first,
            phase: Phase::Greeting,
            capabilities: capability::PROTOCOL_41,
            database: String::new(),
            compression: None,
            password: false,
            pending: VecDeque::new(),
            infile: None,
            prepared: BTreeMap::new(),
            last: 0,
        }
    }

    pub(super) fn has(&self, capability: u32) -> bool {
        self.capabilities & capability != 0
    }

    pub(super) fn scene(&self) -> Scene<'_> {
        Scene { protocol: Protocol::Mysql, host: &self.database }
    }

    pub(super) fn waits_for(&mut self, pending: Pending, sink: &mut dyn Sink) {
        if self.pending.len() >= PENDING {
            sink.trouble(Protocol::Mysql, Trouble::TooLarge);
            self.pending.clear();
        }
        self.pending.push_back(pending);
    }

    pub(super) fn prepare(&mut self, id: u32, prepared: Prepared) {
        self.last = id;
        self.prepared.insert(id, prepared);
        if self.prepared.len() > self.limits.open {
            self.prepared.pop_first();
        }
    }

    pub(super) fn number(&self, id: u32) -> u32 {
        if id == u32::MAX { self.last } else { id }
    }

    pub(super) fn head<'a>(
        &'a self,
        side: Side,
        operation: &'a str,
        target: &'a str,
        answers: Option<MessageId>,
    ) -> Head<'a> {
        Head { side, protocol: Protocol::Mysql, operation, target, host: &self.database, answers, status: None }
    }

    pub(super) fn held(&self) -> usize {
        let prepared = self.prepared.values().map(|prepared| {
            let columns = prepared.columns.as_ref().map_or(0, |columns| columns.len());
            256 + 64 * (columns + prepared.kinds.len() + prepared.statement.parameters.len())
        });
        self.pending.len() * size_of::<Pending>()
            + prepared.sum::<usize>()
            + self.infile.as_ref().map_or(0, Infile::held)
    }
}

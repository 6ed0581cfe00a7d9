//! What was said, written down: for tests, judges and replays. It holds all of it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::Side;
use crate::message::{Head, MessageId, Place, Protocol, Sink, Trouble};

/// A message that was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its number.
    pub id: MessageId,
    /// Who sent it.
    pub side: Side,
    /// How.
    pub protocol: Protocol,
    /// What is done.
    pub operation: String,
    /// To what.
    pub target: String,
    /// Where it goes.
    pub host: String,
    /// The message that it answers.
    pub answers: Option<MessageId>,
    /// How it was answered.
    pub status: Option<u16>,
    /// Its values with their places, as [`written`] writes them.
    pub values: Vec<(String, Vec<u8>)>,
    /// After how many values each record was whole.
    pub records: Vec<usize>,
    /// Whether it ended, and whether nothing of it was missing then.
    pub ended: Option<bool>,
}

/// Writes down what it is told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Transcript {
    /// The messages by their number.
    pub messages: BTreeMap<MessageId, Message>,
    /// What went wrong, and how often.
    pub troubles: BTreeMap<(Protocol, Trouble), u64>,
    /// Which names lead to which addresses.
    pub resolved: BTreeMap<String, BTreeSet<IpAddr>>,
    /// What is called by a number, and its name.
    pub named: BTreeMap<String, String>,
    open: BTreeMap<MessageId, String>,
}

impl Transcript {
    /// The values of a message at a place.
    pub fn values(&self, id: MessageId, place: &str) -> Vec<&[u8]> {
        let values = self.messages.get(&id).into_iter().flat_map(|message| &message.values);
        values.filter(|(at, _)| at == place).map(|(_, value)| value.as_slice()).collect()
    }

    /// Whether each message and each value was ended.
    pub fn is_closed(&self) -> bool {
        self.open.is_empty() && self.messages.values().all(|message| message.ended.is_some())
    }
}

/// A place as text: `header:host`, `column:users.name`.
pub fn written(place: &Place<'_>) -> String {
    match place {
        Place::Path => "path".to_owned(),
        Place::Query(name) => format!("query:{name}"),
        Place::Header(name) => format!("header:{name}"),
        Place::Body(media) => format!("body:{media}"),
        Place::File { name, media } => format!("file:{name}:{media}"),
        Place::Column { table, name } => format!("column:{table}.{name}"),
        Place::Parameter(number) => format!("parameter:{number}"),
        Place::Statement => "statement".to_owned(),
        Place::Key => "key".to_owned(),
        Place::Field(name) => format!("field:{name}"),
        Place::Text => "text".to_owned(),
    }
}

impl Sink for Transcript {
    fn begin(&mut self, id: MessageId, head: &Head<'_>) {
        let message = Message {
            id,
            side: head.side,
            protocol: head.protocol,
            operation: head.operation.to_owned(),
            target: head.target.to_owned(),
            host: head.host.to_owned(),
            answers: head.answers,
            status: head.status,
            values: Vec::new(),
            records: Vec::new(),
            ended: None,
        };
        let before = self.messages.insert(id, message);
        debug_assert!(before.is_none(), "message {id:?} begins twice");
    }

    fn value(&mut self, id: MessageId, place: Place<'_>, bytes: &[u8], last: bool) {
        let Some(message) = self.messages.get_mut(&id) else {
            debug_assert!(false, "a value of message {id:?}, which did not begin");
            return;
        };
        debug_assert!(message.ended.is_none(), "a value of message {id:?}, which ended");
        let place = written(&place);
        match self.open.remove(&id) {
            Some(open) => {
                debug_assert_eq!(open, place, "a value begins inside of another");
                if let Some((_, value)) = message.values.last_mut() {
                    value.extend_from_slice(bytes);
                }
            }
            None => message.values.push((place.clone(), bytes.to_vec())),
        }
        if !last {
            self.open.insert(id, place);
        }
    }

    fn record(&mut self, id: MessageId) {
        if let Some(message) = self.messages.get_mut(&id) {
            message.records.push(message.values.len());
        }
    }

    fn end(&mut self, id: MessageId, whole: bool) {
        debug_assert!(!self.open.contains_key(&id), "message {id:?} ends inside of a value");
        let message = self.messages.get_mut(&id);
        debug_assert!(
            message.as_ref().is_some_and(|message| message.ended.is_none()),
            "{id:?} ends twice or never began"
        );
        if let Some(message) = message {
            message.ended = Some(whole);
        }
    }

    fn resolved(&mut self, name: &str, address: IpAddr, _seconds: u32) {
        self.resolved.entry(name.to_owned()).or_default().insert(address);
    }

    fn named(&mut self, number: &str, name: &str) {
        self.named.insert(number.to_owned(), name.to_owned());
    }

    fn name_of(&mut self, number: &str) -> Option<String> {
        self.named.get(number).cloned()
    }

    fn trouble(&mut self, protocol: Protocol, trouble: Trouble) {
        *self.troubles.entry((protocol, trouble)).or_default() += 1;
    }
}

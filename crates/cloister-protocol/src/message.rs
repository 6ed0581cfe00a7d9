//! Messages, and the places of the values in them.

use std::net::IpAddr;

use crate::Side;

/// What is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// HTTP/1.0 and 1.1 (RFC 9112).
    Http1,
    /// HTTP/2 (RFC 9113), with gRPC in it.
    Http2,
    /// WebSocket (RFC 6455).
    WebSocket,
    /// PostgreSQL, protocol 3.
    Postgres,
    /// MySQL and MariaDB.
    Mysql,
    /// Redis, RESP2 and RESP3.
    Redis,
    /// MongoDB, OP_MSG.
    MongoDb,
    /// Kafka.
    Kafka,
    /// AMQP 0-9-1.
    Amqp,
    /// SMTP (RFC 5321).
    Smtp,
    /// DNS (RFC 1035).
    Dns,
    /// TLS (RFC 8446 and before): only its handshake can be read.
    Tls,
    /// QUIC (RFC 9000): recognised, not read.
    Quic,
    /// None that is known: searched as text.
    Unknown,
}

/// Names a message within its connection: later ones are larger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId(pub u64);

impl MessageId {
    /// This number; the next one stands here then.
    pub(crate) fn take(&mut self) -> MessageId {
        let id = *self;
        self.0 = self.0.wrapping_add(1);
        id
    }
}

/// What is known of a message when it begins. What stands in `target` came from a peer and may itself be personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head<'a> {
    /// Who sent it.
    pub side: Side,
    /// How.
    pub protocol: Protocol,
    /// What is done, in the words of the protocol: `GET`, `HSET`, `produce`, `rows`.
    pub operation: &'a str,
    /// To what: a path without its query, a table, a topic, a queue, a method of a service; empty where it has none.
    pub target: &'a str,
    /// Where it goes, as the message says: the host of a request, a database.
    pub host: &'a str,
    /// The message that it answers.
    pub answers: Option<MessageId>,
    /// How it was answered, where the protocol has numbers for that.
    pub status: Option<u16>,
}

/// Where in a message a value stands. Names came from a peer and may themselves be personal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place<'a> {
    /// The path of a URL.
    Path,
    /// A parameter of a URL's query, percent-decoded.
    Query(&'a str),
    /// A field of the head.
    Header(&'a str),
    /// The content, decoded, with its media type (without parameters).
    Body(&'a str),
    /// A file in a form, decoded.
    File {
        /// The field that it was chosen for.
        name: &'a str,
        /// Its media type (without parameters).
        media: &'a str,
    },
    /// A column of a row.
    Column {
        /// Whose; empty where it is not known.
        table: &'a str,
        /// Its name.
        name: &'a str,
    },
    /// A parameter of a statement, counted from 1.
    Parameter(u16),
    /// The text of a statement or a command.
    Statement,
    /// A key that a value is kept under.
    Key,
    /// A field by its name, dotted where it is nested.
    Field(&'a str),
    /// Any other text.
    Text,
}

/// What went wrong, to be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trouble {
    /// It breaks the rules of its protocol.
    Malformed,
    /// A length, a count or a nesting that is not believed.
    TooLarge,
    /// It becomes more than is believed when decompressed.
    Bomb,
    /// It cannot be decompressed.
    Undecodable,
    /// A coding, a version or a type that is not known.
    Unsupported,
    /// Bytes were missing.
    Gap,
}

/// Takes what a reader finds. Of one message, one value is open at a time; the values of several messages may come
/// interleaved.
pub trait Sink {
    /// A message begins.
    fn begin(&mut self, id: MessageId, head: &Head<'_>);

    /// The next piece of a value: pieces of one value come one after another, and `last` says that it is whole.
    fn value(&mut self, id: MessageId, place: Place<'_>, bytes: &[u8], last: bool);

    /// A record of the message is whole: a row, a document, an entry. What was told since the one before belongs to it.
    fn record(&mut self, id: MessageId);

    /// The message ends. `whole`: nothing of it was missing.
    fn end(&mut self, id: MessageId, whole: bool);

    /// A name leads to an address, for so many seconds.
    fn resolved(&mut self, name: &str, address: IpAddr, seconds: u32) {
        let _ = (name, address, seconds);
    }

    /// What a peer calls by this number has this name, on whichever connection.
    fn named(&mut self, number: &str, name: &str) {
        let _ = (number, name);
    }

    /// The name of what is called by this number, if a connection told it.
    fn name_of(&mut self, number: &str) -> Option<String> {
        let _ = number;
        None
    }

    /// Something went wrong.
    fn trouble(&mut self, protocol: Protocol, trouble: Trouble);
}

//! One connection: who speaks, what is spoken, and the messages that are open.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::Arc;

use cloister_dlp::{Knowledge, Names, Party, Passage};
use cloister_packet::Flow;
use cloister_protocol::{Circumstances, Head, Limits, MessageId, Place, Protocol, Session, Side, Sink, Trouble};
use cloister_register::documents::WireProtocol;

use crate::inspector::Shared;
use crate::message::Message;

/// Targets of the last requests, which answers are told with.
const REQUESTS: usize = 32;

/// So many messages are open on most connections.
const FEW: usize = 4;

/// One connection.
pub struct Track {
    session: Session,
    told: Told,
    /// Bytes that it held when this was last asked.
    counted: usize,
}

/// What is known of a connection besides what its session knows.
pub struct Told {
    pub flow: Flow,
    messages: Vec<Message>,
    /// Requests that may still be answered: their target and host.
    requests: VecDeque<(MessageId, Arc<str>, Arc<str>)>,
    /// The host that was called, as it was last said.
    host: Arc<str>,
    /// Both sides were heard.
    pub answered: bool,
    pub whole: bool,
    pub noted: bool,
}

impl Track {
    pub fn new(flow: Flow, whole: bool, limits: Limits) -> Track {
        let circumstances = Circumstances { transport: flow.transport, port: flow.server.port(), whole };
        let told = Told {
            flow,
            messages: Vec::new(),
            requests: VecDeque::new(),
            host: "".into(),
            answered: false,
            whole,
            noted: false,
        };
        Track { session: Session::new(circumstances, limits), told, counted: 0 }
    }

    pub fn push(&mut self, side: Side, bytes: &[u8], shared: &mut Shared) {
        self.told.answered |= side == Side::Server;
        if self.told.answered && !self.told.noted {
            self.told.noted = true;
            shared.connected(&self.told.flow, self.told.whole);
        }
        self.session.push(side, bytes, &mut Collector { told: &mut self.told, shared });
    }

    pub fn lost(&mut self, side: Side, bytes: u64, shared: &mut Shared) {
        self.session.lost(side, bytes, &mut Collector { told: &mut self.told, shared });
    }

    pub fn finish(&mut self, side: Side, shared: &mut Shared) {
        self.session.finish(side, &mut Collector { told: &mut self.told, shared });
    }

    pub fn close(mut self, shared: &mut Shared) {
        let mut collector = Collector { told: &mut self.told, shared };
        self.session.close(&mut collector);
        // What a reader did not end is told all the same.
        while let Some(id) = collector.told.messages.last().map(|message| message.id) {
            collector.end(id, false);
        }
    }

    /// Bytes that it holds, about.
    fn held(&self) -> usize {
        self.session.held() + self.told.messages.iter().map(Message::held).sum::<usize>()
    }

    /// Puts into the books of all what it holds now.
    pub fn account(&mut self, held: &mut usize) {
        let now = self.held();
        *held = (*held + now).saturating_sub(self.counted);
        self.counted = now;
    }

    /// What the books say of it.
    pub fn counted(&self) -> usize {
        self.counted
    }
}

impl Told {
    /// A message ended: a request that it answers is answered. What waits for its next request holds nothing.
    fn forget(&mut self, message: &Message) {
        if message.settles {
            self.requests.retain(|(id, ..)| Some(*id) != message.answers);
        }
        if self.requests.is_empty() {
            self.requests = VecDeque::new();
        }
        if self.messages.is_empty() {
            self.messages = Vec::new();
        }
    }
}

/// Takes what the session tells.
struct Collector<'a> {
    told: &'a mut Told,
    shared: &'a mut Shared,
}

impl Collector<'_> {
    fn message(&mut self, id: MessageId) -> Option<&mut Message> {
        self.told.messages.iter_mut().rev().find(|message| message.id == id)
    }

    /// Tells what a message holds so far.
    fn submit(&mut self, message: &mut Message) {
        let Some(held) = message.take() else { return };
        let request = message.answers.and_then(|id| self.told.requests.iter().find(|(known, ..)| *known == id));
        let (target, host) = match request {
            Some((_, target, host)) if message.target.is_empty() => (&**target, &**host),
            _ => (&*message.target, &*message.host),
        };
        let host = if host.is_empty() { &*self.told.host } else { host };
        let said = Said { side: message.side, protocol: wire(message.protocol, message.grpc), host, target };
        self.shared.submit(&self.told.flow, &said, &held);
    }
}

/// What is said of a message when it is judged.
pub struct Said<'a> {
    pub side: Side,
    pub protocol: WireProtocol,
    pub host: &'a str,
    pub target: &'a str,
}

impl Said<'_> {
    /// Who sent it to whom.
    pub fn parties(&self, flow: &Flow, knowledge: &Knowledge, names: &Names, time: u64) -> [Party; 2] {
        let party = |address, called| knowledge.directory.party(address, without_port(self.host), called, names, time);
        let (client, server) = (party(flow.client.ip(), false), party(flow.server.ip(), true));
        if self.side == Side::Client { [client, server] } else { [server, client] }
    }

    /// The passage between them.
    pub fn passage<'p>(&'p self, [sender, recipient]: &'p [Party; 2]) -> Passage<'p> {
        Passage {
            sender,
            recipient,
            protocol: self.protocol,
            encrypted: false,
            host: without_port(self.host),
            target: self.target,
        }
    }
}

impl Sink for Collector<'_> {
    fn begin(&mut self, id: MessageId, head: &Head<'_>) {
        *self.shared.statistics.messages.entry(head.protocol).or_default() += 1;
        let message = Message::new(id, head, &self.told.host);
        if head.side == Side::Client {
            if self.told.requests.len() >= REQUESTS {
                self.told.requests.pop_front();
            }
            if !message.target.is_empty() || !message.host.is_empty() {
                self.told.requests.reserve_exact(1);
                self.told.requests.push_back((id, message.target.clone(), message.host.clone()));
            }
            if !message.host.is_empty() {
                self.told.host = Arc::clone(&message.host);
            }
        }
        // Most connections have one or two open: room for four of them would be half of what a connection takes.
        if self.told.messages.len() < FEW {
            self.told.messages.reserve_exact(1);
        }
        self.told.messages.push(message);
    }

    fn value(&mut self, id: MessageId, place: Place<'_>, bytes: &[u8], last: bool) {
        let Some(at) = self.told.messages.iter().rposition(|message| message.id == id) else { return };
        let Some(message) = self.told.messages.get_mut(at) else { return };
        match message.protocol {
            // Names that are looked up are hosts'.
            Protocol::Dns => return,
            Protocol::Tls | Protocol::Quic => {
                match (place, std::str::from_utf8(bytes)) {
                    (Place::Field("sni"), Ok(name)) => self.told.host = name.into(),
                    (Place::Field("encrypted"), Ok("true")) => self.shared.statistics.encrypted += 1,
                    _ => {}
                }
                return;
            }
            _ => {}
        }
        message.value(place, bytes, last, &mut self.shared.desk);
        self.shared.count_seen();
        if message.is_full() {
            let mut message = self.told.messages.swap_remove(at);
            self.submit(&mut message);
            self.told.messages.push(message);
        }
    }

    fn record(&mut self, id: MessageId) {
        if let Some(message) = self.message(id) {
            message.record();
        }
    }

    fn end(&mut self, id: MessageId, _whole: bool) {
        let Some(at) = self.told.messages.iter().rposition(|message| message.id == id) else { return };
        let mut message = self.told.messages.swap_remove(at);
        message.end(&mut self.shared.desk);
        self.shared.count_seen();
        self.submit(&mut message);
        self.told.forget(&message);
    }

    fn resolved(&mut self, name: &str, address: IpAddr, seconds: u32) {
        self.shared.learn(address, name, seconds);
    }

    fn named(&mut self, number: &str, name: &str) {
        self.shared.numbered.learn(number, name);
    }

    fn name_of(&mut self, number: &str) -> Option<String> {
        self.shared.numbered.name(number).map(str::to_owned)
    }

    fn trouble(&mut self, protocol: Protocol, trouble: Trouble) {
        *self.shared.statistics.troubles.entry((protocol, trouble)).or_default() += 1;
    }
}

/// The protocol in the words of policies.
fn wire(protocol: Protocol, grpc: bool) -> WireProtocol {
    match protocol {
        Protocol::Http2 if grpc => WireProtocol::Grpc,
        Protocol::Http1 | Protocol::Http2 => WireProtocol::Http,
        Protocol::WebSocket => WireProtocol::WebSocket,
        Protocol::Postgres => WireProtocol::Postgres,
        Protocol::Mysql => WireProtocol::Mysql,
        Protocol::Redis => WireProtocol::Redis,
        Protocol::MongoDb => WireProtocol::MongoDb,
        Protocol::Kafka => WireProtocol::Kafka,
        Protocol::Amqp => WireProtocol::Amqp,
        Protocol::Smtp => WireProtocol::Smtp,
        Protocol::Dns => WireProtocol::Dns,
        Protocol::Tls | Protocol::Quic | Protocol::Unknown => WireProtocol::Other,
    }
}

/// `api.example.org:8080` → `api.example.org`.
fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !name.contains(':') => name,
        _ => host,
    }
}

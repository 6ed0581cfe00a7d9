//! TLS (RFC 8446, RFC 5246): what its handshake shows, and whether what
//! follows is really encrypted. QUIC is recognised.

mod certificate;
mod hello;
mod quic;
mod record;

use cloister_packet::Transport;

use crate::conversation::{Conversation, Limits, Progress};
use crate::message::{Head, MessageId, Place, Protocol, Sink, Trouble};
use crate::session::{Certainty, Known};
use crate::{Side, Sides};
use hello::{ClientHello, ServerHello};
pub(crate) use quic::KNOWN as QUIC;
use record::Lane;

/// How TLS is known.
pub(crate) const KNOWN: Known = Known {
    protocol: Protocol::Tls,
    transport: Transport::Tcp,
    ports: &[443, 465, 636, 853, 993, 995, 5671, 6443, 8443, 9093, 10250],
    rejoins: false,
    recognise,
    reader: |limits, first| Box::new(Tls::new(limits, first)),
};

fn recognise(client: &[u8], server: &[u8]) -> Certainty {
    match (of_side(client), of_side(server)) {
        (Certainty::No, _) | (_, Certainty::No) => Certainty::No,
        (client, server) => client.max(server),
    }
}

fn of_side(bytes: &[u8]) -> Certainty {
    match *bytes {
        // A handshake that begins with a hello.
        [22, 3, 0..=4, _, _, 1 | 2, ..] => Certainty::Sure,
        // From the middle.
        [23, 3, 3, 0..=0x41, ..] | [21, 3, 1..=3, 0, 2..=64, ..] => Certainty::Likely,
        [] | [22] | [22, 3] | [22, 3, 0..=4] | [22, 3, 0..=4, _] | [22, 3, 0..=4, _, _] => Certainty::More,
        _ => Certainty::No,
    }
}

/// Reads what TLS shows.
///
/// The client's hello is one message, `client-hello`; what the server chose another, `handshake`, with the fields
/// `version`, `cipher`, `encrypted`, `sni`, `alpn`, and of a certificate that is visible `subject`, `issuer`,
/// `serial` and `not_after`.
pub(crate) struct Tls {
    limits: Limits,
    next: MessageId,
    lanes: Sides<Lane>,
    asked: Option<(MessageId, String)>,
    /// The server's message, until its handshake is over.
    open: Option<MessageId>,
    /// The chosen suite encrypts nothing.
    plain: bool,
    /// The server asked for another hello: what changes the cipher before it changes nothing (RFC 8446 appendix D.4).
    retries: bool,
}

impl Tls {
    pub(crate) fn new(limits: &Limits, first: MessageId) -> Tls {
        Tls {
            limits: *limits,
            next: first,
            lanes: Sides::default(),
            asked: None,
            open: None,
            plain: false,
            retries: false,
        }
    }

    fn trouble(trouble: Trouble, sink: &mut dyn Sink) {
        sink.trouble(Protocol::Tls, trouble);
    }

    /// A message of the handshake.
    fn take_message(&mut self, side: Side, kind: u8, body: &[u8], sink: &mut dyn Sink) {
        let read = match kind {
            1 => ClientHello::read(body).map(|hello| self.take_client_hello(side, &hello, sink)),
            2 => ServerHello::read(body).map(|hello| self.take_server_hello(side, &hello, sink)),
            11 => {
                self.tell_certificate(body, sink);
                Some(())
            }
            14 => {
                self.end_handshake(sink);
                Some(())
            }
            _ => Some(()),
        };
        if read.is_none() {
            Tls::trouble(Trouble::Malformed, sink);
        }
    }

    fn take_client_hello(&mut self, side: Side, hello: &ClientHello, sink: &mut dyn Sink) {
        let id = self.begin(side, "client-hello", &hello.sni, None, sink);
        tell(id, "version", hello::version(hello.version), sink);
        tell(id, "sni", &hello.sni, sink);
        for name in &hello.alpn {
            tell(id, "alpn", name, sink);
        }
        sink.end(id, true);
        self.asked = Some((id, hello.sni.clone()));
    }

    fn take_server_hello(&mut self, side: Side, hello: &ServerHello, sink: &mut dyn Sink) {
        if hello.retries {
            self.retries = true;
            return;
        }
        self.end_handshake(sink);
        let (asked, sni) = self.asked.clone().unzip();
        let sni = sni.unwrap_or_default();
        let id = self.begin(side, "handshake", &sni, asked, sink);
        self.plain = hello::encrypts_nothing(hello.cipher);
        tell(id, "version", hello::version(hello.version), sink);
        tell(id, "cipher", &hello::cipher(hello.cipher), sink);
        tell(id, "encrypted", if self.plain { "false" } else { "true" }, sink);
        tell(id, "sni", &sni, sink);
        tell(id, "alpn", &hello.alpn, sink);
        self.open = Some(id);
    }

    fn tell_certificate(&self, body: &[u8], sink: &mut dyn Sink) {
        if let Some((id, shown)) = self.open.zip(certificate::read(body)) {
            tell(id, "subject", &shown.subject, sink);
            tell(id, "issuer", &shown.issuer, sink);
            tell(id, "serial", &shown.serial, sink);
            tell(id, "not_after", &shown.not_after, sink);
        }
    }

    fn begin(
        &mut self,
        side: Side,
        operation: &str,
        host: &str,
        answers: Option<MessageId>,
        sink: &mut dyn Sink,
    ) -> MessageId {
        let (id, protocol) = (self.next.take(), Protocol::Tls);
        sink.begin(id, &Head { side, protocol, operation, target: "", host, answers, status: None });
        id
    }

    fn end_handshake(&mut self, sink: &mut dyn Sink) {
        if let Some(id) = self.open.take() {
            sink.end(id, true);
        }
    }
}

fn tell(id: MessageId, name: &str, value: &str, sink: &mut dyn Sink) {
    if !value.is_empty() {
        sink.value(id, Place::Field(name), value.as_bytes(), true);
    }
}

impl Conversation for Tls {
    fn push(&mut self, side: Side, bytes: &[u8], sink: &mut dyn Sink) -> Progress {
        self.read(side, bytes, sink)
    }

    fn lost(&mut self, side: Side, bytes: u64, sink: &mut dyn Sink) -> Progress {
        Tls::trouble(Trouble::Gap, sink);
        self.lanes.of(side).skip(bytes);
        Progress::Reads
    }

    fn finish(&mut self, side: Side, sink: &mut dyn Sink) {
        if side == Side::Server {
            self.end_handshake(sink);
        }
        self.end_plain(side, sink);
    }

    fn held(&self) -> usize {
        self.lanes.client.held() + self.lanes.server.held()
    }
}

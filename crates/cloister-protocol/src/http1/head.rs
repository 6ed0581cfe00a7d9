//! Heads: the line of the request or the status, and fields.

use std::sync::LazyLock;

use httparse::{EMPTY_HEADER, Header};
use memchr::memmem::Finder;

use super::fields::Fields;
use super::framing::Framing;
use super::{Asked, Http1, Method, Open, State, Switched};
use crate::Side;
use crate::content::{Content, decoded, query};
use crate::gather::Line;
use crate::message::{Head, MessageId, Place, Protocol, Sink, Trouble};

/// Most heads have fewer fields.
const FEW_FIELDS: usize = 24;
/// As many are believed.
const MANY_FIELDS: usize = 4000;

impl Http1 {
    pub(super) fn read_head(&mut self, side: Side, bytes: &mut &[u8], sink: &mut dyn Sink) {
        let mut gather = std::mem::take(&mut self.streams.of(side).gather);
        if !gather.waits() {
            // Empty lines before a head are passed over (RFC 9112 section 2.2).
            let blank = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            *bytes = bytes.get(blank..).unwrap_or_default();
        }
        match gather.head(bytes, self.limits.head) {
            Line::More => {}
            Line::TooLong => {
                self.streams.of(side).gather = gather;
                Http1::trouble(Trouble::TooLarge, sink);
                return self.lose(side, sink);
            }
            Line::Whole(head) => self.take_head(side, head, sink),
        }
        self.streams.of(side).gather = gather;
    }

    fn take_head(&mut self, side: Side, head: &[u8], sink: &mut dyn Sink) {
        let unfolded = unfold(head);
        if unfolded.is_some() {
            Http1::trouble(Trouble::Malformed, sink);
        }
        let head = unfolded.as_deref().unwrap_or(head);
        let mut few = [EMPTY_HEADER; FEW_FIELDS];
        let lines = memchr::memchr_iter(b'\n', head).count();
        let mut many = if lines > FEW_FIELDS { vec![EMPTY_HEADER; lines.min(MANY_FIELDS)] } else { Vec::new() };
        let fields = if many.is_empty() { few.as_mut_slice() } else { many.as_mut_slice() };
        let understood = match side {
            Side::Client => self.take_request(head, fields, sink),
            Side::Server => self.take_answer(head, fields, sink),
        };
        if !understood {
            Http1::trouble(Trouble::Malformed, sink);
            self.tell_lost(side, head, sink);
            self.streams.of(side).state = State::Lost;
        }
    }

    fn take_request<'a>(&mut self, head: &'a [u8], fields: &mut [Header<'a>], sink: &mut dyn Sink) -> bool {
        let mut request = httparse::Request::new(fields);
        if !request.parse(head).is_ok_and(|status| status.is_complete()) {
            return false;
        }
        let (method, uri) = (request.method.unwrap_or_default(), request.path.unwrap_or_default());
        let fields = Fields(request.headers);
        let target = Target::of(method, uri);
        let host = if target.host.is_empty() { fields.first("host") } else { target.host };
        let id = self.next.take();
        let path = decoded(target.path.as_bytes(), false);
        let shown = String::from_utf8_lossy(&path);
        let (side, protocol) = (Side::Client, Protocol::Http1);
        let head = Head { side, protocol, operation: method, target: &shown, host, answers: None, status: None };
        sink.begin(id, &head);
        sink.value(id, Place::Path, &path, true);
        query(id, target.query.as_bytes(), sink);
        let upgrades = method == "CONNECT" || fields.all("upgrade").next().is_some();
        let method = match method {
            "HEAD" => Method::Head,
            "CONNECT" => Method::Connect,
            _ => Method::Other,
        };
        self.ask(Asked { id, method, upgrades });
        let mut troubles = Vec::new();
        let framing = Framing::of_request(&fields, &mut troubles);
        self.open(side, id, &fields, framing, troubles, sink);
        true
    }

    fn ask(&mut self, asked: Asked) {
        if self.asked.len() >= self.limits.open {
            self.asked.pop_front();
        }
        self.asked.push_back(asked);
    }

    fn take_answer<'a>(&mut self, head: &'a [u8], fields: &mut [Header<'a>], sink: &mut dyn Sink) -> bool {
        let mut answer = httparse::Response::new(fields);
        let mut config = httparse::ParserConfig::default();
        config
            .allow_spaces_after_header_name_in_responses(true)
            .allow_multiple_spaces_in_response_status_delimiters(true);
        if !config.parse_response(&mut answer, head).is_ok_and(|status| status.is_complete()) {
            return false;
        }
        let status = answer.code.unwrap_or_default();
        let fields = Fields(answer.headers);
        let interim = matches!(status, 100..=199) && status != 101;
        let asked = if interim { self.asked.front().copied() } else { self.asked.pop_front() };
        let id = self.next.take();
        let side = Side::Server;
        let head = Head {
            side,
            protocol: Protocol::Http1,
            operation: "response",
            target: "",
            host: "",
            answers: asked.map(|asked| asked.id),
            status: Some(status),
        };
        sink.begin(id, &head);
        let method = asked.map_or(Method::Other, |asked| asked.method);
        let tunnel = method == Method::Connect && matches!(status, 200..=299);
        let mut troubles = Vec::new();
        let framing = if tunnel { None } else { Framing::of_answer(status, method, &fields, &mut troubles) };
        self.open(side, id, &fields, framing, troubles, sink);
        if tunnel || status == 101 {
            let protocol = if tunnel { Protocol::Unknown } else { upgraded(fields.first("upgrade")) };
            let extensions = fields.joined("sec-websocket-extensions");
            self.switched = Some(Switched { protocol, request: asked.map(|asked| asked.id), extensions });
        }
        true
    }

    /// The head was told: its fields, and then its body, if it has one.
    fn open(
        &mut self,
        side: Side,
        id: MessageId,
        fields: &Fields<'_>,
        framing: Option<Framing>,
        troubles: Vec<Trouble>,
        sink: &mut dyn Sink,
    ) {
        troubles.into_iter().for_each(|trouble| Http1::trouble(trouble, sink));
        fields.tell(id, sink);
        let Some(framing) = framing else { return sink.end(id, true) };
        let codings = fields.codings(self);
        let content = Content::new(id, Protocol::Http1, fields.first("content-type"), codings, &self.limits, sink);
        let stream = self.streams.of(side);
        stream.open = Some(Open { id, content: Some(Box::new(content)), whole: true });
        stream.state = State::Body(framing);
    }

    pub(super) fn end_message(&mut self, side: Side, whole: bool, sink: &mut dyn Sink) {
        let stream = self.streams.of(side);
        stream.state = State::Head;
        let Some(open) = stream.open.take() else { return };
        let whole = whole & open.whole;
        let whole = open.content.map_or(whole, |content| content.end(whole, sink));
        sink.end(open.id, whole);
    }
}

fn upgraded(name: &str) -> Protocol {
    match name.to_ascii_lowercase().as_str() {
        "websocket" => Protocol::WebSocket,
        "h2c" => Protocol::Http2,
        _ => Protocol::Unknown,
    }
}

/// Lines that go on the one before.
static FOLDS: LazyLock<[Finder<'static>; 2]> = LazyLock::new(|| [Finder::new("\n "), Finder::new("\n\t")]);

/// Fields that were folded over lines become one line each (RFC 9112 section 5.2); None where none was.
fn unfold(head: &[u8]) -> Option<Vec<u8>> {
    let folds = |at: &usize| head.get(at + 1).is_some_and(|next| matches!(next, b' ' | b'\t'));
    let first = FOLDS.iter().filter_map(|fold| fold.find(head)).min()?;
    let mut unfolded = head.to_vec();
    for at in memchr::memchr_iter(b'\n', head.get(first..)?).map(|at| first + at).filter(folds) {
        let return_before = at.checked_sub(1).filter(|before| head.get(*before) == Some(&b'\r'));
        for blank in [Some(at), return_before].into_iter().flatten() {
            if let Some(byte) = unfolded.get_mut(blank) {
                *byte = b' ';
            }
        }
    }
    Some(unfolded)
}

/// The target of a request in its parts (RFC 9112 section 3.2).
struct Target<'a> {
    host: &'a str,
    path: &'a str,
    query: &'a str,
}

impl<'a> Target<'a> {
    fn of(method: &str, uri: &'a str) -> Target<'a> {
        if method == "CONNECT" {
            return Target { host: uri, path: uri, query: "" };
        }
        let (host, rest) = match uri.split_once("://") {
            Some((scheme, rest)) if !scheme.contains(['/', '?']) => {
                rest.split_at_checked(rest.find(['/', '?']).unwrap_or(rest.len())).unwrap_or((rest, ""))
            }
            _ => ("", uri),
        };
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        Target { host, path, query }
    }
}

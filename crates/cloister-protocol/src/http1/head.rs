//! Heads: the line of the request or the status, and fields.

use httparse::{EMPTY_HEADER, Header};

use super::framing::Framing;
use super::{Asked, Http1, Method, Open, State, Switched};
use crate::Side;
use crate::coding::Chain;
use crate::content::{Content, decoded, query};
use crate::gather::Line;
use crate::message::{Head, MessageId, Place, Protocol, Sink, Trouble};

/// As many fields as are believed of a head.
const FIELDS: usize = 100;
/// As many where it has more.
const MANY_FIELDS: usize = 4000;

/// The fields of a head.
pub(super) struct Fields<'a>(&'a [Header<'a>]);

impl<'a> Fields<'a> {
    fn all(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let named = self.0.iter().filter(move |field| field.name.eq_ignore_ascii_case(name));
        named.map(|field| std::str::from_utf8(field.value).unwrap_or_default().trim())
    }

    fn first(&self, name: &str) -> &'a str {
        self.all(name).next().unwrap_or_default()
    }

    fn joined(&self, name: &str) -> String {
        self.all(name).collect::<Vec<_>>().join(",")
    }

    /// Whether the last transfer coding is `chunked`; None without any.
    pub(super) fn chunked(&self, troubles: &mut Vec<Trouble>) -> Option<bool> {
        let codings = self.joined("transfer-encoding");
        let mut named = codings.split(',').map(str::trim).filter(|name| !name.is_empty());
        let last = named.next_back()?;
        if self.all("content-length").next().is_some() || named.any(|name| name.eq_ignore_ascii_case("chunked")) {
            troubles.push(Trouble::Malformed);
        }
        Some(last.eq_ignore_ascii_case("chunked"))
    }

    /// What `Content-Length` says; lengths that differ are counted, and the first is taken.
    pub(super) fn length(&self, troubles: &mut Vec<Trouble>) -> Option<u64> {
        let all = self.joined("content-length");
        let mut lengths = all.split(',').map(str::trim).filter(|length| !length.is_empty()).map(|length| {
            let digits = length.bytes().all(|byte| byte.is_ascii_digit());
            length.parse::<u64>().ok().filter(|_| digits)
        });
        let first = lengths.next()?;
        if first.is_none() || lengths.any(|other| other != first) {
            troubles.push(Trouble::Malformed);
        }
        first
    }

    /// The codings of the body, the outermost first.
    fn codings(&self, http: &Http1) -> Result<Chain, Trouble> {
        let transfer = self.joined("transfer-encoding");
        let kept: Vec<_> = transfer.split(',').filter(|name| !name.trim().eq_ignore_ascii_case("chunked")).collect();
        let content = Chain::named(&self.joined("content-encoding"), &http.limits)?;
        Ok(Chain::named(&kept.join(","), &http.limits)?.then(content))
    }

    fn tell(&self, id: MessageId, sink: &mut dyn Sink) {
        let mut small = [0_u8; 64];
        for field in self.0 {
            // Names are told in small letters, as HTTP/2 has them.
            let name = small.get_mut(..field.name.len()).and_then(|room| {
                room.copy_from_slice(field.name.as_bytes());
                room.make_ascii_lowercase();
                std::str::from_utf8(room).ok()
            });
            match name {
                Some(name) => sink.value(id, Place::Header(name), field.value, true),
                None => sink.value(id, Place::Header(&field.name.to_ascii_lowercase()), field.value, true),
            }
        }
    }
}

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
        let mut few = [EMPTY_HEADER; FIELDS];
        let lines = memchr::memchr_iter(b'\n', head).count();
        let mut many = if lines > FIELDS { vec![EMPTY_HEADER; lines.min(MANY_FIELDS)] } else { Vec::new() };
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
        stream.open = Some(Open { id, content: Some(content), whole: true });
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

/// Fields that were folded over lines become one line each (RFC 9112 section 5.2); None where none was.
fn unfold(head: &[u8]) -> Option<Vec<u8>> {
    let folds = |at: &usize| head.get(at + 1).is_some_and(|next| matches!(next, b' ' | b'\t'));
    let first = memchr::memchr_iter(b'\n', head).find(folds)?;
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

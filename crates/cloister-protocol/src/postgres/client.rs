//! What the client says.

use super::shared::{Forms, Pending, Phase, Portal, Prepared, Shared, parameter, tell};
use super::types::Decoder;
use super::{CANCEL, GSS, TLS, client_head};
use crate::input::{Frame, Hold, Input, Step, Within, boundary};
use crate::sql::{Dialect, Telling};
use crate::{Head, MessageId, Place, Progress, Protocol, Side, Sink, Trouble};

/// What comes next. The numbers are what is left of the message.
#[derive(Debug, Default)]
enum State {
    /// A packet without a letter: what the client wants.
    #[default]
    Opening,
    /// Names and values, until an empty name.
    Settings(u64, MessageId),
    Setting(u64, MessageId, String),
    Head,
    /// A short message, read when it is whole.
    Whole(u8, u64),
    /// The text of statements; of a Parse, its name and what follows it.
    Text(u64, Option<Box<[u8]>>),
    ParseName(u64),
    ParseTypes(u64, Box<Prepared>, Box<[u8]>),
    BindNames(u64),
    BindForms(u64, Box<Bind>),
    BindCount(u64, Box<Bind>),
    BindLength(u64, Box<Bind>),
    BindValue(u64, u64, Box<Bind>),
    BindResults(u64, Box<Bind>),
    Password(u64),
    CopyData(u64),
    Loose(u64, MessageId),
    Skip(u64),
    /// After a gap.
    Seek(usize),
}

#[derive(Debug)]
struct Bind {
    name: Box<[u8]>,
    portal: Portal,
    id: MessageId,
    forms: Forms,
    index: u16,
    count: u16,
    decoder: Decoder,
}

#[derive(Debug, Default)]
pub(super) struct Client {
    hold: Hold,
    state: State,
    telling: Option<Telling>,
}

/// So many bytes are looked through for the next message after a gap.
pub(super) const SEEK: usize = 256 << 10;
pub(super) const WINDOW: usize = 16 << 10;

impl Client {
    pub(super) fn push(&mut self, bytes: &[u8], shared: &mut Shared, sink: &mut dyn Sink) -> Progress {
        let mut hold = std::mem::take(&mut self.hold);
        // The types and forms of 65,535 parameters are the longest tokens.
        let most = shared.limits.head * 5;
        let progress = hold.feed(bytes, most, |input| self.step(input, shared, sink));
        self.hold = hold;
        progress
    }

    fn step(&mut self, input: &mut Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        match std::mem::take(&mut self.state) {
            State::Opening => self.opening(input, shared, sink),
            State::Settings(left, id) => self.settings(input, left, id, sink, shared),
            State::Setting(left, id, name) => self.setting(input, left, id, name, sink, shared),
            State::Head => self.head(input, shared, sink),
            State::Whole(kind, left) => {
                let Some(body) = usize::try_from(left).ok().and_then(|left| input.take(left)) else {
                    self.state = State::Whole(kind, left);
                    return Step::Wait;
                };
                self.state = State::Head;
                self.whole(kind, body, shared, sink);
                Step::Again
            }
            State::Text(left, name) => self.text(input, left, name, shared, sink),
            State::ParseName(mut left) => {
                let name = match input.within(&mut left, |part| part.until(0)) {
                    Within::Got(name) => name.into(),
                    within => return self.short(within, State::ParseName(left), left, sink),
                };
                self.telling = Some(Telling::new(Dialect::Postgres, shared.next.take()));
                self.state = State::Text(left, Some(name));
                Step::Again
            }
            State::ParseTypes(left, prepared, name) => self.parse_types(input, left, prepared, name, shared, sink),
            State::BindNames(left) => self.bind_names(input, left, shared, sink),
            State::BindForms(left, bind) => self.bind_forms(input, left, bind, sink),
            State::BindCount(mut left, mut bind) => {
                match input.within(&mut left, Input::u16) {
                    Within::Got(count) => bind.count = count,
                    within => return self.bind_short(within, State::BindCount, left, bind, sink),
                }
                self.state = State::BindLength(left, bind);
                Step::Again
            }
            State::BindLength(left, bind) => self.bind_length(input, left, bind, shared, sink),
            State::BindValue(left, value, bind) => self.bind_value(input, left, value, bind, shared, sink),
            State::BindResults(left, bind) => self.bind_results(input, left, bind, shared, sink),
            State::Password(left) => self.password(input, left, shared, sink),
            State::CopyData(left) => self.copy_data(input, left, shared, sink),
            State::Loose(left, id) => {
                let bytes = input.some(left);
                let left = left - bytes.len() as u64;
                self.state = if left == 0 { State::Head } else { State::Loose(left, id) };
                if !bytes.is_empty() || left == 0 {
                    sink.value(id, Place::Text, bytes, left == 0);
                }
                if left == 0 {
                    sink.end(id, true);
                }
                if bytes.is_empty() && left > 0 { Step::Wait } else { Step::Again }
            }
            State::Skip(left) => {
                let left = left - input.some(left).len() as u64;
                self.state = if left == 0 { State::Head } else { State::Skip(left) };
                if left == 0 { Step::Again } else { Step::Wait }
            }
            State::Seek(seen) => self.seek(input, seen),
        }
    }

    /// A message that is shorter than what should be in it.
    fn short<T>(&mut self, within: Within<T>, wait: State, left: u64, sink: &mut dyn Sink) -> Step {
        if matches!(within, Within::Wait) {
            self.state = wait;
            return Step::Wait;
        }
        sink.trouble(Protocol::Postgres, Trouble::Malformed);
        self.state = State::Skip(left);
        Step::Again
    }

    fn bind_short<T>(
        &mut self,
        within: Within<T>,
        wait: fn(u64, Box<Bind>) -> State,
        left: u64,
        bind: Box<Bind>,
        sink: &mut dyn Sink,
    ) -> Step {
        if !matches!(within, Within::Wait) {
            sink.end(bind.id, false);
            return self.short(within, State::Head, left, sink);
        }
        self.state = wait(left, bind);
        Step::Wait
    }

    fn opening(&mut self, input: &mut Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        self.state = State::Opening;
        let mut look = *input;
        let (Some(length), Some(code)) = (look.u32(), look.u32()) else { return Step::Wait };
        let left = u64::from(length).saturating_sub(8);
        match code {
            TLS | GSS if length == 8 => {
                shared.phase = if code == TLS { Phase::AskedTls } else { Phase::AskedGss };
            }
            CANCEL => self.state = State::Skip(left),
            _ if code >> 16 == 3 && length <= 10_000 => {
                shared.phase = Phase::Running;
                let id = shared.next.take();
                let head = head("startup", "", shared);
                sink.begin(id, &head);
                self.state = State::Settings(left, id);
            }
            _ => {
                // Joined in the middle.
                shared.phase = Phase::Running;
                self.state = State::Seek(0);
                return Step::Again;
            }
        }
        *input = look;
        Step::Again
    }

    fn settings(
        &mut self,
        input: &mut Input<'_>,
        mut left: u64,
        id: MessageId,
        sink: &mut dyn Sink,
        shared: &Shared,
    ) -> Step {
        match input.within(&mut left, |part| part.until(0)) {
            Within::Got(b"") => {
                sink.end(id, true);
                self.state = State::Skip(left);
            }
            Within::Got(name) => {
                let name = name.get(..name.len().min(shared.limits.head)).unwrap_or_default();
                self.state = State::Setting(left, id, String::from_utf8_lossy(name).into_owned());
            }
            within => {
                if !matches!(within, Within::Wait) {
                    sink.end(id, false);
                }
                return self.short(within, State::Settings(left, id), left, sink);
            }
        }
        Step::Again
    }

    fn setting(
        &mut self,
        input: &mut Input<'_>,
        mut left: u64,
        id: MessageId,
        name: String,
        sink: &mut dyn Sink,
        shared: &mut Shared,
    ) -> Step {
        match input.within(&mut left, |part| part.until(0)) {
            Within::Got(value) => {
                // Without a database, it has the user's name.
                if name == "database" || (name == "user" && shared.database.is_empty()) {
                    shared.database = String::from_utf8_lossy(value).into_owned();
                }
                sink.value(id, Place::Field(&name), value, true);
                self.state = State::Settings(left, id);
                Step::Again
            }
            within => {
                if !matches!(within, Within::Wait) {
                    sink.end(id, false);
                }
                self.short(within, State::Setting(left, id, name), left, sink)
            }
        }
    }

    fn head(&mut self, input: &mut Input<'_>, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        self.state = State::Head;
        let mut look = *input;
        let (Some(kind), Some(length)) = (look.u8(), look.u32()) else { return Step::Wait };
        // A server that takes no TLS is greeted again.
        if kind == 0 && shared.pending.is_empty() {
            self.state = State::Opening;
            return Step::Again;
        }
        let Some(left) = length.checked_sub(4).map(u64::from) else { return self.lost_way(sink) };
        *input = look;
        self.state = match kind {
            b'Q' => {
                self.telling = Some(Telling::new(Dialect::Postgres, shared.next.take()));
                State::Text(left, None)
            }
            b'P' => State::ParseName(left),
            b'B' => State::BindNames(left),
            b'd' => State::CopyData(left),
            b'p' if std::mem::take(&mut shared.password) => State::Password(left),
            b'p' => State::Skip(left),
            b'F' => {
                let id = shared.next.take();
                sink.begin(id, &head("call", "", shared));
                State::Loose(left, id)
            }
            b'D' | b'E' | b'C' | b'S' | b'H' | b'c' | b'f' | b'X' if left < shared.limits.head as u64 => {
                State::Whole(kind, left)
            }
            b'D' | b'E' | b'C' | b'f' => {
                sink.trouble(Protocol::Postgres, Trouble::TooLarge);
                State::Skip(left)
            }
            _ => return self.lost_way(sink),
        };
        Step::Again
    }

    fn lost_way(&mut self, sink: &mut dyn Sink) -> Step {
        sink.trouble(Protocol::Postgres, Trouble::Malformed);
        self.state = State::Seek(0);
        Step::Again
    }

    fn whole(&mut self, kind: u8, body: &[u8], shared: &mut Shared, sink: &mut dyn Sink) {
        let mut input = Input::new(body);
        match kind {
            b'S' => shared.waits_for(Pending::Sync, sink),
            b'D' => {
                let kind = input.u8();
                let name = input.until(0).unwrap_or_default();
                let number = match kind {
                    Some(b'S') => shared.named(name),
                    _ => shared.portals.get(name).map(|portal| portal.prepared).unwrap_or_default(),
                };
                shared.waits_for(Pending::Describe(number), sink);
            }
            b'E' => {
                let name = input.until(0).unwrap_or_default();
                let portal = shared.portals.get(name).cloned().unwrap_or_default();
                shared.waits_for(Pending::Execute(portal), sink);
            }
            b'C' => {
                let (kind, name) = (input.u8(), input.until(0).unwrap_or_default());
                if kind == Some(b'S') {
                    shared.forget_statement(name);
                } else {
                    shared.portals.remove(name);
                }
                shared.waits_for(Pending::Close, sink);
            }
            b'c' | b'f' => {
                if let Some(copy) = shared.copy.take_if(|copy| copy.side == Side::Client) {
                    copy.finish(sink);
                }
            }
            _ => {}
        }
    }

    fn text(
        &mut self,
        input: &mut Input<'_>,
        mut left: u64,
        name: Option<Box<[u8]>>,
        shared: &mut Shared,
        sink: &mut dyn Sink,
    ) -> Step {
        let part = Input::new(input.rest()).some(left);
        let end = memchr::memchr(0, part);
        let text = part.get(..end.unwrap_or(part.len())).unwrap_or_default();
        if let Some(telling) = &mut self.telling {
            telling.push(text, shared.scene(), sink);
        }
        let taken = text.len() as u64 + u64::from(end.is_some());
        input.some(taken);
        left -= taken;
        if end.is_none() && left > 0 {
            self.state = State::Text(left, name);
            return Step::Wait;
        }
        let Some(telling) = self.telling.take() else { return Step::Strange };
        let id = telling.id();
        let statements = telling.finish(end.is_some(), shared.scene(), sink);
        self.state = match name {
            Some(name) => {
                let statement = statements.into_iter().next().unwrap_or_default();
                let prepared = Prepared { statement, ..Prepared::default() };
                State::ParseTypes(left, Box::new(prepared), name)
            }
            None => {
                shared.waits_for(Pending::Query(id, statements.into()), sink);
                State::Skip(left)
            }
        };
        Step::Again
    }

    fn parse_types(
        &mut self,
        input: &mut Input<'_>,
        mut left: u64,
        mut prepared: Box<Prepared>,
        name: Box<[u8]>,
        shared: &mut Shared,
        sink: &mut dyn Sink,
    ) -> Step {
        let within = input.within(&mut left, |part| {
            let count = part.u16()?;
            part.take(usize::from(count) * 4)
        });
        let types = match within {
            Within::Got(types) => types,
            Within::Wait if left < shared.limits.head as u64 * 4 => {
                self.state = State::ParseTypes(left, prepared, name);
                return Step::Wait;
            }
            within => return self.short(within, State::Skip(left), left, sink),
        };
        prepared.types = types.chunks_exact(4).filter_map(|four| Input::new(four).u32()).collect();
        shared.prepare(&name, *prepared);
        shared.waits_for(Pending::Parse, sink);
        self.state = State::Skip(left);
        Step::Again
    }

    fn bind_names(&mut self, input: &mut Input<'_>, mut left: u64, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        let within = input.within(&mut left, |part| Some((part.until(0)?, part.until(0)?)));
        let Within::Got((name, statement)) = within else {
            return self.short(within, State::BindNames(left), left, sink);
        };
        let number = shared.named(statement);
        let id = shared.next.take();
        let known = shared.prepared(number).map(|prepared| &prepared.statement);
        let verb = known.map_or("BIND", |statement| &statement.verb);
        let table = known.map_or("", |statement| &statement.table);
        sink.begin(id, &head(verb, table, shared));
        let portal = Portal { prepared: number, message: Some(id), forms: Forms::default() };
        let bind = Bind {
            name: name.into(),
            portal,
            id,
            forms: Forms::default(),
            index: 0,
            count: 0,
            decoder: Decoder::default(),
        };
        self.state = State::BindForms(left, Box::new(bind));
        Step::Again
    }

    fn bind_forms(&mut self, input: &mut Input<'_>, mut left: u64, mut bind: Box<Bind>, sink: &mut dyn Sink) -> Step {
        let within = input.within(&mut left, forms);
        let Within::Got(codes) = within else {
            return self.bind_short(within, State::BindForms, left, bind, sink);
        };
        bind.forms = codes;
        self.state = State::BindCount(left, bind);
        Step::Again
    }

    fn bind_length(
        &mut self,
        input: &mut Input<'_>,
        mut left: u64,
        mut bind: Box<Bind>,
        shared: &Shared,
        sink: &mut dyn Sink,
    ) -> Step {
        if bind.index >= bind.count {
            sink.record(bind.id);
            sink.end(bind.id, true);
            self.state = State::BindResults(left, bind);
            return Step::Again;
        }
        let within = input.within(&mut left, Input::i32);
        let Within::Got(length) = within else {
            return self.bind_short(within, State::BindLength, left, bind, sink);
        };
        let index = usize::from(bind.index);
        bind.index += 1;
        match u64::try_from(length) {
            Err(_) => self.state = State::BindLength(left, bind),
            Ok(length) if length > left => {
                sink.end(bind.id, false);
                sink.trouble(Protocol::Postgres, Trouble::Malformed);
                self.state = State::Skip(left);
            }
            Ok(length) => {
                let types = shared.prepared(bind.portal.prepared).map(|prepared| prepared.types.as_slice());
                let oid = types.and_then(|types| types.get(index)).copied().unwrap_or_default();
                bind.decoder = Decoder::new(oid, bind.forms.binary(index, false));
                self.state = State::BindValue(left, length, bind);
            }
        }
        Step::Again
    }

    fn bind_value(
        &mut self,
        input: &mut Input<'_>,
        left: u64,
        value: u64,
        mut bind: Box<Bind>,
        shared: &Shared,
        sink: &mut dyn Sink,
    ) -> Step {
        let bytes = input.some(value);
        let (left, value) = (left - bytes.len() as u64, value - bytes.len() as u64);
        if bytes.is_empty() && value > 0 {
            self.state = State::BindValue(left, value, bind);
            return Step::Wait;
        }
        let known = shared.prepared(bind.portal.prepared);
        let meaning = known.and_then(|known| known.statement.parameters.get(usize::from(bind.index) - 1));
        let place = parameter(meaning, bind.index);
        tell(&mut bind.decoder, bytes, value == 0, bind.id, place, sink);
        self.state = if value == 0 { State::BindLength(left, bind) } else { State::BindValue(left, value, bind) };
        Step::Again
    }

    fn bind_results(
        &mut self,
        input: &mut Input<'_>,
        mut left: u64,
        mut bind: Box<Bind>,
        shared: &mut Shared,
        sink: &mut dyn Sink,
    ) -> Step {
        match input.within(&mut left, forms) {
            Within::Got(codes) => bind.portal.forms = codes,
            Within::Wait => {
                self.state = State::BindResults(left, bind);
                return Step::Wait;
            }
            within => return self.short(within, State::Head, left, sink),
        }
        shared.bind(&bind.name, bind.portal);
        shared.waits_for(Pending::Bind, sink);
        self.state = State::Skip(left);
        Step::Again
    }

    fn password(&mut self, input: &mut Input<'_>, mut left: u64, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        let within = input.within(&mut left, |part| part.until(0));
        let Within::Got(password) = within else {
            return self.short(within, State::Password(left), left, sink);
        };
        let id = shared.next.take();
        sink.begin(id, &head("password", "", shared));
        sink.value(id, Place::Field("password"), password, true);
        sink.end(id, true);
        self.state = State::Skip(left);
        Step::Again
    }

    fn copy_data(&mut self, input: &mut Input<'_>, left: u64, shared: &mut Shared, sink: &mut dyn Sink) -> Step {
        let bytes = input.some(left);
        if let Some(copy) = shared.copy.as_mut().filter(|copy| copy.side == Side::Client) {
            copy.push(bytes, sink);
        }
        let left = left - bytes.len() as u64;
        self.state = if left == 0 { State::Head } else { State::CopyData(left) };
        if left == 0 { Step::Again } else { Step::Wait }
    }

    fn seek(&mut self, input: &mut Input<'_>, seen: usize) -> Step {
        match seek(input, seen, client_head) {
            Sought::Found => self.state = State::Head,
            Sought::Wait => {
                self.state = State::Seek(seen);
                return Step::Wait;
            }
            Sought::Nothing(seen) => self.state = State::Seek(seen),
            Sought::Never => return Step::Strange,
        }
        Step::Again
    }

    /// What is left of the message that is read, where that is known.
    fn left(&self) -> Option<u64> {
        match &self.state {
            State::Opening | State::Seek(_) => None,
            State::Head => Some(0),
            State::Settings(left, _)
            | State::Setting(left, ..)
            | State::Whole(_, left)
            | State::Text(left, _)
            | State::ParseName(left)
            | State::ParseTypes(left, ..)
            | State::BindNames(left)
            | State::BindForms(left, _)
            | State::BindCount(left, _)
            | State::BindLength(left, _)
            | State::BindValue(left, ..)
            | State::BindResults(left, _)
            | State::Password(left)
            | State::CopyData(left)
            | State::Loose(left, _)
            | State::Skip(left) => Some(*left),
        }
    }

    pub(super) fn lost(&mut self, bytes: u64, shared: &mut Shared, sink: &mut dyn Sink) {
        let missing = bytes.saturating_add(self.hold.forget() as u64);
        let left = self.left();
        if matches!(self.state, State::CopyData(_))
            && let Some(copy) = &mut shared.copy
        {
            copy.gap();
        }
        self.close(shared, sink);
        self.state = match left.and_then(|left| left.checked_sub(missing)) {
            Some(left) if left > 0 => State::Skip(left),
            _ => State::Seek(0),
        };
    }

    /// Ends what is open, which was cut short.
    fn close(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        if let Some(telling) = self.telling.take() {
            telling.finish(false, shared.scene(), sink);
        }
        match std::mem::take(&mut self.state) {
            State::Settings(_, id) | State::Setting(_, id, _) => sink.end(id, false),
            State::BindForms(_, bind) | State::BindCount(_, bind) | State::BindLength(_, bind) => {
                sink.end(bind.id, false);
            }
            State::BindValue(_, _, mut bind) => {
                if bind.decoder.cut_short() {
                    let known = shared.prepared(bind.portal.prepared);
                    let meaning = known.and_then(|known| known.statement.parameters.get(usize::from(bind.index) - 1));
                    sink.value(bind.id, parameter(meaning, bind.index), b"", true);
                }
                sink.end(bind.id, false);
            }
            State::Loose(_, id) => {
                sink.value(id, Place::Text, b"", true);
                sink.end(id, false);
            }
            _ => {}
        }
    }

    pub(super) fn finish(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        self.close(shared, sink);
        self.hold.forget();
        if let Some(mut copy) = shared.copy.take_if(|copy| copy.side == Side::Client) {
            copy.gap();
            copy.finish(sink);
        }
    }

    pub(super) fn held(&self) -> usize {
        self.hold.held() + self.telling.as_ref().map_or(0, Telling::held)
    }
}

fn forms(part: &mut Input<'_>) -> Option<Forms> {
    let count = part.u16()?;
    part.take(usize::from(count) * 2).map(Forms::new)
}

fn head<'a>(operation: &'a str, target: &'a str, shared: &'a Shared) -> Head<'a> {
    Head {
        side: Side::Client,
        protocol: Protocol::Postgres,
        operation,
        target,
        host: &shared.database,
        answers: None,
        status: None,
    }
}

/// What came of looking for the next message.
pub(super) enum Sought {
    Found,
    Wait,
    /// So many bytes were looked through.
    Nothing(usize),
    Never,
}

/// Looks for the next message after a gap.
pub(super) fn seek(input: &mut Input<'_>, seen: usize, head: fn(&[u8]) -> Frame) -> Sought {
    if let Some(start) = boundary(input.rest(), head) {
        input.some(start as u64);
        return Sought::Found;
    }
    if input.len() < WINDOW {
        return Sought::Wait;
    }
    if seen > SEEK {
        return Sought::Never;
    }
    let drop = input.len() - WINDOW / 4;
    input.some(drop as u64);
    Sought::Nothing(seen + drop)
}

//! Texts of statements: those that run by themselves, and those that are prepared.

use crate::Sink;
use crate::input::{Input, Within};
use crate::postgres::framing::Part;
use crate::postgres::shared::{Pending, Prepared, Shared};
use crate::sql::{Dialect, Statement, Telling};

/// What comes next of it.
#[derive(Debug, Default)]
#[expect(clippy::large_enum_variant, reason = "whoever holds it boxes it")]
enum Stage {
    #[default]
    Name,
    Text(Telling),
    /// The types of the parameters of what is prepared.
    Types(Statement),
}

/// Statements that come.
#[derive(Debug)]
pub(super) struct Texts {
    /// The name that it is prepared under.
    name: Option<Box<[u8]>>,
    stage: Stage,
}

impl Texts {
    /// Statements that run by themselves.
    pub(super) fn query(shared: &mut Shared) -> Texts {
        Texts { name: None, stage: Stage::Text(Telling::new(Dialect::Postgres, shared.next.take())) }
    }

    /// One that is prepared.
    pub(super) fn to_prepare() -> Texts {
        Texts { name: None, stage: Stage::Name }
    }

    pub(super) fn held(&self) -> usize {
        if let Stage::Text(telling) = &self.stage { telling.held() } else { 0 }
    }

    fn text(
        &mut self,
        mut telling: Telling,
        input: &mut Input<'_>,
        left: &mut u64,
        shared: &mut Shared,
        sink: &mut dyn Sink,
    ) -> Within<bool> {
        let part = Input::new(input.rest()).some(*left);
        let end = memchr::memchr(0, part);
        let text = part.get(..end.unwrap_or(part.len())).unwrap_or_default();
        telling.push(text, shared.scene(), sink);
        let taken = text.len() as u64 + u64::from(end.is_some());
        input.some(taken);
        *left -= taken;
        if end.is_none() && *left > 0 {
            self.stage = Stage::Text(telling);
            return Within::Wait;
        }
        let id = telling.id();
        let statements = telling.finish(end.is_some(), shared.scene(), sink);
        if self.name.is_some() {
            self.stage = Stage::Types(statements.into_iter().next().unwrap_or_default());
            return Within::Got(false);
        }
        shared.waits_for(Pending::Query(id, statements.into()), sink);
        Within::Got(true)
    }

    fn types(
        &mut self,
        statement: Statement,
        input: &mut Input<'_>,
        left: &mut u64,
        shared: &mut Shared,
        sink: &mut dyn Sink,
    ) -> Within<bool> {
        let within = input.within(left, |part| {
            let count = part.u16()?;
            part.take(usize::from(count) * 4)
        });
        let types = match within {
            Within::Got(types) => types,
            Within::Wait if *left < shared.limits.head as u64 * 4 => {
                self.stage = Stage::Types(statement);
                return Within::Wait;
            }
            Within::Wait => return Within::Got(true),
            Within::Short => return Within::Short,
        };
        let types = types.chunks_exact(4).filter_map(|four| Input::new(four).u32()).collect();
        shared.prepare(&self.name.take().unwrap_or_default(), Prepared { statement, types, columns: None });
        shared.waits_for(Pending::Parse, sink);
        Within::Got(true)
    }
}

impl Part for Texts {
    fn step(
        &mut self,
        input: &mut Input<'_>,
        left: &mut u64,
        shared: &mut Shared,
        sink: &mut dyn Sink,
    ) -> Within<bool> {
        match std::mem::take(&mut self.stage) {
            Stage::Name => input.within(left, |part| part.until(0)).map(|name| {
                self.name = Some(name.into());
                self.stage = Stage::Text(Telling::new(Dialect::Postgres, shared.next.take()));
                false
            }),
            Stage::Text(telling) => self.text(telling, input, left, shared, sink),
            Stage::Types(statement) => self.types(statement, input, left, shared, sink),
        }
    }

    fn cut_short(&mut self, shared: &mut Shared, sink: &mut dyn Sink) {
        if let Stage::Text(telling) = std::mem::take(&mut self.stage) {
            telling.finish(false, shared.scene(), sink);
        }
    }
}

//! What a check can see beyond its subject, and the note of what it looked at. The fields are private to this file: nobody
//! sees more than is noted.

use std::cell::Cell;
use std::sync::Arc;

use cloister_detect::profile::Profile;
use jiff::civil::Date;

use crate::Context;
use crate::asked::Asked;
use crate::data::labels::Label;
use crate::known::Known;

/// All that a check can see beyond its subject.
#[derive(Debug)]
pub(crate) struct Sight<'a> {
    context: &'a Context<'a>,
    known: Arc<Known<'a>>,
    asked: Cell<Asked>,
}

impl<'a> Sight<'a> {
    pub(crate) fn new(context: &'a Context<'a>, known: Arc<Known<'a>>) -> Sight<'a> {
        Sight { context, known, asked: Cell::default() }
    }

    /// What was looked at since the last call.
    pub(crate) fn asked(&self) -> Asked {
        self.asked.take()
    }

    fn note(&self, what: Asked) {
        self.asked.set(self.asked.get().and(what));
    }

    /// Everything.
    pub(crate) fn context(&self) -> &'a Context<'a> {
        self.note(Asked::EVERYTHING);
        self.context
    }

    /// What was answered of everything already.
    pub(crate) fn known(&self) -> &Known<'a> {
        self.note(Asked::EVERYTHING);
        &self.known
    }

    pub(crate) fn today(&self) -> Date {
        self.note(Asked::TODAY);
        self.context.today
    }

    pub(crate) fn profile(&self) -> Option<&'a Profile> {
        self.note(Asked::PROFILE);
        self.context.profile
    }

    /// A label, with what is recognised in it: the label itself and the profile decide, whoever asked before.
    pub(crate) fn recognised(&self, label: Label<'a>) -> Label<'a> {
        self.note(Asked::PROFILE);
        self.known.recognised(label)
    }
}

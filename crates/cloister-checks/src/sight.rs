//! What a check can see beyond its subject, and the note of what it looked at. The fields are private to this file: nobody
//! sees more than is noted.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use cloister_detect::profile::Profile;
use cloister_inventory::{Inputs, Inventory, Pod};
use cloister_model::Resource;
use cloister_register::{Recognised, Register};
use jiff::civil::Date;

use crate::Context;
use crate::asked::Asked;
use crate::data::labels::Label;
use crate::known::{Decided, Known};

/// All that a check can see beyond its subject.
#[derive(Debug)]
pub(crate) struct Sight<'a> {
    context: &'a Context<'a>,
    known: Arc<Known<'a>>,
    /// The subject at hand; none for checks over everything.
    subject: Option<&'a Resource>,
    /// Whether it is looked at as a workload of its own, for its pods.
    for_pods: bool,
    asked: Rc<Cell<Asked>>,
}

/// Resources of the kinds that are asked for, where only they matter.
#[derive(Clone, Debug)]
pub(crate) struct Seen<'a> {
    inventory: &'a Inventory,
    /// The subject's namespace.
    home: Option<&'a str>,
    asked: Rc<Cell<Asked>>,
}

fn note(asked: &Cell<Asked>, what: Asked) {
    asked.set(asked.get().and(what));
}

impl<'a> Sight<'a> {
    pub(crate) fn new(context: &'a Context<'a>, known: Arc<Known<'a>>) -> Sight<'a> {
        Sight { context, known, subject: None, for_pods: false, asked: Rc::default() }
    }

    /// Another subject: nothing was looked at yet.
    pub(crate) fn turn_to(&mut self, subject: Option<&'a Resource>, for_pods: bool) {
        (self.subject, self.for_pods) = (subject, for_pods);
        self.asked.set(Asked::NOTHING);
    }

    /// What was looked at beside the subject.
    pub(crate) fn asked(&self) -> Asked {
        self.asked.get()
    }

    /// Everything.
    pub(crate) fn context(&self) -> &'a Context<'a> {
        note(&self.asked, Asked::EVERYTHING);
        self.context
    }

    /// What was answered of everything already.
    pub(crate) fn known(&self) -> &Known<'a> {
        note(&self.asked, Asked::EVERYTHING);
        &self.known
    }

    pub(crate) fn today(&self) -> Date {
        note(&self.asked, Asked::TODAY);
        self.context.today
    }

    pub(crate) fn profile(&self) -> Option<&'a Profile> {
        note(&self.asked, Asked::PROFILE);
        self.context.profile
    }

    /// Answers about resources: who takes one has asked for these resources.
    pub(crate) fn decided(&self) -> &Decided {
        &self.known.decided
    }

    /// A label, with what is recognised in it: the label itself and the profile decide, whoever asked before.
    pub(crate) fn recognised(&self, label: Label<'a>) -> Label<'a> {
        note(&self.asked, Asked::PROFILE);
        self.known.recognised(label)
    }

    pub(crate) fn seen(&self) -> Seen<'a> {
        let home = self.subject.map(Resource::namespace_or_default);
        Seen { inventory: self.context.inventory, home, asked: self.asked.clone() }
    }

    /// The store that a workload is recognised as: of a workload that is the subject, its own tree tells.
    pub(crate) fn store(&self, workload: &Resource) -> Option<&'a Recognised<'a>> {
        if !self.for_pods || self.subject.is_none_or(|subject| !std::ptr::eq(subject, workload)) {
            note(&self.asked, Asked::EVERYTHING);
        }
        self.context.register.recognised(workload)
    }

    /// The registries of images that the register names, as the organisation's own or as a processor's.
    pub(crate) fn registries(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        note(&self.asked, Asked::REGISTER);
        let register: &'a Register<'a> = self.context.register;
        let own = register.organisation().into_iter().flat_map(|organisation| organisation.registries().items());
        own.chain(register.processors().iter().flat_map(|processor| processor.registries().items()))
    }
}

impl<'a> Seen<'a> {
    fn note(&self, kind: &str, namespace: Option<&str>) {
        let is_near = namespace.is_some() && namespace == self.home;
        note(&self.asked, if is_near { Asked::near_of(kind) } else { Asked::all_of(kind) });
    }

    /// As [`Inventory::inputs`].
    pub(crate) fn inputs(&self) -> &'a Inputs {
        note(&self.asked, Asked::INPUTS);
        self.inventory.inputs()
    }

    /// As [`Inventory::of_kind`].
    pub(crate) fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = &'a Resource> + use<'a> {
        self.note(kind, None);
        self.inventory.of_kind(kind)
    }

    /// As [`Inventory::has_kind`].
    pub(crate) fn has_kind(&self, kind: &'static str) -> bool {
        self.of_kind(kind).next().is_some()
    }

    /// As [`Inventory::of_kind_in`].
    pub(crate) fn of_kind_in(
        &self,
        kind: &'static str,
        namespace: &str,
    ) -> impl Iterator<Item = &'a Resource> + use<'a> {
        self.note(kind, Some(namespace));
        self.inventory.of_kind_in(kind, namespace)
    }

    /// As [`Inventory::get`].
    pub(crate) fn get(&self, kind: &'static str, namespace: &str, name: &str) -> Option<&'a Resource> {
        self.note(kind, Some(namespace));
        self.inventory.get(kind, namespace, name)
    }

    /// As [`Inventory::get_cluster_wide`].
    pub(crate) fn get_cluster_wide(&self, kind: &'static str, name: &str) -> Option<&'a Resource> {
        self.note(kind, None);
        self.inventory.get_cluster_wide(kind, name)
    }

    /// As [`Inventory::services_of`].
    pub(crate) fn services_of(&self, pod: &Pod<'a>) -> impl Iterator<Item = &'a Resource> + use<'a> {
        self.note("Service", Some(pod.namespace()));
        self.inventory.services_of(pod)
    }
}

//! What several checks derive from one subject: derived once, when the first of them asks, and dropped with it.

use std::cell::OnceCell;
use std::rc::Rc;

use cloister_inventory::Container;
use cloister_model::{Node, Resource};

use crate::Findings;
use crate::commands::{Command, commands};
use crate::data::labels::{self, Label};
use crate::data::settings::Settings;
use crate::data::texts::{self, Text};

/// The subject at hand, and what was derived from it.
#[derive(Debug, Default)]
pub(crate) struct Shared<'a> {
    of: Option<&'a Node>,
    commands: OnceCell<Rc<[Command<'a>]>>,
    settings: OnceCell<Rc<Settings<'a>>>,
    texts: OnceCell<Rc<[Text<'a>]>>,
    labels: OnceCell<Rc<[Label<'a>]>>,
}

impl<'a> Shared<'a> {
    /// Nothing yet, about the container, pod or resource at `node`.
    pub(crate) fn of(node: &'a Node) -> Shared<'a> {
        Shared { of: Some(node), ..Shared::default() }
    }

    fn is_of(&self, node: &Node) -> bool {
        self.of.is_some_and(|own| std::ptr::eq(own, node))
    }
}

/// The value in `cell` where it is the subject's, else a value for this once.
fn once<T: Clone>(own: bool, cell: &OnceCell<T>, derive: impl FnOnce() -> T) -> T {
    if own { cell.get_or_init(derive).clone() } else { derive() }
}

impl<'a> Findings<'a> {
    /// The programs that a container starts.
    pub(crate) fn commands(&self, container: &Container<'a>) -> Rc<[Command<'a>]> {
        let derive = || commands(container).into();
        once(self.shared.is_of(container.node), &self.shared.commands, derive)
    }

    /// What a container is told by its environment and its command line.
    pub(crate) fn settings(&self, container: &Container<'a>) -> Rc<Settings<'a>> {
        // Asked for by each, also by those that find it derived.
        let profile = self.profile();
        let derive = || Rc::new(Settings::of(container, profile));
        once(self.shared.is_of(container.node), &self.shared.settings, derive)
    }

    /// The texts of a ConfigMap.
    pub(crate) fn texts(&self, resource: &'a Resource) -> Rc<[Text<'a>]> {
        let profile = self.profile();
        let derive = || texts::texts(resource, profile).collect();
        once(self.shared.is_of(&resource.root), &self.shared.texts, derive)
    }

    /// The labels and annotations of a resource and of its pods.
    pub(crate) fn labels(&self, resource: &'a Resource) -> Rc<[Label<'a>]> {
        let profile = self.profile();
        let known = |label| self.sight.recognised(label);
        let derive = || labels::labels_and_annotations(resource, profile).map(known).collect();
        once(self.shared.is_of(&resource.root), &self.shared.labels, derive)
    }
}

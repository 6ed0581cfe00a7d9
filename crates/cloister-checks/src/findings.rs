//! Collects what one check finds, and counts what it looked at.

use std::cell::OnceCell;
use std::collections::HashMap;
use std::sync::Arc;

use cloister_inventory::{Container, Inventory};
use cloister_model::{Finding, Pointers, Resource, Subject, container_name};
use cloister_register::Register;

use crate::{Check, Context};

/// What a check writes into.
#[derive(Debug)]
pub struct Findings<'a> {
    context: &'a Context<'a>,
    check: &'static Check,
    name: Arc<str>,
    container: Option<Arc<str>>,
    crowd: Crowd,
    routes: OnceCell<Attached<'a>>,
    decided: HashMap<String, bool>,
    applies: bool,
    reported_before: usize,
    pub(crate) examined: usize,
    pub(crate) failed: usize,
    pub(crate) found: Vec<Finding>,
}

impl<'a> Findings<'a> {
    pub(crate) fn new(check: &'static Check, context: &'a Context<'a>) -> Findings<'a> {
        Findings {
            context,
            check,
            name: Arc::from(check.name),
            container: None,
            crowd: Crowd::default(),
            routes: OnceCell::new(),
            decided: HashMap::new(),
            applies: true,
            reported_before: 0,
            examined: 0,
            failed: 0,
            found: Vec::new(),
        }
    }

    /// Reports a place, a resource, or an absence. The message is the check's
    /// title until [`Finding::message`] says it better.
    pub fn report<'p>(&mut self, subject: impl Into<Subject<'p>>) -> &mut Finding {
        let message = self.check.title.to_owned();
        let subject = subject.into();
        let pointer = self.crowd.pointer(&subject);
        let mut finding = Finding::with_pointer(self.name.clone(), self.check.severity, &subject, message, pointer);
        finding.container.clone_from(&self.container);
        self.found.push_mut(finding)
    }

    /// This subject is none that the check speaks of: it counts neither as held nor as open.
    pub fn not_applicable(&mut self) {
        self.applies = false;
    }

    /// For checks over the whole inventory: one more subject was looked at, and is it bad?
    /// Returns `bad`, so that it reads `if findings.examine(bad) { findings.report(…) }`.
    pub fn examine(&mut self, bad: bool) -> bool {
        self.examined += 1;
        self.failed += usize::from(bad);
        bad
    }

    /// Everything the check may look at.
    pub fn context(&self) -> &'a Context<'a> {
        self.context
    }

    /// The snapshot.
    pub fn inventory(&self) -> &'a Inventory {
        self.context.inventory
    }

    /// The record of processing.
    pub fn register(&self) -> &'a Register<'a> {
        self.context.register
    }

    /// HTTP and gRPC routes that name this parent, in any namespace.
    pub(crate) fn attached<'s>(
        &'s self,
        namespace: &str,
        name: &str,
    ) -> impl Iterator<Item = &'a Resource> + use<'s, 'a> {
        let routes = self.routes.get_or_init(|| attached(self.context.inventory));
        let named = routes.get(namespace).and_then(|names| names.get(name));
        named.into_iter().flatten().copied()
    }

    /// What the check decides once for each namespace.
    pub(crate) fn decided_in(&mut self, namespace: &str, decide: impl FnOnce(&Inventory) -> bool) -> bool {
        if let Some(decided) = self.decided.get(namespace) {
            return *decided;
        }
        let decided = decide(self.context.inventory);
        self.decided.insert(namespace.to_owned(), decided);
        decided
    }

    pub(crate) fn within(&mut self, container: Option<&Container<'_>>) {
        self.container = container.map(|container| container_name(container.name()));
        self.applies = true;
        self.reported_before = self.found.len();
    }

    pub(crate) fn count(&mut self) {
        let reported = self.found.len() > self.reported_before;
        if self.applies || reported {
            self.examined += 1;
            self.failed += usize::from(reported);
        }
    }
}

/// Routes by namespace and name of a parent.
type Attached<'a> = HashMap<&'a str, HashMap<&'a str, Vec<&'a Resource>>>;

fn attached(inventory: &Inventory) -> Attached<'_> {
    let mut attached = Attached::new();
    for route in inventory.of_kind("HTTPRoute").chain(inventory.of_kind("GRPCRoute")) {
        for parent in route.root.items_at("spec/parentRefs") {
            let namespace = parent.str_at("namespace").unwrap_or_else(|| route.namespace_or_default());
            let Some(name) = parent.str_at("name") else { continue };
            let routes = attached.entry(namespace).or_default().entry(name).or_default();
            if routes.last().is_none_or(|last| !std::ptr::eq(*last, route)) {
                routes.push(route);
            }
        }
    }
    attached
}

/// Looking for one pointer walks a resource; for many, one walk finds all.
#[derive(Debug, Default)]
struct Crowd {
    resource: usize,
    reported: usize,
    pointers: Option<Pointers>,
}

/// From the fourth finding on one resource, all of its pointers are worth knowing.
const CROWD: usize = 4;

impl Crowd {
    fn pointer(&mut self, subject: &Subject<'_>) -> String {
        let Subject::Place(place) = subject else { return String::new() };
        let resource = std::ptr::from_ref(place.resource).addr();
        if self.resource != resource {
            *self = Crowd { resource, ..Crowd::default() };
        }
        self.reported += 1;
        if self.reported == CROWD {
            self.pointers = Some(Pointers::of(&place.resource.root));
        }
        self.pointers.as_ref().map_or_else(|| place.pointer(), |pointers| place.pointer_by(pointers))
    }
}

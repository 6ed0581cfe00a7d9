//! What checks ask of the whole inventory again and again: answered once for a run, for all threads.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use cloister_inventory::Inventory;
use cloister_model::{Diagnostic, DiagnosticLevel, Resource};
use cloister_network::Entries;
use cloister_purpose::Callers;
use foldhash::{HashMap, HashSet};

use crate::Findings;
use crate::control_plane::flags::{Flags, each};
use crate::data::labels::Label;
use crate::identity::bindings::Access;
use crate::identity::climbing::{Climbs, climbs};
use crate::network::reach::{Reach, is_store};

/// Routes by namespace and name of a parent.
type Attached<'a> = HashMap<&'a str, HashMap<&'a str, Vec<&'a Resource>>>;

/// Processes of one program.
type Processes<'a> = Arc<Vec<Flags<'a>>>;

/// What was decided, by check and namespace.
pub(crate) type Decided = Mutex<HashMap<(&'static str, String), bool>>;

/// Answers of one run.
#[derive(Debug, Default)]
pub(crate) struct Known<'a> {
    routes: OnceLock<Attached<'a>>,
    access: OnceLock<Arc<Access<'a>>>,
    climbs: OnceLock<Arc<Climbs<'a>>>,
    reach: OnceLock<Reach<'a>>,
    entries: OnceLock<Entries<'a>>,
    callers: OnceLock<Callers>,
    /// What runs of a program of the control plane, by its name.
    processes: Mutex<HashMap<&'static str, Arc<OnceLock<Processes<'a>>>>>,
    pub(crate) decided: Decided,
    /// Names and values of labels in which nothing is recognised: each stands on many resources.
    plain: Mutex<HashSet<(&'a str, &'a str)>>,
}

impl<'a> Known<'a> {
    /// What an API server refuses of the policies of networks that checks looked at.
    pub(crate) fn diagnostics(&self) -> Vec<Diagnostic> {
        let told = self.reach.get().map_or(&[][..], |reach| reach.network.diagnostics());
        // What is only odd, checks say, or it is of answers about a network alone.
        told.iter().filter(|diagnostic| diagnostic.level == DiagnosticLevel::Error).cloned().collect()
    }

    /// A label, with what is recognised in it.
    pub(crate) fn recognised(&self, label: Label<'a>) -> Label<'a> {
        let plain = || self.plain.lock().unwrap_or_else(PoisonError::into_inner);
        if plain().contains(&label.words()) {
            return label.with_nothing();
        }
        // Not under the lock.
        if let Some(words) = label.plain() {
            plain().insert(words);
        }
        label
    }
}

impl<'a> Findings<'a> {
    /// HTTP and gRPC routes that name this parent, in any namespace.
    pub(crate) fn attached<'s>(
        &'s self,
        namespace: &str,
        name: &str,
    ) -> impl Iterator<Item = &'a Resource> + use<'s, 'a> {
        let routes = self.sight.known().routes.get_or_init(|| attached(self.inventory()));
        let named = routes.get(namespace).and_then(|names| names.get(name));
        named.into_iter().flatten().copied()
    }

    /// Who may do what.
    pub(crate) fn access(&self) -> Arc<Access<'a>> {
        self.sight.known().access.get_or_init(|| Arc::new(Access::of(self.inventory()))).clone()
    }

    /// How service accounts climb.
    pub(crate) fn climbs(&self) -> Arc<Climbs<'a>> {
        self.sight.known().climbs.get_or_init(|| Arc::new(climbs(self.access().policy(), self.inventory()))).clone()
    }

    /// Who reaches whom.
    pub(crate) fn reach(&self) -> &Reach<'a> {
        self.sight.known().reach.get_or_init(|| Reach::of(self.inventory()))
    }

    /// Every way in from outside.
    pub(crate) fn entries(&self) -> &Entries<'a> {
        self.sight.known().entries.get_or_init(|| self.reach().network.entries(self.inventory()))
    }

    /// Who reaches the stores of personal data.
    pub(crate) fn callers(&self) -> &Callers {
        self.sight.known().callers.get_or_init(|| {
            let (reach, register) = (self.reach(), self.register());
            let stores = self.inventory().pods().filter(|pod| is_store(register, pod.resource));
            let endpoints = stores.flat_map(|pod| reach.endpoints_of(pod.resource).iter().copied());
            Callers::of(&reach.network, endpoints)
        })
    }

    /// Each process of a program of the control plane, with its flags: dozens of checks ask for the same, of many nodes.
    pub(crate) fn processes_of(&self, program: &'static str) -> Processes<'a> {
        let all = || self.sight.known().processes.lock().unwrap_or_else(PoisonError::into_inner);
        let own = all().entry(program).or_default().clone();
        // Not under the lock of all programs.
        own.get_or_init(|| Arc::new(each(self.inventory(), program).collect())).clone()
    }

    /// Whether any resource of a kind in a namespace is so, which a check decides once for each namespace.
    pub(crate) fn any_in(&self, kind: &'static str, namespace: &str, is: impl Fn(&Resource) -> bool) -> bool {
        let key = (self.check.name, namespace.to_owned());
        // Asked for by each, also by those that find it decided.
        let (seen, decided) = (self.seen().of_kind_in(kind, namespace), self.sight.decided());
        if let Some(known) = decided.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return *known;
        }
        // Not under the lock: others decide meanwhile, and the same question has the same answer.
        let answer = { seen }.any(is);
        decided.lock().unwrap_or_else(PoisonError::into_inner).insert(key, answer);
        answer
    }
}

fn attached(inventory: &Inventory) -> Attached<'_> {
    let mut attached = Attached::default();
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

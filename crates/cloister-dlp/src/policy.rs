//! Policies as they are asked: read once, and free of their documents.

use std::sync::Arc;

use cloister_detect::keyed::Keys;
use cloister_detect::profile::Owners;
use cloister_inventory::{Inventory, Selector};
use cloister_model::{Diagnostic, Node, Place};
use cloister_register::documents::{
    CategoryThreshold, Certainty, Direction, DlpAction, DlpException, DlpPolicy, Leak, LearntBaseline, Unsearchable,
    WireProtocol,
};
use cloister_register::{DataCategory, Period, Register, WorkloadSelector};
use jiff::civil::Date;

use crate::lens::{Gathering, Lens};
use crate::outside::owned;

/// One policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its name.
    pub name: Arc<str>,
    /// What it does.
    pub action: DlpAction,
    /// By workload: whether it is judged. `None`: all traffic is.
    pub(crate) subjects: Option<Vec<bool>>,
    pub(crate) egress: bool,
    pub(crate) ingress: bool,
    pub(crate) protocols: Vec<WireProtocol>,
    pub(crate) encrypted: Option<bool>,
    pub(crate) thresholds: Vec<Threshold>,
    pub(crate) findings: Vec<Leak>,
    /// Numbers of activities; names that the register does not know are left out.
    pub(crate) purposes: Option<Vec<u32>>,
    pub(crate) recipients: Option<Vec<String>>,
    pub(crate) countries: Option<Vec<String>>,
    pub(crate) bulk: Option<Bulk>,
    pub(crate) exceptions: Vec<Exception>,
    /// The number of what it says of recognition.
    pub(crate) owner: usize,
    /// What cannot be searched is to be stopped.
    pub(crate) refuses_unsearchable: bool,
}

/// From when on a category matters.
#[derive(Clone, Debug)]
pub(crate) struct Threshold {
    pub category: DataCategory,
    pub confidence: Certainty,
    pub count: u64,
}

/// From when on a read is one in bulk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bulk {
    pub records: u64,
    /// In microseconds.
    pub within: u64,
    /// How what is usual is learnt.
    pub learnt: Option<Learnt>,
}

/// How what is usual is learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Learnt {
    /// In microseconds.
    pub warm_up: u64,
    pub times: u64,
    pub at_least: u64,
}

/// What is let through.
#[derive(Clone, Debug)]
pub(crate) struct Exception {
    /// Why, in the policy's words.
    pub reason: String,
    pub category: Option<DataCategory>,
    /// By workload.
    pub to: Option<Vec<bool>>,
    pub host: Option<String>,
    pub target: Option<String>,
    pub field: Option<String>,
    pub expires: Option<Date>,
}

/// All of them.
#[derive(Clone, Debug, Default)]
pub struct Policies {
    all: Vec<Policy>,
}

/// How long a baseline counts where nothing is said.
const MINUTE: u64 = 60_000_000;
/// How long it is learnt what is usual, where nothing is said: two of each hour of the week.
const WARM_UP: u64 = 14 * 24 * 60 * MINUTE;

impl Policies {
    /// Those of a register. Where it has none, one that records everything stands in for them.
    pub fn of(
        inventory: &Inventory,
        register: &Register<'_>,
        keys: Option<Arc<Keys>>,
    ) -> (Policies, Lens, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut lens = Gathering::new(inventory, keys);
        let mut all = Vec::new();
        for written in register.dlp_policies() {
            let owner = lens.take(written, &mut diagnostics);
            all.push(Policy { owner, ..read(written, inventory, register, &mut diagnostics) });
        }
        if all.is_empty() {
            all.push(everything());
        }
        (Policies { all }, lens.finish(), diagnostics)
    }

    /// Each of them.
    pub fn iter(&self) -> impl Iterator<Item = &Policy> {
        self.all.iter()
    }
}

/// Records everything: what is done where nobody wrote a policy.
fn everything() -> Policy {
    Policy {
        name: "default".into(),
        action: DlpAction::Record,
        subjects: None,
        egress: true,
        ingress: true,
        protocols: Vec::new(),
        encrypted: None,
        thresholds: Vec::new(),
        findings: Vec::new(),
        purposes: None,
        recipients: None,
        countries: None,
        bulk: None,
        exceptions: Vec::new(),
        owner: Owners::NONE,
        refuses_unsearchable: false,
    }
}

fn read(
    policy: &DlpPolicy<'_>,
    inventory: &Inventory,
    register: &Register<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Policy {
    let directions = policy.directions().items();
    let has = |direction| directions.is_empty() || directions.contains(&direction);
    let bulk = policy.bulk().value().and_then(|bulk| {
        let within = bulk.within().value().map_or(MINUTE, micro);
        Some(Bulk {
            records: bulk.records().value()?,
            within: within.max(1),
            learnt: bulk.learnt().value().map(learnt),
        })
    });
    let action = policy.action().value().unwrap_or(DlpAction::Alert);
    // Where values must not pass, what may hold them does not either, unless somebody says so.
    let refuses = match policy.unsearchable().value() {
        Some(said) => said == Unsearchable::Block,
        None => action >= DlpAction::Redact,
    };
    Policy {
        name: policy.name().into(),
        action,
        subjects: subjects(policy, inventory, register),
        egress: has(Direction::Egress),
        ingress: has(Direction::Ingress),
        protocols: policy.protocols().items(),
        encrypted: policy.encrypted().value(),
        thresholds: policy.categories().items().iter().filter_map(threshold).collect(),
        findings: policy.findings().items(),
        purposes: purposes(policy, register, diagnostics),
        recipients: policy.allowed_recipients().value().map(|_| owned(&policy.allowed_recipients())),
        countries: policy
            .allowed_third_countries()
            .value()
            .map(|all| all.into_iter().map(|country| country.code().to_owned()).collect()),
        bulk,
        exceptions: exceptions(policy, register, diagnostics),
        owner: Owners::NONE,
        refuses_unsearchable: refuses,
    }
}

fn micro(period: Period) -> u64 {
    period.as_seconds().saturating_mul(1_000_000)
}

fn learnt(written: LearntBaseline<'_>) -> Learnt {
    Learnt {
        warm_up: written.warm_up().value().map_or(WARM_UP, micro),
        times: written.times().value().unwrap_or(3),
        at_least: written.at_least().value().unwrap_or(100),
    }
}

/// What is written and selects nothing must not widen the policy: such a selector selects nothing.
fn subjects(policy: &DlpPolicy<'_>, inventory: &Inventory, register: &Register<'_>) -> Option<Vec<bool>> {
    let spec = policy.resource().root.get("spec");
    let written = |key: &str| spec.and_then(|spec| spec.get(key)).filter(|node| !node.is_null());
    let (selector, namespaces) = (written("selector"), written("namespaceSelector"));
    if selector.is_none() && namespaces.is_none() {
        return None;
    }
    let workloads = policy.selector().value();
    let selects = |workload: &cloister_register::Workload<'_>| {
        let own = selector.is_none() || workloads.is_some_and(|selector| selector.selects(workload));
        own && namespaces.is_none_or(|node| holds(node, inventory, workload.namespace()))
    };
    Some(register.workloads().iter().map(selects).collect())
}

fn holds(selector: &Node, inventory: &Inventory, namespace: &str) -> bool {
    let labels = inventory.namespace(namespace).map(|it| it.labels()).unwrap_or_default();
    !selector.is_empty() && Selector::Labels(selector).matches(labels)
}

fn threshold(written: &CategoryThreshold<'_>) -> Option<Threshold> {
    Some(Threshold {
        category: written.category().value()?,
        confidence: written.confidence().value().unwrap_or(Certainty::Likely),
        count: written.count().value().unwrap_or(1),
    })
}

fn purposes(policy: &DlpPolicy<'_>, register: &Register<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Vec<u32>> {
    policy.allowed_purposes().value()?;
    let number = |(name, place): (&str, Place<'_>)| {
        let found = register.activities().iter().position(|activity| activity.name() == name);
        if found.is_none() {
            let message = format!("no ProcessingActivity is called \"{}\"", cloister_model::clean(name));
            diagnostics.push(told(&place, message, "name one of the register, or read the register too"));
        }
        found.and_then(|at| u32::try_from(at).ok())
    };
    Some(policy.allowed_purposes().placed_items().into_iter().filter_map(number).collect())
}

fn exceptions(policy: &DlpPolicy<'_>, register: &Register<'_>, diagnostics: &mut Vec<Diagnostic>) -> Vec<Exception> {
    let mut read = Vec::new();
    for (written, place) in policy.exceptions().placed_items() {
        match exception(&written, place.node, register) {
            Some(exception) => read.push(exception),
            None => {
                let message = "this exception says nothing that can be read of what it lets through".to_owned();
                diagnostics.push(told(
                    &place,
                    message,
                    "add category, to, host, target or field; it lets nothing through",
                ));
            }
        }
    }
    read
}

/// `None` where it has no part, or a part that cannot be read: what is not understood must not widen it.
fn exception(written: &DlpException<'_>, node: &Node, register: &Register<'_>) -> Option<Exception> {
    let parts = ["category", "to", "host", "target", "field"];
    let stated = parts.iter().filter(|key| node.get(key).is_some_and(|it| !it.is_null())).count();
    let to = written.to().value().map(|selector: WorkloadSelector<'_>| {
        register.workloads().iter().map(|workload| selector.selects(workload)).collect()
    });
    let text = |field: cloister_register::Field<'_, &str>| field.value().map(str::to_owned);
    let read = Exception {
        reason: text(written.reason()).unwrap_or_default(),
        category: written.category().value(),
        to,
        host: text(written.host()),
        target: text(written.target()),
        field: text(written.field()),
        expires: written.expires().value(),
    };
    let understood = usize::from(read.category.is_some())
        + usize::from(read.to.is_some())
        + usize::from(read.host.is_some())
        + usize::from(read.target.is_some())
        + usize::from(read.field.is_some());
    let dated = read.expires.is_some() || node.get("expires").is_none_or(Node::is_null);
    (stated > 0 && understood == stated && dated).then_some(read)
}

fn told(place: &Place<'_>, message: String, help: &str) -> Diagnostic {
    let message = format!("{} {}: {message}", place.resource.kind, place.resource.name);
    let location = place.location();
    let file = location.as_ref().map(|it| it.file.clone()).unwrap_or_default();
    let diagnostic = Diagnostic::warning(file, message).help(help);
    match location.and_then(|it| it.line.zip(it.column)) {
        Some((line, column)) => diagnostic.at(line, column),
        None => diagnostic,
    }
}

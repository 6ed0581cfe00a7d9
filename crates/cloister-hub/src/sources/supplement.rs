//! What pages show beyond the JSON of a scan: resources as they are written, and the map of personal data. Only who has the
//! inventory can make it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use cloister_assessment::Assessment;
use cloister_breach::{Facts, Target, propose};
use cloister_inventory::Inventory;
use cloister_model::{Location, ResourceRef};
use cloister_register::Register;
use cloister_rules::Ground;

use super::map::{self, Map};
use super::yaml::{self, Written};
use crate::scanners::Ties;

/// Beside an assessment.
#[derive(Debug, Default)]
pub struct Supplement {
    /// Resources as they are written, values masked.
    pub resources: Vec<Arc<Text>>,
    /// Activities, stores and recipients.
    pub map: Map,
    /// What rules over audit events take for granted.
    pub ground: Option<Ground>,
    /// Who we are, and whom we answer to, as far as a breach asks.
    pub organisation: Facts,
    /// Who and what a breach would affect, by namespace.
    pub affected: BTreeMap<String, Facts>,
    /// Which images and owners workloads have, for what other scanners say.
    pub ties: Ties,
    pub(crate) by_name: HashMap<Arc<ResourceRef>, usize>,
    /// The line of its resource's text that a finding speaks of.
    pub(crate) lines: HashMap<Arc<str>, u32>,
}

/// A resource as it is written.
#[derive(Debug)]
pub struct Text {
    /// Which.
    pub resource: Arc<ResourceRef>,
    /// Where it begins.
    pub location: Option<Location>,
    /// YAML, values masked.
    pub yaml: Box<str>,
    /// The line in its file of each line, 0 where there is none.
    pub numbers: Box<[u32]>,
}

impl Supplement {
    /// A resource's text.
    pub fn text(&self, resource: &ResourceRef) -> Option<&Text> {
        self.by_name.get(resource).and_then(|at| self.resources.get(*at)).map(|text| &**text)
    }

    /// The part of it that is about these resources and findings.
    #[must_use]
    pub fn within(&self, sees: impl Fn(&ResourceRef) -> bool, shows: impl Fn(&str) -> bool) -> Supplement {
        let mut part = Supplement { map: self.map.within(&sees), ..Supplement::default() };
        for text in self.resources.iter().filter(|text| sees(&text.resource)) {
            part.by_name.insert(text.resource.clone(), part.resources.len());
            part.resources.push(text.clone());
        }
        part.lines = self.lines.iter().filter(|(id, _)| shows(id)).map(|(id, line)| (id.clone(), *line)).collect();
        part
    }

    /// The line in its resource's text of a finding, from 0.
    pub fn line(&self, finding: &str) -> Option<u32> {
        self.lines.get(finding).copied()
    }
}

/// What the register says of each namespace that has anything to do with personal data.
fn affected(register: &Register<'_>) -> BTreeMap<String, Facts> {
    let names: std::collections::BTreeSet<&str> = register.workloads().iter().map(|one| one.namespace()).collect();
    let of = |name: &str| propose(register, &[Target::Namespace(name)]).ok();
    let named = names.into_iter().filter_map(|name| Some((name.to_owned(), of(name)?)));
    let speaks = |facts: &Facts| facts.affected != cloister_breach::facts::Affected::default();
    named.filter(|(_, facts)| speaks(facts)).collect()
}

/// Makes it.
pub fn supplement(inventory: &Inventory, register: &Register<'_>, assessment: &Assessment) -> Supplement {
    let mut more = Supplement {
        map: map::of(register),
        ground: Some(Ground::standing(inventory, register)),
        organisation: propose(register, &[]).unwrap_or_default(),
        affected: affected(register),
        ties: Ties::of(inventory),
        ..Supplement::default()
    };
    let mut places: HashMap<Arc<ResourceRef>, Written> = HashMap::new();
    for resource in inventory.resources() {
        let (name, written) = (Arc::new(resource.reference()), yaml::write(resource));
        let text = Text {
            resource: name.clone(),
            location: resource.locate(resource.root.mark),
            yaml: written.text.as_str().into(),
            numbers: written.numbers.as_slice().into(),
        };
        more.by_name.insert(name.clone(), more.resources.len());
        more.resources.push(Arc::new(text));
        places.insert(name, written);
    }
    for one in &assessment.findings {
        let written = one.finding.resource.as_ref().and_then(|resource| places.get(resource));
        if let Some(line) = written.and_then(|written| written.line(&one.finding.pointer)) {
            more.lines.insert(one.id.clone(), line);
        }
    }
    more
}

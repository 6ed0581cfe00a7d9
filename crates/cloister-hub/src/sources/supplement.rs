//! What pages show beyond the JSON of a scan: resources as they are written, and the map of personal data. Only who has the
//! inventory can make it.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::{Arc, OnceLock};

use cloister_assessment::Assessment;
use cloister_breach::{Facts, Target, propose};
use cloister_inventory::Inventory;
use cloister_model::{Location, Resource, ResourceRef};
use cloister_register::Register;
use cloister_rules::Ground;
use rayon::prelude::*;

use super::map::{self, Map};
use super::yaml::{self, Written};
use crate::questions::objects::Objects;
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
    /// What questions are answered from.
    pub objects: Objects,
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
    /// For how it is written.
    pub(crate) print: u64,
}

impl Supplement {
    /// With the objects themselves, from which questions are answered.
    #[must_use]
    pub fn with_objects(self, inventory: Arc<Inventory>) -> Supplement {
        Supplement { objects: Objects::of(inventory), ..self }
    }

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

/// Makes it. A resource that is written as it was before is not written again.
pub fn supplement(
    inventory: &Inventory,
    register: &Register<'_>,
    assessment: &Assessment,
    before: Option<&Supplement>,
) -> Supplement {
    let written: Vec<(Arc<Text>, Option<Written>)> =
        inventory.resources().par_iter().map(|resource| text(resource, before)).collect();
    let mut more = Supplement {
        map: map::of(register),
        ground: Some(Ground::standing(inventory, register)),
        organisation: propose(register, &[]).unwrap_or_default(),
        affected: affected(register),
        ties: Ties::of(inventory),
        ..Supplement::default()
    };
    for (at, (text, _)) in written.iter().enumerate() {
        more.by_name.insert(text.resource.clone(), at);
        more.resources.push(text.clone());
    }
    let mut again: HashMap<usize, Written> = HashMap::new();
    for one in &assessment.findings {
        let at = one.finding.resource.as_ref().and_then(|resource| more.by_name.get(resource)).copied();
        let Some((at, (_, new))) = at.and_then(|at| Some((at, written.get(at)?))) else { continue };
        // Of a text that is as it was, a finding that was there stands where it stood.
        let known = before.filter(|_| new.is_none()).and_then(|before| before.line(&one.id));
        let line = known.or_else(|| match (new, inventory.resources().get(at)) {
            (Some(new), _) => new.line(&one.finding.pointer),
            (None, Some(resource)) => {
                again.entry(at).or_insert_with(|| yaml::write(resource)).line(&one.finding.pointer)
            }
            (None, None) => None,
        });
        if let Some(line) = line {
            more.lines.insert(one.id.clone(), line);
        }
    }
    more
}

/// A resource's text; with its places, where it had to be written.
fn text(resource: &Resource, before: Option<&Supplement>) -> (Arc<Text>, Option<Written>) {
    let (name, print, location) = (resource.reference(), print(resource), resource.locate(resource.root.mark));
    let known = before.and_then(|before| before.resources.get(*before.by_name.get(&name)?));
    if let Some(known) = known.filter(|known| known.print == print && known.location == location) {
        return (known.clone(), None);
    }
    let written = yaml::write(resource);
    let text = Text {
        resource: Arc::new(name),
        location,
        yaml: written.text.as_str().into(),
        numbers: written.numbers.as_slice().into(),
        print,
    };
    (Arc::new(text), Some(written))
}

/// A number for how a resource is written, the same within this process alone: nobody can make another with it.
fn print(resource: &Resource) -> u64 {
    static KEYS: OnceLock<RandomState> = OnceLock::new();
    let mut hash = KEYS.get_or_init(RandomState::new).build_hasher();
    resource.root.hash_into(&mut hash);
    hash.finish()
}

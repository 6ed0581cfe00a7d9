//! Findings, each text of them held once.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

use cloister_assessment::{Acceptance, Exposure, RequirementRef};
use cloister_model::{Location, PersonalData, ResourceRef, Severity};
use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

/// A finding, weighed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct Finding {
    /// Stable when lines move.
    pub id: Arc<str>,
    /// The check's name.
    pub check: Arc<str>,
    /// How bad.
    pub severity: Severity,
    /// The resource; null when something is absent altogether.
    pub resource: Option<Arc<ResourceRef>>,
    /// The container's name, where the finding is about one.
    pub container: Option<Arc<str>>,
    /// Where.
    pub location: Option<Location>,
    /// JSON pointer in the resource.
    pub pointer: Box<str>,
    /// What is wrong here.
    pub message: Box<str>,
    /// The lines to write.
    pub fix: Option<Arc<str>>,
    /// What to do about it.
    pub remediation: Arc<str>,
    /// The personal data at risk.
    pub exposure: Exposure,
    /// Higher comes first.
    pub rank: u32,
    /// The requirements it speaks against.
    pub requirements: Arc<[RequirementRef]>,
    /// Who accepted it; null when it is open.
    pub accepted: Option<Box<Acceptance>>,
}

impl AsRef<Finding> for Finding {
    fn as_ref(&self) -> &Finding {
        self
    }
}

impl Finding {
    /// Whether nobody accepted it.
    pub fn is_open(&self) -> bool {
        self.accepted.is_none()
    }

    /// The namespace of its resource; empty where there is none.
    pub fn namespace(&self) -> &str {
        self.resource.as_ref().and_then(|one| one.namespace.as_deref()).unwrap_or("")
    }
}

#[derive(Deserialize)]
struct Written {
    id: String,
    check: String,
    severity: Severity,
    resource: Option<ResourceRef>,
    container: Option<String>,
    location: Option<Location>,
    pointer: Box<str>,
    message: Box<str>,
    fix: Option<String>,
    remediation: String,
    exposure: Said,
    rank: u32,
    requirements: Vec<RequirementRef>,
    accepted: Option<Box<Acceptance>>,
}

#[derive(Deserialize)]
struct Said {
    level: PersonalData,
    reason: String,
}

#[derive(Default)]
pub(super) struct Once {
    texts: HashSet<Arc<str>>,
    resources: HashSet<Arc<ResourceRef>>,
    requirements: HashSet<Arc<[RequirementRef]>>,
}

fn once<K: Hash + Eq + ?Sized>(known: &mut HashSet<Arc<K>>, value: Arc<K>) -> Arc<K> {
    if let Some(same) = known.get(&value) {
        return same.clone();
    }
    known.insert(value.clone());
    value
}

impl From<Written> for Finding {
    fn from(one: Written) -> Finding {
        Once::default().finding(one)
    }
}

impl Once {
    pub(super) fn text(&mut self, text: &str) -> Arc<str> {
        match self.texts.get(text) {
            Some(same) => same.clone(),
            None => once(&mut self.texts, text.into()),
        }
    }

    pub(super) fn resource(&mut self, resource: &ResourceRef) -> Arc<ResourceRef> {
        match self.resources.get(resource) {
            Some(same) => same.clone(),
            None => once(&mut self.resources, Arc::new(resource.clone())),
        }
    }

    fn finding(&mut self, one: Written) -> Finding {
        let location = one.location.map(|place| Location { file: once(&mut self.texts, place.file), ..place });
        Finding {
            id: one.id.into(),
            check: self.text(&one.check),
            severity: one.severity,
            resource: one.resource.map(|resource| once(&mut self.resources, Arc::new(resource))),
            container: one.container.map(|name| self.text(&name)),
            location,
            pointer: one.pointer,
            message: one.message,
            fix: one.fix.map(|fix| self.text(&fix)),
            remediation: self.text(&one.remediation),
            exposure: Exposure { level: one.exposure.level, reason: self.text(&one.exposure.reason) },
            rank: one.rank,
            requirements: once(&mut self.requirements, one.requirements.into()),
            accepted: one.accepted,
        }
    }
}

/// Reads the list, one after the other.
pub fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Arc<Finding>>, D::Error> {
    struct Each;
    impl<'de> Visitor<'de> for Each {
        type Value = Vec<Arc<Finding>>;

        fn expecting(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            to.write_str("a list of findings")
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Arc<Finding>>, A::Error> {
            let (mut once, mut all) = (Once::default(), Vec::new());
            while let Some(one) = list.next_element::<Written>()? {
                all.push(Arc::new(once.finding(one)));
            }
            Ok(all)
        }
    }
    from.deserialize_seq(Each)
}

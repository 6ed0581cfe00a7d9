//! Judges one event after the other.

use std::collections::BTreeMap;
use std::sync::Arc;

use cloister_audit::{Event, Outcome};
use serde::{Deserialize, Serialize};

use crate::condition::{Scene, Unjudged};
use crate::memory::{Memory, key};
use crate::pattern::{allows, any};
use crate::rule::{Counted, Each, OutcomeWanted, Remembered};
use crate::rules::{Narrows, Over, Rule};
use crate::{Actor, Detection, Ground, Rules};

/// What was judged, and what could not be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Gaps {
    /// Requests that were judged.
    pub judged: u64,
    /// Events of requests that were judged before: another stage of it, or a replay.
    pub repeated: u64,
    /// By rule: requests whose event lacks the body that it looks at.
    pub without_body: BTreeMap<String, u64>,
    /// By rule: requests whose body is larger than conditions may look at.
    pub too_large: BTreeMap<String, u64>,
    /// By rule: the first error of its condition.
    pub failed: BTreeMap<String, String>,
}

/// What a memory begins with that was saved.
const SAVED: &[u8; 8] = b"judge-1\n";

/// Rules at work.
#[derive(Debug)]
pub struct Judge {
    rules: Arc<Rules>,
    ground: Arc<Ground>,
    memory: Memory,
    gaps: Gaps,
}

impl Judge {
    /// With nothing remembered yet.
    pub fn new(rules: Arc<Rules>, ground: Arc<Ground>) -> Judge {
        Judge { rules, ground, memory: Memory::default(), gaps: Gaps::default() }
    }

    /// Goes on with what another one remembered, [saved](Judge::save) under the same rules; under others it remembers only
    /// which requests were judged. `None` where these bytes are no such memory.
    pub fn resume(rules: Arc<Rules>, ground: Arc<Ground>, saved: &[u8]) -> Option<Judge> {
        let (head, memory) = saved.split_at_checked(SAVED.len() + 16)?;
        let of = head.strip_prefix(SAVED)?;
        let (length, rest) = memory.split_at_checked(8)?;
        let length = usize::try_from(u64::from_le_bytes(length.try_into().ok()?)).ok()?;
        let (gaps, memory) = rest.split_at_checked(length)?;
        let gaps = serde_json::from_slice(gaps).ok()?;
        let mut memory = Memory::read(memory)?;
        if of != rules.fingerprint().to_le_bytes() {
            memory.forget_rules();
        }
        Some(Judge { rules, ground, memory, gaps })
    }

    /// All that is remembered, so that another process goes on with it. Who did what is in it by hashes only.
    pub fn save(&self) -> Vec<u8> {
        let gaps = serde_json::to_vec(&self.gaps).unwrap_or_default();
        let mut bytes = SAVED.to_vec();
        bytes.extend(self.rules.fingerprint().to_le_bytes());
        bytes.extend(u64::try_from(gaps.len()).unwrap_or_default().to_le_bytes());
        bytes.extend(gaps);
        self.memory.save(&mut bytes);
        bytes
    }

    /// Goes on with other knowledge of the cluster; what is remembered stays.
    pub fn stand_on(&mut self, ground: Arc<Ground>) {
        self.ground = ground;
    }

    /// What was judged, and what could not be.
    pub fn gaps(&self) -> &Gaps {
        &self.gaps
    }

    /// Judges one event. That a request has arrived is not judged yet; each request is judged once, at the first stage that
    /// tells what became of it.
    pub fn judge(&mut self, event: &Event<'_>) -> Vec<Detection> {
        if event.stage() == "RequestReceived" {
            return Vec::new();
        }
        // Whoever asks may choose the id (the header Audit-ID), so that it alone does not make a request known.
        let at = event.time().map(|time| time.as_microsecond());
        if !self.memory.meets(key((event.audit_id(), at, event.user(), event.verb(), event.uri()))) {
            self.gaps.repeated += 1;
            return Vec::new();
        }
        self.gaps.judged += 1;
        let asked = Asked::of(event, &self.ground);
        let (rules, mut scene, mut found) = (Arc::clone(&self.rules), Scene::new(event), Vec::new());
        for (number, rule) in rules.of_verb(event.verb()) {
            if !rule.narrows.hold(event, &asked, &self.ground) || !self.meets_condition(rule, &mut scene) {
                continue;
            }
            if let Some(count) = self.over(number, rule, event, at.unwrap_or(0)) {
                found.push(Detection::new(rule, event, &self.ground, count));
            }
        }
        found
    }

    fn meets_condition(&mut self, rule: &Rule, scene: &mut Scene<'_>) -> bool {
        let Some(condition) = &rule.condition else { return true };
        let unjudged = match condition.holds(scene, rule.origin) {
            Ok(holds) => return holds,
            Err(unjudged) => unjudged,
        };
        let name = || rule.name.clone();
        match unjudged {
            Unjudged::NoBody => *self.gaps.without_body.entry(name()).or_default() += 1,
            Unjudged::TooLarge => *self.gaps.too_large.entry(name()).or_default() += 1,
            Unjudged::Failed(why) => {
                self.gaps.failed.entry(name()).or_insert(why);
            }
        }
        false
    }

    /// How many requests it is about, where what the rule asks of several events holds.
    fn over(&mut self, number: usize, rule: &Rule, event: &Event<'_>, at: i64) -> Option<u64> {
        match rule.over {
            Some(Over::Threshold { most, within, counts, each }) => {
                let whose = whose(number, each, event)?;
                let thing = match counts {
                    // Every request is another one.
                    Counted::Requests => key((event.audit_id(), at, event.verb(), event.uri(), self.gaps.judged)),
                    Counted::Objects => key((event.group(), event.resource(), event.namespace(), event.name())),
                };
                self.memory.count(whose, thing, at, most, within)
            }
            Some(Over::First { what, of, after }) => {
                let whose = whose(number, of, event)?;
                let value = match what {
                    Remembered::Address => key(event.addresses().collect::<Vec<_>>()),
                    Remembered::Namespace => key(event.namespace()),
                    Remembered::Action => key((event.verb(), event.group(), event.resource(), event.subresource())),
                    Remembered::Agent => key(event.agent().split('/').next()),
                };
                self.memory.is_first(whose, value, at, after).then_some(1)
            }
            None => Some(1),
        }
    }
}

/// Of whom something is counted or remembered; `None` where the event does not tell.
fn whose(rule: usize, each: Each, event: &Event<'_>) -> Option<u128> {
    match each {
        Each::User => Some(key((rule, event.user()))),
        Each::Address => Some(key((rule, event.addresses().collect::<Vec<_>>()))),
        Each::Credential => (!event.credential().is_empty()).then(|| key((rule, event.user(), event.credential()))),
    }
}

/// What every rule asks of an event.
struct Asked {
    by: u8,
    outcome: Outcome,
    personal: bool,
    break_glass: bool,
    impersonated: bool,
}

impl Asked {
    fn of(event: &Event<'_>, ground: &Ground) -> Asked {
        Asked {
            by: Actor::of(event).bit(),
            outcome: event.outcome(),
            personal: ground.personal(event.namespace()).is_some(),
            break_glass: ground.is_break_glass(event.user(), event.groups()),
            impersonated: !event.acting_as().is_empty(),
        }
    }
}

impl Narrows {
    fn hold(&self, event: &Event<'_>, asked: &Asked, ground: &Ground) -> bool {
        let is = |wanted: Option<bool>, there: bool| wanted.is_none_or(|wanted| wanted == there);
        self.by & asked.by != 0
            && is(self.personal, asked.personal)
            && is(self.break_glass, asked.break_glass)
            && is(self.impersonated, asked.impersonated)
            && match self.outcome {
                OutcomeWanted::Allowed => asked.outcome == Outcome::Allowed,
                OutcomeWanted::Succeeded => {
                    asked.outcome == Outcome::Allowed && event.code() < 400 && !event.is_dry_run()
                }
                OutcomeWanted::Denied => asked.outcome == Outcome::Denied,
                OutcomeWanted::Any => true,
            }
            && self.is_of_resource(event)
            && allows(&self.names, event.name())
            && allows(&self.namespaces, event.namespace())
            && allows(&self.users, event.user())
            && !any(&self.except_users, event.user())
            && allows(&self.agents, event.agent())
            && !any(&self.except_agents, event.agent())
            && self
                .outside
                .is_none_or(|wanted| !ground.inside.is_empty() && ground.is_outside(event.addresses()) == wanted)
    }

    fn is_of_resource(&self, event: &Event<'_>) -> bool {
        if self.groups.as_ref().is_some_and(|groups| !groups.iter().any(|group| group == event.group())) {
            return false;
        }
        self.resources.is_empty()
            || self.resources.iter().any(|resource| {
                let is = |wanted: &Option<String>, there: &str| wanted.as_ref().is_none_or(|wanted| wanted == there);
                event.has_object()
                    && is(&resource.resource, event.resource())
                    && is(&resource.subresource, event.subresource())
            })
    }
}

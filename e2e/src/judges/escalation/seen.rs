//! What came of an attempt, or is to come of it.

use std::collections::{BTreeSet, HashMap};

use cloister_manifest::{Interner, parse};
use cloister_model::{Origin, Resource};
use cloister_rbac::{Missing, Mode, Outcome, Policy, Request, Verdict, Write};
use serde_json::Value;

use super::attempt::{Attempt, What, Written};
use super::world::Actor;

/// In words that both sides share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen {
    /// The outcome.
    pub what: String,
    /// Rights that are lacking.
    pub rights: BTreeSet<String>,
    /// User, groups and uid that the request counted as made by, where the answer tells.
    pub becomes: Option<(String, Vec<String>, String)>,
}

impl Seen {
    /// An outcome that needs no more words.
    pub fn plain(what: impl Into<String>) -> Self {
        Self { what: what.into(), ..Self::default() }
    }

    /// Whether it was made.
    pub fn is_made(&self) -> bool {
        self.what == "made"
    }
}

/// The way in which each user last impersonated somebody: the server tries it first.
pub type Memory = HashMap<String, Mode>;

/// What Cloister says will come of it.
pub fn predict(policy: &Policy<'_>, attempt: &Attempt, actor: &Actor, memory: &mut Memory) -> Seen {
    match &attempt.what {
        What::Write(written) => predict_write(policy, written, actor),
        What::Impersonate { target, action, path } => {
            let answer = policy.may_impersonate(&actor.identity, &actor.node, target, action);
            let last = memory.get(&actor.identity.user);
            let way = answer.ways.iter().find(|way| Some(&way.mode) == last).or_else(|| answer.ways.first());
            let Some(way) = way else { return Seen::plain("impersonation refused") };
            memory.insert(actor.identity.user.clone(), way.mode);
            let request = Request { identity: way.becomes.clone(), action: action.clone() };
            if policy.decide(&request).verdict() != Verdict::Allowed {
                return Seen::plain("refused to the other");
            }
            let told = path == super::impersonation::WHO;
            let becomes = told.then(|| (way.becomes.user.clone(), way.becomes.groups.clone(), target.uid.clone()));
            Seen { becomes, ..Seen::plain("made") }
        }
    }
}

fn predict_write(policy: &Policy<'_>, written: &Written, actor: &Actor) -> Seen {
    let (old, new) = (written.old.as_ref().and_then(resource), resource(&written.new));
    let Some(new) = &new else { return Seen::plain("not an object") };
    let write = Write { method: written.how.method(), old: old.as_ref(), new };
    let outcome = if new.kind.ends_with("Binding") {
        policy.may_write_binding(&actor.identity, write)
    } else {
        policy.may_write_role(&actor.identity, write)
    };
    match outcome {
        Outcome::Allowed(_) => Seen::plain("made"),
        Outcome::Refused(Missing::Request(_)) => Seen::plain("request refused"),
        Outcome::Refused(Missing::Rights(rights)) => {
            Seen { rights: rights.iter().map(ToString::to_string).collect(), ..Seen::plain("rights lacking") }
        }
        Outcome::Refused(Missing::Everything) => Seen::plain("everything lacking"),
        Outcome::Refused(Missing::Role) => Seen::plain("no such role"),
        Outcome::Refused(Missing::Invalid(_)) => Seen::plain("invalid"),
        Outcome::Unknown(reason) => Seen::plain(format!("unknown: {reason}")),
    }
}

fn resource(object: &Value) -> Option<Resource> {
    let parsed = parse(&object.to_string(), &Origin::File("attempt.json".into()), 1, &mut Interner::default());
    parsed.resources.into_iter().next()
}

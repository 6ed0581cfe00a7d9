//! How values are recognised for policies: what each of them says in `detection`, each profile once, however many
//! policies share it.

use std::sync::Arc;

use cloister_detect::keyed::Keys;
use cloister_detect::profile::{API_VERSION, Fault, KIND, Owners, Profile, Several, Spec};
use cloister_inventory::Inventory;
use cloister_model::{Diagnostic, Node, Place, Resource, Value};
use cloister_register::documents::DlpPolicy;
use serde_json::Value as Json;

/// The profiles of all policies, and the keys that allow-lists are compared by.
#[derive(Clone, Debug, Default)]
pub struct Lens {
    /// By the number that policies know.
    pub(crate) several: Arc<Several>,
    /// What they say, to be compared.
    specs: Arc<Vec<Spec>>,
    /// The keys.
    pub(crate) keys: Option<Arc<Keys>>,
}

impl Lens {
    /// Whether no policy says anything of recognition.
    pub fn is_plain(&self) -> bool {
        self.several.is_empty()
    }

    /// Whether numbers mean the same in both: the rest of what is known may have changed.
    pub fn agrees(&self, other: &Lens) -> bool {
        Arc::ptr_eq(&self.several, &other.several) || self.specs == other.specs
    }

    /// A profile by its number.
    pub(crate) fn profile(&self, owner: usize) -> Option<&Profile> {
        self.several.get(owner)
    }
}

/// Gathers what policies say.
pub(crate) struct Gathering<'i> {
    inventory: &'i Inventory,
    keys: Option<Arc<Keys>>,
    specs: Vec<Spec>,
    profiles: Vec<Profile>,
}

impl<'i> Gathering<'i> {
    pub(crate) fn new(inventory: &'i Inventory, keys: Option<Arc<Keys>>) -> Gathering<'i> {
        Gathering { inventory, keys, specs: Vec::new(), profiles: Vec::new() }
    }

    pub(crate) fn finish(self) -> Lens {
        Lens { several: Arc::new(Several::new(self.profiles)), specs: Arc::new(self.specs), keys: self.keys }
    }

    /// The number of what a policy says, or of nothing. What cannot be used is told, and left out; the rest counts.
    pub(crate) fn take(&mut self, policy: &DlpPolicy<'_>, diagnostics: &mut Vec<Diagnostic>) -> usize {
        let Some(node) = policy.resource().root.get("spec").and_then(|spec| spec.get("detection")) else {
            return Owners::NONE;
        };
        let place = Place::of(policy.resource(), node);
        let own = profile_spec(node, &["profile"]).unwrap_or_else(|fault| {
            diagnostics.push(told(&place, &format!("spec.detection: {}", fault.cause), &fault.help));
            Spec::default()
        });
        let named = self.named(policy, diagnostics).unwrap_or_default();
        let spec = joined(&own, named);
        if spec == Spec::default() {
            return Owners::NONE;
        }
        self.number(spec, &own, &place, diagnostics)
    }

    fn number(&mut self, mut spec: Spec, own: &Spec, place: &Place<'_>, diagnostics: &mut Vec<Diagnostic>) -> usize {
        let profile = match Profile::new(&spec) {
            Ok(profile) => {
                diagnostics.extend(unproven(&profile, own, place));
                profile
            }
            Err(faults) => {
                diagnostics.extend(faults.iter().map(|fault| faulty(place, fault, own)));
                leave_out(&mut spec, &faults);
                Profile::new(&spec).unwrap_or_default()
            }
        };
        if profile.needs_keys() && self.keys.is_none() {
            let help = "name the file of keys with --hash-key; until then nothing is allowed by hash";
            diagnostics.push(told(place, "spec.detection allows values by keyed hash, and there is no key", help));
        }
        if let Some(known) = self.specs.iter().position(|known| *known == spec) {
            return known;
        }
        if self.specs.len() == Owners::MOST {
            let help = format!("let policies share what they say: {} are told apart", Owners::MOST);
            diagnostics.push(told(place, "spec.detection is one too many, and does not count", &help));
            return Owners::NONE;
        }
        self.specs.push(spec);
        self.profiles.push(profile);
        self.specs.len() - 1
    }

    /// The profile that a policy names.
    fn named(&self, policy: &DlpPolicy<'_>, diagnostics: &mut Vec<Diagnostic>) -> Option<Spec> {
        let field = policy.detection().value()?.profile();
        let name = field.value()?;
        let place = field.place();
        let mut all = self.inventory.of_kind("DetectionProfile.cloister.dev");
        let Some(found) = all.find(|it| &*it.name == name && *it.api_version == *API_VERSION) else {
            let message = format!("no {KIND} is called \"{}\"", cloister_model::clean(name));
            diagnostics.push(told(&place, &message, "read it too, or write in detection what it says"));
            return None;
        };
        let spec = found.root.get("spec").map_or_else(|| Ok(Spec::default()), |node| profile_spec(node, &[]));
        spec.map_err(|fault| {
            let message = format!("the {KIND} {} cannot be used: {}", cloister_model::clean(name), fault.cause);
            diagnostics.push(told(&place, &message, &fault.help));
        })
        .ok()
    }
}

/// What a node says of recognition, without these keys.
///
/// # Errors
/// A field has a value of another kind, or is not known.
pub fn profile_spec(node: &Node, without: &[&str]) -> Result<Spec, Fault> {
    let mut written = json(node);
    if let Json::Object(map) = &mut written {
        map.retain(|key, value| !without.contains(&key.as_str()) && !value.is_null());
    }
    serde_json::from_value(written).map_err(|error| {
        // The reader's words may quote a value: of them, only what names a field.
        let text = error.to_string();
        let field = text.starts_with("unknown field").then(|| text.split(", expected").next()).flatten();
        Fault {
            path: String::new(),
            cause: field.unwrap_or("a field has a value of another kind").to_owned(),
            help: "docs/schema/detection-profile.v1alpha1.json says what it may hold".to_owned(),
        }
    })
}

fn json(node: &Node) -> Json {
    match &node.value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Int(value) => Json::from(*value),
        Value::Float(value) => Json::from(*value),
        Value::Text(text) => Json::from(&**text),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(entries) => {
            Json::Object(entries.iter().map(|entry| (entry.key.to_string(), json(&entry.node))).collect())
        }
    }
}

/// One's own first, so that its places stay what they are.
fn joined(own: &Spec, named: Spec) -> Spec {
    let mut spec = own.clone();
    spec.thresholds.extend(named.thresholds);
    spec.allow.extend(named.allow);
    spec.rules.extend(named.rules);
    spec.detectors.extend(named.detectors);
    spec
}

/// `detectors[2].pattern` → (`detectors`, 2).
fn entry(path: &str) -> Option<(&str, usize)> {
    let (list, rest) = path.split_once('[')?;
    Some((list, rest.split_once(']')?.0.parse().ok()?))
}

/// Detectors that do not do what their examples say.
fn unproven(profile: &Profile, own: &Spec, place: &Place<'_>) -> Vec<Diagnostic> {
    let mut unproven = Vec::new();
    for (number, proven) in profile.prove(&own.detectors).into_iter().enumerate() {
        for (at, example) in proven.examples.iter().enumerate().filter(|(_, example)| !example.holds()) {
            let wanted = proven.examples.iter().filter(|example| example.wanted).count();
            let (list, at) = if example.wanted { ("matches", at) } else { ("noMatches", at - wanted) };
            let path = format!("detectors/{number}/examples/{list}/{at}");
            let what = if example.wanted { "is not found" } else { "is found" };
            let message = format!("spec.detection.detectors[{number}].examples.{list}[{at}] {what} by its detector");
            unproven.push(told(&place.at(&path), &message, "mend the pattern, or the example"));
        }
    }
    unproven
}

/// Takes away what is at fault.
fn leave_out(spec: &mut Spec, faults: &[Fault]) {
    let is_faulty = |list: &str, index: usize| faults.iter().any(|fault| entry(&fault.path) == Some((list, index)));
    fn keep<T>(all: &mut Vec<T>, faulty: impl Fn(usize) -> bool) {
        let mut index = 0..;
        all.retain(|_| !index.next().is_some_and(&faulty));
    }
    keep(&mut spec.allow, |index| is_faulty("allow", index));
    keep(&mut spec.rules, |index| is_faulty("rules", index));
    keep(&mut spec.detectors, |index| is_faulty("detectors", index));
    let unknown = |word: &str| faults.iter().any(|fault| fault.path == format!("thresholds.{word}"));
    spec.thresholds.retain(|word, _| !unknown(word));
}

fn faulty(place: &Place<'_>, fault: &Fault, own: &Spec) -> Diagnostic {
    let written_here = match entry(&fault.path) {
        Some(("allow", index)) => index < own.allow.len(),
        Some(("rules", index)) => index < own.rules.len(),
        Some(("detectors", index)) => index < own.detectors.len(),
        _ => false,
    };
    if !written_here {
        return told(place, &format!("the {KIND} that it names is at fault: spec.{fault}"), &fault.help);
    }
    let below = fault.path.replace(['[', '.'], "/").replace(']', "");
    told(&place.at(&below), &format!("spec.detection.{fault}"), &fault.help)
}

/// An error at a place of a policy, which begins with its kind and its name.
pub(crate) fn told(place: &Place<'_>, message: &str, help: &str) -> Diagnostic {
    let resource: &Resource = place.resource;
    let location = place.location();
    let file = location.as_ref().map(|it| it.file.clone()).unwrap_or_default();
    let diagnostic = Diagnostic::error(file, format!("{} {}: {message}", resource.kind, resource.name)).help(help);
    match location.and_then(|it| it.line.zip(it.column)) {
        Some((line, column)) => diagnostic.at(line, column),
        None => diagnostic,
    }
}

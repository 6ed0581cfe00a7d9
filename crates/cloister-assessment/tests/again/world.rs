//! Resources that change, judged again after each change and judged as if nothing had been known.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use cloister_assessment::{FailOn, Judged, Scan, Subject, assess};
use cloister_checks::{Context, Entry, NotEvaluated, Size, entries, run_and_tell};
use cloister_detect::profile::Profile;
use cloister_frameworks::Framework;
use cloister_inventory::{Inputs, Inventory};
use cloister_manifest::{Interner, parse};
use cloister_model::{Diagnostic, Finding, Node, Origin, Resource, Severity, Value};
use cloister_register::Register;
use jiff::civil::Date;

/// Everything that an assessment is made from.
pub struct World {
    pub resources: Vec<Resource>,
    pub inputs: Inputs,
    pub today: Date,
    pub profile: Option<Profile>,
    judged: Judged,
}

/// What a check came to.
type Came = (&'static str, usize, usize, Vec<Finding>, Option<NotEvaluated>);

impl World {
    pub fn new(resources: Vec<Resource>) -> World {
        let inputs = Inputs { files: true, cluster: true, ..Inputs::default() };
        let today = jiff::civil::date(2026, 6, 1);
        World { resources, inputs, today, profile: None, judged: Judged::default() }
    }

    /// How much is held of what was judged.
    pub fn size(&self) -> Size {
        self.judged.size()
    }

    /// All checks alone: what was judged before and what is judged anew come to the same.
    pub fn checks_agree(&mut self, what: &str) {
        let mut judged = std::mem::take(&mut self.judged);
        let (again, fresh) = (self.checks(Some(&mut judged)), self.checks(None));
        self.judged = judged;
        assert_eq!(again.1, fresh.1, "{what}: diagnostics");
        for (again, fresh) in again.0.iter().zip(&fresh.0) {
            assert_eq!(again, fresh, "{what}: left is what was taken again");
        }
        assert_eq!(again.0.len(), fresh.0.len());
    }

    fn checks(&self, judged: Option<&mut Judged>) -> (Vec<Came>, Vec<Diagnostic>) {
        let inventory = Inventory::new(self.resources.clone(), self.inputs.clone());
        let (register, _) = Register::from_inventory(&inventory);
        let profile = self.profile.as_ref();
        let context = Context { inventory: &inventory, register: &register, today: self.today, profile };
        let (all, mut told) = (entries().collect::<Vec<&'static Entry>>(), Vec::new());
        let outcomes = run_and_tell(&all, &context, &mut told, judged).into_iter();
        let came = outcomes
            .map(|one| (one.entry.check.name, one.examined, one.failed, one.findings, one.not_evaluated))
            .collect();
        (came, told)
    }

    /// The whole assessment, byte for byte.
    pub fn agrees(&mut self, what: &str) {
        let mut judged = std::mem::take(&mut self.judged);
        let (again, fresh) = (self.assessed(Some(&mut judged)), self.assessed(None));
        self.judged = judged;
        let at = again.bytes().zip(fresh.bytes()).position(|(again, fresh)| again != fresh);
        let near = |text: &str, at: usize| {
            let bytes = text.as_bytes().get(at.saturating_sub(600)..(at + 200).min(text.len())).unwrap_or_default();
            String::from_utf8_lossy(bytes).into_owned()
        };
        if let Some(at) = at.or((again.len() != fresh.len()).then_some(again.len().min(fresh.len()))) {
            panic!("{what}: taken again:\n{}\n\nfresh:\n{}", near(&again, at), near(&fresh, at));
        }
    }

    fn assessed(&self, judged: Option<&mut Judged>) -> String {
        let inventory = Inventory::new(self.resources.clone(), self.inputs.clone());
        let (register, diagnostics) = Register::from_inventory(&inventory);
        let frameworks: Vec<&'static Framework> =
            cloister_frameworks::names().filter_map(cloister_frameworks::by_name).collect();
        let assessment = assess(Scan {
            inventory: &inventory,
            register: &register,
            frameworks: &frameworks,
            subject: Subject::default(),
            diagnostics,
            baseline: None,
            fail_on: FailOn::Severity(Severity::High),
            today: self.today,
            now: format!("{}T00:00:00Z", self.today),
            version: "0.1.0",
            profile: self.profile.as_ref(),
            judged,
        });
        serde_json::to_string(&assessment).unwrap()
    }
}

/// Every document below a folder, file by file.
pub fn files(folder: impl AsRef<Path>) -> Vec<(PathBuf, Vec<Resource>)> {
    let (mut folders, mut files) = (vec![folder.as_ref().to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|end| end == "yaml") {
                files.push(entry);
            }
        }
    }
    files.sort();
    let read = |path: PathBuf| {
        let resources = read(&std::fs::read_to_string(&path).unwrap(), &path.to_string_lossy());
        (path, resources)
    };
    files.into_iter().map(read).collect()
}

/// The documents of one text.
pub fn read(text: &str, file: &str) -> Vec<Resource> {
    parse(text, &Origin::File(file.into()), 1, &mut Interner::default()).resources
}

/// A resource as it would be after a change of its JSON; nothing where it is no resource any more.
pub fn changed(resource: &Resource, change: impl FnOnce(&mut serde_json::Value)) -> Option<Resource> {
    let mut value = json(&resource.root);
    change(&mut value);
    let text = parse(&value.to_string(), &resource.origin, 1, &mut Interner::default());
    text.resources.into_iter().next()
}

fn json(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Text(text) => text.to_string().into(),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(entries) => entries.iter().map(|entry| (entry.key.to_string(), json(&entry.node))).collect(),
    }
}

/// Values that mean something to some check.
const WORDS: [&str; 14] = [
    "default",
    "kube-system",
    "*",
    "latest",
    "0.0.0.0/0",
    "true",
    "false",
    "clinic",
    "a",
    "app",
    "cluster-admin",
    "10",
    "privileged",
    "",
];

/// Changes something somewhere: what and where, the numbers say.
pub fn mutate(value: &mut serde_json::Value, place: usize, what: usize) {
    let mut all = Vec::new();
    places(value, String::new(), &mut all);
    let Some(pointer) = all.get(place % all.len().max(1)) else { return };
    let (parent, key) = pointer.rsplit_once('/').unwrap_or_default();
    if what.is_multiple_of(4) {
        match value.pointer_mut(parent) {
            Some(serde_json::Value::Object(map)) => _ = map.remove(&key.replace("~1", "/").replace("~0", "~")),
            Some(serde_json::Value::Array(list)) => _ = key.parse().map(|at: usize| list.remove(at)),
            _ => {}
        }
        return;
    }
    let Some(node) = value.pointer_mut(pointer) else { return };
    *node = match node {
        serde_json::Value::Bool(value) => (!*value).into(),
        serde_json::Value::Number(_) => (what % 70_000).into(),
        serde_json::Value::String(_) => WORDS[what % WORDS.len()].into(),
        serde_json::Value::Array(list) => list.iter().chain(list.iter()).cloned().collect(),
        serde_json::Value::Object(map) => {
            map.insert(WORDS[what % WORDS.len()].to_owned(), WORDS[place % WORDS.len()].into());
            serde_json::Value::Object(map.clone())
        }
        serde_json::Value::Null => true.into(),
    };
}

fn places(value: &serde_json::Value, at: String, all: &mut Vec<String>) {
    let step = |key: &str| {
        let mut step = at.clone();
        write!(step, "/{}", key.replace('~', "~0").replace('/', "~1")).unwrap();
        step
    };
    match value {
        serde_json::Value::Object(map) => map.iter().for_each(|(key, value)| places(value, step(key), all)),
        serde_json::Value::Array(list) => {
            (0..).zip(list).for_each(|(index, value)| places(value, step(&format!("{index}")), all));
        }
        _ => {}
    }
    if !at.is_empty() {
        all.push(at);
    }
}

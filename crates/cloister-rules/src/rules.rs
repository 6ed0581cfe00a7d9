//! Rules, ready to judge.

use cloister_model::{Diagnostic, Severity};
use foldhash::HashMap;

use crate::condition::Condition;
use crate::own::{Off, Origin};
use crate::pattern::Pattern;
use crate::rule::{Counted, Each, OutcomeWanted, Remembered};
use crate::tells::Tells;
use crate::{Ground, builtin};

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// What happened, in a few words.
    pub title: String,
    /// Why it matters, and what to look at.
    pub description: String,
    /// How bad.
    pub severity: Severity,
    /// Articles of the GDPR.
    pub articles: Vec<String>,
    /// Techniques of MITRE ATT&CK.
    pub attack: Vec<String>,
    /// Whether it alone gives reason to suspect a breach.
    pub suspects_breach: bool,
    /// The file that it stands in, and the line.
    pub place: (String, u32),
    /// Where it comes from.
    pub origin: Origin,
    pub(crate) narrows: Narrows,
    pub(crate) condition: Option<Condition>,
    pub(crate) over: Option<Over>,
    pub(crate) tells: Tells,
    /// In microseconds.
    pub(crate) together: i64,
}

/// Fields that an event must have.
#[derive(Debug)]
pub(crate) struct Narrows {
    pub verbs: Vec<String>,
    pub groups: Option<Vec<String>>,
    pub resources: Vec<Resource>,
    pub names: Vec<Pattern>,
    pub namespaces: Vec<Pattern>,
    /// A bit for each kind of somebody.
    pub by: u8,
    pub users: Vec<Pattern>,
    pub except_users: Vec<Pattern>,
    pub agents: Vec<Pattern>,
    pub except_agents: Vec<Pattern>,
    pub personal: Option<bool>,
    pub outside: Option<bool>,
    pub break_glass: Option<bool>,
    pub impersonated: Option<bool>,
    pub outcome: OutcomeWanted,
}

/// `pods`, `pods/exec`, `pods/*`, `*`: `None` is any.
#[derive(Debug)]
pub(crate) struct Resource {
    pub resource: Option<String>,
    pub subresource: Option<String>,
}

/// What a rule asks of several events.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Over {
    Threshold { most: usize, within: i64, counts: Counted, each: Each },
    First { what: Remembered, of: Each, after: i64 },
}

impl Rule {
    /// How many it takes to fire.
    pub(crate) fn number(&self) -> u64 {
        match self.over {
            Some(Over::Threshold { most, .. }) => u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1),
            _ => 1,
        }
    }

    /// Its condition, as it is written.
    pub fn condition(&self) -> Option<&str> {
        self.condition.as_ref().map(|condition| condition.source.as_str())
    }

    /// Whether it looks into bodies of requests or answers: the audit policy must have them written.
    pub fn needs_body(&self) -> bool {
        self.condition.as_ref().is_some_and(|condition| condition.of_request || condition.of_response)
    }

    /// Why it cannot be judged on this ground.
    pub fn lacks(&self, ground: &Ground) -> Option<&'static str> {
        if self.narrows.personal.is_some() && ground.personal.is_empty() {
            return Some("which namespaces hold personal data");
        }
        let lacks = self.narrows.outside.is_some() && ground.inside.is_empty();
        lacks.then_some("the cluster's own networks")
    }
}

/// All rules that judge.
#[derive(Debug, Default)]
pub struct Rules {
    rules: Vec<Rule>,
    by_name: HashMap<String, usize>,
    /// Rules that ask for a verb, and those that ask for none.
    by_verb: HashMap<String, Vec<usize>>,
    of_any_verb: Vec<usize>,
    pub(crate) off: Vec<Off>,
}

impl Rules {
    /// None.
    pub fn none() -> Rules {
        Rules::default()
    }

    /// Those that come with the program.
    pub fn builtin() -> Rules {
        let mut rules = Rules::none();
        for (name, text) in builtin::RULES.iter().copied() {
            // A test proves that they can be read.
            let _ = rules.read(name, text);
        }
        rules
    }

    /// Adds those of a file; what is wrong with it. Where anything is, none of it is added.
    pub fn read(&mut self, file: &str, text: &str) -> Vec<Diagnostic> {
        let (rules, mut diagnostics) = crate::read(file, text);
        for (at, rule) in rules.iter().enumerate() {
            let before = rules.iter().take(at).any(|other| other.name == rule.name);
            if before || self.by_name.contains_key(&rule.name) {
                let twice = Diagnostic::error(file, format!("there is a rule \"{}\" already", rule.name));
                diagnostics.push(twice.at(rule.place.1, 1).help("give it another name"));
            }
        }
        if diagnostics.is_empty() {
            rules.into_iter().for_each(|rule| self.add(rule));
        }
        diagnostics
    }

    pub(crate) fn add(&mut self, rule: Rule) {
        let number = self.rules.len();
        if rule.narrows.verbs.is_empty() {
            self.of_any_verb.push(number);
        }
        for verb in &rule.narrows.verbs {
            self.by_verb.entry(verb.clone()).or_default().push(number);
        }
        self.by_name.insert(rule.name.clone(), number);
        self.rules.push(rule);
    }

    /// Every rule, in the order in which it came.
    pub fn all(&self) -> &[Rule] {
        &self.rules
    }

    /// One by its name.
    pub fn rule(&self, name: &str) -> Option<&Rule> {
        self.by_name.get(name).and_then(|at| self.rules.get(*at))
    }

    /// The same for the same rules in the same order: what is remembered names them by their places.
    pub(crate) fn fingerprint(&self) -> u128 {
        // Of those that can be changed, what is remembered hangs on what they ask, too.
        let of = |rule: &Rule| match rule.origin {
            Origin::Program => rule.name.clone(),
            Origin::Own | Origin::InPlace => format!("{} {:?}", rule.name, rule.over),
        };
        crate::memory::key(self.rules.iter().map(of).collect::<Vec<_>>())
    }

    /// Those that may be about a verb.
    pub(crate) fn of_verb(&self, verb: &str) -> impl Iterator<Item = (usize, &Rule)> {
        let of_verb = self.by_verb.get(verb).map_or(&[][..], Vec::as_slice);
        of_verb.iter().chain(&self.of_any_verb).filter_map(|at| Some((*at, self.rules.get(*at)?)))
    }
}

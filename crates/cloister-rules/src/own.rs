//! Rules of one's own: beside those of the program, in place of one that is called the same, or saying that one does not judge.

use cloister_model::Diagnostic;
use cloister_model::spelling::nearest;
use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::read::{narrow, unreadable};
use crate::rules::{Rule, Rules};
use crate::{API_VERSION, builtin};

/// The kind of a document by which a rule does not judge.
pub const OFF: &str = "DetectionRuleOff";
/// More rules of one's own would cost each event too much.
pub const MOST: usize = 500;

/// Where a rule comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// It came with the program.
    #[default]
    Program,
    /// It is one's own.
    Own,
    /// It is one's own, and judges in place of the program's.
    InPlace,
}

impl Origin {
    /// For people and machines.
    pub fn as_str(self) -> &'static str {
        match self {
            Origin::Program => "program",
            Origin::Own => "own",
            Origin::InPlace => "in place of the program's",
        }
    }
}

/// A rule that does not judge.
#[derive(Debug)]
pub struct Off {
    /// The rule.
    pub rule: Rule,
    /// Why not.
    pub reason: String,
    /// The file that says so, and the line.
    pub place: (String, u32),
}

/// A document that says so.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Document {
    api_version: Spanned<String>,
    kind: Spanned<String>,
    metadata: Metadata,
    spec: Spec,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Metadata {
    name: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    reason: Spanned<String>,
}

/// Of any document, what it is.
#[derive(Debug, Deserialize)]
struct Head {
    #[serde(default)]
    kind: String,
}

/// Shorter reasons say nothing to whoever asks later.
const SHORTEST: usize = 10;

impl Rules {
    /// Those of the program with one's own, which stand in these files, by name and text.
    ///
    /// # Errors
    /// All that is wrong with them, with file and line. Then none of them counts.
    pub fn with_own(files: &[(String, String)]) -> Result<Rules, Vec<Diagnostic>> {
        let (mut own, mut off, mut faults) = (Vec::new(), Vec::new(), Vec::new());
        for (file, text) in files {
            if is_off(text) {
                off.extend(read_off(file, text, &mut faults));
            } else {
                let (rules, told) = crate::read(file, text);
                own.extend(rules);
                faults.extend(told);
            }
        }
        tell_twice(&own, &mut faults);
        if own.len() > MOST {
            let fault = Diagnostic::error("rules", format!("there are {} rules of your own", own.len()));
            faults.push(fault.help(format!("{MOST} at the most are judged: each event meets all of them")));
        }
        let mut all: Vec<Rule> = builtin::RULES.iter().flat_map(|(name, text)| crate::read(name, text).0).collect();
        for mut rule in own {
            let known = all.iter().position(|one| one.name == rule.name);
            rule.origin = if known.is_some() { Origin::InPlace } else { Origin::Own };
            match known.and_then(|at| all.get_mut(at)) {
                Some(place) => *place = rule,
                None => all.push(rule),
            }
        }
        let mut rules = Rules::none();
        for (name, reason, place) in off {
            match all.iter().position(|rule| rule.name == name) {
                Some(at) => rules.off.push(Off { rule: all.remove(at), reason, place }),
                None => faults.push(unknown(&name, &place, &all, &rules.off)),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        all.into_iter().for_each(|rule| rules.add(rule));
        Ok(rules)
    }

    /// Rules that do not judge.
    pub fn off(&self) -> &[Off] {
        &self.off
    }
}

/// Whether a file says which rules do not judge.
fn is_off(text: &str) -> bool {
    // What cannot be read is told where it is read for what it is.
    text.contains(OFF)
        && serde_saphyr::from_multiple::<Head>(text).is_ok_and(|all| all.iter().any(|one| one.kind == OFF))
}

fn tell_twice(own: &[Rule], faults: &mut Vec<Diagnostic>) {
    for (at, rule) in own.iter().enumerate() {
        if let Some(before) = own.iter().take(at).find(|other| other.name == rule.name) {
            let cause = format!("there is a rule \"{}\" already, in {}:{}", rule.name, before.place.0, before.place.1);
            faults
                .push(Diagnostic::error(rule.place.0.as_str(), cause).at(rule.place.1, 1).help("give it another name"));
        }
    }
}

/// Names, reasons and places of rules that do not judge.
type Said = (String, String, (String, u32));

fn read_off(file: &str, text: &str, faults: &mut Vec<Diagnostic>) -> Vec<Said> {
    let documents = match serde_saphyr::from_multiple::<Document>(text) {
        Ok(documents) => documents,
        Err(error) => {
            let help = format!("a {OFF} holds metadata.name and spec.reason; rules stand in files of their own");
            faults.push(unreadable(file, &error).help(help));
            return Vec::new();
        }
    };
    let mut all = Vec::new();
    for document in documents {
        let mut fault = |at: &Spanned<String>, cause: &str, help: String| {
            let (line, column) = (narrow(at.referenced.line()), narrow(at.referenced.column()));
            faults.push(Diagnostic::error(file, cause).at(line, column).help(help));
        };
        if document.api_version.value != API_VERSION {
            fault(&document.api_version, "this apiVersion is not known", format!("write {API_VERSION}"));
        }
        if document.kind.value != OFF {
            fault(
                &document.kind,
                "rules stand in files of their own",
                format!("this file holds documents of kind {OFF}"),
            );
        }
        let reason = &document.spec.reason;
        if reason.value.trim().len() < SHORTEST {
            fault(reason, "this is no reason", "say why the rule does not judge: it is kept as evidence".to_owned());
        }
        let line = narrow(document.metadata.name.referenced.line());
        all.push((document.metadata.name.value, reason.value.trim().to_owned(), (file.to_owned(), line)));
    }
    all
}

fn unknown(name: &str, (file, line): &(String, u32), all: &[Rule], off: &[Off]) -> Diagnostic {
    if off.iter().any(|known| known.rule.name == name) {
        return Diagnostic::error(file.as_str(), format!("\"{name}\" is off already")).at(*line, 1).help("say so once");
    }
    let near = nearest(name, all.iter().map(|rule| rule.name.as_str()));
    let help =
        near.first().map_or("`cloister audit rules list` names all".to_owned(), |near| format!("did you mean {near}?"));
    Diagnostic::error(file.as_str(), format!("there is no rule \"{name}\"")).at(*line, 1).help(help)
}

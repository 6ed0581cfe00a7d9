//! A framework and what it is made of.

use std::sync::Arc;

use cloister_model::{Diagnostic, Mark};
use serde::{Deserialize, Serialize};

use crate::{Need, merge, parse};

/// A catalogue of requirements.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Framework {
    /// The name on the command line, such as `gdpr`.
    pub name: Arc<str>,
    /// The name for people.
    pub title: Arc<str>,
    /// The edition that the ids belong to.
    pub version: Arc<str>,
    /// In the order of the framework; ids are unique.
    pub requirements: Vec<Requirement>,
}

/// One paragraph or control of a framework.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Requirement {
    /// The framework's own id, such as `32(1)(a)` or `5.2.1`.
    pub id: Arc<str>,
    /// What it is about, in our own words.
    pub title: Arc<str>,
    /// The chapter it stands in.
    pub section: Arc<str>,
    /// What it asks of someone who runs Kubernetes and what Cloister looks at: one to three sentences.
    pub explains: Arc<str>,
    /// Ids that others use for the same thing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Arc<str>>,
    /// Names of the checks whose findings speak against it, those of `through` included; no doubles.
    pub checks: Vec<Arc<str>>,
    /// What only other evidence would answer, that of `through` included.
    pub parts: Vec<Part>,
    /// The question that an attestation may answer; `None` where a person's word does not count.
    pub attest: Option<Arc<str>>,
    /// Fields of the register that answer it, such as `ProcessingActivity.lawfulBasis`:
    /// what to write where there is no register.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub register: Vec<Arc<str>>,
    /// Requirements of the same framework whose evidence answers this one too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub through: Vec<Arc<str>>,
    /// Where the id stands in the data file.
    #[serde(skip)]
    pub(crate) mark: Mark,
    /// Where each of `checks` stands.
    #[serde(skip)]
    pub(crate) check_marks: Vec<Mark>,
    /// Where each of `through` stands.
    #[serde(skip)]
    pub(crate) through_marks: Vec<Mark>,
}

/// One thing about a requirement that checks cannot tell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The input that would answer it. Never [`Need::Person`]: that is `attest`.
    pub needs: Need,
    /// What that input would show, without a full stop.
    pub shows: Arc<str>,
}

impl Framework {
    /// Reads a framework from the text of `file`.
    ///
    /// # Errors
    /// Every mistake that was found, each with its line: broken YAML, missing,
    /// empty or unknown fields, doubles, unknown needs, references that lead nowhere.
    pub fn parse(file: &str, text: &str) -> Result<Framework, Vec<Diagnostic>> {
        let mut diagnostics = Vec::new();
        let framework = parse::framework(file, text, &mut diagnostics)
            .and_then(|(framework, base)| merge::complete(file, framework, base, &mut diagnostics));
        match framework {
            Some(framework) if diagnostics.is_empty() => Ok(framework),
            _ => Err(diagnostics),
        }
    }

    /// The requirement with this id or alias.
    pub fn requirement(&self, id: &str) -> Option<&Requirement> {
        let by_id = self.requirements.iter().find(|requirement| &*requirement.id == id);
        by_id.or_else(|| {
            self.requirements.iter().find(|requirement| requirement.aliases.iter().any(|alias| &**alias == id))
        })
    }

    /// One error for each check that `known` does not know, with its line in `file`.
    pub fn unknown_checks(&self, file: &str, known: impl Fn(&str) -> bool) -> Vec<Diagnostic> {
        let uses = self.requirements.iter().flat_map(Requirement::check_places);
        uses.filter(|(_, name, _)| !known(name))
            .map(|(requirement, name, mark)| {
                Diagnostic::error(file, format!("requirement {} names the unknown check \"{name}\"", requirement.id))
                    .at(mark.line, mark.column)
                    .help("`cloister list checks` shows all names")
            })
            .collect()
    }
}

impl Requirement {
    fn check_places(&self) -> impl Iterator<Item = (&Requirement, &str, Mark)> {
        self.checks.iter().zip(&self.check_marks).map(move |(name, mark)| (self, &**name, *mark))
    }

    /// What checks leave open: the evidence needed and what it would show, the person's statement last.
    pub fn open(&self) -> impl Iterator<Item = (Need, &str)> {
        let parts = self.parts.iter().map(|part| (part.needs, &*part.shows));
        parts.chain(self.attest.as_deref().map(|question| (Need::Person, question)))
    }
}

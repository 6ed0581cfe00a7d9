//! `cloister rbac can --batch`: JSON lines in, JSON lines out.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use cloister_rbac::{Action, Details, Identity, Request, ResourceAction};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Asked;
use super::args::Can;
use super::proof::Answer;
use crate::output::print;
use crate::question;
use crate::question::What;

/// One line. With `group`, the resource is taken as it is written; without, it may be a short name.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Question {
    user: String,
    #[serde(default)]
    groups: Vec<String>,
    verb: String,
    resource: Option<String>,
    group: Option<String>,
    subresource: Option<String>,
    name: Option<String>,
    namespace: Option<String>,
    field_selector: Option<String>,
    path: Option<String>,
    /// What conditions of webhooks may ask for.
    uid: Option<String>,
    extra: Option<BTreeMap<String, Vec<String>>>,
    version: Option<String>,
}

/// Why a line has no answer, and the way out.
struct Mistake {
    cause: String,
    help: String,
}

const EXAMPLE: &str =
    r#"write one question a line, such as {"user":"ann","verb":"get","resource":"secrets","namespace":"clinic"}"#;

/// Reads the questions before anything else; `-` is standard input.
pub fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().read_to_end(&mut bytes).map(|_| ())
    } else {
        std::fs::read(file).map(|read| bytes = read)
    };
    read.with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(bytes)
}

/// Answers each line in its place; a line that is no question costs only itself.
pub fn run(can: &Can, questions: &[u8], asked: &Asked<'_>) -> anyhow::Result<ExitCode> {
    let (mut answers, mut wrong) = (String::new(), false);
    for (number, line) in questions.split(|byte| *byte == b'\n').enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let answer = match parse(line).and_then(|question| question.request(&can.what, asked)) {
            Ok((request, details)) => Answer::of(asked.decide(&request, &details), asked).json(),
            Err(mistake) => {
                wrong = true;
                mistake.json(number + 1)
            }
        };
        // Writing to a String cannot fail.
        let _ = writeln!(answers, "{answer}");
    }
    print(&answers)?;
    Ok(if wrong { ExitCode::from(2) } else { asked.exit(0) })
}

fn parse(line: &[u8]) -> Result<Question, Mistake> {
    let mistake = |cause: String| Mistake { cause, help: EXAMPLE.to_owned() };
    let line =
        std::str::from_utf8(line).map_err(|error| mistake(format!("not UTF-8 after {} bytes", error.valid_up_to())))?;
    serde_json::from_str(line).map_err(|error| {
        // The parser counts one line only: its column is what helps.
        let cause = error.to_string();
        let cause = cause.rsplit_once(" at line ").map_or(cause.as_str(), |(cause, _)| cause);
        mistake(format!("{cause} (column {})", error.column()))
    })
}

impl Mistake {
    fn json(&self, line: usize) -> Value {
        json!({ "line": line, "error": self.cause, "help": self.help })
    }
}

impl Question {
    fn request(self, what: &What, asked: &Asked<'_>) -> Result<(Request, Details), Mistake> {
        let selector = self.field_selector.clone().unwrap_or_default();
        let details =
            Details { uid: self.uid, extra: self.extra, version: self.version, ..Details::of_question(&selector) };
        let identity = Identity::authenticated(self.user, self.groups);
        let action = match (self.path, self.resource, self.group) {
            (Some(path), None, None) => Action::Url { verb: self.verb, path },
            (None, Some(resource), Some(group)) => {
                let action = ResourceAction {
                    verb: self.verb,
                    group,
                    resource,
                    subresource: self.subresource.unwrap_or_default(),
                    name: self.name.unwrap_or_default(),
                    namespace: self.namespace.unwrap_or_default(),
                    ..ResourceAction::default()
                };
                Action::Resource(action.with_field_selector(&selector))
            }
            (None, Some(resource), None) => {
                let what = What {
                    namespace: self.namespace.or_else(|| what.namespace.clone()),
                    all_namespaces: what.all_namespaces,
                    subresource: self.subresource,
                    field_selector: self.field_selector,
                };
                question::understand(&self.verb, &resource, self.name.as_deref(), &what, &asked.catalogue).action
            }
            (Some(_), _, _) => return Err(either("a path and a resource cannot be asked for at once")),
            (None, None, _) => return Err(either("it asks for neither a resource nor a path")),
        };
        Ok((Request { identity, action }, details))
    }
}

fn either(cause: &str) -> Mistake {
    Mistake { cause: cause.to_owned(), help: "name a resource, or a path such as /healthz".to_owned() }
}

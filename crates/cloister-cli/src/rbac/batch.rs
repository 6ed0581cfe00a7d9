//! `cloister rbac can --batch`: JSON lines in, JSON lines out.

use std::fmt::Write;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use cloister_rbac::{Action, Identity, Request, ResourceAction};
use serde::Deserialize;
use serde_json::json;

use super::args::{Can, What};
use super::proof::Answer;
use super::{Asked, words};
use crate::output::print;

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
}

/// Reads the questions before anything else; `-` is standard input.
pub fn read(file: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    let read = if file == Path::new("-") {
        std::io::stdin().lock().read_to_string(&mut text).map(|_| ())
    } else {
        std::fs::read_to_string(file).map(|read| text = read)
    };
    read.with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(text)
}

/// Answers each line in its place.
pub fn run(can: &Can, questions: &str, asked: &Asked<'_>) -> anyhow::Result<ExitCode> {
    let (mut answers, mut wrong) = (String::new(), false);
    for line in questions.lines().filter(|line| !line.trim().is_empty()) {
        let answer = match serde_json::from_str::<Question>(line) {
            Err(error) => Err(error.to_string()),
            Ok(question) => question.request(&can.what, asked),
        };
        wrong |= answer.is_err();
        let answer = match answer {
            Ok(request) => Answer::of(asked.policy.decide(&request), asked).json(),
            Err(error) => json!({ "error": error }),
        };
        // Writing to a String cannot fail.
        let _ = writeln!(answers, "{answer}");
    }
    print(&answers)?;
    Ok(if wrong { ExitCode::from(2) } else { asked.exit(0) })
}

impl Question {
    fn request(self, what: &What, asked: &Asked<'_>) -> Result<Request, String> {
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
                Action::Resource(action.with_field_selector(&self.field_selector.unwrap_or_default()))
            }
            (None, Some(resource), None) => {
                let what = What {
                    namespace: self.namespace.or_else(|| what.namespace.clone()),
                    all_namespaces: what.all_namespaces,
                    subresource: self.subresource,
                    field_selector: self.field_selector,
                };
                words::understand(&self.verb, &resource, self.name.as_deref(), &what, &asked.catalogue).action
            }
            _ => return Err("a question needs either a resource or a path".to_owned()),
        };
        Ok(Request { identity, action })
    }
}

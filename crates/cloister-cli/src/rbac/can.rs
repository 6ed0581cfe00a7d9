//! `cloister rbac can`.

use std::process::ExitCode;

use anyhow::Context;
use cloister_rbac::{Details, Identity, Request, Verdict};

use super::args::Can;
use super::proof::Answer;
use super::{Asked, unknown};
use crate::output::print;
use crate::question;
use crate::table::Format;
use crate::table::Table;

/// Answers one question.
pub fn run(can: &Can, asked: &Asked<'_>) -> anyhow::Result<ExitCode> {
    let (verb, resource) = can.verb.as_deref().zip(can.resource.as_deref()).context("name a verb and a resource")?;
    let user = can.user.as_deref().context("name a user with --as")?;
    let understood = question::understand(verb, resource, can.name.as_deref(), &can.what, &asked.catalogue);
    understood.notes.iter().for_each(|note| eprintln!("note: {note}"));
    let identity = Identity::authenticated(user, can.groups.iter().cloned());
    unknown::note(&identity, asked.policy);
    let request = Request { identity, action: understood.action };
    let details = Details::of_question(can.what.field_selector.as_deref().unwrap_or_default());
    let answer = Answer::of(asked.decide(&request, &details), asked);
    print(&show(can, &request, &answer, asked.width))?;
    Ok(ExitCode::from(match answer.decision.verdict() {
        Verdict::Allowed => 0,
        Verdict::Denied => 1,
        Verdict::Unknown => 2,
    }))
}

fn show(can: &Can, request: &Request, answer: &Answer<'_>, width: usize) -> String {
    let verdict = answer.decision.verdict();
    let question = question::say(&request.action);
    match can.from.output {
        Format::Json => format!("{:#}\n", answer.json()),
        Format::Text if can.explain => format!("{}: {question}\n{}", verdict.as_str(), answer.text()),
        Format::Text if verdict == Verdict::Unknown => format!("unknown\n{}", answer.text()),
        Format::Text => format!("{}\n", verdict.as_str()),
        format => {
            let mut table = Table::new(&["user", "question", "answer", "why"]);
            let text = if can.explain { answer.text() } else { String::new() };
            let why = text.split_whitespace().collect::<Vec<_>>().join(" ");
            table.row([request.identity.user.clone(), question, verdict.as_str().to_owned(), why]);
            table.show(format, width)
        }
    }
}

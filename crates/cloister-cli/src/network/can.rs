//! `cloister network can`.

use std::process::ExitCode;

use cloister_network::document::ports;
use cloister_network::{PortSet, Verdict};
use serde_json::json;

use super::Asked;
use super::args::{Can, Format, Question};
use super::words as spoken;
use crate::output::print;
use crate::way_out::failure;

/// The ends of one connection and what is decided about it.
pub struct Answer {
    pub source: usize,
    pub destination: usize,
    pub ports: PortSet,
    pub verdict: Verdict,
}

/// Every pair of ends that a question means.
pub fn answers(question: &Question, asked: &Asked<'_>) -> anyhow::Result<Vec<Answer>> {
    let network = asked.network;
    let sources = spoken::endpoints(&question.source, network)?;
    let destinations = spoken::endpoints(&question.destination, network)?;
    let mut answers = Vec::new();
    for &destination in &destinations {
        let ports = spoken::ports(&question.port, network.endpoint(destination))?;
        for &source in &sources {
            let plain = || network.between(source, destination);
            let verdict = asked.mesh.map_or_else(plain, |mesh| mesh.verdict(source, destination));
            answers.push(Answer { source, destination, ports: ports.clone(), verdict });
        }
    }
    if answers.is_empty() {
        return Err(failure("nothing is meant by this question", "name two ends that are there"));
    }
    Ok(answers)
}

impl Answer {
    /// `yes`, `no`, `unknown`; `partly` where some of the ports are open.
    pub fn word(&self) -> &'static str {
        let (allowed, denied) = (self.verdict.allowed(), self.verdict.denied());
        if self.ports.is_subset(&allowed) {
            "yes"
        } else if self.ports.is_subset(&denied) {
            "no"
        } else if self.ports.intersection(&allowed).is_empty() {
            "unknown"
        } else {
            "partly"
        }
    }
}

/// Yes where any of them passes.
pub fn exit(answers: &[Answer]) -> u8 {
    let any = |word: &str| answers.iter().any(|answer| answer.word() == word);
    if any("yes") || any("partly") { 0 } else { u8::from(!any("unknown")) + u8::from(any("unknown")) * 2 }
}

/// Answers one question.
pub fn run(can: &Can, asked: &Asked<'_>) -> anyhow::Result<ExitCode> {
    let answers = answers(&can.question, asked)?;
    let text = match can.output {
        Format::Json => format!("{:#}\n", json(&answers, asked)),
        _ => text(&answers, asked),
    };
    print(&text)?;
    let exit = exit(&answers);
    // "Yes" may be "no" by a policy that was not read, and the other way round.
    Ok(asked.exit(exit))
}

/// One word; a line for each pair of ends where a word stands for several.
fn text(answers: &[Answer], asked: &Asked<'_>) -> String {
    if let [answer] = answers {
        return format!("{}\n", said(answer));
    }
    let line = |answer: &Answer| {
        let [source, destination] = [answer.source, answer.destination].map(|it| words(it, asked));
        format!("{source} → {destination}: {}\n", said(answer))
    };
    answers.iter().map(line).collect()
}

fn said(answer: &Answer) -> String {
    let open = answer.ports.intersection(&answer.verdict.allowed());
    let unknown = answer.ports.intersection(&answer.verdict.unknown());
    match (answer.word(), unknown.is_empty()) {
        ("partly", true) => format!("partly: {open}"),
        ("partly", false) => format!("partly: {open}; unknown: {unknown}"),
        (word, _) => word.to_owned(),
    }
}

/// What an endpoint is called, for people.
pub fn words(endpoint: usize, asked: &Asked<'_>) -> String {
    asked.network.endpoint(endpoint).map(|it| it.words()).unwrap_or_default()
}

/// What an endpoint is called.
pub fn name(endpoint: usize, asked: &Asked<'_>) -> String {
    asked.network.endpoint(endpoint).map(|it| it.name()).unwrap_or_default()
}

fn json(answers: &[Answer], asked: &Asked<'_>) -> serde_json::Value {
    let one = |answer: &Answer| {
        json!({
            "source": name(answer.source, asked),
            "destination": name(answer.destination, asked),
            "answer": answer.word(),
            "allowed": ports(&answer.ports.intersection(&answer.verdict.allowed())),
            "unknown": ports(&answer.ports.intersection(&answer.verdict.unknown())),
            "mesh": super::narrowing::json(answer, asked),
        })
    };
    json!({ "answers": answers.iter().map(one).collect::<Vec<_>>() })
}

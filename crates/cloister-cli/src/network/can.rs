//! `cloister network can`.

use std::process::ExitCode;

use cloister_network::answers::{Answered, CanDocument};
use cloister_network::document::ports;
use cloister_network::{PortSet, Verdict};

use super::Asked;
use super::args::{Can, Question, TextOrJson};
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
        TextOrJson::Json => format!("{}\n", serde_json::to_string_pretty(&document(&answers, asked))?),
        _ => text(&answers, asked),
    };
    print(&text)?;
    let exit = exit(&answers);
    // "Yes" may be "no" by a policy that was not read, and the other way round.
    Ok(asked.exit(exit))
}

/// One word where one is true of all pairs of ends; else a line for each word and destination.
fn text(answers: &[Answer], asked: &Asked<'_>) -> String {
    let mut lines: Vec<(usize, String, Vec<usize>)> = Vec::new();
    for answer in answers {
        let said = said(answer);
        match lines.iter_mut().find(|(to, known, _)| (*to, known.as_str()) == (answer.destination, said.as_str())) {
            Some((.., sources)) => sources.push(answer.source),
            None => lines.push((answer.destination, said, vec![answer.source])),
        }
    }
    if let [(_, said, _)] = lines.as_slice() {
        return format!("{said}\n");
    }
    let line = |(destination, said, sources): &(usize, String, Vec<usize>)| {
        format!("{} → {}: {said}\n", all_words(sources, asked), words(*destination, asked))
    };
    lines.iter().map(line).collect()
}

/// What several endpoints are called, for people.
pub fn all_words(endpoints: &[usize], asked: &Asked<'_>) -> String {
    endpoints.iter().map(|it| words(*it, asked)).collect::<Vec<_>>().join(", ")
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

fn document(answers: &[Answer], asked: &Asked<'_>) -> CanDocument {
    let one = |answer: &Answer| Answered {
        source: name(answer.source, asked),
        destination: name(answer.destination, asked),
        answer: answer.word(),
        allowed: ports(&answer.ports.intersection(&answer.verdict.allowed())),
        unknown: ports(&answer.ports.intersection(&answer.verdict.unknown())),
        mesh: super::narrowing::document(answer, asked),
    };
    CanDocument { answers: answers.iter().map(one).collect() }
}

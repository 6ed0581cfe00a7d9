//! `cloister network explain`.

use std::process::ExitCode;

use cloister_network::answers::{Decides, ExplainDocument, Explained};
use cloister_network::{Applied, Direction, Explanation, Family, Side, Step};

use cloister_questions::reach;

use super::Asked;
use super::args::{Can, TextOrJson};
use super::can::{Answer, all_words, answers, exit, name, words};
use crate::output::print;
use crate::table::indented;

/// Explains one question.
pub fn run(explain: &Can, asked: &Asked<'_>) -> anyhow::Result<ExitCode> {
    let answers = answers(&explain.question, asked)?;
    let told = answers.iter().filter_map(|answer| {
        let explained = asked.network.explain(answer.source, answer.destination, &answer.ports)?;
        Some((answer, explained))
    });
    let text = match explain.output {
        TextOrJson::Json => {
            let explanations = told.map(|(answer, it)| explained(answer, &it, asked)).collect();
            format!("{}\n", serde_json::to_string_pretty(&ExplainDocument { explanations })?)
        }
        TextOrJson::Text => text(told.collect(), asked),
    };
    print(&text)?;
    Ok(asked.exit(exit(&answers)))
}

/// Sources of which the same is said stand together: an address of either family is two.
fn text(told: Vec<(&Answer, Explanation)>, asked: &Asked<'_>) -> String {
    let mut groups: Vec<(&Answer, Vec<usize>, String)> = Vec::new();
    for (answer, explained) in told {
        let body = body(answer, &explained, asked);
        let is_alike = |known: &Answer| known.destination == answer.destination && known.word() == answer.word();
        match groups.iter_mut().find(|(known, _, said)| is_alike(known) && *said == body) {
            Some((_, sources, _)) => sources.push(answer.source),
            None => groups.push((answer, vec![answer.source], body)),
        }
    }
    let told = groups.iter().map(|(answer, sources, body)| {
        let (sources, destination) = (all_words(sources, asked), words(answer.destination, asked));
        let head = format!("{}: {sources} → {destination}, {}", answer.word(), answer.ports);
        indented(&head, 0, 2, asked.width) + body
    });
    told.collect::<Vec<_>>().join("\n")
}

fn body(answer: &Answer, explained: &Explanation, asked: &Asked<'_>) -> String {
    let [source, destination] = [answer.source, answer.destination].map(|it| words(it, asked));
    let mut text = String::new();
    if explained.itself {
        text += &indented("a pod always reaches itself; what follows is between its replicas", 2, 2, asked.width);
    }
    if explained.apart {
        return text
            + &indented("their namespaces have primary networks of their own, which do not meet", 2, 2, asked.width);
    }
    let lines = super::narrowing::lines(answer, asked);
    let sides = [
        (&explained.egress, "out of", &source, answer.source),
        (&explained.ingress, "in to", &destination, answer.destination),
    ];
    // Policies are about pods alone.
    let is_pod = |end: usize| asked.network.endpoint(end).is_some_and(|it| it.workload().is_some());
    for (side, lead, of, _) in sides.into_iter().filter(|(.., end)| is_pod(*end)) {
        text += &indented(&format!("{lead} {of}"), 2, 2, asked.width);
        for step in &side.steps {
            text += &indented(&line(step, side, asked, !lines.is_empty()), 4, 4, asked.width);
        }
    }
    if !lines.is_empty() {
        text += &indented(&format!("in the mesh, at {destination}"), 2, 2, asked.width);
    }
    text + &lines.iter().map(|line| indented(line, 4, 4, asked.width)).collect::<String>()
}

/// One step in words. Where the mesh has a word, too, what policies leave open is not yet decided.
fn line(step: &Step, side: &Side, asked: &Asked<'_>, meshed: bool) -> String {
    let over = match step.family {
        Some(Family::V4) => "over IPv4 ",
        Some(Family::V6) => "over IPv6 ",
        None => "",
    };
    let perhaps = format!("{over}{}", if step.certain { "" } else { "perhaps " });
    let by = by(step, side.direction, asked);
    let ports = &step.ports;
    match step.applied {
        Applied::Accepts => format!("{perhaps}accepted: {ports}, {by}"),
        Applied::Denies => format!("{perhaps}denied: {ports}, {by}"),
        Applied::Passes => format!("{perhaps}left to the next tier: {ports}, {by}"),
        Applied::Isolates => format!("{perhaps}denied: {ports}, which no rule allows of {by}"),
        Applied::Undecided if meshed => format!("{perhaps}left to the mesh: {ports}; no policy of the network decides"),
        Applied::Undecided => format!("{perhaps}open: {ports}; no policy decides"),
    }
}

/// The policies of a step, and its rule, with their places.
pub fn by(step: &Step, direction: Direction, asked: &Asked<'_>) -> String {
    reach::by(asked.network, step, direction)
}

fn explained(answer: &Answer, explained: &Explanation, asked: &Asked<'_>) -> Explained {
    Explained {
        source: name(answer.source, asked),
        destination: name(answer.destination, asked),
        answer: answer.word(),
        itself: explained.itself,
        separate_networks: explained.apart,
        egress: Decides::of(asked.network, &explained.egress),
        ingress: Decides::of(asked.network, &explained.ingress),
        mesh: super::narrowing::document(answer, asked),
    }
}

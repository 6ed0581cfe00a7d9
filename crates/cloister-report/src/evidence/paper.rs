//! The same as the page, as paper: for who prints it, or keeps it as PDF.

use cloister_paper::{Block, Paper};

use super::page::{said, since};
use super::{About, Content, Entry, Recorded, assessments, steps, turns};

/// The period as paper.
pub fn paper(about: &About, entries: &[Entry]) -> Paper {
    let mut paper = Paper::new(format!("Evidence: {}", about.title));
    paper.foot = format!("{} · {} to {}", about.log, about.from, about.to);
    paper.text(format!("What was recorded from {} to {}, exported {}.", about.from, about.to, about.exported));
    let notice =
        "This is for reading. What proves it stands beside it: README.md says how to check, with Cloister or without.";
    paper.blocks.push(Block::Notice(notice.to_owned()));
    runs(&mut paper, about, entries);
    if let Some((entry, recorded)) = assessments(entries).next_back() {
        requirements(&mut paper, about, entries, (entry, recorded));
    }
    paper.heading("Everything that was recorded");
    let rows = entries.iter().map(|entry| {
        let says = match &entry.content {
            Content::Assessment(recorded) => format!("assessment of {}", recorded.subject.title),
            Content::Change(step) => format!("what changed in {}", step.title),
            Content::Other(value) => said(value),
            Content::Erased => "erased, as a later entry says".to_owned(),
        };
        vec![entry.number.to_string(), entry.time.clone(), entry.kind.to_owned(), says]
    });
    table(&mut paper, &["Entry", "Recorded at", "What", "It says"], rows.collect());
    paper
}

fn runs(paper: &mut Paper, about: &About, entries: &[Entry]) {
    paper.heading("Assessments");
    let rows: Vec<Vec<String>> = turns(about, entries)
        .iter()
        .map(|(entry, step)| {
            let count = |status| step.count(status).to_string();
            let first = [entry.to_string(), step.assessed_at.clone(), step.title.clone()];
            first.into_iter().chain(["not-satisfied", "not-evaluated", "attested", "satisfied"].map(count)).collect()
        })
        .collect();
    if rows.is_empty() {
        return paper.text("None.");
    }
    table(paper, &["Entry", "Assessed at", "What", "Not satisfied", "Not evaluated", "Attested", "Satisfied"], rows);
}

fn requirements(paper: &mut Paper, about: &About, entries: &[Entry], (entry, last): (&Entry, &Recorded)) {
    paper.heading("Requirements");
    paper.text(format!("As of entry {}, {}.", entry.number, last.assessed_at));
    let steps = steps(about, entries);
    let rows = last.of(&about.framework).map(|one| {
        let attested = one.attested.as_ref().map(|it| format!(" “{}” {}, {}", it.statement, it.author, it.date));
        vec![
            format!("{} {}{}", one.id, one.title, attested.unwrap_or_default()),
            one.status.replace('-', " "),
            since(&steps, (&last.subject.title, &one.id), &one.status),
            one.findings.len().to_string(),
        ]
    });
    table(paper, &["Requirement", "Status", "Since", "Findings"], rows.collect());
}

fn table(paper: &mut Paper, head: &[&str], rows: Vec<Vec<String>>) {
    paper.blocks.push(Block::Table { head: head.iter().map(ToString::to_string).collect(), rows });
}

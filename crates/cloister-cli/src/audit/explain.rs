//! `cloister audit policy explain`.

use std::fmt::Write as _;
use std::process::ExitCode;

use cloister_audit::policy::{Asked, AuditPolicy, Explanation, Fault};
use cloister_inventory::Inventory;
use cloister_model::{Location, Resource, clean};
use cloister_rbac::{Catalogue, Identity};

use super::args::{Explain, Format};
use crate::input::Sources;
use crate::input::read;
use crate::output::print;
use crate::question;
use crate::terminal::Terminal;
use crate::way_out::failure;

/// Reads the policy and answers.
pub fn run(question: &Explain, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    let sources = Sources { paths: vec![question.policy.clone()], ..Sources::default() };
    let (inventory, lost) = read(sources, terminal)?;
    let policy = AuditPolicy::new(only(&inventory, question)?);
    let faults = policy.faults();
    tell(&policy, &faults);
    let understood = question::understand(
        &question.verb,
        &question.resource,
        question.name.as_deref(),
        &question.what,
        &Catalogue::new(&inventory),
    );
    understood.notes.iter().for_each(|note| eprintln!("note: {note}"));
    let identity = question.user.as_ref().map(|user| Identity::authenticated(user, question.groups.iter().cloned()));
    let asked = Asked { identity: identity.as_ref(), action: &understood.action };
    let explanation = Explanation::of(&policy, &asked);
    print(&match question.output {
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&explanation)?),
        Format::Text => text(&explanation, &question::say(asked.action)),
    })?;
    Ok(ExitCode::from(match (faults.is_empty() && !lost, explanation.stages.is_empty()) {
        (false, _) => 2,
        (true, nothing) => u8::from(nothing),
    }))
}

/// The policy of the file: there must be one, and no other.
fn only<'a>(inventory: &'a Inventory, question: &Explain) -> anyhow::Result<&'a Resource> {
    let mut policies = inventory.of_kind(AuditPolicy::KIND);
    let file = question.policy.display();
    match (policies.next(), policies.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(failure(
            format!("{file} holds no audit policy"),
            "name the file of kube-apiserver's --audit-policy-file: kind Policy of audit.k8s.io/v1",
        )),
        (Some(_), Some(_)) => Err(failure(
            format!("{file} holds more than one audit policy"),
            "name a file with the one that is in force",
        )),
    }
}

/// What the server would refuse, or pass over.
fn tell(policy: &AuditPolicy<'_>, faults: &[Fault<'_>]) {
    for fault in faults {
        let said = format!("{}the API server refuses this policy: {}", prefix(fault.place.location()), fault.says);
        eprintln!("error: {}", clean(&said));
    }
    for place in policy.ignored() {
        let said = format!("{}no such field: the API server passes over it", prefix(place.location()));
        eprintln!("warning: {}", clean(&said));
    }
}

fn prefix(location: Option<Location>) -> String {
    location.map_or_else(String::new, |location| format!("{}: ", spot(&location)))
}

/// `FILE:LINE`.
fn spot(location: &Location) -> String {
    match location.line {
        Some(line) => format!("{}:{line}", location.file),
        None => location.file.to_string(),
    }
}

fn text(explanation: &Explanation, question: &str) -> String {
    let mut text = format!("{}: {}\n", explanation.level, clean(question));
    let by = match &explanation.rule {
        None => "no rule matches, and then nothing is written".to_owned(),
        Some(rule) => {
            let at = rule.location.as_ref().map(|location| format!(" ({})", spot(location)));
            format!("rule {}{}", rule.number, at.unwrap_or_default())
        }
    };
    let mut line = |name: &str, says: &str| {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {name:<8} {}", clean(says));
    };
    line("by", &by);
    if explanation.level != "None" {
        line("stages", &if explanation.stages.is_empty() { "none".to_owned() } else { explanation.stages.join(", ") });
        line("bodies", bodies(explanation));
    }
    for passed in &explanation.passed {
        let at = passed.location.as_ref().map(|location| format!(" ({})", spot(location))).unwrap_or_default();
        line("not by", &format!("rule {}{at}: {}", passed.number, passed.reason));
    }
    text
}

fn bodies(explanation: &Explanation) -> &'static str {
    match (explanation.request_body, explanation.response_body, explanation.omit_managed_fields) {
        (false, false, _) => "none",
        (true, false, false) => "of the request",
        (true, false, true) => "of the request, without managed fields",
        (false, true, false) => "of the answer",
        (false, true, true) => "of the answer, without managed fields",
        (true, true, false) => "of request and answer",
        (true, true, true) => "of request and answer, without managed fields",
    }
}

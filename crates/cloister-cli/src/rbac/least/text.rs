//! The report for people.

use std::collections::BTreeSet;

use cloister_model::numbers::thousands;
use cloister_privilege::{Fate, Generalised, Rule, Subject, Taken, taken};
use cloister_rbac::Policy;

use super::page::Page;
use super::report::{Foot, Head};
use crate::question::say;
use crate::rbac::proof::place;

/// What stands before the subjects.
pub fn head(head: &Head, width: usize) -> String {
    let mut page = Page::new(width);
    write_head(&mut page, head);
    page.text
}

/// One subject.
pub fn entry(subject: &Subject<'_>, present: Option<&Policy<'_>>, width: usize) -> String {
    let mut page = Page::new(width);
    page.gap();
    write_subject(&mut page, subject, present);
    page.text
}

/// What stands behind them.
pub fn foot(foot: &Foot<'_>, head: &Head, width: usize) -> String {
    let mut page = Page::new(width);
    findings(&mut page, foot);
    write_foot(&mut page, foot, head);
    page.text
}

fn plural(number: usize, one: &str) -> String {
    let s = if number == 1 { "" } else { "s" };
    format!("{} {one}{s}", thousands(u64::try_from(number).unwrap_or(u64::MAX)))
}

fn requests(number: u64) -> String {
    plural(usize::try_from(number).unwrap_or(usize::MAX), "request")
}

fn write_head(page: &mut Page, head: &Head) {
    let window = match (head.window.since, head.window.until) {
        (None, None) => String::new(),
        (since, until) => {
            let day = |time: jiff::Timestamp| time.strftime("%Y-%m-%d %H:%M").to_string();
            let since = since.map(|time| format!(" from {}", day(time))).unwrap_or_default();
            let until = until.map(|time| format!(" until {}", day(time))).unwrap_or_default();
            format!(" · counted{since}{until} UTC")
        }
    };
    let last = head.last.map(|last| format!(" · last on {}", last.strftime("%Y-%m-%d"))).unwrap_or_default();
    let (subjects, logs) = (plural(head.subjects, "subject"), plural(head.logs, "log"));
    page.line(&format!("{subjects} · {logs} · {}{last}{window}", requests(head.requests)));
}

fn write_subject(page: &mut Page, subject: &Subject<'_>, present: Option<&Policy<'_>>) {
    let rules: usize = subject.roles.iter().map(|role| role.rules.len()).sum();
    let used = plural(subject.uses.len(), "different action");
    page.line(&format!("{} · {} · {used}, {}", subject.who, requests(subject.requests), plural(rules, "rule")));
    for role in &subject.roles {
        let place = if role.bound.is_empty() {
            "everywhere".to_owned()
        } else {
            role.bound.iter().cloned().collect::<Vec<_>>().join(", ")
        };
        entries(page, &place, role.rules.iter().map(rule_text));
    }
    entries(page, "generalised", subject.generalised.iter().map(generalised_text));
    entries(
        page,
        "built in",
        subject.born.iter().map(|born| format!("{} by {}", plural(born.actions, "action"), born.by)),
    );
    entries(
        page,
        "by group",
        subject.groups.iter().map(|(group, actions)| {
            format!(
                "{} came through Group \"{group}\"; these roles give it to the subject itself",
                plural(*actions, "action")
            )
        }),
    );
    entries(page, "no rule", subject.left.iter().map(|(used, why)| format!("{}: {why}", say(&used.action))));
    if !subject.hands_on.is_empty() {
        page.entry(
            "take care",
            &format!(
                "{}: needs what it hands on, or bind, escalate or approve, too; a log does not tell",
                words(&subject.hands_on)
            ),
        );
    }
    if let Some(present) = present {
        taken(subject, present).iter().for_each(|taken| write_taken(page, taken));
    }
}

fn entries(page: &mut Page, label: &str, texts: impl Iterator<Item = String>) {
    let mut label = label;
    for text in texts {
        page.entry(label, &text);
        label = "";
    }
}

fn words(words: &BTreeSet<String>) -> String {
    words.iter().cloned().collect::<Vec<_>>().join(", ")
}

fn rule_text(rule: &Rule) -> String {
    if !rule.urls.is_empty() {
        return format!("{} {}", words(&rule.verbs), words(&rule.urls));
    }
    let groups: Vec<&str> = rule.groups.iter().map(|group| if group.is_empty() { "core" } else { group }).collect();
    let of = if groups == ["core"] { String::new() } else { format!(" of {}", groups.join(", ")) };
    let only = if rule.names.is_empty() { String::new() } else { format!(", only {}", words(&rule.names)) };
    format!("{} {}{of}{only}", words(&rule.verbs), words(&rule.resources))
}

fn generalised_text(wide: &Generalised) -> String {
    let place = if wide.right.namespace.is_empty() { String::new() } else { format!(" in {}", wide.right.namespace) };
    if wide.names.is_empty() {
        format!("{}: everywhere instead of in {}", wide.right.phrase(), plural(wide.namespaces.len(), "namespace"))
    } else {
        format!("{}{place}: any name instead of {}", wide.right.phrase(), wide.names.len())
    }
}

fn write_taken(page: &mut Page, taken: &Taken<'_, '_>) {
    let (binding, role) = (taken.holding.binding, taken.holding.role);
    let at = place(taken.rule.place());
    let namespace = if binding.namespace.is_empty() { String::new() } else { format!("{}/", binding.namespace) };
    page.entry(
        "taken away",
        &format!(
            "from {} {namespace}{}, by {} {} ({at})",
            binding.resource.kind, binding.resource.name, role.resource.kind, role.name
        ),
    );
    for (fate, rules) in &taken.parts {
        let label = match fate {
            Fate::Never => "  never used".to_owned(),
            Fate::Last(last) => format!("  {}", last.strftime("%Y-%m-%d")),
            Fate::Narrowed => "  narrowed".to_owned(),
        };
        entries(page, &label, rules.iter().map(rule_text));
    }
}

fn findings(page: &mut Page, foot: &Foot<'_>) {
    let mut kinds: Vec<&str> = foot.findings.iter().map(|finding| finding.kind).collect();
    kinds.dedup();
    for kind in kinds {
        page.gap();
        page.line(kind);
        for finding in foot.findings.iter().filter(|finding| finding.kind == kind) {
            let about = finding.about.map(|about| {
                let namespace = about.namespace.as_deref().map(|namespace| format!("{namespace}/")).unwrap_or_default();
                format!("{} {namespace}{}", about.kind, about.name)
            });
            let about = about.or(finding.who.as_ref().map(ToString::to_string)).unwrap_or_default();
            page.line(&format!("  {about}: {}", finding.message));
        }
    }
}

fn write_foot(page: &mut Page, foot: &Foot<'_>, head: &Head) {
    page.gap();
    for (who, master) in &foot.masters {
        let requests = requests(master.requests);
        page.line(&format!("{who} is in system:masters ({requests}): no role can take anything from it."));
    }
    let tally = &head.tally;
    let left = [
        (tally.denied, "refused"),
        (tally.nodes, "allowed by the node authoriser"),
        (tally.outside, "outside the window"),
        (tally.unsaid, "without a decision"),
    ];
    let left: Vec<String> = left
        .iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, what)| format!("{} {what}", thousands(*number)))
        .collect();
    if !left.is_empty() {
        page.line(&format!("Not counted, requests: {}.", left.join(", ")));
    }
    if tally.foreign + tally.unreadable > 0 {
        page.line(&format!(
            "Not read: {} parts that are no event, {} that broke off.",
            thousands(tally.foreign),
            thousands(tally.unreadable)
        ));
    }
    let counted = plural(foot.counted, "different action");
    if foot.refused.is_empty() {
        page.line(&format!("Proof: {counted} asked again with these roles alone; all are allowed."));
    } else {
        page.line(&format!("PROOF FAILED: of {counted}, {} are refused with these roles.", foot.refused.len()));
    }
    page.line("-o yaml=FOLDER writes the roles and bindings.");
}

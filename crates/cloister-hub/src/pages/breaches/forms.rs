//! The forms of one breach.

use cloister_breach::decision::Exemption;
use cloister_breach::facts::{MeasureStatus, Role};
use cloister_breach::severity::Aspect;
use cloister_breach::{Extent, Level, Phase, State, moment};
use cloister_report::html::text::t;
use jiff::Timestamp;
use maud::{Markup, html};
use serde_json::Value;

use super::super::layout::token;
use super::address;
use crate::breaches::Known;
use crate::breaches::facts::{Field, GROUPS, Kind, WAS, at, shown, to_value};
use crate::who::Who;

/// Who writes, over which version.
#[derive(Clone, Copy, Debug)]
pub struct Pen<'a> {
    /// Who.
    pub who: &'a Who,
    /// Over which.
    pub known: &'a Known,
}

impl Pen<'_> {
    fn form(&self, place: &str, body: &Markup) -> Markup {
        html! {
            form.fields method="post" action={ (address(self.known.number())) "/" (place) } {
                (token(self.who))
                input type="hidden" name="version" value=(self.known.version);
                (body)
            }
        }
    }

    fn step(&self, name: &'static str, title: &str, body: &Markup) -> Markup {
        let body = html! { input type="hidden" name="step" value=(name); (body) div { button { (title) } } };
        html! { details.step id={ "step-" (name) } { summary { (title) } (self.form("steps", &body)) } }
    }

    /// The steps that can be taken now.
    pub fn steps(&self, state: &State, now: Timestamp) -> Markup {
        let note = self.step("note", "Note something", &reason("What", true));
        html! { div.steps { @match state.phase {
            Phase::Suspected => { (self.of_suspicion(now)) (note) }
            Phase::Aware => { (self.of_awareness(state, now)) (note) }
            Phase::Dismissed => { (self.close()) (self.reopen()) (note) }
            Phase::Closed => { (self.reopen()) (self.erase()) (note) }
            Phase::Erased => { p.quiet { "What was erased stays as it is." } }
        } } }
    }

    fn of_suspicion(&self, now: Timestamp) -> Markup {
        let aware = html! {
            label { "Since when it is reasonably certain" span.hint { "UTC. The 72 hours begin then, not when it happened." }
                input type="datetime-local" name="at" required value=(now.strftime("%Y-%m-%dT%H:%M").to_string()); }
            (reason("How it became certain", true))
        };
        html! {
            (self.step("become-aware", "Confirm: there was a breach", &aware))
            (self.step("dismiss", "Dismiss: there was none", &reason("What shows it. It is kept, Art. 33(5)", true)))
        }
    }

    fn of_awareness(&self, state: &State, now: Timestamp) -> Markup {
        let assess = html! { p.hint { "Writes down what severity and risk come to by the facts as they stand." } };
        let inform = html! { label { "How, and with which reference" input name="reference" maxlength="500"; } };
        let late = state.running().is_some_and(|clock| clock.is_late(now));
        html! {
            (self.step("assess", "Assess", &assess))
            @if self.known.record.breach.spec.role == Role::Processor {
                (self.step("inform-controller", "The controller was told", &inform))
            } @else {
                (self.step("decide-notification", "Decide whether the authority is notified", &html! {
                    (yes_or_no("notify", "not notify")) (reason("Why. A decision not to notify needs it", false))
                }))
                (self.step("notify", "The authority was notified", &self.notify(late)))
                (self.step("decide-communication", "Decide whether data subjects are told", &decide_communication()))
                (self.step("communicate", "Data subjects were told", &communicate()))
            }
            (self.close())
        }
    }

    fn notify(&self, late: bool) -> Markup {
        html! {
            label { "How much it was told" select name="extent" { @for one in Extent::ALL { option value=(one.as_str()) { (one.as_str()) ": " (one.meaning()) } } } }
            label { "Authority" input name="authority" maxlength="500" value=(self.known.record.breach.spec.authority); }
            label { "Its file number" input name="reference" maxlength="500"; }
            label { "Reasons for the delay" span.hint { @if late { "The 72 hours are over: needed, Art. 33(1)." } @else { "Only after the 72 hours." } }
                textarea name="delay" maxlength="2000" required[late] {} }
        }
    }

    fn close(&self) -> Markup {
        self.step("close", "Close", &reason("What was learned", false))
    }

    fn reopen(&self) -> Markup {
        self.step("reopen", "Reopen", &reason("Why", true))
    }

    fn erase(&self) -> Markup {
        let breach = &self.known.record.breach;
        let until = breach.state().ok().and_then(|state| breach.due_for_erasure(&state));
        let label = until.map_or("Why".to_owned(), |until| format!("Why. Needed before {}", moment(until)));
        let body = html! {
            p.hint { "Takes all that people wrote, and the names of who did what. Number, moments, decisions and the erasure itself stay." }
            (reason(&label, false))
        };
        self.step("erase", "Erase the record", &body)
    }

    /// All facts.
    pub fn facts(&self) -> Markup {
        let facts = to_value(&self.known.record.breach.spec);
        let body = html! {
            @for (title, fields) in GROUPS { fieldset { legend { (title) } @for one in *fields { (field(one, at(&facts, one.path))) } } }
            div { button { "Set the facts" } }
        };
        html! { details id="set-facts" { summary { "Change the facts" } (self.form("facts", &body)) } }
    }

    /// Measures: another one, and which are done.
    pub fn measures(&self) -> Markup {
        let all = self.known.record.breach.spec.measures.iter().enumerate();
        let done = |index: usize, what: &str| {
            let body = html! { input type="hidden" name="done" value=(index); div { button.plain-button { "Done: " (t(what)) } } };
            self.form("measures", &body)
        };
        let another = html! {
            label { "Measure" input name="what" required maxlength="1000"; }
            label { "State" select name="status" { @for one in MeasureStatus::ALL { option value=(one.as_str()) { (one.meaning()) } } } }
            label { "When" span.hint { "UTC" } input type="datetime-local" name="at"; }
            label { "Why a high risk is no longer likely since then" span.hint { "Only where it goes so far, Art. 34(3)(b)." } textarea name="endsHighRisk" maxlength="2000" {} }
            div { button { "Add the measure" } }
        };
        html! {
            @for (index, one) in all.filter(|(_, one)| one.status == MeasureStatus::Proposed) { (done(index, &one.what)) }
            details { summary { "Add a measure" } (self.form("measures", &another)) }
        }
    }

    /// Points, or the level, set by a person.
    pub fn correct(&self) -> Markup {
        let points = html! {
            label { "Factor" select name="factor" { @for one in Aspect::ALL { option value=(one.as_str()) { (one.as_str()) ": " (one.meaning()) } } } }
            label { "Points" span.hint { "Of those that the method knows for the factor." } select name="points" {
                option value="" { "as proposed" }
                @for points in ["0", "0.25", "0.5", "0.75", "1", "2", "3", "4"] { option value=(points) { (points) } }
            } }
            (reason("Why", false))
            div { button { "Set the points" } }
        };
        let level = html! {
            input type="hidden" name="factor" value="level";
            label { "Level" select name="points" { option value="" { "as computed" } @for one in Level::ALL { option value=(one.as_str()) { (one.phrase()) } } } }
            (reason("Why", false))
            div { button { "Set the level" } }
        };
        html! { details { summary { "Correct it, with a reason" } div.two { (self.form("severity", &points)) (self.form("severity", &level)) } } }
    }

    /// Proposals that wait for an answer.
    pub fn proposals(&self) -> Markup {
        let open: Vec<_> = self.known.record.proposals.iter().filter(|one| one.confirmed.is_none()).collect();
        let body = html! {
            @for one in &open { label.check {
                input type="checkbox" name="proposal" value=(one.id);
                span { strong { (named(&one.field)) } ": " (t(&one.shown)) span.hint { "from: " (t(&one.source)) } }
            } }
            div.buttons {
                button name="answer" value="confirm" { "Confirm what is marked" } " "
                button.plain-button name="answer" value="reject" { "What is marked is not so" }
            }
        };
        let look = html! { div { button.plain-button name="answer" value="look" { "Look again for proposals" } } };
        html! {
            @if open.is_empty() { p.quiet { "Nothing waits for an answer." } } @else { (self.form("proposals", &body)) }
            (self.form("proposals", &look))
        }
    }
}

fn decide_communication() -> Markup {
    html! {
        (yes_or_no("tell them", "not tell them"))
        label { "Exemption, Art. 34(3)" select name="exemption" { option value="" { "none" } @for one in Exemption::ALL { option value=(one.as_str()) { (one.meaning()) } } } }
        (reason("Why. A decision not to tell them needs it", false))
    }
}

fn communicate() -> Markup {
    html! {
        label { "How" span.hint { "By letter, by e-mail, in public." } input name="channel" required maxlength="500"; }
        label { "How many were reached" input name="people" inputmode="numeric" pattern="[0-9]*"; }
    }
}

/// What a field is called.
pub fn named(path: &str) -> &str {
    let known = GROUPS.iter().flat_map(|(_, fields)| *fields).find(|field| field.path == path);
    match path {
        "suspicion.evidence" => "Evidence",
        "contact" => "Contact",
        "measures" => "Measures",
        _ => known.map_or(path, |field| field.label),
    }
}

fn reason(label: &str, required: bool) -> Markup {
    html! { label { (label) textarea name="reason" maxlength="2000" required[required] {} } }
}

fn yes_or_no(yes: &str, no: &str) -> Markup {
    html! { fieldset.choice { legend { "Decision" }
        label.check { input type="radio" name="answer" value="yes" required; span { (yes) } }
        label.check { input type="radio" name="answer" value="no"; span { (no) } }
    } }
}

fn field(one: &Field, value: &Value) -> Markup {
    let text = shown(one, value);
    html! { input type="hidden" name={ (WAS) (one.path) } value=(text); label { (one.label) @if !one.hint.is_empty() { span.hint { (one.hint) } } @match one.kind {
        Kind::Line => { input name=(one.path) maxlength="500" value=(text); }
        Kind::Number => { input name=(one.path) inputmode="numeric" value=(text); }
        Kind::Time => { input type="datetime-local" name=(one.path) value=(text); }
        Kind::Text => { textarea name=(one.path) maxlength="4000" { (text) } }
        Kind::Lines => { textarea name=(one.path) maxlength="8000" { (text) } }
        Kind::YesNo => { select name=(one.path) { (options(&[("yes", "yes"), ("no", "no")], &text)) } }
        Kind::Choice(words) => { select name=(one.path) { (options(&words(), &text)) } }
    } } }
}

fn options(all: &[(&str, &str)], chosen: &str) -> Markup {
    html! {
        option value="" { "not said" }
        @for (word, meaning) in all { option value=(word) selected[*word == chosen] { (meaning) } }
    }
}

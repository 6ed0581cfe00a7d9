//! Alerts: what goes on, who has seen it, of what nothing is said, and whether those who are told can be.

use cloister_alert::state::{Known, Silence};
use cloister_alert::{Match, Origin};
use cloister_report::html::marks;
use cloister_report::html::text::t;
use jiff::{SignedDuration, Timestamp};
use maud::{Markup, html};

use super::Layout;
use super::layout::{may, token};
use crate::alerts::{Alerts, Shown, Target, Undone};
use crate::decisions;
use crate::http::{Answer, Ask, Problem, segment};
use crate::table::{Cell, Rows, Table, Want};
use crate::who::Who;
use crate::who::role::Right;

/// Who is told, where anybody is.
pub fn of<'h>(ask: &Ask<'h>) -> Result<&'h Alerts, Problem> {
    let none = || Problem::missing("this hub tells nobody: say who is to be told, --alerts FILE (docs/alerts.md)");
    ask.hub.alerts.as_ref().ok_or_else(none)
}

/// How it stands with an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// It goes on, and nobody has said that they have seen it.
    Firing,
    /// It goes on, and somebody has.
    Acknowledged,
    /// It goes on, and nothing is said of it for a while.
    Silenced,
    /// It is over.
    Resolved,
}

impl Standing {
    const ALL: [Standing; 4] = [Standing::Firing, Standing::Acknowledged, Standing::Silenced, Standing::Resolved];

    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Standing::Firing => "firing",
            Standing::Acknowledged => "acknowledged",
            Standing::Silenced => "silenced",
            Standing::Resolved => "resolved",
        }
    }

    fn of(known: &Known, shown: &Shown, now: Timestamp) -> Standing {
        if !known.is_firing() {
            Standing::Resolved
        } else if shown.book.state.silences().any(|(_, silence)| silence.covers(&known.alert, now)) {
            Standing::Silenced
        } else if known.acknowledged.is_some() {
            Standing::Acknowledged
        } else {
            Standing::Firing
        }
    }
}

/// Whether who asks reads whom alerts name. Who does not reads only of what names nobody.
fn reads_people(ask: &Ask<'_>) -> bool {
    ask.who.as_ref().is_some_and(|who| who.may(Right::Alarm))
}

/// Whether it lies in what who asks may see.
fn sees(ask: &Ask<'_>, known: &Known) -> bool {
    let Some(who) = &ask.who else { return false };
    let namespace = known.alert.namespace.as_deref().unwrap_or_default();
    who.scope.of(&known.alert.source).is_none_or(|within| within.has(namespace))
}

/// The alerts that who asks may see, the most urgent first.
fn chosen<'s>(ask: &Ask<'_>, shown: &'s Shown, now: Timestamp) -> Result<Vec<(Standing, &'s Known)>, Problem> {
    let wanted = match ask.query.get("state") {
        None => None,
        Some(word) => {
            let known = Standing::ALL.into_iter().find(|one| one.as_str() == word);
            Some(known.ok_or_else(|| Problem::new(400, "state is one of firing, acknowledged, silenced, resolved"))?)
        }
    };
    let names_nobody = |known: &&Known| matches!(known.alert.origin, Origin::Finding | Origin::Cloister | Origin::Test);
    let all = shown.book.state.all().filter(|known| sees(ask, known) && (reads_people(ask) || names_nobody(known)));
    let mut all: Vec<_> = all.map(|known| (Standing::of(known, shown, now), known)).collect();
    all.retain(|(standing, _)| wanted.is_none_or(|wanted| wanted == *standing));
    all.sort_by_key(|(standing, known)| {
        let alert = &known.alert;
        (*standing, std::cmp::Reverse((alert.severity, alert.starts_at)), alert.fingerprint.clone())
    });
    Ok(all)
}

/// A table of alerts.
pub fn table_of(ask: &Ask<'_>, shown: &Shown, now: Timestamp, want: Want<'_>) -> Result<Table, Problem> {
    let all = chosen(ask, shown, now)?;
    let people = reads_people(ask);
    let cells = |(standing, known): &(Standing, &Known)| {
        let alert = &known.alert;
        let seen = known.acknowledged.as_ref().filter(|_| people);
        let who = alert.who.as_deref().filter(|_| people);
        vec![
            Cell::of(standing.as_str()).shown(html! { (standing.as_str())
                @if let Some(seen) = seen { span.where { " by " (t(&seen.by)) @if !seen.note.is_empty() { ": " (t(&seen.note)) } } }
                @if *standing == Standing::Firing || *standing == Standing::Acknowledged { (forms(ask, *standing, known)) }
            }),
            Cell::of(alert.severity.as_str()).shown(marks::severity(alert.severity)),
            local(ask, known),
            Cell::of(alert.what.as_deref().unwrap_or_default()),
            Cell::of(who),
            Cell::of(alert.namespace.as_deref()),
            Cell::of(alert.source.as_str()),
            Cell::of(alert.articles.clone()),
            Cell::of(alert.categories.clone()),
            Cell::of(alert.starts_at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()),
            Cell::of(alert.name.as_str()),
            Cell::of(alert.fingerprint.as_str()),
        ]
    };
    Ok(Table {
        name: "alerts",
        caption: "Alerts",
        columns: vec![
            ("State", "state"),
            ("Severity", "severity"),
            ("Alert", "title"),
            ("What", "what"),
            ("Who", "who"),
            ("Namespace", "namespace"),
            ("Source", "source"),
            ("Articles", "articles"),
            ("Data", "categories"),
            ("Since", "since"),
            ("", "name"),
            ("", "id"),
        ],
        rows: Rows::of(&all, want, |(_, known)| known.alert.fingerprint.as_str().into(), cells)?,
    })
}

/// The title, with a way to what it is about.
fn local(ask: &Ask<'_>, known: &Known) -> Cell {
    let title = known.alert.title.as_str();
    let begins = known.alert.link.as_deref().and_then(|link| link.split_once("://")?.1.split_once('/'));
    let is_ours = |host: &str| ask.hub.config.hosts.iter().any(|ours| ours == host);
    match begins.filter(|(host, _)| is_ours(host)) {
        Some((_, path)) => Cell::to(title, format!("/{path}")),
        None => Cell::of(title),
    }
}

fn forms(ask: &Ask<'_>, standing: Standing, known: &Known) -> Markup {
    let alert = &known.alert;
    html! { @if let Some(who) = may(ask, Right::Alarm) {
        @if standing == Standing::Firing { details { summary { "Acknowledge" span.hidden { " " (t(&alert.title)) } }
            form.fields method="post" action={ "/alerts/" (segment(&alert.fingerprint)) "/acknowledgement" } {
                (token(&who))
                label { "Note" span.hint { "What you do about it; nobody is told of it again until it gets worse" } input name="note" maxlength="500"; }
                div { button { "I have seen it" } }
            }
        } }
    } }
}

/// A table of silences.
pub fn silences_of(ask: &Ask<'_>, shown: &Shown, now: Timestamp, want: Want<'_>) -> Result<Table, Problem> {
    let mut all: Vec<(&str, &Silence)> = shown.book.state.silences().collect();
    all.sort_by_key(|(id, silence)| (std::cmp::Reverse(silence.ends_at), *id));
    let people = reads_people(ask);
    let cells = |(id, silence): &(&str, &Silence)| {
        let standing = if silence.ends_at <= now {
            "over"
        } else if silence.starts_at > now {
            "to come"
        } else {
            "in force"
        };
        let of = serde_json::to_value(&silence.matching).unwrap_or_default();
        let time = |time: Timestamp| Cell::of(time.strftime("%Y-%m-%d %H:%M UTC").to_string());
        vec![
            Cell::of(of).shown(html! { (t(&meant(&silence.matching))) }),
            Cell::of(standing),
            time(silence.starts_at),
            time(silence.ends_at),
            Cell::of(people.then_some(silence.reason.as_str())),
            Cell::of(people.then_some(silence.owner.as_str())),
            Cell::of(*id).shown(if silence.ends_at > now {
                ending(ask, id)
            } else {
                html! { code { (id) } }
            }),
        ]
    };
    Ok(Table {
        name: "silences",
        caption: "Silences",
        columns: vec![
            ("Of", "match"),
            ("State", "state"),
            ("From", "startsAt"),
            ("Until", "endsAt"),
            ("Why", "reason"),
            ("Who", "owner"),
            ("End", "id"),
        ],
        rows: Rows::of(&all, want, |(id, _)| (*id).into(), cells)?,
    })
}

/// Which alerts are meant, in words.
fn meant(of: &Match) -> String {
    let lists = [
        ("name", of.names.join(" or ")),
        ("namespace", of.namespaces.join(" or ")),
        ("source", of.sources.join(" or ")),
        ("article", of.articles.join(" or ")),
        ("data", of.categories.join(" or ")),
        ("origin", of.origins.iter().map(|one| one.as_str()).collect::<Vec<_>>().join(" or ")),
        ("severity", of.severity.map_or(String::new(), |one| format!("{} or worse", one.as_str()))),
    ];
    let named = lists.into_iter().filter(|(_, words)| !words.is_empty());
    let labels = of.labels.iter().map(|(name, values)| format!("{name} {}", values.join(" or ")));
    named.map(|(name, words)| format!("{name} {words}")).chain(labels).collect::<Vec<_>>().join(", ")
}

fn ending(ask: &Ask<'_>, id: &str) -> Markup {
    html! { @match may(ask, Right::Alarm) {
        None => { code { (id) } }
        Some(who) => { details { summary { "End it now" span.hidden { " " (id) } }
            form.fields method="post" action={ "/alert-silences/" (segment(id)) "/end" } {
                (token(&who))
                label { "Why" input name="reason" required minlength="5" maxlength="500"; }
                div { button { "End the silence" } }
            }
        } }
    } }
}

/// A table of receivers. How they are reached is no secret; where they are is not told.
pub fn receivers_of(ask: &Ask<'_>, shown: &Shown, want: Want<'_>) -> Result<Table, Problem> {
    let time = |at: Timestamp| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string();
    let none = Target::default();
    let cells = |one: &cloister_alert::config::Receiver| {
        let target = shown.targets.get(&one.name).unwrap_or(&none);
        let kind = one.kinds().first().map(|kind| kind.as_str()).unwrap_or_default();
        let standing = match (&target.failed, &target.taken) {
            (Some(_), _) => "does not take messages",
            (None, Some(_)) => "takes messages",
            (None, None) => "nothing was sent since the hub began",
        };
        let failed = target.failed.as_ref();
        vec![
            Cell::of(one.name.as_str()),
            Cell::of(kind),
            Cell::of(standing),
            Cell::of(target.number),
            Cell::of(target.taken.as_ref().map(|(at, _)| time(*at))),
            Cell::of(failed.map(|(at, cause, help)| format!("{}: {cause}: {help}", time(*at)))),
            Cell::of(target.failures).shown(testing(ask, &one.name, target.failures)),
        ]
    };
    Ok(Table {
        name: "receivers",
        caption: "Receivers",
        columns: vec![
            ("Receiver", "receiver"),
            ("Reached by", "kind"),
            ("State", "state"),
            ("Messages", "messages"),
            ("Last taken", "takenAt"),
            ("Trouble", "trouble"),
            ("Failures in a row", "failures"),
        ],
        rows: Rows::of(&shown.config.receivers, want, |one| one.name.as_str().into(), cells)?,
    })
}

fn testing(ask: &Ask<'_>, receiver: &str, failures: u64) -> Markup {
    html! { (failures) @if let Some(who) = may(ask, Right::Alarm) {
        form method="post" action={ "/alert-receivers/" (segment(receiver)) "/test" } {
            (token(&who)) button.plain-button { "Send a test" span.hidden { " to " (t(receiver)) } }
        }
    } }
}

/// The page.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let Some(alerts) = &ask.hub.alerts else { return Ok(nobody(ask)) };
    let (shown, now) = (alerts.shown(), Timestamp::now());
    let table = table_of(ask, &shown, now, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let whole = Want { after: None, most: usize::MAX };
    let (silences, receivers) = (silences_of(ask, &shown, now, whole)?, receivers_of(ask, &shown, whole)?);
    let here = ask.query.get("state");
    let body = html! {
        h1 { "Alerts" }
        @for trouble in &shown.troubles { p.trouble role="alert" { (t(trouble)) } }
        p.ways { a href="/alerts" aria-current=[here.is_none().then_some("true")] { "All" }
            @for one in Standing::ALL {
                " " a href={ "/alerts?state=" (one.as_str()) } aria-current=[(here == Some(one.as_str())).then_some("true")] { (one.as_str()) }
            }
        }
        (table.render(&ask.query))
        @if !reads_people(ask) { p.quiet { "Alerts that name people are shown to engineers, the data protection officer and administrators." } }
        @if ask.who.as_ref().is_some_and(|who| who.may(Right::ReadRecord)) { section { h2 { "Silences" }
            p.quiet { "Nothing is said of these for a while; what is still there when a silence ends is told then." }
            (silences.render(&ask.query))
            (silencing(ask))
        }
        section { h2 { "Receivers" }
            p.quiet { "Whether they can be told. A test is an entry of the evidence log: that alerts arrive is a measure of Art. 32(1)(d)." }
            (receivers.render(&ask.query))
        } }
    };
    Ok(Layout { ask, title: "Alerts", source: None }.answer(body))
}

fn nobody(ask: &Ask<'_>) -> Answer {
    let body = html! {
        h1 { "Alerts" }
        p { "This hub tells nobody. Who is told of what stands in a file: start it with " code { "--alerts FILE" } "." }
    };
    Layout { ask, title: "Alerts", source: None }.answer(body)
}

fn silencing(ask: &Ask<'_>) -> Markup {
    html! { @if let Some(who) = may(ask, Right::Alarm) { details { summary { "Say nothing of some alerts for a while" }
        form.fields method="post" action="/alert-silences" {
            (token(&who))
            label { "Name" span.hint { "The check or rule; * stands for any letters" } input name="name" maxlength="200"; }
            label { "Namespace" input name="namespace" maxlength="200"; }
            label { "Source" input name="source" maxlength="200"; }
            label { "For so many hours" input name="hours" type="number" min="1" max="744" value="2" required; }
            label { "Why" input name="reason" required minlength="5" maxlength="500"; }
            div { button { "Silence them" } }
        }
    } } }
}

/// Who asks.
pub fn who<'a>(ask: &'a Ask<'_>) -> Result<&'a Who, Problem> {
    ask.who.as_ref().ok_or_else(|| Problem::new(401, "sign in first"))
}

/// Why something is not done, as an answer.
pub fn undone(why: &Undone) -> Problem {
    use cloister_alert::state::Refused as No;
    match why {
        Undone::Refused(refused) => refused.problem(),
        Undone::Alert(No::Unknown) | Undone::NoSilence | Undone::NoReceiver => Problem::missing(why.to_string()),
        Undone::Alert(_) => Problem::new(409, why.to_string()),
        Undone::Silence(_) => Problem::new(422, why.to_string()),
    }
}

/// A note may be empty; what hides in it is taken out.
pub fn note(written: Option<&str>) -> Result<String, Problem> {
    decisions::text(written.unwrap_or(""), 0, "the note").map_err(|why| Problem::new(422, why))
}

/// A reason may not.
pub fn reason(written: Option<&str>) -> Result<String, Problem> {
    decisions::text(written.unwrap_or(""), 5, "the reason").map_err(|why| Problem::new(422, why))
}

/// Somebody has seen an alert.
pub fn acknowledge(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let (alerts, sent) = (of(ask)?, ask.form()?);
    let said = (who(ask)?, note(sent.get("note"))?);
    alerts.acknowledge(ask.hub, ask.part("alert"), said, Timestamp::now()).map_err(|why| undone(&why))?;
    Ok(Answer::see("/alerts"))
}

/// Somebody wants to hear nothing of some alerts.
pub fn silence(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let (alerts, sent, now) = (of(ask)?, ask.form()?, Timestamp::now());
    let list = |name: &str| sent.get(name).map(str::to_owned).into_iter().collect::<Vec<String>>();
    let matching =
        Match { names: list("name"), namespaces: list("namespace"), sources: list("source"), ..Match::default() };
    let hours: i64 = sent
        .get("hours")
        .and_then(|hours| hours.parse().ok())
        .filter(|hours| (1..=744).contains(hours))
        .ok_or_else(|| Problem::new(422, "a silence lasts 1 to 744 hours"))?;
    let ends_at = now.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX);
    let (reason, owner) = (reason(sent.get("reason"))?, who(ask)?.name.clone());
    let silence = Silence { matching, starts_at: now, ends_at, reason, owner };
    alerts.silence(ask.hub, &silence, now).map_err(|why| undone(&why))?;
    Ok(Answer::see("/alerts"))
}

/// Ends a silence.
pub fn unsilence(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let sent = ask.form()?;
    end(ask, sent.get("reason"))?;
    Ok(Answer::see("/alerts"))
}

/// The same from the API.
pub fn end(ask: &Ask<'_>, why: Option<&str>) -> Result<(), Problem> {
    let (alerts, reason) = (of(ask)?, reason(why)?);
    let ended = alerts.unsilence(ask.hub, ask.part("silence"), (who(ask)?, &reason), Timestamp::now());
    ended.map_err(|why| undone(&why))
}

/// Sends a test.
pub fn test(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let report =
        of(ask)?.test(ask.hub, ask.part("receiver"), who(ask)?, Timestamp::now()).map_err(|why| undone(&why))?;
    let body = html! {
        h1 { "Test of alerts" }
        @for one in &report.receivers {
            p { strong { (t(&one.receiver)) } @if one.taken { " took the test: " } @else { " did not take the test: " } (t(&one.answer)) }
            @if let Some(help) = &one.help { p { "What to do: " (t(help)) } }
        }
        p.quiet { @if ask.hub.config.log.is_some() { "It is recorded in the " a href="/evidence" { "evidence log" } ". " }
            a href="/alerts" { "Back to the alerts" } }
    };
    Ok(Layout { ask, title: "Test of alerts", source: None }.answer(body))
}

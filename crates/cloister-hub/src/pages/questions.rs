//! Who may do what, and who reaches whom: questions by forms, answers with a picture and as a table.

use std::collections::BTreeSet;
use std::sync::Arc;

use cloister_graph::{Drawing, Options, Theme, svg};
use cloister_model::ResourceRef;
use cloister_report::html::text::{sentence, t};
use cloister_report::words::thousands;
use http::StatusCode;
use maud::{Markup, PreEscaped, html};
use serde_json::Value;

use super::in_source;
use super::layout::below;
use crate::Snapshot;
use crate::http::{Answer, Ask, Problem, Query};
use crate::questions::{self, Answered, Line, MOST_ROWS, Question};
use crate::table::{Cell, Rows, Table, Want};

/// Workloads have these kinds.
const WORKLOADS: [&str; 8] =
    ["CronJob", "DaemonSet", "Deployment", "Job", "Pod", "ReplicaSet", "ReplicationController", "StatefulSet"];
/// A picture that is no wider is drawn smaller where there is less room; others are moved about in.
const WIDEST: f64 = 1_300.0;
/// So many names are offered in a field.
const OFFERED: usize = 300;

/// A long name, which may be broken where its parts end.
fn broken(text: &str) -> Markup {
    html! { @for (at, part) in text.split('[').enumerate() {
        @if at > 0 { wbr; "[" }
        @for word in part.split_inclusive(['/', ':']) { (t(word)) wbr; }
    } }
}

/// An answer as a table: the rows that are wanted.
pub fn table_of(source: &str, answer: &Answered, want: Want<'_>) -> Result<Table, Problem> {
    let numbered: Vec<(usize, &Line)> = answer.rows.iter().enumerate().collect();
    let cells = |(_, line): &(usize, &Line)| {
        let cell = |piece: &questions::Piece| Cell {
            value: piece.value.clone(),
            link: piece.asks.as_ref().map(|question| address(source, question)),
            shown: match &piece.value {
                Value::String(text) => Some(broken(text)),
                Value::Array(all) => Some(html! {
                    @for (at, one) in all.iter().filter_map(Value::as_str).enumerate() { @if at > 0 { br; } (broken(one)) }
                }),
                _ => None,
            },
        };
        line.iter().map(cell).collect()
    };
    Ok(Table {
        name: "answer",
        caption: "The answer",
        columns: answer.columns.clone(),
        rows: Rows::of(&numbered, want, |(at, _)| at.to_string().into(), cells)?,
    })
}

/// Where a question is answered: the same link each time.
pub fn address(source: &str, question: &Question) -> String {
    format!("{}?{}", below(source, &["questions"]), question.query())
}

/// The page: what can be asked, and the answer to what is.
pub fn page(ask: &Ask<'_>) -> Result<Answer, Problem> {
    let known = ask.snapshot()?;
    let Some(kind) = ask.query.get("ask") else {
        return Ok(in_source(ask, "Who may what", html! { h1 { "Who may what" } (asked(&known, &ask.query)) }));
    };
    let question = Question::read(kind, &ask.query);
    let answered = question.and_then(|question| questions::answer(&known, &question));
    match answered {
        Ok(answer) => answer_page(ask, &known, &answer),
        Err(problem) => Ok(wrong(ask, &known, &problem)),
    }
}

/// What is wrong with the question, above the fields as they were filled in.
fn wrong(ask: &Ask<'_>, known: &Snapshot, problem: &Problem) -> Answer {
    let body = html! {
        h1 { "Who may what" }
        div.notice role="alert" { p { strong { "No answer: " } (sentence(&problem.detail)) "." } }
        (asked(known, &ask.query))
    };
    let mut answer = in_source(ask, "No answer – Who may what", body);
    *answer.0.status_mut() = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_REQUEST);
    answer.headed(problem)
}

fn answer_page(ask: &Ask<'_>, known: &Snapshot, answer: &Answered) -> Result<Answer, Problem> {
    if ask.query.get("as") == Some("svg") {
        let drawn = svg(&Drawing::new(answer.picture.clone()), &Options::default());
        let name = "attachment; filename=\"answer.svg\"";
        return Ok(Answer::new(200, "image/svg+xml", drawn).with(http::header::CONTENT_DISPOSITION, name));
    }
    let table = table_of(&known.source, answer, Want::of_page(&ask.query))?;
    if let Some(file) = table.file(ask) {
        return Ok(file);
    }
    let body = html! {
        p.crumbs { a href=(below(&known.source, &["questions"])) { "Who may what" } }
        h1 { (t(&answer.title)) }
        p { strong { (t(&answer.summary)) } }
        @for note in &answer.notes { p.quiet { (t(note)) } }
        (picture(answer, &ask.query))
        section aria-labelledby="rows" {
            h2 id="rows" { "The same as a table" }
            (cut(answer))
            div.answer { (table.render(&ask.query)) }
        }
        (asked(known, &ask.query))
    };
    Ok(in_source(ask, &answer.title, body))
}

fn picture(answer: &Answered, query: &Query) -> Markup {
    if answer.picture.nodes.is_empty() {
        return html! { p.quiet { "There is nothing to draw." } };
    }
    let options = Options { theme: Theme::Auto, id: "answer", is_styled: false };
    let drawing = Drawing::new(answer.picture.clone());
    let fits = drawing.width <= WIDEST;
    let drawn = svg(&drawing, &options);
    html! {
        figure.picture {
            div.scroll.fits[fits] tabindex="0" role="region" aria-label="The picture of the answer; the table below says the same" { (PreEscaped(drawn)) }
            figcaption.quiet { "What is alike is drawn as one. " a href={ "?" (query.with("as", "svg")) } download { "Take away as SVG" } }
        }
    }
}

/// What is not in the table, by namespace.
fn cut(answer: &Answered) -> Markup {
    html! { @if answer.all > answer.rows.len() {
        p.notice {
            "There are " (thousands(answer.all)) ", of which the first " (thousands(answer.rows.len().min(MOST_ROWS))) " are told one by one: ask about less to see the others."
        }
        @if !answer.by_namespace.is_empty() {
            details { summary { "All of them by namespace" }
                ul { @for (name, number) in &answer.by_namespace { li { @if name.is_empty() { "nodes, and addresses outside" } @else { (t(name)) } ": " (thousands(*number)) } } }
            }
        }
    } }
}

/// What can be asked: about personal data first.
fn asked(known: &Snapshot, query: &Query) -> Markup {
    html! {
        @if known.more.objects.are_there() {
            section aria-labelledby="ready" { h2 id="ready" { "About personal data" } (ready(known)) }
            section aria-labelledby="forms" { h2 id="forms" { "In your own words" } (forms(known, query)) (offers(known)) }
        } @else {
            p.notice { "Questions are answered from the objects themselves. Of this source the hub has what a scan found: watch it here, or wait for its first assessment since the start." }
        }
    }
}

/// Questions about each store of the register, to be clicked on.
pub fn ready(known: &Snapshot) -> Markup {
    let link = |question: Question, words: &str| html! { a href=(address(&known.source, &question)) { (t(words)) } };
    let namespaces = |store: &crate::sources::map::Store| -> BTreeSet<String> {
        store.workloads.iter().filter_map(|(_, namespace, _)| namespace.clone()).collect()
    };
    html! {
        @if known.more.map.stores.is_empty() { p.quiet { "The register names no store of personal data here." } }
        ul.against { @for store in &known.more.map.stores { li {
            strong { (t(&store.title)) } ": "
            (link(Question::WhoReads { store: store.name.clone() }, "who can read its data")) ", "
            (link(Question::WhoReaches { to: format!("store:{}", store.name) }, "who may reach it"))
            @for name in namespaces(store) { ", " (link(secrets(&name), &format!("who may read the Secrets of {name}"))) }
        } } }
    }
}

/// Who may read the Secrets of a namespace.
fn secrets(namespace: &str) -> Question {
    let (verb, resource) = ("get".to_owned(), "secrets".to_owned());
    Question::WhoCan { verb, resource, name: None, namespace: Some(namespace.to_owned()) }
}

/// Questions about a namespace.
pub fn of_namespace(known: &Snapshot, name: &str) -> Markup {
    let shell = Question::WhoCan {
        verb: "create".to_owned(),
        resource: "pods/exec".to_owned(),
        name: None,
        namespace: Some(name.to_owned()),
    };
    links(
        known,
        &[
            ("Who may read its Secrets", secrets(name)),
            ("Who may enter its pods", shell),
            ("Who may reach its workloads", Question::WhoReaches { to: format!("namespace:{name}") }),
        ],
    )
}

/// Questions about a resource, after its kind.
pub fn of_resource(known: &Snapshot, one: &ResourceRef) -> Markup {
    let namespace = one.namespace.as_deref().unwrap_or("default");
    let mut all: Vec<(&str, Question)> = Vec::new();
    match &*one.kind {
        kind if WORKLOADS.contains(&kind) => {
            let name = format!("{namespace}/{}[{kind}]", one.name);
            all.push(("Who may reach it", Question::WhoReaches { to: name.clone() }));
            all.push(("What it may reach", Question::Reaches { from: name }));
        }
        "ServiceAccount" => {
            let subject = format!("serviceaccount:{namespace}:{}", one.name);
            all.push(("What it may do", Question::WhatCan { subject: subject.clone() }));
            all.push(("How it could climb", Question::Climb { subject, to: None }));
        }
        "Role" | "RoleBinding" | "Secret" => all.push(("Who may read the Secrets beside it", secrets(namespace))),
        "ClusterRole" | "ClusterRoleBinding" => {
            let (verb, resource) = ("get".to_owned(), "secrets".to_owned());
            all.push((
                "Who may read Secrets anywhere",
                Question::WhoCan { verb, resource, name: None, namespace: None },
            ));
        }
        _ => {}
    }
    let stores = known.more.map.stores.iter().filter(|store| {
        store.workloads.iter().any(|(kind, of, name)| {
            **kind == *one.kind && of.as_deref() == one.namespace.as_deref() && **name == *one.name
        })
    });
    all.extend(stores.map(|store| ("Who can read its data", Question::WhoReads { store: store.name.clone() })));
    html! { (links(known, &all)) (subjects(known, one)) }
}

/// Whom a binding binds: what else these may do.
fn subjects(known: &Snapshot, one: &ResourceRef) -> Markup {
    if !["RoleBinding", "ClusterRoleBinding"].contains(&&*one.kind) {
        return Markup::default();
    }
    let Some(inventory) = known.more.objects.inventory() else { return Markup::default() };
    let found = inventory
        .resources()
        .iter()
        .find(|it| it.kind == one.kind && it.name == one.name && it.namespace == one.namespace);
    let all = found.map_or(&[][..], |binding| binding.root.items_at("subjects"));
    let named = all.iter().take(5).filter_map(|subject| {
        let (kind, name) = (subject.str_at("kind")?, subject.str_at("name")?);
        let of = subject.str_at("namespace").or(one.namespace.as_deref()).unwrap_or("default");
        let asked = match kind {
            "Group" => format!("group:{name}"),
            "ServiceAccount" => format!("serviceaccount:{of}:{name}"),
            _ => name.to_owned(),
        };
        let words = known.more.objects.clear(format!("What {} may do", asked.replace(':', " ").trim()));
        (words != questions::objects::NOT_IN_VIEW).then_some((words, Question::WhatCan { subject: asked }))
    });
    let named: Vec<(String, Question)> = named.collect();
    let named: Vec<(&str, Question)> =
        named.iter().map(|(words, question)| (words.as_str(), question.clone())).collect();
    links(known, &named)
}

fn links(known: &Snapshot, all: &[(&str, Question)]) -> Markup {
    html! { @if known.more.objects.are_there() && !all.is_empty() {
        p.facts { @for (words, question) in all { a href=(address(&known.source, question)) { (t(words)) } } }
    } }
}

/// A field of a form.
struct Field {
    name: &'static str,
    title: &'static str,
    hint: &'static str,
    /// Names that are offered.
    list: &'static str,
    is_needed: bool,
}

const fn field(name: &'static str, title: &'static str, hint: &'static str, list: &'static str) -> Field {
    Field { name, title, hint, list, is_needed: true }
}

const fn perhaps(field: Field) -> Field {
    Field { is_needed: false, ..field }
}

const SUBJECT: Field =
    field("subject", "Who", "a user, group:NAME or serviceaccount:NAMESPACE:NAME", "offered-subjects");

/// Name, words, fields, and what the button says.
const FORMS: [(&str, &str, &[Field]); 6] = [
    (
        "who-can",
        "Who can do something?",
        &[
            field("verb", "Verb", "get, list, create, delete, impersonate, …", "offered-verbs"),
            field(
                "resource",
                "Resource",
                "secrets, pods/exec, deployments.apps, or a path such as /metrics",
                "offered-resources",
            ),
            perhaps(field("name", "Name", "of one object; all without it", "")),
            perhaps(field("namespace", "Namespace", "any without it", "offered-namespaces")),
        ],
    ),
    (
        "who-reads",
        "Who can read personal data?",
        &[field("store", "Store", "of the register, or a workload that is recognised as one", "offered-stores")],
    ),
    ("what-can", "What may somebody do?", &[SUBJECT]),
    (
        "climb",
        "What can somebody become?",
        &[
            SUBJECT,
            perhaps(field(
                "to",
                "Up to",
                "cluster-admin, node, secret:NAMESPACE:NAME, or somebody; all without it",
                "offered-targets",
            )),
        ],
    ),
    (
        "who-reaches",
        "Who may reach it over the network?",
        &[field("to", "What", "NAMESPACE/WORKLOAD, namespace:NAME or store:NAME", "offered-ends")],
    ),
    (
        "reaches",
        "What may it reach, and outside?",
        &[field("from", "What", "NAMESPACE/WORKLOAD, namespace:NAME or store:NAME", "offered-ends")],
    ),
];

fn forms(known: &Snapshot, query: &Query) -> Markup {
    let here = below(&known.source, &["questions"]);
    let asked = query.get("ask");
    html! { div.questions { @for (kind, words, fields) in FORMS {
        form method="get" action=(here) aria-label=(words) {
            fieldset {
                legend { (words) }
                input type="hidden" name="ask" value=(kind);
                @for field in fields {
                    @let id = format!("{kind}-{}", field.name);
                    @let held = query.get(field.name).filter(|_| asked == Some(kind)).unwrap_or("");
                    label for=(id) { (field.title) @if !field.is_needed { " (if any)" } span.hint id={ (id) "-hint" } { (field.hint) } }
                    input id=(id) name=(field.name) value=(held) maxlength="512" autocomplete="off" spellcheck="false" required[field.is_needed] list=[(!field.list.is_empty()).then_some(field.list)] aria-describedby={ (id) "-hint" };
                }
                div.buttons { button { "Ask" } }
            }
        }
    } } }
}

/// Names that fields offer.
fn offers(known: &Snapshot) -> Markup {
    let of_kind =
        |kinds: &'static [&'static str]| known.resources.keys().filter(move |one| kinds.contains(&&*one.kind));
    let namespaces: Vec<Arc<str>> = known.all_namespaces();
    let of = |one: &ResourceRef| one.namespace.as_deref().unwrap_or("default").to_owned();
    let ends = known.more.map.stores.iter().map(|store| format!("store:{}", store.name));
    let ends = ends.chain(namespaces.iter().map(|name| format!("namespace:{name}")));
    let ends: Vec<String> = ends.chain(of_kind(&WORKLOADS).map(|one| format!("{}/{}", of(one), one.name))).collect();
    let subjects = of_kind(&["ServiceAccount"]).map(|one| format!("serviceaccount:{}:{}", of(one), one.name));
    let subjects = subjects.chain(["group:system:authenticated".to_owned()]);
    let words = |all: &[&str]| all.iter().map(|&word| word.to_owned()).collect::<Vec<String>>();
    let verbs = words(&[
        "get",
        "list",
        "watch",
        "create",
        "update",
        "patch",
        "delete",
        "deletecollection",
        "impersonate",
        "bind",
        "escalate",
    ]);
    let resources = words(&[
        "secrets",
        "pods",
        "pods/exec",
        "pods/portforward",
        "pods/ephemeralcontainers",
        "configmaps",
        "persistentvolumeclaims",
        "rolebindings",
        "serviceaccounts/token",
    ]);
    let targets = words(&["cluster-admin", "node"]);
    html! {
        (datalist("offered-verbs", verbs.into_iter()))
        (datalist("offered-resources", resources.into_iter()))
        (datalist("offered-namespaces", namespaces.iter().map(ToString::to_string)))
        (datalist("offered-subjects", subjects))
        (datalist("offered-targets", targets.into_iter()))
        (datalist("offered-ends", ends.into_iter()))
        (datalist("offered-stores", known.more.map.stores.iter().map(|store| store.name.clone())))
    }
}

fn datalist(id: &str, names: impl Iterator<Item = String>) -> Markup {
    html! { datalist id=(id) { @for name in names.take(OFFERED) { option value=(name) {} } } }
}

/// What a store of personal data is asked about, in a table of stores.
pub fn of_store(known: &Snapshot, store: &str) -> Markup {
    let all = [
        ("who can read it", Question::WhoReads { store: store.to_owned() }),
        ("who may reach it", Question::WhoReaches { to: format!("store:{store}") }),
    ];
    html! { @if known.more.objects.are_there() { @for (at, (words, question)) in all.iter().enumerate() {
        @if at > 0 { ", " } a href=(address(&known.source, question)) { (words) span.hidden { " of " (t(store)) } }
    } } }
}

/// The resource of a finding, asked about.
pub fn of_finding(known: &Snapshot, one: &crate::read::Finding) -> Markup {
    let Some(reference) = one.resource.as_deref() else { return Markup::default() };
    of_resource(known, reference)
}

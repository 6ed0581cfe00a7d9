//! What stands around every page: the head with its ways, and the foot.

use cloister_report::html::marks;
use cloister_report::html::text::{sentence, t};
use maud::{DOCTYPE, Markup, html};

use super::{assets, parts, sign_in};
use crate::http::{Answer, Ask, Problem, segment};
use crate::who::Who;
use crate::who::role::Right;

/// A page to be.
#[derive(Debug)]
pub struct Layout<'a> {
    /// Who asks, for what.
    pub ask: &'a Ask<'a>,
    /// What it is called.
    pub title: &'a str,
    /// The source that it is of.
    pub source: Option<&'a str>,
}

/// The ways within a source: name, last parts of the address.
const WAYS: [(&str, &str); 12] = [
    ("Overview", ""),
    ("Frameworks", "/frameworks"),
    ("Findings", "/findings"),
    ("Personal data", "/data"),
    ("Who may what", "/questions"),
    ("Namespaces", "/namespaces"),
    ("Resources", "/resources"),
    ("Checks", "/checks"),
    ("Other scanners", "/reports"),
    ("Detections", "/detections"),
    ("Decisions", "/decisions"),
    ("History", "/history"),
];

impl Layout<'_> {
    /// The whole page.
    pub fn answer(&self, body: Markup) -> Answer {
        Answer::page(
            200,
            frame(
                self.title,
                html! {
                    (self.bar())
                    (super::breaches::clocks(self.ask))
                    div.frame.single[self.source.is_none()] {
                        @if let Some(source) = self.source { (self.ways(source)) }
                        main id="main" data-source=[self.source] { (body) }
                    }
                    p.live id="live" role="status" aria-live="polite" {}
                },
            ),
        )
    }

    fn bar(&self) -> Markup {
        html! {
            header.bar {
                a.brand href="/" { "Cloister" }
                @if let Some(source) = self.source {
                    form.find role="search" action={ (parts::source(source)) "/search" } {
                        label.hidden for="q" { "Search " (source) }
                        input id="q" name="q" type="search" placeholder="Search" value=(self.ask.query.get("q").unwrap_or(""));
                        button { "Search" }
                    }
                }
                nav.whole aria-label="Hub" {
                    a href="/sources" { "Sources" }
                    @if self.may(Right::Breaches) { a href="/breaches" { "Breaches" } }
                    @else if self.may(Right::ReportBreach) { a href="/breaches/new" { "Report a breach" } }
                    a href="/alerts" { "Alerts" }
                    @if self.may(Right::ReadDetections) { a href="/rules" { "Rules" } }
                    @if self.ask.hub.config.log.is_some() && self.may(Right::ReadRecord) { a href="/evidence" { "Evidence" } }
                }
                @if let Some(who) = &self.ask.who { (signed_in(who)) }
            }
        }
    }

    /// Ways that would be refused are not shown.
    fn leads(&self, place: &str) -> bool {
        place != "/detections" || self.may(Right::ReadDetections)
    }

    fn may(&self, right: Right) -> bool {
        self.ask.who.as_ref().is_some_and(|who| who.may(right))
    }

    fn ways(&self, source: &str) -> Markup {
        let base = parts::source(source);
        html! {
            nav.contents aria-label={ "Of " (source) } {
                p.over { (t(source)) }
                ol { @for (name, place) in WAYS.into_iter().filter(|(_, place)| self.leads(place)) {
                    @let here = format!("{base}{place}");
                    @let is_here = self.ask.path == here;
                    @let is_within = !place.is_empty() && self.ask.path.starts_with(&format!("{here}/"));
                    li { a href=(here) aria-current=[is_here.then_some("page").or(is_within.then_some("true"))] { (name) } }
                } }
            }
        }
    }
}

fn signed_in(who: &Who) -> Markup {
    html! {
        form.who method="post" action="/sign-out" {
            (token(who))
            span { a href="/sessions" { (t(who.shown())) span.hidden { ", your sessions" } } " " span.label { (who.role) } }
            button.plain-button { "Sign out" }
        }
    }
}

/// The field without which no form is taken.
pub fn token(who: &Who) -> Markup {
    html! { input type="hidden" name="token-of-form" value=(who.forms); }
}

/// The document.
pub fn frame(title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (t(title)) " – Cloister" }
                link rel="stylesheet" href=(assets::style());
                link rel="icon" href=(assets::icon()) type="image/svg+xml";
                script src=(assets::script()) defer {}
            }
            body {
                a.skip href="#main" { "Skip to the content" }
                (marks::symbols())
                (body)
            }
        }
    }
}

/// What is wrong, as a page: with the way to sign in where that would help.
pub fn problem(problem: &Problem, wanted: Option<&str>) -> Answer {
    let sign_in = sign_in::with_way("/sign-in", wanted.unwrap_or("/"));
    let body = html! {
        header.bar { a.brand href="/" { "Cloister" } }
        main.alone id="main" {
            h1 { (problem.title()) }
            p { (sentence(&problem.detail)) "." }
            p { @if problem.status == 401 { a href=(sign_in) { "Sign in" } } @else { a href="/" { "To the beginning" } } }
        }
    };
    Answer::page(problem.status, frame(problem.title(), body)).headed(problem)
}

/// Whether who asks may do this: forms that would be refused are not shown.
pub fn may(ask: &Ask<'_>, right: Right) -> Option<Who> {
    ask.who.clone().filter(|who| who.may(right) && !who.forms.is_empty())
}

/// An address below a source.
pub fn below(source: &str, rest: &[&str]) -> String {
    let mut address = format!("/sources/{}", segment(source));
    for part in rest {
        address.push('/');
        address.push_str(&segment(part));
    }
    address
}

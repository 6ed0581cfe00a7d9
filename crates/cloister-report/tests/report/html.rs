//! The page: whole in itself, every link leads somewhere, nothing of it runs.

use std::collections::BTreeSet;

use cloister_report::html::render;

use crate::{fixture, hostile};

/// The values of an attribute, in order.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!(" {attribute}=\"");
    page.split(&start).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn clinic() {
    let page = render(&fixture::clinic());
    let body = page.split_once("<body>").unwrap().1;
    // The words of checks and frameworks change without this crate.
    let body = body.split_once("<section id=\"checks\"").unwrap().0;
    let lines = body.replace("><", ">\n<");
    let own: Vec<&str> = lines.lines().filter(|line| !line.starts_with("<p class=\"explains\">")).collect();
    insta::assert_snapshot!(own.join("\n"));
}

#[test]
fn every_link_leads_to_one_place() {
    let page = render(&fixture::clinic());
    let ids = values(&page, "id");
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len());
    let links: Vec<&str> = values(&page, "href").into_iter().filter_map(|link| link.strip_prefix('#')).collect();
    assert!(links.len() > 40);
    for link in links {
        // Checks that only the fixture knows are not in its table of checks.
        assert!(unique.contains(link) || link.starts_with("c-"), "#{link} leads nowhere");
    }
}

#[test]
fn the_page_needs_nothing_and_runs_nothing() {
    for page in [render(&fixture::clinic()), render(&hostile::assessment()), render(&fixture::nothing())] {
        assert!(!page.contains("<script"), "a script");
        for attribute in ["src", "onclick", "onerror", "action", "data"] {
            assert!(values(&page, attribute).is_empty(), "{attribute}");
        }
        for link in values(&page, "href") {
            assert!(link.starts_with('#') || link.starts_with("https://"), "{link}");
        }
        for outside in ["@import", "url(", "<link", "<img", "<iframe"] {
            assert!(!page.contains(outside), "{outside}");
        }
    }
}

#[test]
fn it_has_one_first_heading_and_its_landmarks() {
    let page = render(&fixture::clinic());
    for once in ["<h1>", "<main", "<header", "<nav", "<html lang=\"en\"", "<title>"] {
        assert_eq!(page.matches(once).count(), 1, "{once}");
    }
}

#[test]
fn a_state_is_told_by_a_word() {
    let page = render(&fixture::clinic());
    for word in ["open", "held as far as seen", "not evaluated", "attested", "held", "critical", "accepted"] {
        assert!(page.contains(&format!("{word}<")) || page.contains(&format!("{word} ")), "{word}");
    }
}

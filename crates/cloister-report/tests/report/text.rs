//! The terminal report.

use cloister_assessment::Subject;
use cloister_report::text::{Options, render};
use unicode_width::UnicodeWidthStr;

use crate::fixture;

fn plain(width: usize, verbose: bool) -> String {
    render(&fixture::clinic(), &Options { width, colour: false, verbose })
}

#[test]
fn eighty_columns() {
    insta::assert_snapshot!(plain(80, false));
}

#[test]
fn eighty_columns_verbose() {
    insta::assert_snapshot!(plain(80, true));
}

#[test]
fn wide() {
    insta::assert_snapshot!(plain(120, false));
}

#[test]
fn nothing_at_all() {
    insta::assert_snapshot!(render(&fixture::nothing(), &Options::default()));
}

#[test]
fn a_register_is_drafted_from_what_was_scanned() {
    let advice = |files: usize, rendered: usize, targets: &[&str]| {
        let mut assessment = fixture::clinic();
        let targets = targets.iter().map(|&target| target.to_owned()).collect();
        assessment.subject = Subject { files, rendered, targets, register: false, ..assessment.subject };
        let text = render(&assessment, &Options { width: 100, colour: false, verbose: false });
        let (_, after) = text.split_once("`cloister register init ").unwrap();
        after.split_once('`').unwrap().0.to_owned()
    };
    assert_eq!(advice(3, 0, &["k8s/"]), "k8s/");
    assert_eq!(advice(0, 0, &["kind-dev"]), "--context kind-dev");
    assert_eq!(advice(0, 0, &["in-cluster"]), "--cluster");
    assert_eq!(advice(0, 1, &["charts/clinic"]), "PATH");
    assert_eq!(advice(9, 0, &["a", "b"]), "PATH");
}

#[test]
fn colour_adds_styles_and_nothing_else() {
    for verbose in [false, true] {
        let coloured = render(&fixture::clinic(), &Options { width: 80, colour: true, verbose });
        assert!(coloured.contains("\u{1b}["));
        assert_eq!(strip(&coloured), plain(80, verbose));
    }
}

#[test]
fn the_same_assessment_gives_the_same_bytes() {
    assert_eq!(plain(80, true), plain(80, true));
}

/// Without `ESC [ … m`.
fn strip(text: &str) -> String {
    let mut out = String::new();
    let mut parts = text.split('\u{1b}');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        out.push_str(part.split_once('m').unwrap().1);
    }
    out
}

#[test]
fn every_place_stands_whole_in_one_line() {
    for width in [60, 80, 120] {
        let text = plain(width, true);
        for place in ["k8s/database.yaml:12:3", "k8s/config.yaml:9:17", "k8s/exceptions.yaml:4:3", "k8s/old.yaml:14:12"]
        {
            assert!(text.lines().any(|line| line.contains(place)), "{place} at {width} columns:\n{text}");
        }
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]
    #[test]
    fn no_line_is_too_wide(width in 60_usize..160, words in "[ a-z東\u{1b}\u{202e}]{0,300}", verbose in proptest::bool::ANY) {
        let mut assessment = fixture::clinic();
        for finding in &mut assessment.findings {
            finding.finding.message.push_str(&words);
            finding.exposure.reason = format!("{}{}", finding.exposure.reason, words).into();
            finding.remediation = format!("{}{}", finding.remediation, words).into();
        }
        for (advice, finding) in assessment.advice.iter_mut().zip(&assessment.findings) {
            advice.message.clone_from(&finding.finding.message);
            advice.remediation.clone_from(&finding.remediation);
        }
        for requirement in &mut assessment.requirements {
            requirement.title = format!("{} {words}", requirement.title).into();
        }
        assessment.subject.title.push_str(&words);
        let text = render(&assessment, &Options { width, colour: false, verbose });
        for line in text.lines() {
            let copied = line.trim_start().starts_with('│') || line.contains(".yaml") || line.trim_start().starts_with('/');
            assert!(copied || line.width() <= width, "{} of {width} columns: {line}", line.width());
        }
    }
}

//! Names in manifests are written by anybody: no report may pass on what they hide.

use cloister_report::{Format, text::Options};

use crate::fixture;

const EVIL: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{202e}gpj\u{200b}\u{9b}31m\r<script>alert(1)</script>\"'&";

/// The clinic, with `EVIL` in every text that comes from input.
pub fn assessment() -> cloister_assessment::Assessment {
    let mut all = fixture::clinic();
    all.subject.title.push_str(EVIL);
    all.subject.targets = vec![EVIL.into()];
    for one in &mut all.findings {
        one.finding.message.push_str(EVIL);
        one.finding.pointer.push_str(EVIL);
        one.finding.container = Some(EVIL.into());
        one.finding.fix = Some(EVIL.into());
        one.exposure.reason = format!("{}{}", one.exposure.reason, EVIL).into();
        one.remediation = format!("{}{}", one.remediation, EVIL).into();
        if let Some(resource) = &mut one.finding.resource {
            resource.name = EVIL.into();
            resource.namespace = Some(EVIL.into());
            resource.kind = EVIL.into();
            resource.api_version = EVIL.into();
        }
        if let Some(location) = &mut one.finding.location {
            location.file = EVIL.into();
        }
        if let Some(acceptance) = &mut one.accepted {
            acceptance.reason = EVIL.into();
            acceptance.owner = EVIL.into();
            acceptance.expires = EVIL.into();
        }
    }
    for (advice, one) in all.advice.iter_mut().zip(&all.findings) {
        advice.message = EVIL.into();
        advice.resource.clone_from(&one.finding.resource);
        advice.location.clone_from(&one.finding.location);
        advice.fix = Some(EVIL.into());
        advice.excerpt = Some(EVIL.into());
    }
    for one in &mut all.requirements {
        one.title = EVIL.into();
        one.id = EVIL.into();
        if let Some(attested) = &mut one.attested {
            attested.statement = EVIL.into();
            attested.author = EVIL.into();
            attested.evidence = Some(format!("javascript:alert(1){EVIL}"));
        }
        for gap in &mut one.not_evaluated {
            gap.reason = EVIL.into();
            gap.answer = EVIL.into();
            gap.needs = EVIL.into();
        }
    }
    for one in &mut all.diagnostics {
        one.file = EVIL.into();
        one.message = EVIL.into();
        one.excerpt = Some(EVIL.into());
        one.help = Some(EVIL.into());
    }
    all
}

#[test]
fn nothing_hidden_gets_through() {
    for format in Format::ALL {
        for verbose in [false, true] {
            let options = Options { verbose, ..Options::default() };
            let report = format.render(&assessment(), &options);
            for character in report.chars().filter(|character| *character != '\n') {
                assert!(
                    !character.is_control() && !"\u{202e}\u{200b}".contains(character),
                    "{character:?} in {}",
                    format.as_str()
                );
            }
        }
    }
}

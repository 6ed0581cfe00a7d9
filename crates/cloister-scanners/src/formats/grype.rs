//! JSON of `grype`.

use super::{Reading, digest, fixed, found, name, word};
use crate::shape::{Found, Image, Kind, Subject};
use crate::view::View;

/// Reads one; none where there are too many results.
pub fn read(whole: &View<'_>, into: &mut Reading) -> Option<()> {
    let scanner = match whole.text("descriptor/name") {
        "" | "grype" => "Grype".to_owned(),
        other => name(other),
    };
    let version = word(whole.text("descriptor/version"));
    let (scope, subject) = about(whole);
    let made = whole.has("descriptor/timestamp").then(|| whole.text("descriptor/timestamp"));
    let made = made.filter(|text| !text.is_empty()).and_then(|_| whole.time("descriptor/timestamp"));
    let part = into.into.part((&scanner, &version), &scope, made);
    into.into.passed(part, whole.items("ignoredMatches").count() as u64);
    for one in whole.items("matches") {
        let found = vulnerability(&one);
        if found.id.is_empty() {
            one.wrong("vulnerability", "a result without an id");
            continue;
        }
        into.add(part, subject.clone(), found)?;
    }
    Some(())
}

/// What was scanned: an image, or a folder or file by its path.
fn about(whole: &View<'_>) -> (String, Subject) {
    let kind = whole.text("source/type");
    let Some(target) = whole.below("source/target") else { return (name(kind), Subject::default()) };
    if let Some(path) = target.as_text() {
        return (name(format!("{kind} {path}").trim()), Subject::default());
    }
    let mut names: Vec<String> = Vec::new();
    for one in [target.text("userInput")].into_iter().chain(target.texts("tags")) {
        let one = name(one);
        if !one.is_empty() && !names.contains(&one) {
            names.push(one);
        }
    }
    let digests = [target.text("manifestDigest")].into_iter().chain(target.texts("repoDigests"));
    let mut digests: Vec<String> = digests.filter_map(digest).collect();
    digests.sort();
    digests.dedup();
    let scope = format!("{kind} {}", names.first().map_or("", String::as_str));
    let image = (kind == "image").then_some(Image { names, digests });
    (name(scope.trim()), Subject { object: None, image })
}

fn vulnerability(one: &View<'_>) -> Found {
    let (id, package) = (one.text("vulnerability/id"), one.text("artifact/name"));
    let title = match one.text("vulnerability/description") {
        "" => format!("{id} in {package}"),
        text => text.to_owned(),
    };
    let place = one.nth("artifact/locations", 0);
    Found {
        package: name(package),
        version: word(one.text("artifact/version")),
        fixed: fixed(one.texts("vulnerability/fix/versions")),
        file: name(place.as_ref().map_or("", |place| place.text("path"))),
        ..found(id, Kind::Vulnerability, one.text("vulnerability/severity"), &title)
    }
}

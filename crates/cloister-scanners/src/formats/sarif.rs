//! SARIF 2.1.0, as OASIS has it (errata 01): runs of tools with rules and results.

use std::collections::HashMap;

use cloister_model::ResourceRef;

use super::{Reading, digest, found, is_vulnerability, name, severity, word};
use crate::shape::{Found, Image, Kind, Subject};
use crate::view::View;

/// Reads one; none where there are too many results.
pub fn read(whole: &View<'_>, into: &mut Reading) -> Option<()> {
    for one in whole.items("runs") {
        run(&one, into)?;
    }
    Some(())
}

fn run(run: &View<'_>, into: &mut Reading) -> Option<()> {
    let scanner = name(run.text("tool/driver/name"));
    if scanner.is_empty() {
        run.wrong("tool/driver/name", "a run without the name of its tool");
        return Some(());
    }
    let version = word(run.first(&["tool/driver/semanticVersion", "tool/driver/version"]));
    let image = image(run);
    let made = run.nth("invocations", 0).and_then(|one| one.time("endTimeUtc").or_else(|| one.time("startTimeUtc")));
    let part = into.into.part((&scanner, &version), &scope(run, image.as_ref()), made);
    let rules = Rules::of(run);
    for one in run.items("results") {
        if is_good(&one) {
            into.into.passed(part, 1);
            continue;
        }
        let rule = rules.of_result(&one);
        let Some(found) = result(&one, rule).filter(|found| !found.id.is_empty()) else {
            one.wrong("", "a result without a rule");
            continue;
        };
        let object = place(&one).as_ref().and_then(object);
        into.add(part, Subject { object, image: image.clone() }, found)?;
    }
    Some(())
}

/// What a run speaks of: its category (the standard's 3.17.3: up to the last slash), else its repository or image.
fn scope(run: &View<'_>, image: Option<&Image>) -> String {
    let id = run.text("automationDetails/id");
    if !id.is_empty() {
        return name(id.rsplit_once('/').map_or(id, |(category, _)| category));
    }
    let repository = run.nth("versionControlProvenance", 0).map_or("", |one| one.text("repositoryUri"));
    match image.and_then(|image| image.names.first()) {
        Some(image) => name(&format!("image {image}")),
        None => name(repository),
    }
}

/// The image that Trivy names in the properties of a run.
fn image(run: &View<'_>) -> Option<Image> {
    let properties = run.below("properties")?;
    let mut names = vec![name(properties.text("imageName"))];
    names.extend(properties.texts("repoTags").into_iter().map(name));
    names.retain(|name| !name.is_empty());
    names.dedup();
    let digests = properties.texts("repoDigests").into_iter().filter_map(digest).collect();
    (!names.is_empty()).then_some(Image { names, digests })
}

/// Results that speak for something, were accepted by the scanner's users, or are gone.
fn is_good(one: &View<'_>) -> bool {
    let suppressed = one.items("suppressions").any(|one| matches!(one.text("status"), "" | "accepted"));
    suppressed
        || one.text("baselineState") == "absent"
        || matches!(one.text("kind"), "pass" | "notApplicable" | "informational")
}

/// Rules of the driver and of extensions, by place and by name.
struct Rules<'t> {
    driver: Vec<View<'t>>,
    by_id: HashMap<&'t str, View<'t>>,
}

impl<'t> Rules<'t> {
    fn of(run: &View<'t>) -> Rules<'t> {
        let driver: Vec<View<'t>> = run.items("tool/driver/rules").collect();
        let extensions = run.items("tool/extensions").flat_map(|one| one.items("rules").collect::<Vec<_>>());
        let by_id = extensions.chain(driver.iter().cloned()).map(|rule| (rule.text("id"), rule)).collect();
        Rules { driver, by_id }
    }

    fn of_result(&self, one: &View<'_>) -> Option<&View<'t>> {
        let id = one.first(&["ruleId", "rule/id"]);
        // The id of a rule that is one of several of the same kind has a part more.
        let general = id.rsplit_once('/').map_or(id, |(general, _)| general);
        let by_id = self.by_id.get(id).or_else(|| self.by_id.get(general)).filter(|_| !id.is_empty());
        by_id.or_else(|| {
            let at = one.number("ruleIndex").or_else(|| one.number("rule/index"))?;
            self.driver.get(usize::try_from(at).ok()?)
        })
    }
}

fn result(one: &View<'_>, rule: Option<&View<'_>>) -> Option<Found> {
    let of_rule = |path: &str| rule.map_or("", |rule| rule.text(path));
    let id = Some(one.first(&["ruleId", "rule/id"])).filter(|id| !id.is_empty()).unwrap_or_else(|| of_rule("id"));
    let message = one.text("message/text");
    // What a rule looks for is told better by itself; several lines are a table of what stands elsewhere.
    let title = match (of_rule("shortDescription/text"), message) {
        (short, message) if message.is_empty() || message.contains('\n') && !short.is_empty() => short,
        (_, message) => message,
    };
    if id.is_empty() && title.is_empty() {
        return None;
    }
    let score =
        [one, rule.unwrap_or(one)].map(|one| one.below("properties").map(|all| all.score_of("security-severity")));
    let score = score.into_iter().flatten().find(|score| !score.is_empty()).unwrap_or_default();
    let level = [one.text("level"), of_rule("defaultConfiguration/level"), "warning"];
    let level = level.into_iter().find(|level| !level.is_empty()).unwrap_or("warning");
    let place = place(one);
    let place = place.as_ref();
    let kind = if is_vulnerability(id) { Kind::Vulnerability } else { Kind::Rule };
    let id = if id.is_empty() { title } else { id };
    Some(Found {
        said: if score.is_empty() { word(level) } else { format!("{} ({})", word(level), word(&score)) },
        severity: severity::of_score(&score).or_else(|| severity::of_word(level)),
        file: place.map_or_else(String::new, |at| name(at.text("physicalLocation/artifactLocation/uri"))),
        line: place.map_or(0, |at| at.line("physicalLocation/region/startLine")),
        seen: one.time("provenance/firstDetectionTimeUtc"),
        ..found(id, kind, level, title)
    })
}

fn place<'t>(one: &View<'t>) -> Option<View<'t>> {
    one.nth("locations", 0)
}

/// An object of a cluster, where a logical place is `NAMESPACE/Kind/NAME`, `Kind/NAMESPACE/NAME` or `Kind/NAME`: kinds begin with
/// a capital letter, and names have none.
fn object(place: &View<'_>) -> Option<ResourceRef> {
    place.items("logicalLocations").find_map(|one| named(one.first(&["name", "fullyQualifiedName"])))
}

fn named(text: &str) -> Option<ResourceRef> {
    let is_kind = |word: &str| {
        word.starts_with(|sign: char| sign.is_ascii_uppercase())
            && word.chars().all(|sign| sign.is_ascii_alphanumeric())
    };
    let is_name = |word: &str| {
        let plain = |sign: char| sign.is_ascii_lowercase() || sign.is_ascii_digit() || "-.:".contains(sign);
        !word.is_empty() && word.chars().all(plain)
    };
    let parts: Vec<&str> = text.split('/').collect();
    let (namespace, kind, named) = match *parts.as_slice() {
        [namespace, kind, named] if is_kind(kind) && is_name(namespace) => (Some(namespace), kind, named),
        [kind, namespace, named] if is_kind(kind) && is_name(namespace) => (Some(namespace), kind, named),
        [kind, named] if is_kind(kind) => (None, kind, named),
        _ => return None,
    };
    is_name(named).then(|| ResourceRef {
        api_version: "".into(),
        kind: name(kind).into(),
        namespace: namespace.map(|one| name(one).into()),
        name: name(named).into(),
    })
}

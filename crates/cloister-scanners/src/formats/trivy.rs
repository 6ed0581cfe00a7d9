//! JSON of `trivy image`, `config`, `fs` and so on, and of `trivy k8s`.

use cloister_model::ResourceRef;

use super::{Reading, digest, fixed, found, name, word};
use crate::shape::{Found, Image, Kind, Subject};
use crate::view::View;

const SCANNER: &str = "Trivy";

/// Reads a result of one of the lists, with the target of it.
type Reader = fn(&View<'_>, &str) -> Found;

/// Reads one; none where there are too many results.
pub fn read(whole: &View<'_>, into: &mut Reading) -> Option<()> {
    if whole.has("ClusterName") || whole.has("Resources") || whole.has("Findings") {
        return cluster(whole, into);
    }
    let (artifact, kind) = (whole.text("ArtifactName"), whole.text("ArtifactType"));
    let scope = match kind {
        "container_image" => format!("image {artifact}"),
        kind => format!("{} {artifact}", kind.replace('_', " ")),
    };
    let made = whole.time("CreatedAt");
    let version = word(whole.text("Trivy/Version"));
    let part = into.into.part((SCANNER, &version), &name(scope.trim()), made);
    let image = (kind == "container_image").then(|| image(artifact, whole.below("Metadata").as_ref()));
    results(whole, part, &Subject { object: None, image }, into)
}

/// All of a cluster, each of its objects with its results.
fn cluster(whole: &View<'_>, into: &mut Reading) -> Option<()> {
    let scope = format!("cluster {}", whole.text("ClusterName"));
    let version = word(whole.text("Trivy/Version"));
    let part = into.into.part((SCANNER, &version), &name(scope.trim()), whole.time("CreatedAt"));
    for list in ["Resources", "Findings"] {
        for one in whole.items(list) {
            let object = object(&one);
            // Of a pod with several images nobody says which result belongs to which.
            let mut images = one.items("Metadata");
            let image = images.next().filter(|_| images.next().is_none()).map(|one| image("", Some(&one)));
            let image = image.filter(|image| !image.names.is_empty() || !image.digests.is_empty());
            results(&one, part, &Subject { object, image }, into)?;
        }
    }
    Some(())
}

fn object(one: &View<'_>) -> Option<ResourceRef> {
    let (kind, named) = (name(one.text("Kind")), name(one.text("Name")));
    if kind.is_empty() || named.is_empty() {
        one.wrong("", "an object without kind or name");
        return None;
    }
    let namespace = Some(name(one.text("Namespace"))).filter(|name| !name.is_empty());
    let namespace = namespace.map(Into::into);
    Some(ResourceRef { api_version: "".into(), kind: kind.into(), namespace, name: named.into() })
}

fn image(scanned: &str, about: Option<&View<'_>>) -> Image {
    let Some(about) = about else { return Image { names: vec![name(scanned)], digests: Vec::new() } };
    let mut names: Vec<String> = Vec::new();
    for one in [scanned, about.text("Reference")].into_iter().chain(about.texts("RepoTags")) {
        let one = name(one);
        if !one.is_empty() && !names.contains(&one) {
            names.push(one);
        }
    }
    Image { names, digests: about.texts("RepoDigests").into_iter().filter_map(digest).collect() }
}

fn results(of: &View<'_>, part: usize, subject: &Subject, into: &mut Reading) -> Option<()> {
    for result in of.items("Results") {
        into.into.passed(part, result.number("MisconfSummary/Successes").unwrap_or(0));
        into.into.passed(part, result.items("ExperimentalModifiedFindings").count() as u64);
        let target = result.text("Target");
        let lists: [(&str, Reader); 4] = [
            ("Vulnerabilities", vulnerability),
            ("Misconfigurations", misconfiguration),
            ("Secrets", secret),
            ("Licenses", licence),
        ];
        for (list, read) in lists {
            for one in result.items(list) {
                if list == "Misconfigurations" && one.text("Status") != "FAIL" && one.has("Status") {
                    into.into.passed(part, u64::from(one.text("Status") == "PASS"));
                    continue;
                }
                match read(&one, target) {
                    found if found.id.is_empty() => one.wrong("", "a result without an id"),
                    found => into.add(part, subject.clone(), found)?,
                }
            }
        }
    }
    Some(())
}

fn vulnerability(one: &View<'_>, target: &str) -> Found {
    let (id, package) = (one.text("VulnerabilityID"), one.text("PkgName"));
    let title = match one.text("Title") {
        "" => format!("{id} in {package}"),
        title => title.to_owned(),
    };
    let path = one.text("PkgPath");
    // A target of packages of the system is the image's name, and no file.
    let file = if path.is_empty() && target.contains('(') {
        ""
    } else if path.is_empty() {
        target
    } else {
        path
    };
    Found {
        package: name(package),
        version: word(one.text("InstalledVersion")),
        fixed: fixed(one.text("FixedVersion").split(',').map(str::trim)),
        file: name(file),
        ..found(id, Kind::Vulnerability, one.text("Severity"), &title)
    }
}

fn misconfiguration(one: &View<'_>, target: &str) -> Found {
    let title = one.first(&["Title", "Message"]);
    Found {
        file: name(target),
        line: one.line("CauseMetadata/StartLine"),
        ..found(one.first(&["ID", "AVDID"]), Kind::Misconfiguration, one.text("Severity"), title)
    }
}

fn secret(one: &View<'_>, target: &str) -> Found {
    Found {
        file: name(target),
        line: one.line("StartLine"),
        ..found(one.text("RuleID"), Kind::Secret, one.text("Severity"), one.first(&["Title", "Category"]))
    }
}

fn licence(one: &View<'_>, target: &str) -> Found {
    let (licence, package) = (one.text("Name"), one.text("PkgName"));
    let title = if package.is_empty() { licence.to_owned() } else { format!("{package} is under {licence}") };
    Found {
        package: name(package),
        file: name(if one.has("FilePath") { one.text("FilePath") } else { target }),
        ..found(licence, Kind::Licence, one.text("Severity"), &title)
    }
}

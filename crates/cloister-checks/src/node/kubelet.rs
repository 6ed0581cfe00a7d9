//! What kubelets are set to.

use std::rc::Rc;

use cloister_model::{Place, Resource};
use cloister_node::{Kubelet, Value};

use crate::control_plane::suites::is_strong;
use crate::shared::Shared;
use crate::{Findings, Lacking, Need};

/// Where kubelets are told of.
pub(super) const KUBELETS: &[&str] = &["NodeFacts.cloister.dev", "KubeletConfiguration"];

/// The kubelet that a resource tells of; one without any says nothing.
fn with<'a>(
    resource: &'a Resource,
    findings: &mut Findings<'a>,
    judge: impl FnOnce(&Kubelet<'a>, &mut Findings<'a>) -> Option<()>,
) {
    let Some(kubelet) = Kubelet::in_resource(resource) else { return findings.not_applicable() };
    findings.within(None, &Rc::new(Shared::of(&resource.root)));
    if judge(&kubelet, findings).is_none() {
        findings.not_applicable();
        findings.lacks(
            Lacking::Input(Need::Kubelet),
            format!("the kubelet's configuration on {} could not be read", resource.name),
            "collect its facts with the rights to read it",
        );
    }
}

fn report<'a>(kubelet: &Kubelet<'a>, findings: &mut Findings<'a>, value: &Value<'a>, fix: &str) {
    let place: Place<'a> = value.place.unwrap_or_else(|| kubelet.place());
    let finding = findings.report(place);
    let message = format!("{} ({})", finding.message, value.says());
    finding.message(message);
    if !fix.is_empty() {
        finding.fix(fix);
    }
}

/// The setting at `path` must be as `holds` says.
pub(super) fn examine<'a>(
    resource: &'a Resource,
    findings: &mut Findings<'a>,
    path: &str,
    holds: impl Fn(&Value<'a>) -> bool,
    fix: &str,
) {
    with(resource, findings, |kubelet, findings| {
        let value = kubelet.at(path)?;
        if !holds(&value) {
            report(kubelet, findings, &value, fix);
        }
        Some(())
    });
}

/// A switch must come to `wanted`.
pub(super) fn switch<'a>(resource: &'a Resource, findings: &mut Findings<'a>, path: &str, wanted: bool) {
    let fix = nested(path, &wanted.to_string());
    examine(resource, findings, path, |value| value.is_on() == wanted, &fix);
}

/// `a/b/c` with its value as YAML.
fn nested(path: &str, value: &str) -> String {
    let steps: Vec<&str> = path.split('/').collect();
    let line = |(depth, step): (usize, &&str)| format!("{}{step}:", "  ".repeat(depth));
    format!("{} {value}", steps.iter().enumerate().map(line).collect::<Vec<_>>().join("\n"))
}

/// A flag without a place in the configuration must be as `holds` says; a configuration alone does not tell.
pub(super) fn flag<'a>(
    resource: &'a Resource,
    findings: &mut Findings<'a>,
    flag: &str,
    holds: impl Fn(&Value<'a>) -> bool,
) {
    with(resource, findings, |kubelet, findings| {
        if !kubelet.runs() {
            findings.not_applicable();
            return Some(());
        }
        let value = kubelet.flag(flag)?;
        if !holds(&value) {
            report(kubelet, findings, &value, "");
        }
        Some(())
    });
}

/// Each of the settings must have a value.
pub(super) fn needs<'a>(resource: &'a Resource, findings: &mut Findings<'a>, paths: &[&str]) {
    with(resource, findings, |kubelet, findings| {
        for path in paths {
            let value = kubelet.at(path)?;
            if value.text().is_empty() {
                report(kubelet, findings, &value, &nested(path, "…"));
            }
        }
        Some(())
    });
}

/// The serving certificate comes from an authority: by request, or by files.
pub(super) fn certificate<'a>(resource: &'a Resource, findings: &mut Findings<'a>) {
    with(resource, findings, |kubelet, findings| {
        let (file, key) = (kubelet.at("tlsCertFile")?, kubelet.at("tlsPrivateKeyFile")?);
        let requested = kubelet.at("serverTLSBootstrap")?;
        if (file.text().is_empty() || key.text().is_empty()) && !requested.is_on() {
            report(kubelet, findings, &requested, "serverTLSBootstrap: true");
        }
        Some(())
    });
}

/// A feature gate that is on by default must not be off.
pub(super) fn gate<'a>(resource: &'a Resource, findings: &mut Findings<'a>, name: &str) {
    with(resource, findings, |kubelet, findings| {
        if kubelet.gate(name) == Some(false) {
            let message = format!("the feature gate {name} is off");
            findings.report(kubelet.place().at("featureGates")).message(message);
        }
        Some(())
    });
}

/// TLS 1.3 alone, or suites that are all strong.
pub(super) fn suites<'a>(resource: &'a Resource, findings: &mut Findings<'a>) {
    with(resource, findings, |kubelet, findings| {
        let (suites, least) = (kubelet.at("tlsCipherSuites")?, kubelet.at("tlsMinVersion")?);
        let strong = !suites.words.is_empty() && suites.words.iter().all(|suite| is_strong(suite.trim()));
        if least.text() != "VersionTLS13" && !strong {
            let at =
                suites.place.map(|_| kubelet.place().at("tlsCipherSuites")).filter(|place| place.missing.is_empty());
            let value = Value { place: at.or(suites.place), ..suites };
            report(kubelet, findings, &value, "tlsMinVersion: VersionTLS13");
        }
        Some(())
    });
}

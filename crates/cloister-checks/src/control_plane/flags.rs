//! What the flags of the control plane's programs come to, judged: effective values, as the program reads its words, and
//! the defaults of the version that runs (`cloister-flags`; the newest version where nothing tells which).

use cloister_flags::{Fault, Outcome, Value};
use cloister_model::Place;

use crate::Findings;

pub(crate) use super::components::{Flags, each, runs};

/// What every check over control plane programs relies on.
pub(super) const PODS: &[&str] = &["Pod", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob"];
pub(super) const API_SERVER: &str = "kube-apiserver";
pub(super) const CONTROLLER_MANAGER: &str = "kube-controller-manager";
pub(super) const SCHEDULER: &str = "kube-scheduler";
pub(super) const ETCD: &str = "etcd";
pub(super) const PROXY: &str = "kube-proxy";

/// What a look at the flags came to.
pub(super) enum Verdict<'a> {
    Holds,
    /// The flags do not say, since a configuration file does.
    NotApplicable,
    Fault {
        /// Of the flag; none where a flag is missing.
        place: Option<Place<'a>>,
        /// The flag as it stands, or that it is missing.
        says: String,
        /// The line to write, where there is one.
        fix: String,
    },
}

/// Whether an API server in the input has an admission plug-in on that is off by default.
pub(crate) fn has_plugin(inventory: &cloister_inventory::Inventory, plugin: &str) -> bool {
    each(inventory, API_SERVER).any(|flags| matches!(flags.needs_plugin(plugin), Verdict::Holds))
}

/// Judges each process of `program` in the input.
pub(super) fn examine<'a>(
    program: &'static str,
    findings: &mut Findings<'a>,
    judge: impl Fn(&Flags<'a>) -> Verdict<'a>,
) {
    for flags in findings.processes_of(program).iter() {
        flags.enter(findings);
        match judge(flags) {
            Verdict::Holds => {}
            Verdict::NotApplicable => findings.not_applicable(),
            Verdict::Fault { place, says, fix } => {
                let finding = findings.report(place.unwrap_or_else(|| flags.end()));
                let message = format!("{} ({says})", finding.message);
                finding.message(message);
                if !fix.is_empty() {
                    finding.fix(fix);
                }
            }
        }
        findings.count();
    }
}

impl<'a> Flags<'a> {
    /// Whether a word or, for etcd, a variable sets it.
    pub(super) fn is_written(&self, flag: &str) -> bool {
        self.effective(flag).is_set()
    }

    /// Where a flag stands.
    pub(super) fn place(&self, flag: &str) -> Option<Place<'a>> {
        self.setting(flag)?.0
    }

    /// Its value, by default too; none where there is no such flag.
    pub(super) fn value(&self, flag: &str) -> Option<String> {
        let effective = self.effective(flag);
        match effective.value()? {
            Value::Text(text) => Some(text.clone()),
            Value::List(items) => Some(items.join(",")),
            _ => effective.shown(),
        }
    }

    /// Whether a flag has a value that is not empty.
    pub(super) fn is_set(&self, flag: &str) -> bool {
        self.value(flag).is_some_and(|value| !value.is_empty())
    }

    /// Whether a switch is on.
    pub(super) fn is_on(&self, flag: &str) -> bool {
        self.effective(flag).boolean() == Some(true)
    }

    /// Whether a feature gate is on, where that can be told.
    pub(super) fn gate(&self, name: &str) -> Option<bool> {
        self.line().gate(name).boolean()
    }

    /// A duration in seconds, by default too.
    pub(super) fn seconds(&self, flag: &str) -> Option<f64> {
        self.effective(flag).duration().map(|duration| duration.as_secs_f64())
    }

    /// The words of a flag that is a list, or `key=value` of one with pairs.
    pub(super) fn list(&self, flag: &str) -> Vec<String> {
        match self.effective(flag).value() {
            Some(Value::List(items)) => items.iter().map(|item| item.trim().to_owned()).collect(),
            Some(Value::Map(map)) => {
                let pairs = map.iter().flat_map(|(key, values)| values.iter().map(move |value| (key, value)));
                pairs.map(|(key, value)| format!("{key}={value}")).collect()
            }
            _ => Vec::new(),
        }
    }

    /// A fault at a flag, or at the end of the command line where it is missing.
    pub(super) fn fault(&self, flag: &str, fix: impl Into<String>) -> Verdict<'a> {
        let (place, says) = self.setting(flag).unwrap_or_else(|| (None, format!("no {flag}")));
        Verdict::Fault { place, says, fix: fix.into() }
    }

    /// A switch must come to `wanted`; a version without it has nothing to switch.
    pub(super) fn switch(&self, flag: &str, wanted: bool) -> Verdict<'a> {
        match self.effective(flag).boolean() {
            None => Verdict::NotApplicable,
            Some(is) if is == wanted => Verdict::Holds,
            Some(_) => self.fault(flag, format!("- {flag}={wanted}")),
        }
    }

    /// Each of the flags must have a value.
    pub(super) fn needs(&self, flags: &[&str]) -> Verdict<'a> {
        match flags.iter().find(|flag| !self.is_set(flag)) {
            Some(flag) => self.fault(flag, format!("- {flag}=…")),
            None => Verdict::Holds,
        }
    }

    /// The same where etcd is reached through the network; a socket on the node needs no TLS.
    pub(super) fn needs_for_etcd(&self, flags: &[&str]) -> Verdict<'a> {
        let servers = self.list("--etcd-servers");
        let on_node = !servers.is_empty() && servers.iter().all(|server| server.starts_with("unix:"));
        if on_node { Verdict::NotApplicable } else { self.needs(flags) }
    }

    /// The flag must have no value.
    pub(super) fn forbids(&self, flag: &str) -> Verdict<'a> {
        if self.is_set(flag) { self.fault(flag, "") } else { Verdict::Holds }
    }

    /// A number must be at least this.
    pub(super) fn at_least(&self, flag: &str, least: i128) -> Verdict<'a> {
        if self.effective(flag).number().is_some_and(|value| value >= least) {
            return Verdict::Holds;
        }
        self.fault(flag, format!("- {flag}={least}"))
    }

    /// The same of the audit log's files, where there are any: a webhook alone keeps none here.
    pub(super) fn audit_log_at_least(&self, flag: &str, least: i128) -> Verdict<'a> {
        if self.is_set("--audit-webhook-config-file") && !self.is_set("--audit-log-path") {
            return Verdict::NotApplicable;
        }
        self.at_least(flag, least)
    }

    /// The address must be one that only the node itself reaches; all are the default.
    pub(super) fn loopback(&self, flag: &str) -> Verdict<'a> {
        let value = self.value(flag).unwrap_or_default();
        let local = value.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
        if local { Verdict::Holds } else { self.fault(flag, format!("- {flag}=127.0.0.1")) }
    }

    /// An admission plug-in that is off until it is named. The old `--admission-control` names all that are on.
    pub(super) fn needs_plugin(&self, plugin: &str) -> Verdict<'a> {
        const ENABLE: &str = "--enable-admission-plugins";
        let on = [ENABLE, ALL_PLUGINS].iter().flat_map(|flag| self.list(flag)).any(|name| name == plugin);
        if on {
            return Verdict::Holds;
        }
        let all = self.list(ENABLE).into_iter().filter(|name| !name.is_empty()).chain([plugin.to_owned()]);
        let fix = format!("- {ENABLE}={}", all.collect::<Vec<_>>().join(","));
        Verdict::Fault { place: self.place(ENABLE), says: format!("{plugin} is not on"), fix }
    }

    /// An admission plug-in that is on until it is named among the others.
    pub(super) fn keeps_plugin(&self, plugin: &str) -> Verdict<'a> {
        const DISABLE: &str = "--disable-admission-plugins";
        let all = self.list(ALL_PLUGINS);
        let missing = !all.is_empty() && !all.iter().any(|name| name == plugin);
        if !missing && !self.list(DISABLE).iter().any(|name| name == plugin) {
            return Verdict::Holds;
        }
        let place = self.place(if missing { ALL_PLUGINS } else { DISABLE });
        Verdict::Fault { place, says: format!("{plugin} is off"), fix: String::new() }
    }

    /// Judges the authorisation modes, where the flag sets them: `AlwaysAllow` without it.
    pub(super) fn modes(&self, holds: impl Fn(&[String]) -> bool) -> Verdict<'a> {
        const MODES: &str = "--authorization-mode";
        if self.is_set("--authorization-config") {
            return Verdict::NotApplicable;
        }
        if holds(&self.list(MODES)) { Verdict::Holds } else { self.fault(MODES, format!("- {MODES}=Node,RBAC")) }
    }

    /// The word for which the program ends at once.
    pub(super) fn refusal(&self) -> Option<(Option<Place<'a>>, String)> {
        let line = self.line_of_told_version();
        let Outcome::Fails(diagnostic) = line.outcome() else { return None };
        Some((self.word(diagnostic.word).map(|(_, place)| place), diagnostic.fault.to_string()))
    }

    /// The first flag that goes and whose setting has its place in another flag, or in none.
    pub(super) fn deprecated(&self) -> Option<(Option<Place<'a>>, String)> {
        let line = self.line_of_told_version();
        let goes = |fault: &Fault| matches!(fault, Fault::Deprecated { instead, .. } if *instead != cloister_flags::Instead::ConfigurationFile);
        let diagnostic = line.diagnostics().iter().find(|diagnostic| goes(&diagnostic.fault))?;
        Some((self.word(diagnostic.word).map(|(_, place)| place), diagnostic.fault.to_string()))
    }
}

/// Deprecated for longer than the tables reach back, and still read.
const ALL_PLUGINS: &str = "--admission-control";

/// Judges flags of etcd, unless a file holds them: then etcd reads no flags at all.
pub(super) fn etcd<'a>(flags: &Flags<'a>, judge: impl Fn(&Flags<'a>) -> Verdict<'a>) -> Verdict<'a> {
    if flags.is_set("--config-file") { Verdict::NotApplicable } else { judge(flags) }
}

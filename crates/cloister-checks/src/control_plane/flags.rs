//! What the flags of the control plane's programs come to, judged: effective values, as the program reads its words, and
//! the defaults of the version that runs (`cloister-flags`; the newest version where nothing tells which).

use cloister_flags::{Fault, Outcome, Value};
use cloister_inventory::Inventory;
use cloister_model::{Place, Resource};
use cloister_node::{Facts, Role};

use super::components::Home;
use super::{etcd_file, owners};
use crate::{Findings, Lacking, Need};

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
    /// It has nothing that could be judged so.
    NotApplicable,
    /// The flags do not say, since a file does which nobody showed: that of this flag.
    Untold(&'static str),
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
pub(crate) fn has_plugin(inventory: &Inventory, plugin: &str) -> bool {
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
            Verdict::Untold(flag) => untold(program, flags, flag, findings),
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

/// A file decides that nobody showed: nothing counts as held.
fn untold<'a>(program: &'static str, flags: &Flags<'a>, flag: &'static str, findings: &mut Findings<'a>) {
    findings.not_applicable();
    let file = flags.named(flag).unwrap_or_default();
    findings.lacks(
        Lacking::Input(Need::NodeOf(program)),
        format!("{program} is set by {file}, which is not in the input or could not be read"),
        format!("scan the facts of its node, collected with the right to read the file that {flag} names"),
    );
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

    /// The file that a flag names; for etcd's own, as the words name it.
    fn named(&self, flag: &str) -> Option<String> {
        self.value(flag).filter(|named| !named.is_empty())
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
        let (setting, fix) = (self.setting(flag), fix.into());
        if let Some(file) = self.file() {
            let missing = || (Some(etcd_file::place(file, flag)), format!("no {}", etcd_file::named(flag)));
            let (place, says) = setting.unwrap_or_else(missing);
            return Verdict::Fault { place, says, fix: etcd_file::fix(&fix) };
        }
        let (place, says) = setting.unwrap_or_else(|| (None, format!("no {flag}")));
        Verdict::Fault { place, says, fix }
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

    /// The flag must name a file, and one that could be read.
    pub(super) fn needs_file(&self, flag: &'static str, role: Role) -> Verdict<'a> {
        let facts = if let Home::Process(process) = self.home { Facts::of(process.resource()) } else { None };
        let lost = facts.is_some_and(|facts| facts.unread().any(|unread| unread.is(role)));
        match self.needs(&[flag]) {
            Verdict::Holds if lost => Verdict::Untold(flag),
            verdict => verdict,
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

    /// Judges the authorisation modes: those of the flag, `AlwaysAllow` without it, or those of the file that
    /// `--authorization-config` names.
    pub(super) fn modes(&self, inventory: &'a Inventory, holds: impl Fn(&[String]) -> bool) -> Verdict<'a> {
        const MODES: &str = "--authorization-mode";
        const FILE: &str = "--authorization-config";
        if !self.is_set(FILE) {
            let bad = || self.fault(MODES, format!("- {MODES}=Node,RBAC"));
            return if holds(&self.list(MODES)) { Verdict::Holds } else { bad() };
        }
        let Some(file) = owners::configuration(inventory, self, "AuthorizationConfiguration", FILE) else {
            return Verdict::Untold(FILE);
        };
        let types = file.root.items_at("authorizers").iter().filter_map(|it| it.str_at("type"));
        let types: Vec<String> = types.map(str::to_owned).collect();
        if holds(&types) {
            return Verdict::Holds;
        }
        let says = format!("authorizers of {FILE}: {}", types.join(", "));
        let fix = "authorizers:\n  - type: Node\n    name: node\n  - type: RBAC\n    name: rbac";
        Verdict::Fault { place: Some(Place::whole(file).at("authorizers")), says, fix: fix.to_owned() }
    }

    /// A switch for which the configuration of kind `kind` counts where `--config` names one: `field` of it, which is on
    /// by default.
    pub(super) fn switch_off_or(
        &self,
        inventory: &'a Inventory,
        flag: &str,
        (kind, field): (&'a str, &'a str),
    ) -> Verdict<'a> {
        const FILE: &str = "--config";
        if !self.is_set(FILE) {
            return self.switch(flag, false);
        }
        let Some(file): Option<&'a Resource> = owners::configuration(inventory, self, kind, FILE) else {
            return Verdict::Untold(FILE);
        };
        if file.root.bool_at(field) == Some(false) {
            return Verdict::Holds;
        }
        let says = match file.root.bool_at(field) {
            Some(_) => format!("{field}: true"),
            None => format!("no {field} in the file of {FILE}"),
        };
        Verdict::Fault { place: Some(Place::whole(file).at(field)), says, fix: format!("{field}: false") }
    }

    /// The word for which the program ends at once.
    pub(super) fn refusal(&self) -> Option<(Option<Place<'a>>, String)> {
        let line = self.line_of_told_version();
        let Outcome::Fails(diagnostic) = line.outcome() else { return None };
        Some((self.word(diagnostic.word).map(|(_, place)| place), diagnostic.fault.to_string()))
    }

    /// A port of the API server that is none. It cannot be switched off; for the other programs 0 does so.
    /// Source: `SecureServingOptions.Validate` with `Required`.
    pub(super) fn refused_port(&self) -> Option<(Option<Place<'a>>, String)> {
        const PORT: &str = "--secure-port";
        let port = self.effective(PORT).number()?;
        let says = || format!("{PORT} is {port}, and must be a port from 1 to 65535");
        (!(1..=65535).contains(&port)).then(|| (self.place(PORT), says()))
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

/// Judges what etcd is set to: by its file, where it has one.
pub(super) fn etcd<'a>(flags: &Flags<'a>, judge: impl Fn(&Flags<'a>) -> Verdict<'a>) -> Verdict<'a> {
    if flags.is_unseen() { Verdict::Untold(etcd_file::FLAG) } else { judge(flags) }
}

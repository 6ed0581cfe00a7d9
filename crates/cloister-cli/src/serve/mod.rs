//! `cloister serve`: the hub.

pub mod args;
mod keep;
mod oidc;
mod people;
mod reach;
mod store;
mod timestamps;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use cloister_assessment::{FailOn, Judged};
use cloister_frameworks::Framework;
use cloister_hub::{
    AlertsFile, Assessed, Config, Followed, Hub, KeepDays, Limits, Listen, Quota, Report, RuleFiles, Snapshot, Watch,
    supplement,
};
use cloister_manifest::Interner;
use cloister_model::{Diagnostic, Origin, Severity};
use cloister_source::HelmOptions;
use cloister_source::cluster::{ClusterRead, ClusterRequest, Follower};

use crate::input::Sources;
use crate::memory;
use crate::scan::{Terms, assessed, nothing_to_assess, title};
use crate::way_out::failure;
use args::Serve;

/// What decisions that were made in pages are said to be written in.
const DECISIONS: &str = "decisions of the hub";

/// What is read of a folder that --alerts names.
const ALERTS: &str = "alerts.yaml";

/// Listens until the process ends.
pub fn run(asked: &Serve) -> anyhow::Result<ExitCode> {
    let named = !asked.watch.is_empty() || asked.live.is_named() || !asked.node_facts.is_empty();
    if !named {
        return Err(failure("nothing to watch", "name a folder, --watch PATH, or a cluster, --cluster"));
    }
    let missing = asked.watch.iter().find(|path| !path.exists());
    if let Some(path) = missing {
        return Err(failure(format!("{} is not there", path.display()), "name a file or folder that is, --watch PATH"));
    }
    let source = source_name(asked)?;
    let tokens = reach::tokens(asked)?;
    reach::allowed(asked, &tokens)?;
    let (alerts, nobody) = alerts(asked)?;
    let rules = rules(asked)?;
    let tls = reach::tls(asked)?;
    let timestamps = timestamps::of(&asked.timestamps)?;
    let socket = reach::bind(asked.listen)?;
    let address = socket.local_addr()?;
    let store = store::open(asked)?;
    let kept = keep::open(asked, &source)?;
    let hub = Hub::new(Config {
        tokens,
        log: Some(kept.log),
        hosts: reach::hosts(asked, address),
        secure: asked.behind_tls || tls.is_some(),
        proxied: asked.behind_tls,
        kubernetes: people::of_cluster(asked, &source)?,
        oidc: oidc::of_issuer(&asked.oidc)?,
        say: Some(reach::say),
        cookie: format!("cloister-{}", address.port()),
        folder: Some(kept.folder),
        shared: store.is_some(),
        store,
        alerts,
        rules,
        keep_days: KeepDays(asked.keep),
        quota: Quota(asked.quota << 20),
        timestamps,
    })?;
    if hub.config.shared {
        hub.start_replicas()?;
    }
    hub.start_keeping()?;
    hub.start_timestamps()?;
    hub.start_alerts()?;
    watch(asked, source.clone())?.start(&hub)?;
    if let Some(forward) = asked.forward {
        reach::forward(&hub, forward, &source)?;
    }
    reach::greet(&hub, (asked, address), (&source, &(kept.told + &nobody)))?;
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get).clamp(2, 8);
    cloister_hub::serve(hub, Listen { socket, limits: Limits::default(), tls }, workers)?;
    Ok(ExitCode::SUCCESS)
}

/// Who is told, and what whoever starts the hub must know where nobody is: a folder, such as a volume of a cluster, need not
/// hold the file yet.
fn alerts(asked: &Serve) -> anyhow::Result<(Option<AlertsFile>, String)> {
    let Some(path) = &asked.alerts else { return Ok((None, String::new())) };
    let inside = path.join(ALERTS);
    if path.is_dir() && !inside.exists() {
        let told = format!(
            "  alerts   nobody is told: {} is not there, and counts from the next start on\n",
            inside.display()
        );
        return Ok((None, told));
    }
    let file = if path.is_dir() { &inside } else { path };
    Ok((Some(crate::alert::file(file)?), String::new()))
}

/// Rules of the user's own; each fault of them is told with its place.
fn rules(asked: &Serve) -> anyhow::Result<Option<RuleFiles>> {
    if asked.rules.is_empty() {
        return Ok(None);
    }
    RuleFiles::read(&asked.rules).map(Some).map_err(|faults| crate::audit::rules::refused(&faults))
}

/// The name in addresses: small letters, digits, dots and hyphens.
fn source_name(asked: &Serve) -> anyhow::Result<Arc<str>> {
    let from = match (&asked.name, &asked.live.context) {
        (Some(name), _) => name.clone(),
        (None, Some(context)) if asked.watch.is_empty() => context.clone(),
        _ if asked.watch.is_empty() => "cluster".to_owned(),
        _ => {
            let paths: Vec<String> = asked.watch.iter().map(|path| path.to_string_lossy().into_owned()).collect();
            title(&paths)
        }
    };
    let plain = |sign: char| if sign.is_ascii_alphanumeric() || sign == '.' { sign.to_ascii_lowercase() } else { '-' };
    let name: String = from.chars().map(plain).take(63).collect();
    let name = name.trim_matches(['-', '.']);
    if name.is_empty() {
        return Err(failure("what is watched has no name that can stand in an address", "give it one: --name NAME"));
    }
    if asked.name.as_deref().is_some_and(|given| given != name) {
        return Err(failure("--name takes small letters, digits, dots and hyphens", format!("such as --name {name}")));
    }
    Ok(name.into())
}

fn watch(asked: &Serve, source: Arc<str>) -> anyhow::Result<Watch> {
    let paths: Vec<PathBuf> = asked.watch.iter().chain(&asked.node_facts).cloned().collect();
    let follower = follower(asked)?.map(Arc::new);
    let sources = {
        let (watch, facts, namespaces) = (asked.watch.clone(), asked.node_facts.clone(), asked.namespace.clone());
        move |cluster: Option<ClusterRead>| Sources {
            paths: watch.clone(),
            node_facts: facts.clone(),
            read: cluster,
            helm: HelmOptions { namespace: namespaces.first().cloned(), ..HelmOptions::default() },
            ..Sources::default()
        }
    };
    let frameworks: Vec<&'static Framework> =
        cloister_frameworks::names().filter_map(cloister_frameworks::by_name).collect();
    let followed = follower.clone();
    let judged = Mutex::new(Judged::default());
    let assess = move |decisions: &str, before: Option<&Snapshot>| {
        memory::give_back_now();
        let cluster = followed.as_ref().map(|follower| follower.read().map_err(|why| told(&why))).transpose()?;
        // Of an assessment that ended by a fault nothing is taken again.
        let mut judged = judged.lock().unwrap_or_else(|fault| {
            judged.clear_poison();
            let mut guard = fault.into_inner();
            *guard = Judged::default();
            guard
        });
        Ok(assess((sources(cluster), decisions), &frameworks, before, &mut judged))
    };
    let followed = follower.map(|follower| -> Box<dyn Followed> { Box::new(Cluster(follower)) });
    Ok(Watch { source, paths, followed, every: asked.every, assess: Box::new(assess) })
}

/// A cluster that is followed.
struct Cluster(Arc<Follower>);

impl Followed for Cluster {
    fn changes(&self) -> u64 {
        self.0.changes()
    }

    fn came(&self, until: u64) -> Vec<Instant> {
        self.0.came(until)
    }
}

/// Follows the cluster, where one is named.
fn follower(asked: &Serve) -> anyhow::Result<Option<Follower>> {
    if !asked.live.is_named() {
        return Ok(None);
    }
    let request = ClusterRequest {
        kubeconfig: asked.live.kubeconfig.clone(),
        context: asked.live.context.clone(),
        namespaces: asked.namespace.clone(),
    };
    Ok(Some(Follower::start(request, asked.every)?))
}

/// Cause and way out in one line.
fn told(why: &Diagnostic) -> String {
    let help = why.help.as_deref().map(|help| format!("; {help}"));
    format!("{}: {}{}", why.file, why.message, help.unwrap_or_default())
}

/// Reads everything and assesses it, as a scan does; with what was decided in pages.
fn assess(
    (sources, decisions): (Sources, &str),
    frameworks: &[&'static Framework],
    before: Option<&Snapshot>,
    judged: &mut Judged,
) -> Assessed {
    let mut input = sources.read(&|_| {});
    input.subject.title = title(&input.subject.targets);
    if input.resources.is_empty() {
        nothing_to_assess(&mut input);
    }
    let origin = Origin::File(DECISIONS.into());
    let parsed = cloister_manifest::parse(decisions, &origin, 1, &mut Interner::default());
    input.resources.extend(parsed.resources);
    let fail_on = FailOn::Severity(Severity::High);
    let terms = Terms { frameworks, fail_on, baseline: None, today: None, judged: Some(judged), ends: false };
    assessed(input, terms, |assessment, (inventory, register)| Assessed {
        report: Report::of(assessment, before),
        more: supplement(inventory, register, assessment, before.map(|before| &*before.more))
            .with_objects(inventory.clone()),
    })
}

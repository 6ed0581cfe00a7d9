//! The hub itself: what it knows, and what changes it.

mod taking;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use cloister_evidence::Kind;
use cloister_store::Store;
use jiff::{Timestamp, Zoned};
use serde_json::json;

use crate::alerts::{Alerts, AlertsFile};
use crate::breaches::Breaches;
use crate::decisions::{self, Decision, What, Withdrawn};
use crate::detections::rules::{RuleFiles, RulesInForce};
use crate::evidence::Log;
use crate::happened::Happened;
use crate::http::Problem;
use crate::ingest::Ingest;
use crate::keep::{self, Keep, Run};
use crate::live::Live;
use crate::numbers::Numbers;
use crate::read::BadReport;
use crate::replicas::{Decided, Duties, watch};
use crate::retention::{KeepDays, Quota};
use crate::scanners::Scanners;
use crate::snapshot::Snapshot;
use crate::sources::watch::Wake;
use crate::timestamps::Timestamping;
use crate::who::Who;
use crate::who::kubernetes::Kubernetes;
use crate::who::limits::Buckets;
use crate::who::oidc::Oidc;
use crate::who::secret;
use crate::who::sessions::{Sessions, no_random};
use crate::who::tokens::Tokens;

/// What a hub is begun with.
#[derive(Debug, Default)]
pub struct Config {
    /// Of people and agents.
    pub tokens: Tokens,
    /// The record, where one is kept.
    pub log: Option<Log>,
    /// Host names under which it is reached, with ports where not the usual ones.
    pub hosts: Vec<String>,
    /// Whether browsers reach it by TLS.
    pub secure: bool,
    /// Whether a proxy stands before it, which says from where requests come.
    pub proxied: bool,
    /// People of a cluster, where they may sign in.
    pub kubernetes: Option<Kubernetes>,
    /// People of an issuer of OpenID Connect, where they may sign in.
    pub oidc: Option<Oidc>,
    /// Told what whoever runs the hub must know.
    pub say: Option<fn(&str)>,
    /// The name of the cookie: of several hubs on one host each has its own.
    pub cookie: String,
    /// Where it keeps what it must remember; in memory alone without it.
    pub folder: Option<std::path::PathBuf>,
    /// Another store than a file in that folder.
    pub store: Option<Arc<dyn Store>>,
    /// Whether other hubs may be at work on that store, too.
    pub shared: bool,
    /// How long all assessments are kept.
    pub keep_days: KeepDays,
    /// How much an agent may have recorded a day.
    pub quota: Quota,
    /// Who stamps the record's head with the time; nobody without it.
    pub timestamps: Option<Timestamping>,
    /// Who is told of what; nobody without it.
    pub alerts: Option<AlertsFile>,
    /// Rules over audit events of one's own; those that come with the program without any.
    pub rules: Option<RuleFiles>,
}

/// A source: its last assessment, and how it fares.
#[derive(Debug, Default)]
struct Source {
    snapshot: Option<Arc<Snapshot>>,
    /// What this process came to itself, where another one records: its texts and objects stand beside what is on record.
    beside: Option<Arc<Snapshot>>,
    /// Whether the last assessment was lost, since log or store failed.
    is_lost: bool,
    /// Why the last attempt came to nothing.
    trouble: Option<String>,
    /// To have it assessed anew; none for what agents hand in.
    wake: Option<Wake>,
    /// Whether this process has told what came of it.
    told: bool,
}

/// The service's state.
#[derive(Debug)]
pub struct Hub {
    /// As it was begun.
    pub config: Config,
    /// Who is signed in.
    pub sessions: Sessions,
    /// Who asks how often.
    pub buckets: Buckets,
    /// Open pages.
    pub live: Live,
    /// Breaches, as far as they are held in memory.
    pub breaches: Breaches,
    /// What comes in.
    pub ingest: Ingest,
    /// What other scanners said.
    pub scanners: Scanners,
    /// For Prometheus.
    pub numbers: Numbers,
    /// What this one of several hubs does for all of them.
    pub duties: Duties,
    /// Decisions that were made here.
    pub(crate) decided: Decided,
    /// What it remembers. Its calls block.
    pub store: Arc<dyn Store>,
    /// Who is told of what, and who was.
    pub alerts: Option<Alerts>,
    /// Rules over audit events, as they are in force.
    pub rules: RulesInForce,
    pub(crate) keep: Keep,
    sources: RwLock<BTreeMap<Arc<str>, Source>>,
    /// One report is taken in at a time.
    taking: Mutex<()>,
}

/// Why something was not taken or done.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// The report.
    #[error(transparent)]
    Report(#[from] BadReport),
    /// It is older than what is known.
    #[error("it was made at {0}, before the one that is known")]
    Older(String),
    /// A watched source is assessed here.
    #[error("{0} is watched by the hub itself: hand in under another name")]
    Watched(String),
    /// There are too many sources.
    #[error("there are {0} sources already")]
    TooMany(usize),
    /// It had recorded enough today.
    #[error(
        "{source_name} had {mib} MiB of assessments recorded today, and no more is taken before tomorrow (UTC): \
         hand in less often, or only what changed; the hub's --quota says how much is taken"
    )]
    Quota {
        /// The source.
        source_name: String,
        /// The quota.
        mib: u64,
        /// In so many seconds there is room again.
        wait: u64,
    },
    /// The record.
    #[error("it could not be recorded: {0}")]
    Record(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] cloister_store::Error),
}

impl Refused {
    /// What is said of it.
    pub fn problem(&self) -> Problem {
        let status = match self {
            Refused::Report(_) => 422,
            Refused::Older(_) | Refused::Watched(_) => 409,
            Refused::TooMany(_) => 507,
            Refused::Quota { .. } => 429,
            Refused::Record(_) => 503,
            Refused::Store(why) => return Problem::stored(why),
        };
        let wait = if let Refused::Quota { wait, .. } = self { Some(*wait) } else { None };
        Problem { wait, ..Problem::new(status, self.to_string()) }
    }
}

impl Hub {
    /// Begins one.
    pub fn new(mut config: Config) -> Result<Arc<Hub>, cloister_store::Error> {
        let folder = config.folder.as_deref();
        let store = config.store.clone().map_or_else(|| keep::store(folder), Ok)?;
        let keep = Keep::open(store.clone(), folder)?;
        let base = base(&config);
        let rules = RulesInForce::new(config.rules.take());
        let alerts = config.alerts.take();
        let duties = Duties::default();
        if config.shared {
            duties.share().map_err(no_random)?;
        }
        let alerts = alerts.map(|file| Alerts::open(file, base, &*store, (Timestamp::now(), !config.shared)));
        let alerts = alerts.transpose()?;
        let known = keep.snapshots()?.into_iter().map(|snapshot| {
            let source = Source { snapshot: Some(snapshot.clone()), ..Source::default() };
            (snapshot.source.clone(), source)
        });
        let sources = RwLock::new(known.collect());
        let hub = Arc::new(Hub {
            sessions: Sessions::new(store.clone(), config.shared),
            buckets: Buckets::default(),
            live: Live::default(),
            breaches: Breaches::default(),
            ingest: Ingest::default(),
            scanners: Scanners::default(),
            numbers: Numbers::default(),
            duties,
            decided: Decided::default(),
            config,
            store,
            alerts,
            rules,
            keep,
            sources,
            taking: Mutex::default(),
        });
        hub.tell_clocks()?;
        hub.may_have_missed();
        Ok(hub)
    }

    /// A link that signs in once as administrator, to be shown to whoever started the hub.
    pub fn link(&self, name: &str) -> std::io::Result<String> {
        self.sessions.link(name, Timestamp::now())
    }

    fn sources_mut(&self) -> std::sync::RwLockWriteGuard<'_, BTreeMap<Arc<str>, Source>> {
        self.sources.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn sources(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<Arc<str>, Source>> {
        self.sources.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// A source is watched here.
    pub fn watched(&self, source: Arc<str>, wake: Wake) {
        self.duties.want(&*self.store, &watch(&source));
        self.sources_mut().entry(source).or_default().wake = Some(wake);
    }

    /// Shows it.
    pub(crate) fn show(&self, source: &Arc<str>, snapshot: Arc<Snapshot>) {
        self.sources_mut().entry(source.clone()).or_default().snapshot = Some(snapshot);
    }

    /// Keeps what this process came to itself.
    pub(crate) fn keep_beside(&self, source: &Arc<str>, own: Arc<Snapshot>) {
        self.sources_mut().entry(source.clone()).or_default().beside = Some(own);
    }

    /// What this process came to itself, where another one records.
    pub(crate) fn beside(&self, source: &str) -> Option<Arc<Snapshot>> {
        self.sources().get(source)?.beside.clone()
    }

    /// How the watch fares.
    pub fn tell_watch(&self, source: &Arc<str>, trouble: Option<String>) {
        if let Some(alerts) = self.alerts.as_ref().filter(|_| self.duties.has(&watch(source))) {
            alerts.source(&*self.store, source, trouble.as_deref(), Timestamp::now());
        }
        self.sources_mut().entry(source.clone()).or_default().trouble = trouble;
    }

    /// The names of all sources.
    pub fn names(&self) -> Vec<Arc<str>> {
        self.sources().keys().cloned().collect()
    }

    /// What is known of a source.
    pub fn snapshot(&self, source: &str) -> Option<Arc<Snapshot>> {
        self.sources().get(source)?.snapshot.clone()
    }

    /// Whether there is such a source, why its last assessment failed, and whether it is watched here.
    pub fn state(&self, source: &str) -> Option<(Option<String>, bool)> {
        self.sources().get(source).map(|source| (source.trouble.clone(), source.wake.is_some()))
    }

    /// Runs of a source, the oldest first.
    pub fn runs(&self, source: &str) -> Vec<Run> {
        self.keep.runs(source)
    }

    /// Decisions for a source, the newest first.
    pub fn decisions(&self, source: &str) -> Result<Vec<Decision>, Refused> {
        Ok(self.keep.decisions(source)?)
    }

    /// Decisions in force for a source, as documents of the register.
    pub fn documents(&self, source: &str) -> Result<String, Refused> {
        let known = self.keep.decisions(source).inspect_err(|_| self.is_lost(source))?;
        Ok(decisions::documents(&known, Zoned::now().date()))
    }

    /// Decides: recorded first, in force with the next assessment, which begins at once.
    pub fn decide(
        &self,
        source: &str,
        what: What,
        (reason, expires): (String, jiff::civil::Date),
        who: &Who,
    ) -> Result<Decision, Refused> {
        let id = secret::new().map_err(|error| Refused::Record(error.to_string()))?;
        let id: String = id.chars().filter(char::is_ascii_alphanumeric).take(12).collect::<String>().to_lowercase();
        let (source, who, at) = (source.to_owned(), who.name.clone(), Timestamp::now());
        let decision = Decision { id, source, what, reason, who, at, expires, withdrawn: None };
        self.record(kind_of(&decision), &json!({"decided": decision}))?;
        self.keep.decide(&decision)?;
        self.decided(&decision);
        Ok(decision)
    }

    /// Takes a decision back; `None` where none of this name is in force.
    pub fn withdraw(&self, source: &str, id: &str, reason: String, who: &Who) -> Result<Option<Decision>, Refused> {
        let known = self.keep.decisions(source)?.into_iter().find(|one| one.id == id && one.withdrawn.is_none());
        let Some(decision) = known else { return Ok(None) };
        let withdrawn = Withdrawn { who: who.name.clone(), at: Timestamp::now(), reason };
        let taken_back = Decision { withdrawn: Some(withdrawn.clone()), ..decision.clone() };
        self.record(kind_of(&decision), &json!({"withdrawn": taken_back}))?;
        let decision = self.keep.withdraw(&decision, &withdrawn)?;
        decision.iter().for_each(|decision| self.decided(decision));
        Ok(decision)
    }

    fn decided(&self, decision: &Decision) {
        if self.duties.are_shared() {
            self.decided.here(decision);
        }
        self.assess_anew(&decision.source);
        self.happened(&Happened::Decided(decision));
    }

    /// Has a source assessed at once, where it is watched here and this hub records it.
    pub(crate) fn assess_anew(&self, source: &str) {
        if self.duties.has(&watch(source)) {
            self.wake(source);
        }
    }

    fn wake(&self, source: &str) {
        if let Some(wake) = self.sources().get(source).and_then(|source| source.wake.as_ref()) {
            wake.wake();
        }
    }

    /// What the log of this hub is called, where others have logs of their own; empty where there is no other.
    pub(crate) fn log_name(&self) -> &str {
        self.config.log.as_ref().filter(|_| self.duties.are_shared()).map_or("", |log| log.verifier().name())
    }

    pub(crate) fn lock_taking(&self) -> std::sync::MutexGuard<'_, ()> {
        self.taking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells whoever runs the hub.
    pub fn say(&self, what: &str) {
        if let Some(say) = self.config.say {
            say(what);
        }
    }

    /// Records something, where there is a record.
    pub fn record(&self, kind: Kind, said: &serde_json::Value) -> Result<(), Refused> {
        match &self.config.log {
            Some(log) => {
                let begun = std::time::Instant::now();
                let recorded = log.record(kind, said).map(|_| ()).map_err(Refused::Record);
                self.numbers.observe("cloister_hub_evidence_append_seconds", begun.elapsed());
                recorded
            }
            None => Ok(()),
        }
    }
}

/// Where browsers find it, as far as it is known.
fn base(config: &Config) -> String {
    let scheme = if config.secure { "https" } else { "http" };
    config.hosts.first().map_or(String::new(), |host| format!("{scheme}://{host}"))
}

fn kind_of(decision: &Decision) -> Kind {
    match decision.what {
        What::Exception { .. } => Kind::Exception,
        What::Attestation { .. } => Kind::Attestation,
    }
}

//! The hub itself: what it knows, and what changes it.

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
use crate::ingest::Ingest;
use crate::keep::{self, Keep, Run, body, recorded};
use crate::live::Live;
use crate::numbers::Numbers;
use crate::read::{BadReport, Report};
use crate::retention::{KeepDays, Quota};
use crate::scanners::Scanners;
use crate::snapshot::Snapshot;
use crate::sources::supplement::Supplement;
use crate::sources::watch::Wake;
use crate::timestamps::Timestamping;
use crate::who::Who;
use crate::who::kubernetes::Kubernetes;
use crate::who::limits::Buckets;
use crate::who::oidc::Oidc;
use crate::who::secret;
use crate::who::sessions::Sessions;
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

/// More sources are not kept in memory.
const MOST_SOURCES: usize = 200;

impl Hub {
    /// Begins one.
    pub fn new(mut config: Config) -> Result<Arc<Hub>, cloister_store::Error> {
        let folder = config.folder.as_deref();
        let store = config.store.clone().map_or_else(|| keep::store(folder), Ok)?;
        let keep = Keep::open(store.clone(), folder)?;
        let base = base(&config);
        let rules = RulesInForce::new(config.rules.take());
        let alerts = config.alerts.take();
        let alerts = alerts.map(|file| Alerts::open(file, base, &*store, Timestamp::now())).transpose()?;
        let known = keep.snapshots()?.into_iter().map(|snapshot| {
            let source = Source { snapshot: Some(snapshot.clone()), ..Source::default() };
            (snapshot.source.clone(), source)
        });
        let sources = RwLock::new(known.collect());
        let hub = Arc::new(Hub {
            config,
            sessions: Sessions::new(store.clone()),
            buckets: Buckets::default(),
            live: Live::default(),
            breaches: Breaches::default(),
            ingest: Ingest::default(),
            scanners: Scanners::default(),
            numbers: Numbers::default(),
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
        self.sources_mut().entry(source).or_default().wake = Some(wake);
    }

    /// How the watch fares.
    pub fn tell_watch(&self, source: &Arc<str>, trouble: Option<String>) {
        if let Some(alerts) = &self.alerts {
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

    /// Takes an assessment that an agent hands in. Whether it says something new.
    pub fn hand_in(&self, source: &str, json: &[u8]) -> Result<bool, Refused> {
        {
            let sources = self.sources();
            if sources.get(source).is_some_and(|source| source.wake.is_some()) {
                return Err(Refused::Watched(source.to_owned()));
            }
            if !sources.contains_key(source) && sources.len() >= MOST_SOURCES {
                return Err(Refused::TooMany(MOST_SOURCES));
            }
        }
        let (bytes, wait) = recorded::today(&*self.store, source, Timestamp::now())?;
        let quota = self.config.quota.0;
        if bytes >= quota {
            return Err(Refused::Quota { source_name: source.to_owned(), mib: quota >> 20, wait });
        }
        self.take_report(&source.into(), Report::read(json)?, (Supplement::default(), Some(json)))
    }

    /// Takes an assessment that was made here: it is recorded, and replaces what was known. Whether it says something new.
    pub fn take(&self, source: &Arc<str>, report: Report, more: Supplement) -> Result<bool, Refused> {
        // What was made just now is the newest, even if the clock jumped back.
        self.take_report(source, report, (more, None))
    }

    fn take_report(
        &self,
        source: &Arc<str>,
        report: Report,
        (more, handed_in): (Supplement, Option<&[u8]>),
    ) -> Result<bool, Refused> {
        let _one = self.taking.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.snapshot(source);
        if let Some(before) = before.as_ref().filter(|before| handed_in.is_some() && is_older(&report, &before.report))
        {
            return Err(Refused::Older(before.report.assessed_at.clone()));
        }
        let snapshot = Arc::new(Snapshot::after(before.as_deref(), source.clone(), report, more));
        let is_new = self.keep.last(source).is_none_or(|run| run.digest != snapshot.digest);
        let run = if is_new {
            self.record_run(before.as_deref(), &snapshot, handed_in)
                // It may be in the log and not in the store: two entries must not both go on from the one before.
                .inspect_err(|_| self.keep.begin_anew(source))?
        } else {
            self.keep.last(source)
        };
        let told = {
            let mut sources = self.sources_mut();
            let known = sources.entry(source.clone()).or_default();
            known.snapshot = Some(snapshot.clone());
            std::mem::replace(&mut known.told, true)
        };
        if let Some(run) = run.filter(|_| is_new || !told) {
            self.happened(&Happened::Assessed { before: before.as_ref(), now: &snapshot, run: &run });
        }
        Ok(is_new)
    }

    /// Into the log and the store: what was made here by what changed, where that is of use; what was handed in as it came.
    fn record_run(
        &self,
        before: Option<&Snapshot>,
        now: &Snapshot,
        handed_in: Option<&[u8]>,
    ) -> Result<Option<Run>, Refused> {
        let at = Timestamp::now();
        let body = handed_in.map_or_else(|| self.keep.body(before, now, at), body::handed_in);
        let mut entry = None;
        if let Some(log) = &self.config.log {
            let number = log.record_in(Kind::Assessment, body.form, &body.bytes).map_err(Refused::Record)?;
            recorded::entry(&*self.store, &now.source, (number, body.is_whole()), at)?;
            entry = Some(number);
        }
        Ok(self.keep.run(now, (body, entry), at)?)
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
        Ok(decisions::documents(&self.keep.decisions(source)?, Zoned::now().date()))
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
        if let Some(wake) = self.sources().get(decision.source.as_str()).and_then(|source| source.wake.as_ref()) {
            wake.wake();
        }
        self.happened(&Happened::Decided(decision));
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

fn is_older(new: &Report, known: &Report) -> bool {
    let time = |report: &Report| report.assessed_at.parse::<Timestamp>().ok();
    time(new).zip(time(known)).is_some_and(|(new, known)| new < known)
}

//! The rules that judge: those of the program, and one's own, whose files are read again when they change.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use cloister_evidence::Kind;
use cloister_model::Diagnostic;
use cloister_rules::{Origin, Rule, Rules};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::Hub;

/// So often files are looked at.
const LOOK: Duration = Duration::from_secs(1);
/// Larger files hold no rules.
const LARGEST: u64 = 1 << 20;
/// More files are not read.
const MOST_FILES: usize = 200;
/// So many faults are told in one line.
const TOLD: usize = 5;

/// Rules of one's own, with the files and folders that they stand in.
#[derive(Debug)]
pub struct RuleFiles {
    paths: Vec<PathBuf>,
    /// What they say, with those of the program.
    pub rules: Arc<Rules>,
    /// Of what was read last, good or broken.
    digest: [u8; 32],
}

type Texts = Vec<(String, String)>;

impl RuleFiles {
    /// Reads them.
    ///
    /// # Errors
    /// All that is wrong with them, with file and line.
    pub fn read(paths: &[PathBuf]) -> Result<RuleFiles, Vec<Diagnostic>> {
        let texts = texts(paths).map_err(|fault| vec![*fault])?;
        let digest = digest(&texts);
        Ok(RuleFiles { paths: paths.to_vec(), rules: Arc::new(Rules::with_own(&texts)?), digest })
    }

    /// What they say now, where that is something else than what was read last. Files that are gone for a moment, as while
    /// a mounted folder is replaced, are what they were.
    fn changed(&mut self) -> Option<Result<Arc<Rules>, String>> {
        let texts = texts(&self.paths).ok()?;
        let digest = digest(&texts);
        if digest == self.digest {
            return None;
        }
        self.digest = digest;
        Some(Rules::with_own(&texts).map(Arc::new).map_err(|faults| told(&faults)))
    }
}

/// Faults in one line: where, what, and the way out.
fn told(faults: &[Diagnostic]) -> String {
    let one = |fault: &Diagnostic| {
        let at = fault.line.map(|line| format!(":{line}")).unwrap_or_default();
        let help = fault.help.as_deref().map(|help| format!(" ({help})")).unwrap_or_default();
        format!("{}{at}: {}{help}", fault.file, fault.message)
    };
    let mut all: Vec<String> = faults.iter().take(TOLD).map(one).collect();
    if faults.len() > TOLD {
        all.push(format!("and {} more", faults.len() - TOLD));
    }
    all.join("; ")
}

/// Names and texts of all files, those of a folder in the order of their names.
fn texts(paths: &[PathBuf]) -> Result<Texts, Box<Diagnostic>> {
    let wrong = |path: &Path, cause: String, help: &str| {
        Box::new(Diagnostic::error(path.display().to_string(), cause).help(help))
    };
    let mut files: Vec<PathBuf> = Vec::new();
    for path in paths {
        let about =
            fs::metadata(path).map_err(|why| wrong(path, without_number(&why), "name files or folders of rules"))?;
        if !about.is_dir() {
            files.push(path.clone());
            continue;
        }
        let inside = fs::read_dir(path).map_err(|why| wrong(path, without_number(&why), "check who may read it"))?;
        let mut inside: Vec<PathBuf> =
            inside.filter_map(|entry| Some(entry.ok()?.path())).filter(|it| is_of_rules(it)).collect();
        inside.sort();
        files.extend(inside);
    }
    if files.len() > MOST_FILES {
        let first = files.first().cloned().unwrap_or_default();
        return Err(wrong(
            &first,
            format!("is one of {} files of rules", files.len()),
            "200 at the most are read: put rules together",
        ));
    }
    let text = |file: &PathBuf| {
        let about =
            fs::metadata(file).map_err(|why| wrong(file, without_number(&why), "name files or folders of rules"))?;
        if !about.is_file() || about.len() > LARGEST {
            return Err(wrong(file, "is no file of at most 1 MiB".to_owned(), "name files of rules"));
        }
        let text =
            fs::read_to_string(file).map_err(|why| wrong(file, without_number(&why), "check who may read it"))?;
        Ok((file.display().to_string(), text))
    };
    files.iter().map(text).collect()
}

/// The cause alone, without the number that the system gives it.
fn without_number(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or_default().to_owned()
}

/// What lies in a folder of rules: YAML, and nothing hidden.
fn is_of_rules(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or(".");
    let ending = path.extension().and_then(|ending| ending.to_str());
    !name.starts_with('.') && matches!(ending, Some("yaml" | "yml")) && path.is_file()
}

fn digest(texts: &Texts) -> [u8; 32] {
    let mut hash = Sha256::new();
    for (file, text) in texts {
        for part in [file, text] {
            hash.update(part.len().to_le_bytes());
            hash.update(part);
        }
    }
    hash.finalize().into()
}

/// The rules as they are in force, and how reading them again fares.
#[derive(Debug)]
pub struct RulesInForce {
    now: RwLock<Arc<Rules>>,
    files: Mutex<Option<RuleFiles>>,
    trouble: Mutex<Option<String>>,
    looked: Mutex<Option<Instant>>,
}

impl RulesInForce {
    /// Those of the files; those of the program without any.
    pub fn new(files: Option<RuleFiles>) -> RulesInForce {
        let now = files.as_ref().map_or_else(|| Arc::new(Rules::builtin()), |files| files.rules.clone());
        RulesInForce {
            now: RwLock::new(now),
            files: Mutex::new(files),
            trouble: Mutex::default(),
            looked: Mutex::default(),
        }
    }

    /// They.
    pub fn now(&self) -> Arc<Rules> {
        self.now.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Why what stands in the files is not in force.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether there are rules of one's own.
    pub fn are_own(&self) -> bool {
        self.files.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn tell(&self, hub: &Hub, trouble: Option<String>) {
        if let (Some(why), Some(say)) = (&trouble, hub.config.say) {
            say(&format!("the rules of before stay in force: {why}"));
        }
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }

    /// Takes what changed in the files, when it is on record. Whether other rules are in force now.
    pub fn look(&self, hub: &Hub) -> bool {
        {
            let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
            if looked.is_some_and(|at| at.elapsed() < LOOK) {
                return false;
            }
            *looked = Some(Instant::now());
        }
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(known) = files.as_mut() else { return false };
        let before = known.digest;
        let (said, taken) = match known.changed() {
            None => return false,
            Some(Ok(rules)) => (described(&rules, &known.digest), Ok(rules)),
            Some(Err(why)) => (json!({"rules": {"refused": why}}), Err(why)),
        };
        if let Err(why) = hub.record(Kind::Configuration, &said) {
            // Not in force before it is on record: it is looked at again.
            known.digest = before;
            self.tell(hub, Some(why.to_string()));
            return false;
        }
        match taken {
            Ok(rules) => {
                known.rules = rules.clone();
                *self.now.write().unwrap_or_else(PoisonError::into_inner) = rules;
                self.tell(hub, None);
                if let Some(say) = hub.config.say {
                    say("the rules were read again, and are in force");
                }
                true
            }
            Err(why) => {
                self.tell(hub, Some(why));
                false
            }
        }
    }

    /// Puts on record by which rules of one's own is judged.
    pub fn begin(&self, hub: &Hub) {
        let said = {
            let files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
            files.as_ref().map(|files| described(&files.rules, &files.digest))
        };
        if let Some(Err(why)) = said.map(|said| hub.record(Kind::Configuration, &said)) {
            self.tell(hub, Some(why.to_string()));
        }
    }
}

/// For the record: which rules are other than the program's.
fn described(rules: &Rules, digest: &[u8; 32]) -> Value {
    let of = |origin: Origin| -> Vec<Value> {
        let one = |rule: &Rule| json!({"name": rule.name, "file": rule.place.0, "line": rule.place.1});
        rules.all().iter().filter(|rule| rule.origin == origin).map(one).collect()
    };
    let off: Vec<Value> = rules
        .off()
        .iter()
        .map(|one| json!({"name": one.rule.name, "reason": one.reason, "file": one.place.0}))
        .collect();
    let digest: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    json!({"rules": {"inForce": rules.all().len(), "own": of(Origin::Own), "inPlace": of(Origin::InPlace), "off": off, "sha256": digest}})
}

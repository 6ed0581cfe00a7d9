//! What stands in the audit log of requests that somebody would ask for after a breach, and how much of the log is kept.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::observe::{See, with_token};
use super::scenarios::Scenario;
use super::server::Running;
use crate::service::wait_for;

/// A request: its method and its path. Bodies are empty objects, which the server refuses after it has logged them.
type Asked = (&'static str, &'static str);

const INCOMPLETE: &[Asked] = &[
    ("GET", "/api/v1/namespaces/default/secrets"),
    ("GET", "/api/v1/namespaces/default/secrets/not-there"),
    ("POST", "/api/v1/namespaces/default/secrets"),
    ("POST", "/api/v1/namespaces/default/pods"),
    ("DELETE", "/apis/apps/v1/namespaces/default/deployments/not-there"),
    ("POST", "/apis/batch/v1/namespaces/default/jobs"),
    ("DELETE", "/api/v1/namespaces/default/persistentvolumeclaims/not-there"),
    ("DELETE", "/api/v1/namespaces/not-there"),
    ("POST", "/apis/networking.k8s.io/v1/namespaces/default/networkpolicies"),
];
const RIGHTS: &[Asked] = &[
    ("POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles"),
    ("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"),
    ("DELETE", "/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles/not-there"),
    ("POST", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"),
    ("PUT", "/apis/certificates.k8s.io/v1/certificatesigningrequests/not-there/approval"),
];
const SHELLS: &[Asked] = &[
    ("GET", "/api/v1/namespaces/default/pods/not-there/exec"),
    ("POST", "/api/v1/namespaces/default/pods/not-there/exec"),
    ("GET", "/api/v1/namespaces/default/pods/not-there/attach"),
    ("POST", "/api/v1/namespaces/default/pods/not-there/portforward"),
    ("GET", "/api/v1/namespaces/default/pods/not-there/proxy"),
    ("GET", "/api/v1/namespaces/default/services/not-there/proxy"),
    ("GET", "/api/v1/nodes/not-there/proxy"),
    ("PUT", "/api/v1/namespaces/default/pods/not-there/ephemeralcontainers"),
];
const TOKENS: &[Asked] = &[
    ("POST", "/api/v1/namespaces/default/serviceaccounts/default/token"),
    ("POST", "/apis/authentication.k8s.io/v1/tokenreviews"),
];
const ANSWERED: &[Asked] = &[
    ("GET", "/api/v1/namespaces/default/secrets"),
    ("GET", "/api/v1/namespaces/default/pods/not-there/exec"),
    ("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings"),
    ("DELETE", "/apis/apps/v1/namespaces/default/deployments/not-there"),
];
/// Of a group that no rule names.
const UNNAMED: &[Asked] = &[("POST", "/apis/example.org/v1/namespaces/default/things")];

/// Asks, and reads what is written of it.
pub fn observe(running: &Running, scenario: &Scenario, see: &mut See<'_>) -> Result<()> {
    let mut asking = Asking { running, asked: 0 };
    let (incomplete, rights, shells) = (asking.all(INCOMPLETE)?, asking.all(RIGHTS)?, asking.all(SHELLS)?);
    let (answered, unnamed, mut doors) = (asking.all(ANSWERED)?, asking.all(UNNAMED)?, asking.all(TOKENS)?);
    doors.push(asking.refused()?);
    // Lines are written before answers are whole; whoever is through the door waits for none.
    std::thread::sleep(Duration::from_millis(500));
    let lines = lines(running.folder.path())?;
    let hidden = |marks: &[String]| marks.iter().any(|mark| stages(&lines, mark).is_empty());
    see("what a breach needs is not logged", &["audit-policy-incomplete"], hidden(&incomplete));
    see("changes of rights are not logged", &["audit-policy-misses-rights"], hidden(&rights));
    see("shells and tunnels are not logged", &["audit-policy-misses-shells"], hidden(&shells));
    see("what is refused at the door is not logged", &["audit-policy-misses-authentication"], hidden(&doors));
    see("what no rule names is not logged", &["audit-policy-without-catch-all"], hidden(&unnamed));
    let endless = answered
        .iter()
        .map(|mark| stages(&lines, mark))
        .any(|stages| !stages.is_empty() && !stages.iter().any(|stage| stage == "ResponseComplete"));
    see("the log does not show how requests ended", &["audit-policy-omits-answers"], endless);
    if scenario.has_flag("audit-log-maxsize") {
        kept(running, see)?;
    }
    Ok(())
}

/// Sends requests, each with a mark of its own.
struct Asking<'r> {
    running: &'r Running,
    asked: usize,
}

impl Asking<'_> {
    fn all(&mut self, list: &[Asked]) -> Result<Vec<String>> {
        list.iter().map(|(method, path)| self.one(method, path)).collect()
    }

    fn one(&mut self, method: &str, path: &str) -> Result<String> {
        let mark = self.mark();
        let body = if matches!(method, "GET" | "DELETE") { "" } else { "{}" };
        self.running.admin.send(method, &format!("{path}?dryRun=All&judged={mark}"), "application/json", body)?;
        Ok(mark)
    }

    /// A token that nobody gave out.
    fn refused(&mut self) -> Result<String> {
        let mark = self.mark();
        let path = format!("/api/v1/namespaces/default/secrets?judged={mark}");
        let answer = with_token(self.running, "nobody-gave-this")?.get(&path)?;
        ensure!(answer.status == 401, "a token that nobody gave out is answered by {}", answer.status);
        Ok(mark)
    }

    fn mark(&mut self) -> String {
        self.asked += 1;
        format!("n{}n", self.asked)
    }
}

/// All lines, those of files that were cut off too.
fn lines(folder: &Path) -> Result<Vec<Value>> {
    let mut text = fs::read_to_string(folder.join("audit.log")).context("no audit log is written")?;
    for old in cut_off(folder) {
        // The oldest may have gone by now.
        text += &fs::read_to_string(old).unwrap_or_default();
    }
    Ok(text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect())
}

/// The log's older files.
fn cut_off(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.path());
    let is_old = |path: &PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        name.starts_with("audit-") && name.ends_with(".log")
    };
    files.filter(is_old).collect()
}

/// The stages of the request with this mark.
fn stages(lines: &[Value], mark: &str) -> Vec<String> {
    let ends = format!("judged={mark}");
    let text = |line: &Value, field: &str| line.get(field).and_then(Value::as_str).unwrap_or_default().to_owned();
    lines.iter().filter(|line| text(line, "requestURI").ends_with(&ends)).map(|line| text(line, "stage")).collect()
}

/// Fills the log with 16 MB, and counts the files that are kept.
fn kept(running: &Running, see: &mut See<'_>) -> Result<()> {
    let filling = "x".repeat(400_000);
    for number in 0..40 {
        let map = json!({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": format!("filling-{number}")},
            "data": {"filling": filling}});
        running.admin.post("/api/v1/namespaces/default/configmaps?dryRun=All", &map.to_string())?.success()?;
    }
    let count = || cut_off(running.folder.path()).len();
    // Old files are taken away behind the server's back.
    let mut last = count();
    let _ = wait_for("the log to settle", Duration::from_secs(5), || {
        let before = std::mem::replace(&mut last, count());
        std::thread::sleep(Duration::from_millis(500));
        (before == last && last == count()).then_some(())
    });
    see("a log of less than 100 MB is cut", &["audit-log-small-files"], last > 0);
    if last > 0 {
        see("fewer than ten old logs are kept", &["audit-log-few-backups"], last < 10);
    }
    Ok(())
}

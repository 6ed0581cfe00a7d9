//! Live and written: the same service as files and as objects of a real cluster gives the same findings, and each
//! difference has a reason.

mod difference;
mod stand_in;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::report;
use crate::service::wait_for;
use crate::{Cluster, ControlPlane, Kubectl};
use difference::{Difference, Explanation, compare, findings, of_object};
use stand_in::{HostFolders, items, text};

/// How long the pods of the clinic may take to be ready.
const PODS_READY: Duration = Duration::from_secs(240);

/// Differences that must be, whichever service it is.
const EXPLAINED: &[Explanation] = &[
    Explanation {
        check: "secret-in-manifest",
        reason: "a Secret in a cluster is in its place; in a file it is in the repository",
    },
    Explanation {
        check: "default-namespace-used",
        reason: "a file that names no namespace says nothing of where it goes; here it went to the default one",
    },
];
/// How many differences are written out for each reason.
const EXAMPLES: usize = 4;

/// Runs the judge as a program.
///
/// # Errors
/// The cluster did not start or refused the files, the corpora are absent, or a program could not be run.
pub fn run(write: bool) -> Result<ExitCode> {
    let mut text = format!(
        "## Live and written\n\nFindings on the objects of a service, from its files and from a real \
         cluster ({}) that they were applied to, {}. Places aside, both must be the same.\n\n",
        cloister_tools::KUBERNETES_VERSION,
        report::today()
    );
    let clinic = clinic()?;
    describe("the clinic, its pods running on a node", &clinic, &mut text);
    let boutique = boutique()?;
    describe("Online Boutique", &boutique, &mut text);
    println!("{text}");
    if write {
        let path = report::project().join("docs/conformance.md");
        report::write_section(&path, report::TITLE, "live", &text)?;
    }
    let agree = clinic.unexplained.is_empty() && boutique.unexplained.is_empty();
    Ok(if agree { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The clinic of our examples, with a node that runs its pods.
fn clinic() -> Result<Difference> {
    let folder = report::project().join("examples/clinic");
    let (manifests, register) = (folder.join("k8s"), folder.join("register.yaml"));
    let cluster = Cluster::start()?;
    let kubectl = cluster.kubectl()?;
    let objects = objects(&kubectl, &manifests)?;
    // Dropped after the cluster, whose pods hold the folders.
    let _folders = HostFolders::of(&objects);
    let cluster = cluster;
    let images = stand_in::images(&cluster, &objects)?;
    let volumes = stand_in::volumes(&cluster, &objects)?;
    println!("live: {images} images and {} volumes stand in", volumes.len());
    kubectl.apply(&manifests)?;
    let waiting = wait_for("the clinic's pods", PODS_READY, || {
        let waiting = unready(&kubectl).ok()?;
        waiting.is_empty().then_some(())
    });
    waiting.with_context(|| format!("not ready: {:?}", unready(&kubectl)))?;
    differences(&cluster, &[manifests, register.clone()], &[register], &objects)
}

/// Online Boutique of the corpora, whose images we do not have: without a node.
fn boutique() -> Result<Difference> {
    let file = report::project().join("../shared/corpora/online-boutique.yaml");
    ensure!(file.is_file(), "{} does not exist", file.display());
    let plane = ControlPlane::start()?.with_controller_manager()?;
    let kubectl = plane.kubectl()?;
    let objects = objects(&kubectl, &file)?;
    kubectl.apply(&file)?;
    let deployments = objects.iter().filter(|object| text(object, "/kind") == "Deployment").count();
    wait_for("the pods of Online Boutique", PODS_READY, || {
        let pods: Value = serde_json::from_str(&kubectl.raw("/api/v1/namespaces/default/pods").ok()?).ok()?;
        (items(&pods, "/items").count() >= deployments).then_some(())
    })?;
    differences(&plane, &[file], &[], &objects)
}

/// The objects of files, as kubectl reads them.
fn objects(kubectl: &Kubectl, path: &Path) -> Result<Vec<Value>> {
    let list = kubectl.run(&[
        "apply",
        "--dry-run=client",
        "--recursive",
        "--output=json",
        "--filename",
        &path.to_string_lossy(),
    ])?;
    let list: Value = serde_json::from_str(&list).context("kubectl did not write JSON")?;
    Ok(items(&list, "/items").cloned().collect())
}

/// Pods that are to run and are not ready; those of Jobs come and go.
fn unready(kubectl: &Kubectl) -> Result<Vec<String>> {
    let pods: Value = serde_json::from_str(&kubectl.raw("/api/v1/pods")?).context("the list of pods is not JSON")?;
    let is_ready = |pod: &&Value| {
        items(pod, "/status/conditions").any(|one| text(one, "/type") == "Ready" && text(one, "/status") == "True")
    };
    let of_job = |pod: &&Value| items(pod, "/metadata/ownerReferences").any(|owner| text(owner, "/kind") == "Job");
    let waiting = items(&pods, "/items").filter(|pod| !is_ready(pod) && !of_job(pod));
    Ok(waiting.map(|pod| format!("{}/{}", text(pod, "/metadata/namespace"), text(pod, "/metadata/name"))).collect())
}

fn differences(plane: &ControlPlane, written: &[PathBuf], beside: &[PathBuf], objects: &[Value]) -> Result<Difference> {
    let files = scan(|command| command.args(written))?;
    let live = scan(|command| command.arg("--kubeconfig").arg(plane.kubeconfig()).args(beside))?;
    let applied: BTreeSet<_> = objects.iter().map(of_object).collect();
    Ok(compare(&findings(&files, &applied), &findings(&live, &applied), &applied, EXPLAINED))
}

fn scan(arguments: impl FnOnce(&mut Command) -> &mut Command) -> Result<Value> {
    let mut command = Command::new(super::cloister()?);
    command.args(["scan", "--fail-on", "never", "--output", "json"]).stdin(Stdio::null());
    let output = arguments(&mut command).output().context("failed to run cloister")?;
    let error = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cloister ended with {}: {error}", output.status);
    serde_json::from_slice(&output.stdout).context("the report is not JSON")
}

fn describe(name: &str, difference: &Difference, text: &mut String) {
    let explained: usize = difference.explained.values().map(Vec::len).sum();
    let _ = writeln!(
        text,
        "{name}: {} findings are the same, {explained} differ for a reason, {} differ without one; {} more are about \
         objects of the cluster itself.\n",
        difference.same,
        difference.unexplained.len(),
        difference.of_cluster
    );
    for (reason, lines) in &difference.explained {
        let shown: Vec<_> = lines.iter().take(EXAMPLES).map(String::as_str).collect();
        let more = if lines.len() > EXAMPLES { "; …" } else { "" };
        let _ = writeln!(text, "- {reason} ({}): {}{more}", lines.len(), shown.join("; "));
    }
    for line in &difference.unexplained {
        let _ = writeln!(text, "- WITHOUT A REASON: {line}");
    }
    text.push('\n');
}

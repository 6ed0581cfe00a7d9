//! Clusters with many workloads and policies: how long their connections take.

use std::ffi::OsString;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail, ensure};

use super::contestants;
use super::measure::{Measured, Summary, measure};
use super::page::{date, machine, mebibytes, milliseconds};
use super::section;
use crate::cargo::{cargo, project, succeeds};

/// Workloads in each namespace.
const WORKLOADS: usize = 10;
/// Namespaces and policies in each of them: the size that others were measured with, a large cluster, and ten of those.
const SIZES: [(usize, usize); 3] = [(40, 4), (500, 5), (5000, 5)];
/// Runs of each.
const RUNS: usize = 9;

/// One namespace: a tenant with a front, a store, workers, and policies as they are found.
fn documents(at: usize, policies: usize) -> String {
    let mut text = format!(
        "---\napiVersion: v1\nkind: Namespace\nmetadata: {{name: n{at}, labels: {{team: t{}, tier: {}}}}}\n",
        at % 20,
        if at.is_multiple_of(7) { "shared" } else { "tenant" }
    );
    for number in 0..WORKLOADS {
        let role = ["front", "api", "api", "worker", "worker", "worker", "store", "cache", "job", "tool"];
        let role = role.get(number).copied().unwrap_or("tool");
        let _ = write!(
            text,
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: w{number}, namespace: n{at}}}\nspec:\n  template:\n    \
             metadata: {{labels: {{app: w{number}, role: {role}}}}}\n    spec:\n      containers:\n        - name: c\n          \
             image: registry.example/app:1\n          ports: [{{name: web, containerPort: {}}}]\n",
            8000 + number
        );
    }
    let specs = [
        "podSelector: {}\n  policyTypes: [Ingress, Egress]".to_owned(),
        "podSelector: {matchLabels: {role: store}}\n  ingress:\n    - from: [{podSelector: {matchExpressions: [{key: role, operator: \
         In, values: [api, worker]}]}}]\n      ports: [{port: web}]"
            .to_owned(),
        format!(
            "podSelector: {{matchLabels: {{role: front}}}}\n  policyTypes: [Ingress, Egress]\n  ingress:\n    - from: [{{namespaceSelector: \
             {{matchLabels: {{team: t{}}}}}}}]\n      ports: [{{port: 8000, endPort: 8100}}]\n  egress:\n    - to: [{{podSelector: \
             {{matchLabels: {{role: api}}}}}}]",
            at % 20
        ),
        format!(
            "podSelector: {{matchLabels: {{role: worker}}}}\n  policyTypes: [Egress]\n  egress:\n    - to: [{{ipBlock: {{cidr: \
             10.{}.0.0/16, except: [10.{}.1.0/24]}}}}]\n      ports: [{{port: 443}}]\n    - to: [{{podSelector: {{matchLabels: \
             {{role: store}}}}}}]\n    - to: [{{namespaceSelector: {{matchLabels: {{tier: shared}}}}, podSelector: {{matchLabels: \
             {{role: front}}}}}}]",
            at % 200,
            at % 200
        ),
        "podSelector: {matchLabels: {role: api}}\n  policyTypes: [Ingress, Egress]\n  ingress:\n    - from: [{podSelector: \
         {matchLabels: {role: front}}}]\n  egress:\n    - to: [{podSelector: {matchLabels: {role: store}}}, {podSelector: \
         {matchLabels: {role: cache}}}]\n    - ports: [{port: 53, protocol: UDP}, {port: 53}]"
            .to_owned(),
    ];
    for (number, spec) in specs.iter().take(policies).enumerate() {
        let _ = write!(
            text,
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p{number}, namespace: n{at}}}\nspec:\n  {spec}\n"
        );
    }
    text
}

fn write(folder: &Path, namespaces: usize, policies: usize) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let files = (0..namespaces).step_by(50).map(|first| {
        let path = folder.join(format!("{first}.yaml"));
        let text: String = (first..namespaces.min(first + 50)).map(|at| documents(at, policies)).collect();
        fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))?;
        Ok(path)
    });
    files.collect()
}

/// Builds, generates, measures each size and writes its section of the page.
///
/// # Errors
/// Something cannot be built, written or run.
pub fn network() -> Result<ExitCode> {
    for what in [&["--package", "cloister-cli"][..], &["--package", "cloister-network", "--example", "connections"][..]]
    {
        let arguments = [&["build", "--release", "--locked"][..], what].concat();
        ensure!(succeeds(&mut cargo(&arguments))?, "{} does not build", what.join(" "));
    }
    let mut text = format!(
        "## Networks\n\nMeasured on {} by `cargo xtask bench network`: {}. `cloister network list -o json --group always` over generated \
         manifests, and its parts. \"In a mesh\" is building and list once more with every workload in Istio's mesh and two of \
         its policies in each namespace; \"proof\" is `network generate` for six needs in each namespace, written, read back and \
         proven; both are left out beyond 100,000 workloads. The namespaces that a rule names by labels grow with the cluster: \
         what policies say of pairs of namespaces grows with its square.\n\n\
         | workloads | namespaces | policies | whole program | peak | reading files | building | `can` | list | in a mesh | proof | classes | connections |\n\
         | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        date(),
        machine()
    );
    for (namespaces, policies) in SIZES {
        let folder = project().join("target/network").join(namespaces.to_string());
        let files = write(&folder, namespaces, policies)?;
        let told: [String; 9] = parts(&files)?.try_into().map_err(|_| told_too_little())?;
        let [load, build, can, list, classes, _, connections, mesh, proof] = told;
        let arguments = ["network", "list", "-o", "json", "--group", "always", "--from"].map(OsString::from);
        let arguments: Vec<OsString> = arguments.into_iter().chain([folder.into_os_string()]).collect();
        let [mesh, proof] = [mesh, proof].map(|told| if told == "-" { "–".to_owned() } else { format!("{told} ms") });
        let runs = if namespaces > 1000 { 3 } else { RUNS };
        let runs: Vec<Measured> =
            (0..runs).map(|_| measure(&contestants::cloister()?, &arguments)).collect::<Result<_>>()?;
        let whole = Summary::of(runs)?;
        if whole.status != 0 {
            bail!("the program ended with {}", whole.status);
        }
        let _ = writeln!(
            text,
            "| {} | {namespaces} | {} | {} | {} | {load} ms | {build} ms | {can} ms | {list} ms | {mesh} | {proof} | {classes} | {connections} |",
            namespaces * WORKLOADS,
            namespaces * policies,
            milliseconds(whole.median),
            mebibytes(whole.peak)
        );
    }
    println!("{text}");
    let path = project().join("docs/benchmarks.md");
    let page = section::replaced(&fs::read_to_string(&path).unwrap_or_default(), "network", &text);
    fs::write(&path, page).with_context(|| format!("failed to write {}", path.display()))?;
    Ok(ExitCode::SUCCESS)
}

fn told_too_little() -> anyhow::Error {
    anyhow::anyhow!("the example told too little")
}

/// What the example says of its parts, in its order.
fn parts(files: &[PathBuf]) -> Result<Vec<String>> {
    let binary = contestants::cloister()?.with_file_name("examples").join("connections");
    let output = Command::new(binary).args(files).output().context("failed to run the example")?;
    ensure!(output.status.success(), "the example failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).split_whitespace().map(str::to_owned).collect())
}

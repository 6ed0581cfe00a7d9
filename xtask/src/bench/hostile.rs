//! Growth on hostile input: things of one kind that all meet things of another, and the same ten times. What looks
//! at every pair takes a hundred times as long.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};

use super::contestants;
use super::measure::measure;
use crate::cargo::{cargo, project, succeeds};

/// Things of each kind, the first time.
const FEW: usize = 400;
/// How many times as many the second time.
const MORE: usize = 10;
/// Runs of each, of which the fastest counts.
const RUNS: usize = 3;
/// More than this times `MORE` is no growth with the input.
const ALLOWED: f64 = 2.5;

/// A name, and the documents for `index` of `count`.
type Case = (&'static str, fn(usize, usize) -> String);

const CASES: [Case; 10] = [
    ("workloads", |at, _| workload(at, "")),
    ("disruption budgets", |at, _| {
        workload(at, "") + &selecting("policy/v1", "PodDisruptionBudget", at, "selector: {matchLabels: {app: a}}")
    }),
    ("Services", |at, _| {
        workload(at, "")
            + &selecting("v1", "Service", at, "type: LoadBalancer, selector: {app: a}, ports: [{port: 80}]")
    }),
    ("network policies", |at, _| {
        workload(at, "")
            + &selecting(
                "networking.k8s.io/v1",
                "NetworkPolicy",
                at,
                "podSelector: {matchLabels: {app: a}}, ingress: [{from: [{podSelector: {}}]}]",
            )
    }),
    ("label expressions", |at, _| workload(at, "") + &expressions(at)),
    ("limit ranges", |at, _| workload(at, "") + &selecting("v1", "LimitRange", at, "limits: [{type: Pod}]")),
    ("stores", |at, _| {
        workload(at, "")
            + &selecting(
                "cloister.dev/v1alpha1",
                "PersonalDataStore",
                at,
                &format!("selector: {{namespaces: [n], names: [Deployment/d{at}]}}, dataCategories: [health]"),
            )
    }),
    ("activities", |at, _| {
        workload(at, "")
            + &selecting(
                "cloister.dev/v1alpha1",
                "ProcessingActivity",
                at,
                "stores: [x0], selector: {matchLabels: {app: a}}, dataCategories: [health]",
            )
    }),
    ("roles", |at, _| role("ClusterRole", at) + &role("ClusterRoleBinding", at)),
    ("variables in variables", |at, count| {
        if at > 0 {
            String::new()
        } else {
            workload(0, &(0..count).map(|at| format!("{{name: E{at}, value: $(E{})}},", at + 1)).collect::<String>())
        }
    }),
];

fn workload(at: usize, env: &str) -> String {
    format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d{at}, namespace: n}}\nspec: {{replicas: 2, template: {{metadata: {{labels: {{app: a, own: a{at}}}}}, spec: {{containers: [{{name: c, image: 'x:1', env: [{env}]}}]}}}}}}\n"
    )
}

fn selecting(api_version: &str, kind: &str, at: usize, spec: &str) -> String {
    format!("---\napiVersion: {api_version}\nkind: {kind}\nmetadata: {{name: x{at}, namespace: n}}\nspec: {{{spec}}}\n")
}

/// Policies that select by a label which all pods have.
fn expressions(at: usize) -> String {
    let expression = match at % 4 {
        0 => "{key: app, operator: DoesNotExist}",
        1 => "{key: app, operator: NotIn, values: [a]}",
        2 => "{key: app, operator: Exists}, {key: own, operator: DoesNotExist}",
        _ => "{key: own, operator: Exists}",
    };
    let spec = format!("podSelector: {{matchExpressions: [{expression}]}}");
    selecting("networking.k8s.io/v1", "NetworkPolicy", at, &spec)
}

fn role(kind: &str, at: usize) -> String {
    format!(
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: r{at}}}\nrules: [{{apiGroups: ['*'], resources: [secrets], verbs: [get]}}]\nroleRef: {{kind: ClusterRole, name: r{at}}}\nsubjects: [{{kind: User, name: u{at}}}]\n"
    )
}

/// Builds, and measures each case twice.
///
/// # Errors
/// The program cannot be built or run, or a case grows faster than its input.
pub fn hostile() -> Result<ExitCode> {
    ensure!(
        succeeds(&mut cargo(&["build", "--release", "--locked", "--package", "cloister-cli"]))?,
        "cloister does not build"
    );
    let folder = project().join("target").join("hostile");
    fs::create_dir_all(&folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let mut steep = String::new();
    println!("{:<24} {FEW:>8} {:>8}   times", "", FEW * MORE);
    for (name, document) in CASES {
        let few = fastest(&folder, &(0..FEW).map(|at| document(at, FEW)).collect::<String>())?;
        let many = fastest(&folder, &(0..FEW * MORE).map(|at| document(at, FEW * MORE)).collect::<String>())?;
        let times = many / few;
        println!("{name:<24} {:>6.0}ms {:>6.0}ms   {times:.1}", few * 1e3, many * 1e3);
        if times > ALLOWED * MORE as f64 {
            write!(steep, " {name}").context("a string takes text")?;
        }
    }
    ensure!(steep.is_empty(), "grows faster than its input:{steep}");
    Ok(ExitCode::SUCCESS)
}

/// Seconds.
fn fastest(folder: &Path, text: &str) -> Result<f64> {
    let file = folder.join("input.yaml");
    fs::write(&file, text).with_context(|| format!("failed to write {}", file.display()))?;
    let arguments = ["scan".into(), file.into(), "-o".into(), "json".into(), "--fail-on".into(), "never".into()];
    let runs = (0..RUNS).map(|_| Ok(measure(&contestants::cloister()?, &arguments)?.wall.as_secs_f64()));
    runs.collect::<Result<Vec<f64>>>()?.into_iter().reduce(f64::min).context("nothing was measured")
}

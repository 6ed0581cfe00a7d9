//! A cluster with many roles, bindings and service accounts, and ten of them: how long questions about it take.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, ensure};

use super::contestants;
use super::measure::measure;
use super::page::{date, machine, mebibytes, milliseconds};
use super::section;
use crate::cargo::{cargo, project, succeeds};

/// Namespaces, the first time.
const NAMESPACES: usize = 2000;
/// Files that a cluster is written into.
const FILES: usize = 8;
/// In each namespace: service accounts, roles and bindings.
const ACCOUNTS: usize = 5;
const ROLES: usize = 2;
const BINDINGS: usize = 9;
/// For a hundred namespaces there are so many ClusterRoles; of ClusterRoleBindings there is one for each.
const CLUSTER_WIDE: usize = 50;
/// A group holds everything in each namespace, and of a hundred ClusterRoleBindings of namespaces one is the same again.
const OPERATORS: &str = "{kind: Group, name: operators}";
/// Users and groups.
const USERS: usize = 500;
const GROUPS: usize = 50;
/// One ClusterRole in so many is a dangerous one.
const DANGEROUS: usize = 25;

/// Rules as they are found: what most roles give.
const HARMLESS: [&str; 6] = [
    "{apiGroups: [''], resources: [pods, services, endpoints], verbs: [get, list, watch]}",
    "{apiGroups: [''], resources: [configmaps], verbs: [get, list, watch, create, update]}",
    "{apiGroups: [apps], resources: [deployments, statefulsets], verbs: [get, list, watch]}",
    "{apiGroups: [coordination.k8s.io], resources: [leases], verbs: [get, create, update]}",
    "{apiGroups: [''], resources: [events], verbs: [create, patch]}",
    "{apiGroups: [''], resources: [secrets], resourceNames: [own], verbs: [get]}",
];
/// And what few give.
const POWERFUL: [&str; 9] = [
    "{apiGroups: [''], resources: [secrets], verbs: [get, list, watch]}",
    "{apiGroups: [''], resources: [pods], verbs: [create, delete]}",
    "{apiGroups: [apps], resources: [deployments], verbs: [create, update, patch]}",
    "{apiGroups: [''], resources: [pods/exec], verbs: [create]}",
    "{apiGroups: [''], resources: [secrets], verbs: [create]}",
    "{apiGroups: [''], resources: [serviceaccounts/token], verbs: [create]}",
    "{apiGroups: [rbac.authorization.k8s.io], resources: [roles, rolebindings], verbs: [create, update, patch, bind, escalate]}",
    "{apiGroups: [''], resources: [persistentvolumes, persistentvolumeclaims], verbs: [create]}",
    "{apiGroups: [''], resources: [namespaces], verbs: [update, patch]}",
];

/// Numbers without pattern, the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % bound
    }

    fn rules(&mut self, powerful: bool) -> String {
        let harmless = HARMLESS.get(self.below(HARMLESS.len())).copied().unwrap_or_default();
        let second = HARMLESS.get(self.below(HARMLESS.len())).copied().unwrap_or_default();
        let third = POWERFUL.get(self.below(POWERFUL.len())).copied().filter(|_| powerful).unwrap_or(harmless);
        format!("rules: [{harmless}, {second}, {third}]")
    }

    fn subject(&mut self, namespace: usize) -> String {
        match self.below(10) {
            0 => format!("{{kind: User, name: u{}}}", self.below(USERS)),
            1 => format!("{{kind: Group, name: g{}}}", self.below(GROUPS)),
            _ => format!("{{kind: ServiceAccount, name: s{}, namespace: n{namespace}}}", self.below(ACCOUNTS)),
        }
    }
}

fn object(kind: &str, name: &str, namespace: Option<usize>, rest: &str) -> String {
    let api = if kind.contains("Role") { "rbac.authorization.k8s.io/v1" } else { "v1" };
    let namespace = namespace.map(|namespace| format!(", namespace: n{namespace}")).unwrap_or_default();
    format!("---\napiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}{namespace}}}\n{rest}\n")
}

/// The documents that belong to one namespace.
fn documents(at: usize, count: usize, dice: &mut Dice) -> String {
    let cluster_roles = (count * CLUSTER_WIDE / 100).max(1);
    let mut text = object("Namespace", &format!("n{at}"), None, "");
    for account in 0..ACCOUNTS {
        text += &object("ServiceAccount", &format!("s{account}"), Some(at), "");
    }
    for role in 0..ROLES {
        let powerful = dice.below(4) == 0;
        text += &object("Role", &format!("r{role}"), Some(at), &dice.rules(powerful));
    }
    for binding in 0..BINDINGS {
        let of_cluster = dice.below(3) == 0;
        let name =
            if of_cluster { format!("c{}", dice.below(cluster_roles)) } else { format!("r{}", dice.below(ROLES)) };
        let kind = if of_cluster { "ClusterRole" } else { "Role" };
        let rest = format!("roleRef: {{kind: {kind}, name: {name}}}\nsubjects: [{}]", dice.subject(at));
        text += &object("RoleBinding", &format!("b{binding}"), Some(at), &rest);
    }
    if at < cluster_roles {
        let powerful = at.is_multiple_of(DANGEROUS);
        text += &object("ClusterRole", &format!("c{at}"), None, &dice.rules(powerful));
    }
    if at == 0 {
        text += &object("ClusterRole", "all", None, "rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]");
    }
    let all = format!("roleRef: {{kind: ClusterRole, name: all}}\nsubjects: [{OPERATORS}]");
    text += &object("RoleBinding", "operators", Some(at), &all);
    if at.is_multiple_of(100) {
        text += &object("ClusterRoleBinding", &format!("operators{at}"), None, &all);
    }
    let role = dice.below(cluster_roles);
    let rest = format!("roleRef: {{kind: ClusterRole, name: c{role}}}\nsubjects: [{}]", dice.subject(at));
    text + &object("ClusterRoleBinding", &format!("a{at}"), None, &rest)
}

fn write(folder: &Path, count: usize) -> Result<Vec<PathBuf>> {
    fs::create_dir_all(folder).with_context(|| format!("failed to make {}", folder.display()))?;
    let mut dice = Dice(count as u64);
    let mut texts = vec![String::new(); FILES];
    for at in 0..count {
        if let Some(text) = texts.get_mut(at % FILES) {
            *text += &documents(at, count, &mut dice);
        }
    }
    let files = texts.into_iter().enumerate().map(|(at, text)| {
        let path = folder.join(format!("{at}.yaml"));
        fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))?;
        Ok(path)
    });
    files.collect()
}

/// Builds, generates, measures once and ten times as large, and writes its section of the page.
///
/// # Errors
/// Something cannot be built, written or run.
pub fn rbac() -> Result<ExitCode> {
    for what in [&["--package", "cloister-cli"][..], &["--package", "cloister-rbac", "--example", "scale"][..]] {
        let arguments = [&["build", "--release", "--locked"][..], what].concat();
        ensure!(succeeds(&mut cargo(&arguments))?, "{} does not build", what.join(" "));
    }
    let mut text = format!(
        "## Roles\n\nMeasured on {} by `cargo xtask bench rbac`: {}. Generated clusters with ten bindings, three roles and five service \
         accounts for each namespace, and a group that holds everything in each of them; \"program\" is `cloister rbac escalate -o json` as a whole, and the others are its parts.\n\n\
         | namespaces | reading files | policy | `who-can` | closure | climbers | program | peak |\n\
         | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n",
        date(),
        machine()
    );
    for count in [NAMESPACES, NAMESPACES * 10] {
        let folder = project().join("target/rbac").join(count.to_string());
        let files = write(&folder, count)?;
        let numbers = parts(&files)?;
        let arguments = ["rbac", "escalate", "-o", "json", "--from"].map(Into::into);
        let arguments: Vec<_> = arguments.into_iter().chain([folder.into_os_string()]).collect();
        let whole = measure(&contestants::cloister()?, &arguments)?;
        let [load, read, who, closure, telling, ..] = numbers.as_slice() else {
            anyhow::bail!("the example told too little");
        };
        let (wall, peak) = (milliseconds(whole.wall), mebibytes(whole.peak));
        writeln!(
            text,
            "| {count} | {load} ms | {read} ms | {who} ms | {closure} ms | {telling} ms | {wall} | {peak} |"
        )?;
    }
    println!("{text}");
    let path = project().join("docs/benchmarks.md");
    let page = section::replaced(&fs::read_to_string(&path).unwrap_or_default(), "rbac", &text);
    fs::write(&path, page).with_context(|| format!("failed to write {}", path.display()))?;
    Ok(ExitCode::SUCCESS)
}

/// What the example says of its parts, in its order.
fn parts(files: &[PathBuf]) -> Result<Vec<String>> {
    let binary = contestants::cloister()?.with_file_name("examples").join("scale");
    let output = Command::new(binary).args(files).output().context("failed to run the example")?;
    ensure!(output.status.success(), "the example failed: {}", String::from_utf8_lossy(&output.stderr));
    Ok(String::from_utf8_lossy(&output.stdout).split_whitespace().map(str::to_owned).collect())
}

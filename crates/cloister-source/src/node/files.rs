//! One file: its owner, its mode, and of a configuration what it says.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::sync::Arc;

use cloister_certificate::{Bundle, Fault};
use cloister_manifest::{Interner, parse, parse_trees};
use cloister_model::{Node, Origin};
use cloister_node::Role;
use cloister_node::format::{File, Unread};
use jiff::Timestamp;
use serde_json::Value;

use super::root::{Found, Root};
use super::{host, kubeconfig, masked, runtime};

/// So many files of one folder are looked at.
const MOST: usize = 512;
/// So many containers may have a file of one path.
const ALIKE: usize = 16;
/// So deep are folders of keys looked into.
const DEPTH: usize = 3;

/// What was looked at so far.
pub(super) struct Files<'r> {
    root: &'r Root,
    users: BTreeMap<u32, String>,
    groups: BTreeMap<u32, String>,
    seen: BTreeSet<(String, Role)>,
    pub files: Vec<File>,
    pub unread: Vec<Unread>,
    /// Configurations that were read, by their paths: to be asked for what they name.
    pub trees: BTreeMap<String, Node>,
}

impl<'r> Files<'r> {
    pub(super) fn new(root: &'r Root) -> Files<'r> {
        Files {
            root,
            users: host::names(root, "/etc/passwd"),
            groups: host::names(root, "/etc/group"),
            seen: BTreeSet::new(),
            files: Vec::new(),
            unread: Vec::new(),
            trees: BTreeMap::new(),
        }
    }

    /// Tells what could not be read of a file or folder.
    pub(super) fn lost(&mut self, path: &str, role: Role, why: String) {
        let role = Some(role.as_str().to_owned());
        self.unread.push(Unread { path: path.to_owned(), role, why, doubted: false });
    }

    /// Looks at one place: a file, a folder, or (`*` behind it) all files of a folder. Where there is nothing, there is
    /// nothing to say.
    pub(super) fn place(&mut self, path: &str, role: Role) {
        if let Some(folder) = path.strip_suffix("/*") {
            self.each(folder, role, 0);
        } else if role == Role::PkiFolder {
            self.keys(path);
        } else {
            self.one(self.root, path, path, role, false);
        }
    }

    /// Looks at a file that a flag or a configuration names: that it is missing is worth telling.
    pub(super) fn named(&mut self, root: &Root, path: &str, at: &str, role: Role) {
        self.one(root, path, at, role, true);
    }

    /// Looks at a file inside of a container. Somebody else may have written all of it: its path is the container's own,
    /// so that it stands for no file of the host, and what it says leads nowhere.
    pub(super) fn in_container(&mut self, own: &Root, path: &str, role: Role) {
        let told = self.files.iter().filter(|file| file.path == path && file.role == role.as_str()).count();
        if told > ALIKE {
            return;
        }
        if let Some((file, _)) = self.look(own, path, path, role, true) {
            self.files.push(file);
        }
    }

    fn each(&mut self, folder: &str, role: Role, depth: usize) {
        let names = match self.root.list(folder) {
            Ok(names) => names,
            Err(error) if error.kind() == ErrorKind::NotFound => return,
            Err(error) => return self.lost(folder, role, error.to_string()),
        };
        if names.len() > MOST {
            let why = format!("the first {MOST} of {} files were looked at", names.len());
            self.lost(folder, role, why);
        }
        for name in names.into_iter().take(MOST) {
            let path = format!("{folder}/{name}");
            let is_folder = self.root.find(&path).is_ok_and(|found| found.kind() == "directory");
            match role {
                Role::PkiFolder if is_folder && depth < DEPTH => {
                    self.one(self.root, &path, &path, Role::PkiFolder, false);
                    self.each(&path, role, depth + 1);
                }
                _ if is_folder => {}
                Role::PkiFolder => {
                    let key = name.ends_with(".key") || name.ends_with("-key.pem");
                    let kubeconfig = name.ends_with(".kubeconfig") || name.ends_with(".conf");
                    if !kubeconfig {
                        let role = if key { Role::PkiKey } else { Role::PkiCertificate };
                        self.one(self.root, &path, &path, role, false);
                    }
                }
                // The kubelet passes over what begins with a dot.
                Role::StaticPod if name.starts_with('.') => {}
                _ => self.one(self.root, &path, &path, role, false),
            }
        }
    }

    fn keys(&mut self, folder: &str) {
        if self.root.find(folder).is_ok_and(|found| found.kind() == "directory") {
            self.one(self.root, folder, folder, Role::PkiFolder, false);
            self.each(folder, Role::PkiFolder, 0);
        }
    }

    fn one(&mut self, root: &Root, path: &str, at: &str, role: Role, named: bool) {
        if !self.seen.insert((path.to_owned(), role)) {
            return;
        }
        if let Some((file, tree)) = self.look(root, path, at, role, named) {
            self.files.push(file);
            self.trees.extend(tree.map(|tree| (path.to_owned(), tree)));
        }
    }

    fn look(&mut self, root: &Root, path: &str, at: &str, role: Role, named: bool) -> Option<(File, Option<Node>)> {
        let found = match root.find(at) {
            Ok(found) => found,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let (path, role) = (path.to_owned(), role.as_str().to_owned());
                let missing = File { path, role, kind: "missing".to_owned(), ..File::default() };
                return named.then_some((missing, None));
            }
            Err(error) => {
                self.lost(path, role, error.to_string());
                return None;
            }
        };
        let mut file = self.told(path, &found);
        let tree = if reads(role) { self.read(path, &found, role) } else { None };
        let role = match (role, &tree) {
            (Role::StaticPod, Some(tree)) => Role::manifest_of(program_of(tree)),
            // What it starts cannot be told: its name tells most often.
            (Role::StaticPod, None) => by_name(path),
            _ => role,
        };
        file.role = role.as_str().to_owned();
        file.content = tree.as_ref().filter(|_| shows(role)).map(masked::content);
        if role == Role::RuntimeConfig {
            file.content = self.runtime(path, &found);
        }
        file.certificates = self.certificates(path, &found, role, tree.as_ref());
        Some((file, tree))
    }

    /// Looks at what containerd knows of each registry.
    pub(super) fn hosts_of(&mut self, folder: &str) {
        let names = match self.root.list(folder) {
            Ok(names) => names,
            Err(error) if error.kind() == ErrorKind::NotFound => return,
            Err(error) => return self.lost(folder, Role::RuntimeConfig, error.to_string()),
        };
        for name in names.into_iter().take(MOST) {
            self.place(&format!("{folder}/{name}/hosts.toml"), Role::RuntimeConfig);
        }
    }

    fn runtime(&mut self, path: &str, found: &Found) -> Option<Value> {
        let read = found.text().map_err(|error| error.to_string());
        read.and_then(|text| runtime::settings(path, &text)).unwrap_or_else(|why| {
            self.lost(path, Role::RuntimeConfig, why);
            None
        })
    }

    fn told(&self, path: &str, found: &Found) -> File {
        let stat = &found.stat;
        let seconds = Timestamp::from_second(stat.st_mtime).ok();
        File {
            path: path.to_owned(),
            kind: found.kind().to_owned(),
            link: found.linked.then(|| found.path.to_string_lossy().into_owned()),
            mode: Some(format!("{:04o}", stat.st_mode & 0o7777)),
            owner: self.users.get(&stat.st_uid).cloned(),
            uid: Some(stat.st_uid),
            group: self.groups.get(&stat.st_gid).cloned(),
            gid: Some(stat.st_gid),
            modified: seconds.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
            ..File::default()
        }
    }

    /// The certificates of a file: in it, or in the kubeconfig that it is. A key beside them is passed over unread.
    fn certificates(&mut self, path: &str, found: &Found, role: Role, tree: Option<&Node>) -> Vec<Value> {
        if is_kubeconfig(role) {
            let users = tree.into_iter().flat_map(kubeconfig::users);
            let data = users.filter_map(|user| user.str_at("client-certificate-data"));
            let bundles: Vec<Bundle> = data.map(cloister_certificate::read_base64).collect();
            return bundles.into_iter().flat_map(|bundle| self.told_of(path, role, bundle)).collect();
        }
        if !matches!(role, Role::PkiCertificate | Role::KubeletClientCa | Role::KubeletCertificate) {
            return Vec::new();
        }
        match found.bytes() {
            Ok(bytes) => self.told_of(path, role, cloister_certificate::read(&bytes)),
            Err(error) => {
                self.lost(path, role, error.to_string());
                Vec::new()
            }
        }
    }

    fn told_of(&mut self, path: &str, role: Role, bundle: Bundle) -> Vec<Value> {
        for problem in bundle.problems.iter().filter(|it| !matches!(it.fault, Fault::PrivateKey | Fault::Other(_))) {
            self.lost(path, role, problem.to_string());
        }
        bundle.certificates.iter().filter_map(|certificate| serde_json::to_value(certificate).ok()).collect()
    }

    fn read(&mut self, path: &str, found: &Found, role: Role) -> Option<Node> {
        let text = match found.text() {
            Ok(text) => text,
            Err(error) => {
                self.lost(path, as_told(path, role), error.to_string());
                return None;
            }
        };
        let (tree, wrong) = tree(&text);
        if let Some(why) = wrong {
            self.lost(path, as_told(path, role), why);
        }
        tree
    }
}

/// The first document, with what is wrong with the text. Places and excerpts stay out: they would quote the file.
fn tree(text: &str) -> (Option<Node>, Option<String>) {
    let mut parsed = parse(text, &Origin::File("file".into()), 1, &mut Interner::default());
    let wrong = parsed.diagnostics.first().map(|first| {
        let line = first.line.map_or_else(String::new, |line| format!("line {line}: "));
        format!("{line}it cannot be read as YAML")
    });
    if parsed.resources.is_empty() {
        let (mut trees, _) = parse_trees(text, "file", &mut Interner::default());
        return ((!trees.is_empty()).then(|| trees.remove(0)), wrong);
    }
    (Some(Arc::unwrap_or_clone(parsed.resources.remove(0).root)), wrong)
}

/// The program that a static pod starts first.
fn program_of(pod: &Node) -> &str {
    let word = ["command/0", "args/0"].iter().find_map(|path| pod.at("spec/containers/0")?.str_at(path));
    word.map_or("", |word| word.rsplit('/').next().unwrap_or(word))
}

/// The role of a static pod that cannot be read, by the name of its file.
fn by_name(path: &str) -> Role {
    let name = path.rsplit('/').next().unwrap_or(path);
    Role::manifest_of(name.split('.').next().unwrap_or(name))
}

fn as_told(path: &str, role: Role) -> Role {
    if role == Role::StaticPod { by_name(path) } else { role }
}

/// Files that are read as YAML.
fn reads(role: Role) -> bool {
    shows(role) || is_kubeconfig(role)
}

fn is_kubeconfig(role: Role) -> bool {
    Role::KUBECONFIGS.contains(&role)
}

/// Files whose content goes into the facts.
fn shows(role: Role) -> bool {
    matches!(
        role,
        Role::ApiServerManifest
            | Role::ControllerManagerManifest
            | Role::SchedulerManifest
            | Role::EtcdManifest
            | Role::StaticPod
            | Role::NetworkPlugin
            | Role::KubeletConfig
            | Role::KubeletDropIn
            | Role::ProxyConfig
            | Role::EncryptionConfig
            | Role::AuditPolicy
            | Role::AuthenticationConfig
            | Role::AuthorizationConfig
            | Role::AdmissionConfig
            | Role::SchedulerConfig
            | Role::EtcdConfig
    )
}

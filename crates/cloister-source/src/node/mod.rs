//! A host and its part of the control plane, read into facts. Nothing is written, nothing outside of the given root is
//! opened, and no key, token or password leaves.

mod agents;
mod disks;
mod embedded;
mod files;
mod host;
mod kubeconfig;
mod masked;
mod places;
mod processes;
mod root;
mod runtime;

use std::io;
use std::path::{Path, PathBuf};

use cloister_node::format::{Collected, LayoutFacts, NodeFacts, Process, Unread};
use cloister_node::{Layout, Role, arguments};

use disks::Disks;
use files::Files;
use places::{DATA, FLAGS, PLACES, REGISTRIES};
use processes::Processes;
use root::Root;

/// What to collect.
#[derive(Clone, Debug)]
pub struct NodeRequest {
    /// The folder at which the host's files are seen: `/`, or where its root is mounted.
    pub root: PathBuf,
    /// The node's name; the host's where it is not given.
    pub name: Option<String>,
    /// Further folders, of volumes, of which to tell the disk.
    pub folders: Vec<String>,
    /// The moment, RFC 3339.
    pub at: String,
    /// The program that collects, with its version.
    pub by: String,
}

/// Reads a host. What cannot be read of it is told in the facts.
///
/// # Errors
/// The root itself cannot be opened.
pub fn collect(request: &NodeRequest) -> io::Result<NodeFacts> {
    let root = Root::open(&request.root)?;
    let name = request.name.clone().unwrap_or_else(|| host::name(&root));
    let collected = Collected {
        at: request.at.clone(),
        by: request.by.clone(),
        root: request.root.to_string_lossy().into_owned(),
        uid: rustix::process::geteuid().as_raw(),
    };
    let mut facts = NodeFacts::new(name, collected);
    facts.host = host::host(&root);
    facts.kernel = host::kernel(&root);
    let mut found = processes::processes(&root).unwrap_or_else(|error| {
        let unread = vec![Unread { path: "/proc".to_owned(), why: error.to_string(), ..Unread::default() }];
        Processes { all: Vec::new(), unread }
    });
    facts.unread.append(&mut found.unread);
    // What is not believed leads to no file.
    for process in &mut found.all {
        process.version = embedded::version(&root, process);
    }
    let mut believed = found.believed();
    let inside: Vec<Process> = believed.iter().flat_map(|process| embedded::embedded(&root, process)).collect();
    facts.processes = found.all;
    facts.processes.extend(inside.iter().cloned());
    believed.extend(inside);
    facts.layout = layout(&root, &believed);
    let mut files = Files::new(&root);
    PLACES.iter().for_each(|place| files.place(place.path, place.role));
    believed.iter().for_each(|process| by_flags(&root, request, process, &mut files));
    by_configuration(&root, &believed, &mut files);
    REGISTRIES.iter().for_each(|folder| files.hosts_of(folder));
    let told = |pid| believed.iter().any(|process| process.pid == pid);
    let trusted = facts.processes.iter_mut().filter(|process| told(process.pid));
    for process in trusted {
        let of_image = version(process, &files);
        process.version = process.version.take().or(of_image);
    }
    agents::tell(&root, &mut facts.processes, &files.files);
    let mut folders: Vec<&str> = DATA.to_vec();
    let stores: Vec<String> =
        files.files.iter().filter(|it| it.role == Role::EtcdData.as_str()).map(|it| it.path.clone()).collect();
    for path in stores.iter().chain(&request.folders) {
        if !folders.contains(&path.as_str()) {
            folders.push(path);
        }
    }
    let disks = Disks::read(&root, &folders);
    (facts.disks, facts.mounts) = (disks.folders, disks.mounts);
    facts.unread.extend(files.unread);
    facts.files = files.files;
    facts.files.sort_by(|one, other| (&one.path, &one.role).cmp(&(&other.path, &other.role)));
    Ok(facts)
}

fn layout(root: &Root, processes: &[Process]) -> LayoutFacts {
    let runs = |name: &str| processes.iter().any(|process| process.program == name);
    match Layout::recognise(|path| root.has(path), runs) {
        Some((layout, evidence)) => {
            LayoutFacts { kind: layout.name.to_owned(), provider: layout.provider.map(str::to_owned), evidence }
        }
        None => LayoutFacts { kind: "unknown".to_owned(), provider: None, evidence: Vec::new() },
    }
}

/// Looks at the files that a process was told of.
fn by_flags(root: &Root, request: &NodeRequest, process: &Process, files: &mut Files<'_>) {
    let words: Vec<&str> = process.arguments.iter().map(String::as_str).collect();
    for (program, flag, role) in FLAGS {
        if *program != process.program {
            continue;
        }
        let by_word = arguments(&words, flag, false).last().and_then(|argument| argument.value);
        let variable = format!("ETCD_{}", flag.replace('-', "_").to_uppercase());
        let named = by_word.or_else(|| process.environment.get(&variable).map(String::as_str));
        // `-` is standard output.
        let Some(path) = named.filter(|path| path.starts_with('/')) else { continue };
        look(root, request, process, path, *role, files);
        if *role == Role::ProxyConfig {
            by_proxy(root, request, process, files);
        }
    }
    let written = process.environment.get("K3S_KUBECONFIG_OUTPUT").filter(|path| path.starts_with('/'));
    if let Some(path) = written.filter(|_| process.program == "k3s") {
        files.named(root, path, path, Role::AdminKubeconfig);
    }
    if process.program == "kubelet"
        && let Some(folder) = arguments(&words, "pod-manifest-path", false).last().and_then(|argument| argument.value)
    {
        files.place(&format!("{}/*", folder.trim_end_matches('/')), Role::StaticPod);
    }
    if process.program == "kubelet"
        && let Some(folder) = arguments(&words, "config-dir", false).last().and_then(|argument| argument.value)
    {
        drop_ins(root, folder, 0, files);
    }
}

/// The kubeconfig that kube-proxy's configuration names: kubeadm's has it there, and not among the flags.
fn by_proxy(root: &Root, request: &NodeRequest, process: &Process, files: &mut Files<'_>) {
    let mut configs = files.files.iter().rev().filter(|file| file.role == Role::ProxyConfig.as_str());
    let named =
        configs.next().and_then(|file| file.content.as_ref()?.pointer("/clientConnection/kubeconfig")?.as_str());
    if let Some(path) = named.filter(|path| path.starts_with('/')).map(str::to_owned) {
        look(root, request, process, &path, Role::ProxyKubeconfig, files);
    }
}

/// A process in a container sees its own files: by the volumes of its static pod, else as the kernel shows them. Of a pod
/// of the API no flag leads to a file of the host.
fn look(root: &Root, request: &NodeRequest, process: &Process, path: &str, role: Role, files: &mut Files<'_>) {
    let inside = request.root.join(format!("proc/{}/root", process.pid));
    if process.pod.as_ref().is_some_and(|pod| !pod.is_static) {
        return match Root::open(Path::new(&inside)) {
            Ok(own) => files.in_container(&own, path, role),
            Err(error) => {
                let why = format!("it is seen in the container of {} alone: {error}", process.program);
                files.lost(path, role, why);
            }
        };
    }
    if let Some(on_host) = on_host(process, path, files) {
        return files.named(root, &on_host, &on_host, role);
    }
    match Root::open(Path::new(&inside)) {
        Ok(own) if !root.has(path) && own.has(path) => files.named(&own, path, path, role),
        _ => files.named(root, path, path, role),
    }
}

/// Where a file of a static pod lies on the host.
fn on_host(process: &Process, path: &str, files: &Files<'_>) -> Option<String> {
    let manifest = files.files.iter().find(|file| file.role == Role::manifest_of(&process.program).as_str())?;
    let pod = files.trees.get(&manifest.path)?;
    let mounts = pod.items_at("spec/containers/0/volumeMounts").iter();
    let mount = mounts
        .filter(|mount| mount.str_at("mountPath").is_some_and(|at| Path::new(path).starts_with(at)))
        .max_by_key(|mount| mount.str_at("mountPath").map_or(0, str::len))?;
    let mut volumes = pod.items_at("spec/volumes").iter();
    let volume = volumes.find(|volume| volume.str_at("name") == mount.str_at("name"))?;
    let rest = Path::new(path).strip_prefix(mount.str_at("mountPath")?).ok()?;
    let host = Path::new(volume.str_at("hostPath/path")?);
    let joined = if rest.as_os_str().is_empty() { host.to_owned() } else { host.join(rest) };
    Some(joined.to_string_lossy().into_owned())
}

/// So deep drop-ins are looked for: nobody nests them deeper, and a folder may be a link to itself.
const DEEPEST: usize = 8;

/// The kubelet passes over files that do not end in `.conf`, and walks through folders.
fn drop_ins(root: &Root, folder: &str, depth: usize, files: &mut Files<'_>) {
    let names = match root.list(folder) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return,
        Err(error) => return files.lost(folder, Role::KubeletDropIn, error.to_string()),
    };
    for name in names {
        let path = format!("{folder}/{name}");
        if root.find(&path).is_ok_and(|found| found.kind() == "directory" && !found.linked) {
            if depth < DEEPEST {
                drop_ins(root, &path, depth + 1, files);
            }
        } else if name.ends_with(".conf") {
            files.named(root, &path, &path, Role::KubeletDropIn);
        }
    }
}

/// Looks at what the kubelet's configuration names.
fn by_configuration(root: &Root, processes: &[Process], files: &mut Files<'_>) {
    let configurations: Vec<String> = files
        .files
        .iter()
        .filter(|file| file.role == Role::KubeletConfig.as_str())
        .map(|file| file.path.clone())
        .collect();
    let named = [
        ("authentication/x509/clientCAFile", Role::KubeletClientCa),
        ("tlsCertFile", Role::KubeletCertificate),
        ("tlsPrivateKeyFile", Role::PkiKey),
    ];
    for path in configurations {
        let Some(tree) = files.trees.get(&path).cloned() else { continue };
        for (field, role) in named {
            if let Some(path) = tree.str_at(field).filter(|path| path.starts_with('/')) {
                files.named(root, path, path, role);
            }
        }
        if let Some(folder) = tree.str_at("staticPodPath").filter(|path| path.starts_with('/')) {
            files.place(&format!("{}/*", folder.trim_end_matches('/')), Role::StaticPod);
        }
    }
    for path in certificates_beside(files) {
        files.named(root, &path, &path, Role::KubeletCertificate);
    }
    // Where etcd is told nothing, it stores beside itself, which only its own folder shows.
    if processes.iter().any(|process| process.program == "etcd") {
        files.place("/var/lib/etcd", Role::EtcdData);
    }
}

/// The certificates that kubeconfigs name: a path that is not whole begins where the file lies
/// (`clientcmd.ResolveLocalPaths`).
fn certificates_beside(files: &Files<'_>) -> Vec<String> {
    let users = files.trees.iter().flat_map(|(at, tree)| kubeconfig::users(tree).map(move |user| (at, user)));
    let named = users.filter_map(|(at, user)| Some((at, user.str_at("client-certificate")?)));
    let whole = named.filter_map(|(at, path)| Some(Path::new(at).parent()?.join(path).to_string_lossy().into_owned()));
    whole.collect()
}

/// The version that the image of a static pod names.
fn version(process: &Process, files: &Files<'_>) -> Option<String> {
    let role = Role::manifest_of(&process.program);
    let manifest = files.files.iter().find(|file| role != Role::StaticPod && file.role == role.as_str())?;
    let image = files.trees.get(&manifest.path)?.str_at("spec/containers/0/image")?;
    let tag = image.split('@').next()?.rsplit_once(':')?.1;
    tag.starts_with('v').then(|| tag.to_owned())
}

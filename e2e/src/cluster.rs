//! A cluster with one node that runs real pods: a control plane, the scheduler, containerd and kubelet.

use std::fs::{self, File};
use std::net::{IpAddr, SocketAddr};
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::containers::Containers;
use crate::control_plane::{ControlPlane, Options, SERVICE_ADDRESS, write_kubeconfig};
use crate::forwarder::Forwarder;
use crate::network::Bridge;
use crate::oci::Image;
use crate::service::{Service, free_ports, wait_for};

const READY: Duration = Duration::from_secs(120);
/// The node's name, and its host name to the cluster.
const NODE: &str = "node-1";
/// The cgroups that kubelet makes, whose names it does not let us choose.
const POD_CGROUPS: &str = "kubepods";

/// A running cluster. Dropping it stops its processes and pods and removes what they left.
pub struct Cluster {
    // In the order in which they are to stop: fields drop from the top.
    _kubelet: Service,
    kubelet_port: u16,
    _scheduler: Service,
    containers: Containers,
    _service: Forwarder,
    bridge: Bridge,
    plane: ControlPlane,
    _cgroups: PodCgroups,
    _only_one: File,
}

impl Cluster {
    /// Starts the cluster and waits until its node is ready. One runs at a time on a machine; others wait.
    ///
    /// # Errors
    /// We are not root, a program is missing, or a part did not become ready; its log is in the message.
    pub fn start() -> Result<Self> {
        Self::start_with(&Options::default())
    }

    /// Like [`Cluster::start`], with options for the API server.
    ///
    /// # Errors
    /// We are not root, a program is missing, or a part did not become ready; its log is in the message.
    pub fn start_with(options: &Options) -> Result<Self> {
        if !nix::unistd::geteuid().is_root() {
            bail!("a cluster with a node needs root: network, mounts and cgroups are the machine's");
        }
        let only_one = lock()?;
        let plane = ControlPlane::start_with(options)?.with_controller_manager()?;
        let cgroups = PodCgroups;
        let bridge = Bridge::create()?;
        let service = api_service(&plane, &bridge)?;
        let cni = plane.folder().join("cni");
        bridge.write_cni(&cni, &plane.folder().join("addresses"))?;
        let containers = Containers::start(plane.folder(), &cni)?;
        let scheduler = start_scheduler(&plane)?;
        let [kubelet_port] = free_ports()?;
        let mut kubelet = start_kubelet(&plane, &containers, &bridge, options, kubelet_port)?;
        kubelet.wait_until(READY, || node_is_ready(&plane))?;
        Ok(Self {
            _kubelet: kubelet,
            kubelet_port,
            _scheduler: scheduler,
            containers,
            _service: service,
            bridge,
            plane,
            _cgroups: cgroups,
            _only_one: only_one,
        })
    }

    /// Makes an image known to the node; pods name it and say `imagePullPolicy: Never` or `IfNotPresent`.
    ///
    /// # Errors
    /// The archive could not be written or imported.
    pub fn import(&self, image: Image) -> Result<()> {
        self.containers.import(image)
    }

    /// The name of the node.
    pub fn node(&self) -> &'static str {
        NODE
    }

    /// The interface that carries the pods' traffic, to capture from.
    pub fn interface(&self) -> &str {
        self.bridge.name()
    }

    /// The node's address, which its pods reach.
    pub fn node_address(&self) -> String {
        self.bridge.node_address()
    }

    /// The port on which kubelet serves, at the node's address.
    pub fn kubelet_port(&self) -> u16 {
        self.kubelet_port
    }

    /// The folder whose manifests kubelet runs by itself, as static pods.
    pub fn static_pods(&self) -> PathBuf {
        static_pods(&self.plane)
    }

    /// Waits until every pod of a namespace that matches the label selector is ready.
    ///
    /// # Errors
    /// They were not in time; what kubectl says of them is in the message.
    pub fn wait_for_pods(&self, namespace: &str, selector: &str, limit: Duration) -> Result<()> {
        let kubectl = self.plane.kubectl()?;
        let (namespace, selector) = (format!("--namespace={namespace}"), format!("--selector={selector}"));
        let timeout = format!("--timeout={}s", limit.as_secs());
        kubectl.run(&["wait", &namespace, "--for=create", "pods", &selector, &timeout])?;
        let ready = kubectl.run(&["wait", &namespace, "--for=condition=Ready", "pods", &selector, &timeout]);
        ready.map(drop).map_err(|error| {
            error.context(kubectl.run(&["describe", "pods", &namespace, &selector]).unwrap_or_default())
        })
    }
}

impl Deref for Cluster {
    type Target = ControlPlane;

    fn deref(&self) -> &ControlPlane {
        &self.plane
    }
}

impl DerefMut for Cluster {
    fn deref_mut(&mut self) -> &mut ControlPlane {
        &mut self.plane
    }
}

/// kubelet's cgroups and the host-wide network of one cluster leave no room for a second one.
fn lock() -> Result<File> {
    let path = std::env::temp_dir().join("cloister-cluster.lock");
    let file = File::create(&path).with_context(|| format!("failed to open {}", path.display()))?;
    file.lock().with_context(|| format!("failed to lock {}", path.display()))?;
    Ok(file)
}

/// What kube-proxy would do for the Service `kubernetes`: pods on the node's network reach the API server.
fn api_service(plane: &ControlPlane, bridge: &Bridge) -> Result<Forwarder> {
    bridge.add_address(SERVICE_ADDRESS)?;
    let server = plane.url().trim_start_matches("https://").parse().context("the API server's URL holds no address")?;
    let service = SERVICE_ADDRESS.parse::<IpAddr>().context("the Service has no address")?;
    Forwarder::start(SocketAddr::from((service, 443)), server)
}

fn static_pods(plane: &ControlPlane) -> PathBuf {
    plane.folder().join("static-pods")
}

fn start_scheduler(plane: &ControlPlane) -> Result<Service> {
    let [port] = free_ports()?;
    let kubeconfig = plane.kubeconfig_as("system:kube-scheduler", &[])?;
    let mut command = Command::new(cloister_tools::path("kube-scheduler")?);
    command
        .arg(format!("--kubeconfig={}", kubeconfig.display()))
        .arg(format!("--secure-port={port}"))
        .arg(format!("--cert-dir={}", plane.folder().join("kube-scheduler").display()))
        .args(["--bind-address=127.0.0.1", "--leader-elect=false"]);
    Service::start("kube-scheduler", &mut command, plane.folder())
}

fn start_kubelet(
    plane: &ControlPlane,
    containers: &Containers,
    bridge: &Bridge,
    options: &Options,
    port: u16,
) -> Result<Service> {
    let folder = plane.folder();
    let address = bridge.node_address();
    let user = format!("system:node:{NODE}");
    let client = plane.authority().identity("kubelet", &user, &["system:nodes"], &[NODE, &address])?;
    let kubeconfig = folder.join("kubeconfig-kubelet");
    write_kubeconfig(&kubeconfig, plane.url(), plane.authority(), &client)?;
    let mut config = json!({
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": address,
        "port": port,
        "healthzPort": 0,
        "authentication": {
            "x509": {"clientCAFile": plane.authority().certificate_file},
            "webhook": {"enabled": true},
            "anonymous": {"enabled": false},
        },
        "authorization": {"mode": "Webhook"},
        "tlsCertFile": client.certificate_file,
        "tlsPrivateKeyFile": client.key_file,
        "cgroupDriver": "cgroupfs",
        "failCgroupV1": false,
        "failSwapOn": false,
        "containerRuntimeEndpoint": containers.endpoint(),
        "resolvConf": "",
        // A busy or full test machine is no reason to refuse the few small pods of a test.
        "evictionHard": {"memory.available": "0%", "nodefs.available": "0%", "imagefs.available": "0%", "nodefs.inodesFree": "0%"},
        "podLogsDir": folder.join("pod-logs"),
        "staticPodPath": static_pods(plane),
    });
    if let Some(more) = &options.kubelet {
        merge(&mut config, more);
    }
    fs::create_dir_all(static_pods(plane)).context("failed to create the folder of static pods")?;
    let path = folder.join("kubelet.yaml");
    fs::write(&path, config.to_string()).context("failed to write kubelet's configuration")?;
    let drop_ins = folder.join("kubelet.conf.d");
    fs::create_dir_all(&drop_ins).context("failed to create the folder of drop-ins")?;
    if let Some(text) = &options.kubelet_drop_in {
        fs::write(drop_ins.join("10-test.conf"), text).context("failed to write kubelet's drop-in")?;
    }
    let mut command = Command::new(cloister_tools::path("kubelet")?);
    command
        .arg(format!("--config-dir={}", drop_ins.display()))
        .arg(format!("--config={}", path.display()))
        .arg(format!("--kubeconfig={}", kubeconfig.display()))
        .arg(format!("--root-dir={}", folder.join("kubelet").display()))
        .arg(format!("--cert-dir={}", folder.join("kubelet-pki").display()))
        .arg(format!("--hostname-override={NODE}"))
        .arg(format!("--node-ip={address}"));
    Service::start("kubelet", &mut command, folder)
}

/// Lays `more` over an object, member by member.
fn merge(into: &mut Value, more: &Value) {
    match (into, more) {
        (Value::Object(into), Value::Object(more)) => {
            more.iter().for_each(|(key, value)| merge(into.entry(key).or_insert(Value::Null), value));
        }
        (into, more) => *into = more.clone(),
    }
}

fn node_is_ready(plane: &ControlPlane) -> bool {
    let Ok(answer) = plane.api().get(&format!("/api/v1/nodes/{NODE}")) else { return false };
    let Ok(node) = answer.json() else { return false };
    let conditions = node.pointer("/status/conditions").and_then(|list| list.as_array());
    let ready = conditions.is_some_and(|list| {
        list.iter().any(|condition| {
            condition.get("type").is_some_and(|kind| kind == "Ready")
                && condition.get("status").is_some_and(|status| status == "True")
        })
    });
    // Until the controllers have taken the taints away nothing is scheduled.
    ready && node.pointer("/spec/taints").is_none()
}

/// Removes kubelet's cgroups when dropped, after the pods have ended.
struct PodCgroups;

impl Drop for PodCgroups {
    fn drop(&mut self) {
        let mut roots: Vec<_> =
            fs::read_dir("/sys/fs/cgroup").into_iter().flatten().flatten().map(|e| e.path()).collect();
        roots.push("/sys/fs/cgroup".into());
        for root in roots {
            let pods = root.join(POD_CGROUPS);
            // A cgroup may be busy for a moment after its last process ended.
            let _ = wait_for("the removal of cgroups", Duration::from_secs(5), || remove_cgroup(&pods).then_some(()));
        }
    }
}

/// Removes a cgroup and those in it; says whether it is gone.
fn remove_cgroup(path: &Path) -> bool {
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            remove_cgroup(&entry.path());
        }
    }
    !path.exists() || fs::remove_dir(path).is_ok()
}

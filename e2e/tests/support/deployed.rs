//! The hub of `deploy/hub`, installed on a real node as its documentation says, behind a real proxy that speaks TLS.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::fs::chown;
use std::path::{Path, PathBuf};
use std::process::Command;

use cloister_e2e::{Cluster, Forwarder, Image, wait_for};
use cloister_tools::service::Service;
use serde_json::{Value, json};

use super::hub::Hub;
use super::{PATIENCE, free_port, program, root};

pub const NAMESPACE: &str = "--namespace=cloister-hub";
pub const ACCOUNT: &str = "system:serviceaccount:cloister-hub:cloister-hub";
const SELECTOR: &str = "app.kubernetes.io/name=cloister-hub";
const PODS: &str = "/api/v1/namespaces/cloister-hub/pods";
/// Who the hub and its volumes' files are on the node.
const USER: u32 = 65532;

/// Where it is installed, and what lies before it.
pub struct Deployed {
    /// The hub's name, with the port of the proxy.
    pub host: String,
    pub certificate: PathBuf,
    folder: PathBuf,
    service: SocketAddr,
    line: Option<Forwarder>,
    _proxy: Service,
}

impl Deployed {
    /// Prepares what an administrator has before: the image, volumes, a proxy with a certificate for the hub's name.
    pub fn prepare(cluster: &Cluster, folder: &Path) -> Deployed {
        let image = Image::busybox("registry.example.org/cloister:0.1.0", &["/bin/cloister"]).unwrap();
        cluster.import(image.with_program("bin/cloister", &program("cloister")).unwrap()).unwrap();
        fs::write(folder.join("volumes.yaml"), volumes(cluster)).unwrap();
        cluster.kubectl().unwrap().apply(&folder.join("volumes.yaml")).unwrap();
        let host = format!("127.0.0.1:{}", free_port());
        let service = SocketAddr::from((Ipv4Addr::LOCALHOST, free_port()));
        let pair = rcgen::generate_simple_self_signed(vec![Ipv4Addr::LOCALHOST.to_string()]).unwrap();
        let certificate = folder.join("hub-ca.crt");
        fs::write(&certificate, pair.cert.pem()).unwrap();
        fs::write(folder.join("hub.key"), pair.signing_key.serialize_pem()).unwrap();
        let proxy = proxy(folder, &host, service);
        Deployed { host, certificate, folder: folder.to_owned(), service, _proxy: proxy, line: None }
    }

    /// The manifest with our names in it, and with `--every` so short that a right that is granted counts within a test.
    pub fn manifest(&self) -> String {
        let written = fs::read_to_string(root().join("deploy/hub/hub.yaml")).unwrap();
        let digest = format!("@sha256:{}", "0".repeat(64));
        let name = "            - --name=cluster\n";
        let ours = [
            (digest.as_str(), String::new()),
            ("hub.example.org", self.host.clone()),
            (name, format!("{name}            - --every=10s\n")),
        ];
        ours.iter().fold(written, |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        })
    }

    /// `kubectl apply` of a manifest.
    pub fn apply(&self, cluster: &Cluster, manifest: &str) {
        let path = self.folder.join("applied.yaml");
        fs::write(&path, manifest).unwrap();
        cluster.kubectl().unwrap().apply(&path).unwrap();
    }

    /// Waits for the pod, and leads the Service to it, as kube-proxy would.
    pub fn wait_until_ready(&mut self, cluster: &Cluster) {
        self.line = None;
        if let Err(error) = cluster.wait_for_pods("cloister-hub", SELECTOR, PATIENCE * 2) {
            panic!("{error:#}\n{}", self.logs(cluster));
        }
        let ip = wait_for("the pod's address", PATIENCE, || {
            let pods = cluster.api().get(PODS).ok()?.json().ok()?;
            let mut alive =
                pods["items"].as_array()?.iter().filter(|pod| pod["metadata"]["deletionTimestamp"].is_null());
            Some(alive.next()?["status"]["podIP"].as_str()?.to_owned())
        });
        let target = format!("{}:8440", ip.unwrap()).parse().unwrap();
        self.line = Some(Forwarder::start(self.service, target).unwrap());
    }

    /// Says nothing where there is no pod.
    pub fn logs(&self, cluster: &Cluster) -> String {
        let arguments = ["logs", NAMESPACE, "--all-containers", "--tail=50", "--selector", SELECTOR];
        cluster.kubectl().unwrap().run(&arguments).unwrap_or_default()
    }

    /// Runs a command in the hub's pod.
    pub fn exec(&self, cluster: &Cluster, command: &[&str]) -> String {
        let pod = ["exec", NAMESPACE, "deployment/cloister-hub", "--container=hub", "--"];
        cluster.kubectl().unwrap().run(&[&pod[..], command].concat()).unwrap()
    }

    /// The tokens that the first start has made, read as the documentation says: the administrator's hub, and the one of the
    /// API server, in a file.
    pub fn tokens(&self, cluster: &Cluster) -> (Hub, PathBuf) {
        let text = self.exec(cluster, &["cat", "/keys/tokens"]);
        let token = |role: &str| {
            let line = text.lines().find(|line| line.split(' ').nth(1) == Some(role)).unwrap();
            line.split(' ').nth(2).unwrap().to_owned()
        };
        let file = self.folder.join("hub-token");
        fs::write(&file, token("collector")).unwrap();
        let certificate = fs::read_to_string(&self.certificate).unwrap();
        (Hub::new(&format!("https://{}", self.host), &token("admin"), Some(&certificate)), file)
    }

    /// Deletes the pod, and waits until it is gone.
    pub fn delete_pod(&mut self, cluster: &Cluster, more: &[&str]) {
        self.line = None;
        let arguments = ["delete", "pods", NAMESPACE, "--selector", SELECTOR, "--timeout=60s"];
        cluster.kubectl().unwrap().run(&[&arguments[..], more].concat()).unwrap();
    }

    /// None, or one.
    pub fn scale(&mut self, cluster: &Cluster, replicas: u32) {
        self.line = None;
        let (kubectl, replicas) = (cluster.kubectl().unwrap(), format!("--replicas={replicas}"));
        kubectl.run(&["scale", NAMESPACE, "deployment/cloister-hub", &replicas]).unwrap();
        if replicas.ends_with("=0") {
            kubectl.run(&["wait", NAMESPACE, "--for=delete", "pods", "--selector", SELECTOR, "--timeout=60s"]).unwrap();
        }
    }
}

/// Where the volumes of the hub lie on the node: "data" and "keys".
pub fn volume(cluster: &Cluster, name: &str) -> PathBuf {
    cluster.folder().join("hub-volumes").join(name)
}

/// What a cloud would give: volumes that the hub's user may write.
fn volumes(cluster: &Cluster) -> String {
    let volume = |name: &str, size: &str| {
        let folder = volume(cluster, name);
        fs::create_dir_all(&folder).unwrap();
        chown(&folder, Some(USER), Some(USER)).unwrap();
        let claim = json!({"namespace": "cloister-hub", "name": format!("cloister-hub-{name}")});
        json!({"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": format!("hub-{name}")}, "spec": {
            "accessModes": ["ReadWriteOnce"], "capacity": {"storage": size}, "claimRef": claim,
            "hostPath": {"path": folder, "type": "Directory"}}})
    };
    format!("{}\n---\n{}\n", volume("data", "10Gi"), volume("keys", "1Gi"))
}

/// nginx, which speaks TLS as an Ingress controller would, and leads to the Service.
fn proxy(folder: &Path, host: &str, service: SocketAddr) -> Service {
    let home = folder.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|name| format!("  {name}_temp_path {home}/nginx-{name};\n"))
        .collect();
    let config = format!(
        "daemon off;\npid {home}/nginx.pid;\nerror_log stderr;\nuser root;\nworker_processes 1;\nevents {{}}\nhttp {{\n  access_log off;\n{temporary}  \
         server {{\n    listen {host} ssl;\n    ssl_certificate {home}/hub-ca.crt;\n    ssl_certificate_key {home}/hub.key;\n    \
         client_max_body_size 300m;\n    location / {{\n      proxy_pass http://{service};\n      proxy_http_version 1.1;\n      \
         proxy_set_header Host $http_host;\n      proxy_set_header X-Forwarded-For $remote_addr;\n    }}\n  }}\n}}\n"
    );
    fs::write(folder.join("nginx.conf"), config).unwrap();
    let mut command = Command::new("nginx");
    command.arg("-p").arg(folder).arg("-c").arg(folder.join("nginx.conf")).args(["-e", "stderr"]);
    let mut proxy = Service::start("nginx", &mut command, folder).unwrap();
    proxy.wait_until(PATIENCE, || std::net::TcpStream::connect(host).is_ok()).unwrap();
    proxy
}

/// What a list of the API server says of resources, by name and group.
pub fn resource(name: &str, group: &str) -> String {
    if group.is_empty() { name.to_owned() } else { format!("{name}.{group}") }
}

/// What the hub's ClusterRole grants, by verbs.
pub fn granted(manifest: &str) -> Vec<(String, String)> {
    let role: Value = manifest
        .split("\n---\n")
        .map(|text| serde_saphyr::from_str(text).unwrap_or(Value::Null))
        .find(|it: &Value| it["kind"] == "ClusterRole")
        .unwrap();
    let texts = |value: &Value| -> Vec<String> {
        value.as_array().unwrap().iter().map(|it| it.as_str().unwrap().to_owned()).collect()
    };
    let mut all = Vec::new();
    for rule in role["rules"].as_array().unwrap() {
        for group in texts(&rule["apiGroups"]) {
            for name in texts(&rule["resources"]) {
                all.extend(texts(&rule["verbs"]).into_iter().map(|verb| (verb, resource(&name, &group))));
            }
        }
    }
    all
}

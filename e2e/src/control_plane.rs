//! etcd and kube-apiserver, and kube-controller-manager where controllers matter.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::api::Api;
use crate::kubectl::Kubectl;
use crate::pki::{Authority, Identity};
use crate::service::{Service, free_ports, wait_for};

/// How long etcd and the API server may take to become ready on a busy small machine.
const READY: Duration = Duration::from_secs(120);

/// The address of the Service `kubernetes`: the first of the range.
pub(crate) const SERVICE_ADDRESS: &str = "10.96.0.1";

/// Writes every request, without bodies.
const AUDIT_POLICY: &str = "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n";

/// What can be said about the API server before it starts.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// An audit policy in the place of our own, which logs the metadata of every request.
    pub audit_policy: Option<String>,
    /// An `EncryptionConfiguration`, for encryption at rest.
    pub encryption: Option<String>,
    /// An `AuthorizationConfiguration`, in the place of `--authorization-mode=Node,RBAC`.
    pub authorization: Option<String>,
    /// What a node's kubelet is told besides, as parts of its KubeletConfiguration.
    pub kubelet: Option<serde_json::Value>,
    /// A drop-in of the kubelet's configuration, by `--config-dir`.
    pub kubelet_drop_in: Option<String>,
    /// Further arguments of kube-apiserver.
    pub arguments: Vec<String>,
}

/// A running control plane. Dropping it stops its processes and removes its folder.
pub struct ControlPlane {
    // In the order in which they are to stop: fields drop from the top.
    controller_manager: Option<Service>,
    /// `None` while it is stopped.
    api_server: Option<Service>,
    _etcd: Service,
    authority: Authority,
    service_accounts: Identity,
    api: Api,
    url: String,
    etcd_url: String,
    options: Options,
    folder: TempDir,
}

impl ControlPlane {
    /// Starts etcd and the API server and waits until it is ready.
    ///
    /// # Errors
    /// A program is missing or did not become ready; its log is in the message.
    pub fn start() -> Result<Self> {
        Self::start_with(&Options::default())
    }

    /// Like [`ControlPlane::start`], with other options.
    ///
    /// # Errors
    /// A program is missing or did not become ready; its log is in the message.
    pub fn start_with(options: &Options) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("cloister-").tempdir().context("failed to make a folder")?;
        let authority = Authority::new(&folder.path().join("pki"))?;
        let service_accounts = authority.service_account_keys()?;
        let [client, peer, secure] = free_ports()?;
        let etcd_url = format!("http://127.0.0.1:{client}");
        let url = format!("https://127.0.0.1:{secure}");
        let etcd = start_etcd(folder.path(), &etcd_url, peer)?;

        let admin = authority.identity("admin", "cloister-admin", &["system:masters"], &[])?;
        write_kubeconfig(&folder.path().join("kubeconfig"), &url, &authority, &admin)?;
        let api = Api::new(&url, &authority, &admin)?;
        let mut plane = Self {
            controller_manager: None,
            api_server: None,
            _etcd: etcd,
            authority,
            service_accounts,
            api,
            url,
            etcd_url,
            options: options.clone(),
            folder,
        };
        plane.start_api_server()?;
        Ok(plane)
    }

    /// Starts the API server where it is stopped, and waits until it is ready.
    ///
    /// # Errors
    /// The program is missing or did not become ready; its log is in the message.
    pub fn start_api_server(&mut self) -> Result<()> {
        let folder = self.folder.path();
        let mut command = api_server(folder, &self.authority, &self.service_accounts, &self.options)?;
        let port = self.url.rsplit(':').next().unwrap_or_default();
        command.arg(format!("--etcd-servers={}", self.etcd_url)).arg(format!("--secure-port={port}"));
        let mut api_server = Service::start("kube-apiserver", &mut command, folder)?;
        api_server.wait_until(READY, || is_ready(&self.api))?;
        self.api_server = Some(api_server);
        Ok(())
    }

    /// Stops the API server: who follows it is on its own until [`ControlPlane::start_api_server`].
    pub fn stop_api_server(&mut self) {
        self.api_server = None;
    }

    /// Starts the API server anew with further arguments, as whoever edits its manifest does.
    ///
    /// # Errors
    /// It did not become ready; its log is in the message.
    pub fn restart_api_server(&mut self, more: Vec<String>) -> Result<()> {
        self.stop_api_server();
        self.options.arguments.extend(more);
        self.start_api_server()
    }

    /// Forgets what was before now: who asks from there on is told that it is gone, as soon as the API server was started
    /// anew.
    ///
    /// # Errors
    /// etcd cannot be reached, or refuses.
    pub fn compact(&self) -> Result<()> {
        let etcd = Api::anonymous(&self.etcd_url, &self.authority)?;
        let ask = |path: &str, body: &str| etcd.post(path, body)?.success()?.json();
        let now = ask("/v3/kv/range", r#"{"key": "Lw=="}"#)?;
        let revision = now.pointer("/header/revision").and_then(|it| it.as_str()).context("etcd tells no revision")?;
        ask("/v3/kv/compaction", &format!(r#"{{"revision": "{revision}", "physical": true}}"#)).map(drop)
    }

    /// Adds kube-controller-manager, and waits until it has made the default service account.
    ///
    /// # Errors
    /// The program is missing or did not become ready; its log is in the message.
    pub fn with_controller_manager(mut self) -> Result<Self> {
        // As itself, and each controller by its service account: what it does by itself is not the administrator's.
        let kubeconfig = self.kubeconfig_as("system:kube-controller-manager", &[])?;
        let mut command = Command::new(cloister_tools::path("kube-controller-manager")?);
        let [port] = free_ports()?;
        command
            .arg(format!("--kubeconfig={}", kubeconfig.display()))
            .arg(format!("--service-account-private-key-file={}", self.service_accounts.key_file.display()))
            .arg(format!("--root-ca-file={}", self.authority.certificate_file.display()))
            .arg(format!("--cluster-signing-cert-file={}", self.authority.certificate_file.display()))
            .arg(format!("--cluster-signing-key-file={}", self.authority.key_file.display()))
            .arg(format!("--cert-dir={}", self.folder.path().join("controller-manager").display()))
            .arg(format!("--secure-port={port}"))
            .args(["--bind-address=127.0.0.1", "--use-service-account-credentials", "--leader-elect=false"]);
        let mut service = Service::start("kube-controller-manager", &mut command, self.folder.path())?;
        let api = self.api.clone();
        service.wait_until(READY, || has_default_service_account(&api, "default"))?;
        self.controller_manager = Some(service);
        Ok(self)
    }

    /// Makes a namespace with labels; its default service account is there when this returns.
    ///
    /// # Errors
    /// The API server refused.
    pub fn create_namespace(&self, name: &str, labels: &[(&str, &str)]) -> Result<()> {
        let labels: serde_json::Map<_, _> =
            labels.iter().map(|&(key, value)| (key.to_owned(), serde_json::Value::from(value))).collect();
        let body =
            serde_json::json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}});
        self.api.post("/api/v1/namespaces", &body.to_string())?.success()?;
        if self.controller_manager.is_some() {
            return wait_for("the default service account", READY, || {
                has_default_service_account(&self.api, name).then_some(())
            });
        }
        let account = r#"{"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}"#;
        self.api.post(&format!("/api/v1/namespaces/{name}/serviceaccounts"), account)?.success()?;
        Ok(())
    }

    /// A client with every right.
    pub fn api(&self) -> &Api {
        &self.api
    }

    /// A client that is known to the API server as this user in these groups.
    ///
    /// # Errors
    /// The certificate could not be made: there is more than one group, which [`Api::impersonating`] takes.
    pub fn api_as(&self, user: &str, groups: &[&str]) -> Result<Api> {
        Api::new(&self.url, &self.authority, &self.authority.identity(&file_name(user), user, groups, &[])?)
    }

    /// A client that presents this token.
    ///
    /// # Errors
    /// The certificate of the authority cannot be read.
    pub fn api_with_token(&self, token: &str) -> Result<Api> {
        Ok(Api::anonymous(&self.url, &self.authority)?.with_header("Authorization", &format!("Bearer {token}")))
    }

    /// A client that presents nothing: `system:anonymous`.
    ///
    /// # Errors
    /// The certificate of the authority cannot be read.
    pub fn api_anonymous(&self) -> Result<Api> {
        Api::anonymous(&self.url, &self.authority)
    }

    /// A client that presents a certificate with its key, both in PEM.
    ///
    /// # Errors
    /// They cannot be read.
    pub fn api_with_certificate(&self, certificate: &str, key: &str) -> Result<Api> {
        Api::connect(&self.url, &self.authority, Some((certificate, key)))
    }

    /// `kubectl` with every right.
    ///
    /// # Errors
    /// kubectl is missing.
    pub fn kubectl(&self) -> Result<Kubectl> {
        Kubectl::new(&self.kubeconfig())
    }

    /// A kubeconfig with every right.
    pub fn kubeconfig(&self) -> PathBuf {
        self.folder.path().join("kubeconfig")
    }

    /// A kubeconfig for this user in these groups.
    ///
    /// # Errors
    /// The certificate could not be made (for more than one group it is not), or the file not be written.
    pub fn kubeconfig_as(&self, user: &str, groups: &[&str]) -> Result<PathBuf> {
        let name = file_name(user);
        let path = self.folder.path().join(format!("kubeconfig-{name}"));
        let identity = self.authority.identity(&name, user, groups, &[])?;
        write_kubeconfig(&path, &self.url, &self.authority, &identity)?;
        Ok(path)
    }

    /// The audit log, one JSON event on each line.
    pub fn audit_log(&self) -> PathBuf {
        self.folder.path().join("audit.log")
    }

    /// The address of etcd, to read what really is at rest.
    pub fn etcd_url(&self) -> &str {
        &self.etcd_url
    }

    /// The address of the API server.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The folder that lives as long as the control plane.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The end of the API server's log, to show when a test fails.
    pub fn log_tail(&self) -> String {
        self.api_server.as_ref().map(Service::log_tail).unwrap_or_default()
    }

    pub(crate) fn authority(&self) -> &Authority {
        &self.authority
    }
}

fn start_etcd(folder: &Path, url: &str, peer: u16) -> Result<Service> {
    let peer = format!("http://127.0.0.1:{peer}");
    let mut command = Command::new(cloister_tools::path("etcd")?);
    command
        .arg(format!("--data-dir={}", folder.join("etcd").display()))
        .arg(format!("--listen-client-urls={url}"))
        .arg(format!("--advertise-client-urls={url}"))
        .arg(format!("--listen-peer-urls={peer}"))
        .arg(format!("--initial-advertise-peer-urls={peer}"))
        .arg(format!("--initial-cluster=default={peer}"))
        .arg("--unsafe-no-fsync"); // the data is not to outlive the test
    Service::start("etcd", &mut command, folder)
}

fn api_server(folder: &Path, authority: &Authority, accounts: &Identity, options: &Options) -> Result<Command> {
    let hosts = ["127.0.0.1", "localhost", SERVICE_ADDRESS, "kubernetes.default.svc"];
    let serving = authority.identity("kube-apiserver", "kube-apiserver", &[], &hosts)?;
    let kubelet = authority.identity("kubelet-client", "kubelet-client", &["system:masters"], &[])?;
    let policy = folder.join("audit-policy.yaml");
    fs::write(&policy, options.audit_policy.as_deref().unwrap_or(AUDIT_POLICY)).context("failed to write a policy")?;

    let mut command = Command::new(cloister_tools::path("kube-apiserver")?);
    command
        .args(["--bind-address=127.0.0.1", "--advertise-address=127.0.0.1", "--endpoint-reconciler-type=none"])
        .args(["--enable-admission-plugins=NodeRestriction", "--allow-privileged"])
        .args(["--service-cluster-ip-range=10.96.0.0/16", "--kubelet-preferred-address-types=InternalIP"])
        .arg("--service-account-issuer=https://kubernetes.default.svc")
        .arg(format!("--cert-dir={}", folder.join("kube-apiserver").display()))
        .arg(format!("--client-ca-file={}", authority.certificate_file.display()))
        .arg(format!("--tls-cert-file={}", serving.certificate_file.display()))
        .arg(format!("--tls-private-key-file={}", serving.key_file.display()))
        .arg(format!("--service-account-key-file={}", accounts.certificate_file.display()))
        .arg(format!("--service-account-signing-key-file={}", accounts.key_file.display()))
        .arg(format!("--kubelet-client-certificate={}", kubelet.certificate_file.display()))
        .arg(format!("--kubelet-client-key={}", kubelet.key_file.display()))
        .arg(format!("--audit-policy-file={}", policy.display()))
        .arg(format!("--audit-log-path={}", folder.join("audit.log").display()))
        .args(&options.arguments);
    match &options.authorization {
        None => drop(command.arg("--authorization-mode=Node,RBAC")),
        Some(authorization) => {
            let path = folder.join("authorization.yaml");
            fs::write(&path, authorization).context("failed to write the authorization configuration")?;
            command.arg(format!("--authorization-config={}", path.display()));
        }
    }
    if let Some(encryption) = &options.encryption {
        let path = folder.join("encryption.yaml");
        fs::write(&path, encryption).context("failed to write the encryption configuration")?;
        command.arg(format!("--encryption-provider-config={}", path.display()));
    }
    Ok(command)
}

fn is_ready(api: &Api) -> bool {
    api.get("/readyz").is_ok_and(|answer| answer.status == 200)
}

fn has_default_service_account(api: &Api, namespace: &str) -> bool {
    let path = format!("/api/v1/namespaces/{namespace}/serviceaccounts/default");
    api.get(&path).is_ok_and(|answer| answer.status == 200)
}

/// A user's name as a file name: `system:node:a` has characters that paths do not like.
fn file_name(user: &str) -> String {
    user.chars().map(|character| if character.is_ascii_alphanumeric() { character } else { '-' }).collect()
}

/// Writes a kubeconfig with one context, for `identity` at `url`.
pub fn write_kubeconfig(path: &Path, url: &str, authority: &Authority, identity: &Identity) -> Result<()> {
    let text = format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: test\n\
         clusters:\n- name: test\n  cluster:\n    server: {url}\n    certificate-authority: {}\n\
         users:\n- name: test\n  user:\n    client-certificate: {}\n    client-key: {}\n\
         contexts:\n- name: test\n  context:\n    cluster: test\n    user: test\n",
        authority.certificate_file.display(),
        identity.certificate_file.display(),
        identity.key_file.display(),
    );
    fs::write(path, text).with_context(|| format!("failed to write {}", path.display()))
}

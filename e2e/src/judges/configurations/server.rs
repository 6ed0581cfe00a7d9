//! etcd and an API server whose every flag is the scenario's.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;
use tempfile::TempDir;

use super::issuer::Issuer;
use super::scenarios::{Etcd, Peers, Scenario};
use crate::api::Api;
use crate::pki::Authority;
use crate::service::{Service, free_ports, wait_for};

/// How long a server may take on a busy small machine to become ready, or to refuse.
const READY: Duration = Duration::from_secs(90);

/// Of the key store, in the world's folder.
const SOCKET: &str = "kms.sock";

/// What came of starting a server.
pub enum Started {
    /// It serves.
    Running(Box<Running>),
    /// It ended, with this at the end of its log.
    Refused(String),
}

/// A server, its etcd, and who may speak to them. Fields stop from the top.
pub struct Running {
    _manager: Option<Service>,
    /// None where no controller manager runs.
    pub manager_flags: Vec<String>,
    _server: Service,
    _etcd: Service,
    _plug_in: Option<Service>,
    /// With every right, where certificates are known.
    pub admin: Api,
    /// Of etcd, with the API server's certificate.
    pub etcd: Api,
    pub authority: Authority,
    /// Of etcd, where that is another.
    pub etcd_authority: Option<Authority>,
    pub url: String,
    pub etcd_url: String,
    /// Where its members speak to each other.
    pub peer_url: String,
    /// Whose tokens it takes, where the scenario has one.
    pub issuer: Option<Issuer>,
    pub folder: TempDir,
}

/// A world for one scenario: its folder, authority and ports.
pub struct World {
    folder: TempDir,
    authority: Authority,
    etcd_authority: Option<Authority>,
    secure: u16,
    etcd_url: String,
    peer_url: String,
    issuer: Option<Issuer>,
    has_plug_in: bool,
    /// The API server's flags.
    pub server: Vec<String>,
    /// etcd's flags.
    pub etcd: Vec<String>,
    /// The controller manager's, where there is one.
    pub manager: Vec<String>,
}

impl World {
    /// Writes keys and files; the flags name them.
    pub fn new(scenario: &Scenario) -> Result<World> {
        let folder = tempfile::Builder::new().prefix("cloister-").tempdir().context("failed to make a folder")?;
        let authority = Authority::new(&folder.path().join("pki"))?;
        let [client, peer, secure] = free_ports()?;
        let own = scenario.etcd == Etcd::Own;
        let etcd_authority = own.then(|| Authority::new(&folder.path().join("etcd-pki"))).transpose()?;
        let url = |is_plain: bool, port: u16| format!("{}://127.0.0.1:{port}", if is_plain { "http" } else { "https" });
        let etcd_url = url(scenario.etcd == Etcd::Plain, client);
        let peer_url = url(scenario.peers == Peers::Plain, peer);
        let issuer = scenario.has_issuer().then(|| Issuer::start(&authority, folder.path())).transpose()?;
        let mut world = World {
            folder,
            authority,
            etcd_authority,
            secure,
            etcd_url: etcd_url.clone(),
            peer_url,
            issuer,
            has_plug_in: scenario.has_plug_in(),
            server: Vec::new(),
            etcd: Vec::new(),
            manager: Vec::new(),
        };
        world.write("tokens.csv", &format!("{},somebody,1\n", super::TOKEN))?;
        world.server = world.server_flags(scenario, &etcd_url)?;
        world.etcd = world.etcd_flags(scenario, &etcd_url)?;
        if let Some(deviations) = scenario.manager {
            world.manager = super::manager::flags(&world, deviations)?;
        }
        Ok(world)
    }

    /// A path below its folder.
    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// Of the API server.
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.secure)
    }

    pub fn write(&self, name: &str, text: &str) -> Result<String> {
        let path = self.folder.path().join(name);
        fs::write(&path, text).with_context(|| format!("failed to write {name}"))?;
        Ok(path.display().to_string())
    }

    /// What every server here has, unless the scenario says otherwise.
    fn server_flags(&self, scenario: &Scenario, etcd_url: &str) -> Result<Vec<String>> {
        let accounts = self.authority.service_account_keys()?;
        let serving = self.authority.identity("serving", "kube-apiserver", &[], &["127.0.0.1", "localhost"])?;
        let client = self.etcd_authority().identity("etcd-client", "etcd-client", &[], &[])?;
        self.authority.identity("kubelet-client", "kube-apiserver-kubelet-client", &[], &[])?;
        let ca = self.authority.certificate_file.display().to_string();
        let file = |path: &Path| path.display().to_string();
        let mut flags: Vec<(String, String)> = Vec::new();
        let mut set = |name: &str, value: String| flags.push((name.to_owned(), value));
        set("etcd-servers", etcd_url.to_owned());
        if scenario.etcd != Etcd::Plain {
            // What etcd makes itself is its own authority.
            let made = self.path("etcd/fixtures/client/cert.pem");
            let own = scenario.etcd == Etcd::SelfMade;
            set("etcd-cafile", if own { made } else { file(&self.etcd_authority().certificate_file) });
            set("etcd-certfile", file(&client.certificate_file));
            set("etcd-keyfile", file(&client.key_file));
        }
        set("secure-port", self.secure.to_string());
        set("bind-address", "127.0.0.1".to_owned());
        set("advertise-address", "127.0.0.1".to_owned());
        set("endpoint-reconciler-type", "none".to_owned());
        set("service-cluster-ip-range", "10.96.0.0/16".to_owned());
        set("cert-dir", self.path("certs"));
        set("allow-privileged", "true".to_owned());
        set("service-account-issuer", "https://kubernetes.default.svc".to_owned());
        set("service-account-key-file", file(&accounts.certificate_file));
        set("service-account-signing-key-file", file(&accounts.key_file));
        set("client-ca-file", ca);
        set("tls-cert-file", file(&serving.certificate_file));
        set("tls-private-key-file", file(&serving.key_file));
        for (name, value) in super::scenarios::HARDENED {
            set(name, (*value).to_owned());
        }
        for (name, text) in scenario.files {
            let path = self.write(&format!("{name}.conf"), &self.filled(text))?;
            flags.retain(|(own, _)| own != name);
            flags.push(((*name).to_owned(), path));
        }
        for (name, value) in scenario.flags {
            flags.retain(|(own, _)| own != name);
            flags.extend(value.map(|value| ((*name).to_owned(), self.filled(value))));
        }
        Ok(flags.into_iter().map(|(name, value)| format!("--{name}={value}")).collect())
    }

    /// A configuration with what its words stand for.
    pub fn filled(&self, text: &str) -> String {
        let authority = self.authority.certificate().trim_end().replace('\n', "\\n");
        let folder = self.folder.path().display().to_string();
        let issuer = self.issuer.as_ref().map_or("", |issuer| &issuer.url);
        if let Some(topic) = text.strip_prefix("HARDENED-BY ") {
            return super::hardened(topic, issuer, &self.authority.certificate(), &self.plug_in_url());
        }
        text.replace("KEY", super::KEY)
            .replace("ISSUER", issuer)
            .replace("AUTHORITY", &authority)
            .replace("PLUG-IN", &self.plug_in_url())
            .replace("FOLDER", &folder)
    }

    fn etcd_flags(&self, scenario: &Scenario, url: &str) -> Result<Vec<String>> {
        let peer = &self.peer_url;
        let authority = self.etcd_authority();
        let ca = authority.certificate_file.display();
        let mut flags = vec![
            format!("--data-dir={}", self.path("etcd")),
            format!("--listen-client-urls={url}"),
            format!("--advertise-client-urls={url}"),
            format!("--listen-peer-urls={peer}"),
            format!("--initial-advertise-peer-urls={peer}"),
            format!("--initial-cluster=default={peer}"),
            "--unsafe-no-fsync".to_owned(),
        ];
        let own = authority.identity("etcd", "etcd", &[], &["127.0.0.1"])?;
        let (certificate, key) = (own.certificate_file.display(), own.key_file.display());
        match scenario.etcd {
            Etcd::Plain => {}
            Etcd::SelfMade => flags.push("--auto-tls".to_owned()),
            Etcd::Shared | Etcd::Own => flags.extend([
                format!("--cert-file={certificate}"),
                format!("--key-file={key}"),
                format!("--trusted-ca-file={ca}"),
            ]),
        }
        match scenario.peers {
            Peers::Plain => {}
            Peers::SelfMade => flags.push("--peer-auto-tls".to_owned()),
            Peers::Known | Peers::Unasked => {
                flags.extend([format!("--peer-cert-file={certificate}"), format!("--peer-key-file={key}")]);
            }
        }
        if scenario.peers == Peers::Known {
            flags.extend([format!("--peer-trusted-ca-file={ca}"), "--peer-client-cert-auth".to_owned()]);
        }
        flags.extend(scenario.etcd_flags.iter().map(|flag| (*flag).to_owned()));
        Ok(flags)
    }

    /// The same programs as static pods, for our checks.
    pub fn manifests(&self) -> String {
        [("kube-apiserver", &self.server), ("etcd", &self.etcd), ("kube-controller-manager", &self.manager)]
            .into_iter()
            .filter(|(_, flags)| !flags.is_empty())
            .map(|(program, flags)| {
                let command: Vec<&str> = std::iter::once(program).chain(flags.iter().map(String::as_str)).collect();
                let container =
                    json!({"name": program, "image": format!("registry.k8s.io/{program}"), "command": command});
                let pod = json!({
                    "apiVersion": "v1", "kind": "Pod", "metadata": {"name": program, "namespace": "kube-system"},
                    "spec": {"containers": [container]},
                });
                pod.to_string()
            })
            .collect::<Vec<_>>()
            .join("\n---\n")
    }

    /// Starts etcd alone.
    pub fn start_etcd(&self) -> Result<Service> {
        Service::start("etcd", Command::new(cloister_tools::path("etcd")?).args(&self.etcd), self.folder.path())
    }

    /// Starts the key store.
    pub fn start_plug_in(&self) -> Result<Service> {
        let socket = self.path(SOCKET);
        let mut command = Command::new(cloister_tools::path("kms-plugin")?);
        let mut plug_in = Service::start("kms-plugin", command.arg(&socket), self.folder.path())?;
        plug_in.wait_until(READY, || Path::new(&socket).exists())?;
        Ok(plug_in)
    }

    /// Of the key store.
    pub fn plug_in_url(&self) -> String {
        format!("unix://{}", self.path(SOCKET))
    }

    /// A client of etcd, with a certificate of the authority that etcd knows.
    pub fn etcd_client(&self) -> Result<Api> {
        let identity = self.etcd_authority().identity("etcd-reader", "etcd-reader", &[], &[])?;
        Api::unchecked(&self.etcd_url, &self.authority, Some(&identity))
    }

    fn etcd_authority(&self) -> &Authority {
        self.etcd_authority.as_ref().unwrap_or(&self.authority)
    }

    /// Starts an API server with these flags, and a client with every right; nothing where it refuses to start.
    pub fn start_server(&self, flags: &[String]) -> Result<Option<(Service, Api)>> {
        let program = cloister_tools::path("kube-apiserver")?;
        let mut server = Service::start("kube-apiserver", Command::new(program).args(flags), self.folder.path())?;
        let url = self.url();
        let identity = self.authority.identity("admin", "cloister-admin", &["system:masters"], &[])?;
        let admin = Api::unchecked(&url, &self.authority, Some(&identity))?;
        let knows_certificates = flags.iter().any(|flag| flag.starts_with("--client-ca-file="));
        let ready = wait_for("the API server", READY, || {
            if server.has_ended() {
                return Some(false);
            }
            let status = admin.get("/readyz").ok()?.status;
            (status == 200 || (!knows_certificates && status == 401)).then_some(true)
        });
        let ready = ready.with_context(|| server.log_tail())?;
        Ok(ready.then_some((server, admin)))
    }

    /// Starts both.
    pub fn start(self) -> Result<Started> {
        let plug_in = if self.has_plug_in { Some(self.start_plug_in()?) } else { None };
        let etcd = self.start_etcd()?;
        let Some((server, admin)) = self.start_server(&self.server)? else {
            let log = fs::read_to_string(self.folder.path().join("kube-apiserver.log")).unwrap_or_default();
            return Ok(Started::Refused(log));
        };
        let manager = if self.manager.is_empty() { None } else { Some(super::manager::start(&self, &self.manager)?) };
        Ok(Started::Running(Box::new(Running {
            _manager: manager,
            manager_flags: self.manager.clone(),
            _server: server,
            _etcd: etcd,
            _plug_in: plug_in,
            admin,
            etcd: self.etcd_client()?,
            url: self.url(),
            etcd_url: self.etcd_url,
            peer_url: self.peer_url,
            authority: self.authority,
            etcd_authority: self.etcd_authority,
            issuer: self.issuer,
            folder: self.folder,
        })))
    }
}

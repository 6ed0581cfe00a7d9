//! Kubelets as the API server meets them: stand-ins that answer when it asks for the log of a pod, and say what it showed.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};
use serde_json::json;

use super::observe::See;
use super::server::Running;
use crate::pki::Authority;

/// What a stand-in answers.
const LINE: &str = "told by the judge";

/// A stand-in, which serves until the program ends.
struct Kubelet {
    port: u16,
    /// Whether somebody showed it a certificate.
    shown: Arc<AtomicBool>,
}

/// Whether the API server takes any kubelet for one, and what it shows to one.
pub fn observe(running: &Running, see: &mut See<'_>) -> Result<()> {
    let stranger = Authority::new(&running.folder.path().join("stranger-pki"))?;
    let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default"}}).to_string();
    running.admin.post("/api/v1/namespaces/default/serviceaccounts", &account)?;
    let foreign = Kubelet::start(&stranger, &running.authority)?;
    let believed = foreign.is_asked(running, "foreign")?;
    see("a kubelet of any authority is believed", &["api-server-trusts-any-kubelet"], believed);
    let own = Kubelet::start(&running.authority, &running.authority)?;
    ensure!(own.is_asked(running, "own")?, "the API server does not reach a kubelet");
    let shown = own.shown.load(Ordering::SeqCst);
    see("a kubelet is shown no certificate", &["api-server-without-kubelet-credentials"], !shown);
    Ok(())
}

impl Kubelet {
    /// With a certificate of one authority; it asks for those of another, and takes callers without.
    fn start(issuer: &Authority, clients: &Authority) -> Result<Kubelet> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).context("failed to listen")?;
        let (port, config) = (listener.local_addr()?.port(), Arc::new(config(issuer, clients)?));
        let shown = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&shown);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Ok(connection) = ServerConnection::new(Arc::clone(&config)) else { return };
                // A caller that does not believe it hangs up.
                let _ = answer(StreamOwned::new(connection, stream), &told);
            }
        });
        Ok(Kubelet { port, shown })
    }

    /// Whether the API server comes to it for the log of a pod.
    fn is_asked(&self, running: &Running, name: &str) -> Result<bool> {
        let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "status": {
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": self.port}}}});
        running.admin.post("/api/v1/nodes", &node.to_string())?.success()?;
        let pod = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": format!("on-{name}")},
            "spec": {"nodeName": name, "containers": [{"name": "a", "image": "a:1"}]}});
        running.admin.post("/api/v1/namespaces/default/pods", &pod.to_string())?.success()?;
        let log = running.admin.get(&format!("/api/v1/namespaces/default/pods/on-{name}/log"))?;
        Ok(log.status == 200 && log.body.contains(LINE))
    }
}

fn config(issuer: &Authority, clients: &Authority) -> Result<ServerConfig> {
    let own = issuer.identity("kubelet", "system:node:stand-in", &[], &["127.0.0.1"])?;
    let pem = |text: &str| CertificateDer::from_pem_slice(text.as_bytes()).context("not a certificate");
    let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).context("not a key")?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(pem(&clients.certificate())?)?;
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
    let verifier = verifier.allow_unauthenticated().build()?;
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.with_client_cert_verifier(verifier).with_single_cert(vec![pem(&own.certificate)?], key)?)
}

fn answer(stream: StreamOwned<ServerConnection, TcpStream>, shown: &AtomicBool) -> Result<()> {
    stream.sock.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new(stream);
    let mut line = String::from("first");
    while !line.trim().is_empty() {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
    }
    let stream = reader.get_mut();
    if stream.conn.peer_certificates().is_some() {
        shown.store(true, Ordering::SeqCst);
    }
    let (length, text) = (LINE.len(), LINE);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: {length}");
    stream.write_all(format!("{head}\r\n\r\n{text}").as_bytes())?;
    stream.conn.send_close_notify();
    stream.flush()?;
    Ok(())
}

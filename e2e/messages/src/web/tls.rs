//! OpenSSL on both ends: versions, a second hello, kinds of keys.

use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::Result;

use super::Planned;
use crate::proxy::{Proxy, Recording};
use crate::server::{Server, command, folder, free_port, run};

/// A certificate and its key, as `cert` and `key`.
pub(super) fn certificate(folder: &Path, kind: &str) -> Result<()> {
    let mut make = command("www-data", "openssl", folder)?;
    make.args(["req", "-x509", "-nodes", "-keyout", "key", "-out", "cert", "-days", "9", "-newkey", kind]);
    make.args(["-subj", "/CN=shop.example", "-addext", "subjectAltName=DNS:shop.example,DNS:www.shop.example"]);
    if kind == "ec" {
        make.args(["-pkeyopt", "ec_paramgen_curve:prime256v1"]);
    }
    run(&mut make)
}

/// One server and what `clients` ask of it, each in arguments of its own.
fn talk(kind: &str, server: &[&str], clients: &[&[&str]]) -> Result<Vec<Recording>> {
    let (folder, port) = (folder("www-data")?, free_port()?);
    certificate(folder.path(), kind)?;
    let mut start = command("www-data", "openssl", folder.path())?;
    start.args(["s_server", "-key", "key", "-cert", "cert", "-www", "-alpn", "h2,http/1.1"]);
    start.args(server).args(["-accept", &port.to_string()]);
    let server = Server::start(start, port, folder)?;
    let proxy = Proxy::start(server.port)?;
    let address = format!("127.0.0.1:{}", proxy.port());
    for client in clients {
        run(Command::new("openssl")
            .args(["s_client", "-connect", &address, "-servername", "shop.example", "-alpn", "http/1.1"])
            .args(*client)
            .stdin(Stdio::null()))?;
    }
    proxy.finish()
}

/// By version; with groups that the server does not take at first; by kind of key.
pub(super) fn tls() -> Result<Planned> {
    let mut recordings = talk("rsa:2048", &[], &[&["-tls1_2"], &["-tls1_3"]])?;
    recordings.extend(talk("ec", &["-groups", "P-384"], &[&["-tls1_2"], &["-tls1_3", "-groups", "X25519:P-384"]])?);
    let plan = [
        // Where the server asks for another group, the client says its hello twice.
        ("client-hello field:sni = shop.example", 5),
        ("client-hello field:alpn = http/1.1", 5),
        ("handshake field:version = TLS 1.2", 2),
        ("handshake field:version = TLS 1.3", 2),
        ("handshake field:cipher = TLS_AES_256_GCM_SHA384", 2),
        ("handshake field:cipher = TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", 1),
        ("handshake field:cipher = TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", 1),
        ("handshake field:encrypted = true", 4),
        ("handshake field:subject = CN=shop.example", 2),
        ("handshake field:issuer = CN=shop.example", 2),
    ];
    Ok((recordings, plan.map(|(line, count)| (line.to_owned(), count)).into()))
}

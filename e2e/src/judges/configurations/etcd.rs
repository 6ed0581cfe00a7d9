//! What etcd shows its clients and its members.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result};

use super::observe::{See, range};
use super::server::Running;
use crate::api::Api;
use crate::pki::Authority;

const LIMIT: Duration = Duration::from_secs(30);

/// Whose certificates are shown, and who is let in.
pub fn observe(running: &Running, see: &mut See<'_>) -> Result<()> {
    let authority = running.etcd_authority.as_ref().unwrap_or(&running.authority);
    let clients = Shown::of(&running.etcd_url, authority)?;
    see("etcd shows its clients no certificate of an authority", &["etcd-without-tls"], !clients.known);
    see("etcd shows its clients a certificate that it made", &["etcd-self-made-certificates"], clients.is_self_made());
    let stranger = Api::unchecked(&running.etcd_url, authority, None)?;
    let anybody = range(&stranger, "/registry/namespaces/default").is_ok();
    see("etcd lets anybody in", &["etcd-without-client-certificates"], anybody);
    if !anybody {
        let identity = running.authority.identity("somebody", "somebody", &["people"], &[])?;
        let somebody = Api::unchecked(&running.etcd_url, authority, Some(&identity))?;
        let opens = range(&somebody, "/registry/namespaces/default").is_ok();
        see("a client of the cluster reads etcd", &["etcd-shares-authority"], opens);
    }
    let peers = Shown::of(&running.peer_url, authority)?;
    see("members show each other no certificate of an authority", &["etcd-peers-without-tls"], !peers.known);
    let made = peers.is_self_made();
    see("members show each other certificates that they made", &["etcd-self-made-peer-certificates"], made);
    let answers = |api: &Api| api.get("/version").is_ok_and(|it| it.status == 200);
    let anybody = answers(&Api::unchecked(&running.peer_url, authority, None)?);
    see("anybody speaks to members as one of them", &["etcd-peers-without-certificates"], anybody);
    Ok(())
}

/// What a port shows to whom it lets in.
struct Shown {
    tls: bool,
    /// The certificate is one of the authority.
    known: bool,
}

impl Shown {
    fn of(url: &str, authority: &Authority) -> Result<Shown> {
        let address = url.split("//").nth(1).unwrap_or_default();
        let member = authority.identity("member", "member", &[], &[])?;
        let checked = Api::new(&format!("https://{address}"), authority, &member)?;
        Ok(Shown { tls: !plain(address)?, known: checked.get("/version").is_ok_and(|it| it.status == 200) })
    }

    fn is_self_made(&self) -> bool {
        self.tls && !self.known
    }
}

/// Whether something answers HTTP there that is not told by TLS.
fn plain(address: &str) -> Result<bool> {
    let mut stream = TcpStream::connect(address).context("etcd cannot be reached")?;
    stream.set_read_timeout(Some(LIMIT))?;
    write!(stream, "GET /version HTTP/1.0\r\nHost: etcd\r\n\r\n")?;
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    Ok(answer.contains("etcdserver"))
}

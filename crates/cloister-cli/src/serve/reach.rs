//! Who reaches the hub, and what whoever started it is told.

use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use cloister_hub::{Hub, Tls, TlsFiles, Tokens};

use super::args::Serve;
use crate::way_out::failure;

/// The variable that may hold tokens.
const VARIABLE: &str = "CLOISTER_HUB_TOKENS";

/// Tokens of the file and of the environment.
pub fn tokens(asked: &Serve) -> anyhow::Result<Tokens> {
    let help = "a line is NAME ROLE TOKEN, with ROLE one of viewer, engineer, dpo, admin, agent, collector; behind it namespaces, with commas between, where a person is limited to them";
    let mut all = Tokens::default();
    if let Some(path) = &asked.tokens {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let why = cloister_source::without_number(&error.to_string()).to_owned();
            failure(format!("{}: {why}", path.display()), "name a file with tokens: --tokens FILE")
        })?;
        all.extend(Tokens::read(&text).map_err(|bad| failure(format!("{}: {bad}", path.display()), help))?);
    }
    if let Some(text) = std::env::var_os(VARIABLE) {
        let text = text.to_string_lossy();
        all.extend(Tokens::read(&text).map_err(|bad| failure(format!("{VARIABLE}: {bad}"), help))?);
    }
    Ok(all)
}

/// Beyond this machine nobody comes in by a link that stands in a terminal, nor in the clear.
pub fn allowed(asked: &Serve, tokens: &Tokens) -> anyhow::Result<()> {
    if asked.listen.ip().is_loopback() {
        return Ok(());
    }
    if tokens.is_empty() && asked.sign_in.is_none() && asked.oidc.issuer.is_none() {
        let cause = format!("{} is reached from other machines, and nobody has a token", asked.listen);
        return Err(failure(
            cause,
            "name a file with tokens, --tokens FILE, let people of the cluster in, --sign-in kubernetes, or those of an issuer, --oidc-issuer URL, or listen on 127.0.0.1",
        ));
    }
    if !asked.behind_tls && asked.tls_cert.is_none() {
        let cause = format!("{} is reached from other machines, and would be spoken with in the clear", asked.listen);
        return Err(failure(
            cause,
            "give it a certificate, --tls-cert FILE --tls-key FILE; or put a proxy before it that speaks TLS, and say so: --behind-tls; or listen on 127.0.0.1",
        ));
    }
    if asked.host.is_empty() {
        return Err(failure("under which name browsers reach the hub is not said", "name it: --host hub.example.org"));
    }
    Ok(())
}

/// TLS of the hub's own, where files for it are named.
pub fn tls(asked: &Serve) -> anyhow::Result<Option<Tls>> {
    let (Some(certificate), Some(key)) = (asked.tls_cert.clone(), asked.tls_key.clone()) else { return Ok(None) };
    let opened = Tls::open(TlsFiles { certificate, key, agents: asked.agents_ca.clone() });
    opened.map(Some).map_err(|bad| failure(bad.cause, bad.way_out))
}

/// Tells whoever runs the hub.
pub fn say(what: &str) {
    // Nobody may be there to read it; the record has it all the same.
    let _ = writeln!(std::io::stderr(), "{}", cloister_report::clean(what));
}

/// Listens.
pub fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| {
        let why = cloister_source::without_number(&error.to_string()).to_owned();
        failure(
            format!("{address}: {why}"),
            "another hub may listen there: name another port, --listen 127.0.0.1:0 takes a free one",
        )
    })
}

/// Listens for the forward protocol.
pub fn forward(hub: &Arc<Hub>, address: SocketAddr, source: &str) -> anyhow::Result<SocketAddr> {
    cloister_hub::listen_for_forward(hub, address, source).map_err(|error| {
        let why = cloister_source::without_number(&error.to_string()).to_owned();
        failure(
            format!("--forward {address}: {why}"),
            "name a free port of this machine, --forward 127.0.0.1:24224; from other machines events come by HTTP",
        )
    })
}

/// The hosts that requests may name.
pub fn hosts(asked: &Serve, address: SocketAddr) -> Vec<String> {
    let mut all = asked.host.clone();
    if address.ip().is_loopback() {
        all.extend(["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{host}:{}", address.port())));
    }
    all
}

/// Says where it is, with the link where it signs in.
pub fn greet(hub: &Hub, (asked, address): (&Serve, SocketAddr), (source, told): (&str, &str)) -> anyhow::Result<()> {
    let mut text = String::new();
    let scheme = if asked.tls_cert.is_some() { "https" } else { "http" };
    if address.ip().is_loopback() {
        let link = hub.link(&who())?;
        text += &format!(
            "The hub is at {scheme}://{address}/, and watches {source}\n\n  open     {scheme}://{address}/sign-in/{link}\n"
        );
        text += "           signs in as administrator, once, within 15 minutes\n";
    } else {
        text += &format!("The hub is at {address}, for {}, and watches {source}\n\n", asked.host.join(", "));
    }
    text += told;
    text += "\nIt ends with Ctrl-C: what was recorded is kept.\n";
    // Nobody may be there to read it; the hub is there all the same.
    let _ = std::io::stdout().write_all(text.as_bytes());
    Ok(())
}

/// Who started it, as decisions name them.
fn who() -> String {
    let name = std::env::var_os("USER").map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name: String = cloister_report::clean(&name).chars().take(64).collect();
    if name.is_empty() { "local".to_owned() } else { name }
}

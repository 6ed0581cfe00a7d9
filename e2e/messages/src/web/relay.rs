//! Exim hands mail to Exim: commands at once, and mail in chunks (BDAT, RFC 3030).

use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result};

use super::Planned;
use crate::proxy::Proxy;
use crate::server::{Server, command, folder, free_port, run};

const USER: &str = "Debian-exim";

fn settings(name: &str, root: &Path) -> String {
    let root = root.display();
    format!(
        "primary_hostname = {name}.example\nspool_directory = {root}\nlog_file_path = {root}/%slog\n\
         pid_file_path = {root}/pid\nexim_user = {USER}\nexim_group = {USER}\nkeep_environment =\nhost_lookup =\n"
    )
}

/// Takes all mail, and drops it.
fn taker() -> Result<Server> {
    let (folder, port) = (folder(USER)?, free_port()?);
    let configuration = format!(
        "{}daemon_smtp_ports = {port}\nlocal_interfaces = 127.0.0.1\ntls_advertise_hosts =\n\
         acl_smtp_rcpt = accept\nacl_smtp_data = accept\n\
         begin routers\ndrop:\n driver = redirect\n data = :blackhole:\n",
        settings("server", folder.path())
    );
    let path = folder.path().join("conf");
    std::fs::write(&path, configuration).context("failed to write the configuration")?;
    let mut start = command(USER, "/usr/sbin/exim4", folder.path())?;
    start.arg("-C").arg(&path).arg("-bdf");
    Server::start(start, port, folder)
}

/// Short and long mail, to one and to several, with eight bits.
pub(super) fn relay() -> Result<Planned> {
    let server = taker()?;
    let proxy = Proxy::start(server.port)?;
    let folder = folder(USER)?;
    let configuration = format!(
        "{}begin routers\non:\n driver = manualroute\n route_list = * 127.0.0.1\n transport = smtp\n self = send\n\
         begin transports\nsmtp:\n driver = smtp\n port = {}\n hosts_try_chunking = *\n hosts_avoid_tls = *\n\
         begin retry\n* * F,1h,5m\n",
        settings("client", folder.path()),
        proxy.port()
    );
    let (path, mail) = (folder.path().join("conf"), folder.path().join("mail"));
    std::fs::write(&path, configuration).context("failed to write the configuration")?;
    let long = "person@example.org Grüße\n".repeat(6_000);
    let mut plan = Vec::new();
    for (text, to) in [
        ("Grüße an Ada\n", &["bob@example.org"][..]),
        (".\n..\n", &["bob@example.org", "carol@example.org"]),
        (&long, &["dora@example.org"]),
    ] {
        let head = "From: ada@example.org\nTo: all@example.org\nSubject: chunks\n\
                    MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n";
        std::fs::write(&mail, format!("{head}{text}")).context("failed to write mail")?;
        let mut send = command(USER, "/usr/sbin/exim4", folder.path())?;
        send.arg("-C").arg(&path).args(["-odf", "-oi", "-f", "ada@example.org"]).args(to);
        run(send.stdin(File::open(&mail).context("failed to open mail")?))?;
        plan.push((format!("mail body:text/plain = {}", text.replace('\n', "\r\n")), 1));
    }
    plan.extend(
        [("from = ada", 3), ("to = bob", 2), ("to = carol", 1), ("to = dora", 1)]
            .map(|(who, count)| (format!("mail field:{who}@example.org"), count)),
    );
    plan.push(("mail header:subject = chunks".to_owned(), 3));
    Ok((proxy.finish()?, plan))
}

//! TLS to a real server: verified, or nothing.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use cloister_store::{Assessments, Error, Postgres};

use crate::made::{address, run};
use crate::server::{PASSWORD, Server, give};

fn openssl(folder: &Path, arguments: &str) {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// An authority, and a certificate for `localhost` from it.
fn certificates(folder: &Path) {
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes";
    openssl(folder, &format!("req -x509 {key} -keyout ca.key -out ca.pem -days 2 -subj /CN=planted-authority"));
    openssl(folder, &format!("req {key} -keyout server.key -out server.csr -subj /CN=server"));
    fs::write(folder.join("names"), "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n").unwrap();
    let sign =
        "x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem";
    openssl(folder, sign);
    fs::set_permissions(folder.join("server.key"), fs::Permissions::from_mode(0o600)).unwrap();
    ["server.key", "server.pem"].iter().for_each(|name| give(&folder.join(name)));
}

#[test]
fn certificates_are_verified() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_owned();
    let settings = ["ssl=on", "ssl_cert_file=../server.pem", "ssl_key_file=../server.key"];
    let server = Server::within(folder, &settings, certificates);
    let roots = fs::read(path.join("ca.pem")).unwrap();
    let url = |host: &str, mode: &str| {
        format!("postgresql://cloister:{PASSWORD}@{host}:{}/postgres?sslmode={mode}", server.port)
    };
    let open = |url: &str, roots: &[u8]| Postgres::open(address(url).roots(roots.to_vec()).patience(Duration::ZERO));
    let store = open(&url("localhost", "verify-full"), &roots).unwrap();
    store.record(&run("r1", "prod", 1, &["a"])).unwrap();
    let protected: i64 = server
        .client("postgres")
        .query_one("SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE ssl AND application_name = 'cloister'", &[])
        .unwrap()
        .get(0);
    assert!(protected > 0);

    let wrong_name = open(&url("127.0.0.1", "require"), &roots).unwrap_err();
    assert!(matches!(wrong_name, Error::Tls { .. }), "{wrong_name}");
    let other = tempfile::tempdir().unwrap();
    certificates(other.path());
    let stranger = open(&url("localhost", "require"), &fs::read(other.path().join("ca.pem")).unwrap()).unwrap_err();
    assert!(matches!(stranger, Error::Tls { .. }) && stranger.to_string().contains("authority"), "{stranger}");
    let no_pem = open(&url("localhost", "require"), b"-----BEGIN CERTIFICATE-----\n!\n").unwrap_err();
    assert!(matches!(no_pem, Error::Tls { .. }), "{no_pem}");
    let none = crate::made::server().database() + "?sslmode=require";
    let none = open(&none, &roots).unwrap_err();
    assert!(matches!(none, Error::Tls { .. }) && none.to_string().contains("offers none"), "{none}");
}

//! TLS of the hub's own, with real certificates: renewed while it runs, agents by theirs, and clients that are slow or old.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion, version};

use super::{Reply, Trial, report, token};
use crate::{BadTls, Config, Limits, Tls, TlsFiles};

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Issuer {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate with its key, in PEM.
#[derive(Clone)]
struct Pair(String, String);

fn issued(by: &Issuer, common: &str, names: &[&str], usage: ExtendedKeyUsagePurpose, ended: bool) -> Pair {
    let mut params = CertificateParams::new(names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>()).unwrap();
    params.distinguished_name.push(DnType::CommonName, common);
    params.extended_key_usages = vec![usage];
    if ended {
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
    }
    let key = KeyPair::generate().unwrap();
    Pair(params.signed_by(&key, by).unwrap().pem(), key.serialize_pem())
}

fn server(by: &Issuer) -> Pair {
    issued(by, "hub", &["localhost"], ExtendedKeyUsagePurpose::ServerAuth, false)
}

fn agent(by: &Issuer, common: &str, names: &[&str]) -> Pair {
    issued(by, common, names, ExtendedKeyUsagePurpose::ClientAuth, false)
}

struct Secured {
    trial: Trial,
    folder: tempfile::TempDir,
    authority: Issuer,
    agents: Issuer,
}

fn write(folder: &Path, Pair(certificate, key): &Pair) -> (PathBuf, PathBuf) {
    let (one, other) = (folder.join("tls.crt"), folder.join("tls.key"));
    std::fs::write(&one, certificate).unwrap();
    std::fs::write(&other, key).unwrap();
    (one, other)
}

static SAID: Mutex<String> = Mutex::new(String::new());

fn say(what: &str) {
    SAID.lock().unwrap().push_str(what);
}

impl Secured {
    fn new() -> Secured {
        let (folder, authority, agents) = (tempfile::tempdir().unwrap(), authority("hubs"), authority("agents"));
        let (certificate, key) = write(folder.path(), &server(&authority));
        let roots = folder.path().join("agents.pem");
        std::fs::write(&roots, agents.pem()).unwrap();
        let tls = Tls::open(TlsFiles { certificate, key, agents: Some(roots) }).unwrap();
        let limits = Limits { handshake: Duration::from_millis(700), ..Limits::default() };
        let config = Config { secure: true, say: Some(say), ..Config::default() };
        let trial = Trial::begun(limits, config, Some(tls));
        Secured { trial, folder, authority, agents }
    }

    fn client(&self, versions: &[&'static SupportedProtocolVersion], pair: Option<&Pair>) -> ClientConfig {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from_pem_slice(self.authority.pem().as_bytes()).unwrap()).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_root_certificates(roots);
        match pair {
            None => builder.with_no_client_auth(),
            Some(Pair(certificate, key)) => builder
                .with_client_auth_cert(
                    vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()],
                    PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap(),
                )
                .unwrap(),
        }
    }

    fn connect(&self, config: ClientConfig) -> StreamOwned<ClientConnection, TcpStream> {
        let stream = TcpStream::connect(self.trial.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        StreamOwned::new(
            ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap(),
            stream,
        )
    }

    fn ask(&self, config: ClientConfig, request: &str) -> std::io::Result<Reply> {
        let mut stream = self.connect(config);
        stream.write_all(request.as_bytes())?;
        read(&mut stream)
    }

    fn request(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let (host, length) = (self.trial.address, body.len());
        format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
        )
    }

    fn hand_in(&self, source: &str, pair: &Pair) -> std::io::Result<Reply> {
        let path = format!("/api/v1/sources/{source}/assessments");
        let asked = self.request("POST", &path, "Content-Type: application/json\r\n", &report::json());
        self.ask(self.client(BOTH, Some(pair)), &asked)
    }
}

const BOTH: &[&SupportedProtocolVersion] = &[&version::TLS13, &version::TLS12];

fn read(stream: &mut impl Read) -> std::io::Result<Reply> {
    let mut text = Vec::new();
    match stream.read_to_end(&mut text) {
        // A peer that hangs up without a word of farewell has said all the same.
        Err(error) if text.is_empty() => return Err(error),
        _ => {}
    }
    Ok(Reply::read(&String::from_utf8_lossy(&text)))
}

#[test]
fn browsers_and_programs_reach_it_by_tls_and_by_nothing_else() {
    let hub = Secured::new();
    let asked = hub.request("GET", "/sign-in", "", "");
    for version in BOTH {
        let reply = hub.ask(hub.client(&[version], None), &asked).unwrap();
        assert_eq!(reply.status, 200);
        assert!(reply.cookies.iter().all(|cookie| cookie.contains("; Secure")), "{reply:?}");
    }
    let clear = hub.trial.raw(asked.as_bytes());
    assert!(!clear.contains("HTTP/1.1"), "{clear}");
    // TLS 1.1, as a client of then greets: refused with an alert, and not spoken.
    let hello =
        [0x16, 3, 1, 0, 47, 1, 0, 0, 43, 3, 2].into_iter().chain([7; 32]).chain([0, 0, 4, 0xc0, 0x13, 0, 0x2f, 1, 0]);
    let mut stream = TcpStream::connect(hub.trial.address).unwrap();
    stream.write_all(&hello.collect::<Vec<u8>>()).unwrap();
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert_eq!(answer.first(), Some(&0x15), "{answer:?}");
    // What a proxy would say of an address is nobody's to say here.
    let forwarded =
        hub.request("GET", "/api/v1/me", "Authorization: Bearer nobody\r\nX-Forwarded-For: 10.9.8.7\r\n", "");
    let tries = (0..14).map(|_| hub.ask(hub.client(BOTH, None), &forwarded).unwrap().status);
    assert!(tries.filter(|status| *status == 429).count() >= 3);
}

#[test]
fn an_agents_certificate_names_its_source_and_gives_no_other_role() {
    let hub = Secured::new();
    let own = agent(&hub.agents, "ignored", &["cluster-b"]);
    assert_eq!(hub.hand_in("cluster-b", &own).unwrap().status, 201);
    assert_eq!(hub.hand_in("cluster-a", &own).unwrap().status, 403);
    assert_eq!(
        hub.hand_in("cluster-c", &agent(&hub.agents, "cluster-c", &[])).unwrap().status,
        201,
        "by its common name"
    );
    let me = hub.ask(hub.client(BOTH, Some(&own)), &hub.request("GET", "/api/v1/me", "", "")).unwrap();
    assert!(
        me.body.contains("\"role\":\"agent\"") && !me.body.contains("Read") && !me.body.contains("Accept"),
        "{me:?}"
    );
    for path in ["/sources", "/api/v1/sources/cluster-b/findings", "/evidence"] {
        assert_eq!(
            hub.ask(hub.client(BOTH, Some(&own)), &hub.request("GET", path, "", "")).unwrap().status,
            403,
            "{path}"
        );
    }
    // A certificate that is called like a person of another role is an agent's all the same.
    let admin = agent(&hub.agents, "admin", &["admin"]);
    let said = hub.request("POST", "/api/v1/sources/shop/exceptions", "Content-Type: application/json\r\n", "{}");
    assert_eq!(hub.ask(hub.client(BOTH, Some(&admin)), &said).unwrap().status, 403);
    // A person's token counts before it.
    let bearer = format!("Authorization: Bearer {}\r\n", token("viewer"));
    let person = hub.ask(hub.client(BOTH, Some(&own)), &hub.request("GET", "/api/v1/me", &bearer, "")).unwrap();
    assert!(person.body.contains("\"role\":\"viewer\""), "{person:?}");
    for (common, names) in [("x", &["one", "two"][..]), ("../up", &[]), ("has space", &[]), ("", &[])] {
        let odd = agent(&hub.agents, common, names);
        assert_eq!(hub.hand_in("one", &odd).unwrap().status, 401, "{common} {names:?}: no one name, and so nobody");
    }
}

#[test]
fn certificates_of_others_are_refused() {
    let hub = Secured::new();
    let other = authority("agents");
    for (what, pair) in [
        ("another authority of the same name", agent(&other, "shop", &["cluster-b"])),
        ("the authority of the hub's own certificate", agent(&hub.authority, "shop", &["cluster-b"])),
        ("a server's", issued(&hub.agents, "x", &["cluster-b"], ExtendedKeyUsagePurpose::ServerAuth, false)),
        ("one that has ended", issued(&hub.agents, "x", &["cluster-b"], ExtendedKeyUsagePurpose::ClientAuth, true)),
    ] {
        assert!(hub.hand_in("cluster-b", &pair).is_err(), "{what}");
    }
    assert!(hub.trial.hub.snapshot("cluster-b").is_none());
    let nobody =
        hub.request("POST", "/api/v1/sources/cluster-b/assessments", "Content-Type: application/json\r\n", "{}");
    assert_eq!(hub.ask(hub.client(BOTH, None), &nobody).unwrap().status, 401);
}

#[test]
fn a_certificate_is_renewed_while_it_runs_and_a_broken_one_is_not_taken() {
    let hub = Secured::new();
    let shown = || {
        let mut stream = hub.connect(hub.client(BOTH, None));
        stream.write_all(hub.request("GET", "/health", "", "").as_bytes()).unwrap();
        let _ = read(&mut stream);
        stream.conn.peer_certificates().unwrap()[0].to_vec()
    };
    let wait = |what: &mut dyn FnMut() -> bool| {
        let begun = Instant::now();
        while !what() {
            assert!(begun.elapsed() < Duration::from_secs(15));
            std::thread::sleep(Duration::from_millis(100));
        }
    };
    let (first, next) = (shown(), server(&hub.authority));
    // A key of another certificate; then the one that belongs to it, too.
    std::fs::write(hub.folder.path().join("tls.crt"), &next.0).unwrap();
    wait(&mut || SAID.lock().unwrap().contains("what was in force stays"));
    assert_eq!(shown(), first);
    let said = SAID.lock().unwrap().clone();
    assert!(said.contains("tls.key") && !said.contains("PRIVATE"), "{said}");
    // An agent that stays connected while the pair is renewed stays known.
    let own = agent(&hub.agents, "x", &["cluster-b"]);
    let mut kept = hub.connect(hub.client(BOTH, Some(&own)));
    let me = hub.request("GET", "/api/v1/me", "", "").replace("Connection: close\r\n", "");
    let status = |stream: &mut StreamOwned<ClientConnection, TcpStream>| {
        stream.write_all(me.as_bytes()).unwrap();
        let mut bytes = [0; 8192];
        let number = stream.read(&mut bytes).unwrap();
        Reply::read(&String::from_utf8_lossy(&bytes[..number])).status
    };
    assert_eq!(status(&mut kept), 200);
    write(hub.folder.path(), &next);
    wait(&mut || shown() != first);
    assert_eq!(status(&mut kept), 200);
    // And is nobody as soon as its authority is trusted no longer.
    std::fs::write(hub.folder.path().join("agents.pem"), authority("agents").pem()).unwrap();
    wait(&mut || status(&mut kept) == 401);
    assert!(hub.hand_in("cluster-b", &own).is_err());
}

#[test]
fn who_is_slow_to_begin_is_hung_up_on_and_holds_up_nobody() {
    let hub = Secured::new();
    let mut slow: Vec<TcpStream> = (0..50).map(|_| TcpStream::connect(hub.trial.address).unwrap()).collect();
    for (at, stream) in slow.iter_mut().enumerate() {
        stream.write_all(&[0x16, 3, 1, 2][..at % 5]).unwrap();
    }
    let begun = Instant::now();
    let asked = hub.request("GET", "/health", "", "");
    assert_eq!(hub.ask(hub.client(BOTH, None), &asked).unwrap().status, 200);
    for stream in &mut slow {
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let _ = stream.read_to_end(&mut Vec::new());
    }
    assert!(begun.elapsed() < Duration::from_secs(8));
}

#[test]
fn files_that_are_none_are_told_with_a_way_out_and_quoted_nowhere() {
    let folder = tempfile::tempdir().unwrap();
    let authority = authority("hubs");
    let (one, other) = (server(&authority), server(&authority));
    let (certificate, key) = write(folder.path(), &one);
    let open = |certificate: &Path, key: &Path, agents: Option<&Path>| -> BadTls {
        let agents = agents.map(Path::to_owned);
        Tls::open(TlsFiles { certificate: certificate.to_owned(), key: key.to_owned(), agents }).unwrap_err()
    };
    let file = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let (text, empty, foreign) = (file("a", "planted-secret"), file("b", ""), file("c", &other.1));
    let cut = file("d", one.1.split_at(one.1.len() / 2).0);
    for (bad, named) in [
        (open(&folder.path().join("none"), &key, None), "none"),
        (open(&text, &key, None), "/a"),
        (open(&empty, &key, None), "/b"),
        (open(&key, &key, None), "tls.key"),
        (open(&certificate, &text, None), "/a"),
        (open(&certificate, &cut, None), "/d"),
        (open(&certificate, &foreign, None), "/c"),
        (open(&certificate, &certificate, None), "tls.crt"),
        (open(&certificate, &key, Some(&text)), "/a"),
        (open(&certificate, &key, Some(&empty)), "/b"),
    ] {
        assert!(bad.cause.contains(named) && bad.way_out.len() > 15, "{bad}");
        assert!(!bad.to_string().contains("planted") && !bad.to_string().contains("BEGIN"), "{bad}");
    }
}

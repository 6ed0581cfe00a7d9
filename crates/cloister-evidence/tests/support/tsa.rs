//! An authority for time of openssl's, with a CA made for one test.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests run openssl"
)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use tempfile::TempDir;

/// What a certificate of an authority for time says.
pub const STAMPING: &str = "extendedKeyUsage=critical,timeStamping";

const CA: &str = "[ca]\ndefault_ca=d\n[d]\nnew_certs_dir=.\ndatabase=index\nserial=serial\ndefault_md=sha256\npolicy=p\n\
    unique_subject=no\n[p]\norganizationName=optional\ncommonName=supplied\n";

const TSA: &str = "[tsa]\ndefault_tsa=one\n[one]\nserial=number\ncrypto_device=builtin\nsigner_cert=tsa.pem\n\
    certs=between.pem\nsigner_key=tsa.key\nsigner_digest=sha256\ndefault_policy=1.2.3.4.1\nother_policies=1.2.3.4.5\n\
    digests=sha256\naccuracy=secs:1,millisecs:500\nordering=yes\ntsa_name=yes\ness_cert_id_chain=no\n\
    ess_cert_id_alg=sha256\n";

/// An authority, below a root and one between.
#[derive(Debug)]
pub struct Tsa(TempDir);

pub fn openssl(folder: &Path, arguments: &str) -> (bool, String) {
    let output = Command::new("openssl").args(arguments.split(' ')).current_dir(folder).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.success(), text(&output.stdout) + &text(&output.stderr))
}

fn run(folder: &Path, arguments: &str) {
    let (done, said) = openssl(folder, arguments);
    assert!(done, "openssl {arguments}: {said}");
}

impl Tsa {
    /// With keys such as `rsa:2048`, or `ec -pkeyopt ec_paramgen_curve:P-256`.
    pub fn new(kind: &str) -> Tsa {
        let tsa = Tsa(tempfile::tempdir().unwrap());
        let at = tsa.folder();
        for (name, text) in [("ca.cnf", CA), ("tsa.cnf", TSA), ("number", "01\n"), ("index", ""), ("serial", "01\n")] {
            fs::write(at.join(name), text).unwrap();
        }
        run(
            at,
            &format!("req -x509 -newkey {kind} -nodes -keyout ca.key -out ca.pem -subj /O=Clinic/CN=Root -days 3650"),
        );
        tsa.certificate("between", ("ca", kind), "basicConstraints=critical,CA:true\nkeyUsage=keyCertSign", "");
        tsa.certificate("tsa", ("between", kind), STAMPING, "");
        tsa
    }

    /// The root alone.
    pub fn ca(&self) -> PathBuf {
        self.folder().join("ca.pem")
    }

    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    /// A certificate `NAME.pem` with its key `NAME.key`. `dates` may be `-startdate … -enddate …`.
    pub fn certificate(&self, name: &str, (issuer, kind): (&str, &str), extensions: &str, dates: &str) {
        let at = self.folder();
        fs::write(at.join("extensions"), format!("{extensions}\n")).unwrap();
        run(at, &format!("req -newkey {kind} -nodes -keyout {name}.key -out {name}.csr -subj /O=Clinic/CN={name}"));
        let dates = if dates.is_empty() { "-days 30" } else { dates };
        run(
            at,
            &format!(
                "ca -batch -config ca.cnf -cert {issuer}.pem -keyfile {issuer}.key -in {name}.csr -out {name}.pem \
                 -extfile extensions -notext {dates}"
            ),
        );
    }

    /// Answers a request, as openssl does.
    pub fn answer(&self, query: &[u8]) -> Vec<u8> {
        let at = self.folder();
        fs::write(at.join("query"), query).unwrap();
        let _ = fs::remove_file(at.join("answer"));
        run(at, "ts -reply -queryfile query -config tsa.cnf -out answer");
        fs::read(at.join("answer")).unwrap()
    }

    /// A token of what another token says, or of any bytes, signed by any certificate: what no honest authority does.
    pub fn forged(&self, info: &[u8], name: &str, key: &str) -> Vec<u8> {
        let at = self.folder();
        fs::write(at.join("info"), info).unwrap();
        run(
            at,
            &format!(
                "cms -sign -binary -nodetach -cades -md sha256 -econtent_type 1.2.840.113549.1.9.16.1.4 -in info \
                 -signer {name}.pem -inkey {key}.key -certfile between.pem -outform DER -out forged"
            ),
        );
        fs::read(at.join("forged")).unwrap()
    }

    /// Whether openssl takes a token for one of these data.
    pub fn verifies(&self, data: &Path, token: &Path) -> bool {
        let (data, token) = (data.display(), token.display());
        let arguments = format!("ts -verify -data {data} -in {token} -token_in -CAfile ca.pem -untrusted between.pem");
        openssl(self.folder(), &arguments).0
    }

    /// Answers over HTTP on this machine, until the process ends: its address. What it answers may be changed on the way.
    pub fn serve(self: &Arc<Tsa>, change: impl Fn(Vec<u8>) -> Vec<u8> + Send + 'static) -> String {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap();
        let tsa = self.clone();
        std::thread::spawn(move || {
            for stream in socket.incoming() {
                let _ = tsa.one(stream.unwrap(), &change);
            }
        });
        format!("http://{address}/tsr")
    }

    fn one(&self, mut stream: TcpStream, change: &impl Fn(Vec<u8>) -> Vec<u8>) -> std::io::Result<()> {
        let mut from = BufReader::new(stream.try_clone()?);
        let (mut line, mut length, mut is_query) = (String::new(), 0, false);
        while from.read_line(&mut line)? > 2 {
            let header = line.trim().to_lowercase();
            length = header.strip_prefix("content-length: ").map_or(length, |number| number.parse().unwrap());
            is_query |= header == "content-type: application/timestamp-query";
            line.clear();
        }
        let mut query = vec![0; length];
        from.read_exact(&mut query)?;
        assert!(is_query);
        let answer = change(self.answer(&query));
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nConnection: close\r\n";
        write!(stream, "{head}Content-Length: {}\r\n\r\n", answer.len())?;
        stream.write_all(&answer)
    }
}

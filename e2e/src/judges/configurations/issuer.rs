//! An issuer of OpenID Connect on loopback: discovery, a key, and tokens of any claims.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use serde_json::{Value, json};

use crate::pki::Authority;
use crate::service::run;

/// Serves until the program ends.
pub struct Issuer {
    pub url: String,
    key: PathBuf,
}

impl Issuer {
    /// Makes a key, and serves it.
    pub fn start(authority: &Authority, folder: &Path) -> Result<Issuer> {
        let key = folder.join("issuer.key");
        run(Command::new("openssl").args(["genrsa", "-out"]).arg(&key).arg("2048"))?;
        let modulus = run(Command::new("openssl").args(["rsa", "-noout", "-modulus", "-in"]).arg(&key))?;
        let modulus = bytes(modulus.trim().trim_start_matches("Modulus="))?;
        let keys = json!({"keys": [{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "judge",
            "n": URL_SAFE_NO_PAD.encode(modulus), "e": "AQAB"}]});
        let listener = TcpListener::bind(("127.0.0.1", 0)).context("failed to listen")?;
        let url = format!("https://{}", listener.local_addr()?);
        let discovery = json!({"issuer": url, "jwks_uri": format!("{url}/keys"), "authorization_endpoint": url,
            "response_types_supported": ["id_token"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"]});
        let config = Arc::new(config(authority)?);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Ok(connection) = ServerConnection::new(Arc::clone(&config)) else { return };
                // A caller that hangs up asks again.
                let _ = answer(StreamOwned::new(connection, stream), &discovery, &keys);
            }
        });
        Ok(Issuer { url, key })
    }

    /// A token of an hour.
    pub fn token(&self, claims: &Value) -> Result<String> {
        let now = jiff::Timestamp::now().as_second();
        let mut all = json!({"iss": self.url, "aud": "kubernetes", "iat": now, "exp": now + 3600});
        if let (Some(all), Some(claims)) = (all.as_object_mut(), claims.as_object()) {
            all.extend(claims.clone());
        }
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({"alg": "RS256", "kid": "judge", "typ": "JWT"})), part(&all));
        let (text, signature) = (self.key.with_extension("txt"), self.key.with_extension("sig"));
        std::fs::write(&text, &signed).context("failed to write a token")?;
        run(Command::new("openssl")
            .args(["dgst", "-sha256", "-sign"])
            .arg(&self.key)
            .arg("-out")
            .arg(&signature)
            .arg(&text))?;
        let signature = std::fs::read(&signature).context("no signature was made")?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

fn bytes(hex: &str) -> Result<Vec<u8>> {
    let digits: Vec<u8> = hex
        .chars()
        .map(|digit| digit.to_digit(16).map(|digit| digit as u8))
        .collect::<Option<_>>()
        .context("no hex")?;
    Ok(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |sum, digit| sum * 16 + digit)).collect())
}

fn config(authority: &Authority) -> Result<ServerConfig> {
    let own = authority.identity("issuer", "issuer", &[], &["127.0.0.1"])?;
    let certificate = CertificateDer::from_pem_slice(own.certificate.as_bytes()).context("not a certificate")?;
    let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).context("not a key")?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(builder.with_no_client_auth().with_single_cert(vec![certificate], key)?)
}

fn answer(stream: StreamOwned<ServerConnection, TcpStream>, discovery: &Value, keys: &Value) -> Result<()> {
    stream.sock.set_read_timeout(Some(Duration::from_secs(10)))?;
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut line = first.clone();
    while !line.trim().is_empty() {
        line.clear();
        reader.read_line(&mut line)?;
    }
    let body = if first.contains("/keys") { keys } else { discovery }.to_string();
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let stream = reader.get_mut();
    stream.write_all((head + &body).as_bytes())?;
    stream.conn.send_close_notify();
    stream.flush()?;
    Ok(())
}

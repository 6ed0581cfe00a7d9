//! A certificate authority for one control plane, and the certificates and keys it gives out.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    KeyUsagePurpose,
};

/// A certificate and its key in PEM, in memory and as files.
#[derive(Clone)]
pub struct Identity {
    /// The certificate.
    pub certificate: String,
    /// Its private key.
    pub key: String,
    /// The file that holds the certificate.
    pub certificate_file: PathBuf,
    /// The file that holds the key.
    pub key_file: PathBuf,
}

/// The authority that every part of one control plane trusts.
pub struct Authority {
    folder: PathBuf,
    issuer: CertifiedIssuer<'static, KeyPair>,
    /// The file that holds the authority's certificate.
    pub certificate_file: PathBuf,
    /// The file that holds the authority's key.
    pub key_file: PathBuf,
}

impl Authority {
    /// Makes an authority and writes it to `folder`.
    pub fn new(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("failed to create {}", folder.display()))?;
        let mut params = CertificateParams::new(Vec::new()).context("failed to prepare the authority")?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        params.distinguished_name.push(DnType::CommonName, "cloister-test-authority");
        let key = KeyPair::generate().context("failed to make a key")?;
        let key_file = write(folder, "ca.key", &key.serialize_pem())?;
        let issuer = CertifiedIssuer::self_signed(params, key).context("failed to make the authority")?;
        let certificate_file = write(folder, "ca.crt", &issuer.pem())?;
        Ok(Self { folder: folder.to_owned(), issuer, certificate_file, key_file })
    }

    /// The authority's certificate in PEM.
    pub fn certificate(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate that Kubernetes reads as user `user` in `groups`, and that serves `hosts`.
    ///
    /// # Errors
    /// There is more than one group: rcgen's names hold one attribute of a type, so that all but the
    /// last would be lost. [`crate::api::Api::impersonating`] takes any number.
    pub fn identity(&self, file: &str, user: &str, groups: &[&str], hosts: &[&str]) -> Result<Identity> {
        let hosts: Vec<String> = hosts.iter().map(|&host| host.to_owned()).collect();
        let mut params = CertificateParams::new(hosts).context("failed to prepare a certificate")?;
        params.distinguished_name.push(DnType::CommonName, user);
        if let [first, more @ ..] = groups {
            ensure!(more.is_empty(), "a certificate holds one group only, and {user} has {}", groups.len());
            params.distinguished_name.push(DnType::OrganizationName, *first);
        }
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().context("failed to make a key")?;
        let certificate = params.signed_by(&key, &self.issuer).context("failed to sign a certificate")?;
        self.store(file, certificate.pem(), &key)
    }

    /// The key pair that signs service-account tokens, its public half in the certificate file.
    pub fn service_account_keys(&self) -> Result<Identity> {
        let key = KeyPair::generate().context("failed to make a key")?;
        self.store("service-accounts", key.public_key_pem(), &key)
    }

    fn store(&self, file: &str, certificate: String, key: &KeyPair) -> Result<Identity> {
        let key = key.serialize_pem();
        let certificate_file = write(&self.folder, &format!("{file}.crt"), &certificate)?;
        let key_file = write(&self.folder, &format!("{file}.key"), &key)?;
        Ok(Identity { certificate, key, certificate_file, key_file })
    }
}

fn write(folder: &Path, name: &str, text: &str) -> Result<PathBuf> {
    let path = folder.join(name);
    fs::write(&path, text).with_context(|| format!("failed to write {}", path.display()))?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::Authority;

    #[test]
    fn no_group_is_lost_in_silence() {
        let folder = tempfile::tempdir().unwrap();
        let authority = Authority::new(folder.path()).unwrap();
        assert!(authority.identity("a", "ann", &["one"], &[]).is_ok());
        let error = authority.identity("b", "bob", &["one", "two"], &[]).err().unwrap();
        assert!(error.to_string().contains("one group only"), "{error}");
    }
}

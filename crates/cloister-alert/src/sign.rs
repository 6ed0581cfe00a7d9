//! Signatures of webhooks as Standard Webhooks 1.0 has them: HMAC-SHA256 over id, time and body, so that who knows the
//! secret knows who sent it, and that it was not changed, and can refuse what is old or came before.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::hmac::{HMAC_SHA256, Key, sign, verify};

/// What a secret in base64 begins with.
const PREFIX: &str = "whsec_";
/// Shorter secrets can be tried.
pub const SHORTEST: usize = 24;

/// What signs: never shown.
pub struct Signer(Vec<Key>);

impl std::fmt::Debug for Signer {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(to, "Signer({} secrets)", self.0.len())
    }
}

/// What is wrong with a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the secret is no {PREFIX} with base64 of at least {SHORTEST} bytes, and no text of that length: openssl rand -base64 32"
)]
pub struct Weak;

impl Signer {
    /// From secrets, one a line.
    ///
    /// # Errors
    /// One of them is too short.
    pub fn new(secrets: &str) -> Result<Signer, Weak> {
        let lines = secrets.lines().map(str::trim).filter(|line| !line.is_empty());
        let keys = lines.map(|line| {
            let bytes = match line.strip_prefix(PREFIX) {
                Some(encoded) => STANDARD.decode(encoded).map_err(|_| Weak)?,
                None => line.as_bytes().to_vec(),
            };
            if bytes.len() < SHORTEST { Err(Weak) } else { Ok(Key::new(HMAC_SHA256, &bytes)) }
        });
        let keys = keys.collect::<Result<Vec<Key>, Weak>>()?;
        if keys.is_empty() { Err(Weak) } else { Ok(Signer(keys)) }
    }

    /// The header `webhook-signature`: one signature for each secret.
    pub fn header(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let signed = content(id, seconds, body);
        let all = self.0.iter().map(|key| format!("v1,{}", STANDARD.encode(sign(key, &signed))));
        all.collect::<Vec<String>>().join(" ")
    }

    /// Whether one of the signatures in a header is by one of these secrets, and not older or newer than five minutes.
    pub fn accepts(&self, header: &str, id: &str, seconds: i64, body: &[u8], now: i64) -> bool {
        let signed = content(id, seconds, body);
        let is_of_now = now.checked_sub(seconds).is_some_and(|age| age.unsigned_abs() <= 300);
        let mut decoded = header.split(' ').filter_map(|one| STANDARD.decode(one.strip_prefix("v1,")?).ok());
        is_of_now && decoded.any(|tag| self.0.iter().any(|key| verify(key, &signed, &tag).is_ok()))
    }
}

fn content(id: &str, seconds: i64, body: &[u8]) -> Vec<u8> {
    [format!("{id}.{seconds}.").as_bytes(), body].concat()
}

#[cfg(test)]
mod tests {
    use super::{Signer, Weak};

    /// The example of the specification.
    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;
    const SIGNATURE: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

    #[test]
    fn the_example_of_the_specification_is_signed_as_it_says() {
        let signer = Signer::new(SECRET).unwrap();
        assert_eq!(signer.header(ID, 1_614_265_330, BODY), SIGNATURE);
        assert!(signer.accepts(SIGNATURE, ID, 1_614_265_330, BODY, 1_614_265_330));
    }

    #[test]
    fn what_was_changed_is_old_or_of_another_is_not_accepted() {
        let signer = Signer::new(SECRET).unwrap();
        let now = 1_614_265_330;
        assert!(!signer.accepts(SIGNATURE, ID, now, b"{}", now));
        assert!(!signer.accepts(SIGNATURE, "msg_other", now, BODY, now));
        assert!(!signer.accepts(SIGNATURE, ID, now, BODY, now + 301));
        assert!(!signer.accepts("", ID, now, BODY, now) && !signer.accepts("v1,", ID, now, BODY, now));
        let other = Signer::new("a secret of at least twenty-four bytes").unwrap();
        assert!(!other.accepts(SIGNATURE, ID, now, BODY, now));
        let both = Signer::new(&format!("a secret of at least twenty-four bytes\n{SECRET}\n")).unwrap();
        assert!(both.accepts(SIGNATURE, ID, now, BODY, now));
        assert!(both.header(ID, now, BODY).ends_with(SIGNATURE));
    }

    #[test]
    fn weak_secrets_are_refused_and_none_is_shown() {
        for weak in ["", "\n", "short", "whsec_c2hvcnQ=", "whsec_!"] {
            assert_eq!(Signer::new(weak).unwrap_err(), Weak);
        }
        assert_eq!(format!("{:?}", Signer::new(SECRET).unwrap()), "Signer(1 secrets)");
    }
}

//! What an authority is asked, and what it answers (RFC 3161 section 2.4).

use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::der::{self, Values};
use super::{Authorities, NoTimestamp, Stamp, check, objects};

/// Bytes of a nonce.
pub const NONCE: usize = 16;
/// An authority's clock and ours may be so far apart.
pub const APART: SignedDuration = SignedDuration::from_mins(5);

/// A request for a timestamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    data: Vec<u8>,
    nonce: [u8; NONCE],
    policy: Option<String>,
}

/// A text that is no object identifier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is no policy: it is numbers with dots between them, such as 1.2.3.4")]
pub struct NoPolicy(String);

impl Request {
    /// A request for a timestamp of this, by a policy where one is named. The nonce is random: it ties the answer to it.
    pub fn new(data: &[u8], nonce: [u8; NONCE], policy: Option<&str>) -> Result<Request, NoPolicy> {
        let known = |policy: &str| der::write_object(policy).map(|_| policy.to_owned());
        let read = |policy: &str| known(policy).ok_or_else(|| NoPolicy(policy.to_owned()));
        let policy = policy.map(read).transpose()?;
        Ok(Request { data: data.to_owned(), nonce, policy })
    }

    /// As it is sent: `TimeStampReq`. The data are not in it, only their SHA-256.
    pub fn write(&self) -> Vec<u8> {
        let algorithm = der::write(der::SEQUENCE, &[objects::SHA256_ALGORITHM]);
        let imprint = der::write(der::OCTETS, &[&Sha256::digest(&self.data)]);
        let policy = self.policy.as_deref().and_then(der::write_object);
        let policy = policy.map(|bytes| der::write(der::OBJECT, &[&bytes])).unwrap_or_default();
        der::write(
            der::SEQUENCE,
            &[
                &der::write_number(&[1]),
                &der::write(der::SEQUENCE, &[&algorithm, &imprint]),
                &policy,
                &der::write_number(&self.nonce),
                // The certificate comes with the answer: it is checked offline.
                &der::write(der::BOOLEAN, &[&[0xff]]),
            ],
        )
    }

    /// Checks an answer that came between two moments: the token in it, and what it says.
    pub fn answered(
        &self,
        answer: &[u8],
        authorities: &Authorities,
        (asked, came): (Timestamp, Timestamp),
    ) -> Result<(Vec<u8>, Stamp), NoTimestamp> {
        let token = granted(answer)?;
        let stamp = check(token, &self.data, authorities)?;
        if stamp.nonce.as_deref() != der::write_number(&self.nonce).get(2..) {
            return Err(NoTimestamp::Nonce);
        }
        if self.policy.as_ref().is_some_and(|policy| *policy != stamp.policy) {
            return Err(NoTimestamp::Policy(stamp.policy));
        }
        let apart = APART.saturating_add(stamp.accuracy);
        if stamp.time.duration_since(came) > apart || asked.duration_since(stamp.time) > apart {
            return Err(NoTimestamp::Clock { said: stamp.time, here: came });
        }
        Ok((token.to_owned(), stamp))
    }
}

/// The token of an answer that grants one.
fn granted(answer: &[u8]) -> Result<&[u8], NoTimestamp> {
    let form = NoTimestamp::Form("the answer is no TimeStampResp of RFC 3161");
    let read = || {
        let mut response = der::only(answer, der::SEQUENCE)?;
        let mut status = response.inside(der::SEQUENCE)?;
        let code = der::number(status.take(der::INTEGER)?.content)?;
        let said = status.maybe(der::SEQUENCE)?.map(|texts| said(texts.content)).unwrap_or_default();
        let failure = status.maybe(der::BITS)?.map(|bits| bits.content);
        status.end()?;
        let token = response.maybe(der::SEQUENCE)?.map(|token| token.whole);
        response.end()?;
        Some((code, said, failure, token))
    };
    match read().ok_or(form.clone())? {
        // Granted, perhaps with changes, which the check of the token finds.
        (0 | 1, _, _, Some(token)) => Ok(token),
        (0 | 1, ..) => Err(form),
        (_, said, failure, _) => Err(NoTimestamp::Refused(why(&said, failure))),
    }
}

/// What an authority says in words; of its letters those that can be shown.
fn said(texts: &[u8]) -> String {
    let mut values = Values::new(texts);
    let text = values.take(der::UTF8).map(|text| String::from_utf8_lossy(text.content).into_owned());
    text.unwrap_or_default().chars().filter(|sign| !sign.is_control()).take(200).collect()
}

/// The reasons of `PKIFailureInfo`, with their bits.
const REASONS: &[(usize, &str)] = &[
    (0, "the algorithm is not known there"),
    (2, "the request is not permitted there"),
    (5, "the request is not read there"),
    (14, "its source of time is not available"),
    (15, "the policy is not known there"),
    (16, "an extension is not known there"),
    (17, "what was asked for beyond it is not available"),
    (25, "a fault of the authority"),
];

fn why(said: &str, failure: Option<&[u8]>) -> String {
    let bits = failure.and_then(|bits| bits.get(1..)).unwrap_or_default();
    let is_set = |place: usize| bits.get(place / 8).is_some_and(|byte| byte & (0x80 >> (place % 8)) != 0);
    let reasons = REASONS.iter().filter(|(place, _)| is_set(*place)).map(|(_, reason)| *reason);
    let all: Vec<&str> = reasons.chain(Some(said).filter(|said| !said.is_empty())).collect();
    if all.is_empty() { "it says no reason".to_owned() } else { all.join("; ") }
}

//! Bodies that come packed by gzip (RFC 9110 section 8.4): as long as they may be when they do not.

use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::{HeaderMap, header};

use super::Problem;
use crate::routes::Body;

/// So many bytes may come of anything.
const FREE: usize = 1024 * 1024;
/// Beyond that, so many times as many as were sent: audit events come to some thirty times, the most that gzip can to a
/// thousand.
const RATIO: usize = 250;

/// What was sent, unpacked where it says that it is packed. `most` is the longest that it may be then.
pub fn unpacked(kind: Body, headers: &HeaderMap, body: Bytes, most: usize) -> Result<Bytes, Problem> {
    match coding(headers).as_deref() {
        None => Ok(body),
        Some(_) if kind == Body::Nothing => Ok(body),
        Some("gzip" | "x-gzip") if matches!(kind, Body::Report | Body::Events) => gzip(&body, most),
        Some("gzip" | "x-gzip") => Err(Problem::new(415, "this is sent as it is, not packed")),
        Some(_) => Err(Problem::new(415, "the body is sent as it is, or packed by gzip, and by nothing else")),
    }
}

/// How it is packed, in small letters; `None` where it is not.
fn coding(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(header::CONTENT_ENCODING).iter().map(|value| value.to_str().unwrap_or("?"));
    let all: Vec<String> =
        all.flat_map(|value| value.split(',')).map(|word| word.trim().to_ascii_lowercase()).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).filter(|word| !matches!(*word, "" | "identity")).collect();
    (!all.is_empty()).then(|| all.join(", "))
}

fn gzip(body: &[u8], most: usize) -> Result<Bytes, Problem> {
    let most_of = body.len().saturating_mul(RATIO).max(FREE);
    let limit = most.min(most_of);
    let mut unpacked = Vec::new();
    // One byte more than may be tells that there is more, and no more than that is ever held.
    let read = MultiGzDecoder::new(body).take(limit as u64 + 1).read_to_end(&mut unpacked);
    read.map_err(|_| Problem::new(400, "the body says that it is packed by gzip, and cannot be unpacked"))?;
    match unpacked.len() {
        length if length <= limit => Ok(unpacked.into()),
        _ if limit == most => Err(Problem::new(413, format!("the body is longer than {most} bytes, unpacked"))),
        _ => Err(Problem::new(413, format!("the body unpacks to more than {RATIO} times as many bytes as were sent"))),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use http::HeaderValue;

    use super::*;

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut to = GzEncoder::new(Vec::new(), Compression::best());
        to.write_all(text).unwrap();
        to.finish().unwrap()
    }

    fn unpack(kind: Body, codings: &[&'static str], body: &[u8], most: usize) -> Result<Bytes, u16> {
        let mut headers = HeaderMap::new();
        codings.iter().for_each(|coding| {
            headers.append(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
        });
        unpacked(kind, &headers, Bytes::copy_from_slice(body), most).map_err(|problem| problem.status)
    }

    #[test]
    fn what_is_packed_is_unpacked_and_nothing_else_is_taken_for_it() {
        let (text, gz) = (&b"some text"[..], packed(b"some text"));
        for codings in [&["gzip"][..], &["x-gzip"], &["GZIP"], &["identity, gzip"], &["identity", " gzip "]] {
            assert_eq!(unpack(Body::Events, codings, &gz, 9).as_deref(), Ok(text), "{codings:?}");
        }
        // In several parts, as some shippers append them.
        assert_eq!(
            unpack(Body::Report, &["gzip"], &[packed(b"some "), packed(b"text")].concat(), 9).as_deref(),
            Ok(text)
        );
        for codings in [&[][..], &["identity"], &[""]] {
            assert_eq!(unpack(Body::Events, codings, &gz, 9).as_deref(), Ok(&gz[..]), "{codings:?}");
        }
        for codings in [&["br"][..], &["deflate"], &["gzip, gzip"], &["gzip", "gzip"], &["zstd"], &["gzip;q=1"]] {
            assert_eq!(unpack(Body::Events, codings, &gz, 9), Err(415), "{codings:?}");
        }
        assert_eq!(unpack(Body::Form, &["gzip"], &gz, 9), Err(415));
        assert_eq!(unpack(Body::Nothing, &["gzip"], b"", 0).as_deref(), Ok(&b""[..]));
        let whole = gz.len();
        for broken in [text, &[], &gz[..whole - 1], &[&gz[..], b"more"].concat()] {
            assert_eq!(unpack(Body::Events, &["gzip"], broken, 9), Err(400), "{broken:?}");
        }
    }

    #[test]
    fn limits_count_after_unpacking() {
        let text = vec![b'a'; 2000];
        assert_eq!(unpack(Body::Events, &["gzip"], &packed(&text), 2000).map(|body| body.len()), Ok(2000));
        assert_eq!(unpack(Body::Events, &["gzip"], &packed(&text), 1999), Err(413));
        // A bomb: within the limit, and far more than what anybody packs.
        let bomb = packed(&vec![0; 8 * FREE]);
        assert!(bomb.len() * 900 < 8 * FREE);
        assert_eq!(unpack(Body::Events, &["gzip"], &bomb, 64 * FREE), Err(413));
        let inner = packed(&bomb);
        assert_eq!(unpack(Body::Events, &["gzip"], &inner, 64 * FREE).as_deref(), Ok(&bomb[..]), "once, and no deeper");
    }
}

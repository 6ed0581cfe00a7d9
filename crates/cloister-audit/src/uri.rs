//! The request's URI, for what the event's own fields do not tell as the authoriser saw it.

use std::borrow::Cow;

/// The path of a request, decoded.
pub fn path(uri: &str) -> Cow<'_, str> {
    let path = uri.split('?').next().unwrap_or_default();
    decoded(path)
}

/// Namespace and name as they stand in the path of a request for a resource. To the event of a creation, the server adds
/// what stands in the body, which its authoriser has not seen.
/// Source: Kubernetes 1.37, `LogRequestObject` and `RequestInfoFactory.NewRequestInfo`.
pub fn place(uri: &str) -> (String, String) {
    let path = path(uri);
    let mut parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    let behind = if parts.first() == Some(&"api") { 2 } else { 3 };
    parts.drain(..behind.min(parts.len()));
    if matches!(parts.first(), Some(&("watch" | "proxy"))) {
        parts.remove(0);
    }
    let mut namespace = "";
    if parts.first() == Some(&"namespaces") && parts.len() > 1 {
        namespace = parts.get(1).copied().unwrap_or_default();
        if parts.get(2).is_some_and(|part| !matches!(*part, "status" | "finalize")) {
            parts.drain(..2);
        }
    }
    (namespace.to_owned(), parts.get(1).copied().unwrap_or_default().to_owned())
}

/// Percent-decoding (RFC 3986, section 2.1).
fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let mut bytes = text.bytes();
    let mut out = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        let mut ahead = bytes.clone();
        let pair = (byte == b'%').then(|| Some(hex(ahead.next()?)? * 16 + hex(ahead.next()?)?)).flatten();
        match pair {
            Some(value) => {
                out.push(value);
                bytes = ahead;
            }
            None => out.push(byte),
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::{path, place};

    #[test]
    fn places_stand_in_the_path() {
        for (uri, namespace, name) in [
            ("/api/v1/namespaces/shop/pods/web?dryRun=All", "shop", "web"),
            ("/api/v1/namespaces/shop/pods?fieldManager=a", "shop", ""),
            ("/api/v1/namespaces/pods/pods", "pods", ""),
            ("/api/v1/namespaces", "", ""),
            ("/api/v1/namespaces/shop", "shop", "shop"),
            ("/api/v1/namespaces/shop/finalize", "shop", "shop"),
            ("/apis/apps/v1/namespaces/shop/deployments/web/scale", "shop", "web"),
            ("/apis/storage.k8s.io/v1/storageclasses/fast", "", "fast"),
            ("/api/v1/watch/namespaces/shop/pods/web", "shop", "web"),
            ("/api", "", ""),
            ("", "", ""),
        ] {
            assert_eq!(place(uri), (namespace.to_owned(), name.to_owned()), "{uri}");
        }
    }

    #[test]
    fn paths_are_decoded_and_lose_their_query() {
        assert_eq!(path("/a%3Ab%2?x=%20"), "/a:b%2");
        assert_eq!(path("/metrics"), "/metrics");
    }
}

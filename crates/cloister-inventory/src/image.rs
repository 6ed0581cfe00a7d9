//! Image references, read as the kubelet reads them: the grammar of
//! github.com/distribution/reference with Docker's defaults.

/// Where an image comes from, with what is not written filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The registry's host, with its port where one is written: `docker.io` by default.
    pub registry: String,
    /// The path in it: `library/nginx` for `nginx`.
    pub repository: String,
    /// The tag as written; where there is neither tag nor digest, `latest` is pulled.
    pub tag: Option<String>,
    /// The digest with its algorithm: `sha256:…`.
    pub digest: Option<String>,
}

/// Longest path that is accepted, in bytes.
const LONGEST: usize = 255;

impl Image {
    /// Reads a reference.
    ///
    /// # Errors
    /// What is wrong with it, as a phrase; the kubelet would refuse it with `InvalidImageName`.
    pub fn parse(text: &str) -> Result<Image, &'static str> {
        if text.len() == 64 && text.bytes().all(is_lower_hex) {
            return Err("it is the id of an image, not a name");
        }
        let (name, digest) = text.split_once('@').map_or((text, None), |(name, digest)| (name, Some(digest)));
        let (registry, rest) = split_registry(name);
        let (path, tag) = rest.split_once(':').map_or((rest, None), |(path, tag)| (path, Some(tag)));
        // A host with a "_" is none, and passes as the first part of a path.
        if !is_registry(&registry) && !is_path_part(&registry) {
            return Err("its registry is not a host");
        }
        check_path(path)?;
        if tag.is_some_and(|tag| !is_tag(tag)) {
            return Err("its tag is not a word of letters, digits, \".\", \"-\" and \"_\"");
        }
        if digest.is_some_and(|digest| !is_digest(digest)) {
            return Err("its digest is not a whole sha256, sha384 or sha512");
        }
        let official = registry == "docker.io" && !path.contains('/');
        let repository = if official { format!("library/{path}") } else { path.to_owned() };
        if repository.len() > LONGEST {
            return Err("it is longer than 255 characters");
        }
        Ok(Image { registry, repository, tag: tag.map(str::to_owned), digest: digest.map(str::to_owned) })
    }

    /// Registry and repository: `docker.io/library/nginx`.
    pub fn name(&self) -> String {
        format!("{}/{}", self.registry, self.repository)
    }

    /// The tag that is pulled; `None` where a digest decides alone.
    pub fn effective_tag(&self) -> Option<&str> {
        match (&self.tag, &self.digest) {
            (Some(tag), _) => Some(tag),
            (None, None) => Some("latest"),
            (None, Some(_)) => None,
        }
    }

    /// Whether it comes from `place`: a registry, or a registry with the first
    /// parts of a path (`ghcr.io/vendor`).
    pub fn lies_in(&self, place: &str) -> bool {
        let begins = |whole: &str, part: &str| {
            whole.strip_prefix(part).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        match place.trim_end_matches('/').strip_prefix(&*self.registry) {
            Some("") => true,
            Some(path) => path.strip_prefix('/').is_some_and(|path| begins(&self.repository, path)),
            None => false,
        }
    }
}

/// The first part is a registry if it looks like a host; else all is a path at Docker Hub.
fn split_registry(name: &str) -> (String, &str) {
    match name.split_once('/') {
        Some(("index.docker.io", rest)) => ("docker.io".into(), rest),
        Some((first, rest))
            if first == "localhost" || first.contains(['.', ':']) || first.contains(|c: char| c.is_uppercase()) =>
        {
            (first.into(), rest)
        }
        _ => ("docker.io".into(), name),
    }
}

fn is_registry(text: &str) -> bool {
    let address = text.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (valid, port) = if let Some((address, port)) = address {
        (!address.is_empty() && address.bytes().all(|b| b.is_ascii_hexdigit() || b == b':'), port)
    } else {
        let (host, port) = text.find(':').map_or((text, ""), |colon| text.split_at(colon));
        (host.split('.').all(is_host_part), port)
    };
    let digits = port
        .strip_prefix(':')
        .map_or(port.is_empty(), |digits| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()));
    valid && digits
}

fn is_host_part(part: &str) -> bool {
    let ends = |end: Option<u8>| end.is_some_and(|b| b.is_ascii_alphanumeric());
    ends(part.bytes().next())
        && ends(part.bytes().last())
        && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn check_path(path: &str) -> Result<(), &'static str> {
    if path.is_empty() {
        return Err("it has no name");
    }
    if path.contains(char::is_whitespace) {
        return Err("it contains a space");
    }
    if path.contains(['$', '{', '}', '<', '>', '%']) {
        return Err("it holds a placeholder that was never filled in");
    }
    if path.contains(|c: char| c.is_uppercase()) {
        return Err("its name is not in small letters");
    }
    if path.split('/').all(is_path_part) { Ok(()) } else { Err("its name is none that a registry knows") }
}

/// Letters and digits, in pieces joined by `.`, `_`, `__` or any number of `-`.
fn is_path_part(part: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let ends = |end: Option<u8>| end.is_some_and(is_word);
    let joints = part.split(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit());
    ends(part.bytes().next())
        && ends(part.bytes().last())
        && joints
            .filter(|joint| !joint.is_empty())
            .all(|joint| matches!(joint, "." | "_" | "__") || joint.bytes().all(|b| b == b'-'))
}

fn is_tag(tag: &str) -> bool {
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (1..=128).contains(&tag.len())
        && tag.bytes().next().is_some_and(is_word)
        && tag.bytes().all(|b| is_word(b) || matches!(b, b'.' | b'-'))
}

fn is_digest(digest: &str) -> bool {
    let Some((algorithm, hex)) = digest.split_once(':') else { return false };
    let length = match algorithm {
        "sha256" => 64,
        "sha384" => 96,
        "sha512" => 128,
        _ => return false,
    };
    hex.len() == length && hex.bytes().all(is_lower_hex)
}

fn is_lower_hex(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, Option<String>) {
        let image = Image::parse(text).unwrap_or_else(|reason| panic!("{text}: {reason}"));
        (image.name(), image.effective_tag().map(str::to_owned))
    }

    #[test]
    fn what_is_not_written_is_filled_in() {
        let latest = Some("latest".to_owned());
        assert_eq!(read("nginx"), ("docker.io/library/nginx".into(), latest.clone()));
        assert_eq!(read("vendor/app:1.2"), ("docker.io/vendor/app".into(), Some("1.2".into())));
        assert_eq!(read("index.docker.io/nginx"), ("docker.io/library/nginx".into(), latest.clone()));
        assert_eq!(read("localhost/app"), ("localhost/app".into(), latest.clone()));
        assert_eq!(read("registry.example:5000/a/b"), ("registry.example:5000/a/b".into(), latest.clone()));
        assert_eq!(read("[2001:db8::1]:5000/a"), ("[2001:db8::1]:5000/a".into(), latest.clone()));
        // Without a dot or a port it is a path, however much it looks like a host.
        assert_eq!(read("gcrXio/a"), ("gcrXio/a".into(), latest.clone()));
        assert_eq!(read("registry/a"), ("docker.io/registry/a".into(), latest));
        let digest = "a".repeat(64);
        assert_eq!(read(&format!("nginx@sha256:{digest}")), ("docker.io/library/nginx".into(), None));
        assert_eq!(read(&format!("nginx:1@sha256:{digest}")).1, Some("1".into()));
    }

    #[test]
    fn what_the_kubelet_refuses_is_refused() {
        let short = format!("nginx@sha256:{}", "a".repeat(63));
        let id = "a".repeat(64);
        let refused = [
            "",
            "Nginx",
            "nginx:",
            "nginx: 1",
            "nginx ",
            " nginx",
            "a//b",
            "a/",
            "/a",
            "-a",
            "a-",
            "a___b",
            "a..b",
            "nginx:-1",
            "${IMAGE}",
            "{{ .Values.image }}",
            "$(REGISTRY)/app:1",
            "reg.example:port/a",
            "https://a.example/b",
            "nginx@sha256:abc",
            "nginx@md5:d41d8cd98f00b204e9800998ecf8427e",
            "a:b:c",
            &short,
            &id,
        ];
        for text in refused {
            assert!(Image::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_registry_with_a_prefix_holds_what_lies_below() {
        let image = Image::parse("ghcr.io/vendor/app:1").unwrap();
        assert!(image.lies_in("ghcr.io") && image.lies_in("ghcr.io/vendor/") && image.lies_in("ghcr.io/vendor/app"));
        assert!(!image.lies_in("ghcr.io/ven") && !image.lies_in("") && !image.lies_in("ghcr"));
    }
}

//! Hellos (RFC 8446 section 4.1) and the extensions that say what is agreed on.

/// What a client offers.
#[derive(Debug, Default)]
pub(super) struct ClientHello {
    /// The highest version.
    pub(super) version: u16,
    pub(super) sni: String,
    pub(super) alpn: Vec<String>,
}

/// What a server chose.
#[derive(Debug, Default)]
pub(super) struct ServerHello {
    pub(super) version: u16,
    pub(super) cipher: u16,
    pub(super) alpn: String,
    /// It asks for another hello (RFC 8446 section 4.1.3).
    pub(super) retries: bool,
}

/// The random value that makes a hello a request for another one.
const RETRY: [u8; 4] = [0xcf, 0x21, 0xad, 0x74];

/// What is still to be read.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn short(&mut self) -> Option<u16> {
        self.take(2)?.first_chunk().map(|bytes| u16::from_be_bytes(*bytes))
    }

    /// A vector with a length of one byte.
    fn small(&mut self) -> Option<&'a [u8]> {
        let length = usize::from(*self.take(1)?.first()?);
        self.take(length)
    }

    /// A vector with a length of two bytes.
    fn large(&mut self) -> Option<&'a [u8]> {
        let length = usize::from(self.short()?);
        self.take(length)
    }
}

impl ClientHello {
    pub(super) fn read(body: &[u8]) -> Option<ClientHello> {
        let mut input = Input(body);
        let mut hello = ClientHello { version: input.short()?, ..ClientHello::default() };
        input.take(32)?;
        input.small()?;
        input.large()?;
        input.small()?;
        for (kind, content) in extensions(&mut input) {
            match kind {
                0 => hello.sni = name(content).unwrap_or_default(),
                16 => hello.alpn = protocols(content),
                43 => hello.version = highest(content).unwrap_or(hello.version),
                _ => {}
            }
        }
        Some(hello)
    }
}

impl ServerHello {
    pub(super) fn read(body: &[u8]) -> Option<ServerHello> {
        let mut input = Input(body);
        let version = input.short()?;
        let retries = input.take(32)?.starts_with(&RETRY);
        input.small()?;
        let cipher = input.short()?;
        input.take(1)?;
        let mut hello = ServerHello { version, cipher, retries, ..ServerHello::default() };
        for (kind, content) in extensions(&mut input) {
            match kind {
                16 => hello.alpn = protocols(content).into_iter().next().unwrap_or_default(),
                43 => hello.version = Input(content).short().unwrap_or(version),
                _ => {}
            }
        }
        Some(hello)
    }
}

fn extensions<'a>(input: &mut Input<'a>) -> impl Iterator<Item = (u16, &'a [u8])> {
    let mut list = Input(input.large().unwrap_or_default());
    std::iter::from_fn(move || Some((list.short()?, list.large()?)))
}

/// The name in server_name (RFC 6066 section 3).
fn name(content: &[u8]) -> Option<String> {
    let mut list = Input(Input(content).large()?);
    let kind = list.take(1)?;
    let name = list.large()?;
    (kind == [0]).then(|| String::from_utf8_lossy(name).into_owned())
}

/// The names in application_layer_protocol_negotiation (RFC 7301).
fn protocols(content: &[u8]) -> Vec<String> {
    let mut list = Input(Input(content).large().unwrap_or_default());
    std::iter::from_fn(|| Some(String::from_utf8_lossy(list.small()?).into_owned())).collect()
}

/// The highest of supported_versions, without those that are made up to keep servers tolerant (RFC 8701).
fn highest(content: &[u8]) -> Option<u16> {
    let versions = Input(content).small()?.chunks_exact(2).filter_map(|pair| pair.first_chunk().copied());
    versions.map(u16::from_be_bytes).filter(|version| version >> 8 == 3).max()
}

/// The name of a version.
pub(super) fn version(version: u16) -> &'static str {
    match version {
        0x0300 => "SSL 3.0",
        0x0301 => "TLS 1.0",
        0x0302 => "TLS 1.1",
        0x0303 => "TLS 1.2",
        0x0304 => "TLS 1.3",
        _ => "",
    }
}

/// The name of a suite that is common, and the number of any other.
pub(super) fn cipher(number: u16) -> String {
    let name = match number {
        0x1301 => "TLS_AES_128_GCM_SHA256",
        0x1302 => "TLS_AES_256_GCM_SHA384",
        0x1303 => "TLS_CHACHA20_POLY1305_SHA256",
        0xc02b => "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        0xc02c => "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
        0xc02f => "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        0xc030 => "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
        0xcca8 => "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
        0xcca9 => "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
        0x009c => "TLS_RSA_WITH_AES_128_GCM_SHA256",
        0x009d => "TLS_RSA_WITH_AES_256_GCM_SHA384",
        _ => return format!("0x{number:04X}"),
    };
    name.to_owned()
}

/// Suites that authenticate only (IANA's registry of TLS parameters, `WITH_NULL`).
pub(super) fn encrypts_nothing(number: u16) -> bool {
    matches!(
        number,
        0x0000..=0x0002 | 0x002c..=0x002e | 0x003b | 0x00b0 | 0x00b1 | 0x00b4 | 0x00b5 | 0x00b8 | 0x00b9 | 0xc001
            | 0xc006 | 0xc00b | 0xc010 | 0xc015 | 0xc039..=0xc03b | 0xc0b4 | 0xc0b5
    )
}

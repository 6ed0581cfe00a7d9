//! Texts with signatures below them (C2SP `signed-note`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;

use crate::{Signer, Verifier};

/// What begins a signature's line.
const MARK: &str = "\u{2014} ";
/// More than these are not read: a note of a hundred witnesses is longer than any that there is.
const MOST_SIGNATURES: usize = 100;
/// Bytes of a key's number.
const ID: usize = 4;

/// A text and who has signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    text: String,
    signatures: Vec<Signature>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Signature {
    name: String,
    id: [u8; ID],
    bytes: Vec<u8>,
}

/// Why bytes are no signed note, or not by whom they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BrokenNote {
    /// There is no text that ends with a line break, an empty line, and a line for each signature.
    #[error("not a signed note")]
    Form,
    /// The key has signed something else.
    #[error("the signature does not fit the text: one of them was changed")]
    Forged,
    /// None of the signatures is of this key.
    #[error("not signed by this key")]
    Unsigned,
}

impl Note {
    /// A text without signatures; `None` where it does not end with a line break.
    pub fn new(text: String) -> Option<Note> {
        (text.ends_with('\n') && is_plain(&text)).then_some(Note { text, signatures: Vec::new() })
    }

    /// Reads a note. Nothing is checked yet but its form.
    pub fn read(note: &str) -> Result<Note, BrokenNote> {
        // The text may hold empty lines; what stands below the last one are signatures.
        let end = note.rfind("\n\n").ok_or(BrokenNote::Form)?;
        let (text, below) = note.split_at_checked(end + 1).ok_or(BrokenNote::Form)?;
        let lines = below.strip_prefix('\n').and_then(|below| below.strip_suffix('\n')).ok_or(BrokenNote::Form)?;
        let signatures: Vec<Signature> =
            lines.split('\n').map(signature).collect::<Option<_>>().ok_or(BrokenNote::Form)?;
        let fits = signatures.len() <= MOST_SIGNATURES && is_plain(text);
        if fits { Ok(Note { text: text.to_owned(), signatures }) } else { Err(BrokenNote::Form) }
    }

    /// What was signed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Adds a signature. Only a witness's says the time.
    pub fn sign(&mut self, signer: &Signer, time: Timestamp) {
        let verifier = signer.verifier();
        let bytes = signer.sign(self.text.as_bytes(), time);
        self.signatures.push(Signature { name: verifier.name().to_owned(), id: verifier.id(), bytes });
    }

    /// Whether there is one signature, and no other.
    pub(crate) fn is_signed_once(&self) -> bool {
        self.signatures.len() == 1
    }

    /// Checks that this key has signed it, and says when a witness says it was.
    pub fn verify(&self, verifier: &Verifier) -> Result<Option<Timestamp>, BrokenNote> {
        let id = verifier.id();
        let mut own = self.signatures.iter().filter(|one| one.name == verifier.name() && one.id == id).peekable();
        if own.peek().is_none() {
            return Err(BrokenNote::Unsigned);
        }
        let mut said = None;
        for signature in own {
            said = verifier.verify(self.text.as_bytes(), &signature.bytes).ok_or(BrokenNote::Forged)?;
        }
        Ok(said)
    }
}

/// As it is stored and sent.
impl std::fmt::Display for Note {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(to, "{}", self.text)?;
        self.signatures.iter().try_for_each(|one| {
            let bytes = [one.id.as_slice(), &one.bytes].concat();
            writeln!(to, "{MARK}{} {}", one.name, STANDARD.encode(bytes))
        })
    }
}

/// Without control characters but line breaks.
fn is_plain(text: &str) -> bool {
    !text.chars().any(|sign| sign.is_control() && sign != '\n')
}

fn signature(line: &str) -> Option<Signature> {
    let (name, bytes) = line.strip_prefix(MARK)?.split_once(' ')?;
    let bytes = STANDARD.decode(bytes).ok()?;
    let (id, bytes) = bytes.split_first_chunk::<ID>()?;
    let is_named = !name.is_empty() && !name.contains('+') && !bytes.is_empty();
    is_named.then(|| Signature { name: name.to_owned(), id: *id, bytes: bytes.to_vec() })
}

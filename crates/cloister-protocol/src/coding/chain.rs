//! Codings that lie one upon the other.

use super::{Coding, Decoder};
use crate::conversation::Limits;
use crate::message::Trouble;

/// As many codings as are believed of one content.
const LAYERS: usize = 4;

/// Takes several codings away, the outermost first.
#[derive(Default)]
pub struct Chain {
    decoders: Vec<Decoder>,
}

impl Chain {
    /// From the values of `Content-Encoding` or `Transfer-Encoding`: the last named was put on last. An error names
    /// nothing that can be taken away.
    ///
    /// # Errors
    /// A coding is not known, or there are too many.
    pub fn named(names: &str, limits: &Limits) -> Result<Chain, Trouble> {
        let names = names.split(',').map(str::trim).filter(|name| !name.is_empty());
        let mut decoders = Vec::new();
        for name in names.filter(|name| !name.eq_ignore_ascii_case("identity")) {
            let coding = Coding::named(name).ok_or(Trouble::Unsupported)?;
            decoders.insert(0, Decoder::new(coding, limits));
        }
        if decoders.len() > LAYERS { Err(Trouble::TooLarge) } else { Ok(Chain { decoders }) }
    }

    /// Puts what `inner` takes away under what this does.
    pub(crate) fn then(mut self, inner: Chain) -> Chain {
        self.decoders.extend(inner.decoders);
        self
    }

    /// Nothing is to be taken away.
    pub fn is_empty(&self) -> bool {
        self.decoders.is_empty()
    }

    /// Tells what `bytes` become.
    ///
    /// # Errors
    /// It cannot be decoded, or becomes more than is believed: nothing more can be read.
    pub fn push(&mut self, bytes: &[u8], out: &mut dyn FnMut(&[u8])) -> Result<(), Trouble> {
        run(&mut self.decoders, bytes, out)
    }

    /// Whether all may end here.
    pub fn is_finished(&self) -> bool {
        self.decoders.iter().all(Decoder::is_finished)
    }

    pub(crate) fn held(&self) -> usize {
        self.decoders.iter().map(Decoder::held).sum()
    }
}

fn run(decoders: &mut [Decoder], bytes: &[u8], out: &mut dyn FnMut(&[u8])) -> Result<(), Trouble> {
    let Some((outer, inner)) = decoders.split_first_mut() else {
        out(bytes);
        return Ok(());
    };
    let mut within = Ok(());
    let result = outer.push(bytes, &mut |piece| {
        if within.is_ok() {
            within = run(inner, piece, out);
        }
    });
    within.and(result)
}

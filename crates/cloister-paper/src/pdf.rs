//! PDF: text is laid out on pages first ([`layout`]), then drawn with its structure ([`draw`]).

mod draw;
mod fonts;
mod layout;

use crate::Paper;

/// Why there is no PDF.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The fonts that are built in cannot be read.
    #[error("the built-in fonts cannot be read")]
    Fonts,
    /// The writer refused: what it says is not repeated, for it may quote the text.
    #[error("the PDF could not be written in the form that screen readers need")]
    Writer,
}

pub(crate) fn write(paper: &Paper) -> Result<Vec<u8>, PdfError> {
    let fonts = fonts::Fonts::new().ok_or(PdfError::Fonts)?;
    let laid = layout::lay(paper, &fonts);
    draw::draw(paper, &laid, &fonts)
}

#[cfg(test)]
mod tests;

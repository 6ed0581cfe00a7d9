//! Libertinus Serif, which has the letters of all languages of the Union.

use krilla::text::Font;
use ttf_parser::Face;

/// How letters look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Regular,
    Bold,
}

/// What stands for a letter that the fonts do not have.
const UNKNOWN: char = '?';

/// A font, to draw with and to measure by.
struct Family {
    font: Font,
    face: Face<'static>,
}

pub(super) struct Fonts {
    regular: Family,
    bold: Family,
}

impl Fonts {
    pub(super) fn new() -> Option<Fonts> {
        // The first of the assets is the regular font, the second the bold one.
        let mut all = typst_assets::fonts();
        let mut next = || {
            let data = all.next()?;
            Some(Family { font: Font::new(data.into(), 0)?, face: Face::parse(data, 0).ok()? })
        };
        Some(Fonts { regular: next()?, bold: next()? })
    }

    fn family(&self, style: Style) -> &Family {
        match style {
            Style::Regular => &self.regular,
            Style::Bold => &self.bold,
        }
    }

    pub(super) fn font(&self, style: Style) -> Font {
        self.family(style).font.clone()
    }

    /// How wide a text is at a size, without kerning: at most as wide as it will be, nearly.
    pub(super) fn width(&self, text: &str, style: Style, size: f32) -> f32 {
        let face = &self.family(style).face;
        let units = |letter| face.glyph_index(letter).and_then(|glyph| face.glyph_hor_advance(glyph)).unwrap_or(0);
        let sum: u32 = text.chars().map(|letter| u32::from(units(letter))).sum();
        // Sums of one page stay far below what an f32 holds exactly.
        #[allow(clippy::cast_precision_loss, reason = "see above")]
        let sum = sum as f32;
        sum * size / f32::from(face.units_per_em())
    }

    /// The text in letters that the font has, without control characters.
    pub(super) fn known(&self, text: &str, style: Style) -> String {
        let face = &self.family(style).face;
        let known = |letter: char| match letter {
            '\t' | '\u{a0}' => ' ',
            letter if letter.is_control() || face.glyph_index(letter).is_none() => UNKNOWN,
            letter => letter,
        };
        text.chars()
            .filter(
                |letter| !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}' | '\u{ad}'),
            )
            .map(known)
            .collect()
    }
}

//! For browsers, pages and paper: one SVG without scripts, fonts or anything else from elsewhere.
//!
//! Text is text; each node says what it is (`title`, `aria-label`), the whole is told in `desc`.

mod around;
mod body;
mod style;
mod write;

use crate::{Drawing, list};
use around::{footer, header};
use write::Writer;

/// Light, dark, or as the reader's system is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// `prefers-color-scheme` decides on screens; paper is light.
    #[default]
    Auto,
    /// Dark on white.
    Light,
    /// Light on black.
    Dark,
}

/// How it is written.
#[derive(Clone, Debug)]
pub struct Options<'o> {
    /// The colours.
    pub theme: Theme,
    /// What its ids begin with: letters, unique in the page that it is put into.
    pub id: &'o str,
    /// Whether its style sheet stands in it; else the page around it brings [`style_sheet`].
    pub is_styled: bool,
}

impl Default for Options<'_> {
    fn default() -> Self {
        Options { theme: Theme::Auto, id: "cloister-graph", is_styled: true }
    }
}

/// The drawing as an SVG document, which may also stand within HTML.
pub fn svg(drawing: &Drawing, options: &Options<'_>) -> String {
    let mut inner = Writer::default();
    let top = header(&mut inner, drawing);
    body::body(&mut inner, drawing, top);
    let height = footer(&mut inner, drawing, top + drawing.height);
    let mut out = Writer::default();
    let (title, desc) = (format!("{}-title", options.id), format!("{}-desc", options.id));
    out.raw("<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"cg\" role=\"img\"");
    out.attribute("aria-labelledby", &title);
    out.attribute("aria-describedby", &desc);
    out.raw(&format!(
        " width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\">\n",
        w = drawing.width.ceil(),
        h = height.ceil()
    ));
    out.text_element("title", &[("id", &title)], &drawing.graph.title);
    out.text_element("desc", &[("id", &desc)], &list(&drawing.graph));
    if options.is_styled {
        out.raw(&format!("<style>{}</style>\n", style::css(options.theme)));
    }
    out.raw("<rect class=\"cg-paper\" width=\"100%\" height=\"100%\"/>\n");
    out.raw(inner.as_str());
    out.raw("</svg>\n");
    let drawn = out.into_string();
    // A page whose policy forbids styles that are written into it forbids this one, too.
    if options.is_styled { drawn } else { drawn.replace(" style=\"fill:none\"", " fill-opacity=\"0\"") }
}

/// The style sheet of drawings that stand in a page; its names all begin with `cg`.
pub fn style_sheet(theme: Theme) -> String {
    style::css(theme)
}

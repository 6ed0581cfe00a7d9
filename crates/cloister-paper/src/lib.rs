//! Something to read, print and send: headings, paragraphs, lists, fields and tables; as Markdown, and with the feature `pdf`
//! as PDF. It knows nothing of what it says.

mod markdown;
#[cfg(feature = "pdf")]
mod pdf;

use serde::Serialize;

#[cfg(feature = "pdf")]
pub use pdf::PdfError;

/// A text with its structure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Paper {
    /// Its title.
    pub title: String,
    /// Its language, such as `en`.
    pub language: String,
    /// What stands at the foot of every page.
    pub foot: String,
    /// What it says.
    pub blocks: Vec<Block>,
}

/// A part of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Block {
    /// A heading below the title.
    Heading(String),
    /// A smaller one.
    Subheading(String),
    /// A paragraph.
    Text(String),
    /// A paragraph that must not be overlooked.
    Notice(String),
    /// Points.
    List(Vec<String>),
    /// Names and what they say.
    Fields(Vec<(String, String)>),
    /// Rows below the names of their columns.
    Table {
        /// Names of the columns.
        head: Vec<String>,
        /// Cells.
        rows: Vec<Vec<String>>,
    },
}

impl Paper {
    /// An empty one.
    pub fn new(title: impl Into<String>) -> Paper {
        Paper { title: title.into(), language: "en".to_owned(), foot: String::new(), blocks: Vec::new() }
    }

    /// Adds a heading.
    pub fn heading(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading(text.into()));
    }

    /// Adds a paragraph, where it says anything.
    pub fn text(&mut self, text: impl Into<String>) {
        let text = text.into();
        if !text.trim().is_empty() {
            self.blocks.push(Block::Text(text));
        }
    }

    /// Adds points, where there are any.
    pub fn list(&mut self, points: impl IntoIterator<Item = String>) {
        let points: Vec<String> = points.into_iter().collect();
        if !points.is_empty() {
            self.blocks.push(Block::List(points));
        }
    }

    /// As Markdown (CommonMark, with the tables of GitHub). What it says cannot become markup.
    pub fn to_markdown(&self) -> String {
        markdown::write(self)
    }

    /// As PDF, tagged for screen readers (PDF/UA-1), in an A4 page, with fonts for Latin, Greek and Cyrillic. The same paper
    /// gives the same bytes.
    #[cfg(feature = "pdf")]
    pub fn to_pdf(&self) -> Result<Vec<u8>, PdfError> {
        pdf::write(self)
    }
}

//! Drawing what was laid out, with the structure that screen readers follow.

use std::num::NonZeroU16;

use krilla::color::rgb;
use krilla::configure::{Accessibility, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::geom::{PathBuilder, Point, Rect};
use krilla::metadata::Metadata;
use krilla::num::NormalizedF32;
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, ListNumbering, SpanTag, TableHeaderScope, Tag, TagGroup, TagTree,
};
use krilla::text::TextDirection;
use krilla::{Document, SerializeSettings};

use super::PdfError;
use super::fonts::{Fonts, Style};
use super::layout::{Laid, Line, Node, PAGE, Sheet, Stroke};
use crate::Paper;

/// What was drawn for each leaf.
type Drawn = Vec<Vec<Identifier>>;

pub(super) fn draw(paper: &Paper, laid: &Laid, fonts: &Fonts) -> Result<Vec<u8>, PdfError> {
    let form = ConfigurationBuilder::new().with_accessibility_validator(Accessibility::UA1).finish();
    let settings = SerializeSettings {
        configuration: form.map_err(|_| PdfError::Writer)?,
        enable_tagging: true,
        ..SerializeSettings::default()
    };
    let mut document = Document::new_with(settings);
    // No time and no random id: the same paper gives the same bytes.
    document.set_metadata(
        Metadata::new().title(paper.title.clone()).language(paper.language.clone()).creator("Cloister".to_owned()),
    );
    let mut drawn: Drawn = (0..laid.leaves).map(|_| Vec::new()).collect();
    for (index, sheet) in laid.sheets.iter().enumerate() {
        let size = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or(PdfError::Writer)?;
        let mut page = document.start_page_with(size);
        let mut surface = page.surface();
        strokes(&mut surface, &sheet.strokes);
        lines(&mut surface, sheet, fonts, &mut drawn);
        foot(&mut surface, paper, fonts, (index + 1, laid.sheets.len()));
        surface.finish();
        page.finish();
    }
    document.set_outline(outline(&laid.nodes));
    document.set_tag_tree(tree(paper, &laid.nodes, &mut drawn));
    document.finish().map_err(|_| PdfError::Writer)
}

fn ink(surface: &mut Surface<'_>, grey: u8) {
    let fill =
        Fill { paint: rgb::Color::new(grey, grey, grey).into(), opacity: NormalizedF32::ONE, rule: Default::default() };
    surface.set_fill(Some(fill));
}

fn strokes(surface: &mut Surface<'_>, strokes: &[Stroke]) {
    ink(surface, 120);
    for stroke in strokes {
        let mut path = PathBuilder::new();
        let rect = Rect::from_xywh(stroke.x, stroke.y, stroke.width, stroke.height);
        rect.into_iter().for_each(|rect| path.push_rect(rect));
        let Some(path) = path.finish() else { continue };
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Other)));
        surface.draw_path(&path);
        surface.end_tagged();
    }
}

fn lines(surface: &mut Surface<'_>, sheet: &Sheet, fonts: &Fonts, drawn: &mut Drawn) {
    ink(surface, 20);
    for line in sheet.lines.iter().filter(|line| !line.text.is_empty()) {
        let identifier = surface.start_tagged(ContentTag::Span(SpanTag::empty()));
        // A line that another follows ends with a space, so that words stay apart for who reads aloud.
        let text = format!("{} ", line.text);
        put(surface, &Line { text, ..line_at(line) }, fonts);
        surface.end_tagged();
        if let Some(leaf) = drawn.get_mut(line.leaf) {
            leaf.push(identifier);
        }
    }
}

fn line_at(line: &Line) -> Line {
    Line { text: String::new(), x: line.x, y: line.y, style: line.style, size: line.size, leaf: line.leaf }
}

fn put(surface: &mut Surface<'_>, line: &Line, fonts: &Fonts) {
    let start = Point::from_xy(line.x, line.y);
    surface.draw_text(start, fonts.font(line.style), line.size, &line.text, false, TextDirection::LeftToRight);
}

fn foot(surface: &mut Surface<'_>, paper: &Paper, fonts: &Fonts, (page, pages): (usize, usize)) {
    const SIZE: f32 = 8.5;
    ink(surface, 90);
    let number = format!("{page} / {pages}");
    let right = PAGE.0 - 68.0 - fonts.width(&number, Style::Regular, SIZE);
    let mut text = fonts.known(&paper.foot, Style::Regular);
    while fonts.width(&text, Style::Regular, SIZE) > right - 88.0 && text.pop().is_some() {}
    for (x, text) in [(68.0, text), (right, number)] {
        if text.is_empty() {
            continue;
        }
        surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Footer)));
        put(surface, &Line { x, y: PAGE.1 - 40.0, text, style: Style::Regular, size: SIZE, leaf: 0 }, fonts);
        surface.end_tagged();
    }
}

/// The headings, as a reader lists them beside the page.
fn outline(nodes: &[Node]) -> Outline {
    let mut outline = Outline::new();
    for node in nodes {
        if let Node::Heading { level: 1..=2, text, page, y, .. } = node {
            outline.push_child(OutlineNode::new(text.clone(), XyzDestination::new(*page, Point::from_xy(0.0, *y))));
        }
    }
    outline
}

fn tree(paper: &Paper, nodes: &[Node], drawn: &mut Drawn) -> TagTree {
    let mut tree = TagTree::new().with_lang(Some(paper.language.clone()));
    for node in nodes {
        match node {
            Node::Heading { level, text, leaf, .. } => {
                let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
                tree.push(filled(TagGroup::new(Tag::Hn(level, Some(text.clone()))), *leaf, drawn));
            }
            Node::Text(leaf) => tree.push(filled(TagGroup::new(Tag::P), *leaf, drawn)),
            Node::List(points) => tree.push(list(points, drawn)),
            Node::Table { rows, head, first } => tree.push(table(rows, *head, *first, drawn)),
        }
    }
    tree
}

fn filled(mut group: TagGroup, leaf: usize, drawn: &mut Drawn) -> TagGroup {
    let parts = drawn.get_mut(leaf).map(std::mem::take).unwrap_or_default();
    parts.into_iter().for_each(|part| group.push(part));
    group
}

fn list(points: &[(usize, usize)], drawn: &mut Drawn) -> TagGroup {
    let mut list = TagGroup::new(Tag::L(ListNumbering::Disc));
    for (bullet, body) in points {
        let mut item = TagGroup::new(Tag::LI);
        item.push(filled(TagGroup::new(Tag::Lbl), *bullet, drawn));
        item.push(filled(TagGroup::new(Tag::LBody), *body, drawn));
        list.push(item);
    }
    list
}

fn table(rows: &[Vec<usize>], head: bool, first: bool, drawn: &mut Drawn) -> TagGroup {
    let mut table = TagGroup::new(Tag::Table);
    for (index, cells) in rows.iter().enumerate() {
        let mut row = TagGroup::new(Tag::TR);
        for (column, leaf) in cells.iter().enumerate() {
            let cell = if head && index == 0 {
                TagGroup::new(Tag::TH(TableHeaderScope::Column))
            } else if first && column == 0 {
                TagGroup::new(Tag::TH(TableHeaderScope::Row))
            } else {
                TagGroup::new(Tag::TD)
            };
            row.push(filled(cell, *leaf, drawn));
        }
        table.push(row);
    }
    table
}

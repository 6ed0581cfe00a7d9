//! Where every line of text stands. Measures are points, from the top left corner of a page.

use super::fonts::{Fonts, Style};
use crate::{Block, Paper};

/// A4.
pub(super) const PAGE: (f32, f32) = (595.28, 841.89);
const LEFT: f32 = 68.0;
const TOP: f32 = 68.0;
const BOTTOM: f32 = 72.0;
pub(super) const WIDTH: f32 = PAGE.0 - 2.0 * LEFT;

const BODY: f32 = 10.5;
const LEADING: f32 = 1.36;

/// A line of text.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) x: f32,
    /// The line on which letters stand.
    pub(super) y: f32,
    pub(super) text: String,
    pub(super) style: Style,
    pub(super) size: f32,
    /// The part of the structure that it belongs to.
    pub(super) leaf: usize,
}

/// A rule across, or a bar down, which says nothing.
#[derive(Debug)]
pub(super) struct Stroke {
    pub(super) x: f32,
    pub(super) y: f32,
    pub(super) width: f32,
    pub(super) height: f32,
}

#[derive(Debug, Default)]
pub(super) struct Sheet {
    pub(super) lines: Vec<Line>,
    pub(super) strokes: Vec<Stroke>,
}

/// A part of the structure; numbers are leaves.
#[derive(Debug)]
pub(super) enum Node {
    Heading {
        level: u16,
        text: String,
        leaf: usize,
        page: usize,
        y: f32,
    },
    Text(usize),
    /// A bullet and its point.
    List(Vec<(usize, usize)>),
    /// Rows of cells; the first is the head where there is one, and the first cell of each row heads it where it says so.
    Table {
        rows: Vec<Vec<usize>>,
        head: bool,
        first: bool,
    },
}

pub(super) struct Laid {
    pub(super) sheets: Vec<Sheet>,
    pub(super) nodes: Vec<Node>,
    pub(super) leaves: usize,
}

struct Layout<'f> {
    fonts: &'f Fonts,
    sheets: Vec<Sheet>,
    /// How far down the last page is used.
    y: f32,
    nodes: Vec<Node>,
    leaves: usize,
}

pub(super) fn lay(paper: &Paper, fonts: &Fonts) -> Laid {
    let mut layout = Layout { fonts, sheets: vec![Sheet::default()], y: TOP, nodes: Vec::new(), leaves: 0 };
    layout.heading(&paper.title, 1, 19.0);
    for block in &paper.blocks {
        layout.block(block);
    }
    Laid { sheets: layout.sheets, nodes: layout.nodes, leaves: layout.leaves }
}

impl Layout<'_> {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(text) => self.heading(text, 2, 13.5),
            Block::Subheading(text) => self.heading(text, 3, 11.5),
            Block::Text(text) => self.text(text),
            Block::Notice(text) => self.notice(text),
            Block::List(points) => self.list(points),
            Block::Fields(fields) => {
                let rows: Vec<Vec<String>> =
                    fields.iter().map(|(name, value)| vec![name.clone(), value.clone()]).collect();
                self.table(&rows, false, true, &[0.32, 0.68]);
            }
            Block::Table { head, rows } => {
                let all: Vec<Vec<String>> = std::iter::once(head).chain(rows).cloned().collect();
                let shares = self.shares(&all);
                self.table(&all, true, false, &shares);
            }
        }
    }

    fn leaf(&mut self) -> usize {
        self.leaves += 1;
        self.leaves - 1
    }

    fn heading(&mut self, text: &str, level: u16, size: f32) {
        self.y += if self.y > TOP { size * 0.9 } else { 0.0 };
        let lines = self.wrap(text, Style::Bold, size, WIDTH);
        // A heading does not stand alone at the foot of a page: rows of tables are a few lines high.
        self.room(size * LEADING * (count(lines.len()) + 6.0));
        let (page, y) = (self.sheets.len() - 1, self.y);
        let leaf = self.leaf();
        self.lines(&lines, Style::Bold, size, LEFT, leaf);
        self.y += size * 0.25;
        self.nodes.push(Node::Heading { level, text: lines.join(" "), leaf, page, y });
    }

    fn text(&mut self, text: &str) {
        for paragraph in text.trim().lines() {
            let leaf = self.leaf();
            let lines = self.wrap(paragraph, Style::Regular, BODY, WIDTH);
            self.lines(&lines, Style::Regular, BODY, LEFT, leaf);
            self.nodes.push(Node::Text(leaf));
        }
        self.y += BODY * 0.55;
    }

    fn notice(&mut self, text: &str) {
        for paragraph in text.trim().lines() {
            let leaf = self.leaf();
            let lines = self.wrap(paragraph, Style::Regular, BODY, WIDTH - 14.0);
            for line in lines {
                self.room(BODY * LEADING);
                let bar = Stroke { x: LEFT, y: self.y, width: 2.0, height: BODY * LEADING };
                self.sheet(|sheet| sheet.strokes.push(bar));
                self.lines(&[line], Style::Regular, BODY, LEFT + 14.0, leaf);
            }
            self.nodes.push(Node::Text(leaf));
        }
        self.y += BODY * 0.55;
    }

    fn list(&mut self, points: &[String]) {
        let mut leaves = Vec::new();
        for point in points {
            let (bullet, body) = (self.leaf(), self.leaf());
            let lines = self.wrap(point, Style::Regular, BODY, WIDTH - 16.0);
            self.room(BODY * LEADING);
            let y = self.y + BODY;
            let mark =
                Line { x: LEFT + 3.0, y, text: "•".to_owned(), style: Style::Regular, size: BODY, leaf: bullet };
            self.sheet(|sheet| sheet.lines.push(mark));
            self.lines(&lines, Style::Regular, BODY, LEFT + 16.0, body);
            leaves.push((bullet, body));
        }
        self.y += BODY * 0.55;
        self.nodes.push(Node::List(leaves));
    }

    /// Each column gets of the width what its longest cell would like, between a seventh and a half.
    fn shares(&self, rows: &[Vec<String>]) -> Vec<f32> {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let wide = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| self.fonts.width(cell, Style::Regular, 9.5)).fold(WIDTH / 14.0, f32::max).min(WIDTH / 2.0)
        };
        let wanted: Vec<f32> = (0..columns).map(wide).collect();
        let sum: f32 = wanted.iter().sum();
        wanted.into_iter().map(|width| width / sum.max(1.0)).collect()
    }

    fn table(&mut self, rows: &[Vec<String>], head: bool, first: bool, shares: &[f32]) {
        const SIZE: f32 = 9.5;
        const GAP: f32 = 10.0;
        let mut leaves = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let style = |column: usize| {
                if (head && index == 0) || (first && column == 0) { Style::Bold } else { Style::Regular }
            };
            let cells = row.iter().zip(shares).enumerate();
            let cells: Vec<Vec<String>> = cells
                .map(|(column, (cell, share))| self.wrap(cell, style(column), SIZE, WIDTH * share - GAP))
                .collect();
            let tallest = cells.iter().map(Vec::len).max().unwrap_or(1);
            // A row stays together where a page can hold it.
            self.room((SIZE * LEADING * count(tallest) + 6.0).min(PAGE.1 - TOP - BOTTOM));
            let (page, top) = (self.sheets.len(), self.y + 2.0);
            let mut x = LEFT;
            let mut row_leaves = Vec::new();
            let mut end = (self.sheets.len(), top);
            for (column, (lines, share)) in cells.iter().zip(shares).enumerate() {
                self.y = top;
                // A cell that goes on overleaf is followed by the others below it.
                if self.sheets.len() != page {
                    self.y = end.1;
                }
                let leaf = self.leaf();
                self.lines(lines, style(column), SIZE, x, leaf);
                row_leaves.push(leaf);
                x += WIDTH * share;
                end = if self.sheets.len() > end.0 { (self.sheets.len(), self.y) } else { (end.0, end.1.max(self.y)) };
            }
            self.y = end.1 + 3.0;
            let rule = Stroke { x: LEFT, y: self.y, width: WIDTH, height: if head && index == 0 { 0.9 } else { 0.35 } };
            self.sheet(|sheet| sheet.strokes.push(rule));
            self.y += 2.0;
            leaves.push(row_leaves);
        }
        self.y += BODY * 0.6;
        self.nodes.push(Node::Table { rows: leaves, head, first });
    }

    fn sheet(&mut self, change: impl FnOnce(&mut Sheet)) {
        if let Some(sheet) = self.sheets.last_mut() {
            change(sheet);
        }
    }

    /// Begins another page where so much does not fit on this one.
    fn room(&mut self, height: f32) {
        if self.y + height > PAGE.1 - BOTTOM && self.y > TOP {
            self.sheets.push(Sheet::default());
            self.y = TOP;
        }
    }

    fn lines(&mut self, lines: &[String], style: Style, size: f32, x: f32, leaf: usize) {
        for text in lines {
            self.room(size * LEADING);
            let line = Line { x, y: self.y + size, text: text.clone(), style, size, leaf };
            self.sheet(|sheet| sheet.lines.push(line));
            self.y += size * LEADING;
        }
    }

    /// Breaks at spaces; a word that is too long anywhere.
    fn wrap(&self, text: &str, style: Style, size: f32, width: f32) -> Vec<String> {
        let known = self.fonts.known(text, style);
        let mut lines = vec![String::new()];
        for word in known.split_whitespace() {
            let fits = |line: &str| self.fonts.width(line, style, size) <= width;
            let last = lines.last().cloned().unwrap_or_default();
            let longer = if last.is_empty() { word.to_owned() } else { format!("{last} {word}") };
            if fits(&longer) {
                lines.last_mut().into_iter().for_each(|line| line.clone_from(&longer));
                continue;
            }
            if !last.is_empty() {
                lines.push(String::new());
            }
            for letter in word.chars() {
                let longer = lines.last().map_or(String::new(), |line| format!("{line}{letter}"));
                if fits(&longer) || longer.chars().count() == 1 {
                    lines.last_mut().into_iter().for_each(|line| line.clone_from(&longer));
                } else {
                    lines.push(letter.to_string());
                }
            }
        }
        lines
    }
}

/// Lines of one page, as a measure.
fn count(number: usize) -> f32 {
    f32::from(u16::try_from(number).unwrap_or(u16::MAX))
}

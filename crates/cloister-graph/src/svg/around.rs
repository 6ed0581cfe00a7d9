//! What stands around the picture: title and columns' names above, meanings and notes below.

use super::write::Writer;
use crate::layout::cut;
use crate::measure::width;
use crate::{Attention, Drawing, Shape};

const LEFT: f64 = 16.0;
/// The size of notes, and the height of their lines.
const NOTE: f64 = 12.0;
const LINE: f64 = 18.0;

/// Title, summary, columns. Returns where the picture begins.
pub(super) fn header(out: &mut Writer, drawing: &Drawing) -> f64 {
    let room = drawing.width - 2.0 * LEFT;
    let mut y = 34.0;
    out.words("cg-title", (LEFT, y), &cut(&drawing.graph.title, 20.0, room));
    y += 6.0;
    for line in wrap(&drawing.graph.summary, room) {
        y += LINE;
        out.words("cg-sum", (LEFT, y), &line);
    }
    y += 28.0;
    for (heading, &x) in drawing.graph.headings.iter().zip(&drawing.columns) {
        out.words("cg-head", (x, y), heading);
    }
    out.raw("\n");
    y + 10.0
}

/// Marked ways, what marks and letters mean, and what is not drawn. Returns where it all ends.
pub(super) fn footer(out: &mut Writer, drawing: &Drawing, bottom: f64) -> f64 {
    let room = drawing.width - 2.0 * LEFT;
    let mut y = bottom + 8.0;
    for way in &drawing.graph.highlights {
        y += LINE + 2.0;
        out.raw(&format!("<circle class=\"cg-k\" cx=\"{}\" cy=\"{}\" r=\"9\"/>", LEFT + 9.0, y - 4.0));
        out.words("cg-badge", (LEFT + 9.0, y - 0.5), &way.name);
        let lines = wrap(&way.full, room - 26.0);
        let lower = f64::from(u32::try_from(lines.len().saturating_sub(1)).unwrap_or(u32::MAX));
        for (line, down) in lines.iter().zip(0_u32..) {
            out.words("cg-note", (LEFT + 26.0, y + f64::from(down) * LINE), line);
        }
        y += lower * LINE;
    }
    y = legend(out, drawing, y + if drawing.graph.highlights.is_empty() { 0.0 } else { 6.0 });
    y += 4.0;
    for line in drawing.graph.notes.iter().flat_map(|note| wrap(note, room)) {
        y += LINE;
        out.words("cg-note", (LEFT, y), &line);
    }
    out.raw("\n");
    y + 16.0
}

/// One entry after another, on as many lines as it takes.
fn legend(out: &mut Writer, drawing: &Drawing, top: f64) -> f64 {
    let graph = &drawing.graph;
    let marked = |attention| graph.nodes.iter().any(|node| node.attention == attention);
    let marks = [Attention::Critical, Attention::High].into_iter().filter(|attention| marked(*attention));
    let marks = marks.map(|attention| (attention.mark().to_owned(), attention.as_str().to_owned()));
    let used = graph.legend.iter().filter(|(badge, _)| graph.nodes.iter().any(|node| node.badge == *badge));
    let mut entries: Vec<(String, String)> = marks.chain(used.cloned()).collect();
    if graph.nodes.iter().any(|node| node.missing) {
        entries.push((String::new(), "dashed outline: named, and not in the input".to_owned()));
    }
    if graph.edges.iter().any(|edge| edge.partial) {
        entries.push((String::new(), "dotted line: some of them".to_owned()));
    }
    let (mut x, mut y) = (LEFT, top + if entries.is_empty() { 0.0 } else { 24.0 });
    for (badge, meaning) in entries {
        let wide = if badge.is_empty() { 0.0 } else { (width(&badge, 10.0) + 8.0).ceil() };
        let whole = wide + 6.0 + width(&meaning, NOTE) + 18.0;
        if x + whole > drawing.width - LEFT && x > LEFT {
            (x, y) = (LEFT, y + LINE + 4.0);
        }
        if !badge.is_empty() {
            let class = match badge.as_str() {
                "!!" => "cg-m cg-critical",
                "!" => "cg-m",
                _ => "cg-b",
            };
            let drum = graph.nodes.iter().any(|node| node.badge == badge && node.shape == Shape::Drum);
            out.raw(if drum { "<g class=\"cg-drum\">" } else { "<g>" });
            let top = y - 11.5;
            out.raw(&format!(
                "<rect class=\"{class}\" x=\"{x}\" y=\"{top}\" width=\"{wide}\" height=\"15\" rx=\"3\"/>"
            ));
            out.words("cg-badge", (x + wide / 2.0, y - 0.5), &badge);
            out.raw("</g>");
        }
        out.words("cg-note", (x + if wide > 0.0 { wide + 6.0 } else { 0.0 }, y), &meaning);
        x += whole;
    }
    y
}

/// Lines of whole words that fit.
fn wrap(text: &str, room: f64) -> Vec<String> {
    let text = cloister_model::clean(text);
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let word = cut(word, NOTE, room);
        match lines.last_mut().filter(|line| width(line, NOTE) + width(" ", NOTE) + width(&word, NOTE) <= room) {
            Some(line) => *line = format!("{line} {word}"),
            None => lines.push(word),
        }
    }
    lines
}

//! Bands, edges and nodes.

use std::collections::{HashMap, HashSet};

use super::write::Writer;
use crate::layout::{DETAIL, DETAIL_LINE, LABEL, LID, cut};
use crate::list::in_words;
use crate::measure::width;
use crate::{Attention, Drawing, Link, Node, Shape, Spot};

/// So many of what a node stands for are named in its title.
const MOST_NAMED: usize = 40;

/// Draws everything, `top` below the upper edge.
pub(super) fn body(out: &mut Writer, drawing: &Drawing, top: f64) {
    out.raw(&format!("<g transform=\"translate(0 {top})\">\n"));
    bands(out, drawing);
    ways(out, drawing);
    let mut links: Vec<&Link> = drawing.links.iter().collect();
    links.sort_by_key(|link| drawing.graph.edges.get(link.edge).map(|edge| edge.attention));
    links.into_iter().for_each(|link| self::link(out, drawing, link));
    for word in &drawing.words {
        out.words(if word.ends { "cg-w cg-end" } else { "cg-w" }, (word.x, word.y), &word.text);
        out.raw("\n");
    }
    let letters = letters(drawing);
    for (node, spot) in drawing.graph.nodes.iter().zip(&drawing.spots) {
        self::node(out, node, *spot, letters.get(node.id.as_str()).map_or(&[], Vec::as_slice));
    }
    out.raw("</g>\n");
}

fn class(attention: Attention) -> &'static str {
    match attention {
        Attention::Ordinary => "",
        Attention::High => " cg-high",
        Attention::Critical => " cg-critical",
    }
}

fn bands(out: &mut Writer, drawing: &Drawing) {
    for frame in &drawing.frames {
        let Some(group) = drawing.graph.groups.get(frame.group) else { continue };
        let Spot { x, y, width: wide, height } = frame.spot;
        let class = class(group.attention);
        out.raw(&format!(
            "<rect class=\"cg-band{class}\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"{height}\" rx=\"8\"/>"
        ));
        let name = cut(&group.label, LABEL, wide - 28.0);
        // It is bold.
        let more = x + 14.0 + width(&name, LABEL) * 1.1 + 10.0;
        out.words("cg-band-name", (x + 14.0, y + 20.0), &name);
        let room = x + wide - 14.0 - more;
        if room > 40.0 && !group.detail.is_empty() {
            out.words("cg-band-more", (more, y + 20.0), &cut(&group.detail, DETAIL, room));
        }
        out.raw("\n");
    }
}

/// Broad and pale below the edges of marked ways.
fn ways(out: &mut Writer, drawing: &Drawing) {
    let ways = &drawing.graph.highlights;
    let steps = ways.iter().flat_map(|way| way.nodes.iter().zip(way.nodes.iter().skip(1)));
    let steps: HashSet<(&str, &str)> = steps.map(|(from, to)| (from.as_str(), to.as_str())).collect();
    for link in &drawing.links {
        let edge = drawing.graph.edges.get(link.edge);
        if edge.is_some_and(|edge| steps.contains(&(edge.from.as_str(), edge.to.as_str()))) {
            out.raw(&format!("<path class=\"cg-way\" d=\"{}\"/>\n", path(&link.points)));
        }
    }
}

/// The letters of the ways that lead through each node.
fn letters(drawing: &Drawing) -> HashMap<&str, Vec<&str>> {
    let mut letters: HashMap<&str, Vec<&str>> = HashMap::new();
    for way in &drawing.graph.highlights {
        for node in &way.nodes {
            let here = letters.entry(node).or_default();
            if !here.contains(&way.name.as_str()) {
                here.push(&way.name);
            }
        }
    }
    letters
}

fn link(out: &mut Writer, drawing: &Drawing, link: &Link) {
    let Some(edge) = drawing.graph.edges.get(link.edge) else { return };
    let class = class(edge.attention);
    let some = if edge.partial { " cg-some" } else { "" };
    out.raw("<g>");
    if !edge.full.is_empty() {
        out.text_element("title", &[], &edge.full);
    }
    out.raw(&format!("<path class=\"cg-e{class}{some}\" d=\"{}\"/>", path(&link.points)));
    if let [.., (before, _), (x, y)] = link.points.as_slice() {
        let back = if before > x { 6.0 } else { -6.0 };
        let (upper, lower) = (y - 3.5, y + 3.5);
        out.raw(&format!("<path class=\"cg-t{class}\" d=\"M{x} {y}L{b} {upper}V{lower}z\"/>", b = x + back));
    }
    out.raw("</g>\n");
}

/// Straight where the height stays, swinging where it changes.
fn path(points: &[(f64, f64)]) -> String {
    let mut path = String::new();
    let mut last = None;
    for &(x, y) in points {
        path.push_str(&match last {
            None => format!("M{x} {y}"),
            Some((_, above)) if above == y => format!("H{x}"),
            Some((before, above)) => {
                let half = (before + x) / 2.0;
                format!("C{half} {above} {half} {y} {x} {y}")
            }
        });
        last = Some((x, y));
    }
    path
}

fn node(out: &mut Writer, node: &Node, spot: Spot, letters: &[&str]) {
    let (shape, missing) =
        (if node.shape == Shape::Drum { " cg-drum" } else { "" }, if node.missing { " cg-missing" } else { "" });
    out.raw(&format!("<g class=\"cg-n{}{shape}{missing}\" role=\"img\"", class(node.attention)));
    let words = in_words(node);
    out.attribute("aria-label", &words);
    out.raw(">");
    let named = node.members.iter().take(MOST_NAMED).map(|member| format!("\n{member}"));
    let others = node.members.len().saturating_sub(MOST_NAMED);
    let others = if others > 0 { format!("\nand {others} more") } else { String::new() };
    out.text_element("title", &[], &format!("{words}{}{others}", named.collect::<String>()));
    outline(out, node.shape, spot);
    let x = badge(out, node, spot);
    let room = spot.x + spot.width - 8.0 - x;
    let mark = mark(out, node.attention, spot);
    let lines = f64::from(u32::try_from(node.details.len()).unwrap_or(u32::MAX));
    let lid = if node.shape == Shape::Drum { LID / 2.0 + 1.0 } else { 0.0 };
    let first = spot.y + spot.height / 2.0 - lines * DETAIL_LINE / 2.0 + 4.5 + lid;
    out.words("cg-l", (x, first), &cut(&node.label, LABEL, room - mark));
    let mut y = first;
    for line in &node.details {
        y += DETAIL_LINE;
        out.words("cg-d", (x, y), &cut(line, DETAIL, room));
    }
    for (letter, x) in letters.iter().rev().zip(0_u8..) {
        let x = spot.x + spot.width - 6.0 - f64::from(x) * 16.0;
        out.raw(&format!("<circle class=\"cg-k\" cx=\"{x}\" cy=\"{}\" r=\"7.5\"/>", spot.y - 2.0));
        out.words("cg-badge", (x, spot.y + 1.5), letter);
    }
    out.raw("</g>\n");
}

fn outline(out: &mut Writer, shape: Shape, Spot { x, y, width, height }: Spot) {
    let (right, bottom) = (x + width, y + height);
    out.raw(&match shape {
        Shape::Box | Shape::Pill => {
            let round = if shape == Shape::Box { 4.0 } else { height.min(40.0) / 2.0 };
            format!("<rect class=\"cg-o\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{round}\"/>")
        }
        Shape::Cut => format!(
            "<path class=\"cg-o\" d=\"M{a} {y}H{b}L{right} {c}V{d}L{b} {bottom}H{a}L{x} {d}V{c}z\"/>",
            a = x + 8.0,
            b = right - 8.0,
            c = y + 8.0,
            d = bottom - 8.0
        ),
        Shape::Drum => format!(
            "<path class=\"cg-o\" d=\"M{x} {a}C{x} {u} {right} {u} {right} {a}V{b}C{right} {v} {x} {v} {x} {b}z\"/>\
             <path class=\"cg-o\" style=\"fill:none\" d=\"M{x} {a}C{x} {m} {right} {m} {right} {a}\"/>",
            a = y + LID,
            u = y - LID / 3.0,
            m = y + LID * 7.0 / 3.0,
            b = bottom - LID,
            v = bottom + LID / 3.0
        ),
    });
}

/// Draws the letters, and says where text begins.
fn badge(out: &mut Writer, node: &Node, spot: Spot) -> f64 {
    if node.badge.is_empty() {
        return spot.x + 10.0;
    }
    let wide = (width(&node.badge, 10.0) + 8.0).ceil();
    let (x, y) = (spot.x + 9.0, spot.y + spot.height / 2.0 - 7.5);
    out.raw(&format!("<rect class=\"cg-b\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"15\" rx=\"3\"/>"));
    out.words("cg-badge", (x + wide / 2.0, y + 11.0), &node.badge);
    x + wide + 6.0
}

/// Draws the mark, and says how much room it takes.
fn mark(out: &mut Writer, attention: Attention, spot: Spot) -> f64 {
    let mark = attention.mark();
    if mark.is_empty() {
        return 0.0;
    }
    let (wide, x, y) = (18.0, spot.x + spot.width - 25.0, spot.y + spot.height / 2.0 - 8.0);
    let y = if spot.height > 34.0 { spot.y + 6.0 } else { y };
    out.raw(&format!("<rect class=\"cg-m\" x=\"{x}\" y=\"{y}\" width=\"{wide}\" height=\"16\" rx=\"8\"/>"));
    out.words("cg-mark", (x + wide / 2.0, y + 12.0), mark);
    wide + 4.0
}

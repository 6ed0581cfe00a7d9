//! How it developed: a line, and the same as a table.

use cloister_report::html::text::t;
use cloister_report::words::thousands;
use maud::{Markup, html};

use crate::keep::Run;

const WIDTH: usize = 640;
const HEIGHT: usize = 120;

/// Of these runs, the oldest first.
pub fn of(runs: &[Run]) -> Markup {
    html! {
        @match runs {
            [] => { p.quiet { "Nothing was assessed yet." } }
            [only] => { p.quiet { "Assessed once, with " (thousands(only.open_total())) " open. The line begins with the next change." } }
            runs => { (drawn(runs)) }
        }
    }
}

fn drawn(runs: &[Run]) -> Markup {
    let open: Vec<usize> = runs.iter().map(Run::open_total).collect();
    let grave: Vec<usize> = runs.iter().map(|run| run.open.iter().skip(3).sum()).collect();
    let most = open.iter().copied().max().unwrap_or(0).max(1);
    let (first, last) = (open.first().copied().unwrap_or(0), open.last().copied().unwrap_or(0));
    html! {
        figure {
            svg.trend viewBox={ "-4 -12 " (WIDTH + 60) " " (HEIGHT + 30) } role="img" aria-label={ "Open findings from " (first) " to " (last) " over " (runs.len()) " assessments" } {
                line.axis x1="0" y1=(HEIGHT) x2=(WIDTH) y2=(HEIGHT) {}
                polyline.line points=(points(&open, most)) {}
                polyline.line.grave points=(points(&grave, most)) {}
                text.last x=(WIDTH + 8) y=(y(last, most) + 4) { (thousands(last)) }
                text x="0" y=(HEIGHT + 15) { (t(runs.first().map_or("", |run| day(&run.at)))) }
                text x=(WIDTH) y=(HEIGHT + 15) text-anchor="end" { (t(runs.last().map_or("", |run| day(&run.at)))) }
            }
            figcaption.quiet { "Open findings; dashed, the critical and high ones among them." }
        }
    }
}

fn day(time: &str) -> &str {
    time.get(..16).unwrap_or(time)
}

fn y(value: usize, most: usize) -> usize {
    HEIGHT - value * HEIGHT / most.max(1)
}

fn points(values: &[usize], most: usize) -> String {
    let last = values.len().saturating_sub(1).max(1);
    let point = |(at, value): (usize, &usize)| format!("{},{}", at * WIDTH / last, y(*value, most));
    values.iter().enumerate().map(point).collect::<Vec<_>>().join(" ")
}

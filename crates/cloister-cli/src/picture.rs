//! How pictures are drawn, for all commands that draw.

use std::io::IsTerminal;

use clap::{Args, ValueEnum};
use cloister_graph::{Drawing, Graph, Options, dot, list, mermaid, svg};

use crate::table::indented;
use crate::way_out::failure;

/// How to draw.
#[derive(Debug, Args)]
pub struct Picture {
    /// How to draw [default: svg, or text on a terminal].
    #[arg(short, long, value_enum, value_name = "FORMAT", help_heading = "Result")]
    output: Option<Format>,

    /// The colours of the SVG; auto follows the reader's system.
    #[arg(long, value_enum, default_value_t = Theme::Auto, value_name = "THEME", help_heading = "Result")]
    theme: Theme,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A picture for browsers, pages and paper.
    Svg,
    /// For Graphviz.
    Dot,
    /// For Mermaid, which code hosts draw.
    Mermaid,
    /// Nodes, edges, bands, their places, and the number of crossings.
    Json,
    /// The same in words.
    #[value(alias = "words")]
    Text,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Theme {
    Auto,
    Light,
    Dark,
}

impl Picture {
    /// The picture as it was asked for; on a terminal, words keep to its width.
    pub fn draw(&self, picture: Graph, width: usize) -> anyhow::Result<String> {
        let is_terminal = std::io::stdout().is_terminal();
        let usual = if is_terminal { Format::Text } else { Format::Svg };
        Ok(match self.output.unwrap_or(usual) {
            Format::Dot => dot(&picture),
            Format::Mermaid => mermaid(&picture),
            Format::Text if is_terminal => narrow(&list(&picture), width),
            Format::Text => list(&picture),
            Format::Json => format!("{:#}\n", serde_json::to_value(Drawing::new(picture))?),
            Format::Svg => svg(&Drawing::new(picture), &Options { theme: self.theme.into(), ..Options::default() }),
        })
    }
}

/// What is too long for the width goes on below, further in.
fn narrow(lines: &str, width: usize) -> String {
    let one = |line: &str| {
        let text = line.trim_start();
        indented(text, line.len() - text.len(), FURTHER, width)
    };
    lines.lines().map(one).collect()
}

/// How much further in.
const FURTHER: usize = 4;

impl From<Theme> for cloister_graph::Theme {
    fn from(theme: Theme) -> cloister_graph::Theme {
        match theme {
            Theme::Auto => cloister_graph::Theme::Auto,
            Theme::Light => cloister_graph::Theme::Light,
            Theme::Dark => cloister_graph::Theme::Dark,
        }
    }
}

/// What is nowhere would give an empty picture, which looks like good news.
pub fn known(what: &str, name: Option<&str>, names: &[String]) -> anyhow::Result<()> {
    let Some(name) = name.filter(|name| !names.iter().any(|known| known == name)) else { return Ok(()) };
    let help = if names.is_empty() {
        "there is none in the input".to_owned()
    } else {
        format!("there are: {}", names.join(", "))
    };
    Err(failure(format!("no {what} is called \"{name}\""), help))
}

#[cfg(test)]
mod tests {
    use super::narrow;

    #[test]
    fn words_keep_to_the_width_and_their_place() {
        let lines = "Band\n  a node with a long name\n    → another one\n\nend\n";
        let expected = "Band\n  a node with\n      a long name\n    → another\n        one\n\nend\n";
        assert_eq!(narrow(lines, 17), expected);
    }
}

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
    /// The picture as it was asked for; its words within these columns where a person reads them.
    pub fn draw(&self, picture: Graph, width: usize) -> anyhow::Result<String> {
        let is_read = std::io::stdout().is_terminal();
        let usual = if is_read { Format::Text } else { Format::Svg };
        Ok(match self.output.unwrap_or(usual) {
            Format::Dot => dot(&picture),
            Format::Mermaid => mermaid(&picture),
            Format::Text if is_read => within(&list(&picture), width),
            Format::Text => list(&picture),
            Format::Json => format!("{:#}\n", serde_json::to_value(Drawing::new(picture))?),
            Format::Svg => svg(&Drawing::new(picture), &Options { theme: self.theme.into(), ..Options::default() }),
        })
    }
}

/// Each line further in where it goes on.
fn within(text: &str, width: usize) -> String {
    let line = |line: &str| {
        let words = line.trim_start();
        indented(words, line.len() - words.len(), 4, width)
    };
    text.lines().map(line).collect()
}

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
    use super::within;

    #[test]
    fn words_go_on_below_themselves() {
        let told = within("Namespace shop\n  web\n    → TCP 5432: shop/patients-db, health data\n\nEnd\n", 30);
        assert_eq!(
            told,
            "Namespace shop\n  web\n    → TCP 5432:\n        shop/patients-db,\n        health data\n\nEnd\n"
        );
    }
}

//! Colours. Those that mean something differ in lightness too, and never speak alone: marks, letters, outlines and
//! widths of lines say the same. Hues after Okabe and Ito, "Color Universal Design" (2008).

use super::Theme;

struct Palette {
    paper: &'static str,
    band: &'static str,
    line: &'static str,
    node: &'static str,
    text: &'static str,
    soft: &'static str,
    edge: &'static str,
    high: &'static str,
    critical: &'static str,
    on_mark: &'static str,
    data: &'static str,
    way: &'static str,
}

const LIGHT: Palette = Palette {
    paper: "#ffffff",
    band: "#f5f6f8",
    line: "#c9ced6",
    node: "#ffffff",
    text: "#14181f",
    soft: "#525b68",
    edge: "#8a93a1",
    high: "#8f5a00",
    critical: "#b3340b",
    on_mark: "#ffffff",
    data: "#00568c",
    way: "#8a2f66",
};

const DARK: Palette = Palette {
    paper: "#12151a",
    band: "#1a1f26",
    line: "#3a434f",
    node: "#222831",
    text: "#eef1f5",
    soft: "#aeb7c4",
    edge: "#77818f",
    high: "#e8ab4a",
    critical: "#ff8a5c",
    on_mark: "#12151a",
    data: "#6db9ea",
    way: "#e79ac6",
};

const SHAPES: &str = "
.cg{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;max-width:100%;height:auto}
.cg text{direction:ltr;unicode-bidi:isolate}
.cg-title{font-size:20px;font-weight:650}
.cg-sum,.cg-note{font-size:12px}
.cg-head{font-size:12px;font-weight:600}
.cg-band-name{font-size:13px;font-weight:650}
.cg-band-more{font-size:11px}
.cg-l{font-size:13px}
.cg-d{font-size:11px}
.cg-badge{font-size:10px;font-weight:700;text-anchor:middle}
.cg-mark{font-size:11px;font-weight:800;text-anchor:middle}
.cg-w{font-size:10.5px;paint-order:stroke;stroke-width:4px;stroke-linejoin:round}
.cg-end{text-anchor:end}
.cg-e{fill:none;stroke-width:1.2}
.cg-e.cg-high{stroke-width:1.8}
.cg-e.cg-critical{stroke-width:2.4}
.cg-e.cg-some{stroke-dasharray:2 4}
.cg-way{fill:none;stroke-width:8;stroke-linejoin:round;stroke-opacity:.3}
.cg-n .cg-o{stroke-width:1.2}
.cg-n.cg-high .cg-o{stroke-width:1.8}
.cg-n.cg-critical .cg-o{stroke-width:2.4}
.cg-n.cg-missing .cg-o{stroke-dasharray:5 3}
.cg-band{stroke-width:1}
.cg-band.cg-critical{stroke-width:1.6}
";

/// The style sheet; its names all begin with `cg`, so that it can stand in any page.
pub(super) fn css(theme: Theme) -> String {
    match theme {
        Theme::Light => format!("{SHAPES}{}", colours(&LIGHT)),
        Theme::Dark => format!("{SHAPES}{}", colours(&DARK)),
        Theme::Auto => format!(
            "{SHAPES}{}@media screen and (prefers-color-scheme:dark){{\n{}}}\n",
            colours(&LIGHT),
            colours(&DARK)
        ),
    }
}

fn colours(palette: &Palette) -> String {
    let Palette { paper, band, line, node, text, soft, edge, high, critical, on_mark, data, way } = palette;
    format!(
        ".cg-paper{{fill:{paper}}}
.cg-band{{fill:{band};stroke:{line}}}
.cg-band.cg-high{{stroke:{high}}}
.cg-band.cg-critical{{stroke:{critical}}}
.cg text{{fill:{text}}}
.cg .cg-d,.cg .cg-sum,.cg .cg-note,.cg .cg-band-more,.cg .cg-head{{fill:{soft}}}
.cg .cg-w{{fill:{text};stroke:{band}}}
.cg-o{{fill:{node};stroke:{edge}}}
.cg-n.cg-high .cg-o{{stroke:{high}}}
.cg-n.cg-critical .cg-o{{stroke:{critical}}}
.cg-n.cg-drum .cg-o{{stroke:{data}}}
.cg-b{{fill:{soft}}}
.cg-drum .cg-b{{fill:{data}}}
.cg .cg-badge,.cg .cg-mark,.cg .cg-letter{{fill:{on_mark}}}
.cg-m{{fill:{high}}}
.cg-critical .cg-m,.cg-m.cg-critical{{fill:{critical}}}
.cg-e{{stroke:{edge}}}
.cg-e.cg-high{{stroke:{high}}}
.cg-e.cg-critical{{stroke:{critical}}}
.cg-t{{fill:{edge}}}
.cg-t.cg-high{{fill:{high}}}
.cg-t.cg-critical{{fill:{critical}}}
.cg-way{{stroke:{way}}}
.cg-k{{fill:{way}}}
"
    )
}

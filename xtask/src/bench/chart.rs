//! A curve as SVG: one line of points, axes with their numbers, and a mark at what is to be reached.

use std::fmt::Write as _;

/// What is drawn. All points lie within the axes.
pub struct Chart<'a> {
    pub title: &'a str,
    /// What is said below each axis, and how far it goes.
    pub across: (&'a str, f64),
    pub up: (&'a str, f64),
    /// Where numbers stand on the axes.
    pub steps: (f64, f64),
    pub points: &'a [(f64, f64)],
    /// A mark across, with its words.
    pub mark: (f64, &'a str),
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 360.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 48.0;
const BOTTOM: f64 = 56.0;

const STYLE: &str = "text{font:13px system-ui,sans-serif;fill:#333}.title{font-size:15px;font-weight:600}\
.grid{stroke:#ddd}.axis{stroke:#666}.line{fill:none;stroke:#1f5fa8;stroke-width:2.5}.point{fill:#1f5fa8}\
.mark{stroke:#a3400d;stroke-dasharray:5 4}.told{fill:#a3400d}.paper{fill:#fff}\
@media(prefers-color-scheme:dark){text{fill:#ddd}.grid{stroke:#3a3a3a}.axis{stroke:#999}.line{stroke:#7ab4f5}\
.point{fill:#7ab4f5}.mark{stroke:#f0a070}.told{fill:#f0a070}.paper{fill:#16181c}}";

impl Chart<'_> {
    fn x(&self, value: f64) -> f64 {
        LEFT + value / self.across.1 * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        HEIGHT - BOTTOM - value / self.up.1 * (HEIGHT - TOP - BOTTOM)
    }

    /// The picture, with its numbers as text for who cannot see it.
    pub fn svg(&self) -> String {
        let told: Vec<String> = self.points.iter().map(|(x, y)| format!("{x:.2}: {y:.1}")).collect();
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"title desc\" width=\"{WIDTH}\" height=\"{HEIGHT}\" \
             viewBox=\"0 0 {WIDTH} {HEIGHT}\">\n<title id=\"title\">{}</title>\n<desc id=\"desc\">{} by {}: {}</desc>\n\
             <style>{STYLE}</style>\n<rect class=\"paper\" width=\"{WIDTH}\" height=\"{HEIGHT}\"/>\n\
             <text class=\"title\" x=\"{LEFT}\" y=\"26\">{}</text>\n",
            self.title,
            self.up.0,
            self.across.0,
            told.join("; "),
            self.title
        );
        self.axes(&mut svg);
        let (at, words) = (self.x(self.mark.0), self.mark.1);
        let (top, bottom) = (TOP, HEIGHT - BOTTOM);
        let _ = writeln!(
            svg,
            "<line class=\"mark\" x1=\"{at:.1}\" y1=\"{top}\" x2=\"{at:.1}\" y2=\"{bottom}\"/>\n\
             <text class=\"told\" x=\"{:.1}\" y=\"{:.1}\">{words}</text>",
            at + 6.0,
            top + 12.0
        );
        let line: Vec<String> =
            self.points.iter().map(|(x, y)| format!("{:.1},{:.1}", self.x(*x), self.y(*y))).collect();
        let _ = writeln!(svg, "<polyline class=\"line\" points=\"{}\"/>", line.join(" "));
        for (x, y) in self.points {
            let _ =
                writeln!(svg, "<circle class=\"point\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"4\"/>", self.x(*x), self.y(*y));
        }
        svg.push_str("</svg>\n");
        svg
    }

    fn axes(&self, svg: &mut String) {
        let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        for value in steps(self.steps.1, self.up.1) {
            let y = self.y(value);
            let _ = writeln!(
                svg,
                "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\"/>\n\
                 <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value}</text>",
                LEFT - 8.0,
                y + 4.0
            );
        }
        for value in steps(self.steps.0, self.across.1) {
            let x = self.x(value);
            let _ =
                writeln!(svg, "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{value}</text>", bottom + 20.0);
        }
        let _ = writeln!(
            svg,
            "<path class=\"axis\" fill=\"none\" d=\"M{LEFT} {TOP}V{bottom}H{right}\"/>\n\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\n\
             <text transform=\"translate(18 {:.1}) rotate(-90)\" text-anchor=\"middle\">{}</text>",
            (LEFT + right) / 2.0,
            bottom + 42.0,
            self.across.0,
            (TOP + bottom) / 2.0,
            self.up.0
        );
    }
}

/// Numbers from zero on, this far apart.
fn steps(step: f64, most: f64) -> impl Iterator<Item = f64> {
    (0_u32..).map(move |number| f64::from(number) * step).take_while(move |value| *value <= most)
}

#[cfg(test)]
mod tests {
    use super::Chart;

    #[test]
    fn points_stand_where_their_numbers_are() {
        let chart = Chart {
            title: "Loss",
            across: ("Gbit/s", 4.0),
            up: ("percent", 100.0),
            steps: (1.0, 25.0),
            points: &[(0.0, 0.0), (2.0, 50.0), (4.0, 100.0)],
            mark: (1.5, "to reach"),
        };
        let svg = chart.svg();
        // The middle of the axes.
        assert!(svg.contains("points=\"64.0,304.0 380.0,176.0 696.0,48.0\""), "{svg}");
        assert!(
            svg.contains(">100</text>") && svg.contains("<desc id=\"desc\">percent by Gbit/s: 0.00: 0.0; 2.00: 50.0")
        );
        assert_eq!(svg.matches("<circle").count(), 3);
    }
}

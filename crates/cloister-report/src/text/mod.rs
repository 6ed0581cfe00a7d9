//! The report in a terminal: one line to know, three to act, the rest on request.

mod advice;
mod diagnostics;
mod ending;
mod findings;
mod gaps;
mod heading;
mod ink;
mod page;
mod table;

use cloister_assessment::Assessment;

use page::Page;

/// How wide, how colourful, how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Columns of the terminal. Only paths and lines to copy may be longer.
    pub width: usize,
    /// Whether styles are written. Words and signs carry the meaning without them.
    pub colour: bool,
    /// Every finding, acceptance, statement, gap and diagnostic.
    pub verbose: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { width: 80, colour: false, verbose: false }
    }
}

/// The report, with a line break at the end.
pub fn render(assessment: &Assessment, options: &Options) -> String {
    let mut page = Page::new(options);
    heading::write(&mut page, assessment);
    // Where nothing was read, a table of all that was not looked at says nothing.
    if assessment.subject.resources > 0 {
        table::write(&mut page, assessment);
    }
    advice::write(&mut page, assessment);
    if options.verbose {
        findings::write_open(&mut page, assessment);
        findings::write_accepted(&mut page, assessment);
        gaps::write_attested(&mut page, assessment);
        if assessment.subject.resources > 0 {
            gaps::write_not_evaluated(&mut page, assessment);
        }
    }
    diagnostics::write(&mut page, assessment);
    ending::write(&mut page, assessment);
    page.finish()
}

//! The state of the leading framework, requirement by requirement: what is open
//! first and in full, the rest summarised; then the other frameworks in a line.

use anstyle::Style;
use cloister_assessment::{AssessedFramework, AssessedRequirement, Assessment, Status};

use super::ink::{BAD, FAINT, GOOD, OPEN_QUESTION, PLAIN, STATED, STRONG};
use super::page::{Page, columns, wrap};
use crate::words::{leading, needs, of_framework, thousands};

/// Open requirements that are shown as rows without being asked.
const ROWS: usize = 12;

pub(super) fn write(page: &mut Page, assessment: &Assessment) {
    let Some(framework) = leading(assessment) else { return };
    write_framework(page, assessment, framework);
    let others: Vec<&AssessedFramework> =
        assessment.frameworks.iter().filter(|other| other.name != framework.name).collect();
    if page.verbose {
        for other in others {
            write_framework(page, assessment, other);
        }
    } else if !others.is_empty() {
        write_others(page, &others);
    }
}

/// `NSA 19/26`: requirements that hold, of those that were judged.
fn write_others(page: &mut Page, others: &[&AssessedFramework]) {
    let lead = "Others, held of judged:";
    let parts: Vec<(Style, String)> = others
        .iter()
        .map(|one| {
            let judged = one.satisfied + one.not_satisfied;
            if judged == 0 {
                return (FAINT, format!("{} not evaluated", one.name));
            }
            (PLAIN, format!("{} {}/{judged}", one.name, one.satisfied))
        })
        .collect();
    page.blank().gap(1).put(STRONG, lead).gap(1).flow(2 + lead.len(), 3, " · ", &parts);
}

fn write_framework(page: &mut Page, assessment: &Assessment, framework: &AssessedFramework) {
    let all: Vec<&AssessedRequirement> = of_framework(assessment, &framework.name).collect();
    if all.is_empty() {
        return;
    }
    let open: Vec<&AssessedRequirement> =
        all.iter().copied().filter(|one| one.status == Status::NotSatisfied).collect();
    let (rows, more) = if page.verbose { (open, Vec::new()) } else { worst(open) };
    page.blank();
    if rows.is_empty() {
        page.gap(1).put(STRONG, &title(framework)).end();
    } else {
        write_rows(page, framework, &rows);
    }
    write_summary(page, &all, &more);
}

fn title(framework: &AssessedFramework) -> String {
    if &*framework.name == "gdpr" { "GDPR".to_owned() } else { framework.name.to_string() }
}

/// The rows with the most open checks, in the framework's order, and the rest.
fn worst(open: Vec<&AssessedRequirement>) -> (Vec<&AssessedRequirement>, Vec<&AssessedRequirement>) {
    let mut counts: Vec<(usize, usize)> = open.iter().enumerate().map(|(at, one)| (one.open, at)).collect();
    counts.sort_by_key(|(number, at)| (std::cmp::Reverse(*number), *at));
    let shown: std::collections::BTreeSet<usize> = counts.into_iter().take(ROWS).map(|(_, at)| at).collect();
    let (rows, more): (Vec<_>, Vec<_>) = open.into_iter().enumerate().partition(|(at, _)| shown.contains(at));
    let strip = |part: Vec<(usize, _)>| part.into_iter().map(|(_, one)| one).collect();
    (strip(rows), strip(more))
}

/// Columns of the table: id, title and what is missing, as wide as their texts if there is room.
struct Grid {
    id: usize,
    title: usize,
    gaps: usize,
}

/// Two columns of numbers and the blanks around them.
const NUMBERS: usize = 5 + 6 + 3;

impl Grid {
    fn new(page: &Page, rows: &[&AssessedRequirement]) -> Grid {
        let widest = |cell: &dyn Fn(&AssessedRequirement) -> usize| rows.iter().map(|row| cell(row)).max().unwrap_or(0);
        let id = widest(&|row| columns(&row.id)).clamp(4, page.width() / 3);
        let title = widest(&|row| columns(&row.title)).max(HEADING.len().saturating_sub(id));
        let gaps = widest(&|row| columns(&gaps(row, page.verbose))).max(GAPS.len());
        let room = page.width().saturating_sub(3 + id + 2 + NUMBERS);
        let gaps = gaps.min((room * 2 / 5).max(GAPS.len()).max(room.saturating_sub(title)));
        Grid { id, title: title.min(room.saturating_sub(gaps)), gaps }
    }
}

const HEADING: &str = ", counted in checks";
const GAPS: &str = "not evaluated";

/// `3: node facts, audit log`; unasked only what is needed most often, `3: node facts +1`.
fn gaps(row: &AssessedRequirement, verbose: bool) -> String {
    let needs = needs(&row.not_evaluated);
    match (row.not_evaluated.len(), needs.as_slice()) {
        (0, _) => "–".to_owned(),
        (number, [first, more @ ..]) if !verbose && !more.is_empty() => format!("{number}: {first} +{}", more.len()),
        (number, needs) => format!("{number}: {}", needs.join(", ")),
    }
}

fn write_rows(page: &mut Page, framework: &AssessedFramework, rows: &[&AssessedRequirement]) {
    let grid = Grid::new(page, rows);
    let name = title(framework);
    let head = 3 + grid.id + 2 + grid.title;
    let mut used = 1 + columns(&name);
    page.gap(1).put(STRONG, &name);
    if used + HEADING.len() < head {
        page.put(FAINT, HEADING);
        used += HEADING.len();
    }
    page.gap(head.saturating_sub(used)).put(FAINT, &format!("{:>5}{:>6}   {GAPS}", "open", "held")).end();
    for row in rows {
        write_row(page, &grid, row);
    }
}

fn write_row(page: &mut Page, grid: &Grid, row: &AssessedRequirement) {
    let ids = wrap(&row.id, grid.id);
    let titles = wrap(&row.title, grid.title);
    let gaps = wrap(&gaps(row, page.verbose), grid.gaps);
    for at in 0..ids.len().max(titles.len()).max(gaps.len()) {
        let cell = |cells: &[String]| cells.get(at).cloned().unwrap_or_default();
        let (id, title) = (cell(&ids), cell(&titles));
        page.gap(1).put(BAD, if at == 0 { "✗" } else { " " }).gap(1);
        page.put(STRONG, &id).gap(grid.id + 2 - columns(&id).min(grid.id + 2));
        page.put(PLAIN, &title).gap(grid.title.saturating_sub(columns(&title)));
        let numbers = if at == 0 {
            [format!("{:>5}", thousands(row.open)), format!("{:>6}", thousands(row.held))]
        } else {
            [" ".repeat(5), " ".repeat(6)]
        };
        let [open, held] = numbers;
        page.put(BAD, &open).put(PLAIN, &held).gap(3).put(FAINT, &cell(&gaps)).end();
    }
}

/// The requirements that need no row: their ids behind a word for their state.
fn write_summary(page: &mut Page, all: &[&AssessedRequirement], more: &[&AssessedRequirement]) {
    let ids = |wanted: &dyn Fn(&AssessedRequirement) -> bool| -> Vec<&AssessedRequirement> {
        all.iter().copied().filter(|one| wanted(one)).collect()
    };
    write_ids(page, BAD, "✗", "open too", more);
    write_ids(page, GOOD, "✓", "held", &ids(&|one| one.status == Status::Satisfied));
    write_ids(page, GOOD, "◐", "held as far as seen", &ids(&|one| partly(one)));
    write_ids(page, STATED, "✎", "attested", &ids(&|one| one.status == Status::Attested));
    let unseen = ids(&|one| one.status == Status::NotEvaluated && !partly(one));
    write_unseen(page, &unseen);
}

/// Nothing open, something held, something not looked at.
fn partly(requirement: &AssessedRequirement) -> bool {
    requirement.status == Status::NotEvaluated && requirement.held > 0
}

fn write_ids(page: &mut Page, style: Style, sign: &str, word: &str, members: &[&AssessedRequirement]) {
    if members.is_empty() {
        return;
    }
    let lead = format!("{} {word}:", members.len());
    let parts: Vec<(Style, String)> = members.iter().map(|one| (PLAIN, one.id.to_string())).collect();
    page.gap(1).put(style, sign).gap(1).put(STRONG, &lead).gap(1);
    page.flow(4 + columns(&lead), 5, "  ", &parts);
}

/// What was not evaluated at all, by what it needs.
fn write_unseen(page: &mut Page, unseen: &[&AssessedRequirement]) {
    if unseen.is_empty() {
        return;
    }
    let groups = crate::words::group_by(unseen.iter().copied(), |one| {
        let needs = needs(&one.not_evaluated);
        if needs.is_empty() { "nothing here to judge".to_owned() } else { format!("needs {}", needs.join(", ")) }
    });
    page.gap(1).put(OPEN_QUESTION, "?").gap(1).put(STRONG, &format!("{} not evaluated", unseen.len())).end();
    for (need, members) in groups {
        let mut parts = vec![(FAINT, format!("{need}:"))];
        parts.extend(members.iter().map(|one| (PLAIN, one.id.to_string())));
        page.gap(3).flow(3, 5, "  ", &parts);
    }
}

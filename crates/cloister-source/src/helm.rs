//! Helm charts, rendered by the user's own `helm`.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use cloister_manifest::{Interner, parse};
use cloister_model::{Diagnostic, Origin};

use crate::program::{self, Ended};
use crate::{Read, files};

/// How charts are rendered: what the user gave.
#[derive(Clone, Debug, Default)]
pub struct HelmOptions {
    /// The program; `helm` when absent.
    pub program: Option<PathBuf>,
    /// `--values FILE`, in order.
    pub values: Vec<PathBuf>,
    /// `--set KEY=VALUE`, in order.
    pub set: Vec<String>,
    /// The release's namespace.
    pub namespace: Option<String>,
}

/// Whether a file is a packaged chart: a gzipped tar with a `Chart.yaml` in its first folder.
pub fn is_package(path: &Path) -> bool {
    let named = path.to_str().is_some_and(|name| name.ends_with(".tgz") || name.ends_with(".tar.gz"));
    named && path.is_file() && holds_chart(path).unwrap_or(false)
}

fn holds_chart(path: &Path) -> std::io::Result<bool> {
    // Helm writes Chart.yaml first; a bound keeps archives of other kinds cheap.
    let unpacked = flate2::read::GzDecoder::new(std::fs::File::open(path)?).take(1 << 20);
    for entry in tar::Archive::new(unpacked).entries()? {
        let entry = entry?;
        let name = entry.path()?;
        if name.components().count() == 2 && name.ends_with("Chart.yaml") {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Renders one chart, a folder or a package.
pub fn render(chart: &Path, options: &HelmOptions, progress: &(dyn Fn(&str) + Sync)) -> Read {
    let name = files::shown(chart);
    progress(&format!("rendering {name}"));
    match run(chart, options) {
        Ended::Output(output) => read(&String::from_utf8_lossy(&output), chart, &name),
        Ended::Failed(said) if said.contains("library charts are not installable") => Read {
            diagnostics: vec![Diagnostic::new(
                cloister_model::DiagnosticLevel::Note,
                name,
                "a library chart: it renders nothing of its own",
            )],
            ..Read::default()
        },
        ended => Read::failed(failure(&name, &ended)),
    }
}

fn run(chart: &Path, options: &HelmOptions) -> Ended {
    let path = program::argument(chart);
    let release = release_name(chart);
    let mut arguments = vec!["template", &release, &path, "--include-crds"];
    let values: Vec<_> = options.values.iter().map(|file| file.to_string_lossy()).collect();
    values.iter().for_each(|file| arguments.extend(["--values", &**file]));
    options.set.iter().for_each(|set| arguments.extend(["--set", set]));
    options.namespace.iter().for_each(|namespace| arguments.extend(["--namespace", namespace]));
    program::run(options.program.as_deref().unwrap_or(Path::new("helm")), &arguments)
}

/// The folder's name, as far as it can name a release.
fn release_name(chart: &Path) -> String {
    let resolved = chart.canonicalize().unwrap_or_else(|_| chart.to_owned());
    let stem = resolved.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let stem = stem.trim_end_matches(".tgz").trim_end_matches(".tar.gz");
    let name: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).take(53).collect();
    let name = name.trim_matches('-');
    if name.is_empty() { "release".to_owned() } else { name.to_owned() }
}

/// One rendered document with the template that it came from.
struct Document<'a> {
    source: &'a str,
    text: &'a str,
    first_line: u32,
}

fn read<'a>(output: &'a str, chart: &'a Path, name: &Arc<str>) -> Read {
    let mut read = Read { rendered: 1, ..Read::default() };
    let mut interner = Interner::default();
    let mut templates = Templates { chart, known: HashMap::new() };
    for document in documents(output) {
        let (origin, first_line) = origin(&document, &mut templates, name);
        let parsed = parse(document.text, &origin, first_line, &mut interner);
        read.resources.extend(parsed.resources);
        read.diagnostics.extend(parsed.diagnostics);
        read.others += parsed.others;
    }
    if read.resources.is_empty() && read.diagnostics.is_empty() {
        let diagnostic = Diagnostic::warning(name.clone(), "this chart renders nothing with these values");
        read.diagnostics
            .push(diagnostic.help("give the values that switch its parts on: --values FILE or --set KEY=VALUE"));
    }
    read
}

/// Cuts helm's output at its `# Source:` lines.
fn documents(output: &str) -> Vec<Document<'_>> {
    let mut documents: Vec<Document<'_>> = Vec::new();
    let mut source = "";
    let (mut start, mut first_line, mut line_number, mut position) = (0, 1, 1, 0);
    for line in output.split_inclusive('\n') {
        if let Some(named) = line.strip_prefix("# Source: ") {
            documents.push(Document { source, text: output.get(start..position).unwrap_or(""), first_line });
            source = named.trim();
            start = position + line.len();
            first_line = line_number + 1;
        }
        position += line.len();
        line_number += 1;
    }
    documents.push(Document { source, text: output.get(start..).unwrap_or(""), first_line });
    documents.retain(|document| document.text.lines().any(|line| !line.starts_with("---") && !line.trim().is_empty()));
    documents
}

/// The chart's own templates, each read once.
struct Templates<'a> {
    chart: &'a Path,
    known: HashMap<&'a str, Option<String>>,
}

/// Larger templates are not searched for the documents that they render, in bytes.
const MOST_SEARCHED: usize = 1 << 20;

impl<'a> Templates<'a> {
    /// The text of a template, by its path inside the chart.
    fn get(&mut self, inside: &'a str) -> Option<&str> {
        let chart = self.chart;
        let read = || {
            let path = Path::new(inside);
            // What the output names is the chart's word: it may lead nowhere else.
            let lies_inside = path.components().all(|part| matches!(part, Component::Normal(_)));
            let bytes = lies_inside.then(|| files::bytes_of(&chart.join(path)).ok())??;
            String::from_utf8(bytes).ok().filter(|text| text.len() <= MOST_SEARCHED)
        };
        self.known.entry(inside).or_insert_with(read).as_deref()
    }
}

/// A document that stands word for word in its template has the template's own
/// lines; of any other only the rendered line is certain.
fn origin<'a>(document: &Document<'a>, templates: &mut Templates<'a>, name: &Arc<str>) -> (Origin, u32) {
    // The first part is the chart's own name, whatever its folder is called.
    let inside = document.source.split_once('/').map_or(document.source, |(_, inside)| inside);
    let file: Arc<str> = Arc::from(if inside.is_empty() { name.to_string() } else { format!("{name}/{inside}") });
    match templates.get(inside).and_then(|template| line_of(document.text, template)) {
        Some(line) => (Origin::Rendered { file, verbatim: true }, line),
        None => (Origin::Rendered { file, verbatim: false }, document.first_line),
    }
}

/// The line at which `text` stands in `template`, if it does so exactly once.
fn line_of(text: &str, template: &str) -> Option<u32> {
    let body = text.trim_end().trim_end_matches("---").trim_end();
    let at = template.find(body).filter(|_| !body.is_empty())?;
    let rest = template.get(at + 1..)?;
    let starts_line = at == 0 || template.get(..at)?.ends_with('\n');
    if !starts_line || rest.contains(body) {
        return None;
    }
    u32::try_from(template.get(..at)?.matches('\n').count() + 1).ok()
}

fn failure(name: &Arc<str>, ended: &Ended) -> Diagnostic {
    match ended {
        Ended::Missing => Diagnostic::error(name.clone(), "this is a Helm chart, and helm was not found")
            .help("install helm, or give --helm PATH; the rest was read"),
        Ended::TimedOut => Diagnostic::error(
            name.clone(),
            format!("helm template did not end within {} s", program::TIMEOUT.as_secs()),
        )
        .help("run it yourself to see where it hangs: helm template FOLDER"),
        Ended::Failed(said) if said.contains("missing in charts/ directory") || said.contains("dependency build") => {
            Diagnostic::error(name.clone(), "the charts that this chart depends on are not there")
                .help("fetch them first: helm dependency build FOLDER; Cloister opens no connection itself")
        }
        Ended::Failed(said) => failed(name, said),
        Ended::Output(_) => Diagnostic::error(name.clone(), "nothing was rendered"),
    }
}

/// What helm says, at the template that it names.
fn failed(name: &Arc<str>, said: &str) -> Diagnostic {
    // Helm's last words are advice to itself.
    let said: String = said.lines().filter(|line| !line.starts_with("Use --debug flag")).collect::<Vec<_>>().join("\n");
    let cause = format!("helm template failed: {}", program::last_line(&said));
    let diagnostic = match place(program::last_line(&said).as_str()) {
        Some((inside, line, column)) => Diagnostic::error(format!("{name}/{inside}"), cause).at(line, column),
        None => Diagnostic::error(name.clone(), cause),
    };
    diagnostic.help("give the values it needs by --values FILE or --set KEY=VALUE; the rest was read")
}

/// The first `chart/templates/file:line:column` of a message, without the chart's own name.
fn place(said: &str) -> Option<(&str, u32, u32)> {
    said.split([' ', '(', ')']).find_map(|word| {
        let (rest, column) = word.trim_end_matches(':').rsplit_once(':')?;
        let (path, line) = rest.rsplit_once(':')?;
        let (_, inside) = path.split_once('/')?;
        Some((inside, line.parse().ok()?, column.parse().ok()?)).filter(|_| inside.starts_with("templates/"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn output_is_cut_by_template() {
        let output = "---\n# Source: clinic/templates/a.yaml\nkind: A\n---\n# Source: clinic/charts/db/templates/b.yaml\nkind: B\n";
        let cut: Vec<_> = documents(output).iter().map(|document| (document.source, document.first_line)).collect();
        assert_eq!(cut, [("clinic/templates/a.yaml", 3), ("clinic/charts/db/templates/b.yaml", 6)]);
    }

    #[test]
    fn a_failing_template_is_pointed_at() {
        let name = Arc::from("charts/clinic");
        let told = failed(
            &name,
            "Error: execution error at (clinic/templates/a.yaml:7:4): no tag\n\nUse --debug flag to render out invalid YAML",
        );
        assert_eq!((&*told.file, told.line, told.column), ("charts/clinic/templates/a.yaml", Some(7), Some(4)));
        assert!(told.message.ends_with("no tag"), "{}", told.message);
        let told = failed(&name, "Error: values don't meet the schema");
        assert_eq!((&*told.file, told.line), ("charts/clinic", None));
        assert_eq!(place("template: db/charts/x/templates/a.yaml:1:2: wrong"), None, "of another chart");
    }

    #[test]
    fn a_template_line_is_given_only_where_it_is_certain() {
        assert_eq!(line_of("kind: A\nname: x\n", "# head\nkind: A\nname: x\n"), Some(2));
        assert_eq!(line_of("kind: A\n", "kind: A\n---\nkind: A\n"), None, "twice");
        assert_eq!(line_of("name: x\n", "name: {{ .Values.x }}\n"), None, "templated");
        assert_eq!(line_of("kind: A\n", "{{ if }} kind: A\n"), None, "not at the start of a line");
    }
}

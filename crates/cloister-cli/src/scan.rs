//! `cloister scan`.

use std::mem::forget;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use cloister_assessment::{Assessment, Baseline, FailOn, Judged, Scan, assess};
use cloister_frameworks::Framework;
use cloister_inventory::Inventory;
use cloister_model::{Diagnostic, DiagnosticLevel, Severity};
use cloister_register::Register;
use cloister_source::HelmOptions;
use cloister_source::cluster::ClusterRequest;
use indicatif::ProgressBar;
use jiff::civil::Date;
use jiff::{Timestamp, Zoned};
use rayon::join;

use crate::args;
use crate::baseline;
use crate::evidence::record::{self, Open};
use crate::input::{Input, Sources};
use crate::output::Output;
use crate::terminal::Terminal;
use crate::way_out::{did_you_mean, failure};

/// Reads, assesses, reports.
pub fn run(arguments: &args::Scan, terminal: &Terminal) -> anyhow::Result<ExitCode> {
    // What can be wrong with the arguments is told before any work is done.
    let frameworks = frameworks(&arguments.framework)?;
    let fail_on = fail_on(&arguments.fail_on, &frameworks)?;
    let baseline = arguments.baseline.as_deref().map(baseline::read).transpose()?;
    arguments.output.iter().try_for_each(Output::can_be_written)?;
    let record =
        arguments.record.as_deref().map(|log| record::open(log, arguments.record_key.as_deref())).transpose()?;
    let progress = terminal.progress();
    // The catalogues are data too: read while the input is.
    let mut catalogues = Vec::new();
    let mut input = rayon::in_place_scope(|scope| {
        scope.spawn(|_| catalogues = load(&frameworks));
        sources(arguments).read(&|what| progress.set_message(cloister_report::clean(what).into_owned()))
    });
    input.subject.title = title(&input.subject.targets);
    if input.resources.is_empty() {
        nothing_to_assess(&mut input);
    }
    // Reading waits for programs and clusters. What follows computes, on the pool's own threads: a further one would
    // keep memory of its own.
    rayon::scope(|_| {
        assess_and_write(arguments, terminal, &progress, (input, &catalogues), (fail_on, baseline, record))
    })
}

/// Where to read from, as the user said it.
fn sources(arguments: &args::Scan) -> Sources {
    Sources {
        read: None,
        paths: arguments.paths.clone(),
        node_facts: arguments.node_facts.clone(),
        kubelets: arguments.kubelets,
        cluster: arguments.cluster,
        request: ClusterRequest {
            kubeconfig: arguments.kubeconfig.clone(),
            context: arguments.context.clone(),
            namespaces: arguments.namespace.clone(),
        },
        helm: HelmOptions {
            program: arguments.helm.clone(),
            values: arguments.values.clone(),
            set: arguments.set.clone(),
            namespace: arguments.namespace.first().cloned(),
        },
        kubectl: arguments.kubectl.clone(),
    }
}

fn assess_and_write(
    arguments: &args::Scan,
    terminal: &Terminal,
    progress: &ProgressBar,
    (input, frameworks): (Input, &[&'static Framework]),
    (fail_on, baseline, record): (FailOn, Option<Baseline>, Option<Open>),
) -> anyhow::Result<ExitCode> {
    progress.set_message("assessing");
    let terms = Terms { frameworks, fail_on, baseline, today: arguments.today, judged: None, ends: true };
    assessed(input, terms, |assessment, _| {
        progress.finish_and_clear();
        // What is recorded is so whether or not somebody can read the reports.
        record.map(|mut log| record::record(&mut log, assessment)).transpose()?;
        // One that fails takes no other with it.
        let written: Vec<anyhow::Result<()>> =
            arguments.output.iter().map(|output| output.write(assessment, arguments.verbose, terminal)).collect();
        written.into_iter().collect::<anyhow::Result<()>>()?;
        Ok(ExitCode::from(assessment.summary.exit_code()))
    })
}

/// How input is assessed.
pub struct Terms<'f> {
    pub frameworks: &'f [&'static Framework],
    pub fail_on: FailOn,
    pub baseline: Option<Baseline>,
    /// As of this day; as of now without it.
    pub today: Option<Date>,
    /// What the assessment before came to.
    pub judged: Option<&'f mut Judged>,
    /// Whether the process ends with it: giving back each of a million values would only cost time.
    pub ends: bool,
}

/// Assesses what was read, and hands over what came of it, with what it was made from.
pub fn assessed<T>(
    mut input: Input,
    terms: Terms<'_>,
    then: impl FnOnce(&Assessment, (&Arc<Inventory>, &Register<'_>)) -> T,
) -> T {
    let inventory = Arc::new(Inventory::new(std::mem::take(&mut input.resources), input.inputs));
    let ((register, unread), mistyped) = join(|| Register::from_inventory(&inventory), || inventory.mistyped());
    input.diagnostics.extend(unread.into_iter().chain(mistyped).chain(inventory.lost()));
    let profile = crate::detect::resource::profile(&inventory, &mut input.diagnostics);
    let assessment = assess(Scan {
        inventory: &inventory,
        register: &register,
        frameworks: terms.frameworks,
        subject: input.subject,
        diagnostics: input.diagnostics,
        baseline: terms.baseline,
        fail_on: terms.fail_on,
        today: terms.today.unwrap_or_else(|| Zoned::now().date()),
        now: terms.today.map_or_else(now, |day| format!("{day}T00:00:00Z")),
        version: env!("CARGO_PKG_VERSION"),
        profile: profile.as_ref(),
        judged: terms.judged,
    });
    let ended = then(&assessment, (&inventory, &register));
    if terms.ends {
        forget((assessment, profile));
        forget(register);
        forget(inventory);
    }
    ended
}

fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// A threshold over nothing would always be met: what was named in vain is an error.
pub fn nothing_to_assess(input: &mut Input) {
    for diagnostic in input.diagnostics.iter_mut().filter(|one| one.level == DiagnosticLevel::Warning) {
        diagnostic.level = DiagnosticLevel::Error;
    }
    if input.diagnostics.iter().all(|one| one.level != DiagnosticLevel::Error) {
        let target = input.subject.targets.first().cloned().unwrap_or_default();
        if !input.inputs.unread.is_empty() {
            let diagnostic = Diagnostic::of_cluster(target, "nothing that is there could be listed");
            input.diagnostics.push(diagnostic.help(
                "grant the account the verb list on what is to be assessed: deploy/scan.yaml has a role for that",
            ));
            return;
        }
        let empty = Diagnostic::error(target, "no Kubernetes object is in here");
        let diagnostic = Diagnostic { is_cluster: input.inputs.cluster, ..empty };
        input.diagnostics.push(diagnostic.help(
            "an object has apiVersion and kind; of a chart or an overlay, name the folder with Chart.yaml or kustomization.yaml",
        ));
    }
}

/// The last part of the last target that has one: `clinic` of `examples/clinic/`.
pub fn title(targets: &[String]) -> String {
    let last = |target: &String| {
        let path = std::path::absolute(target).unwrap_or_else(|_| PathBuf::from(target));
        path.file_name().map(|name| name.to_string_lossy().into_owned())
    };
    match targets {
        [target] if target == "-" => "standard input".to_owned(),
        [target] => last(target).unwrap_or_else(|| target.clone()),
        targets => {
            let mut names: Vec<String> = targets.iter().filter_map(last).collect();
            let more = names.len().saturating_sub(MOST_NAMED);
            if more > 1 {
                names.truncate(MOST_NAMED);
                names.push(format!("{more} more"));
            }
            names.join(" + ")
        }
    }
}

/// A title names this many targets; a shell writes out every file of a pattern.
const MOST_NAMED: usize = 3;

/// The names of the frameworks to assess: those asked for, else all.
fn frameworks(names: &[String]) -> anyhow::Result<Vec<&'static str>> {
    if names.is_empty() {
        return Ok(cloister_frameworks::names().collect());
    }
    let by_name =
        |name: &String| cloister_frameworks::names().find(|known| known == name).ok_or_else(|| unknown_framework(name));
    names.iter().map(by_name).collect()
}

fn load(names: &[&'static str]) -> Vec<&'static Framework> {
    names.iter().filter_map(|name| cloister_frameworks::by_name(name)).collect()
}

fn unknown_framework(name: &str) -> anyhow::Error {
    let all = cloister_frameworks::names().collect::<Vec<_>>().join(", ");
    let help = did_you_mean(name, cloister_frameworks::names()).unwrap_or(format!("there are {all}"));
    failure(format!("no framework is called \"{name}\""), help)
}

fn fail_on(word: &str, frameworks: &[&'static str]) -> anyhow::Result<FailOn> {
    if word == "never" {
        return Ok(FailOn::Never);
    }
    if let Ok(severity) = word.parse() {
        return Ok(FailOn::Severity(severity));
    }
    if frameworks.contains(&word) {
        return Ok(FailOn::Framework(word.to_owned()));
    }
    if cloister_frameworks::names().any(|name| name == word) {
        let cause = format!("--fail-on {word} needs that framework assessed");
        return Err(failure(cause, format!("add it: --framework {word}")));
    }
    let severities = Severity::ALL.map(Severity::as_str);
    let known = severities.into_iter().chain(["never"]).chain(cloister_frameworks::names());
    let help = did_you_mean(word, known)
        .unwrap_or_else(|| format!("it takes {}, a framework, or never", severities.join(", ")));
    Err(failure(format!("--fail-on cannot be \"{word}\""), help))
}

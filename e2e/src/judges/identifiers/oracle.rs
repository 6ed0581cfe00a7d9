//! python-stdnum, in one process behind a pipe.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, ensure};

/// What is asked of it.
#[derive(Debug, Clone)]
pub(super) enum Question<'a> {
    /// Whether a number is valid.
    Valid(&'a str, String),
    /// To fill the open places of a number so that it is.
    Complete(&'a str, String),
}

/// Asks all of them; the answers come in their order.
pub(super) fn ask(questions: &[Question<'_>]) -> Result<Vec<String>> {
    let python = cloister_tools::python(cloister_tools::STDNUM)?.join("bin/python");
    let mut child = Command::new(python)
        .args(["-c", include_str!("oracle.py")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("failed to start Python")?;
    let stdin = child.stdin.take().context("Python has no standard input")?;
    let stdout = child.stdout.take().context("Python has no standard output")?;
    let answers: Result<Vec<String>> = thread::scope(|scope| {
        let writer = scope.spawn(move || -> Result<()> {
            let mut lines = BufWriter::new(stdin);
            for question in questions {
                let (task, name, number) = match question {
                    Question::Valid(name, number) => ("v", name, number),
                    Question::Complete(name, number) => ("c", name, number),
                };
                writeln!(lines, "{task}\t{name}\t{number}")?;
            }
            lines.flush().context("failed to write to Python")
        });
        let answers = BufReader::new(stdout).lines().map(|line| line.context("failed to read from Python")).collect();
        writer.join().map_err(|_| anyhow::anyhow!("the writer panicked"))??;
        answers
    });
    ensure!(child.wait().context("failed to wait for Python")?.success(), "python-stdnum failed");
    let answers = answers?;
    ensure!(answers.len() == questions.len(), "{} of {} questions were answered", answers.len(), questions.len());
    Ok(answers)
}

//! python-stdnum, in one process behind a pipe.

use std::io::{BufRead, BufReader, BufWriter, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
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

/// The process.
pub(super) struct Oracle {
    child: Child,
    stdin: BufWriter<ChildStdin>,
    stdout: BufReader<ChildStdout>,
}

impl Oracle {
    /// Starts it.
    pub(super) fn start() -> Result<Oracle> {
        let python = cloister_tools::python(cloister_tools::STDNUM)?.join("bin/python");
        let mut child = Command::new(python)
            .args(["-c", include_str!("oracle.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("failed to start Python")?;
        let stdin = BufWriter::new(child.stdin.take().context("Python has no standard input")?);
        let stdout = BufReader::new(child.stdout.take().context("Python has no standard output")?);
        Ok(Oracle { child, stdin, stdout })
    }

    /// Asks all of them; the answers come in their order.
    pub(super) fn ask(&mut self, questions: &[Question<'_>]) -> Result<Vec<String>> {
        let (stdin, stdout) = (&mut self.stdin, &mut self.stdout);
        let answers: Result<Vec<String>> = thread::scope(|scope| {
            let writer = scope.spawn(move || -> Result<()> {
                for question in questions {
                    let (task, name, number) = match question {
                        Question::Valid(name, number) => ("v", name, number),
                        Question::Complete(name, number) => ("c", name, number),
                    };
                    writeln!(stdin, "{task}\t{name}\t{number}")?;
                }
                writeln!(stdin, "e\t\t")?;
                stdin.flush().context("failed to write to Python")
            });
            let lines = stdout.lines().take_while(|line| line.as_ref().map_or(true, |line| line != "end"));
            let answers = lines.map(|line| line.context("failed to read from Python")).collect();
            writer.join().map_err(|_| anyhow::anyhow!("the writer panicked"))??;
            answers
        });
        let answers = answers?;
        ensure!(answers.len() == questions.len(), "{} of {} questions were answered", answers.len(), questions.len());
        Ok(answers)
    }

    /// Ends it.
    pub(super) fn finish(mut self) -> Result<()> {
        drop(self.stdin);
        ensure!(self.child.wait().context("failed to wait for Python")?.success(), "python-stdnum failed");
        Ok(())
    }
}

//! Starts the program, and reads what it hands over.

use std::io;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::reader::{Fault, Reader, Record};
use crate::source::Source;

/// A capture that runs; it is ended when this is dropped.
pub struct Capture {
    child: Child,
    reader: Reader<ChildStdout>,
}

impl Capture {
    /// Starts `program` for `source`. What it has to say comes as records, so its other output is thrown away.
    ///
    /// # Errors
    /// It cannot be run, or is another version.
    pub fn start(program: &Path, source: &Source) -> Result<Capture, Fault> {
        let failed = |source: io::Error| Fault::NotStarted { program: program.display().to_string(), source };
        let mut command = Command::new(program);
        // Nothing of our surroundings is its business.
        command.args(source.to_arguments()).env_clear();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(failed)?;
        let output = child.stdout.take().ok_or_else(|| failed(io::ErrorKind::BrokenPipe.into()))?;
        match Reader::new(output) {
            Ok(reader) => Ok(Capture { child, reader }),
            Err(fault) => {
                stop(&mut child);
                Err(fault)
            }
        }
    }

    /// How frames begin, by its number (<https://www.tcpdump.org/linktypes.html>).
    pub fn link(&self) -> u32 {
        self.reader.link()
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next record; after [`Record::End`] there is none.
    ///
    /// # Errors
    /// It cannot be read, or makes no sense.
    pub fn read(&mut self) -> Result<Option<Record<'_>>, Fault> {
        self.reader.read()
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}

fn stop(child: &mut Child) {
    // It may have ended by itself.
    let _ = child.kill();
    let _ = child.wait();
}

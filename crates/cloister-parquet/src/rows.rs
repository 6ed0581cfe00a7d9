//! Rows, one after the other.

use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};

use crate::batch::Column;
use crate::broken;
use crate::cell::text;
use crate::pages::{check_footer, check_group};

/// A reader of the rows of a file: `{"name":"…","born":"1984-03-02"}`, one a line.
pub struct Rows<R: ChunkReader + 'static> {
    file: Arc<R>,
    reader: SerializedFileReader<Shared<R>>,
    /// The next group of rows, and the columns of the one at hand.
    group: usize,
    columns: Vec<Column>,
    /// Rows at hand, and the next cell of the first.
    rows: usize,
    column: usize,
    /// What was written of it, and how much of that was given.
    ready: String,
    given: usize,
    /// What broke it: nothing more is read, and it is told once.
    broke: Option<io::Error>,
    ended: bool,
}

/// The same file for the reader and for those who check before it.
struct Shared<R>(Arc<R>);

impl<R: ChunkReader> parquet::file::reader::Length for Shared<R> {
    fn len(&self) -> u64 {
        self.0.len()
    }
}

impl<R: ChunkReader> ChunkReader for Shared<R> {
    type T = R::T;

    fn get_read(&self, start: u64) -> parquet::errors::Result<R::T> {
        self.0.get_read(start)
    }

    fn get_bytes(&self, start: u64, length: usize) -> parquet::errors::Result<bytes::Bytes> {
        self.0.get_bytes(start, length)
    }
}

/// So much is made ready at once.
const READY: usize = 64 * 1024;

impl<R: ChunkReader + 'static> Rows<R> {
    /// At the first row.
    pub(crate) fn new(file: R) -> io::Result<Rows<R>> {
        check_footer(&file)?;
        let file = Arc::new(file);
        let shared = Shared(file.clone());
        let reader =
            guarded(|| SerializedFileReader::new(shared).map_err(|_| broken("its footer is not what it says")))?;
        Ok(Rows {
            file,
            reader,
            group: 0,
            columns: Vec::new(),
            rows: 0,
            column: 0,
            ready: String::new(),
            given: 0,
            broke: None,
            ended: false,
        })
    }

    /// Makes more ready, where there is more.
    fn fill(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.given = 0;
        while self.ready.len() < READY {
            if self.rows == 0 && !self.batch()? {
                return Ok(());
            }
            self.cell();
        }
        Ok(())
    }

    fn cell(&mut self) {
        self.ready.push(if self.column == 0 { '{' } else { ',' });
        if let Some(column) = self.columns.get_mut(self.column) {
            text(&column.name, &mut self.ready);
            self.ready.push(':');
            column.cell(&mut self.ready);
        }
        self.column += 1;
        if self.column >= self.columns.len() {
            self.ready.push_str("}\n");
            (self.rows, self.column) = (self.rows - 1, 0);
        }
    }

    /// The next rows of this group, or of the next one; false where there are none.
    fn batch(&mut self) -> io::Result<bool> {
        loop {
            let mut counts = self.columns.iter_mut().map(Column::read);
            if let Some(rows) = counts.next().transpose()? {
                for other in counts {
                    if other? != rows {
                        return Err(broken("its columns have not as many rows as each other"));
                    }
                }
                self.rows = rows;
                if rows > 0 {
                    return Ok(true);
                }
            }
            if self.group == self.reader.metadata().num_row_groups() {
                self.columns.clear();
                return Ok(false);
            }
            self.open(self.group)?;
            self.group += 1;
        }
    }

    /// Opens the columns of a group.
    fn open(&mut self, index: usize) -> io::Result<()> {
        self.columns.clear();
        check_group(&*self.file, self.reader.metadata().row_group(index))?;
        let group = self.reader.get_row_group(index).map_err(|_| broken("a group of rows cannot be read"))?;
        for (at, column) in group.metadata().columns().iter().enumerate() {
            let reader = group.get_column_reader(at).map_err(|_| broken("a column cannot be read"))?;
            self.columns.push(Column::new(&column.column_descr_ptr(), reader));
        }
        Ok(())
    }
}

impl<R: ChunkReader + 'static> Read for Rows<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.ready.len() && !self.ended {
            // What was ready before it broke is given first.
            self.broke = guarded(|| self.fill()).err();
            self.ended = self.broke.is_some() || self.ready.is_empty();
        } else if self.given == self.ready.len() {
            (self.given, self.ready) = (0, String::new());
        }
        let rest = self.ready.as_bytes().get(self.given..).unwrap_or_default();
        if let Some(error) = self.broke.take_if(|_| rest.is_empty()) {
            return Err(error);
        }
        let count = rest.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), rest.get(..count)) {
            to.copy_from_slice(from);
        }
        self.given += count;
        Ok(count)
    }
}

/// Where the reader of a format trips over a file that lies, that is the file's fault, and no end of the program.
fn guarded<T>(work: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(broken("it is not what its footer says")))
}

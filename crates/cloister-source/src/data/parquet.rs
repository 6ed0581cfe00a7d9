//! Parquet: its rows are what is read. The reader is left out where the program is built without it.

#[cfg(not(feature = "parquet"))]
pub use without::{file, stream};

#[cfg(feature = "parquet")]
pub use within::{file, stream};

#[cfg(feature = "parquet")]
mod within {
    use std::fs::File;
    use std::io::{self, Read};
    use std::sync::Arc;

    use crate::data::Part;
    use crate::data::meter::is_bomb;
    use crate::data::unpack::Unpack;

    /// A file, of which no more is held than a few pages of each column.
    pub fn file(unpack: &mut Unpack<'_, '_>, name: &Arc<str>, file: File) {
        rows(unpack, name, cloister_parquet::of_file(file));
    }

    /// What comes out of something else is held whole: its end says where the rest is.
    pub fn stream(unpack: &mut Unpack<'_, '_>, name: &Arc<str>, reader: &mut dyn Read) {
        if let Some(held) = unpack.held(name, reader, "Parquet") {
            rows(unpack, name, cloister_parquet::of_bytes(held));
        }
    }

    fn rows(unpack: &mut Unpack<'_, '_>, name: &Arc<str>, rows: io::Result<impl Read>) {
        let rows = match rows {
            Ok(rows) => rows,
            Err(error) => return broken(unpack, name, &error),
        };
        let mut reader = Telling { inner: unpack.budget.meter(rows), error: None };
        unpack.visit(Part { name: name.clone(), head: &[], reader: &mut reader, wide: false, rows: true });
        if let Some(error) = reader.error {
            broken(unpack, name, &error);
        }
    }

    fn broken(unpack: &mut Unpack<'_, '_>, name: &Arc<str>, error: &io::Error) {
        let help = "get the whole file again, or export it as CSV or JSON lines; the rows before were read";
        unpack.told(name, format!("is Parquet that cannot be read further: {error}"), help);
    }

    /// Ends where its reader breaks, and keeps the cause.
    struct Telling<R> {
        inner: R,
        error: Option<io::Error>,
    }

    impl<R: Read> Read for Telling<R> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            match self.inner.read(buffer) {
                Err(error) if !is_bomb(&error) => {
                    self.error = Some(error);
                    Ok(0)
                }
                read => read,
            }
        }
    }
}

#[cfg(not(feature = "parquet"))]
mod without {
    use std::fs::File;
    use std::io::Read;
    use std::sync::Arc;

    use crate::data::unpack::Unpack;

    /// Says that it is not read.
    pub fn file(unpack: &mut Unpack<'_, '_>, name: &Arc<str>, _file: File) {
        told(unpack, name);
    }

    /// Says that it is not read.
    pub fn stream(unpack: &mut Unpack<'_, '_>, name: &Arc<str>, _reader: &mut dyn Read) {
        told(unpack, name);
    }

    fn told(unpack: &mut Unpack<'_, '_>, name: &Arc<str>) {
        let cause = "is Parquet, which this program was built without".to_owned();
        unpack.told(name, cause, "build it with `--features parquet`, or export the file as CSV or JSON lines");
    }
}

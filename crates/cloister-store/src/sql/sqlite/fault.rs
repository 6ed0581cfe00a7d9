//! What SQLite says, with a way out.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rusqlite::{Error as Said, ErrorCode};

use crate::Error;

/// Less room than this is none: a page of the journal and its index have to fit.
const ROOM: u64 = 128 << 10;

/// The file.
#[derive(Clone)]
pub(crate) struct Place {
    path: Arc<Path>,
    name: Arc<str>,
}

impl Place {
    pub(crate) fn of(path: PathBuf) -> Place {
        Place { name: path.display().to_string().into(), path: path.into() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn damaged(&self, cause: String) -> Error {
        Error::Damaged { place: self.name.to_string(), cause }
    }

    pub(crate) fn cannot_open(&self, error: &io::Error) -> Error {
        let place = self.name.to_string();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Error::DiskFull { place },
            io::ErrorKind::NotFound => {
                Error::Open { place, cause: "its folder is not there: make it first".to_owned() }
            }
            _ => Error::Open { place, cause: format!("{error}; check who may read and write it and its folder") },
        }
    }

    /// What an error of SQLite means.
    pub(crate) fn fault(&self, said: &Said) -> Error {
        let place = self.name.to_string();
        let cause = said.to_string();
        match said.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Error::DiskFull { place },
            // Some calls fail without saying why when no room is left for the journal and its index.
            Some(ErrorCode::SystemIoFailure | ErrorCode::CannotOpen) if self.is_full() => Error::DiskFull { place },
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Error::Locked { place },
            Some(ErrorCode::DatabaseCorrupt) => Error::Damaged { place, cause },
            Some(ErrorCode::NotADatabase) => {
                Error::NotAStore { place, cause: "it is no SQLite file, or its first page is damaged".to_owned() }
            }
            Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
                Error::Open { place, cause: format!("{cause}; check who may write it and its folder") }
            }
            _ => Error::Other { place, cause },
        }
    }

    fn folder(&self) -> &Path {
        self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    fn is_full(&self) -> bool {
        rustix::fs::statvfs(self.folder()).is_ok_and(|disk| disk.f_bavail * disk.f_frsize < ROOM)
    }
}

//! What can go wrong: what failed, why, and the way out. Never a password, never what is stored.

/// What a call comes to.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a store could not be opened, or did not do what it was asked. Nothing was changed, but where
/// [`Unreachable`](Error::Unreachable) says that this is not known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No room on the disk.
    #[error("the disk of {place} is full, and nothing was written: free some space, and try again")]
    DiskFull {
        /// The file, or the server.
        place: String,
    },
    /// Somebody else writes for too long.
    #[error(
        "{place} is locked by another process: end what else uses it (another hub, a backup, an open sqlite3), and try again"
    )]
    Locked {
        /// The file, or the server.
        place: String,
    },
    /// What is stored contradicts itself.
    #[error("{place} is damaged ({cause}): restore it from a backup, or move it away and start with an empty one")]
    Damaged {
        /// The file, or the server.
        place: String,
        /// What was met.
        cause: String,
    },
    /// Another program's data.
    #[error("{place} is not a store of Cloister ({cause}): name another place")]
    NotAStore {
        /// The file, or the database.
        place: String,
        /// What was met.
        cause: String,
    },
    /// A newer program was here.
    #[error(
        "{place} has schema {found}, and this program knows up to {known}: run the newer Cloister that wrote it, or name \
         another place"
    )]
    Newer {
        /// The file, or the database.
        place: String,
        /// The version that is there.
        found: i64,
        /// The newest that is known.
        known: i64,
    },
    /// The place cannot be opened or written, by file permissions or the like.
    #[error("failed to open {place}: {cause}")]
    Open {
        /// The file.
        place: String,
        /// Why, with a way out.
        cause: String,
    },
    /// The server does not answer, or hung up.
    #[error(
        "PostgreSQL at {place} cannot be reached: {cause}; {}is it running, and is the address right?",
        if *.in_doubt { "whether the last change was kept is not known, and repeating it is safe; " } else { "" }
    )]
    Unreachable {
        /// Host and port.
        place: String,
        /// Why.
        cause: String,
        /// Whether the change may have been kept all the same: the answer was lost, and asking again is safe.
        in_doubt: bool,
    },
    /// The server refuses who signs in.
    #[error(
        "PostgreSQL at {place} refuses {user}: {cause}; check the user, the password, and the server's pg_hba.conf"
    )]
    Refused {
        /// Host, port and database.
        place: String,
        /// Who tried.
        user: String,
        /// What the server says.
        cause: String,
    },
    /// No protected connection.
    #[error("no TLS with PostgreSQL at {place}: {cause}")]
    Tls {
        /// Host and port.
        place: String,
        /// Why, with a way out.
        cause: String,
    },
    /// The server is older than what is needed.
    #[error("PostgreSQL at {place} is version {found}: {needed} or newer is needed")]
    TooOld {
        /// Host and port.
        place: String,
        /// Its version.
        found: String,
        /// The oldest that will do.
        needed: &'static str,
    },
    /// How to connect is not said well.
    #[error("the address of the database is wrong: {cause}")]
    Address {
        /// What is wrong with it, without repeating it.
        cause: String,
    },
    /// The same id for something else.
    #[error("{what} is taken by something else: choose another id")]
    Taken {
        /// What has that id.
        what: String,
    },
    /// What was said by its changes, which are not those of what is stored.
    #[error("{source_name} had another run recorded meanwhile: record all of it")]
    NotSince {
        /// The source.
        source_name: String,
    },
    /// What was to be done under a lease that another one has taken since.
    #[error("another process has taken over ({name}), and nothing was written: leave it to that one")]
    Lost {
        /// The lease.
        name: String,
    },
    /// A cursor that this store did not make.
    #[error("this cursor is not one that a page named as its next: start again without one")]
    Cursor,
    /// What cannot be kept.
    #[error("{what} cannot be kept: {cause}")]
    Unfit {
        /// What.
        what: &'static str,
        /// Why, with a way out.
        cause: String,
    },
    /// Anything else that the database says.
    #[error("{place} failed: {cause}")]
    Other {
        /// The file, or the server.
        place: String,
        /// What it says.
        cause: String,
    },
}

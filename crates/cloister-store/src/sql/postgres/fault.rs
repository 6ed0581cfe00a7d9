//! What PostgreSQL says, what it means for trying again, and a way out.

use postgres::error::SqlState;

use crate::Error;

/// The oldest server that will do.
pub(crate) const NEEDED: (u32, &str) = (130_000, "13");

/// Whether trying again may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// The connection is gone, or there was none.
    Away,
    /// Another transaction was in the way.
    Again,
    /// It will not.
    Last,
}

/// An error, and what to do about it.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    pub(crate) class: Class,
    /// Whether it may have happened all the same.
    pub(crate) doubt: bool,
}

impl Failure {
    /// Trying again does not help.
    pub(crate) fn last(error: Error) -> Failure {
        Failure { error, class: Class::Last, doubt: false }
    }

    /// What an error of the client or the server means.
    pub(crate) fn of(said: &postgres::Error, place: &str, user: &str) -> Failure {
        let place = place.to_owned();
        let Some(code) = said.code() else { return Failure::of_connection(said, place) };
        let cause = said.as_db_error().map_or_else(String::new, |error| error.message().to_owned());
        let (class, error) = match code.code() {
            "40001" | "40P01" | "55P03" | "23505" => (Class::Again, Error::Other { place, cause }),
            "57P01" | "57P02" | "57P03" | "57P05" | "53300" | "25P03" => {
                (Class::Away, Error::Unreachable { place, cause, in_doubt: false })
            }
            code if code.starts_with("08") => (Class::Away, Error::Unreachable { place, cause, in_doubt: false }),
            code if code.starts_with("28") || code == "42501" || code == "3D000" => {
                (Class::Last, Error::Refused { place, user: user.to_owned(), cause })
            }
            "53100" => (Class::Last, Error::DiskFull { place }),
            "XX001" | "XX002" => (Class::Last, Error::Damaged { place, cause }),
            _ => (Class::Last, Error::Other { place, cause: Failure::told(said.code(), &cause) }),
        };
        Failure { error, class, doubt: false }
    }

    /// The message of the server without its details, which may repeat what is stored.
    fn told(code: Option<&SqlState>, cause: &str) -> String {
        format!("{cause} ({})", code.map_or("", SqlState::code))
    }

    fn of_connection(said: &postgres::Error, place: String) -> Failure {
        let text = said.to_string();
        let cause = causes(said);
        if text.starts_with("error performing TLS handshake") {
            let cause = if cause.contains("server does not support TLS") {
                "the server offers none: switch it on there (ssl = on), or write sslmode=disable into the address where \
                 something else protects the connection"
                    .to_owned()
            } else {
                format!("{cause}; name the authority of its certificate, and the host as the certificate has it")
            };
            return Failure::last(Error::Tls { place, cause });
        }
        if text.starts_with("error deserializing") || text.starts_with("error serializing") {
            return Failure::last(Error::Damaged { place, cause });
        }
        if cause.contains("password missing") {
            let cause = "the server asks for a password, and none was given".to_owned();
            return Failure::last(Error::Refused { place, user: "this user".to_owned(), cause });
        }
        Failure { error: Error::Unreachable { place, cause, in_doubt: false }, class: Class::Away, doubt: false }
    }
}

/// An error with what is behind it, each once.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let more = cause.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        next = cause.source();
    }
    text
}

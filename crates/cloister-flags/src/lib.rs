//! What the command lines of Kubernetes' programs and etcd mean.
//!
//! ```
//! use cloister_flags::{CommandLine, Outcome, Program, Source, Version};
//!
//! let words = ["--anonymous_auth=false", "--authorization-mode", "Node", "--authorization-mode=RBAC"];
//! let line = CommandLine::parse(Program::ApiServer, Version::parse("v1.37.2"), &words);
//!
//! assert_eq!(line.outcome(), Outcome::Starts);
//! assert_eq!(line.effective("anonymous-auth").boolean(), Some(false));
//! let modes = line.effective("authorization-mode");
//! assert_eq!(modes.list(), Some(&["Node".to_owned(), "RBAC".to_owned()][..]));
//! assert_eq!(modes.source(), Some(&Source::Words(vec![1, 3])));
//! ```
//!
//! The words are read as the program's own library reads them: `github.com/spf13/pflag` behind component-base's
//! normalisation for Kubernetes' programs, Go's package `flag` for etcd. Every flag, its kind and its default come from
//! tables (`data/`), version by version; where the version is not known, an answer says whether it hangs on it.
//! What configuration files add is not this crate's business, and neither is what a program derives from its flags
//! later, or refuses after it has read them (`docs/flags.md`).

mod command_line;
mod diagnostic;
mod effective;
mod gates;
mod go;
mod kind;
mod kubernetes;
mod outcome;
mod pairs;
mod program;
mod setting;
mod shown;
mod table;
mod tls;
mod value;
mod version;
mod words;

pub use command_line::CommandLine;
pub use diagnostic::{Diagnostic, Fault, Since};
pub use effective::{Effective, Source};
pub use gates::{Gate, Stage, gates};
pub use kind::{Kind, Pairs};
pub use outcome::Outcome;
pub use program::Program;
pub use table::{Flag, Instead, Span, flags};
pub use tls::Tls;
pub use value::Value;
pub use version::{Version, Versions};

//! The words of `kubectl auth can-i`, made a question.

use clap::Args;
use cloister_questions::words;
use cloister_rbac::Catalogue;

pub use cloister_questions::words::{Understood, resource, say};

/// What is asked for, in the words of `kubectl auth can-i`.
#[derive(Debug, Args)]
pub struct What {
    /// The namespace [default: default].
    #[arg(short, long, value_name = "NAME")]
    pub namespace: Option<String>,

    /// In all namespaces at once, as a list of everything asks for.
    #[arg(short = 'A', long, conflicts_with = "namespace")]
    pub all_namespaces: bool,

    /// The subresource; with it, RESOURCE/NAME names the object.
    #[arg(long, value_name = "NAME")]
    pub subresource: Option<String>,

    /// A list or watch by metadata.name=NAME asks for that name alone.
    #[arg(long, value_name = "SELECTOR")]
    pub field_selector: Option<String>,
}

/// Understands `VERB RESOURCE[.GROUP][/SUBRESOURCE] [NAME]` or `VERB /PATH`.
pub fn understand(verb: &str, resource: &str, name: Option<&str>, what: &What, known: &Catalogue) -> Understood {
    let what = words::What {
        namespace: what.namespace.clone(),
        all_namespaces: what.all_namespaces,
        subresource: what.subresource.clone(),
        field_selector: what.field_selector.clone(),
    };
    words::understand(verb, resource, name, &what, known)
}

//! `cloister rbac graph`.

use std::process::ExitCode;

use clap::Args;
use cloister_pictures::rbac::{Question, WaysUp, Wish, picture, stores, ways};
use cloister_rbac::Action;
use cloister_register::Register;

use super::{Asked, who};
use crate::input::args::Source;
use crate::output::print;
use crate::picture::{Picture, known};
use crate::question;
use crate::question::What;
use crate::way_out::failure;

#[derive(Debug, Args)]
pub struct Graph {
    #[command(flatten)]
    pub source: Source,

    /// Only what allows this: 'VERB RESOURCE [NAME]', in the words of `can`.
    #[arg(long, value_name = "QUESTION", help_heading = "What is drawn")]
    pub question: Option<String>,

    /// Only what this one holds: a user, group:NAME or serviceaccount:NAMESPACE:NAME.
    #[arg(long, value_name = "SUBJECT", help_heading = "What is drawn")]
    pub subject: Option<String>,

    /// Only what leads to the data of this store: its name in the register, or its workload's.
    #[arg(long, value_name = "NAME", help_heading = "What is drawn")]
    pub store: Option<String>,

    /// Only what holds in this namespace; with --question, the one that is asked about [default: all].
    #[arg(short, long, value_name = "NAME", help_heading = "What is drawn")]
    pub namespace: Option<String>,

    /// Also what Kubernetes grants its own components in every new cluster.
    #[arg(long, help_heading = "What is drawn")]
    pub built_in: bool,

    /// Do not look for ways up to cluster-admin, which takes most of the time in large clusters.
    #[arg(long, help_heading = "What is drawn")]
    pub no_escalation: bool,

    /// Above so many nodes, what is alike is drawn as one.
    #[arg(long, value_name = "N", default_value_t = 200, help_heading = "What is drawn")]
    pub max_nodes: usize,

    #[command(flatten)]
    pub picture: Picture,
}

/// Draws.
pub(super) fn run(graph: &Graph, asked: &Asked<'_>) -> anyhow::Result<ExitCode> {
    let (register, _) = Register::from_inventory(asked.inventory);
    let stores = stores(asked.policy, &register, asked.inventory);
    let names: Vec<String> = stores.iter().map(|store| store.name.clone()).collect();
    known("store of personal data", graph.store.as_deref(), &names)?;
    let of = graph.source.title();
    let wish = Wish {
        of: &of,
        question: graph.question.as_deref().map(|question| understood(question, graph, asked)).transpose()?,
        subject: graph.subject.as_deref().map(|subject| who::identity(subject, &[])),
        store: graph.store.as_deref(),
        namespace: graph.namespace.as_deref(),
        built_in: graph.built_in,
        most: graph.max_nodes,
        ways: if graph.no_escalation { WaysUp::default() } else { ways(asked.policy, asked.inventory) },
    };
    let mut picture = picture(asked.policy, &stores, &wish);
    if graph.no_escalation {
        picture.notes.insert(0, "Ways up to cluster-admin were not looked for.".to_owned());
    }
    if asked.lost {
        picture.notes.insert(0, "Some of the input could not be read: there may be more.".to_owned());
    }
    print(&graph.picture.draw(picture, asked.width)?)?;
    Ok(asked.exit(0))
}

fn understood(question: &str, graph: &Graph, asked: &Asked<'_>) -> anyhow::Result<Question> {
    let parts: Vec<&str> = question.split_whitespace().collect();
    let (verb, resource, name) = match parts.as_slice() {
        [verb, resource] => (verb, resource, None),
        [verb, resource, name] => (verb, resource, Some(*name)),
        _ => {
            let help = "such as --question 'get secrets', or --question 'create pods/exec web'";
            return Err(failure(format!("\"{question}\" is no question of the form VERB RESOURCE [NAME]"), help));
        }
    };
    let what = What {
        namespace: graph.namespace.clone(),
        all_namespaces: graph.namespace.is_none(),
        subresource: None,
        field_selector: None,
    };
    let understood = question::understand(verb, resource, name, &what, &asked.catalogue);
    understood.notes.iter().for_each(|note| eprintln!("note: {note}"));
    let words = question::say(&understood.action);
    let anywhere = graph.namespace.is_none() && asks_in_namespaces(&understood.action, asked);
    Ok(Question { action: understood.action, words, anywhere })
}

/// What is known to live outside namespaces is given by the whole cluster's bindings alone.
fn asks_in_namespaces(action: &Action, asked: &Asked<'_>) -> bool {
    let Action::Resource(action) = action else { return false };
    let known = asked.catalogue.find(&action.resource, Some(&action.group));
    action.namespace.is_empty() && known.is_none_or(|known| known.namespaced)
}

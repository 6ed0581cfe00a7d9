//! How much of an API server's answer is taken: a server, or what stands in its
//! place, may send without end, and a few bytes may unpack to gigabytes.

use std::error::Error as _;

use cloister_model::Diagnostic;
use http::Response;
use http_body_util::{LengthLimitError, Limited};
use kube::client::ClientBuilder;
use kube::{Client, Config, Error};
use tower::util::MapResponseLayer;

/// The longest answer, unpacked: 64 MiB.
pub const MAX_ANSWER: usize = 64 << 20;

/// A client that breaks off longer answers.
pub fn client(config: Config) -> Result<Client, Error> {
    let layer = MapResponseLayer::new(limited);
    Ok(ClientBuilder::try_from(config)?.with_layer(&layer).build())
}

fn limited<B>(response: Response<B>) -> Response<Limited<B>> {
    response.map(|body| Limited::new(body, MAX_ANSWER))
}

/// Whether an answer was broken off.
pub fn is_too_long(error: &Error) -> bool {
    let mut cause = error.source();
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

/// Says so.
pub fn too_long(name: &str) -> Diagnostic {
    Diagnostic::of_cluster(
        name,
        format!("the API server's answer is longer than {} MiB, and was cut off", MAX_ANSWER >> 20),
    )
    .help("see what it sends: kubectl get --raw; a proxy in its place may answer otherwise")
}

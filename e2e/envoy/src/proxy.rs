//! Envoy itself, configured to ask a processor about every exchange.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result};
use cloister_extproc::ExternalProcessor;
use cloister_tools::service::{Service, free_ports};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::{TcpListener, UnixListener};
use tokio::runtime::Runtime;
use tokio_stream::wrappers::{TcpListenerStream, UnixListenerStream};

const START: Duration = Duration::from_secs(30);

/// How Envoy sends bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bodies {
    /// Not at all.
    None,
    /// All at once.
    Buffered,
    /// Piece by piece, each answered before the next.
    Streamed,
    /// Piece by piece, and answers come as they like.
    FullDuplex,
}

impl Bodies {
    fn mode(self) -> &'static str {
        match self {
            Bodies::None => "NONE",
            Bodies::Buffered => "BUFFERED",
            Bodies::Streamed => "STREAMED",
            Bodies::FullDuplex => "FULL_DUPLEX_STREAMED",
        }
    }
}

/// A running Envoy.
pub struct Proxy {
    /// Where it takes requests.
    pub address: SocketAddr,
    service: Service,
    _folder: TempDir,
}

impl Proxy {
    /// Starts Envoy before `backend`; `processor` is asked about each exchange, where there is one.
    ///
    /// # Errors
    /// Envoy cannot be had, or does not start; its log is shown.
    pub fn start(backend: SocketAddr, processor: Option<SocketAddr>, bodies: Bodies) -> Result<Proxy> {
        let [port] = free_ports()?;
        let address = SocketAddr::from(([127, 0, 0, 1], port));
        Proxy::run(address, &configuration(address, backend, processor, bodies).to_string())
    }

    /// Starts Envoy with a configuration, in YAML or JSON, by which it takes requests at `address`.
    ///
    /// # Errors
    /// Envoy cannot be had, or does not start; its log is shown.
    pub fn run(address: SocketAddr, text: &str) -> Result<Proxy> {
        let folder = tempfile::tempdir().context("no folder for Envoy")?;
        let file = folder.path().join("envoy.yaml");
        std::fs::write(&file, text).context("the configuration of Envoy cannot be written")?;
        let mut command = Command::new(cloister_tools::envoy()?);
        command.arg("--config-path").arg(&file).args(["--concurrency", "1", "--disable-hot-restart"]);
        let mut service = Service::start("envoy", &mut command, folder.path())?;
        service.wait_until(START, || std::net::TcpStream::connect(address).is_ok())?;
        Ok(Proxy { address, service, _folder: folder })
    }

    /// What it wrote.
    pub fn log(&self) -> String {
        self.service.log_tail()
    }

    /// The id of its process.
    pub fn id(&self) -> u32 {
        self.service.id()
    }
}

/// Serves `service`, until the runtime ends.
///
/// # Errors
/// No port can be had.
pub fn serve(service: ExternalProcessor) -> Result<(Runtime, SocketAddr)> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().context("no runtime")?;
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).context("no port for the processor")?;
    let address = listener.local_addr()?;
    runtime.spawn(cloister_extproc::serve(service, TcpListenerStream::new(listener), std::future::pending()));
    Ok((runtime, address))
}

/// Serves `service` at a socket in the file system, until the runtime ends.
///
/// # Errors
/// The socket cannot be made.
pub fn serve_at(service: ExternalProcessor, socket: &Path) -> Result<Runtime> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().context("no runtime")?;
    let listener = {
        let _entered = runtime.enter();
        UnixListener::bind(socket).context("no socket for the processor")?
    };
    runtime.spawn(cloister_extproc::serve(service, UnixListenerStream::new(listener), std::future::pending()));
    Ok(runtime)
}

fn configuration(listen: SocketAddr, backend: SocketAddr, processor: Option<SocketAddr>, bodies: Bodies) -> Value {
    let mut filters: Vec<Value> = processor.map(|_| filter(bodies)).into_iter().collect();
    filters.push(json!({
        "name": "envoy.filters.http.router",
        "typed_config": {"@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"},
    }));
    let mut clusters = vec![cluster("backend", backend, false)];
    clusters.extend(processor.map(|address| cluster("cloister", address, true)));
    let manager = json!({
        "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager",
        "stat_prefix": "in",
        "http_protocol_options": {"enable_trailers": true},
        "route_config": {"virtual_hosts": [{
            "name": "all", "domains": ["*"],
            "routes": [{"match": {"prefix": "/"}, "route": {"cluster": "backend"}}],
        }]},
        "http_filters": filters,
    });
    json!({"static_resources": {
        "listeners": [{
            "address": address(listen),
            "filter_chains": [{"filters": [
                {"name": "envoy.filters.network.http_connection_manager", "typed_config": manager}
            ]}],
        }],
        "clusters": clusters,
    }})
}

fn filter(bodies: Bodies) -> Value {
    let trailers = if bodies == Bodies::FullDuplex { "SEND" } else { "SKIP" };
    json!({
        "name": "envoy.filters.http.ext_proc",
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor",
            "grpc_service": {"envoy_grpc": {"cluster_name": "cloister"}},
            "message_timeout": "5s",
            "request_attributes": ["source.address", "destination.address", "connection.tls_version"],
            "processing_mode": {
                "request_header_mode": "SEND", "response_header_mode": "SEND",
                "request_body_mode": bodies.mode(), "response_body_mode": bodies.mode(),
                "request_trailer_mode": trailers, "response_trailer_mode": trailers,
            },
        },
    })
}

fn cluster(name: &str, to: SocketAddr, http2: bool) -> Value {
    let options = if http2 {
        json!({"explicit_http_config": {"http2_protocol_options": {}}})
    } else {
        json!({"explicit_http_config": {"http_protocol_options": {"enable_trailers": true}}})
    };
    json!({
        "name": name,
        "connect_timeout": "2s",
        "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions":
            merge(json!({"@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions"}), options)},
        "load_assignment": {"cluster_name": name, "endpoints": [{"lb_endpoints": [
            {"endpoint": {"address": address(to)}}
        ]}]},
    })
}

fn merge(mut left: Value, right: Value) -> Value {
    if let (Some(left), Value::Object(right)) = (left.as_object_mut(), right) {
        left.extend(right);
    }
    left
}

fn address(of: SocketAddr) -> Value {
    json!({"socket_address": {"address": of.ip().to_string(), "port_value": of.port()}})
}

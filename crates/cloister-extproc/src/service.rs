//! The gRPC service that Envoy calls: one stream of messages for each exchange.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use futures_core::Stream;
use tokio::io::{AsyncRead, AsyncWrite};
use tonic::body::Body;
use tonic::server::{Grpc, NamedService, StreamingService};
use tonic::transport::Server;
use tonic::transport::server::Connected;
use tonic::{Request, Response, Status, Streaming};
use tonic_prost::ProstCodec;
use tower::Service;

use crate::exchange::Exchange;
use crate::guard::Guard;
use crate::wire::{ProcessingRequest, ProcessingResponse};

/// The largest message that is read: a body that Envoy buffered, and what goes with it.
const LARGEST: usize = 16 << 20;
const PROCESS: &str = "/envoy.service.ext_proc.v3.ExternalProcessor/Process";

/// Answers the parts of one exchange as they come.
pub trait Talk: Send {
    /// The next part; its answers are added to `out`.
    fn on(&mut self, told: ProcessingRequest, out: &mut VecDeque<ProcessingResponse>);
}

impl Talk for Exchange {
    fn on(&mut self, told: ProcessingRequest, out: &mut VecDeque<ProcessingResponse>) {
        Exchange::on(self, told, out);
    }
}

/// The service, as a server takes it.
#[derive(Clone)]
pub struct ExternalProcessor {
    begin: Arc<dyn Fn() -> Box<dyn Talk> + Send + Sync>,
}

impl ExternalProcessor {
    /// One that asks what `guard` makes about each exchange.
    pub fn new(guard: impl Fn() -> Box<dyn Guard> + Send + Sync + 'static) -> ExternalProcessor {
        ExternalProcessor::of(move || Box::new(Exchange::new(guard())) as Box<dyn Talk>)
    }

    /// One that answers each exchange by what `begin` makes.
    pub fn of(begin: impl Fn() -> Box<dyn Talk> + Send + Sync + 'static) -> ExternalProcessor {
        ExternalProcessor { begin: Arc::new(begin) }
    }
}

impl NamedService for ExternalProcessor {
    const NAME: &'static str = "envoy.service.ext_proc.v3.ExternalProcessor";
}

impl Service<http::Request<Body>> for ExternalProcessor {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let begin = Arc::clone(&self.begin);
        Box::pin(async move {
            if request.uri().path() != PROCESS {
                return Ok(Status::unimplemented("only Process is served").into_http());
            }
            let codec = ProstCodec::<ProcessingResponse, ProcessingRequest>::default();
            let mut grpc = Grpc::new(codec).max_decoding_message_size(LARGEST);
            Ok(grpc.streaming(Process { begin }, request).await)
        })
    }
}

/// Serves `processor` on the connections of `incoming`, until `end`.
///
/// # Errors
/// The listener fails.
pub async fn serve<C, E>(
    processor: ExternalProcessor,
    incoming: impl Stream<Item = Result<C, E>>,
    end: impl Future<Output = ()>,
) -> Result<(), tonic::transport::Error>
where
    C: AsyncRead + AsyncWrite + Connected + Unpin + Send + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    Server::builder().tcp_nodelay(true).add_service(processor).serve_with_incoming_shutdown(incoming, end).await
}

struct Process {
    begin: Arc<dyn Fn() -> Box<dyn Talk> + Send + Sync>,
}

impl StreamingService<ProcessingRequest> for Process {
    type Response = ProcessingResponse;
    type ResponseStream = Answers;
    type Future = Ready<Result<Response<Answers>, Status>>;

    fn call(&mut self, request: Request<Streaming<ProcessingRequest>>) -> Self::Future {
        ready(Ok(Response::new(Answers { told: request.into_inner(), talk: (self.begin)(), waiting: VecDeque::new() })))
    }
}

/// The answers to what is told on one stream.
struct Answers {
    told: Streaming<ProcessingRequest>,
    talk: Box<dyn Talk>,
    waiting: VecDeque<ProcessingResponse>,
}

impl Stream for Answers {
    type Item = Result<ProcessingResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        loop {
            if let Some(answer) = this.waiting.pop_front() {
                return Poll::Ready(Some(Ok(answer)));
            }
            match Pin::new(&mut this.told).poll_next(context) {
                Poll::Ready(Some(Ok(told))) => this.talk.on(told, &mut this.waiting),
                Poll::Ready(Some(Err(status))) => return Poll::Ready(Some(Err(status))),
                Poll::Ready(None) => return Poll::Ready(None),
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

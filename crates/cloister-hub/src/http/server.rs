//! Listens, reads requests within limits, and has them answered.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Method, Request};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::ask::decoded;
use super::{Answer, Ask, Problem, Query, gate};
use crate::Hub;
use crate::routes::{self, Body, Found, Routes};
use crate::who::limits::Of;

/// What is listened on.
#[derive(Debug)]
pub struct Listen {
    /// Already bound, so that whoever started the hub knows the address.
    pub socket: std::net::TcpListener,
    /// How much is taken.
    pub limits: Limits,
}

/// How much is taken.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Longest form, in bytes.
    pub form: usize,
    /// Longest assessment that is handed in, in bytes.
    pub report: usize,
    /// Longest batch of events, in bytes.
    pub events: usize,
    /// Connections at a time.
    pub connections: usize,
    /// For the head of a request.
    pub head: Duration,
    /// For the body of a form.
    pub body: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            form: 64 * 1024,
            report: 256 * 1024 * 1024,
            events: 32 * 1024 * 1024,
            connections: 2000,
            head: Duration::from_secs(10),
            body: Duration::from_secs(20),
        }
    }
}

/// Answers until the process ends.
pub fn serve(hub: Arc<Hub>, listen: Listen, workers: usize) -> std::io::Result<()> {
    crate::detections::start(&hub)?;
    listen.socket.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .max_blocking_threads(8)
        .thread_name("hub")
        .enable_io()
        .enable_time()
        .build()?;
    runtime.block_on(accept(hub, listen))
}

/// Handlers that wait for a disk are counted, so that they cannot take all threads and all memory.
struct Server {
    hub: Arc<Hub>,
    routes: Routes,
    limits: Limits,
    /// Assessments that are being read: each may be large.
    reports: Semaphore,
    /// Batches of events that are being taken.
    batches: Semaphore,
}

async fn accept(hub: Arc<Hub>, listen: Listen) -> std::io::Result<()> {
    let listener = TcpListener::from_std(listen.socket)?;
    let connections = Arc::new(Semaphore::new(listen.limits.connections));
    let server = Arc::new(Server {
        hub,
        routes: Routes::new(),
        limits: listen.limits,
        reports: Semaphore::new(2),
        batches: Semaphore::new(4),
    });
    loop {
        let Ok(place) = connections.clone().acquire_owned().await else { return Ok(()) };
        let (stream, from) = match listener.accept().await {
            Ok(accepted) => accepted,
            // Too many open files, or a connection that is gone already: others may still come.
            Err(_) => {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let server = server.clone();
        tokio::spawn(async move {
            let _place = place;
            let _ = stream.set_nodelay(true);
            server.connection(TokioIo::new(stream), from).await;
        });
    }
}

impl Server {
    async fn connection<I>(self: Arc<Self>, io: I, from: SocketAddr)
    where
        I: hyper::rt::Read + hyper::rt::Write + Unpin,
    {
        let head = self.limits.head;
        let service = service_fn(move |request| {
            let server = self.clone();
            async move { Ok::<_, Infallible>(server.answer(request, from.ip()).await.0) }
        });
        // A connection that ends early has nobody to tell.
        let _ = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head)
            .max_buf_size(64 * 1024)
            .half_close(false)
            .serve_connection(io, service)
            .await;
    }

    async fn answer(self: &Arc<Self>, request: Request<Incoming>, from: IpAddr) -> Answer {
        let (parts, body) = request.into_parts();
        let from = gate::address(&self.hub, &parts.headers, from);
        let path = parts.uri.path().to_owned();
        let is_api = routes::is_api(&path);
        let begun = Instant::now();
        let (route, answered) = match self.admit(&parts, &path, from) {
            Ok((found, who)) => (found.route.path, self.handle(parts, path, (found, who), body, from).await),
            Err(problem) => ("/other", Err(problem)),
        };
        let answer =
            answered.unwrap_or_else(
                |problem| if is_api { problem.answer() } else { crate::pages::problem(&self.hub, &problem) },
            );
        self.hub.numbers.answered(route, answer.0.status().as_u16(), begun.elapsed());
        answer
    }

    fn admit(
        &self,
        parts: &http::request::Parts,
        path: &str,
        from: IpAddr,
    ) -> Result<(Found, Option<crate::who::Who>), Problem> {
        gate::host(&self.hub, &parts.headers)?;
        let who = gate::who(&self.hub, &parts.headers, from)?;
        gate::rate(&self.hub, from, if who.is_some() { Of::Known } else { Of::Strangers })?;
        let found = self.routes.find(&parts.method, path)?;
        gate::right(found.route, who.as_ref())?;
        Ok((found, who))
    }

    async fn handle(
        self: &Arc<Self>,
        parts: http::request::Parts,
        path: String,
        (found, who): (Found, Option<crate::who::Who>),
        body: Incoming,
        from: IpAddr,
    ) -> Result<Answer, Problem> {
        let route = found.route;
        let is_change = !matches!(parts.method, Method::GET | Method::HEAD);
        if is_change && matches!(route.body, Body::Nothing | Body::Form) {
            gate::rate(&self.hub, from, Of::Changes)?;
        }
        let _place = match route.body {
            Body::Report => Some(self.reports.acquire().await.map_err(|_| Problem::new(503, "the hub is ending"))?),
            Body::Events => Some(self.batches.acquire().await.map_err(|_| Problem::new(503, "the hub is ending"))?),
            Body::Nothing | Body::Form => None,
        };
        let body = self.read(route.body, body).await?;
        let server = self.clone();
        let answer = move || {
            let named = found.parts.iter().map(|(name, value)| Some((name.clone(), decoded(value)?.into_owned())));
            let named = named.collect::<Option<Vec<_>>>().ok_or_else(|| Problem::new(400, "the path is no text"))?;
            let ask = Ask {
                hub: &server.hub,
                who,
                method: parts.method.clone(),
                path: &path,
                parts: named,
                query: Query::read(parts.uri.query().unwrap_or("").as_bytes()),
                headers: &parts.headers,
                session: gate::cookie(&parts.headers, &server.hub.config.cookie),
                visit: gate::cookie(&parts.headers, &routes::visit_cookie(&server.hub)),
                body,
                from,
            };
            gate::meant(&ask, route)?;
            (route.answer)(&ask)
        };
        let fault =
            |_: Box<dyn std::any::Any + Send>| Err(Problem::new(500, "this is a fault of Cloister; please report it"));
        if !route.waits {
            return catch_unwind(AssertUnwindSafe(answer)).unwrap_or_else(fault);
        }
        tokio::task::spawn_blocking(answer).await.unwrap_or_else(|_| fault(Box::new(())))
    }

    /// The body, within its limits of size and time.
    async fn read(&self, kind: Body, body: Incoming) -> Result<Bytes, Problem> {
        let (most, time) = match kind {
            Body::Nothing => (0, self.limits.body),
            Body::Form => (self.limits.form, self.limits.body),
            Body::Report => (self.limits.report, self.limits.body * 15),
            Body::Events => (self.limits.events, self.limits.body * 3),
        };
        let read = timeout(time, Limited::new(body, most).collect()).await;
        let read =
            read.map_err(|_| Problem::new(408, format!("the body did not come within {} seconds", time.as_secs())))?;
        let cause = |error: Box<dyn std::error::Error + Send + Sync>| match error.downcast_ref::<LengthLimitError>() {
            Some(_) if most == 0 => Problem::new(413, "this takes no body"),
            Some(_) => Problem::new(413, format!("the body is longer than {most} bytes")),
            None => Problem::new(400, "the body could not be read to its end"),
        };
        read.map(|whole| whole.to_bytes()).map_err(cause)
    }
}

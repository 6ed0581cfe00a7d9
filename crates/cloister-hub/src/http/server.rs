//! Listens, reads requests within limits, and has them answered.

use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cloister_evidence::Kind;
use http::{Method, Request};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::ask::decoded;
use super::tls::{Looked, Tls};
use super::{Answer, Ask, Problem, Query, gate, unpack};
use crate::Hub;
use crate::routes::{self, Body, Found, Routes};
use crate::who::Who;
use crate::who::certificate::Peer;
use crate::who::limits::Of;
use crate::who::role::Right;

/// What is listened on.
#[derive(Debug)]
pub struct Listen {
    /// Already bound, so that whoever started the hub knows the address.
    pub socket: std::net::TcpListener,
    /// How much is taken.
    pub limits: Limits,
    /// TLS of its own, where no proxy speaks it.
    pub tls: Option<Tls>,
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
    /// For the beginning of TLS.
    pub handshake: Duration,
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
            handshake: Duration::from_secs(5),
        }
    }
}

/// So long requests may go on when the process is asked to end.
const LAST: Duration = Duration::from_secs(3);

/// Answers until the process is asked to end, by SIGTERM or SIGINT. The first process of a container is not ended by a signal that
/// it does not hear.
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
    let ended = runtime.block_on(accept(hub.clone(), listen));
    // Others need not wait for what this one did.
    hub.duties.end(&*hub.store);
    runtime.shutdown_timeout(LAST);
    ended
}

/// Handlers that wait for a disk are counted, so that they cannot take all threads and all memory.
struct Server {
    hub: Arc<Hub>,
    routes: Routes,
    limits: Limits,
    tls: Option<Tls>,
    /// Assessments that are being read: each may be large.
    reports: Semaphore,
    /// Batches of events that are being taken.
    batches: Semaphore,
    /// Says when it ends.
    ending: watch::Receiver<bool>,
}

/// Waits until the process is asked to end.
async fn asked_to_end() -> std::io::Result<()> {
    let (mut term, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! { _ = term.recv() => {}, _ = interrupt.recv() => {} }
    Ok(())
}

async fn accept(hub: Arc<Hub>, listen: Listen) -> std::io::Result<()> {
    let listener = TcpListener::from_std(listen.socket)?;
    let connections = Arc::new(Semaphore::new(listen.limits.connections));
    let (limits, tls, routes) = (listen.limits, listen.tls, Routes::new());
    let (reports, batches) = (Semaphore::new(2), Semaphore::new(4));
    let (end, ending) = watch::channel(false);
    let server = Arc::new(Server { hub, routes, limits, tls, reports, batches, ending });
    if server.tls.is_some() {
        tokio::spawn(server.clone().renew());
    }
    tokio::select! {
        () = server.take_connections(&listener, &connections) => {}
        asked = asked_to_end() => asked?,
    }
    drop(listener);
    let _ = end.send(true);
    // All of them have ended when every place is free.
    let all = u32::try_from(limits.connections).unwrap_or(u32::MAX);
    let _ = timeout(LAST, connections.acquire_many(all)).await;
    Ok(())
}

/// Files of TLS are looked at that often.
const LOOK: Duration = Duration::from_secs(2);

impl Server {
    /// Has each connection served by a task of its own.
    async fn take_connections(self: &Arc<Self>, listener: &TcpListener, connections: &Arc<Semaphore>) {
        while let Ok(place) = connections.clone().acquire_owned().await {
            // Too many open files, or a connection that is gone already: others may still come.
            let Ok((stream, from)) = listener.accept().await else {
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            };
            let server = self.clone();
            tokio::spawn(async move {
                let _place = place;
                let _ = stream.set_nodelay(true);
                server.greet(stream, from).await;
            });
        }
    }

    /// Puts certificates that changed into force.
    async fn renew(self: Arc<Self>) {
        loop {
            tokio::time::sleep(LOOK).await;
            let server = self.clone();
            let _ = tokio::task::spawn_blocking(move || {
                let looked = server.tls.as_ref().map_or(Looked::Same, Tls::look);
                let (said, recorded) = match looked {
                    Looked::Same => return,
                    Looked::Renewed(fingerprint) => (
                        format!("the certificate of TLS was renewed: SHA-256 {fingerprint}"),
                        json!({"tls": "renewed", "certificate": fingerprint}),
                    ),
                    Looked::Broken(bad) => (
                        format!("the files of TLS changed and cannot be used, so what was in force stays: {bad}"),
                        json!({"tls": "not renewed", "cause": bad.to_string()}),
                    ),
                };
                server.hub.say(&said);
                if let Err(refused) = server.hub.record(Kind::Configuration, &recorded) {
                    server.hub.say(&refused.to_string());
                }
            })
            .await;
        }
    }

    /// Begins TLS, where the hub speaks it, and answers.
    async fn greet(self: Arc<Self>, stream: TcpStream, from: SocketAddr) {
        let Some(tls) = &self.tls else { return self.connection(TokioIo::new(stream), from, None).await };
        let now = tls.now();
        let handshake = TlsAcceptor::from(now.config.clone()).accept(stream);
        // Who is slow, or speaks something else, has nobody to tell.
        let Ok(Ok(stream)) = timeout(self.limits.handshake, handshake).await else { return };
        let shown = stream.get_ref().1.peer_certificates().and_then(|all| all.first());
        let peer = shown.and_then(|first| Peer::read(first, now.agents)).map(Arc::new);
        self.connection(TokioIo::new(stream), from, peer).await;
    }

    async fn connection<I>(self: Arc<Self>, io: I, from: SocketAddr, peer: Option<Arc<Peer>>)
    where
        I: hyper::rt::Read + hyper::rt::Write + Unpin,
    {
        let (head, mut ending) = (self.limits.head, self.ending.clone());
        let service = service_fn(move |request| {
            let (server, peer) = (self.clone(), peer.clone());
            async move { Ok::<_, Infallible>(server.answer(request, from.ip(), peer).await.0) }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head)
            .max_buf_size(64 * 1024)
            .half_close(false)
            .serve_connection(io, service);
        let mut connection = pin!(connection);
        // A connection that ends early has nobody to tell.
        tokio::select! {
            _ = connection.as_mut() => return,
            _ = ending.wait_for(|it| *it) => connection.as_mut().graceful_shutdown(),
        }
        let _ = connection.await;
    }

    async fn answer(self: &Arc<Self>, request: Request<Incoming>, from: IpAddr, peer: Option<Arc<Peer>>) -> Answer {
        let (parts, body) = request.into_parts();
        let from = gate::address(&self.hub, &parts.headers, from);
        let path = parts.uri.path().to_owned();
        let is_api = routes::is_api(&path);
        let wanted = (!is_api && parts.method == Method::GET).then(|| parts.uri.path_and_query()).flatten();
        let wanted = wanted.map(|asked| asked.as_str().to_owned());
        let begun = Instant::now();
        let (route, answered) = match self.admit(&parts, &path, (from, peer)).await {
            Ok((found, who)) => (found.route.path, self.handle(parts, path, (found, who), body, from).await),
            Err(problem) => ("/other", Err(problem)),
        };
        let answer = answered.unwrap_or_else(|problem| {
            if is_api { problem.answer() } else { crate::pages::problem(&problem, wanted.as_deref()) }
        });
        self.hub.numbers.answered(route, answer.0.status().as_u16(), begun.elapsed());
        answer
    }

    async fn admit(
        self: &Arc<Self>,
        parts: &http::request::Parts,
        path: &str,
        (from, peer): (IpAddr, Option<Arc<Peer>>),
    ) -> Result<(Found, Option<Who>), Problem> {
        gate::host(&self.hub, &parts.headers)?;
        let found = self.routes.find(&parts.method, path);
        // What whoever comes may have does not fail for a store or a cluster, and waits for it only where it waits anyway.
        let open = found.as_ref().ok().map(|found| found.route).filter(|route| route.right == Right::Nothing);
        let may_wait = open.is_none_or(|route| route.waits && parts.method == Method::GET);
        let who = match self.who(parts, (from, peer), may_wait).await {
            Err(problem) if open.is_some() && matches!(problem.status, 403 | 503) => None,
            who => who?,
        };
        gate::rate(&self.hub, from, if who.is_some() { Of::Known } else { Of::Strangers })?;
        let found = found?;
        gate::right(found.route, who.as_ref())?;
        Ok((found, who))
    }

    async fn who(
        self: &Arc<Self>,
        parts: &http::request::Parts,
        (from, peer): (IpAddr, Option<Arc<Peer>>),
        may_wait: bool,
    ) -> Result<Option<Who>, Problem> {
        let near = gate::who(&self.hub, &parts.headers, (from, peer.as_deref()), (self.tls.as_ref(), false))?;
        match near {
            gate::Found::Is(who) => return Ok(who),
            gate::Found::Later if !may_wait => return Ok(None),
            // Nobody keeps the store and the cluster busy.
            gate::Found::Later => gate::rate(&self.hub, from, Of::Strangers)?,
        }
        let (server, headers) = (self.clone(), parts.headers.clone());
        let asked = tokio::task::spawn_blocking(move || {
            gate::who(&server.hub, &headers, (from, peer.as_deref()), (server.tls.as_ref(), true))
        });
        match asked.await {
            Ok(found) => found.map(|found| if let gate::Found::Is(who) = found { who } else { None }),
            Err(_) => Err(Problem::new(500, "this is a fault of Cloister; please report it")),
        }
    }

    async fn handle(
        self: &Arc<Self>,
        parts: http::request::Parts,
        path: String,
        (found, who): (Found, Option<Who>),
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
            // It computes: here, not where sockets are served.
            let body = unpack::unpacked(route.body, &parts.headers, body, server.longest(route.body))?;
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

    /// So many bytes a body may have.
    fn longest(&self, kind: Body) -> usize {
        match kind {
            Body::Nothing => 0,
            Body::Form => self.limits.form,
            Body::Report => self.limits.report,
            Body::Events => self.limits.events,
        }
    }

    /// The body, within its limits of size and time.
    async fn read(&self, kind: Body, body: Incoming) -> Result<Bytes, Problem> {
        let most = self.longest(kind);
        let time = match kind {
            Body::Nothing | Body::Form => self.limits.body,
            Body::Report => self.limits.body * 15,
            Body::Events => self.limits.body * 3,
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

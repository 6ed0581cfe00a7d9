//! Connections: one at a time, each with a time limit, all of them counted.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use crate::Endpoint;
use crate::tls::answer::{self, Flight, Step};
use crate::tls::hello::Hello;

/// What a probe may cost the other side, and us.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// How long to wait for a connection, and for each answer.
    pub wait: Duration,
    /// How long one endpoint may take in all.
    pub total: Duration,
    /// How many connections one endpoint gets.
    pub connections: usize,
    /// How many bytes of one answer are read.
    pub bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { wait: Duration::from_secs(3), total: Duration::from_secs(60), connections: 400, bytes: 64 * 1024 }
    }
}

/// What came of one question.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The server went along.
    Accepted(Box<Flight>),
    /// It did not, and how it said so.
    Refused(String),
    /// It cannot be known.
    Unknown(String),
}

/// A connection that ends after a while, however slowly the other side speaks.
#[derive(Debug)]
pub(crate) struct Timed {
    stream: TcpStream,
    until: Instant,
}

impl Timed {
    fn checked(&self) -> std::io::Result<&TcpStream> {
        if Instant::now() > self.until { Err(ErrorKind::TimedOut.into()) } else { Ok(&self.stream) }
    }
}

impl Read for Timed {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.checked()?.read(into)
    }
}

impl Write for Timed {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.checked()?.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.checked()?.flush()
    }
}

/// The way to one endpoint.
pub(crate) struct Wire<'a> {
    endpoint: &'a Endpoint,
    limits: &'a Limits,
    address: Option<SocketAddr>,
    start: Instant,
    opened: usize,
    cut_short: Option<String>,
}

impl<'a> Wire<'a> {
    pub(crate) fn new(endpoint: &'a Endpoint, limits: &'a Limits) -> Self {
        Self { endpoint, limits, address: None, start: Instant::now(), opened: 0, cut_short: None }
    }

    pub(crate) fn endpoint(&self) -> &'a Endpoint {
        self.endpoint
    }

    pub(crate) fn opened(&self) -> usize {
        self.opened
    }

    pub(crate) fn bytes(&self) -> usize {
        self.limits.bytes
    }

    /// Why not everything was asked.
    pub(crate) fn cut_short(&self) -> Option<String> {
        self.cut_short.clone()
    }

    /// The first address of the name. All that follows goes there.
    pub(crate) fn resolve(&mut self) -> Result<SocketAddr, String> {
        let (host, port) = (self.endpoint.host.as_str(), self.endpoint.port);
        let mut found = (host, port).to_socket_addrs().map_err(|_| format!("no address is known for {host}"))?;
        let address = found.next().ok_or_else(|| format!("no address is known for {host}"))?;
        self.address = Some(address);
        Ok(address)
    }

    /// Whether anything listens at all.
    pub(crate) fn reach(&mut self) -> Result<(), String> {
        self.connect().map(drop)
    }

    /// A connection with time limits: for each word, and for all.
    pub(crate) fn connect(&mut self) -> Result<Timed, String> {
        let address = self.address.ok_or("no address is known")?;
        if self.opened >= self.limits.connections {
            return Err(self.stop(format!("the limit is {} connections", self.limits.connections)));
        }
        if self.start.elapsed() >= self.limits.total {
            return Err(self.stop(format!("the limit is {} s", self.limits.total.as_secs())));
        }
        self.opened += 1;
        let stream = TcpStream::connect_timeout(&address, self.limits.wait).map_err(|error| words(&error))?;
        let prepared = stream
            .set_read_timeout(Some(self.limits.wait))
            .and_then(|()| stream.set_write_timeout(Some(self.limits.wait)))
            .and_then(|()| stream.set_nodelay(true));
        prepared.map_err(|error| words(&error))?;
        Ok(Timed { stream, until: Instant::now() + self.limits.wait * 2 })
    }

    fn stop(&mut self, why: String) -> String {
        self.cut_short = Some(why.clone());
        why
    }

    /// Sends a ClientHello and reads what is said to it, up to the end of the server's flight where `whole` is asked.
    pub(crate) fn ask(&mut self, hello: &Hello<'_>, whole: bool) -> Outcome {
        let mut stream = match self.connect() {
            Ok(stream) => stream,
            Err(why) => return Outcome::Unknown(why),
        };
        if let Err(error) = stream.write_all(&hello.encode()) {
            return Outcome::Unknown(words(&error));
        }
        let mut received = Vec::new();
        let mut part = [0; 8192];
        loop {
            match answer::read(&received, whole) {
                Step::More if received.len() >= self.limits.bytes => {
                    return Outcome::Unknown("the answer does not end".to_owned());
                }
                Step::More => {}
                step => return judged(step, hello),
            }
            match stream.read(&mut part) {
                Ok(0) => return ended(&received, hello, "it closes the connection"),
                Ok(count) => received.extend(part.iter().take(count)),
                Err(error) if matches!(error.kind(), ErrorKind::ConnectionReset | ErrorKind::BrokenPipe) => {
                    return ended(&received, hello, "it resets the connection");
                }
                Err(error) => return Outcome::Unknown(words(&error)),
            }
        }
    }
}

/// The connection is over: what was said so far may be enough.
fn ended(received: &[u8], hello: &Hello<'_>, how: &str) -> Outcome {
    match answer::read(received, false) {
        Step::More => Outcome::Refused(how.to_owned()),
        step => judged(step, hello),
    }
}

fn judged(step: Step, hello: &Hello<'_>) -> Outcome {
    match step {
        Step::Alert(description) => Outcome::Refused(format!("alert {}", answer::alert(description))),
        Step::NotTls => Outcome::Refused("what it answers is not TLS".to_owned()),
        Step::Malformed(what) => Outcome::Unknown(format!("its {what} cannot be read")),
        Step::More => Outcome::Unknown("the answer does not end".to_owned()),
        Step::Flight(flight) if flight.version != hello.version.wire() => {
            Outcome::Refused("it answers with another version".to_owned())
        }
        Step::Flight(flight) if !hello.suites.contains(&flight.suite) => {
            Outcome::Unknown("it chooses a suite that was not offered".to_owned())
        }
        Step::Flight(flight) => Outcome::Accepted(flight),
    }
}

/// An error without the numbers of the system.
pub(crate) fn words(error: &std::io::Error) -> String {
    match error.kind() {
        ErrorKind::WouldBlock | ErrorKind::TimedOut => "no answer in time".to_owned(),
        ErrorKind::ConnectionRefused => "the connection is refused".to_owned(),
        ErrorKind::ConnectionReset => "the connection is reset".to_owned(),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => "there is no way there".to_owned(),
        ErrorKind::UnexpectedEof => "the connection is closed".to_owned(),
        _ => error.to_string(),
    }
}

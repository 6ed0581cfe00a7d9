//! Mail, handed to a server (RFC 5321, RFC 6409): STARTTLS (RFC 3207) or TLS at once (RFC 8314), AUTH (RFC 4954) PLAIN or
//! LOGIN.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Instant;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};

use super::address::{Guard, resolve};
use super::failure::{Answer, Failure, quoted};
use super::http::io;
use super::patience::Patience;
use super::secret::{Revealed, reveal};
use super::tls::client;
use crate::config::{Email, TransportSecurity};
use crate::render::mail::Mail;

/// Bytes of an answer.
const ANSWER: usize = 16 << 10;

enum Wire {
    Plain(TcpStream),
    Encrypted(Box<StreamOwned<ClientConnection, TcpStream>>),
}

/// What a server said.
#[derive(Debug)]
struct Reply {
    code: u16,
    lines: Vec<String>,
}

impl Reply {
    /// All of it on one line.
    fn text(&self) -> String {
        format!("{} {}", self.code, self.lines.join(" "))
    }

    fn offers(&self, word: &str) -> bool {
        self.lines.iter().any(|line| line.split(' ').next().is_some_and(|first| first.eq_ignore_ascii_case(word)))
    }

    fn mechanism(&self, name: &str) -> bool {
        let auth = self
            .lines
            .iter()
            .filter_map(|line| line.get(..5).filter(|it| it.eq_ignore_ascii_case("AUTH ")).and(line.get(5..)));
        auth.flat_map(|rest| rest.split(' ')).any(|one| one.eq_ignore_ascii_case(name))
    }
}

struct Session<'a> {
    host: &'a str,
    wire: Wire,
    /// What was read and not looked at yet.
    held: Vec<u8>,
    until: Instant,
}

/// Hands one mail over.
pub fn send(
    email: &Email,
    mail: &Mail,
    guard: &Guard,
    patience: &Patience,
    ca_file: Option<&str>,
) -> Result<Answer, Failure> {
    let secret = email.password.as_ref().map(|secret| reveal(secret, "the password of mail")).transpose()?;
    let socket = connect(email, guard, patience)?;
    let until = Instant::now() + patience.whole;
    let mut session = Session { host: &email.host, wire: Wire::Plain(socket), held: Vec::new(), until };
    if email.tls == TransportSecurity::Implicit {
        session = session.encrypted(ca_file)?;
    }
    session.expect("", 220, "does not greet")?;
    let mut offered = session.hello()?;
    if email.tls == TransportSecurity::StartTls {
        if !offered.offers("STARTTLS") {
            let help = "use tls: implicit with port 465, or a server that encrypts";
            return Err(Failure::lasting(format!("{} does not offer STARTTLS: nothing was sent", email.host), help));
        }
        session.expect("STARTTLS\r\n", 220, "refuses STARTTLS")?;
        session = session.encrypted(ca_file)?;
        // What was offered before may have been offered by somebody between.
        offered = session.hello()?;
    }
    if let (Some(name), Some(secret)) = (&email.username, &secret) {
        session.sign_in(name, secret, &offered)?;
    }
    let answer = session.hand_over(mail)?;
    let _ = session.ask("QUIT\r\n");
    Ok(answer)
}

fn connect(email: &Email, guard: &Guard, patience: &Patience) -> Result<TcpStream, Failure> {
    let (encrypted, usual) = match email.tls {
        TransportSecurity::Implicit => (true, 465),
        TransportSecurity::StartTls => (true, 587),
        TransportSecurity::None => (false, 587),
    };
    let port = email.port.unwrap_or(usual);
    let mut failure = None;
    for address in resolve(guard, &email.host, port, encrypted, patience.connect)? {
        match TcpStream::connect_timeout(&address, patience.connect) {
            Ok(socket) => {
                let set = socket.set_read_timeout(Some(patience.answer));
                set.and_then(|()| socket.set_write_timeout(Some(patience.answer)))
                    .map_err(|error| io(&email.host, &error))?;
                return Ok(socket);
            }
            Err(error) => failure = Some(io(&email.host, &error)),
        }
    }
    Err(failure.unwrap_or_else(|| Failure::passing(format!("{} cannot be reached", email.host), "check its name")))
}

impl<'a> Session<'a> {
    /// Goes on with TLS.
    fn encrypted(self, ca_file: Option<&str>) -> Result<Session<'a>, Failure> {
        let host = self.host;
        let fault = |cause: &str, help: &str| Failure::lasting(format!("{host} {cause}"), help);
        // Commands that somebody put in before the encryption would be taken for the server's words after it.
        let (Wire::Plain(socket), true) = (self.wire, self.held.is_empty()) else {
            return Err(fault(
                "says more than it was asked before TLS begins",
                "somebody may stand between: use tls: implicit",
            ));
        };
        let bare = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let name = ServerName::try_from(bare)
            .map_err(|_| fault("is no name that a certificate can have", "write its name"))?;
        let connection = ClientConnection::new(client(ca_file)?, name);
        let connection = connection.map_err(|_| fault("cannot be spoken to by TLS", "this is a fault of Cloister"))?;
        Ok(Session { wire: Wire::Encrypted(Box::new(StreamOwned::new(connection, socket))), held: Vec::new(), ..self })
    }

    fn hello(&mut self) -> Result<Reply, Failure> {
        self.expect("EHLO cloister.invalid\r\n", 250, "refuses EHLO")
    }

    fn sign_in(&mut self, name: &str, secret: &Revealed, offered: &Reply) -> Result<(), Failure> {
        let refused = "does not let us in";
        if offered.mechanism("PLAIN") {
            let word = STANDARD.encode(format!("\0{name}\0{}", secret.as_str()));
            return self.quietly(&format!("AUTH PLAIN {word}\r\n"), 235, refused);
        }
        if offered.mechanism("LOGIN") {
            self.quietly("AUTH LOGIN\r\n", 334, refused)?;
            self.quietly(&format!("{}\r\n", STANDARD.encode(name)), 334, refused)?;
            return self.quietly(&format!("{}\r\n", STANDARD.encode(secret.as_str())), 235, refused);
        }
        let help = "Cloister knows PLAIN and LOGIN: let it offer one of them, or leave the username out";
        Err(Failure::lasting(format!("{} offers no way to sign in that Cloister knows", self.host), help))
    }

    /// As [`Session::expect`], without the server's words: they may repeat what was sent.
    fn quietly(&mut self, command: &str, code: u16, refused: &str) -> Result<(), Failure> {
        let reply = self.ask(command)?;
        if reply.code == code {
            return Ok(());
        }
        let cause = format!("{} {refused}: {}", self.host, reply.code);
        let help = "look at the username and at the password's file";
        Err(if reply.code < 500 { Failure::passing(cause, help) } else { Failure::lasting(cause, help) })
    }

    fn hand_over(&mut self, mail: &Mail) -> Result<Answer, Failure> {
        self.expect(&format!("MAIL FROM:<{}>\r\n", mail.from), 250, "does not take mail from this sender")?;
        let (mut taken, mut refusals) = (0, Vec::new());
        for to in &mail.to {
            match self.expect(&format!("RCPT TO:<{to}>\r\n"), 250, &format!("does not take mail for {to}")) {
                Ok(_) => taken += 1,
                Err(failure) => refusals.push(failure),
            }
        }
        if taken == 0 {
            let none = || Failure::lasting("the mail goes to nobody", "write to: with an address");
            return Err(refusals.into_iter().next().unwrap_or_else(none));
        }
        self.expect("DATA\r\n", 354, "does not take the mail")?;
        let reply = self.expect(&dotted(&mail.data), 250, "does not take the mail")?;
        let refused: Vec<String> = refusals.into_iter().map(|failure| failure.cause).collect();
        let but = if refused.is_empty() { String::new() } else { format!(", but {}", refused.join(", and ")) };
        Ok(Answer::new(&format!("{}{but}", reply.text())))
    }

    fn expect(&mut self, command: &str, code: u16, refused: &str) -> Result<Reply, Failure> {
        let reply = self.ask(command)?;
        // 251: it will pass it on.
        if reply.code == code || (code == 250 && reply.code == 251) {
            return Ok(reply);
        }
        let cause = format!("{} {refused}: {}", self.host, quoted(&reply.text(), &[]));
        Err(match reply.code {
            421 | 450..=459 => Failure::passing(cause, "it asks to try later: look at its log if it goes on"),
            _ => Failure::lasting(cause, "look at what it says, and at its log"),
        })
    }

    fn ask(&mut self, command: &str) -> Result<Reply, Failure> {
        let host = self.host;
        let sent = match &mut self.wire {
            Wire::Plain(stream) => stream.write_all(command.as_bytes()).and_then(|()| stream.flush()),
            Wire::Encrypted(stream) => stream.write_all(command.as_bytes()).and_then(|()| stream.flush()),
        };
        sent.map_err(|error| io(host, &error))?;
        let mut lines = Vec::new();
        let mut size = 0;
        loop {
            let line = self.line()?;
            size += line.len();
            let wrong =
                || Failure::lasting(format!("{host} does not answer as a server of mail"), "check the port, and tls");
            let code = line.get(..3).and_then(|it| it.parse().ok()).filter(|_| size <= ANSWER).ok_or_else(wrong)?;
            lines.push(line.get(4..).unwrap_or_default().to_owned());
            if line.as_bytes().get(3) != Some(&b'-') {
                return Ok(Reply { code, lines });
            }
        }
    }

    fn line(&mut self) -> Result<String, Failure> {
        loop {
            if let Some(end) = self.held.iter().position(|byte| *byte == b'\n') {
                let line: Vec<u8> = self.held.drain(..=end).collect();
                return Ok(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            let wrong =
                |why: &str| Failure::passing(format!("{} {why}", self.host), "look why it is slow, and at the port");
            if self.held.len() > ANSWER {
                return Err(wrong("sends a line without an end"));
            }
            if Instant::now() > self.until {
                return Err(wrong("does not answer in time"));
            }
            let mut piece = [0; 1024];
            let read = match &mut self.wire {
                Wire::Plain(stream) => stream.read(&mut piece),
                Wire::Encrypted(stream) => stream.read(&mut piece),
            };
            match read.map_err(|error| io(self.host, &error))? {
                0 => return Err(wrong("ends the connection")),
                read => self.held.extend_from_slice(piece.get(..read).unwrap_or_default()),
            }
        }
    }
}

/// A line that begins with a dot gets another one, and a dot alone ends it (RFC 5321, 4.5.2).
fn dotted(data: &str) -> String {
    let mut text = String::with_capacity(data.len() + 8);
    for line in data.split_inclusive("\r\n") {
        if line.starts_with('.') {
            text.push('.');
        }
        text.push_str(line);
    }
    text.push_str(".\r\n");
    text
}

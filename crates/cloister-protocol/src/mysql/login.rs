//! How a connection begins: the greeting, the login, passwords that are said in the clear.

use super::packets::Wish;
use super::shared::{Phase, Shared, capability};
use super::values::text;
use crate::coding::Coding;
use crate::input::Input;
use crate::{Place, Protocol, Side, Sink};

/// The server's greeting: version 10 of the handshake. Whether it is one.
pub(super) fn greeting(content: &[u8], shared: &mut Shared) -> Option<()> {
    let mut input = Input::new(content);
    input.u8().filter(|version| *version == 10)?;
    input.until(0)?;
    input.take(4 + 8 + 1)?;
    let low = input.u16_le()?;
    shared.capabilities = u32::from(low);
    if input.take(3).is_some() {
        shared.capabilities |= u32::from(input.u16_le()?) << 16;
    }
    Some(())
}

/// The answer to it: who comes.
pub(super) fn login(content: &[u8], shared: &mut Shared, sink: &mut dyn Sink) -> Wish {
    shared.phase = Phase::Login;
    let mut input = Input::new(content);
    let Some(capabilities) = input.u32_le() else { return Wish::Go };
    shared.capabilities &= capabilities;
    if content.len() <= 32 && capabilities & capability::SSL != 0 {
        return Wish::Becomes(Protocol::Tls);
    }
    if shared.has(capability::COMPRESS) {
        shared.compression = Some(Coding::Deflate);
    } else if shared.has(capability::ZSTD) {
        shared.compression = Some(Coding::Zstd);
    }
    input.take(28);
    let user = input.until(0).unwrap_or_default();
    let secret = if capabilities & capability::LENGTH_OF_AUTH != 0 {
        text(&mut input)
    } else if capabilities & capability::SECURE_CONNECTION != 0 {
        input.u8().and_then(|length| input.take(length.into()))
    } else {
        input.until(0)
    };
    if shared.has(capability::CONNECT_WITH_DB) {
        let database = input.until(0).unwrap_or_default();
        shared.database = String::from_utf8_lossy(database).into_owned();
    }
    let plugin = if shared.has(capability::PLUGIN_AUTH) { input.until(0).unwrap_or_default() } else { b"" };
    let id = shared.next.take();
    sink.begin(id, &shared.head(Side::Client, "login", "", None));
    sink.value(id, Place::Field("user"), user, true);
    if plugin == b"mysql_clear_password" {
        sink.value(id, Place::Field("password"), secret.unwrap_or_default(), true);
    }
    sink.end(id, true);
    Wish::Go
}

/// A password that the server asked for as it is.
pub(super) fn password(content: &[u8], shared: &mut Shared, sink: &mut dyn Sink) {
    let id = shared.next.take();
    sink.begin(id, &shared.head(Side::Client, "password", "", None));
    sink.value(id, Place::Field("password"), content.strip_suffix(b"\0").unwrap_or(content), true);
    sink.end(id, true);
}

/// What the server says to a login: whether it is over.
pub(super) fn answer(content: &[u8], shared: &mut Shared) {
    let mut input = Input::new(content);
    match input.u8() {
        Some(0) => shared.phase = Phase::Commands,
        Some(0xfe) => {
            let plugin = input.until(0).unwrap_or(input.rest());
            shared.password = matches!(plugin, b"mysql_clear_password" | b"dialog");
        }
        _ => {}
    }
}

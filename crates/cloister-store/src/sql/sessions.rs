//! Sessions in SQL.

use jiff::Timestamp;

use super::filter::{all, one};
use super::{Database, Engine, Row, Value};
use crate::{Result, Session, Sessions, TokenHash};

impl<E: Engine> Sessions for Database<E> {
    fn begin_session(&self, session: &Session) -> Result<()> {
        let sql = "INSERT INTO sessions (token, who, created, used, until, body) VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (token) DO UPDATE SET who = excluded.who, created = excluded.created, \
                   used = excluded.used, until = excluded.until, body = excluded.body";
        let values = [
            Value::Bytes(&session.token.0),
            Value::Text(&session.who),
            Value::time(session.created),
            Value::time(session.used),
            Value::time(session.until),
            Value::Bytes(&session.body),
        ];
        self.engine.write(&["sessions"], |tx| tx.run(sql, &values).map(|_| ()))
    }

    fn session(&self, token: &TokenHash, now: Timestamp) -> Result<Option<Session>> {
        let sql = "SELECT token, who, created, used, until, body FROM sessions WHERE token = $1";
        match self.engine.read(|tx| one(tx, sql, &[Value::Bytes(&token.0)], read))? {
            Some(session) if session.until.as_microsecond() <= now.as_microsecond() => {
                drop_ended(&self.engine, token, now)?;
                Ok(None)
            }
            other => Ok(other),
        }
    }

    fn sessions_of(&self, who: &str, now: Timestamp) -> Result<Vec<Session>> {
        let sql = "SELECT token, who, created, used, until, body FROM sessions WHERE who = $1 AND until > $2 \
                   ORDER BY created DESC, token";
        self.engine.read(|tx| all(tx, sql, &[Value::Text(who), Value::time(now)], read))
    }

    fn use_session(&self, token: &TokenHash, now: Timestamp) -> Result<bool> {
        let sql =
            "UPDATE sessions SET used = CASE WHEN used < $1 THEN $1 ELSE used END WHERE token = $2 AND until > $1";
        let values = [Value::time(now), Value::Bytes(&token.0)];
        let used = self.engine.write(&["sessions"], |tx| tx.run(sql, &values))? > 0;
        if !used {
            drop_ended(&self.engine, token, now)?;
        }
        Ok(used)
    }

    fn end_session(&self, token: &TokenHash) -> Result<bool> {
        let sql = "DELETE FROM sessions WHERE token = $1";
        self.engine.write(&["sessions"], |tx| Ok(tx.run(sql, &[Value::Bytes(&token.0)])? > 0))
    }

    fn end_sessions_of(&self, who: &str) -> Result<u64> {
        let sql = "DELETE FROM sessions WHERE who = $1";
        self.engine.write(&["sessions"], |tx| tx.run(sql, &[Value::Text(who)]))
    }
}

fn read(row: &dyn Row) -> Result<Session> {
    let hash = row.bytes(0)?.try_into().map_err(|_| row.damaged(0))?;
    Ok(Session {
        token: TokenHash(hash),
        who: row.text(1)?,
        created: row.time(2)?,
        used: row.time(3)?,
        until: row.time(4)?,
        body: row.bytes(5)?.to_vec(),
    })
}

/// What was seen as ended is gone, whatever the clock says later.
fn drop_ended(engine: &impl Engine, token: &TokenHash, now: Timestamp) -> Result<()> {
    let sql = "DELETE FROM sessions WHERE token = $1 AND until <= $2";
    let values = [Value::Bytes(&token.0), Value::time(now)];
    engine.write(&["sessions"], |tx| tx.run(sql, &values).map(|_| ()))
}

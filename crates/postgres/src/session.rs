//! A session: a connection, and the statements that are prepared on it.

use crate::server;
use crate::statements::{Kept, Statements};
use crate::table::Table;
use postgres::Client;
use std::panic::resume_unwind;
use std::thread;

/// Opens a connection.
pub(crate) type Connect = Box<dyn FnMut() -> Result<Client, postgres::Error> + Send>;

/// A session.
pub(crate) struct Session {
    /// The connection; none while the session is dropped.
    client: Option<Client>,
    /// The number of the process that serves it.
    pid: i32,
    /// The statements, once there is a table.
    statements: Option<Statements>,
}

impl Session {
    /// Opens a session.
    ///
    /// The server then notices within a minute if this machine is gone, and does not end the
    /// session while a step takes its time. Any user may change these settings of a session. Not
    /// every version has all of them.
    pub(crate) fn open(connect: &mut Connect) -> Result<Self, postgres::Error> {
        let settings = format!(
            "select set_config(name, amount, false) from pg_settings join (values \
             ('idle_session_timeout', '0'), \
             ('tcp_keepalives_idle', '{}s'), \
             ('tcp_keepalives_interval', '{}s'), \
             ('tcp_keepalives_count', '{}'), \
             ('tcp_user_timeout', '{}s')) as wanted (parameter, amount) on name = parameter",
            server::IDLE.as_secs(),
            server::INTERVAL.as_secs(),
            server::RETRIES,
            server::UNANSWERED.as_secs()
        );
        outside(|| {
            let mut client = connect()?;
            client.batch_execute(&settings)?;
            let pid = client.query_one("select pg_backend_pid()", &[])?.get(0);
            Ok(Session { client: Some(client), pid, statements: None })
        })
    }

    /// The table; none if it is not there.
    pub(crate) fn kept(&mut self, table: &Table) -> Result<Option<Kept<'_>>, postgres::Error> {
        let client = self.client.as_mut().expect("it is there until the session is dropped");
        if self.statements.is_none() {
            self.statements = Statements::prepare(client, table)?;
        }
        Ok(self.statements.as_ref().map(|statements| Kept { client, statements, pid: self.pid }))
    }

    /// Makes the table, unless it is there. A user who may write to a table need not be one who may
    /// make it, so it is looked for first.
    pub(crate) fn create(&mut self, table: &Table) -> Result<(), postgres::Error> {
        if self.kept(table)?.is_none() {
            self.client.as_mut().expect("it is there until the session is dropped").batch_execute(&table.create())?;
        }
        Ok(())
    }

    /// Frees all locks, and ends.
    pub(crate) fn end(mut self) {
        let client = self.client.as_mut().expect("it is there until the session is dropped");
        // If it fails, the connection is gone, and the locks with it.
        let _ = outside(|| client.batch_execute("select pg_advisory_unlock_all()"));
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let client = self.client.take();
        outside(|| drop(client));
    }
}

/// Calls a function in a thread of its own. The client has a runtime inside, and panics if it is
/// opened or dropped within one, as in a `#[tokio::main]`.
fn outside<T: Send>(function: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(function).join()).unwrap_or_else(|panic| resume_unwind(panic))
}

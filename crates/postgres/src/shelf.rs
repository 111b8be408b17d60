//! The shelf: which calls may go on after a connection has ended, and which may not.

use crate::error::{Error, ends_session};
use crate::server;
use crate::session::{Connect, Session};
use crate::table::Table;
use postgres::tls::{MakeTlsConnect, TlsConnect};
use postgres::{Config, NoTls, Socket};
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use typed_pipeliner::BoxError;
use typed_pipeliner::journal::{Entry, KeptRecord, RunSummary, Shelf};
use typed_pipeliner::text::one_line;

/// The largest entry in bytes: PostgreSQL has no row and no message of 1 GB.
const LARGEST: usize = 1_000_000_000;
/// How long to wait for a lock: if its process was just killed, the server has yet to notice, and
/// to end the statement that it was at.
const PATIENCE: Duration = Duration::from_millis(500);
/// How long to wait before the next look at a lock.
const PAUSE: Duration = Duration::from_millis(10);
/// The bytes of entries that go into one statement, if there are several.
const GROUP: usize = 16 << 20;

/// A [`Shelf`] in PostgreSQL, for [`Journal::on`](typed_pipeliner::journal::Journal::on).
///
/// [The crate](crate) describes the table and the lock of a run. Several journals, here and on other
/// machines, may use a table at once, each on runs of its own.
///
/// It has one connection. If that ends, a call that needs no lock opens another. A run that was
/// locked meanwhile has lost its lock: each write to it fails, until it is given back and locked
/// again.
pub struct Postgres {
    /// Opens a connection.
    connect: Connect,
    /// The server and the database, for errors.
    address: String,
    /// The table.
    table: Table,
    /// The session; none after a connection has ended.
    session: Option<Session>,
    /// How many sessions there were.
    sessions: u64,
    /// The runs that the journal has, each with the session that has its lock.
    taken: HashMap<String, u64>,
}

impl Postgres {
    /// Connects to a server, without TLS.
    ///
    /// The [connection string](postgres::Config) is that of libpq, `host=… user=…`, or a URL,
    /// `postgres://…`. Environment variables and `.pgpass` are not read. Unless the string sets
    /// other times, a connection to an address is attempted for 30 seconds, and its end is noticed
    /// after a minute. This blocks, also within a runtime.
    ///
    /// ```no_run
    /// use typed_pipeliner_postgres::Postgres;
    ///
    /// let shelf = Postgres::connect("postgres://me:secret@db.internal/mine")?.table("my_schema.kept")?;
    /// # Ok::<(), typed_pipeliner_postgres::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If the string cannot be read, or the server cannot be reached, or refuses the user. The text
    /// of the error has the address:
    ///
    /// ```
    /// use typed_pipeliner_postgres::Postgres;
    ///
    /// let error = Postgres::connect("host=127.0.0.1 port=1 user=me password=secret").unwrap_err();
    /// assert!(error.to_string().starts_with("cannot connect to PostgreSQL at 127.0.0.1:1, database `me`: "));
    /// ```
    pub fn connect(config: &str) -> Result<Self, Error> {
        Postgres::connect_with(server::parse(config)?, NoTls)
    }

    /// Connects to a server, with a connector for TLS, and with all options of the client.
    ///
    /// The connector is that of a crate such as `postgres-native-tls`, `postgres-openssl` or
    /// `tokio-postgres-rustls`. It is cloned for each connection. Without
    /// [`SslMode::Require`](postgres::config::SslMode::Require) a server without TLS is used as well.
    ///
    /// ```no_run
    /// use typed_pipeliner_postgres::Postgres;
    /// use typed_pipeliner_postgres::postgres::{Config, NoTls};
    ///
    /// let mut config = Config::new();
    /// config.host("db.internal").user("me").password(std::fs::read("/run/secrets/db")?).dbname("mine");
    /// // In place of `NoTls`: `MakeTlsConnector::new(TlsConnector::new()?)` of `postgres-native-tls`.
    /// let shelf = Postgres::connect_with(config, NoTls)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As those of [`connect`](Postgres::connect), and if the server's certificate is refused.
    pub fn connect_with<T>(mut config: Config, tls: T) -> Result<Self, Error>
    where
        T: MakeTlsConnect<Socket> + Clone + Send + 'static,
        T::TlsConnect: Send,
        T::Stream: Send,
        <T::TlsConnect as TlsConnect<Socket>>::Future: Send,
    {
        server::tuned(&mut config);
        let address = server::address(&config);
        let mut shelf = Postgres {
            connect: Box::new(move || config.connect(tls.clone())),
            address,
            table: Table::default(),
            session: None,
            sessions: 0,
            taken: HashMap::new(),
        };
        match shelf.attempt(|_, _| Ok(())) {
            Ok(()) => Ok(shelf),
            Err(error) => Err(Error::of(&format!("cannot connect to {}", shelf.address), error)),
        }
    }

    /// Chooses the table: `table` or `schema.table`, in place of `typed_pipeliner_kept`.
    ///
    /// The names are taken as they are, so capital letters count. The table is made when the first
    /// run is locked, the schema has to be there.
    ///
    /// [`connect`](Postgres::connect) has an example.
    ///
    /// # Errors
    ///
    /// If this cannot be the name of a table.
    pub fn table(mut self, name: &str) -> Result<Self, Error> {
        self.table = Table::new(name)?;
        // Its statements are those of the other table.
        self.session = None;
        Ok(self)
    }

    /// Calls a function with the session, on a new one if there is none.
    fn attempt<T>(
        &mut self,
        function: impl FnOnce(&mut Session, &Table) -> Result<T, postgres::Error>,
    ) -> Result<T, postgres::Error> {
        let session = match &mut self.session {
            Some(session) => session,
            none => {
                let session = Session::open(&mut self.connect)?;
                self.sessions += 1;
                none.insert(session)
            }
        };
        let result = function(session, &self.table);
        if result.as_ref().is_err_and(ends_session) {
            self.session = None;
        }
        result
    }

    /// Calls a function that needs no lock. Nobody watches a connection between two calls, so it
    /// may have ended long ago: then the function is called once more, on a new one.
    fn call<T>(
        &mut self,
        task: &str,
        function: impl Fn(&mut Session, &Table) -> Result<T, postgres::Error>,
    ) -> Result<T, Error> {
        let was_open = self.session.is_some();
        let mut result = self.attempt(&function);
        if result.is_err() && was_open && self.session.is_none() {
            result = self.attempt(&function);
        }
        result.map_err(|error| self.error(task, error))
    }

    /// Calls a function that needs the locks of runs, in the session that has them: if it has
    /// ended, another process may have the runs.
    fn call_locked<'r, T>(
        &mut self,
        task: &str,
        runs: impl IntoIterator<Item = &'r str>,
        function: impl FnOnce(&mut Session, &Table) -> Result<Option<T>, postgres::Error>,
    ) -> Result<T, Error> {
        for run in runs {
            match self.taken.get(run) {
                None => return Err(Error::new(format!("run `{}` is not locked", one_line(run)))),
                Some(session) if self.session.is_none() || *session != self.sessions => {
                    return Err(Error::new(format!(
                        "the lock of run `{}` was lost when the connection to {} ended: another process may have the \
                         run",
                        one_line(run),
                        self.address
                    )));
                }
                Some(_) => {}
            }
        }
        match self.attempt(function) {
            Ok(Some(result)) => Ok(result),
            Ok(None) => Err(self.is_pooled()),
            Err(error) => {
                let error = self.error(task, error);
                Err(if self.session.is_none() {
                    error.and("; the locks of all runs are lost with the connection")
                } else {
                    error
                })
            }
        }
    }

    /// Writes entries by one statement.
    fn write_group(&mut self, entries: &[&Entry]) -> Result<(), Error> {
        let runs = entries.iter().map(|entry| &*entry.run);
        self.call_locked("write to", runs, |session, table| match session.kept(table)? {
            Some(mut kept) => kept.write(entries),
            None => Ok(None),
        })
    }

    /// The error of a task.
    fn error(&self, task: &str, error: postgres::Error) -> Error {
        Error::of(&format!("cannot {task} table {} in {}", self.table, self.address), error)
    }

    /// The error if statements go to several sessions of the server.
    fn is_pooled(&self) -> Error {
        Error::new(format!(
            "{} is behind a pool that gives each statement to another session: a lock needs a session of its own \
             (in PgBouncer, `pool_mode = session`)",
            self.address
        ))
    }
}

impl fmt::Debug for Postgres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Postgres")
            .field("server", &self.address)
            .field("table", &self.table.to_string())
            .finish_non_exhaustive()
    }
}

/// Gives the runs back. The server would do so as well, but a moment later.
impl Drop for Postgres {
    fn drop(&mut self) {
        if let Some(session) = self.session.take() {
            session.end();
        }
    }
}

impl Shelf for Postgres {
    fn lock(&mut self, run: &str) -> Result<bool, BoxError> {
        // The server would give a session the lock that it has already.
        if self.taken.contains_key(run) {
            return Ok(false);
        }
        let end = Instant::now() + PATIENCE;
        let answer = self.call("write to", |session, table| {
            session.create(table)?;
            let Some(mut kept) = session.kept(table)? else { return Ok(None) };
            // A run whose values could not be written fails before it begins.
            kept.write(&[])?;
            loop {
                let answer = kept.lock(run)?;
                if answer != Some(false) || Instant::now() > end {
                    return Ok(answer);
                }
                thread::sleep(PAUSE);
            }
        })?;
        let is_locked = answer.ok_or_else(|| self.is_pooled())?;
        if is_locked {
            self.taken.insert(run.to_owned(), self.sessions);
        }
        Ok(is_locked)
    }

    fn unlock(&mut self, run: &str) {
        if self.taken.remove(run) == Some(self.sessions) && self.session.is_some() {
            // If it fails, the connection is gone, and the lock with it.
            let _ = self.attempt(|session, table| session.kept(table)?.map_or(Ok(()), |mut kept| kept.unlock(run)));
        }
    }

    fn records(&mut self, run: &str) -> Result<Vec<KeptRecord>, BoxError> {
        let records = self.call("read", |session, table| match session.kept(table)? {
            Some(mut kept) => kept.records(run),
            None => Ok(Vec::new()),
        });
        Ok(records?)
    }

    fn read(&mut self, run: &str, names: &[Arc<str>]) -> Result<Vec<Option<Vec<u8>>>, BoxError> {
        let bytes: Vec<_> = names.iter().map(|name| name.as_bytes()).collect();
        let values = self.call("read", |session, table| match session.kept(table)? {
            Some(mut kept) => kept.read(run, &bytes),
            None => Ok(vec![None; bytes.len()]),
        });
        Ok(values?)
    }

    fn write(&mut self, entries: &[Entry]) -> Result<(), BoxError> {
        if let Some(entry) = entries.iter().find(|entry| size(entry) > LARGEST) {
            return Err(format!(
                "entry `{}` has {} bytes, and {LARGEST} is the most that the shelf writes to PostgreSQL",
                one_line(&entry.name),
                size(entry)
            )
            .into());
        }
        // One statement cannot write a name twice; the last entry counts.
        let last: BTreeMap<_, _> = entries.iter().map(|entry| ((&*entry.run, &*entry.name), entry)).collect();
        let (mut group, mut bytes) = (Vec::new(), 0);
        for entry in last.into_values() {
            if !group.is_empty() && bytes + size(entry) > GROUP {
                self.write_group(&group)?;
                (group, bytes) = (Vec::new(), 0);
            }
            bytes += size(entry);
            group.push(entry);
        }
        Ok(self.write_group(&group)?)
    }

    fn runs(&mut self) -> Result<Vec<RunSummary>, BoxError> {
        let runs = self.call("read", |session, table| match session.kept(table)? {
            Some(mut kept) => kept.runs(table),
            None => Ok(Vec::new()),
        });
        Ok(runs?)
    }

    fn forget(&mut self, run: &str) -> Result<(), BoxError> {
        Ok(self.call_locked("delete from", [run], |session, table| match session.kept(table)? {
            Some(mut kept) => kept.forget(run),
            None => Ok(Some(())),
        })?)
    }
}

/// The size of an entry in bytes.
fn size(entry: &Entry) -> usize {
    entry.run.len() + entry.name.len() + entry.record.len() + entry.value.len()
}

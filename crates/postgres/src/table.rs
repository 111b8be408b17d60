//! The table: its name, and the SQL on it.

use crate::error::Error;
use std::fmt;
use typed_pipeliner::text::one_line;

/// The longest identifier of PostgreSQL in bytes. It cuts a longer one, so two names would be one.
const LONGEST: usize = 63;

/// The name of a table, in quotes, so that each character in it is one of the name.
#[derive(Debug, Clone)]
pub(crate) struct Table(String);

impl Default for Table {
    fn default() -> Self {
        Table(quoted("typed_pipeliner_kept"))
    }
}

impl Table {
    /// Reads `table` or `schema.table`.
    pub(crate) fn new(name: &str) -> Result<Self, Error> {
        let parts: Vec<_> = name.split('.').collect();
        let is_identifier = |part: &&str| (1..=LONGEST).contains(&part.len()) && !part.contains('\0');
        if parts.len() > 2 || !parts.iter().all(is_identifier) {
            return Err(Error::new(format!(
                "`{}` is no name of a table: it is `table` or `schema.table`, each of 1 to {LONGEST} bytes",
                one_line(name)
            )));
        }
        Ok(Table(parts.into_iter().map(quoted).collect::<Vec<_>>().join(".")))
    }

    /// Finds the number of the table whose name is `$1`; null if there is none.
    pub(crate) const FIND: &str = "select to_regclass($1)::oid";

    /// Makes the table, unless it is there. Two sessions that do so at once would fail, so one
    /// waits for the other; the lock ends with the transaction, which is the whole text.
    ///
    /// Keys and names are any text, also with a NUL, which PostgreSQL has only as bytes; and of any
    /// length, which an index has only as hashes. A primary key is there for replication.
    pub(crate) fn create(&self) -> String {
        format!("select pg_advisory_xact_lock(hashtextextended('typed-pipeliner', 0)); {}", self.definition())
    }

    /// The definition of the table.
    pub(crate) fn definition(&self) -> String {
        format!(
            "create table if not exists {self} (\
             run bytea not null, \
             name bytea not null, \
             record bytea not null, \
             value bytea not null, \
             written timestamptz not null default now(), \
             run_id bytea generated always as (sha256(run)) stored, \
             name_id bytea generated always as (sha256(name)) stored, \
             primary key (run_id, name_id))"
        )
    }

    /// Writes entries, given as four arrays, if `$5` is the session.
    pub(crate) fn write(&self) -> String {
        format!(
            "insert into {self} (run, name, record, value) \
             select unnest($1::bytea[]), unnest($2::bytea[]), unnest($3::bytea[]), unnest($4::bytea[]) \
             where pg_backend_pid() = $5 \
             on conflict (run_id, name_id) \
             do update set record = excluded.record, value = excluded.value, written = excluded.written"
        )
    }

    /// The names and records of run `$1`.
    pub(crate) fn records(&self) -> String {
        format!("select name, record from {self} where run_id = sha256($1)")
    }

    /// The values of the names `$2` of run `$1`, in their order.
    pub(crate) fn read(&self) -> String {
        format!(
            "select value from unnest($2::bytea[]) with ordinality as wanted (name, place) \
             left join {self} as kept on kept.run_id = sha256($1) and kept.name_id = sha256(wanted.name) \
             order by place"
        )
    }

    /// Each run: its key, the number of entries, their bytes, the time of the last, whether a
    /// session has it. A lock with a key of 64 bits is listed in two halves, with the number 1.
    pub(crate) fn runs(&self, oid: u32) -> String {
        format!(
            "select run, entries, bytes, written, exists (\
               select from pg_locks where locktype = 'advisory' and objsubid = 1 and granted \
               and database = (select oid from pg_database where datname = current_database()) \
               and (classid::bigint << 32 | objid::bigint) = {key}) \
             from (\
               select run, count(*) as entries, max(written) as written, \
               sum(length(record) + length(value)::bigint)::bigint as bytes \
               from {self} group by run) as runs",
            key = key("run", oid)
        )
    }

    /// Removes run `$1`, if `$2` is the session. The answer is whether it is.
    pub(crate) fn forget(&self) -> String {
        format!(
            "with forgotten as (delete from {self} where run_id = sha256($1) and pg_backend_pid() = $2) \
             select pg_backend_pid() = $2"
        )
    }

    /// Locks run `$1` for the session `$2`. The answer is null if this is another session.
    pub(crate) fn lock(oid: u32) -> String {
        format!("select case when pg_backend_pid() = $2 then pg_try_advisory_lock({}) end", key("$1", oid))
    }

    /// Unlocks run `$1`.
    pub(crate) fn unlock(oid: u32) -> String {
        format!("select pg_advisory_unlock({})", key("$1", oid))
    }
}

/// Prints the name as SQL.
impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The key of the lock of a run: a hash of its key, seeded with the number of the table, by which
/// the database knows it under each of its names.
fn key(run: &str, oid: u32) -> String {
    format!("hashtextextended(encode({run}, 'hex'), {oid})")
}

/// An identifier in quotes.
fn quoted(identifier: &str) -> String {
    format!("\"{}\"", identifier.replace('"', "\"\""))
}

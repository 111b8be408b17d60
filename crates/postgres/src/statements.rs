//! The statements on the table, and their answers.

use crate::table::Table;
use postgres::{Client, Row, Statement};
use typed_pipeliner::journal::{Entry, KeptRecord, RunSummary};

/// The statements that are prepared once for a session.
pub(crate) struct Statements {
    /// The number of the table.
    oid: u32,
    /// [`Table::write`].
    write: Statement,
    /// [`Table::records`].
    records: Statement,
    /// [`Table::read`].
    read: Statement,
    /// [`Table::forget`].
    forget: Statement,
    /// [`Table::lock`].
    lock: Statement,
    /// [`Table::unlock`].
    unlock: Statement,
}

/// The table in a session.
pub(crate) struct Kept<'s> {
    /// The connection.
    pub(crate) client: &'s mut Client,
    /// The statements.
    pub(crate) statements: &'s Statements,
    /// The number of the process that serves the session.
    pub(crate) pid: i32,
}

impl Statements {
    /// Prepares the statements; none if there is no table.
    pub(crate) fn prepare(client: &mut Client, table: &Table) -> Result<Option<Self>, postgres::Error> {
        let Some(oid) = client.query_one(Table::FIND, &[&table.to_string()])?.get(0) else { return Ok(None) };
        Ok(Some(Statements {
            oid,
            write: client.prepare(&table.write())?,
            records: client.prepare(&table.records())?,
            read: client.prepare(&table.read())?,
            forget: client.prepare(&table.forget())?,
            lock: client.prepare(&Table::lock(oid))?,
            unlock: client.prepare(&Table::unlock(oid))?,
        }))
    }
}

/// Each function that needs the lock of a run returns `None` if it has done nothing, because
/// another session of the server got the statement: there is a pool in between.
impl Kept<'_> {
    /// Locks a run; `false` if another session has it.
    pub(crate) fn lock(&mut self, run: &str) -> Result<Option<bool>, postgres::Error> {
        Ok(self.client.query_one(&self.statements.lock, &[&run.as_bytes(), &self.pid])?.get(0))
    }

    /// Unlocks a run.
    pub(crate) fn unlock(&mut self, run: &str) -> Result<(), postgres::Error> {
        self.client.query_one(&self.statements.unlock, &[&run.as_bytes()]).map(drop)
    }

    /// Writes entries, all of them or none. No two have the same run and name.
    pub(crate) fn write(&mut self, entries: &[&Entry]) -> Result<Option<()>, postgres::Error> {
        let column = |bytes: fn(&Entry) -> &[u8]| entries.iter().map(|entry| bytes(entry)).collect::<Vec<_>>();
        let runs = column(|entry| entry.run.as_bytes());
        let names = column(|entry| entry.name.as_bytes());
        let records = column(|entry| &entry.record);
        let values = column(|entry| &entry.value);
        let written = self.client.execute(&self.statements.write, &[&runs, &names, &records, &values, &self.pid])?;
        Ok((written == entries.len() as u64).then_some(()))
    }

    /// The records of a run.
    pub(crate) fn records(&mut self, run: &str) -> Result<Vec<KeptRecord>, postgres::Error> {
        let rows = self.client.query(&self.statements.records, &[&run.as_bytes()])?;
        Ok(rows.iter().map(|row| KeptRecord { name: text(row, 0), record: row.get(1) }).collect())
    }

    /// The values with these names.
    pub(crate) fn read(&mut self, run: &str, names: &[&[u8]]) -> Result<Vec<Option<Vec<u8>>>, postgres::Error> {
        let rows = self.client.query(&self.statements.read, &[&run.as_bytes(), &names])?;
        Ok(rows.iter().map(|row| row.get(0)).collect())
    }

    /// All runs.
    pub(crate) fn runs(&mut self, table: &Table) -> Result<Vec<RunSummary>, postgres::Error> {
        let rows = self.client.query(&table.runs(self.statements.oid), &[])?;
        let summary = |row: &Row| {
            let (entries, bytes) = (row.get::<_, i64>(1), row.get::<_, i64>(2));
            let mut summary = RunSummary::new(text(row, 0));
            summary.entries = entries.unsigned_abs();
            summary.bytes = bytes.unsigned_abs();
            summary.written = row.get(3);
            summary.is_in_use = row.get(4);
            summary
        };
        Ok(rows.iter().map(summary).collect())
    }

    /// Removes a run.
    pub(crate) fn forget(&mut self, run: &str) -> Result<Option<()>, postgres::Error> {
        let answer = self.client.query_one(&self.statements.forget, &[&run.as_bytes(), &self.pid])?;
        Ok(answer.get::<_, bool>(0).then_some(()))
    }
}

/// A text that is kept as bytes. A shelf writes nothing else; other bytes are replaced.
fn text(row: &Row, column: usize) -> String {
    String::from_utf8_lossy(row.get(column)).into_owned()
}

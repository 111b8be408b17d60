//! A shelf in one file: a database of redb, version 1 of its format.
//!
//! | table | key | value |
//! | --- | --- | --- |
//! | `typed-pipeliner journal` | `format` | the version of the format, 1 |
//! | `records` | an entry | 8 bytes: when it was written, in milliseconds since 1970; 8 bytes: the length of its value; its record |
//! | `values` | an entry | its value |
//!
//! The key of an entry is the length of that of its run in 4 bytes, big-endian, the key of the run,
//! and its name. Other numbers are little-endian.

use super::open_error::{OpenError, Reason};
use super::shelf::{Entry, KeptRecord, RunSummary, Shelf};
use crate::error::BoxError;
use redb::{
    Builder, Database, DatabaseError, ReadOnlyTable, ReadableDatabase, ReadableTable, StorageError, TableDefinition,
    TableHandle, WriteTransaction,
};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{self, Path, PathBuf};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

/// The table that makes a database a journal, its one key, and the version of the format.
const MARKER: TableDefinition<'_, &str, u32> = TableDefinition::new("typed-pipeliner journal");
const FORMAT_KEY: &str = "format";
const FORMAT: u32 = 1;

/// The entries, in two tables, so that the records are read without the values.
const RECORDS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("records");
const VALUES: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("values");

/// The number of bytes before a record.
const FIXED: usize = 16;

/// A shelf in one file, an embedded database of [redb](https://docs.rs/redb).
///
/// Feature `redb`; it needs Rust 1.90. Entries that are written are safe from a power failure,
/// which takes milliseconds for one entry or for many that are written at once. One process has the
/// file, for all of its runs; another one gets an [error that it is in use](OpenError::is_in_use).
/// A file that is damaged is not opened, and none of its values can be read.
///
/// ```
/// use typed_pipeliner::journal::{Redb, Shelf};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("nightly.redb");
/// let mut redb = Redb::open(&path)?;
/// assert!(redb.lock("2026-11-29")?);
/// assert!(Redb::open(&path).unwrap_err().is_in_use());
/// # Ok::<(), typed_pipeliner::BoxError>(())
/// ```
pub struct Redb {
    /// The file.
    path: PathBuf,
    /// The database, which this process alone has; `None` after a write that failed, because redb
    /// then refuses all others.
    database: Option<Database>,
    /// The runs that are locked.
    locked: BTreeSet<String>,
}

impl Redb {
    /// Opens a file, or makes it if there is none. Reads all of it, to check that it is not
    /// damaged.
    ///
    /// # Errors
    ///
    /// If another process has opened the file, or this one for a second time; if it is something
    /// else, or damaged, or a newer version of this library wrote it; or if it can be neither read
    /// nor made.
    pub fn open(file: impl AsRef<Path>) -> Result<Self, OpenError> {
        let given = file.as_ref();
        // The program may change its current folder.
        let path = path::absolute(given).map_err(|error| OpenError::failed(given, error))?;
        let database = open(&path).map_err(|reason| OpenError::new(given, reason))?;
        Ok(Redb { path, database: Some(database), locked: BTreeSet::new() })
    }

    /// The database, opened again if that is necessary. Between, another process can take it.
    fn database(&mut self) -> Result<&Database, OpenError> {
        match &mut self.database {
            Some(database) => Ok(database),
            closed => Ok(closed.insert(open(&self.path).map_err(|reason| OpenError::new(&self.path, reason))?)),
        }
    }

    /// A table, as it is now.
    fn table(&mut self, table: TableDefinition<'static, &'static [u8], &'static [u8]>) -> Result<Table, BoxError> {
        Ok(self.database()?.begin_read()?.open_table(table)?)
    }

    /// Changes the tables in a transaction.
    fn change(&mut self, change: impl FnOnce(&WriteTransaction) -> Result<(), redb::Error>) -> Result<(), BoxError> {
        let database = self.database()?;
        let changed = || {
            let transaction = database.begin_write()?;
            change(&transaction)?;
            Ok(transaction.commit()?)
        };
        let changed: Result<(), redb::Error> = changed();
        if changed.is_err() {
            self.database = None;
        }
        Ok(changed?)
    }
}

/// A table that is read.
type Table = ReadOnlyTable<&'static [u8], &'static [u8]>;

impl fmt::Debug for Redb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redb").field("locked", &self.locked).finish_non_exhaustive()
    }
}

impl Shelf for Redb {
    fn lock(&mut self, run: &str) -> Result<bool, BoxError> {
        Ok(self.locked.insert(run.to_owned()))
    }

    fn unlock(&mut self, run: &str) {
        self.locked.remove(run);
    }

    fn records(&mut self, run: &str) -> Result<Vec<KeptRecord>, BoxError> {
        let (entries, mut records) = (entries(run), Vec::new());
        for entry in self.table(RECORDS)?.range::<&[u8]>(slices(&entries))? {
            let (key, kept) = entry?;
            let name = std::str::from_utf8(&key.value()[entries.start.len()..])?.to_owned();
            records.push(KeptRecord { name, record: kept.value().get(FIXED..).unwrap_or_default().to_vec() });
        }
        Ok(records)
    }

    fn read(&mut self, run: &str, names: &[Arc<str>]) -> Result<Vec<Option<Vec<u8>>>, BoxError> {
        let values = self.table(VALUES)?;
        let value = |name: &Arc<str>| Ok(values.get(&*key(run, name))?.map(|value| value.value().to_vec()));
        names.iter().map(value).collect()
    }

    fn write(&mut self, entries: &[Entry]) -> Result<(), BoxError> {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis() as u64;
        self.change(|transaction| {
            let (mut records, mut values) = (transaction.open_table(RECORDS)?, transaction.open_table(VALUES)?);
            for entry in entries {
                let key = key(&entry.run, &entry.name);
                let length = entry.value.len() as u64;
                let record = [&now.to_le_bytes()[..], &length.to_le_bytes(), &entry.record].concat();
                records.insert(&*key, &*record)?;
                values.insert(&*key, &*entry.value)?;
            }
            Ok(())
        })
    }

    fn runs(&mut self) -> Result<Vec<RunSummary>, BoxError> {
        let mut runs = BTreeMap::<String, RunSummary>::new();
        for entry in self.table(RECORDS)?.iter()? {
            let (key, kept) = entry?;
            let (run, kept) = (run_of(key.value())?, kept.value());
            let (fixed, record) = kept.split_at_checked(FIXED).ok_or("a record in the database is too short")?;
            let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte));
            let (written, length) = (Duration::from_millis(number(&fixed[..8])), number(&fixed[8..]));
            let summary = runs.entry(run.to_owned()).or_insert_with(|| RunSummary::new(run));
            summary.entries += 1;
            summary.bytes += record.len() as u64 + length;
            summary.written = summary.written.max(SystemTime::UNIX_EPOCH.checked_add(written));
            summary.is_in_use = self.locked.contains(run);
        }
        Ok(runs.into_values().collect())
    }

    fn forget(&mut self, run: &str) -> Result<(), BoxError> {
        let entries = entries(run);
        self.change(|transaction| {
            for table in [RECORDS, VALUES] {
                transaction.open_table(table)?.retain_in::<&[u8], _>(slices(&entries), |_, _| false)?;
            }
            Ok(())
        })
    }
}

/// Opens a database that is a journal, or makes one.
fn open(path: &Path) -> Result<Database, Reason> {
    if !path.try_exists().map_err(|error| Reason::Failed(error.into()))? {
        make(path).map_err(Reason::Failed)?;
    }
    let database = Builder::new().set_check_integrity_on_open(true).open(path).map_err(reason)?;
    check_marker(&database)?;
    Ok(database)
}

/// The key of an entry.
fn key(run: &str, name: &str) -> Vec<u8> {
    [&(run.len() as u32).to_be_bytes(), run.as_bytes(), name.as_bytes()].concat()
}

/// The keys of all entries of a run: no name begins with the byte 255.
fn entries(run: &str) -> Range<Vec<u8>> {
    let first = key(run, "");
    let behind = [&first[..], &[255]].concat();
    first..behind
}

/// A range of keys, borrowed.
fn slices(range: &Range<Vec<u8>>) -> Range<&[u8]> {
    &range.start..&range.end
}

/// The run of the entry with this key.
fn run_of(key: &[u8]) -> Result<&str, BoxError> {
    let run = key.split_first_chunk().and_then(|(&length, rest)| rest.get(..u32::from_be_bytes(length) as usize));
    Ok(std::str::from_utf8(run.ok_or("a key in the database is too short")?)?)
}

/// Makes a database with empty tables, unless somebody else does that first. Until it is complete,
/// it has another name: redb refuses a file that is not.
fn make(path: &Path) -> Result<(), BoxError> {
    // Several threads and processes may do it at once.
    static MADE: AtomicU32 = AtomicU32::new(0);
    let mut aside = path.as_os_str().to_owned();
    aside.push(format!(".aside-{}-{}", process::id(), MADE.fetch_add(1, Ordering::Relaxed)));
    let aside = PathBuf::from(aside);
    let made = make_aside(&aside).and_then(|()| match fs::hard_link(&aside, path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        // The file system has no links.
        Err(_) => fs::rename(&aside, path).map_err(BoxError::from),
        Ok(()) => Ok(()),
    });
    match fs::remove_file(&aside) {
        Err(error) if error.kind() != ErrorKind::NotFound => made.and(Err(error.into())),
        _ => made,
    }
}

/// Makes a database with empty tables.
fn make_aside(path: &Path) -> Result<(), BoxError> {
    let database = Database::create(path)?;
    let transaction = database.begin_write()?;
    transaction.open_table(MARKER)?.insert(FORMAT_KEY, FORMAT)?;
    transaction.open_table(RECORDS)?;
    transaction.open_table(VALUES)?;
    Ok(transaction.commit()?)
}

/// Checks that a database is a journal that this version can read.
fn check_marker(database: &Database) -> Result<(), Reason> {
    let format = || {
        let transaction = database.begin_read()?;
        match transaction.list_tables()?.any(|table| table.name() == MARKER.name()) {
            true => Ok(transaction.open_table(MARKER)?.get(FORMAT_KEY)?.map(|format| format.value())),
            false => Ok(None),
        }
    };
    match format().map_err(Reason::Failed)? {
        Some(FORMAT) => Ok(()),
        Some(newer) => Err(Reason::Newer(newer.to_string(), FORMAT)),
        None => Err(Reason::Foreign("it is another database")),
    }
}

/// Why redb opens no file.
fn reason(error: DatabaseError) -> Reason {
    match error {
        DatabaseError::DatabaseAlreadyOpen => Reason::InUse,
        DatabaseError::Storage(StorageError::Io(error)) if error.kind() == ErrorKind::InvalidData => {
            Reason::Foreign("it is no database of redb")
        }
        error => Reason::Failed(error.into()),
    }
}

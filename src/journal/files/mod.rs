//! A shelf in a folder, with a file for each entry.
//!
//! ```text
//! nightly/                              the folder that is opened
//!   typed-pipeliner-journal             a line of text, with the version of the format
//!   run-2026-11-29/                     a run
//!     .lock                             locked by the journal that has the run
//!     .aside-0                          a file that is being written
//!     kept-app%3A%3A%46etch             the entry app::Fetch
//! ```
//!
//! `names` has the rules for names of runs and entries, `format` the bytes of a file.
//!
//! A file is written aside and renamed, so it is there as a whole or not at all, also if the
//! process is killed. Unless it is synced before, a power failure may leave one without its end.

mod error;
mod format;
mod lock;
mod names;

use super::open_error::{OpenError, Reason};
use super::shelf::{Entry, KeptRecord, RunSummary, Shelf};
use crate::error::BoxError;
use crate::text::one_line;
use error::{FileError, foreign, misplaced};
use format::{Contents, Head};
use lock::Lock;
use std::collections::BTreeMap;
use std::fs::{self, DirEntry, File, ReadDir};
use std::io::{self, ErrorKind, Write};
use std::path::{self, Path, PathBuf};
use std::process;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// The name of the file that makes a folder a journal, and its text before the version.
const MARKER: &str = "typed-pipeliner-journal";
const MARKER_TEXT: &str = "typed-pipeliner journal, format ";

/// The version of the format.
const FORMAT: u32 = 1;

/// What names of files begin with.
const RUN: &str = "run-";
const KEPT: &str = "kept-";
const ASIDE: &str = ".aside-";

/// How many files of a durable shelf are open at once.
const SYNCED_AT_ONCE: usize = 64;

/// A shelf in a folder, with a file for each entry.
///
/// Several journals may use the folder at once, each on runs of its own.
///
/// An entry that is written is safe from the end of the process, by `kill -9` too. If the power
/// fails, the last entries may be lost or damaged, unless the shelf is [`durable`](Files::durable).
/// The journal notices that, and such a step runs again.
///
/// ```
/// use typed_pipeliner::journal::{Files, Shelf};
///
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("nightly");
/// let mut files = Files::open(&path)?;
/// assert!(files.lock("2026-11-29")?);
///
/// // Another journal, here or in another process.
/// let mut others = Files::open(&path)?;
/// assert!(!others.lock("2026-11-29")?);
/// assert!(others.lock("2026-11-30")?);
/// # Ok::<(), typed_pipeliner::BoxError>(())
/// ```
#[derive(Debug)]
pub struct Files {
    /// The folder.
    folder: PathBuf,
    /// Whether files are synced.
    is_durable: bool,
    /// The runs that are locked.
    locked: BTreeMap<String, Lock>,
}

impl Files {
    /// Opens a folder, or makes it if there is none.
    ///
    /// # Errors
    ///
    /// If the folder has other files and is not a journal, if a newer version of this library wrote
    /// it, or if it can be neither read nor made.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self, OpenError> {
        let given = folder.as_ref();
        let failed = |error: io::Error| OpenError::failed(given, error);
        let refused = |reason| OpenError::new(given, reason);
        // The program may change its current folder.
        let folder = path::absolute(given).map_err(failed)?;
        match fs::create_dir_all(&folder) {
            Err(_) if folder.is_file() => return Err(refused(Reason::Foreign("it is a file"))),
            made => made.map_err(failed)?,
        }
        // In this order: another process may write the marker, and then a run.
        let is_empty = is_empty(&folder).map_err(failed)?;
        match fs::read_to_string(folder.join(MARKER)) {
            Ok(text) => match text.strip_prefix(MARKER_TEXT).map(|format| format.trim_end()) {
                Some(known) if known == FORMAT.to_string() => {}
                Some(newer) => return Err(refused(Reason::Newer(one_line(newer).into(), FORMAT))),
                None => return Err(refused(Reason::Foreign("its marker has another text"))),
            },
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(failed(error)),
            Err(_) if is_empty => mark(&folder).map_err(failed)?,
            Err(_) => return Err(refused(Reason::Foreign("it has other files: name a new folder"))),
        }
        Ok(Files { folder, is_durable: false, locked: BTreeMap::new() })
    }

    /// Makes entries safe from a power failure too: files and folders are synced before a write
    /// returns. That takes milliseconds, for one entry or for many that are written at once.
    ///
    /// ```
    /// # use typed_pipeliner::journal::Files;
    /// # let folder = tempfile::tempdir()?;
    /// # let path = folder.path().join("nightly");
    /// let files = Files::open(path)?.durable();
    /// # Ok::<(), typed_pipeliner::BoxError>(())
    /// ```
    pub fn durable(mut self) -> Self {
        self.is_durable = true;
        self
    }

    /// The folder of a run.
    fn folder_of(&self, run: &str) -> PathBuf {
        self.folder.join(names::encode(RUN, run))
    }

    /// The folder of a run that is locked.
    fn locked(&self, run: &str) -> Result<&Path, BoxError> {
        let lock = self.locked.get(run).ok_or_else(|| format!("run `{}` is not locked", one_line(run)))?;
        Ok(lock.folder())
    }

    /// Writes entries aside, then moves them into their places.
    fn put(&self, entries: &[Entry]) -> Result<(), BoxError> {
        let mut moves = Vec::with_capacity(entries.len());
        for (number, entry) in entries.iter().enumerate() {
            let folder = self.locked(&entry.run)?;
            let (aside, place) = (aside(folder, number), folder.join(names::encode(KEPT, &entry.name)));
            let file = write_aside(&aside, entry).map_err(FileError::of("written", &aside))?;
            moves.push((aside, file, place, entry));
        }
        if self.is_durable {
            for (aside, file, ..) in &moves {
                file.sync_data().map_err(FileError::of("synced", aside))?;
            }
        }
        for (aside, file, place, entry) in moves {
            drop(file);
            check_place(&place, entry)?;
            fs::rename(&aside, &place).map_err(FileError::of("written", &place))?;
        }
        Ok(())
    }
}

impl Shelf for Files {
    fn lock(&mut self, run: &str) -> Result<bool, BoxError> {
        let folder = self.folder_of(run);
        let Some(lock) = Lock::take(&folder).map_err(FileError::of("locked", &folder))? else { return Ok(false) };
        // Those of a process that was killed.
        for file in list(&folder)? {
            if has_prefix(&file, ASIDE) {
                fs::remove_file(file.path()).map_err(FileError::of("removed", &file.path()))?;
            }
        }
        if self.is_durable {
            sync_folder(&self.folder).map_err(FileError::of("synced", &self.folder))?;
        }
        self.locked.insert(run.to_owned(), lock);
        Ok(true)
    }

    fn unlock(&mut self, run: &str) {
        self.locked.remove(run).into_iter().for_each(Lock::release);
    }

    fn records(&mut self, run: &str) -> Result<Vec<KeptRecord>, BoxError> {
        let mut records = Vec::new();
        for file in list(&self.folder_of(run))? {
            let path = file.path();
            if is_ours_besides(&file) {
                continue;
            }
            if !has_prefix(&file, KEPT) {
                return Err(foreign(&path));
            }
            records.extend(match format::read(&path).map_err(FileError::of("read", &path))? {
                // Another process has removed it.
                None => None,
                Some(Contents::Entry(Head { run: of_run, name, record, .. })) => {
                    match of_run == run && file.file_name() == *names::encode(KEPT, &name) {
                        true => Some(KeptRecord { name, record }),
                        false => return Err(misplaced(&path, &of_run, &name)),
                    }
                }
                // The journal reports a record that is no record as damaged.
                Some(Contents::Damaged) => {
                    names::decode(KEPT, &file.file_name()).map(|name| KeptRecord { name, record: Vec::new() })
                }
                Some(Contents::Foreign) => return Err(foreign(&path)),
            });
        }
        Ok(records)
    }

    fn read(&mut self, run: &str, names: &[Arc<str>]) -> Result<Vec<Option<Vec<u8>>>, BoxError> {
        let folder = self.folder_of(run);
        let read = |name: &Arc<str>| {
            let path = folder.join(names::encode(KEPT, name));
            match format::read(&path).map_err(FileError::of("read", &path))? {
                None | Some(Contents::Damaged) => Ok(None),
                Some(Contents::Foreign) => Err(foreign(&path)),
                Some(Contents::Entry(head)) if head.run != run || head.name != **name => {
                    Err(misplaced(&path, &head.run, &head.name))
                }
                Some(Contents::Entry(head)) => Ok(Some(head.value().map_err(FileError::of("read", &path))?)),
            }
        };
        names.iter().map(read).collect()
    }

    fn write(&mut self, entries: &[Entry]) -> Result<(), BoxError> {
        for entries in entries.chunks(if self.is_durable { SYNCED_AT_ONCE } else { 1 }) {
            if let Err(error) = self.put(entries) {
                // The disk may be full. What cannot be removed either is removed by the next lock.
                for (number, folder) in entries.iter().map(|entry| self.locked(&entry.run)).enumerate() {
                    let _ = fs::remove_file(aside(folder?, number));
                }
                return Err(error);
            }
        }
        if self.is_durable {
            let mut runs: Vec<_> = entries.iter().map(|entry| &entry.run).collect();
            runs.sort_unstable();
            runs.dedup();
            for folder in runs.into_iter().map(|run| self.locked(run)) {
                let folder = folder?;
                sync_folder(folder).map_err(FileError::of("synced", folder))?;
            }
        }
        Ok(())
    }

    fn runs(&mut self) -> Result<Vec<RunSummary>, BoxError> {
        let runs = list(&self.folder)?.into_iter().filter(|file| has_prefix(file, RUN));
        runs.filter_map(|folder| summary(&folder).transpose()).collect()
    }

    fn forget(&mut self, run: &str) -> Result<(), BoxError> {
        let folder = self.locked(run)?;
        let (ours, others): (Vec<_>, _) = list(folder)?.into_iter().partition(|file| has_prefix(file, KEPT));
        let contents = |file: &DirEntry| format::read(&file.path()).map_err(FileError::of("read", &file.path()));
        if let Some(other) = others.iter().find(|file| !is_ours_besides(file)) {
            return Err(foreign(&other.path()));
        }
        for file in &ours {
            if let Some(Contents::Foreign) = contents(file)? {
                return Err(foreign(&file.path()));
            }
        }
        for file in &ours {
            fs::remove_file(file.path()).map_err(FileError::of("removed", &file.path()))?;
        }
        if self.is_durable {
            sync_folder(folder).map_err(FileError::of("synced", folder))?;
        }
        Ok(())
    }
}

/// The files of a folder; none if there is no such folder.
fn list(folder: &Path) -> Result<Vec<DirEntry>, FileError> {
    let files = match fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        files => files.and_then(ReadDir::collect::<io::Result<Vec<_>>>),
    };
    files.map_err(FileError::of("read", folder))
}

/// Whether a folder has no files, besides those that [`mark`] writes aside.
fn is_empty(folder: &Path) -> io::Result<bool> {
    for file in fs::read_dir(folder)? {
        if !has_prefix(&file?, ASIDE) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Makes an empty folder a journal.
fn mark(folder: &Path) -> io::Result<()> {
    // Several threads and processes may do it at once.
    static MARKED: AtomicU32 = AtomicU32::new(0);
    let aside = folder.join(format!("{ASIDE}{}-{}", process::id(), MARKED.fetch_add(1, Ordering::Relaxed)));
    let mut file = File::create(&aside)?;
    file.write_all(format!("{MARKER_TEXT}{FORMAT}\n").as_bytes())?;
    file.sync_data()?;
    fs::rename(aside, folder.join(MARKER))?;
    folder.parent().map_or(Ok(()), sync_folder)
}

/// The path of a file that is written aside.
fn aside(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!("{ASIDE}{number}"))
}

/// Writes an entry to a file aside.
fn write_aside(path: &Path, entry: &Entry) -> io::Result<File> {
    let head = format::head(entry)?;
    let mut file = File::create(path)?;
    file.write_all(&head)?;
    file.write_all(&entry.value)?;
    Ok(file)
}

/// Checks that nothing else is in the place of an entry.
fn check_place(path: &Path, entry: &Entry) -> Result<(), BoxError> {
    match format::read(path).map_err(FileError::of("read", path))? {
        Some(Contents::Foreign) => Err(foreign(path)),
        Some(Contents::Entry(there)) if there.run != *entry.run || there.name != *entry.name => {
            Err(misplaced(path, &there.run, &there.name))
        }
        _ => Ok(()),
    }
}

/// Writes the names of files in a folder to the disk. On Windows a folder cannot be synced, and its
/// file system writes them in order.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Whether the name of a file begins with this.
fn has_prefix(file: &DirEntry, prefix: &str) -> bool {
    file.file_name().as_encoded_bytes().starts_with(prefix.as_bytes())
}

/// Whether a file in the folder of a run is ours, and is not an entry.
fn is_ours_besides(file: &DirEntry) -> bool {
    file.file_name() == lock::LOCK || has_prefix(file, ASIDE)
}

/// A run, from its folder; `None` if it has no entries.
fn summary(folder: &DirEntry) -> Result<Option<RunSummary>, BoxError> {
    let path = folder.path();
    let mut key = names::decode(RUN, &folder.file_name());
    let mut summary = RunSummary::new("");
    for file in list(&path)?.iter().filter(|file| has_prefix(file, KEPT)) {
        let metadata = match file.metadata() {
            // Another process has removed it.
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            metadata => metadata.map_err(FileError::of("read", &file.path()))?,
        };
        summary.entries += 1;
        summary.bytes += metadata.len();
        summary.written = summary.written.max(metadata.modified().ok());
        // The key was too long for the name of the folder.
        if key.is_none() {
            if let Ok(Some(Contents::Entry(head))) = format::read(&file.path()) {
                key = Some(head.run);
            }
        }
    }
    let Some(run) = key.filter(|_| summary.entries > 0) else { return Ok(None) };
    let is_in_use = lock::is_held(&path).map_err(FileError::of("locked", &path))?;
    Ok(Some(RunSummary { run, is_in_use, ..summary }))
}

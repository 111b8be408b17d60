//! The lock of a run: a locked file in its folder. The operating system unlocks it when the process
//! ends, however that ends.

use fs4::{FileExt, TryLockError};
use same_file::Handle;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

/// The name of the file.
pub(super) const LOCK: &str = ".lock";

/// How often a lock is tried, and the pause between. Somebody else may have it for a moment, in
/// [`is_held`], or remove it with a folder that is empty.
const ATTEMPTS: u32 = 10;
const PAUSE: Duration = Duration::from_millis(1);

/// The lock of a run, which this process has.
#[derive(Debug)]
pub(super) struct Lock {
    /// The folder of the run.
    folder: PathBuf,
    /// The locked file.
    _file: File,
}

impl Lock {
    /// Makes the folder of a run if there is none, and locks it; `None` if somebody else has the
    /// lock.
    pub(super) fn take(folder: &Path) -> io::Result<Option<Lock>> {
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                thread::sleep(PAUSE);
            }
            if let Some(file) = take_once(folder)? {
                return Ok(Some(Lock { folder: folder.to_owned(), _file: file }));
            }
        }
        Ok(None)
    }

    /// The folder of the run.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Unlocks the run. If it has no entries, removes its folder.
    pub(super) fn release(self) {
        // The file is removed while it is locked, so nobody else has it. A journal that has opened
        // it by now gets the lock of a file that is not there, and tries again.
        let _ = fs::remove_file(self.folder.join(LOCK));
        // Fails if there are entries, or a new lock of somebody else.
        let _ = fs::remove_dir(&self.folder);
    }
}

/// Tries a lock. `None` if somebody else has it, or has removed it.
fn take_once(folder: &Path) -> io::Result<Option<File>> {
    match fs::create_dir(folder) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    let path = folder.join(LOCK);
    let file = match OpenOptions::new().write(true).create(true).truncate(false).open(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        file => file?,
    };
    // Not the methods of std with these names, which Rust 1.89 has.
    match FileExt::try_lock(&file) {
        Err(TryLockError::WouldBlock) => return Ok(None),
        locked => locked?,
    }
    // Two files that have had the same path may be locked at once.
    let locked = Handle::from_file(file.try_clone()?)?;
    match Handle::from_path(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        current => Ok((current? == locked).then_some(file)),
    }
}

/// Whether somebody has the lock of a run.
pub(super) fn is_held(folder: &Path) -> io::Result<bool> {
    let file = match File::open(folder.join(LOCK)) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        file => file?,
    };
    match FileExt::try_lock_shared(&file) {
        Err(TryLockError::WouldBlock) => Ok(true),
        locked => locked.map(|()| false).map_err(io::Error::from),
    }
}

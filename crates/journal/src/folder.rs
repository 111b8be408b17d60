//! Opens a journal that is there.

use std::fs;
use std::path::Path;
use typed_pipeliner::BoxError;
use typed_pipeliner::journal::Journal;

/// Opens the journal in a folder. The library would make one where there is none.
pub(crate) fn open(folder: &Path) -> Result<Journal, BoxError> {
    let path = folder.display();
    if !folder.try_exists()? {
        return Err(format!("there is no folder `{path}`").into());
    }
    if folder.is_dir() && fs::read_dir(folder)?.next().is_none() {
        return Err(format!("`{path}` is not a journal, because it is empty").into());
    }
    Ok(Journal::open(folder)?)
}

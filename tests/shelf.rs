//! Each shelf keeps the promises of the trait.
#![cfg(feature = "journal")]

#[path = "support/shelf.rs"]
mod shelf;

use shelf::{Place, SharedPlace, shelf_tests};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use typed_pipeliner::journal::{Files, Memory};

impl Place for Memory {
    type Shelf = Memory;

    fn new() -> Self {
        Memory::new()
    }

    fn open(&self) -> Memory {
        self.clone()
    }
}

/// A path in a folder that ends with the test that made it.
struct InFolder {
    path: PathBuf,
    _folder: Option<TempDir>,
}

impl InFolder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        InFolder { path: folder.path().join("journal"), _folder: Some(folder) }
    }

    fn at(address: &str) -> Self {
        InFolder { path: address.into(), _folder: None }
    }
}

/// Declares a place in a folder, with the function that opens its shelf.
macro_rules! place {
    ($name:ident: $shelf:ty, $open:expr) => {
        struct $name(InFolder);

        impl Place for $name {
            type Shelf = $shelf;

            fn new() -> Self {
                $name(InFolder::new())
            }

            fn open(&self) -> $shelf {
                let open: fn(&Path) -> $shelf = $open;
                open(&self.0.path)
            }
        }

        impl SharedPlace for $name {
            fn address(&self) -> String {
                self.0.path.to_str().unwrap().to_owned()
            }

            fn at(address: &str) -> Self {
                $name(InFolder::at(address))
            }
        }
    };
}
place!(OfFiles: Files, |path| Files::open(path).unwrap());
place!(OfDurableFiles: Files, |path| Files::open(path).unwrap().durable());
#[cfg(feature = "redb")]
place!(OfRedb: typed_pipeliner::journal::Redb, |path| typed_pipeliner::journal::Redb::open(path).unwrap());

mod memory {
    use super::*;
    shelf_tests!(any: Memory);
}

mod files {
    use super::*;
    shelf_tests!(any: OfFiles);
    shelf_tests!(shared: OfFiles);
    shelf_tests!(killed: OfFiles);
}

mod durable_files {
    use super::*;
    shelf_tests!(any: OfDurableFiles);
    shelf_tests!(shared: OfDurableFiles);
    shelf_tests!(killed: OfDurableFiles);
}

#[cfg(feature = "redb")]
mod redb {
    use super::*;
    shelf_tests!(any: OfRedb);
    shelf_tests!(killed: OfRedb);
}

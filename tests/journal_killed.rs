//! A run that is killed at any moment goes on, on each shelf.
#![cfg(feature = "journal")]

#[path = "support/resumed.rs"]
mod resumed;
#[path = "support/shelf.rs"]
mod shelf;

use resumed::resumed_tests;
use shelf::{Place, SharedPlace};
use std::path::PathBuf;
use tempfile::TempDir;
use typed_pipeliner::journal::Files;

/// Declares a place in a folder, with the type of its shelf.
macro_rules! place {
    ($name:ident: $shelf:ty) => {
        struct $name {
            path: PathBuf,
            _folder: Option<TempDir>,
        }

        impl Place for $name {
            type Shelf = $shelf;

            fn new() -> Self {
                let folder = tempfile::tempdir().unwrap();
                $name { path: folder.path().join("journal"), _folder: Some(folder) }
            }

            fn open(&self) -> $shelf {
                <$shelf>::open(&self.path).unwrap()
            }
        }

        impl SharedPlace for $name {
            fn address(&self) -> String {
                self.path.to_str().unwrap().to_owned()
            }

            fn at(address: &str) -> Self {
                $name { path: address.into(), _folder: None }
            }
        }
    };
}

mod files {
    use super::*;
    place!(Folder: Files);
    resumed_tests!(Folder);
}

#[cfg(feature = "redb")]
mod redb {
    use super::*;
    use typed_pipeliner::journal::Redb;
    place!(Database: Redb);
    resumed_tests!(Database);
}

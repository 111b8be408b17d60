//! `Cargo.lock`: the packages of a build, and those that it has in several versions.

use crate::toml_file::{self, TomlError};
use crate::tree::Tree;
use cargo_lock::{Lockfile, Version};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat, resource};

resource! {
    /// The `Cargo.lock` at the root of the tree, if there is one.
    pub(crate) CargoLock: Option<Lockfile>;
    /// Crates that are locked in more than one version, by name.
    pub(crate) Duplicates: BTreeMap<String, BTreeSet<Version>>;
}

/// Reads and parses `Cargo.lock`.
pub(crate) struct ReadLockfile;

impl Step for ReadLockfile {
    type Inputs = HList![Tree];
    type Outputs = HList![CargoLock];
    type Error = TomlError;

    async fn run(hlist_pat![tree]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let path = tree.path.join("Cargo.lock");
        let Some(text) = toml_file::read(&path).await? else {
            return Ok(hlist![None]);
        };
        let lockfile: Lockfile = toml::from_str(&text).map_err(|error| TomlError::broken(&path, &text, &error))?;
        Ok(hlist![Some(lockfile)])
    }
}

/// Finds the crates that are locked in more than one version.
pub(crate) struct FindDuplicates;

impl Step for FindDuplicates {
    type Inputs = HList![CargoLock];
    type Outputs = HList![Duplicates];
    type Error = Infallible;

    async fn run(hlist_pat![lockfile]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let mut versions: BTreeMap<String, BTreeSet<Version>> = BTreeMap::new();
        for package in lockfile.iter().flat_map(|lockfile| &lockfile.packages) {
            versions.entry(package.name.to_string()).or_default().insert(package.version.clone());
        }
        versions.retain(|_, versions| versions.len() > 1);
        Ok(hlist![versions])
    }
}

//! `Cargo.toml`: the package and its dependencies.

use crate::toml_file::{self, TomlError};
use crate::tree::Tree;
use cargo_toml::Manifest;
use std::convert::Infallible;
use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat, resource};

resource! {
    /// The `Cargo.toml` at the root of the tree, if there is one.
    pub(crate) CargoToml: Option<Manifest>;
    /// The numbers of the declared dependencies.
    pub(crate) Dependencies: DependencyCounts;
}

/// The numbers of dependencies by kind, including those for single targets.
#[derive(Default)]
pub(crate) struct DependencyCounts {
    /// The dependencies of the package itself.
    pub(crate) normal: usize,
    /// The dependencies of its tests.
    pub(crate) dev: usize,
    /// The dependencies of its build script.
    pub(crate) build: usize,
}

/// Reads and parses `Cargo.toml`.
pub(crate) struct ReadManifest;

impl Step for ReadManifest {
    type Inputs = HList![Tree];
    type Outputs = HList![CargoToml];
    type Error = TomlError;

    async fn run(hlist_pat![tree]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let path = tree.path.join("Cargo.toml");
        let Some(text) = toml_file::read(&path).await? else {
            return Ok(hlist![None]);
        };
        let manifest: Manifest = toml::from_str(&text).map_err(|error| TomlError::broken(&path, &text, &error))?;
        if manifest.package.is_none() && manifest.workspace.is_none() {
            return Err(TomlError::Lacking { path, what: "`[package]` or `[workspace]`" });
        }
        Ok(hlist![Some(manifest)])
    }
}

/// Counts the dependencies that the manifest declares.
pub(crate) struct CountDependencies;

impl Step for CountDependencies {
    type Inputs = HList![CargoToml];
    type Outputs = HList![Dependencies];
    type Error = Infallible;

    async fn run(hlist_pat![manifest]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let mut counts = DependencyCounts::default();
        if let Some(manifest) = manifest {
            counts.normal = manifest.dependencies.len();
            counts.dev = manifest.dev_dependencies.len();
            counts.build = manifest.build_dependencies.len();
            for target in manifest.target.values() {
                counts.normal += target.dependencies.len();
                counts.dev += target.dev_dependencies.len();
                counts.build += target.build_dependencies.len();
            }
        }
        Ok(hlist![counts])
    }
}

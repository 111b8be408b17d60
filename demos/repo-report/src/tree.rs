//! The source tree: which files it has, the largest of them and the most recently changed.
//!
//! The rules of ripgrep and tokei decide which files count: hidden files do not, nor do files that
//! git ignores. Build output of cargo does not count either: a directory `target` beside a
//! `Cargo.toml`.

use ignore::{Walk, WalkBuilder};
use serde::{Serialize, Serializer};
use smol::stream::StreamExt;
use smol::{Unblock, fs};
use std::cmp::Reverse;
use std::convert::Infallible;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat, resource};

/// The number of files in each of the two lists.
const LISTED: usize = 10;

resource! {
    /// The directory to report on, as the user wrote it.
    pub(crate) Directory: PathBuf;
    /// The same directory, once it is known to be readable.
    pub(crate) Tree: TreeRoot;
    /// Every file of the tree, by path.
    pub(crate) Files: Vec<SourceFile>;
    /// The parts that the walk could not read, each with the reason.
    pub(crate) Unwalked: Vec<String>;
    /// The largest files, the largest first.
    pub(crate) Largest: Vec<SourceFile>;
    /// The most recently changed files, the latest first.
    pub(crate) Recent: Vec<SourceFile>;
}

/// A directory that can be listed.
pub(crate) struct TreeRoot {
    /// The path as the user wrote it.
    pub(crate) path: PathBuf,
    /// The name of the directory itself, also where the path is `.`.
    pub(crate) name: String,
}

/// A file of the tree.
#[derive(Clone, Serialize)]
pub(crate) struct SourceFile {
    /// The path from the root of the tree.
    #[serde(serialize_with = "bytes_of")]
    pub(crate) path: PathBuf,
    /// The size of the file.
    pub(crate) bytes: u64,
    /// The time of its last change.
    pub(crate) modified: SystemTime,
}

/// Writes a path, which need not be UTF-8.
fn bytes_of<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_bytes(path.as_os_str().as_encoded_bytes())
}

/// The directory is missing, is not a directory, or may not be listed.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the directory `{}`", path.display())]
pub(crate) struct UnreadableDirectory {
    /// The path of the directory.
    path: PathBuf,
    /// The error of the file system.
    source: io::Error,
}

/// Checks that the directory can be read, before any other step reads it.
pub(crate) struct OpenTree;

impl Step for OpenTree {
    type Inputs = HList![Directory];
    type Outputs = HList![Tree];
    type Error = UnreadableDirectory;

    async fn run(hlist_pat![path]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let unreadable = |source| UnreadableDirectory { path: path.clone(), source };
        fs::read_dir(path).await.map_err(unreadable)?;
        let absolute = fs::canonicalize(path).await.map_err(unreadable)?;
        let name = absolute.file_name().unwrap_or(absolute.as_os_str());
        Ok(hlist![TreeRoot { path: path.clone(), name: name.to_string_lossy().into_owned() }])
    }
}

/// Walks the tree. A part that cannot be read is left out and listed.
pub(crate) struct WalkTree;

impl Step for WalkTree {
    type Inputs = HList![Tree];
    type Outputs = HList![Files, Unwalked];
    type Error = Infallible;

    async fn run(hlist_pat![tree]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let mut files = Vec::new();
        let mut unwalked = Vec::new();
        let path = tree.path.clone();
        let mut entries = Unblock::new(smol::unblock(move || walk(&path)).await);
        while let Some(entry) = entries.next().await {
            match entry {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    match source_file(&tree.path, entry.path()).await {
                        Ok(file) => files.push(file),
                        Err(error) => unwalked.push(format!("{}: {error}", entry.path().display())),
                    }
                }
                Ok(_) => {}
                Err(error) => unwalked.push(error.to_string()),
            }
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        unwalked.sort();
        Ok(hlist![files, unwalked])
    }
}

/// The walk over the files that count.
fn walk(root: &Path) -> Walk {
    let built_by_cargo = |path: &Path| path.ends_with("target") && path.with_file_name("Cargo.toml").exists();
    WalkBuilder::new(root).filter_entry(move |entry| !built_by_cargo(entry.path())).build()
}

/// Reads the size and the time of a file.
async fn source_file(root: &Path, path: &Path) -> io::Result<SourceFile> {
    let metadata = fs::symlink_metadata(path).await?;
    let path = path.strip_prefix(root).unwrap_or(path).to_owned();
    Ok(SourceFile { path, bytes: metadata.len(), modified: metadata.modified()? })
}

/// Picks the largest files.
pub(crate) struct FindLargest;

impl Step for FindLargest {
    type Inputs = HList![Files];
    type Outputs = HList![Largest];
    type Error = Infallible;

    async fn run(hlist_pat![files]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![first_by(files, |file| Reverse(file.bytes))])
    }
}

/// Picks the files that were changed last, by the time stamps on disk.
pub(crate) struct FindRecent;

impl Step for FindRecent {
    type Inputs = HList![Files];
    type Outputs = HList![Recent];
    type Error = Infallible;

    async fn run(hlist_pat![files]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![first_by(files, |file| Reverse(file.modified))])
    }
}

/// Returns the first files in the order of a key. The sort is stable, so files with equal keys stay
/// ordered by path.
fn first_by<K: Ord>(files: &[SourceFile], key: impl Fn(&SourceFile) -> K) -> Vec<SourceFile> {
    let mut files: Vec<&SourceFile> = files.iter().collect();
    files.sort_by_key(|file| key(file));
    files.into_iter().take(LISTED).cloned().collect()
}

//! Lines by language, counted by tokei: a pipeline for each file, and the sums.

use crate::tree::{Files, SourceFile, Tree};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::path::PathBuf;
use tokei::{Config, LanguageType};
use typed_pipeliner::each::{Attempt, Each, ElementError, KeptBy};
use typed_pipeliner::journal::Keep;
use typed_pipeliner::{HList, In, Inputs, Out, Outputs, Pipeline, Step, hlist, hlist_pat, resource, step};

resource! {
    /// The languages of the tree, the one with the most code first.
    pub(crate) Languages: Vec<(LanguageType, Lines)>;
    /// The files that could not be read, each with the reason.
    pub(crate) Uncounted: Vec<String>;
    /// A file of the tree, while its lines are counted.
    pub(crate) File: SourceFile;
    /// Its lines, for its language; `None` if it is in no language that tokei knows.
    pub(crate) Count: Option<(LanguageType, Lines)>;
    /// The counts of all files, as far as they could be read.
    pub(crate) Counts: Vec<Result<Option<(LanguageType, Lines)>, ElementError>>;
}

/// The counts for the files of one language.
#[derive(Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Lines {
    /// The number of files.
    pub(crate) files: usize,
    /// The number of lines of code.
    pub(crate) code: usize,
    /// The number of lines of comments.
    pub(crate) comments: usize,
    /// The number of blank lines.
    pub(crate) blanks: usize,
}

impl Lines {
    /// Adds other counts.
    pub(crate) fn add(&mut self, other: Lines) {
        self.files += other.files;
        self.code += other.code;
        self.comments += other.comments;
        self.blanks += other.blanks;
    }
}

/// The file could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{}: {source}", path.display())]
pub(crate) struct UnreadFile {
    /// The path of the file.
    path: PathBuf,
    /// The error of the file system.
    source: io::Error,
}

/// The pipeline for each file.
pub(crate) struct PerFile;

impl Pipeline for PerFile {
    type Steps = HList![CountFile];
}

impl Each for PerFile {
    type Over = Files;
    type Item = File;
    type Takes = HList![Tree];
    type Target = Attempt<CountFile>;
    type Into = Counts;
    /// The lines of a file are those of a file with the same path, size and time.
    const KEPT_BY: KeptBy<File> = KeptBy::value();

    fn key(file: In<'_, File>) -> Option<String> {
        Some(file.path.display().to_string())
    }
}

/// Counts the lines of one file in a thread of its own, with embedded languages such as code in
/// Markdown. A failure is not kept, so such a file is read again the next time.
#[step(keep)]
pub(crate) async fn count_file(tree: In<'_, Tree>, file: In<'_, File>) -> Result<Out<Count>, UnreadFile> {
    let path = tree.path.join(&file.path);
    smol::unblock(move || count(path)).await
}

/// Counts the lines of the file at a path.
fn count(path: PathBuf) -> Result<Option<(LanguageType, Lines)>, UnreadFile> {
    let config = Config::default();
    let Some(language) = LanguageType::from_path(&path, &config) else {
        return Ok(None);
    };
    let report = language.parse(path, &config).map_err(|(source, path)| UnreadFile { path, source })?;
    let stats = report.stats.summarise();
    Ok(Some((language, Lines { files: 1, code: stats.code, comments: stats.comments, blanks: stats.blanks })))
}

/// Adds up the counts of all files.
pub(crate) struct AddCounts;

impl Step for AddCounts {
    type Inputs = HList![Counts];
    type Outputs = HList![Languages, Uncounted];
    type Error = Infallible;
    const KEEP: Option<Keep<Self>> = Some(Keep::<Self>::new());

    async fn run(hlist_pat![counts]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let (mut languages, mut unread) = (BTreeMap::<_, Lines>::new(), Vec::new());
        for count in counts {
            match count {
                Ok(Some((language, lines))) => languages.entry(*language).or_default().add(*lines),
                Ok(None) => {}
                Err(error) => unread.extend(error.run_error().downcast_ref().map(UnreadFile::to_string)),
            }
        }
        unread.sort();
        let mut languages: Vec<_> = languages.into_iter().collect();
        languages.sort_by_key(|(language, lines)| (Reverse(lines.code), language.name()));
        Ok(hlist![languages, unread])
    }
}

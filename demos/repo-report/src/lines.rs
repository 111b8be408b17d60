//! Lines by language, counted by tokei: a pipeline for each file, and the sums.

use crate::tree::{Files, SourceFile, Tree};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::PathBuf;
use tokei::{Config, LanguageType};
use typed_pipeliner::each::Each;
use typed_pipeliner::{HList, In, Inputs, Outputs, Pipeline, Return, Step, hlist, hlist_pat, resource, step};

resource! {
    /// The languages of the tree, the one with the most code first.
    pub(crate) Languages: Vec<(LanguageType, Lines)>;
    /// The files that could not be read, each with the reason.
    pub(crate) Uncounted: Vec<String>;
    /// A file of the tree, while its lines are counted.
    pub(crate) File: SourceFile;
    /// The counts of all files.
    pub(crate) Counts: Vec<Count>;
}

/// The counts for the files of one language.
#[derive(Clone, Copy, Default)]
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

/// The counts of one file.
pub(crate) enum Count {
    /// Its lines, for its language.
    Counted(LanguageType, Lines),
    /// It is in no language that tokei knows.
    Unknown,
    /// It could not be read, for this reason.
    Unread(String),
}

/// The pipeline for each file. Its target reads the file in a thread of its own.
pub(crate) struct PerFile;

impl Pipeline for PerFile {
    type Steps = HList![];
}

impl Each for PerFile {
    type Over = Files;
    type Item = File;
    type Takes = HList![Tree];
    type Target = CountFile;
    type Into = Counts;

    fn key(file: In<'_, File>) -> Option<String> {
        Some(file.path.display().to_string())
    }
}

/// Counts the lines of one file, with embedded languages such as code in Markdown.
#[step]
pub(crate) async fn count_file(tree: In<'_, Tree>, file: In<'_, File>) -> Return<Count> {
    let path = tree.path.join(&file.path);
    Return(smol::unblock(move || count(path)).await)
}

/// Counts the lines of the file at a path.
fn count(path: PathBuf) -> Count {
    let config = Config::default();
    let Some(language) = LanguageType::from_path(&path, &config) else {
        return Count::Unknown;
    };
    match language.parse(path, &config) {
        Ok(report) => {
            let stats = report.stats.summarise();
            let lines = Lines { files: 1, code: stats.code, comments: stats.comments, blanks: stats.blanks };
            Count::Counted(language, lines)
        }
        Err((error, path)) => Count::Unread(format!("{}: {error}", path.display())),
    }
}

/// Adds up the counts of all files.
pub(crate) struct AddCounts;

impl Step for AddCounts {
    type Inputs = HList![Counts];
    type Outputs = HList![Languages, Uncounted];
    type Error = Infallible;

    async fn run(hlist_pat![counts]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let (mut languages, mut unread) = (BTreeMap::<_, Lines>::new(), Vec::new());
        for count in counts {
            match count {
                Count::Counted(language, lines) => languages.entry(*language).or_default().add(*lines),
                Count::Unknown => {}
                Count::Unread(reason) => unread.push(reason.clone()),
            }
        }
        unread.sort();
        let mut languages: Vec<_> = languages.into_iter().collect();
        languages.sort_by_key(|(language, lines)| (Reverse(lines.code), language.name()));
        Ok(hlist![languages, unread])
    }
}

//! Lines by language, counted by tokei.

use crate::tree::{Files, Tree};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::thread;
use tokei::{Config, LanguageType};
use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat, resource};

resource! {
    /// The languages of the tree, the one with the most code first.
    pub(crate) Languages: Vec<(LanguageType, Lines)>;
    /// The files that could not be read, each with the reason.
    pub(crate) Uncounted: Vec<String>;
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

/// Counts the lines of every file, on as many threads as the machine has cores.
pub(crate) struct CountLines;

impl Step for CountLines {
    type Inputs = HList![Tree, Files];
    type Outputs = HList![Languages, Uncounted];
    type Error = Infallible;

    async fn run(hlist_pat![tree, files]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let counting: Vec<_> = (0..threads)
            .map(|thread| files.iter().skip(thread).step_by(threads))
            .map(|share| share.map(|file| tree.path.join(&file.path)).collect::<Vec<_>>())
            .map(|paths| smol::unblock(move || Count::of(&paths)))
            .collect();

        let mut total = Count::default();
        for count in counting {
            total.add(count.await);
        }
        total.unread.sort();
        let mut languages: Vec<_> = total.languages.into_iter().collect();
        languages.sort_by_key(|(language, lines)| (Reverse(lines.code), language.name()));
        Ok(hlist![languages, total.unread])
    }
}

/// The counts for some of the files.
#[derive(Default)]
struct Count {
    /// The counts of each language.
    languages: BTreeMap<LanguageType, Lines>,
    /// The files that could not be read, each with the reason.
    unread: Vec<String>,
}

impl Count {
    /// Counts some files.
    fn of(paths: &[PathBuf]) -> Self {
        let mut count = Count::default();
        for path in paths {
            count.file(path);
        }
        count
    }

    /// Counts one file for its language, with embedded languages such as code in Markdown.
    fn file(&mut self, path: &Path) {
        let config = Config::default();
        let Some(language) = LanguageType::from_path(path, &config) else {
            return;
        };
        match language.parse(path.to_owned(), &config) {
            Ok(report) => {
                let stats = report.stats.summarise();
                let lines = Lines { files: 1, code: stats.code, comments: stats.comments, blanks: stats.blanks };
                self.languages.entry(language).or_default().add(lines);
            }
            Err((error, path)) => self.unread.push(format!("{}: {error}", path.display())),
        }
    }

    /// Adds other counts.
    fn add(&mut self, other: Count) {
        for (language, lines) in other.languages {
            self.languages.entry(language).or_default().add(lines);
        }
        self.unread.extend(other.unread);
    }
}

//! The report: a step for each chapter, and a step that joins the chapters.

use crate::history::{Authors, Commit, GitHistory, History};
use crate::lines::{Languages, Lines, Uncounted};
use crate::lockfile::{CargoLock, Duplicates};
use crate::manifest::{CargoToml, Dependencies};
use crate::markdown::{bullets, code, count, table, text};
use crate::tree::{Files, Largest, Recent, SourceFile, Tree, Unwalked};
use cargo_lock::Package;
use cargo_toml::Inheritable;
use jiff::Timestamp;
use std::convert::Infallible;
use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat, resource};

/// The number of authors that the report shows.
const LISTED_AUTHORS: usize = 10;

resource! {
    /// The totals, and the languages.
    pub(crate) LanguagesChapter: String;
    /// The largest and the latest files, and the unreadable parts.
    pub(crate) FilesChapter: String;
    /// The chapter on `Cargo.toml`.
    pub(crate) ManifestChapter: String;
    /// The chapter on `Cargo.lock`.
    pub(crate) LockfileChapter: String;
    /// The chapter on git.
    pub(crate) HistoryChapter: String;
    /// The whole report, as Markdown.
    pub(crate) Report: String;
}

/// Writes the totals and the table of languages.
pub(crate) struct WriteLanguages;

impl Step for WriteLanguages {
    type Inputs = HList![Files, Languages, Uncounted];
    type Outputs = HList![LanguagesChapter];
    type Error = Infallible;

    async fn run(hlist_pat![files, languages, uncounted]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let mut all = Lines::default();
        languages.iter().for_each(|(_, lines)| all.add(*lines));
        let bytes: u64 = files.iter().map(|file| file.bytes).sum();
        let totals = bullets([
            format!("{} with {bytes} bytes", count(files.len(), "file", "files")),
            format!("{} of code, {} of comments, {} blank", count(all.code, "line", "lines"), all.comments, all.blanks),
        ]);

        let by_language = table(
            ["Language", "Files", "Code", "Comments", "Blank"],
            languages.iter().map(|(language, lines)| {
                let [files, code, comments, blanks] =
                    [lines.files, lines.code, lines.comments, lines.blanks].map(|number| number.to_string());
                [text(language.name()), files, code, comments, blanks]
            }),
        );
        let others = files.len() - all.files - uncounted.len();
        let others = format!("In no language that is counted: {}.", count(others, "file", "files"));
        Ok(hlist![format!("{totals}\n## Languages\n\n{by_language}\n{others}\n")])
    }
}

/// Writes the lists of files.
pub(crate) struct WriteFiles;

impl Step for WriteFiles {
    type Inputs = HList![Largest, Recent, Unwalked, Uncounted];
    type Outputs = HList![FilesChapter];
    type Error = Infallible;

    async fn run(
        hlist_pat![largest, recent, unwalked, uncounted]: Inputs<'_, Self>,
    ) -> Result<Outputs<Self>, Self::Error> {
        let path = |file: &SourceFile| code(&file.path.to_string_lossy());
        let largest = table(["File", "Bytes"], largest.iter().map(|file| [path(file), file.bytes.to_string()]));
        let recent = table(
            ["File", "Changed (UTC)"],
            recent.iter().map(|file| [path(file), date(Timestamp::try_from(file.modified))]),
        );
        let mut chapter = format!("## Largest files\n\n{largest}\n## Most recently changed files\n\n{recent}");
        if !(unwalked.is_empty() && uncounted.is_empty()) {
            let unread = bullets(unwalked.iter().chain(uncounted).map(|reason| text(reason)));
            chapter += &format!("\n## Not read\n\n{unread}");
        }
        Ok(hlist![chapter])
    }
}

/// Writes the chapter on `Cargo.toml`.
pub(crate) struct WriteManifest;

impl Step for WriteManifest {
    type Inputs = HList![CargoToml, Dependencies];
    type Outputs = HList![ManifestChapter];
    type Error = Infallible;

    async fn run(hlist_pat![manifest, dependencies]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let Some(manifest) = manifest else {
            return Ok(hlist![chapter("Cargo.toml", "There is no `Cargo.toml`.\n")]);
        };
        let mut facts = Vec::new();
        if let Some(package) = &manifest.package {
            facts.push(format!("Package: {}", code(&package.name)));
            facts.push(format!("Version: {}", inheritable(&package.version)));
            facts.push(format!("Edition: {}", inheritable(&package.edition)));
            facts.push(format!(
                "Dependencies: {} normal, {} dev, {} build",
                dependencies.normal, dependencies.dev, dependencies.build
            ));
        }
        if let Some(workspace) = &manifest.workspace {
            facts.push(format!("Workspace members: {}", workspace.members.len()));
        }
        Ok(hlist![chapter("Cargo.toml", &bullets(facts))])
    }
}

/// Formats a field that a package may inherit from its workspace.
fn inheritable<T: ToString>(field: &Inheritable<T>) -> String {
    match field {
        Inheritable::Set(value) => value.to_string(),
        Inheritable::Inherited => "that of the workspace".to_owned(),
    }
}

/// Writes the chapter on `Cargo.lock`.
pub(crate) struct WriteLockfile;

impl Step for WriteLockfile {
    type Inputs = HList![CargoLock, Duplicates];
    type Outputs = HList![LockfileChapter];
    type Error = Infallible;

    async fn run(hlist_pat![lockfile, duplicates]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let Some(lockfile) = lockfile else {
            return Ok(hlist![chapter("Cargo.lock", "There is no `Cargo.lock`.\n")]);
        };
        let is_local = |package: &&Package| package.source.is_none();
        let packages = lockfile.packages.len();
        let local = lockfile.packages.iter().filter(is_local).count();
        let mut facts = vec![
            format!("Packages: {packages}, {local} of them local"),
            format!("Crates in several versions: {}", duplicates.len()),
        ];
        for (name, versions) in duplicates {
            let versions: Vec<_> = versions.iter().map(ToString::to_string).collect();
            facts.push(format!("{}: {}", code(name), versions.join(", ")));
        }
        Ok(hlist![chapter("Cargo.lock", &bullets(facts))])
    }
}

/// Writes the chapter on git.
pub(crate) struct WriteHistory;

impl Step for WriteHistory {
    type Inputs = HList![GitHistory, Authors];
    type Outputs = HList![HistoryChapter];
    type Error = Infallible;

    async fn run(hlist_pat![history, authors]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let log = match history {
            History::NoRepository => return Ok(hlist![chapter("Git", "There is no git repository.\n")]),
            History::NotTrusted => {
                let reason = "The git repository belongs to another user and is not listed as a `safe.directory`.\n";
                return Ok(hlist![chapter("Git", reason)]);
            }
            History::Commits(log) => log,
        };
        let (Some(last), Some(first)) = (log.commits.first(), log.commits.last()) else {
            return Ok(hlist![chapter("Git", "There are no commits yet.\n")]);
        };
        let mut facts = vec![
            format!("Commits: {}", log.commits.len()),
            format!("Last commit: {}", in_words(last)),
            format!("First commit: {}", in_words(first)),
            format!("Authors: {}", authors.len()),
        ];
        if log.is_shallow {
            facts.push("The clone is shallow: older commits are missing".to_owned());
        }
        let top = authors.iter().take(LISTED_AUTHORS);
        let top = table(["Author", "Commits"], top.map(|(name, commits)| [text(name), commits.to_string()]));
        Ok(hlist![chapter("Git", &format!("{}\n{top}", bullets(facts)))])
    }
}

/// Formats a commit in one line.
fn in_words(commit: &Commit) -> String {
    let id = &commit.id[..10];
    let date = date(Timestamp::from_second(commit.time));
    format!("{} {date}, {}: {}", code(id), text(&commit.author), text(&commit.summary))
}

/// Joins the chapters.
pub(crate) struct BindReport;

impl Step for BindReport {
    type Inputs = HList![Tree, LanguagesChapter, FilesChapter, ManifestChapter, LockfileChapter, HistoryChapter];
    type Outputs = HList![Report];
    type Error = Infallible;

    async fn run(
        hlist_pat![tree, languages, files, manifest, lockfile, history]: Inputs<'_, Self>,
    ) -> Result<Outputs<Self>, Self::Error> {
        let title = format!("# Report on {}\n", text(&tree.name));
        Ok(hlist![[&title, languages, files, manifest, lockfile, history].map(String::as_str).join("\n")])
    }
}

/// Formats a chapter with its title.
fn chapter(title: &str, body: &str) -> String {
    format!("## {title}\n\n{body}")
}

/// Formats a time in UTC.
fn date(time: Result<Timestamp, jiff::Error>) -> String {
    time.map_or_else(|_| "unknown".to_owned(), |time| time.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

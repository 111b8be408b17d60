//! The git history behind `HEAD`, read by libgit2.

use crate::tree::Tree;
use git2::{ErrorCode, Oid, Repository, Sort};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::path::{Path, PathBuf};
use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat, resource};

resource! {
    /// The git history of the tree.
    pub(crate) GitHistory: History;
    /// Authors with their numbers of commits, the busiest first.
    pub(crate) Authors: Vec<(String, usize)>;
}

/// The history of a tree, if git keeps one.
pub(crate) enum History {
    /// The tree is not the root of a git repository.
    NoRepository,
    /// The repository belongs to another user, and git is not configured to trust it.
    NotTrusted,
    /// The commits behind `HEAD`.
    Commits(Log),
}

/// The commits of a repository.
pub(crate) struct Log {
    /// The commits, the newest first; none in a new repository.
    pub(crate) commits: Vec<Commit>,
    /// Whether older commits were left out when the repository was cloned.
    pub(crate) is_shallow: bool,
}

/// The part of a commit that the report shows.
pub(crate) struct Commit {
    /// The identifier of the commit.
    pub(crate) id: Oid,
    /// The time of the commit, in seconds since 1970.
    pub(crate) time: i64,
    /// The name of the author, by the mailmap.
    pub(crate) author: String,
    /// The first line of the message.
    pub(crate) summary: String,
}

/// The repository could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the git history of `{}`", path.display())]
pub(crate) struct UnreadableHistory {
    /// The root of the tree.
    path: PathBuf,
    /// The error of git.
    source: git2::Error,
}

/// Reads all commits behind `HEAD`.
pub(crate) struct ReadHistory;

impl Step for ReadHistory {
    type Inputs = HList![Tree];
    type Outputs = HList![GitHistory];
    type Error = UnreadableHistory;

    async fn run(hlist_pat![tree]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let path = tree.path.clone();
        let history = smol::unblock(move || read(&path)).await;
        history.map(|history| hlist![history]).map_err(|source| UnreadableHistory { path: tree.path.clone(), source })
    }
}

/// Reads the history of the tree.
fn read(root: &Path) -> Result<History, git2::Error> {
    match Repository::open(root) {
        Ok(repository) => Ok(History::Commits(log(&repository)?)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(History::NoRepository),
        Err(error) if error.code() == ErrorCode::Owner => Ok(History::NotTrusted),
        Err(error) => Err(error),
    }
}

/// Reads the commits behind `HEAD`, the newest first.
fn log(repository: &Repository) -> Result<Log, git2::Error> {
    let is_shallow = repository.is_shallow();
    let mut commits = Vec::new();
    if has_commits(repository)? {
        let mailmap = repository.mailmap()?;
        let mut ids = repository.revwalk()?;
        ids.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)?;
        ids.push_head()?;
        for id in ids {
            let commit = repository.find_commit(id?)?;
            commits.push(Commit {
                id: commit.id(),
                time: commit.time().seconds(),
                author: lossy(commit.author_with_mailmap(&mailmap)?.name_bytes()),
                summary: lossy(commit.summary_bytes().unwrap_or_default()),
            });
        }
    }
    Ok(Log { commits, is_shallow })
}

/// Whether there are commits. `HEAD` of a new repository names a branch that does not exist yet.
fn has_commits(repository: &Repository) -> Result<bool, git2::Error> {
    match repository.head() {
        Ok(_) => Ok(true),
        Err(error) if error.code() == ErrorCode::UnbornBranch => Ok(false),
        Err(error) => Err(error),
    }
}

/// Converts text of git, which may be in any encoding.
fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Counts the commits of each author.
pub(crate) struct RankAuthors;

impl Step for RankAuthors {
    type Inputs = HList![GitHistory];
    type Outputs = HList![Authors];
    type Error = Infallible;

    async fn run(hlist_pat![history]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let mut authors: BTreeMap<&str, usize> = BTreeMap::new();
        if let History::Commits(log) = history {
            for commit in &log.commits {
                *authors.entry(&commit.author).or_default() += 1;
            }
        }
        let mut authors: Vec<_> = authors.into_iter().map(|(name, commits)| (name.to_owned(), commits)).collect();
        authors.sort_by_key(|&(_, commits)| Reverse(commits));
        Ok(hlist![authors])
    }
}

//! The git history behind `HEAD`, read by libgit2.

use crate::tree::Tree;
use git2::{ErrorCode, Mailmap, Oid, Repository, Sort};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use typed_pipeliner::journal::Keep;
use typed_pipeliner::{HList, Inputs, Outputs, Step, hlist, hlist_pat, resource};

resource! {
    /// The state of the repository before its history is read.
    pub(crate) Head: GitHead;
    /// The git history of the tree.
    pub(crate) GitHistory: History;
    /// Authors with their numbers of commits, the busiest first.
    pub(crate) Authors: Vec<(String, usize)>;
}

/// The state of a repository: all on which its history depends.
#[derive(Clone, Serialize)]
pub(crate) enum GitHead {
    /// The tree is not the root of a git repository.
    NoRepository,
    /// The repository belongs to another user, and git is not configured to trust it.
    NotTrusted,
    /// A repository.
    Repository {
        /// The identifier of the last commit; none in a new repository.
        commit: Option<String>,
        /// The commits behind which older ones were left out when the repository was cloned.
        shallow: Option<String>,
        /// The names of authors, `.mailmap`.
        mailmap: Option<String>,
    },
}

/// The history of a tree, if git keeps one.
#[derive(Serialize, Deserialize)]
pub(crate) enum History {
    /// The tree is not the root of a git repository.
    NoRepository,
    /// The repository belongs to another user, and git is not configured to trust it.
    NotTrusted,
    /// The commits behind `HEAD`.
    Commits(Log),
}

/// The commits of a repository.
#[derive(Serialize, Deserialize)]
pub(crate) struct Log {
    /// The commits, the newest first; none in a new repository.
    pub(crate) commits: Vec<Commit>,
    /// Whether older commits were left out when the repository was cloned.
    pub(crate) is_shallow: bool,
}

/// The part of a commit that the report shows.
#[derive(Serialize, Deserialize)]
pub(crate) struct Commit {
    /// The identifier of the commit.
    pub(crate) id: String,
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

/// Reads the state of the repository, which takes no time.
pub(crate) struct ReadHead;

impl Step for ReadHead {
    type Inputs = HList![Tree];
    type Outputs = HList![Head];
    type Error = UnreadableHistory;

    async fn run(hlist_pat![tree]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let path = tree.path.clone();
        let head = smol::unblock(move || read_head(&path)).await;
        head.map(|head| hlist![head]).map_err(|source| UnreadableHistory { path: tree.path.clone(), source })
    }
}

/// Reads the state of the repository at the root of a tree.
fn read_head(root: &Path) -> Result<GitHead, git2::Error> {
    let repository = match Repository::open(root) {
        Err(error) if error.code() == ErrorCode::NotFound => return Ok(GitHead::NoRepository),
        Err(error) if error.code() == ErrorCode::Owner => return Ok(GitHead::NotTrusted),
        repository => repository?,
    };
    // `HEAD` of a new repository names a branch that does not exist yet.
    let commit = match repository.head() {
        Err(error) if error.code() == ErrorCode::UnbornBranch => None,
        head => head?.target().map(|id| id.to_string()),
    };
    let shallow = fs::read_to_string(repository.commondir().join("shallow")).ok();
    let mailmap = fs::read_to_string(root.join(".mailmap")).ok();
    Ok(GitHead::Repository { commit, shallow, mailmap })
}

/// Reads all commits behind `HEAD`. It takes long, and depends on nothing but its inputs.
pub(crate) struct ReadHistory;

impl Step for ReadHistory {
    type Inputs = HList![Tree, Head];
    type Outputs = HList![GitHistory];
    type Error = UnreadableHistory;
    const KEEP: Option<Keep<Self>> = Some(Keep::<Self>::new());

    async fn run(hlist_pat![tree, head]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        let (path, head) = (tree.path.clone(), head.clone());
        let history = smol::unblock(move || read(&path, head)).await;
        history.map(|history| hlist![history]).map_err(|source| UnreadableHistory { path: tree.path.clone(), source })
    }
}

/// Reads the history of a tree in this state.
fn read(root: &Path, head: GitHead) -> Result<History, git2::Error> {
    Ok(match head {
        GitHead::NoRepository => History::NoRepository,
        GitHead::NotTrusted => History::NotTrusted,
        GitHead::Repository { commit, shallow, mailmap } => {
            let mut commits = Vec::new();
            if let Some(commit) = commit {
                let mailmap = mailmap.map_or_else(Mailmap::new, |text| Mailmap::from_buffer(&text))?;
                commits = read_commits(&Repository::open(root)?, Oid::from_str(&commit)?, &mailmap)?;
            }
            History::Commits(Log { commits, is_shallow: shallow.is_some() })
        }
    })
}

/// Reads a commit and those behind it, the newest first.
fn read_commits(repository: &Repository, last: Oid, mailmap: &Mailmap) -> Result<Vec<Commit>, git2::Error> {
    let mut ids = repository.revwalk()?;
    ids.set_sorting(Sort::TOPOLOGICAL | Sort::TIME)?;
    ids.push(last)?;
    let commit = |id: Result<Oid, git2::Error>| {
        let commit = repository.find_commit(id?)?;
        Ok(Commit {
            id: commit.id().to_string(),
            time: commit.time().seconds(),
            author: lossy(commit.author_with_mailmap(mailmap)?.name_bytes()),
            summary: lossy(commit.summary_bytes().unwrap_or_default()),
        })
    };
    ids.map(commit).collect()
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

//! The command line.

use std::env;
use std::path::PathBuf;

/// The usage of the program.
pub(crate) const USAGE: &str = "\
usage: repo-report [--resume FOLDER [--explain]] [--trace] [--plan] [DIR]

Writes a report on the source tree in DIR, by default this repository, as Markdown.

  --resume FOLDER
           keep the lines of each file and the git history in a journal in
           FOLDER, and take what has not changed from there
  --explain
           print which steps are taken from the journal, and why the others are
           not, on standard error
  --trace  print when each step ran, on standard error
  --plan   print a picture of the plan, in SVG, and run nothing
  --help   print this text";

/// The request of the user.
pub(crate) struct Arguments {
    /// The directory to report on.
    pub(crate) directory: PathBuf,
    /// The folder of the journal, if there is one.
    pub(crate) resume: Option<PathBuf>,
    /// Whether to print which steps are taken from the journal.
    pub(crate) explain: bool,
    /// Whether to print when each step ran.
    pub(crate) trace: bool,
    /// Whether to print the plan instead of the report.
    pub(crate) plan: bool,
    /// Whether to print the usage.
    pub(crate) help: bool,
}

/// The reason why the arguments cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UsageError {
    #[error("there is no option `{0}`")]
    UnknownOption(String),
    #[error("more than one directory")]
    SecondDirectory,
    #[error("`--resume` needs the folder of a journal")]
    NoFolder,
    #[error("`--explain` needs a journal: `--resume FOLDER`")]
    NothingToExplain,
}

impl Arguments {
    /// Parses the command line.
    pub(crate) fn from_command_line() -> Result<Self, UsageError> {
        let mut directory = None;
        let mut resume = None;
        let mut explain = false;
        let mut trace = false;
        let mut plan = false;
        let mut help = false;
        let mut arguments = env::args_os().skip(1);
        while let Some(argument) = arguments.next() {
            match argument.to_str() {
                Some("--resume") => resume = Some(PathBuf::from(arguments.next().ok_or(UsageError::NoFolder)?)),
                Some("--explain") => explain = true,
                Some("--trace") => trace = true,
                Some("--plan") => plan = true,
                Some("--help" | "-h") => help = true,
                Some(option) if option.starts_with('-') => return Err(UsageError::UnknownOption(option.to_owned())),
                _ if directory.is_some() => return Err(UsageError::SecondDirectory),
                _ => directory = Some(PathBuf::from(argument)),
            }
        }
        if explain && resume.is_none() {
            return Err(UsageError::NothingToExplain);
        }
        let directory = directory.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")));
        Ok(Arguments { directory, resume, explain, trace, plan, help })
    }
}

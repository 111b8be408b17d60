//! The command line.

use std::env;
use std::path::PathBuf;

/// The usage of the program.
pub(crate) const USAGE: &str = "\
usage: repo-report [--trace] [--plan] [DIR]

Writes a report on the source tree in DIR, by default this repository, as Markdown.

  --trace  print when each step ran, on standard error
  --plan   print a picture of the plan, in SVG, and run nothing
  --help   print this text";

/// The request of the user.
pub(crate) struct Arguments {
    /// The directory to report on.
    pub(crate) directory: PathBuf,
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
}

impl Arguments {
    /// Parses the command line.
    pub(crate) fn from_command_line() -> Result<Self, UsageError> {
        let mut directory = None;
        let mut trace = false;
        let mut plan = false;
        let mut help = false;
        for argument in env::args_os().skip(1) {
            match argument.to_str() {
                Some("--trace") => trace = true,
                Some("--plan") => plan = true,
                Some("--help" | "-h") => help = true,
                Some(option) if option.starts_with('-') => return Err(UsageError::UnknownOption(option.to_owned())),
                _ if directory.is_some() => return Err(UsageError::SecondDirectory),
                _ => directory = Some(PathBuf::from(argument)),
            }
        }
        let directory = directory.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")));
        Ok(Arguments { directory, trace, plan, help })
    }
}

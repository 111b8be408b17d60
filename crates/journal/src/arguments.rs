//! The command line.

use bytesize::ByteSize;
use jiff::{Span, SpanRelativeTo};
use lexopt::{Arg, Parser, ValueExt};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;
use typed_pipeliner::BoxError;
use typed_pipeliner::journal::Prune;

/// The usage of the program.
pub(crate) const USAGE: &str = "\
usage: pipeliner-journal list FOLDER
       pipeliner-journal show FOLDER RUN [ENTRY]
       pipeliner-journal forget FOLDER RUN...
       pipeliner-journal prune FOLDER [--older-than AGE] [--larger-than SIZE]
                               [--but-latest RUNS] [--dry-run]

  list     the runs of the journal in FOLDER
  show     the entries of a run: from which values each was made, and when;
           or the values of one entry, as JSON
  forget   remove runs
  prune    remove runs by a rule, the oldest first

  --older-than AGE    those whose last entry was written longer ago: 30d, 12h
  --larger-than SIZE  until the others together take no more: 10GB, 500MiB
  --but-latest RUNS   never the latest ones
  --dry-run           print which runs would be removed, and remove none

A run that is in use is never removed.
";

/// The request of the user.
#[derive(Debug)]
pub(crate) enum Command {
    /// To print the usage.
    Help,
    /// To list the runs.
    List { folder: PathBuf },
    /// To show the entries of a run, or the values of one.
    Show { folder: PathBuf, run: String, entry: Option<String> },
    /// To remove runs.
    Forget { folder: PathBuf, runs: Vec<String> },
    /// To remove runs by a rule, or to print which ones it would remove.
    Prune { folder: PathBuf, rule: Prune, is_dry: bool },
}

impl Command {
    /// Parses the command line.
    pub(crate) fn from_command_line() -> Result<Self, BoxError> {
        Command::parse(Parser::from_env())
    }

    /// Parses arguments.
    fn parse(mut arguments: Parser) -> Result<Self, BoxError> {
        let (mut values, mut prune) = (Vec::<OsString>::new(), PruneOptions::default());
        while let Some(argument) = arguments.next()? {
            match argument {
                Arg::Short('h') | Arg::Long("help") => return Ok(Command::Help),
                Arg::Value(value) => values.push(value),
                Arg::Long("older-than") if is_prune(&values) => prune.age = Some(age(&arguments.value()?.string()?)?),
                Arg::Long("larger-than") if is_prune(&values) => {
                    prune.bytes = Some(size(&arguments.value()?.string()?)?);
                }
                Arg::Long("but-latest") if is_prune(&values) => prune.latest = arguments.value()?.parse()?,
                Arg::Long("dry-run") if is_prune(&values) => prune.is_dry = true,
                other => return Err(other.unexpected().into()),
            }
        }
        let mut values = values.into_iter();
        let command = values.next().ok_or("there is no command")?.string()?;
        let folder = values.next().map(PathBuf::from);
        let mut rest = values.map(ValueExt::string).collect::<Result<Vec<_>, _>>()?.into_iter();
        let needs_folder = || format!("`{command}` needs the folder of a journal");
        let needs_run = || format!("`{command}` needs the key of a run");
        let parsed = match &*command {
            "list" => Command::List { folder: folder.ok_or_else(needs_folder)? },
            "show" => Command::Show {
                folder: folder.ok_or_else(needs_folder)?,
                run: rest.next().ok_or_else(needs_run)?,
                entry: rest.next(),
            },
            "forget" => {
                let (folder, runs): (_, Vec<_>) = (folder.ok_or_else(needs_folder)?, rest.by_ref().collect());
                if runs.is_empty() {
                    return Err(needs_run().into());
                }
                Command::Forget { folder, runs }
            }
            "prune" => prune.command(folder.ok_or_else(needs_folder)?)?,
            other => return Err(format!("there is no command `{other}`").into()),
        };
        match rest.next() {
            Some(other) => Err(format!("`{other}` is one argument too many").into()),
            None => Ok(parsed),
        }
    }
}

/// The options of `prune`.
#[derive(Default)]
struct PruneOptions {
    /// The longest age of a run that stays.
    age: Option<Duration>,
    /// The largest size of all runs that stay, in bytes.
    bytes: Option<u64>,
    /// The number of latest runs that stay in any case.
    latest: usize,
    /// Whether nothing is removed.
    is_dry: bool,
}

impl PruneOptions {
    /// The command with these options.
    fn command(self, folder: PathBuf) -> Result<Command, BoxError> {
        if self.age.is_none() && self.bytes.is_none() {
            return Err("`prune` needs a rule: `--older-than AGE` or `--larger-than SIZE`".into());
        }
        let mut rule = Prune::new().but_latest(self.latest);
        if let Some(age) = self.age {
            rule = rule.older_than(age);
        }
        if let Some(bytes) = self.bytes {
            rule = rule.larger_than(bytes);
        }
        Ok(Command::Prune { folder, rule, is_dry: self.is_dry })
    }
}

/// Whether these are values of `prune`.
fn is_prune(values: &[OsString]) -> bool {
    values.first().is_some_and(|command| command == "prune")
}

/// Parses an age. A day has 24 hours.
fn age(text: &str) -> Result<Duration, BoxError> {
    let age = text.parse::<Span>().and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()));
    Ok(age.and_then(Duration::try_from).map_err(|_| format!("`{text}` is no age, such as 4w, 30d or 12h"))?)
}

/// Parses a size in bytes.
fn size(text: &str) -> Result<u64, BoxError> {
    let size = text.parse::<ByteSize>().map_err(|_| format!("`{text}` is no size, such as 10GB or 500MiB"))?;
    Ok(size.as_u64())
}

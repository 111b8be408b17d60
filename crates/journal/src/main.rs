//! Looks after the journals of typed-pipeliner in folders: lists, shows and removes runs.

mod arguments;
mod folder;
mod json;
mod list;
mod remove;
mod show;

use arguments::{Command, USAGE};
use std::error::Error;
use std::io::{self, ErrorKind, Write};
use std::iter::successors;
use std::process::ExitCode;
use typed_pipeliner::BoxError;

fn main() -> ExitCode {
    let command = match Command::from_command_line() {
        Ok(command) => command,
        Err(error) => {
            eprintln!("error: {error}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match futures::executor::block_on(execute(command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", in_one_line(&*error));
            ExitCode::FAILURE
        }
    }
}

/// Executes a command.
async fn execute(command: Command) -> Result<(), BoxError> {
    match command {
        Command::Help => print(USAGE),
        Command::List { folder } => print(&list::list(&folder::open(&folder)?).await?),
        Command::Show { folder, run, entry: None } => print(&show::entries(&folder::open(&folder)?, &run).await?),
        Command::Show { folder, run, entry: Some(entry) } => {
            print(&show::values(&folder::open(&folder)?, &run, &entry).await?)
        }
        Command::Forget { folder, runs } => remove::forget(&folder::open(&folder)?, &runs).await,
        Command::Prune { folder, rule, is_dry } => print(&remove::prune(&folder::open(&folder)?, rule, is_dry).await?),
    }
}

/// Prints a text. It is no error if the reader closes the pipe early, as `head` does.
fn print(text: &str) -> Result<(), BoxError> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}

/// Formats an error in one line, with its sources.
fn in_one_line(error: &(dyn Error + 'static)) -> String {
    let causes: Vec<_> = successors(Some(error), |&error| error.source()).map(ToString::to_string).collect();
    causes.join(": ").replace('\n', " ")
}

//! Two pipelines to look at in the explorer: the start of a search service, and two hundred steps
//! of a company.
//!
//! `cargo run -p explorer-demo`, then open the address that it prints. Arguments:
//!
//! - `--port PORT`: the port of the page, on loopback; without it any free one.
//! - `--pipeline search|company`: the pipeline that runs.
//! - `--hold`: a step takes no time by itself, and goes on when a command releases it.
//! - `--replica-down`: the replica of the search service does not answer until a command starts it.
//!
//! It reads commands from its input, one a line; [`HELP`] lists them.

mod company;
mod pace;
mod search;
mod show;

use futures::StreamExt;
use search::Replica;
use show::Show;
use smol::Unblock;
use smol::io::{AsyncBufReadExt, BufReader};
use std::env;
use std::error::Error;
use std::future::pending;
use std::io::stdin;
use typed_pipeliner::text::one_line;
use typed_pipeliner_explorer::Explorer;

/// The commands.
const HELP: &str = "\
run             run on a fresh store (so does an empty line)
go on           run on the store as it is: steps whose outputs are there are skipped
stop            drop the run
release STEP    let a step go on, now or when it comes to run
release all     let all steps go on
replica up      the replica answers
replica down    the replica does not answer
search          the commands are about the search service
company         the commands are about the company";

/// The arguments.
struct Arguments {
    port: u16,
    pipeline: String,
    hold: bool,
    replica_down: bool,
}

impl Arguments {
    fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Arguments { port: 0, pipeline: "search".to_owned(), hold: false, replica_down: false };
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("`{word}` needs a value"));
            match word.as_str() {
                "--port" => arguments.port = value()?.parse().map_err(|error| format!("`--port`: {error}"))?,
                "--pipeline" => arguments.pipeline = value()?,
                "--hold" => arguments.hold = true,
                "--replica-down" => arguments.replica_down = true,
                _ => return Err(format!("`{word}` is none of --port, --pipeline, --hold, --replica-down")),
            }
        }
        Ok(arguments)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(env::args().skip(1))?;
    smol::block_on(async {
        let replica = Replica::start(!arguments.replica_down).await?;
        let mut shows = [Show::new(search::show(&replica), arguments.hold), Show::new(company::show(), arguments.hold)];
        let place = |shows: &[Show], name: &str| shows.iter().position(|show| show.name == name);
        let mut current = place(&shows, &arguments.pipeline)
            .ok_or(format!("there is no pipeline `{}`, but search and company", arguments.pipeline))?;

        let explorer = Explorer::serve(([127, 0, 0, 1], arguments.port)).await?;
        // The page shows the newest plan until something runs.
        explorer.add(&shows[1 - current].plan());
        explorer.add(&shows[current].plan());
        println!("{}\n\n{HELP}\n", explorer.url());
        if !arguments.hold {
            shows[current].run(&explorer, true).await;
        }

        let mut lines = BufReader::new(Unblock::new(stdin())).lines();
        while let Some(line) = lines.next().await {
            let line = line?;
            let show = &mut shows[current];
            match line.trim() {
                "" | "run" => show.run(&explorer, true).await,
                "go on" => show.run(&explorer, false).await,
                "stop" => show.stop().await,
                "release all" => show.pace.release(None),
                "replica up" => replica.answer(true),
                "replica down" => replica.answer(false),
                other => match (other.strip_prefix("release "), place(&shows, other)) {
                    (Some(step), _) if shows[current].has(step) => shows[current].pace.release(Some(step)),
                    (Some(step), _) => println!("there is no step `{}`", one_line(step)),
                    (None, Some(place)) => current = place,
                    (None, None) => println!("`{}` is no command. These are:\n\n{HELP}\n", one_line(other)),
                },
            }
        }
        // Without input the page stays.
        pending().await
    })
}

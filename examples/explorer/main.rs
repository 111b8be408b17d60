//! A running pipeline to look at: a page with its graph, the states of the steps as they change, and what is known of each.
//!
//! `cargo run --example explorer`, then open the address that it prints. Arguments:
//!
//! - `--port PORT`: where to listen, on loopback only; any free port without it.
//! - `--pipeline search|company`: which page `/` leads to.
//! - `--hold`: steps take no time by themselves, and go on when the page lets them.
//! - `--replica-down`: the replica that the search service looks for does not answer, until the page says so.

mod company;
mod live;
mod pace;
mod search;
mod server;
mod show;

use server::Site;
use show::Show;
use smol::net::{Ipv4Addr, TcpListener};
use std::env;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What was asked for.
struct Arguments {
    port: u16,
    pipeline: String,
    hold: bool,
    replica_down: bool,
}

impl Arguments {
    fn of(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
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
    let arguments = Arguments::of(env::args().skip(1))?;
    smol::block_on(async {
        let replica = search::Replica::start(!arguments.replica_down).await?;
        for pace in [&search::PACE, &company::PACE] {
            pace.held.store(arguments.hold, Ordering::Relaxed);
        }
        let shows = [Show::new(search::ABOUT, replica.clone()), Show::new(company::ABOUT, replica)];
        let first = shows.iter().position(|show| show.about.name == arguments.pipeline);
        let first = first.ok_or(format!("there is no pipeline `{}`, but search and company", arguments.pipeline))?;

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).await?;
        let address = listener.local_addr()?;
        println!("http://{address}/");
        Arc::new(Site { address, shows, first }).serve(listener).await
    })
}

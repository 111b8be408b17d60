//! The cost of the calls of a shelf, on a server of yours. It writes to a table of its own,
//! `typed_pipeliner_cost`, and leaves it empty.
//!
//! ```sh
//! cargo run --release --package typed-pipeliner-postgres --example cost -- "host=localhost user=me dbname=mine"
//! ```

use std::time::Instant;
use typed_pipeliner::BoxError;
use typed_pipeliner::journal::{Entry, Shelf};
use typed_pipeliner_postgres::Postgres;

/// The run.
const RUN: &str = "cost";
/// The size of a value in bytes.
const SIZE: usize = 1_000;

/// An entry with a record of 200 bytes.
fn entry(number: usize, size: usize) -> Entry {
    // An even distribution of the bytes, so that compression does not help.
    let byte = |at: usize| (at.wrapping_mul(0x9e37_79b9).wrapping_add(number) >> 13) as u8;
    let bytes = |size| (0..size).map(byte).collect();
    Entry { run: RUN.into(), name: number.to_string().into(), record: bytes(200), value: bytes(size) }
}

/// Calls a function some times, and prints the median of the times that it took, in µs for a unit.
fn measure(what: &str, units: usize, mut call: impl FnMut() -> Result<(), BoxError>) -> Result<(), BoxError> {
    let mut times = Vec::new();
    for _ in 0..101 {
        let start = Instant::now();
        call()?;
        times.push(start.elapsed());
    }
    times.sort();
    println!("{what:40} {:>10.1} µs", times[times.len() / 2].as_secs_f64() * 1e6 / units as f64);
    Ok(())
}

fn main() -> Result<(), BoxError> {
    let config = std::env::args().nth(1).ok_or("the argument is missing: a connection string")?;
    let mut shelf = Postgres::connect(&config)?.table("typed_pipeliner_cost")?;
    if !shelf.lock(RUN)? {
        return Err("it is measured by another process".into());
    }
    let entries: Vec<_> = (0..1_000).map(|number| entry(number, SIZE)).collect();
    shelf.forget(RUN)?;

    let mut next = 0;
    measure("an entry of 1 kB, written alone", 1, || {
        next += 1;
        shelf.write(&entries[next..=next])
    })?;
    let mut next = 0;
    measure("an entry of 1 kB, written with 99 others", 100, || {
        next = (next + 100) % 1_000;
        shelf.write(&entries[next..next + 100])
    })?;
    let large = [entry(1_000, 10 << 20)];
    measure("an entry of 10 MiB, written alone", 1, || shelf.write(&large))?;
    measure("a record, read with 1,000 others", 1_001, || shelf.records(RUN).map(drop))?;
    let names: Vec<_> = entries.iter().map(|entry| entry.name.clone()).collect();
    measure("a value of 1 kB, read alone", 1, || shelf.read(RUN, &names[..1]).map(drop))?;
    measure("a value of 1 kB, read with 99 others", 100, || shelf.read(RUN, &names[..100]).map(drop))?;
    measure("a value of 10 MiB, read alone", 1, || shelf.read(RUN, &["1000".into()]).map(drop))?;
    measure("a lock, taken and given back", 1, || {
        shelf.lock("another")?;
        shelf.unlock("another");
        Ok(())
    })?;
    shelf.forget(RUN)?;
    Ok(())
}

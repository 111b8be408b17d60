//! The spans of two runs: each step has a span, and the events of the step are in it.
//!
//! ```sh
//! cargo run --package typed-pipeliner-tracing --example spans
//! ```

use std::collections::BTreeMap;
use std::io;
use std::num::ParseFloatError;
use tracing::{debug, info, info_span, warn};
use tracing_subscriber::fmt::format::FmtSpan;
use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, run, step};
use typed_pipeliner_tracing::Tracing;

resource! {
    /// A line for each measurement: a station and a temperature.
    Log: &'static str;
    Measured: Vec<(&'static str, f64)>;
    Stations: BTreeMap<&'static str, Vec<f64>>;
    Means: BTreeMap<&'static str, f64>;
    Hottest: &'static str;
}

#[step]
fn parse(log: In<'_, Log>) -> Result<Out<Measured>, ParseFloatError> {
    let mut measured = Vec::new();
    for (number, line) in (1..).zip(log.lines()) {
        match line.split_once(' ') {
            Some((station, temperature)) => measured.push((station, temperature.parse()?)),
            None => warn!(number, "left out a line"),
        }
    }
    info!(lines = measured.len(), "parsed");
    Ok(measured)
}

#[step]
fn group(measured: In<'_, Measured>) -> Out<Stations> {
    let mut stations = BTreeMap::<_, Vec<_>>::new();
    for &(station, temperature) in measured {
        stations.entry(station).or_default().push(temperature);
    }
    stations
}

#[step]
async fn average(stations: In<'_, Stations>) -> Out<Means> {
    let mut means = BTreeMap::new();
    for (&station, temperatures) in stations {
        // The span is left after each poll and entered before the next, so it has the later events
        // too.
        smol::future::yield_now().await;
        let mean = temperatures.iter().sum::<f64>() / temperatures.len() as f64;
        info!(station, mean, "averaged");
        means.insert(station, mean);
    }
    means
}

#[step]
fn find_hottest(means: In<'_, Means>) -> Out<Hottest> {
    let hottest = means.iter().max_by(|a, b| a.1.total_cmp(b.1));
    debug!(?hottest, "not shown at this level");
    hottest.map_or("none", |(station, _)| station)
}

struct Weather;
impl Pipeline for Weather {
    type Steps = HList![Parse, Group, Average, FindHottest];
}

fn main() {
    tracing_subscriber::fmt()
        .with_writer(io::stdout)
        .with_ansi(false)
        .with_target(false)
        .without_time()
        .with_span_events(FmtSpan::CLOSE)
        .init();

    let good = Store::<Weather>::new().with(Log, "Oslo 4.5\nRome 21\nOslo 5.5\n\nRome 23");
    let bad = Store::<Weather>::new().with(Log, "Oslo 4.5\nRome warm");
    for (number, store) in [good, bad].iter().enumerate() {
        let request = info_span!("request", number);
        let run = request.in_scope(|| smol::block_on(run::<FindHottest>(store).observe(Tracing::new())));
        match run {
            Ok(_) => println!("the hottest is {}\n", store.get::<Hottest>().expect("it was found")),
            Err(error) => println!("{error}"),
        }
    }
}

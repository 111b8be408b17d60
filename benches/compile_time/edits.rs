//! The time of a check after an edit, with an incremental cache.

use crate::Options;
use crate::generate::{Added, Files, Large, Shape, Written};
use crate::rustc::{Compiler, Emit, Time};
use crate::service::{Service, Style};
use std::path::Path;
use std::{fs, io};

/// How many steps the edited pipeline has, and how many of them are in each file, if it is cut.
const STEPS: usize = 200;
const PER_FILE: usize = 20;

/// The edited service.
const HANDLERS: usize = 40;
const PER_PIPELINE: usize = 30;

const WRITTEN: [(&str, Written); 3] =
    [("awaited", Written::Plain), ("`impl Step`", Written::ByHand), ("`#[step]`", Written::AsFunctions)];
const STYLES: [(&str, Style); 3] = [("by hand", Style::ByHand), ("scopes", Style::Scopes), ("flat", Style::Flat)];

/// A line that a user adds: where it is, and how it is counted.
type Edit = (&'static str, fn(&mut Added));

const EDITS: [Edit; 3] = [
    ("the first step", |added| added.first += 1),
    ("the last step", |added| added.last += 1),
    ("the function that calls `run`", |added| added.caller += 1),
];

/// Adds the section.
pub(crate) fn edits(compiler: &Compiler, options: Options) {
    let runs = if options.once { 1 } else { 3 };
    let best = if options.once { "one run" } else { "the best of three" };
    let mut section = options.section("Compile time after an edit");
    section.paragraph(&format!(
        "Seconds of a check after a line was added, with incremental compilation, on the clock / of all\n\
        cores in user mode; {best}. *Awaited* and *by hand* are without the library."
    ));
    section.table(&format!("{STEPS} steps in layers"), WRITTEN.map(|(name, _)| name));
    let layouts = [("one file".into(), Files::One), (format!("files of {PER_FILE} steps"), Files::Of(PER_FILE))];
    for (layout, files) in layouts {
        let columns = WRITTEN.map(|(name, written)| {
            let graph = Large { written, files, ..options.graph(Shape::Layers, STEPS) };
            let column = graph_after_edits(compiler, graph, runs);
            eprintln!("{layout}, {name}: {}", column.map(|time| time.to_string()).join(", "));
            column
        });
        let rows = ["nothing was there before"].into_iter().chain(EDITS.map(|(place, _)| place));
        for (row, place) in rows.enumerate() {
            section.row(format!("{layout}: {place}"), columns.iter().map(|column| column[row]));
        }
    }

    let title = format!("{HANDLERS} handlers, {PER_PIPELINE} + {PER_PIPELINE} steps");
    section.table(&title, STYLES.map(|(name, _)| name));
    let columns = STYLES.map(|(name, style)| {
        let service = options.service(style, PER_PIPELINE, HANDLERS);
        let column = service_after_edit(compiler, service, runs);
        eprintln!("{title}, {name}: {}", column.map(|time| time.to_string()).join(", "));
        column
    });
    for (row, place) in ["nothing was there before", "the top of the handlers' file"].into_iter().enumerate() {
        section.row(place, columns.iter().map(|column| column[row]));
    }
    section.finish();
}

/// Compiles a graph from scratch and then after edits of each kind, and returns the times.
fn graph_after_edits(compiler: &Compiler, mut graph: Large, runs: usize) -> [Time; 1 + EDITS.len()] {
    let (main, cache) = (compiler.program("edited"), empty_cache(compiler));
    changes(graph.write(&main), &main);
    let mut times = [Time::MAX; 1 + EDITS.len()];
    times[0] = compiler.time(&main, Emit::Metadata, &cache);
    for (best, (_, add)) in times[1..].iter_mut().zip(EDITS) {
        for _ in 0..runs {
            add(&mut graph.added);
            assert!(changes(graph.write(&main), &main), "the edit changes a file");
            *best = best.min(compiler.time(&main, Emit::Metadata, &cache));
        }
    }
    times
}

/// Compiles a service from scratch and then after edits, and returns the times.
fn service_after_edit(compiler: &Compiler, mut service: Service, runs: usize) -> [Time; 2] {
    let (main, cache) = (compiler.program("edited-service"), empty_cache(compiler));
    changes(service.write(&main), &main);
    let mut times = [compiler.time(&main, Emit::Metadata, &cache), Time::MAX];
    for _ in 0..runs {
        service.added += 1;
        assert!(changes(service.write(&main), &main), "the edit changes a file");
        times[1] = times[1].min(compiler.time(&main, Emit::Metadata, &cache));
    }
    times
}

/// Removes the incremental cache, and returns where it will be.
fn empty_cache(compiler: &Compiler) -> std::path::PathBuf {
    let cache = compiler.cache();
    match fs::remove_dir_all(&cache) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => panic!("{} stays: {error}", cache.display()),
        _ => cache,
    }
}

/// Whether writing a program changed anything.
fn changes(written: io::Result<bool>, main: &Path) -> bool {
    written.unwrap_or_else(|error| panic!("{} cannot be written: {error}", main.display()))
}

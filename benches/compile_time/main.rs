//! The cost of a pipeline at compile time, side by side with the same graphs written without this
//! library and with others.
//!
//! `cargo bench -p benches --bench compile_time` prints sections of the page of measurements, and
//! with `-- --write` writes them; the progress goes to stderr. The arguments `graphs`, `handlers`,
//! `builds` and `edits` choose sections. With `--quick` graphs have at most a hundred steps, and an
//! edit is made once; with `--once` only the latter. With `--pipeline` each pipeline has the
//! attribute `#[pipeline]`.
//!
//! Costs are instructions of rustc where there is valgrind, and otherwise or with `--seconds` its
//! time in user mode. Compare within a table, not between machines; nothing here is a gate.

mod builds;
mod contenders;
mod edits;
#[path = "../../ui-tests/tests/generate/mod.rs"]
mod generate;
mod graphs;
mod handlers;
mod peers;
mod rustc;
mod service;

use benches::{Section, argument, only_arguments};
use generate::{Large, Shape};
use rustc::Compiler;
use service::{Service, Style};

/// The arguments of the bench.
#[derive(Clone, Copy)]
struct Options {
    /// Whether an edit is made once, and not three times.
    once: bool,
    /// Whether graphs have at most a hundred steps.
    quick: bool,
    /// Whether pipelines have the attribute `#[pipeline]`.
    certified: bool,
}

impl Options {
    /// Begins a section.
    fn section(self, heading: &str) -> Section {
        Section::new(heading, "cargo bench -p benches --bench compile_time")
    }

    /// A graph of steps.
    fn graph(self, shape: Shape, steps: usize) -> Large {
        Large { certified: self.certified, ..Large::new(shape, steps) }
    }

    /// A service.
    fn service(self, style: Style, steps: usize, handlers: usize) -> Service {
        Service { style, steps, handlers, certified: self.certified, added: 0 }
    }
}

/// A part of the bench: its argument, and the function that adds its section.
type Part = (&'static str, fn(&Compiler, Options));

const PARTS: [Part; 4] =
    [("graphs", graphs::graphs), ("handlers", handlers::handlers), ("builds", builds::builds), ("edits", edits::edits)];

fn main() {
    // `cargo test --all-targets` starts this too, but without the argument that `cargo bench` adds.
    if !argument("--bench") {
        eprintln!("nothing is measured without `--bench`");
        return;
    }
    let names = PARTS.map(|(name, _)| name);
    only_arguments(&[&names[..], &["--once", "--pipeline", "--quick", "--seconds", "--write"]].concat());
    let quick = argument("--quick");
    let options = Options { once: quick || argument("--once"), quick, certified: argument("--pipeline") };
    let compiler = Compiler::prepare(argument("--seconds"));
    let all = !names.into_iter().any(argument);
    for (_, part) in PARTS.into_iter().filter(|(name, _)| all || argument(name)) {
        part(&compiler, options);
    }
}

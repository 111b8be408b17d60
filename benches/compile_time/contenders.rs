//! The ways to write the steps of a graph.

use crate::generate::{Ending, Large, Written};
use crate::peers::Peer;
use crate::rustc::Compiler;
use std::path::PathBuf;

/// A way to write the steps of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contender {
    /// Async functions, and one that awaits them.
    Plain,
    /// This library.
    Pipeline(Written, Ending),
    /// Another library.
    Peer(Peer),
}

/// Those of this library, then the others.
pub(crate) const CONTENDERS: [Contender; 9] = [
    Contender::Pipeline(Written::ByHand, Ending::Declared),
    Contender::Pipeline(Written::ByHand, Ending::Run),
    Contender::Pipeline(Written::AsFunctions, Ending::Declared),
    Contender::Pipeline(Written::AsFunctions, Ending::Run),
    Contender::Plain,
    Contender::Peer(Peer::AsyncDag),
    Contender::Peer(Peer::Dagx),
    Contender::Peer(Peer::Teloc),
    Contender::Peer(Peer::Nject),
];

impl Contender {
    /// Its name in the tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Contender::Plain => "awaited",
            Contender::Pipeline(Written::AsFunctions, Ending::Declared) => "`#[step]`, declared",
            Contender::Pipeline(Written::AsFunctions, Ending::Run) => "`#[step]`, run",
            Contender::Pipeline(_, Ending::Declared) => "`impl Step`, declared",
            Contender::Pipeline(_, Ending::Run) => "`impl Step`, run",
            Contender::Peer(peer) => peer.name(),
        }
    }

    /// Whether its program prints the value of the graph.
    pub(crate) fn runs(self) -> bool {
        !matches!(self, Contender::Pipeline(_, Ending::Declared))
    }

    /// Writes its program with a graph, and returns the main file.
    pub(crate) fn write(self, compiler: &Compiler, graph: Large) -> PathBuf {
        let main = compiler.program(&format!("{:?}-{}-{}", graph.shape, graph.steps, self.name().replace('`', "")));
        let written = match self {
            Contender::Plain => Large { written: Written::Plain, ..graph }.write(&main),
            Contender::Pipeline(written, ending) => Large { written, ending, ..graph }.write(&main),
            Contender::Peer(peer) => peer.write(graph, &main),
        };
        written.unwrap_or_else(|error| panic!("{} cannot be written: {error}", main.display()));
        main
    }
}

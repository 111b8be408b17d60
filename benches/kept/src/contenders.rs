//! The contenders: each runs the chain in a process of its own.

mod dbos;
mod duroxide;
mod pipeliner;

use std::ops::Range;
use std::process::Command;

/// The script of the contenders in Python.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/contenders/chain.py");

/// The argument that makes this program a contender.
pub(crate) const CONTENDER: &str = "--contender";

/// A library, and its place for values.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    /// The mishap after which a step that has ended is still there.
    pub(crate) safe_from: &'static str,
    /// Its program.
    program: Program,
    /// Its needs.
    pub(crate) needs: Needs,
    /// How many keys each of its processes runs.
    pub(crate) keys: u64,
}

/// A program that runs the chain for keys, with values in a folder or a database.
enum Program {
    /// This one.
    Own(fn(&str, Range<u64>)),
    /// The script, with this argument.
    Script(&'static str),
}

/// The needs of a contender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// A folder.
    Folder,
    /// A folder, and Python with the libraries.
    Python,
    /// A database of PostgreSQL.
    Postgres,
}

/// Makes a contender that runs as many keys as most.
const fn contender(name: &'static str, safe_from: &'static str, needs: Needs, program: Program) -> Contender {
    Contender { name, safe_from, program, needs, keys: 5 }
}

/// All contenders.
pub(crate) const CONTENDERS: [Contender; 10] = [
    contender("pipeliner, `Files`", "kill", Needs::Folder, Program::Own(pipeliner::files)),
    contender("joblib, `Memory`", "kill", Needs::Python, Program::Script("joblib")),
    contender("pipefunc, `run_folder`", "–", Needs::Python, Program::Script("folder")),
    contender("pipefunc, disk cache", "–", Needs::Python, Program::Script("cache")),
    contender("duroxide, SQLite, polled each ms", "kill", Needs::Folder, Program::Own(duroxide::polled_often)),
    Contender {
        // It waits for most of its time.
        keys: 1,
        ..contender("duroxide, SQLite", "kill", Needs::Folder, Program::Own(duroxide::by_default))
    },
    contender("pipeliner, `Files`, durable", "power failure", Needs::Folder, Program::Own(pipeliner::durable)),
    contender("pipeliner, `Redb`", "power failure", Needs::Folder, Program::Own(pipeliner::redb)),
    contender("pipeliner, PostgreSQL", "power failure", Needs::Postgres, Program::Own(pipeliner::postgres)),
    contender("dbos, PostgreSQL", "power failure", Needs::Postgres, Program::Own(dbos::run)),
];

impl Contender {
    /// The command that runs the chain for keys, with values in a place.
    pub(crate) fn command(&self, place: &str, keys: &Range<u64>) -> Command {
        let mut command = match self.program {
            Program::Own(_) => {
                let mut command = Command::new(std::env::current_exe().unwrap());
                command.args([CONTENDER, self.name]);
                command
            }
            Program::Script(contender) => {
                let mut command = python();
                command.args([SCRIPT, contender]);
                command
            }
        };
        command.arg(place).args([keys.start, keys.end].map(|key| key.to_string()));
        command
    }
}

/// The interpreter, which the environment may name.
pub(crate) fn python() -> Command {
    Command::new(std::env::var_os("PYTHON").unwrap_or("python3".into()))
}

/// Runs the contender that the arguments name, in this process.
pub(crate) fn run(arguments: &[&str]) {
    let &[name, place, first, end] = arguments else { panic!("four arguments, and not {arguments:?}") };
    let contender = CONTENDERS.iter().find(|contender| contender.name == name).expect("a contender has this name");
    let Program::Own(run) = contender.program else { panic!("`{name}` is not this program") };
    run(place, first.parse().unwrap()..end.parse().unwrap());
}

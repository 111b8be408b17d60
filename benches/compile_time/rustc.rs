//! rustc, and the cost of calling it.
//!
//! The dependencies of the programs are built once, by cargo. Then rustc is called without cargo,
//! with the options of the dev profile: so the costs are those of one crate.

use crate::generate;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;
use std::time::Instant;
use std::{fmt, fs, thread};

/// The crates that the programs use: the dependencies of the package `programs`.
const CRATES: [&str; 7] = ["async_dag", "axum", "dagx", "nject", "teloc", "tower", "typed_pipeliner"];

/// The processor seconds after which rustc is stopped.
pub(crate) const LIMIT: u32 = 20;

/// The result of a shell whose program has used up its processor time: 128, and the signal `XCPU`.
const STOPPED: i32 = 128 + 24;

/// The output of rustc.
#[derive(Clone, Copy)]
pub(crate) enum Emit {
    /// That of `cargo check`.
    Metadata,
    /// That of `cargo build`.
    Program,
    /// The code that rustc generates, as text, for counting.
    Text,
}

impl Emit {
    /// The option of rustc.
    fn option(self) -> &'static str {
        match self {
            Emit::Metadata => "--emit=metadata",
            Emit::Program => "--emit=link",
            Emit::Text => "--emit=llvm-ir",
        }
    }
}

/// The seconds of a call of rustc: on the clock, and of all processors in user mode.
#[derive(Clone, Copy)]
pub(crate) struct Time {
    pub(crate) wall: f64,
    pub(crate) user: f64,
}

impl Time {
    /// More than anything takes.
    pub(crate) const MAX: Time = Time { wall: f64::INFINITY, user: f64::INFINITY };

    /// The lower of each. Noise only ever adds.
    pub(crate) fn min(self, other: Time) -> Time {
        Time { wall: self.wall.min(other.wall), user: self.user.min(other.user) }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} / {:.2}", self.wall, self.user)
    }
}

/// The unit of costs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Millions of instructions, which valgrind counts.
    Instructions,
    /// Seconds in user mode.
    Seconds,
}

impl Unit {
    /// Its name in a legend.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Unit::Instructions => "Millions of instructions of rustc",
            Unit::Seconds => "Seconds of rustc in user mode",
        }
    }

    /// A cost as the cell of a table.
    pub(crate) fn cell(self, cost: f64) -> String {
        match self {
            Unit::Instructions => format!("{cost:.0}"),
            Unit::Seconds => format!("{cost:.2}"),
        }
    }

    /// A small part of a cost as the cell of a table.
    pub(crate) fn part(self, cost: f64) -> String {
        match self {
            Unit::Instructions => format!("{cost:.1}"),
            Unit::Seconds => format!("{cost:.3}"),
        }
    }

    /// A cost as the cell of a table, or the reason why there is none.
    pub(crate) fn result(self, cost: &Result<f64, Refusal>) -> String {
        match cost {
            Ok(cost) => self.cell(*cost),
            Err(refusal) => refusal.to_string(),
        }
    }
}

/// The reason why a program has no cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// rustc takes longer than [`LIMIT`].
    TooSlow,
    /// rustc reports that its recursion limit is too low.
    RecursionLimit,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::TooSlow => write!(f, "> {LIMIT} s"),
            Refusal::RecursionLimit => write!(f, "recursion"),
        }
    }
}

/// rustc, and the dependencies built for it.
pub(crate) struct Compiler {
    rustc: PathBuf,
    /// The direct dependencies: `name=path`.
    externs: Vec<String>,
    dependencies: PathBuf,
    /// The programs, and the output.
    folder: PathBuf,
    pub(crate) unit: Unit,
}

impl Compiler {
    /// Builds the dependencies. Costs are instructions where there is valgrind, unless they shall
    /// be seconds.
    pub(crate) fn prepare(seconds: bool) -> Compiler {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile_time");
        let target = folder.join("target");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--package", "programs", "--lib", "--message-format", "json", "--manifest-path"]);
        cargo.arg(generate::repository().join("Cargo.toml")).arg("--target-dir").arg(&target);
        let messages = output(&mut cargo);
        let externs = Vec::from_iter(messages.lines().filter_map(library));
        assert_eq!(externs.len(), CRATES.len(), "cargo builds each crate once: {externs:?}");
        // Not the one in the PATH, which may be a proxy that takes time of its own.
        let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]));
        let rustc = Path::new(sysroot.trim()).join("bin/rustc");
        let counts = !seconds && Command::new("valgrind").arg("--version").output().is_ok();
        let unit = if counts { Unit::Instructions } else { Unit::Seconds };
        Compiler { rustc, externs, dependencies: target.join("debug/deps"), folder, unit }
    }

    /// The main file of a program.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        generate::program(&self.folder, name)
    }

    /// The folder of an incremental cache.
    pub(crate) fn cache(&self) -> PathBuf {
        self.folder.join("cache")
    }

    /// Compiles programs, and returns the cost of each. Instructions are counted on all cores,
    /// because no other program adds to them.
    pub(crate) fn costs(&self, programs: &[PathBuf], emit: Emit) -> Vec<Result<f64, Refusal>> {
        let threads = match self.unit {
            Unit::Instructions => thread::available_parallelism().map_or(1, usize::from),
            Unit::Seconds => 1,
        };
        let queue = Mutex::new(programs.iter().enumerate());
        let costs = Mutex::new(vec![None; programs.len()]);
        let work = || {
            loop {
                let Some((place, main)) = queue.lock().expect("no thread panics with the queue").next() else { return };
                let cost = self.cost(main, emit);
                eprintln!("{}: {cost:?}", name(main));
                costs.lock().expect("no thread panics with the costs")[place] = Some(cost);
            }
        };
        thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
        let costs = costs.into_inner().expect("no thread panics with the costs");
        costs.into_iter().map(|cost| cost.expect("each program has its turn")).collect()
    }

    /// Compiles a program, and returns the cost; of several times the least, because noise only
    /// adds.
    fn cost(&self, main: &Path, emit: Emit) -> Result<f64, Refusal> {
        let seconds = || {
            let user = user_time_of_children();
            self.try_compile(main, emit)?;
            Ok(user_time_of_children() - user)
        };
        let first = seconds()?;
        Ok(match self.unit {
            Unit::Seconds => first.min(seconds()?).min(seconds()?),
            Unit::Instructions => self.instructions(main, emit) / 1e6,
        })
    }

    /// Compiles a program, with an incremental cache, and returns how long it took.
    pub(crate) fn time(&self, main: &Path, emit: Emit, cache: &Path) -> Time {
        let mut rustc = Command::new(&self.rustc);
        rustc.args(self.arguments(main, emit)).arg("-C").arg(format!("incremental={}", cache.display()));
        let (user, start) = (user_time_of_children(), Instant::now());
        output(&mut rustc);
        Time { wall: start.elapsed().as_secs_f64(), user: user_time_of_children() - user }
    }

    /// Compiles a program, runs it, and returns its output.
    pub(crate) fn run(&self, main: &Path) -> Result<String, Refusal> {
        self.try_compile(main, Emit::Program)?;
        Ok(output(&mut Command::new(out(main).join("generated"))))
    }

    /// Compiles a program, and returns the number of functions that rustc generates.
    pub(crate) fn functions(&self, main: &Path) -> Result<usize, Refusal> {
        self.try_compile(main, Emit::Text)?;
        let text = out(main).join("generated.ll");
        let text = fs::read_to_string(&text).unwrap_or_else(|error| panic!("{} is not there: {error}", text.display()));
        Ok(text.lines().filter(|line| line.starts_with("define ")).count())
    }

    /// Compiles a program, unless it takes too long.
    fn try_compile(&self, main: &Path, emit: Emit) -> Result<(), Refusal> {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -S -t {LIMIT} && \"$@\""), "sh"]);
        shell.arg(&self.rustc).args(self.arguments(main, emit));
        let Output { status, stderr, .. } = start(&mut shell);
        let report = String::from_utf8_lossy(&stderr);
        match status.code() {
            Some(0) => Ok(()),
            Some(STOPPED) => Err(Refusal::TooSlow),
            Some(_) if report.contains("recursion limit") || report.contains("E0275") => Err(Refusal::RecursionLimit),
            _ => panic!("{shell:?} failed:\n{report}"),
        }
    }

    /// The instructions of rustc on a program, without those of a linker.
    fn instructions(&self, main: &Path, emit: Emit) -> f64 {
        let mut valgrind = Command::new("valgrind");
        let counts = out(main).join("cachegrind.out");
        valgrind.args(["--tool=cachegrind", "--cache-sim=no"]);
        valgrind.arg(format!("--cachegrind-out-file={}", counts.display()));
        valgrind.arg(&self.rustc).args(self.arguments(main, emit));
        let Output { stderr, .. } = start(&mut valgrind);
        let report = String::from_utf8_lossy(&stderr);
        let count =
            report.lines().find_map(|line| line.split_once("I   refs:")?.1.trim().replace(',', "").parse().ok());
        count.unwrap_or_else(|| panic!("valgrind counts no instructions:\n{report}"))
    }

    /// The arguments of rustc. The text is in one piece, so that each function is in it once.
    fn arguments(&self, main: &Path, emit: Emit) -> Vec<String> {
        let mut arguments = Vec::from(
            ["--edition=2024", "--crate-name=generated", "--crate-type=bin", "-Cdebuginfo=2", "-Cembed-bitcode=no"]
                .map(String::from),
        );
        arguments.push(emit.option().into());
        if let Emit::Text = emit {
            arguments.push("-Ccodegen-units=1".into());
        }
        arguments.push(main.display().to_string());
        arguments.push(format!("--out-dir={}", out(main).display()));
        arguments.push(format!("-Ldependency={}", self.dependencies.display()));
        arguments.extend(self.externs.iter().map(|library| format!("--extern={library}")));
        arguments
    }
}

/// The name of a program.
fn name(main: &Path) -> &str {
    main.parent().and_then(|folder| folder.file_name()?.to_str()).expect("a program has a folder of its name")
}

/// The folder of the output of a program.
fn out(main: &Path) -> PathBuf {
    main.with_file_name("out")
}

/// The crate that cargo reports in a message, if it is one of [`CRATES`]: `name=path`.
fn library(message: &str) -> Option<String> {
    let message: serde_json::Value = serde_json::from_str(message).expect("cargo prints a JSON value a line");
    let name = message["target"]["name"].as_str().filter(|name| CRATES.contains(name))?;
    let files = message["filenames"].as_array()?.iter().filter_map(|file| file.as_str());
    let file = files.into_iter().find(|file| Path::new(file).extension() == Some(OsStr::new("rlib")))?;
    Some(format!("{name}={file}"))
}

/// Runs a command to its end, and returns its output.
fn output(command: &mut Command) -> String {
    let output = start(command);
    assert!(output.status.success(), "{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo and rustc print UTF-8")
}

/// Runs a command to its end.
fn start(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"))
}

/// How long the processes that have ended ran in user mode, in seconds. Not a number where there is
/// no `/proc`.
fn user_time_of_children() -> f64 {
    let Ok(stat) = fs::read_to_string("/proc/self/stat") else { return f64::NAN };
    // The second field is the name of the process, in parentheses, and may contain spaces. The
    // sixteenth is `cutime`.
    let (_, fields) = stat.rsplit_once(')').expect("the second field of /proc/self/stat is in parentheses");
    let ticks = fields.split_whitespace().nth(13).expect("/proc/self/stat has more than sixteen fields");
    ticks.parse::<f64>().expect("times in /proc/self/stat are numbers") / 100.0
}

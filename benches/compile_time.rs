//! The cost of a pipeline at compile time: how the time grows with the number of steps, and how
//! long an edit takes.
//!
//! `cargo bench -p benches --bench compile_time` prints a section of the page of measurements, and
//! with `-- --write` writes it; the progress goes to stderr. `-- --once` compiles each program
//! once, and `-- --quick` also stops at a hundred steps. Compare within a table, not between
//! machines; nothing here is a gate.
//!
//! The library is built once, by cargo. Then rustc is called without cargo, with the options of the
//! dev profile: so the times are those of the one crate that declares the pipeline.

#[path = "../ui-tests/tests/generate/mod.rs"]
mod generate;

use benches::{Section, argument, only_arguments};
use generate::{Added, Ending, Files, Large, Shape, Written};
use std::ops::Sub;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{fmt, fs, io};

const SHAPES: [(&str, Shape); 2] = [("chain", Shape::Chain), ("layers", Shape::Layers)];
const STEPS: [usize; 6] = [10, 30, 60, 100, 200, 400];
const ENDINGS: [(&str, Ending); 3] =
    [("declared", Ending::Declared), ("by hand", Ending::ByHand), ("run", Ending::Run)];
const MODES: [Mode; 2] = [Mode::Check, Mode::Build];

/// How many steps the edited pipeline has, and how many of them are in each file, if it is cut.
const EDITED: usize = 200;
const PER_FILE: usize = 20;

/// How many steps are written in both ways.
const AS_FUNCTIONS: usize = 100;

/// The output of rustc.
#[derive(Clone, Copy)]
enum Mode {
    /// That of `cargo check`.
    Check,
    /// That of `cargo build`.
    Build,
}

impl Mode {
    /// Its name in the tables.
    fn name(self) -> &'static str {
        match self {
            Mode::Check => "check",
            Mode::Build => "debug build",
        }
    }

    /// The option of rustc.
    fn emit(self) -> &'static str {
        match self {
            Mode::Check => "--emit=metadata",
            Mode::Build => "--emit=link",
        }
    }
}

/// A line that a user adds: where it is, and how it is counted.
type Edit = (&'static str, fn(&mut Added));

const EDITS: [Edit; 3] = [
    ("the first step", |added| added.first += 1),
    ("the last step", |added| added.last += 1),
    ("the function that calls `run`", |added| added.caller += 1),
];

/// Seconds: on the clock, and of all processors in user mode.
#[derive(Clone, Copy)]
struct Time {
    wall: f64,
    user: f64,
}

impl Time {
    /// More than anything takes.
    const MAX: Time = Time { wall: f64::INFINITY, user: f64::INFINITY };

    /// The lower of each. Noise only ever adds.
    fn min(self, other: Time) -> Time {
        Time { wall: self.wall.min(other.wall), user: self.user.min(other.user) }
    }
}

impl Sub for Time {
    type Output = Time;
    fn sub(self, other: Time) -> Time {
        Time { wall: self.wall - other.wall, user: self.user - other.user }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.2} / {:.2}", self.wall, self.user)
    }
}

/// rustc, and the library built for it.
struct Compiler {
    rustc: PathBuf,
    library: PathBuf,
    dependencies: PathBuf,
    /// The programs, and the output.
    folder: PathBuf,
}

impl Compiler {
    /// Builds the library.
    fn prepare() -> Compiler {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compile_time");
        let manifest = generate::repository().join("Cargo.toml");
        let target = folder.join("target");
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["build", "--package", "typed-pipeliner", "--lib", "--manifest-path"])
            .arg(manifest)
            .arg("--target-dir")
            .arg(&target);
        output(&mut cargo);
        // Not the one in the PATH, which may be a proxy that takes time of its own.
        let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]));
        Compiler {
            rustc: Path::new(sysroot.trim()).join("bin/rustc"),
            library: target.join("debug/libtyped_pipeliner.rlib"),
            dependencies: target.join("debug/deps"),
            folder,
        }
    }

    /// Compiles a program, with an incremental cache if there is one, and returns how long it took.
    fn compile(&self, main: &Path, mode: Mode, cache: Option<&Path>) -> Time {
        let mut rustc = Command::new(&self.rustc);
        rustc.args(["--edition=2024", "--crate-name=generated", "--crate-type=bin", mode.emit()]);
        rustc.args(["-Cdebuginfo=2", "-Cembed-bitcode=no"]);
        rustc.arg(main).arg("--out-dir").arg(self.folder.join("out"));
        rustc.arg("--extern").arg(format!("typed_pipeliner={}", self.library.display()));
        rustc.arg("-L").arg(format!("dependency={}", self.dependencies.display()));
        if let Some(cache) = cache {
            rustc.arg("-C").arg(format!("incremental={}", cache.display()));
        }
        let (user, start) = (user_time_of_children(), Instant::now());
        output(&mut rustc);
        Time { wall: start.elapsed().as_secs_f64(), user: user_time_of_children() - user }
    }
}

/// Runs a command to its end, and returns its output.
fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    assert!(output.status.success(), "{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo and rustc print UTF-8")
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

/// How often a program is compiled, so that the best time counts.
fn runs(once: bool, steps: usize) -> usize {
    match (once, steps) {
        (true, _) => 1,
        (false, ..=100) => 3,
        (false, _) => 2,
    }
}

/// Compiles pipelines of more and more steps.
fn curve(compiler: &Compiler, quick: bool, once: bool, section: &mut Section) {
    let best = if once { "one run" } else { "the best of three, above 100 steps of two" };
    section.paragraph(&format!("From scratch, without incremental compilation; {best}."));
    for (shape_name, shape) in SHAPES {
        for mode in MODES {
            let columns = ["declared", "by hand", "run", "run − declared", "run − by hand"];
            section.table(&format!("{}, {shape_name}", mode.name()), columns);
            for steps in STEPS.into_iter().filter(|&steps| !quick || steps <= 100) {
                let programs = ENDINGS.map(|(name, ending)| {
                    let main = generate::program(&compiler.folder, &format!("{shape_name}-{steps}-{name}"));
                    write(Large { ending, ..Large::new(shape, steps) }, &main);
                    main
                });
                let mut best = [Time::MAX; 3];
                // In turn, so that noise meets one run of each, and not all runs of one.
                for _ in 0..runs(once, steps) {
                    for (best, main) in best.iter_mut().zip(&programs) {
                        *best = best.min(compiler.compile(main, mode, None));
                    }
                }
                let [declared, by_hand, run] = best;
                section.row(steps, [declared, by_hand, run, run - declared, run - by_hand]);
                eprintln!("{shape_name}, {}, {steps} steps: {declared}, {by_hand}, {run}", mode.name());
            }
        }
    }
}

/// Compiles the same steps written by hand and as functions.
fn functions(compiler: &Compiler, once: bool, section: &mut Section) {
    let best = if once { "one run" } else { "the best of three" };
    section.paragraph(&format!("{AS_FUNCTIONS} steps, by hand and by `#[step]` on functions; {best}."));
    section.table("", ["by hand", "as functions", "ratio"]);
    for (shape_name, shape) in SHAPES {
        for mode in MODES {
            let programs = [Written::ByHand, Written::AsFunctions].map(|written| {
                let main = generate::program(&compiler.folder, &format!("{shape_name}-{written:?}"));
                write(Large { written, ..Large::new(shape, AS_FUNCTIONS) }, &main);
                main
            });
            let mut best = [Time::MAX; 2];
            for _ in 0..runs(once, AS_FUNCTIONS) {
                for (best, main) in best.iter_mut().zip(&programs) {
                    *best = best.min(compiler.compile(main, mode, None));
                }
            }
            let [by_hand, as_functions] = best;
            let ratio = as_functions.wall / by_hand.wall;
            let cells = [by_hand.to_string(), as_functions.to_string(), format!("{ratio:.2}")];
            section.row(format!("{}, {shape_name}", mode.name()), cells);
        }
    }
}

/// Compiles a pipeline after each of several edits.
fn edits(compiler: &Compiler, once: bool, section: &mut Section) {
    let best = if once { "one run" } else { "the best of three" };
    section.paragraph(&format!("After a line was added, with incremental compilation; {best}."));
    let columns = ["check, by hand", "check, run", "debug build, by hand", "debug build, run"];
    section.table(&format!("{EDITED} steps in layers"), columns);
    let layouts = [("one file".into(), Files::One), (format!("files of {PER_FILE} steps"), Files::Of(PER_FILE))];
    for (layout, files) in layouts {
        let mut columns = Vec::new();
        for mode in MODES {
            for (name, ending) in [("by hand", Ending::ByHand), ("run", Ending::Run)] {
                let pipeline = Large { ending, files, ..Large::new(Shape::Layers, EDITED) };
                let column = edit(compiler, pipeline, mode, if once { 1 } else { 3 });
                eprintln!("{layout}, {}, {name}: {}", mode.name(), column.map(|time| time.to_string()).join(", "));
                columns.push(column);
            }
        }
        let rows = ["nothing was there before"].into_iter().chain(EDITS.map(|(place, _)| place));
        for (row, place) in rows.enumerate() {
            section.row(format!("{layout}: {place}"), columns.iter().map(|column| column[row]));
        }
    }
}

/// Compiles a pipeline from scratch and then after edits of each kind, and returns the times.
fn edit(compiler: &Compiler, mut pipeline: Large, mode: Mode, runs: usize) -> [Time; 1 + EDITS.len()] {
    let main = generate::program(&compiler.folder, "edited");
    let cache = compiler.folder.join("cache");
    match fs::remove_dir_all(&cache) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => panic!("{} stays: {error}", cache.display()),
        _ => {}
    }
    write(pipeline, &main);
    let mut times = [Time::MAX; 1 + EDITS.len()];
    times[0] = compiler.compile(&main, mode, Some(&cache));
    for (best, (_, add)) in times[1..].iter_mut().zip(EDITS) {
        for _ in 0..runs {
            add(&mut pipeline.added);
            assert!(write(pipeline, &main), "the edit changes a file");
            *best = best.min(compiler.compile(&main, mode, Some(&cache)));
        }
    }
    times
}

/// Writes a program, and returns whether that changed anything.
fn write(pipeline: Large, main: &Path) -> bool {
    pipeline.write(main).unwrap_or_else(|error| panic!("{} cannot be written: {error}", main.display()))
}

fn main() {
    // `cargo test --all-targets` starts this too, but without the argument that `cargo bench` adds.
    if !argument("--bench") {
        eprintln!("nothing is measured without `--bench`");
        return;
    }
    only_arguments(&["--once", "--quick", "--write"]);
    let quick = argument("--quick");
    let once = quick || argument("--once");
    let compiler = Compiler::prepare();
    let mut section = Section::new("Compile time", "cargo bench -p benches --bench compile_time");
    section.paragraph("Seconds, on the clock / of all cores in user mode.");
    curve(&compiler, quick, once, &mut section);
    edits(&compiler, once, &mut section);
    functions(&compiler, once, &mut section);
    section.finish();
}

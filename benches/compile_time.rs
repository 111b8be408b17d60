//! What a pipeline costs at compile time: how the time grows with the number of steps, and how long an edit takes.
//!
//! `cargo bench --bench compile_time` prints Markdown tables, and tells on stderr how far it is. `-- --quick` stops at a
//! hundred steps, and compiles each program once. Compare within a table, not between machines; nothing here is a gate.
//!
//! The library is built once, by cargo. Then rustc is called without cargo, with the options of the dev profile: so the
//! times are those of the one crate that declares the pipeline.

#[path = "../ui-tests/tests/generate/mod.rs"]
mod generate;

use generate::{Added, Ending, Files, Large, Shape, Written};
use std::ops::Sub;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;
use std::{env, fmt, fs, io, thread};

const SHAPES: [(&str, Shape); 2] = [("chain", Shape::Chain), ("layers", Shape::Layers)];
const STEPS: [usize; 6] = [10, 30, 60, 100, 200, 400];
const ENDINGS: [(&str, Ending); 3] =
    [("declared", Ending::Declared), ("by hand", Ending::ByHand), ("run", Ending::Run)];
const MODES: [Mode; 2] = [Mode::Check, Mode::Build];

/// How many steps the pipeline has that is edited, and how many of them are in each file, if it is cut.
const EDITED: usize = 200;
const PER_FILE: usize = 20;

/// How many steps are written in both ways.
const AS_FUNCTIONS: usize = 100;

/// What rustc makes of a program.
#[derive(Clone, Copy)]
enum Mode {
    /// What `cargo check` makes.
    Check,
    /// What `cargo build` makes.
    Build,
}

impl Mode {
    /// What the tables call it.
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
    /// Where the programs are, and what is made of them.
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
        // Not what is in the PATH, which may be a proxy that takes time of its own.
        let sysroot = output(Command::new("rustc").args(["--print", "sysroot"]));
        Compiler {
            rustc: Path::new(sysroot.trim()).join("bin/rustc"),
            library: target.join("debug/libtyped_pipeliner.rlib"),
            dependencies: target.join("debug/deps"),
            folder,
        }
    }

    /// Compiles a program, and returns how long it took. What was compiled before is taken from the cache, if there is one.
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

/// Runs a command to its end, and returns what it printed.
fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
    assert!(output.status.success(), "{command:?} failed:\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("cargo and rustc print UTF-8")
}

/// How long the processes that have ended ran in user mode, in seconds. Not a number where there is no `/proc`.
fn user_time_of_children() -> f64 {
    let Ok(stat) = fs::read_to_string("/proc/self/stat") else { return f64::NAN };
    // The name of the process, in parentheses, is the second field and may contain spaces. `cutime` is the sixteenth.
    let (_, fields) = stat.rsplit_once(')').expect("the second field of /proc/self/stat is in parentheses");
    let ticks = fields.split_whitespace().nth(13).expect("/proc/self/stat has more than sixteen fields");
    ticks.parse::<f64>().expect("times in /proc/self/stat are numbers") / 100.0
}

/// How often a program is compiled, so that the best time counts.
fn runs(quick: bool, steps: usize) -> usize {
    match (quick, steps) {
        (true, _) => 1,
        (false, ..=100) => 3,
        (false, _) => 2,
    }
}

/// Compiles pipelines of more and more steps, and prints what that took.
fn curve(compiler: &Compiler, quick: bool) {
    let best = if quick { "one run" } else { "the best of three, above 100 steps of two" };
    println!("\nFrom scratch, without incremental compilation; {best}.");
    for (shape_name, shape) in SHAPES {
        for mode in MODES {
            println!("\n| {}, {shape_name} | declared | by hand | run | run − declared | run − by hand |", mode.name());
            println!("|--:|--:|--:|--:|--:|--:|");
            for steps in STEPS.into_iter().filter(|&steps| !quick || steps <= 100) {
                let programs = ENDINGS.map(|(name, ending)| {
                    let main = generate::program(&compiler.folder, &format!("{shape_name}-{steps}-{name}"));
                    write(Large { ending, ..Large::new(shape, steps) }, &main);
                    main
                });
                let mut best = [Time::MAX; 3];
                // In turn, so that a busy minute of the machine spoils one run of each, and not all of one.
                for _ in 0..runs(quick, steps) {
                    for (best, main) in best.iter_mut().zip(&programs) {
                        *best = best.min(compiler.compile(main, mode, None));
                    }
                }
                let [declared, by_hand, run] = best;
                let (proof, library) = (run - declared, run - by_hand);
                println!("| {steps} | {declared} | {by_hand} | {run} | **{proof}** | {library} |");
                eprintln!("{shape_name}, {}, {steps} steps: {declared}, {by_hand}, {run}", mode.name());
            }
        }
    }
}

/// Compiles the same steps written by hand and as functions, and prints what each took.
fn functions(compiler: &Compiler, quick: bool) {
    println!(
        "\n`#[step]` on functions, against the same steps written by hand; {} of {AS_FUNCTIONS} steps that are run.",
        if quick { "one build" } else { "the best of three builds" }
    );
    println!("\n| | by hand | as functions | ratio |\n|---|--:|--:|--:|");
    for (shape_name, shape) in SHAPES {
        for mode in MODES {
            let programs = [Written::ByHand, Written::AsFunctions].map(|written| {
                let main = generate::program(&compiler.folder, &format!("{shape_name}-{written:?}"));
                write(Large { written, ..Large::new(shape, AS_FUNCTIONS) }, &main);
                main
            });
            let mut best = [Time::MAX; 2];
            for _ in 0..runs(quick, AS_FUNCTIONS) {
                for (best, main) in best.iter_mut().zip(&programs) {
                    *best = best.min(compiler.compile(main, mode, None));
                }
            }
            let [by_hand, as_functions] = best;
            let ratio = as_functions.wall / by_hand.wall;
            println!("| {}, {shape_name} | {by_hand} | {as_functions} | **{ratio:.2}** |", mode.name());
        }
    }
}

/// Adds lines to a pipeline, one by one, and prints how long it takes to compile each time.
fn edits(compiler: &Compiler, quick: bool) {
    let best = if quick { "one run" } else { "the best of three" };
    println!("\nAn edit: with incremental compilation, after a line was added; {best}.");
    println!("\n| {EDITED} steps in layers | check, by hand | check, run | debug build, by hand | debug build, run |");
    println!("|---|--:|--:|--:|--:|");
    let layouts = [("one file".into(), Files::One), (format!("files of {PER_FILE} steps"), Files::Of(PER_FILE))];
    for (layout, files) in layouts {
        let mut columns = Vec::new();
        for mode in MODES {
            for (name, ending) in [("by hand", Ending::ByHand), ("run", Ending::Run)] {
                let pipeline = Large { ending, files, ..Large::new(Shape::Layers, EDITED) };
                let column = edit(compiler, pipeline, mode, if quick { 1 } else { 3 });
                eprintln!("{layout}, {}, {name}: {}", mode.name(), column.map(|time| time.to_string()).join(", "));
                columns.push(column);
            }
        }
        let rows = ["nothing was there before"].into_iter().chain(EDITS.map(|(place, _)| place));
        for (row, place) in rows.enumerate() {
            let cells: Vec<String> = columns.iter().map(|column| column[row].to_string()).collect();
            println!("| {layout}: {place} | {} |", cells.join(" | "));
        }
    }
}

/// Compiles a pipeline from scratch and then after edits of each kind, and returns how long each of these took.
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

/// The machine, the compiler and the day.
fn circumstances(compiler: &Compiler) -> String {
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let model = model.map_or("unknown processor", |(_, model)| model);
    let cores = thread::available_parallelism().map_or("unknown number of".into(), |cores| cores.to_string());
    let version = output(Command::new(&compiler.rustc).arg("--version"));
    let today = jiff::Timestamp::now().strftime("%F");
    format!("{model}, {cores} cores; {}; {today}", version.trim())
}

fn main() {
    let arguments: Vec<String> = env::args().collect();
    // `cargo test --all-targets` starts this too, but without the argument that `cargo bench` adds.
    if !arguments.iter().any(|argument| argument == "--bench") {
        eprintln!("nothing is measured without `--bench`");
        return;
    }
    let quick = arguments.iter().any(|argument| argument == "--quick");
    let compiler = Compiler::prepare();
    println!("{}. Seconds, on the clock / of all cores in user mode.", circumstances(&compiler));
    functions(&compiler, quick);
    curve(&compiler, quick);
    edits(&compiler, quick);
}

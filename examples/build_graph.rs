//! A build graph on threads, two steps at once. A value in the store is not made again, and neither
//! is a file that is up to date.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::{fs, io, sync::Mutex};
use typed_pipeliner::executor::Executor;
use typed_pipeliner::{HList, Identified, In, Out, Pipeline, RunError, Store, resource, step};

/// A unit that is compiled: `NAME.src` becomes `NAME.o`.
trait Unit: Identified {
    const NAME: &'static str;
}

macro_rules! units {
    ($($unit:ident $name:literal)*) => {$(
        #[derive(Identified)]
        struct $unit;
        impl Unit for $unit {
            const NAME: &'static str = $name;
        }
    )*};
}
units! { Parser "parser" Printer "printer" Main "main" }

/// The reason why the lock of `Made` is never poisoned.
const NO_PANIC: &str = "nothing panics while it holds this lock";

resource! {
    Dir: PathBuf;
    /// The names of the files that were made.
    Made: Mutex<Vec<String>>;
    Object<U: Unit>: PathBuf;
    Library: PathBuf;
    Program: PathBuf;
}

/// The start of the first line of a made file. A hash of its sources follows.
const STAMP: &str = "# made of ";

/// Makes a file from its sources, unless it exists and was made from the same text.
fn make(target: PathBuf, sources: &[&Path], made: &Mutex<Vec<String>>, how: fn(&str) -> String) -> io::Result<PathBuf> {
    let mut text = String::new();
    for source in sources {
        let source = fs::read_to_string(source)?;
        text.extend(source.split_inclusive('\n').filter(|line| !line.starts_with(STAMP)));
    }
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let stamp = format!("{STAMP}{:016x}\n", hasher.finish());
    if !fs::read_to_string(&target).is_ok_and(|old| old.starts_with(&stamp)) {
        fs::write(&target, stamp + &how(&text))?;
        let name = target.file_name().unwrap_or_default().to_string_lossy().into_owned();
        made.lock().expect(NO_PANIC).push(name);
    }
    Ok(target)
}

/// Copies a source without its comments.
#[step]
fn compile<U: Unit>(dir: In<'_, Dir>, made: In<'_, Made>) -> io::Result<Out<Object<U>>> {
    let file = dir.join(U::NAME);
    make(file.with_extension("o"), &[&file.with_extension("src")], made, |text| {
        text.lines().map(|line| line.split("//").next().unwrap_or("").trim_end().to_owned() + "\n").collect()
    })
}

#[step]
fn archive(
    dir: In<'_, Dir>,
    made: In<'_, Made>,
    parser: In<'_, Object<Parser>>,
    printer: In<'_, Object<Printer>>,
) -> io::Result<Out<Library>> {
    make(dir.join("library.a"), &[parser, printer], made, str::to_owned)
}

#[step]
fn link(
    dir: In<'_, Dir>,
    made: In<'_, Made>,
    library: In<'_, Library>,
    main: In<'_, Object<Main>>,
) -> io::Result<Out<Program>> {
    make(dir.join("program"), &[main, library], made, str::to_owned)
}

struct Build;
impl Pipeline for Build {
    type Steps = HList![Compile<Parser>, Compile<Printer>, Compile<Main>, Archive, Link];
}

/// Builds twice on one store, and prints which files were made.
fn build(dir: &Path) -> Result<(), RunError> {
    let store = Store::<Build>::new().with(Dir, dir.to_owned()).with(Made, Mutex::default());
    let executor = Executor::new(2);
    for _ in 0..2 {
        executor.scope(async |scope| scope.run::<Link>(&store).limit(2).await)?;
        let mut made = std::mem::take(&mut *store.get::<Made>().expect("it is supplied").lock().expect(NO_PANIC));
        made.sort_unstable();
        println!("made: {made:?}");
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dir = tempfile::tempdir()?;
    let write = |name: &str, text: &str| fs::write(dir.path().join(name), text);
    write("parser.src", "fn parse()  // reads\n")?;
    write("printer.src", "fn print()  // writes\n")?;
    write("main.src", "fn main()\n  parse()\n  print()\n")?;
    build(dir.path())?;

    println!("a comment is changed");
    write("printer.src", "fn print()  // writes it\n")?;
    build(dir.path())?;

    println!("the printer is changed");
    write("printer.src", "fn print_all()\n")?;
    build(dir.path())?;
    Ok(())
}

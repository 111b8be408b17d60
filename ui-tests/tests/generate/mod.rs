//! Writes large pipelines: programs that declare many steps, run them and print the result.
//!
//! The large tests and the bench of compile time compile these programs. All steps are registered
//! flat in one list, in shuffled order; one resource, `Seed`, is supplied. The order is
//! deterministic: the same pipeline has the same text.

#![allow(dead_code)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// The connections of the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Each step takes what the one before it provides.
    Chain,
    /// Layers of ten steps; each takes three resources of the layer before.
    Layers,
}

/// The action of the program on its steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Nothing: they are declared and registered.
    Declared,
    /// It runs the last one. Plain functions are awaited one by one.
    Run,
}

/// The form of the steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// As async functions, without the library.
    Plain,
    /// As impls of `Step`.
    ByHand,
    /// As functions with the attribute `#[step]`.
    AsFunctions,
}

/// The files of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Files {
    /// One file.
    One,
    /// This many steps in each file; the pipeline and the function that runs it have files of their
    /// own.
    Of(usize),
}

/// The numbers of lines that an imagined user has added so far, by place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Added {
    /// In the body of the first step.
    pub(crate) first: usize,
    /// In the body of the last step, `Finish`.
    pub(crate) last: usize,
    /// In the function that calls `run`.
    pub(crate) caller: usize,
}

/// A program with a large pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Large {
    pub(crate) shape: Shape,
    /// The number of steps before the last one, `Finish`, which takes all outputs that no other
    /// step takes.
    pub(crate) steps: usize,
    pub(crate) written: Written,
    pub(crate) ending: Ending,
    pub(crate) files: Files,
    /// Whether `#[pipeline]` is before the impl of the pipeline.
    pub(crate) certified: bool,
    pub(crate) added: Added,
}

/// The number of steps in a layer.
const LAYER: usize = 10;

/// The number that the program supplies.
pub(crate) const SEED: u64 = 42;

/// The imports of each file.
const IMPORTS: &str = "\
use std::convert::Infallible;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
";

/// The imports of each file, if the steps are not plain functions.
const IMPORTS_OF_THE_LIBRARY: &str = "\
use typed_pipeliner::{HList, In, Inputs, Out, Outputs, Pipeline, Step, Store, hlist, hlist_pat, resource, run, step};
";

/// The function that a step applies to its inputs. The result shows whether each step got the right
/// inputs. It is the same as [`mix`].
pub(crate) const MIX: &str = "
pub fn mix(step: u64, inputs: &[&u64]) -> u64 {
    inputs.iter().fold(step, |sum, input| sum.rotate_left(9).wrapping_mul(31).wrapping_add(**input))
}
";

/// An executor for steps that never wait.
pub(crate) const BLOCK_ON: &str = "
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}
";

impl Large {
    /// A pipeline of this many steps that is run, in one file.
    pub(crate) fn new(shape: Shape, steps: usize) -> Self {
        let (written, ending, files) = (Written::ByHand, Ending::Run, Files::One);
        Large { shape, steps, written, ending, files, certified: false, added: Added::default() }
    }

    /// The output of the program, if it runs the steps.
    pub(crate) fn value(&self) -> u64 {
        let mut values = Vec::new();
        for (step, inputs) in self.inputs().iter().enumerate() {
            let inputs: Vec<u64> = inputs.iter().map(|input| input.map_or(SEED, |step| values[step])).collect();
            values.push(mix(step as u64, &inputs));
        }
        values[self.steps]
    }

    /// Writes the program, and returns whether any file changed.
    pub(crate) fn write(&self, main: &Path) -> io::Result<bool> {
        let mut changed = false;
        for (name, text) in self.texts() {
            changed |= write(&main.with_file_name(format!("{name}.rs")), &text)?;
        }
        Ok(changed)
    }

    /// The inputs of each step, `Finish` included: the step that provides it, or none for the seed.
    pub(crate) fn inputs(&self) -> Vec<Vec<Option<usize>>> {
        let mut random = Random(self.steps as u64);
        let mut inputs = Vec::new();
        for step in 0..self.steps {
            inputs.push(match self.shape {
                Shape::Chain => vec![step.checked_sub(1)],
                Shape::Layers => match (step / LAYER * LAYER).checked_sub(LAYER) {
                    None => vec![None],
                    Some(above) => random.choose(3, LAYER).into_iter().map(|place| Some(above + place)).collect(),
                },
            });
        }
        inputs.push(match self.shape {
            Shape::Chain => vec![self.steps.checked_sub(1)],
            Shape::Layers => (self.steps.saturating_sub(LAYER)..self.steps).map(Some).collect(),
        });
        inputs
    }

    /// The files of the program: their names and contents.
    fn texts(&self) -> Vec<(String, String)> {
        let inputs = self.inputs();
        let (part, cut) = match self.files {
            Files::One => (inputs.len(), false),
            Files::Of(steps) => (steps, true),
        };
        let parts: Vec<String> = (0..inputs.len())
            .step_by(part)
            .map(|start| self.declare(&inputs, start, inputs.len().min(start + part)))
            .collect();
        let pipeline = self.register(inputs.len());
        let value = self.end(&inputs);
        let (imports, seed) = match self.written {
            Written::Plain => (IMPORTS.into(), ""),
            _ => ([IMPORTS_OF_THE_LIBRARY, IMPORTS].concat(), "\nresource! { pub Seed: u64; }\n"),
        };

        let head = match self.steps > MOST_AT_THE_DEFAULT_LIMIT {
            true => [HEAD, "#![recursion_limit = \"256\"]\n\n"].concat(),
            false => HEAD.into(),
        };
        if !cut {
            let main = "\nfn main() {\n    println!(\"{}\", value());\n}\n";
            let text = [&head, &imports, MIX, seed, &parts.concat(), &pipeline, &value];
            return vec![("main".into(), text.concat() + BLOCK_ON + main)];
        }

        let modules: String = (0..parts.len()).fold(String::new(), |mut text, part| {
            let _ = writeln!(text, "mod part{part};");
            text
        });
        let globs: String = (0..parts.len()).fold(String::new(), |mut text, part| {
            let _ = writeln!(text, "use crate::part{part}::*;");
            text
        });
        let main = "\nfn main() {\n    println!(\"{}\", start::value());\n}\n";
        let common = "mod mix;\nmod pipeline;\nmod seed;\nmod start;\n";
        let shared = "use crate::mix::*;\nuse crate::seed::*;\n";
        let mut files = vec![
            ("main".into(), [&head, &modules, common, main].concat()),
            ("mix".into(), MIX.trim_start().into()),
            ("seed".into(), [&imports[..], seed].concat()),
            ("pipeline".into(), [&imports[..], &globs, &pipeline].concat()),
            ("start".into(), [&imports[..], &globs, shared, "use crate::pipeline::*;\n", &value, BLOCK_ON].concat()),
        ];
        for (part, text) in parts.iter().enumerate() {
            let above = part.checked_sub(1).map_or(String::new(), |above| format!("use crate::part{above}::*;\n"));
            files.push((format!("part{part}"), [&imports[..], shared, &above, text].concat()));
        }
        files
    }

    /// The steps in a range, and the resources that they provide.
    pub(crate) fn declare(&self, inputs: &[Vec<Option<usize>>], start: usize, end: usize) -> String {
        let mut text = String::new();
        if self.written != Written::Plain {
            let resources: String = (start..end).map(|step| format!("    pub R{step}: u64;\n")).collect();
            let _ = write!(text, "\nresource! {{\n{resources}}}\n");
        }
        for (step, inputs) in inputs.iter().enumerate().take(end).skip(start) {
            let name = self.name(step);
            let resources = list(inputs.iter().copied().map(resource));
            let names = list(inputs.iter().copied().map(variable));
            let added = match step {
                0 => self.added.first,
                _ if step == self.steps => self.added.last,
                _ => 0,
            };
            let added = add_lines(added);
            let _ = match self.written {
                Written::Plain => {
                    let arguments = list(inputs.iter().map(|&input| format!("{}: &u64", variable(input))));
                    let function = name.to_lowercase();
                    write!(
                        text,
                        "
pub async fn {function}({arguments}) -> u64 {{
{added}        mix({step}, &[{names}])
}}
"
                    )
                }
                Written::ByHand => write!(
                    text,
                    "
pub struct {name};
impl Step for {name} {{
    type Inputs = HList![{resources}];
    type Outputs = HList![R{step}];
    type Error = Infallible;
    async fn run(hlist_pat![{names}]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {{
{added}        Ok(hlist![mix({step}, &[{names}])])
    }}
}}
"
                ),
                Written::AsFunctions => {
                    let arguments =
                        list(inputs.iter().map(|&input| format!("{}: In<'_, {}>", variable(input), resource(input))));
                    let function = name.to_lowercase();
                    write!(
                        text,
                        "
#[step]
pub async fn {function}({arguments}) -> Out<R{step}> {{
{added}        mix({step}, &[{names}])
}}
"
                    )
                }
            };
        }
        text
    }

    /// The pipeline, its steps in shuffled order. Plain functions have none.
    fn register(&self, steps: usize) -> String {
        if self.written == Written::Plain {
            return String::new();
        }
        let order = Random(1).choose(steps, steps);
        let steps = list(order.into_iter().map(|step| self.name(step)));
        let attribute = attribute(self.certified);
        format!("\npub struct All;\n{attribute}impl Pipeline for All {{\n    type Steps = HList![{steps}];\n}}\n")
    }

    /// The function that performs the action on the steps.
    fn end(&self, inputs: &[Vec<Option<usize>>]) -> String {
        let mut body = add_lines(self.added.caller);
        match (self.ending, self.written) {
            (Ending::Declared, _) => body.push_str("    0\n"),
            (Ending::Run, Written::Plain) => {
                let _ = write!(body, "    block_on(async {{\n        let seed = {SEED};\n");
                for (step, inputs) in inputs.iter().enumerate() {
                    let names = list(inputs.iter().map(|&input| format!("&{}", variable(input))));
                    let _ = writeln!(body, "        let r{step} = {}({names}).await;", self.name(step).to_lowercase());
                }
                let _ = write!(body, "        r{}\n    }})\n", self.steps);
            }
            (Ending::Run, _) => {
                let _ = write!(
                    body,
                    "    block_on(async {{
        let store = Store::<All>::new().with(Seed, {SEED});
        let value = run::<Finish>(&store).await.unwrap();
        *value
    }})
"
                );
            }
        }
        format!("\npub fn value() -> u64 {{\n{body}}}\n")
    }

    /// The name of a step.
    fn name(&self, step: usize) -> String {
        if step == self.steps { "Finish".into() } else { format!("S{step}") }
    }
}

/// The most steps of a graph that compiles at the default recursion limit, with a certificate.
const MOST_AT_THE_DEFAULT_LIMIT: usize = 1_792;

/// The first lines of each program.
pub(crate) const HEAD: &str =
    "//! Written by tests/generate.\n\n#![allow(dead_code, unused_imports, unused_variables)]\n\n";

/// The name of a resource: the output of a step, or the seed.
pub(crate) fn resource(provider: Option<usize>) -> String {
    provider.map_or("Seed".into(), |step| format!("R{step}"))
}

/// The name of a variable with the value of a resource.
pub(crate) fn variable(provider: Option<usize>) -> String {
    resource(provider).to_lowercase()
}

/// The attribute of a pipeline, if it has one.
pub(crate) fn attribute(certified: bool) -> &'static str {
    if certified { "#[typed_pipeliner::pipeline]\n" } else { "" }
}

/// The function that a step applies to its inputs; the same as [`MIX`].
fn mix(step: u64, inputs: &[u64]) -> u64 {
    inputs.iter().fold(step, |sum, input| sum.rotate_left(9).wrapping_mul(31).wrapping_add(*input))
}

/// Joins items with commas.
pub(crate) fn list(items: impl Iterator<Item = String>) -> String {
    items.collect::<Vec<_>>().join(", ")
}

/// This many lines of code that do nothing.
fn add_lines(lines: usize) -> String {
    (0..lines).fold(String::new(), |mut text, line| {
        let _ = writeln!(text, "        let added{line} = {line};");
        text
    })
}

/// Writes a file, unless it has that text already, and returns whether it did. So an unchanged file
/// is not compiled again.
pub(crate) fn write(path: &Path, text: &str) -> io::Result<bool> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(false);
    }
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)?;
    Ok(true)
}

/// The root of the workspace, which is the package of the library.
pub(crate) fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the package is a folder of the workspace")
}

/// A package in a directory of its own. It depends on the library, and on the same versions of its
/// dependencies.
///
/// Its programs are `src/bin/NAME/main.rs`.
pub(crate) fn package(folder: &Path, dependencies: &str) -> io::Result<()> {
    let root = repository();
    let manifest = format!(
        "\
[package]
name = \"generated\"
version = \"0.0.0\"
edition = \"2024\"

[dependencies]
typed-pipeliner = {{ path = {root:?} }}
{dependencies}
[workspace]
"
    );
    write(&folder.join("Cargo.toml"), &manifest)?;
    fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    Ok(())
}

/// The main file of a program of a package.
pub(crate) fn program(folder: &Path, name: &str) -> PathBuf {
    folder.join("src/bin").join(name).join("main.rs")
}

/// A small random number generator (SplitMix64).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// This many different numbers below a limit, in random order.
    pub(crate) fn choose(&mut self, count: usize, limit: usize) -> Vec<usize> {
        let mut numbers: Vec<usize> = (0..limit).collect();
        for place in 0..count {
            let other = place + (self.next() % (limit - place) as u64) as usize;
            numbers.swap(place, other);
        }
        numbers.truncate(count);
        numbers
    }
}

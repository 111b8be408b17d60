//! The same graphs of steps with other libraries, as far as these get.
//!
//! Each program prints the same value. The functions of the steps are those without a library.

use crate::generate::{BLOCK_ON, HEAD, Large, MIX, SEED, Written, list, resource, variable, write};
use std::fmt::Write as _;
use std::path::Path;

/// The inputs of each step: the step that provides it, or none for the seed.
type Inputs = Vec<Vec<Option<usize>>>;

const IMPORTS: &str = "use std::pin::pin;\nuse std::task::{Context, Poll, Waker};\n";
const MAIN: &str = "\nfn main() {\n    println!(\"{}\", value());\n}\n";

/// Another library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    /// [async_dag](https://docs.rs/async_dag/0.1.2): a node for each step, connected by handles. A
    /// step takes at most 12 inputs, and each is connected on its own.
    AsyncDag,
    /// [dagx](https://docs.rs/dagx/0.3.1): the same, with the types of the inputs in the handles.
    /// A step takes at most 8 inputs, so one with more is awaited by hand.
    Dagx,
    /// [teloc](https://docs.rs/teloc/0.2.0): injection by types, each value a singleton of the
    /// provider. Constructors are not async.
    Teloc,
    /// [nject](https://docs.rs/nject/0.4.5): injection by types, each value made anew wherever it
    /// is needed. Constructors are not async.
    Nject,
}

impl Peer {
    /// Its name in the tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Peer::AsyncDag => "async_dag",
            Peer::Dagx => "dagx",
            Peer::Teloc => "teloc",
            Peer::Nject => "nject",
        }
    }

    /// Writes the program with this graph.
    pub(crate) fn write(self, pipeline: Large, main: &Path) -> std::io::Result<bool> {
        let pipeline = Large { written: Written::Plain, ..pipeline };
        let inputs = pipeline.inputs();
        let functions = || pipeline.declare(&inputs, 0, inputs.len());
        let program = match self {
            Peer::AsyncDag => [functions(), async_dag(&inputs), BLOCK_ON.into()].concat(),
            Peer::Dagx => [functions(), dagx(&inputs), BLOCK_ON.into()].concat(),
            Peer::Teloc => teloc(&inputs),
            Peer::Nject => nject(&inputs),
        };
        write(main, &[HEAD, IMPORTS, MIX, &program, MAIN].concat())
    }
}

/// The name of the function of a step, and the list of its arguments, each behind `before`.
fn call(inputs: &Inputs, step: usize, before: &str) -> String {
    let function = if step + 1 == inputs.len() { "finish".into() } else { format!("s{step}") };
    let arguments = list(inputs[step].iter().map(|&input| format!("{before}{}", variable(input))));
    format!("{function}({arguments})")
}

/// The handle of a step, or of the seed.
fn node(provider: Option<usize>) -> String {
    format!("node_{}", variable(provider))
}

/// The function that returns the value.
fn value(body: &str) -> String {
    format!("\npub fn value() -> u64 {{\n{body}}}\n")
}

fn async_dag(inputs: &Inputs) -> String {
    let mut body = String::from("    let mut dag = async_dag::Graph::new();\n");
    let _ = writeln!(body, "    let {} = dag.add_task(|| async {{ {SEED}_u64 }});", node(None));
    for (step, providers) in inputs.iter().enumerate() {
        let parameters = list(providers.iter().map(|&input| format!("{}: u64", variable(input))));
        let task = format!("|{parameters}| async move {{ {}.await }}", call(inputs, step, "&"));
        // The first edge comes with the step.
        let (name, first) = (node(Some(step)), node(providers[0]));
        let _ = writeln!(body, "    let {name} = dag.add_child_task({first}, {task}, 0).unwrap();");
        for (place, &input) in providers.iter().enumerate().skip(1) {
            let _ = writeln!(body, "    dag.update_dependency({}, {name}, {place}).unwrap();", node(input));
        }
    }
    let last = node(inputs.len().checked_sub(1));
    let _ = writeln!(body, "    block_on(dag.run());\n    dag.get_value({last}).unwrap()");
    value(&body)
}

/// The most inputs of a step of dagx.
const MOST_OF_DAGX: usize = 8;

fn dagx(inputs: &Inputs) -> String {
    let mut body = String::from("    let dag = dagx::DagRunner::new();\n");
    let handle = "dagx::TaskHandle<u64>";
    let _ = writeln!(
        body,
        "    let {}: {handle} = dag.add_task(dagx::task_fn(|(): ()| async {{ {SEED} }})).into();",
        node(None)
    );
    let ran = "block_on(dag.run(block_on)).unwrap()";
    for (step, providers) in inputs.iter().enumerate() {
        if providers.len() > MOST_OF_DAGX {
            let _ = writeln!(body, "    {ran};");
            for &input in providers {
                let _ = writeln!(body, "    let {} = dag.get({}).unwrap();", variable(input), node(input));
            }
            let _ = writeln!(body, "    block_on({})", call(inputs, step, "&"));
            return value(&body);
        }
        let parameters = list(providers.iter().copied().map(variable));
        let types = list(providers.iter().map(|_| "u64".into()));
        let handles = list(providers.iter().map(|&input| format!("&{}", node(input))));
        let (parameters, handles) = match providers.len() {
            1 => (format!("{parameters}: {types}"), handles),
            _ => (format!("({parameters}): ({types})"), format!("({handles})")),
        };
        let task = format!("dagx::task_fn(|{parameters}| async move {{ {}.await }})", call(inputs, step, "&"));
        let _ = writeln!(body, "    let {} = dag.add_task({task}).depends_on({handles});", node(Some(step)));
    }
    let last = node(inputs.len().checked_sub(1));
    let _ = writeln!(body, "    {ran};\n    dag.get({last}).unwrap()");
    value(&body)
}

/// The types of the values.
fn structs(inputs: &Inputs) -> String {
    let resources = (0..inputs.len()).map(|step| resource(Some(step))).chain([resource(None)]);
    resources.fold(String::from("\n"), |mut text, resource| {
        let _ = writeln!(text, "pub struct {resource}(pub u64);");
        text
    })
}

/// The value of a step, from variables with those of its inputs.
fn mixed(inputs: &Inputs, step: usize) -> String {
    let values = list(inputs[step].iter().map(|&input| format!("&{}.0", variable(input))));
    format!("R{step}(mix({step}, &[{values}]))")
}

fn teloc(inputs: &Inputs) -> String {
    let mut text = structs(inputs);
    for (step, providers) in inputs.iter().enumerate() {
        let parameters = list(providers.iter().map(|&input| format!("{}: &{}", variable(input), resource(input))));
        let value = mixed(inputs, step);
        let _ = write!(
            text,
            "
#[teloc::inject]
impl R{step} {{
    pub fn new({parameters}) -> Self {{
        {value}
    }}
}}
"
        );
    }
    let mut body = format!(
        "    use teloc::Resolver;\n    let provider = teloc::ServiceProvider::new().add_instance(Seed({SEED}))"
    );
    for step in 0..inputs.len() {
        let _ = write!(body, "\n        .add_singleton::<R{step}>()");
    }
    let _ = writeln!(body, ";\n    let last: &R{} = provider.resolve();\n    last.0", inputs.len() - 1);
    text + &value(&body)
}

fn nject(inputs: &Inputs) -> String {
    let mut text = String::new();
    for (step, providers) in inputs.iter().enumerate() {
        let parameters = list(providers.iter().map(|&input| {
            let reference = if input.is_none() { "&'prov " } else { "" };
            format!("{}: {reference}{}", variable(input), resource(input))
        }));
        let value = mixed(inputs, step);
        let _ = writeln!(text, "#[nject::inject(|{parameters}| {value})]\npub struct R{step}(pub u64);");
    }
    text.push_str(
        "pub struct Seed(pub u64);\n#[nject::provider]\npub struct All {\n    #[provide]\n    seed: Seed,\n}\n",
    );
    let last = inputs.len() - 1;
    let body = format!("    let last: R{last} = All {{ seed: Seed({SEED}) }}.provide();\n    last.0\n");
    text + &value(&body)
}

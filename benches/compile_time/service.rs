//! Writes a web service with axum: steps of an application, steps of a request, and handlers.
//!
//! A step takes the outputs of two earlier ones, at random, and a step of a request also one of the
//! application. Each handler answers with the output of another step of the request. The program
//! sends one request to each handler, and prints the responses.

use crate::generate::{BLOCK_ON, HEAD, MIX, Random, attribute, list, write};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io;
use std::path::Path;

/// The form of the handlers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Each awaits the functions that its output needs, one by one. The application is a struct.
    ByHand,
    /// Each makes a scope of the store of the application.
    Scopes,
    /// Each makes a store of one pipeline with all steps.
    Flat,
}

/// A service.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Service {
    pub(crate) style: Style,
    /// The number of steps of the application, and of a request.
    pub(crate) steps: usize,
    pub(crate) handlers: usize,
    /// Whether `#[pipeline]` is before the impls of pipelines.
    pub(crate) certified: bool,
    /// The number of lines that an imagined user has added at the top of the file of the handlers.
    pub(crate) added: usize,
}

/// A step of the application, or of a request.
struct Step {
    /// The letter in its names.
    letter: char,
    number: usize,
    inputs: Vec<String>,
}

const IMPORTS: &str = "\
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, State};
use axum::http::Request;
use axum::routing::get;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use tower::ServiceExt;
";

impl Service {
    /// Writes the program, and returns whether any file changed.
    pub(crate) fn write(&self, main: &Path) -> io::Result<bool> {
        let steps = self.all_steps();
        let declarations = match self.style {
            Style::ByHand => self.functions(&steps),
            Style::Scopes | Style::Flat => self.pipelines(&steps),
        };
        let routes: String = (0..self.handlers)
            .map(|handler| format!("        .route(\"/{handler}/{{id}}\", get(handlers::handler{handler}))\n"))
            .collect();
        let program = format!(
            "
pub fn router() -> Router {{
    Router::<App>::new()
{routes}        .with_state(block_on(start()))
}}

fn main() {{
    for handler in 0..{} {{
        let request = Request::get(format!(\"/{{handler}}/7\")).body(Body::empty()).unwrap();
        let response = block_on(router().oneshot(request)).unwrap();
        let body = block_on(to_bytes(response.into_body(), usize::MAX)).unwrap();
        println!(\"{{}}\", String::from_utf8_lossy(&body));
    }}
}}
",
            self.handlers
        );
        let text = [HEAD, "mod handlers;\n", IMPORTS, MIX, &declarations, &program, BLOCK_ON].concat();
        let changed = write(main, &text)?;
        Ok(changed | write(&main.with_file_name("handlers.rs"), &self.handlers(&steps))?)
    }

    /// The steps of the application, then those of a request, each after those that it needs.
    fn all_steps(&self) -> Vec<Step> {
        let mut random = Random(1);
        let mut steps = Vec::new();
        for (letter, supplied) in [('a', "seed"), ('r', "id")] {
            for number in 0..self.steps {
                let earlier = random.choose(number.min(2), number);
                let mut inputs = Vec::from_iter(earlier.into_iter().map(|earlier| format!("{letter}{earlier}")));
                if number == 0 {
                    inputs.push(supplied.into());
                }
                if letter == 'r' {
                    inputs.push(format!("a{}", random.choose(1, self.steps)[0]));
                }
                steps.push(Step { letter, number, inputs });
            }
        }
        steps
    }

    /// The application and the functions of the steps, without the library.
    fn functions(&self, steps: &[Step]) -> String {
        let mut text = String::new();
        for Step { letter, number, inputs } in steps {
            let parameters = list(inputs.iter().map(|input| format!("{input}: &u64")));
            let _ = write!(
                text,
                "
pub async fn make_{letter}{number}({parameters}) -> Result<u64, String> {{
    Ok(mix({number}, &[{}]))
}}
",
                inputs.join(", ")
            );
        }
        let names = list((0..self.steps).map(|number| format!("a{number}")));
        let fields: String = (0..self.steps).map(|number| format!("    pub a{number}: u64,\n")).collect();
        let calls: String = steps.iter().filter(|step| step.letter == 'a').map(|step| step.call("    ")).collect();
        let _ = write!(
            text,
            "
pub struct Values {{
{fields}}}
pub type App = Arc<Values>;

async fn values() -> Result<App, String> {{
    let seed = &42;
{calls}    Ok(Arc::new(Values {{ {names} }}))
}}

async fn start() -> App {{
    values().await.unwrap()
}}
"
        );
        text
    }

    /// The resources, steps and pipelines.
    fn pipelines(&self, steps: &[Step]) -> String {
        let resources: String = steps
            .iter()
            .map(|Step { letter, number, .. }| format!("    pub {}{number}: u64;\n", upper(letter)))
            .collect();
        let mut text = format!(
            "use typed_pipeliner::{{HList, In, Out, Pipeline, Scoped, Store, StoreOf, resource, step}};\n\
            \nresource! {{\n    pub Seed: u64;\n    pub Id: u64;\n{resources}}}\n"
        );
        for Step { letter, number, inputs } in steps {
            let parameters = list(inputs.iter().map(|input| format!("{input}: In<'_, {}>", resource(input))));
            let _ = write!(
                text,
                "
#[step]
pub async fn make_{letter}{number}({parameters}) -> Result<Out<{}{number}>, String> {{
    Ok(mix({number}, &[{}]))
}}
",
                upper(letter),
                inputs.join(", ")
            );
        }
        let attribute = attribute(self.certified);
        let pipeline = |name: &str, letters: &str| {
            let steps = steps.iter().filter(|step| letters.contains(step.letter));
            let steps = list(steps.map(|Step { letter, number, .. }| format!("Make{}{number}", upper(letter))));
            format!(
                "\npub struct {name};\n{attribute}impl Pipeline for {name} {{\n    type Steps = HList![{steps}];\n}}\n"
            )
        };
        text += &match self.style {
            Style::ByHand => unreachable!("there are no pipelines by hand"),
            Style::Flat => pipeline("All", "ar") + "\npub type App = ();\n\nasync fn start() {}\n",
            Style::Scopes => {
                let store = "
pub type App = Arc<StoreOf<Application, HList![Seed]>>;

async fn start() -> App {
    Arc::new(Store::<Application>::new().with(Seed, 42))
}
";
                let scoped = "impl Scoped for Call {\n    type Parent = Application;\n}\n";
                [&pipeline("Application", "a"), &pipeline("Call", "r"), scoped, store].concat()
            }
        };
        text
    }

    /// The file of the handlers.
    fn handlers(&self, steps: &[Step]) -> String {
        let mut text: String =
            (0..self.added).map(|line| format!("pub const ADDED{line}: usize = {line};\n")).collect();
        text.push_str("use crate::*;\n");
        if self.style != Style::ByHand {
            text.push_str("use typed_pipeliner::fetch;\n");
        }
        for handler in 0..self.handlers {
            let target = self.steps - 1 - handler % self.steps;
            let body = match self.style {
                Style::ByHand => {
                    let needed = needed(steps, format!("r{target}"));
                    let shared: String = needed
                        .iter()
                        .filter(|name| name.starts_with('a'))
                        .map(|name| format!("    let {name} = &app.{name};\n"))
                        .collect();
                    let calls: String = steps
                        .iter()
                        .filter(|step| step.letter == 'r' && needed.contains(&step.name()))
                        .map(|step| step.call("    "))
                        .collect();
                    format!("    let id = &id;\n{shared}{calls}    Ok(r{target}.to_string())\n")
                }
                Style::Scopes => format!(
                    "    let store = Store::<Call>::within(app).with(Id, id);
    fetch::<R{target}>(&store).await.map(ToString::to_string).map_err(|error| error.to_string())
"
                ),
                Style::Flat => format!(
                    "    let store = Store::<All>::new().with(Seed, 42).with(Id, id);
    fetch::<R{target}>(&store).await.map(ToString::to_string).map_err(|error| error.to_string())
"
                ),
            };
            let _ = write!(
                text,
                "
pub async fn handler{handler}(State(app): State<App>, Path(id): Path<u64>) -> Result<String, String> {{
{body}}}
"
            );
        }
        text
    }
}

impl Step {
    /// The name of the variable with its output.
    fn name(&self) -> String {
        format!("{}{}", self.letter, self.number)
    }

    /// A line that calls its function and awaits it.
    fn call(&self, indentation: &str) -> String {
        let (name, inputs) = (self.name(), &self.inputs);
        let arguments = list(inputs.iter().map(|input| match input.starts_with(self.letter) {
            true => format!("&{input}"),
            false => input.clone(),
        }));
        format!("{indentation}let {name} = make_{name}({arguments}).await?;\n")
    }
}

/// The names of the values that a value needs, with its own.
fn needed(steps: &[Step], name: String) -> BTreeSet<String> {
    let mut needed = BTreeSet::from([name]);
    for step in steps.iter().rev().filter(|step| step.letter == 'r') {
        if needed.contains(&step.name()) {
            needed.extend(step.inputs.iter().cloned());
        }
    }
    needed
}

/// The name of the resource with the value of a variable.
fn resource(variable: &str) -> String {
    let mut letters = variable.chars();
    letters.next().map(|first| upper(&first)).into_iter().chain(letters).collect()
}

fn upper(letter: &char) -> char {
    letter.to_ascii_uppercase()
}

//! The cost of a graph of steps: with this library, without any, and with others.

use crate::Options;
use crate::contenders::{CONTENDERS, Contender};
use crate::generate::{Ending, Shape, Written, write};
use crate::rustc::{Compiler, Emit, LIMIT, Refusal, Unit};

pub(crate) const SHAPES: [(&str, Shape); 2] = [("chain", Shape::Chain), ("layers", Shape::Layers)];
const STEPS: [usize; 7] = [10, 50, 100, 200, 400, 1000, 2000];

/// The most steps of a program whose instructions are counted, which takes fifty times as long as
/// to compile it.
const MOST_COUNTED: usize = 400;

/// The most steps of a program with `--quick`.
const MOST_QUICK: usize = 100;

/// The least number of steps that the exponents take into account. Below, the cost of a program
/// without steps is most of it.
const LARGE: usize = 50;

/// The columns with the costs of a run besides those of its declarations.
const RUNS: [(&str, Written); 2] = [("`impl Step`", Written::ByHand), ("`#[step]`", Written::AsFunctions)];

/// The cost of each contender at each number of steps, as far as it gets.
type Costs = Vec<(usize, [Option<Result<f64, Refusal>>; CONTENDERS.len()])>;

/// Adds the section.
pub(crate) fn graphs(compiler: &Compiler, options: Options) {
    programs_print_the_value(compiler, options);
    let unit = compiler.unit;
    let empty = compiler.program("empty");
    write(&empty, "fn main() {}\n").expect("a program can be written");
    let empty = compiler.costs(&[empty], Emit::Metadata)[0].expect("rustc accepts an empty program");

    let mut section = options.section("Compile time");
    section.paragraph(&format!(
        "{}, check, from scratch; an empty program: {}. The last row is\n\
        the exponent e if the rest grows as N^e, fitted from {LARGE} steps on. A library is left out once\n\
        rustc takes more than {LIMIT} s of processor time, or reports its recursion limit, which is twice\n\
        the default for more than 1,792 steps.",
        unit.name(),
        unit.cell(empty)
    ));
    for (shape_name, shape) in SHAPES {
        let costs = costs(compiler, options, shape);
        section.table(&format!("check, {shape_name}"), CONTENDERS.map(Contender::name));
        for (steps, costs) in &costs {
            section.row(steps, costs.map(|cost| cost.map_or("–".into(), |cost| unit.result(&cost))));
        }
        let of = |place: usize| points(&costs, |costs| Some(costs[place]?.ok()? - empty));
        section.row("N^", std::array::from_fn::<_, { CONTENDERS.len() }, _>(|place| exponent(&of(place))));

        section.table(&format!("a run, {shape_name}"), RUNS.map(|(name, _)| name));
        let added = RUNS.map(|(_, written)| {
            let [run, declared] = [Ending::Run, Ending::Declared].map(|ending| {
                let contender = Contender::Pipeline(written, ending);
                CONTENDERS.iter().position(|&other| other == contender).expect("it is a contender")
            });
            points(&costs, |costs| Some(costs[run]?.ok()? - costs[declared]?.ok()?))
        });
        for (row, (steps, _)) in costs.iter().enumerate() {
            section.row(
                steps,
                added.iter().map(|points| points.get(row).map_or("–".into(), |&(_, cost)| unit.cell(cost))),
            );
        }
        section.row("N^", added.iter().map(|points| exponent(points)));
    }
    section.finish();
}

/// Runs small programs of each contender, which have to print the value of their graph.
fn programs_print_the_value(compiler: &Compiler, options: Options) {
    for (shape_name, shape) in SHAPES {
        let graph = options.graph(shape, STEPS[0]);
        for contender in CONTENDERS.into_iter().filter(|contender| contender.runs()) {
            let printed = compiler.run(&contender.write(compiler, graph));
            let value = Ok(graph.value().to_string() + "\n");
            assert_eq!(printed, value, "{shape_name} of {} with {}", STEPS[0], contender.name());
        }
    }
}

/// Compiles programs of more and more steps.
fn costs(compiler: &Compiler, options: Options, shape: Shape) -> Costs {
    let mut costs = Costs::new();
    let mut goes_on = [true; CONTENDERS.len()];
    let most = match (options.quick, compiler.unit) {
        (true, _) => MOST_QUICK,
        (false, Unit::Instructions) => MOST_COUNTED,
        (false, Unit::Seconds) => usize::MAX,
    };
    for steps in STEPS.into_iter().filter(|&steps| steps <= most) {
        let contenders = CONTENDERS.into_iter().zip(goes_on).filter(|(_, goes_on)| *goes_on);
        let programs = contenders.map(|(contender, _)| contender.write(compiler, options.graph(shape, steps)));
        let mut known = compiler.costs(&Vec::from_iter(programs), Emit::Metadata).into_iter();
        let row = goes_on.map(|goes_on| goes_on.then(|| known.next().expect("each program has a cost")));
        goes_on = row.map(|cost| matches!(cost, Some(Ok(_))));
        costs.push((steps, row));
    }
    costs
}

/// The costs that are known, with the number of steps.
fn points<T>(costs: &[(usize, T)], cost: impl Fn(&T) -> Option<f64>) -> Vec<(usize, f64)> {
    costs.iter().filter_map(|(steps, costs)| Some((*steps, cost(costs)?))).collect()
}

/// The exponent e of the curve N^e through points, by least squares of the logarithms.
fn exponent(points: &[(usize, f64)]) -> String {
    // What a run adds to a small program is less than the noise, and may even seem negative.
    let points = points.iter().filter(|&&(steps, cost)| steps >= LARGE && cost > 0.0);
    let points = Vec::from_iter(points.map(|&(steps, cost)| ((steps as f64).ln(), cost.ln())));
    if points.len() < 2 {
        return "–".into();
    }
    let count = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(x, y), point| (x + point.0 / count, y + point.1 / count));
    let (above, below) = points.iter().fold((0.0, 0.0), |(above, below), point| {
        (above + (point.0 - x) * (point.1 - y), below + (point.0 - x).powi(2))
    });
    format!("{:.2}", above / below)
}

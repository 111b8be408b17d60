//! The cost of a debug build, and the functions that rustc generates for a step.

use crate::Options;
use crate::contenders::CONTENDERS;
use crate::graphs::SHAPES;
use crate::rustc::{Compiler, Emit, LIMIT};

const STEPS: usize = 100;

/// Adds the section.
pub(crate) fn builds(compiler: &Compiler, options: Options) {
    let mut section = options.section("Compile time of a debug build");
    section.paragraph(&format!(
        "{}, from scratch; seconds are with the linker, instructions\n\
        without. Functions are those that rustc generates in one codegen unit. A library is left out if\n\
        rustc takes more than {LIMIT} s of processor time, or reports its recursion limit.",
        compiler.unit.name()
    ));
    for (shape_name, shape) in SHAPES {
        section.table(&format!("debug build, {shape_name} of {STEPS}"), ["cost", "functions a step"]);
        let programs = CONTENDERS.map(|contender| contender.write(compiler, options.graph(shape, STEPS)));
        let costs = compiler.costs(&programs, Emit::Program);
        for ((contender, main), cost) in CONTENDERS.into_iter().zip(&programs).zip(&costs) {
            let functions = cost.and_then(|_| compiler.functions(main));
            let functions = functions.map_or("–".into(), |count| format!("{:.1}", count as f64 / STEPS as f64));
            section.row(contender.name(), [compiler.unit.result(cost), functions]);
        }
    }
    section.finish();
}

#[path = "../calc.rs"]
mod calc;

use calc::Divide;
use typed_pipeliner::Runs;

fn divide(_: &impl Runs<Divide>) {}

fn main() {}

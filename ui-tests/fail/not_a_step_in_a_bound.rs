#[path = "../calc.rs"]
mod calc;

use calc::Quotient;
use typed_pipeliner::Runs;

fn divide(_: &impl Runs<Quotient>) {}

fn main() {}

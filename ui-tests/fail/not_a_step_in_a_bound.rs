#[path = "../calc.rs"]
mod calc;

use calc::Quotient;
use pipeliner::Runs;

fn divide(_: &impl Runs<Quotient>) {}

fn main() {}

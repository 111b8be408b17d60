//! The user implements the trait that the error of a missing prerequisite names.

#[path = "../calc.rs"]
mod calc;

use calc::{Calc, Divisor, GetDivision};
use typed_pipeliner::proof::check::ProofCheck;
use typed_pipeliner::proof::check::missing::HasProvider;

impl HasProvider<Divisor, GetDivision, Calc> for ProofCheck {}

fn main() {}

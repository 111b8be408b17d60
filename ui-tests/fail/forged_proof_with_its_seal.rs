//! The same, with the hidden function, whose argument has no name outside.

#[path = "../calc.rs"]
mod calc;

use calc::{Calc, Divisor, GetDivision};
use typed_pipeliner::proof::check::ProofCheck;
use typed_pipeliner::proof::check::missing::HasProvider;
use typed_pipeliner::sealed::Seal;

impl HasProvider<Divisor, GetDivision, Calc> for ProofCheck {
    fn seal(_: Seal) {}
}

fn main() {}

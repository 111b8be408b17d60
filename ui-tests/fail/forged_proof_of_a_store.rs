//! A store that provides a resource because the user says so: no impl of the library applies.

#[path = "../calc.rs"]
mod calc;

use calc::{Calc, Divisor};
use typed_pipeliner::Store;
use typed_pipeliner::proof::check::store::SatisfiesResource;

impl SatisfiesResource<Divisor> for Store<Calc> {}

fn main() {}

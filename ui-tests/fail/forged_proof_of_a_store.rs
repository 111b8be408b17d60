//! An impl by the user that a store provides a resource: no impl of the library applies.

#[path = "../calc.rs"]
mod calc;

use calc::{Calc, Divisor};
use typed_pipeliner::Store;
use typed_pipeliner::proof::check::store::SatisfiesResource;

impl SatisfiesResource<Divisor> for Store<Calc> {}

fn main() {}

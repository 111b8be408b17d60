//! The store comes from elsewhere, and all that is registered are steps.

#[path = "../calc.rs"]
mod calc;

use calc::{BaseProvider, Divide, Quotient};
use typed_pipeliner::{HList, Pipeline, Store};

struct Mine;
impl Pipeline for Mine {
    type Steps = HList![BaseProvider, Divide];
}

fn quotient(store: &Store<Mine>) -> Option<&i64> {
    store.get::<Quotient>()
}

fn main() {}

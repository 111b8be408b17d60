//! A store of unknown origin. rustc would list the steps by hand beside the type that is no step.

#[path = "../calc.rs"]
mod calc;

use calc::{BaseProvider, Divide, Quotient};
use typed_pipeliner::{HList, Pipeline, Store};

struct Report;

struct Mine;
impl Pipeline for Mine {
    type Steps = HList![BaseProvider, Divide, Report];
}

fn quotient(store: &Store<Mine>) -> Option<&i64> {
    store.get::<Quotient>()
}

fn main() {}

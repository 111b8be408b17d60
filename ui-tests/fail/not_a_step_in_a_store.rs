//! The store comes from elsewhere, and steps by hand stand beside what is none: rustc would list them.

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

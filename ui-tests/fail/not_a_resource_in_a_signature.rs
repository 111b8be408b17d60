//! The type of a value in place of its resource, beside resources that rustc would list.

#[path = "../calc.rs"]
mod calc;

use calc::{Base, Calc};
use typed_pipeliner::{HList, StoreOf, resource};

resource! { Table<T>: Vec<T>; }

struct Three;

fn report(store: &StoreOf<Calc, HList![Base, Three]>) {}

fn main() {}

//! The value stands where its resource is meant, beside what rustc would list.

#[path = "../calc.rs"]
mod calc;

use calc::{Base, Calc};
use typed_pipeliner::{HList, StoreOf, resource};

resource! { Table<T>: Vec<T>; }

struct Three;

fn report(store: &StoreOf<Calc, HList![Base, Three]>) {}

fn main() {}

//! A store that was supplied with two resources, in a signature.

#[path = "../calc.rs"]
mod calc;

use calc::{Base, Calc};
use typed_pipeliner::{HList, StoreOf, resource};

resource! { Table<T>: Vec<T>; }

resource! { Three: i64; }

fn report(store: &StoreOf<Calc, HList![Base, Three]>) {}

fn main() {}

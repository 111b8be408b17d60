//! A generic resource and one by hand, which rustc would list beside the mistake.

use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Resource, Step, Store, hlist, hlist_pat, identity, resource};

resource! { Table<T>: Vec<T>; Sum: i64; }

struct Factor;
impl Resource for Factor {
    type Value = i64;
    type Identity = identity!("not_a_resource_beside_others::Factor");
}

struct Offset;

struct Add;
impl Step for Add {
    type Inputs = HList![Table<i64>, Factor, Offset];
    type Outputs = HList![Sum];
    type Error = std::convert::Infallible;
    async fn run(hlist_pat![table, factor, offset]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![table.iter().sum::<i64>() * factor + offset])
    }
}

struct Sums;
impl Pipeline for Sums {
    type Steps = HList![Add];
}

fn main() {
    let _ = Store::<Sums>::new();
}

use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};

resource! { Base: i64; Divisor: i64; Quotient: i64; }

trait Entity: typed_pipeliner::Identified + Send + Sync {}
impl Entity for i64 {}

resource! { Table<T: Entity>: Vec<T>; }

#[step]
async fn load<T: Entity>() -> Out<Table<T>> {
    Vec::new()
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![Load<i64>];
}

fn main() {
    let store = Store::<Calc>::new();
    let _ = store.resource::<Table<i64>>();
}

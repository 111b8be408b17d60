use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};

resource! { Base: i64; Divisor: i64; Quotient: i64; }

trait Entity: Send + Sync + 'static {}
struct User;
impl Entity for User {}

resource! { Table<T: Entity>: Vec<T>; }

#[step]
async fn load() -> Out<Table<User>> {
    Vec::new()
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![Load];
}

fn main() {
    let store = Store::<Calc>::new();
    let _ = store.resource::<Table<User>>();
}

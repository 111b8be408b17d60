use typed_pipeliner::{HList, In, Out, Pipeline, Resource, Run, Store, identity, resource, step};

resource! { Quotient: i64; }

struct Base;
impl Resource for Base {
    type Value = i64;
    type Identity = identity!("calc::Base");
}

struct Divisor;
impl Resource for Divisor {
    type Value = i64;
    type Identity = identity!("calc::Divisor");
}

#[step]
async fn divide(base: In<'_, Base>, divisor: In<'_, Divisor>) -> Out<Quotient> {
    base / divisor
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![Divide];
}

struct App {
    store: Store<Calc>,
}

impl App {
    fn quotient(&self) -> Run<'_, &i64> {
        self.store.resource::<Quotient>()
    }
}

fn main() {
    let app = App { store: Store::<Calc>::new().with(Base, 38).with(Divisor, 3) };
    let _ = app.quotient();
}

use typed_pipeliner::{HList, In, Out, Pipeline, Run, Store, StoreOf, resource, step};

resource! { Base: i64; Divisor: i64; Quotient: i64; }

#[step]
async fn divide(base: In<'_, Base>, divisor: In<'_, Divisor>) -> Out<Quotient> {
    base / divisor
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![Divide];
}

struct App {
    store: StoreOf<Calc, HList![Base, Divisor]>,
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

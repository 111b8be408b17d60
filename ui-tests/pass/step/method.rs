use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

resource! { Base: i64; Divisor: i64; Quotient: i64; }

struct Divider;

impl Divider {
    fn divide(&self, base: i64, divisor: i64) -> i64 {
        base / divisor
    }
}

resource! { HowTo: Divider; }

#[step]
async fn divide(divider: In<'_, HowTo>, base: In<'_, Base>, divisor: In<'_, Divisor>) -> Out<Quotient> {
    divider.divide(*base, *divisor)
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![Divide];
}

fn main() {
    let store = Store::<Calc>::new().with(HowTo, Divider).with(Base, 38).with(Divisor, 3);
    let _ = store.resource::<Quotient>();
}

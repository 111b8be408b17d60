use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, run, step};

resource! { Base: i64; Divisor: i64; Quotient: i64; }

#[derive(Clone)]
struct Settings;
#[derive(Clone)]
struct Cache;

resource! { CurrentSettings: Settings; CurrentCache: Cache; }

#[step(blocking)]
fn divide<'a>(
    _: In<'a, CurrentSettings>,
    _: In<'_, CurrentCache>,
    divisor: In<'_, Divisor>,
) -> Result<Out<Quotient>, String> {
    Ok(*divisor)
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![Divide];
}

fn main() {
    let store = Store::<Calc>::new().with(CurrentSettings, Settings).with(CurrentCache, Cache).with(Divisor, 3);
    let _ = store.resource::<Quotient>();
    let _ = run::<Divide>(&store);
}

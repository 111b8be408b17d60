use typed_pipeliner::{HList, Out, Pipeline, Store, resource, step};

resource! { Base: i64; }

type AppResult<T> = Result<T, String>;

#[step]
fn provide_base() -> AppResult<Out<Base>> {
    Ok(23)
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![ProvideBase];
}

fn main() {
    let store = Store::<Calc>::new();
    let _ = store.resource::<Base>();
}

use typed_pipeliner::{HList, In, Pipeline, Return, RunError, Store, resource, run, step};

resource! { Base: i64; }

#[step]
fn tell(base: In<'_, Base>) -> Return<String> {
    Return(base.to_string())
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![Tell];
}

async fn print() -> Result<(), RunError> {
    let store = Store::<Calc>::new().with(Base, 38);
    let told = run::<Tell>(&store).limit(4).await?;
    println!("{told}");
    Ok(())
}

fn main() {
    let _ = print();
}

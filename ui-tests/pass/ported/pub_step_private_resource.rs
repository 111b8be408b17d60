use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, resource, run, step};

resource! { Base: i64; Divisor: i64; Quotient: i64; }

#[step]
pub async fn divide(base: In<'_, Base>, divisor: In<'_, Divisor>) -> Out<Quotient> {
    base / divisor
}

#[step]
fn tell(base: In<'_, Base>, quotient: In<'_, Quotient>) -> Return<String> {
    Return(format!("{quotient} times in {base}"))
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![Divide, Tell];
}

async fn print() -> Result<(), typed_pipeliner::RunError> {
    let store = Store::<Calc>::new().with(Base, 38).with(Divisor, 3);
    let told = run::<Tell>(&store).await?;
    println!("{told}");
    Ok(())
}

fn main() {
    let _ = print();
}

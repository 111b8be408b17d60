use typed_pipeliner::{HList, In, Out, Pipeline, resource, step};

resource! {
    pub Base: i64;
    pub CalcResult: i64;
}

#[step]
fn provide_base() -> Out<Base> {
    23
}

#[step]
fn print(base: In<'_, Base>) -> Result<(), String> {
    println!("{base}");
    Ok(())
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![ProvideBase, Print];
}

fn main() {}

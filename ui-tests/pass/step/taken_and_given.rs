use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, run, step};

resource! { Total: i64; Due: i64; }

#[step]
fn add_tax(total: In<'_, Total>) -> Out<Due> {
    total + total / 5
}

struct Shop;
impl Pipeline for Shop {
    type Steps = HList![AddTax];
}

fn main() {
    let store = Store::<Shop>::new().with(Total, 10);
    let _ = run::<AddTax>(&store);
}

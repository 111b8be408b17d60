use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

resource! { Total: i64; Balance: i64; Paid: (); }

#[step]
fn pay(total: In<'_, Total>, balance: &mut In<'_, Balance>) -> Out<Paid> {
    **balance -= total;
}

struct Order;
impl Pipeline for Order {
    type Steps = HList![Pay];
}

fn main() {
    let store = Store::<Order>::new().with(Total, 38).with(Balance, 100);
    let _ = store.resource::<Paid>();
}

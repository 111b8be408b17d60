use typed_pipeliner::{HList, In, Out, Pipeline, Store, resource, step};

resource! { Base: i64; Divisor: i64; Quotient: i64; }

struct Image;
resource! { Picture: Image; Thumb: i64; }

#[step(blocking)]
fn divide(picture: In<'_, Picture>) -> Out<Quotient> {
    let Image = picture;
    1
}

struct Calc;
impl Pipeline for Calc {
    type Steps = HList![Divide];
}

fn main() {
    let store = Store::<Calc>::new().with(Picture, Image);
    let _ = store.resource::<Quotient>();
}

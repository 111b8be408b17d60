use typed_pipeliner::{In, Out, resource, step};

resource! { Base: i64; Divisor: i64; Quotient: i64; }

struct Divider;

impl Divider {
    #[step]
    async fn divide(&self, base: In<'_, Base>, divisor: In<'_, Divisor>) -> Out<Quotient> {
        base / divisor
    }
}

fn main() {}

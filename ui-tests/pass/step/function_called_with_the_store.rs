use typed_pipeliner::{In, Return, resource, step};

resource! { Base: i64; Divisor: i64; Quotient: i64; }

#[step]
fn tell(base: In<'_, Base>) -> Return<String> {
    Return(base.to_string())
}

fn main() {
    assert_eq!(tell(&38), Return("38".to_owned()));
}

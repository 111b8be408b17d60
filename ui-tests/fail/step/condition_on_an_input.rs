use typed_pipeliner::{In, Out, resource, step};

resource! { Base: i64; Traced: (); Half: i64; }

#[step]
fn halve(base: In<'_, Base>, #[cfg(debug_assertions)] _: In<'_, Traced>) -> Out<Half> {
    base / 2
}

fn main() {}

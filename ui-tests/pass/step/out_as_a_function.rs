use typed_pipeliner::{In, Out, resource, step};

resource! { Base: i64; Half: i64; Third: i64; }

#[step]
fn halve(base: In<'_, Base>) -> Out<Half> {
    base / 2
}

#[step]
async fn cut(base: In<'_, Base>) -> Result<Out<Third>, String> {
    Ok(base / 3)
}

fn main() {}

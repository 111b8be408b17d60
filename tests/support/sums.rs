//! The pipeline of the observer tests: three steps, one of which pends, and fails if the base is
//! negative.

use typed_pipeliner::{HList, In, Out, Pipeline, resource, step};

resource! {
    pub(crate) Base: i64;
    pub(crate) Half: i64;
    pub(crate) Third: i64;
    pub(crate) Sum: i64;
}

#[step]
pub(crate) fn halve(base: In<'_, Base>) -> Out<Half> {
    base / 2
}

#[step]
pub(crate) async fn third_of(base: In<'_, Base>) -> Result<Out<Third>, String> {
    smol::future::yield_now().await;
    if *base < 0 { Err("too small".to_owned()) } else { Ok(base / 3) }
}

#[step]
pub(crate) fn add(half: In<'_, Half>, third: In<'_, Third>) -> Out<Sum> {
    half + third
}

pub(crate) struct Sums;
impl Pipeline for Sums {
    type Steps = HList![Add, Halve, ThirdOf];
}

//! The pipeline of the tests of observers of a fan-out: it halves numbers, and fails at odd ones.

use typed_pipeliner::each::{Each, ForEach};
use typed_pipeliner::{HList, In, Out, Pipeline, Return, resource, step};

resource! {
    pub(crate) Numbers: Vec<u32>;
    pub(crate) Number: u32;
    pub(crate) Half: u32;
    pub(crate) Halves: Vec<u32>;
}

#[step]
pub(crate) async fn halve(number: In<'_, Number>) -> Result<Out<Half>, &'static str> {
    if number & 1 == 0 { Ok(number / 2) } else { Err("odd") }
}

#[step]
pub(crate) fn give(half: In<'_, Half>) -> Return<u32> {
    Return(*half)
}

pub(crate) struct PerNumber;
impl Pipeline for PerNumber {
    type Steps = HList![Halve];
}
impl Each for PerNumber {
    type Over = Numbers;
    type Item = Number;
    type Takes = HList![];
    type Target = Give;
    type Into = Halves;
    const AT_ONCE: usize = 1;

    fn key(number: In<'_, Number>) -> Option<String> {
        Some(format!("n{number}"))
    }
}

pub(crate) struct App;
impl Pipeline for App {
    type Steps = HList![ForEach<PerNumber>];
}

//! The memory of a fan-out: the results, and the elements in progress.

#![cfg(feature = "macros")]

use allocation_counter::measure;
use smol::future::{block_on, yield_now};
use typed_pipeliner::each::{Each, ForEach};
use typed_pipeliner::{HList, In, Out, Pipeline, Return, Store, pipeline, resource, run, step};

resource! {
    Numbers: Vec<u32>;
    Number: u32;
    Text: String;
    Lengths: Vec<u64>;
    LateLengths: Vec<u64>;
}

#[step]
fn print(number: In<'_, Number>) -> Out<Text> {
    format!("{number:100}")
}

#[step]
fn length(text: In<'_, Text>) -> Return<u64> {
    Return(text.len() as u64)
}

/// Every tenth element ends after others that began later.
#[step]
async fn late_length(number: In<'_, Number>, text: In<'_, Text>) -> Return<u64> {
    if number % 10 == 0 {
        yield_now().await;
        yield_now().await;
    }
    Return(text.len() as u64)
}

/// Declares pipelines for each number.
macro_rules! per_number {
    ($($name:ident: $target:ty, $into:ty;)*) => {$(
        struct $name;
        #[pipeline]
        impl Pipeline for $name {
            type Steps = HList![Print];
        }
        impl Each for $name {
            type Over = Numbers;
            type Item = Number;
            type Takes = HList![];
            type Target = $target;
            type Into = $into;
        }
    )*};
}
per_number! {
    PerNumber: Length, Lengths;
    PerLateNumber: LateLength, LateLengths;
}

struct App;
impl Pipeline for App {
    type Steps = HList![ForEach<PerNumber>, ForEach<PerLateNumber>];
}

/// Runs once, so that what a thread and the library keep for later runs is there.
fn warm_up() {
    let store = Store::<App>::new().with(Numbers, (0..20).collect());
    assert!(block_on(run::<ForEach<PerNumber>>(&store)).is_ok());
    assert!(block_on(run::<ForEach<PerLateNumber>>(&store)).is_ok());
}

/// More than the run and its elements in progress need.
const IN_PROGRESS: u64 = 64 * 1024;

#[test]
fn million_elements_take_the_memory_of_their_results() {
    warm_up();
    const ELEMENTS: u64 = 1_000_000;
    let store = Store::<App>::new().with(Numbers, (0..ELEMENTS as u32).collect());
    let info = measure(|| assert_eq!(block_on(run::<ForEach<PerNumber>>(&store)).unwrap().len() as u64, ELEMENTS));
    let results = ELEMENTS * size_of::<u64>() as u64;
    assert!((results..results + IN_PROGRESS).contains(&info.bytes_max), "{info:?}");
    assert_eq!(info.bytes_current as u64, results, "nothing else stays");
}

#[test]
fn elements_that_end_late_take_a_number_more_each() {
    warm_up();
    const ELEMENTS: u64 = 20_000;
    let store = Store::<App>::new().with(Numbers, (0..ELEMENTS as u32).collect());
    let info = measure(|| assert_eq!(block_on(run::<ForEach<PerLateNumber>>(&store)).unwrap().len() as u64, ELEMENTS));
    let (results, places) = (ELEMENTS * size_of::<u64>() as u64, ELEMENTS * size_of::<usize>() as u64);
    assert!((results + places..results + places + IN_PROGRESS).contains(&info.bytes_max), "{info:?}");
    assert_eq!(info.bytes_current as u64, results);
}

#[test]
fn element_allocates_as_much_as_its_run() {
    warm_up();
    let store = |elements| Store::<App>::new().with(Numbers, (0..elements).collect());
    let count = |elements| {
        let store = store(elements);
        measure(|| assert!(block_on(run::<ForEach<PerNumber>>(&store)).is_ok())).count_total
    };
    let alone = Store::<PerNumber>::new().with(Number, 1);
    let alone = measure(|| assert!(block_on(run::<Length>(&alone)).is_ok())).count_total;
    assert_eq!((count(1100) - count(100)) / 1000, alone);
}

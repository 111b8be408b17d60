//! The recipe for batches: a stream of runs, each on a store of its own.

mod support;

use allocation_counter::measure;
use futures::stream::{self, StreamExt, TryStreamExt};
use smol::future::yield_now;
use std::num::ParseIntError;
use std::thread;
use support::pipeline;
use typed_pipeliner::{In, Out, Return, RunError, Store, resource, run, run_owned, step};

resource! {
    Line: String;
    Parsed: u64;
    Left: u64;
    Right: String;
    Image: Box<[u8; 1 << 22]>;
}

#[step]
async fn parse(line: In<'_, Line>) -> Result<Out<Parsed>, ParseIntError> {
    line.parse()
}

#[step]
async fn go_left(number: In<'_, Parsed>) -> Out<Left> {
    yield_now().await;
    number + 1
}

#[step]
async fn go_right(number: In<'_, Parsed>) -> Out<Right> {
    yield_now().await;
    number.to_string()
}

#[step]
fn join(left: In<'_, Left>, right: In<'_, Right>) -> Return<u64> {
    Return(left + right.len() as u64)
}

pipeline! { Row: [Parse, GoLeft, GoRight]; }

/// A batch of this many runs. Those of the numbers that end in 999 fail.
async fn sum_of(runs: u32) -> (u64, usize) {
    let runs = stream::iter(0..runs).map(|row| async move {
        let line = if row % 1000 == 999 { "no number".to_owned() } else { row.to_string() };
        run_owned::<Join>(Store::<Row>::new().with(Line, line)).await.map_err(|error| (row, error))
    });
    let count = |(sum, failed), result: Result<u64, (u32, RunError)>| async move {
        match result {
            Ok(number) => (sum + number, failed),
            Err((row, error)) => {
                assert_eq!((row % 1000, error.step()), (999, "Parse"));
                (sum, failed + 1)
            }
        }
    };
    runs.buffer_unordered(64).fold((0, 0), count).await
}

#[test]
fn peak_of_the_memory_does_not_grow_with_the_batch() {
    // The executor keeps a few things for the thread.
    smol::block_on(yield_now());
    let peak = |runs| {
        let mut result = (0, 0);
        let info = measure(|| result = smol::block_on(sum_of(runs)));
        assert_eq!(info.count_current, 0, "everything is freed");
        assert_eq!(result.1, runs as usize / 1000);
        info.bytes_max
    };
    let (small, large) = (peak(1_000), peak(100_000));
    assert!(large <= small + small / 10, "{large} bytes in place of {small}");
    assert!(large < 64 * 4096, "{large} bytes, which is more than 4 KiB a run");
}

#[test]
fn batch_keeps_the_order_and_stops_at_the_first_failure() {
    let runs = |rows: &'static [&'static str]| {
        let run = |row: &&'static str| run_owned::<Join>(Store::<Row>::new().with(Line, (*row).to_owned()));
        stream::iter(rows).map(run).buffered(2).try_collect::<Vec<u64>>()
    };
    assert_eq!(smol::block_on(runs(&["1", "20", "3"])).unwrap(), [3, 23, 5]);
    assert_eq!(
        smol::block_on(runs(&["1", "x", "y"])).unwrap_err().to_string(),
        "step `Parse`, needed by `GoLeft`, needed by `Join`, failed"
    );
}

/// A stack of 2 MiB is that of a worker of tokio. The value is larger than that.
#[test]
fn value_in_a_box_may_be_larger_than_the_stack() {
    #[step]
    async fn draw() -> Out<Image> {
        let image = vec![7; 1 << 22].into_boxed_slice();
        yield_now().await;
        image.try_into().expect("it has the length of the array")
    }
    pipeline! { Gallery: [Draw]; }
    let small_stack = thread::Builder::new().stack_size(2 << 20).spawn(|| {
        let store = Store::<Gallery>::new();
        assert_eq!(smol::block_on(run::<Draw>(&store)).unwrap()[1 << 21], 7);
        let image = smol::block_on(run_owned::<Draw>(store)).unwrap();
        smol::block_on(run_owned::<Draw>(Store::<Gallery>::new().with(Image, image))).unwrap()
    });
    assert_eq!(small_stack.unwrap().join().unwrap()[0], 7);
}

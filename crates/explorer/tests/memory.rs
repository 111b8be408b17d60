//! The memory of an explorer does not grow with the number of runs.

mod support;

use allocation_counter::measure;
use std::sync::Arc;
use support::{App, Count, Divide, Text};
use typed_pipeliner::{Plan, Store, run};
use typed_pipeliner_explorer::Explorer;

#[test]
fn a_hundred_thousand_runs_take_no_more_memory_than_the_first_thousand() {
    smol::block_on(async {
        let explorer = Explorer::serve(([127, 0, 0, 1], 0)).await.unwrap();
        let one = |number: usize| {
            explorer.add(&Plan::of::<App>());
            // Each tenth run fails, and leaves an error.
            let fails = number.is_multiple_of(10);
            let text = if fails { "" } else { "three little words" };
            let store = Arc::new(Store::<App>::new().with(Text, text));
            let observer =
                explorer.observer().show(&store, "Count", |store| store.get::<Count>().map(usize::to_string));
            let result = smol::future::block_on(run::<Divide>(&store).observe(observer));
            assert_eq!(result.is_err(), fails);
        };
        (0..1_000).for_each(one);
        // All of it happens in this thread: no page is open, so the thread of the explorer rests.
        let later = measure(|| (0..100_000).for_each(one));
        assert!(later.count_total > 100_000, "it was measured: {later:?}");
        assert_eq!((later.count_current, later.bytes_current), (0, 0), "{later:?}");
    });
}

//! The outputs of a run: none as `()`, one as itself, several as a tuple.

mod support;

use support::{pipeline, ready, step};
use typed_pipeliner::executor::{Executor, run_on};
use typed_pipeliner::{HList, OwnedOutput, Return, RunOutput, Step, Store, hlist, resource, run, run_owned};

resource! { Words: Vec<&'static str>; Count: usize; Longest: &'static str; }

step!(Split() -> [Words] { Ok(hlist![vec!["three", "little", "words"]]) });
step!(Measure(words: Words) -> [Count, Longest] { Ok(hlist![words.len(), "little"]) });
step!(Note(_words: Words) -> [] { Ok(hlist![]) });
step!(Join(words: Words) -> [Return<String>] { Ok(hlist![Return(words.join(" "))]) });
step!(Both(words: Words) -> [Return<Vec<usize>>, Count] {
    Ok(hlist![Return(words.iter().map(|word| word.len()).collect()), 7])
});

pipeline! {
    Text: [Split, Measure];
    Other: [Split, Both];
}

#[test]
fn no_output_is_the_unit() {
    let (): () = ready(run::<Note>(&Store::<Text>::new())).unwrap();
    let (): () = ready(run_owned::<Note>(Store::<Text>::new())).unwrap();
}

#[test]
fn one_output_is_itself() {
    let store = Store::<Text>::new();
    let words: &Vec<&str> = ready(run::<Split>(&store)).unwrap();
    assert_eq!(words.len(), 3);
    // It is the length of the value, and not that of a list of outputs.
    assert_eq!(ready(run::<Split>(&store)).unwrap().len(), 3);
    assert_eq!(ready(run::<Join>(&store)).unwrap().len(), "three little words".len());
    assert_eq!(ready(run_owned::<Split>(store)).unwrap(), vec!["three", "little", "words"]);
    assert_eq!(ready(run_owned::<Join>(Store::<Text>::new())).unwrap(), "three little words");
}

#[test]
fn several_outputs_are_a_tuple() {
    let store = Store::<Text>::new();
    let (count, longest): (&usize, &&str) = ready(run::<Measure>(&store)).unwrap();
    assert_eq!((*count, *longest), (3, "little"));
    let (count, longest): (usize, &str) = ready(run_owned::<Measure>(store)).unwrap();
    assert_eq!((count, longest), (3, "little"));

    let store = Store::<Other>::new();
    let (lengths, count): (Vec<usize>, &usize) = ready(run::<Both>(&store)).unwrap();
    assert_eq!((lengths, *count), (vec![5, 6, 5], 7));
    let (lengths, count): (Vec<usize>, usize) = ready(run_owned::<Both>(store)).unwrap();
    assert_eq!((lengths, count), (vec![5, 6, 5], 7));
}

#[test]
fn executors_return_the_same() {
    let store = std::sync::Arc::new(Store::<Text>::new());
    let threads = Executor::new(2);
    let words: &Vec<&str> = smol::block_on(threads.run::<Split>(&store)).unwrap();
    assert_eq!(words.len(), 3);
    let (count, longest) = threads.run_blocking::<Measure>(&*store).unwrap();
    assert_eq!((*count, *longest), (3, "little"));
    let text = threads.scope(async |scope| scope.run::<Join>(&*store).await).unwrap();
    assert_eq!(text, "three little words");
    let executor = smol::Executor::new();
    let () = smol::block_on(executor.run(run_on::<Note>(&executor, &*store))).unwrap();
}

/// The types of the outputs of any step can be named.
fn outputs<T: Step>() -> (Option<RunOutput<'static, T>>, Option<OwnedOutput<T>>) {
    (None, None)
}

#[test]
fn types_of_the_outputs_have_names() {
    let _: (Option<()>, Option<()>) = outputs::<Note>();
    let _: (Option<&usize>, Option<usize>) = outputs::<One>();
    let (borrowed, owned) = outputs::<Measure>();
    let _: Option<(&usize, &&str)> = borrowed;
    let _: Option<(usize, &str)> = owned;
}
step!(One() -> [Count] { Ok(hlist![1]) });

resource! {
    R01: u8; R02: u8; R03: u8; R04: u8; R05: u8; R06: u8; R07: u8; R08: u8; R09: u8; R10: u8; R11: u8; R12: u8; R13: u8;
}
step!(Twelve() -> [R01, R02, R03, R04, R05, R06, R07, R08, R09, R10, R11, R12] {
    Ok(hlist![1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
});
step!(Thirteen() -> [R01, R02, R03, R04, R05, R06, R07, R08, R09, R10, R11, R12, R13] {
    Ok(hlist![1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13])
});
step!(Grouped() -> [R01, HList![R02, HList![], Return<u8>], HList![R03]] {
    Ok(hlist![1, hlist![2, hlist![], Return(9)], hlist![3]])
});
pipeline! {
    Dozen: [Twelve];
    BakersDozen: [Thirteen];
    Groups: [Grouped];
}

#[test]
fn more_than_12_outputs_are_a_tuple_in_a_tuple() {
    let store = Store::<Dozen>::new();
    let outputs = ready(run::<Twelve>(&store)).unwrap();
    assert_eq!(outputs, (&1, &2, &3, &4, &5, &6, &7, &8, &9, &10, &11, &12));

    let store = Store::<BakersDozen>::new();
    let outputs = ready(run::<Thirteen>(&store)).unwrap();
    assert_eq!(outputs, (&1, (&2, &3, &4, &5, &6, &7, &8, &9, &10, &11, &12, &13)));
    let outputs = ready(run_owned::<Thirteen>(store)).unwrap();
    assert_eq!(outputs, (1, (2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)));
}

#[test]
fn outputs_in_groups_are_flat() {
    let store = Store::<Groups>::new();
    assert_eq!(ready(run::<Grouped>(&store)).unwrap(), (&1, &2, 9, &3));
    assert_eq!(ready(run_owned::<Grouped>(store)).unwrap(), (1, 2, 9, 3));
}

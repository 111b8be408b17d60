//! Fan-out: a pipeline that runs for each element of a collection.

#![cfg(feature = "macros")]

mod support;

use smol::future::yield_now;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, Weak};
use support::{Census, Counted, poll, ready};
use typed_pipeliner::each::{Attempt, Each, ElementError, ForEach, RunsForEach};
use typed_pipeliner::lists::HCons;
use typed_pipeliner::{
    BoxError, HList, Identified, In, Inputs, Out, Outputs, Pipeline, Return, Scoped, Step, Store, StoreOf, Swap, hlist,
    pipeline, resource, run, step,
};

/// What a test counts.
#[derive(Default)]
struct Counts {
    settings: AtomicUsize,
    fetched: AtomicUsize,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

#[derive(Debug, PartialEq)]
struct Page {
    url: String,
    words: usize,
    titles: Vec<String>,
}

resource! {
    Count: Arc<Counts>;
    Seed: String;
    Client: &'static str;
    Settings: usize;
    Urls: Vec<String>;
    Pages: Vec<Page>;
    Total: usize;
    // For each URL:
    Url: String;
    Body: String;
    Words: Vec<String>;
    Titles: Vec<String>;
    // For each word of it:
    Word: String;
    Letters: Vec<char>;
    // For each letter of that:
    Letter: char;
    Codes: Vec<u32>;
}

#[step]
fn read_settings(count: In<'_, Count>) -> Out<Settings> {
    count.settings.fetch_add(1, Ordering::SeqCst)
}

#[step]
fn list_urls(seed: In<'_, Seed>) -> Out<Urls> {
    seed.split_whitespace().map(str::to_owned).collect()
}

#[step]
async fn get_page(
    url: In<'_, Url>,
    client: In<'_, Client>,
    count: In<'_, Count>,
    _settings: In<'_, Settings>,
) -> Result<Out<Body>, &'static str> {
    let at_once = count.at_once.fetch_add(1, Ordering::SeqCst) + 1;
    count.most_at_once.fetch_max(at_once, Ordering::SeqCst);
    for _ in 0..9 {
        yield_now().await;
    }
    count.at_once.fetch_sub(1, Ordering::SeqCst);
    count.fetched.fetch_add(1, Ordering::SeqCst);
    match url.as_str() {
        "broken" => Err("connection reset"),
        _ => Ok(format!("{url} by {client}")),
    }
}

#[step]
fn split(body: In<'_, Body>) -> Out<Words> {
    body.split(' ').map(str::to_owned).collect()
}

#[step]
fn spell(word: In<'_, Word>) -> Out<Letters> {
    word.chars().collect()
}

#[step]
async fn encode(letter: In<'_, Letter>, url: In<'_, Url>) -> Result<Return<u32>, String> {
    yield_now().await;
    match letter {
        '!' => Err(format!("no code, in {url}")),
        _ => Ok(Return(u32::from(*letter))),
    }
}

#[step]
fn title(word: In<'_, Word>, codes: In<'_, Codes>, client: In<'_, Client>) -> Return<String> {
    Return(format!("<{word} {} {client}>", codes.iter().sum::<u32>()))
}

#[step]
fn make_page(url: In<'_, Url>, words: In<'_, Words>, titles: In<'_, Titles>) -> Return<Page> {
    Return(Page { url: url.clone(), words: words.len(), titles: titles.clone() })
}

#[step]
fn add_up(pages: In<'_, Pages>) -> Out<Total> {
    pages.iter().map(|page| page.words).sum()
}

struct PerLetter;
impl Pipeline for PerLetter {
    type Steps = HList![];
}
impl Each for PerLetter {
    type Over = Letters;
    type Item = Letter;
    type Takes = HList![Url];
    type Target = Encode;
    type Into = Codes;
}

struct PerWord;
#[pipeline]
impl Pipeline for PerWord {
    type Steps = HList![Spell, ForEach<PerLetter>];
}
impl Each for PerWord {
    type Over = Words;
    type Item = Word;
    type Takes = HList![Client, Url];
    type Target = Title;
    type Into = Titles;
}

struct PerUrl;
impl Pipeline for PerUrl {
    type Steps = HList![GetPage, Split, ForEach<PerWord>];
}
impl Each for PerUrl {
    type Over = Urls;
    type Item = Url;
    type Takes = HList![Client, Count, Settings];
    type Target = MakePage;
    type Into = Pages;
    const AT_ONCE: usize = 3;

    fn key(url: In<'_, Url>) -> Option<String> {
        Some(url.clone())
    }
}

struct App;
impl Pipeline for App {
    type Steps = HList![ReadSettings, ListUrls, ForEach<PerUrl>, AddUp];
}

/// The same steps with a certificate.
struct Certified;
#[pipeline]
impl Pipeline for Certified {
    type Steps = HList![ReadSettings, ListUrls, ForEach<PerUrl>, AddUp];
}

type Supplied = HList![Seed, Client, Count];

/// A store for these URLs.
fn store<P: Pipeline>(empty: Store<P>, urls: &str) -> (StoreOf<P, Supplied>, Arc<Counts>) {
    let count = Arc::new(Counts::default());
    (empty.with(Seed, urls.to_owned()).with(Client, "me").with(Count, Arc::clone(&count)), count)
}

/// Requires that a store of each kind gives the pages of these URLs.
async fn has_pages(pages: &[Page], count: &Counts) {
    let urls: Vec<_> = pages.iter().map(|page| page.url.as_str()).collect();
    assert_eq!(urls, ["a", "b", "c"]);
    assert_eq!(pages[1].words, 3);
    assert_eq!(pages[1].titles, ["<b 98 me>", "<by 219 me>", "<me 210 me>"]);
    assert_eq!(count.settings.load(Ordering::SeqCst), 1, "what is taken from outside is computed once");
    assert_eq!(count.fetched.load(Ordering::SeqCst), 3);
}

#[test]
fn pipeline_runs_for_each_element_three_deep() {
    smol::block_on(async {
        let (store, count) = store(Store::<App>::new(), "a b c");
        assert_eq!(store.resource::<Total>().await.unwrap(), &9);
        has_pages(store.get::<Pages>().unwrap(), &count).await;
    });
}

#[test]
fn pipeline_with_a_certificate_runs_for_each_element() {
    smol::block_on(async {
        let (store, count) = store(Store::<Certified>::new(), "a b c");
        assert_eq!(store.resource::<Total>().await.unwrap(), &9);
        has_pages(store.get::<Pages>().unwrap(), &count).await;
    });
}

#[test]
fn fan_out_is_a_target() {
    smol::block_on(async {
        let (store, count) = store(Store::<App>::new(), "a b c");
        has_pages(run::<ForEach<PerUrl>>(&store).await.unwrap(), &count).await;
    });
}

#[test]
fn runs_on_tokio() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let (store, count) = store(Store::<App>::new(), "a b c");
    let store = Arc::new(store);
    let task = runtime.spawn({
        let store = Arc::clone(&store);
        async move { store.resource::<Total>().await.copied() }
    });
    assert_eq!(runtime.block_on(task).unwrap().unwrap(), 9);
    assert_eq!(count.fetched.load(Ordering::SeqCst), 3);
}

#[test]
fn pipeline_of_an_element_runs_alone() {
    smol::block_on(async {
        let store = Store::<PerWord>::new().with(Word, "ab".to_owned()).with(Client, "you").with(Url, String::new());
        assert_eq!(store.run::<Title>().await.unwrap(), "<ab 195 you>");
    });
}

#[test]
fn no_elements_are_no_error() {
    let (store, _) = store(Store::<App>::new(), "");
    assert_eq!(ready(store.resource::<Total>()).unwrap(), &0);
    assert_eq!(store.get::<Pages>().unwrap(), &[]);
}

#[test]
fn at_most_as_many_elements_run_at_once_as_declared() {
    smol::block_on(async {
        let (store, count) = store(Store::<App>::new(), "a b c d e f g h");
        store.resource::<Total>().await.unwrap();
        assert_eq!(count.most_at_once.load(Ordering::SeqCst), PerUrl::AT_ONCE);
    });
}

#[test]
fn limit_of_the_run_around_counts_the_fan_out_as_one_step() {
    smol::block_on(async {
        let (store, _) = store(Store::<App>::new(), "a b c d e f g h");
        assert_eq!(*run::<AddUp>(&store).limit(1).await.unwrap(), 24);
    });
}

#[test]
fn error_has_the_whole_path() {
    smol::block_on(async {
        let (store, count) = store(Store::<App>::new(), "a b broken d e f g h");
        let error = store.resource::<Total>().await.unwrap_err();
        assert_eq!(
            format!("{error:#}"),
            "step `PerUrl`, needed by `AddUp`, failed: element 2 of `Urls`, `broken`: \
             step `GetPage`, needed by `Split`, needed by `MakePage`, failed: connection reset"
        );
        let element: &ElementError = error.downcast_ref().unwrap();
        assert_eq!((element.place(), element.key()), (2, Some("broken")));
        assert_eq!(element.run_error().step(), "GetPage");
        assert!(count.fetched.load(Ordering::SeqCst) < 6, "the first failure stops the others");
        assert_eq!(store.get::<Urls>().map(Vec::len), Some(8), "what was computed before stays");
        assert!(store.get::<Pages>().is_none());
    });
}

#[test]
fn error_in_a_nested_fan_out_has_the_whole_path() {
    smol::block_on(async {
        let (store, _) = store(Store::<App>::new(), "a wow!");
        let error = store.resource::<Total>().await.unwrap_err();
        assert_eq!(
            format!("{error:#}"),
            "step `PerUrl`, needed by `AddUp`, failed: element 1 of `Urls`, `wow!`: \
             step `PerWord`, needed by `MakePage`, failed: element 0 of `Words`: \
             step `PerLetter`, needed by `Title`, failed: element 3 of `Letters`: \
             step `Encode` failed: no code, in wow!"
        );
    });
}

resource! {
    Numbers: Box<[u32]>;
    Number: u32;
    Squares: BTreeSet<u64>;
    Named: BTreeMap<u32, String>;
    Halves: Vec<Result<u32, ElementError>>;
    AllHalves: Result<VecDeque<u32>, ElementError>;
    Nothing: ();
    Stored: u64;
    Name: String;
}

#[step]
async fn square(number: In<'_, Number>) -> Out<Stored> {
    // Later elements end before earlier ones.
    for _ in 0..10_u32.saturating_sub(*number) {
        yield_now().await;
    }
    u64::from(number * number)
}

#[step]
fn describe(number: In<'_, Number>, stored: In<'_, Stored>) -> (Return<u32>, Out<Name>) {
    (Return(*number), format!("{number}² = {stored}"))
}

#[step]
async fn halve(number: In<'_, Number>) -> Result<Return<u32>, &'static str> {
    for _ in 0..10_u32.saturating_sub(*number) {
        yield_now().await;
    }
    if number % 2 == 0 { Ok(Return(number / 2)) } else { Err("odd") }
}

#[step]
fn look(number: In<'_, Number>) {
    assert!(*number < 100);
}

/// Declares pipelines for each number: the steps, the target, and the results.
macro_rules! per_number {
    ($($name:ident: [$($step:ty),*], $target:ty, $into:ty;)*) => {$(
        struct $name;
        impl Pipeline for $name {
            type Steps = HList![$($step),*];
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
    PerSquare: [Square], Square, Squares;
    PerName: [Square, Describe], Describe, Named;
    PerHalf: [], Attempt<Halve>, Halves;
    PerHalfOfAll: [], Attempt<Halve>, AllHalves;
    PerLook: [], Look, Nothing;
}

struct Calc;
#[pipeline]
impl Pipeline for Calc {
    type Steps =
        HList![ForEach<PerSquare>, ForEach<PerName>, ForEach<PerHalf>, ForEach<PerHalfOfAll>, ForEach<PerLook>];
}

/// A store with the numbers below a limit.
fn numbers(limit: u32) -> StoreOf<Calc, HList![Numbers]> {
    Store::<Calc>::new().with(Numbers, (0..limit).collect())
}

#[test]
fn results_are_collected_into_any_collection() {
    smol::block_on(async {
        let store = numbers(12);
        assert!(store.resource::<Squares>().await.unwrap().iter().copied().eq((0..12).map(|n| n * n)));
        let named = store.resource::<Named>().await.unwrap();
        assert_eq!((named.len(), named[&3].as_str()), (12, "3² = 9"));
        store.resource::<Nothing>().await.unwrap();
    });
}

#[test]
fn attempts_go_on_after_a_failure_and_keep_their_order() {
    smol::block_on(async {
        let store = numbers(12);
        let halves = store.resource::<Halves>().await.unwrap();
        assert_eq!(halves.len(), 12);
        for (place, half) in halves.iter().enumerate() {
            match half {
                Ok(half) => assert_eq!(2 * *half as usize, place),
                Err(error) => {
                    assert_eq!((error.place(), place % 2), (place, 1));
                    assert_eq!(format!("{error:#}"), format!("element {place} of `Numbers`: step `Halve` failed: odd"));
                }
            }
        }
        let all = store.resource::<AllHalves>().await.unwrap();
        assert_eq!(all.as_ref().unwrap_err().place(), 1, "the first in the order of the elements");
        assert_eq!(numbers(1).resource::<AllHalves>().await.unwrap().as_ref().unwrap(), &[0]);
    });
}

#[test]
fn thousand_runs_of_a_fan_out_give_their_task_back() {
    let store = numbers(40);
    let mut run = Box::pin(store.resource::<Nothing>());
    assert!(poll(&mut run).is_pending(), "it gives its task back after 32 elements");
    assert!(poll(&mut run).is_ready());
}

/// A type that can be an element of a generic pipeline.
trait Entity: Identified + ToString {}
impl Entity for u8 {}
impl Entity for String {}

resource! { Rows<T>: Vec<T>; Row<T>: T; Texts<T>: Vec<String>; }

#[step]
fn print<T: Entity>(row: In<'_, Row<T>>) -> Return<String> {
    Return(row.to_string())
}

struct PerRow<T>(T);
impl<T: Entity> Pipeline for PerRow<T> {
    type Steps = HList![];
}
impl<T: Entity> Each for PerRow<T>
where
    Print<T>: RunsForEach<Self, Row<T>, HList![]>,
{
    type Over = Rows<T>;
    type Item = Row<T>;
    type Takes = HList![];
    type Target = Print<T>;
    type Into = Texts<T>;
}

struct Tables;
impl Pipeline for Tables {
    type Steps = HList![ForEach<PerRow<u8>>, ForEach<PerRow<String>>];
}

#[test]
fn generic_pipeline_runs_for_each_element() {
    smol::block_on(async {
        let store = Store::<Tables>::new().supply::<Rows<u8>>(vec![1, 2]).supply::<Rows<String>>(vec!["x".to_owned()]);
        assert_eq!(store.resource::<Texts<u8>>().await.unwrap(), &["1", "2"]);
        assert_eq!(store.resource::<Texts<String>>().await.unwrap(), &["x"]);
    });
}

resource! { Node: Tree; Children: Vec<Tree>; Depths: Vec<usize>; }

/// A tree, for a pipeline that runs for each element of what its own steps provide.
#[derive(Clone)]
struct Tree(Vec<Tree>);

#[step]
fn list_children(node: In<'_, Node>) -> Out<Children> {
    node.0.clone()
}

#[step]
fn deepest(depths: In<'_, Depths>) -> Return<usize> {
    Return(1 + depths.iter().max().copied().unwrap_or_default())
}

struct PerChild;
impl Pipeline for PerChild {
    type Steps = HList![ListChildren, ForEach<PerChild>];
}
impl Each for PerChild {
    type Over = Children;
    type Item = Node;
    type Takes = HList![];
    type Target = Deepest;
    type Into = Depths;
}

#[test]
fn pipeline_runs_for_each_element_of_its_own() {
    let chain = (0..20).fold(Tree(vec![]), |tree, _| Tree(vec![Tree(vec![]), tree]));
    let store = Store::<PerChild>::new().with(Node, chain);
    assert_eq!(smol::block_on(store.run::<Deepest>()).unwrap(), 21);
}

struct Request;
impl Pipeline for Request {
    type Steps = HList![ForEach<PerUrl>, AddUp];
}
impl Scoped for Request {
    type Parent = Shared;
}
struct Shared;
impl Pipeline for Shared {
    type Steps = HList![ReadSettings];
}

#[test]
fn scope_fans_out_with_values_of_its_parent() {
    smol::block_on(async {
        let count = Arc::new(Counts::default());
        let shared = Store::<Shared>::new().with(Client, "me").with(Count, Arc::clone(&count));
        for _ in 0..2 {
            let request = Store::<Request>::within(&shared).with(Urls, vec!["a".to_owned(), "b".to_owned()]);
            assert_eq!(request.resource::<Total>().await.unwrap(), &6);
        }
        assert_eq!(count.settings.load(Ordering::SeqCst), 1);
    });
}

resource! { PageCount: usize; }

#[step]
fn count_pages(pages: In<'_, Pages>) -> Out<PageCount> {
    pages.len()
}

struct InParent;
impl Pipeline for InParent {
    type Steps = HList![CountPages];
}
impl Scoped for InParent {
    type Parent = App;
}

#[test]
fn scope_takes_the_results_of_a_fan_out_in_its_parent() {
    smol::block_on(async {
        let (app, count) = store(Store::<App>::new(), "a b c");
        for _ in 0..2 {
            assert_eq!(Store::<InParent>::within(&app).resource::<PageCount>().await.unwrap(), &3);
        }
        assert_eq!(count.fetched.load(Ordering::SeqCst), 3);
    });
}

#[step]
fn stub_pages() -> Out<Pages> {
    vec![Page { url: String::new(), words: 5, titles: vec![] }]
}

#[test]
fn stub_replaces_a_fan_out() {
    let store = Store::<Swap<App, ForEach<PerUrl>, StubPages>>::new();
    assert_eq!(ready(store.resource::<Total>()).unwrap(), &5);
}

#[test]
fn ten_runs_on_one_store_run_each_element_once() {
    smol::block_on(async {
        let urls = (0..100).map(|url| format!("u{url} ")).collect::<String>();
        let (store, count) = store(Store::<App>::new(), &urls);
        let runs = futures::future::join_all((0..10).map(|_| store.resource::<Total>())).await;
        assert!(runs.into_iter().all(|total| *total.unwrap() == 300));
        assert_eq!(count.fetched.load(Ordering::SeqCst), 100);
        assert_eq!(count.settings.load(Ordering::SeqCst), 1);
    });
}

resource! {
    Alive: Census;
    Steps: Vec<usize>;
    Awaits: usize;
    First: Counted;
    Second: Counted;
    Kept: Vec<Counted>;
    Danger: bool;
}

#[step]
async fn make_first(alive: In<'_, Alive>, awaits: In<'_, Awaits>) -> Out<First> {
    let first = alive.make();
    for _ in 0..*awaits {
        yield_now().await;
    }
    first
}

#[step]
async fn make_second(alive: In<'_, Alive>, _first: In<'_, First>) -> Out<Second> {
    let _held = alive.make();
    yield_now().await;
    alive.make()
}

#[step]
async fn keep(
    alive: In<'_, Alive>,
    awaits: In<'_, Awaits>,
    danger: In<'_, Danger>,
    _second: In<'_, Second>,
) -> Return<Counted> {
    yield_now().await;
    assert!(!danger || *awaits != 7, "element 7");
    Return(alive.make())
}

struct PerStep;
impl Pipeline for PerStep {
    type Steps = HList![MakeFirst, MakeSecond];
}
impl Each for PerStep {
    type Over = Steps;
    type Item = Awaits;
    type Takes = HList![Alive, Danger];
    type Target = Keep;
    type Into = Kept;
    const AT_ONCE: usize = 4;
}

struct Counting;
impl Pipeline for Counting {
    type Steps = HList![ForEach<PerStep>];
}

type Awaiting = StoreOf<Counting, HList![Steps, Alive, Danger]>;

/// A store of elements that await up to ten times.
fn counting(danger: bool) -> (Awaiting, Census) {
    let alive = Census::default();
    let store = Store::<Counting>::new().with(Steps, (0..10).collect()).with(Alive, alive.clone());
    (store.with(Danger, danger), alive)
}

#[test]
fn run_that_is_dropped_at_any_await_frees_everything() {
    for polls in 0.. {
        let (store, alive) = counting(false);
        let mut run = Box::pin(store.resource::<Kept>());
        let is_over = (0..polls).any(|_| poll(&mut run).is_ready());
        drop(run);
        if is_over {
            assert!(polls > 10, "there are awaits: {polls}");
            assert_eq!(alive.alive(), 10, "the values of an element end with it, but for the results");
            drop(store);
            assert_eq!(alive.alive(), 0);
            break;
        }
        assert_eq!(alive.alive(), 0, "after {polls} polls");
        assert_eq!(smol::block_on(store.resource::<Kept>()).unwrap().len(), 10, "the next run does it all");
    }
}

#[test]
fn panic_in_an_element_frees_everything() {
    let (store, alive) = counting(true);
    let panic = catch_unwind(AssertUnwindSafe(|| smol::block_on(store.resource::<Kept>()).map(Vec::len)));
    assert_eq!(panic.unwrap_err().downcast_ref::<&str>(), Some(&"element 7"));
    assert_eq!(alive.alive(), 0);
    let store = store.with(Kept, vec![]);
    assert_eq!(ready(store.resource::<Kept>()).unwrap().len(), 0, "the store stays usable");
}

resource! {
    Log: Arc<Mutex<Vec<String>>>;
    Names: Vec<&'static str>;
    NameOf: &'static str;
    Noted: Note;
    After: Note;
    Lengths: Vec<usize>;
}

/// A value that notes its drop.
struct Note(String, Arc<Mutex<Vec<String>>>);
impl Drop for Note {
    fn drop(&mut self) {
        self.1.lock().unwrap().push(self.0.clone());
    }
}

#[step]
fn take_note(name: In<'_, NameOf>, log: In<'_, Log>) -> Out<Noted> {
    Note(format!("{name} noted"), log.clone())
}

#[step]
fn follow(noted: In<'_, Noted>, name: In<'_, NameOf>, log: In<'_, Log>) -> Out<After> {
    assert!(noted.0.starts_with(name));
    Note(format!("{name} after"), log.clone())
}

#[step]
fn length(after: In<'_, After>) -> Return<usize> {
    Return(after.0.len())
}

struct PerNote;
impl Pipeline for PerNote {
    type Steps = HList![TakeNote, Follow];
}
impl Each for PerNote {
    type Over = Names;
    type Item = NameOf;
    type Takes = HList![Log];
    type Target = Length;
    type Into = Lengths;
}

struct Notes;
impl Pipeline for Notes {
    type Steps = HList![ForEach<PerNote>];
}

#[test]
fn values_of_an_element_end_with_it_in_reverse_order_of_the_graph() {
    let log = Arc::default();
    let store = Store::<Notes>::new().with(Names, vec!["a", "b"]).with(Log, Arc::clone(&log));
    assert_eq!(ready(store.resource::<Lengths>()).unwrap(), &[7, 7]);
    assert_eq!(*log.lock().unwrap(), ["a after", "a noted", "b after", "b noted"]);
}

resource! { Calls: AtomicUsize; }

/// A step around another, with one more input.
struct WithCalls<S>(S);
impl<S: Step> Step for WithCalls<S> {
    type Inputs = HCons<Calls, S::Inputs>;
    type Outputs = S::Outputs;
    type Error = S::Error;

    async fn run(HCons { head: calls, tail: inputs }: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        calls.fetch_add(1, Ordering::SeqCst);
        S::run(inputs).await
    }
}

/// A step around another, whose output goes to the caller.
struct Returning<S>(S);
impl<S: Step<Outputs = HList![Lengths]>> Step for Returning<S> {
    type Inputs = S::Inputs;
    type Outputs = HList![Return<Vec<usize>>];
    type Error = S::Error;

    async fn run(inputs: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        S::run(inputs).await.map(|outputs| hlist![Return(outputs.head)])
    }
}

struct Wrapped;
impl Pipeline for Wrapped {
    type Steps = HList![WithCalls<ForEach<PerNote>>];
}

#[test]
fn fan_out_runs_within_another_step() {
    let log = Arc::default();
    let store = Store::<Wrapped>::new()
        .with(Names, vec!["a", "b"])
        .with(Log, Arc::clone(&log))
        .with(Calls, AtomicUsize::new(0));
    assert_eq!(ready(store.resource::<Lengths>()).unwrap(), &[7, 7]);
    assert_eq!(*log.lock().unwrap(), ["a after", "a noted", "b after", "b noted"]);
    assert_eq!(store.get::<Calls>().unwrap().load(Ordering::SeqCst), 1);
    assert_eq!(ready(store.run::<Returning<ForEach<PerNote>>>()).unwrap(), [7, 7]);
}

type Own = Weak<StoreOf<Circle, HList![OwnStore, Numbers]>>;
resource! { OwnStore: Arc<OnceLock<Own>>; Asked: Vec<usize>; }

/// Runs the store around for the results of all elements, of which this is one.
#[step]
async fn ask(own: In<'_, OwnStore>, _number: In<'_, Number>) -> Result<Return<usize>, BoxError> {
    let store = own.get().and_then(Weak::upgrade).ok_or("there is no store")?;
    Ok(Return(store.resource::<Asked>().await?.len()))
}

struct PerAsk;
impl Pipeline for PerAsk {
    type Steps = HList![];
}
impl Each for PerAsk {
    type Over = Numbers;
    type Item = Number;
    type Takes = HList![OwnStore];
    type Target = Ask;
    type Into = Asked;
}

struct Circle;
impl Pipeline for Circle {
    type Steps = HList![ForEach<PerAsk>];
}

#[test]
fn element_that_waits_for_its_fan_out_is_a_deadlock() {
    let own = Arc::new(OnceLock::new());
    let numbers: Box<[u32]> = Box::new([1, 2]);
    let store = Arc::new(Store::<Circle>::new().with(OwnStore, Arc::clone(&own)).with(Numbers, numbers));
    own.set(Arc::downgrade(&store)).unwrap();
    let error = smol::block_on(store.resource::<Asked>()).unwrap_err();
    let text = format!("{error:#}");
    assert!(text.ends_with("step `PerAsk` waits for itself"), "{text}");
}

mod closing {
    use super::*;
    use support::Journal;

    resource! {
        Log: Journal;
        Numbers: Vec<u32>;
        Number: u32;
        Line: (Journal, u32);
        Session: Journal;
        Doubled: Vec<u32>;
        Attempted: Vec<Result<u32, ElementError>>;
    }

    #[step(close = hang_up)]
    fn dial(log: In<'_, Log>, number: In<'_, Number>) -> Out<Line> {
        (log.clone(), *number)
    }

    async fn hang_up((log, number): (Journal, u32)) -> Result<(), &'static str> {
        yield_now().await;
        log.note("hung up");
        if number == 7 { Err("the line is dead") } else { Ok(()) }
    }

    #[step(close = say_goodbye)]
    async fn greet(line: In<'_, Line>) -> Out<Session> {
        line.0.clone()
    }

    async fn say_goodbye(log: Journal) {
        log.note("goodbye");
    }

    #[step]
    fn ask(_session: In<'_, Session>, number: In<'_, Number>) -> Result<Return<u32>, String> {
        if *number == 3 { Err("no answer".to_owned()) } else { Ok(Return(2 * number)) }
    }

    struct PerNumber;
    impl Pipeline for PerNumber {
        type Steps = HList![Dial, Greet];
    }
    impl Each for PerNumber {
        type Over = Numbers;
        type Item = Number;
        type Takes = HList![Log];
        type Target = Ask;
        type Into = Doubled;
    }

    struct Tried;
    impl Pipeline for Tried {
        type Steps = HList![Dial, Greet];
    }
    impl Each for Tried {
        type Over = Numbers;
        type Item = Number;
        type Takes = HList![Log];
        type Target = Attempt<Ask>;
        type Into = Attempted;
        const AT_ONCE: usize = 1;
    }

    struct Calls;
    impl Pipeline for Calls {
        type Steps = HList![ForEach<PerNumber>, ForEach<Tried>];
    }

    #[test]
    fn outputs_of_each_element_are_closed_at_its_end() {
        let log = Journal::default();
        let store = Store::<Calls>::new().with(Log, log.clone()).with(Numbers, vec![1, 2]);
        assert_eq!(smol::block_on(store.resource::<Doubled>()).unwrap(), &[2, 4]);
        assert_eq!(log.take(), ["goodbye", "hung up", "goodbye", "hung up"]);
    }

    #[test]
    fn element_whose_outputs_cannot_be_closed_fails_and_one_that_failed_is_closed() {
        let log = Journal::default();
        let store = Store::<Calls>::new().with(Log, log.clone()).with(Numbers, vec![1, 3, 7]);
        let results = smol::block_on(store.resource::<Attempted>()).unwrap();
        let results: Vec<_> =
            results.iter().map(|result| result.as_ref().map_err(|error| format!("{error:#}"))).collect();
        let [Ok(2), Err(failed), Err(dead)] = &results[..] else { panic!("{results:?}") };
        assert_eq!(failed, "element 1 of `Numbers`: step `Ask` failed: no answer");
        assert_eq!(dead, "element 2 of `Numbers`: step `Dial` failed: closing step `Dial` failed: the line is dead");
        assert_eq!(log.take(), ["goodbye", "hung up", "goodbye", "hung up", "goodbye", "hung up"]);
    }
}

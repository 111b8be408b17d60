//! No stale value can be read: a value that is supplied anew or forgotten takes with it all values
//! that were computed from it.

mod support;

use std::sync::Arc;
use support::{Census, Counted, Journal, pipeline, ready, step};
use typed_pipeliner::{HList, Scoped, Store, StoreOf, hlist, resource, run};

resource! {
    Log: Journal;
    Path: &'static str;
    Config: String;
    Port: usize;
    Pool: String;
    Theme: &'static str;
    Page: String;
    Clock: u32;
    User: u32;
    Greeting: String;
}

step!(ReadConfig(log: Log, path: Path) -> [Config, Port] {
    log.note("ReadConfig");
    Ok(hlist![format!("config of {path}"), path.len()])
});
step!(OpenPool(log: Log, config: Config) -> [Pool] {
    log.note("OpenPool");
    Ok(hlist![format!("pool by {config}")])
});
step!(MakePage(log: Log, pool: Pool, theme: Option<Theme>) -> [Page] {
    log.note("MakePage");
    Ok(hlist![format!("page from {pool}, {}", theme.unwrap_or(&"plain"))])
});
step!(ReadClock(log: Log) -> [Clock] {
    log.note("ReadClock");
    Ok(hlist![12])
});
step!(Greet(log: Log, pool: Pool, user: User) -> [Greeting] {
    log.note("Greet");
    Ok(hlist![format!("user {user} by {pool}")])
});

pipeline! {
    App: [ReadConfig, OpenPool, MakePage, ReadClock];
    Request: [Greet];
}
impl Scoped for Request {
    type Parent = App;
}

type AppStore = StoreOf<App, HList![Log, Path]>;

/// A store in which everything was computed, and its log.
fn computed() -> (AppStore, Journal) {
    let log = Journal::default();
    let store = Store::<App>::new().with(Log, log.clone()).with(Path, "a");
    ready(store.resource::<Page>()).unwrap();
    ready(store.resource::<Clock>()).unwrap();
    assert_eq!(log.take(), ["ReadConfig", "OpenPool", "MakePage", "ReadClock"]);
    (store, log)
}

#[test]
fn supplied_value_drops_what_was_computed_from_the_old_one() {
    let (store, log) = computed();
    let store = store.with(Config, "other".to_owned());
    assert_eq!((store.get::<Pool>(), store.get::<Page>()), (None, None));
    // The other output of the step does not depend on it.
    assert_eq!((store.get::<Port>(), store.get::<Clock>()), (Some(&1), Some(&12)));
    assert_eq!(ready(store.resource::<Page>()).unwrap(), "page from pool by other, plain");
    assert_eq!(log.take(), ["OpenPool", "MakePage"]);
}

#[test]
fn supplied_value_cuts_what_comes_from_its_provider() {
    let (store, log) = computed();
    // `MakePage` depends on the path only through the pool.
    let store = store.with(Pool, "mine".to_owned());
    ready(store.resource::<Page>()).unwrap();
    assert_eq!(log.take(), ["MakePage"]);
    let mut store = store;
    store.forget::<Config>();
    assert_eq!(store.get::<Config>(), None);
    assert_eq!(store.get::<Page>().unwrap(), "page from mine, plain");
}

#[test]
fn supplied_optional_input_is_not_missed() {
    let (store, log) = computed();
    let store = store.with(Theme, "dark");
    assert_eq!(ready(store.resource::<Page>()).unwrap(), "page from pool by config of a, dark");
    assert_eq!(log.take(), ["MakePage"]);
}

#[test]
fn unused_store_keeps_its_values() {
    let store = Store::<App>::new().with(Log, Journal::default()).with(Theme, "dark").with(Path, "a");
    assert_eq!(ready(store.resource::<Page>()).unwrap(), "page from pool by config of a, dark");
}

#[test]
fn forgotten_value_takes_its_dependents_with_it() {
    let (mut store, log) = computed();
    store.forget::<Port>();
    // The outputs of a step go together.
    assert_eq!((store.get::<Port>(), store.get::<Config>()), (None, None));
    assert_eq!((store.get::<Pool>(), store.get::<Page>()), (None, None));
    assert_eq!(store.get::<Clock>(), Some(&12));
    ready(store.resource::<Page>()).unwrap();
    assert_eq!(log.take(), ["ReadConfig", "OpenPool", "MakePage"]);

    store.forget::<Page>();
    ready(store.resource::<Page>()).unwrap();
    assert_eq!(log.take(), ["MakePage"]);
}

#[test]
fn supplied_value_stays_when_it_is_forgotten() {
    let (mut store, log) = computed();
    store.forget::<Path>();
    assert_eq!(store.get::<Path>(), Some(&"a"));
    assert_eq!(store.get::<Config>(), None);
    ready(store.resource::<Page>()).unwrap();
    assert_eq!(log.take(), ["ReadConfig", "OpenPool", "MakePage"]);
}

#[test]
fn absent_value_can_be_forgotten() {
    let mut store = Store::<App>::new().with(Log, Journal::default()).with(Path, "a");
    store.forget::<Page>();
    ready(run::<ReadClock>(&store)).unwrap();
    store.forget::<Config>();
    assert_eq!(store.get::<Clock>(), Some(&12));
}

#[test]
fn scope_drops_its_own_values_and_not_those_of_the_parent() {
    let (app, log) = computed();
    let app = Arc::new(app);
    let request = Store::<Request>::within(Arc::clone(&app)).with(User, 7);
    assert_eq!(ready(request.resource::<Greeting>()).unwrap(), "user 7 by pool by config of a");
    // In the scope the supplied pool replaces that of the parent.
    let mut request = request.with(Pool, "its own".to_owned());
    assert_eq!(request.get::<Greeting>(), None);
    assert_eq!(ready(request.resource::<Greeting>()).unwrap(), "user 7 by its own");
    assert_eq!(app.get::<Pool>().unwrap(), "pool by config of a");
    request.forget::<Greeting>();
    ready(request.resource::<Greeting>()).unwrap();
    assert_eq!(log.take(), ["Greet", "Greet", "Greet"]);
    assert_eq!(request.into_value::<Greeting>().unwrap(), "user 7 by its own");
}

resource! { Population: Census; First: Counted; Second: Counted; Both: (Counted, usize); }
step!(MakeTwo(population: Population) -> [First, Second] { Ok(hlist![population.make(), population.make()]) });
step!(Pair(population: Population, _first: First) -> [Both] { Ok(hlist![(population.make(), 7)]) });
pipeline! { Making: [MakeTwo, Pair]; }

#[test]
fn value_leaves_its_store_without_a_clone() {
    let population = Census::default();
    let making = || Store::<Making>::new().with(Population, population.clone());

    // Supplied, computed, and absent.
    let store = making();
    assert!(making().with(First, population.make()).into_value::<First>().is_some());
    assert!(store.into_value::<Second>().is_none());
    let store = making();
    ready(store.resource::<Both>()).unwrap();
    let second: Counted = store.into_value::<Second>().unwrap();
    // The others are dropped.
    assert_eq!(population.alive(), 1);
    drop(second);

    let made = population.made();
    let (both, number): (Counted, usize) = ready(making().resource_owned::<Both>()).unwrap();
    assert_eq!((population.made() - made, population.alive(), number), (3, 1, 7));
    drop(both);
    assert!(ready(making().with(First, population.make()).resource_owned::<First>()).is_ok());
    assert_eq!(population.alive(), 0);
}

/// Graphs that were drawn at random, of seven steps each. A step hashes its name and its inputs.
///
/// For each node: compute everything, supply the node, and compare every value with those of a
/// store that was supplied with it from the start. Then forget each node, and compare again.
macro_rules! graphs {
    ($($graph:ident: $($step:ident($($input:ident: $resource:ident),*) -> $output:ident),*;)*) => {$(
        mod $graph {
            use super::*;

            resource! { Seed: u64; $($output: u64;)* }
            $(step!($step(seed: Seed $(, $input: $resource)*) -> [$output] {
                let inputs: Vec<u64> = vec![*seed $(, *$input)*];
                Ok(hlist![inputs.iter().fold(stringify!($step).len() as u64, |hash, input| hash.wrapping_mul(31) + input)])
            });)*
            pipeline! { Graph: [$($step),*]; }

            fn values<S>(store: &StoreOf<Graph, S>) -> Vec<u64>
            where
                S: typed_pipeliner::store::ResourceList,
                StoreOf<Graph, S>: $(typed_pipeliner::Provides<$output> +)*,
            {
                vec![$(*ready(typed_pipeliner::fetch::<$output>(store)).unwrap()),*]
            }

            #[test]
            fn values_are_those_of_a_recomputation() {
                let seeded = || Store::<Graph>::new().with(Seed, 1);
                let expected = values::<HList![Seed]>(&seeded());
                $({
                    let store = seeded();
                    values::<HList![Seed]>(&store);
                    let store = store.with($output, 1_000);
                    let fresh = seeded().with($output, 1_000);
                    assert_eq!(values::<HList![Seed, $output]>(&store), values::<HList![Seed, $output]>(&fresh));

                    let mut store = seeded();
                    values::<HList![Seed]>(&store);
                    store.forget::<$output>();
                    assert!(!store.is_ready::<$output>());
                    assert_eq!(values::<HList![Seed]>(&store), expected);
                })*
            }
        }
    )*};
}
graphs! {
    graph0: S0() -> N0, S1(n0: N0) -> N1, S2(n0: N0, n1: N1) -> N2, S3(n0: N0, n1: N1) -> N3, S4(n0: N0, n1: N1, n2: N2) -> N4, S5(n0: N0, n2: N2) -> N5, S6(n0: N0, n4: N4, n5: N5) -> N6;
    graph1: S0() -> N0, S1() -> N1, S2(n1: N1) -> N2, S3(n0: N0, n1: N1) -> N3, S4(n0: N0, n1: N1, n2: N2) -> N4, S5(n0: N0, n4: N4) -> N5, S6(n3: N3) -> N6;
    graph2: S0() -> N0, S1(n0: N0) -> N1, S2(n0: N0, n1: N1) -> N2, S3(n2: N2) -> N3, S4(n0: N0) -> N4, S5(n0: N0, n3: N3, n2: N2) -> N5, S6(n2: N2) -> N6;
    graph3: S0() -> N0, S1(n0: N0) -> N1, S2(n0: N0, n1: N1) -> N2, S3(n0: N0, n1: N1, n2: N2) -> N3, S4(n3: N3) -> N4, S5(n1: N1) -> N5, S6(n1: N1, n3: N3, n4: N4) -> N6;
    graph4: S0() -> N0, S1(n0: N0) -> N1, S2(n1: N1) -> N2, S3(n2: N2) -> N3, S4(n0: N0, n1: N1, n2: N2) -> N4, S5(n0: N0, n1: N1, n4: N4) -> N5, S6(n0: N0) -> N6;
    graph5: S0() -> N0, S1(n0: N0) -> N1, S2(n0: N0, n1: N1) -> N2, S3(n0: N0, n1: N1) -> N3, S4(n0: N0, n3: N3, n1: N1) -> N4, S5(n0: N0, n2: N2, n3: N3) -> N5, S6(n2: N2) -> N6;
    graph6: S0() -> N0, S1(n0: N0) -> N1, S2(n0: N0, n1: N1) -> N2, S3(n1: N1, n2: N2) -> N3, S4() -> N4, S5(n0: N0, n1: N1, n3: N3) -> N5, S6(n5: N5, n1: N1) -> N6;
    graph7: S0() -> N0, S1(n0: N0) -> N1, S2(n0: N0, n1: N1) -> N2, S3(n0: N0) -> N3, S4(n1: N1) -> N4, S5(n1: N1) -> N5, S6(n5: N5, n0: N0, n1: N1) -> N6;
}

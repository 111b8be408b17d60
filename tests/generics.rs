//! Generic steps, resources and pipelines; groups of steps; long lists.

mod support;

use std::convert::Infallible;
use std::marker::PhantomData;
use support::{Journal, pipeline, ready, step};
use typed_pipeliner::lists::InputList;
use typed_pipeliner::proof::ids::Reflexive;
use typed_pipeliner::{HList, Inputs, Outputs, Pipeline, Resource, Return, RunError, Runs, Step, Store};
use typed_pipeliner::{hlist, hlist_pat, identity, resource, run, run_owned};

resource! { Log: Journal; }

/// A type that can be loaded from a table.
trait Entity: Send + Sync + 'static {
    /// The identity of its table. It is made from a name, which only the impl knows.
    type Table: Reflexive;
    const TABLE: &'static str;
    fn parse(line: &str) -> Self;
}

/// The rows of a table.
struct Rows<T>(PhantomData<T>);

impl<T: Entity> Resource for Rows<T> {
    type Value = Vec<T>;
    type Identity = T::Table;
    fn name() -> &'static str {
        T::TABLE
    }
}

/// Loads a table.
struct Load<T>(PhantomData<T>);

impl<T: Entity> Step for Load<T> {
    type Inputs = HList![Log];
    type Outputs = HList![Rows<T>];
    type Error = Infallible;
    async fn run(hlist_pat![log]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        log.note(T::TABLE);
        Ok(hlist!["one two".split(' ').map(T::parse).collect()])
    }
}

/// Counts the rows of two tables.
struct Count<T, U>(PhantomData<(T, U)>);

impl<T: Entity, U: Entity> Step for Count<T, U> {
    type Inputs = HList![Rows<T>, Rows<U>];
    type Outputs = HList![Return<usize>];
    type Error = Infallible;
    async fn run(hlist_pat![some, others]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![Return(10 * some.len() + others.len())])
    }
}

/// Loads two tables.
struct Database<T, U>(PhantomData<(T, U)>);

impl<T: Entity, U: Entity> Pipeline for Database<T, U> {
    type Steps = HList![Load<T>, Load<U>];
}

#[derive(Debug, PartialEq)]
struct User(String);

impl Entity for User {
    type Table = identity!("generics::Rows<User>");
    const TABLE: &'static str = "users";
    fn parse(line: &str) -> Self {
        User(line.to_owned())
    }
}

#[derive(Debug, PartialEq)]
struct Order(usize);

impl Entity for Order {
    type Table = identity!("generics::Rows<Order>");
    const TABLE: &'static str = "orders";
    fn parse(line: &str) -> Self {
        Order(line.len())
    }
}

#[test]
fn steps_resources_and_pipelines_may_be_generic() {
    let log = Journal::default();
    let store = Store::<Database<User, Order>>::new().with(Log, log.clone());

    let users = ready(run::<Load<User>>(&store)).unwrap();
    assert_eq!(users, &[User("one".to_owned()), User("two".to_owned())]);
    let orders = ready(store.resource::<Rows<Order>>()).unwrap();
    assert_eq!(orders, &[Order(3), Order(3)]);
    assert_eq!(log.take(), ["users", "orders"]);

    let count = ready(run::<Count<User, Order>>(&store)).unwrap();
    assert_eq!(count, 22);
    assert_eq!(log.take(), [""; 0]);
}

#[test]
fn generic_resource_can_be_supplied() {
    let log = Journal::default();
    let store = Store::<Database<User, Order>>::new().with(Log, log.clone()).with(Rows(PhantomData), vec![Order(9)]);
    let count = ready(run::<Count<User, Order>>(&store)).unwrap();
    assert_eq!(count, 21);
    assert_eq!(log.take(), ["users"]);
}

/// A function for any store that can load users and one more entity.
async fn count<T: Entity, S>(store: &S) -> Result<usize, RunError>
where
    S: Runs<Load<User>> + Runs<Count<User, T>>,
{
    let users = run::<Load<User>>(store).await?;
    let count = run::<Count<User, T>>(store).await?;
    Ok(1000 * users.len() + count)
}

#[test]
fn generic_function_accepts_any_store_that_runs_its_targets() {
    let store = Store::<Database<User, Order>>::new().with(Log, Journal::default());
    assert_eq!(ready(count::<Order, _>(&store)).unwrap(), 2022);

    let supplied = Store::<Empty>::new().with(Log, Journal::default());
    let supplied = supplied.with(Rows(PhantomData), vec![Order(9)]).with(Rows::<User>(PhantomData), Vec::new());
    let count = ready(run::<Count<User, Order>>(&supplied)).unwrap();
    assert_eq!(count, 1);
}

mod made_in_generic_code {
    use super::*;
    use typed_pipeliner::{Identified, In, Out, step};

    trait Sample: Identified + Clone {
        fn nth(n: usize) -> Self;
        fn weight(&self) -> f64;
    }

    impl Sample for f64 {
        fn nth(n: usize) -> f64 {
            n as f64
        }
        fn weight(&self) -> f64 {
            *self
        }
    }

    resource! {
        Size: usize;
        Samples<T>: Vec<T>;
        Mean<T>: f64;
        Spread<T>: f64;
    }

    #[step]
    fn draw<T: Sample>(size: In<'_, Size>) -> Out<Samples<T>> {
        (0..*size).map(T::nth).collect()
    }

    #[step(blocking)]
    fn mean_of<T: Sample>(samples: In<'_, Samples<T>>) -> Out<Mean<T>> {
        samples.iter().map(T::weight).sum::<f64>() / samples.len() as f64
    }

    #[step]
    fn spread_of<T: Sample>(samples: In<'_, Samples<T>>, mean: In<'_, Mean<T>>) -> Out<Spread<T>> {
        samples.iter().map(|sample| (sample.weight() - mean).powi(2)).sum()
    }

    struct Batch<T>(PhantomData<T>);
    impl<T: Sample> Pipeline for Batch<T> {
        type Steps = HList![Draw<T>, MeanOf<T>, SpreadOf<T>];
    }

    /// rustc proves this run for any `T`: an identity equals itself, and begins with the hash of a
    /// name.
    async fn spread<T: Sample>(size: usize) -> Result<f64, RunError> {
        let store = Store::<Batch<T>>::new().with(Size, size);
        let spread = run::<SpreadOf<T>>(&store).await?;
        assert_eq!(store.resource::<Samples<T>>().await?.len(), size);
        Ok(*spread)
    }

    #[test]
    fn generic_function_creates_a_store_of_a_generic_pipeline() {
        assert_eq!(smol::block_on(spread::<f64>(3)).unwrap(), 2.0);
    }
}

pipeline! { Empty: []; }

resource! {
    Base: u32;
    Double: u32;
    Triple: u32;
    Sum: u32;
}

step!(FindBase(log: Log) -> [Base] {
    log.note("FindBase");
    Ok(hlist![10])
});
step!(FindAnotherBase(log: Log) -> [Base] {
    log.note("FindAnotherBase");
    Ok(hlist![20])
});
step!(MakeDouble(log: Log, base: Base) -> [Double] {
    log.note("MakeDouble");
    Ok(hlist![2 * base])
});
step!(MakeTriple(log: Log, base: Base) -> [Triple] {
    log.note("MakeTriple");
    Ok(hlist![3 * base])
});
step!(Add(log: Log, double: Double, triple: Triple) -> [Sum] {
    log.note("Add");
    Ok(hlist![double + triple])
});

/// Groups of steps, each complete in itself.
type Doubling = HList![MakeDouble, FindBase];
type Tripling = HList![FindBase, MakeTriple];

pipeline! {
    Twice: [Doubling, Tripling, Add, FindBase];
    Nested: [HList![HList![HList![MakeDouble], HList![]], MakeTriple], HList![Add, HList![FindBase]]];
    /// The steps of another pipeline and one more.
    More: [<Nested as Pipeline>::Steps, Load<User>];
    /// The same steps except one.
    Another: [Add, MakeDouble, MakeTriple, FindAnotherBase];
}

#[test]
fn step_in_two_groups_counts_once() {
    let log = Journal::default();
    let store = Store::<Twice>::new().with(Log, log.clone());
    let sum = ready(run::<Add>(&store)).unwrap();
    assert_eq!(*sum, 50);
    assert_eq!(log.take(), ["FindBase", "MakeDouble", "MakeTriple", "Add"]);

    let base = ready(run::<FindBase>(&store)).unwrap();
    assert!(std::ptr::eq(base, store.get::<Base>().unwrap()));
    assert_eq!(log.take(), [""; 0]);

    let base = ready(run_owned::<FindBase>(store)).unwrap();
    assert_eq!(base, 10);
}

#[test]
fn groups_may_be_nested_and_empty() {
    let log = Journal::default();
    let store = Store::<Nested>::new().with(Log, log.clone());
    assert_eq!(ready(store.resource::<Sum>()).unwrap(), &50);
    assert_eq!(log.take(), ["FindBase", "MakeDouble", "MakeTriple", "Add"]);

    let store = Store::<More>::new().with(Log, log.clone());
    assert_eq!(ready(store.resource::<Sum>()).unwrap(), &50);
    assert_eq!(ready(store.resource::<Rows<User>>()).unwrap().len(), 2);
}

/// The steps of any pipeline, and users besides.
struct WithUsers<P>(PhantomData<P>);

impl<P: Pipeline> Pipeline for WithUsers<P> {
    type Steps = HList![P::Steps, Load<User>];
}

#[test]
fn generic_pipeline_may_extend_any_other() {
    let log = Journal::default();
    let store = Store::<WithUsers<Twice>>::new().with(Log, log.clone());
    assert_eq!(ready(store.resource::<Sum>()).unwrap(), &50);
    assert_eq!(ready(store.resource::<Rows<User>>()).unwrap().len(), 2);
    // The steps of `Another` are there as well.
    let store = Store::<WithUsers<Another>>::new().with(Log, log.clone());
    assert_eq!(ready(store.resource::<Sum>()).unwrap(), &100);
    // A step in both counts once.
    let store = Store::<WithUsers<More>>::new().with(Log, log.clone());
    assert_eq!(ready(store.resource::<Rows<User>>()).unwrap().len(), 2);
}

/// Waits for each resource in a list.
struct Await<L>(PhantomData<L>);

impl<L: InputList> Step for Await<L> {
    type Inputs = HList![Log, L];
    type Outputs = HList![Return<()>];
    type Error = Infallible;
    async fn run(hlist_pat![log, ...]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        log.note("Await");
        Ok(hlist![Return(())])
    }
}

#[test]
fn generic_step_may_take_any_list() {
    let log = Journal::default();
    let store = Store::<WithUsers<Twice>>::new().with(Log, log.clone());
    ready(run::<Await<HList![Base, Rows<User>]>>(&store)).unwrap();
    let mut what_ran = log.take();
    assert_eq!(what_ran.pop(), Some("Await"));
    what_ran.sort_unstable();
    assert_eq!(what_ran, ["FindBase", "users"]);
}

#[test]
fn several_pipelines_may_share_steps() {
    let log = Journal::default();
    let store = Store::<Another>::new().with(Log, log.clone());
    let sum = ready(run::<Add>(&store)).unwrap();
    assert_eq!(*sum, 100);
    assert_eq!(log.take(), ["FindAnotherBase", "MakeDouble", "MakeTriple", "Add"]);
}

resource! {
    N01: u64; N02: u64; N03: u64; N04: u64; N05: u64; N06: u64; N07: u64; N08: u64;
    N09: u64; N10: u64; N11: u64; N12: u64; N13: u64; N14: u64; N15: u64; N16: u64;
    N17: u64; N18: u64; N19: u64; N20: u64; N21: u64; N22: u64; N23: u64; N24: u64;
    N25: u64; N26: u64; N27: u64; N28: u64; N29: u64; N30: u64; N31: u64; N32: u64;
    N33: u64; N34: u64; N35: u64; N36: u64; N37: u64; N38: u64; N39: u64; N40: u64;
    M01: u64; M02: u64; M03: u64; M04: u64; M05: u64; M06: u64; M07: u64; M08: u64;
    M09: u64; M10: u64; M11: u64; M12: u64; M13: u64; M14: u64; M15: u64; M16: u64;
    M17: u64; M18: u64; M19: u64; M20: u64; M21: u64; M22: u64; M23: u64; M24: u64;
    M25: u64; M26: u64; M27: u64; M28: u64; M29: u64; M30: u64; M31: u64; M32: u64;
    M33: u64; M34: u64; M35: u64; M36: u64; M37: u64; M38: u64; M39: u64; M40: u64;
    Total: u64;
}

/// 16 outputs.
struct Make16;

impl Step for Make16 {
    type Inputs = HList![Log];
    type Outputs = HList![N01, N02, N03, N04, N05, N06, N07, N08, N09, N10, N11, N12, N13, N14, N15, N16];
    type Error = Infallible;
    async fn run(hlist_pat![log]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        log.note("Make16");
        Ok(hlist![1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16])
    }
}

/// 16 inputs and 16 outputs.
struct Square16;

#[rustfmt::skip] // It would write one line for each.
impl Step for Square16 {
    type Inputs = HList![N01, N02, N03, N04, N05, N06, N07, N08, N09, N10, N11, N12, N13, N14, N15, N16];
    type Outputs = HList![M01, M02, M03, M04, M05, M06, M07, M08, M09, M10, M11, M12, M13, M14, M15, M16];
    type Error = Infallible;
    async fn run(
        hlist_pat![n01, n02, n03, n04, n05, n06, n07, n08, n09, n10, n11, n12, n13, n14, n15, n16]: Inputs<'_, Self>,
    ) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![
            n01 * n01, n02 * n02, n03 * n03, n04 * n04, n05 * n05, n06 * n06, n07 * n07, n08 * n08, n09 * n09,
            n10 * n10, n11 * n11, n12 * n12, n13 * n13, n14 * n14, n15 * n15, n16 * n16,
        ])
    }
}

/// 40 stored outputs with a returned one among them.
struct Make40;

#[rustfmt::skip] // It would write one line for each.
impl Step for Make40 {
    type Inputs = HList![];
    type Outputs = HList![
        N01, N02, N03, N04, N05, N06, N07, N08, N09, N10, N11, N12, N13, N14, N15, N16, N17, N18, N19, N20, N21, N22,
        N23, N24, N25, N26, N27, N28, N29, N30, N31, N32, N33, N34, N35, N36, Return<&'static str>, N37, N38, N39,
        N40,
    ];
    type Error = Infallible;
    async fn run(hlist_pat![]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28,
            29, 30, 31, 32, 33, 34, 35, 36, Return("among them"), 37, 38, 39, 40,
        ])
    }
}

/// 40 inputs.
struct Sum40;

#[rustfmt::skip] // It would write one line for each.
impl Step for Sum40 {
    type Inputs = HList![
        N01, N02, N03, N04, N05, N06, N07, N08, N09, N10, N11, N12, N13, N14, N15, N16, N17, N18, N19, N20, N21, N22,
        N23, N24, N25, N26, N27, N28, N29, N30, N31, N32, N33, N34, N35, N36, N37, N38, N39, N40
    ];
    type Outputs = HList![Total];
    type Error = Infallible;
    async fn run(
        hlist_pat![
            n01, n02, n03, n04, n05, n06, n07, n08, n09, n10, n11, n12, n13, n14, n15, n16, n17, n18, n19, n20, n21,
            n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33, n34, n35, n36, n37, n38, n39, n40
        ]: Inputs<'_, Self>,
    ) -> Result<Outputs<Self>, Self::Error> {
        // If two inputs changed places, the sum would differ.
        let all = [
            n01, n02, n03, n04, n05, n06, n07, n08, n09, n10, n11, n12, n13, n14, n15, n16, n17, n18, n19, n20, n21,
            n22, n23, n24, n25, n26, n27, n28, n29, n30, n31, n32, n33, n34, n35, n36, n37, n38, n39, n40,
        ];
        Ok(hlist![(1..).zip(all).map(|(place, n)| place * n).sum()])
    }
}

pipeline! {
    Squares: [Square16, Make16];
    Sums: [Sum40, Make40];
}

#[test]
fn step_may_have_16_inputs_and_16_outputs() {
    let log = Journal::default();
    let store = Store::<Squares>::new().with(Log, log.clone()).with(N05, 100);
    let squares = ready(run::<Square16>(&store)).unwrap();
    let (m01, m02, m03, m04, (m05, m06, m07, m08, m09, m10, m11, m12, m13, m14, m15, m16)) = squares;
    assert_eq!(
        [m01, m02, m03, m04, m05, m06, m07, m08, m09, m10, m11, m12, m13, m14, m15, m16],
        [&1, &4, &9, &16, &10000, &36, &49, &64, &81, &100, &121, &144, &169, &196, &225, &256]
    );
    assert_eq!(store.get::<M16>(), Some(&256));
    assert_eq!(ready(store.resource::<N16>()).unwrap(), &16);
    assert_eq!(log.take(), ["Make16"]);
}

#[test]
#[rustfmt::skip] // It would write one line for each.
fn step_may_have_40_inputs_or_41_outputs() {
    let store = Store::<Sums>::new();
    let total = ready(run::<Sum40>(&store)).unwrap();
    let squares: u64 = (1..=40).map(|n| n * n).sum();
    assert_eq!(*total, squares);
    assert_eq!(store.get::<N33>(), Some(&33));

    // Tuples of 7, 11, 11 and 12, one in the other.
    let (first, .., (.., (.., n29, (n30, .., n36, text, n37, n38, n39, last)))) = ready(run::<Make40>(&store)).unwrap();
    assert_eq!((first, n29, n30, n36, n37, n38, n39, last), (&1, &29, &30, &36, &37, &38, &39, &40));
    assert_eq!(text, "among them");
}

/// Declares a step for each of 40 resources.
macro_rules! squares {
    ($($name:ident($input:ident) -> $output:ident),* $(,)?) => {
        $(step!($name(input: $input) -> [$output] { Ok(hlist![input * input]) });)*
        pipeline! { FortySteps: [Make40, $($name),*]; }
    };
}
squares! {
    S01(N01) -> M01, S02(N02) -> M02, S03(N03) -> M03, S04(N04) -> M04, S05(N05) -> M05, S06(N06) -> M06,
    S07(N07) -> M07, S08(N08) -> M08, S09(N09) -> M09, S10(N10) -> M10, S11(N11) -> M11, S12(N12) -> M12,
    S13(N13) -> M13, S14(N14) -> M14, S15(N15) -> M15, S16(N16) -> M16, S17(N17) -> M17, S18(N18) -> M18,
    S19(N19) -> M19, S20(N20) -> M20, S21(N21) -> M21, S22(N22) -> M22, S23(N23) -> M23, S24(N24) -> M24,
    S25(N25) -> M25, S26(N26) -> M26, S27(N27) -> M27, S28(N28) -> M28, S29(N29) -> M29, S30(N30) -> M30,
    S31(N31) -> M31, S32(N32) -> M32, S33(N33) -> M33, S34(N34) -> M34, S35(N35) -> M35, S36(N36) -> M36,
    S37(N37) -> M37, S38(N38) -> M38, S39(N39) -> M39, S40(N40) -> M40
}

#[test]
fn pipeline_may_have_41_steps() {
    let store = Store::<FortySteps>::new();
    assert_eq!(ready(store.resource::<M40>()).unwrap(), &1600);
    let first = ready(run::<S01>(&store)).unwrap();
    assert_eq!(*first, 1);
    assert_eq!(store.get::<M02>(), None);
}

/// An empty store lacks any resource, also one whose identity is not known.
#[test]
fn empty_store_accepts_any_resource() {
    fn supplied<R: Resource>(resource: R, value: R::Value) -> String {
        format!("{:?}", Store::<Empty>::new().with(resource, value))
    }

    resource! { Base: i64; }
    assert_eq!(supplied(Base, 38), "Store<Empty> {Base: supplied}");
}

//! `#[step]`: all forms of functions as steps.

mod support;

use std::fmt;
use std::thread::{self, ThreadId};
use support::pipeline;
use typed_pipeliner::{Identified, In, Out, Resource, Return, RunError, Step, Store};
use typed_pipeliner::{resource, run, step};

resource! {
    Base: i64;
    Divisor: i64;
    Quotient: i64;
    Modulus: i64;
    Migrated: ();
    Ran: ThreadId;
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct DivisionByZero;

impl fmt::Display for DivisionByZero {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("division by zero")
    }
}

impl std::error::Error for DivisionByZero {}

#[step]
async fn divide(base: In<'_, Base>, divisor: In<'_, Divisor>) -> Result<Out<Quotient>, DivisionByZero> {
    base.checked_div(*divisor).ok_or(DivisionByZero)
}

#[step]
fn modulo(base: In<'_, Base>, divisor: In<'_, Divisor>) -> Result<(Out<Modulus>,), DivisionByZero> {
    Ok((base.checked_rem(*divisor).ok_or(DivisionByZero)?,))
}

#[step]
fn describe(quotient: In<'_, Quotient>, modulus: In<'_, Modulus>) -> Return<String> {
    Return(format!("{quotient} with {modulus} left"))
}

pipeline! { Calc: [Divide, Modulo]; }

#[test]
fn step_attribute_makes_functions_steps() -> Result<(), RunError> {
    let store = Store::<Calc>::new().with(Base, 38).with(Divisor, 3);
    let text = smol::block_on(run::<Describe>(&store))?;
    assert_eq!(text, "12 with 2 left");
    Ok(())
}

#[test]
fn annotated_function_can_still_be_called() {
    assert_eq!(smol::block_on(divide(&38, &3)), Ok(12));
    assert_eq!(smol::block_on(divide(&38, &0)), Err(DivisionByZero));
    assert_eq!(modulo(&38, &3), Ok((2,)));
    assert_eq!(describe(&12, &2), Return("12 with 2 left".to_owned()));
}

#[test]
fn error_of_a_step_is_that_of_its_function() {
    let store = Store::<Calc>::new().with(Base, 38).with(Divisor, 0);
    let error = smol::block_on(run::<Divide>(&store)).unwrap_err();
    assert_eq!(error.to_string(), "step `Divide` failed");
    assert_eq!(error.downcast_ref::<DivisionByZero>(), Some(&DivisionByZero));
}

/// The reason why a run failed.
fn reason(error: &RunError) -> String {
    std::error::Error::source(error).expect("an error has a source").to_string()
}

mod every_shape {
    use super::*;

    resource! { A: u8; B: u8; }

    #[step]
    fn nothing() {}

    #[step]
    async fn nothing_async() -> () {}

    #[step]
    fn nothing_or_error() -> Result<(), String> {
        Err("no".to_owned())
    }

    #[step]
    fn both() -> (Out<A>, Out<B>) {
        (1, 2)
    }

    #[step]
    async fn both_and_more(a: In<'_, A>, b: In<'_, B>) -> Result<(Out<Quotient>, Return<u8>), String> {
        Ok((i64::from(*a), Return(*b)))
    }

    #[step]
    fn of_an_alias(_: In<'_, A>) -> std::io::Result<Out<Base>> {
        Err(std::io::Error::other("an alias names no error"))
    }

    #[step]
    fn a_raw_name(r#type: In<'_, A>) -> typed_pipeliner::Out<Modulus> {
        i64::from(*r#type)
    }

    #[step]
    async fn with_lifetimes<'a, 'b: 'a>(a: In<'a, A>, mut b: typed_pipeliner::In<'b, B>) -> Out<Divisor> {
        if a > b {
            b = a;
        }
        i64::from(*b)
    }

    #[step]
    async fn bounded<'a, 'b, const N: usize>(a: In<'a, A>, b: In<'b, B>) -> Return<usize>
    where
        'b: 'a,
        [u8; N]: Send + 'a,
    {
        Return(usize::from(*a.max(b)) + N)
    }

    /// The types come in invisible parentheses.
    macro_rules! sum {
        ($name:ident($a:ty, $b:ty) -> $sum:ty) => {
            #[step]
            fn $name(a: In<'_, $a>, b: In<'_, $b>) -> $sum {
                Return(a + b)
            }
        };
    }
    sum! { add(A, B) -> Return<u8> }

    pipeline! { All: [Both, BothAndMore, OfAnAlias, ARawName, WithLifetimes]; }

    #[test]
    fn runs() {
        smol::block_on(async {
            let store = Store::<All>::new();
            let () = run::<Nothing>(&store).await.unwrap();
            let () = run::<NothingAsync>(&store).await.unwrap();
            assert_eq!(reason(&run::<NothingOrError>(&store).await.unwrap_err()), "no");
            let (quotient, more) = run::<BothAndMore>(&store).await.unwrap();
            assert_eq!((*quotient, more), (1, 2));
            let error = run::<OfAnAlias>(&store).await.unwrap_err();
            assert!(error.downcast_ref::<std::io::Error>().is_some());
            assert_eq!(store.resource::<Modulus>().await.unwrap(), &1);
            assert_eq!(store.resource::<Divisor>().await.unwrap(), &2);
            let bounded = run::<Bounded<5>>(&store).await.unwrap();
            assert_eq!(bounded, 7);
            let sum = run::<Add>(&store).await.unwrap();
            assert_eq!(sum, 3);
        });
    }
}

mod what_it_returns_in_what_it_takes {
    use super::*;
    use std::collections::HashMap;
    use std::sync::Mutex;
    use typed_pipeliner::Outputs;
    use typed_pipeliner::lists::{HCons, HNil};

    resource! {
        /// The results of earlier calls.
        Cache: Mutex<HashMap<i64, Outputs<Square>>>;
        Squared: i64;
    }

    #[step]
    fn square(cache: In<'_, Cache>, base: In<'_, Base>) -> Out<Squared> {
        cache.lock().unwrap().entry(*base).or_insert(HCons { head: base * base, tail: HNil }).head
    }

    pipeline! { Squares: [Square]; }

    #[test]
    fn output_type_in_an_input_is_no_cycle() {
        let store = Store::<Squares>::new().with(Base, 3).with(Cache, Mutex::default());
        assert_eq!(smol::block_on(store.resource::<Squared>()).unwrap(), &9);
    }
}

mod a_resource_called_store {
    use super::*;

    resource! { Store: i64; }

    #[step]
    fn double(store: In<'_, Store>) -> Return<i64> {
        Return(store * 2)
    }

    #[test]
    fn resource_may_be_called_store() {
        assert_eq!(double(&2), Return(4));
        assert_eq!(Double::name(), "Double");
    }
}

mod carried_over {
    #![deny(missing_docs, unreachable_pub, deprecated, elided_lifetimes_in_paths)]
    use super::*;

    /// The docs.
    #[step(name = Renamed)]
    pub(crate) fn original() -> Out<Base> {
        1
    }

    #[step]
    #[cfg(any())]
    fn not_here() -> Nonsense {}

    #[deprecated = "old"]
    #[step]
    pub(crate) fn old() -> Return<u8> {
        Return(1)
    }

    /// A lint that is allowed or expected at the function is allowed in the impl as well.
    #[step]
    #[expect(elided_lifetimes_in_paths, reason = "the lifetime is left out")]
    fn elided(_: In<Base>) {}

    #[step]
    #[cfg_attr(all(), allow(elided_lifetimes_in_paths))]
    fn elided_as_well(_: In<Base>) {}

    pipeline! { Named: [Renamed, Elided, ElidedAsWell]; }

    #[test]
    #[allow(deprecated)]
    fn name_and_attributes_can_be_given() {
        assert_eq!(Renamed::name(), "Renamed");
        assert_eq!(size_of::<Renamed>(), 0);
        assert_eq!(smol::block_on(Store::<Named>::new().resource::<Base>()).unwrap(), &1);
        assert_eq!(old(), Return(1));
        let _ = Old;
    }

    /// The name is free, because the function is not compiled.
    #[expect(dead_code)]
    pub(crate) struct NotHere;
}

/// The lints of the user see what the macro writes, and have nothing to say about it.
mod linted {
    #![deny(clippy::pedantic, clippy::nursery, clippy::min_ident_chars, clippy::missing_inline_in_public_items)]
    #![allow(clippy::redundant_pub_crate, clippy::unused_async, reason = "they find fault with the functions")]
    #![deny(clippy::shadow_reuse, single_use_lifetimes, unused_lifetimes, unused_qualifications)]
    use super::*;

    #[step]
    pub(super) async fn plain(base: In<'_, Base>, divisor: Option<In<'_, Divisor>>) -> Out<Quotient> {
        divisor.map_or(0, |by| base / by)
    }

    #[step(blocking)]
    pub(super) fn off_thread(base: In<'_, Base>, divisor: In<'_, Divisor>) -> (Out<Modulus>, Return<i64>) {
        (base % divisor, Return(*base))
    }

    #[step]
    async fn generic<Left: Resource<Value = i64>>(left: In<'_, Left>) -> Result<Out<Quotient>, String> {
        left.checked_div(2).ok_or_else(|| "two".to_owned())
    }

    pipeline! { Linted: [Plain, OffThread]; Generically: [Generic<Base>]; }

    #[test]
    fn steps_run() {
        let store = Store::<Linted>::new().with(Base, 7).with(Divisor, 3);
        assert_eq!(smol::block_on(run::<OffThread>(&store)).unwrap(), (&1, 7));
        let store = Store::<Generically>::new().with(Base, 8);
        assert_eq!(smol::block_on(store.resource::<Quotient>()).unwrap(), &4);
    }
}

#[test]
fn blocking_step_runs_on_another_thread_with_clones() {
    #[step(blocking)]
    fn sleep(base: In<'_, Base>) -> Result<(Out<Ran>, Return<i64>), String> {
        if *base == 0 {
            return Err("nothing to do".to_owned());
        }
        Ok((thread::current().id(), Return(*base)))
    }

    pipeline! { Sleeps: [Sleep]; }

    smol::block_on(async {
        let store = Store::<Sleeps>::new().with(Base, 3);
        let (thread, base) = run::<Sleep>(&store).await.unwrap();
        assert_ne!(*thread, thread::current().id());
        assert_eq!(base, 3);

        let store = Store::<Sleeps>::new().with(Base, 0);
        assert_eq!(reason(&run::<Sleep>(&store).await.unwrap_err()), "nothing to do");
    });
}

mod generic {
    use super::*;

    trait Entity: Send + Sync + 'static {
        const LINES: &'static [&'static str];
        fn parse(line: &'static str) -> Self;
    }

    #[derive(Debug, PartialEq, Identified)]
    struct User(&'static str);

    #[derive(Debug, PartialEq, Identified)]
    struct Order(usize);

    impl Entity for User {
        const LINES: &'static [&'static str] = &["Ada", "Grace"];
        fn parse(line: &'static str) -> Self {
            User(line)
        }
    }

    impl Entity for Order {
        const LINES: &'static [&'static str] = &["apples"];
        fn parse(line: &'static str) -> Self {
            Order(line.len())
        }
    }

    resource! {
        Table<T: Entity>: Vec<T>;
        Count<R: Resource>: usize;
        Pair<A, B>: ();
        pub(crate) Boxed<T>: Box<u8>;
    }

    #[step]
    async fn load<T: Entity + Identified>() -> Out<Table<T>> {
        T::LINES.iter().map(|line| T::parse(line)).collect()
    }

    #[step(name = CountRows)]
    fn count<T>(table: In<'_, Table<T>>) -> Out<Count<Table<T>>>
    where
        T: Entity + Identified,
    {
        table.len()
    }

    /// A number of a type of its own.
    #[step]
    fn number<const N: usize>() -> Return<usize> {
        Return(N)
    }

    pipeline! { Database: [Load<User>, Load<Order>, CountRows<User>, CountRows<Order>]; }
    #[test]
    fn each_instance_of_a_generic_step_is_its_own_step() {
        smol::block_on(async {
            let store = Store::<Database>::new();
            assert_eq!(store.resource::<Count<Table<User>>>().await.unwrap(), &2);
            assert_eq!(store.get::<Table<Order>>(), None);
            assert_eq!(store.resource::<Count<Table<Order>>>().await.unwrap(), &1);
            assert_eq!(store.get::<Table<Order>>(), Some(&vec![Order(6)]));

            let number = run::<Number<7>>(&store).await.unwrap();
            assert_eq!(number, 7);
        });
    }

    #[test]
    fn instances_of_a_generic_resource_have_their_own_identities() {
        pipeline! { Empty: []; }
        let store = Store::<Empty>::new()
            .with(Table::<User>::new(), vec![])
            .with(Table::<Order>::new(), vec![])
            .with(Pair::<User, Order>::new(), ())
            .with(Pair::<Order, User>::new(), ())
            .with(Boxed::<Boxed<u8>>::new(), Box::new(2))
            .with(Boxed::<u8>::new(), Box::new(1));
        assert_eq!(store.get::<Boxed<u8>>().map(|value| **value), Some(1));
        assert_eq!(store.get::<Boxed<Boxed<u8>>>().map(|value| **value), Some(2));
        assert_eq!(size_of_val(&Table::<User>::new()), 0);
    }

    /// A resource with a type that has lifetimes of its own.
    type Parse = for<'x> fn(&'x str) -> &'x str;
    struct Parser;
    impl Resource for Holds<Parser, Parse> {
        type Value = Parse;
        type Identity = typed_pipeliner::identity!("step_attribute::Holds");
    }
    struct Holds<P, V>(std::marker::PhantomData<(P, V)>);

    /// The rows of the `T` in scope at the call.
    macro_rules! rows {
        () => { Table<T> };
    }

    #[step(name = ParseWords)]
    #[allow(clippy::type_complexity, reason = "the lifetimes are to stand in the signature")]
    fn parse<'a>(parse: In<'a, Holds<Parser, for<'x> fn(&'x str) -> &'x str>>) -> Return<usize> {
        Return(parse(" two words ").len())
    }

    #[step]
    #[allow(clippy::type_complexity, reason = "the lifetimes are to stand in the signature")]
    fn count_with<'a, T: Entity + Identified>(
        parse: In<'a, Holds<Parser, for<'x> fn(&'x str) -> &'x str>>,
        rows: In<'a, rows!()>,
    ) -> Return<usize> {
        Return(rows.len() + parse(" ").len())
    }

    #[test]
    fn inputs_may_have_lifetimes_and_macros() {
        pipeline! { Parsing: []; }
        let parser = || Holds::<Parser, Parse>(std::marker::PhantomData);
        let store =
            Store::<Parsing>::new().with(parser(), str::trim as Parse).with(Table::<Order>::new(), vec![Order(1)]);
        let length = smol::block_on(run::<ParseWords>(&store)).unwrap();
        assert_eq!(length, 9);
        let count = smol::block_on(run::<CountWith<Order>>(&store)).unwrap();
        assert_eq!(count, 1);
    }
}

/// The macro does not read bodies: they may come from a macro, and begin with attributes.
mod bodies {
    use super::*;

    macro_rules! giving {
        ($name:ident $body:block) => {
            #[step]
            fn $name() -> Return<u8>
            $body
        };
    }
    giving! { two { Return(2) } }

    #[step]
    fn three() -> Return<u8> {
        #![allow(clippy::let_and_return, reason = "it is an attribute within")]
        let three = Return(3);
        three
    }

    #[test]
    fn step_body_may_be_any_code() {
        pipeline! { Bodies: [Two, Three]; }
        let store = Store::<Bodies>::new();
        let two = smol::block_on(run::<Two>(&store)).unwrap();
        let three = smol::block_on(run::<Three>(&store)).unwrap();
        assert_eq!((two, three), (2, 3));
    }
}

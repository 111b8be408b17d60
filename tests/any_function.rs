//! A function that compiles still compiles with `#[step]`: aliases of `Result`, private types in
//! the signature of a public function, patterns, attributes, macros, and names that hide others.

#![allow(unreachable_pub, private_interfaces, reason = "a public function in a private module, as in many programs")]
#![allow(dead_code, clippy::all, reason = "functions as users write them, some of them only to compile")]

mod support;

use support::pipeline;
use typed_pipeliner::{Identified, In, Out, Return, Store, resource, run, step};

resource! {
    Base: i64;
    Name: String;
    Count: usize;
    Pair: (i64, i64);
    Table<T>: Vec<T>;
}

/// An error of any step of the application: its `Result` has a name of its own.
mod application {
    pub(crate) type Fallible<T> = Result<T, std::num::ParseIntError>;
    pub(crate) type Either<T, E = String> = Result<T, E>;
}

#[step]
fn parse(name: In<'_, Name>) -> application::Fallible<Out<Base>> {
    let base: i64 = name.parse()?;
    Ok(base)
}

#[step]
async fn measure(name: In<'_, Name>) -> application::Either<(Out<Count>, Return<usize>)> {
    Ok((name.len(), Return(name.len())))
}

#[step(blocking)]
fn check(base: In<'_, Base>) -> application::Fallible<()> {
    assert_eq!(*base, 38);
    Ok(())
}

#[step]
async fn rows<T: Identified>(_: In<'_, Base>) -> application::Either<Out<Table<T>>, std::fmt::Error> {
    Ok(Vec::new())
}

pipeline! { App: [Parse, Measure, Rows<u8>]; }

#[test]
fn any_alias_of_result_is_one() -> Result<(), typed_pipeliner::RunError> {
    smol::block_on(async {
        let store = Store::<App>::new().with(Name, "38".to_owned());
        run::<Check>(&store).await?;
        assert_eq!(store.resource::<Count>().await?, &2);
        assert_eq!(store.resource::<Table<u8>>().await?, &[]);

        let store = Store::<App>::new().with(Name, "many".to_owned());
        let error = run::<Check>(&store).await.map(drop).unwrap_err();
        assert_eq!(error.step(), "Parse");
        assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
        Ok(())
    })
}

/// Public functions whose types are more private.
mod private_types {
    #![allow(private_interfaces, reason = "rustc warns about the function, and no more")]

    use super::{Base, Count, Identified, In, Name, Out, Return, Table, resource, step};

    #[derive(Debug)]
    pub(crate) struct Failed;
    impl std::fmt::Display for Failed {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("failed")
        }
    }
    impl std::error::Error for Failed {}
    type Fallible<T> = Result<T, Failed>;

    resource! { Hidden: u8; }

    pub(crate) struct Page;

    #[step]
    pub fn hide() -> Result<Out<Hidden>, Failed> {
        Ok(3)
    }
    #[step]
    pub async fn find(hidden: In<'_, Hidden>, _: Option<In<'_, Name>>) -> Result<Out<Count>, Failed> {
        Ok((*hidden).into())
    }
    #[step(blocking)]
    pub fn find_blocking(hidden: In<'_, Hidden>) -> Fallible<(Out<Base>, Return<Page>)> {
        Ok(((*hidden).into(), Return(Page)))
    }
    #[step]
    pub fn list<T: Identified>(hidden: In<'_, Hidden>) -> Fallible<Out<Table<T>>> {
        assert_eq!(*hidden, 3);
        Ok(Vec::new())
    }
    #[step]
    pub(super) fn show(_: In<'_, Hidden>, table: In<'_, Table<Base>>) -> Return<usize> {
        Return(table.len())
    }
}

pipeline! { Private: [private_types::Hide, private_types::Find, private_types::List<Base>]; }

#[test]
fn public_function_may_name_private_types() -> Result<(), typed_pipeliner::RunError> {
    smol::block_on(async {
        let store = Store::<Private>::new();
        assert_eq!(store.resource::<Count>().await?, &3);
        run::<private_types::FindBlocking>(&Store::<Blocking>::new()).await?;
        let rows = run::<private_types::Show>(&store).await?;
        assert_eq!(rows, 0);
        Ok(())
    })
}

pipeline! { Blocking: [private_types::Hide, private_types::FindBlocking]; }

/// Patterns, attributes, lifetimes and bounds of the arguments.
mod arguments {
    use super::{Base, Count, In, Name, Out, Pair, Return, step};

    #[step]
    pub(crate) fn sum((low, high): In<'_, Pair>, &base: In<'_, Base>) -> Return<i64> {
        Return(low + high + base)
    }
    #[step]
    fn shadow(base: In<'_, Base>, #[allow(unused_variables)] pair: In<'_, Pair>, mut name: In<'_, Name>) -> Out<Count> {
        if *base > 0 {
            name = Box::leak(Box::default());
        }
        name.len()
    }
    #[step]
    async fn take(mut name: Option<In<'_, Name>>) -> Out<Count> {
        name.take().map_or(0, String::len)
    }
    #[step]
    fn any_size<T: 'static + ?Sized>(_: In<'_, Base>) -> Return<std::marker::PhantomData<fn(&T)>> {
        Return(std::marker::PhantomData)
    }
    #[step]
    fn lifetimes<'a, 'b>(base: In<'a, Base>, _: In<'b, Name>) -> Return<i64>
    where
        'b: 'a,
        String: Clone,
    {
        Return(*base)
    }

    #[test]
    fn pattern_takes_an_input_apart() {
        assert_eq!(sum(&(1, 2), &3), Return(6));
    }
}

/// Names of the module that the expansion could be mistaken about.
mod names {
    #![allow(dead_code, non_upper_case_globals)]
    use super::{Base, Count, In, Name, Return, step};

    const input0: u8 = 0;
    static input1: u8 = 0;
    mod core {}
    mod std {}
    struct Some;
    struct None;
    struct Ok;
    struct Err;
    struct Box;
    struct Option;
    trait Future {}
    trait Send {}
    trait Clone {}
    trait Sized {}
    type Result<T> = ::std::result::Result<T, ::std::fmt::Error>;

    #[step]
    fn r#type(r#fn: In<'_, Base>, r#match: In<'_, Name>) -> Return<bool> {
        Return(r#match.is_empty() && *r#fn == 0)
    }
    #[step]
    pub(in crate::names) async fn über(_: In<'_, Base>, list: In<'_, Count>) -> Result<Return<usize>> {
        Result::Ok(Return(*list))
    }
    #[step(blocking)]
    pub fn run(step: In<'_, Base>, _: ::std::option::Option<In<'_, Count>>) -> Result<Return<i64>> {
        Result::Ok(Return(*step))
    }
}

/// Functions that a macro writes.
mod from_macros {
    use super::{Base, Count, In, Name, Out, step};

    macro_rules! function {
        ($(#[$attribute:meta])* $visibility:vis $name:ident<$life:lifetime>($($argument:ident: $ty:ty),*) -> $returned:ty $body:block) => {
            $(#[$attribute])*
            #[step]
            $visibility fn $name<$life>($($argument: $ty),*) -> $returned $body
        };
    }
    function! {
        /// Documented.
        #[inline]
        pub(crate) of_parts<'a>(base: In<'a, Base>, name: In<'a, Name>) -> Result<Out<Count>, String> {
            Ok(name.len() + usize::try_from(*base).unwrap_or(0))
        }
    }
    macro_rules! items {
        ($($item:item)*) => { $(#[step] #[allow(dead_code)] $item)* };
    }
    items! {
        fn first() -> Out<Base> { 1 }
        pub async fn second(base: In<'_, Base>) -> (Out<Count>,) { (usize::try_from(*base).unwrap_or(0),) }
    }
    macro_rules! hygienic {
        ($resource:path) => {
            #[step]
            fn hygienic(a: In<'_, $resource>, b: In<'_, Name>) -> Out<Count> {
                usize::try_from(*a).unwrap_or(0) + b.len()
            }
        };
    }
    hygienic!(super::Base);
}

#[test]
fn function_in_a_function_is_a_step() -> Result<(), typed_pipeliner::RunError> {
    resource! { Inner: u8; }
    #[step(name = Deprecated)]
    #[deprecated = "for a test"]
    #[must_use]
    #[allow(dead_code, reason = "nothing runs its step")]
    fn inner() -> Out<Inner> {
        3
    }
    trait HasBody {
        fn body() -> i64 {
            #[step]
            fn within(base: In<'_, Base>) -> Return<i64> {
                Return(*base)
            }
            within(&4).0
        }
    }
    impl HasBody for u8 {}
    const _: () = {
        #[step]
        fn in_a_constant() -> Out<Inner> {
            3
        }
    };
    assert_eq!(<u8 as HasBody>::body(), 4);
    #[step(name = InnerStep)]
    fn other() -> Out<Inner> {
        4
    }
    pipeline! { Local: [InnerStep]; }
    assert_eq!(smol::block_on(Store::<Local>::new().resource::<Inner>())?, &4);
    Ok(())
}

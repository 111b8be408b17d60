//! The macros in a crate that knows the library by the name `pipe` alone.

use futures::executor::block_on;
use pipe::{HList, Identified, In, Out, Pipeline, Resource, Return, Step, Store, hlist, hlist_pat, resource, step};

/// The library under a third name, deeper in a module.
mod deeper {
    pub(crate) use pipe as library;
}

#[derive(Identified)]
#[identified(crate = pipe)]
struct User(String);

resource! {
    Names: Vec<String>;
    Table<T>: Vec<T>;
    Count: usize;
    Doubled: usize;
}

struct ByHand;
impl Resource for ByHand {
    type Value = u8;
    type Identity = pipe::identity!("downstream::ByHand");
}

#[step(crate = pipe)]
async fn load(names: In<'_, Names>) -> Out<Table<User>> {
    names.iter().cloned().map(User).collect()
}

#[step(name = CountUsers, crate = crate::deeper::library)]
fn count(users: In<'_, Table<User>>) -> Result<Out<Count>, String> {
    Ok(users.iter().filter(|user| !user.0.is_empty()).count())
}

#[step(blocking, crate = ::pipe)]
fn double(count: In<'_, Count>, by_hand: Option<In<'_, ByHand>>) -> (Out<Doubled>, Return<u8>) {
    (count * 2, Return(by_hand.copied().unwrap_or_default()))
}

#[step(crate = pipe)]
fn first<T: Identified + Clone>(table: In<'_, Table<T>>) -> Return<Option<T>> {
    Return(table.first().cloned())
}

/// Generates a step in the manner of a library that exports such a macro.
macro_rules! constant {
    ($name:ident, $resource:ident) => {
        #[step(name = $name, crate = $crate::deeper::library)]
        fn constant() -> Out<$resource> {
            vec!["Ada".to_owned(), "Grace".to_owned()]
        }
    };
}
constant!(TwoNames, Names);

struct Halve;
impl Step for Halve {
    type Inputs = HList![Doubled];
    type Outputs = HList![Return<usize>];
    type Error = std::convert::Infallible;

    async fn run(hlist_pat![doubled]: pipe::Inputs<'_, Self>) -> Result<pipe::Outputs<Self>, Self::Error> {
        Ok(hlist![Return(doubled / 2)])
    }
}

struct App;
impl Pipeline for App {
    type Steps = HList![TwoNames, Load, CountUsers, Double];
}

#[test]
fn steps_and_resources_work_under_another_name() {
    block_on(async {
        let store = Store::<App>::new().with(ByHand, 7);
        let (doubled, by_hand) = pipe::run::<Double>(&store).await.unwrap();
        assert_eq!((*doubled, by_hand), (4, 7));
        let half = pipe::run::<Halve>(&store).await.unwrap();
        assert_eq!(half, 2);
    });
}

#[test]
fn generic_step_works_under_another_name() {
    struct Numbers;
    impl Pipeline for Numbers {
        type Steps = HList![];
    }
    let store = Store::<Numbers>::new().with(Table::<u8>::new(), vec![3, 4]);
    let first = block_on(pipe::run::<First<u8>>(&store)).unwrap();
    assert_eq!(first, Some(3));
}

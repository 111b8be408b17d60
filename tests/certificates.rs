//! `#[pipeline]`: pipelines with a certificate run as all others do, alone and as scopes.

use std::sync::Arc;
use typed_pipeliner::{
    HList, In, Out, Pipeline, Return, RunError, Scoped, Store, StoreOf, Swap, pipeline, resource, run, step,
};

resource! { Seed: u32; Id: u32; Doubled: u32; Cache: u32; Named: String; Table<T>: u32; }

#[step]
fn double(seed: In<'_, Seed>) -> Out<Doubled> {
    2 * seed
}

#[step]
fn name(id: In<'_, Id>, doubled: In<'_, Doubled>, cache: Option<In<'_, Cache>>) -> Out<Named> {
    format!("{id} of {doubled}, cached {cache:?}")
}

#[step]
fn show(named: In<'_, Named>, seed: In<'_, Seed>) -> Return<String> {
    Return(format!("{named}, seed {seed}"))
}

struct App;
#[pipeline]
impl Pipeline for App {
    type Steps = HList![Double];
}

struct Request;
#[pipeline]
impl Pipeline for Request {
    type Steps = HList![Name, Show];
}
impl Scoped for Request {
    type Parent = App;
}

/// The steps of both, in one pipeline, as groups.
struct Flat;
#[pipeline]
impl Pipeline for Flat {
    type Steps = HList![Double, Name, HList![Show]];
}

#[test]
fn pipeline_with_a_certificate_runs() -> Result<(), RunError> {
    futures::executor::block_on(async {
        let store = Store::<Flat>::new().with(Seed, 3).with(Id, 7);
        assert_eq!(run::<Show>(&store).await?, "7 of 6, cached None, seed 3");
        assert_eq!(run::<Name>(&store).await?, "7 of 6, cached None");
        assert_eq!(store.resource::<Doubled>().await?, &6);
        Ok(())
    })
}

#[test]
fn optional_free_resource_may_be_there() -> Result<(), RunError> {
    futures::executor::block_on(async {
        let store = Store::<Flat>::new().with(Seed, 3).with(Id, 7).with(Cache, 1);
        assert_eq!(run::<Name>(&store).await?, "7 of 6, cached Some(1)");
        Ok(())
    })
}

#[test]
fn store_that_lacks_something_runs_the_targets_that_can_do_without() -> Result<(), RunError> {
    futures::executor::block_on(async {
        let store = Store::<Flat>::new().with(Seed, 3);
        assert_eq!(run::<Double>(&store).await?, &6);
        Ok(())
    })
}

#[test]
fn supplied_value_wins_over_a_certified_step() -> Result<(), RunError> {
    futures::executor::block_on(async {
        let store = Store::<Flat>::new().with(Doubled, 1).with(Id, 7);
        assert_eq!(run::<Name>(&store).await?, "7 of 1, cached None");
        Ok(())
    })
}

#[test]
fn scope_of_a_pipeline_with_a_certificate_runs() -> Result<(), RunError> {
    futures::executor::block_on(async {
        let app: Arc<StoreOf<App, HList![Seed]>> = Arc::new(Store::<App>::new().with(Seed, 3));
        let request = Store::<Request>::within(Arc::clone(&app)).with(Id, 7);
        assert_eq!(run::<Show>(&request).await?, "7 of 6, cached None, seed 3");
        let request = Store::<Request>::within(&*app).with(Id, 8);
        assert_eq!(request.resource::<Named>().await?, "8 of 6, cached None");
        Ok(())
    })
}

#[test]
fn step_of_a_certified_pipeline_can_be_swapped() -> Result<(), RunError> {
    #[step]
    fn stub() -> Out<Doubled> {
        1
    }
    futures::executor::block_on(async {
        let store = Store::<Swap<Flat, Double, Stub>>::new().with(Id, 7);
        assert_eq!(run::<Name>(&store).await?, "7 of 1, cached None");
        let app = Store::<Swap<App, Double, Stub>>::new().with(Seed, 3);
        let request = Store::<Request>::within(&app).with(Id, 7);
        assert_eq!(run::<Show>(&request).await?, "7 of 1, cached None, seed 3");
        Ok(())
    })
}

#[test]
fn generic_resource_is_proved_by_a_walk() -> Result<(), RunError> {
    #[step]
    fn fill(seed: In<'_, Seed>) -> Out<Table<u8>> {
        *seed
    }
    struct Tables;
    #[pipeline]
    impl Pipeline for Tables {
        type Steps = HList![Fill];
    }
    futures::executor::block_on(async {
        let store = Store::<Tables>::new().with(Seed, 3);
        assert_eq!(run::<Fill>(&store).await?, &3);
        Ok(())
    })
}

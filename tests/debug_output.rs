//! The `Debug` output of stores and runs, the names in it, and the size of marker types.

mod support;

use std::convert::Infallible;
use support::{pipeline, poll, ready, step};
use typed_pipeliner::{HList, Inputs, Outputs, Resource, Return, Step, Store, hlist, hlist_pat, identity};
use typed_pipeliner::{resource, run};

/// A value without `Debug`.
struct Secret;

resource! {
    Password: Secret;
    Session: Secret;
    Page: String;
    Title: String;
}

step!(LogIn(_password: Password) -> [Session] { Ok(hlist![Secret]) });
step!(Browse(_session: Session) -> [Page, Title] { Ok(hlist!["a page".to_owned(), "a title".to_owned()]) });
step!(Leave(_page: Page) -> [Return<()>] { Ok(hlist![Return(())]) });

pipeline! { Web: [Browse, LogIn, Leave]; }

#[test]
fn store_prints_names_and_states_but_no_values() {
    let store = Store::<Web>::new().with(Password, Secret);
    assert_eq!(format!("{store:?}"), "Store<Web> {Password: supplied, Page: absent, Title: absent, Session: absent}");

    ready(run::<LogIn>(&store)).unwrap();
    assert_eq!(format!("{store:?}"), "Store<Web> {Password: supplied, Page: absent, Title: absent, Session: computed}");

    ready(run::<Leave>(&store)).unwrap();
    let expected = "\
Store<Web> {
    Password: supplied,
    Page: computed,
    Title: computed,
    Session: computed,
}";
    assert_eq!(format!("{store:#?}"), expected);
}

#[test]
fn supplied_output_prints_as_supplied_after_its_step_ran() {
    let store = Store::<Web>::new().with(Title, "supplied".to_owned()).with(Session, Secret);
    ready(store.resource::<Page>()).unwrap();
    let text = format!("{store:?}");
    for part in ["Title: supplied", "Session: supplied", "Page: computed"] {
        assert!(text.contains(part), "{text}");
    }
}

#[test]
fn store_of_nothing_prints_empty_and_is_small() {
    pipeline! { Empty: []; }
    assert_eq!(format!("{:?}", Store::<Empty>::new()), "Store<Empty> {}");
    assert!(size_of::<Store<Empty>>() <= 2 * size_of::<usize>());
}

#[test]
fn runs_can_be_printed() {
    let store = Store::<Web>::new().with(Password, Secret);
    let mut run = run::<LogIn>(&store);
    assert_eq!(format!("{run:?}"), "Run { .. }");
    assert!(poll(&mut run).is_ready());
    assert_eq!(format!("{run:?}"), "Run { .. }");
}

#[test]
fn markers_have_size_0() {
    assert_eq!(size_of_val(&Password), 0);
    assert_eq!(size_of_val(&Page), 0);
    assert_eq!(size_of::<LogIn>(), 0);
    assert_eq!(size_of::<Web>(), 0);
    assert_eq!(size_of::<Return<u32>>(), size_of::<u32>());
}

#[test]
fn names_default_to_type_names() {
    assert_eq!(Password::name(), "Password");
    assert_eq!(LogIn::name(), "LogIn");
}

/// A resource with another name than its type.
struct Number;
impl Resource for Number {
    type Value = u32;
    type Identity = identity!("debug_output::Number");
    fn name() -> &'static str {
        "the number"
    }
}

/// A step with another name than its type.
struct Calculate;
impl Step for Calculate {
    type Inputs = HList![];
    type Outputs = HList![Number];
    type Error = &'static str;
    async fn run(hlist_pat![]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Err("too hard")
    }
    fn name() -> &'static str {
        "the calculation"
    }
}

/// A target with another name than its type.
struct Show;
impl Step for Show {
    type Inputs = HList![Number];
    type Outputs = HList![Return<u32>];
    type Error = Infallible;
    async fn run(hlist_pat![number]: Inputs<'_, Self>) -> Result<Outputs<Self>, Self::Error> {
        Ok(hlist![Return(*number)])
    }
    fn name() -> &'static str {
        "the show"
    }
}

pipeline! { Named: [Calculate]; }

#[test]
fn names_can_be_overridden() {
    let store = Store::<Named>::new();
    assert_eq!(format!("{store:?}"), "Store<Named> {the number: absent}");
    let error = ready(run::<Show>(&store)).unwrap_err();
    assert_eq!(error.to_string(), "step `the calculation`, needed by `the show`, failed");

    let store = Store::<Named>::new().with(Number, 6);
    assert_eq!(format!("{store:?}"), "Store<Named> {the number: supplied}");
    let number = ready(run::<Show>(&store)).unwrap();
    assert_eq!(number, 6);
}

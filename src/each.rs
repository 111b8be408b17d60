//! Fan-out: a pipeline that runs for each element of a collection.
//!
//! [`Each`] describes a pipeline and its elements, and [`ForEach`] is the step of another pipeline
//! that runs it. [The guide](crate::guide::fan_out) builds a program with them.

mod around;
mod collection;
mod element;
mod error;
mod hand;
#[cfg(feature = "journal")]
mod kept_by;
mod seats;
mod shared;
mod target;

pub use collection::{CollectsInto, ElementsOf};
pub use error::ElementError;
#[cfg(feature = "journal")]
pub use kept_by::KeptBy;
pub use target::{Attempt, EachTarget, OutsideElement, RunsForEach};

use crate::exec::fan::FanSpec;
use crate::exec::inputs::InputReader;
use crate::exec::plan::{ConstList, Key, StepSpec};
use crate::exec::task::Started;
use crate::pipelines::{Pipeline, StepList};
use crate::proof::witness::IsResource;
use crate::resource::type_name;
use crate::steps::lists::InputList;
use crate::steps::{In, Inputs, Outputs, Step};
use crate::store::supplied::ResourceList;
use around::RunAround;
use core::fmt;
use core::marker::PhantomData;
use core::task::Context;
use frunk_core::hlist::{HCons, HNil};
use futures::FutureExt;
use hand::{Main, hand};

/// A pipeline that runs for each element of a collection.
///
/// It is a pipeline like any other: it has steps of its own, and a test can supply an element to a
/// [`Store`](crate::Store) of it. Here it says what an element is, what its steps take besides, and
/// what becomes of the results. [`ForEach`] makes a step of it, for the pipeline around.
///
/// The compiler checks the declaration: the target has all that it needs for an element, the
/// collection has elements of this type, and the results can be collected.
///
/// ```
/// use typed_pipeliner::each::{Each, ForEach};
/// use typed_pipeliner::{HList, In, Out, Pipeline, Return, RunError, Store, resource, step};
///
/// resource! {
///     Urls: Vec<String>;
///     Client: &'static str;
///     Total: usize;
///     // For each URL:
///     Url: String;
///     Page: String;
///     Sizes: Vec<usize>;
/// }
///
/// #[step]
/// async fn fetch(url: In<'_, Url>, client: In<'_, Client>) -> Result<Out<Page>, std::io::Error> {
///     Ok(format!("{url} for {client}"))
/// }
///
/// #[step]
/// fn measure(page: In<'_, Page>) -> Return<usize> {
///     Return(page.len())
/// }
///
/// struct PerUrl;
/// impl Pipeline for PerUrl {
///     type Steps = HList![Fetch];
/// }
/// impl Each for PerUrl {
///     type Over = Urls;
///     type Item = Url;
///     type Takes = HList![Client];
///     type Target = Measure;
///     type Into = Sizes;
/// }
///
/// #[step]
/// fn add_up(sizes: In<'_, Sizes>) -> Out<Total> {
///     sizes.iter().sum()
/// }
///
/// struct App;
/// impl Pipeline for App {
///     type Steps = HList![ForEach<PerUrl>, AddUp];
/// }
///
/// # fn main() -> Result<(), RunError> {
/// # smol::block_on(async {
/// let urls = vec!["one".to_owned(), "two".to_owned()];
/// let store = Store::<App>::new().with(Urls, urls).with(Client, "me");
/// assert_eq!(store.resource::<Total>().await?, &20);
///
/// // The pipeline alone:
/// let store = Store::<PerUrl>::new().with(Url, "three".to_owned()).with(Client, "me");
/// assert_eq!(store.run::<Measure>().await?, 12);
/// # Ok(()) }) }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no `impl Each`",
    label = "`{Self}` does not say for what it runs",
    note = "write it: `impl Each for {Self} {{ type Over = …; type Item = …; type Takes = HList![]; type Target = …; type Into = …; }}`"
)]
pub trait Each: Pipeline {
    /// The collection: a resource of the pipeline around, whose value is `AsRef<[T]>`, such as a
    /// `Vec<T>`.
    ///
    /// The elements are borrowed, never cloned. An empty collection is no error.
    type Over: ElementsOf<Self::Item>;
    /// What the steps take an element as: a resource whose value is the `T` of the collection.
    type Item: IsResource<CheckedValue: Sized>;
    /// What the steps take from the pipeline around besides, the same for all elements: a list of
    /// up to sixteen resources.
    ///
    /// A resource of this list wins over a step that provides it, as a supplied value does.
    type Takes: InputList<Witness: Sized> + ResourceList;
    /// The step that is run for each element, as [`run_owned`](crate::run_owned()) would run it, or
    /// an [`Attempt`] of it.
    type Target: EachTarget<Step: RunsForEach<Self, Self::Item, Self::Takes>>;
    /// The results, in the order of the elements: a resource of the pipeline around, whose value is
    /// [`FromIterator`] of what the target gives.
    type Into: CollectsInto<Gives<Self>>;
    /// The most elements that run at once.
    ///
    /// 0 counts as 1, and more than 32,768 as that. The [limit](crate::Run::limit) of the run around counts the
    /// [`ForEach`] as one step.
    const AT_ONCE: usize = 16;

    /// What decides whether the kept outputs of steps for an element are as good as new ones, in a
    /// store that is [kept](crate::journal): the whole collection by default. Feature `journal`.
    ///
    /// ```
    /// # use typed_pipeliner::each::{Each, KeptBy};
    /// # use typed_pipeliner::{HList, In, Pipeline, Return, resource, step};
    /// # resource! { Urls: Vec<String>; Url: String; Sizes: Vec<usize>; }
    /// # #[step] fn measure(url: In<'_, Url>) -> Return<usize> { Return(url.len()) }
    /// # struct PerUrl;
    /// # impl Pipeline for PerUrl { type Steps = HList![]; }
    /// impl Each for PerUrl {
    /// #     type Over = Urls;
    /// #     type Item = Url;
    /// #     type Takes = HList![];
    /// #     type Target = Measure;
    /// #     type Into = Sizes;
    ///     // …
    ///     const KEPT_BY: KeptBy<Url> = KeptBy::value();
    ///
    ///     fn key(url: In<'_, Url>) -> Option<String> {
    ///         Some(url.clone())
    ///     }
    /// }
    /// ```
    #[cfg(feature = "journal")]
    const KEPT_BY: KeptBy<Self::Item> = KeptBy::COLLECTION;

    /// A name of an element for errors and observers, beside its place; `None` by default.
    ///
    /// In a store that is kept, entries for the element are found by it; without one, by the place.
    ///
    /// ```
    /// # use typed_pipeliner::each::Each;
    /// # use typed_pipeliner::{HList, In, Pipeline, Return, resource, step};
    /// # resource! { Urls: Vec<String>; Url: String; Sizes: Vec<usize>; }
    /// # #[step] fn measure(url: In<'_, Url>) -> Return<usize> { Return(url.len()) }
    /// # struct PerUrl;
    /// # impl Pipeline for PerUrl { type Steps = HList![]; }
    /// impl Each for PerUrl {
    /// #     type Over = Urls;
    /// #     type Item = Url;
    /// #     type Takes = HList![];
    /// #     type Target = Measure;
    /// #     type Into = Sizes;
    ///     // …
    ///     fn key(url: In<'_, Url>) -> Option<String> {
    ///         Some(url.clone())
    ///     }
    /// }
    /// ```
    fn key(element: In<'_, Self::Item>) -> Option<String> {
        let _ = element;
        None
    }
}

/// What the target of the pipeline `M` gives for an element.
pub type Gives<M> = <<M as Each>::Target as EachTarget>::Gives;

/// The step that is run for each element.
type TargetOf<M> = <<M as Each>::Target as EachTarget>::Step;

/// What the steps of `M` take from outside: the element first.
type Given<M> = HCons<<M as Each>::Item, <M as Each>::Takes>;

/// The inputs of the step that runs `M`.
type FanInputs<M> = HCons<<M as Each>::Over, HCons<<M as Each>::Takes, HCons<RunAround, HNil>>>;

/// The step that runs the pipeline `M` for [each](Each) element of a collection, and provides the
/// collected results.
///
/// It takes the collection and what `M` takes besides. So the compiler reports a missing resource
/// as for any step: "step `ForEach<PerUrl>` needs `Client`, but no step of `App` provides it …".
/// `M` may have a `ForEach` among its own steps.
///
/// # Errors
///
/// The first element that fails ends the step, and the other elements in progress are dropped. The
/// error is an [`ElementError`], which names the element. To collect the results of the others, let
/// the target be an [`Attempt`].
///
/// # Threads
///
/// On an [`Executor`](crate::executor::Executor) the threads work on different elements. This is
/// so for a `ForEach` among the steps of the store that runs there. Within an element, as in a run
/// in one task, a step that computes for long holds up the others of its thread.
///
/// # Observers
///
/// The run for each element is a run of its own, with a [parent](crate::observe::RunInfo::parent)
/// and an [element](crate::observe::RunInfo::element). After each, the step has an event with its
/// [progress](crate::observe::StepEventKind::Progress).
///
/// # Cost, fairness and cancel safety
///
/// Memory is held for the results and for the elements in progress, whose values are dropped when
/// their element ends. The step gives its task back after each 32 elements that it has begun or
/// polled. Dropping the run drops the elements in progress at once; the next run begins with the
/// first element.
pub struct ForEach<M>(PhantomData<M>);

impl<M> fmt::Debug for ForEach<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(type_name::of::<Self>())
    }
}

#[diagnostic::do_not_recommend]
impl<M: Each> Step for ForEach<M> {
    type Inputs = FanInputs<M>;
    type Outputs = HCons<M::Into, HNil>;
    type Error = ElementError;
    const FAN: Option<&'static FanSpec> = Some(&FanSpec {
        pipeline: type_name::of::<M>,
        steps: || <M::Steps as StepList>::SPECS,
        given: || <Given<M> as KeysOf>::KEYS,
        target: || const { &StepSpec::of::<TargetOf<M>>() },
        at_once: at_once::<M>(),
        help: help::<M>,
    });

    fn run(inputs: Inputs<'_, Self>) -> impl Future<Output = Result<Outputs<Self>, ElementError>> + Send {
        Main(hand::<M>(inputs)).map(into_outputs::<M>)
    }

    /// The name of the pipeline.
    fn name() -> &'static str {
        type_name::of::<M>()
    }
}

/// The outputs of the step, from the results of all elements.
fn into_outputs<M: Each>(results: Result<Vec<Gives<M>>, ElementError>) -> Result<Outputs<ForEach<M>>, ElementError> {
    Ok(HCons { head: M::Into::collect(results?), tail: HNil })
}

/// The most elements that run at once: each needs a waker with a number.
const fn at_once<M: Each>() -> usize {
    const MOST: usize = 1 << 15;
    match M::AT_ONCE {
        0 => 1,
        1..MOST => M::AT_ONCE,
        _ => MOST,
    }
}

/// Starts to help with the elements of a step that has started.
fn help<'s, M: Each>(mut inputs: InputReader<'_, 's>, cx: &mut Context<'_>) -> Started<'s> {
    Started::poll(hand::<M>(<FanInputs<M> as InputList>::gather(&mut inputs)).map(|()| Ok(None)), cx)
}

/// The keys of a list of resources, as data.
trait KeysOf {
    /// The keys.
    const KEYS: &'static ConstList<Key>;
}

impl<Item: IsResource, Takes: InputList> KeysOf for HCons<Item, Takes> {
    const KEYS: &'static ConstList<Key> = &ConstList::Both(&ConstList::One(Key::of::<Item>()), Takes::KEYS);
}

//! Steps that are chosen at run time.

use crate::closing::Closing;
use crate::error::{BoxError, StepError};
#[cfg(feature = "policy")]
use crate::exec::attempts::Attempts;
use crate::exec::close::CloseSlot;
use crate::exec::plan::Key;
use crate::exec::store_ref::{DynStore, StoreRef};
#[cfg(feature = "policy")]
use crate::lower::attempts::{Begin, OutputPlace};
use crate::lower::slot::{Slot, Stored};
use crate::lower::stored::StoredValues;
use crate::resource::Resource;
use crate::sealed::Seal;
use crate::steps::lists::{InputList, OutputList};
use crate::steps::{ClosedValues, Inputs, Outputs, Step};
pub use async_trait::async_trait;
use core::marker::PhantomData;
use frunk_core::hlist::HCons;
use futures::FutureExt;
use futures::future::{BoxFuture, lazy};
use std::sync::Arc;

/// A step that is a value, with the inputs `I` and the outputs `O`: a plug-in or a configuration
/// chooses it at run time.
///
/// Feature `dyn-step`, on by default. The proof still covers the whole graph: the pipeline
/// registers [`RunChosen`], which takes the chosen step from a resource, besides the inputs of that
/// step. Every step with these inputs and outputs implements this trait, so the choices may be
/// functions:
///
/// ```
/// use typed_pipeliner::dyn_step::{RunChosen, SharedStep};
/// use typed_pipeliner::{HList, In, Out, Pipeline, RunError, Store, resource, step};
/// use std::sync::Arc;
///
/// resource! {
///     Language: &'static str;
///     Name: String;
///     Greeting: String;
///     /// The chosen step.
///     Greeter: SharedStep<HList![Name], HList![Greeting]>;
/// }
///
/// #[step]
/// fn greet(name: In<'_, Name>) -> Out<Greeting> {
///     format!("Hello, {name}!")
/// }
///
/// #[step]
/// async fn saluer(name: In<'_, Name>) -> Out<Greeting> {
///     format!("Bonjour, {name} !")
/// }
/// /// Chooses the greeter. This is a step too.
/// #[step]
/// fn choose_greeter(language: In<'_, Language>) -> Result<Out<Greeter>, String> {
///     match *language {
///         "en" => Ok(Arc::new(Greet)),
///         "fr" => Ok(Arc::new(Saluer)),
///         other => Err(format!("nobody speaks {other}")),
///     }
/// }
///
/// struct App;
/// impl Pipeline for App {
///     type Steps = HList![ChooseGreeter, RunChosen<Greeter>];
/// }
///
/// # fn main() -> Result<(), RunError> {
/// # futures::executor::block_on(async {
/// let store = Store::<App>::new().with(Language, "fr").with(Name, "Ada".to_owned());
/// assert_eq!(store.resource::<Greeting>().await?, "Bonjour, Ada !");
/// # Ok(()) }) }
/// ```
///
/// A chosen step may have a state, such as a connection. For that, write a type that implements
/// this trait, with [`async_trait`](macro@async_trait):
///
/// ```
/// use typed_pipeliner::dyn_step::{DynStep, InputRefs, OutputValues, async_trait};
/// use typed_pipeliner::{BoxError, HList, hlist, hlist_pat, resource};
///
/// resource! { Name: String; Greeting: String; }
///
/// struct Template(String);
///
/// #[async_trait]
/// impl DynStep<HList![Name], HList![Greeting]> for Template {
///     async fn run_dyn(&self, hlist_pat![name]: InputRefs<'_, HList![Name]>) -> Result<OutputValues<HList![Greeting]>, BoxError> {
///         Ok(hlist![self.0.replace("{}", name)])
///     }
/// }
/// ```
///
/// # Policies
///
/// A chosen step that is a [`Step`] with a [policy](crate::guide::policies) is executed by that, and
/// [`RunChosen`] has none of its own. A type that implements this trait itself has no policy: let a
/// step with a policy call its `run_dyn`.
///
/// # Cost
///
/// Each execution costs one allocation and one virtual call. The future is boxed, because its size
/// is unknown. This is why [`Step`] itself is not dyn-compatible.
///
/// # Cancel safety
///
/// As for [`Step::run`]: the future may be dropped at any of its await points.
#[async_trait]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a step with the inputs and outputs that are asked for",
    label = "this does not have these inputs and outputs",
    note = "a step has to take and give exactly what the resource says, in the same order"
)]
pub trait DynStep<I: InputList, O: OutputList>: Send + Sync + 'static {
    /// Runs the step once, as [`Step::run`] does.
    ///
    /// # Errors
    ///
    /// The error of the step. It reaches the caller as the source of a
    /// [`RunError`](crate::RunError).
    async fn run_dyn(&self, inputs: InputRefs<'_, I>) -> Result<OutputValues<O>, BoxError>;

    /// Closes the outputs that it has given, for [`Store::close`](crate::Store::close): drops them
    /// by default. Every [`Step`] closes them by its [`CLOSE`](Step::CLOSE), if it has that.
    ///
    /// ```
    /// use typed_pipeliner::close::ClosedValues;
    /// use typed_pipeliner::dyn_step::{DynStep, InputRefs, OutputValues, async_trait};
    /// use typed_pipeliner::{BoxError, HList, hlist, hlist_pat, resource};
    ///
    /// resource! { Number: u32; Line: String; }
    ///
    /// struct Dial(&'static str);
    ///
    /// #[async_trait]
    /// impl DynStep<HList![Number], HList![Line]> for Dial {
    ///     async fn run_dyn(&self, hlist_pat![number]: InputRefs<'_, HList![Number]>) -> Result<OutputValues<HList![Line]>, BoxError> {
    ///         Ok(hlist![format!("{} {number}", self.0)])
    ///     }
    ///
    ///     async fn close_dyn(&self, hlist_pat![line]: ClosedValues<HList![Line]>) -> Result<(), BoxError> {
    ///         println!("{} hangs up {line}", self.0);
    ///         Ok(())
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// The error is in the [`CloseError`](crate::close::CloseError) of the store.
    async fn close_dyn(&self, outputs: ClosedValues<O>) -> Result<(), BoxError> {
        drop(outputs);
        Ok(())
    }

    /// The attempts of the step, if it is a [`Step`] with a policy.
    #[cfg(feature = "policy")]
    #[doc(hidden)]
    fn attempts_dyn<'s>(
        &self,
        inputs: InputRefs<'s, I>,
        keep: OutputPlace<'s, O>,
    ) -> Option<Box<dyn Attempts<'s> + 's>> {
        let _ = (inputs, keep);
        None
    }
}

/// References to the values of a list of resources: the argument of a [`DynStep`].
pub type InputRefs<'s, L> = <L as InputList>::Refs<'s>;

/// The values of a list of resources: the result of a [`DynStep`].
pub type OutputValues<L> = <L as OutputList>::Values;

/// Any step with the inputs `I` and the outputs `O`, in an [`Arc`]: the type of the value of a
/// resource from which [`RunChosen`] takes its step.
pub type SharedStep<I, O> = Arc<dyn DynStep<I, O>>;

// The expansion of `async_trait`, written by hand without its `async` block: Rust 1.85 wrongly
// reports that such a block does not outlive its lifetimes (rust-lang/rust#100013).
impl<S, I, O> DynStep<I, O> for S
where
    S: Step<Inputs: SameInputs<I, S>, Outputs: SameOutputs<O, S>> + Send + Sync,
    I: InputList,
    O: OutputList,
{
    fn run_dyn<'a, 's, 'f>(&'a self, inputs: InputRefs<'s, I>) -> BoxFuture<'f, Result<OutputValues<O>, BoxError>>
    where
        'a: 'f,
        's: 'f,
    {
        // The run of a step that is not async does everything when it is called.
        let run = lazy(move |_| S::run(S::Inputs::refs(inputs))).flatten();
        Box::pin(run.map(|outputs| outputs.map(S::Outputs::values).map_err(StepError::boxed)))
    }

    fn close_dyn<'a, 'f>(&'a self, outputs: ClosedValues<O>) -> BoxFuture<'f, Result<(), BoxError>>
    where
        'a: 'f,
    {
        Box::pin(async move {
            match S::CLOSE {
                Some(close) => close(S::Outputs::closed(outputs)).await,
                None => Ok(()),
            }
        })
    }

    #[cfg(feature = "policy")]
    fn attempts_dyn<'s>(
        &self,
        inputs: InputRefs<'s, I>,
        keep: OutputPlace<'s, O>,
    ) -> Option<Box<dyn Attempts<'s> + 's>> {
        S::ATTEMPTS?(S::Inputs::refs(inputs), S::Outputs::keep(keep))
    }
}

/// Holds if the inputs of the step `S` are exactly the list `I`. Only the list itself implements
/// it.
#[diagnostic::on_unimplemented(
    message = "step `{S}` does not take the inputs that are asked for",
    label = "`{S}` has other inputs",
    note = "let `{S}` take what the resource says, in the same order"
)]
pub trait SameInputs<I: InputList, S>: InputList {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Converts the references to the type that the step takes.
    fn refs(refs: InputRefs<'_, I>) -> InputRefs<'_, Self>;
}

impl<I: InputList, S> SameInputs<I, S> for I {
    fn seal(_: Seal) {}

    fn refs(refs: InputRefs<'_, I>) -> InputRefs<'_, I> {
        refs
    }
}

/// Holds if the outputs of the step `S` are exactly the list `O`. Only the list itself implements
/// it.
#[diagnostic::on_unimplemented(
    message = "step `{S}` does not give the outputs that are asked for",
    label = "`{S}` has other outputs",
    note = "let `{S}` give what the resource says, in the same order"
)]
pub trait SameOutputs<O: OutputList, S>: OutputList {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// Converts the values to the type that the resource asks for.
    fn values(values: OutputValues<Self>) -> OutputValues<O>;
    /// Converts the values to the type that the step closes.
    fn closed(values: ClosedValues<O>) -> ClosedValues<Self>;
    /// Converts the place for the values.
    #[cfg(feature = "policy")]
    #[doc(hidden)]
    fn keep(place: OutputPlace<'_, O>) -> OutputPlace<'_, Self>;
}

impl<O: OutputList, S> SameOutputs<O, S> for O {
    fn seal(_: Seal) {}

    fn values(values: OutputValues<O>) -> OutputValues<O> {
        values
    }
    fn closed(values: ClosedValues<O>) -> ClosedValues<O> {
        values
    }
    #[cfg(feature = "policy")]
    fn keep(place: OutputPlace<'_, O>) -> OutputPlace<'_, O> {
        place
    }
}

/// The step that is the value of the resource `R`.
///
/// Its inputs are `R` and the chosen step's inputs; its outputs are the chosen step's. In errors it
/// has the name of the resource. See [`DynStep`].
#[derive(Debug)]
pub struct RunChosen<R>(PhantomData<R>);

// Otherwise rustc shows this impl wherever a type is not a step.
#[diagnostic::do_not_recommend]
impl<R: Resource<Value: DynStepValue>> Step for RunChosen<R> {
    type Inputs = HCons<R, <R::Value as DynStepValue>::Inputs>;
    type Outputs = <R::Value as DynStepValue>::Outputs;
    type Error = BoxError;
    const CLOSE_SLOT: Option<CloseSlot> = Some(close_chosen::<R>);
    #[cfg(feature = "policy")]
    const ATTEMPTS: Option<Begin<Self>> = Some(attempts_of_chosen::<R>);
    #[cfg(feature = "journal")]
    const KNOWN_VERSION: Option<u32> = None;

    async fn run(HCons { head: choice, tail: inputs }: Inputs<'_, Self>) -> Result<Outputs<Self>, BoxError> {
        choice.chosen().run_dyn(inputs).await
    }

    fn name() -> &'static str {
        R::name()
    }
}

/// Begins to close the outputs of the chosen step, by that step. It is still there, because it is
/// among the inputs.
fn close_chosen<R: Resource<Value: DynStepValue>>(store: &mut dyn DynStore, step: usize) -> Option<Closing> {
    let choice = StoreRef::new(&*store).value(Key::of::<R>().id)?.downcast_ref::<R::Value>()?.shared();
    let slot = store.slot_mut(step).as_any_mut().downcast_mut::<Slot<Stored<RunChosen<R>>>>()?;
    let outputs = slot.take()?.values();
    Some(Closing::new(async move { choice.close_dyn(outputs).await }))
}

/// Makes the attempts of the chosen step, if it has a policy.
#[cfg(feature = "policy")]
fn attempts_of_chosen<'s, R: Resource<Value: DynStepValue>>(
    HCons { head: choice, tail: inputs }: Inputs<'s, RunChosen<R>>,
    keep: OutputPlace<'s, <R::Value as DynStepValue>::Outputs>,
) -> Option<Box<dyn Attempts<'s> + 's>> {
    choice.chosen().attempts_dyn(inputs, keep)
}

/// A value that is a step: a [`SharedStep`].
#[diagnostic::on_unimplemented(
    message = "a step can be chosen from a `SharedStep`, and the value of this resource is `{Self}`",
    label = "the value is not a step",
    note = "declare the resource with the inputs and outputs: `SharedStep<HList![Name], HList![Greeting]>`"
)]
pub trait DynStepValue: Send + Sync + 'static {
    #[doc(hidden)]
    fn seal(_: Seal);

    /// The inputs of the step.
    type Inputs: InputList;
    /// The outputs of the step.
    type Outputs: OutputList;
    /// Returns the step.
    fn chosen(&self) -> &dyn DynStep<Self::Inputs, Self::Outputs>;
    /// Returns the step, shared.
    fn shared(&self) -> SharedStep<Self::Inputs, Self::Outputs>;
}

impl<I: InputList, O: OutputList> DynStepValue for SharedStep<I, O> {
    fn seal(_: Seal) {}

    type Inputs = I;
    type Outputs = O;
    fn chosen(&self) -> &dyn DynStep<I, O> {
        &**self
    }
    fn shared(&self) -> SharedStep<I, O> {
        Arc::clone(self)
    }
}

//! Keeping: the values of a store that outlive the process.
//!
//! A record names the version of its step, and has a fingerprint of each input and of each output:
//! it is a verifying trace. A kept value is as good as a new one while the version and the
//! fingerprints of its inputs are those of now. The fingerprint of a kept value is that of its
//! bytes. So if a step runs again and gives the same, the steps below it are not stale (early
//! cut-off). The fingerprint of a value that is not kept is made from the version of its step and
//! the fingerprints of its inputs. That of a supplied value is made by serde.
//!
//! A run looks twice: before it begins, from its target down ([`restore`]), and before it executes
//! a kept step, when the inputs of that are there ([`execute`]).

pub(crate) mod execute;
pub(crate) mod judge;
pub(crate) mod restore;

use super::fan::FanSpec;
use super::plan::StepSpec;
use super::slot::AnySlot;
use super::store_ref::{Erased, StoreRef};
use crate::error::BoxError;
use crate::journal::print::{Known, Print, Printer};
use crate::journal::run::OpenRun;
use core::any::Any;
use judge::Judge;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};

/// How the values of a step are kept, as the executor knows it.
#[derive(Clone, Copy)]
pub struct KeepSpec {
    /// The version of the step; `None` if nobody knows it, because the step is chosen at run time.
    pub version: Option<u32>,
    /// Encodes and decodes its outputs, if they are kept.
    pub codec: Option<&'static Codec>,
}

impl KeepSpec {
    /// A step that is not kept, in its first version.
    pub(crate) const NONE: Self = KeepSpec { version: Some(0), codec: None };
}

/// Encodes and decodes the stored outputs of a step, without their types.
pub struct Codec {
    /// The name of the step in the journal.
    pub name: fn() -> &'static str,
    /// Encodes each output.
    pub encode: fn(&(dyn Any + Send)) -> Result<Encoded, BoxError>,
    /// Decodes the outputs.
    pub decode: fn(&[&[u8]]) -> Result<Outputs, BoxError>,
    /// Stores the outputs, which are those of the step or of its fallback. Returns the first one.
    pub fill: for<'s> fn(&'s dyn AnySlot, Outputs, bool) -> Option<&'s Erased>,
}

/// The bytes of each output of a step.
pub(crate) type Encoded = Vec<Vec<u8>>;

/// The stored outputs of a step, without their types.
pub(crate) type Outputs = Box<dyn Any + Send>;

/// A store that is kept, at run time: the open run, and the fingerprints of its values.
pub struct Keeping {
    /// The run of the journal.
    run: Arc<OpenRun>,
    /// The beginning of the names of the entries, which is empty but for an element of a fan-out.
    prefix: Box<str>,
    /// The fingerprints of the supplied values, by place.
    given: Box<[Known]>,
    /// The fan-out around, and the number of its step, if this is an element.
    around: Option<(Arc<Keeping>, u16)>,
    /// The fingerprints of computed values.
    state: Mutex<State>,
}

/// The computed values of a store that is kept.
#[derive(Default)]
struct State {
    /// The fingerprints of the outputs of steps that have ended, as far as they were needed.
    prints: HashMap<u16, Arc<[Print]>>,
    /// The steps whose outputs are not those that their inputs determine, because a fallback is
    /// among them.
    uncertain: HashSet<u16>,
    /// The steps whose outputs were taken from the journal before a run, which no run has reported.
    restored: HashSet<u16>,
}

impl Keeping {
    /// A store with these supplied values, kept in a run.
    pub(crate) fn new(run: Arc<OpenRun>, given: Box<[Known]>) -> Self {
        Keeping { run, prefix: Box::default(), given, around: None, state: Mutex::default() }
    }

    /// The state.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("nothing panics while it holds this lock")
    }

    /// The name of the entry of a step.
    fn name_of(&self, codec: &Codec) -> Box<str> {
        format!("{}{}", self.prefix, (codec.name)()).into()
    }

    /// The beginning of the names of the entries for the elements of a fan-out.
    fn prefix_of(&self, fan: &str) -> String {
        format!("{}{fan}[", self.prefix)
    }

    /// The number of entries for the elements of a fan-out.
    pub(crate) fn entries_of(&self, fan: &FanSpec) -> usize {
        self.run.count(&self.prefix_of((fan.pipeline)()))
    }

    /// Marks the outputs of a step, which is executed now, as those of a fallback.
    pub(crate) fn mark_uncertain(&self, step: u16) {
        self.state().uncertain.insert(step);
        if let Some((around, step)) = &self.around {
            around.mark_uncertain(*step);
        }
    }

    /// Marks the outputs of a step, which begins now, as those that its inputs determine.
    pub(crate) fn mark_certain(&self, step: u16) {
        self.state().uncertain.remove(&step);
    }

    /// Whether the outputs of a step were taken from the journal before a run. The first run that
    /// asks learns of it.
    pub(crate) fn take_restored(&self, step: u16) -> bool {
        self.state().restored.remove(&step)
    }

    /// Forgets the outputs of these steps, or of all. Their entries are not taken any more.
    pub(crate) fn forget(&self, store: StoreRef<'_>, is_forgotten: Option<&[bool]>) {
        let mut state = self.state();
        for (number, step) in (0..).zip(store.plan().steps()) {
            if is_forgotten.is_some_and(|is_forgotten| !is_forgotten[usize::from(number)]) {
                continue;
            }
            state.prints.remove(&number);
            state.uncertain.remove(&number);
            state.restored.remove(&number);
            if let Some(fan) = step.spec().fan {
                self.run.forget(&self.prefix_of((fan.pipeline)()));
            }
            if let Some(codec) = step.spec().keep.codec {
                self.run.set(&self.name_of(codec), crate::journal::run::Entry::Forgotten);
            }
        }
    }
}

/// The part of a kept fan-out that is the same for all its elements.
#[derive(Clone)]
pub(crate) struct FanKeeping {
    /// The store around.
    pub(crate) keeping: Arc<Keeping>,
    /// The number of the step.
    step: u16,
    /// The fingerprints of the collection, and of what the steps take besides.
    inputs: Vec<Known>,
}

impl FanKeeping {
    /// That of a fan-out that starts now, in a store that is kept; none for a target that is not
    /// registered. Behind the inputs of the fan-out, the step takes so many others.
    pub(super) fn new(keeping: &Arc<Keeping>, store: StoreRef<'_>, step: u16, others: usize) -> Option<Self> {
        store.plan().steps().get(usize::from(step))?;
        let inputs = Judge::of_run(keeping, store).inputs_of(step);
        let mut inputs: Vec<_> = inputs.into_iter().map(|(_, known)| known).collect();
        inputs.truncate(inputs.len().saturating_sub(others));
        Some(FanKeeping { keeping: Arc::clone(keeping), step, inputs })
    }

    /// Removes the inputs that the step takes before those of the fan-out, whose steps take so many
    /// besides an element.
    pub(crate) fn retain_last(&mut self, takes: usize) {
        self.inputs.drain(..self.inputs.len().saturating_sub(takes + 1));
    }

    /// That of the store for an element with this fingerprint, whose entries have the key or the
    /// place of the element in their names.
    pub(crate) fn of_element(&self, pipeline: &str, known: Known, place: usize, key: Option<String>) -> Arc<Keeping> {
        let keeping = &self.keeping;
        let element = key.unwrap_or_else(|| place.to_string());
        Arc::new(Keeping {
            run: Arc::clone(&keeping.run),
            prefix: format!("{}{element}]/", keeping.prefix_of(pipeline)).into(),
            given: [known].into_iter().chain(self.inputs.iter().copied().skip(1)).collect(),
            around: Some((Arc::clone(keeping), self.step)),
            state: Mutex::default(),
        })
    }

    /// The fingerprint of the element at a place: that of the collection, and the place.
    pub(crate) fn element(&self, place: usize) -> Known {
        match self.inputs.first() {
            Some(Known::Print(print)) => Known::Print(print.of_output(place)),
            Some(Known::Ambient | Known::Not) | None => Known::Not,
        }
    }

    /// Marks the results as those that the inputs determine, before the first element. A helper may
    /// start after the first of them has failed, so it is no matter for helpers.
    pub(crate) fn mark_certain(&self) {
        self.keeping.mark_certain(self.step);
    }

    /// Marks the results as not those that the inputs determine.
    pub(crate) fn mark_uncertain(&self) {
        self.keeping.mark_uncertain(self.step);
    }
}

/// Adds the steps of a fan-out to a fingerprint: their names and versions, and those of the
/// fan-outs among them. Returns whether all have one.
fn print_fan(printer: &mut Printer, fan: &FanSpec, seen: &mut HashSet<&'static str>) -> bool {
    let pipeline = (fan.pipeline)();
    printer.text(pipeline);
    // A pipeline may be a fan-out of itself.
    !seen.insert(pipeline)
        || (print_step(printer, (fan.target)(), seen)
            && (fan.steps)().list().into_iter().all(|step| print_step(printer, step, seen)))
}

/// Adds a step to a fingerprint: its name, its version and its outputs; and those of the steps in
/// it, if it is a fan-out. Returns whether it has one.
fn print_step(printer: &mut Printer, spec: &StepSpec, seen: &mut HashSet<&'static str>) -> bool {
    let Some(version) = spec.keep.version else { return false };
    printer.text((spec.name)());
    printer.number(version.into());
    for key in spec.outputs.list() {
        printer.text((key.name)());
        printer.text((key.value)());
    }
    spec.fan.is_none_or(|fan| print_fan(printer, fan, seen))
}

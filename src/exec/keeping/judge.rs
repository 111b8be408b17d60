//! Whether a kept value is as good as a new one.

use super::{Keeping, print_step};
use crate::exec::plan::{Key, PlannedStep, Source, StepSpec};
use crate::exec::store_ref::StoreRef;
use crate::journal::print::{Known, Print, Printer};
use crate::journal::record::{InputRecord, OutputRecord, Record};
use crate::journal::run::Entry;
use crate::journal::state::Stale;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Judges kept values, and remembers the fingerprints that it has made.
pub(crate) struct Judge<'a, 's> {
    /// The store.
    keeping: &'a Keeping,
    /// The same.
    store: StoreRef<'s>,
    /// Whether a run is in progress, in which the steps that it needs were executed, as far as the
    /// one that starts now needs them.
    is_running: bool,
    /// The fingerprints of the outputs of steps; none if there are none yet.
    prints: HashMap<u16, Option<Arc<[Print]>>>,
    /// The same for the parent store, if that is kept.
    parent: Option<Box<Judge<'s, 's>>>,
}

/// The fingerprints of the inputs of a step, each with its resource.
pub(crate) type Inputs = Vec<(&'static Key, Known)>;

impl<'a, 's> Judge<'a, 's> {
    /// A judge before a run.
    pub(crate) fn new(keeping: &'a Keeping, store: StoreRef<'s>) -> Self {
        Self::of(keeping, store, false)
    }

    /// A judge for a step that starts now.
    pub(crate) fn of_run(keeping: &'a Keeping, store: StoreRef<'s>) -> Self {
        Self::of(keeping, store, true)
    }

    /// A judge.
    fn of(keeping: &'a Keeping, store: StoreRef<'s>, is_running: bool) -> Self {
        Judge { keeping, store, is_running, prints: HashMap::new(), parent: None }
    }

    /// The step with this number.
    fn step(&self, number: u16) -> &'static PlannedStep {
        &self.store.plan().steps()[usize::from(number)]
    }

    /// The fingerprints of the inputs of a step.
    pub(crate) fn inputs_of(&mut self, number: u16) -> Inputs {
        self.learn(number, false);
        let step = self.step(number);
        let sources = self.store.plan().inputs(step);
        step.spec().inputs.list().into_iter().zip(sources).map(|(key, &source)| (key, self.known(source))).collect()
    }

    /// The record of a kept step that is not stale.
    ///
    /// # Errors
    ///
    /// `None` if there is no record, or the reason why it is stale.
    pub(crate) fn fresh(&mut self, number: u16) -> Result<Arc<Record>, Option<Stale>> {
        let spec = self.step(number).spec();
        let codec = spec.keep.codec.ok_or(None)?;
        let record = match self.keeping.run.entry(&self.keeping.name_of(codec)).ok_or(None)? {
            Entry::Kept(record) => record,
            Entry::Damaged(reason) => return Err(Some(Stale::Damaged(reason.as_ref().into()))),
            Entry::Forgotten => return Err(Some(Stale::Forgotten)),
        };
        let now = spec.keep.version.unwrap_or_default();
        if record.version != now {
            return Err(Some(Stale::Version { kept: record.version, now }));
        }
        if !has_outputs(spec, &record.outputs) {
            return Err(Some(Stale::Outputs));
        }
        let inputs = self.inputs_of(number);
        if !inputs.iter().map(|(key, _)| (key.name)()).eq(record.inputs.iter().map(|input| &*input.resource)) {
            return Err(Some(Stale::Inputs));
        }
        for (InputRecord { resource, print }, (_, known)) in record.inputs.iter().zip(inputs) {
            match known {
                Known::Not => return Err(Some(Stale::Unknown(resource.clone()))),
                Known::Print(now) if *print != Some(now) => return Err(Some(Stale::Changed(resource.clone()))),
                Known::Ambient if print.is_some() => return Err(Some(Stale::Changed(resource.clone()))),
                Known::Print(_) | Known::Ambient => {}
            }
        }
        Ok(record)
    }

    /// The fingerprint of a source.
    fn known(&mut self, source: Source) -> Known {
        match source {
            Source::Supplied(place) => self.keeping.given.get(usize::from(place)).copied().unwrap_or(Known::Not),
            Source::Step { step, output } => match self.prints.get(&step) {
                Some(Some(prints)) => Known::Print(prints[usize::from(output)]),
                _ => Known::Not,
            },
            Source::Parent(place) => {
                let key = self.store.plan().parent_inputs()[usize::from(place)].key();
                self.of_parent(&key)
            }
        }
    }

    /// The fingerprint of a resource of the parent store.
    fn of_parent(&mut self, key: &Key) -> Known {
        let Some(parent) = self.store.parent().filter(|parent| parent.knows(key.id)) else {
            // An optional input that nobody has.
            return Known::Print(Printer::new("absent").print());
        };
        if self.parent.is_none() {
            self.parent = parent.keeping().map(|keeping| Box::new(Judge::of(keeping, parent, self.is_running)));
        }
        self.parent.as_mut().map_or(Known::Not, |parent| parent.of_resource(key))
    }

    /// The fingerprint of a resource of this store, or of a parent.
    fn of_resource(&mut self, key: &Key) -> Known {
        match self.store.plan().source(key.id) {
            Some(source) => {
                if let Source::Step { step, .. } = source {
                    self.learn(step, true);
                }
                self.known(source)
            }
            None => self.of_parent(key),
        }
    }

    /// Makes the fingerprints of the outputs of all steps from which a step takes inputs, and of
    /// its own if `also_own`. It keeps its own stack, because a chain may be as long as a pipeline.
    /// A step in a cycle, which no run executes but a plan may have, gets none.
    fn learn(&mut self, number: u16, also_own: bool) {
        let (mut stack, mut begun) = (vec![number], HashSet::new());
        while let Some(&step) = stack.last() {
            let is_sought = step != number || also_own;
            if is_sought && (self.prints.contains_key(&step) || self.recall(step)) {
                stack.pop();
                continue;
            }
            let open = stack.len();
            begun.insert(step);
            for &source in self.store.plan().inputs(self.step(step)) {
                if let Source::Step { step: input, .. } = source {
                    if begun.contains(&input) {
                        self.prints.entry(input).or_default();
                    } else if !self.prints.contains_key(&input) {
                        stack.push(input);
                    }
                }
            }
            if stack.len() == open {
                stack.pop();
                if is_sought {
                    let prints = self.prints_of(step);
                    self.prints.insert(step, prints);
                }
            }
        }
    }

    /// Finds the fingerprints of a step that has ended. Returns whether it has.
    fn recall(&mut self, step: u16) -> bool {
        let state = self.keeping.state();
        let prints = match state.prints.get(&step) {
            Some(prints) => Some(Arc::clone(prints)),
            None if state.uncertain.contains(&step) => None,
            None => return false,
        };
        drop(state);
        self.prints.insert(step, prints);
        true
    }

    /// The fingerprints of the outputs of a step, if those of its inputs are known.
    fn prints_of(&mut self, number: u16) -> Option<Arc<[Print]>> {
        let spec = self.step(number).spec();
        if spec.keep.codec.is_some() {
            // Once it has been executed or restored, its outputs are among those that are recalled.
            let record = self.fresh(number).ok()?;
            return Some(record.outputs.iter().map(|output| output.print).collect());
        }
        let mut printer = Printer::new("step");
        if !print_step(&mut printer, spec, &mut HashSet::new()) {
            return None;
        }
        for (key, known) in self.inputs_of(number) {
            printer.text((key.name)());
            match known {
                Known::Print(print) => printer.print_of(Some(print)),
                Known::Ambient => printer.print_of(None),
                Known::Not => return None,
            }
        }
        let print = printer.print();
        let prints: Arc<[Print]> = (0..spec.outputs.list().len()).map(|place| print.of_output(place)).collect();
        if self.is_running && self.store.slot(number.into()).is_filled() {
            self.keeping.state().prints.insert(number, Arc::clone(&prints));
        }
        Some(prints)
    }
}

/// Whether these are the outputs of a step, with the types of today.
fn has_outputs(spec: &StepSpec, outputs: &[OutputRecord]) -> bool {
    let now = spec.outputs.list().into_iter().map(|key| ((key.name)(), (key.value)()));
    now.eq(outputs.iter().map(|output| (&*output.resource, &*output.value)))
}

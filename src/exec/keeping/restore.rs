//! The look before a run: from its target down, values that are as good as new ones are taken from
//! the journal.

use super::judge::Judge;
use super::{Codec, Keeping, Outputs};
use crate::error::{Failure, RunError};
use crate::exec::graph::Graph;
use crate::exec::plan::Source;
use crate::exec::store_ref::StoreRef;
use crate::journal::error::{Action, JournalError};
use crate::journal::record::Record;
use crate::journal::run::Entry;
use crate::observe::RunEnd;
use std::collections::HashSet;
use std::sync::Arc;

/// A kept value that is to be read.
#[derive(Clone)]
pub(super) struct KeptValue {
    /// The name of its entry.
    pub(super) name: Arc<str>,
    /// Its record.
    pub(super) record: Arc<Record>,
    /// Decodes it.
    pub(super) codec: &'static Codec,
}

impl KeptValue {
    /// Decodes its bytes.
    fn decode(&self, bytes: Option<Vec<u8>>) -> ReadOutputs {
        let bytes = bytes.ok_or("its value is gone")?;
        let outputs = self.record.outputs_in(&bytes)?;
        (self.codec.decode)(&outputs).map_err(|error| format!("its value cannot be decoded: {error}").into())
    }
}

/// The result of reading a value: the outputs, or the reason why they cannot be used.
type ReadOutputs = Result<Outputs, Arc<str>>;

/// The error of a look into the journal.
pub(crate) struct RestoreError {
    /// A step whose outputs were to be read.
    step: u16,
    /// The error itself.
    source: JournalError,
}

impl RestoreError {
    /// The error of the run, which ends with it.
    pub(crate) fn of_run(self, graph: &Graph) -> RunError {
        graph.end(RunEnd::Failed);
        let failure = Failure::new([graph.name(self.step)].into(), Arc::new(self.source.into()));
        RunError::new(vec![failure], Vec::new(), graph.attachments())
    }
}

/// The sources that a run needs: those that it demands, and the inputs of its target.
pub(crate) fn needed(graph: &Graph, sources: &[Option<Source>]) -> Vec<Source> {
    let of_target = graph.target().map_or(&[][..], |target| graph.inputs(target));
    sources.iter().copied().flatten().chain(of_target.iter().copied()).collect()
}

/// Looks into the journal before a run, if the store is kept.
pub(crate) async fn restore(graph: &Graph, store: StoreRef<'_>, sources: &[Option<Source>]) -> Result<(), RunError> {
    let Some(keeping) = graph.keeping() else { return Ok(()) };
    keeping.restore(store, &needed(graph, sources)).await.map_err(|error| error.of_run(graph))
}

impl Keeping {
    /// Takes the outputs of kept steps from the journal, as far as these sources need them. A value
    /// that is above another one, and needed for nothing else, is not read.
    ///
    /// # Errors
    ///
    /// If the journal cannot be read. A damaged value counts as absent.
    pub(crate) async fn restore(&self, store: StoreRef<'_>, sources: &[Source]) -> Result<(), RestoreError> {
        loop {
            let wanted = self.wanted(store, sources);
            if wanted.is_empty() {
                return Ok(());
            }
            let values = wanted.iter().map(|(_, value)| value.clone()).collect();
            let read = self.read(values).await.map_err(|source| RestoreError { step: wanted[0].0, source })?;
            // The steps above one whose value cannot be used are needed as well.
            let mut is_complete = true;
            for ((step, value), outputs) in wanted.into_iter().zip(read) {
                match outputs {
                    Ok(outputs) => self.take(store, step, &value, outputs),
                    Err(reason) => {
                        self.run.set(&value.name, Entry::Damaged(reason));
                        is_complete = false;
                    }
                }
            }
            if is_complete {
                return Ok(());
            }
        }
    }

    /// Puts outputs from the journal into the slot of their step.
    fn take(&self, store: StoreRef<'_>, step: u16, value: &KeptValue, outputs: Outputs) {
        let slot = store.slot(step.into());
        // Another run may be at it as well. Then that one finds the outputs there.
        (value.codec.fill)(slot, outputs, false);
        self.note(step, &value.record, true);
    }

    /// Notes that the outputs of a step are there, of which this is the record.
    pub(super) fn note(&self, step: u16, record: &Record, is_restored: bool) {
        let mut state = self.state();
        state.prints.insert(step, record.outputs.iter().map(|output| output.print).collect());
        if is_restored {
            state.restored.insert(step);
        }
    }

    /// The values that these sources need, each with the number of its step.
    fn wanted(&self, store: StoreRef<'_>, sources: &[Source]) -> Vec<(u16, KeptValue)> {
        let plan = store.plan();
        let mut judge = Judge::new(self, store);
        let (mut wanted, mut seen, mut stack) = (Vec::new(), HashSet::new(), sources.to_vec());
        while let Some(source) = stack.pop() {
            let Source::Step { step, .. } = source else { continue };
            if !seen.insert(step) || store.slot(step.into()).is_filled() {
                continue;
            }
            let planned = &plan.steps()[usize::from(step)];
            match (planned.spec().keep.codec, judge.fresh(step)) {
                (Some(codec), Ok(record)) => {
                    wanted.push((step, KeptValue { name: self.name_of(codec).into(), record, codec }));
                }
                _ => stack.extend(plan.inputs(planned)),
            }
        }
        wanted
    }

    /// Reads and decodes some values.
    pub(super) async fn read(&self, values: Vec<KeptValue>) -> Result<Vec<ReadOutputs>, JournalError> {
        let run = Arc::clone(&self.run.key);
        let read = self.run.journal.worker.call(move |shelf| {
            let names: Vec<_> = values.iter().map(|value| Arc::clone(&value.name)).collect();
            let read = shelf.read(&run, &names).map_err(|error| JournalError::because(Action::Read, error))?;
            Ok(values.iter().zip(read).map(|(value, bytes)| value.decode(bytes)).collect())
        });
        read.await?
    }
}

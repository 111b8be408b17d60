//! The look before a kept step is executed; and the end of the step, when its outputs are kept.

use super::judge::Judge;
use super::restore::KeptValue;
use super::{Codec, Keeping, Outputs};
use crate::error::BoxError;
use crate::exec::graph::Graph;
use crate::exec::slot::AnySlot;
use crate::exec::store_ref::StoreRef;
use crate::exec::surroundings::Surroundings;
use crate::exec::task::StepResult;
use crate::journal::error::{Action, JournalError};
use crate::journal::print::{Known, Print};
use crate::journal::record::{InputRecord, OutputRecord, Record};
use crate::journal::run::Entry;
use crate::journal::shelf;
use crate::observe::StepEventKind;
use futures::future::BoxFuture;
use std::sync::Arc;

/// A step that starts in a store that is kept, before it is executed.
pub(crate) struct KeptStep {
    /// The store.
    keeping: Arc<Keeping>,
    /// The surroundings of the step.
    surroundings: Surroundings,
    /// Encodes and decodes its outputs.
    codec: &'static Codec,
    /// The name of its entry.
    name: Arc<str>,
    /// The record of outputs that are as good as new ones.
    fresh: Option<Arc<Record>>,
    /// The record of new outputs, without them; none if they are not kept.
    made_from: Option<(u32, Vec<InputRecord>)>,
    /// The names of its outputs and of their types.
    outputs: Vec<(&'static str, &'static str)>,
}

/// The outputs of a step that was executed, and whether they are those of its fallback.
pub(crate) type Executed = Result<(Outputs, bool), BoxError>;

impl KeptStep {
    /// The step that starts now, if the store is kept and the step is.
    pub(crate) fn new(graph: &Graph, store: StoreRef<'_>, surroundings: Surroundings) -> Option<Self> {
        let (keeping, number) = (Arc::clone(graph.keeping()?), surroundings.step);
        let spec = store.plan().steps().get(usize::from(number))?.spec();
        let codec = spec.keep.codec?;
        let mut judge = Judge::of_run(&keeping, store);
        let fresh = judge.fresh(number).ok();
        let inputs = judge.inputs_of(number).into_iter().map(|(key, known)| {
            let print = match known {
                Known::Print(print) => Some(print),
                Known::Ambient => None,
                Known::Not => return None,
            };
            Some(InputRecord { resource: (key.name)().to_owned(), print })
        });
        let made_from =
            inputs.collect::<Option<Vec<_>>>().map(|inputs| (spec.keep.version.unwrap_or_default(), inputs));
        let outputs = spec.outputs.list().into_iter().map(|key| ((key.name)(), (key.value)())).collect();
        let name = keeping.name_of(codec).into();
        drop(judge);
        Some(KeptStep { keeping, surroundings, codec, name, fresh, made_from, outputs })
    }

    /// Takes the outputs of the step from the journal, or executes it and keeps its outputs.
    pub(crate) async fn run<'s>(
        mut self,
        slot: &'s dyn AnySlot,
        execute: impl FnOnce() -> BoxFuture<'s, Executed> + Send,
    ) -> StepResult<'s> {
        if let Some(outputs) = self.restored().await? {
            self.surroundings.notify(StepEventKind::Restored);
            return Ok((self.codec.fill)(slot, outputs, false));
        }
        self.keeping.mark_certain(self.surroundings.step);
        let (outputs, is_fallback) = execute().await?;
        if is_fallback {
            self.made_from = None;
        }
        let outputs = self.keep(outputs).await?;
        Ok((self.codec.fill)(slot, outputs, is_fallback))
    }

    /// The outputs from the journal, if they are as good as new ones.
    async fn restored(&mut self) -> Result<Option<Outputs>, JournalError> {
        let Some(record) = self.fresh.take() else { return Ok(None) };
        let value = KeptValue { name: Arc::clone(&self.name), record: Arc::clone(&record), codec: self.codec };
        let read = self.keeping.read(vec![value]).await?;
        match read.into_iter().next() {
            Some(Ok(outputs)) => {
                self.keeping.note(self.surroundings.step, &record, false);
                Ok(Some(outputs))
            }
            Some(Err(reason)) => {
                self.keeping.run.set(&self.name, Entry::Damaged(reason));
                Ok(None)
            }
            None => Ok(None),
        }
    }

    /// Keeps new outputs, and returns them.
    async fn keep(&mut self, outputs: Outputs) -> Result<Outputs, JournalError> {
        let open = Arc::clone(&self.keeping.run);
        let (run, largest) = (Arc::clone(&open.key), open.journal.largest);
        let (name, codec, made_from) = (Arc::clone(&self.name), self.codec, self.made_from.take());
        let names = std::mem::take(&mut self.outputs);
        let is_kept = made_from.is_some();
        let written = open.journal.worker.write(move || {
            let failed = |error| JournalError::because(Action::Write, error);
            let encoded = (codec.encode)(&*outputs).map_err(failed)?;
            let of_outputs = names.into_iter().zip(&encoded).map(|((resource, value), bytes)| OutputRecord {
                resource: resource.to_owned(),
                value: value.to_owned(),
                print: Print::of_bytes(value, bytes),
                bytes: bytes.len() as u64,
            });
            let (version, inputs) = made_from.unwrap_or_default();
            let record = Record::new(version, inputs, of_outputs.collect());
            let mut entry = None;
            if is_kept {
                let value = encoded.concat();
                check_size(value.len() as u64, largest)?;
                let record = record.encode(&run, &name).map_err(failed)?;
                entry = Some(shelf::Entry { run, name, record, value });
            }
            Ok(((outputs, record), entry))
        });
        let (outputs, record) = written.await?;
        self.keeping.note(self.surroundings.step, &record, false);
        if is_kept {
            self.keeping.run.set(&self.name, Entry::Kept(Arc::new(record)));
        }
        Ok(outputs)
    }
}

/// Checks the size of the outputs of a step, in bytes.
fn check_size(bytes: u64, largest: u64) -> Result<(), JournalError> {
    if bytes > largest { Err(JournalError::new(Action::Size { bytes, largest })) } else { Ok(()) }
}

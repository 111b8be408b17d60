//! Parts of a plan: the dependents of a resource, the dependencies of a step.

use super::{InputEdge, Plan};
use crate::exec::plan::Key;
use crate::resource::Resource;
use crate::steps::Step;
use core::any::TypeId;

impl Plan {
    /// Returns the part of the plan that depends on a resource: the steps that have it as an input,
    /// the resources that they provide, the steps that have those as inputs, and so on.
    ///
    /// The result is a plan, so it can be printed and drawn in the same ways. It is empty if the
    /// plan does not have the resource.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, In, Out, Pipeline, Plan, resource, step};
    /// # resource! { Config: u8; Pool: u8; Log: u8; Users: u8; }
    /// # #[step]
    /// # fn read_config() -> Out<Config> { 1 }
    /// # #[step]
    /// # fn open_log() -> Out<Log> { 1 }
    /// # #[step]
    /// # fn connect(config: In<'_, Config>, log: In<'_, Log>) -> Out<Pool> { config + log }
    /// # #[step]
    /// # fn load_users(pool: In<'_, Pool>) -> Out<Users> { *pool }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![Connect, ReadConfig, OpenLog, LoadUsers]; }
    /// let part = Plan::of::<App>().dependents_of::<Log>();
    /// let names: Vec<_> = part.steps().iter().map(|step| step.name()).collect();
    /// assert_eq!(names, ["Connect", "LoadUsers"]);
    /// ```
    #[must_use]
    pub fn dependents_of<R: Resource>(&self) -> Plan {
        let start = self.resources.iter().position(|resource| resource.id == Key::of::<R>().id);
        let (mut steps, mut resources) = self.empty_selection();
        let mut next: Vec<usize> = start.into_iter().collect();
        while let Some(resource) = next.pop() {
            if !core::mem::replace(&mut resources[resource], true) {
                for &consumer in &self.resources[resource].consumers {
                    steps[consumer] = true;
                    next.extend(&self.steps[consumer].outputs);
                }
            }
        }
        self.subgraph(format!("dependents of {} in {}", R::name(), self.pipeline), &steps, &resources)
    }

    /// Returns the part of the plan that a step depends on: its inputs, the steps that provide
    /// them, the inputs of those, and so on, whether or not they have been computed.
    ///
    /// The result is a plan, so it can be printed and drawn in the same ways. It is empty if the
    /// plan does not have the step.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, In, Out, Pipeline, Plan, resource, step};
    /// # resource! { Config: u8; Pool: u8; Log: u8; Users: u8; }
    /// # #[step]
    /// # fn read_config() -> Out<Config> { 1 }
    /// # #[step]
    /// # fn connect(config: In<'_, Config>, log: In<'_, Log>) -> Out<Pool> { config + log }
    /// # #[step]
    /// # fn load_users(pool: In<'_, Pool>) -> Out<Users> { *pool }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![Connect, ReadConfig, LoadUsers]; }
    /// let part = Plan::of::<App>().dependencies_of::<Connect>();
    /// let names: Vec<_> = part.resources().iter().map(|resource| resource.name()).collect();
    /// assert_eq!(names, ["Config", "Log"]);
    /// ```
    #[must_use]
    pub fn dependencies_of<S: Step>(&self) -> Plan {
        let start = self.steps.iter().position(|step| step.id == TypeId::of::<S>());
        let (mut steps, mut resources) = self.empty_selection();
        let mut next: Vec<usize> = start.into_iter().collect();
        while let Some(step) = next.pop() {
            if !core::mem::replace(&mut steps[step], true) {
                for input in &self.steps[step].inputs {
                    resources[input.resource] = true;
                    next.extend(&self.resources[input.resource].providers);
                }
            }
        }
        self.subgraph(format!("dependencies of {} in {}", S::name(), self.pipeline), &steps, &resources)
    }

    /// Flags for all steps and all resources, none of them set.
    fn empty_selection(&self) -> (Vec<bool>, Vec<bool>) {
        (vec![false; self.steps.len()], vec![false; self.resources.len()])
    }

    /// The part of the plan with the selected steps and resources.
    fn subgraph(&self, title: String, steps: &[bool], resources: &[bool]) -> Plan {
        let (new_step, new_resource) = (new_indices(steps), new_indices(resources));
        let mut plan = Plan { title, target: self.target.and_then(&new_step), ..self.clone() };
        retain_selected(&mut plan.steps, steps);
        retain_selected(&mut plan.resources, resources);
        for step in &mut plan.steps {
            let inputs = step.inputs.iter();
            let inputs =
                inputs.filter_map(|input| Some(InputEdge { resource: new_resource(input.resource)?, ..*input }));
            step.inputs = inputs.collect();
            step.outputs = step.outputs.iter().filter_map(|&output| new_resource(output)).collect();
        }
        for resource in &mut plan.resources {
            resource.providers = resource.providers.iter().filter_map(|&step| new_step(step)).collect();
            resource.consumers = resource.consumers.iter().filter_map(|&step| new_step(step)).collect();
        }
        // Only the cycles of which every step is selected.
        let cycles = self.cycles.iter();
        plan.cycles = cycles.filter_map(|cycle| cycle.iter().map(|&step| new_step(step)).collect()).collect();
        plan
    }
}

/// Maps old indices to the new indices of the selected elements.
fn new_indices(selected: &[bool]) -> impl Fn(usize) -> Option<usize> {
    let mut new = 0..;
    let indices: Vec<Option<usize>> =
        selected.iter().map(|&selected| if selected { new.next() } else { None }).collect();
    move |old| indices[old]
}

/// Removes the elements that are not selected.
fn retain_selected<T>(values: &mut Vec<T>, selected: &[bool]) {
    let mut selected = selected.iter();
    values.retain(|_| selected.next() == Some(&true));
}

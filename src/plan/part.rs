//! Parts of a plan: who needs something, and what something needs.

use super::{Plan, Taken};
use crate::exec::plan::Key;
use crate::resource::Resource;
use crate::step::Step;
use core::any::TypeId;

impl Plan {
    /// Who needs `Base`? `plan.who_needs::<Base>()`: the steps that take the resource, those that take what these provide,
    /// and so on. The answer is the part of the plan that has them, so it can be shown in each way; it is empty if the
    /// resource is not in the plan.
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
    /// let part = Plan::of::<App>().who_needs::<Log>();
    /// let names: Vec<_> = part.steps().iter().map(|step| step.name()).collect();
    /// assert_eq!(names, ["Connect", "LoadUsers"]);
    /// ```
    #[must_use]
    pub fn who_needs<R: Resource>(&self) -> Plan {
        let start = self.resources.iter().position(|resource| resource.id == Key::of::<R>().id);
        let (mut steps, mut resources) = self.nothing();
        let mut next: Vec<usize> = start.into_iter().collect();
        while let Some(resource) = next.pop() {
            if !core::mem::replace(&mut resources[resource], true) {
                for &taker in &self.resources[resource].takers {
                    steps[taker] = true;
                    next.extend(&self.steps[taker].gives);
                }
            }
        }
        self.part(format!("who needs {}, in {}", R::name(), self.pipeline), &steps, &resources)
    }

    /// What does `GetDivision` need? `plan.needs_of::<GetDivision>()`: what the step takes, who provides that, what they
    /// take, and so on, whatever of it is there already. The answer is the part of the plan that has them, so it can be
    /// shown in each way; it is empty if the step is not in the plan.
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
    /// let part = Plan::of::<App>().needs_of::<Connect>();
    /// let names: Vec<_> = part.resources().iter().map(|resource| resource.name()).collect();
    /// assert_eq!(names, ["Config", "Log"]);
    /// ```
    #[must_use]
    pub fn needs_of<S: Step>(&self) -> Plan {
        let start = self.steps.iter().position(|step| step.id == TypeId::of::<S>());
        let (mut steps, mut resources) = self.nothing();
        let mut next: Vec<usize> = start.into_iter().collect();
        while let Some(step) = next.pop() {
            if !core::mem::replace(&mut steps[step], true) {
                for taken in &self.steps[step].takes {
                    resources[taken.resource] = true;
                    next.extend(&self.resources[taken.resource].providers);
                }
            }
        }
        self.part(format!("what {} needs, in {}", S::name(), self.pipeline), &steps, &resources)
    }

    /// Which steps and which resources nothing has.
    fn nothing(&self) -> (Vec<bool>, Vec<bool>) {
        (vec![false; self.steps.len()], vec![false; self.resources.len()])
    }

    /// The part that has these steps and resources.
    fn part(&self, title: String, steps: &[bool], resources: &[bool]) -> Plan {
        let (new_step, new_resource) = (renumber(steps), renumber(resources));
        let mut plan = Plan { title, target: self.target.and_then(&new_step), ..self.clone() };
        keep(&mut plan.steps, steps);
        keep(&mut plan.resources, resources);
        for step in &mut plan.steps {
            let takes = step.takes.iter();
            step.takes =
                takes.filter_map(|taken| Some(Taken { resource: new_resource(taken.resource)?, ..*taken })).collect();
            step.gives = step.gives.iter().filter_map(|&place| new_resource(place)).collect();
        }
        for resource in &mut plan.resources {
            resource.providers = resource.providers.iter().filter_map(|&place| new_step(place)).collect();
            resource.takers = resource.takers.iter().filter_map(|&place| new_step(place)).collect();
        }
        // Those that are there as a whole.
        let cycles = self.cycles.iter();
        plan.cycles = cycles.filter_map(|cycle| cycle.iter().map(|&place| new_step(place)).collect()).collect();
        plan
    }
}

/// The new places of what is kept, by the old ones.
fn renumber(kept: &[bool]) -> impl Fn(usize) -> Option<usize> {
    let mut new = 0..;
    let places: Vec<Option<usize>> = kept.iter().map(|&kept| if kept { new.next() } else { None }).collect();
    move |place| places[place]
}

/// Leaves those values which are to be kept.
fn keep<T>(values: &mut Vec<T>, kept: &[bool]) {
    let mut kept = kept.iter();
    values.retain(|_| kept.next() == Some(&true));
}

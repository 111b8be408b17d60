//! A plan as text: a tree from the targets down to what is there, and below it what is to be known at a glance.

use super::{Plan, ResourceNode, State, StepNode, Taken};
use crate::lettering::short;
use core::fmt;

/// A tree: what a step takes stands below it. What has been shown above is not shown again, but marked with `(*)`.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.title, self.summary())?;
        // The steps below which what they take stands.
        let mut shown = vec![false; self.steps.len()];
        for root in self.roots() {
            self.tree(f, root, &mut shown)?;
        }
        // What no root leads to is in a cycle that nobody outside of it needs.
        for step in 0..self.steps.len() {
            if self.goes_on(step) && !shown[step] {
                self.tree(f, step, &mut shown)?;
            }
        }
        self.notes(f)
    }
}

/// A step's input that is still to be shown below it.
struct Branch {
    /// What stands before it in the line.
    prefix: String,
    /// Whether it is the last one of its step.
    is_last: bool,
    /// The input.
    taken: Taken,
}

impl Plan {
    /// How many steps would run.
    pub(super) fn summary(&self) -> String {
        let of = |state| self.steps.iter().filter(|step| step.state == state).count();
        let steps = |count| if count == 1 { "1 step".to_owned() } else { format!("{count} steps") };
        match (of(State::Runs), of(State::Blocked)) {
            (0, 0) => "nothing to run".to_owned(),
            (0, _) => "no step can run".to_owned(),
            (runs, 0) => format!("{runs} of {} would run", steps(self.steps.len())),
            (runs, blocked) => format!("{runs} of {} would run, {blocked} cannot", steps(self.steps.len())),
        }
    }

    /// Where the tree begins: the target, or the steps of which no other would take anything.
    fn roots(&self) -> Vec<usize> {
        if let Some(target) = self.target {
            return vec![target];
        }
        let needed = |step: &StepNode| {
            let takers = step.gives.iter().flat_map(|&output| &self.resources[output].takers);
            takers.into_iter().any(|&taker| self.goes_on(taker))
        };
        (0..self.steps.len()).filter(|&step| self.goes_on(step) && !needed(&self.steps[step])).collect()
    }

    /// Whether what the step takes matters: it would run, or would if it could.
    fn goes_on(&self, step: usize) -> bool {
        matches!(self.steps[step].state, State::Runs | State::Blocked)
    }

    /// The tree below a step.
    fn tree(&self, f: &mut fmt::Formatter<'_>, root: usize, shown: &mut [bool]) -> fmt::Result {
        self.step_line(f, root)?;
        writeln!(f)?;
        let mut next = Vec::new();
        self.branch(root, "", shown, &mut next);
        // A stack, and no recursion: a chain may be long.
        while let Some(Branch { prefix, is_last, taken }) = next.pop() {
            let resource = &self.resources[taken.resource];
            write!(f, "{prefix}{}── {}", if is_last { "└" } else { "├" }, resource.name)?;
            if taken.optional {
                write!(f, ", optional")?;
            }
            let below = format!("{prefix}{}   ", if is_last { " " } else { "│" });
            match resource.providers.as_slice() {
                &[step] if matches!(resource.state, State::Runs | State::Blocked | State::Computed) => {
                    write!(f, " ← ")?;
                    if resource.state == State::Computed {
                        write!(f, "{}: computed", self.steps[step].name)?;
                    } else {
                        self.step_line(f, step)?;
                        if shown[step] && !self.steps[step].takes.is_empty() {
                            write!(f, " (*)")?;
                        }
                        self.branch(step, &below, shown, &mut next);
                    }
                }
                _ => write!(f, ": {}", resource.state)?,
            }
            writeln!(f)?;
        }
        Ok(())
    }

    /// Puts what a step takes on the stack, the first one on top.
    fn branch(&self, step: usize, prefix: &str, shown: &mut [bool], next: &mut Vec<Branch>) {
        if self.goes_on(step) && !core::mem::replace(&mut shown[step], true) {
            let takes = self.steps[step].takes.iter().enumerate().rev();
            let last = self.steps[step].takes.len().wrapping_sub(1);
            next.extend(takes.map(|(at, &taken)| Branch { prefix: prefix.to_owned(), is_last: at == last, taken }));
        }
    }

    /// A step with its state, and how long it takes if that is known.
    fn step_line(&self, f: &mut fmt::Formatter<'_>, step: usize) -> fmt::Result {
        let step = &self.steps[step];
        write!(f, "{}: {}", step.name, step.state)?;
        step.duration.map_or(Ok(()), |duration| write!(f, ", {}", short(duration)))
    }

    /// What stands below the tree: one line for each kind of thing that there is.
    fn notes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waves = self.waves().enumerate().map(|(number, wave)| format!("{}. {}", number + 1, names(&wave)));
        note(f, "starts", &waves.collect::<Vec<_>>().join("  "))?;
        let path = self.critical_path();
        if !path.is_empty() {
            let steps: Vec<_> = path.iter().map(|step| step.name).collect();
            note(f, "critical path", &format!("{}, {}", steps.join(" → "), short(self.critical_time())))?;
        }
        let skipped = self.steps.iter().filter(|step| !matches!(step.state, State::Runs | State::Blocked));
        let skipped = skipped.map(|step| format!("{} ({})", step.name, step.state));
        note(f, "skipped", &skipped.collect::<Vec<_>>().join(", "))?;
        let idle = self.resources.iter().filter(|it| it.state == State::Supplied && it.takers.is_empty());
        note(f, "supplied, and taken by nobody", &idle.map(|resource| resource.name).collect::<Vec<_>>().join(", "))?;
        for problem in self.problems() {
            writeln!(f, "{problem}")?;
        }
        Ok(())
    }

    /// Why steps cannot run, a sentence each.
    pub(super) fn problems(&self) -> Vec<String> {
        let in_state = |state| self.resources.iter().filter(move |resource| resource.state == state);
        let named = |steps: &[usize]| names(&steps.iter().map(|&step| &self.steps[step]).collect::<Vec<_>>());
        let needs = |resource: &ResourceNode| {
            let takers: Vec<_> = resource.takers.iter().copied().filter(|&taker| self.goes_on(taker)).collect();
            named(&takers)
        };
        let missing = in_state(State::Missing).map(|hole| format!("missing: {}, needed by {}", hole.name, needs(hole)));
        let twice = in_state(State::Disputed)
            .map(|resource| format!("provided twice: {}, by {}", resource.name, named(&resource.providers)));
        let cycles = self.cycles.iter().map(|cycle| {
            let mut text = format!("cycle: {}", self.steps[cycle[0]].name);
            for (at, &taker) in cycle.iter().enumerate() {
                let giver = cycle[(at + 1) % cycle.len()];
                let passed = self.passes(giver, taker).map_or("", |place| self.resources[place].name);
                let which = if at == 0 { "" } else { ", which" };
                text += &format!("{which} needs {passed} of {}", self.steps[giver].name);
            }
            text
        });
        let unregistered = self.steps.iter().filter(|step| step.is_unregistered());
        let unregistered = unregistered.map(|step| format!("not registered: {}, which stores its outputs", step.name));
        missing.chain(twice).chain(cycles).chain(unregistered).collect()
    }
}

/// A line below the tree, if there is something to say.
fn note(f: &mut fmt::Formatter<'_>, what: &str, text: &str) -> fmt::Result {
    if text.is_empty() { Ok(()) } else { writeln!(f, "{what}: {text}") }
}

/// Names of steps, as one says them: `A, B and C`.
fn names(steps: &[&StepNode]) -> String {
    let names: Vec<_> = steps.iter().map(|step| step.name).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

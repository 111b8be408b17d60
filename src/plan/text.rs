//! A plan as text: a tree from the target down to its present inputs, and a summary below the tree.

use super::{InputEdge, Plan, ResourceNode, State, StepNode};
use crate::text::one_line;
use core::fmt;
use std::borrow::Cow;

/// Prints a tree: the inputs of a step are listed below it. A subtree is printed once; after that
/// its root is marked with `(*)`. The plans for the elements of collections come last, indented.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", one_line(&self.title), self.summary())?;
        // The steps whose inputs have been printed.
        let mut shown = vec![false; self.steps.len()];
        for root in self.roots() {
            self.tree(f, root, &mut shown)?;
        }
        // The remaining steps are in cycles that no other step depends on.
        for step in 0..self.steps.len() {
            if self.goes_on(step) && !shown[step] {
                self.tree(f, step, &mut shown)?;
            }
        }
        self.notes(f)?;
        // The plan for each element, below that of the whole.
        for (_, plan) in self.fans() {
            plan.to_string().lines().try_for_each(|line| writeln!(f, "    {line}"))?;
        }
        Ok(())
    }
}

/// An input that is still to be printed.
struct Branch {
    /// The indentation of its line.
    prefix: String,
    /// Whether it is the last input of its step.
    is_last: bool,
    /// The input.
    input: InputEdge,
}

impl StepNode {
    /// The state of the step and its details, in words.
    pub(super) fn words(&self) -> String {
        let details = self.details();
        format!("{}{}{details}", self.state, if details.is_empty() { "" } else { ", " })
    }

    /// Its policy, whether its outputs are kept and whether a function closes them, and its
    /// duration, in words.
    pub(super) fn details(&self) -> String {
        let details = [
            (self.attempts > 1).then(|| format!("×{}", self.attempts)),
            self.timeout.map(|timeout| format!("{timeout:?} each")),
            self.fallback.then(|| "fallback".to_owned()),
            self.keeping().map(str::to_owned),
            self.closes.then(|| "closes".to_owned()),
            self.duration.map(|duration| format!("{duration:.2?}")),
        ];
        details.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    /// Whether its outputs are kept, in words, unless its state includes that.
    fn keeping(&self) -> Option<&'static str> {
        let word = match (self.absent, &self.stale) {
            (true, _) => "kept (absent)",
            (_, Some(_)) => "kept (stale)",
            _ => "kept",
        };
        (self.kept && self.state != State::InJournal).then_some(word)
    }

    /// Why its outputs in the journal are stale, if it would run because of that.
    pub(super) fn stale_reason(&self) -> Option<Cow<'_, str>> {
        let runs = matches!(self.state, State::Runs | State::Blocked);
        self.stale().filter(|_| runs).map(one_line)
    }
}

impl Plan {
    /// The number of steps that would run, in words.
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

    /// The roots of the tree: the target, or the steps that no other step depends on.
    fn roots(&self) -> Vec<usize> {
        if let Some(target) = self.target {
            return vec![target];
        }
        let needed = |step: &StepNode| {
            let consumers = step.outputs.iter().flat_map(|&output| &self.resources[output].consumers);
            consumers.into_iter().any(|&consumer| self.goes_on(consumer))
        };
        (0..self.steps.len()).filter(|&step| self.goes_on(step) && !needed(&self.steps[step])).collect()
    }

    /// Whether the inputs of the step matter: the step would run, at least if it was not blocked.
    fn goes_on(&self, step: usize) -> bool {
        matches!(self.steps[step].state, State::Runs | State::Blocked)
    }

    /// Prints the tree below a step.
    fn tree(&self, f: &mut fmt::Formatter<'_>, root: usize, shown: &mut [bool]) -> fmt::Result {
        self.step_line(f, root)?;
        writeln!(f)?;
        let mut next = Vec::new();
        self.branch(root, "", shown, &mut next);
        // A stack instead of recursion, because a chain may be long.
        while let Some(Branch { prefix, is_last, input }) = next.pop() {
            let resource = &self.resources[input.resource];
            write!(f, "{prefix}{}── {}", if is_last { "└" } else { "├" }, one_line(resource.name))?;
            // The name of the state `OptionalMissing` includes the word.
            if input.optional && resource.state != State::OptionalMissing {
                write!(f, ", optional")?;
            }
            let below = format!("{prefix}{}   ", if is_last { " " } else { "│" });
            match *resource.providers.as_slice() {
                [step] if matches!(resource.state, State::Runs | State::Blocked) => {
                    write!(f, " ← ")?;
                    self.step_line(f, step)?;
                    if shown[step] && !self.steps[step].inputs.is_empty() {
                        write!(f, " (*)")?;
                    }
                    self.branch(step, &below, shown, &mut next);
                }
                [step] if matches!(resource.state, State::Computed | State::InJournal) => {
                    write!(f, " ← {}: {}", one_line(self.steps[step].name), resource.state)?;
                }
                _ => write!(f, ": {}", resource.state)?,
            }
            writeln!(f)?;
        }
        Ok(())
    }

    /// Pushes the inputs of a step, the first one on top.
    fn branch(&self, step: usize, prefix: &str, shown: &mut [bool], next: &mut Vec<Branch>) {
        if self.goes_on(step) && !core::mem::replace(&mut shown[step], true) {
            let inputs = self.steps[step].inputs.iter().enumerate().rev();
            let last = self.steps[step].inputs.len().wrapping_sub(1);
            next.extend(inputs.map(|(at, &input)| Branch { prefix: prefix.to_owned(), is_last: at == last, input }));
        }
    }

    /// Prints a step, its state and its details.
    fn step_line(&self, f: &mut fmt::Formatter<'_>, step: usize) -> fmt::Result {
        let step = &self.steps[step];
        write!(f, "{}: {}", one_line(step.name), step.words())
    }

    /// Prints the lines below the tree.
    fn notes(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let levels = self.levels().enumerate().map(|(number, level)| format!("{}. {}", number + 1, names(&level)));
        note(f, "starts", &levels.collect::<Vec<_>>().join("  "))?;
        let path = self.critical_path();
        if !path.is_empty() {
            let steps: Vec<_> = path.iter().map(|step| one_line(step.name)).collect();
            note(f, "critical path", &format!("{}, {:.2?}", steps.join(" → "), self.critical_time()))?;
        }
        let skipped = self.steps.iter().filter(|step| !matches!(step.state, State::Runs | State::Blocked));
        let skipped = skipped.map(|step| format!("{} ({})", one_line(step.name), step.state));
        note(f, "skipped", &skipped.collect::<Vec<_>>().join(", "))?;
        let unused = self.resources.iter().filter(|it| it.state == State::Supplied && it.consumers.is_empty());
        note(
            f,
            "supplied, but not used",
            &unused.map(|resource| one_line(resource.name)).collect::<Vec<_>>().join(", "),
        )?;
        self.stale_steps().into_iter().chain(self.problems()).try_for_each(|line| writeln!(f, "{line}"))
    }

    /// The steps that would run because their outputs in the journal are stale, one line each.
    pub(super) fn stale_steps(&self) -> Vec<String> {
        let steps = self.steps.iter();
        let line = |step: &StepNode| Some(format!("stale: {} ({})", one_line(step.name), step.stale_reason()?));
        steps.filter_map(line).collect()
    }

    /// The reasons why steps cannot run, one line each.
    pub(super) fn problems(&self) -> Vec<String> {
        let in_state = |state| self.resources.iter().filter(move |resource| resource.state == state);
        let list = |steps: &[usize]| names(&steps.iter().map(|&step| &self.steps[step]).collect::<Vec<_>>());
        let needs = |resource: &ResourceNode| {
            let consumers: Vec<_> =
                resource.consumers.iter().copied().filter(|&consumer| self.goes_on(consumer)).collect();
            list(&consumers)
        };
        let missing = in_state(State::Missing).map(|hole| format!("missing: {}, needed by {}", hole.name, needs(hole)));
        let ambiguous = in_state(State::Ambiguous)
            .map(|resource| format!("ambiguous: {}, provided by {}", resource.name, list(&resource.providers)));
        let cycles = self.cycles.iter().map(|cycle| {
            let mut text = format!("cycle: {}", self.steps[cycle[0]].name);
            for (at, &consumer) in cycle.iter().enumerate() {
                let provider = cycle[(at + 1) % cycle.len()];
                let resource = self.shared_resource(provider, consumer).map_or("", |place| self.resources[place].name);
                let which = if at == 0 { "" } else { ", which" };
                text += &format!("{which} needs {resource} of {}", self.steps[provider].name);
            }
            text
        });
        let unregistered = self.steps.iter().filter(|step| step.is_unregistered());
        let unregistered = unregistered.map(|step| format!("not registered: {}, which stores its outputs", step.name));
        let problems = missing.chain(ambiguous).chain(cycles).chain(unregistered);
        problems.map(|problem| one_line(&problem).into_owned()).collect()
    }
}

/// Prints a line below the tree, unless it is empty.
fn note(f: &mut fmt::Formatter<'_>, what: &str, text: &str) -> fmt::Result {
    if text.is_empty() { Ok(()) } else { writeln!(f, "{what}: {text}") }
}

/// The names of steps in one phrase: `A, B and C`.
fn names(steps: &[&StepNode]) -> String {
    let names: Vec<_> = steps.iter().map(|step| one_line(step.name)).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

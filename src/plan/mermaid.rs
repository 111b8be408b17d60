//! A plan as a Mermaid flowchart, which GitHub and others draw in Markdown.

use super::style::STATES;
use super::{Plan, State};
use crate::text::{one_line, shortened};
use core::fmt::Write as _;

impl Plan {
    /// Returns the plan as a [Mermaid](https://mermaid.js.org) flowchart. Steps are boxes,
    /// resources have round ends, optional inputs are dotted lines. The plan for each element of a
    /// collection is in a box.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Plan, resource, step};
    /// # resource! { Config: u8; }
    /// # #[step]
    /// # fn read_config() -> Out<Config> { 1 }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![ReadConfig]; }
    /// let chart = Plan::of::<App>().to_mermaid();
    /// assert!(chart.starts_with("flowchart TD\n"));
    /// assert!(chart.contains("s0[\"ReadConfig<br/>runs\"]:::runs"));
    /// assert!(chart.contains("s0 --> r0"));
    /// ```
    pub fn to_mermaid(&self) -> String {
        let mut chart = String::from("flowchart TD\n");
        self.write_mermaid(&mut chart).expect("a string can be written to");
        chart
    }

    /// Writes all lines but the first.
    fn write_mermaid(&self, chart: &mut String) -> core::fmt::Result {
        writeln!(chart, "    accTitle: {}", title(&format!("{}: {}", self.title, self.summary())))?;
        let critical = self.write_nodes("", chart)?;
        self.write_each("", chart)?;
        self.write_styles(&critical, chart)
    }

    /// Writes the nodes and the edges, and returns the numbers of the critical edges. The names of
    /// the nodes begin with `prefix`, which is empty but for the plan of an element.
    fn write_nodes(&self, prefix: &str, chart: &mut String) -> Result<Vec<String>, core::fmt::Error> {
        for (number, step) in self.steps.iter().enumerate() {
            let stale = step.stale_reason().map(|reason| format!("<br/>{}", escaped(&shortened(&reason))));
            let label = format!("{}<br/>{}{}", escaped(step.name), step.words(), stale.unwrap_or_default());
            writeln!(chart, "    {prefix}s{number}[\"{label}\"]:::{}", step.state.class())?;
        }
        for (number, resource) in self.resources.iter().enumerate() {
            let state = match resource.state {
                // Its step shows the state.
                State::Runs | State::Blocked => String::new(),
                state => format!("<br/>{state}"),
            };
            let (name, class) = (escaped(resource.name), resource.state.class());
            writeln!(chart, "    {prefix}r{number}([\"{name}{state}\"]):::{class}")?;
        }
        let mut critical = Vec::new();
        for (number, edge) in self.edges().iter().enumerate() {
            let arrow = if edge.optional { "-.->" } else { "-->" };
            writeln!(chart, "    {prefix}{} {arrow} {prefix}{}", edge.from, edge.to)?;
            if edge.critical {
                critical.push(number.to_string());
            }
        }
        Ok(critical)
    }

    /// Writes the plans for the elements of collections, each in a box, with a line to its step.
    fn write_each(&self, prefix: &str, chart: &mut String) -> core::fmt::Result {
        for (number, plan) in self.fans() {
            let inner = format!("{prefix}s{number}_");
            writeln!(chart, "    subgraph {inner}[\"{}\"]", escaped(&plan.title))?;
            plan.write_nodes(&inner, chart)?;
            plan.write_each(&inner, chart)?;
            writeln!(chart, "    end")?;
            if let Some(target) = plan.target {
                writeln!(chart, "    {prefix}s{number} -.- {inner}s{target}")?;
            }
        }
        Ok(())
    }

    /// Writes the looks of critical edges, of states, and of the target.
    fn write_styles(&self, critical: &[String], chart: &mut String) -> core::fmt::Result {
        if !critical.is_empty() {
            writeln!(chart, "    linkStyle {} stroke-width:4px", critical.join(","))?;
        }
        for state in STATES.into_iter().filter(|&state| self.has(state)) {
            let style = state.style();
            let dashes = if style.dashed { ",stroke-dasharray:5 4" } else { "" };
            let (class, fill, line, ink) = (state.class(), style.fill, style.line, style.ink);
            writeln!(chart, "    classDef {class} fill:{fill},stroke:{line},color:{ink}{dashes}")?;
        }
        if let Some(target) = self.target {
            writeln!(chart, "    style s{target} stroke-width:4px")?;
        }
        Ok(())
    }
}

impl Plan {
    /// Whether any step or resource is in a state, also in the plan for an element.
    pub(super) fn has(&self, state: State) -> bool {
        self.steps.iter().any(|step| step.state == state)
            || self.resources.iter().any(|resource| resource.state == state)
            || self.fans().any(|(_, plan)| plan.has(state))
    }
}

/// Escapes text for a quoted label, with the entities of Mermaid.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in one_line(text).chars() {
        match letter {
            '#' => escaped += "#35;",
            '"' => escaped += "#quot;",
            '&' => escaped += "#amp;",
            '<' => escaped += "#lt;",
            '>' => escaped += "#gt;",
            '`' => escaped += "#96;",
            '%' => escaped += "#37;",
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Text for the title. Mermaid takes two percent signs for the begin of a comment or of a setting.
fn title(text: &str) -> String {
    one_line(text).replace("%%", "% %")
}

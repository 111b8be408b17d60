//! A plan in DOT, the language of Graphviz.

use super::style::Style;
use super::{Plan, State};
use crate::text::{one_line, shortened};
use core::fmt::Write as _;

impl Plan {
    /// Returns the plan in DOT, the language of [Graphviz](https://graphviz.org): `dot -Tpdf
    /// plan.dot`. Steps are boxes, resources are ellipses, optional inputs are dashed lines. The
    /// plan for each element of a collection is a cluster.
    ///
    /// ```
    /// # use typed_pipeliner::{HList, Out, Pipeline, Plan, resource, step};
    /// # resource! { Config: u8; }
    /// # #[step]
    /// # fn read_config() -> Out<Config> { 1 }
    /// # struct App;
    /// # impl Pipeline for App { type Steps = HList![ReadConfig]; }
    /// let dot = Plan::of::<App>().to_dot();
    /// assert!(dot.starts_with("digraph plan {\n"));
    /// assert!(dot.contains(r#"s0 [label="ReadConfig\nruns""#));
    /// assert!(dot.contains("s0 -> r0"));
    /// ```
    pub fn to_dot(&self) -> String {
        let mut dot = String::from("digraph plan {\n");
        self.write_dot("", &mut dot).expect("a string can be written to");
        dot + "}\n"
    }

    /// Writes all lines but the first and the last. The names of the nodes begin with `prefix`,
    /// which is empty but for the plan of an element.
    fn write_dot(&self, prefix: &str, dot: &mut String) -> core::fmt::Result {
        let title = escaped(&format!("{}: {}", self.title, self.summary()));
        let background = if prefix.is_empty() { " bgcolor=white" } else { " style=rounded color=\"#999999\"" };
        writeln!(dot, "    graph [label=\"{title}\" labelloc=t fontname=\"Helvetica\"{background}]")?;
        if prefix.is_empty() {
            writeln!(dot, "    node [fontname=\"Helvetica\" fontsize=11]")?;
            writeln!(dot, "    edge [color=\"#666666\" arrowsize=0.7]")?;
        }
        for (number, step) in self.steps.iter().enumerate() {
            let stale = step.stale_reason().map(|reason| format!("\\n{}", escaped(&shortened(&reason))));
            let label = format!("{}\\n{}{}", escaped(step.name), step.words(), stale.unwrap_or_default());
            let width = if self.target == Some(number) { " penwidth=3" } else { "" };
            writeln!(
                dot,
                "    {prefix}s{number} [label=\"{label}\" shape=box {}{width}]",
                attributes(step.state.style(), "rounded,")
            )?;
        }
        for (number, resource) in self.resources.iter().enumerate() {
            let state = match resource.state {
                // Its step shows the state.
                State::Runs | State::Blocked => String::new(),
                state => format!("\\n{state}"),
            };
            let label = format!("{}{state}", escaped(resource.name));
            writeln!(
                dot,
                "    {prefix}r{number} [label=\"{label}\" shape=ellipse {}]",
                attributes(resource.state.style(), "")
            )?;
        }
        for edge in self.edges() {
            let style = match (edge.optional, edge.critical) {
                (true, true) => " [style=dashed penwidth=3 color=black]",
                (true, false) => " [style=dashed]",
                (false, true) => " [penwidth=3 color=black]",
                (false, false) => "",
            };
            writeln!(dot, "    {prefix}{} -> {prefix}{}{style}", edge.from, edge.to)?;
        }
        for (number, plan) in self.fans() {
            let inner = format!("{prefix}s{number}_");
            writeln!(dot, "    subgraph cluster_{inner} {{")?;
            plan.write_dot(&inner, dot)?;
            writeln!(dot, "    }}")?;
            if let Some(target) = plan.target {
                writeln!(dot, "    {prefix}s{number} -> {inner}s{target} [style=dotted dir=none]")?;
            }
        }
        Ok(())
    }
}

/// The attributes of a node.
fn attributes(style: Style, shape: &str) -> String {
    let dashed = if style.dashed { ",dashed" } else { "" };
    let Style { fill, line, ink, .. } = style;
    format!("style=\"{shape}filled{dashed}\" fillcolor=\"{fill}\" color=\"{line}\" fontcolor=\"{ink}\"")
}

/// Escapes text for a quoted label, in which Graphviz reads the entities of HTML.
fn escaped(text: &str) -> String {
    one_line(text).replace('&', "&amp;").replace('\\', "\\\\").replace('"', "\\\"")
}

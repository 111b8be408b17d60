//! The graphs. Each consists of layers, which only some contenders need.

use std::ops::Range;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    Chain5,
    Chain100,
    Diamond4,
    /// One, a hundred, one.
    Fan102,
    /// Ten layers of ten, three inputs each, and one step that takes the last layer.
    Layers101,
    /// A → B and C → D, both → E.
    Crossed5,
}

impl Shape {
    pub(crate) const ALL: [Self; 6] =
        [Self::Chain5, Self::Chain100, Self::Diamond4, Self::Fan102, Self::Layers101, Self::Crossed5];

    /// How wide each layer is.
    fn widths(self) -> Vec<usize> {
        match self {
            Self::Chain5 => vec![1; 5],
            Self::Chain100 => vec![1; 100],
            Self::Diamond4 => vec![1, 2, 1],
            Self::Fan102 => vec![1, 100, 1],
            Self::Layers101 => vec![10, 10, 10, 10, 10, 10, 10, 10, 10, 10, 1],
            Self::Crossed5 => vec![2, 2, 1],
        }
    }
}

pub(crate) struct Graph {
    pub(crate) shape: Shape,
    /// The inputs of each step: numbers of steps before it.
    pub(crate) steps: Vec<Vec<usize>>,
    /// The steps of each layer.
    pub(crate) layers: Vec<Range<usize>>,
}

impl Graph {
    pub(crate) fn new(shape: Shape) -> Self {
        let mut graph = Self { shape, steps: Vec::new(), layers: Vec::new() };
        let mut above = 0..0;
        for width in shape.widths() {
            let layer = above.end..above.end + width;
            graph.steps.extend((0..width).map(|place| match (above.len(), width) {
                (10, 10) => [0, 1, 2].map(|next| above.start + (place + next) % 10).to_vec(),
                (2, 2) => vec![above.start + place],
                _ => above.clone().collect(),
            }));
            graph.layers.push(layer.clone());
            above = layer;
        }
        graph
    }

    pub(crate) fn name(&self) -> &'static str {
        match self.shape {
            Shape::Chain5 => "chain 5",
            Shape::Chain100 => "chain 100",
            Shape::Diamond4 => "diamond 4",
            Shape::Fan102 => "fan 1→100→1",
            Shape::Layers101 => "layers 101",
            Shape::Crossed5 => "crossed 5",
        }
    }

    /// The inputs of the last step.
    pub(crate) fn last(&self) -> &[usize] {
        &self.steps[self.steps.len() - 1]
    }

    /// The sum of the inputs of a step, from the values of all steps before it.
    pub(crate) fn input(&self, step: usize, values: &[u64]) -> u64 {
        self.steps[step].iter().map(|&input| values[input]).sum()
    }

    /// The value of the last step, which all contenders have to return.
    pub(crate) fn result(&self) -> u64 {
        let mut values = Vec::new();
        for step in 0..self.steps.len() {
            values.push(self.input(step, &values) + 1);
        }
        values[values.len() - 1]
    }
}

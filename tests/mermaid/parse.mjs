// Parses each flowchart that is given as a file, with Mermaid's own parser, and prints its nodes and edges as JSON.

import { readFileSync } from "node:fs";
import { JSDOM } from "jsdom";

// Mermaid cleans labels with DOMPurify, which wants a window, from the moment that it is loaded.
const { window } = new JSDOM("");
globalThis.window = window;
globalThis.document = window.document;
const { default: mermaid } = await import("mermaid");

mermaid.initialize({ startOnLoad: false });
const charts = [];
for (const file of process.argv.slice(2)) {
    const text = readFileSync(file, "utf8");
    await mermaid.parse(text);
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    charts.push({
        nodes: [...db.getVertices().values()].map(({ id, text, type, classes }) => ({ id, text, type, classes })),
        edges: db.getEdges().map(({ start, end, stroke }) => ({ start, end, stroke })),
    });
}
console.log(JSON.stringify(charts));

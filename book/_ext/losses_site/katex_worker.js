// Renders formulas for losses_site.py: one JSON request per input line, one JSON answer per
// output line. Called as `node katex_worker.js FOLDER`, FOLDER being the katex package.
"use strict";

const path = require("path");
const readline = require("readline");
const katex = require(path.resolve(process.argv[2], "dist", "katex.min.js"));

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const { tex, display } = JSON.parse(line);
  let answer;
  try {
    // strict: "error" also refuses what KaTeX would only guess at, such as a stray Unicode sign.
    answer = { html: katex.renderToString(tex, { displayMode: display, strict: "error" }) };
  } catch (error) {
    answer = { error: error.message };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});

// Makes the index of the search for search.py: the sections come as JSON on the input, the index goes to
// the output. Called as `node search_index.js SCRIPT …`, with the scripts that the search page loads too.
"use strict";

const fs = require("fs");
const vm = require("vm");

for (const file of process.argv.slice(2)) vm.runInThisContext(fs.readFileSync(file, "utf8"), file);
const index = vm.runInThisContext("new MiniSearch(SEARCH_OPTIONS)");
index.addAll(JSON.parse(fs.readFileSync(0, "utf8")));
process.stdout.write(JSON.stringify(index));

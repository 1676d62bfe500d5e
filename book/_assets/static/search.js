// The search page. Sphinx's searchtools.js reads the query and lists the results; what is found, and what
// is shown of a page, comes from here. The index is loaded when something is asked.
"use strict";

// A formula stands in a page three times: as MathML, as TeX, and as what is seen. An excerpt shows
// it once, as text in one line.
const lineOf = (node) => {
  const parts = Array.from(node.children, lineOf);
  const grouped = (text) => (text.length > 1 ? `(${text})` : text);
  switch (node.localName) {
    case "annotation":
      return "";
    case "mfrac":
      return `${grouped(parts[0])}/${grouped(parts[1])}`;
    case "msup":
      return `${parts[0]}^${grouped(parts[1])}`;
    case "msub":
      return `${parts[0]}_${grouped(parts[1])}`;
    case "msqrt":
      return `√${grouped(parts.join(""))}`;
    default:
      return parts.length ? parts.join("") : node.textContent;
  }
};

// What of a page is no text to search through, and what stands beside its neighbour without a space.
const LEFT_OUT = ".headerlink, .notebook-links, .search-form, script";
const APART = "td, th, li, dt, dd, summary, pre";

// Several results stand on one page, which is long: it is parsed once, and only what is shown is read.
const pages = new Map();
const mainOf = (html) => {
  if (!pages.has(html)) {
    const styles = /<style\b[^]*?<\/style>/g; // the browser would apply them, and the policy refuse
    const page = new DOMParser().parseFromString(html.replace(styles, ""), "text/html");
    pages.set(html, page.querySelector('[role="main"]'));
  }
  return pages.get(html);
};

Search.htmlToText = (html, anchor) => {
  const main = mainOf(html);
  const section = (anchor && main.querySelector(anchor)) || main;
  section.querySelectorAll(LEFT_OUT).forEach((element) => element.remove());
  section.querySelectorAll(APART).forEach((element) => element.append(" "));
  section.querySelectorAll(".katex").forEach((formula) => {
    const math = formula.querySelector("math");
    formula.replaceWith(math ? lineOf(math) : "");
  });
  return section.textContent;
};

// How much it counts where a word stands. The heading and the name of the page say what a section is
// about; a whole message, or a whole heading, is worth more than its words.
const FIELDS = { title: 2, page: 5, asked: 2, seen: 0.6, messages: 5, body: 1 };
const SIGNS = { "!": 6, "^": 2, "=": 2, "~": 1.4, "≈": 1.4 };
const PAIR = 0.7;
const SHOWN = 10;

const weightOf = (term) => SIGNS[term[0]] ?? (term.includes(" ") ? PAIR : 1);
const isWord = (term) => weightOf(term) === 1;

const sectionsFor = (query) => {
  Search.sections ??= MiniSearch.loadJS(Search._index, SEARCH_OPTIONS);
  const asked = new Set(wordsOf(query)).size || 1;
  const found = Search.sections.search(query, {
    boost: FIELDS,
    boostTerm: weightOf,
    boostDocument: (place, term, { weight }) => weight,
    bm25: { k: 1.2, b: 0.4, d: 0.5 },
  });
  for (const section of found) {
    // MiniSearch multiplies by the number of terms; the share of the words that were found is milder.
    // A name alone, such as crossentropy, is none of the words.
    const words = section.queryTerms.filter(isWord).length || 1;
    section.score *= Math.sqrt(words / asked) / section.queryTerms.length;
  }
  return found.sort((one, other) => other.score - one.score).slice(0, SHOWN);
};

Search._performSearch = (query) =>
  sectionsFor(query)
    .map(({ id, label, score }) => {
      const [page, anchor] = id.split("#");
      return [page, label, anchor ? `#${anchor}` : "", null, score, page];
    })
    .reverse(); // the last one is shown first

// A page that was opened from a disk may fetch no other page: results come without excerpts then.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;
if (new URLSearchParams(location.search).get("q")) Search.loadIndex("search-index.js");

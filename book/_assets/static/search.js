// The search page: what Sphinx's search shows of a page that it found.
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

Search.htmlToText = (html, anchor) => {
  const styles = /<style\b[^]*?<\/style>/g; // the browser would apply them, and the policy refuse
  const page = new DOMParser().parseFromString(html.replace(styles, ""), "text/html");
  page.querySelectorAll(LEFT_OUT).forEach((element) => element.remove());
  page.querySelectorAll(APART).forEach((element) => element.append(" "));
  page.querySelectorAll(".katex").forEach((formula) => {
    const math = formula.querySelector("math");
    formula.replaceWith(math ? lineOf(math) : "");
  });
  const main = page.querySelector('[role="main"]');
  return ((anchor && main.querySelector(anchor)) || main).textContent;
};

// An error message that somebody pastes has other numbers than the book's, and perhaps the words of an
// older release. The headings of the page on mistakes that fit it stand before all other results.
const MISTAKES = "overview/mistakes";
const MESSAGES = JSON.parse(document.getElementById("messages").textContent);
const SHOWN = 3;
const COMMON = /^(an?|and|be|but|error|in|is|it|loss|of|or|that|the|to|what)$/;
const KERNEL = /"[\w ]+"/g; // as in "mse_cpu" not implemented for 'Long'
const ALONE = /^(always|exactly|inf|nan|negative|\d\.\d{4})$/; // the words that are a query of their own

const wordsOf = (text) => {
  const words = text.toLowerCase().replace(KERNEL, "").match(/\d\.\d{4}|[a-z_]{2,}/g) || [];
  return words.filter((word) => !COMMON.test(word));
};

// The words and their pairs, so that their order counts, too.
const piecesOf = (words) =>
  new Set([...words, ...words.slice(1).map((word, place) => `${words[place]} ${word}`)]);

// How well a message fits a query, from 0 to 1: only if one of them is mostly in the other.
const fitOf = (message, query) => {
  const shared = [...message].filter((piece) => query.has(piece)).length;
  const most = Math.max(shared / message.size, shared / query.size) >= 0.7;
  return shared && most ? shared / Math.sqrt(message.size * query.size) : 0;
};

const headingsFor = (query) => {
  const asked = wordsOf(query);
  if (asked.length < 2 && !ALONE.test(asked[0])) return [];
  const found = Object.entries(MESSAGES).map(([heading, wordings]) => {
    const fits = wordings.map((text) => fitOf(piecesOf(wordsOf(text)), piecesOf(asked)));
    return { heading, fit: Math.max(...fits) };
  });
  found.sort((one, other) => other.fit - one.fit);
  const enough = asked.length > 1 ? 0.3 : 0.2; // a word alone is a small part of what it stands in
  return found.filter(({ fit }) => fit > enough).slice(0, SHOWN);
};

const searchedBySphinx = Search._performSearch;
Search._performSearch = (query, ...terms) => {
  const { alltitles, docnames, filenames, titles } = Search._index;
  const first = headingsFor(query).flatMap(({ heading, fit }) =>
    (alltitles[heading] || [])
      .filter(([file]) => docnames[file] === MISTAKES)
      .map(([file, id]) => [
        docnames[file],
        `${titles[file]} > ${heading}`,
        `#${id}`,
        null,
        100 * fit,
        filenames[file],
      ])
  );
  const places = new Set(first.map(([page, , anchor]) => page + anchor));
  const others = searchedBySphinx(query, ...terms);
  // The last one is shown first.
  return [...others.filter(([page, , anchor]) => !places.has(page + anchor)), ...first.reverse()];
};

// A page that was opened from a disk may fetch no other page: results come without excerpts then.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

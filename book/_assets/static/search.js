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
const LEFT_OUT = ".headerlink, .notebook-links, script";
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

// A page that was opened from a disk may fetch no other page: results come without excerpts then.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// What a reader without a mouse needs, and what a style sheet cannot do. All pages can be read without.
"use strict";

// Who comes back to a page is taken to the old place, and all that stands above must have its height.
const [visit] = performance.getEntriesByType("navigation");
if (visit && visit.type !== "navigate") document.documentElement.classList.add("whole");

// Else a section far below the screen waits until the browser has nothing else to do.
const whenIdle = globalThis.requestIdleCallback ?? setTimeout;
const layOutNext = (sections) => {
  const [next, ...rest] = sections;
  if (!next) return;
  next.style.contentVisibility = "visible";
  whenIdle(() => layOutNext(rest));
};
window.addEventListener("load", () => {
  whenIdle(() => layOutNext(document.querySelectorAll("article > section section:not(:has(section))")));
});

// Behind a link from the search, Sphinx marks the words that were sought, in the text of the page's
// styles, too: the policy then forbids those. In the head they are out of its way.
for (const style of document.querySelectorAll("article style")) document.head.append(style);

// What is wider than its box can be scrolled with the arrow keys, so the box takes the focus.
const BOXES = {
  pre: "Code or output",
  ".math-wrapper, .katex-display": "Formula",
  ".table-wrapper": "Table",
  ".output.text_html, .explanation table": "Result",
};

const canScroll = (box) => box.clientWidth > 0 && box.scrollWidth > box.clientWidth + 1;

const mark = (box, name, scrolls) => {
  const isTable = box.localName === "table"; // it has a role and a name already
  const attributes = isTable
    ? { tabindex: "0" }
    : { tabindex: "0", role: "group", "aria-label": `${name}, can be scrolled` };
  for (const [attribute, value] of Object.entries(attributes))
    if (scrolls) box.setAttribute(attribute, value);
    else box.removeAttribute(attribute);
};

// Each is looked at when it is laid out (see book.css), and when its size changes.
const markBoxes = () => {
  const names = new Map();
  const sized = new ResizeObserver((changes) => {
    // All sizes are read before the first change: the browser then lays the page out once.
    const boxes = changes.map(({ target }) => [target, names.get(target), canScroll(target)]);
    for (const box of boxes) mark(...box);
  });
  for (const [selector, name] of Object.entries(BOXES))
    for (const box of document.querySelectorAll(`article :is(${selector})`)) {
      names.set(box, name);
      sized.observe(box);
    }
};

// On a phone the contents and the page's outline are drawers. furo opens one by a label, which only a
// pointer can press; a button in its place takes the keyboard too.
const makeButton = (label) => {
  const drawer = document.getElementById(label.htmlFor);
  const button = document.createElement("button");
  button.className = label.className;
  button.setAttribute("aria-label", drawer.getAttribute("aria-label"));
  button.dataset.opens = drawer.id;
  button.append(...label.childNodes);
  button.addEventListener("click", () => drawer.click());
  const show = () => button.setAttribute("aria-expanded", drawer.checked);
  drawer.addEventListener("change", show);
  show();
  label.replaceWith(button);
};

// Escape closes an open drawer; the focus goes back to its button.
const closeDrawers = (event) => {
  if (event.key !== "Escape") return;
  for (const drawer of document.querySelectorAll(".sidebar-toggle:checked")) {
    drawer.click();
    const buttons = document.querySelectorAll(`[data-opens="${drawer.id}"]`);
    Array.from(buttons).find((button) => button.checkVisibility())?.focus();
  }
};

// An explorer and its scripts are loaded when a person asks for it: by its button, by the picture that
// it takes the place of, or by a link that carries its numbers.
const HOME = new URL("explorers/", document.currentScript.src);

const loaded = new Map();
const load = (name) => {
  const script = document.createElement("script");
  script.src = new URL(name, HOME);
  const promise = new Promise((resolve, reject) => {
    script.addEventListener("load", resolve);
    script.addEventListener("error", () => reject(new Error(`${script.src} cannot be loaded`)));
  });
  document.head.append(script);
  return promise;
};
const loadOnce = (name) => {
  if (!loaded.has(name)) loaded.set(name, load(name));
  return loaded.get(name);
};
const openExplorer = async (box) => {
  const style = document.createElement("link");
  Object.assign(style, { rel: "stylesheet", href: new URL("explorers.css", HOME) });
  if (!document.querySelector(`link[href="${style.href}"]`)) document.head.append(style);
  for (const name of ["formulas.js", "explorer.js", `${box.dataset.kind}.js`]) await loadOnce(name);
  globalThis.Explorers.open(box, box.dataset.loss);
  box.dataset.open = "";
  box.querySelector("input, select").focus({ preventScroll: true });
  box.scrollIntoView();
};
const asked = new URLSearchParams(location.hash.slice(1)).get("explore");
const boxes = document.querySelectorAll(".explorer");
document.querySelector(".cell:has(+ .explorers) img")?.addEventListener("click", () => {
  boxes[0].querySelector("button").click();
});
for (const box of boxes) {
  box.querySelector("button").addEventListener("click", () => openExplorer(box), { once: true });
  if (box.dataset.loss === asked) openExplorer(box);
}

// A section that moved: an old address leads on to where it stands now (redirects.py).
const followMoved = () => {
  const place = decodeURIComponent(location.hash.slice(1));
  const moved = new Map(Object.entries(JSON.parse(document.getElementById("moved").textContent)));
  if (moved.has(place) && !document.getElementById(place)) location.replace(moved.get(place));
};

if (document.getElementById("moved")) {
  followMoved();
  window.addEventListener("hashchange", followMoved);
}
markBoxes();
document.addEventListener("keydown", closeDrawers);
document.querySelectorAll(".nav-overlay-icon, .toc-overlay-icon").forEach(makeButton);

// What the search takes for words: the same for the index, which search_index.js makes while the site is
// built, and for what a reader types. Sphinx's language_data.js has the stemmer and its stop words.
"use strict";

const COMMON = new Set([
  ...stopwords,
  ..."an does do did has have how i my get got what when which who why your you can only should".split(" "),
  ..."would could may must now any all some than use used using while during return leads".split(" "),
  ..."error errors runtimeerror valueerror torch nn pytorch value".split(" "),
]);
// What has many names.
const ALIKE = new Map([
  ...["constant", "converg", "plateau", "stai"].map((stem) => [stem, "stuck"]),
  ...["larger", "greater", "bigger", "exceed"].map((stem) => [stem, "abov"]),
  ["infinit", "inf"],
  ["tf", "tensorflow"],
]);
const NUMBER_OR_NAME = /\d*\.\d+|[\p{L}_][\p{L}\d_]*/gu;
const HUMPS = /(?<=[a-z\d])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[ _]+/;

const foundIn = (text) => [...text.matchAll(NUMBER_OR_NAME)].map(([found]) => found);

const stemmer = new Stemmer();
const stems = new Map();
const stemOf = (word) => {
  if (!stems.has(word)) {
    const stem = stemmer.stemWord(word);
    stems.set(word, ALIKE.get(stem) ?? stem);
  }
  return stems.get(word);
};

// The words of a text, in order: CrossEntropyLoss and cross_entropy_loss are three, and numbers have
// four digits after the point, as in the book.
const wordsOf = (text) =>
  foundIn(text).flatMap((found) =>
    /^[\d.]/.test(found)
      ? [found.length > 6 ? Number(found).toFixed(4) : found.replace(/^\./, "0.")]
      : found
          .split(HUMPS)
          .flatMap((part) => part.toLowerCase().split(/(?<=..)(?=loss$)/)) // tripletloss
          .filter((part) => part.length > 1 && !COMMON.has(part))
          .map(stemOf)
  );

// Names as a whole, so that NLLLoss is not every NLL and every loss: NLLLoss, nll_loss and nll are one.
// Signs in front keep what is no single word apart from the words: a name, a heading, a message.
const nameOf = (found) => `=${found.toLowerCase().replaceAll("_", "").replace(/loss$/, "")}`;
const namesOf = (text) => foundIn(text).filter((found) => found.split(HUMPS).length > 1).map(nameOf);
const headingOf = (words) => `^${words.join(" ")}`;
const messageOf = (words) => `!${words.join(" ")}`;
// A number that was rounded, or is a little off, is found by its first three digits, or two where a
// reader gives no more. Of three, the neighbours are asked for as well.
const numbersOf = (words) => words.filter((word) => /^\d/.test(word));
const nearOf = (words) => numbersOf(words).map((word) => `~${Number(Number(word).toPrecision(3))}`);
const roughlyOf = (words) => numbersOf(words).map((word) => `≈${Number(Number(word).toPrecision(2))}`);
const neighboursOf = (word) => {
  if (/^[0.]*[1-9]?\.?\d?$/.test(word)) return roughlyOf([word]);
  const step = 10 ** (Math.floor(Math.log10(word)) - 2);
  return nearOf([word, Number(word) - step, Number(word) + step]);
};
// Two words in a row, so that their order counts.
const pairsOf = (words) => words.slice(1).map((word, place) => `${words[place]} ${word}`);

const heading = (words) => [...words, ...pairsOf(words), ...nearOf(words), ...roughlyOf(words)];

const IN_FIELD = {
  // Of a message only the order tells: its words are those of all messages.
  messages: (words) => [...pairsOf(words), messageOf(words)],
  title: (words) => [...heading(words), headingOf(words)],
  asked: heading,
  seen: heading,
  page: (words, text) => [...words, ...namesOf(text)],
  body: (words) => [...words, ...nearOf(words)],
};
const inQuery = (words, text) => [
  ...new Set([
    ...words,
    ...numbersOf(words).flatMap(neighboursOf),
    ...foundIn(text).map(nameOf),
    ...pairsOf(words),
    headingOf(words),
    messageOf(words),
  ]),
];

// Each line of a field stands for itself: no pair of words goes over its end.
const tokenize = (text, field) =>
  text.split("\n").flatMap((line) => (IN_FIELD[field] ?? inQuery)(wordsOf(line), line));

const SEARCH_OPTIONS = {
  fields: Object.keys(IN_FIELD),
  storeFields: ["label", "weight"],
  idField: "place",
  tokenize,
  processTerm: (term) => term,
};

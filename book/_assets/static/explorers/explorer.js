// What the explorers share: fields for the numbers, a drawing, the state in the address, and the call
// in Python. A kind draws and writes out; see one_number.js, classes.js and plane.js.
"use strict";

(() => {
  const { kinds } = globalThis.Explorers;
  const SVG = "http://www.w3.org/2000/svg";

  // Text ----------------------------------------------------------------------------------------
  // Four significant digits, as the book's own tables have them.
  const digits = (x) => {
    if (typeof x !== "number") return String(x);
    if (Number.isNaN(x)) return "nan";
    if (!Number.isFinite(x)) return x > 0 ? "∞" : "−∞";
    const short = Number(x.toPrecision(4));
    const [mantissa, power] = Math.abs(short) < 1e5 && (Math.abs(short) >= 1e-4 || short === 0)
      ? [String(short)]
      : short.toExponential().split("e");
    return (power === undefined ? mantissa : `${mantissa}e${Number(power)}`).replaceAll("-", "−");
  };
  // A number behind a sign of operation stands in parentheses where it is negative.
  const inner = (x) => (x < 0 ? `(${digits(x)})` : digits(x));

  // Python ---------------------------------------------------------------------------------------
  const python = (x) => {
    if (Array.isArray(x)) return `[${x.map(python).join(", ")}]`;
    if (typeof x === "boolean") return x ? "True" : "False";
    if (Number.isNaN(x) || !Number.isFinite(x)) return `float("${String(x).replace("Infinity", "inf")}")`;
    return Number.isInteger(x) && Math.abs(x) < 1e16 ? `${x}.0` : String(x);
  };

  // An option's value: a choice as it is, a number as a floating one.
  const typed = ({ choices }, value) =>
    choices && Number.isInteger(value) ? String(value) : python(value);
  // The call with all of its options, what it returns, and the slope for an input.
  const script = (name, { tensors, inputs, options, scalar = "loss", slope }) => {
    const given = [...inputs, ...options].join(", ");
    return [
      "import torch",
      "from torch.nn import functional as F",
      "from helpers import explain",
      "",
      ...tensors,
      `loss = F.${name}(${given})`,
      `${scalar}.backward()`,
      `print(loss.item(), ${slope})`,
      `explain(F.${name}, ${given})`,
    ].join("\n");
  };

  // Elements -------------------------------------------------------------------------------------
  const set = (element, attributes) => {
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return element;
  };
  const html = (tag, attributes = {}, ...children) => {
    const element = set(document.createElement(tag), attributes);
    element.append(...children);
    return element;
  };
  const svg = (tag, attributes = {}, ...children) => {
    const element = set(document.createElementNS(SVG, tag), attributes);
    element.append(...children);
    return element;
  };
  const text = (x, y, words, more = {}) => svg("text", { x, y, ...more }, words);
  const line = (x1, y1, x2, y2, name) => svg("line", { x1, y1, x2, y2, class: name });

  // Steps of 1, 2 or 5 times a power of ten, about `count` of them.
  const ticks = (low, high, count = 6) => {
    const raw = (high - low) / count;
    const power = 10 ** Math.floor(Math.log10(raw));
    const step = power * [1, 2, 5, 10].find((factor) => factor * power >= raw);
    const marks = [];
    for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1)
      marks.push(Number((i * step).toPrecision(12)));
    return marks;
  };

  // A drawing of `width` × `height` with axes from low to high; y points upwards.
  const plot = (box, { x: [left, right], y: [low, high] }, labels) => {
    const across = (x) => box.x + ((x - left) / (right - left)) * box.width;
    const up = (y) => box.y + ((high - y) / (high - low)) * box.height;
    const back = (px) => left + ((px - box.x) / box.width) * (right - left);
    const backUp = (py) => high - ((py - box.y) / box.height) * (high - low);
    const frame = svg("g", { class: "frame" });
    for (const x of ticks(left, right)) {
      frame.append(line(across(x), box.y, across(x), box.y + box.height, x === 0 ? "zero" : "grid"));
      frame.append(text(across(x), box.y + box.height + 18, digits(x), { "text-anchor": "middle" }));
    }
    for (const y of ticks(low, high, 5)) {
      frame.append(line(box.x, up(y), box.x + box.width, up(y), y === 0 ? "zero" : "grid"));
      frame.append(text(box.x - 8, up(y) + 4, digits(y), { "text-anchor": "end" }));
    }
    const below = { "text-anchor": "middle" };
    frame.append(text(box.x + box.width / 2, box.y + box.height + 38, labels.x, below));
    return { frame, across, up, back, backUp };
  };

  // What is drawn within a box and cut off at its edges.
  const inside = ({ x, y, width, height }, shapes) =>
    svg("svg", { x, y, width, height, viewBox: `${x} ${y} ${width} ${height}` }, ...shapes);

  // The state ------------------------------------------------------------------------------------
  const isList = (field) => Array.isArray(field.value);
  const lowest = (field, state) => field.least?.(state) ?? field.low;
  const parsed = (field, word, state) => {
    if (field.choices) return field.choices.find((choice) => String(choice) === word);
    const number = Number(word);
    const within = number >= lowest(field, state) && number <= field.high;
    return word.trim() !== "" && within ? number : undefined;
  };
  const fromAddress = (fields, name) => {
    const given = new URLSearchParams(location.hash.slice(1));
    const state = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    if (given.get("explore") !== name) return state;
    for (const field of fields) {
      if (!given.has(field.name)) continue;
      const words = given.get(field.name).split(",");
      const values = words.map((word) => parsed(field, word, state));
      if (values.includes(undefined)) continue;
      if (isList(field)) state[field.name] = values;
      else if (values.length === 1) [state[field.name]] = values;
    }
    return state;
  };
  const asAddress = (name, fields, state) => {
    const given = new URLSearchParams({ explore: name });
    for (const { name: field } of fields) given.set(field, String(state[field]));
    return `${location.href.split("#")[0]}#${given}`;
  };

  // Fields ---------------------------------------------------------------------------------------
  const uncapitalised = (words) => words.replaceAll("_", "_\u200b");
  const labelled = (field, id, ...controls) =>
    html("div", { class: "explorer-field" }, html("label", { for: id }, uncapitalised(field.label ?? field.name)), ...controls);

  // A number has a slider and a field that takes any number within its range.
  const numberField = (field, id, { change, state, say }) => {
    const range = { min: field.low, max: field.high, step: field.step ?? 0.05 };
    const slider = html("input", { type: "range", id, ...range });
    const number = html("input", {
      type: "number", min: field.low, max: field.high, step: "any",
      "aria-label": `${field.label ?? field.name}, as a number`,
    });
    slider.addEventListener("input", () => change(Number(slider.value)));
    number.addEventListener("input", () => {
      const value = parsed(field, number.value, state);
      number.setAttribute("aria-invalid", value === undefined);
      const range = `from ${digits(lowest(field, state))} to ${digits(field.high)}`;
      if (value === undefined) say(`${field.label ?? field.name} goes ${range}.`);
      else change(value);
    });
    number.addEventListener("blur", () => show(Number(slider.value), ""));
    const show = (value, spoken) => {
      slider.value = value;
      slider.setAttribute("aria-valuetext", `${digits(value)}. ${spoken}`);
      if (document.activeElement !== number) {
        number.value = value;
        number.setAttribute("aria-invalid", false);
      }
    };
    return { element: labelled(field, id, slider, number), show };
  };
  const choiceField = (field, id, { change, state }) => {
    const words = (choice) => (typeof choice === "boolean" ? python(choice) : digits(choice));
    const options = field.choices.map((choice) => html("option", { value: String(choice) }, words(choice)));
    const select = html("select", { id }, ...options);
    select.addEventListener("change", () => change(parsed(field, select.value)));
    const show = (value) => {
      select.value = String(value);
      options.forEach((option, n) => {
        option.disabled = Boolean(field.allowed && !field.allowed(state, field.choices[n]));
      });
    };
    return { element: labelled(field, id, select), show };
  };
  const fieldsOf = (fields, prefix, state, changed, say) =>
    fields.map((field) => {
      const make = field.choices ? choiceField : numberField;
      if (!isList(field)) {
        const change = (value) => changed({ [field.name]: value });
        const made = make(field, `${prefix}-${field.name}`, { change, state, say });
        return { elements: [made.element], show: (now, spoken) => made.show(now[field.name], spoken) };
      }
      const made = Array.from({ length: field.most ?? field.value.length }, (_, i) => {
        const one = { ...field, label: `${field.label ?? field.name} ${field.names?.[i] ?? i}` };
        const change = (value) => changed({ [field.name]: state[field.name].with(i, value) });
        return make(one, `${prefix}-${field.name}-${i}`, { change, state, say });
      });
      return {
        elements: made.map(({ element }) => element),
        show: (now, spoken) => made.forEach((one, i) => {
          one.element.hidden = i >= now[field.name].length || Boolean(field.shown && !field.shown(now, i));
          if (i < now[field.name].length) one.show(now[field.name][i], spoken);
        }),
      };
    });

  // A handle in a drawing that can be dragged, and moved by the arrow keys.
  const handle = (shape, { label, spoken, value, low, high }, move, stage) => {
    const attributes = { tabindex: 0, role: "slider", "aria-label": label, "aria-valuetext": spoken };
    set(shape, { ...attributes, "aria-valuenow": value, "aria-valuemin": low, "aria-valuemax": high });
    shape.classList.add("explorer-handle");
    const place = (event) => {
      const point = new DOMPoint(event.clientX, event.clientY);
      const { x, y } = point.matrixTransform(stage.getScreenCTM().inverse());
      move({ x, y });
    };
    shape.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      shape.focus();
      // The drawing is made anew at each move, so the window hears of the next ones.
      const stop = () => window.removeEventListener("pointermove", place);
      window.addEventListener("pointermove", place);
      window.addEventListener("pointerup", stop, { once: true });
      window.addEventListener("pointercancel", stop, { once: true });
    });
    // Else a finger that moves up or down scrolls the page.
    shape.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    shape.addEventListener("keydown", (event) => {
      const [right, up] = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key] ?? [0, 0];
      if (!right && !up) return;
      event.preventDefault();
      move({ right: right * (event.shiftKey ? 10 : 1), up: up * (event.shiftKey ? 10 : 1) });
    });
    return shape;
  };

  // One explorer ---------------------------------------------------------------------------------
  const narrow = matchMedia("(max-width: 40em)"); // a phone: less beside each other
  let count = 0;
  const open = (box, name) => {
    const spec = Object.values(kinds).map((kind) => kind(name)).find(Boolean);
    const state = fromAddress(spec.fields, name);
    count += 1;
    const stage = svg("svg", { role: "group", "aria-label": `${name}, drawn` });
    const working = html("dl", { class: "explorer-working" });
    const code = html("code");
    const copied = html("span", { role: "status" });
    const copy = html("button", { type: "button" }, "Copy as Python");
    const link = html("button", { type: "button" }, "Copy a link");
    const reset = html("button", { type: "button" }, "Start again");

    const changed = (change) => {
      copied.textContent = "";
      Object.assign(state, change);
      if (spec.settle) Object.assign(state, spec.settle(state));
      history.replaceState(null, "", asAddress(name, spec.fields, state));
      draw();
    };
    const say = (words) => {
      copied.textContent = words;
    };
    const fields = fieldsOf(spec.fields, `explorer-${count}`, state, changed, say);
    const draw = () => {
      const focused = stage.contains(document.activeElement) && document.activeElement.getAttribute("aria-label");
      const size = spec.size(narrow.matches);
      stage.setAttribute("viewBox", `0 0 ${size.width} ${size.height}`);
      const drawn = spec.draw(state, { change: changed, stage, size });
      stage.replaceChildren(...drawn.shapes);
      if (focused) stage.querySelector(`[aria-label="${focused}"]`)?.focus();
      working.replaceChildren(...drawn.lines.flatMap(([what, how]) => [html("dt", {}, what), html("dd", {}, how)]));
      code.textContent = spec.python(state);
      fields.forEach((field) => field.show(state, drawn.spoken));
    };
    const toClipboard = (words, said) => async () => {
      try {
        await navigator.clipboard.writeText(words());
        say(said);
      } catch {
        say("The browser does not allow it. Select the text and copy it.");
      }
    };
    copy.addEventListener("click", toClipboard(() => code.textContent, "The code is copied."));
    link.addEventListener("click", toClipboard(() => asAddress(name, spec.fields, state), "The link is copied."));
    reset.addEventListener("click", () => {
      changed(Object.fromEntries(spec.fields.map((field) => [field.name, field.value])));
    });
    const panel = html("div", { class: "explorer-fields" }, ...fields.flatMap(({ elements }) => elements));
    box.replaceChildren(
      html("figure", { class: "explorer-stage" }, stage, html("figcaption", {}, spec.caption)),
      panel,
      working,
      html("p", { class: "explorer-buttons" }, copy, link, reset, copied),
      html("details", {}, html("summary", {}, "The same in Python"), html("pre", {}, code)),
    );
    if (spec.settle) Object.assign(state, spec.settle(state));
    narrow.addEventListener("change", draw);
    draw();
  };

  Object.assign(globalThis.Explorers, { open, digits, inner, python, typed, script, svg, text, line, plot, inside, handle });
})();

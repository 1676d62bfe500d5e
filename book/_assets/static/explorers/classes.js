// Losses of the scores of one sample: bars to drag, what becomes of them, and where a step moves them.
"use strict";

(() => {
  const { formulas: f, digits: d, inner: i, python, typed, script, svg, text, line, plot, handle } = globalThis.Explorers;
  // The scores, and beside them, on a phone below them, what becomes of them.
  const size = (narrow) => ({
    width: narrow ? 400 : 720,
    height: narrow ? 560 : 300,
    first: { x: 46, y: 30, width: narrow ? 340 : 280, height: 220 },
    second: { x: narrow ? 46 : 400, y: narrow ? 310 : 30, width: narrow ? 340 : 290, height: 220 },
  });
  const MOST = 5; // classes
  const FEWEST = 3;
  const STEP = 0.1; // of a score
  const REACH = 4; // of the scores
  const LONGER = 4; // times the slope is an arrow

  const weights = {
    name: "weight", value: Array(MOST).fill(1), low: 0, high: 5, step: 0.1,
    shown: ({ input }, c) => c < input.length,
  };
  const classes = { name: "classes", value: FEWEST, choices: [3, 4, 5] };
  const allowed = ({ classes: count }, c) => c < count;
  const target = { name: "target", value: 0, choices: [0, 1, 2, 3, 4], allowed };
  const second = { name: "second", label: "target of a second sample", value: 1, choices: [0, 1, 2, 3, 4], allowed };
  const scores = (value, low = -REACH, high = REACH) => ({
    name: "input", value, low, high, step: STEP, most: MOST,
  });
  const total = (numbers) => numbers.reduce((all, x) => all + x, 0);
  const each = (numbers) => numbers.map(i).join(" + ");

  // For each loss: its numbers; `right` are the bars beside the scores, with their name.
  const LOSSES = {
    cross_entropy: {
      input: scores([2, 0.5, -1]),
      options: [weights, { name: "label_smoothing", value: 0, low: 0, high: 1 }],
      temperature: { name: "temperature", label: "scores divided by", value: 1, low: 0.1, high: 5, step: 0.1 },
      right: (input) => ({ name: "softmax p", bars: f.softmax(input) }),
      written(input, y, { weight, label_smoothing: smoothing }) {
        const log_p = f.log_softmax(input);
        const lines = [["p of the target", `exp(${d(input[y])})/(${each(input.map(Math.exp))}) = ${d(Math.exp(log_p[y]))}`]];
        const own = `${d(weight[y])}·${d(-log_p[y])}`;
        lines.push(["weight · −log p", `${own} = ${d(-weight[y] * log_p[y])}`]);
        if (!smoothing) return lines;
        const all = log_p.map((log, c) => -log * weight[c]);
        const mean = total(all) / all.length;
        lines.push(["mean over classes", `(${each(all)})/${all.length} = ${d(mean)}`]);
        lines.push(["smoothed", `${d(1 - smoothing)}·${d(-weight[y] * log_p[y])} + ${d(smoothing)}·${d(mean)}`]);
        return lines;
      },
      divisor: (state) => state.weight[state.target] + state.weight[state.second],
      divides: (state) => `${d(state.weight[state.target])} + ${d(state.weight[state.second])}`,
      what: "the weights of the two targets",
    },
    nll_loss: {
      input: scores([-0.2, -2, -3], -6, 1),
      options: [weights],
      right: (input) => ({ name: "exp(input)", bars: input.map(Math.exp) }),
      written: (input, y, { weight }) => [
        ["−weight · input[target]", `−${d(weight[y])}·${i(input[y])}`],
        ["sum of exp(input)", `${each(input.map(Math.exp))} = ${d(total(input.map(Math.exp)))}; of log-probabilities it is 1`],
      ],
      divisor: (state) => state.weight[state.target] + state.weight[state.second],
      divides: (state) => `${d(state.weight[state.target])} + ${d(state.weight[state.second])}`,
      what: "the weights of the two targets",
    },
    multi_margin_loss: {
      input: scores([1, 0.5, -1]),
      options: [{ name: "p", value: 1, choices: [1, 2] }, { name: "margin", value: 1, low: 0, high: 3 }, weights],
      right: (input, y, { margin }) => ({
        name: "shortfall",
        bars: input.map((x, c) => (c === y ? 0 : Math.max(0, margin - input[y] + x))),
      }),
      written(input, y, { margin, p, weight }) {
        const short = input.map((x) => margin - input[y] + x);
        const others = short.map((_, c) => c).filter((c) => c !== y);
        const parts = others.map((c) => `max(0, ${d(short[c])})${p === 2 ? "²" : ""}`);
        return [
          ...others.map((c) => [`class ${c} falls short by`, `${d(margin)} − ${i(input[y])} + ${i(input[c])} = ${d(short[c])}`]),
          ["weight · sum / classes", `${d(weight[y])}·(${parts.join(" + ")})/${input.length}`],
        ];
      },
      divisor: () => 2,
      divides: () => "2",
      what: "the number of samples, whatever the weights",
    },
  };

  // The options as the formulas take them.
  const chosen = (spec, state) =>
    Object.fromEntries(spec.options.map(({ name }) => [name, state[name]]));
  const scaled = (state) => state.input.map((x) => x / (state.temperature ?? 1));

  const bars = (axes, values, name, label) =>
    values.flatMap((value, c) => {
      const [y, zero] = [axes.up(value), axes.up(0)];
      const x = axes.across(c + 0.5);
      return [
        svg("rect", { x: x - 17, width: 34, y: Math.min(y, zero), height: Math.abs(y - zero), class: `bar ${name}` }),
        text(x, Math.min(y, zero) - 9, label(value), { "text-anchor": "middle" }),
      ];
    });

  // An arrow beside a bar: where a step against the gradient moves the score.
  const arrow = (axes, c, from, by, { low, high }) => {
    if (!by) return [];
    const x = axes.across(c + 0.5) + 24;
    const [start, end] = [axes.up(from), axes.up(Math.min(Math.max(from + by, low), high))];
    const tip = end < start ? 7 : -7;
    return [
      line(x, start, x, end, "push"),
      svg("path", { class: "push", d: `M${x - 5} ${end + tip}L${x} ${end}L${x + 5} ${end + tip}` }),
    ];
  };

  const numbered = (axes, box, count, target) =>
    Array.from({ length: count }, (_, c) =>
      text(axes.across(c + 0.5), box.y + box.height + 18, c === target ? `${c} (target)` : String(c), {
        "text-anchor": "middle", class: c === target ? "target" : "",
      }));

  // Axes of which the horizontal one has classes, no numbers.
  const axesOf = (box, count, [low, high], title) => {
    const axes = plot(box, { x: [0, count], y: [low, high] }, { x: "" });
    axes.frame.querySelectorAll("[text-anchor=middle], .grid[y1='" + box.y + "']").forEach((mark) => mark.remove());
    axes.frame.append(text(box.x, box.y - 12, title));
    return axes;
  };

  const draw = (name, spec, state, { change, stage, size: { first, second: beside } }) => {
    const input = scaled(state);
    const options = chosen(spec, state);
    const { target: y } = state;
    const loss = f[name](input, y, options);
    // The temperature divides the scores, and so the slope.
    const slope = f[`${name}_grad`](input, y, options).map((g) => g / (state.temperature ?? 1));
    const count = input.length;
    const left = axesOf(first, count, [spec.input.low, spec.input.high], spec.temperature ? "scores (input)" : "input");
    const shown = spec.right(input, y, options);
    const most = Math.max(1, ...shown.bars) * 1.1;
    const right = axesOf(beside, count, [0, most], shown.name);
    const spoken = `Loss ${d(loss)}`;
    const move = (c) => (to) => {
      const wanted = to.y === undefined ? state.input[c] + STEP * (to.up + to.right) : left.backUp(to.y);
      const rounded = Number((Math.round(wanted / STEP) * STEP).toFixed(6));
      change({ input: state.input.with(c, Math.min(Math.max(rounded, spec.input.low), spec.input.high)) });
    };
    const grips = state.input.map((x, c) => handle(
      svg("rect", { x: left.across(c + 0.5) - 17, y: left.up(x) - 6, width: 34, height: 12, rx: 4, class: "score" }),
      { label: `score of class ${c}`, spoken: `${d(x)}. ${spoken}, slope ${d(slope[c])}`, value: x, low: spec.input.low, high: spec.input.high },
      move(c),
      stage,
    ));
    const other = f[name](Array(count).fill(0).map(() => (name === "nll_loss" ? -Math.log(count) : 0)), state.second, options);
    const divisor = spec.divisor(state);
    return {
      spoken,
      shapes: [
        left.frame, ...bars(left, state.input, "score", d), ...slope.flatMap((g, c) => arrow(left, c, state.input[c], LONGER * -g, spec.input)),
        ...grips, ...numbered(left, first, count, y),
        right.frame, ...bars(right, shown.bars, "result", d), ...numbered(right, beside, count, y),
      ],
      lines: [
        ...spec.written(input, y, options),
        ["loss", d(loss)],
        ["gradient", `(${slope.map(d).join(", ")}); the arrows point the other way, where a step moves the scores`],
        [
          "mean of a batch of two",
          `a second sample with equal scores and target ${state.second} costs ${d(other)}. Their mean is ` +
            `(${d(loss)} + ${i(other)})/(${spec.divides(state)}) = ${d(divisor ? (loss + other) / divisor : NaN)}: ` +
            `it divides by ${spec.what}`,
        ],
      ],
    };
  };

  // Fewer or more classes: the scores that are not there are 0; a target stays within the classes.
  const settle = (spec) => (state) => {
    const fresh = spec.input.high < REACH ? -3 : 0; // a small log-probability
    const input = Array.from({ length: state.classes }, (_, c) => state.input[c] ?? fresh);
    const within = (c) => Math.min(c, state.classes - 1);
    return { input, target: within(state.target), second: within(state.second) };
  };

  const call = (name, spec, state) =>
    script(name, {
      tensors: [
        `scores = torch.tensor([${python(state.input)}], requires_grad=True)`,
        `input = scores${spec.temperature ? ` / ${python(state.temperature)}` : ""}`,
        `target = torch.tensor([${state.target}])`,
      ],
      inputs: ["input", "target"],
      options: [
        ...spec.options.map((option) => {
          return option === weights
            ? `weight=torch.tensor(${python(state.weight.slice(0, state.classes))})`
            : `${option.name}=${typed(option, state[option.name])}`;
        }),
        'reduction="sum"',
      ],
      slope: "scores.grad",
    });

  globalThis.Explorers.kinds.classes = (name) => {
    const spec = LOSSES[name];
    return spec && {
      size,
      fields: [classes, target, spec.input, ...spec.options, ...(spec.temperature ? [spec.temperature] : []), second],
      settle: settle(spec),
      caption: "Drag a bar by its end, or move a slider. The arrows show where a step of training moves each score, four times as long as the slope.",
      draw: (state, tools) => draw(name, spec, state, tools),
      python: (state) => call(name, spec, state),
    };
  };
})();

// Losses of one number: the loss and its slope along the prediction, with the point at its value.
"use strict";

(() => {
  const { formulas: f, digits: d, inner: i, python, typed, script, svg, text, plot, inside, handle } = globalThis.Explorers;
  const size = (narrow) => ({
    width: narrow ? 400 : 720,
    height: 340,
    box: { x: 46, y: 16, width: narrow ? 300 : 610, height: 270 },
  });
  const POINTS = 400;

  const number = (name, value, low, high, more = {}) => ({ name, value, low, high, ...more });
  const choice = (name, value, ...choices) => ({ name, value, choices });
  const full = choice("full", false, false, true);
  const ERROR = [number("input", 2, -4, 4), number("target", 0, -4, 4)];

  // For each loss: its arguments in torch's order, which of them the picture runs along, its options,
  // and the sum with the numbers in it: [of the loss, of the slope].
  const LOSSES = {
    l1_loss: {
      inputs: ERROR,
      options: [],
      written: ({ input, target }) => [
        `|${d(input)} − ${i(target)}|`,
        `sign of input − target = sign of ${d(input - target)}`,
      ],
    },
    mse_loss: {
      inputs: ERROR,
      options: [],
      written: ({ input, target }) => [
        `(${d(input)} − ${i(target)})² = ${i(input - target)}²`,
        `2·(input − target) = 2·${i(input - target)}`,
      ],
    },
    smooth_l1_loss: {
      inputs: ERROR,
      options: [number("beta", 1, 0, 3)],
      written: ({ input, target, beta }) => {
        const size = Math.abs(input - target);
        return size < beta
          ? [`as |d| < beta: d²/(2·beta) = ${d(size)}²/(2·${d(beta)})`, `d/beta = ${d(input - target)}/${d(beta)}`]
          : [`as |d| ≥ beta: |d| − beta/2 = ${d(size)} − ${d(beta / 2)}`, `sign of d = sign of ${d(input - target)}`];
      },
    },
    huber_loss: {
      inputs: ERROR,
      options: [number("delta", 1, 0.05, 3)],
      written: ({ input, target, delta }) => {
        const size = Math.abs(input - target);
        return size < delta
          ? [`as |d| < delta: d²/2 = ${d(size)}²/2`, `d = ${d(input)} − ${i(target)}`]
          : [
              `as |d| ≥ delta: delta·(|d| − delta/2) = ${d(delta)}·(${d(size)} − ${d(delta / 2)})`,
              `d = ${d(input - target)}, held between −delta and delta:`,
            ];
      },
    },
    binary_cross_entropy: {
      inputs: [number("input", 0.8, 0, 1, { step: 0.005 }), number("target", 1, 0, 1)],
      options: [],
      highest: 6,
      written: ({ input, target }) => {
        const [log_p, log_q] = f.held_logs(input);
        return [
          `−(y·log p + (1 − y)·log(1 − p)) = −(${d(target)}·${i(log_p)} + ${d(1 - target)}·${i(log_q)})`,
          `(p − y)/(p·(1 − p)) = ${d(input - target)}/${d(Math.max(input * (1 - input), 1e-12))}`,
        ];
      },
    },
    binary_cross_entropy_with_logits: {
      inputs: [number("input", 2, -6, 6), number("target", 1, 0, 1)],
      options: [number("pos_weight", 1, 0.1, 10)],
      written: ({ input, target, pos_weight }) => {
        const factor = 1 + (pos_weight - 1) * target;
        return [
          `(1 − y)·x − (1 + (pos_weight − 1)·y)·log σ(x) = ${d(1 - target)}·${i(input)} − ${d(factor)}·${i(f.log_sigmoid(input))}`,
          `(1 + (pos_weight − 1)·y)·σ(x) − pos_weight·y = ${d(factor)}·${d(f.sigmoid(input))} − ${d(pos_weight * target)}`,
        ];
      },
    },
    soft_margin_loss: {
      inputs: [number("input", 2, -6, 6), choice("target", -1, 1, -1)],
      options: [],
      written: ({ input, target }) => {
        const power = Math.exp(-target * input);
        return [
          `log(1 + exp(−y·x)) = log(1 + ${d(power)})`,
          `−y·exp(−y·x)/(1 + exp(−y·x)) = ${d(-target)}·${d(power)}/${d(1 + power)}`,
        ];
      },
    },
    margin_ranking_loss: {
      inputs: [number("input1", 0.5, -4, 4), number("input2", 0, -4, 4), choice("target", 1, 1, -1)],
      options: [number("margin", 1, 0, 3)],
      written: ({ input1, input2, target, margin }) => {
        const missing = margin - target * (input1 - input2);
        return [
          `max(0, margin − y·(x₁ − x₂)) = max(0, ${d(margin)} − ${i(target)}·${i(input1 - input2)}) = max(0, ${d(missing)})`,
          missing >= 0 ? "−y" : "nothing is missing to the margin:",
          missing >= 0 ? "y" : "nothing is missing to the margin:",
        ];
      },
    },
    hinge_embedding_loss: {
      inputs: [number("input", 0.4, -1, 4), choice("target", -1, 1, -1)],
      options: [number("margin", 1, 0, 3)],
      written: ({ input, target, margin }) =>
        target === 1
          ? ["as y = 1, the distance itself:", "as y = 1:"]
          : [
              `as y = −1: max(0, margin − x) = max(0, ${d(margin)} − ${i(input)})`,
              margin >= input ? "the loss falls as the distance grows:" : "the distance is beyond the margin:",
            ],
    },
    poisson_nll_loss: {
      // Without log_input the input is a rate, which is not below 0.
      inputs: [number("input", 1, -2, 4, { least: ({ log_input }) => (log_input ? -2 : 0) }), number("target", 2, 0, 12, { step: 1 })],
      options: [choice("log_input", true, true, false), full],
      span: ({ log_input }) => (log_input ? [-2, 3] : [0.02, 4]),
      settle: ({ input, log_input }) => ({ input: log_input ? input : Math.max(input, 0) }),
      written: ({ input, target, log_input, full: whole }) => {
        const more = whole ? ` + ${d(f.stirling(target))} for log(y!), by Stirling where y > 1` : "";
        return log_input
          ? [`exp(x) − y·x = ${d(Math.exp(input))} − ${d(target)}·${i(input)}${more}`, `exp(x) − y = ${d(Math.exp(input))} − ${d(target)}`]
          : [
              `x − y·log(x + eps) = ${d(input)} − ${d(target)}·${i(Math.log(input + 1e-8))}${more}`,
              `1 − y/(x + eps) = 1 − ${d(target / (input + 1e-8))}`,
            ];
      },
    },
    gaussian_nll_loss: {
      inputs: [number("input", 1, -4, 4), number("target", 0, -4, 4), number("var", 1, 0.01, 6, { step: 0.01 })],
      slopes: ["input", "var"],
      options: [full],
      written: ({ input, target, var: v, full: whole }) => [
        `(log v + (x − y)²/v)/2 = (${d(Math.log(v))} + ${d((input - target) ** 2)}/${d(v)})/2${whole ? " + log(2π)/2" : ""}`,
        `(x − y)/v = ${d(input - target)}/${d(v)}`,
        `(1 − (x − y)²/v)/(2·v) = (1 − ${d((input - target) ** 2 / v)})/${d(2 * v)}`,
      ],
    },
  };

  const values = (fields, state) => fields.map(({ name }) => state[name]);
  const chosen = (fields, state) => Object.fromEntries(fields.map(({ name }) => [name, state[name]]));

  // The loss, the slope along the first input, and those of all inputs that have one.
  const computed = (name, { inputs, options }, state) => {
    const loss = f[name](...values(inputs, state), chosen(options, state));
    const slopes = [f[`${name}_grad`](...values(inputs, state), chosen(options, state))].flat();
    return { loss, slope: slopes[0], slopes };
  };

  const path = (points, { across, up }, [low, high]) => {
    const held = (y) => Math.min(Math.max(y, low - (high - low)), high + (high - low));
    return points
      .filter(([, y]) => Number.isFinite(y))
      .map(([x, y], n) => `${n ? "L" : "M"}${across(x).toFixed(1)} ${up(held(y)).toFixed(1)}`)
      .join("");
  };

  // Curves that would meet the same place have their names one above the other.
  const apart = (first, second) => {
    const gap = 16 - Math.abs(first - second);
    if (gap <= 0) return [first, second];
    return first <= second ? [first - gap / 2, second + gap / 2] : [first + gap / 2, second - gap / 2];
  };

  const draw = (name, spec, state, { change, stage, size: { box } }) => {
    const [along] = spec.inputs;
    const [left, right] = spec.span?.(state) ?? [along.low, along.high];
    const places = Array.from({ length: POINTS + 1 }, (_, n) => left + ((right - left) * n) / POINTS);
    const curve = places.map((x) => ({ x, ...computed(name, spec, { ...state, [along.name]: x }) }));
    const now = computed(name, spec, state);
    const heights = curve.flatMap(({ loss, slope }) => [loss, slope]).filter(Number.isFinite);
    const most = spec.highest ?? 8;
    const shown = [now.loss, now.slope].filter(Number.isFinite);
    const low = Math.min(Math.max(Math.min(0, ...heights), -most), ...shown) - 0.2;
    const high = Math.max(Math.min(Math.max(1, ...heights), most), ...shown) + 0.2;
    const axes = plot(box, { x: [left, right], y: [low, high] }, { x: along.name });
    const x = axes.across(Math.min(Math.max(state[along.name], left), right));
    const held = (y) => axes.up(Math.min(Math.max(y, low), high));
    const end = curve.at(-1);
    const [lossName, slopeName] = apart(held(end.loss), held(end.slope));
    const spoken = `Loss ${d(now.loss)}, slope ${d(now.slope)}`;
    const move = (to) => {
      const step = along.step ?? 0.05;
      const wanted = to.x === undefined ? state[along.name] + step * (to.right + to.up) : axes.back(to.x);
      const rounded = Number((Math.round(wanted / step) * step).toFixed(6));
      change({ [along.name]: Math.min(Math.max(rounded, along.low), along.high) });
    };
    const attributes = { label: `the point at ${along.name}`, spoken: `${d(state[along.name])}. ${spoken}` };
    const limits = { value: state[along.name], low: along.low, high: along.high };
    const grip = svg("circle", { cx: x, cy: Number.isNaN(now.loss) ? axes.up(0) : held(now.loss), r: 9, class: "loss" });
    return {
      spoken,
      shapes: [
        axes.frame,
        inside(box, [
          svg("path", { class: "curve loss", d: path(curve.map((p) => [p.x, p.loss]), axes, [low, high]) }),
          svg("path", { class: "curve slope", d: path(curve.map((p) => [p.x, p.slope]), axes, [low, high]) }),
        ]),
        svg("line", { x1: x, x2: x, y1: box.y, y2: box.y + box.height, class: "here" }),
        svg("rect", { x: x - 5, y: (Number.isNaN(now.slope) ? axes.up(0) : held(now.slope)) - 5, width: 10, height: 10, class: "slope" }),
        handle(grip, { ...attributes, ...limits }, move, stage),
        text(box.x + box.width + 8, lossName + 4, "loss", { class: "loss" }),
        text(box.x + box.width + 8, slopeName + 4, "slope", { class: "slope" }),
      ],
      lines: spec.written(state).map((sum, n) => [
        n ? `slope for ${(spec.slopes ?? spec.inputs.map((input) => input.name))[n - 1]}` : "loss",
        `${sum}${sum.endsWith(":") ? "" : " ="} ${d(n ? now.slopes[n - 1] : now.loss)}`,
      ]),
    };
  };

  const call = (name, { inputs, options }, state) =>
    script(name, {
      tensors: inputs.map(({ name: input }, n) => {
        return `${input} = torch.tensor([${python(state[input])}]${n ? "" : ", requires_grad=True"})`;
      }),
      inputs: inputs.map(({ name: input }) => input),
      options: options.map((option) => {
        const value = typed(option, state[option.name]);
        return `${option.name}=${option.name === "pos_weight" ? `torch.tensor([${value}])` : value}`;
      }),
      slope: `${inputs[0].name}.grad.item()`,
    });

  globalThis.Explorers.kinds.one_number = (name) => {
    const spec = LOSSES[name];
    return spec && {
      size,
      fields: [...spec.inputs, ...spec.options],
      settle: spec.settle,
      caption: "Drag the point, or move a slider. The round mark is the loss, the square one its slope.",
      draw: (state, tools) => draw(name, spec, state, tools),
      python: (state) => call(name, spec, state),
    };
  };
})();

// Losses of vectors: points in the plane to drag, the margin around them, and their pushes and pulls.
"use strict";

(() => {
  const { formulas: f, digits: d, inner: i, python, typed, script, svg, text, line, plot, inside, handle } = globalThis.Explorers;
  const REACH = 3;
  const BOX = { x: 40, y: 16, width: 400, height: 400 }; // as wide as high: a circle is one
  const UNIT = BOX.width / (2 * REACH);
  const STEP = 0.05;

  const point = (name, x, y) => ({ name, value: [x, y], names: ["x", "y"], low: -REACH, high: REACH });
  const number = (name, value, low, high) => ({ name, value, low, high });
  const choice = (name, value, ...choices) => ({ name, value, choices });
  const norms = choice("p", 2, 1, 2, Infinity);
  const SIGN = { 1: "Σ|d|", 2: "√Σd²", Infinity: "largest |d|" };

  // The points at a distance of a place in the norm p.
  const ring = (axes, [x, y], distance, p, name) => {
    const [cx, cy, r] = [axes.across(x), axes.up(y), Math.max(distance, 0) * UNIT];
    if (p === 2) return svg("circle", { cx, cy, r, class: name });
    if (p === 1) return svg("path", { d: `M${cx - r} ${cy}L${cx} ${cy - r}L${cx + r} ${cy}L${cx} ${cy + r}Z`, class: name });
    return svg("rect", { x: cx - r, y: cy - r, width: 2 * r, height: 2 * r, class: name });
  };
  const segment = (axes, a, b, name) => line(axes.across(a[0]), axes.up(a[1]), axes.across(b[0]), axes.up(b[1]), name);
  const arrow = (axes, from, by, name) => {
    const size = Math.hypot(...by);
    if (!(size > 1e-9)) return [];
    const to = [from[0] + by[0], from[1] + by[1]];
    const [ux, uy] = [(by[0] / size) * 9, (-by[1] / size) * 9];
    const [x, y] = [axes.across(to[0]), axes.up(to[1])];
    const head = `M${x - ux - uy / 2} ${y - uy + ux / 2}L${x} ${y}L${x - ux + uy / 2} ${y - uy - ux / 2}`;
    return [segment(axes, from, to, name), svg("path", { d: head, class: name })];
  };
  const vector = (v) => `(${v.map(d).join(", ")})`;
  const opposite = (v) => v.map((x) => -x);

  // For each loss: its points, its options, its targets; the drawing behind the points; the sum.
  const LOSSES = {
    pairwise_distance: {
      points: [point("x1", -1, -0.5), point("x2", 1, 1)],
      options: [norms],
      behind: (axes, { x1, x2, p }, distance) => [
        ring(axes, x1, distance, p, "ring"),
        segment(axes, x1, x2, "between"),
      ],
      written: ({ x1, x2, p }, value) => [
        ["difference d", `${vector(x1)} − ${vector(x2)} = ${vector([x1[0] - x2[0], x1[1] - x2[1]])}`],
        ["distance", `${SIGN[p]} = ${d(value)} (torch adds eps = 1e-6 to each difference)`],
      ],
      arrows: "The arrows show where a step that makes the distance smaller moves the points.",
    },
    cosine_embedding_loss: {
      points: [point("input1", 2, 0.5), point("input2", 0.5, 1.5)],
      targets: [choice("target", 1, 1, -1)],
      options: [number("margin", 0, -1, 1)],
      behind(axes, { input1, input2, target, margin }) {
        const angle = Math.atan2(input1[1], input1[0]);
        const far = 2 * REACH;
        const edges = [1, -1].map((side) => angle + side * Math.acos(margin));
        const ends = edges.map((a) => [far * Math.cos(a), far * Math.sin(a)]);
        const cone = target === -1 ? ends.map((end) => segment(axes, [0, 0], end, "ring")) : [];
        return [...cone, segment(axes, [0, 0], input1, "between"), segment(axes, [0, 0], input2, "between")];
      },
      written({ input1, input2, target, margin }) {
        const c = f.cosine(input1, input2);
        const product = input1.map((x, n) => x * input2[n]);
        return [
          ["cosine", `(${product.map(i).join(" + ")})/(${d(Math.hypot(...input1))}·${d(Math.hypot(...input2))}) = ${d(c)}`],
          ["loss", target === 1 ? `1 − cosine, as the pair belongs together` : `max(0, cosine − margin) = max(0, ${d(c)} − ${i(margin)})`],
        ];
      },
      arrows: "The arrows show where a step moves the vectors: they turn, and keep their length at first. Dashed: the angle of the margin.",
    },
    triplet_margin_loss: {
      points: [point("anchor", -0.5, 0), point("positive", 0.6, 0.7), point("negative", 1.3, -0.6)],
      options: [number("margin", 1, 0.05, 3), norms, choice("swap", false, false, true)],
      behind(axes, { anchor, positive, negative, p, margin, swap }) {
        const { near, far, other } = f.triplet_distances(anchor, positive, negative, { p, swap });
        const swapped = other < far;
        return [
          ring(axes, swapped ? positive : anchor, near + margin, p, "zone"),
          ring(axes, swapped ? positive : anchor, near, p, "ring"),
          segment(axes, anchor, positive, "between"),
          segment(axes, swapped ? positive : anchor, negative, "between"),
        ];
      },
      written({ anchor, positive, negative, p, margin, swap }, value) {
        const { near, far, other } = f.triplet_distances(anchor, positive, negative, { p, swap });
        const least = Math.min(far, other);
        const to = other < far ? "the positive" : "the anchor";
        const zone = least < near ? `hard: the negative is nearer to ${to} than anchor and positive to each other`
          : least < near + margin ? `semi-hard: the negative is farther from ${to}, but within the margin`
          : "easy: the negative is beyond the margin, and nothing moves";
        return [
          ["d(anchor, positive)", d(near)],
          ["d(anchor, negative)", d(far)],
          ...(swap ? [["d(positive, negative)", `${d(other)}; with swap the smaller of the two counts`]] : []),
          ["loss", `max(0, margin + d(a, p) − d(${other < far ? "p" : "a"}, n)) = max(0, ${d(margin)} + ${d(near)} − ${d(least)})`],
          ["the triplet is", zone],
        ];
      },
      arrows: "The arrows show where a step moves the points. A negative within the inner ring is hard, between the rings semi-hard, outside easy.",
    },
  };

  const draw = (name, spec, state, { change, stage }) => {
    const given = [...spec.points, ...(spec.targets ?? [])].map((field) => state[field.name]);
    const options = Object.fromEntries(spec.options.map((field) => [field.name, state[field.name]]));
    const loss = f[name](...given, options);
    const slopes = f[`${name}_grad`](...given, options);
    const axes = plot(BOX, { x: [-REACH, REACH], y: [-REACH, REACH] }, { x: "" });
    const what = name === "pairwise_distance" ? "distance" : "loss";
    const spoken = `${what} ${d(loss)}`;
    const move = (field) => (to) => {
      const now = state[field.name];
      const wanted = to.x === undefined
        ? [now[0] + STEP * to.right, now[1] + STEP * to.up]
        : [axes.back(to.x), axes.backUp(to.y)];
      const held = wanted.map((x) => Math.min(Math.max(Math.round(x / STEP) * STEP, -REACH), REACH));
      change({ [field.name]: held.map((x) => Number(x.toFixed(6))) });
    };
    const shapes = spec.points.flatMap((field, n) => {
      const [x, y] = state[field.name];
      const grip = svg("circle", { cx: axes.across(x), cy: axes.up(y), r: 9, class: `point-${n}` });
      const said = { label: field.name, spoken: `${d(x)}, ${d(y)}. ${spoken}`, value: x, low: -REACH, high: REACH };
      return [
        ...arrow(axes, [x, y], opposite(slopes[n]), "push"),
        handle(grip, said, move(field), stage),
        text(axes.across(x) + 12, axes.up(y) + (n ? -10 : 22), field.name, { class: `point-${n}` }),
      ];
    });
    return {
      spoken,
      shapes: [axes.frame, inside(BOX, spec.behind(axes, state, loss)), ...shapes],
      lines: [
        ...spec.written(state, loss).map(([label, sum]) => [label, label === "loss" ? `${sum} = ${d(loss)}` : sum]),
        ...spec.points.map((field, n) => [`gradient for ${field.name}`, vector(slopes[n])]),
      ],
    };
  };

  const call = (name, { points, targets = [], options }, state) =>
    script(name, {
      tensors: [
        ...points.map((field) => {
          return `${field.name} = torch.tensor([${python(state[field.name])}], requires_grad=True)`;
        }),
        ...targets.map((field) => `${field.name} = torch.tensor([${state[field.name]}])`),
      ],
      inputs: [...points, ...targets].map((field) => field.name),
      options: options.map((field) => `${field.name}=${typed(field, state[field.name])}`),
      scalar: "loss.sum()",
      slope: `${points[0].name}.grad`,
    });

  globalThis.Explorers.kinds.plane = (name) => {
    const spec = LOSSES[name];
    return spec && {
      size: () => ({ width: 480, height: 450 }),
      fields: [...spec.points, ...(spec.targets ?? []), ...spec.options],
      caption: `Drag the points, or move a slider. ${spec.arrows}`,
      draw: (state, tools) => draw(name, spec, state, tools),
      python: (state) => call(name, spec, state),
    };
  };
})();

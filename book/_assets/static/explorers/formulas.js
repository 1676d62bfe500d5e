// Losses and slopes, unreduced: of single numbers, of the scores of one sample, of points in the plane.
// Each function has the name and the arguments that it has in `helpers`; a test holds them together.
"use strict";

(() => {
  const LOG_2_PI = Math.log(2 * Math.PI);
  const LOG_CLAMP = -100; // of BCELoss
  const GRADIENT_EPS = Math.fround(1e-12); // of BCELoss, a float32 in torch
  const SQUARE_EPS = Math.fround(1e-12); // of CosineEmbeddingLoss

  const clip = (x, low, high) => Math.min(Math.max(x, low), high);
  const sign = (x) => (x > 0) - (x < 0); // 0 for NaN too
  const hinge = (missing) => Math.max(missing, 0);
  const hinge_slope = (missing) => (missing >= 0 ? 1 : 0);
  const sum = (numbers) => numbers.reduce((total, x) => total + x, 0);
  const dot = (a, b) => sum(a.map((x, i) => x * b[i]));
  const minus = (a, b) => a.map((x, i) => x - b[i]);
  const times = (a, scale) => a.map((x) => x * scale);
  const added = (...vectors) => vectors[0].map((_, i) => sum(vectors.map((v) => v[i])));

  // Regression
  const l1_loss = (input, target) => Math.abs(input - target);
  const l1_loss_grad = (input, target) => sign(input - target);
  const mse_loss = (input, target) => (input - target) ** 2;
  const mse_loss_grad = (input, target) => 2 * (input - target);
  const huber_loss = (input, target, { delta = 1 } = {}) => {
    const size = Math.abs(input - target);
    return size < delta ? size ** 2 / 2 : delta * (size - delta / 2);
  };
  const huber_loss_grad = (input, target, { delta = 1 } = {}) => clip(input - target, -delta, delta);
  const smooth_l1_loss = (input, target, { beta = 1 } = {}) =>
    beta === 0 ? l1_loss(input, target) : huber_loss(input, target, { delta: beta }) / beta;
  const smooth_l1_loss_grad = (input, target, { beta = 1 } = {}) =>
    beta === 0 ? l1_loss_grad(input, target) : clip((input - target) / beta, -1, 1);

  // Yes or no
  const sigmoid = (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x)));
  const log_sigmoid = (x) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x)));
  const held_logs = (p) => [Math.log(p), Math.log1p(-p)].map((log) => Math.max(log, LOG_CLAMP));
  const binary_cross_entropy = (input, target) => {
    const [log_p, log_q] = held_logs(input);
    return (target - 1) * log_q - target * log_p;
  };
  const binary_cross_entropy_grad = (input, target) =>
    (input - target) / Math.max(input * (1 - input), GRADIENT_EPS);
  const binary_cross_entropy_with_logits = (input, target, { pos_weight = 1 } = {}) =>
    (1 - target) * input - (1 + (pos_weight - 1) * target) * log_sigmoid(input);
  const binary_cross_entropy_with_logits_grad = (input, target, { pos_weight = 1 } = {}) =>
    (1 + (pos_weight - 1) * target) * sigmoid(input) - pos_weight * target;
  const soft_margin_loss = (input, target) => Math.log1p(Math.exp(-target * input));
  const soft_margin_loss_grad = (input, target) => {
    const power = Math.exp(-target * input);
    return (-target * power) / (1 + power);
  };

  // Pairs of scores and distances; a gradient of several inputs is a list.
  const margin_ranking_loss = (input1, input2, target, { margin = 0 } = {}) =>
    hinge(margin - target * (input1 - input2));
  const margin_ranking_loss_grad = (input1, input2, target, { margin = 0 } = {}) => {
    const slope = target * hinge_slope(margin - target * (input1 - input2));
    return [-slope, slope];
  };
  const hinge_embedding_loss = (input, target, { margin = 1 } = {}) =>
    (target === 1 ? 0 : hinge(margin - input)) + (target === -1 ? 0 : input);
  const hinge_embedding_loss_grad = (input, target, { margin = 1 } = {}) =>
    (target === -1 ? 0 : 1) - (target === 1 ? 0 : hinge_slope(margin - input));

  // Likelihoods
  const stirling = (target) =>
    target <= 1 ? 0 : target * Math.log(target) - target + (LOG_2_PI + Math.log(target)) / 2;
  const poisson_nll_loss = (input, target, { log_input = true, full = false, eps = 1e-8 } = {}) => {
    const loss = log_input
      ? Math.exp(input) - target * input
      : input - target * Math.log(input + eps);
    return full ? loss + stirling(target) : loss;
  };
  const poisson_nll_loss_grad = (input, target, { log_input = true, eps = 1e-8 } = {}) =>
    log_input ? Math.exp(input) - target : 1 - target / (input + eps);
  const gaussian_nll_loss = (input, target, variance, { full = false, eps = 1e-6 } = {}) => {
    const held = Math.max(variance, eps);
    return (Math.log(held) + (input - target) ** 2 / held + (full ? LOG_2_PI : 0)) / 2;
  };
  const gaussian_nll_loss_grad = (input, target, variance, { eps = 1e-6 } = {}) => {
    const held = Math.max(variance, eps);
    const difference = input - target;
    return [difference / held, (1 - difference ** 2 / held) / held / 2];
  };

  // Classes: the scores of one sample, the number of its class
  const log_softmax = (input) => {
    const most = Math.max(...input);
    const log_total = Math.log(sum(input.map((x) => Math.exp(x - most))));
    return input.map((x) => x - most - log_total);
  };
  const softmax = (input) => log_softmax(input).map(Math.exp);
  const nll_loss = (input, target, { weight = null } = {}) =>
    -input[target] * (weight ? weight[target] : 1);
  const nll_loss_grad = (input, target, { weight = null } = {}) =>
    input.map((_, c) => (c === target ? -(weight ? weight[c] : 1) : 0));
  const cross_entropy = (input, target, { weight = null, label_smoothing = 0 } = {}) => {
    const log_p = log_softmax(input);
    const of_target = nll_loss(log_p, target, { weight });
    if (label_smoothing === 0) return of_target;
    const of_all = log_p.map((_, c) => nll_loss(log_p, c, { weight }));
    return (1 - label_smoothing) * of_target + (label_smoothing * sum(of_all)) / input.length;
  };
  const cross_entropy_grad = (input, target, { weight = null, label_smoothing = 0 } = {}) => {
    const share = label_smoothing / input.length;
    const of_log_p = input.map((_, c) => {
      const w = weight ? weight[c] : 1;
      return -w * ((c === target ? 1 - label_smoothing : 0) + share);
    });
    const total = sum(of_log_p);
    return softmax(input).map((p, c) => of_log_p[c] - p * total);
  };
  const multi_margin_loss = (input, target, { p = 1, margin = 1, weight = null } = {}) => {
    const parts = input.map((x, c) => (c === target ? 0 : hinge(margin - input[target] + x) ** p));
    return (sum(parts) / input.length) * (weight ? weight[target] : 1);
  };
  const multi_margin_loss_grad = (input, target, { p = 1, margin = 1, weight = null } = {}) => {
    const steepness = (weight ? weight[target] : 1) / input.length;
    const slope = input.map((x, c) => {
      const shortfall = margin - input[target] + x;
      return c === target || !(shortfall > 0) ? 0 : p * shortfall ** (p - 1) * steepness;
    });
    slope[target] = -sum(slope);
    return slope;
  };

  // Vectors
  const p_norm = (difference, p) => {
    const sizes = difference.map(Math.abs);
    if (p === Infinity) return Math.max(...sizes);
    return p === 2 ? Math.sqrt(dot(sizes, sizes)) : sum(sizes.map((x) => x ** p)) ** (1 / p);
  };
  const p_norm_slope = (difference, norm, p) => {
    if (p === 1) return difference.map(sign);
    if (norm === 0) return difference.map(() => 0);
    if (p === 2) return times(difference, 1 / norm);
    if (p < Infinity) return difference.map((x) => sign(x) * (Math.abs(x) / norm) ** (p - 1));
    const reached = difference.map((x) => Math.abs(x) === norm);
    return difference.map((x, i) => (reached[i] ? sign(x) / sum(reached.map(Number)) : 0));
  };
  const pairwise_distance = (x1, x2, { p = 2, eps = 1e-6 } = {}) =>
    p_norm(minus(x1, x2).map((x) => x + eps), p);
  const pairwise_distance_grad = (x1, x2, { p = 2, eps = 1e-6 } = {}) => {
    const difference = minus(x1, x2).map((x) => x + eps);
    const slope = p_norm_slope(difference, p_norm(difference, p), p);
    return [slope, times(slope, -1)];
  };
  const squares = (vectors) => vectors.map((x) => dot(x, x) + SQUARE_EPS);
  const cosine = (x1, x2) => {
    const [square1, square2] = squares([x1, x2]);
    return dot(x1, x2) / Math.sqrt(square1 * square2);
  };
  const cosine_embedding_loss = (input1, input2, target, { margin = 0 } = {}) => {
    const c = cosine(input1, input2);
    return target === 1 ? 1 - c : target === -1 ? hinge(c - margin) : 0;
  };
  const cosine_embedding_loss_grad = (input1, input2, target, { margin = 0 } = {}) => {
    const c = cosine(input1, input2);
    const slope = target === 1 ? -1 : target === -1 ? hinge_slope(c - margin) : 0;
    const [square1, square2] = squares([input1, input2]);
    const across = slope / Math.sqrt(square1 * square2);
    return [
      minus(times(input2, across), times(input1, (slope * c) / square1)),
      minus(times(input1, across), times(input2, (slope * c) / square2)),
    ];
  };
  const triplet_distances = (anchor, positive, negative, { p = 2, eps = 1e-6, swap = false } = {}) => {
    const far = pairwise_distance(anchor, negative, { p, eps });
    const other = swap ? pairwise_distance(positive, negative, { p, eps }) : Infinity;
    return { near: pairwise_distance(anchor, positive, { p, eps }), far, other };
  };
  const triplet_margin_loss = (anchor, positive, negative, { margin = 1, ...options } = {}) => {
    const { near, far, other } = triplet_distances(anchor, positive, negative, options);
    return hinge(margin + near - Math.min(far, other));
  };
  const triplet_margin_loss_grad = (anchor, positive, negative, { margin = 1, ...options } = {}) => {
    const { near, far, other } = triplet_distances(anchor, positive, negative, options);
    const slope = hinge_slope(margin + near - Math.min(far, other));
    const share = other === Infinity ? 1 : (1 + sign(other - far)) / 2;
    const pulled = (x1, x2, scale) =>
      pairwise_distance_grad(x1, x2, options).map((v) => times(v, scale));
    const [anchor1, positive1] = pulled(anchor, positive, slope);
    const [anchor2, negative1] = pulled(anchor, negative, -slope * share);
    const [positive2, negative2] = pulled(positive, negative, -slope * (1 - share));
    return [added(anchor1, anchor2), added(positive1, positive2), added(negative1, negative2)];
  };

  const formulas = {
    l1_loss, l1_loss_grad, mse_loss, mse_loss_grad, smooth_l1_loss, smooth_l1_loss_grad,
    huber_loss, huber_loss_grad, binary_cross_entropy, binary_cross_entropy_grad,
    binary_cross_entropy_with_logits, binary_cross_entropy_with_logits_grad,
    soft_margin_loss, soft_margin_loss_grad, margin_ranking_loss, margin_ranking_loss_grad,
    hinge_embedding_loss, hinge_embedding_loss_grad, poisson_nll_loss, poisson_nll_loss_grad,
    gaussian_nll_loss, gaussian_nll_loss_grad, nll_loss, nll_loss_grad,
    cross_entropy, cross_entropy_grad, multi_margin_loss, multi_margin_loss_grad,
    pairwise_distance, pairwise_distance_grad, cosine_embedding_loss, cosine_embedding_loss_grad,
    triplet_margin_loss, triplet_margin_loss_grad,
    sigmoid, log_sigmoid, held_logs, stirling, softmax, log_softmax, cosine, triplet_distances,
  };
  if (typeof module === "object") module.exports = formulas;
  else globalThis.Explorers = { formulas, kinds: {} };
})();

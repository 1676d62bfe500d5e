"""The calls whose results are kept for every release of PyTorch, by the class of the loss.

A call is a text, and that text is what is executed: its last line is the value, and tensors named
in it that require a gradient get one. It stands alone but for the names in `probes.NAMES`. The id
of a call is `<class>/<name>`. Ids are used by pages and in the data, so a name stays.

This file is read by Python 3.6 and any torch since 1.0.
"""


def tensor(name, values, dtype=None):
    """The line that makes a tensor without a gradient."""
    kind = ", dtype=torch.%s" % dtype if dtype else ""
    return "%s = torch.tensor(%s%s)\n" % (name, values, kind)


def leaf(name, values, dtype=None):
    """The line that makes a tensor whose gradient is kept."""
    return tensor(name, values, dtype).replace(")\n", ", requires_grad=True)\n")


def x(values, dtype=None):
    """The input."""
    return leaf("x", values, dtype)


def y(values, dtype=None):
    """The target."""
    return tensor("y", values, dtype)


def reductions(criterion, inputs, names="x, y"):
    """The three reductions."""
    variants = {"none": "reduction='none'", "mean": "", "sum": "reduction='sum'"}
    return {name: inputs + "nn.%s(%s)(%s)" % (criterion, variants[name], names) for name in variants}


def older_reductions(criterion, inputs):
    """A name of before, one that never was, and the two arguments that `reduction` replaced."""
    variants = {
        "elementwise-mean": "reduction='elementwise_mean'",
        "reduction-average": "reduction='average'",
        "size-average-false": "size_average=False",
        "reduce-false": "reduce=False",
    }
    return {name: inputs + "nn.%s(%s)(x, y)" % (criterion, variants[name]) for name in variants}


def elementwise(criterion, function):
    """The calls that the four losses of a difference have in common."""
    module, function = "nn.%s()(x, y)" % criterion, "F.%s" % function
    three = x("[0.5, 2.0, -3.0]") + y("[0.0, 2.0, 1.0]")
    calls = reductions(criterion, three)
    calls.update(
        {
            "node": three + "nn.%s()(x, y).grad_fn.name()" % criterion,
            "first-argument-sum": three + "nn.%s('sum')(x, y)" % criterion,
            "weight": three + function + "(x, y, weight=torch.tensor([1.0, 2.0, 4.0]))",
            "column-beside-row": x("[[0.0], [1.0], [2.0]]") + y("[0.0, 1.0, 2.0]") + module,
            "same-count-other-shape": x("[[0.0, 1.0], [2.0, 3.0]]")
            + y("[0.0, 1.0, 2.0, 3.0]")
            + module,
            "nan-target": x("[1.0, 2.0]") + y("[nan, 0.0]") + module,
            "inf-both": x("[inf, 1.0]") + y("[inf, -inf]") + module,
            "empty": x("[]") + y("[]") + module,
            "int-both": tensor("x", "[1, 2]") + y("[1, 4]") + module,
            "int-target": x("[1.0, 2.0]") + y("[1, 4]") + module,
            "double-target": x("[1.0, 2.0]") + y("[1.0, 4.0]", "float64") + module,
            "half": x("[300.0, 1.0]", "float16") + y("[0.0, 0.5]", "float16") + module,
            "target-with-gradient": x("[0.5, -3.0]") + leaf("y", "[0.0, 1.0]") + module,
            "target-a-number": x("[1.0, 2.0]") + function + "(x, 0)",
        }
    )
    return calls


CALLS = {}

CALLS["L1Loss"] = elementwise("L1Loss", "l1_loss")
CALLS["L1Loss"].update(older_reductions("L1Loss", x("[0.5, 2.0]") + y("[0.0, 0.0]")))
CALLS["L1Loss"].update(
    {
        "weight-of-samples": x("[[1.0, 2.0], [3.0, 5.0]]")
        + y("[[0.0, 0.0], [0.0, 1.0]]")
        + "F.l1_loss(x, y, weight=torch.tensor([[1.0], [3.0]]))",
        "weight-of-the-class": "nn.L1Loss(weight=torch.tensor([1.0, 2.0]))",
        "size-average-none-reduce-false": x("[0.5, 2.0]")
        + y("[0.0, 0.0]")
        + "nn.L1Loss(size_average=True, reduce=False, reduction='sum')(x, y)",
        "complex": "x = torch.tensor([3 + 4j], requires_grad=True)\n"
        "nn.L1Loss()(x, torch.tensor([0j]))",
        "bool-both": tensor("x", "[True, False]") + y("[True, True]") + "nn.L1Loss()(x, y)",
    }
)

CALLS["MSELoss"] = elementwise("MSELoss", "mse_loss")
CALLS["MSELoss"].update(
    {
        # The tensors of the source 004, lines 17 to 20.
        "source-4": x(
            "[[0.8964, 1.6948, 0.5003, 0.6851, -0.7712], [-0.7480, -0.1916, 0.4495, -1.2375,"
            " -0.7038], [-1.5244, 0.2029, -0.7153, -1.4792, 1.1071]]"
        )
        + y(
            "[[-1.2733, 0.2253, 0.1926, -1.1926, 0.5637], [-0.9189, 2.7922, 0.2730, 0.6243,"
            " -1.2396], [1.2193, -0.6027, -0.1948, 0.5456, -0.3350]]"
        )
        + "nn.MSELoss()(x, y)",
        "tensors-to-the-class": "nn.MSELoss(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.0]))",
        "four-axes": x("[[1.0], [2.0]]") + y("[[[[0.0]]], [[[1.0]]]]") + "nn.MSELoss()(x, y)",
        "root-of-zero": x("[1.0, 2.0]") + y("[1.0, 2.0]") + "nn.MSELoss()(x, y).sqrt()",
        "shapes-that-do-not-fit": x("[1.0, 2.0]") + y("[1.0, 2.0, 3.0]") + "nn.MSELoss()(x, y)",
        "half-small": x("[0.0001]", "float16") + y("[0.0]", "float16") + "nn.MSELoss()(x, y)",
        "bfloat16": x("[300.0, 1.0]", "bfloat16")
        + y("[0.0, 0.5]", "bfloat16")
        + "nn.MSELoss()(x, y)",
    }
)

CALLS["SmoothL1Loss"] = elementwise("SmoothL1Loss", "smooth_l1_loss")
CALLS["HuberLoss"] = elementwise("HuberLoss", "huber_loss")
ERRORS = x("[0.25, 1.0, 4.0, 2.0, -2.0, 0.0]") + y("[0.0, 0.0, 0.0, 0.0, 0.0, 0.0]")
for name, option in (("SmoothL1Loss", "beta"), ("HuberLoss", "delta")):
    for number in ("1.0", "2.0", "0.5", "0", "-1.0", "inf", "nan"):
        CALLS[name]["%s-%s" % (option, number)] = ERRORS + "nn.%s(reduction='none', %s=%s)(x, y)" % (
            name,
            option,
            number,
        )
    CALLS[name]["first-argument-a-number"] = ERRORS + "nn.%s(0.5)(x, y)" % name

TWO = x("[0.2, 0.9, 0.5]") + y("[1.0, 1.0, 0.0]")
CALLS["BCELoss"] = reductions("BCELoss", TWO)
CALLS["BCELoss"].update(
    {
        "node": TWO + "nn.BCELoss()(x, y).grad_fn.name()",
        "node-of-sigmoid": "torch.sigmoid(torch.zeros(1, requires_grad=True)).grad_fn.name()",
        "source-4": x("[0.2943, 0.4337, 0.3497]") + y("[0.0, 1.0, 1.0]") + "nn.BCELoss()(x, y)",
        "source-3": x("[[1.0, 1.0], [1.0, 1.0]]")
        + y("[[0.0, 1.0], [2.0, 3.0]]")
        + "nn.BCELoss()(x, y)",
        "target-2": x("[0.5]") + y("[2.0]") + "nn.BCELoss()(x, y)",
        "target-minus-1": x("[0.5]") + y("[-1.0]") + "nn.BCELoss()(x, y)",
        "target-nan": x("[0.5]") + y("[nan]") + "nn.BCELoss()(x, y)",
        "target-between": x("[0.1, 0.25, 0.4]")
        + y("[0.25, 0.25, 0.25]")
        + "nn.BCELoss(reduction='none')(x, y)",
        "probability-0-target-1": x("[0.0]") + y("[1.0]") + "nn.BCELoss()(x, y)",
        "probability-1-target-0": x("[1.0]") + y("[0.0]") + "nn.BCELoss()(x, y)",
        "certain-and-right": x("[0.0, 1.0]") + y("[0.0, 1.0]") + "nn.BCELoss(reduction='none')(x, y)",
        "probability-1e-30": x("[1e-30]") + y("[1.0]") + "nn.BCELoss()(x, y)",
        "probability-1e-30-double": x("[1e-30]", "float64")
        + y("[1.0]", "float64")
        + "nn.BCELoss()(x, y)",
        "a-logit": x("[1.5]") + y("[1.0]") + "nn.BCELoss()(x, y)",
        "a-negative-logit": x("[-0.3]") + y("[1.0]") + "nn.BCELoss()(x, y)",
        "just-above-1": x("[1.0000001]") + y("[1.0]") + "nn.BCELoss()(x, y)",
        "nan": x("[nan, 0.5]") + y("[1.0, 0.0]") + "nn.BCELoss()(x, y)",
        "weight-of-labels": x("[[0.2, 0.9], [0.5, 0.6]]")
        + y("[[1.0, 1.0], [0.0, 1.0]]")
        + "nn.BCELoss(weight=torch.tensor([1.0, 3.0]))(x, y)",
        "weight-of-samples": x("[[0.2, 0.9], [0.5, 0.6]]")
        + y("[[1.0, 1.0], [0.0, 1.0]]")
        + "nn.BCELoss(weight=torch.tensor([[1.0], [3.0]]))(x, y)",
        "weight-does-not-fit": TWO + "nn.BCELoss(weight=torch.tensor([1.0, 3.0]))(x, y)",
        "int-target": x("[0.7]") + y("[1]") + "nn.BCELoss()(x, y)",
        "bool-target": x("[0.7]") + y("[True]") + "nn.BCELoss()(x, y)",
        "double-target": x("[0.7]") + y("[1.0]", "float64") + "nn.BCELoss()(x, y)",
        "column-beside-row": x("[[0.7], [0.2]]") + y("[1.0, 0.0]") + "nn.BCELoss()(x, y)",
        "same-count-other-shape": x("[[0.7, 0.2], [0.1, 0.4]]")
        + y("[1.0, 0.0, 0.0, 0.0]")
        + "nn.BCELoss()(x, y)",
        "shapes-that-do-not-fit": x("[0.7, 0.2, 0.1]") + y("[1.0, 0.0]") + "nn.BCELoss()(x, y)",
        "empty": x("[]") + y("[]") + "nn.BCELoss()(x, y)",
        "half": x("[0.75, 1.0]", "float16")
        + y("[1.0, 0.0]", "float16")
        + "nn.BCELoss(reduction='none')(x, y)",
        "target-with-gradient": x("[0.25]") + leaf("y", "[0.5]") + "nn.BCELoss()(x, y)",
    }
)

LOGITS = x("[1.0, -2.0, 0.5]") + y("[1.0, 1.0, 0.0]")
IMAGE_OF_LOGITS = "x = torch.zeros(1, 2, 1, 3, requires_grad=True)\ny = torch.ones(1, 2, 1, 3)\n"
CALLS["BCEWithLogitsLoss"] = reductions("BCEWithLogitsLoss", LOGITS)
CALLS["BCEWithLogitsLoss"].update(
    {
        "node": LOGITS + "nn.BCEWithLogitsLoss()(x, y).grad_fn.name()",
        "source-4": x("[0.1406, 0.4081, 1.5632]")
        + y("[1.0, 1.0, 0.0]")
        + "nn.BCEWithLogitsLoss()(x, y)",
        "name-of-source-2": "nn.BCELogitsLoss()",
        "weight": LOGITS + "nn.BCEWithLogitsLoss(weight=torch.tensor([1.0, 2.0, 4.0]))(x, y)",
        "pos-weight": LOGITS
        + "nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 2.0, 4.0]), reduction='none')(x, y)",
        "weight-and-pos-weight": LOGITS
        + "nn.BCEWithLogitsLoss(torch.tensor(2.0), pos_weight=torch.tensor(3.0))(x, y)",
        "pos-weight-a-number": "nn.BCEWithLogitsLoss(pos_weight=3.0)",
        "pos-weight-a-number-function": LOGITS
        + "F.binary_cross_entropy_with_logits(x, y, pos_weight=3.0)",
        "pos-weight-int": LOGITS + "nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3))(x, y)",
        "pos-weight-of-channels": IMAGE_OF_LOGITS
        + "nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 2.0]))(x, y)",
        "pos-weight-of-channels-as-column": IMAGE_OF_LOGITS
        + "nn.BCEWithLogitsLoss(pos_weight=torch.tensor([[[1.0]], [[3.0]]]))(x, y)",
        "weight-of-samples": x("[[0.0, 1.0, 2.0], [0.0, 1.0, 2.0]]")
        + y("[[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]]")
        + "nn.BCEWithLogitsLoss(weight=torch.tensor([1.0, 2.0]))(x, y)",
        "huge": x("[1000.0, -1000.0, 1000.0]")
        + y("[1.0, 1.0, 0.0]")
        + "nn.BCEWithLogitsLoss(reduction='none')(x, y)",
        "lead-of-20": x("[20.0, -20.0, 100.0]")
        + y("[1.0, 0.0, 1.0]")
        + "nn.BCEWithLogitsLoss(reduction='none')(x, y)",
        "lead-of-20-pos-weight": x("[20.0, 100.0]")
        + y("[1.0, 1.0]")
        + "nn.BCEWithLogitsLoss(pos_weight=torch.tensor(1.0), reduction='none')(x, y)",
        "infinite": x("[inf, -inf, inf, -inf]")
        + y("[1.0, 0.0, 0.0, 1.0]")
        + "nn.BCEWithLogitsLoss(reduction='none')(x, y)",
        "nan": x("[nan, 0.0]") + y("[1.0, 0.0]") + "nn.BCEWithLogitsLoss(reduction='none')(x, y)",
        "at-0": x("[0.0, -0.0]") + y("[1.0, 0.0]") + "nn.BCEWithLogitsLoss(reduction='none')(x, y)",
        "target-2": x("[3.0]") + y("[2.0]") + "nn.BCEWithLogitsLoss()(x, y)",
        "target-between": x("[-1.0, 0.5]") + y("[0.25, 0.75]") + "nn.BCEWithLogitsLoss()(x, y)",
        "int-target": x("[0.7]") + y("[1]") + "nn.BCEWithLogitsLoss()(x, y)",
        "bool-target": x("[0.7]") + y("[True]") + "nn.BCEWithLogitsLoss()(x, y)",
        "double-target": x("[0.7]") + y("[1.0]", "float64") + "nn.BCEWithLogitsLoss()(x, y)",
        "column-beside-row": x("[[0.7], [0.2]]") + y("[1.0, 0.0]") + "nn.BCEWithLogitsLoss()(x, y)",
        "two-outputs": x("[[0.3, 0.7], [0.6, 0.4]]")
        + y("[1.0, 0.0]")
        + "nn.BCEWithLogitsLoss()(x, y)",
        "empty": x("[]") + y("[]") + "nn.BCEWithLogitsLoss()(x, y)",
        "half": x("[9.0, -9.0]", "float16")
        + y("[0.0, 0.0]", "float16")
        + "nn.BCEWithLogitsLoss(reduction='none')(x, y)",
        "target-with-gradient": x("[0.25]") + leaf("y", "[0.5]") + "nn.BCEWithLogitsLoss()(x, y)",
    }
)

SIGNS = x("[1.0, -2.0, 0.5]") + y("[1.0, 1.0, -1.0]")
CALLS["SoftMarginLoss"] = reductions("SoftMarginLoss", SIGNS)
CALLS["SoftMarginLoss"].update(
    {
        "node": SIGNS + "nn.SoftMarginLoss()(x, y).grad_fn.name()",
        "labels-0-and-1": x("[2.0, 2.0]") + y("[0.0, 1.0]") + "nn.SoftMarginLoss(reduction='none')(x, y)",
        "overflow": x("[-88.0, -89.0, -1000.0]")
        + y("[1.0, 1.0, 1.0]")
        + "nn.SoftMarginLoss(reduction='none')(x, y)",
        "lead-of-20": x("[15.0, 20.0]") + y("[1.0, 1.0]") + "nn.SoftMarginLoss(reduction='none')(x, y)",
        "infinite": x("[inf, -inf, inf, nan]")
        + y("[1.0, 1.0, 0.0, 1.0]")
        + "nn.SoftMarginLoss(reduction='none')(x, y)",
        "half": x("[-11.0, -12.0]", "float16")
        + y("[1.0, 1.0]", "float16")
        + "nn.SoftMarginLoss(reduction='none')(x, y)",
        "int-target": x("[1.0, -2.0]") + y("[1, -1]") + "nn.SoftMarginLoss(reduction='none')(x, y)",
        "bool-target": x("[1.0, -2.0]") + y("[True, False]") + "nn.SoftMarginLoss(reduction='none')(x, y)",
        "uint8-target": x("[1.0, -2.0]")
        + y("[1, 0]", "uint8")
        + "nn.SoftMarginLoss(reduction='none')(x, y)",
        "column-target": x("[[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]")
        + y("[[1.0], [-1.0]]")
        + "nn.SoftMarginLoss(reduction='none')(x, y)",
        "column-input": x("[[1.0], [2.0]]")
        + y("[[1.0, -1.0, 1.0], [1.0, 1.0, -1.0]]")
        + "nn.SoftMarginLoss(reduction='none')(x, y)",
        "column-beside-row": x("[[1.0], [2.0]]") + y("[1.0, -1.0]") + "nn.SoftMarginLoss()(x, y)",
        "same-count-other-shape": x("[[1.0, 2.0], [3.0, 4.0]]")
        + y("[1.0, 1.0, -1.0, -1.0]")
        + "nn.SoftMarginLoss()(x, y)",
        "empty": x("[]") + y("[]") + "nn.SoftMarginLoss()(x, y)",
        "weight": "nn.SoftMarginLoss(weight=torch.tensor([1.0, 2.0]))",
    }
)

FLAGS = x("[[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]]") + y("[[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]")
CALLS["MultiLabelSoftMarginLoss"] = reductions("MultiLabelSoftMarginLoss", FLAGS)
CALLS["MultiLabelSoftMarginLoss"].update(
    {
        "weight": FLAGS + "nn.MultiLabelSoftMarginLoss(weight=torch.tensor([1.0, 2.0, 4.0]))(x, y)",
        "weight-of-samples": FLAGS
        + "nn.MultiLabelSoftMarginLoss(weight=torch.tensor([[1.0], [3.0]]), reduction='none')(x, y)",
        "weight-does-not-fit": FLAGS
        + "nn.MultiLabelSoftMarginLoss(weight=torch.tensor([1.0, 3.0]))(x, y)",
        "pos-weight": "nn.MultiLabelSoftMarginLoss(pos_weight=torch.tensor([1.0, 2.0, 4.0]))",
        "huge": x("[[1000.0, -1000.0]]") + y("[[0.0, 1.0]]") + "nn.MultiLabelSoftMarginLoss()(x, y)",
        "infinite": x("[[inf, -inf]]") + y("[[1.0, 0.0]]") + "nn.MultiLabelSoftMarginLoss()(x, y)",
        "labels-minus-1-and-1": x("[[1.0, 2.0]]")
        + y("[[1.0, -1.0]]")
        + "nn.MultiLabelSoftMarginLoss()(x, y)",
        "int-target": x("[[1.0, 2.0]]") + y("[[1, 0]]") + "nn.MultiLabelSoftMarginLoss()(x, y)",
        "bool-target": x("[[1.0, 2.0]]") + y("[[True, False]]") + "nn.MultiLabelSoftMarginLoss()(x, y)",
        "uint8-target": x("[[1.0, 2.0]]")
        + y("[[1, 255]]", "uint8")
        + "nn.MultiLabelSoftMarginLoss()(x, y)",
        "column-beside-row": x("[[0.0], [1.0]]") + y("[1.0, 0.0]") + "nn.MultiLabelSoftMarginLoss()(x, y)",
        "one-sample": x("[1.0, -2.0]") + y("[1.0, 0.0]") + "nn.MultiLabelSoftMarginLoss()(x, y)",
        "image": "x = torch.zeros(1, 2, 1, 3, requires_grad=True)\ny = torch.ones(1, 2, 1, 3)\n"
        "nn.MultiLabelSoftMarginLoss(reduction='none')(x, y)",
        "empty": "x = torch.zeros(0, 3, requires_grad=True)\n"
        "nn.MultiLabelSoftMarginLoss()(x, torch.zeros(0, 3))",
    }
)

SCORES = x("[[1.0, 2.0, 0.5], [0.0, 0.0, 1.0]]") + y("[1, 0]")
ONE = x("[[1.0, 2.0, 3.0]]")
MASKED = x("[[1.0, 2.0, -inf]]")
WEIGHTED = "weight=torch.tensor([1.0, 2.0, 4.0])"
SOFT = x("[[1.0, 2.0, 0.5], [0.0, 0.0, 1.0]]") + y("[[0.2, 0.5, 0.3], [0.0, 1.0, 0.0]]")
CALLS["CrossEntropyLoss"] = reductions("CrossEntropyLoss", SCORES)
CALLS["CrossEntropyLoss"].update(older_reductions("CrossEntropyLoss", SCORES))
CALLS["CrossEntropyLoss"].update(
    {
        "node": SCORES + "nn.CrossEntropyLoss()(x, y).grad_fn.name()",
        "source-4": x(
            "[[-1.3169, 0.6902, -0.3976, -0.1056, 1.6268], [-0.1469, -0.8665, -0.7510, -0.5994,"
            " 0.0559], [-0.5486, -0.6443, -0.1930, 0.7109, 0.0054]]"
        )
        + y("[2, 3, 4]")
        + "nn.CrossEntropyLoss()(x, y)",
        "weight": SCORES + "nn.CrossEntropyLoss(%s)(x, y)" % WEIGHTED,
        "weight-none": SCORES + "nn.CrossEntropyLoss(%s, reduction='none')(x, y)" % WEIGHTED,
        "weight-0": SCORES + "nn.CrossEntropyLoss(weight=torch.tensor([0.0, 0.0, 1.0]))(x, y)",
        "weight-double": SCORES
        + "nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64))(x, y)",
        "weight-int": SCORES + "nn.CrossEntropyLoss(weight=torch.tensor([1, 2, 4]))(x, y)",
        "weight-too-short": SCORES + "nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0]))(x, y)",
        "weight-a-list": "nn.CrossEntropyLoss(weight=[1.0, 2.0, 4.0])",
        "ignored": SCORES + "nn.CrossEntropyLoss(ignore_index=0)(x, y)",
        "ignored-none": SCORES + "nn.CrossEntropyLoss(ignore_index=0, reduction='none')(x, y)",
        "minus-100": x("[[1.0, 2.0], [0.0, 3.0]]") + y("[1, -100]") + "nn.CrossEntropyLoss()(x, y)",
        "all-ignored": ONE + y("[-100]") + "nn.CrossEntropyLoss()(x, y)",
        "all-ignored-sum": ONE + y("[-100]") + "nn.CrossEntropyLoss(reduction='sum')(x, y)",
        "all-ignored-nan-input": x("[[nan, 2.0]]") + y("[-100]") + "nn.CrossEntropyLoss(reduction='sum')(x, y)",
        "smoothing": SCORES + "nn.CrossEntropyLoss(label_smoothing=0.1)(x, y)",
        "smoothing-none": SCORES + "nn.CrossEntropyLoss(label_smoothing=0.1, reduction='none')(x, y)",
        "smoothing-weight": SCORES + "nn.CrossEntropyLoss(%s, label_smoothing=0.1)(x, y)" % WEIGHTED,
        "smoothing-ignored": SCORES + "nn.CrossEntropyLoss(ignore_index=0, label_smoothing=0.1)(x, y)",
        "smoothing-weight-ignored": SCORES
        + "nn.CrossEntropyLoss(%s, ignore_index=0, label_smoothing=0.1)(x, y)" % WEIGHTED,
        "smoothing-1": SCORES + "nn.CrossEntropyLoss(label_smoothing=1.0)(x, y)",
        "smoothing-2": SCORES + "nn.CrossEntropyLoss(label_smoothing=2.0)(x, y)",
        "smoothing-masked": MASKED + y("[1]") + "nn.CrossEntropyLoss(label_smoothing=0.1)(x, y)",
        "probabilities": SOFT + "nn.CrossEntropyLoss()(x, y)",
        "probabilities-none": SOFT + "nn.CrossEntropyLoss(reduction='none')(x, y)",
        "probabilities-weight": SOFT + "nn.CrossEntropyLoss(%s)(x, y)" % WEIGHTED,
        "probabilities-smoothing": SOFT + "nn.CrossEntropyLoss(label_smoothing=0.1)(x, y)",
        "probabilities-ignored": SOFT + "nn.CrossEntropyLoss(ignore_index=1)(x, y)",
        "probabilities-double": x("[[1.0, 2.0]]") + y("[[0.5, 0.5]]", "float64") + "nn.CrossEntropyLoss()(x, y)",
        "probabilities-with-gradient": x("[[1.0, 2.0]]") + leaf("y", "[[0.25, 0.75]]") + "nn.CrossEntropyLoss()(x, y)",
        "probabilities-masked": MASKED + y("[[0.0, 1.0, 0.0]]") + "nn.CrossEntropyLoss()(x, y)",
        "one-hot-int": ONE + y("[[0, 0, 1]]") + "nn.CrossEntropyLoss()(x, y)",
        "column-of-classes": x("[[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]")
        + y("[[2], [1]]")
        + "nn.CrossEntropyLoss()(x, y)",
        "out-of-range": ONE + y("[3]") + "nn.CrossEntropyLoss()(x, y)",
        "minus-1": ONE + y("[-1]") + "nn.CrossEntropyLoss()(x, y)",
        "one-class": x("[[0.4], [-0.2]]") + y("[0, 0]") + "nn.CrossEntropyLoss()(x, y)",
        "one-class-target-1": x("[[0.4], [-0.2]]") + y("[0, 1]") + "nn.CrossEntropyLoss()(x, y)",
        "float-classes": ONE + y("[2.0]") + "nn.CrossEntropyLoss()(x, y)",
        "int32-classes": ONE + y("[2]", "int32") + "nn.CrossEntropyLoss()(x, y)",
        "uint8-classes": ONE + y("[2]", "uint8") + "nn.CrossEntropyLoss()(x, y)",
        "bool-classes": x("[[1.0, 2.0]]") + y("[True]") + "nn.CrossEntropyLoss()(x, y)",
        "one-sample": x("[1.0, 2.0, 3.0]") + y("2") + "nn.CrossEntropyLoss()(x, y)",
        "one-sample-target-of-one": x("[1.0, 2.0, 3.0]") + y("[2]") + "nn.CrossEntropyLoss()(x, y)",
        "squeezed-output": x("[0.4, -0.2]") + y("[0, 1]") + "nn.CrossEntropyLoss()(x, y)",
        "classes-last": "x = torch.zeros(2, 4, 7, requires_grad=True)\n"
        "nn.CrossEntropyLoss()(x, torch.zeros(2, 4, dtype=torch.long))",
        "sequence": x("[[[4.0, 0.0], [0.0, 2.0]]]") + y("[[0, 1]]") + "nn.CrossEntropyLoss()(x, y)",
        "batch-does-not-fit": x("[[1.0, 2.0], [1.0, 2.0]]") + y("[0]") + "nn.CrossEntropyLoss()(x, y)",
        "mask-with-channel": "x = torch.zeros(1, 3, 2, 2, requires_grad=True)\n"
        "nn.CrossEntropyLoss()(x, torch.zeros(1, 1, 2, 2, dtype=torch.long))",
        "empty": "x = torch.zeros(0, 3, requires_grad=True)\n"
        "nn.CrossEntropyLoss()(x, torch.zeros(0, dtype=torch.long))",
        "empty-sum": "x = torch.zeros(0, 3, requires_grad=True)\n"
        "nn.CrossEntropyLoss(reduction='sum')(x, torch.zeros(0, dtype=torch.long))",
        "huge": x("[[300.0, 100.0, 100.0], [-100.0, 200.0, 500.0]]")
        + y("[0, 1]")
        + "nn.CrossEntropyLoss(reduction='none')(x, y)",
        "lead-of-20": x("[[20.0, 0.0]]") + y("[0]") + "nn.CrossEntropyLoss()(x, y)",
        "infinite": x("[[inf, 0.0]]") + y("[0]") + "nn.CrossEntropyLoss()(x, y)",
        "masked": MASKED + y("[1]") + "nn.CrossEntropyLoss()(x, y)",
        "masked-is-target": MASKED + y("[2]") + "nn.CrossEntropyLoss()(x, y)",
        "all-masked": x("[[-inf, -inf], [0.0, 1.0]]") + y("[-100, 1]") + "nn.CrossEntropyLoss()(x, y)",
        "half": x("[[1.0, 2.0, 3.0]]", "float16") + y("[2]") + "nn.CrossEntropyLoss()(x, y)",
        "half-mean-of-many": "x = torch.zeros(40000, 10, dtype=torch.float16)\n"
        "nn.CrossEntropyLoss()(x, torch.zeros(40000, dtype=torch.long))",
        "bfloat16": x("[[1.0, 2.0, 3.0]]", "bfloat16") + y("[2]") + "nn.CrossEntropyLoss()(x, y)",
        "int-input": tensor("x", "[[1, 2, 3]]") + y("[2]") + "nn.CrossEntropyLoss()(x, y)",
        "exchanged": SCORES + "F.cross_entropy(y, x)",
        "tensors-to-the-class": SCORES + "nn.CrossEntropyLoss(x, y)",
    }
)

LOG_P = x("[[-1.0, -2.0, -0.5], [-0.25, -3.0, -1.5]]") + y("[1, 0]")
MAP = x("[[[[-1.0, -2.0]], [[-0.5, -0.25]]]]")  # one sample, two classes, one row of two pixels
CALLS["NLLLoss"] = reductions("NLLLoss", LOG_P)
CALLS["NLLLoss"].update(
    {
        "node": LOG_P + "nn.NLLLoss()(x, y).grad_fn.name()",
        "node-of-log-softmax": "F.log_softmax(torch.zeros(1, 2, requires_grad=True), 1).grad_fn.name()",
        "softmax-without-dim": tensor("x", "[[0.0, 1.0]]") + "nn.Softmax()(x)",
        "softmax-without-dim-three-axes": tensor("x", "[[[0.0, 1.0]], [[2.0, 5.0]]]") + "nn.Softmax()(x)",
        "weight": LOG_P + "nn.NLLLoss(%s)(x, y)" % WEIGHTED,
        "weight-0": LOG_P + "nn.NLLLoss(weight=torch.tensor([0.0, 0.0, 1.0]))(x, y)",
        "weight-double": LOG_P + "nn.NLLLoss(weight=torch.ones(3, dtype=torch.float64))(x, y)",
        "weight-too-short": LOG_P + "nn.NLLLoss(weight=torch.ones(2))(x, y)",
        "ignored": LOG_P + "nn.NLLLoss(ignore_index=0)(x, y)",
        "all-ignored": x("[[-1.0, -2.0]]") + y("[-100]") + "nn.NLLLoss()(x, y)",
        "all-ignored-sum": x("[[-1.0, -2.0]]") + y("[-100]") + "nn.NLLLoss(reduction='sum')(x, y)",
        "out-of-range": x("[[-1.0, -2.0]]") + y("[2]") + "nn.NLLLoss()(x, y)",
        "out-of-range-none": x("[[-1.0, -2.0]]") + y("[2]") + "nn.NLLLoss(reduction='none')(x, y)",
        "minus-1": x("[[-1.0, -2.0]]") + y("[-1]") + "nn.NLLLoss()(x, y)",
        "infinite": x("[[-inf, 0.0], [-inf, 0.0]]") + y("[0, 1]") + "nn.NLLLoss(reduction='none')(x, y)",
        "infinite-weight-0": x("[[-inf, 0.0]]")
        + y("[0]")
        + "nn.NLLLoss(weight=torch.tensor([0.0, 1.0]), reduction='sum')(x, y)",
        "probabilities-in": x("[[0.1, 0.2, 0.7]]") + y("[2]") + "nn.NLLLoss()(x, y)",
        "one-hot-int": x("[[-1.0, -2.0]]") + y("[[1, 0]]") + "nn.NLLLoss()(x, y)",
        "probabilities-as-target": x("[[-1.0, -2.0]]") + y("[[0.5, 0.5]]") + "nn.NLLLoss()(x, y)",
        "column-of-classes": x("[[-1.0, -2.0], [-1.0, -2.0]]") + y("[[1], [0]]") + "nn.NLLLoss()(x, y)",
        "float-classes": x("[[-1.0, -2.0]]") + y("[1.0]") + "nn.NLLLoss()(x, y)",
        "int32-classes": x("[[-1.0, -2.0]]") + y("[1]", "int32") + "nn.NLLLoss()(x, y)",
        "uint8-classes": x("[[-1.0, -2.0]]") + y("[1]", "uint8") + "nn.NLLLoss()(x, y)",
        "one-sample": x("[-1.0, -2.0]") + y("1") + "nn.NLLLoss()(x, y)",
        "squeezed-output": x("[-1.0, -2.0, -3.0]") + y("[0, 1, 1]") + "nn.NLLLoss()(x, y)",
        "batch-does-not-fit": x("[[-1.0, -2.0]]") + y("[1, 0]") + "nn.NLLLoss()(x, y)",
        "empty": "x = torch.zeros(0, 3, requires_grad=True)\nnn.NLLLoss()(x, torch.zeros(0, dtype=torch.long))",
        "half": x("[[-1.0, -2.0]]", "float16") + y("[1]") + "nn.NLLLoss()(x, y)",
        "bfloat16": x("[[-1.0, -2.0]]", "bfloat16") + y("[1]") + "nn.NLLLoss()(x, y)",
        "image": MAP + y("[[[0, 1]]]") + "nn.NLLLoss()(x, y)",
        "image-node": MAP + y("[[[0, 1]]]") + "nn.NLLLoss()(x, y).grad_fn.name()",
        "image-node-of-convolution": "nn.Conv2d(1, 1, 1)(torch.zeros(1, 1, 2, 2)).grad_fn.name()",
        "image-weight": MAP + y("[[[0, 1]]]") + "nn.NLLLoss(weight=torch.tensor([1.0, 3.0]))(x, y)",
        "image-ignored": MAP + y("[[[0, 255]]]") + "nn.NLLLoss(ignore_index=255)(x, y)",
        "image-all-ignored": MAP + y("[[[255, 255]]]") + "nn.NLLLoss(ignore_index=255)(x, y)",
        "image-out-of-range": MAP + y("[[[0, 255]]]") + "nn.NLLLoss()(x, y)",
        "image-uint8": MAP + y("[[[0, 1]]]", "uint8") + "nn.NLLLoss()(x, y)",
        "image-float": MAP + y("[[[0.0, 1.0]]]") + "nn.NLLLoss()(x, y)",
        "image-mask-with-channel": MAP + y("[[[[0, 1]]]]") + "nn.NLLLoss()(x, y)",
        "image-mask-of-another-size": MAP + y("[[[0, 1, 1]]]") + "nn.NLLLoss()(x, y)",
        "image-without-batch": "x = torch.zeros(3, 4, 5, requires_grad=True)\n"
        "nn.NLLLoss()(x, torch.zeros(4, 5, dtype=torch.long))",
        "image-empty": "x = torch.zeros(0, 3, 2, 2, requires_grad=True)\n"
        "nn.NLLLoss()(x, torch.zeros(0, 2, 2, dtype=torch.long))",
        "volume": "x = torch.zeros(1, 2, 1, 1, 2, requires_grad=True)\n"
        "nn.NLLLoss(reduction='none')(x, torch.zeros(1, 1, 1, 2, dtype=torch.long))",
        "nllloss2d": MAP + y("[[[0, 1]]]") + "nn.NLLLoss2d()(x, y)",
        "source-3-nllloss2d": x("[[1.0, 1.0], [1.0, 1.0]]")
        + y("[[0.0, 1.0], [2.0, 3.0]]")
        + "nn.NLLLoss2d()(x, y)",
    }
)

MARGINS = x("[[1.0, 2.0, 0.5], [3.0, 0.0, 2.0]]") + y("[1, 0]")  # the last score is exactly at 1
CALLS["MultiMarginLoss"] = reductions("MultiMarginLoss", MARGINS)
CALLS["MultiMarginLoss"].update(
    {
        "node": MARGINS + "nn.MultiMarginLoss()(x, y).grad_fn.name()",
        "p-2": MARGINS + "nn.MultiMarginLoss(p=2)(x, y)",
        "p-3": MARGINS + "nn.MultiMarginLoss(p=3)(x, y)",
        "margin-2": MARGINS + "nn.MultiMarginLoss(margin=2.0)(x, y)",
        "margin-negative": MARGINS + "nn.MultiMarginLoss(margin=-1.0)(x, y)",
        "weight": MARGINS + "nn.MultiMarginLoss(weight=torch.tensor([1.0, 2.0, 4.0]))(x, y)",
        "weight-p-2": MARGINS
        + "nn.MultiMarginLoss(p=2, weight=torch.tensor([1.0, 2.0, 4.0]), reduction='none')(x, y)",
        "weight-too-short": MARGINS + "nn.MultiMarginLoss(weight=torch.ones(2))(x, y)",
        "weight-double": MARGINS + "nn.MultiMarginLoss(weight=torch.ones(3, dtype=torch.float64))(x, y)",
        "nan": x("[[nan, 2.0, 1.5]]") + y("[1]") + "nn.MultiMarginLoss()(x, y)",
        "infinite": x("[[inf, 2.0]]") + y("[1]") + "nn.MultiMarginLoss()(x, y)",
        "out-of-range": x("[[1.0, 2.0]]") + y("[2]") + "nn.MultiMarginLoss()(x, y)",
        "minus-100": x("[[1.0, 2.0]]") + y("[-100]") + "nn.MultiMarginLoss()(x, y)",
        "int32-classes": x("[[1.0, 2.0]]") + y("[1]", "int32") + "nn.MultiMarginLoss()(x, y)",
        "one-hot": x("[[1.0, 2.0]]") + y("[[0, 1]]") + "nn.MultiMarginLoss()(x, y)",
        "column-of-classes": x("[[1.0, 2.0], [1.0, 2.0]]") + y("[[1], [0]]") + "nn.MultiMarginLoss()(x, y)",
        "one-sample": x("[1.0, 2.0]") + y("0") + "nn.MultiMarginLoss()(x, y)",
        "one-sample-target-of-one": x("[1.0, 2.0]") + y("[0]") + "nn.MultiMarginLoss()(x, y)",
        "image": "x = torch.zeros(1, 2, 2, 2, requires_grad=True)\n"
        "nn.MultiMarginLoss()(x, torch.zeros(1, 2, 2, dtype=torch.long))",
        "half": x("[[1.0, 2.0]]", "float16") + y("[0]") + "nn.MultiMarginLoss()(x, y)",
        # What an empty batch gives with 'mean' or 'sum' is memory that nobody wrote: no value.
        "empty-none": "x = torch.zeros(0, 3)\n"
        "nn.MultiMarginLoss(reduction='none')(x, torch.zeros(0, dtype=torch.long))",
    }
)

LISTS = x("[[0.1, 0.2, 0.4, 0.8], [1.0, 0.0, 2.0, 1.0]]") + y("[[3, 0, -1, 1], [2, -1, 0, 0]]")
CALLS["MultiLabelMarginLoss"] = reductions("MultiLabelMarginLoss", LISTS)
CALLS["MultiLabelMarginLoss"].update(
    {
        "node": LISTS + "nn.MultiLabelMarginLoss()(x, y).grad_fn.name()",
        "flags": x("[[0.1, 0.2, 0.4, 0.8]]") + y("[[0, 1, 0, 1]]") + "nn.MultiLabelMarginLoss()(x, y)",
        "no-label": x("[[0.1, 0.2]]") + y("[[-1, 0]]") + "nn.MultiLabelMarginLoss()(x, y)",
        "all-labels": x("[[0.1, 0.2]]") + y("[[1, 0]]") + "nn.MultiLabelMarginLoss()(x, y)",
        "twice": x("[[0.1, 0.2, 0.5]]") + y("[[1, 1, -1]]") + "nn.MultiLabelMarginLoss()(x, y)",
        "out-of-range": x("[[0.1, 0.2]]") + y("[[2, -1]]") + "nn.MultiLabelMarginLoss()(x, y)",
        "out-of-range-behind-minus-1": x("[[0.1, 0.2, 0.3]]")
        + y("[[0, -1, 4]]")
        + "nn.MultiLabelMarginLoss()(x, y)",
        "minus-2": x("[[0.1, 0.2]]") + y("[[0, -2]]") + "nn.MultiLabelMarginLoss()(x, y)",
        "lists-too-short": x("[[0.1, 0.2, 0.4], [0.5, 0.1, 0.3]]")
        + y("[[0, -1], [1, -1]]")
        + "nn.MultiLabelMarginLoss()(x, y)",
        "one-sample": x("[0.1, 0.2, 0.4]") + y("[2, -1, 0]") + "nn.MultiLabelMarginLoss()(x, y)",
        "nan": x("[[nan, 0.2, 0.4]]") + y("[[1, -1, 0]]") + "nn.MultiLabelMarginLoss()(x, y)",
        "float-classes": x("[[0.1, 0.2]]") + y("[[0.0, -1.0]]") + "nn.MultiLabelMarginLoss()(x, y)",
        "int32-classes": x("[[0.1, 0.2]]") + y("[[0, -1]]", "int32") + "nn.MultiLabelMarginLoss()(x, y)",
        "half": x("[[0.1, 0.2]]", "float16") + y("[[0, -1]]") + "nn.MultiLabelMarginLoss()(x, y)",
    }
)

ADAPTIVE = (
    "m = nn.AdaptiveLogSoftmaxWithLoss(%s)\n"
    "for number, parameter in enumerate(m.parameters()):\n"
    "    nn.init.constant_(parameter, 0.1 * (number + 1))\n"
)
FEATURES = x("[[1.0, 2.0, 0.0, -1.0], [0.5, 0.0, 1.0, 0.0]]")
SIX = ADAPTIVE % "4, 6, [2, 4], div_value=2.0"
CALLS["AdaptiveLogSoftmaxWithLoss"] = {
    "loss": SIX + FEATURES + "m(x, torch.tensor([1, 5])).loss",
    "output": SIX + FEATURES + "m(x, torch.tensor([1, 5])).output",
    "head-bias": ADAPTIVE % "4, 6, [2, 4], 2.0, True" + FEATURES + "m(x, torch.tensor([1, 5])).loss",
    "zeros": ADAPTIVE % "4, 6, [2, 4], div_value=2.0"
    + "x = torch.zeros(1, 4, requires_grad=True)\nm(x, torch.tensor([3])).loss",
    "log-prob": SIX + FEATURES + "m.log_prob(x)",
    "predict": SIX + FEATURES + "m.predict(x)",
    "a-pair-not-a-loss": SIX + FEATURES + "m(x, torch.tensor([1, 5])).backward()",
    "padding": SIX + FEATURES + "m(x, torch.tensor([1, -100])).loss",
    "target-too-large": SIX + FEATURES + "m(x, torch.tensor([1, 6])).loss",
    "batch-does-not-fit": SIX + FEATURES + "m(x, torch.tensor([1])).loss",
    "one-sample": SIX + x("[1.0, 2.0, 0.0, -1.0]") + "m(x, torch.tensor(5)).loss",
    "sequence": SIX + "m(torch.zeros(1, 2, 4), torch.tensor([[1, 5]])).loss",
    "empty": SIX + "x = torch.zeros(0, 4, requires_grad=True)\nm(x, torch.zeros(0, dtype=torch.long)).loss",
    "int32-classes": SIX + FEATURES + "m(x, torch.tensor([1, 5], dtype=torch.int32)).loss",
    "cutoff-n-classes-minus-1": "nn.AdaptiveLogSoftmaxWithLoss(4, 6, [1, 5]).cutoffs",
    "cutoff-n-classes": "nn.AdaptiveLogSoftmaxWithLoss(4, 6, [2, 6])",
    "cutoff-0": "nn.AdaptiveLogSoftmaxWithLoss(4, 6, [0, 4])",
    "cutoffs-falling": "nn.AdaptiveLogSoftmaxWithLoss(4, 6, [4, 2])",
    "cutoffs-none": "nn.AdaptiveLogSoftmaxWithLoss(4, 6, [])",
    "tail-0-wide": "m = nn.AdaptiveLogSoftmaxWithLoss(4, 6, [2, 4], div_value=4.0)\n"
    "[tuple(p.shape) for p in m.parameters()]",
    "reduction": "nn.AdaptiveLogSoftmaxWithLoss(4, 6, [2, 4], reduction='sum')",
}

LINEAR = x("[[1.0, 0.0], [0.5, -1.0]]") + leaf("W", "[[2.0, 0.0], [0.0, 3.0], [0.0, 0.0]]")
CALLS["LinearCrossEntropyLoss"] = {
    "module": "m = nn.LinearCrossEntropyLoss(2, 3)\n"
    "for number, parameter in enumerate(m.parameters()):\n"
    "    nn.init.constant_(parameter, 0.1 * (number + 1))\n"
    + x("[[1.0, 0.0], [0.5, -1.0]]")
    + "m(x, torch.tensor([0, 1]))",
    "mean": LINEAR + "F.linear_cross_entropy(x, W, torch.tensor([0, 1]))",
    "none": LINEAR + "F.linear_cross_entropy(x, W, torch.tensor([0, 1]), reduction='none')",
    "sum": LINEAR + "F.linear_cross_entropy(x, W, torch.tensor([0, 1]), reduction='sum')",
    "bias": LINEAR
    + "F.linear_cross_entropy(x, W, torch.tensor([0, 1]), linear_bias=torch.tensor([1.0, 0.0, -1.0]))",
    "weight": LINEAR + "F.linear_cross_entropy(x, W, torch.tensor([0, 1]), %s)" % WEIGHTED,
    "ignored": LINEAR + "F.linear_cross_entropy(x, W, torch.tensor([0, 1]), ignore_index=0)",
    "smoothing": LINEAR + "F.linear_cross_entropy(x, W, torch.tensor([0, 1]), label_smoothing=0.1)",
    "probabilities": LINEAR
    + "F.linear_cross_entropy(x, W, torch.tensor([[0.2, 0.5, 0.3], [0.0, 1.0, 0.0]]))",
    "probabilities-ignored": LINEAR
    + "F.linear_cross_entropy(x, W, torch.tensor([[0.2, 0.5, 0.3], [0.0, 1.0, 0.0]]), ignore_index=-100)",
    "all-ignored": LINEAR + "F.linear_cross_entropy(x, W, torch.tensor([-100, -100]))",
    "out-of-range": LINEAR + "F.linear_cross_entropy(x, W, torch.tensor([0, 3]))",
    "sequence": "F.linear_cross_entropy(torch.zeros(1, 2, 2), torch.zeros(3, 2), torch.tensor([[0, 1]]))",
    "arguments-exchanged": LINEAR + "F.linear_cross_entropy(x, torch.tensor([0, 1]), W)",
    "second-backward": LINEAR
    + "loss = F.linear_cross_entropy(x, W, torch.tensor([0, 1]))\n"
    "loss.backward(retain_graph=True)\nloss",
}

KL = x("[[-1.5, -1.0, -0.75], [-0.5, -2.0, -1.25]]") + y("[[0.25, 0.5, 0.25], [0.0, 1.0, 0.0]]")
CALLS["KLDivLoss"] = reductions("KLDivLoss", KL)
CALLS["KLDivLoss"].update(
    {
        "node": KL + "nn.KLDivLoss(reduction='sum')(x, y).grad_fn.name()",
        "batchmean": KL + "nn.KLDivLoss(reduction='batchmean')(x, y)",
        "batchmean-none-of-a-batch": x("[-1.0, -0.5]") + y("[0.5, 0.5]") + "nn.KLDivLoss(reduction='batchmean')(x, y)",
        "batchmean-of-stretched-input": x("[[-1.0, -0.5]]")
        + y("[[0.5, 0.5], [0.25, 0.75]]")
        + "nn.KLDivLoss(reduction='batchmean')(x, y)",
        "log-target": x("[-1.0, -0.5]") + y("[-0.5, -2.0]") + "nn.KLDivLoss(reduction='sum', log_target=True)(x, y)",
        "log-target-infinite": x("[-1.0, -0.5]")
        + y("[-inf, 0.0]")
        + "nn.KLDivLoss(reduction='none', log_target=True)(x, y)",
        "zeros": x("[-1.0, -inf, -inf]") + y("[0.0, 0.5, 0.0]") + "nn.KLDivLoss(reduction='none')(x, y)",
        "negative-target": x("[-1.0, -0.5]") + y("[-1.0, 0.5]") + "nn.KLDivLoss(reduction='none')(x, y)",
        "nan-target": x("[-1.0, -0.5]") + y("[nan, 0.5]") + "nn.KLDivLoss(reduction='none')(x, y)",
        "raw-probabilities": x("[0.5, 0.5]") + y("[0.5, 0.5]") + "nn.KLDivLoss(reduction='sum')(x, y)",
        "logarithms-without-log-target": x("[-1.0, -0.5]") + y("[-0.5, -1.0]") + "nn.KLDivLoss(reduction='sum')(x, y)",
        "class-numbers": x("[[-1.0, -0.5]]") + y("[1]") + "nn.KLDivLoss(reduction='batchmean')(x, y)",
        "int-target": x("[-1.0, -0.5]") + y("[1, 0]") + "nn.KLDivLoss(reduction='sum')(x, y)",
        "double-target": x("[-1.0, -0.5]") + y("[0.5, 0.5]", "float64") + "nn.KLDivLoss(reduction='sum')(x, y)",
        "weight": "nn.KLDivLoss(weight=None, size_average=True)",
        "column-beside-row": x("[[-1.0], [-0.5]]") + y("[0.5, 0.5]") + "nn.KLDivLoss(reduction='none')(x, y)",
        "shapes-that-do-not-fit": x("[-1.0, -0.5]") + y("[0.5, 0.25, 0.25]") + "nn.KLDivLoss(reduction='sum')(x, y)",
        "empty": "x = torch.zeros(0, 2, requires_grad=True)\n"
        "nn.KLDivLoss(reduction='batchmean')(x, torch.zeros(0, 2))",
        "half": x("[-1.0, -0.5]", "float16") + y("[0.5, 0.5]", "float16") + "nn.KLDivLoss(reduction='sum')(x, y)",
        "target-with-gradient": x("[-1.0, -0.5, -2.0]")
        + leaf("y", "[0.5, 0.5, 0.0]")
        + "nn.KLDivLoss(reduction='sum')(x, y)",
    }
)

GAUSS = x("[0.5, 2.0, -1.0]") + y("[1.0, 2.0, 1.0]") + leaf("v", "[1.0, 0.5, 4.0]")
FOUR = "x = torch.zeros(2, 3, 2, requires_grad=True)\ny = torch.ones(2, 3, 2)\n"
CALLS["GaussianNLLLoss"] = {
    "none": GAUSS + "nn.GaussianNLLLoss(reduction='none')(x, y, v)",
    "mean": GAUSS + "nn.GaussianNLLLoss()(x, y, v)",
    "sum": GAUSS + "nn.GaussianNLLLoss(reduction='sum')(x, y, v)",
    "reduction-average": GAUSS + "nn.GaussianNLLLoss(reduction='average')(x, y, v)",
    "first-argument-sum": "nn.GaussianNLLLoss('sum')",
    "full": GAUSS + "nn.GaussianNLLLoss(full=True)(x, y, v)",
    "eps": GAUSS + "nn.GaussianNLLLoss(eps=0.75)(x, y, v)",
    "eps-0": GAUSS + "nn.GaussianNLLLoss(eps=0.0)(x, y, v)",
    "two-axes-mean": x("[[0.5, 2.0], [1.0, 3.0]]")
    + y("[[1.0, 2.0], [0.0, 0.0]]")
    + leaf("v", "[[1.0, 0.5], [2.0, 4.0]]")
    + "nn.GaussianNLLLoss()(x, y, v)",
    "two-axes-none": x("[[0.5, 2.0], [1.0, 3.0]]")
    + y("[[1.0, 2.0], [0.0, 0.0]]")
    + leaf("v", "[[1.0, 0.5], [2.0, 4.0]]")
    + "nn.GaussianNLLLoss(reduction='none')(x, y, v)",
    "variance-0": x("[1.0, 0.0]") + y("[0.0, 0.0]") + leaf("v", "[0.0, 0.0]") + "nn.GaussianNLLLoss(reduction='none')(x, y, v)",
    "variance-negative": x("[1.0]") + y("[0.0]") + leaf("v", "[-0.5]") + "nn.GaussianNLLLoss()(x, y, v)",
    "variance-nan": x("[1.0]") + y("[0.0]") + leaf("v", "[nan]") + "nn.GaussianNLLLoss()(x, y, v)",
    "variance-infinite": x("[1.0]") + y("[0.0]") + leaf("v", "[inf]") + "nn.GaussianNLLLoss()(x, y, v)",
    "variance-a-float": x("[1.0]") + y("[0.0]") + "nn.GaussianNLLLoss()(x, y, 2.0)",
    "variance-an-int": x("[1.0]") + y("[0.0]") + "nn.GaussianNLLLoss()(x, y, 2)",
    "variance-0-d": x("[1.0, 2.0]") + y("[0.0, 0.0]") + "nn.GaussianNLLLoss()(x, y, torch.tensor(2.0))",
    "variance-of-samples": FOUR + "nn.GaussianNLLLoss()(x, y, torch.ones(2, 3))",
    "variance-last-axis-1": FOUR + "nn.GaussianNLLLoss()(x, y, torch.ones(2, 3, 1))",
    "variance-middle-axis-1": FOUR + "nn.GaussianNLLLoss()(x, y, torch.ones(2, 1, 2))",
    "variance-one-per-sample": FOUR + "nn.GaussianNLLLoss()(x, y, torch.ones(2, 1, 1))",
    "variance-of-columns": x("[[1.0, 2.0, 3.0]]") + y("[[0.0, 0.0, 0.0]]") + "nn.GaussianNLLLoss()(x, y, torch.ones(3))",
    "variance-of-columns-square": x("[[1.0, 2.0], [3.0, 4.0]]")
    + y("[[0.0, 0.0], [0.0, 0.0]]")
    + "nn.GaussianNLLLoss(reduction='none')(x, y, torch.tensor([1.0, 4.0]))",
    "column-beside-row": x("[[1.0], [2.0]]") + y("[1.0, 2.0]") + "nn.GaussianNLLLoss()(x, y, torch.ones(2, 1))",
    "same-count-other-shape": x("[[1.0, 2.0], [3.0, 4.0]]")
    + y("[1.0, 2.0, 3.0, 5.0]")
    + "nn.GaussianNLLLoss()(x, y, torch.ones(2, 2))",
    "half": x("[256.0]", "float16") + y("[0.0]", "float16") + "nn.GaussianNLLLoss()(x, y, torch.ones(1).half())",
    "empty": x("[]") + y("[]") + "nn.GaussianNLLLoss()(x, y, torch.tensor([]))",
    "int-target": x("[1.0]") + y("[3]") + "nn.GaussianNLLLoss()(x, y, torch.ones(1))",
}

COUNTS = x("[0.5, 1.0, -1.0]") + y("[2.0, 0.0, 1.0]")
RATES = x("[0.5, 1.0, 3.0]") + y("[2.0, 0.0, 5.0]")
CALLS["PoissonNLLLoss"] = reductions("PoissonNLLLoss", COUNTS)
CALLS["PoissonNLLLoss"].update(older_reductions("PoissonNLLLoss", COUNTS))
CALLS["PoissonNLLLoss"].update(
    {
        "rates": RATES + "nn.PoissonNLLLoss(log_input=False, reduction='none')(x, y)",
        "full": COUNTS + "nn.PoissonNLLLoss(full=True, reduction='none')(x, y)",
        "full-mean": COUNTS + "nn.PoissonNLLLoss(full=True)(x, y)",
        "full-sum-rates": RATES + "nn.PoissonNLLLoss(log_input=False, full=True, reduction='sum')(x, y)",
        "full-of-5": x("[3.0]") + y("[5.0]") + "nn.PoissonNLLLoss(log_input=False, full=True)(x, y)",
        "full-target-1": x("[0.0, 0.0]") + y("[1.0, 0.0]") + "nn.PoissonNLLLoss(full=True, reduction='none')(x, y)",
        "full-int-target": x("[0.5]") + y("[3]") + "nn.PoissonNLLLoss(full=True)(x, y)",
        "full-function": COUNTS + "F.poisson_nll_loss(x, y, full=True, reduction='none')",
        "eps": RATES + "nn.PoissonNLLLoss(log_input=False, eps=1.0, reduction='none')(x, y)",
        "eps-fourth-argument": RATES + "nn.PoissonNLLLoss(False, False, None, 1.0)(x, y)",
        "rate-0": x("[0.0, 0.0]") + y("[2.0, 0.0]") + "nn.PoissonNLLLoss(log_input=False, reduction='none')(x, y)",
        "rate-0-eps-0": x("[0.0, 0.0]")
        + y("[2.0, 0.0]")
        + "nn.PoissonNLLLoss(log_input=False, eps=0.0, reduction='none')(x, y)",
        "rate-negative": x("[-1.0, 1.0]") + y("[1.0, 1.0]") + "nn.PoissonNLLLoss(log_input=False)(x, y)",
        "overflow": x("[89.0, 88.0]") + y("[1.0, 1.0]") + "nn.PoissonNLLLoss(reduction='none')(x, y)",
        "infinite": x("[-inf, -inf]") + y("[0.0, 1.0]") + "nn.PoissonNLLLoss(reduction='none')(x, y)",
        "target-negative": x("[0.5]") + y("[-1.0]") + "nn.PoissonNLLLoss(full=True)(x, y)",
        "int-target": x("[0.5, 1.0]") + y("[2, 0]") + "nn.PoissonNLLLoss()(x, y)",
        "int-both": tensor("x", "[1, 2]") + y("[2, 0]") + "nn.PoissonNLLLoss()(x, y)",
        "column-beside-row": x("[[0.5], [1.0]]") + y("[2.0, 0.0]") + "nn.PoissonNLLLoss()(x, y)",
        "empty": x("[]") + y("[]") + "nn.PoissonNLLLoss()(x, y)",
        "half": x("[11.0, 12.0]", "float16")
        + y("[1.0, 1.0]", "float16")
        + "nn.PoissonNLLLoss(reduction='none')(x, y)",
    }
)

FRAMES = (
    "x = torch.tensor([[[1.0, 0.5, -1.0]], [[0.0, 1.0, 0.5]], [[0.5, 0.0, 2.0]], [[1.0, 0.0, 0.0]]],"
    " requires_grad=True)\n"
)
BATCH = "x = torch.zeros(4, 2, 3, requires_grad=True)\n"


def ctc(targets, input_lengths, target_lengths, options="", frames=FRAMES):
    """A call of CTCLoss on the logarithms of a softmax."""
    return frames + "nn.CTCLoss(%s)(x.log_softmax(2), %s, %s, %s)" % (
        options,
        targets,
        input_lengths,
        target_lengths,
    )


def one(targets, frames="4", length="2", options=""):
    """One sequence."""
    lengths = ["torch.tensor([%s])" % n for n in (frames, length)]
    return ctc("torch.tensor([%s])" % targets, lengths[0], lengths[1], options)


def two(targets="torch.tensor([[1, 2], [1, 0]])", frames="[4, 3]", lengths="[2, 1]", options=""):
    """Two sequences."""
    return ctc(
        targets, "torch.tensor(%s)" % frames, "torch.tensor(%s)" % lengths, options, BATCH
    )


CALLS["CTCLoss"] = {
    "mean": two(),
    "none": two(options="reduction='none'"),
    "sum": two(options="reduction='sum'"),
    "reduction-average": two(options="reduction='average'"),
    "one-sequence": one("[1, 2]"),
    "targets-in-one-row": two("torch.tensor([1, 2, 1])"),
    "lengths-as-tuples": ctc("torch.tensor([[1, 2]])", "(4,)", "(2,)"),
    "lengths-tensor-and-tuple": ctc("torch.tensor([[1, 2]])", "torch.tensor([4])", "(2,)"),
    "lengths-as-numbers": ctc("torch.tensor([[1, 2]])", "4", "2"),
    "lengths-float": ctc("torch.tensor([[1, 2]])", "torch.tensor([4.0])", "torch.tensor([2])"),
    "targets-int32": ctc(
        "torch.tensor([[1, 2]], dtype=torch.int32)", "torch.tensor([4])", "torch.tensor([2])"
    ),
    "targets-float": one("[1.0, 2.0]"),
    "does-not-fit": one("[1, 1, 1]", length="3"),
    "zero-infinity": one("[1, 1, 1]", length="3", options="zero_infinity=True"),
    "repeated-label": one("[1, 1]"),
    "blank-last": one("[0, 1]", options="blank=2"),
    "blank-out-of-range": one("[1, 2]", options="blank=3"),
    "blank-among-labels": one("[1, 0]"),
    "empty-target": one("[1, 2]", length="0"),
    "input-length-0": one("[1, 2]", frames="0"),
    "input-length-0-empty-target": one("[1, 2]", frames="0", length="0"),
    "input-length-too-long": one("[1, 2]", frames="5"),
    "target-length-too-long": one("[1, 2]", length="3"),
    "target-length-negative": one("[1, 2]", length="-1"),
    "batch-first": ctc(
        "torch.tensor([[1, 2], [1, 2]])",
        "torch.tensor([4, 4])",
        "torch.tensor([2, 2])",
        frames="x = torch.zeros(2, 4, 3, requires_grad=True)\n",
    ),
    "without-a-batch": FRAMES
    + "nn.CTCLoss()(x[:, 0].log_softmax(1), torch.tensor([1, 2]), torch.tensor(4), torch.tensor(2))",
    "logits": FRAMES
    + "nn.CTCLoss()(x, torch.tensor([[1, 2]]), torch.tensor([4]), torch.tensor([2]))",
    "gradient-of-log-probs": "x = torch.tensor([[[-1.0, -0.75, -1.5]], [[-0.5, -1.5, -2.0]]],"
    " requires_grad=True)\n"
    "nn.CTCLoss()(x, torch.tensor([[1]]), torch.tensor([2]), torch.tensor([1]))",
    "minus-infinity": "x = torch.tensor([[[-0.5, -1.0, -inf]], [[-0.25, -1.5, -inf]]],"
    " requires_grad=True)\n"
    "nn.CTCLoss()(x.log_softmax(2), torch.tensor([[1]]), torch.tensor([2]), torch.tensor([1]))",
    "half": "x = torch.zeros(2, 1, 3, dtype=torch.float16, requires_grad=True)\n"
    "nn.CTCLoss()(x, torch.tensor([[1]]), torch.tensor([2]), torch.tensor([1]))",
    "node": FRAMES
    + "nn.CTCLoss(reduction='none')(x.log_softmax(2), torch.tensor([[1, 2]]), torch.tensor([4]),"
    " torch.tensor([2])).grad_fn.name()",
}

PAIRS = leaf("a", "[[1.0, 2.0], [0.0, 3.0]]") + leaf("b", "[[2.0, 1.0], [0.5, 0.0]]")
CALLS["CosineSimilarity"] = {
    "dim-1": PAIRS + "nn.CosineSimilarity()(a, b)",
    "dim-0": PAIRS + "nn.CosineSimilarity(dim=0)(a, b)",
    "node": PAIRS + "nn.CosineSimilarity()(a, b).grad_fn.name()",
    "eps-1": leaf("a", "[[0.5, 0.0]]") + leaf("b", "[[0.25, 0.0]]") + "nn.CosineSimilarity(eps=1.0)(a, b)",
    "eps-one-short": leaf("a", "[[0.001, 0.0]]") + leaf("b", "[[100.0, 0.0]]") + "nn.CosineSimilarity(eps=1.0)(a, b)",
    "zero-vector": leaf("a", "[[0.0, 0.0]]") + leaf("b", "[[3.0, 4.0]]") + "nn.CosineSimilarity()(a, b)",
    "zero-vectors": leaf("a", "[[0.0, 0.0]]") + leaf("b", "[[0.0, 0.0]]") + "nn.CosineSimilarity()(a, b)",
    "tiny": leaf("a", "[[1e-30, 0.0]]") + leaf("b", "[[1e-30, 0.0]]") + "nn.CosineSimilarity()(a, b)",
    "huge": leaf("a", "[[1e30, 0.0]]") + leaf("b", "[[1e30, 0.0]]") + "nn.CosineSimilarity()(a, b)",
    "above-1": tensor("a", "[[0.1, 0.7]]") + tensor("b", "[[0.3, 2.1]]") + "nn.CosineSimilarity()(a, b) <= 1",
    "opposite": leaf("a", "[[3.0, 4.0]]") + leaf("b", "[[-6.0, -8.0]]") + "nn.CosineSimilarity()(a, b)",
    "single-vectors": leaf("a", "[1.0, 2.0]") + leaf("b", "[2.0, 1.0]") + "nn.CosineSimilarity()(a, b)",
    "single-vectors-dim-0": leaf("a", "[1.0, 2.0]") + leaf("b", "[2.0, 1.0]") + "nn.CosineSimilarity(dim=0)(a, b)",
    "all-pairs": PAIRS + "F.cosine_similarity(a[:, None], b[None], dim=2)",
    "column-beside-row": leaf("a", "[[1.0], [2.0], [3.0]]") + leaf("b", "[1.0, 2.0, 3.0]") + "nn.CosineSimilarity()(a, b)",
    "row-stretched-along-dim": leaf("a", "[[1.0]]") + leaf("b", "[[1.0, 1.0, 1.0]]") + "nn.CosineSimilarity()(a, b)",
    "shapes-that-do-not-fit": leaf("a", "[[1.0, 2.0]]") + leaf("b", "[[1.0, 2.0, 3.0]]") + "nn.CosineSimilarity()(a, b)",
    "int": tensor("a", "[[1, 2]]") + tensor("b", "[[3, 4]]") + "nn.CosineSimilarity()(a, b)",
    "int-and-float": leaf("a", "[[1.0, 2.0]]") + tensor("b", "[[3, 4]]") + "nn.CosineSimilarity()(a, b)",
    "half": leaf("a", "[[0.0, 0.0]]", "float16") + leaf("b", "[[3.0, 4.0]]", "float16") + "nn.CosineSimilarity()(a, b)",
    "nan": leaf("a", "[[nan, 1.0]]") + leaf("b", "[[3.0, 4.0]]") + "nn.CosineSimilarity()(a, b)",
    "empty": "nn.CosineSimilarity()(torch.zeros(2, 0), torch.zeros(2, 0))",
}

CALLS["PairwiseDistance"] = {
    "p-%s" % p: PAIRS + "nn.PairwiseDistance(p=%s)(a, b)" % p
    for p in ("2.0", "1.0", "3.0", "0.5", "inf", "-inf", "0.0", "-1.0")
}
CALLS["PairwiseDistance"].update(
    {
        "keepdim": PAIRS + "nn.PairwiseDistance(keepdim=True)(a, b)",
        "node": PAIRS + "nn.PairwiseDistance()(a, b).grad_fn.name()",
        "equal": leaf("a", "[[1.0, 1.0, 1.0, 1.0]]") + tensor("b", "[[1.0, 1.0, 1.0, 1.0]]") + "nn.PairwiseDistance()(a, b)",
        "equal-eps-0": leaf("a", "[[1.0, 2.0]]") + tensor("b", "[[1.0, 2.0]]") + "nn.PairwiseDistance(eps=0.0)(a, b)",
        "equal-eps-0-p-1": leaf("a", "[[1.0, 2.0]]") + tensor("b", "[[1.0, 2.0]]") + "nn.PairwiseDistance(1.0, eps=0.0)(a, b)",
        "equal-eps-0-p-inf": leaf("a", "[[1.0, 2.0]]") + tensor("b", "[[1.0, 2.0]]") + "nn.PairwiseDistance(inf, eps=0.0)(a, b)",
        "tie-p-inf": leaf("a", "[[1.0, 1.0]]") + tensor("b", "[[3.0, -1.0]]") + "nn.PairwiseDistance(inf, eps=0.0)(a, b)",
        "own-root": leaf("a", "[[1.0, 2.0]]") + tensor("b", "[[1.0, 2.0]]") + "((a - b) ** 2).sum(1).sqrt()",
        "source-18": tensor("a", "[[1.0, 2.0, 3.0, 4.0]]") + tensor("b", "[[10.0, 11.0, 12.0, 13.0]]") + "nn.PairwiseDistance()(a, b)",
        "single-vectors": leaf("a", "[1.0, 2.0]") + leaf("b", "[2.0, 4.0]") + "nn.PairwiseDistance()(a, b)",
        "three-axes": "nn.PairwiseDistance()(torch.ones(2, 3, 4), torch.zeros(2, 3, 4))",
        "column-beside-row": leaf("a", "[[1.0], [2.0]]") + leaf("b", "[1.0, 2.0]") + "nn.PairwiseDistance()(a, b)",
        "one-against-all": leaf("a", "[[1.0, 2.0]]") + leaf("b", "[[2.0, 4.0], [0.0, 0.0]]") + "nn.PairwiseDistance()(a, b)",
        "shapes-that-do-not-fit": leaf("a", "[[1.0, 2.0]]") + leaf("b", "[[1.0, 2.0, 3.0]]") + "nn.PairwiseDistance()(a, b)",
        "int": tensor("a", "[[1, 2]]") + tensor("b", "[[3, 4]]") + "nn.PairwiseDistance()(a, b)",
        "nan": leaf("a", "[[nan, 1.0]]") + leaf("b", "[[3.0, 4.0]]") + "nn.PairwiseDistance()(a, b)",
        "half": leaf("a", "[[3.0, 4.0]]", "float16") + tensor("b", "[[0.0, 0.0]]", "float16") + "nn.PairwiseDistance()(a, b)",
    }
)

COSINES = PAIRS + y("[1.0, -1.0]")
RIGHT_ANGLE = leaf("a", "[[1.0, 0.0]]") + leaf("b", "[[0.0, 2.0]]") + y("[-1.0]")
CALLS["CosineEmbeddingLoss"] = reductions("CosineEmbeddingLoss", COSINES, "a, b, y")
CALLS["CosineEmbeddingLoss"].update(
    {
        "margin": PAIRS + y("[-1.0, -1.0]") + "nn.CosineEmbeddingLoss(margin=0.5, reduction='none')(a, b, y)",
        "at-the-margin": RIGHT_ANGLE + "nn.CosineEmbeddingLoss()(a, b, y)",
        "at-the-margin-of-1": leaf("a", "[[3.0, 4.0]]")
        + leaf("b", "[[4.0, 3.0]]")
        + y("[-1.0]")
        + "nn.CosineEmbeddingLoss(margin=1.0)(a, b, y)",
        "margin-negative": RIGHT_ANGLE + "nn.CosineEmbeddingLoss(margin=-0.5)(a, b, y)",
        "targets-that-are-none": PAIRS + y("[0.0, -5.0]") + "nn.CosineEmbeddingLoss(reduction='none')(a, b, y)",
        "column-of-targets": PAIRS + y("[[1.0], [-1.0]]") + "nn.CosineEmbeddingLoss()(a, b, y)",
        "one-target-for-all": PAIRS + y("[1.0]") + "nn.CosineEmbeddingLoss(reduction='none')(a, b, y)",
        "target-a-scalar": PAIRS + y("1.0") + "nn.CosineEmbeddingLoss(reduction='none')(a, b, y)",
        "int-target": PAIRS + y("[1, -1]") + "nn.CosineEmbeddingLoss(reduction='none')(a, b, y)",
        "bool-target": PAIRS + y("[True, False]") + "nn.CosineEmbeddingLoss(reduction='none')(a, b, y)",
        "zero-vector": leaf("a", "[[0.0, 0.0]]") + leaf("b", "[[3.0, 4.0]]") + y("[1.0]") + "nn.CosineEmbeddingLoss()(a, b, y)",
        "zero-vectors": leaf("a", "[[0.0, 0.0]]") + leaf("b", "[[0.0, 0.0]]") + y("[1.0]") + "nn.CosineEmbeddingLoss()(a, b, y)",
        "short-equal-vectors": leaf("a", "[[1e-6, 0.0]]") + leaf("b", "[[1e-6, 0.0]]") + y("[1.0]") + "nn.CosineEmbeddingLoss()(a, b, y)",
        "opposite": leaf("a", "[[1.0, 0.0]]") + leaf("b", "[[-1.0, 0.0]]") + y("[1.0]") + "nn.CosineEmbeddingLoss()(a, b, y)",
        "single-vectors": leaf("a", "[1.0, 2.0]") + leaf("b", "[2.0, 1.0]") + y("1.0") + "nn.CosineEmbeddingLoss()(a, b, y)",
        "sequences": "nn.CosineEmbeddingLoss()(torch.ones(2, 3, 4), torch.ones(2, 3, 4), torch.ones(2, 3))",
        "shapes-that-do-not-fit": leaf("a", "[[1.0, 2.0]]")
        + leaf("b", "[[1.0, 2.0, 3.0]]")
        + y("[1.0]")
        + "nn.CosineEmbeddingLoss()(a, b, y)",
        "half-zero-vector": leaf("a", "[[0.0, 0.0]]", "float16")
        + leaf("b", "[[3.0, 4.0]]", "float16")
        + y("[1.0]")
        + "nn.CosineEmbeddingLoss()(a, b, y)",
        "empty": "nn.CosineEmbeddingLoss()(torch.zeros(0, 2), torch.zeros(0, 2), torch.zeros(0))",
    }
)

RANKED = leaf("a", "[0.5, 2.0, 1.0]") + leaf("b", "[1.0, 1.0, 1.0]") + y("[1.0, 1.0, -1.0]")
CALLS["MarginRankingLoss"] = reductions("MarginRankingLoss", RANKED, "a, b, y")
CALLS["MarginRankingLoss"].update(
    {
        "node": RANKED + "nn.MarginRankingLoss(reduction='none')(a, b, y).grad_fn.name()",
        "margin": RANKED + "nn.MarginRankingLoss(margin=0.5, reduction='none')(a, b, y)",
        "margin-negative": RANKED + "nn.MarginRankingLoss(margin=-0.5, reduction='none')(a, b, y)",
        "at-the-margin": leaf("a", "[2.0]") + leaf("b", "[1.0]") + y("[1.0]") + "nn.MarginRankingLoss(margin=1.0)(a, b, y)",
        "equal-scores": leaf("a", "[0.3]") + leaf("b", "[0.3]") + y("[1.0]") + "nn.MarginRankingLoss()(a, b, y)",
        "labels-0-and-1": leaf("a", "[1.0, 1.0]") + leaf("b", "[2.0, 2.0]") + y("[0.0, 1.0]") + "nn.MarginRankingLoss(margin=0.5, reduction='none')(a, b, y)",
        "int-target": RANKED.replace("[1.0, 1.0, -1.0]", "[1, 1, -1]") + "nn.MarginRankingLoss(reduction='none')(a, b, y)",
        "bool-target": leaf("a", "[0.5]") + leaf("b", "[1.0]") + y("[True]") + "nn.MarginRankingLoss()(a, b, y)",
        "uint8-target": leaf("a", "[3.0, 1.0]")
        + leaf("b", "[1.0, 3.0]")
        + y("[1, 1]", "uint8")
        + "nn.MarginRankingLoss(reduction='none')(a, b, y)",
        "target-of-fewer-axes": "nn.MarginRankingLoss()(torch.ones(4, 5), torch.zeros(4, 5), torch.ones(4))",
        "target-a-scalar": leaf("a", "[0.5]") + leaf("b", "[1.0]") + y("1.0") + "nn.MarginRankingLoss()(a, b, y)",
        "column-beside-row": leaf("a", "[[0.5], [2.0]]") + leaf("b", "[[1.0, 3.0]]") + y("[[1.0]]") + "nn.MarginRankingLoss(reduction='none')(a, b, y)",
        "scalars": leaf("a", "0.5") + leaf("b", "1.0") + y("1.0") + "nn.MarginRankingLoss()(a, b, y)",
        "issue-14226": "a = torch.tensor([2.0, 1.0, 1.0, 1.0])\nb = torch.tensor([2.0, -3.0, 1.0, 1.0])\n"
        "nn.MarginRankingLoss(margin=1, reduction='sum')(a, b, b)",
        "nan": leaf("a", "[nan]") + leaf("b", "[1.0]") + y("[1.0]") + "nn.MarginRankingLoss()(a, b, y)",
        "empty": leaf("a", "[]") + leaf("b", "[]") + y("[]") + "nn.MarginRankingLoss()(a, b, y)",
        "half": leaf("a", "[0.5]", "float16") + leaf("b", "[1.0]", "float16") + y("[1.0]", "float16") + "nn.MarginRankingLoss()(a, b, y)",
    }
)

DISTANCES = x("[0.5, 0.25, 2.0]") + y("[1.0, -1.0, -1.0]")
CALLS["HingeEmbeddingLoss"] = reductions("HingeEmbeddingLoss", DISTANCES)
CALLS["HingeEmbeddingLoss"].update(
    {
        "node": DISTANCES + "nn.HingeEmbeddingLoss(reduction='none')(x, y).grad_fn.name()",
        "margin": DISTANCES + "nn.HingeEmbeddingLoss(margin=3.0, reduction='none')(x, y)",
        "margin-int": DISTANCES + "nn.HingeEmbeddingLoss(margin=3, reduction='none')(x, y)",
        "margin-negative": DISTANCES + "nn.HingeEmbeddingLoss(margin=-1.0, reduction='none')(x, y)",
        "at-the-margin": x("[1.0]") + y("[-1.0]") + "nn.HingeEmbeddingLoss()(x, y)",
        "negative-distance": x("[-0.2]") + y("[1.0]") + "nn.HingeEmbeddingLoss()(x, y)",
        "labels-0-and-1": x("[0.3, 1.5]") + y("[0.0, 0.0]") + "nn.HingeEmbeddingLoss(reduction='none')(x, y)",
        "int-target": x("[0.5, 0.25]") + y("[1, -1]") + "nn.HingeEmbeddingLoss(reduction='none')(x, y)",
        "bool-target": x("[0.5, 0.25]") + y("[True, False]") + "nn.HingeEmbeddingLoss(reduction='none')(x, y)",
        "int-distances": tensor("x", "[1, 2]") + y("[1, -1]") + "nn.HingeEmbeddingLoss()(x, y)",
        "int-distances-none": tensor("x", "[1, 2]") + y("[1, -1]") + "nn.HingeEmbeddingLoss(margin=3.0, reduction='none')(x, y)",
        "column-beside-row": x("[[0.5], [0.25]]") + y("[1.0, -1.0]") + "nn.HingeEmbeddingLoss(reduction='none')(x, y)",
        "shapes-that-do-not-fit": x("[[0.5, 0.25, 1.0], [1.0, 1.0, 1.0]]") + y("[1.0, -1.0]") + "nn.HingeEmbeddingLoss()(x, y)",
        "nan": x("[nan, nan]") + y("[1.0, -1.0]") + "nn.HingeEmbeddingLoss(reduction='none')(x, y)",
        "infinite": x("[inf, inf]") + y("[1.0, -1.0]") + "nn.HingeEmbeddingLoss(reduction='none')(x, y)",
        "empty": x("[]") + y("[]") + "nn.HingeEmbeddingLoss()(x, y)",
        "half": x("[0.5]", "float16") + y("[-1.0]", "float16") + "nn.HingeEmbeddingLoss()(x, y)",
    }
)

TRIPLETS = (
    leaf("a", "[[0.0, 0.0], [1.0, 2.0]]")
    + leaf("p", "[[3.0, 4.0], [1.0, 3.0]]")
    + leaf("n", "[[0.0, 5.5], [4.0, 6.0]]")
)
POINT = "".join(leaf(name, "[[1.0, 1.0]]") for name in "apn")
LINE = leaf("a", "[[0.0]]") + leaf("p", "[[1.0]]") + leaf("n", "[[2.0]]")
SWAPPED = leaf("a", "[[0.0]]") + leaf("p", "[[2.0]]") + leaf("n", "[[1.0]]")
CALLS["TripletMarginLoss"] = reductions("TripletMarginLoss", TRIPLETS, "a, p, n")
CALLS["TripletMarginLoss"].update(
    {
        "margin": TRIPLETS + "nn.TripletMarginLoss(margin=0.25, reduction='none')(a, p, n)",
        "margin-0": LINE + "nn.TripletMarginLoss(margin=0.0)(a, p, n)",
        "margin-negative": LINE + "nn.TripletMarginLoss(margin=-1.0)(a, p, n)",
        "margin-0-function": LINE + "F.triplet_margin_loss(a, p, n, margin=0.0)",
        "p-1": TRIPLETS + "nn.TripletMarginLoss(p=1, reduction='none')(a, p, n)",
        "p-inf": TRIPLETS + "nn.TripletMarginLoss(p=inf, reduction='none')(a, p, n)",
        "eps-0": TRIPLETS + "nn.TripletMarginLoss(eps=0.0, reduction='none')(a, p, n)",
        "third-argument-true": TRIPLETS + "nn.TripletMarginLoss(1.0, 2, True)(a, p, n)",
        "swap": TRIPLETS + "nn.TripletMarginLoss(swap=True, reduction='none')(a, p, n)",
        "swap-tie": SWAPPED + "nn.TripletMarginLoss(eps=0.0, swap=True)(a, p, n)",
        "at-the-margin": LINE + "nn.TripletMarginLoss(eps=0.0)(a, p, n)",
        "same-point": POINT + "nn.TripletMarginLoss()(a, p, n)",
        "same-point-eps-0": POINT + "nn.TripletMarginLoss(eps=0.0)(a, p, n)",
        "anchor-is-positive": leaf("a", "[[1.0, 1.0, 1.0]]")
        + tensor("p", "[[1.0, 1.0, 1.0]]")
        + tensor("n", "[[0.5, 0.9, 0.9]]")
        + "nn.TripletMarginLoss()(a, p, n)",
        "single-vectors": leaf("a", "[0.0, 0.0]") + leaf("p", "[3.0, 4.0]") + leaf("n", "[0.0, 5.5]") + "nn.TripletMarginLoss()(a, p, n)",
        "one-negative-for-all": TRIPLETS.replace("[[0.0, 5.5], [4.0, 6.0]]", "[[0.0, 5.5]]")
        + "nn.TripletMarginLoss(reduction='none')(a, p, n)",
        "negative-of-fewer-axes": TRIPLETS.replace("[[0.0, 5.5], [4.0, 6.0]]", "[0.0, 5.5]")
        + "nn.TripletMarginLoss(reduction='none')(a, p, n)",
        "three-axes": "nn.TripletMarginLoss(reduction='none')(torch.zeros(1, 2, 2), torch.ones(1, 2, 2),"
        " torch.full((1, 2, 2), 3.0))",
        "shapes-that-do-not-fit": TRIPLETS.replace("[[0.0, 5.5], [4.0, 6.0]]", "[[0.0, 5.5, 1.0]]")
        + "nn.TripletMarginLoss()(a, p, n)",
        "nan": LINE.replace("[[2.0]]", "[[nan]]") + "nn.TripletMarginLoss()(a, p, n)",
        "int": "a = torch.tensor([[1, 2]])\nnn.TripletMarginLoss()(a, a, a)",
        "empty": "a = torch.zeros(0, 2)\nnn.TripletMarginLoss()(a, a, a)",
    }
)

OWN = "nn.TripletMarginWithDistanceLoss(%s)(a, p, n)"
SQUARED = "distance_function=lambda s, t: ((s - t) ** 2).sum(-1)"
COSINE = "distance_function=lambda s, t: 1 - F.cosine_similarity(s, t)"
CALLS["TripletMarginWithDistanceLoss"] = {
    "mean": TRIPLETS + OWN % "",
    "none": TRIPLETS + OWN % "reduction='none'",
    "sum": TRIPLETS + OWN % "reduction='sum'",
    "reduction-average": TRIPLETS + OWN % "reduction='average'",
    "squared": TRIPLETS + OWN % SQUARED,
    "cosine": TRIPLETS.replace("[[0.0, 0.0], ", "[[1.0, 0.0], ") + OWN % COSINE,
    "margin": TRIPLETS + OWN % "margin=0.25, reduction='none'",
    "margin-0": LINE + OWN % "margin=0.0",
    "margin-negative": LINE + OWN % "margin=-1.0",
    "swap": TRIPLETS + OWN % "swap=True, reduction='none'",
    "swap-tie": SWAPPED + OWN % (SQUARED + ", swap=True"),
    "at-the-margin": LINE.replace("2.0", "1.4142135") + OWN % (SQUARED + ", margin=1.0"),
    "at-the-margin-exactly": LINE.replace("2.0", "2.0") + OWN % (SQUARED + ", margin=3.0"),
    "own-root": POINT + OWN % "distance_function=lambda s, t: ((s - t) ** 2).sum(-1).sqrt()",
    "averaged-distance": TRIPLETS + OWN % "distance_function=nn.MSELoss(), reduction='none'",
    "negative-of-fewer-axes": TRIPLETS.replace("[[0.0, 5.5], [4.0, 6.0]]", "[0.0, 5.5]")
    + OWN % "reduction='none'",
}

IDS = {
    "%s/%s" % (loss, name): code for loss, calls in CALLS.items() for name, code in calls.items()
}

"""The calls whose results are kept for every release of PyTorch, by the class of the loss.

A call is a text, and that text is what is executed: its last line is the value, and each tensor in
it that requires a gradient gets one. It stands alone but for the names in `probes.NAMES`. The id of
a call is `<class>/<name>`; the data and pages use it, so a name stays.

This file is read by Python 3.6 and any torch since 1.0.
"""

CALLS = {}


def of(loss):
    """The function that adds a call of a loss: its name, and the parts of its text."""
    CALLS[loss] = {}

    def call(name, *parts):
        CALLS[loss][name] = "".join(parts)

    return call


def tensor(name, values, dtype=None):
    """The line that makes a tensor without a gradient."""
    kind = f", dtype=torch.{dtype}" if dtype else ""
    return f"{name} = torch.tensor({values}{kind})\n"


def leaf(name, values, dtype=None):
    """The line that makes a tensor whose gradient is kept."""
    return tensor(name, values, dtype).replace(")\n", ", requires_grad=True)\n")


def x(values, dtype=None):
    """The input."""
    return leaf("x", values, dtype)


def y(values, dtype=None):
    """The target."""
    return tensor("y", values, dtype)


def reductions(call, loss, inputs, names="x, y"):
    """The three reductions."""
    call("none", inputs, f"nn.{loss}(reduction='none')({names})")
    call("mean", inputs, f"nn.{loss}()({names})")
    call("sum", inputs, f"nn.{loss}(reduction='sum')({names})")


def older_reductions(call, loss, inputs):
    """A name of before, one that never was, and the two arguments that `reduction` replaced."""
    call("elementwise-mean", inputs, f"nn.{loss}(reduction='elementwise_mean')(x, y)")
    call("reduction-average", inputs, f"nn.{loss}(reduction='average')(x, y)")
    call("size-average-false", inputs, f"nn.{loss}(size_average=False)(x, y)")
    call("reduce-false", inputs, f"nn.{loss}(reduce=False)(x, y)")


def elementwise(call, loss, function):
    """The calls that the four losses of a difference have in common."""
    module = f"nn.{loss}()(x, y)"
    three = x("[0.5, 2.0, -3.0]") + y("[0.0, 2.0, 1.0]")
    square = x("[[0.0, 1.0], [2.0, 3.0]]")
    reductions(call, loss, three)
    call("node", three, module, ".grad_fn.name()")
    call("weight", three, f"F.{function}(x, y, weight=torch.tensor([1.0, 2.0, 4.0]))")
    call("column-beside-row", x("[[0.0], [1.0], [2.0]]"), y("[0.0, 1.0, 2.0]"), module)
    call("same-count-other-shape", square, y("[0.0, 1.0, 2.0, 3.0]"), module)
    call("nan-target", x("[1.0, 2.0]"), y("[nan, 0.0]"), module)
    call("empty", x("[]"), y("[]"), module)
    call("int-both", tensor("x", "[1, 2]"), y("[1, 4]"), module)
    call("int-target", x("[1.0, 2.0]"), y("[1, 4]"), module)
    call("double-target", x("[1.0, 2.0]"), y("[1.0, 4.0]", "float64"), module)
    call("half", x("[300.0, 1.0]", "float16"), y("[0.0, 0.5]", "float16"), module)
    call("target-with-gradient", x("[0.5, -3.0]"), leaf("y", "[0.0, 1.0]"), module)


call = of("L1Loss")
elementwise(call, "L1Loss", "l1_loss")
call("first-argument-sum", x("[0.5, 2.0]"), y("[0.0, 0.0]"), "nn.L1Loss('sum')(x, y)")
call("target-a-number", x("[1.0, 2.0]"), "F.l1_loss(x, 0)")
older_reductions(call, "L1Loss", x("[0.5, 2.0]") + y("[0.0, 0.0]"))
call(
    "weight-of-samples",
    x("[[1.0, 2.0], [3.0, 5.0]]"),
    y("[[0.0, 0.0], [0.0, 1.0]]"),
    "F.l1_loss(x, y, weight=torch.tensor([[1.0], [3.0]]))",
)
call("weight-of-the-class", "nn.L1Loss(weight=torch.tensor([1.0, 2.0]))")
call(
    "complex", "x = torch.tensor([3 + 4j], requires_grad=True)\nnn.L1Loss()(x, torch.tensor([0j]))"
)
call("bool-both", tensor("x", "[True, False]"), y("[True, True]"), "nn.L1Loss()(x, y)")

call = of("MSELoss")
elementwise(call, "MSELoss", "mse_loss")
# The tensors of the source 004, lines 17 to 20.
call(
    "source-4",
    x(
        "[[0.8964, 1.6948, 0.5003, 0.6851, -0.7712], [-0.7480, -0.1916, 0.4495, -1.2375,"
        " -0.7038], [-1.5244, 0.2029, -0.7153, -1.4792, 1.1071]]"
    ),
    y(
        "[[-1.2733, 0.2253, 0.1926, -1.1926, 0.5637], [-0.9189, 2.7922, 0.2730, 0.6243,"
        " -1.2396], [1.2193, -0.6027, -0.1948, 0.5456, -0.3350]]"
    ),
    "nn.MSELoss()(x, y)",
)
call("inf-both", x("[inf, 1.0]"), y("[inf, -inf]"), "nn.MSELoss()(x, y)")
call("tensors-to-the-class", "nn.MSELoss(torch.tensor([1.0, 2.0]), torch.tensor([1.0, 0.0]))")
call("four-axes", x("[[1.0], [2.0]]"), y("[[[[0.0]]], [[[1.0]]]]"), "nn.MSELoss()(x, y)")
call("root-of-zero", x("[1.0, 2.0]"), y("[1.0, 2.0]"), "nn.MSELoss()(x, y).sqrt()")
call("shapes-that-do-not-fit", x("[1.0, 2.0]"), y("[1.0, 2.0, 3.0]"), "nn.MSELoss()(x, y)")
call("half-small", x("[0.0001]", "float16"), y("[0.0]", "float16"), "nn.MSELoss()(x, y)")
call("bfloat16", x("[300.0, 1.0]", "bfloat16"), y("[0.0, 0.5]", "bfloat16"), "nn.MSELoss()(x, y)")

ERRORS = x("[0.25, 1.0, 4.0, 2.0, -2.0, 0.0]") + y("[0.0, 0.0, 0.0, 0.0, 0.0, 0.0]")
for loss, function, option in (
    ("SmoothL1Loss", "smooth_l1_loss", "beta"),
    ("HuberLoss", "huber_loss", "delta"),
):
    call = of(loss)
    elementwise(call, loss, function)
    for number in ("1.0", "2.0", "0.5", "0.0", "-1.0", "inf"):
        name = f"{option}-{number}".replace("--", "-minus-")
        call(name, ERRORS, f"nn.{loss}(reduction='none', {option}={number})(x, y)")
    call("first-argument-sum", ERRORS, f"nn.{loss}('sum')(x, y)")
    call("first-argument-a-number", ERRORS, f"nn.{loss}(0.5)(x, y)")

TWO = x("[0.2, 0.9, 0.5]") + y("[1.0, 1.0, 0.0]")

call = of("BCELoss")
reductions(call, "BCELoss", TWO)
call("node", TWO, "nn.BCELoss()(x, y).grad_fn.name()")
call("node-of-sigmoid", "torch.sigmoid(torch.zeros(1, requires_grad=True)).grad_fn.name()")
call("source-4", x("[0.2943, 0.4337, 0.3497]"), y("[0.0, 1.0, 1.0]"), "nn.BCELoss()(x, y)")
call("source-3", x("[[1.0, 1.0], [1.0, 1.0]]"), y("[[0.0, 1.0], [2.0, 3.0]]"), "nn.BCELoss()(x, y)")
call("target-2", x("[0.5]"), y("[2.0]"), "nn.BCELoss()(x, y)")
call("target-nan", x("[0.5]"), y("[nan]"), "nn.BCELoss()(x, y)")
call(
    "target-between",
    x("[0.1, 0.25, 0.4]"),
    y("[0.25, 0.25, 0.25]"),
    "nn.BCELoss(reduction='none')(x, y)",
)
call("probability-0-target-1", x("[0.0]"), y("[1.0]"), "nn.BCELoss()(x, y)")
call("probability-1-target-0", x("[1.0]"), y("[0.0]"), "nn.BCELoss()(x, y)")
call("certain-and-right", x("[0.0, 1.0]"), y("[0.0, 1.0]"), "nn.BCELoss(reduction='none')(x, y)")
call("probability-1e-30", x("[1e-30]"), y("[1.0]"), "nn.BCELoss()(x, y)")
call(
    "probability-1e-30-double", x("[1e-30]", "float64"), y("[1.0]", "float64"), "nn.BCELoss()(x, y)"
)
call("a-logit", x("[1.5]"), y("[1.0]"), "nn.BCELoss()(x, y)")
call("nan", x("[nan, 0.5]"), y("[1.0, 0.0]"), "nn.BCELoss()(x, y)")
call(
    "weight-of-labels",
    x("[[0.2, 0.9], [0.5, 0.6]]"),
    y("[[1.0, 1.0], [0.0, 1.0]]"),
    "nn.BCELoss(weight=torch.tensor([1.0, 3.0]))(x, y)",
)
call(
    "weight-of-samples",
    x("[[0.2, 0.9], [0.5, 0.6]]"),
    y("[[1.0, 1.0], [0.0, 1.0]]"),
    "nn.BCELoss(weight=torch.tensor([[1.0], [3.0]]))(x, y)",
)
call("weight-does-not-fit", TWO, "nn.BCELoss(weight=torch.tensor([1.0, 3.0]))(x, y)")
call("int-target", x("[0.7]"), y("[1]"), "nn.BCELoss()(x, y)")
call("bool-target", x("[0.7]"), y("[True]"), "nn.BCELoss()(x, y)")
call("double-target", x("[0.7]"), y("[1.0]", "float64"), "nn.BCELoss()(x, y)")
call("column-beside-row", x("[[0.7], [0.2]]"), y("[1.0, 0.0]"), "nn.BCELoss()(x, y)")
call(
    "same-count-other-shape",
    x("[[0.7, 0.2], [0.1, 0.4]]"),
    y("[1.0, 0.0, 0.0, 0.0]"),
    "nn.BCELoss()(x, y)",
)
call("empty", x("[]"), y("[]"), "nn.BCELoss()(x, y)")
call(
    "half",
    x("[0.75, 1.0]", "float16"),
    y("[1.0, 0.0]", "float16"),
    "nn.BCELoss(reduction='none')(x, y)",
)
call("target-with-gradient", x("[0.25]"), leaf("y", "[0.5]"), "nn.BCELoss()(x, y)")
LOGITS = x("[1.0, -2.0, 0.5]") + y("[1.0, 1.0, 0.0]")
IMAGE_OF_LOGITS = "x = torch.zeros(1, 2, 1, 3, requires_grad=True)\ny = torch.ones(1, 2, 1, 3)\n"

call = of("BCEWithLogitsLoss")
reductions(call, "BCEWithLogitsLoss", LOGITS)
call("node", LOGITS, "nn.BCEWithLogitsLoss()(x, y).grad_fn.name()")
call(
    "source-4", x("[0.1406, 0.4081, 1.5632]"), y("[1.0, 1.0, 0.0]"), "nn.BCEWithLogitsLoss()(x, y)"
)
call("name-of-source-2", "nn.BCELogitsLoss()")
call("weight", LOGITS, "nn.BCEWithLogitsLoss(weight=torch.tensor([1.0, 2.0, 4.0]))(x, y)")
call(
    "pos-weight",
    LOGITS,
    "nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 2.0, 4.0]), reduction='none')(x, y)",
)
call(
    "weight-and-pos-weight",
    LOGITS,
    "nn.BCEWithLogitsLoss(torch.tensor(2.0), pos_weight=torch.tensor(3.0))(x, y)",
)
call("pos-weight-a-number", "nn.BCEWithLogitsLoss(pos_weight=3.0)")
call(
    "pos-weight-a-number-function",
    LOGITS,
    "F.binary_cross_entropy_with_logits(x, y, pos_weight=3.0)",
)
call("pos-weight-int", LOGITS, "nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3))(x, y)")
call(
    "pos-weight-of-channels",
    IMAGE_OF_LOGITS,
    "nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 2.0]))(x, y)",
)
call(
    "pos-weight-of-channels-as-column",
    IMAGE_OF_LOGITS,
    "nn.BCEWithLogitsLoss(pos_weight=torch.tensor([[[1.0]], [[3.0]]]))(x, y)",
)
call(
    "weight-of-samples",
    x("[[0.0, 1.0, 2.0], [0.0, 1.0, 2.0]]"),
    y("[[1.0, 0.0, 1.0], [0.0, 0.0, 1.0]]"),
    "nn.BCEWithLogitsLoss(weight=torch.tensor([1.0, 2.0]))(x, y)",
)
call(
    "huge",
    x("[1000.0, -1000.0, 1000.0]"),
    y("[1.0, 1.0, 0.0]"),
    "nn.BCEWithLogitsLoss(reduction='none')(x, y)",
)
call(
    "lead-of-20",
    x("[20.0, -20.0, 100.0]"),
    y("[1.0, 0.0, 1.0]"),
    "nn.BCEWithLogitsLoss(reduction='none')(x, y)",
)
call(
    "lead-of-20-pos-weight",
    x("[20.0, 100.0]"),
    y("[1.0, 1.0]"),
    "nn.BCEWithLogitsLoss(pos_weight=torch.tensor(1.0), reduction='none')(x, y)",
)
call(
    "infinite",
    x("[inf, -inf, inf, -inf]"),
    y("[1.0, 0.0, 0.0, 1.0]"),
    "nn.BCEWithLogitsLoss(reduction='none')(x, y)",
)
call("nan", x("[nan, 0.0]"), y("[1.0, 0.0]"), "nn.BCEWithLogitsLoss(reduction='none')(x, y)")
call("at-0", x("[0.0, -0.0]"), y("[1.0, 0.0]"), "nn.BCEWithLogitsLoss(reduction='none')(x, y)")
call("target-2", x("[3.0]"), y("[2.0]"), "nn.BCEWithLogitsLoss()(x, y)")
call("target-between", x("[-1.0, 0.5]"), y("[0.25, 0.75]"), "nn.BCEWithLogitsLoss()(x, y)")
call("int-target", x("[0.7]"), y("[1]"), "nn.BCEWithLogitsLoss()(x, y)")
call("bool-target", x("[0.7]"), y("[True]"), "nn.BCEWithLogitsLoss()(x, y)")
call("double-target", x("[0.7]"), y("[1.0]", "float64"), "nn.BCEWithLogitsLoss()(x, y)")
call("column-beside-row", x("[[0.7], [0.2]]"), y("[1.0, 0.0]"), "nn.BCEWithLogitsLoss()(x, y)")
call("empty", x("[]"), y("[]"), "nn.BCEWithLogitsLoss()(x, y)")
call(
    "half",
    x("[9.0, -9.0]", "float16"),
    y("[0.0, 0.0]", "float16"),
    "nn.BCEWithLogitsLoss(reduction='none')(x, y)",
)
call("target-with-gradient", x("[0.25]"), leaf("y", "[0.5]"), "nn.BCEWithLogitsLoss()(x, y)")
SIGNS = x("[1.0, -2.0, 0.5]") + y("[1.0, 1.0, -1.0]")

call = of("SoftMarginLoss")
reductions(call, "SoftMarginLoss", SIGNS)
call("node", SIGNS, "nn.SoftMarginLoss()(x, y).grad_fn.name()")
call(
    "labels-0-and-1", x("[2.0, 2.0]"), y("[0.0, 1.0]"), "nn.SoftMarginLoss(reduction='none')(x, y)"
)
call(
    "overflow",
    x("[-88.0, -89.0, -1000.0]"),
    y("[1.0, 1.0, 1.0]"),
    "nn.SoftMarginLoss(reduction='none')(x, y)",
)
call("lead-of-20", x("[15.0, 20.0]"), y("[1.0, 1.0]"), "nn.SoftMarginLoss(reduction='none')(x, y)")
call(
    "infinite",
    x("[inf, -inf, inf, nan]"),
    y("[1.0, 1.0, 0.0, 1.0]"),
    "nn.SoftMarginLoss(reduction='none')(x, y)",
)
call(
    "half",
    x("[-11.0, -12.0]", "float16"),
    y("[1.0, 1.0]", "float16"),
    "nn.SoftMarginLoss(reduction='none')(x, y)",
)
call("int-target", x("[1.0, -2.0]"), y("[1, -1]"), "nn.SoftMarginLoss(reduction='none')(x, y)")
call(
    "bool-target", x("[1.0, -2.0]"), y("[True, False]"), "nn.SoftMarginLoss(reduction='none')(x, y)"
)
call(
    "uint8-target",
    x("[1.0, -2.0]"),
    y("[1, 0]", "uint8"),
    "nn.SoftMarginLoss(reduction='none')(x, y)",
)
call(
    "column-target",
    x("[[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]"),
    y("[[1.0], [-1.0]]"),
    "nn.SoftMarginLoss(reduction='none')(x, y)",
)
call(
    "column-input",
    x("[[1.0], [2.0]]"),
    y("[[1.0, -1.0, 1.0], [1.0, 1.0, -1.0]]"),
    "nn.SoftMarginLoss(reduction='none')(x, y)",
)
call("column-beside-row", x("[[1.0], [2.0]]"), y("[1.0, -1.0]"), "nn.SoftMarginLoss()(x, y)")
call(
    "same-count-other-shape",
    x("[[1.0, 2.0], [3.0, 4.0]]"),
    y("[1.0, 1.0, -1.0, -1.0]"),
    "nn.SoftMarginLoss()(x, y)",
)
call("empty", x("[]"), y("[]"), "nn.SoftMarginLoss()(x, y)")
call("weight", "nn.SoftMarginLoss(weight=torch.tensor([1.0, 2.0]))")
FLAGS = x("[[1.0, -2.0, 0.5], [0.0, 3.0, -1.0]]") + y("[[1.0, 0.0, 0.0], [1.0, 1.0, 0.0]]")

call = of("MultiLabelSoftMarginLoss")
reductions(call, "MultiLabelSoftMarginLoss", FLAGS)
call("weight", FLAGS, "nn.MultiLabelSoftMarginLoss(weight=torch.tensor([1.0, 2.0, 4.0]))(x, y)")
call(
    "weight-of-samples",
    FLAGS,
    "nn.MultiLabelSoftMarginLoss(weight=torch.tensor([[1.0], [3.0]]), reduction='none')(x, y)",
)
call(
    "weight-does-not-fit",
    FLAGS,
    "nn.MultiLabelSoftMarginLoss(weight=torch.tensor([1.0, 3.0]))(x, y)",
)
call("pos-weight", "nn.MultiLabelSoftMarginLoss(pos_weight=torch.tensor([1.0, 2.0, 4.0]))")
call("huge", x("[[1000.0, -1000.0]]"), y("[[0.0, 1.0]]"), "nn.MultiLabelSoftMarginLoss()(x, y)")
call("infinite", x("[[inf, -inf]]"), y("[[1.0, 0.0]]"), "nn.MultiLabelSoftMarginLoss()(x, y)")
call(
    "labels-minus-1-and-1",
    x("[[1.0, 2.0]]"),
    y("[[1.0, -1.0]]"),
    "nn.MultiLabelSoftMarginLoss()(x, y)",
)
call("int-target", x("[[1.0, 2.0]]"), y("[[1, 0]]"), "nn.MultiLabelSoftMarginLoss()(x, y)")
call("bool-target", x("[[1.0, 2.0]]"), y("[[True, False]]"), "nn.MultiLabelSoftMarginLoss()(x, y)")
call(
    "uint8-target",
    x("[[1.0, 2.0]]"),
    y("[[1, 255]]", "uint8"),
    "nn.MultiLabelSoftMarginLoss()(x, y)",
)
call(
    "column-beside-row", x("[[0.0], [1.0]]"), y("[1.0, 0.0]"), "nn.MultiLabelSoftMarginLoss()(x, y)"
)
call("one-sample", x("[1.0, -2.0]"), y("[1.0, 0.0]"), "nn.MultiLabelSoftMarginLoss()(x, y)")
call(
    "image",
    "x = torch.zeros(1, 2, 1, 3, requires_grad=True)\ny = torch.ones(1, 2, 1, 3)\n"
    "nn.MultiLabelSoftMarginLoss(reduction='none')(x, y)",
)
call(
    "empty",
    "x = torch.zeros(0, 3, requires_grad=True)\n"
    "nn.MultiLabelSoftMarginLoss()(x, torch.zeros(0, 3))",
)
SCORES = x("[[1.0, 2.0, 0.5], [0.0, 0.0, 1.0]]") + y("[1, 0]")
ONE = x("[[1.0, 2.0, 3.0]]")
MASKED = x("[[1.0, 2.0, -inf]]")
WEIGHTED = "weight=torch.tensor([1.0, 2.0, 4.0])"
SOFT = x("[[1.0, 2.0, 0.5], [0.0, 0.0, 1.0]]") + y("[[0.2, 0.5, 0.3], [0.0, 1.0, 0.0]]")

call = of("CrossEntropyLoss")
reductions(call, "CrossEntropyLoss", SCORES)
call("node", SCORES, "nn.CrossEntropyLoss()(x, y).grad_fn.name()")
call(
    "source-4",
    x(
        "[[-1.3169, 0.6902, -0.3976, -0.1056, 1.6268], [-0.1469, -0.8665, -0.7510, -0.5994,"
        " 0.0559], [-0.5486, -0.6443, -0.1930, 0.7109, 0.0054]]"
    ),
    y("[2, 3, 4]"),
    "nn.CrossEntropyLoss()(x, y)",
)
call("weight", SCORES, f"nn.CrossEntropyLoss({WEIGHTED})(x, y)")
call("weight-none", SCORES, f"nn.CrossEntropyLoss({WEIGHTED}, reduction='none')(x, y)")
call("weight-0", SCORES, "nn.CrossEntropyLoss(weight=torch.tensor([0.0, 0.0, 1.0]))(x, y)")
call(
    "weight-double",
    SCORES,
    "nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 4.0], dtype=torch.float64))(x, y)",
)
call("weight-int", SCORES, "nn.CrossEntropyLoss(weight=torch.tensor([1, 2, 4]))(x, y)")
call("weight-too-short", SCORES, "nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0]))(x, y)")
call("weight-a-list", "nn.CrossEntropyLoss(weight=[1.0, 2.0, 4.0])")
call("ignored", SCORES, "nn.CrossEntropyLoss(ignore_index=0)(x, y)")
call("ignored-none", SCORES, "nn.CrossEntropyLoss(ignore_index=0, reduction='none')(x, y)")
call("minus-100", x("[[1.0, 2.0], [0.0, 3.0]]"), y("[1, -100]"), "nn.CrossEntropyLoss()(x, y)")
call("all-ignored", ONE, y("[-100]"), "nn.CrossEntropyLoss()(x, y)")
call("all-ignored-sum", ONE, y("[-100]"), "nn.CrossEntropyLoss(reduction='sum')(x, y)")
call(
    "all-ignored-nan-input",
    x("[[nan, 2.0]]"),
    y("[-100]"),
    "nn.CrossEntropyLoss(reduction='sum')(x, y)",
)
call("smoothing", SCORES, "nn.CrossEntropyLoss(label_smoothing=0.1)(x, y)")
call("smoothing-none", SCORES, "nn.CrossEntropyLoss(label_smoothing=0.1, reduction='none')(x, y)")
call("smoothing-weight", SCORES, f"nn.CrossEntropyLoss({WEIGHTED}, label_smoothing=0.1)(x, y)")
call("smoothing-ignored", SCORES, "nn.CrossEntropyLoss(ignore_index=0, label_smoothing=0.1)(x, y)")
call(
    "smoothing-weight-ignored",
    SCORES,
    f"nn.CrossEntropyLoss({WEIGHTED}, ignore_index=0, label_smoothing=0.1)(x, y)",
)
call("smoothing-1", SCORES, "nn.CrossEntropyLoss(label_smoothing=1.0)(x, y)")
call("smoothing-2", SCORES, "nn.CrossEntropyLoss(label_smoothing=2.0)(x, y)")
call("smoothing-masked", MASKED, y("[1]"), "nn.CrossEntropyLoss(label_smoothing=0.1)(x, y)")
call("probabilities", SOFT, "nn.CrossEntropyLoss()(x, y)")
call("probabilities-none", SOFT, "nn.CrossEntropyLoss(reduction='none')(x, y)")
call("probabilities-weight", SOFT, f"nn.CrossEntropyLoss({WEIGHTED})(x, y)")
call("probabilities-smoothing", SOFT, "nn.CrossEntropyLoss(label_smoothing=0.1)(x, y)")
call("probabilities-ignored", SOFT, "nn.CrossEntropyLoss(ignore_index=1)(x, y)")
call(
    "probabilities-double",
    x("[[1.0, 2.0]]"),
    y("[[0.5, 0.5]]", "float64"),
    "nn.CrossEntropyLoss()(x, y)",
)
call(
    "probabilities-with-gradient",
    x("[[1.0, 2.0]]"),
    leaf("y", "[[0.25, 0.75]]"),
    "nn.CrossEntropyLoss()(x, y)",
)
call("probabilities-masked", MASKED, y("[[0.0, 1.0, 0.0]]"), "nn.CrossEntropyLoss()(x, y)")
call("one-hot-int", ONE, y("[[0, 0, 1]]"), "nn.CrossEntropyLoss()(x, y)")
call(
    "column-of-classes",
    x("[[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]]"),
    y("[[2], [1]]"),
    "nn.CrossEntropyLoss()(x, y)",
)
call("out-of-range", ONE, y("[3]"), "nn.CrossEntropyLoss()(x, y)")
call("minus-1", ONE, y("[-1]"), "nn.CrossEntropyLoss()(x, y)")
call("one-class", x("[[0.4], [-0.2]]"), y("[0, 0]"), "nn.CrossEntropyLoss()(x, y)")
call("one-class-target-1", x("[[0.4], [-0.2]]"), y("[0, 1]"), "nn.CrossEntropyLoss()(x, y)")
call("float-classes", ONE, y("[2.0]"), "nn.CrossEntropyLoss()(x, y)")
call("int32-classes", ONE, y("[2]", "int32"), "nn.CrossEntropyLoss()(x, y)")
call("uint8-classes", ONE, y("[2]", "uint8"), "nn.CrossEntropyLoss()(x, y)")
call("bool-classes", x("[[1.0, 2.0]]"), y("[True]"), "nn.CrossEntropyLoss()(x, y)")
call("one-sample", x("[1.0, 2.0, 3.0]"), y("2"), "nn.CrossEntropyLoss()(x, y)")
call("one-sample-target-of-one", x("[1.0, 2.0, 3.0]"), y("[2]"), "nn.CrossEntropyLoss()(x, y)")
call("squeezed-output", x("[0.4, -0.2]"), y("[0, 1]"), "nn.CrossEntropyLoss()(x, y)")
call(
    "classes-last",
    "x = torch.zeros(2, 4, 7, requires_grad=True)\n"
    "nn.CrossEntropyLoss()(x, torch.zeros(2, 4, dtype=torch.long))",
)
call("sequence", x("[[[4.0, 0.0], [0.0, 2.0]]]"), y("[[0, 1]]"), "nn.CrossEntropyLoss()(x, y)")
call("batch-does-not-fit", x("[[1.0, 2.0], [1.0, 2.0]]"), y("[0]"), "nn.CrossEntropyLoss()(x, y)")
call(
    "mask-with-channel",
    "x = torch.zeros(1, 3, 2, 2, requires_grad=True)\n"
    "nn.CrossEntropyLoss()(x, torch.zeros(1, 1, 2, 2, dtype=torch.long))",
)
call(
    "empty",
    "x = torch.zeros(0, 3, requires_grad=True)\n"
    "nn.CrossEntropyLoss()(x, torch.zeros(0, dtype=torch.long))",
)
call(
    "empty-sum",
    "x = torch.zeros(0, 3, requires_grad=True)\n"
    "nn.CrossEntropyLoss(reduction='sum')(x, torch.zeros(0, dtype=torch.long))",
)
call(
    "huge",
    x("[[300.0, 100.0, 100.0], [-100.0, 200.0, 500.0]]"),
    y("[0, 1]"),
    "nn.CrossEntropyLoss(reduction='none')(x, y)",
)
call("lead-of-20", x("[[20.0, 0.0]]"), y("[0]"), "nn.CrossEntropyLoss()(x, y)")
call("infinite", x("[[inf, 0.0]]"), y("[0]"), "nn.CrossEntropyLoss()(x, y)")
call("masked", MASKED, y("[1]"), "nn.CrossEntropyLoss()(x, y)")
call("masked-is-target", MASKED, y("[2]"), "nn.CrossEntropyLoss()(x, y)")
call("all-masked", x("[[-inf, -inf], [0.0, 1.0]]"), y("[-100, 1]"), "nn.CrossEntropyLoss()(x, y)")
call("half", x("[[1.0, 2.0, 3.0]]", "float16"), y("[2]"), "nn.CrossEntropyLoss()(x, y)")
call(
    "half-mean-of-many",
    "x = torch.zeros(40000, 10, dtype=torch.float16)\n"
    "nn.CrossEntropyLoss()(x, torch.zeros(40000, dtype=torch.long))",
)
call("bfloat16", x("[[1.0, 2.0, 3.0]]", "bfloat16"), y("[2]"), "nn.CrossEntropyLoss()(x, y)")
call("int-input", tensor("x", "[[1, 2, 3]]"), y("[2]"), "nn.CrossEntropyLoss()(x, y)")
call("exchanged", SCORES, "F.cross_entropy(y, x)")
call("tensors-to-the-class", SCORES, "nn.CrossEntropyLoss(x, y)")
LOG_P = x("[[-1.0, -2.0, -0.5], [-0.25, -3.0, -1.5]]") + y("[1, 0]")
MAP = x("[[[[-1.0, -2.0]], [[-0.5, -0.25]]]]")

call = of("NLLLoss")
reductions(call, "NLLLoss", LOG_P)
call("node", LOG_P, "nn.NLLLoss()(x, y).grad_fn.name()")
call(
    "node-of-log-softmax", "F.log_softmax(torch.zeros(1, 2, requires_grad=True), 1).grad_fn.name()"
)
call("softmax-without-dim", tensor("x", "[[0.0, 1.0]]"), "nn.Softmax()(x)")
call(
    "softmax-without-dim-three-axes", tensor("x", "[[[0.0, 1.0]], [[2.0, 5.0]]]"), "nn.Softmax()(x)"
)
call("weight", LOG_P, f"nn.NLLLoss({WEIGHTED})(x, y)")
call("weight-0", LOG_P, "nn.NLLLoss(weight=torch.tensor([0.0, 0.0, 1.0]))(x, y)")
call("weight-double", LOG_P, "nn.NLLLoss(weight=torch.ones(3, dtype=torch.float64))(x, y)")
call("weight-too-short", LOG_P, "nn.NLLLoss(weight=torch.ones(2))(x, y)")
call("ignored", LOG_P, "nn.NLLLoss(ignore_index=0)(x, y)")
call("all-ignored", x("[[-1.0, -2.0]]"), y("[-100]"), "nn.NLLLoss()(x, y)")
call("all-ignored-sum", x("[[-1.0, -2.0]]"), y("[-100]"), "nn.NLLLoss(reduction='sum')(x, y)")
call("out-of-range", x("[[-1.0, -2.0]]"), y("[2]"), "nn.NLLLoss()(x, y)")
call("out-of-range-none", x("[[-1.0, -2.0]]"), y("[2]"), "nn.NLLLoss(reduction='none')(x, y)")
call("minus-1", x("[[-1.0, -2.0]]"), y("[-1]"), "nn.NLLLoss()(x, y)")
call("infinite", x("[[-inf, 0.0], [-inf, 0.0]]"), y("[0, 1]"), "nn.NLLLoss(reduction='none')(x, y)")
call(
    "infinite-weight-0",
    x("[[-inf, 0.0]]"),
    y("[0]"),
    "nn.NLLLoss(weight=torch.tensor([0.0, 1.0]), reduction='sum')(x, y)",
)
call("probabilities-in", x("[[0.1, 0.2, 0.7]]"), y("[2]"), "nn.NLLLoss()(x, y)")
call("one-hot-int", x("[[-1.0, -2.0]]"), y("[[1, 0]]"), "nn.NLLLoss()(x, y)")
call("probabilities-as-target", x("[[-1.0, -2.0]]"), y("[[0.5, 0.5]]"), "nn.NLLLoss()(x, y)")
call("column-of-classes", x("[[-1.0, -2.0], [-1.0, -2.0]]"), y("[[1], [0]]"), "nn.NLLLoss()(x, y)")
call("float-classes", x("[[-1.0, -2.0]]"), y("[1.0]"), "nn.NLLLoss()(x, y)")
call("int32-classes", x("[[-1.0, -2.0]]"), y("[1]", "int32"), "nn.NLLLoss()(x, y)")
call("uint8-classes", x("[[-1.0, -2.0]]"), y("[1]", "uint8"), "nn.NLLLoss()(x, y)")
call("one-sample", x("[-1.0, -2.0]"), y("1"), "nn.NLLLoss()(x, y)")
call("squeezed-output", x("[-1.0, -2.0, -3.0]"), y("[0, 1, 1]"), "nn.NLLLoss()(x, y)")
call("batch-does-not-fit", x("[[-1.0, -2.0]]"), y("[1, 0]"), "nn.NLLLoss()(x, y)")
call(
    "empty",
    "x = torch.zeros(0, 3, requires_grad=True)\nnn.NLLLoss()(x, torch.zeros(0, dtype=torch.long))",
)
call("half", x("[[-1.0, -2.0]]", "float16"), y("[1]"), "nn.NLLLoss()(x, y)")
call("bfloat16", x("[[-1.0, -2.0]]", "bfloat16"), y("[1]"), "nn.NLLLoss()(x, y)")
call("image", MAP, y("[[[0, 1]]]"), "nn.NLLLoss()(x, y)")
call("image-node", MAP, y("[[[0, 1]]]"), "nn.NLLLoss()(x, y).grad_fn.name()")
call("image-node-of-convolution", "nn.Conv2d(1, 1, 1)(torch.zeros(1, 1, 2, 2)).grad_fn.name()")
call("image-weight", MAP, y("[[[0, 1]]]"), "nn.NLLLoss(weight=torch.tensor([1.0, 3.0]))(x, y)")
call("image-ignored", MAP, y("[[[0, 255]]]"), "nn.NLLLoss(ignore_index=255)(x, y)")
call("image-all-ignored", MAP, y("[[[255, 255]]]"), "nn.NLLLoss(ignore_index=255)(x, y)")
call("image-out-of-range", MAP, y("[[[0, 255]]]"), "nn.NLLLoss()(x, y)")
call("image-uint8", MAP, y("[[[0, 1]]]", "uint8"), "nn.NLLLoss()(x, y)")
call("image-float", MAP, y("[[[0.0, 1.0]]]"), "nn.NLLLoss()(x, y)")
call("image-mask-with-channel", MAP, y("[[[[0, 1]]]]"), "nn.NLLLoss()(x, y)")
call("image-mask-of-another-size", MAP, y("[[[0, 1, 1]]]"), "nn.NLLLoss()(x, y)")
call(
    "image-without-batch",
    "x = torch.zeros(3, 4, 5, requires_grad=True)\n"
    "nn.NLLLoss()(x, torch.zeros(4, 5, dtype=torch.long))",
)
call(
    "image-empty",
    "x = torch.zeros(0, 3, 2, 2, requires_grad=True)\n"
    "nn.NLLLoss()(x, torch.zeros(0, 2, 2, dtype=torch.long))",
)
call(
    "volume",
    "x = torch.zeros(1, 2, 1, 1, 2, requires_grad=True)\n"
    "nn.NLLLoss(reduction='none')(x, torch.zeros(1, 1, 1, 2, dtype=torch.long))",
)
call("nllloss2d", MAP, y("[[[0, 1]]]"), "nn.NLLLoss2d()(x, y)")
call(
    "source-3-nllloss2d",
    x("[[1.0, 1.0], [1.0, 1.0]]"),
    y("[[0.0, 1.0], [2.0, 3.0]]"),
    "nn.NLLLoss2d()(x, y)",
)
# In each sample the last score is exactly at the margin.
MARGINS = x("[[1.0, 1.5, 0.5], [3.0, 0.0, 2.0]]") + y("[1, 0]")

call = of("MultiMarginLoss")
reductions(call, "MultiMarginLoss", MARGINS)
call("node", MARGINS, "nn.MultiMarginLoss()(x, y).grad_fn.name()")
call("p-2", MARGINS, "nn.MultiMarginLoss(p=2)(x, y)")
call("p-3", MARGINS, "nn.MultiMarginLoss(p=3)(x, y)")
call("margin-2", MARGINS, "nn.MultiMarginLoss(margin=2.0)(x, y)")
call("margin-negative", MARGINS, "nn.MultiMarginLoss(margin=-1.0)(x, y)")
call("weight", MARGINS, "nn.MultiMarginLoss(weight=torch.tensor([1.0, 2.0, 4.0]))(x, y)")
call(
    "weight-p-2",
    MARGINS,
    "nn.MultiMarginLoss(p=2, weight=torch.tensor([1.0, 2.0, 4.0]), reduction='none')(x, y)",
)
call("weight-too-short", MARGINS, "nn.MultiMarginLoss(weight=torch.ones(2))(x, y)")
call(
    "weight-double", MARGINS, "nn.MultiMarginLoss(weight=torch.ones(3, dtype=torch.float64))(x, y)"
)
call("nan", x("[[nan, 2.0, 1.5]]"), y("[1]"), "nn.MultiMarginLoss()(x, y)")
call("infinite", x("[[inf, 2.0]]"), y("[1]"), "nn.MultiMarginLoss()(x, y)")
call("out-of-range", x("[[1.0, 2.0]]"), y("[2]"), "nn.MultiMarginLoss()(x, y)")
call("minus-100", x("[[1.0, 2.0]]"), y("[-100]"), "nn.MultiMarginLoss()(x, y)")
call("int32-classes", x("[[1.0, 2.0]]"), y("[1]", "int32"), "nn.MultiMarginLoss()(x, y)")
call("one-hot", x("[[1.0, 2.0]]"), y("[[0, 1]]"), "nn.MultiMarginLoss()(x, y)")
call(
    "column-of-classes",
    x("[[1.0, 2.0], [1.0, 2.0]]"),
    y("[[1], [0]]"),
    "nn.MultiMarginLoss()(x, y)",
)
call("one-sample", x("[1.0, 2.0]"), y("0"), "nn.MultiMarginLoss()(x, y)")
call("one-sample-target-of-one", x("[1.0, 2.0]"), y("[0]"), "nn.MultiMarginLoss()(x, y)")
call(
    "image",
    "x = torch.zeros(1, 2, 2, 2, requires_grad=True)\n"
    "nn.MultiMarginLoss()(x, torch.zeros(1, 2, 2, dtype=torch.long))",
)
call("half", x("[[1.0, 2.0]]", "float16"), y("[0]"), "nn.MultiMarginLoss()(x, y)")
# What an empty batch gives with 'mean' or 'sum' is memory that nobody wrote: no value.
call(
    "empty-none",
    "x = torch.zeros(0, 3)\n"
    "nn.MultiMarginLoss(reduction='none')(x, torch.zeros(0, dtype=torch.long))",
)
LISTS = x("[[0.1, 0.2, 0.4, 0.8], [1.0, 0.0, 2.0, 1.0]]") + y("[[3, 0, -1, 1], [2, -1, 0, 0]]")

call = of("MultiLabelMarginLoss")
reductions(call, "MultiLabelMarginLoss", LISTS)
call("node", LISTS, "nn.MultiLabelMarginLoss()(x, y).grad_fn.name()")
call("flags", x("[[0.1, 0.2, 0.4, 0.8]]"), y("[[0, 1, 0, 1]]"), "nn.MultiLabelMarginLoss()(x, y)")
call("no-label", x("[[0.1, 0.2]]"), y("[[-1, 0]]"), "nn.MultiLabelMarginLoss()(x, y)")
call("all-labels", x("[[0.1, 0.2]]"), y("[[1, 0]]"), "nn.MultiLabelMarginLoss()(x, y)")
call("twice", x("[[0.1, 0.2, 0.5]]"), y("[[1, 1, -1]]"), "nn.MultiLabelMarginLoss()(x, y)")
call("out-of-range", x("[[0.1, 0.2]]"), y("[[2, -1]]"), "nn.MultiLabelMarginLoss()(x, y)")
call(
    "out-of-range-behind-minus-1",
    x("[[0.1, 0.2, 0.3]]"),
    y("[[0, -1, 4]]"),
    "nn.MultiLabelMarginLoss()(x, y)",
)
call("minus-2", x("[[0.1, 0.2]]"), y("[[0, -2]]"), "nn.MultiLabelMarginLoss()(x, y)")
call(
    "lists-too-short",
    x("[[0.1, 0.2, 0.4], [0.5, 0.1, 0.3]]"),
    y("[[0, -1], [1, -1]]"),
    "nn.MultiLabelMarginLoss()(x, y)",
)
call("one-sample", x("[0.1, 0.2, 0.4]"), y("[2, -1, 0]"), "nn.MultiLabelMarginLoss()(x, y)")
call("nan", x("[[nan, 0.2, 0.4]]"), y("[[1, -1, 0]]"), "nn.MultiLabelMarginLoss()(x, y)")
call("float-classes", x("[[0.1, 0.2]]"), y("[[0.0, -1.0]]"), "nn.MultiLabelMarginLoss()(x, y)")
call("int32-classes", x("[[0.1, 0.2]]"), y("[[0, -1]]", "int32"), "nn.MultiLabelMarginLoss()(x, y)")
call("half", x("[[0.1, 0.2]]", "float16"), y("[[0, -1]]"), "nn.MultiLabelMarginLoss()(x, y)")
# Weights that every release makes to the last digit.
FILLED = (
    "[p.data.copy_(torch.arange(float(p.numel())).view_as(p) / 8 - 1) for p in m.parameters()]\n"
)
ADAPTIVE = "m = nn.AdaptiveLogSoftmaxWithLoss(%s)\n" + FILLED
FEATURES = x("[[1.0, 2.0, 0.0, -1.0], [0.5, 0.0, 1.0, 0.0]]")
SIX = ADAPTIVE % "4, 6, [2, 4], div_value=2.0"

call = of("AdaptiveLogSoftmaxWithLoss")
call("loss", SIX, FEATURES, "m(x, torch.tensor([1, 5])).loss")
call("output", SIX, FEATURES, "m(x, torch.tensor([1, 5])).output")
call("head-bias", ADAPTIVE % "4, 6, [2, 4], 2.0, True", FEATURES, "m(x, torch.tensor([1, 5])).loss")
call(
    "zeros",
    ADAPTIVE % "4, 6, [2, 4], div_value=2.0",
    "x = torch.zeros(1, 4, requires_grad=True)\nm(x, torch.tensor([3])).loss",
)
call("log-prob", SIX, FEATURES, "m.log_prob(x)")
call("predict", SIX, FEATURES, "m.predict(x)")
call("a-pair-not-a-loss", SIX, FEATURES, "m(x, torch.tensor([1, 5])).backward()")
call("padding", SIX, FEATURES, "m(x, torch.tensor([1, -100])).loss")
call("target-too-large", SIX, FEATURES, "m(x, torch.tensor([1, 6])).loss")
call("batch-does-not-fit", SIX, FEATURES, "m(x, torch.tensor([1])).loss")
call("one-sample", SIX, x("[1.0, 2.0, 0.0, -1.0]"), "m(x, torch.tensor(5)).loss")
call("sequence", SIX, "m(torch.zeros(1, 2, 4), torch.tensor([[1, 5]])).loss")
call(
    "empty",
    SIX,
    "x = torch.zeros(0, 4, requires_grad=True)\nm(x, torch.zeros(0, dtype=torch.long)).loss",
)
call("int32-classes", SIX, FEATURES, "m(x, torch.tensor([1, 5], dtype=torch.int32)).loss")
call("cutoff-n-classes-minus-1", "nn.AdaptiveLogSoftmaxWithLoss(4, 6, [1, 5]).cutoffs")
call("cutoff-n-classes", "nn.AdaptiveLogSoftmaxWithLoss(4, 6, [2, 6])")
call("cutoff-0", "nn.AdaptiveLogSoftmaxWithLoss(4, 6, [0, 4])")
call("cutoffs-falling", "nn.AdaptiveLogSoftmaxWithLoss(4, 6, [4, 2])")
call("cutoffs-none", "nn.AdaptiveLogSoftmaxWithLoss(4, 6, [])")
call(
    "tail-0-wide",
    "m = nn.AdaptiveLogSoftmaxWithLoss(4, 6, [2, 4], div_value=4.0)\n"
    "[tuple(p.shape) for p in m.parameters()]",
)
call("reduction", "nn.AdaptiveLogSoftmaxWithLoss(4, 6, [2, 4], reduction='sum')")
LINEAR = x("[[1.0, 0.0], [0.5, -1.0]]") + leaf("W", "[[2.0, 0.0], [0.0, 3.0], [0.0, 0.0]]")

call = of("LinearCrossEntropyLoss")
call(
    "module",
    "m = nn.LinearCrossEntropyLoss(2, 3)\n",
    FILLED,
    x("[[1.0, 0.0], [0.5, -1.0]]"),
    "m(x, torch.tensor([0, 1]))",
)
CLASSES = tensor("t", "[0, 1]")
PARTS = tensor("t", "[[0.2, 0.5, 0.3], [0.0, 1.0, 0.0]]")
call("mean", LINEAR, CLASSES, "F.linear_cross_entropy(x, W, t)")
call("none", LINEAR, CLASSES, "F.linear_cross_entropy(x, W, t, reduction='none')")
call("sum", LINEAR, CLASSES, "F.linear_cross_entropy(x, W, t, reduction='sum')")
call(
    "bias",
    LINEAR,
    CLASSES,
    "F.linear_cross_entropy(x, W, t, linear_bias=torch.tensor([1.0, 0.0, -1.0]))",
)
call("weight", LINEAR, CLASSES, f"F.linear_cross_entropy(x, W, t, {WEIGHTED})")
call("ignored", LINEAR, CLASSES, "F.linear_cross_entropy(x, W, t, ignore_index=0)")
call("smoothing", LINEAR, CLASSES, "F.linear_cross_entropy(x, W, t, label_smoothing=0.1)")
call("probabilities", LINEAR, PARTS, "F.linear_cross_entropy(x, W, t)")
call("probabilities-ignored", LINEAR, PARTS, "F.linear_cross_entropy(x, W, t, ignore_index=-100)")
call("all-ignored", LINEAR, tensor("t", "[-100, -100]"), "F.linear_cross_entropy(x, W, t)")
call("out-of-range", LINEAR, tensor("t", "[0, 3]"), "F.linear_cross_entropy(x, W, t)")
call("sequence", LINEAR, tensor("t", "[[0, 1]]"), "F.linear_cross_entropy(x[None], W, t)")
call("arguments-exchanged", LINEAR, CLASSES, "F.linear_cross_entropy(x, t, W)")
call("node", LINEAR, CLASSES, "F.linear_cross_entropy(x, W, t).grad_fn.name()")
IN_PIECES = "options = nn.LinearCrossEntropyOptions(batch_chunk_size=1)\n"
PIECES = "F.linear_cross_entropy(x, W, t, options=options)"
call("in-pieces", LINEAR, CLASSES, IN_PIECES, PIECES)
call("in-pieces-node", LINEAR, CLASSES, IN_PIECES, PIECES, ".grad_fn.name()")
SMOOTHED = "F.linear_cross_entropy(x, W, t, label_smoothing=0.1, options=options)"
call("in-pieces-smoothing", LINEAR, CLASSES, IN_PIECES, SMOOTHED)
call(
    "in-pieces-second-backward",
    LINEAR,
    CLASSES,
    IN_PIECES,
    f"loss = {PIECES}\nloss.backward(retain_graph=True)\nloss",
)

KL = x("[[-1.5, -1.0, -0.75], [-0.5, -2.0, -1.25]]") + y("[[0.25, 0.5, 0.25], [0.0, 1.0, 0.0]]")

call = of("KLDivLoss")
reductions(call, "KLDivLoss", KL)
call("node", KL, "nn.KLDivLoss(reduction='sum')(x, y).grad_fn.name()")
call("batchmean", KL, "nn.KLDivLoss(reduction='batchmean')(x, y)")
call(
    "batchmean-none-of-a-batch",
    x("[-1.0, -0.5]"),
    y("[0.5, 0.5]"),
    "nn.KLDivLoss(reduction='batchmean')(x, y)",
)
call(
    "batchmean-of-stretched-input",
    x("[[-1.0, -0.5]]"),
    y("[[0.5, 0.5], [0.25, 0.75]]"),
    "nn.KLDivLoss(reduction='batchmean')(x, y)",
)
call(
    "log-target",
    x("[-1.0, -0.5]"),
    y("[-0.5, -2.0]"),
    "nn.KLDivLoss(reduction='sum', log_target=True)(x, y)",
)
call(
    "log-target-infinite",
    x("[-1.0, -0.5]"),
    y("[-inf, 0.0]"),
    "nn.KLDivLoss(reduction='none', log_target=True)(x, y)",
)
call("zeros", x("[-1.0, -inf, -inf]"), y("[0.0, 0.5, 0.0]"), "nn.KLDivLoss(reduction='none')(x, y)")
call("negative-target", x("[-1.0, -0.5]"), y("[-1.0, 0.5]"), "nn.KLDivLoss(reduction='none')(x, y)")
call("nan-target", x("[-1.0, -0.5]"), y("[nan, 0.5]"), "nn.KLDivLoss(reduction='none')(x, y)")
call("raw-probabilities", x("[0.5, 0.5]"), y("[0.5, 0.5]"), "nn.KLDivLoss(reduction='sum')(x, y)")
call(
    "logarithms-without-log-target",
    x("[-1.0, -0.5]"),
    y("[-0.5, -1.0]"),
    "nn.KLDivLoss(reduction='sum')(x, y)",
)
call("class-numbers", x("[[-1.0, -0.5]]"), y("[1]"), "nn.KLDivLoss(reduction='batchmean')(x, y)")
call("int-target", x("[-1.0, -0.5]"), y("[1, 0]"), "nn.KLDivLoss(reduction='sum')(x, y)")
call(
    "double-target",
    x("[-1.0, -0.5]"),
    y("[0.5, 0.5]", "float64"),
    "nn.KLDivLoss(reduction='sum')(x, y)",
)
call("weight", "nn.KLDivLoss(weight=None, size_average=True)")
call(
    "column-beside-row",
    x("[[-1.0], [-0.5]]"),
    y("[0.5, 0.5]"),
    "nn.KLDivLoss(reduction='none')(x, y)",
)
call(
    "shapes-that-do-not-fit",
    x("[-1.0, -0.5]"),
    y("[0.5, 0.25, 0.25]"),
    "nn.KLDivLoss(reduction='sum')(x, y)",
)
call(
    "empty",
    "x = torch.zeros(0, 2, requires_grad=True)\n"
    "nn.KLDivLoss(reduction='batchmean')(x, torch.zeros(0, 2))",
)
call(
    "half",
    x("[-1.0, -0.5]", "float16"),
    y("[0.5, 0.5]", "float16"),
    "nn.KLDivLoss(reduction='sum')(x, y)",
)
call(
    "target-with-gradient",
    x("[-1.0, -0.5, -2.0]"),
    leaf("y", "[0.5, 0.5, 0.0]"),
    "nn.KLDivLoss(reduction='sum')(x, y)",
)
GAUSS = x("[0.5, 2.0, -1.0]") + y("[1.0, 2.0, 1.0]") + leaf("v", "[1.0, 0.5, 4.0]")
FOUR = "x = torch.zeros(2, 3, 2)\ny = torch.ones(2, 3, 2)\n"

call = of("GaussianNLLLoss")
call("none", GAUSS, "nn.GaussianNLLLoss(reduction='none')(x, y, v)")
call("mean", GAUSS, "nn.GaussianNLLLoss()(x, y, v)")
call("sum", GAUSS, "nn.GaussianNLLLoss(reduction='sum')(x, y, v)")
call("reduction-average", GAUSS, "nn.GaussianNLLLoss(reduction='average')(x, y, v)")
call("first-argument-sum", "nn.GaussianNLLLoss('sum')")
call("full", GAUSS, "nn.GaussianNLLLoss(full=True)(x, y, v)")
call("eps", GAUSS, "nn.GaussianNLLLoss(eps=0.75)(x, y, v)")
call("eps-0", GAUSS, "nn.GaussianNLLLoss(eps=0.0)(x, y, v)")
call(
    "two-axes-mean",
    x("[[0.5, 2.0], [1.0, 3.0]]"),
    y("[[1.0, 2.0], [0.0, 0.0]]"),
    leaf("v", "[[1.0, 0.5], [2.0, 4.0]]"),
    "nn.GaussianNLLLoss()(x, y, v)",
)
call(
    "two-axes-none",
    x("[[0.5, 2.0], [1.0, 3.0]]"),
    y("[[1.0, 2.0], [0.0, 0.0]]"),
    leaf("v", "[[1.0, 0.5], [2.0, 4.0]]"),
    "nn.GaussianNLLLoss(reduction='none')(x, y, v)",
)
call(
    "variance-0",
    x("[1.0, 0.0]"),
    y("[0.0, 0.0]"),
    leaf("v", "[0.0, 0.0]"),
    "nn.GaussianNLLLoss(reduction='none')(x, y, v)",
)
call(
    "variance-negative",
    x("[1.0]"),
    y("[0.0]"),
    leaf("v", "[-0.5]"),
    "nn.GaussianNLLLoss()(x, y, v)",
)
call("variance-nan", x("[1.0]"), y("[0.0]"), leaf("v", "[nan]"), "nn.GaussianNLLLoss()(x, y, v)")
call(
    "variance-infinite", x("[1.0]"), y("[0.0]"), leaf("v", "[inf]"), "nn.GaussianNLLLoss()(x, y, v)"
)
call("variance-a-float", x("[1.0]"), y("[0.0]"), "nn.GaussianNLLLoss()(x, y, 2.0)")
call("variance-an-int", x("[1.0]"), y("[0.0]"), "nn.GaussianNLLLoss()(x, y, 2)")
call(
    "variance-0-d",
    x("[1.0, 2.0]"),
    y("[0.0, 0.0]"),
    "nn.GaussianNLLLoss()(x, y, torch.tensor(2.0))",
)
call("variance-of-samples", FOUR, "nn.GaussianNLLLoss()(x, y, torch.ones(2, 3))")
call("variance-last-axis-1", FOUR, "nn.GaussianNLLLoss()(x, y, torch.ones(2, 3, 1))")
call("variance-middle-axis-1", FOUR, "nn.GaussianNLLLoss()(x, y, torch.ones(2, 1, 2))")
call("variance-one-per-sample", FOUR, "nn.GaussianNLLLoss()(x, y, torch.ones(2, 1, 1))")
call(
    "variance-of-columns",
    x("[[1.0, 2.0, 3.0]]"),
    y("[[0.0, 0.0, 0.0]]"),
    "nn.GaussianNLLLoss()(x, y, torch.ones(3))",
)
call(
    "variance-of-columns-square",
    x("[[1.0, 2.0], [3.0, 4.0]]"),
    y("[[0.0, 0.0], [0.0, 0.0]]"),
    "nn.GaussianNLLLoss(reduction='none')(x, y, torch.tensor([1.0, 4.0]))",
)
call(
    "column-beside-row",
    x("[[1.0], [2.0]]"),
    y("[1.0, 2.0]"),
    "nn.GaussianNLLLoss()(x, y, torch.ones(2, 1))",
)
call(
    "same-count-other-shape",
    x("[[1.0, 2.0], [3.0, 4.0]]"),
    y("[1.0, 2.0, 3.0, 5.0]"),
    "nn.GaussianNLLLoss()(x, y, torch.ones(2, 2))",
)
call(
    "half",
    x("[256.0]", "float16"),
    y("[0.0]", "float16"),
    "nn.GaussianNLLLoss()(x, y, torch.ones(1).half())",
)
call("empty", x("[]"), y("[]"), "nn.GaussianNLLLoss()(x, y, torch.tensor([]))")
call("int-target", x("[1.0]"), y("[3]"), "nn.GaussianNLLLoss()(x, y, torch.ones(1))")
COUNTS = x("[0.5, 1.0, -1.0]") + y("[2.0, 0.0, 1.0]")
RATES = x("[0.5, 1.0, 3.0]") + y("[2.0, 0.0, 5.0]")

call = of("PoissonNLLLoss")
reductions(call, "PoissonNLLLoss", COUNTS)
older_reductions(call, "PoissonNLLLoss", COUNTS)
call("rates", RATES, "nn.PoissonNLLLoss(log_input=False, reduction='none')(x, y)")
call("full", COUNTS, "nn.PoissonNLLLoss(full=True, reduction='none')(x, y)")
call("full-mean", COUNTS, "nn.PoissonNLLLoss(full=True)(x, y)")
call(
    "full-sum-rates", RATES, "nn.PoissonNLLLoss(log_input=False, full=True, reduction='sum')(x, y)"
)
call("full-of-5", x("[3.0]"), y("[5.0]"), "nn.PoissonNLLLoss(log_input=False, full=True)(x, y)")
call(
    "full-target-1",
    x("[0.0, 0.0]"),
    y("[1.0, 0.0]"),
    "nn.PoissonNLLLoss(full=True, reduction='none')(x, y)",
)
call("full-int-target", x("[0.5]"), y("[3]"), "nn.PoissonNLLLoss(full=True)(x, y)")
call("full-function", COUNTS, "F.poisson_nll_loss(x, y, full=True, reduction='none')")
call("eps", RATES, "nn.PoissonNLLLoss(log_input=False, eps=1.0, reduction='none')(x, y)")
call("eps-fourth-argument", RATES, "nn.PoissonNLLLoss(False, False, None, 1.0)(x, y)")
call(
    "rate-0",
    x("[0.0, 0.0]"),
    y("[2.0, 0.0]"),
    "nn.PoissonNLLLoss(log_input=False, reduction='none')(x, y)",
)
call(
    "rate-0-eps-0",
    x("[0.0, 0.0]"),
    y("[2.0, 0.0]"),
    "nn.PoissonNLLLoss(log_input=False, eps=0.0, reduction='none')(x, y)",
)
call("rate-negative", x("[-1.0, 1.0]"), y("[1.0, 1.0]"), "nn.PoissonNLLLoss(log_input=False)(x, y)")
call("overflow", x("[89.0, 88.0]"), y("[1.0, 1.0]"), "nn.PoissonNLLLoss(reduction='none')(x, y)")
call("infinite", x("[-inf, -inf]"), y("[0.0, 1.0]"), "nn.PoissonNLLLoss(reduction='none')(x, y)")
call("target-negative", x("[0.5]"), y("[-1.0]"), "nn.PoissonNLLLoss(full=True)(x, y)")
call("int-target", x("[0.5, 1.0]"), y("[2, 0]"), "nn.PoissonNLLLoss()(x, y)")
call("int-both", tensor("x", "[1, 2]"), y("[2, 0]"), "nn.PoissonNLLLoss()(x, y)")
call("column-beside-row", x("[[0.5], [1.0]]"), y("[2.0, 0.0]"), "nn.PoissonNLLLoss()(x, y)")
call("empty", x("[]"), y("[]"), "nn.PoissonNLLLoss()(x, y)")
call(
    "half",
    x("[11.0, 12.0]", "float16"),
    y("[1.0, 1.0]", "float16"),
    "nn.PoissonNLLLoss(reduction='none')(x, y)",
)

FRAMES = (
    "x = torch.tensor([[[1.0, 0.5, -1.0]], [[0.0, 1.0, 0.5]], [[0.5, 0.0, 2.0]],"
    " [[1.0, 0.0, 0.0]]], requires_grad=True)\n"
)
BATCH = "x = torch.zeros(3, 2, 3, requires_grad=True)\n"


def ctc(targets, input_lengths, target_lengths, options="", frames=FRAMES):
    """A call of CTCLoss on the logarithms of a softmax."""
    return frames + (
        f"nn.CTCLoss({options})(x.log_softmax(2), {targets}, {input_lengths}, {target_lengths})"
    )


def one(targets, frames="4", length="2", options=""):
    """One sequence."""
    targets, frames, length = (f"torch.tensor([{n}])" for n in (targets, frames, length))
    return ctc(targets, frames, length, options)


def two(targets="torch.tensor([[1, 2], [1, 0]])", frames="[3, 2]", lengths="[2, 1]", options=""):
    """Two sequences."""
    return ctc(targets, f"torch.tensor({frames})", f"torch.tensor({lengths})", options, BATCH)


call = of("CTCLoss")
call("mean", two())
call("none", two(options="reduction='none'"))
call("sum", two(options="reduction='sum'"))
call("reduction-average", two(options="reduction='average'"))
call("one-sequence", one("[1, 2]"))
call("targets-in-one-row", two("torch.tensor([1, 2, 1])"))
call("lengths-as-tuples", ctc("torch.tensor([[1, 2]])", "(4,)", "(2,)"))
call("lengths-tensor-and-tuple", ctc("torch.tensor([[1, 2]])", "torch.tensor([4])", "(2,)"))
call("lengths-as-numbers", ctc("torch.tensor([[1, 2]])", "4", "2"))
call("lengths-float", ctc("torch.tensor([[1, 2]])", "torch.tensor([4.0])", "torch.tensor([2])"))
call(
    "targets-int32",
    ctc("torch.tensor([[1, 2]], dtype=torch.int32)", "torch.tensor([4])", "torch.tensor([2])"),
)
call("targets-float", one("[1.0, 2.0]"))
call("does-not-fit", one("[1, 1, 1]", length="3"))
call("zero-infinity", one("[1, 1, 1]", length="3", options="zero_infinity=True"))
call("repeated-label", one("[1, 1]"))
call("blank-last", one("[0, 1]", options="blank=2"))
call("blank-out-of-range", one("[1, 2]", options="blank=3"))
call("blank-among-labels", one("[1, 0]"))
call("empty-target", one("[1, 2]", length="0"))
call("input-length-0", one("[1, 2]", frames="0"))
call("input-length-0-empty-target", one("[1, 2]", frames="0", length="0"))
call("input-length-too-long", one("[1, 2]", frames="5"))
call("target-length-too-long", one("[1, 2]", length="3"))
call(
    "batch-first",
    ctc(
        "torch.tensor([[1, 2], [1, 2]])",
        "torch.tensor([4, 4])",
        "torch.tensor([2, 2])",
        frames="x = torch.zeros(2, 4, 3, requires_grad=True)\n",
    ),
)
call(
    "without-a-batch",
    FRAMES,
    "nn.CTCLoss()(x[:, 0].log_softmax(1), torch.tensor([1, 2]), torch.tensor(4), torch.tensor(2))",
)
call(
    "logits",
    FRAMES,
    "nn.CTCLoss()(x, torch.tensor([[1, 2]]), torch.tensor([4]), torch.tensor([2]))",
)
call(
    "gradient-of-log-probs",
    "x = torch.tensor([[[-1.0, -0.75, -1.5]], [[-0.5, -1.5, -2.0]]],"
    " requires_grad=True)\n"
    "nn.CTCLoss()(x, torch.tensor([[1]]), torch.tensor([2]), torch.tensor([1]))",
)
call(
    "minus-infinity",
    "x = torch.tensor([[[-0.5, -1.0, -inf]], [[-0.25, -1.5, -inf]]],"
    " requires_grad=True)\n"
    "nn.CTCLoss()(x.log_softmax(2), torch.tensor([[1]]), torch.tensor([2]), torch.tensor([1]))",
)
call(
    "half",
    "x = torch.zeros(2, 1, 3, dtype=torch.float16, requires_grad=True)\n"
    "nn.CTCLoss()(x, torch.tensor([[1]]), torch.tensor([2]), torch.tensor([1]))",
)
call(
    "node",
    FRAMES,
    "nn.CTCLoss(reduction='none')(x.log_softmax(2), torch.tensor([[1, 2]]), torch.tensor([4]),"
    " torch.tensor([2])).grad_fn.name()",
)
PAIRS = leaf("a", "[[1.0, 2.0], [0.0, 3.0]]") + leaf("b", "[[2.0, 1.0], [0.5, 0.0]]")

call = of("CosineSimilarity")
call("dim-1", PAIRS, "nn.CosineSimilarity()(a, b)")
call("dim-0", PAIRS, "nn.CosineSimilarity(dim=0)(a, b)")
call("node", PAIRS, "nn.CosineSimilarity()(a, b).grad_fn.name()")
call(
    "eps-1",
    leaf("a", "[[0.5, 0.0]]"),
    leaf("b", "[[0.25, 0.0]]"),
    "nn.CosineSimilarity(eps=1.0)(a, b)",
)
call(
    "eps-one-short",
    leaf("a", "[[0.001, 0.0]]"),
    leaf("b", "[[100.0, 0.0]]"),
    "nn.CosineSimilarity(eps=1.0)(a, b)",
)
call(
    "zero-vector",
    leaf("a", "[[0.0, 0.0]]"),
    leaf("b", "[[3.0, 4.0]]"),
    "nn.CosineSimilarity()(a, b)",
)
call(
    "zero-vectors",
    leaf("a", "[[0.0, 0.0]]"),
    leaf("b", "[[0.0, 0.0]]"),
    "nn.CosineSimilarity()(a, b)",
)
call(
    "tiny", leaf("a", "[[1e-30, 0.0]]"), leaf("b", "[[1e-30, 0.0]]"), "nn.CosineSimilarity()(a, b)"
)
call("huge", leaf("a", "[[1e30, 0.0]]"), leaf("b", "[[1e30, 0.0]]"), "nn.CosineSimilarity()(a, b)")
call(
    "above-1",
    tensor("a", "[[0.1, 0.7]]"),
    tensor("b", "[[0.3, 2.1]]"),
    "nn.CosineSimilarity()(a, b) <= 1",
)
call(
    "opposite",
    leaf("a", "[[3.0, 4.0]]"),
    leaf("b", "[[-6.0, -8.0]]"),
    "nn.CosineSimilarity()(a, b)",
)
call(
    "single-vectors",
    leaf("a", "[1.0, 2.0]"),
    leaf("b", "[2.0, 1.0]"),
    "nn.CosineSimilarity()(a, b)",
)
call(
    "single-vectors-dim-0",
    leaf("a", "[1.0, 2.0]"),
    leaf("b", "[2.0, 1.0]"),
    "nn.CosineSimilarity(dim=0)(a, b)",
)
call("all-pairs", PAIRS, "F.cosine_similarity(a[:, None], b[None], dim=2)")
call(
    "column-beside-row",
    leaf("a", "[[1.0], [2.0], [3.0]]"),
    leaf("b", "[1.0, 2.0, 3.0]"),
    "nn.CosineSimilarity()(a, b)",
)
call(
    "row-stretched-along-dim",
    leaf("a", "[[1.0]]"),
    leaf("b", "[[1.0, 1.0, 1.0]]"),
    "nn.CosineSimilarity()(a, b)",
)
call(
    "shapes-that-do-not-fit",
    leaf("a", "[[1.0, 2.0]]"),
    leaf("b", "[[1.0, 2.0, 3.0]]"),
    "nn.CosineSimilarity()(a, b)",
)
call("int", tensor("a", "[[1, 2]]"), tensor("b", "[[3, 4]]"), "nn.CosineSimilarity()(a, b)")
call(
    "int-and-float",
    leaf("a", "[[1.0, 2.0]]"),
    tensor("b", "[[3, 4]]"),
    "nn.CosineSimilarity()(a, b)",
)
call(
    "half",
    leaf("a", "[[0.0, 0.0]]", "float16"),
    leaf("b", "[[3.0, 4.0]]", "float16"),
    "nn.CosineSimilarity()(a, b)",
)
call("nan", leaf("a", "[[nan, 1.0]]"), leaf("b", "[[3.0, 4.0]]"), "nn.CosineSimilarity()(a, b)")
call("empty", "nn.CosineSimilarity()(torch.zeros(2, 0), torch.zeros(2, 0))")

call = of("PairwiseDistance")
for p in ("2.0", "1.0", "3.0", "0.5", "inf", "-inf", "0.0", "-1.0"):
    call("p-" + p.replace("-", "minus-"), PAIRS, f"nn.PairwiseDistance(p={p})(a, b)")
call("keepdim", PAIRS, "nn.PairwiseDistance(keepdim=True)(a, b)")
call("node", PAIRS, "nn.PairwiseDistance()(a, b).grad_fn.name()")
call(
    "equal",
    leaf("a", "[[1.0, 1.0, 1.0, 1.0]]"),
    tensor("b", "[[1.0, 1.0, 1.0, 1.0]]"),
    "nn.PairwiseDistance()(a, b)",
)
call(
    "equal-eps-0",
    leaf("a", "[[1.0, 2.0]]"),
    tensor("b", "[[1.0, 2.0]]"),
    "nn.PairwiseDistance(eps=0.0)(a, b)",
)
call(
    "equal-eps-0-p-1",
    leaf("a", "[[1.0, 2.0]]"),
    tensor("b", "[[1.0, 2.0]]"),
    "nn.PairwiseDistance(1.0, eps=0.0)(a, b)",
)
call(
    "equal-eps-0-p-inf",
    leaf("a", "[[1.0, 2.0]]"),
    tensor("b", "[[1.0, 2.0]]"),
    "nn.PairwiseDistance(inf, eps=0.0)(a, b)",
)
call(
    "tie-p-inf",
    leaf("a", "[[1.0, 1.0]]"),
    tensor("b", "[[3.0, -1.0]]"),
    "nn.PairwiseDistance(inf, eps=0.0)(a, b)",
)
call(
    "own-root",
    leaf("a", "[[1.0, 2.0]]"),
    tensor("b", "[[1.0, 2.0]]"),
    "((a - b) ** 2).sum(1).sqrt()",
)
call(
    "source-18",
    tensor("a", "[[1.0, 2.0, 3.0, 4.0]]"),
    tensor("b", "[[10.0, 11.0, 12.0, 13.0]]"),
    "nn.PairwiseDistance()(a, b)",
)
call(
    "single-vectors",
    leaf("a", "[1.0, 2.0]"),
    leaf("b", "[2.0, 4.0]"),
    "nn.PairwiseDistance()(a, b)",
)
call("three-axes", "nn.PairwiseDistance()(torch.ones(2, 3, 4), torch.zeros(2, 3, 4))")
call(
    "column-beside-row",
    leaf("a", "[[1.0], [2.0]]"),
    leaf("b", "[1.0, 2.0]"),
    "nn.PairwiseDistance()(a, b)",
)
call(
    "one-against-all",
    leaf("a", "[[1.0, 2.0]]"),
    leaf("b", "[[2.0, 4.0], [0.0, 0.0]]"),
    "nn.PairwiseDistance()(a, b)",
)
call(
    "shapes-that-do-not-fit",
    leaf("a", "[[1.0, 2.0]]"),
    leaf("b", "[[1.0, 2.0, 3.0]]"),
    "nn.PairwiseDistance()(a, b)",
)
call("int", tensor("a", "[[1, 2]]"), tensor("b", "[[3, 4]]"), "nn.PairwiseDistance()(a, b)")
call("nan", leaf("a", "[[nan, 1.0]]"), leaf("b", "[[3.0, 4.0]]"), "nn.PairwiseDistance()(a, b)")
call(
    "half",
    leaf("a", "[[3.0, 4.0]]", "float16"),
    tensor("b", "[[0.0, 0.0]]", "float16"),
    "nn.PairwiseDistance()(a, b)",
)
COSINES = (
    leaf("a", "[[1.0, 2.0], [0.0, 3.0], [1.0, 0.0]]")
    + leaf("b", "[[2.0, 1.0], [3.0, 4.0], [-1.0, 1.0]]")
    + y("[1.0, -1.0, -1.0]")
)
RIGHT_ANGLE = leaf("a", "[[1.0, 0.0]]") + leaf("b", "[[0.0, 2.0]]") + y("[-1.0]")

call = of("CosineEmbeddingLoss")
reductions(call, "CosineEmbeddingLoss", COSINES, "a, b, y")
call(
    "margin",
    PAIRS,
    y("[-1.0, -1.0]"),
    "nn.CosineEmbeddingLoss(margin=0.5, reduction='none')(a, b, y)",
)
call("at-the-margin", RIGHT_ANGLE, "nn.CosineEmbeddingLoss()(a, b, y)")
call(
    "at-the-margin-of-1",
    leaf("a", "[[3.0, 4.0]]"),
    leaf("b", "[[4.0, 3.0]]"),
    y("[-1.0]"),
    "nn.CosineEmbeddingLoss(margin=1.0)(a, b, y)",
)
call("margin-negative", RIGHT_ANGLE, "nn.CosineEmbeddingLoss(margin=-0.5)(a, b, y)")
call(
    "targets-that-are-none",
    PAIRS,
    y("[0.0, -5.0]"),
    "nn.CosineEmbeddingLoss(reduction='none')(a, b, y)",
)
call("column-of-targets", PAIRS, y("[[1.0], [-1.0]]"), "nn.CosineEmbeddingLoss()(a, b, y)")
call("one-target-for-all", PAIRS, y("[1.0]"), "nn.CosineEmbeddingLoss(reduction='none')(a, b, y)")
call("target-a-scalar", PAIRS, y("1.0"), "nn.CosineEmbeddingLoss(reduction='none')(a, b, y)")
call(
    "int-target",
    COSINES.replace("[1.0, -1.0, -1.0]", "[1, -1, -1]"),
    "nn.CosineEmbeddingLoss(reduction='none')(a, b, y)",
)
call(
    "bool-target",
    COSINES.replace("[1.0, -1.0, -1.0]", "[True, False, False]"),
    "nn.CosineEmbeddingLoss(reduction='none')(a, b, y)",
)
call(
    "zero-vector",
    leaf("a", "[[0.0, 0.0]]"),
    leaf("b", "[[3.0, 4.0]]"),
    y("[1.0]"),
    "nn.CosineEmbeddingLoss()(a, b, y)",
)
call(
    "zero-vectors",
    leaf("a", "[[0.0, 0.0]]"),
    leaf("b", "[[0.0, 0.0]]"),
    y("[1.0]"),
    "nn.CosineEmbeddingLoss()(a, b, y)",
)
call(
    "short-equal-vectors",
    leaf("a", "[[1e-6, 0.0]]"),
    leaf("b", "[[1e-6, 0.0]]"),
    y("[1.0]"),
    "nn.CosineEmbeddingLoss()(a, b, y)",
)
call(
    "opposite",
    leaf("a", "[[1.0, 0.0]]"),
    leaf("b", "[[-1.0, 0.0]]"),
    y("[1.0]"),
    "nn.CosineEmbeddingLoss()(a, b, y)",
)
call(
    "single-vectors",
    leaf("a", "[1.0, 2.0]"),
    leaf("b", "[2.0, 1.0]"),
    y("1.0"),
    "nn.CosineEmbeddingLoss()(a, b, y)",
)
call(
    "sequences",
    "nn.CosineEmbeddingLoss()(torch.ones(2, 3, 4), torch.ones(2, 3, 4), torch.ones(2, 3))",
)
call(
    "shapes-that-do-not-fit",
    leaf("a", "[[1.0, 2.0]]"),
    leaf("b", "[[1.0, 2.0, 3.0]]"),
    y("[1.0]"),
    "nn.CosineEmbeddingLoss()(a, b, y)",
)
call(
    "half-zero-vector",
    leaf("a", "[[0.0, 0.0]]", "float16"),
    leaf("b", "[[3.0, 4.0]]", "float16"),
    y("[1.0]"),
    "nn.CosineEmbeddingLoss()(a, b, y)",
)
call("empty", "nn.CosineEmbeddingLoss()(torch.zeros(0, 2), torch.zeros(0, 2), torch.zeros(0))")
RANKED = leaf("a", "[0.5, 2.0, 1.0]") + leaf("b", "[1.0, 1.0, 0.75]") + y("[1.0, 1.0, -1.0]")

call = of("MarginRankingLoss")
reductions(call, "MarginRankingLoss", RANKED, "a, b, y")
call("node", RANKED, "nn.MarginRankingLoss(reduction='none')(a, b, y).grad_fn.name()")
call("margin", RANKED, "nn.MarginRankingLoss(margin=0.5, reduction='none')(a, b, y)")
call("margin-negative", RANKED, "nn.MarginRankingLoss(margin=-0.375, reduction='none')(a, b, y)")
call(
    "at-the-margin",
    leaf("a", "[2.0]"),
    leaf("b", "[1.0]"),
    y("[1.0]"),
    "nn.MarginRankingLoss(margin=1.0)(a, b, y)",
)
call(
    "equal-scores",
    leaf("a", "[0.3]"),
    leaf("b", "[0.3]"),
    y("[1.0]"),
    "nn.MarginRankingLoss()(a, b, y)",
)
call(
    "labels-0-and-1",
    leaf("a", "[1.0, 1.0]"),
    leaf("b", "[2.0, 2.0]"),
    y("[0.0, 1.0]"),
    "nn.MarginRankingLoss(margin=0.5, reduction='none')(a, b, y)",
)
call(
    "int-target",
    RANKED.replace("[1.0, 1.0, -1.0]", "[1, 1, -1]"),
    "nn.MarginRankingLoss(reduction='none')(a, b, y)",
)
call(
    "bool-target",
    leaf("a", "[0.5]"),
    leaf("b", "[1.0]"),
    y("[True]"),
    "nn.MarginRankingLoss()(a, b, y)",
)
call(
    "uint8-target",
    leaf("a", "[3.0, 1.0]"),
    leaf("b", "[1.0, 3.0]"),
    y("[1, 1]", "uint8"),
    "nn.MarginRankingLoss(reduction='none')(a, b, y)",
)
call(
    "target-of-fewer-axes",
    "nn.MarginRankingLoss()(torch.ones(4, 5), torch.zeros(4, 5), torch.ones(4))",
)
call(
    "target-a-scalar",
    leaf("a", "[0.5]"),
    leaf("b", "[1.0]"),
    y("1.0"),
    "nn.MarginRankingLoss()(a, b, y)",
)
call(
    "column-beside-row",
    leaf("a", "[[0.5], [2.0]]"),
    leaf("b", "[[1.0, 3.0]]"),
    y("[[1.0]]"),
    "nn.MarginRankingLoss(reduction='none')(a, b, y)",
)
call("scalars", leaf("a", "0.5"), leaf("b", "1.0"), y("1.0"), "nn.MarginRankingLoss()(a, b, y)")
call(
    "issue-14226",
    "a = torch.tensor([2.0, 1.0, 1.0, 1.0])\nb = torch.tensor([2.0, -3.0, 1.0, 1.0])\n"
    "nn.MarginRankingLoss(margin=1, reduction='sum')(a, b, b)",
)
call("nan", leaf("a", "[nan]"), leaf("b", "[1.0]"), y("[1.0]"), "nn.MarginRankingLoss()(a, b, y)")
call("empty", leaf("a", "[]"), leaf("b", "[]"), y("[]"), "nn.MarginRankingLoss()(a, b, y)")
call(
    "half",
    leaf("a", "[0.5]", "float16"),
    leaf("b", "[1.0]", "float16"),
    y("[1.0]", "float16"),
    "nn.MarginRankingLoss()(a, b, y)",
)
DISTANCES = x("[0.5, 0.25, 2.0]") + y("[1.0, -1.0, -1.0]")

call = of("HingeEmbeddingLoss")
reductions(call, "HingeEmbeddingLoss", DISTANCES)
call("node", DISTANCES, "nn.HingeEmbeddingLoss(reduction='none')(x, y).grad_fn.name()")
call("margin", DISTANCES, "nn.HingeEmbeddingLoss(margin=3.0, reduction='none')(x, y)")
call("margin-int", DISTANCES, "nn.HingeEmbeddingLoss(margin=3, reduction='none')(x, y)")
call("margin-negative", DISTANCES, "nn.HingeEmbeddingLoss(margin=-1.0, reduction='none')(x, y)")
call("at-the-margin", x("[1.0]"), y("[-1.0]"), "nn.HingeEmbeddingLoss()(x, y)")
call("negative-distance", x("[-0.2]"), y("[1.0]"), "nn.HingeEmbeddingLoss()(x, y)")
call(
    "labels-0-and-1",
    x("[0.3, 1.5]"),
    y("[0.0, 0.0]"),
    "nn.HingeEmbeddingLoss(reduction='none')(x, y)",
)
call("int-target", x("[0.5, 0.25]"), y("[1, -1]"), "nn.HingeEmbeddingLoss(reduction='none')(x, y)")
call(
    "bool-target",
    x("[0.5, 0.25]"),
    y("[True, False]"),
    "nn.HingeEmbeddingLoss(reduction='none')(x, y)",
)
call("int-distances", tensor("x", "[1, 2]"), y("[1, -1]"), "nn.HingeEmbeddingLoss()(x, y)")
call(
    "int-distances-none",
    tensor("x", "[1, 2]"),
    y("[1, -1]"),
    "nn.HingeEmbeddingLoss(margin=3.0, reduction='none')(x, y)",
)
call(
    "column-beside-row",
    x("[[0.5], [0.25]]"),
    y("[1.0, -1.0]"),
    "nn.HingeEmbeddingLoss(reduction='none')(x, y)",
)
call(
    "shapes-that-do-not-fit",
    x("[[0.5, 0.25, 1.0], [1.0, 1.0, 1.0]]"),
    y("[1.0, -1.0]"),
    "nn.HingeEmbeddingLoss()(x, y)",
)
call("nan", x("[nan, nan]"), y("[1.0, -1.0]"), "nn.HingeEmbeddingLoss(reduction='none')(x, y)")
call("infinite", x("[inf, inf]"), y("[1.0, -1.0]"), "nn.HingeEmbeddingLoss(reduction='none')(x, y)")
call("empty", x("[]"), y("[]"), "nn.HingeEmbeddingLoss()(x, y)")
call("half", x("[0.5]", "float16"), y("[-1.0]", "float16"), "nn.HingeEmbeddingLoss()(x, y)")
TRIPLETS = (
    leaf("a", "[[0.0, 0.0], [1.0, 2.0]]")
    + leaf("p", "[[3.0, 4.0], [1.0, 3.0]]")
    + leaf("n", "[[0.0, 5.5], [4.0, 6.0]]")
)
POINT = "".join(leaf(name, "[[1.0, 1.0]]") for name in "apn")
LINE = leaf("a", "[[0.0]]") + leaf("p", "[[1.0]]") + leaf("n", "[[2.0]]")
SWAPPED = leaf("a", "[[0.0]]") + leaf("p", "[[2.0]]") + leaf("n", "[[1.0]]")

call = of("TripletMarginLoss")
reductions(call, "TripletMarginLoss", TRIPLETS, "a, p, n")
call("margin", TRIPLETS, "nn.TripletMarginLoss(margin=0.25, reduction='none')(a, p, n)")
call("margin-0", LINE, "nn.TripletMarginLoss(margin=0.0)(a, p, n)")
call("margin-negative", LINE, "nn.TripletMarginLoss(margin=-1.0)(a, p, n)")
call("margin-0-function", LINE, "F.triplet_margin_loss(a, p, n, margin=0.0)")
call("p-1", TRIPLETS, "nn.TripletMarginLoss(p=1, reduction='none')(a, p, n)")
call("p-inf", TRIPLETS, "nn.TripletMarginLoss(p=inf, reduction='none')(a, p, n)")
call("eps-0", TRIPLETS, "nn.TripletMarginLoss(eps=0.0, reduction='none')(a, p, n)")
call("third-argument-true", TRIPLETS, "nn.TripletMarginLoss(1.0, 2, True)(a, p, n)")
call("swap", TRIPLETS, "nn.TripletMarginLoss(swap=True, reduction='none')(a, p, n)")
call("swap-tie", SWAPPED, "nn.TripletMarginLoss(eps=0.0, swap=True)(a, p, n)")
call("at-the-margin", LINE, "nn.TripletMarginLoss(eps=0.0)(a, p, n)")
call("same-point", POINT, "nn.TripletMarginLoss()(a, p, n)")
call("same-point-eps-0", POINT, "nn.TripletMarginLoss(eps=0.0)(a, p, n)")
call(
    "anchor-is-positive",
    leaf("a", "[[1.0, 1.0, 1.0]]"),
    tensor("p", "[[1.0, 1.0, 1.0]]"),
    tensor("n", "[[0.5, 0.9, 0.9]]"),
    "nn.TripletMarginLoss()(a, p, n)",
)
call(
    "single-vectors",
    leaf("a", "[0.0, 0.0]"),
    leaf("p", "[3.0, 4.0]"),
    leaf("n", "[0.0, 5.5]"),
    "nn.TripletMarginLoss()(a, p, n)",
)
call(
    "one-negative-for-all",
    TRIPLETS.replace("[[0.0, 5.5], [4.0, 6.0]]", "[[0.0, 5.5]]"),
    "nn.TripletMarginLoss(reduction='none')(a, p, n)",
)
call(
    "negative-of-fewer-axes",
    TRIPLETS.replace("[[0.0, 5.5], [4.0, 6.0]]", "[0.0, 5.5]"),
    "nn.TripletMarginLoss(reduction='none')(a, p, n)",
)
call(
    "three-axes",
    "nn.TripletMarginLoss(reduction='none')(torch.zeros(1, 2, 2), torch.ones(1, 2, 2),"
    " torch.full((1, 2, 2), 3.0))",
)
call(
    "shapes-that-do-not-fit",
    TRIPLETS.replace("[[0.0, 5.5], [4.0, 6.0]]", "[[0.0, 5.5, 1.0]]"),
    "nn.TripletMarginLoss()(a, p, n)",
)
call("nan", LINE.replace("[[2.0]]", "[[nan]]"), "nn.TripletMarginLoss()(a, p, n)")
call("int", "a = torch.tensor([[1, 2]])\nnn.TripletMarginLoss()(a, a, a)")
call("empty", "a = torch.zeros(0, 2)\nnn.TripletMarginLoss()(a, a, a)")
OWN = "nn.TripletMarginWithDistanceLoss(%s)(a, p, n)"
SQUARED = "distance_function=lambda s, t: ((s - t) ** 2).sum(-1)"
COSINE = "distance_function=lambda s, t: 1 - F.cosine_similarity(s, t)"

call = of("TripletMarginWithDistanceLoss")
call("mean", TRIPLETS, OWN % "")
call("none", TRIPLETS, OWN % "reduction='none'")
call("sum", TRIPLETS, OWN % "reduction='sum'")
call("reduction-average", TRIPLETS, OWN % "reduction='average'")
call("squared", TRIPLETS, OWN % SQUARED)
call("cosine", TRIPLETS.replace("[[0.0, 0.0], ", "[[1.0, 0.0], "), OWN % COSINE)
call("margin", TRIPLETS, OWN % "margin=0.25, reduction='none'")
call("margin-0", LINE, OWN % "margin=0.0")
call("margin-negative", LINE, OWN % "margin=-1.0")
call("swap", TRIPLETS, OWN % "swap=True, reduction='none'")
call("swap-tie", SWAPPED, OWN % (SQUARED + ", swap=True"))
call("at-the-margin", LINE, OWN % (SQUARED + ", margin=3.0"))
call("own-root", POINT, OWN % "distance_function=lambda s, t: ((s - t) ** 2).sum(-1).sqrt()")
call("averaged-distance", TRIPLETS, OWN % "distance_function=nn.MSELoss(), reduction='none'")
call(
    "negative-of-fewer-axes",
    TRIPLETS.replace("[[0.0, 5.5], [4.0, 6.0]]", "[0.0, 5.5]"),
    OWN % "reduction='none'",
)

IDS = {f"{loss}/{name}": code for loss, calls in CALLS.items() for name, code in calls.items()}

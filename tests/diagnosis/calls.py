"""What people type, with the fix that they need: one row for each call that torch refuses.

A row has the code that makes the call, and the code of the fix, or None where no change of the
call mends it. The value of a fix is what torch makes of it, so none stands here.
"""

from typing import Any, NamedTuple

import torch
import torch.nn.functional as F


class Typed(NamedTuple):
    """A call as somebody typed it: `call` with the names of `given`, and its fix."""

    call: str
    given: dict[str, Any]
    fix: str | None
    sure: bool = True


def numbers(*shape: int) -> torch.Tensor:
    """Numbers of either sign that repeat nowhere."""
    return torch.arange(torch.Size(shape).numel()).sin().reshape(shape) * 1.7


def classes(*shape: int, count: int = 3) -> torch.Tensor:
    """Class numbers, all of them."""
    return (torch.arange(torch.Size(shape).numel()) * 5 % 7 % count).reshape(shape)


def pair(input: torch.Tensor, target: Any) -> dict[str, Any]:
    return {"input": input, "target": target}


CE = "nn.CrossEntropyLoss()(input, target)"
NLL = "nn.NLLLoss()(input, target)"
BCE = "nn.BCELoss()(input, target)"
LOGITS = "nn.BCEWithLogitsLoss()(input, target)"
ROWS, IMAGE = numbers(4, 3), numbers(2, 3, 4, 5)
MASK = classes(2, 4, 5)
PATHS = numbers(6, 2, 4).log_softmax(2)
SHARES = numbers(4, 5).sigmoid()


def one_hot(t: torch.Tensor) -> torch.Tensor:
    return F.one_hot(t, 3).movedim(-1, 1)


def ctc(log_probs: torch.Tensor, **others: Any) -> dict[str, Any]:
    """The arguments of a CTC call."""
    return {
        "log_probs": log_probs,
        "targets": torch.tensor([[1, 2], [3, 1]]),
        "input_lengths": torch.tensor([6, 6]),
        "target_lengths": torch.tensor([2, 2]),
    } | others


CTC = "nn.CTCLoss()(log_probs, targets, input_lengths, target_lengths)"
VAR = "nn.GaussianNLLLoss()(input, target, var)"

REFUSED = {
    "float labels": Typed(CE, pair(ROWS, classes(4).float()), CE.replace("get", "get.long()")),
    "int32 labels": Typed(CE, pair(ROWS, classes(4).int()), CE.replace("get", "get.long()")),
    "bool labels": Typed(CE, pair(ROWS[:, :2], classes(4) > 0), CE.replace("get", "get.long()")),
    "uint8 mask": Typed(CE, pair(IMAGE, MASK.byte()), CE.replace("get", "get.long()")),
    "float labels in NLL": Typed(
        NLL, pair(ROWS.log_softmax(1), classes(4).float()), NLL.replace("get", "get.long()")
    ),
    "a mask with channels": Typed(
        CE, pair(IMAGE, MASK[:, None]), CE.replace("get", "get.squeeze(1)")
    ),
    "a float mask with channels": Typed(
        CE, pair(IMAGE, MASK[:, None].float()), CE.replace("get", "get.squeeze(1).long()")
    ),
    "a colour mask": Typed(CE, pair(IMAGE, torch.zeros(2, 4, 5, 3).long()), None),
    "a mask of another size": Typed(CE, pair(IMAGE, classes(2, 2, 2)), None),
    "a one-hot mask": Typed(CE, pair(IMAGE, one_hot(MASK)), CE.replace("get", "get.argmax(1)")),
    "a one-hot mask, classes last": Typed(
        CE, pair(IMAGE, F.one_hot(MASK, 3)), CE.replace("get", "get.argmax(3)")
    ),
    "one-hot rows in NLL": Typed(
        NLL,
        pair(ROWS.log_softmax(1), one_hot(classes(4)).float()),
        NLL.replace("get", "get.argmax(1)"),
    ),
    "labels (N, 1)": Typed(CE, pair(ROWS, classes(4, 1)), CE.replace("get", "get.squeeze(1)")),
    "classes last": Typed(
        CE, pair(numbers(2, 4, 3), classes(2, 4)), CE.replace("put", "put.transpose(1, 2)")
    ),
    "an image, channels last": Typed(
        CE, pair(IMAGE.movedim(1, -1), MASK), CE.replace("put", "put.permute(0, 3, 1, 2)")
    ),
    "input flattened alone": Typed(
        CE, pair(numbers(8, 3), classes(2, 4)), CE.replace("get", "get.flatten()")
    ),
    "target flattened alone": Typed(
        CE, pair(numbers(2, 4, 3), classes(8)), CE.replace("put", "put.flatten(0, 1)")
    ),
    "a shift forgotten": Typed(
        CE, pair(numbers(5, 3), classes(4)), CE.replace("put", "put[:-1]"), sure=False
    ),
    "labels from 1": Typed(
        CE, pair(ROWS, torch.tensor([1, 3, 2, 3])), CE.replace("get", "get - 1")
    ),
    "padding of -1": Typed(
        CE,
        pair(ROWS, torch.tensor([0, 2, -1, -1])),
        "nn.CrossEntropyLoss(ignore_index=-1)(input, target)",
        sure=False,
    ),
    "a border of 255": Typed(
        CE,
        pair(IMAGE, MASK.where(MASK > 0, 255)),
        "nn.CrossEntropyLoss(ignore_index=255)(input, target)",
        sure=False,
    ),
    "a class that is none": Typed(CE, pair(ROWS, torch.tensor([0, 2, 7, 1])), None),
    "one output": Typed(
        CE,
        pair(numbers(4, 1), torch.tensor([0, 1, 1, 0])),
        "nn.BCEWithLogitsLoss()(input.squeeze(1), target.float())",
        sure=False,
    ),
    "one output, squeezed": Typed(
        CE,
        pair(numbers(4), torch.tensor([0, 1, 1, 0])),
        "nn.BCEWithLogitsLoss()(input, target.float())",
        sure=False,
    ),
    "exchanged": Typed(CE, pair(classes(4), ROWS), "nn.CrossEntropyLoss()(target, input)"),
    "predicted classes": Typed(CE, pair(classes(4), classes(4)), None),
    "ignore_index with probabilities": Typed(
        "nn.CrossEntropyLoss(ignore_index=1)(input, target)",
        pair(ROWS, ROWS.softmax(1)),
        CE,
    ),
    "a weight of float64": Typed(
        "nn.CrossEntropyLoss(weight=weight)(input, target)",
        pair(ROWS, classes(4)) | {"weight": torch.tensor([1.0, 2.0, 3.0]).double()},
        "nn.CrossEntropyLoss(weight=weight.float())(input, target)",
    ),
    "a weight for each sample": Typed(
        "nn.CrossEntropyLoss(weight=weight)(input, target)",
        pair(ROWS, classes(4)) | {"weight": torch.ones(4)},
        None,
    ),
    "BCE of a column and a row": Typed(
        BCE, pair(SHARES[:, :1], SHARES[:, 0].round()), BCE.replace("put", "put.squeeze(1)")
    ),
    "BCE of whole labels": Typed(
        BCE, pair(SHARES, SHARES.round().long()), BCE.replace("get", "get.float()")
    ),
    "BCE of float64 labels": Typed(
        BCE, pair(SHARES, SHARES.round().double()), BCE.replace("get", "get.float()")
    ),
    "logits in BCE": Typed(BCE, pair(numbers(4, 5), SHARES.round()), LOGITS, sure=False),
    "NaN in BCE": Typed(BCE, pair(SHARES.log().log(), SHARES), None),
    "rounding in BCE": Typed(
        BCE,
        pair(torch.tensor([1.0000001, 0.5]), torch.tensor([1.0, 0.0])),
        BCE.replace("put", "put.clamp(0, 1)"),
        sure=False,
    ),
    "whole labels with logits": Typed(
        LOGITS, pair(numbers(4, 5), SHARES.round().long()), LOGITS.replace("get", "get.float()")
    ),
    "boolean labels with logits": Typed(
        LOGITS, pair(numbers(4, 5), SHARES > 0.5), LOGITS.replace("get", "get.float()")
    ),
    "two outputs": Typed(
        LOGITS,
        pair(numbers(4, 2), torch.tensor([0.0, 1, 1, 0])),
        "nn.CrossEntropyLoss()(input, target.long())",
        sure=False,
    ),
    "pos_weight of channels": Typed(
        "nn.BCEWithLogitsLoss(pos_weight=pos_weight)(input, target)",
        pair(IMAGE, IMAGE.gt(0).float()) | {"pos_weight": torch.tensor([1.0, 2.0, 3.0])},
        "nn.BCEWithLogitsLoss(pos_weight=pos_weight.view(-1, 1, 1))(input, target)",
    ),
    "weight of samples": Typed(
        "nn.BCEWithLogitsLoss(weight=weight)(input, target)",
        pair(numbers(4, 5), SHARES) | {"weight": torch.tensor([1.0, 2.0, 3.0, 4.0])},
        "nn.BCEWithLogitsLoss(weight=weight.view(-1, 1))(input, target)",
    ),
    "MSE of whole numbers": Typed(
        "nn.MSELoss()(input, target)",
        pair(classes(4), classes(4) + 1),
        "nn.MSELoss()(input.float(), target.float())",
    ),
    "Huber without width": Typed(
        "nn.HuberLoss(delta=0.0)(input, target)",
        pair(ROWS, ROWS + 1),
        "nn.L1Loss()(input, target)",
        sure=False,
    ),
    "a variance for each image": Typed(
        VAR,
        pair(IMAGE, IMAGE) | {"var": torch.ones(2, 3, 1, 1)},
        VAR.replace("var)", "var.expand(2, 3, 4, 5))"),
    ),
    "a whole variance": Typed(
        VAR, pair(ROWS, ROWS + 1) | {"var": 2}, VAR.replace("var)", "float(var))")
    ),
    "the logarithm of a variance": Typed(
        VAR, pair(ROWS, ROWS + 1) | {"var": ROWS}, VAR.replace("var)", "var.exp())"), sure=False
    ),
    "CTC, batch first": Typed(
        CTC, ctc(PATHS.transpose(0, 1)), CTC.replace("log_probs", "log_probs.transpose(0, 1)")
    ),
    "CTC, too many frames": Typed(
        CTC,
        ctc(PATHS, input_lengths=torch.tensor([7, 6])),
        CTC.replace("input_lengths", "input_lengths.clamp(max=6)"),
        sure=False,
    ),
    "CTC, float lengths": Typed(
        CTC,
        ctc(PATHS, target_lengths=torch.tensor([2.0, 2.0])),
        CTC.replace("target_lengths", "target_lengths.long()"),
    ),
    "ranking rows": Typed(
        "nn.MarginRankingLoss()(input1, input2, target)",
        {"input1": ROWS, "input2": -ROWS, "target": torch.tensor([1.0, -1, 1, 1])},
        "nn.MarginRankingLoss()(input1, input2, target.unsqueeze(1))",
    ),
    "signs (N, 1)": Typed(
        "nn.CosineEmbeddingLoss()(input1, input2, target)",
        {"input1": ROWS, "input2": ROWS.flip(0), "target": torch.tensor([[1.0], [-1], [1], [1]])},
        "nn.CosineEmbeddingLoss()(input1, input2, target.squeeze(1))",
    ),
    "a sequence in the margin loss": Typed(
        "nn.MultiMarginLoss()(input, target)",
        pair(numbers(2, 4, 3), classes(2, 4)),
        "nn.MultiMarginLoss()(input.flatten(0, 1), target.flatten())",
    ),
}

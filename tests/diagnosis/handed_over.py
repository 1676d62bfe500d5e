"""Loss calls of the forty questions with which the diagnosis began, and what was tried on them.

Where the first record had zeros, the numbers here are uneven, so that a wrong repair gives another
value. Every value, message and fix was computed by torch 2.13 on the CPU; `test_reports.py` runs
them all.
"""

from math import inf, nan

from tests.diagnosis.report import Fix, Report

HANDED_OVER = (
    # 1. Shapes.
    Report(
        source="https://github.com/milesial/Pytorch-UNet/issues/313",
        kind=1,
        setup=(
            "input = (torch.arange(12.0) ** 2 % 7 / 3).reshape(1, 3, 2, 2)\n"
            "target = torch.tensor([[[[0, 2], [1, 1]]]])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message=(
            "only batches of spatial targets supported (3D tensors) but got targets of dimension: 4"
        ),
        cause="The mask has a channel axis of size 1 too many.",
        arguments=("target",),
        words=("squeeze|axis|dimension",),
        fixes=(Fix("nn.CrossEntropyLoss()(input, target.squeeze(1))", 1.387727737),),
    ),
    Report(
        source="https://github.com/milesial/Pytorch-UNet/issues/313",
        kind=1,
        setup=(
            "input = (torch.arange(12.0) ** 2 % 7 / 3).reshape(1, 3, 2, 2)\n"
            "target = torch.tensor([[[[128, 0, 64], [0, 0, 0]], [[255, 64, 0], [128, "
            "0, 64]]]])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message=(
            "only batches of spatial targets supported (3D tensors) but got targets of dimension: 4"
        ),
        cause=(
            "The mask is a colour image (N, H, W, 3); each colour has to become a class number."
        ),
        arguments=("target",),
        words=("RGB|colou?r|channel|axis|dimension",),
    ),
    Report(
        source="https://github.com/milesial/Pytorch-UNet/issues/313",
        kind=1,
        setup=(
            "input = (torch.arange(12.0) ** 2 % 7 / 3).reshape(1, 3, 2, 2)\n"
            "target = F.one_hot(torch.tensor([[[0, 2], [1, 1]]]), 3).movedim(-1, 1)"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message="Expected floating point type for target with class probabilities, got Long",
        cause=(
            "The mask is one-hot and integer; the loss wants class numbers, or float probabilities."
        ),
        arguments=("target",),
        words=("one-hot|argmax",),
        fixes=(
            Fix("nn.CrossEntropyLoss()(input, target.argmax(1))", 1.387727737),
            Fix("nn.CrossEntropyLoss()(input, target.float())", 1.387727737),
        ),
    ),
    Report(
        source="https://github.com/milesial/Pytorch-UNet/issues/313",
        kind=1,
        setup=(
            "input = (torch.arange(12.0) ** 2 % 7 / 3).reshape(1, 3, 2, "
            "2).log_softmax(1)\n"
            "target = torch.tensor([[[[0, 2], [1, 1]]]])"
        ),
        call="nn.NLLLoss()(input, target)",
        refused=True,
        message=(
            "only batches of spatial targets supported (3D tensors) but got targets of dimension: 4"
        ),
        cause="The mask has a channel axis of size 1 too many.",
        arguments=("target",),
        words=("squeeze|axis|dimension",),
        fixes=(Fix("nn.NLLLoss()(input, target.squeeze(1))", 1.387727737),),
    ),
    Report(
        source="https://github.com/milesial/Pytorch-UNet/issues/313",
        kind=1,
        setup=(
            "input = (torch.arange(48.0) ** 2 % 7 / 3).reshape(1, 3, 4, 4)\n"
            "target = torch.tensor([[[0, 2], [1, 1]]])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message="size mismatch (got input: [1, 3, 4, 4] , target: [1, 2, 2]",
        cause="The mask is 2 by 2 and the scores 4 by 4: one of them has to be resampled.",
        arguments=(
            "target",
            "input",
        ),
        words=("size|shape|interpolat|resiz|height|4",),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/31557",
        kind=1,
        setup=(
            "log_probs = (torch.arange(24.0) ** 2 % 7 / 3).reshape(2, 4, "
            "3).log_softmax(-1)\n"
            "targets = torch.tensor([[1, 2], [1, 2]])\n"
            "input_lengths = torch.tensor([4, 4])\n"
            "target_lengths = torch.tensor([2, 2])"
        ),
        call="nn.CTCLoss()(log_probs, targets, input_lengths, target_lengths)",
        refused=True,
        message="input_lengths must be of size batch_size",
        cause="log_probs is (batch, time, classes); CTCLoss wants time first.",
        arguments=("log_probs",),
        words=("time|transpose|batch.?first|\\(T, N, C\\)",),
        fixes=(
            Fix(
                "nn.CTCLoss()(log_probs.transpose(0, 1), targets, input_lengths, target_lengths)",
                0.7967485189,
            ),
        ),
    ),
    Report(
        source="https://github.com/ugent-korea/pytorch-unet-segmentation/issues/9",
        kind=1,
        setup=("input = torch.tensor([0.4, -0.2, 1.1])\ntarget = torch.tensor([0, 1, 1])"),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message="Expected floating point type for target with class probabilities, got Long",
        cause=(
            "The outputs are one score per sample, without a class axis: a binary "
            "problem, BCEWithLogitsLoss."
        ),
        arguments=(
            "input",
            "target",
        ),
        words=("BCEWithLogits|binary_cross_entropy_with_logits|class axis|one score",),
        fixes=(Fix("nn.BCEWithLogitsLoss()(input, target.float())", 0.6661631465),),
    ),
    Report(
        source="https://github.com/ugent-korea/pytorch-unet-segmentation/issues/9",
        kind=1,
        setup=("input = torch.tensor([[0.3, 0.7], [0.6, 0.4]])\ntarget = torch.tensor([1.0, 0.0])"),
        call="nn.BCEWithLogitsLoss()(input, target)",
        refused=True,
        message=(
            "Target size (torch.Size([2])) must be the same as input size (torch.Size([2, 2]))"
        ),
        cause=(
            "Two outputs per sample and one 0/1 target: two classes want "
            "CrossEntropyLoss with integer labels."
        ),
        arguments=(
            "input",
            "target",
        ),
        words=("CrossEntropy|cross_entropy|two (outputs|columns|classes)",),
        fixes=(
            Fix("nn.CrossEntropyLoss()(input, target.long())", 0.5555770397),
            Fix("nn.BCEWithLogitsLoss()(input[:, 1] - input[:, 0], target)", 0.5555770397),
        ),
    ),
    Report(
        source="https://github.com/George730/E-ResGAT/issues/5",
        kind=1,
        setup=(
            "oh = F.one_hot(torch.tensor([2]), 3)\ninput = torch.tensor([[1.0, 2, 3]])\ntarget = oh"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message="Expected floating point type for target with class probabilities, got Long",
        cause=(
            "The target is an integer one-hot row; the class number is wanted, or "
            "float probabilities."
        ),
        arguments=("target",),
        words=("one-hot|argmax",),
        fixes=(
            Fix("nn.CrossEntropyLoss()(input, target.argmax(1))", 0.4076059461),
            Fix("nn.CrossEntropyLoss()(input, target.float())", 0.4076059461),
        ),
    ),
    Report(
        source="https://github.com/George730/E-ResGAT/issues/5",
        kind=1,
        setup=(
            "input = torch.tensor([[1.0, 2, 3], [1.0, 2, 3]])\ntarget = torch.tensor([[2], [1]])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message="0D or 1D target tensor expected, multi-target not supported",
        cause="The class numbers have an axis of size 1 too many.",
        arguments=("target",),
        words=("squeeze|axis|dimension",),
        fixes=(Fix("nn.CrossEntropyLoss()(input, target.squeeze(1))", 0.9076058865),),
    ),
    Report(
        source="https://github.com/George730/E-ResGAT/issues/5",
        kind=1,
        setup=(
            "oh = F.one_hot(torch.tensor([2]), 3)\n"
            "input = torch.tensor([[1.0, 2, 3]]).log_softmax(1)\n"
            "target = oh"
        ),
        call="nn.NLLLoss()(input, target)",
        refused=True,
        message="0D or 1D target tensor expected, multi-target not supported",
        cause="The target is one-hot; NLLLoss wants class numbers.",
        arguments=("target",),
        words=("one-hot|argmax",),
        fixes=(Fix("nn.NLLLoss()(input, target.argmax(1))", 0.4076059461),),
    ),
    Report(
        source="https://github.com/George730/E-ResGAT/issues/5",
        kind=1,
        setup=(
            "oh = F.one_hot(torch.tensor([2]), 3)\n"
            "input = torch.tensor([[1.0, 2, 3]]).log_softmax(1)\n"
            "target = oh.float()"
        ),
        call="nn.NLLLoss()(input, target)",
        refused=True,
        message="0D or 1D target tensor expected, multi-target not supported",
        cause="The target is one-hot; NLLLoss wants class numbers.",
        arguments=("target",),
        words=("one-hot|argmax",),
        fixes=(Fix("nn.NLLLoss()(input, target.argmax(1))", 0.4076059461),),
    ),
    Report(
        source="https://github.com/George730/E-ResGAT/issues/5",
        kind=1,
        setup=(
            "input = torch.tensor([[1.0, 2, 3], [1.0, 2, 3]]).log_softmax(1)\n"
            "target = torch.tensor([[2], [1]])"
        ),
        call="nn.NLLLoss()(input, target)",
        refused=True,
        message="0D or 1D target tensor expected, multi-target not supported",
        cause="The class numbers have an axis of size 1 too many.",
        arguments=("target",),
        words=("squeeze|axis|dimension",),
        fixes=(Fix("nn.NLLLoss()(input, target.squeeze(1))", 0.9076058865),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/6626",
        kind=1,
        setup=(
            "input = (torch.arange(56.0) ** 2 % 7 / 3).reshape(2, 4, 7)\n"
            "target = torch.tensor([[0, 6, 3, 1], [2, 5, 4, 0]])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message="Expected target size [2, 7], got [2, 4]",
        cause=("The class axis of (batch, time, classes) stands last; the loss wants it second."),
        arguments=("input",),
        words=("class axis|transpose|permute|movedim|axis|dimension",),
        fixes=(
            Fix("nn.CrossEntropyLoss()(input.transpose(1, 2), target)", 2.142820597),
            Fix("nn.CrossEntropyLoss()(input.flatten(0, 1), target.flatten())", 2.142820597),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/6626",
        kind=1,
        setup=("input = torch.tensor([[[4.0, 0], [4, 0]]])\ntarget = torch.tensor([[0, 0]])"),
        call="nn.CrossEntropyLoss()(input, target)",
        value=0.6931471825,
        cause="As many time steps as classes: a class axis in the wrong place cannot be seen.",
        fixes=(Fix("nn.CrossEntropyLoss()(input.transpose(1, 2), target)", 0.01814996079),),
        silent=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/6626",
        kind=1,
        setup=(
            "input = (torch.arange(56.0) ** 2 % 7 / 3).reshape(8, 7)\n"
            "target = torch.tensor([[0, 6, 3, 1], [2, 5, 4, 0]])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message="Expected input batch_size (8) to match target batch_size (2).",
        cause="The input was flattened and the target was not.",
        arguments=("target",),
        words=("flatten|view|reshape",),
        fixes=(Fix("nn.CrossEntropyLoss()(input, target.flatten())", 2.142820597),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/6626",
        kind=1,
        setup=(
            "input = (torch.arange(35.0) ** 2 % 7 / 3).reshape(5, 7)\n"
            "target = torch.tensor([6, 3, 1, 2])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message="Expected input batch_size (5) to match target batch_size (4).",
        cause=(
            "There is one position more in the logits than in the labels: the shift by "
            "one is missing on one side."
        ),
        arguments=(
            "input",
            "target",
        ),
        words=("shift|one (more|longer|fewer)|5.*4|rows",),
        fixes=(Fix("nn.CrossEntropyLoss()(input[:-1], target)", 2.059487104),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/42864",
        kind=1,
        setup=(
            "input1 = (torch.arange(20.0) ** 2 % 7 / 3).reshape(4, 5)\n"
            "input2 = (torch.arange(20.0) ** 2 % 5 / 3).reshape(5, 4).T\n"
            "target = torch.tensor([1.0, -1.0, -1.0, 1.0])"
        ),
        call="nn.MarginRankingLoss()(input1, input2, target)",
        refused=True,
        message=(
            "margin_ranking_loss : All input tensors should have same dimension but "
            "got sizes: input1: torch.Size([4, 5]), input2: torch.Size([4, 5]), "
            "target: torch.Size([4]) "
        ),
        cause="The target has one number per pair and the inputs five; (4, 1) meets the rows.",
        arguments=("target",),
        words=("unsqueeze|axis|dimension|shape|per pair",),
        fixes=(Fix("nn.MarginRankingLoss()(input1, input2, target.unsqueeze(1))", 0.2333333492),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/147521",
        kind=1,
        setup=(
            "img = torch.zeros(4, 3, 2, 2)\n"
            "input = (torch.arange(48.0) ** 2 % 7 / 3).reshape(4, 3, 2, 2)\n"
            "target = torch.linspace(-1.0, 2.0, 48).reshape(4, 3, 2, 2)\n"
            "var = torch.tensor([0.5, 2.0])"
        ),
        call="nn.GaussianNLLLoss()(input, target, var)",
        refused=True,
        message="var is of incorrect size",
        cause="var meets the last axis alone; expand it to the shape of the input.",
        arguments=("var",),
        words=("expand|shape|axis|size|broadcast",),
        fixes=(Fix("nn.GaussianNLLLoss()(input, target, var.expand_as(input))", 0.606690824),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/147521",
        kind=1,
        setup=(
            "img = torch.zeros(4, 3, 2, 2)\n"
            "input = (torch.arange(48.0) ** 2 % 7 / 3).reshape(4, 3, 2, 2)\n"
            "target = torch.linspace(-1.0, 2.0, 48).reshape(4, 3, 2, 2)\n"
            "var = torch.tensor([[[[0.5, 1.0], [2.0, 3.0]]]])"
        ),
        call="nn.GaussianNLLLoss()(input, target, var)",
        refused=True,
        message="var is of incorrect size",
        cause="Two axes of size 1 are one too many; expand var to the shape of the input.",
        arguments=("var",),
        words=("expand|shape|axis|size|broadcast",),
        fixes=(Fix("nn.GaussianNLLLoss()(input, target, var.expand_as(input))", 0.5828644037),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/147521",
        kind=1,
        setup=(
            "img = torch.zeros(4, 3, 2, 2)\n"
            "input = (torch.arange(48.0) ** 2 % 7 / 3).reshape(4, 3, 2, 2)\n"
            "target = torch.linspace(-1.0, 2.0, 48).reshape(4, 3, 2, 2)\n"
            "var = torch.tensor(2.0)"
        ),
        call="nn.GaussianNLLLoss()(input, target, var)",
        refused=True,
        message="var is of incorrect size",
        cause="A 0-d tensor is no var; expand it, or give a Python float.",
        arguments=("var",),
        words=(
            "expand|shape|axis|size|broadcast",
            "float",
        ),
        fixes=(Fix("nn.GaussianNLLLoss()(input, target, var.expand_as(input))", 0.5894197822),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/23782",
        kind=1,
        setup=(
            "a = torch.tensor([[1.0, 0.0], [0.0, 1.0]])\n"
            "b = torch.tensor([[0.0, 1.0], [1.0, 0.0]])\n"
            "input1 = a\n"
            "input2 = b\n"
            "target = torch.tensor([[1.0], [-1.0]])"
        ),
        call="nn.CosineEmbeddingLoss()(input1, input2, target)",
        refused=True,
        message="0D or 1D target tensor expected, multi-target not supported",
        cause="The target has an axis of size 1 too many.",
        arguments=("target",),
        words=("squeeze|axis|dimension",),
        fixes=(Fix("nn.CosineEmbeddingLoss()(input1, input2, target.squeeze(1))", 0.5),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/124480",
        kind=1,
        setup=(
            "criterion = nn.LinearCrossEntropyLoss(2, 3)\n"
            "with torch.no_grad():\n"
            "    criterion.linear.weight.copy_(torch.tensor([[2.0, 0.0], [0.0, 3.0], "
            "[0.0, 0.0]]))\n"
            "input = (torch.arange(12.0) ** 2 % 7 / 3).reshape(2, 3, 2)\n"
            "target = torch.tensor([[0, 1, 2], [2, 0, 1]])"
        ),
        call="criterion(input, target)",
        refused=True,
        message="expected input with dimensionality 1 or 2, got 3",
        cause="A sequence (2, 3, 2) has to be flattened to rows.",
        arguments=("input",),
        words=("flatten|reshape|view|dimension",),
        fixes=(Fix("criterion(input.flatten(0, 1), target.flatten())", 2.003433943),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/6626",
        kind=1,
        setup=("input = torch.tensor([[[4.0, 0.0], [4.0, 0.0]]])\ntarget = torch.tensor([[0, 0]])"),
        call="F.cross_entropy(input, target)",
        value=0.6931471825,
        cause="As many time steps as classes: a class axis in the wrong place cannot be seen.",
        fixes=(Fix("F.cross_entropy(input.transpose(1, 2), target)", 0.01814996079),),
        silent=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/31557",
        kind=1,
        setup=(
            "log_probs = (torch.arange(12.0) ** 2 % 7 / 3).reshape(2, 2, "
            "3).log_softmax(-1)\n"
            "targets = torch.tensor([[1], [2]])\n"
            "input_lengths = torch.tensor([2, 2])\n"
            "target_lengths = torch.tensor([1, 1])"
        ),
        call="F.ctc_loss(log_probs, targets, input_lengths, target_lengths)",
        value=1.262439251,
        cause="As many frames as samples: whether the batch stands first cannot be seen.",
        fixes=(
            Fix(
                "F.ctc_loss(log_probs.transpose(0, 1), targets, input_lengths, target_lengths)",
                1.431313634,
            ),
        ),
        silent=True,
    ),
    # 2. Dtypes.
    Report(
        source="https://github.com/qubvel-org/segmentation_models.pytorch/issues/197",
        kind=2,
        setup=("input = torch.tensor([[1.0, 2, 3]])\ntarget = torch.tensor([2.0])"),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message="expected target dtype to be Long or Byte, but got Float",
        cause="The labels are float; class numbers have to be int64.",
        arguments=("target",),
        words=("int64|long|integer",),
        fixes=(Fix("nn.CrossEntropyLoss()(input, target.long())", 0.4076059461),),
    ),
    Report(
        source="https://github.com/qubvel-org/segmentation_models.pytorch/issues/197",
        kind=2,
        setup=(
            "input = torch.tensor([[1.0, 2, 3]])\ntarget = torch.tensor([2], dtype=torch.int32)"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message="expected target dtype to be Long or Byte, but got Int",
        cause="The labels are int32; class numbers have to be int64.",
        arguments=("target",),
        words=("int64|long|integer",),
        fixes=(Fix("nn.CrossEntropyLoss()(input, target.long())", 0.4076059461),),
    ),
    Report(
        source="https://github.com/qubvel-org/segmentation_models.pytorch/issues/197",
        kind=2,
        setup=("input = torch.tensor([[1.0, 2]])\ntarget = torch.tensor([True])"),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message="expected target dtype to be Long or Byte, but got Bool",
        cause="The labels are bool; class numbers have to be int64.",
        arguments=("target",),
        words=("int64|long|integer",),
        fixes=(Fix("nn.CrossEntropyLoss()(input, target.long())", 0.313261658),),
    ),
    Report(
        source="https://github.com/qubvel-org/segmentation_models.pytorch/issues/197",
        kind=2,
        setup=("input = torch.tensor([[1.0, 2, 3]]).log_softmax(1)\ntarget = torch.tensor([2.0])"),
        call="nn.NLLLoss()(input, target)",
        refused=True,
        message="expected target dtype to be Long or Byte, but got Float",
        cause="The labels are float; class numbers have to be int64.",
        arguments=("target",),
        words=("int64|long|integer",),
        fixes=(Fix("nn.NLLLoss()(input, target.long())", 0.4076059461),),
    ),
    Report(
        source="https://github.com/qubvel-org/segmentation_models.pytorch/issues/197",
        kind=2,
        setup=(
            "input = (torch.arange(12.0) ** 2 % 7 / 3).reshape(1, 3, 2, 2)\n"
            "target = torch.tensor([[[0.0, 2.0], [1.0, 1.0]]])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message="expected target dtype to be Long or Byte, but got Float",
        cause="The mask of class numbers is float; it has to be int64.",
        arguments=("target",),
        words=("int64|long|integer",),
        fixes=(Fix("nn.CrossEntropyLoss()(input, target.long())", 1.387727737),),
    ),
    Report(
        source="https://github.com/qubvel-org/segmentation_models.pytorch/issues/197",
        kind=2,
        setup=(
            "input = (torch.arange(12.0) ** 2 % 7 / 3).reshape(1, 3, 2, 2)\n"
            "target = torch.tensor([[[0, 2], [1, 1]]], dtype=torch.uint8)"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message="expected scalar type Long but found Byte",
        cause=(
            "The mask is uint8, which torch takes for (N, C) but not for images; it "
            "has to be int64."
        ),
        arguments=("target",),
        words=("int64|long",),
        fixes=(Fix("nn.CrossEntropyLoss()(input, target.long())", 1.387727737),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/45373",
        kind=2,
        setup=("input = torch.tensor([0.7])\ntarget = torch.tensor([1])"),
        call="nn.BCELoss()(input, target)",
        refused=True,
        message="Found dtype Long but expected Float",
        cause="The target is int64; BCELoss wants it floating.",
        arguments=("target",),
        words=("float",),
        fixes=(Fix("nn.BCELoss()(input, target.float())", 0.3566749692),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/45373",
        kind=2,
        setup=("input = torch.tensor([0.7])\ntarget = torch.tensor([1])"),
        call="nn.BCEWithLogitsLoss()(input, target)",
        refused=True,
        message="result type Float can't be cast to the desired output type Long",
        cause="The target has to be floating, as the logits are.",
        arguments=("target",),
        words=("float",),
        fixes=(Fix("nn.BCEWithLogitsLoss()(input, target.float())", 0.403186053),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/45373",
        kind=2,
        setup=("input = torch.tensor([0.7])\ntarget = torch.tensor([True])"),
        call="nn.BCEWithLogitsLoss()(input, target)",
        refused=True,
        message=(
            "Subtraction, the `-` operator, with two bool tensors is not supported. "
            "Use the `^` or `logical_xor()` operator instead."
        ),
        cause="The target has to be floating, as the logits are.",
        arguments=("target",),
        words=("float",),
        fixes=(Fix("nn.BCEWithLogitsLoss()(input, target.float())", 0.403186053),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/45373",
        kind=2,
        setup=("input = torch.tensor([1, 2])\ntarget = torch.tensor([1, 3])"),
        call="nn.MSELoss()(input, target)",
        refused=True,
        message="\"mse_cpu\" not implemented for 'Long'",
        cause="Both sides are integers; the mean needs floating numbers.",
        arguments=("input",),
        words=("float",),
        fixes=(Fix("nn.MSELoss()(input.float(), target.float())", 0.5),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/45373",
        kind=2,
        setup=("input = torch.tensor([1, 2])\ntarget = torch.tensor([1, 3])"),
        call="nn.L1Loss()(input, target)",
        refused=True,
        message=(
            "mean(): could not infer output dtype. Input dtype must be either a "
            "floating point or complex dtype. Got: Long"
        ),
        cause="Both sides are integers; the mean needs floating numbers.",
        arguments=("input",),
        words=("float",),
        fixes=(Fix("nn.L1Loss()(input.float(), target.float())", 0.5),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/45373",
        kind=2,
        setup=("input = torch.tensor([1.0, 2])\ntarget = torch.tensor([1, 3])"),
        call="nn.MSELoss()(input, target)",
        value=0.5,
        cause="The integer target is promoted; the value is right.",
        words=("promot|int64|float",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/45373",
        kind=2,
        setup=("input = torch.tensor([1.0, 2])\ntarget = torch.tensor([1, 3])"),
        call="nn.HuberLoss()(input, target)",
        value=0.25,
        cause="The integer target is promoted; the value is right.",
        words=("promot|int64|float",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/45373",
        kind=2,
        setup=("input = torch.tensor([0.7])\ntarget = torch.tensor([1.0], dtype=torch.double)"),
        call="nn.BCELoss()(input, target)",
        refused=True,
        message="Found dtype Double but expected Float",
        cause="The target is float64 and the input float32.",
        arguments=("target",),
        words=("float32|double|float64|dtype",),
        fixes=(
            Fix("nn.BCELoss()(input, target.float())", 0.3566749692),
            Fix("nn.BCELoss()(input.double(), target)", 0.356674961),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/147521",
        kind=2,
        setup=(
            "img = torch.zeros(4, 3, 2, 2)\n"
            "input = (torch.arange(48.0) ** 2 % 7 / 3).reshape(4, 3, 2, 2)\n"
            "target = torch.linspace(-1.0, 2.0, 48).reshape(4, 3, 2, 2)\n"
            "var = 2"
        ),
        call="nn.GaussianNLLLoss()(input, target, var)",
        refused=True,
        message=(
            "any() received an invalid combination of arguments - got (bool), but expected one of:"
        ),
        cause="var is a Python integer; a float or a tensor is wanted.",
        arguments=("var",),
        words=("float|tensor",),
        fixes=(Fix("nn.GaussianNLLLoss()(input, target, float(var))", 0.5894197822),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/170745",
        kind=2,
        setup=(
            "input = torch.tensor([[0.1, 0.7]])\n"
            "target = torch.tensor([[0.3, 0.7]], dtype=torch.float64)"
        ),
        call="F.cross_entropy(input, target)",
        value=0.6174879879,
        cause="A float64 target of probabilities is taken; the value is right.",
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/170745",
        kind=2,
        setup=("input = torch.tensor([1.0], dtype=torch.float64)\ntarget = torch.tensor([5])"),
        call="F.poisson_nll_loss(input, target, full=True)",
        value=2.489129149,
        cause="Whole counts as integers are legal.",
        healthy=True,
    ),
    # 3. Labels.
    Report(
        source="https://github.com/huggingface/transformers/issues/11616",
        kind=3,
        setup=(
            "input = torch.tensor([[0.0, 0, 5], [5, 0, 0], [5, 0, 0]])\n"
            "target = torch.tensor([1, 0, 0])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        value=1.680052638,
        cause=(
            "Padding carries class number 0, an ordinary class: it is not ignored, and "
            "the arguments alone do not show it."
        ),
        silent=True,
    ),
    Report(
        source="https://github.com/ugent-korea/pytorch-unet-segmentation/issues/9",
        kind=3,
        setup=("input = torch.tensor([[0.4], [-0.2]])\ntarget = torch.tensor([0, 1])"),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message="Target 1 is out of bounds.",
        cause=(
            "One output means one class, number 0; two classes by one output need "
            "BCEWithLogitsLoss."
        ),
        arguments=(
            "input",
            "target",
        ),
        words=(
            (
                "one (class|output|column|channel)|single "
                "(class|output|column)|BCEWithLogits|binary_cross_entropy_with_logits"
            ),
        ),
        fixes=(Fix("nn.BCEWithLogitsLoss()(input.squeeze(1), target.float())", 0.8555770516),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/23782",
        kind=3,
        setup=(
            "a = torch.tensor([[1.0, 0.0], [0.0, 1.0]])\n"
            "b = torch.tensor([[0.0, 1.0], [1.0, 0.0]])\n"
            "input1 = a\n"
            "input2 = b\n"
            "target = torch.tensor([-5.0, 4.0])"
        ),
        call="nn.CosineEmbeddingLoss()(input1, input2, target)",
        value=0.0,
        cause="Only 1 and -1 mean something; other targets cost nothing.",
        arguments=("target",),
        words=("-1",),
        fixes=(Fix("nn.CosineEmbeddingLoss()(input1, input2, target.sign())", 0.5),),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/23782",
        kind=3,
        setup=(
            "a = torch.tensor([[1.0, 0.0], [0.0, 1.0]])\n"
            "input1 = a\n"
            "input2 = a\n"
            "target = torch.tensor([0.0, 1.0])"
        ),
        call="nn.CosineEmbeddingLoss()(input1, input2, target)",
        value=0.0,
        cause="Targets are 0 and 1; the loss wants -1 and 1, and a target of 0 costs nothing.",
        arguments=("target",),
        words=("-1",),
        fixes=(Fix("nn.CosineEmbeddingLoss()(input1, input2, 2 * target - 1)", 0.5),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/16658",
        kind=3,
        setup=(
            "criterion = nn.AdaptiveLogSoftmaxWithLoss(8, 10, [4, 8], div_value=2.0)\n"
            "input = torch.linspace(-1.0, 1.2, 16).reshape(-1, 8)\n"
            "target = torch.tensor([0, 10])"
        ),
        call="criterion(input, target)",
        refused=True,
        message="Target values should be in [0, 9], but values in range [0, 10] were found. ",
        cause="Class 10 of ten does not exist: numbers run from 0 to 9.",
        arguments=("target",),
        words=("10|range|0 to 9|\\[0, 9\\]",),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/16658",
        kind=3,
        setup=(
            "criterion = nn.AdaptiveLogSoftmaxWithLoss(8, 10, [4, 8], div_value=2.0)\n"
            "input = torch.linspace(-1.0, 1.2, 16).reshape(-1, 8)\n"
            "target = torch.tensor([0, -100])"
        ),
        call="criterion(input, target)",
        refused=True,
        message=("Target values should be in [0, 9], but values in range [-100, 0] were found. "),
        cause="This loss has no ignore_index: rows with -100 have to be left out before it.",
        arguments=("target",),
        words=("-100|ignore",),
        fixes=(Fix("criterion(input[target != -100], target[target != -100])", 1.862419367),),
    ),
    # 4. Space: probabilities, logits, activations.
    Report(
        source="https://github.com/keras-team/keras/issues/7563",
        kind=4,
        setup=(
            "input = torch.tensor([[0.05, 0.95, 0.0], [0.1, 0.8, 0.1]])\n"
            "target = torch.tensor([1, 2])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        value=0.9868950844,
        cause="The input holds probabilities; CrossEntropyLoss applies softmax to them.",
        arguments=("input",),
        words=("softmax|probabilit",),
        fixes=(
            Fix("nn.NLLLoss()(input.log(), target)", 1.176939249),
            Fix("nn.CrossEntropyLoss()(input.log(), target)", 1.176939249),
        ),
    ),
    Report(
        source="https://github.com/keras-team/keras/issues/7563",
        kind=4,
        setup=(
            "p27 = torch.full((1, 27), (1 - 0.99999785) / 26)\n"
            "p27[0, 16] = 0.99999785\n"
            "input = p27\n"
            "target = torch.tensor([16])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        value=2.357536077,
        cause="The input holds probabilities; CrossEntropyLoss applies softmax to them.",
        arguments=("input",),
        words=("softmax|probabilit",),
        fixes=(
            Fix("nn.NLLLoss()(input.log(), target)", 2.145769486e-06),
            Fix("nn.CrossEntropyLoss()(input.log(), target)", 2.145764938e-06),
        ),
    ),
    Report(
        source=(
            "https://discuss.pytorch.org/t/kullback-leibler-divergence-loss-function-giving-negative-values/763"
        ),
        kind=4,
        setup=("input = torch.tensor([[0.5, 0.5]])\ntarget = torch.tensor([[0.5, 0.5]])"),
        call="nn.KLDivLoss()(input, target)",
        value=-0.5965735912,
        cause="The input holds probabilities; KLDivLoss wants log-probabilities.",
        arguments=("input",),
        words=("log-?prob|logarithm|log_softmax|\\.log\\(\\)",),
        fixes=(
            Fix("nn.KLDivLoss()(input.log(), target)", 0.0),
            Fix("nn.KLDivLoss(reduction='batchmean')(input.log(), target)", 0.0),
        ),
    ),
    Report(
        source=(
            "https://discuss.pytorch.org/t/kullback-leibler-divergence-loss-function-giving-negative-values/763"
        ),
        kind=4,
        setup=("input = torch.tensor([[0.4, 0.5, 0.1]])\ntarget = torch.tensor([[0.3, 0.6, 0.1]])"),
        call="nn.KLDivLoss(reduction='sum')(input, target)",
        value=-1.327945709,
        cause="The input holds probabilities; KLDivLoss wants log-probabilities.",
        arguments=("input",),
        words=("log-?prob|logarithm|log_softmax|\\.log\\(\\)",),
        fixes=(Fix("nn.KLDivLoss(reduction='sum')(input.log(), target)", 0.02308833599),),
    ),
    Report(
        source=(
            "https://discuss.pytorch.org/t/kullback-leibler-divergence-loss-function-giving-negative-values/763"
        ),
        kind=4,
        setup=("input = torch.tensor([[1.0, 2, 3]])\ntarget = torch.tensor([[0.3, 0.6, 0.1]])"),
        call="nn.KLDivLoss(reduction='batchmean')(input, target)",
        value=-2.697946072,
        cause="The input holds raw scores; KLDivLoss wants log-probabilities.",
        arguments=("input",),
        words=("log-?prob|logarithm|log_softmax|\\.log\\(\\)",),
        fixes=(
            Fix("nn.KLDivLoss(reduction='batchmean')(input.log_softmax(1), target)", 0.7096601725),
        ),
    ),
    Report(
        source=(
            "https://discuss.pytorch.org/t/kullback-leibler-divergence-loss-function-giving-negative-values/763"
        ),
        kind=4,
        setup=(
            "input = torch.tensor([[0.4, 0.5, 0.1]]).log()\n"
            "target = torch.tensor([[0.3, 0.6, 0.1]]).log()"
        ),
        call="nn.KLDivLoss(reduction='batchmean')(input, target)",
        value=nan,
        cause="The target holds log-probabilities, and log_target=True does not say so.",
        arguments=("target",),
        words=("log_target|log-?prob|logarithm",),
        fixes=(
            Fix(
                "nn.KLDivLoss(reduction='batchmean', log_target=True)(input, target)", 0.02308834344
            ),
            Fix("nn.KLDivLoss(reduction='batchmean')(input, target.exp())", 0.02308836579),
        ),
    ),
    Report(
        source="https://github.com/lansinuote/Huggingface_Toturials/issues/6",
        kind=4,
        setup=(
            "input = torch.tensor([[10.0, 0, 0], [0.0, 3, 1]]).softmax(1)\n"
            "target = torch.tensor([0, 1])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        value=0.6046743393,
        cause="The input went through softmax already.",
        arguments=("input",),
        words=("softmax|probabilit",),
        fixes=(Fix("nn.NLLLoss()(input.log(), target)", 0.08496844769),),
    ),
    Report(
        source="https://github.com/lansinuote/Huggingface_Toturials/issues/6",
        kind=4,
        setup=(
            "input = torch.randn(1, 3, 2, 2, "
            "generator=torch.Generator().manual_seed(0)).softmax(1)\n"
            "target = torch.tensor([[[0, 2], [1, 1]]])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        value=0.8661892414,
        cause="The image of scores went through softmax already.",
        arguments=("input",),
        words=("softmax|probabilit",),
        fixes=(Fix("nn.NLLLoss()(input.log(), target)", 0.5664320588),),
    ),
    Report(
        source="https://github.com/lansinuote/Huggingface_Toturials/issues/6",
        kind=4,
        setup=(
            "input = torch.tensor([[3.0, -2, 0], [0.0, 3, 1]]).sigmoid()\n"
            "target = torch.tensor([0, 1])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        value=0.8093560338,
        cause=(
            "The input went through a sigmoid; CrossEntropyLoss wants raw scores. Six "
            "values between 0 and 1 do not prove it."
        ),
        fixes=(Fix("nn.CrossEntropyLoss()(input.logit(), target)", 0.1124155745),),
        silent=True,
    ),
    Report(
        source="https://github.com/lansinuote/Huggingface_Toturials/issues/6",
        kind=4,
        setup=(
            "input = torch.tensor([[10.0, 0, 0], [0.0, 3, 1]]).softmax(0)\n"
            "target = torch.tensor([0, 1])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        value=0.7034969926,
        cause="softmax was taken over the samples, axis 0: the columns add up to 1.",
        arguments=("input",),
        words=("softmax|axis|dim|column|probabilit",),
        beyond=True,
    ),
    Report(
        source="https://github.com/itakurah/focal-loss-pytorch/pull/5",
        kind=4,
        setup=("input = torch.tensor([10.0, -10.0]).sigmoid()\ntarget = torch.tensor([1.0, 0.0])"),
        call="nn.BCEWithLogitsLoss()(input, target)",
        value=0.5032218695,
        cause="The input went through a sigmoid already. Two values do not prove it.",
        fixes=(Fix("nn.BCELoss()(input, target)", 4.540933878e-05),),
        silent=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/65659",
        kind=4,
        setup=("input = torch.tensor([1.5, -0.3])\ntarget = torch.tensor([1.0, 0.0])"),
        call="nn.BCELoss()(input, target)",
        refused=True,
        message="all elements of input should be between 0 and 1",
        cause="The input holds logits; BCELoss wants probabilities.",
        arguments=("input",),
        words=("WithLogits|sigmoid|logit|between 0 and 1",),
        fixes=(Fix("nn.BCEWithLogitsLoss()(input, target)", 0.377884239),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/65659",
        kind=4,
        setup=("input = torch.tensor([0.3, 0.9])\ntarget = torch.tensor([1.0, 1.0])"),
        call="nn.BCELoss()(input, target)",
        value=0.6546666622,
        cause="Logits that lie between 0 and 1 by chance cannot be told from probabilities.",
        silent=True,
    ),
    Report(
        source="https://github.com/SeanNaren/deepspeech.pytorch/issues/488",
        kind=4,
        setup=(
            "log_probs = torch.tensor([[[5.0, 4.0, 3.0]], [[1.0, 6.0, 2.0]]])\n"
            "targets = torch.tensor([[1]])\n"
            "input_lengths = torch.tensor([2])\n"
            "target_lengths = torch.tensor([1])"
        ),
        call="nn.CTCLoss()(log_probs, targets, input_lengths, target_lengths)",
        value=-11.31507111,
        cause="CTCLoss wants log-probabilities, and raw scores were given.",
        arguments=("log_probs",),
        words=("log-?prob|logarithm|log_softmax|\\.log\\(\\)",),
        fixes=(
            Fix(
                "nn.CTCLoss()(log_probs.log_softmax(-1), targets, input_lengths, target_lengths)",
                0.1172787547,
            ),
        ),
    ),
    Report(
        source="https://github.com/SeanNaren/deepspeech.pytorch/issues/488",
        kind=4,
        setup=(
            "log_probs = torch.tensor([[[0.5, 0.3, 0.2]], [[0.1, 0.7, 0.2]]])\n"
            "targets = torch.tensor([[1]])\n"
            "input_lengths = torch.tensor([2])\n"
            "target_lengths = torch.tensor([1])"
        ),
        call="nn.CTCLoss()(log_probs, targets, input_lengths, target_lengths)",
        value=-2.018924713,
        cause="CTCLoss wants log-probabilities, and probabilities were given.",
        arguments=("log_probs",),
        words=("log-?prob|logarithm|log_softmax|\\.log\\(\\)",),
        fixes=(
            Fix(
                "nn.CTCLoss()(log_probs.log(), targets, input_lengths, target_lengths)",
                0.5276328325,
            ),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/4039",
        kind=4,
        setup=(
            "import warnings\n"
            "\n"
            "with warnings.catch_warnings():\n"
            '    warnings.simplefilter("ignore")\n'
            "    criterion = nn.NLLLoss2d()\n"
            "input = (torch.arange(6.0) ** 2 % 7 / 3).reshape(1, 3, 1, 2)\n"
            "target = torch.tensor([[[0, 2]]])"
        ),
        call="criterion(input, target)",
        value=-0.6666666865,
        cause="NLLLoss wants log-probabilities, and raw scores were given.",
        arguments=("input",),
        words=(
            "log-?prob|logarithm|log_softmax|\\.log\\(\\)",
            "cross_entropy|CrossEntropy",
        ),
        fixes=(Fix("F.cross_entropy(input, target)", 1.27011466),),
    ),
    Report(
        source=("https://github.com/AnubhavGupta3377/Text-Classification-Models-Pytorch/issues/9"),
        kind=4,
        setup=("input = torch.tensor([[0.1, 0.2, 0.7]])\ntarget = torch.tensor([2])"),
        call="nn.NLLLoss()(input, target)",
        value=-0.6999999881,
        cause="NLLLoss wants log-probabilities, and probabilities were given.",
        arguments=("input",),
        words=("log-?prob|logarithm|log_softmax|\\.log\\(\\)",),
        fixes=(Fix("nn.NLLLoss()(input.log(), target)", 0.3566749692),),
    ),
    Report(
        source=("https://github.com/AnubhavGupta3377/Text-Classification-Models-Pytorch/issues/9"),
        kind=4,
        setup=("input = torch.tensor([[1.0, 2, 3]])\ntarget = torch.tensor([2])"),
        call="nn.NLLLoss()(input, target)",
        value=-3.0,
        cause="NLLLoss wants log-probabilities, and raw scores were given.",
        arguments=("input",),
        words=(
            "log-?prob|logarithm|log_softmax|\\.log\\(\\)",
            "cross_entropy|CrossEntropy",
        ),
        fixes=(
            Fix("nn.CrossEntropyLoss()(input, target)", 0.4076059461),
            Fix("nn.NLLLoss()(input.log_softmax(1), target)", 0.4076059461),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/68352",
        kind=4,
        setup=("input = torch.tensor([3.0, 3, 0.5])\ntarget = torch.tensor([-1.0, 1, -1])"),
        call="nn.HingeEmbeddingLoss()(input, target)",
        value=1.166666627,
        cause=(
            "HingeEmbeddingLoss wants distances; it is no hinge loss on scores. The "
            "numbers alone do not show it."
        ),
        silent=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/68352",
        kind=4,
        setup=(
            "input = torch.tensor([0.3, 0.3, 1.5, -0.2])\ntarget = torch.tensor([1.0, -1, -1, 1])"
        ),
        call="nn.HingeEmbeddingLoss()(input, target)",
        value=0.200000003,
        cause="A distance is negative, and so is its loss.",
        arguments=("input",),
        words=("negative|distance",),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/60928",
        kind=4,
        setup=(
            "input = torch.tensor([[0.1132, 0.5477, 0.339]]).log()\n"
            "target = torch.tensor([[0.1541, 0.0511, 0.0947]])"
        ),
        call="nn.KLDivLoss()(input, target)",
        value=-0.06481481344,
        cause=(
            "The target adds up to 0.3, so it is no distribution, and the divergence "
            "may be negative."
        ),
        arguments=("target",),
        words=("add|sum",),
        fixes=(Fix("nn.KLDivLoss()(input, target / target.sum(1, keepdim=True))", 0.1853139997),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/28575",
        kind=4,
        setup=("input = torch.tensor([3.0])\ntarget = torch.tensor([5.0])"),
        call="nn.PoissonNLLLoss()(input, target)",
        value=5.085536957,
        cause="Whether 3 is a rate or its logarithm cannot be seen.",
        fixes=(Fix("nn.PoissonNLLLoss(log_input=False)(input, target)", -2.493061543),),
        silent=True,
    ),
    Report(
        source=("https://github.com/AnubhavGupta3377/Text-Classification-Models-Pytorch/issues/9"),
        kind=4,
        setup=(
            "input = torch.tensor([[1.3, -0.2, 0.7], [0.1, 2.2, 0.4], [0.6, 0.3, "
            "1.9]]).log_softmax(0)\n"
            "target = torch.tensor([0, 2, 1])"
        ),
        call="F.nll_loss(input, target)",
        value=1.541148663,
        cause="log_softmax was taken over the samples; the columns add up to 1.",
        arguments=("input",),
        words=("axis|dim|column|samples|batch",),
        beyond=True,
    ),
    # 5. Order and form of the arguments.
    Report(
        source="https://github.com/pytorch/pytorch/issues/31557",
        kind=5,
        setup=(
            "u = torch.full((4, 1, 3), 1 / 3).log()\n"
            "log_probs = u\n"
            "targets = torch.tensor([[1, 2, 1]])\n"
            "input_lengths = torch.tensor([5])\n"
            "target_lengths = torch.tensor([3])"
        ),
        call="nn.CTCLoss()(log_probs, targets, input_lengths, target_lengths)",
        refused=True,
        message=(
            "Expected input_lengths to have value at most 4, but got value 5 (while "
            "checking arguments for ctc_loss_allocate_outputs)"
        ),
        cause="The input length 5 exceeds the four frames.",
        arguments=("input_lengths",),
        words=("4|frames|longer|exceed|at most",),
        fixes=(
            Fix(
                "nn.CTCLoss()(log_probs, targets, input_lengths.clamp(max=4), target_lengths)",
                0.8161796927,
            ),
        ),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/27936",
        kind=5,
        setup=("input = torch.tensor([0.0])\ntarget = torch.tensor([1.0])"),
        call="nn.BCEWithLogitsLoss(pos_weight=3.0)(input, target)",
        refused=True,
        message=(
            "cannot assign 'float' object to buffer 'pos_weight' (torch Tensor or None required)"
        ),
        cause="pos_weight has to be a tensor.",
        arguments=("pos_weight",),
        words=("tensor",),
        fixes=(
            Fix("nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0))(input, target)", 2.079441547),
        ),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/42864",
        kind=5,
        setup=(
            "input1 = torch.tensor([2.0, 1, 1, 1])\n"
            "input2 = torch.tensor([2.0, -3, 1, 1])\n"
            "target = torch.tensor([2.0, -3, 1, 1])"
        ),
        call="nn.MarginRankingLoss(margin=1, reduction='sum')(input1, input2, target)",
        value=16.0,
        cause="The second input was given again as the target, which has to be 1 or -1.",
        arguments=("target",),
        words=("1 (or|and) -1|-1 (or|and) 1|±1",),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/48595",
        kind=5,
        setup=("input = torch.tensor([0.25, 1, 4])\ntarget = torch.zeros(3)"),
        call="nn.SmoothL1Loss(0.5)(input, target)",
        value=1.34375,
        cause="The first argument of the constructor is size_average, not beta.",
        arguments=(
            "size_average",
            "beta",
        ),
        words=("size_average|keyword|beta=",),
        fixes=(Fix("nn.SmoothL1Loss(beta=0.5)(input, target)", 1.520833373),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/48595",
        kind=5,
        setup=("input = torch.tensor([0.25, 1, 4])\ntarget = torch.zeros(3)"),
        call="nn.HuberLoss(delta=0.0)(input, target)",
        refused=True,
        message="huber_loss does not support non-positive values for delta.",
        cause="delta has to be positive.",
        arguments=("delta",),
        words=("positive|greater than 0|above 0|larger than 0",),
        fixes=(Fix("F.l1_loss(input, target)", 1.75),),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/11959",
        kind=5,
        setup=(
            "x = torch.tensor([[1.0, 2.0, 0.5]])\n"
            "t = torch.tensor([[0.2, 0.5, 0.3]])\n"
            "input = x\n"
            "target = t"
        ),
        call="nn.CrossEntropyLoss(ignore_index=1)(input, target)",
        refused=True,
        message="ignore_index is not supported for floating point target",
        cause="ignore_index means class numbers and cannot be used with probabilities.",
        arguments=("ignore_index",),
        words=("class number|index|probabilit",),
        fixes=(Fix("nn.CrossEntropyLoss()(input, target)", 1.114368796),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/57459",
        kind=5,
        setup=(
            "P = torch.tensor([[0.9, 0.1]])\n"
            "Q = torch.tensor([[0.5, 0.5]])\n"
            "input = P\n"
            "target = Q.log()"
        ),
        call="nn.KLDivLoss(reduction='batchmean')(input, target)",
        value=nan,
        cause="The arguments are exchanged: the log-probabilities come first.",
        arguments=(
            "input",
            "target",
        ),
        words=("exchang|swap|order|first",),
        fixes=(Fix("nn.KLDivLoss(reduction='batchmean')(target, input)", 0.3680641651),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/16658",
        kind=5,
        setup="",
        call="nn.AdaptiveLogSoftmaxWithLoss(8, 56, [1, 56])",
        refused=True,
        message=(
            "cutoffs should be a sequence of unique, positive integers sorted in an "
            "increasing order, where each value is between 1 and n_classes-1"
        ),
        cause=(
            "The last cutoff has to lie below the number of classes, which is appended by itself."
        ),
        arguments=("cutoffs",),
        words=("n_classes|below|less|smaller|56|55",),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/124480",
        kind=5,
        setup=(
            "criterion = nn.LinearCrossEntropyLoss(2, 3)\n"
            "with torch.no_grad():\n"
            "    criterion.linear.weight.copy_(torch.tensor([[2.0, 0.0], [0.0, 3.0], "
            "[0.0, 0.0]]))\n"
            "input = torch.tensor([[0.4, 1.2, -0.3], [0.8, 0.1, 0.5]])\n"
            "target = torch.tensor([0, 1])"
        ),
        call="criterion(input, target)",
        refused=True,
        message=(
            "expected equal input and linear_weight last dimensions (in_features), got "
            "3 and 2, respectively"
        ),
        cause=("Logits were given; the loss takes the features and applies its own linear layer."),
        arguments=("input",),
        words=("feature|logit|linear",),
        fixes=(Fix("F.cross_entropy(input, target)", 1.409805536),),
        beyond=True,
    ),
    Report(
        source="https://github.com/George730/E-ResGAT/issues/5",
        kind=5,
        setup=(
            "input = torch.tensor([[0.3, 1.2, -0.4], [0.8, 0.0, 0.5]])\n"
            "target = torch.tensor([1, 0])"
        ),
        call="F.cross_entropy(target, input)",
        refused=True,
        message="\"log_softmax_lastdim_kernel_impl\" not implemented for 'Long'",
        cause="Input and target are exchanged.",
        arguments=(
            "input",
            "target",
        ),
        words=("exchang|swap|order",),
        fixes=(Fix("F.cross_entropy(input, target)", 0.6296249032),),
    ),
    Report(
        source="https://github.com/milesial/Pytorch-UNet/issues/313",
        kind=5,
        setup=(
            "output = (torch.tensor([[0.3, 1.2, -0.4], [0.8, 0.0, 0.5]]), "
            "torch.tensor([[0.1, 0.6, 0.2], [0.4, 0.3, 0.9]]))\n"
            "target = torch.tensor([1, 0])"
        ),
        call="F.cross_entropy(output, target)",
        refused=True,
        message=("cross_entropy_loss(): argument 'input' (position 1) must be Tensor, not tuple"),
        cause="The model returned a tuple (logits, aux); the loss takes one tensor.",
        arguments=("input",),
        words=("tuple",),
        fixes=(Fix("F.cross_entropy(output[0], target)", 0.6296249032),),
    ),
    # 6. Non-finite.
    Report(
        source="https://github.com/pytorch/pytorch/issues/31557",
        kind=6,
        setup=(
            "u = torch.full((4, 1, 3), 1 / 3).log()\n"
            "log_probs = u\n"
            "targets = torch.tensor([[1, 1, 1]])\n"
            "input_lengths = torch.tensor([4])\n"
            "target_lengths = torch.tensor([3])"
        ),
        call="nn.CTCLoss()(log_probs, targets, input_lengths, target_lengths)",
        value=inf,
        cause="Three equal labels need blanks between them, five frames; there are four.",
        arguments=(
            "input_lengths",
            "target_lengths",
            "targets",
        ),
        words=("repeat|blank|frames|too short|at least",),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/31557",
        kind=6,
        setup=(
            "u = torch.full((4, 1, 3), 1 / 3).log()\n"
            "log_probs = u\n"
            "targets = torch.tensor([[1, 1, 1]])\n"
            "input_lengths = torch.tensor([4])\n"
            "target_lengths = torch.tensor([3])"
        ),
        call=("nn.CTCLoss(zero_infinity=True)(log_probs, targets, input_lengths, target_lengths)"),
        value=0.0,
        cause="No path exists; zero_infinity=True makes a 0 of the infinite loss.",
        words=("zero_infinity|frames",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/65659",
        kind=6,
        setup=("input = torch.tensor([float('nan'), 0.5])\ntarget = torch.tensor([1.0, 0.0])"),
        call="nn.BCELoss()(input, target)",
        refused=True,
        message="all elements of input should be between 0 and 1",
        cause="The input holds a nan.",
        arguments=("input",),
        words=("nan",),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/116349",
        kind=6,
        setup=("input = torch.tensor([[1.0, 2, 3]])\ntarget = torch.tensor([-1])"),
        call="nn.CrossEntropyLoss(ignore_index=-1)(input, target)",
        value=nan,
        cause="All labels are ignored: 0/0.",
        arguments=("target",),
        words=("ignor|0/0|nothing",),
        fixes=(Fix("nn.CrossEntropyLoss(ignore_index=-1, reduction='sum')(input, target)", 0.0),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/116349",
        kind=6,
        setup=("input = torch.tensor([[1.0, 2, 3]])\ntarget = torch.tensor([0])"),
        call="nn.CrossEntropyLoss(weight=torch.tensor([0.0, 1, 1]))(input, target)",
        value=nan,
        cause="The only class present has weight 0: 0/0.",
        arguments=("weight",),
        words=("weight.*0|0/0|zero",),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/28575",
        kind=6,
        setup=("input = torch.tensor([0.0])\ntarget = torch.tensor([2.0])"),
        call="nn.PoissonNLLLoss(log_input=False)(input, target)",
        value=36.841362,
        cause="A rate of 0 with a positive target would cost inf; eps = 1e-8 keeps it finite.",
        words=("eps|1e-08|1e-8",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/135359",
        kind=6,
        setup=("input = torch.tensor([-torch.inf, 0.4])\ntarget = torch.tensor([0.0, 1.0])"),
        call="F.binary_cross_entropy_with_logits(input, target)",
        value=nan,
        cause="A logit of -inf gives inf - inf at element 0.",
        arguments=("input",),
        words=("inf",),
        fixes=(
            Fix("F.binary_cross_entropy_with_logits(input.clamp(min=-1e4), target)", 0.2565076351),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/148884",
        kind=6,
        setup=("input = torch.tensor([[1.0, 2.0, -torch.inf]])\ntarget = torch.tensor([1])"),
        call="F.cross_entropy(input, target, label_smoothing=0.1)",
        value=inf,
        cause="Smoothing gives the masked class a share of the target.",
        arguments=(
            "label_smoothing",
            "input",
        ),
        words=("smoothing",),
        fixes=(Fix("F.cross_entropy(input, target)", 0.313261658),),
        beyond=True,
    ),
    # 7. Precision.
    Report(
        source="https://github.com/keras-team/keras/issues/7563",
        kind=7,
        setup=("input = torch.tensor([1000.0]).sigmoid()\ntarget = torch.tensor([0.0])"),
        call="nn.BCELoss()(input, target)",
        value=100.0,
        cause="sigmoid(1000) is exactly 1 in float32, so that log(1 - p) is cut off at -100.",
        arguments=("input",),
        words=("round|saturat|100|clamp|WithLogits",),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/61098",
        kind=7,
        setup=("input = torch.tensor([9.0]).half().sigmoid()\ntarget = torch.tensor([0.0]).half()"),
        call="nn.BCELoss()(input, target)",
        value=100.0,
        cause="sigmoid(9) rounds to 1 in float16, so that log(1 - p) is cut off at -100.",
        arguments=("input",),
        words=("float16|half|round|saturat|100|clamp",),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/65659",
        kind=7,
        setup=("input = torch.tensor([1.0000001, 0.6])\ntarget = torch.tensor([1.0, 0.0])"),
        call="nn.BCELoss()(input, target)",
        refused=True,
        message="all elements of input should be between 0 and 1",
        cause="A rounding lifted the probability above 1; clamp it.",
        arguments=("input",),
        words=("clamp|round|above 1|larger than 1",),
        fixes=(Fix("nn.BCELoss()(input.clamp(0, 1), target)", 0.45814538),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/85791",
        kind=7,
        setup=(
            "input = torch.zeros(40000, 10).half()\ntarget = torch.zeros(40000, dtype=torch.long)"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        value=inf,
        cause="The sum of 40000 losses overflows float16 before it is divided.",
        arguments=("input",),
        words=("65504|overflow|float16|half",),
        fixes=(Fix("nn.CrossEntropyLoss()(input.float(), target)", 2.302585363),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/85791",
        kind=7,
        setup=("input = torch.tensor([300.0]).half()\ntarget = torch.tensor([0.0]).half()"),
        call="nn.MSELoss()(input, target)",
        value=inf,
        cause="The square of 300 exceeds 65504, the largest float16.",
        arguments=("input",),
        words=("65504|overflow|float16|half",),
        fixes=(Fix("nn.MSELoss()(input.float(), target.float())", 90000.0),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/85791",
        kind=7,
        setup=(
            "input = torch.tensor([300.0, 2.0]).half()\ntarget = torch.tensor([0.0, 1.0]).half()"
        ),
        call="F.mse_loss(input, target)",
        value=inf,
        cause="90000 exceeds 65504, the largest float16.",
        arguments=("input",),
        words=("65504|overflow|float16|half",),
        fixes=(Fix("F.mse_loss(input.float(), target.float())", 45000.5),),
    ),
    # 8. Degenerate.
    Report(
        source="https://github.com/ugent-korea/pytorch-unet-segmentation/issues/9",
        kind=8,
        setup=("input = torch.tensor([[0.4], [-0.2]])\ntarget = torch.tensor([0, 0])"),
        call="nn.CrossEntropyLoss()(input, target)",
        value=0.0,
        cause="One output means one class, whose softmax is always 1: the loss is always 0.",
        arguments=("input",),
        words=(
            (
                "one (class|output|column|channel)|single "
                "(class|output|column)|BCEWithLogits|binary_cross_entropy_with_logits"
            ),
        ),
        fixes=(Fix("nn.BCEWithLogitsLoss()(input.squeeze(1), target.float())", 0.7555770874),),
    ),
    Report(
        source="https://github.com/ugent-korea/pytorch-unet-segmentation/issues/9",
        kind=8,
        setup=("input = torch.tensor([[0.4], [-0.2]])\ntarget = torch.tensor([[0.0], [1.0]])"),
        call="nn.CrossEntropyLoss()(input, target)",
        value=-0.0,
        cause="One output means one class: the softmax is 1 and the loss 0.",
        arguments=("input",),
        words=(
            (
                "one (class|output|column|channel)|single "
                "(class|output|column)|BCEWithLogits|binary_cross_entropy_with_logits"
            ),
        ),
        fixes=(Fix("nn.BCEWithLogitsLoss()(input, target)", 0.8555770516),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/42864",
        kind=8,
        setup=(
            "input1 = torch.tensor([0.3, 0.3])\n"
            "input2 = torch.tensor([0.3, 0.3])\n"
            "target = torch.tensor([1.0, 1.0])"
        ),
        call="nn.MarginRankingLoss()(input1, input2, target)",
        value=0.0,
        cause="Equal scores at margin 0 cost nothing.",
        words=("equal|margin",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/23782",
        kind=8,
        setup=(
            "input1 = torch.tensor([[0.0, 0.0]])\n"
            "input2 = torch.tensor([[1.0, 0.0]])\n"
            "target = torch.tensor([1.0])"
        ),
        call="nn.CosineEmbeddingLoss()(input1, input2, target)",
        value=1.0,
        cause="A vector of length 0 has no direction: its cosine counts as 0.",
        words=("zero|0",),
        healthy=True,
    ),
    Report(
        source="https://github.com/tensorflow/tensorflow/issues/30199",
        kind=8,
        setup=(
            "anchor = torch.ones(1, 3)\n"
            "positive = torch.ones(1, 3)\n"
            "negative = torch.full((1, 3), 0.9)"
        ),
        call="nn.TripletMarginLoss()(anchor, positive, negative)",
        value=0.8267949224,
        cause="Anchor and positive are the same point; the value is finite and right.",
        healthy=True,
    ),
    Report(
        source="https://github.com/tensorflow/tensorflow/issues/30199",
        kind=8,
        setup=(
            "def own(x, y):\n"
            "    return ((x - y) ** 2).sum(-1).sqrt()\n"
            "anchor = torch.ones(1, 3)\n"
            "positive = torch.ones(1, 3)\n"
            "negative = torch.full((1, 3), 0.9)"
        ),
        call=(
            "nn.TripletMarginWithDistanceLoss(distance_function=own)(anchor, positive, negative)"
        ),
        value=0.8267948627,
        cause="The value is right; only its slope is nan, the root of 0 in the own distance.",
        healthy=True,
    ),
    Report(
        source="https://github.com/itakurah/focal-loss-pytorch/pull/5",
        kind=8,
        setup=("input = torch.zeros(4)\ntarget = torch.tensor([1.0, 0.0, 1.0, 1.0])"),
        call="F.binary_cross_entropy_with_logits(input, target)",
        value=0.6931471825,
        cause="Logits of 0 are those of an untrained model.",
        words=("log ?\\(?2|0\\.693|zero",),
        healthy=True,
    ),
    Report(
        source="https://github.com/itakurah/focal-loss-pytorch/pull/5",
        kind=8,
        setup=("input = torch.tensor([0.4])\ntarget = torch.tensor([1.0])"),
        call="F.binary_cross_entropy_with_logits(input, target)",
        value=0.5130152702,
        cause="One logit between 0 and 1 is no evidence of a sigmoid.",
        healthy=True,
    ),
    # 9. Reductions and weights.
    Report(
        source="https://github.com/huggingface/transformers/issues/24725",
        kind=9,
        setup=("input = torch.zeros(2, 2)\ntarget = torch.tensor([0, 0])"),
        call="nn.CrossEntropyLoss()(input, target)",
        value=0.6931471825,
        cause="The call is right; the mean of such means is not the mean over all tokens.",
        words=("mean",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/examples/issues/234",
        kind=9,
        setup=("input = torch.full((2, 4), 0.5)\ntarget = torch.full((2, 4), 0.5)"),
        call="nn.BCELoss()(input, target)",
        value=0.6931471825,
        cause="The mean divides by the pixels as well; the call is legal.",
        words=("mean|pixel|element|0\\.69|log ?2",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/25571",
        kind=9,
        setup=(
            "input = torch.tensor([[0.2, 0.3, 0.5], [0.5, 0.2, 0.3]])\n"
            "target = torch.tensor([2, 1])"
        ),
        call="nn.CrossEntropyLoss(weight=torch.tensor([2.0, 4, 6]))(input, target)",
        value=1.059831023,
        cause="With weights the mean divides by the sum of the weights of the targets.",
        words=("weight",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/25571",
        kind=9,
        setup=("input = torch.tensor([[-100.0, 100], [-100, 100]])\ntarget = torch.tensor([0, 1])"),
        call="nn.CrossEntropyLoss(weight=torch.tensor([20.0, 10]))(input, target)",
        value=133.3333282,
        cause="With weights the mean divides by the sum of the weights of the targets.",
        words=("weight",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/27936",
        kind=9,
        setup=(
            "input = (torch.arange(100.0) ** 2 % 7 / 3).reshape(4, 5, 5)\n"
            "target = (torch.arange(100) ** 2 % 3 % 2).float().reshape(4, 5, 5)"
        ),
        call="nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 1.0]))(input, target)",
        refused=True,
        message=(
            "The size of tensor a (2) must match the size of tensor b (5) at "
            "non-singleton dimension 2"
        ),
        cause="pos_weight has two entries and meets the last axis, of size 5.",
        arguments=("pos_weight",),
        words=("axis|dimension|shape|broadcast|size",),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/27936",
        kind=9,
        setup=(
            "input = (torch.arange(20.0) ** 2 % 7 / 3).reshape(4, 5)\ntarget = torch.ones(4, 5)"
        ),
        call="nn.BCEWithLogitsLoss(weight=torch.tensor([1.0, 1, 1, 2]))(input, target)",
        refused=True,
        message=(
            "The size of tensor a (5) must match the size of tensor b (4) at "
            "non-singleton dimension 1"
        ),
        cause="weight is given per sample; it has to be (4, 1) to meet the rows.",
        arguments=("weight",),
        words=("unsqueeze|per sample|axis|dimension|shape|broadcast",),
        fixes=(
            Fix(
                (
                    "nn.BCEWithLogitsLoss(weight=torch.tensor([1.0, 1, 1, "
                    "2]).unsqueeze(1))(input, target)"
                ),
                0.5253967643,
            ),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/27936",
        kind=9,
        setup=("input = torch.zeros(2, 2)\ntarget = torch.zeros(2, 2)"),
        call="nn.BCEWithLogitsLoss(weight=torch.tensor([1.0, 3.0]))(input, target)",
        value=1.386294365,
        cause=(
            "In a square batch it cannot be seen whether the weight belongs to rows or "
            "columns; it meets the columns."
        ),
        silent=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/27936",
        kind=9,
        setup=(
            "input = (torch.arange(96.0) ** 2 % 7 / 3).reshape(2, 3, 4, 4)\n"
            "target = torch.ones(2, 3, 4, 4)"
        ),
        call="nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 2, 3]))(input, target)",
        refused=True,
        message=(
            "The size of tensor a (3) must match the size of tensor b (4) at "
            "non-singleton dimension 3"
        ),
        cause="pos_weight per class meets the last axis; (3, 1, 1) puts it on the channels.",
        arguments=("pos_weight",),
        words=(
            "axis|dimension|shape|broadcast|size",
            "channel|reshape|view",
        ),
        fixes=(
            Fix(
                (
                    "nn.BCEWithLogitsLoss(pos_weight=torch.tensor([1.0, 2, 3]).view(3, 1, "
                    "1))(input, target)"
                ),
                0.8690989017,
            ),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/54843",
        kind=9,
        setup=(
            "two = torch.tensor([[0.3, 0.7], [0.6, 0.4], [0.6, 0.4]])\n"
            "input = two[:, 1] - two[:, 0]\n"
            "target = torch.tensor([1.0, 0, 0])"
        ),
        call="nn.BCEWithLogitsLoss(weight=torch.tensor([3.0, 1, 1]))(input, target)",
        value=0.9117744565,
        cause=(
            "The same weights, put on samples, on positives or on classes, give different means."
        ),
        words=("weight",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/54843",
        kind=9,
        setup=(
            "two = torch.tensor([[0.3, 0.7], [0.6, 0.4], [0.6, 0.4]])\n"
            "input = two[:, 1] - two[:, 0]\n"
            "target = torch.tensor([1.0, 0, 0])"
        ),
        call="nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3.0))(input, target)",
        value=0.9117744565,
        cause=(
            "The same weights, put on samples, on positives or on classes, give different means."
        ),
        words=("weight",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/54843",
        kind=9,
        setup=(
            "two = torch.tensor([[0.3, 0.7], [0.6, 0.4], [0.6, 0.4]])\n"
            "input = two\n"
            "target = torch.tensor([1, 0, 0])"
        ),
        call="nn.CrossEntropyLoss(weight=torch.tensor([1.0, 3]))(input, target)",
        value=0.547064662,
        cause=(
            "The same weights, put on samples, on positives or on classes, give different means."
        ),
        words=("weight",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/48595",
        kind=9,
        setup=("input = torch.tensor([0.25, 1, 4])\ntarget = torch.zeros(3)"),
        call="nn.SmoothL1Loss(beta=2.0)(input, target)",
        value=1.088541627,
        cause=(
            "SmoothL1 divides the square by beta, Huber multiplies the line by delta: "
            "the two differ by the factor."
        ),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/48595",
        kind=9,
        setup=("input = torch.tensor([0.25, 1, 4])\ntarget = torch.zeros(3)"),
        call="nn.HuberLoss(delta=2.0)(input, target)",
        value=2.177083254,
        cause=(
            "SmoothL1 divides the square by beta, Huber multiplies the line by delta: "
            "the two differ by the factor."
        ),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/11959",
        kind=9,
        setup=(
            "input = torch.tensor([[1.0, 2, 0.5], [0, 0, 1]])\n"
            "target = F.one_hot(torch.tensor([1, 2]), 3).float()"
        ),
        call="nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2, 4]))(input, target)",
        value=1.567258239,
        cause=(
            "With probabilities the mean divides by the samples, with class numbers by the weights."
        ),
        words=("weight",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/147521",
        kind=9,
        setup=(
            "img = torch.zeros(4, 3, 2, 2)\n"
            "input = (torch.arange(48.0) ** 2 % 7 / 3).reshape(4, 3, 2, 2)\n"
            "target = torch.linspace(-1.0, 2.0, 48).reshape(4, 3, 2, 2)\n"
            "var = torch.tensor([0.5, 1.0, 2.0] * 4).reshape(4, 3, 1, 1)"
        ),
        call="nn.GaussianNLLLoss()(input, target, var)",
        refused=True,
        message="var is of incorrect size",
        cause="Two axes of size 1 are one too many; expand var to the shape of the input.",
        arguments=("var",),
        words=("expand|shape|axis|size|broadcast",),
        fixes=(Fix("nn.GaussianNLLLoss()(input, target, var.expand_as(input))", 0.5787907243),),
    ),
    Report(
        source="https://github.com/z814081807/DeepNER/issues/19",
        kind=9,
        setup=("input = torch.tensor([[1.0, 2, 3], [0, 0, 0]])\ntarget = torch.tensor([2, 0])"),
        call="nn.CrossEntropyLoss(weight=torch.tensor([2.0, 0.5]))(input, target)",
        refused=True,
        message=(
            "weight tensor should be defined either for all 3 classes or no classes "
            "but got weight tensor of shape: [2]"
        ),
        cause=(
            "The weight is per sample, but there are three classes; multiply the "
            "unreduced loss instead."
        ),
        arguments=("weight",),
        words=("class|per sample|3",),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/104776",
        kind=9,
        setup=("input = torch.tensor([[3.0, 0.0]])\ntarget = torch.tensor([0])"),
        call=(
            "nn.CrossEntropyLoss(weight=torch.tensor([1.0, 100.0]), "
            "label_smoothing=0.1)(input, target)"
        ),
        value=15.28909492,
        cause=(
            "The weights multiply the smoothed target, so that the heavy class draws "
            "the optimum to itself."
        ),
        words=("smoothing|weight",),
        healthy=True,
    ),
    Report(
        source="https://github.com/scikit-learn/scikit-learn/pull/32941",
        kind=9,
        setup=("input = torch.tensor([[0.2, -0.4], [1.0, 0.3]])\ntarget = torch.tensor([0, 0])"),
        call="F.cross_entropy(input, target, weight=torch.tensor([1.0, torch.inf]))",
        value=0.4203370214,
        cause="A class that does not occur got the weight 1/0; the value does not use it.",
        words=("weight",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/pull/56469",
        kind=9,
        setup=(
            "input = torch.tensor([[0.2, 1.0], [0.4, -0.3]])\n"
            "target = torch.tensor([[0.0, 1.1], [0.5, 0.0]])\n"
            "var = torch.tensor([0.5, 2.0])"
        ),
        call="F.gaussian_nll_loss(input, target, var)",
        value=0.01874998957,
        cause="var has one entry per row (the last axis left out), which is legal.",
        healthy=True,
    ),
    # 10. Right but surprising.
    Report(
        source="https://github.com/keras-team/keras/issues/7563",
        kind=10,
        setup=(
            "input = torch.tensor([[300.0, 100, 100], [-100, 200, 500]])\n"
            "target = torch.tensor([0, 1])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        value=150.0,
        cause=(
            "Logits of several hundred are legal: the loss is the distance to the largest logit."
        ),
        healthy=True,
    ),
    Report(
        source="https://github.com/huggingface/transformers/issues/11616",
        kind=10,
        setup=(
            "input = torch.tensor([[0.2, 1, 0.5], [0.1, 0.3, 0.6]])\n"
            "target = torch.tensor([1, -100])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        value=0.7206940651,
        cause="Label -100 is the default ignore_index: that row is left out.",
        words=("ignor",),
        healthy=True,
    ),
    Report(
        source="https://github.com/huggingface/transformers/issues/11616",
        kind=10,
        setup=(
            "input = torch.tensor([[0.2, 1, 0.5], [0.1, 0.3, 0.6]])\n"
            "target = torch.tensor([1, -100])"
        ),
        call="nn.CrossEntropyLoss(reduction='none')(input, target)",
        value=[0.7206940651, 0.0],
        cause="With reduction='none' an ignored row costs 0.",
        words=("ignor",),
        healthy=True,
    ),
    Report(
        source="https://github.com/lansinuote/Huggingface_Toturials/issues/6",
        kind=10,
        setup=("input = torch.tensor([[0.2, 2, 1.4]]).log_softmax(1)\ntarget = torch.tensor([1])"),
        call="nn.CrossEntropyLoss()(input, target)",
        value=0.5388943553,
        cause="log_softmax before CrossEntropyLoss is superfluous but harmless.",
        words=("log_softmax|log-prob|NLL",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/27936",
        kind=10,
        setup=("input = torch.tensor([0.0])\ntarget = torch.tensor([1.0])"),
        call="nn.BCEWithLogitsLoss(pos_weight=torch.tensor(3))(input, target)",
        value=2.079441547,
        cause="A pos_weight of integers is promoted; the value is right.",
        healthy=True,
    ),
    Report(
        source="https://github.com/tensorflow/tensorflow/issues/37770",
        kind=10,
        setup=(
            "input = torch.tensor([[1.0, 2], [3, 5]])\ntarget = torch.tensor([[0.0, 0], [0, 1]])"
        ),
        call="nn.MSELoss(reduction='none')(input, target)",
        value=[[1.0, 4.0], [9.0, 16.0]],
        cause="reduction='none' gives one loss per element.",
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/48595",
        kind=10,
        setup=("input = torch.tensor([0.25, 1, 4])\ntarget = torch.zeros(3)"),
        call="nn.SmoothL1Loss(beta=0.0)(input, target)",
        value=1.75,
        cause="With beta = 0 the loss is the absolute error.",
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/11959",
        kind=10,
        setup=(
            "x = torch.tensor([[1.0, 2.0, 0.5]])\n"
            "t = torch.tensor([[0.2, 0.5, 0.3]])\n"
            "input = x\n"
            "target = t"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        value=1.114368796,
        cause=(
            "A floating target of the same shape is read as probabilities; the loss "
            "cannot fall below their entropy."
        ),
        words=("probabilit|entropy",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/147521",
        kind=10,
        setup=("img = torch.zeros(4, 3, 2, 2)\ninput = img[0, 0]\ntarget = img[0, 0]\nvar = 1.0"),
        call="nn.GaussianNLLLoss()(input, target, var)",
        value=0.0,
        cause="A Python float is a legal var.",
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/57459",
        kind=10,
        setup=(
            "P = torch.tensor([[0.9, 0.1]])\n"
            "Q = torch.tensor([[0.5, 0.5]])\n"
            "input = P.log()\n"
            "target = Q"
        ),
        call="nn.KLDivLoss(reduction='batchmean')(input, target)",
        value=0.510825634,
        cause="KL is not symmetric: which of the two is meant cannot be seen.",
        silent=True,
    ),
    Report(
        source="https://github.com/z814081807/DeepNER/issues/19",
        kind=10,
        setup=("input = torch.tensor([[1.0, 2, 3], [0, 0, 0]])\ntarget = torch.tensor([2, 0])"),
        call="nn.CrossEntropyLoss(reduction='none')(input, target)",
        value=[0.4076059461, 1.098612309],
        cause="reduction='none' gives one loss per sample.",
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/4039",
        kind=10,
        setup=(
            "import warnings\n"
            "\n"
            "with warnings.catch_warnings():\n"
            '    warnings.simplefilter("ignore")\n'
            "    criterion = nn.NLLLoss2d()\n"
            "input = (torch.arange(12.0) ** 2 % 7 / 3).reshape(1, 3, 2, "
            "2).log_softmax(1)\n"
            "target = torch.tensor([[[0, 2], [1, 1]]])"
        ),
        call="criterion(input, target)",
        value=1.387727737,
        cause="NLLLoss2d is NLLLoss.",
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/148884",
        kind=10,
        setup=("input = torch.tensor([[3.0, 0.0]])\ntarget = torch.tensor([0])"),
        call="nn.CrossEntropyLoss(label_smoothing=0.1)(input, target)",
        value=0.1985873282,
        cause=(
            "Smoothing gives every class a share, the right one too: the floor is the "
            "entropy of that target."
        ),
        words=("smoothing",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/60928",
        kind=10,
        setup=(
            "input = torch.tensor([[1.0, 2, 3]]).log_softmax(1)\n"
            "target = torch.tensor([[8.0, 10, 6]]).log_softmax(1)"
        ),
        call="nn.KLDivLoss(reduction='none', log_target=True)(input, target)",
        value=[[0.03104903921, 1.096236348, -0.05930291489]],
        cause="Single terms of a divergence may be negative.",
        words=("negative|term",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/28575",
        kind=10,
        setup=("input = torch.tensor([3.0])\ntarget = torch.tensor([5.0])"),
        call="nn.PoissonNLLLoss(log_input=False)(input, target)",
        value=-2.493061543,
        cause="Without the term log t! the loss may be negative.",
        words=("full|negative|t!",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/28575",
        kind=10,
        setup=("input = torch.tensor([3.0])\ntarget = torch.tensor([5.0])"),
        call="nn.PoissonNLLLoss(log_input=False, full=True)(input, target)",
        value=2.277785778,
        cause="full=True adds Stirling's approximation of log t!.",
        words=("Stirling|full",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/16658",
        kind=10,
        setup=(
            "criterion = nn.AdaptiveLogSoftmaxWithLoss(8, 10, [4, 8], div_value=2.0)\n"
            "input = torch.linspace(-1.0, 1.2, 24).reshape(-1, 8)\n"
            "target = torch.tensor([0, 5, 9])"
        ),
        call="criterion(input, target)",
        value=2.443589687,
        cause="The call is right.",
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/124480",
        kind=10,
        setup=(
            "criterion = nn.LinearCrossEntropyLoss(2, 3)\n"
            "with torch.no_grad():\n"
            "    criterion.linear.weight.copy_(torch.tensor([[2.0, 0.0], [0.0, 3.0], "
            "[0.0, 0.0]]))\n"
            "input = torch.tensor([[1.0, 0.0], [0.0, 1.0]])\n"
            "target = torch.tensor([0, 1])"
        ),
        call="criterion(input, target)",
        value=0.1672338843,
        cause="The call is right.",
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/115786",
        kind=10,
        setup=("x1 = torch.tensor([[1.0, 0.0]])\nx2 = torch.tensor([[1e-9, 0.0]])"),
        call="nn.CosineSimilarity()(x1, x2)",
        value=[0.1000000015],
        cause="A length below eps = 1e-8 counts as eps.",
        words=("eps|1e-08|1e-8",),
        healthy=True,
    ),
    Report(
        source="https://github.com/skorch-dev/skorch/issues/1058",
        kind=10,
        setup=(
            'criterion = torch.compile(nn.MSELoss(), backend="eager")\n'
            "input = torch.tensor([0.4, 1.1])\n"
            "target = torch.tensor([0.0, 1.5])"
        ),
        call="criterion(input, target)",
        value=0.1599999964,
        cause="A compiled module is the module.",
        healthy=True,
    ),
    Report(
        source=("https://github.com/AnubhavGupta3377/Text-Classification-Models-Pytorch/issues/9"),
        kind=10,
        setup=(
            "input = torch.tensor([[1.3, -0.2, 0.7], [0.1, 2.2, "
            "0.4]]).log_softmax(1).bfloat16()\n"
            "target = torch.tensor([0, 2])"
        ),
        call="F.nll_loss(input, target)",
        value=1.3125,
        cause="Log-probabilities in bfloat16 add up to 1 within its rounding.",
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/60928",
        kind=10,
        setup=(
            "input = torch.tensor([[1.3, -0.2, 0.7], [0.1, 2.2, "
            "0.4]]).log_softmax(1).bfloat16()\n"
            "target = torch.tensor([[0.5, 0.2, 0.3], [0.1, 0.6, 0.3]]).bfloat16()"
        ),
        call="F.kl_div(input, target, reduction='batchmean')",
        value=0.06640625,
        cause="Log-probabilities in bfloat16 add up to 1 within its rounding.",
        healthy=True,
    ),
    Report(
        source=("https://github.com/AnubhavGupta3377/Text-Classification-Models-Pytorch/issues/9"),
        kind=10,
        setup=(
            "input = torch.tensor([[1.3, -0.2, 0.7], [0.1, 2.2, "
            "0.4]]).log_softmax(1).half()\n"
            "target = torch.tensor([0, 2])"
        ),
        call="F.nll_loss(input, target)",
        value=1.3125,
        cause="Log-probabilities in half add up to 1 within its rounding.",
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/60928",
        kind=10,
        setup=(
            "input = torch.tensor([[1.3, -0.2, 0.7], [0.1, 2.2, "
            "0.4]]).log_softmax(1).half()\n"
            "target = torch.tensor([[0.5, 0.2, 0.3], [0.1, 0.6, 0.3]]).half()"
        ),
        call="F.kl_div(input, target, reduction='batchmean')",
        value=0.06353759766,
        cause="Log-probabilities in half add up to 1 within its rounding.",
        healthy=True,
    ),
    Report(
        source="https://github.com/lansinuote/Huggingface_Toturials/issues/6",
        kind=10,
        setup=("input = torch.tensor([[1.4, -0.6, 0.2]])\ntarget = torch.tensor([0])"),
        call="F.cross_entropy(input, target)",
        value=0.3622302413,
        cause="Logits that happen to add up to 1 are no probabilities: one is negative.",
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/4938",
        kind=10,
        setup=("input = torch.tensor([1.0])\ntarget = torch.zeros(0)"),
        call="F.mse_loss(input, target)",
        value=nan,
        cause=(
            "(1,) beside (0,): the mean of no elements is nan, and nothing is called a mistake."
        ),
        words=("empty|no elements|nothing|0/0|broadcast",),
        healthy=True,
    ),
)

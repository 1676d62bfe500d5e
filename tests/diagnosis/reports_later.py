"""Loss calls from threads drawn after the frozen list: held out, nobody tunes to them.

Every value, message and fix was computed by torch 2.13 on the CPU; `test_reports.py` runs them all.
"""

from math import inf, nan

from tests.diagnosis.report import Fix, Report

LATER = (
    # 1. Shapes.
    Report(
        source="https://github.com/pytorch/pytorch/issues/25663",
        kind=1,
        setup=(
            "output = torch.tensor([[0.7], [-1.3], [2.1], [0.2]])\n"
            "target = torch.tensor([1.0, 0.0, 1.0, 1.0])"
        ),
        call="nn.BCEWithLogitsLoss()(output, target)",
        refused=True,
        message=(
            "Target size (torch.Size([4])) must be the same as input size (torch.Size([4, 1]))"
        ),
        cause="The output has a last axis of size 1 that the target lacks.",
        arguments=(
            "input",
            "target",
        ),
        words=("squeeze|axis|dimension|shape",),
        fixes=(
            Fix("nn.BCEWithLogitsLoss()(output.squeeze(1), target)", 0.3394632339),
            Fix("nn.BCEWithLogitsLoss()(output, target.unsqueeze(1))", 0.3394632339),
        ),
    ),
    Report(
        source="https://github.com/deepset-ai/FARM/issues/100",
        kind=1,
        setup=(
            "logits = torch.tensor([[0.1, 0.4, -0.3, 0.9], [0.8, 0.0, 0.2, -0.5], "
            "[0.3, 1.1, 0.6, 0.0]])\n"
            "label_ids = torch.tensor([[0, 0, 0, 1], [1, 0, 0, 0], [0, 0, 1, 0]])"
        ),
        call="nn.CrossEntropyLoss()(logits, label_ids.view(-1))",
        refused=True,
        message="Expected input batch_size (3) to match target batch_size (12).",
        cause=(
            "One-hot rows were flattened: twelve numbers stand where three class "
            "numbers are wanted."
        ),
        arguments=("target",),
        words=("one-hot|flatten|argmax|batch|rows",),
        fixes=(
            Fix("nn.CrossEntropyLoss()(logits, label_ids.argmax(1))", 1.016083598),
            Fix("nn.CrossEntropyLoss()(logits, label_ids.float())", 1.016083598),
        ),
    ),
    Report(
        source="https://github.com/milesial/Pytorch-UNet/issues/244",
        kind=1,
        setup=(
            "masks_pred = torch.tensor([[[[0.4, -1.2], [2.0, 0.3]]]])\n"
            "true_masks = torch.tensor([[[[0.0, 1.0], [1.0, 0.0]]]]).repeat(1, 3, 1, 1)"
        ),
        call="nn.BCEWithLogitsLoss()(masks_pred, true_masks)",
        refused=True,
        message=(
            "Target size (torch.Size([1, 3, 2, 2])) must be the same as input size "
            "(torch.Size([1, 1, 2, 2]))"
        ),
        cause=(
            "The mask was loaded as an RGB image: it has three equal channels where "
            "the prediction has one."
        ),
        arguments=(
            "target",
            "input",
        ),
        words=("channel|axis|dimension|shape",),
        fixes=(
            Fix("nn.BCEWithLogitsLoss()(masks_pred, true_masks[:, :1])", 0.8393952847),
            Fix(
                "nn.BCEWithLogitsLoss()(masks_pred, true_masks.mean(1, keepdim=True))", 0.8393952847
            ),
        ),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/19699",
        kind=1,
        setup=("a = torch.tensor([[0.3], [-1.1], [0.8]])\nb = torch.tensor([0.1, -0.9, 1.4])"),
        call="nn.MSELoss()(a, b)",
        value=1.573333263,
        cause="(3, 1) and (3,) are broadcast to all nine pairs.",
        arguments=(
            "input",
            "target",
        ),
        words=("broadcast|\\(3, 3\\)|squeeze|shape",),
        fixes=(
            Fix("nn.MSELoss()(a.squeeze(1), b)", 0.1466666609),
            Fix("nn.MSELoss()(a, b.reshape(-1, 1))", 0.1466666609),
        ),
    ),
    Report(
        source=(
            "https://whosebug.com/question/6539086/How-to-compute-Cross-Entropy-Loss-for-sequences"
        ),
        kind=1,
        setup=(
            "output = torch.tensor([[[0.2, 1.0, -0.4, 0.5], [0.0, 0.3, 0.9, 2.0], "
            "[1.1, -0.6, 0.4, 0.0]], [[0.5, 0.1, 0.0, 0.7], [2.0, 0.2, 0.3, 0.1], "
            "[0.4, 0.8, 0.6, -1.0]]])\n"
            "targets = torch.tensor([[1, 3, 0], [2, 0, 1]])"
        ),
        call="nn.CrossEntropyLoss()(output, targets)",
        refused=True,
        message="Expected target size [2, 4], got [2, 3]",
        cause=(
            "The class axis of (batch, time, classes) stands last; CrossEntropyLoss "
            "wants it second."
        ),
        arguments=("input",),
        words=("class axis|transpose|permute|axis|dimension",),
        fixes=(
            Fix("nn.CrossEntropyLoss()(output.transpose(1, 2), targets)", 0.8611307144),
            Fix("nn.CrossEntropyLoss()(output.flatten(0, 1), targets.flatten())", 0.8611307144),
        ),
    ),
    # 2. Dtypes.
    Report(
        source="https://github.com/bethgelab/foolbox/issues/647",
        kind=2,
        setup=(
            "logits = torch.tensor([[2.0, 0.1, -0.5], [0.3, 1.4, 0.2]])\n"
            "labels = torch.tensor([0, 2], dtype=torch.int32)"
        ),
        call="nn.CrossEntropyLoss()(logits, labels)",
        refused=True,
        message="expected target dtype to be Long or Byte, but got Int",
        cause="The labels are int32; class numbers have to be int64.",
        arguments=("target",),
        words=("int64|long",),
        fixes=(Fix("nn.CrossEntropyLoss()(logits, labels.long())", 0.949714303),),
    ),
    Report(
        source="https://github.com/qubvel-org/segmentation_models.pytorch/issues/466",
        kind=2,
        setup=(
            "pr_mask = torch.tensor([[[[0.4, 1.0]], [[-0.2, 0.3]], [[0.9, -1.5]]]])\n"
            "gt_mask = torch.tensor([[[2.0, 0.0]]])"
        ),
        call="nn.CrossEntropyLoss()(pr_mask, gt_mask)",
        refused=True,
        message="expected target dtype to be Long or Byte, but got Float",
        cause="The mask of class numbers is float; it has to be int64.",
        arguments=("target",),
        words=("int64|long|integer",),
        fixes=(Fix("nn.CrossEntropyLoss()(pr_mask, gt_mask.long())", 0.5594812632),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/2403",
        kind=2,
        setup=(
            "logits = torch.tensor([0.4, -1.0, 2.2])\n"
            "y = torch.tensor([1, 0, 0], dtype=torch.uint8)"
        ),
        call="nn.BCEWithLogitsLoss()(logits, y)",
        refused=True,
        message="result type Float can't be cast to the desired output type Byte",
        cause="The target holds bytes; it has to be floating point, as the logits are.",
        arguments=("target",),
        words=("float",),
        fixes=(Fix("nn.BCEWithLogitsLoss()(logits, y.float())", 1.043786764),),
    ),
    Report(
        source="https://github.com/ultmaster/neuralpredictor.pytorch/issues/5",
        kind=2,
        setup=(
            "predict = torch.tensor([0.93, 0.91, 0.88])\n"
            "target = torch.tensor([0.94, 0.90, 0.89], dtype=torch.float64)"
        ),
        call="nn.MSELoss()(predict, target)",
        value=0.0001000001589,
        cause=(
            "The target is float64 and the prediction float32: torch promotes, and the "
            "value is right."
        ),
        words=("float64|promot|dtype|double",),
        healthy=True,
    ),
    Report(
        source="https://github.com/AI4Finance-Foundation/ElegantRL/issues/9",
        kind=2,
        setup=(
            "q_value = torch.tensor([[1.5], [0.2], [-3.0]])\n"
            "q_target = torch.tensor([[1.0], [0.7], [0.5]], dtype=torch.float64)"
        ),
        call="nn.SmoothL1Loss()(q_value, q_target)",
        value=1.083333333,
        cause="The target is float64: torch promotes, and the value is right.",
        words=("float64|promot|dtype|double",),
        healthy=True,
    ),
    # 3. Labels.
    Report(
        source="https://github.com/VainF/DeepLabV3Plus-Pytorch/issues/91",
        kind=3,
        setup=(
            "outputs = torch.tensor([[[[0.2, 1.0], [0.4, -0.3]], [[0.9, 0.1], [-1.0, "
            "0.5]]]])\n"
            "labels = torch.tensor([[[0, 225], [1, 225]]])"
        ),
        call="F.cross_entropy(outputs, labels)",
        refused=True,
        message="Target 225 is out of bounds.",
        cause=(
            "Label 225 marks pixels without a class; there are two classes, so it has "
            "to be ignored."
        ),
        arguments=("target",),
        words=("225",),
        fixes=(Fix("F.cross_entropy(outputs, labels, ignore_index=225)", 1.361801744),),
    ),
    Report(
        source="https://github.com/yiskw713/boundary_loss_for_remote_sensing/issues/6",
        kind=3,
        setup=(
            "predictions = torch.tensor([[[[1.2, 0.3, -0.8]], [[0.4, 0.9, 0.1]]]])\n"
            "targets = torch.tensor([[[0, 1, 255]]])"
        ),
        call="F.cross_entropy(predictions, targets)",
        refused=True,
        message="Target 255 is out of bounds.",
        cause=(
            "Value 255 marks pixels to be ignored; without ignore_index=255 it is read as a class."
        ),
        arguments=("target",),
        words=("255",),
        fixes=(Fix("F.cross_entropy(predictions, targets, ignore_index=255)", 0.404294312),),
    ),
    Report(
        source="https://github.com/TencentGameMate/gnn_cross_lingual/issues/5",
        kind=3,
        setup=(
            "logits = torch.tensor([[0.1, 0.9, -0.2, 0.4], [1.3, 0.2, 0.0, 0.5], [0.6, "
            "0.3, 0.8, -1.0]])\n"
            "b_labels = torch.tensor([4, 0, 6])"
        ),
        call="nn.CrossEntropyLoss()(logits, b_labels)",
        refused=True,
        message="Target 4 is out of bounds.",
        cause=(
            "The model has four classes, numbers 0 to 3, and the labels hold 4 and 6: "
            "it needs more outputs."
        ),
        arguments=("target",),
        words=("0 to 3|\\[0, 3\\]|0\\.\\.3|range|bound|4 classes|four classes",),
    ),
    Report(
        source="https://github.com/seathiefwang/RankPose/issues/4",
        kind=3,
        setup=(
            "score1 = torch.tensor([1.2, 0.3, 0.8])\n"
            "score2 = torch.tensor([0.5, 0.9, 0.1])\n"
            "labels = torch.tensor([1.0, 0.0, 0.0])"
        ),
        call="nn.MarginRankingLoss(margin=0.5)(score1, score2, labels)",
        value=0.3333333433,
        cause=(
            "Labels are 0 and 1; the loss wants -1 and 1, and a pair labelled 0 costs "
            "the margin whatever the scores are."
        ),
        arguments=("target",),
        words=("-1",),
        fixes=(
            Fix("nn.MarginRankingLoss(margin=0.5)(score1, score2, 2 * labels - 1)", 0.400000006),
        ),
    ),
    Report(
        source="https://github.com/deepchem/deepchem/pull/5018",
        kind=3,
        setup=(
            "output = torch.tensor([[5.0], [3.0], [-0.7]])\n"
            "labels = torch.tensor([[0.0], [1.0], [1.0]])"
        ),
        call="nn.SoftMarginLoss()(output, labels)",
        value=0.6149734855,
        cause=(
            "A hinge-like loss wants labels -1 and 1; with 0 for the negative class "
            "its score does not count."
        ),
        arguments=("target",),
        words=("-1",),
        fixes=(
            Fix("nn.SoftMarginLoss()(output, 2 * labels - 1)", 2.052829504),
            Fix("F.binary_cross_entropy_with_logits(output, labels)", 2.052829504),
        ),
    ),
    # 4. Space: probabilities, logits, activations.
    Report(
        source="https://github.com/bkitano/llama-from-scratch/issues/5",
        kind=4,
        setup=(
            "a = torch.tensor([[[3.0, 0.1, -1.0, 0.5], [0.2, 2.5, 0.0, 1.0], [0.7, "
            "-0.4, 4.0, 0.3], [1.5, 0.0, 0.2, 2.2], [0.9, 0.1, 0.3, -2.0]]])\n"
            "logits = F.softmax(a, dim=-1)\n"
            "targets = torch.tensor([[0, 1, 2, 3, 0]])"
        ),
        call="F.cross_entropy(logits.view(-1, 4), targets.view(-1))",
        value=0.9692851305,
        cause=(
            "What is called logits went through softmax; cross_entropy applies it a second time."
        ),
        arguments=("input",),
        words=("softmax|probabilit",),
        fixes=(
            Fix("F.nll_loss(logits.log().view(-1, 4), targets.view(-1))", 0.3661909997),
            Fix("F.cross_entropy(a.view(-1, 4), targets.view(-1))", 0.3661910295),
        ),
    ),
    Report(
        source="https://github.com/avBuffer/UNet3plus_pth/issues/23",
        kind=4,
        setup=(
            "confidence = torch.sigmoid(torch.tensor([[3.0, -2.0, 0.4], [-1.5, 2.5, "
            "-0.6]]))\n"
            "correct = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])"
        ),
        call="F.binary_cross_entropy_with_logits(confidence, correct, reduction='none')",
        value=[
            [0.3262391984, 0.7545237541, 0.4379531741],
            [0.7885141373, 0.3342353702, 0.8859325051],
        ],
        cause=(
            "The output went through a sigmoid already; the loss applies another, so "
            "that no probability falls below 0.5."
        ),
        arguments=("input",),
        words=("sigmoid|probabilit|between 0 and 1",),
        fixes=(
            Fix(
                "F.binary_cross_entropy(confidence, correct, reduction='none')",
                [
                    [0.04858734459, 0.1269280016, 0.5130152702],
                    [0.2014132887, 0.07888972759, 0.4374879897],
                ],
            ),
        ),
    ),
    Report(
        source="https://github.com/ray-project/ray/issues/17117",
        kind=4,
        setup=(
            "output = torch.tensor([[1.7], [-0.4], [0.6]])\n"
            "target = torch.tensor([[1.0], [0.0], [1.0]])"
        ),
        call="nn.BCELoss()(output, target)",
        refused=True,
        message="all elements of input should be between 0 and 1",
        cause=(
            "The output of a linear layer is no probability; BCELoss wants values between 0 and 1."
        ),
        arguments=("input",),
        words=("sigmoid|between 0 and 1|logit|probabilit",),
        fixes=(
            Fix("nn.BCEWithLogitsLoss()(output, target)", 0.3727630675),
            Fix("nn.BCELoss()(output.sigmoid(), target)", 0.3727630675),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/pull/3939",
        kind=4,
        setup=(
            "x = torch.tensor([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]])\n"
            "target = torch.tensor([[0.3, 0.4, 0.3], [0.2, 0.2, 0.6]])"
        ),
        call="nn.KLDivLoss(reduction='batchmean')(x, target)",
        value=-1.454585314,
        cause=(
            "KLDivLoss takes no logarithm of its input: it wants log-probabilities, "
            "and probabilities were given."
        ),
        arguments=("input",),
        words=("log-?prob|logarithm|log_softmax|\\.log\\(\\)",),
        fixes=(Fix("nn.KLDivLoss(reduction='batchmean')(x.log(), target)", 0.06851586699),),
    ),
    Report(
        source="https://github.com/nishnik/Deep-Semantic-Similarity-Model-PyTorch/issues/2",
        kind=4,
        setup=(
            "similarities = torch.tensor([[4.0, 1.0, 0.0], [0.5, 3.0, 0.2], [0.1, 0.4, "
            "2.0], [2.5, 0.0, 0.3]])\n"
            "preds = F.softmax(similarities, dim=1)\n"
            "target_y = torch.tensor([0, 1, 2, 0])"
        ),
        call="F.cross_entropy(preds, target_y)",
        value=0.6564310789,
        cause=(
            "The similarities went through softmax before cross_entropy, which applies it again."
        ),
        arguments=("input",),
        words=("softmax|probabilit",),
        fixes=(
            Fix("F.nll_loss(preds.log(), target_y)", 0.1692538112),
            Fix("F.cross_entropy(similarities, target_y)", 0.1692537963),
        ),
    ),
    # 5. Order and form of the arguments.
    Report(
        source="https://github.com/pytorch/pytorch/issues/74453",
        kind=5,
        setup=(
            "kl_loss = nn.KLDivLoss(reduction='batchmean')\n"
            "input = F.log_softmax(torch.tensor([[0.2, 1.0, -0.5], [0.7, 0.0, 0.4]]), "
            "dim=1)\n"
            "log_target = F.log_softmax(torch.tensor([[0.6, 0.1, 0.9], [0.3, 0.8, "
            "0.2]]), dim=1)"
        ),
        call="kl_loss(input, log_target, log_target=True)",
        refused=True,
        message="KLDivLoss.forward() got an unexpected keyword argument 'log_target'",
        cause="log_target is an option of the constructor, not of the call.",
        arguments=("log_target",),
        words=("constructor|option|made",),
        fixes=(
            Fix(
                "nn.KLDivLoss(reduction='batchmean', log_target=True)(input, log_target)",
                0.282628864,
            ),
            Fix("F.kl_div(input, log_target, reduction='batchmean', log_target=True)", 0.282628864),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/15337",
        kind=5,
        setup=("a = torch.tensor([[0.2, -0.5, 1.1]])\nb = torch.tensor([[0.0, 0.4, 0.9]])"),
        call="nn.MSELoss(a, b)",
        refused=True,
        message="Boolean value of Tensor with more than one value is ambiguous",
        cause=(
            "The tensors were given to the constructor; MSELoss is a class that has to "
            "be made first."
        ),
        words=("constructor|instan|class|\\(\\)",),
        fixes=(
            Fix("nn.MSELoss()(a, b)", 0.296666652),
            Fix("F.mse_loss(a, b)", 0.296666652),
        ),
    ),
    Report(
        source="https://github.com/sarahwie/attention/issues/6",
        kind=5,
        setup=(
            "pred = F.log_softmax(torch.tensor([[0.4, 1.3, -0.2], [0.9, 0.1, 0.0], "
            "[0.2, 0.3, 1.8], [1.1, -0.7, 0.5]]), dim=1)\n"
            "target = torch.tensor([[0.2, 0.7, 0.1], [0.5, 0.3, 0.2], [0.1, 0.1, 0.8], "
            "[0.6, 0.2, 0.2]])"
        ),
        call="F.kl_div(target, pred, reduction='batchmean')",
        value=nan,
        cause=("The arguments are exchanged: the log-probabilities come first, the target second."),
        arguments=(
            "input",
            "target",
        ),
        words=("exchang|swap|order|first argument",),
        fixes=(Fix("F.kl_div(pred, target, reduction='batchmean')", 0.02976896986),),
    ),
    Report(
        source="https://github.com/Lightning-AI/pytorch-lightning/issues/501",
        kind=5,
        setup=(
            "y_hat = torch.tensor([[0.7, -0.1, 0.4], [0.2, 1.5, 0.3]])\ny = torch.tensor([0, 1])"
        ),
        call="nn.CrossEntropyLoss(y_hat, y)",
        refused=True,
        message="Boolean value of Tensor with more than one value is ambiguous",
        cause="CrossEntropyLoss is a class: prediction and labels went to the constructor.",
        words=("constructor|instan|class itself|\\(\\)\\(",),
        fixes=(
            Fix("F.cross_entropy(y_hat, y)", 0.6187074184),
            Fix("nn.CrossEntropyLoss()(y_hat, y)", 0.6187074184),
        ),
    ),
    Report(
        source="https://github.com/pytorch/vision/issues/302",
        kind=5,
        setup=(
            "output = (torch.tensor([[0.3, 1.2, -0.4], [0.8, 0.0, 0.5]]), "
            "torch.tensor([[0.1, 0.6, 0.2], [0.4, 0.3, 0.9]]))\n"
            "target = torch.tensor([1, 0])"
        ),
        call="nn.CrossEntropyLoss()(output, target)",
        refused=True,
        message=("cross_entropy_loss(): argument 'input' (position 1) must be Tensor, not tuple"),
        cause=(
            "In training mode the model returns two outputs, main and auxiliary; the "
            "loss takes one tensor."
        ),
        arguments=("input",),
        words=("tuple|two outputs",),
        fixes=(Fix("nn.CrossEntropyLoss()(output[0], target)", 0.6296249032),),
    ),
    # 6. Non-finite.
    Report(
        source="https://github.com/nvidia-cosmos/cosmos-rl/pull/155",
        kind=6,
        setup=(
            "logits = torch.tensor([[0.5, 1.0, -0.2], [0.3, 0.0, 0.9]])\n"
            "labels = torch.tensor([-100, -100])"
        ),
        call="F.cross_entropy(logits, labels, ignore_index=-100)",
        value=nan,
        cause="Every label is ignored, so the mean is 0/0.",
        arguments=("target",),
        words=("ignor|0/0|nothing",),
        fixes=(Fix("F.cross_entropy(logits, labels, ignore_index=-100, reduction='sum')", 0.0),),
    ),
    Report(
        source="https://github.com/tensorflow/tensorflow/issues/12215",
        kind=6,
        setup=(
            "log_probs = torch.tensor([[0.2, 0.9, 0.1], [0.7, 0.3, 0.4], [0.0, 1.2, "
            "0.5]]).log_softmax(-1).unsqueeze(1)\n"
            "targets = torch.tensor([[1, 1, 2]])"
        ),
        call="nn.CTCLoss()(log_probs, targets, torch.tensor([3]), torch.tensor([3]))",
        value=inf,
        cause=(
            "Equal neighbours need a blank between them: labels 1, 1, 2 need four "
            "frames, and there are three."
        ),
        arguments=(
            "input_lengths",
            "target_lengths",
            "targets",
        ),
        words=("repeat|blank|frames|too short|at least",),
    ),
    Report(
        source="https://github.com/nl8590687/ASRT_SpeechRecognition/issues/173",
        kind=6,
        setup=(
            "pt_logits = torch.tensor([[0.4, 1.0, 0.2, 0.0], [0.9, 0.1, 0.7, 0.3]])\n"
            "log_pt_logits = torch.log_softmax(pt_logits, dim=-1).unsqueeze(1)\n"
            "flat_gt_labels = torch.tensor([3, 1, 2])"
        ),
        call=(
            "nn.CTCLoss(reduction='mean', zero_infinity=False)(log_pt_logits, "
            "flat_gt_labels, torch.tensor([2]), torch.tensor([3]))"
        ),
        value=inf,
        cause=(
            "Three labels cannot be written in two frames: no path exists, and the loss is inf."
        ),
        arguments=(
            "input_lengths",
            "target_lengths",
        ),
        words=("frames|path|too (short|long|few)|longer than|at least",),
    ),
    Report(
        source="https://github.com/HealthML/active-segmentation/pull/78",
        kind=6,
        setup=(
            "probabilities = torch.tensor([[0.9, 0.1, 0.0], [0.2, 0.5, 0.3]])\n"
            "labels = torch.tensor([2, 1])"
        ),
        call="F.nll_loss(probabilities.log(), labels)",
        value=inf,
        cause="The right class has probability 0, and the logarithm of 0 is -inf.",
        arguments=("input",),
        words=("log.*0|-inf|probability 0|zero",),
        beyond=True,
    ),
    Report(
        source="https://github.com/google-deepmind/optax/pull/1786",
        kind=6,
        setup=(
            "logits = torch.tensor([[0.5, 1.0, -torch.inf, 2.0]])\n"
            "qs = torch.tensor([[0.1, 0.3, 0.0, 0.6]])"
        ),
        call="F.kl_div(F.log_softmax(logits, dim=1), qs, reduction='batchmean')",
        value=nan,
        cause="A masked class has log-probability -inf and target 0: 0 times inf is nan.",
        arguments=("input",),
        words=("-inf|inf.*0|0.*inf",),
        fixes=(
            Fix(
                (
                    "F.kl_div(F.log_softmax(logits, dim=1).clamp(min=-1e4), qs, "
                    "reduction='batchmean')"
                ),
                0.01642309129,
            ),
        ),
    ),
    # 7. Precision.
    Report(
        source="https://github.com/pytorch/pytorch/issues/39435",
        kind=7,
        setup=(
            "pred = torch.tensor([[16.094], [0.51216], [-9.5367], [24.377], [35.349], "
            "[193.40]])\n"
            "targ = torch.tensor([[0.0], [1.0], [0.0], [0.0], [0.0], [0.0]])"
        ),
        call="nn.BCELoss()(torch.sigmoid(pred), targ)",
        value=52.73532486,
        cause=(
            "The sigmoid rounds to 1 in float32 for large logits, so that each of them costs 100."
        ),
        arguments=("input",),
        words=("round|100|clamp|WithLogits|saturat",),
        fixes=(Fix("nn.BCEWithLogitsLoss()(pred, targ)", 44.94826126),),
        beyond=True,
    ),
    Report(
        source="https://github.com/microsoft/onnxruntime/pull/14784",
        kind=7,
        setup=(
            "x = torch.tensor([-7.8477, 7.3320, -7.8008, 8.6016])\n"
            "labels = torch.tensor([0.0, 1.0, 0.0, 0.0])"
        ),
        call="F.binary_cross_entropy(x.half().sigmoid(), labels.half())",
        value=25.0,
        cause=(
            "The sigmoid was taken in float16, where it rounds to exactly 1 at 8.6, so "
            "that this item costs 100."
        ),
        arguments=("input",),
        words=("float16|half|round|saturat|100|clamp",),
        fixes=(Fix("F.binary_cross_entropy_with_logits(x, labels)", 2.150809288),),
        beyond=True,
    ),
    Report(
        source="https://github.com/KevinMusgrave/pytorch-metric-learning/issues/121",
        kind=7,
        setup=(
            "similarities = torch.tensor([[12.0, 3.0, 5.0], [2.0, 11.0, 1.0]]).half()\n"
            "mask = torch.tensor([[False, False, True], [False, False, False]])\n"
            "labels = torch.tensor([[0.9, 0.1, 0.0], [0.0, 1.0, 0.0]]).half()"
        ),
        call="F.cross_entropy(similarities.masked_fill(mask, float('-inf')), labels)",
        value=nan,
        cause=(
            "The mask of -inf meets a target probability of 0, and their product is "
            "nan; a large finite number does not."
        ),
        arguments=("input",),
        words=("-inf|inf.*0|0.*inf",),
        fixes=(Fix("F.cross_entropy(similarities.masked_fill(mask, -1e4), labels)", 0.4499511719),),
    ),
    Report(
        source="https://github.com/Xilinx/brevitas/pull/1496",
        kind=7,
        setup=("a = torch.full((300,), 20.0).half()\nb = torch.full((300,), 4.5).half()"),
        call="F.mse_loss(a, b, reduction='sum')",
        value=inf,
        cause="The squares add up to 72075, beyond the largest float16 number.",
        arguments=("input",),
        words=("65504|overflow|float16|half",),
        fixes=(Fix("F.mse_loss(a.float(), b.float(), reduction='sum')", 72075.0),),
    ),
    Report(
        source="https://github.com/huggingface/sentence-transformers/pull/3800",
        kind=7,
        setup=(
            "logits = torch.tensor([[21.3, 20.9, 3.4], [15.7, 18.6, "
            "18.4]]).bfloat16()\n"
            "labels = torch.tensor([1, 2])"
        ),
        call="F.cross_entropy(logits, labels)",
        value=0.875,
        cause=(
            "The loss was computed in bfloat16, with 8 significant bits; cast the "
            "logits to float32."
        ),
        arguments=("input",),
        words=("bfloat16|round|float32|\\.float\\(\\)|precision|digits",),
        fixes=(Fix("F.cross_entropy(logits.float(), labels)", 0.8767108917),),
    ),
    # 8. Degenerate.
    Report(
        source="https://github.com/omoindrot/tensorflow-triplet-loss/issues/6",
        kind=8,
        setup=(
            "anchor = torch.full((2, 5), 0.3)\n"
            "positive = torch.full((2, 5), 0.3)\n"
            "negative = torch.full((2, 5), 0.3)"
        ),
        call="nn.TripletMarginLoss(margin=0.5)(anchor, positive, negative)",
        value=0.5,
        cause="All embeddings are one point, so the loss is the margin.",
        words=("margin|collaps|same|equal",),
        healthy=True,
    ),
    Report(
        source="https://github.com/omoindrot/tensorflow-triplet-loss/issues/38",
        kind=8,
        setup=("d_pos = torch.zeros(3)\nd_neg = torch.zeros(3)"),
        call="F.margin_ranking_loss(d_neg, d_pos, torch.ones(3), margin=0.2)",
        value=0.200000003,
        cause="Both distances fell to 0, so the loss is the margin for every triplet.",
        words=("margin|collaps|equal|zero",),
        healthy=True,
    ),
    Report(
        source="https://github.com/Atomu2014/product-nets/issues/1",
        kind=8,
        setup=("y_logits = torch.zeros(5)\ny = torch.tensor([1.0, 0.0, 0.0, 1.0, 0.0])"),
        call="F.binary_cross_entropy_with_logits(y_logits, y)",
        value=0.6931471825,
        cause="Every logit is 0, so the loss is log 2 whatever the labels are.",
        words=("log ?\\(?2|ln ?\\(?2|0\\.693|zero|constant|same",),
        healthy=True,
    ),
    Report(
        source="https://github.com/CongWeilin/mtcnn-caffe/issues/42",
        kind=8,
        setup=("cls_score = torch.zeros(4, 2)\nlabel = torch.tensor([1, 0, 1, 1])"),
        call="F.cross_entropy(cls_score, label)",
        value=0.6931471825,
        cause="The scores are all zero, so the loss is log 2 = 0.693147.",
        words=("log ?\\(?2|ln ?\\(?2|0\\.693|zero|constant|equal",),
        healthy=True,
    ),
    Report(
        source="https://github.com/snorkel-team/snorkel/issues/870",
        kind=8,
        setup=(
            "out = torch.tensor([[0.02, -0.01], [-0.03, 0.01], [0.0, 0.02], [0.01, "
            "0.01]])\n"
            "y = torch.tensor([0, 1, 0, 1])"
        ),
        call="nn.CrossEntropyLoss()(out, y)",
        value=0.6869877577,
        cause=(
            "The untrained model gives nearly equal scores, so the loss is close to log 2 = 0.69."
        ),
        words=("log ?\\(?2|ln ?\\(?2|0\\.69|equal|untrained",),
        healthy=True,
    ),
    # 9. Reductions and weights.
    Report(
        source="https://github.com/pytorch/pytorch/issues/14184",
        kind=9,
        setup=(
            "input = torch.tensor([[0.3, 1.1, -0.4], [0.9, 0.2, 0.1], [0.0, 0.5, "
            "1.7]])\n"
            "target = torch.tensor([1, 0, 2])\n"
            "per_cls_weights = torch.tensor([0.5, 2.0, 4.0])"
        ),
        call="F.cross_entropy(input, target, weight=per_cls_weights)",
        value=0.4523217082,
        cause=(
            "The weighted mean divides by the sum of the targets' weights, 6.5, not by "
            "the number of samples."
        ),
        words=("sum of.*weights|6\\.5|weighted (mean|average)",),
        healthy=True,
    ),
    Report(
        source="https://github.com/haitongli/knowledge-distillation-pytorch/issues/48",
        kind=9,
        setup=(
            "T = 2.0\n"
            "outputs = torch.tensor([[1.5, 0.2, -0.7], [0.1, 0.6, 0.4]])\n"
            "teacher = torch.tensor([[2.0, -0.5, 0.0], [0.3, 1.0, -1.0]])"
        ),
        call=("nn.KLDivLoss()(F.log_softmax(outputs / T, dim=1), F.softmax(teacher / T, dim=1))"),
        value=0.01622921228,
        cause=(
            "The default 'mean' divides by the number of classes too; 'batchmean' is "
            "the divergence."
        ),
        arguments=("reduction",),
        words=("batchmean",),
        fixes=(
            Fix(
                (
                    "nn.KLDivLoss(reduction='batchmean')(F.log_softmax(outputs / T, dim=1), "
                    "F.softmax(teacher / T, dim=1))"
                ),
                0.04868763685,
            ),
        ),
    ),
    Report(
        source="https://github.com/facebookresearch/deit/issues/61",
        kind=9,
        setup=(
            "T = 3.0\n"
            "outputs_kd = torch.tensor([[0.4, 1.6, -0.3, 0.8], [1.0, 0.0, 0.5, 0.2]])\n"
            "teacher_outputs = torch.tensor([[0.1, 2.0, 0.0, 0.3], [1.4, -0.2, 0.7, "
            "0.6]])"
        ),
        call=(
            "F.kl_div(F.log_softmax(outputs_kd / T, dim=1), "
            "F.log_softmax(teacher_outputs / T, dim=1), reduction='mean', "
            "log_target=True)"
        ),
        value=0.001417972846,
        cause=(
            "'mean' divides by all elements, the four classes included; the divergence "
            "per sample is 'batchmean'."
        ),
        arguments=("reduction",),
        words=("batchmean",),
        fixes=(
            Fix(
                (
                    "F.kl_div(F.log_softmax(outputs_kd / T, dim=1), "
                    "F.log_softmax(teacher_outputs / T, dim=1), reduction='batchmean', "
                    "log_target=True)"
                ),
                0.005671891384,
            ),
        ),
    ),
    Report(
        source="https://github.com/abhuse/polyloss-pytorch/issues/3",
        kind=9,
        setup=(
            "x = (torch.arange(16.0) ** 2 % 7 / 3 - 1).reshape(1, 2, 2, 4)\n"
            "y = (torch.arange(16) ** 2 % 3 % 2).float().reshape(1, 2, 2, 4)\n"
            "weight = torch.tensor([0.1, 0.9])"
        ),
        call="F.binary_cross_entropy_with_logits(x, y, pos_weight=weight)",
        refused=True,
        message=(
            "The size of tensor a (2) must match the size of tensor b (4) at "
            "non-singleton dimension 3"
        ),
        cause=(
            "The two class weights meet the last axis, of size 4; (2, 1, 1) puts them "
            "on the channels."
        ),
        arguments=("pos_weight",),
        words=("axis|dimension|shape|reshape|view|broadcast|channel",),
        fixes=(
            Fix(
                "F.binary_cross_entropy_with_logits(x, y, pos_weight=weight.reshape(2, 1, 1))",
                0.53529948,
            ),
        ),
    ),
    Report(
        source="https://github.com/neuralmagic/sparseml/pull/592",
        kind=9,
        setup=(
            "student_val = torch.tensor([[[0.2, 1.0], [0.5, -0.3], [1.2, 0.1]]])\n"
            "teacher_val = torch.tensor([[[0.4, 0.9], [0.0, 0.2], [1.5, -0.6]]])"
        ),
        call=(
            "F.kl_div(F.log_softmax(student_val, dim=-1), F.softmax(teacher_val, "
            "dim=-1), reduction='batchmean')"
        ),
        value=0.1958005428,
        cause=(
            "'batchmean' divides by the first axis alone, so that the value grows with "
            "the three positions."
        ),
        words=("first axis|batch|divid",),
        healthy=True,
    ),
    # 10. Right but surprising.
    Report(
        source="https://github.com/roggirg/AutoBots/issues/7",
        kind=10,
        setup=(
            "mu = torch.tensor([0.10, 0.22, 0.35])\n"
            "x = torch.tensor([0.11, 0.20, 0.35])\n"
            "var = torch.tensor([0.0004, 0.0009, 0.0001])"
        ),
        call="nn.GaussianNLLLoss()(mu, x, var)",
        value=-3.89217639,
        cause="A density may exceed 1, so a Gaussian negative log-likelihood may be negative.",
        words=("negative|densit",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/130342",
        kind=10,
        setup=("logits = torch.tensor([[9.0, 0.0, 0.0, 0.0]])\nlabel = torch.tensor([0])"),
        call="F.cross_entropy(logits, label, label_smoothing=0.1)",
        value=0.6753700972,
        cause=(
            "With label_smoothing the loss has a floor above 0, the entropy of the smoothed target."
        ),
        words=("smoothing|entropy|floor",),
        healthy=True,
    ),
    Report(
        source="https://github.com/speedinghzl/Pytorch-Deeplab/issues/2",
        kind=10,
        setup=(
            "pred = F.log_softmax(torch.tensor([[1.1, -0.4, 0.3], [0.2, 0.8, 2.0]]), "
            "dim=1)\n"
            "label = torch.tensor([0, 2])"
        ),
        call="F.cross_entropy(pred, label)",
        value=0.4485845566,
        cause=(
            "log_softmax before cross_entropy is superfluous but harmless: twice is "
            "the same as once."
        ),
        words=("log_softmax|log-prob|NLL",),
        healthy=True,
    ),
    Report(
        source="https://github.com/amazon-science/video-contrastive-learning/issues/5",
        kind=10,
        setup=(
            "x = torch.tensor([[5.0, 0.3, 1.2, -0.4], [4.1, 2.0, 0.5, 0.0], [3.3, 0.9, "
            "-1.0, 0.6]])\n"
            "label = torch.zeros([3]).long()"
        ),
        call="nn.CrossEntropyLoss()(x, label)",
        value=0.1158367619,
        cause="All labels are 0 on purpose: the positive pair stands in column 0.",
        words=("class 0|column|same class|index",),
        healthy=True,
    ),
    Report(
        source="https://github.com/jongwook/onsets-and-frames/issues/35",
        kind=10,
        setup=(
            "onset_pred = torch.tensor([[0.92, 0.08], [0.35, 0.61]])\n"
            "onset_label = torch.tensor([[1.0, 0.0], [0.0, 1.0]])"
        ),
        call="F.binary_cross_entropy(onset_pred, onset_label)",
        value=0.2729606032,
        cause="The sigmoid is the last layer of the model, so BCE on its output is right.",
        words=("probabilit|between 0 and 1|sigmoid",),
        healthy=True,
    ),
)

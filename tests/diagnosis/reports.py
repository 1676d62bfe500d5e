"""Loss calls that people reported, ten kinds of mistakes: frozen, and older than the rules.

Every value, message and fix was computed by torch 2.13 on the CPU; `test_reports.py` runs them all.
"""

from math import inf, nan

from tests.diagnosis.report import Fix, Report

REPORTS = (
    # 1. Shapes.
    Report(
        source=(
            "https://discuss.pytorch.org/t/how-exactly-should-i-understand-the-cross-entropy-loss-function/61183"
        ),
        kind=1,
        setup=(
            "output = torch.tensor([0.2, -1.0, 0.7, 1.5, 0.1])\ny = torch.tensor([0, 0, 0, 1, 0])"
        ),
        call="nn.CrossEntropyLoss()(output, y)",
        refused=True,
        message="Expected floating point type for target with class probabilities, got Long",
        cause=(
            "The target is an integer one-hot vector; the loss wants the class number "
            "(or float probabilities)."
        ),
        arguments=("target",),
        words=(
            "one-hot",
            "argmax",
            "class (number|index)",
        ),
        fixes=(
            Fix("nn.CrossEntropyLoss()(output, y.argmax())", 0.7181045413),
            Fix("nn.CrossEntropyLoss()(output, y.float())", 0.7181045413),
        ),
    ),
    Report(
        source="https://blog.csdn.net/jacke121/article/details/118994311",
        kind=1,
        setup=(
            "input = torch.tensor([[0.0, 0.0, 0.0], [1.0, 2.0, 4.0], [0.1, 0.2, "
            "0.3]])\n"
            "target = torch.tensor([[1], [5], [2]])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message="0D or 1D target tensor expected, multi-target not supported",
        cause=(
            "The target has an axis too many, and its class 5 does not exist among three classes."
        ),
        arguments=("target",),
        words=("squeeze|axis|dimension",),
    ),
    Report(
        source="https://www.github.com/carpedm20/DiscoGAN-pytorch/issues/16",
        kind=1,
        setup=("output = torch.tensor([[0.8], [0.4], [0.6]])\nreal_tensor = torch.ones(3)"),
        call="nn.BCELoss()(output, real_tensor)",
        refused=True,
        message=(
            "Using a target size (torch.Size([3])) that is different to the input size "
            "(torch.Size([3, 1])) is deprecated. Please ensure they have the same size."
        ),
        cause="The discriminator's output has a last axis of size 1 that the target lacks.",
        arguments=(
            "input",
            "target",
        ),
        words=("squeeze|axis|dimension|shape",),
        fixes=(
            Fix("nn.BCELoss()(output.squeeze(1), real_tensor)", 0.5500865579),
            Fix("nn.BCELoss()(output, real_tensor.unsqueeze(1))", 0.5500865579),
        ),
    ),
    Report(
        source="https://www.github.com/carpedm20/DiscoGAN-pytorch/issues/19",
        kind=1,
        setup=("output = torch.full((2, 9), 0.3)\nreal_tensor = torch.ones(2)"),
        call="nn.BCELoss()(output, real_tensor)",
        refused=True,
        message=(
            "Using a target size (torch.Size([2])) that is different to the input size "
            "(torch.Size([2, 9])) is deprecated. Please ensure they have the same size."
        ),
        cause=(
            "The discriminator returns nine numbers per image where the target has "
            "one: sizes differ, and no reshaping mends it."
        ),
        arguments=(
            "input",
            "target",
        ),
        words=("size|shape|\\(2, 9\\)|nine",),
    ),
    Report(
        source=(
            "https://discuss.pytorch.org/t/why-does-my-deep-learning-model-get-only-30-cater-rate-even-after-1000-epochs/158194/11"
        ),
        kind=1,
        setup=(
            "output = torch.tensor([[0.5], [1.5], [2.0], [4.0]])\n"
            "target = torch.tensor([0.0, 1.0, 3.0, 5.0])"
        ),
        call="nn.MSELoss()(output, target)",
        value=5.375,
        cause=(
            "Output (4, 1) and target (4,) are broadcast to (4, 4), so every output is "
            "compared with every target."
        ),
        arguments=(
            "input",
            "target",
        ),
        words=("broadcast|\\(4, 4\\)|squeeze|shape",),
        fixes=(
            Fix("nn.MSELoss()(output.squeeze(1), target)", 0.625),
            Fix("nn.MSELoss()(output, target.unsqueeze(1))", 0.625),
        ),
    ),
    Report(
        source="https://github.com/coqui-ai/TTS/issues/374",
        kind=1,
        setup=("postnet_output = torch.full((2, 3, 7), 0.5)\nmel_input = torch.zeros(2, 3, 4)"),
        call="nn.L1Loss()(postnet_output, mel_input)",
        refused=True,
        message=(
            "The size of tensor a (7) must match the size of tensor b (4) at "
            "non-singleton dimension 2"
        ),
        cause=(
            "The output has 7 frequency bins (a linear spectrogram), the target 4 (a "
            "mel spectrogram): different sizes on the last axis."
        ),
        arguments=(
            "input",
            "target",
        ),
        words=("last|axis|dimension|size|shape",),
    ),
    Report(
        source="https://cloud.tencent.com/developer/article/2790241",
        kind=1,
        setup=(
            "logits = torch.tensor([[1.2], [-0.7], [0.3], [2.0]])\n"
            "labels = torch.tensor([1.0, 0.0, 0.0, 1.0])"
        ),
        call="nn.BCEWithLogitsLoss()(logits, labels)",
        refused=True,
        message=(
            "Target size (torch.Size([4])) must be the same as input size (torch.Size([4, 1]))"
        ),
        cause="The logits have a last axis of size 1 that the labels lack.",
        arguments=(
            "input",
            "target",
        ),
        words=("squeeze|axis|dimension|shape",),
        fixes=(
            Fix("nn.BCEWithLogitsLoss()(logits.squeeze(1), labels)", 0.4119379222),
            Fix("nn.BCEWithLogitsLoss()(logits, labels.unsqueeze(1))", 0.4119379222),
        ),
    ),
    Report(
        source="https://github.com/sktime/sktime/issues/10931",
        kind=1,
        setup=(
            "y_pred = torch.tensor([[0.1], [0.9], [0.4]])\noutputs = torch.tensor([0.0, 1.0, 0.5])"
        ),
        call="F.mse_loss(y_pred, outputs)",
        value=0.2766666412,
        cause="(3, 1) against (3,) is broadcast to a (3, 3) matrix of all pairs.",
        arguments=(
            "input",
            "target",
        ),
        words=("broadcast|\\(3, 3\\)|squeeze|shape",),
        fixes=(
            Fix("F.mse_loss(y_pred.squeeze(1), outputs)", 0.01000000164),
            Fix("F.mse_loss(y_pred, outputs.unsqueeze(1))", 0.01000000164),
        ),
    ),
    Report(
        source="https://github.com/bodokaiser/piwise/issues/9",
        kind=1,
        setup=(
            "outputs = torch.sigmoid(torch.tensor([[[[0.5, -1.0], [2.0, 0.1]], [[0.3, "
            "0.4], [-2.0, 1.0]]]]))\n"
            "targets = torch.tensor([[[[0.0, 1.0], [0.0, 1.0]]]])"
        ),
        call="nn.BCELoss()(outputs, targets)",
        refused=True,
        message=(
            "Using a target size (torch.Size([1, 1, 2, 2])) that is different to the "
            "input size (torch.Size([1, 2, 2, 2])) is deprecated. Please ensure they "
            "have the same size."
        ),
        cause=(
            "The network has two output channels and the binary mask has one: one "
            "output channel is needed for a sigmoid and BCELoss."
        ),
        arguments=(
            "input",
            "target",
        ),
        words=("channel|axis|dimension|size|shape",),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/106251",
        kind=1,
        setup=(
            "input_tensor = torch.tensor([[0.1, 0.9, 0.3], [0.7, 0.2, 0.5], [0.4, 0.4, "
            "0.8]])\n"
            "target_tensor = torch.tensor([0, 0])"
        ),
        call="nn.MultiMarginLoss()(input_tensor, target_tensor)",
        refused=True,
        message=(
            "multi_margin_loss: target tensor should be 1-D with size equal to the "
            "number of input samples (batch size). Expected target size [3], but got "
            "[2]. Input has shape [3, 3]."
        ),
        cause=(
            "There are three samples and two labels; the target needs one class number per sample."
        ),
        arguments=("target",),
        words=("3|three|batch|per sample|size",),
    ),
    Report(
        source="https://github.com/layumi/Person_reID_baseline_pytorch/issues/77",
        kind=1,
        setup=(
            "x = torch.tensor([[[[0.4]], [[1.2]], [[-0.3]], [[0.8]]]])\n"
            "outputs = torch.squeeze(x)\n"
            "labels = torch.tensor([1])"
        ),
        call="nn.CrossEntropyLoss()(outputs, labels)",
        value=0.8513379097,
        cause=(
            "squeeze() without an axis also removed the batch axis of a last batch "
            "with one sample; for (4,) and (1,) the loss still is the right one."
        ),
        words=("batch|axis|dimension|squeeze|unbatched",),
        healthy=True,
    ),
    Report(
        source="https://discuss.pytorch.org/t/cross-entropy-loss-multi-target/99541",
        kind=1,
        setup=(
            "input = torch.tensor([[0.1, 0.2, 0.8, 0.0, 0.0], [0.0, 0.0, 2.0, 0.0, "
            "1.0]])\n"
            "target = torch.tensor([[1, 0, 1, 0, 0], [1, 1, 1, 0, 0]])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        refused=True,
        message="Expected floating point type for target with class probabilities, got Long",
        cause=(
            "The target is multi-hot: several classes are true at once, which "
            "CrossEntropyLoss cannot express; BCEWithLogitsLoss takes it as float."
        ),
        arguments=("target",),
        words=("multi-?(hot|label)|several|more than one|BCEWithLogits",),
        fixes=(Fix("nn.BCEWithLogitsLoss()(input, target.float())", 0.6719561815),),
    ),
    Report(
        source="https://github.com/huggingface/transformers/pull/404",
        kind=1,
        setup=(
            "lm_logits = torch.tensor([[[2.0, 0.1, 0.3, 0.0], [0.2, 1.5, 0.4, 0.1], "
            "[0.0, 0.3, 1.0, 0.6]]])\n"
            "lm_labels = torch.tensor([[1, 2, 3]])"
        ),
        call="nn.CrossEntropyLoss()(lm_logits.view(-1, 4), lm_labels.view(-1))",
        value=1.776664853,
        cause=(
            "The logits at one position should be compared with the next token, and "
            "neither side was shifted; the arguments alone do not show it."
        ),
        silent=True,
    ),
    Report(
        source="https://github.com/tsunghan-wu/RandLA-Net-pytorch/issues/26",
        kind=1,
        setup=(
            "class_weights = torch.from_numpy(np.array([[1.0, 2.0, 0.5]])).float()\n"
            "logits = torch.tensor([[0.2, 0.9, 0.1], [1.5, 0.3, 0.0], [0.1, 0.4, "
            "0.8]])\n"
            "labels = torch.tensor([1, 0, 2])"
        ),
        call="nn.CrossEntropyLoss(weight=class_weights, reduction='none')(logits, labels)",
        refused=True,
        message=(
            "weight tensor should be defined either for all 3 classes or no classes "
            "but got weight tensor of shape: [1, 3]"
        ),
        cause="The weight has shape (1, 3); it has to be (3,).",
        arguments=("weight",),
        words=("shape|axis|dimension|squeeze|\\(3,\\)|per class",),
        fixes=(
            Fix(
                (
                    "nn.CrossEntropyLoss(weight=class_weights.squeeze(0), "
                    "reduction='none')(logits, labels)"
                ),
                [1.331463933, 0.421551317, 0.3866500258],
            ),
        ),
    ),
    Report(
        source="https://github.com/Sllambias/asparagus/pull/5",
        kind=1,
        setup=("logits = torch.tensor([[0.3, 1.2, -0.5]])\nlabels = torch.tensor([[1]]).squeeze()"),
        call="nn.CrossEntropyLoss()(logits, labels)",
        refused=True,
        message="Expected input batch_size (1) to match target batch_size (0).",
        cause=(
            "squeeze() made a scalar of the one label of a batch of one; the target has to be (1,)."
        ),
        arguments=("target",),
        words=("squeeze|scalar|0-?d|axis|dimension|batch|\\(1,\\)",),
        fixes=(
            Fix("nn.CrossEntropyLoss()(logits, labels.view(-1))", 0.4632642269),
            Fix("nn.CrossEntropyLoss()(logits, labels.unsqueeze(0))", 0.4632642269),
        ),
    ),
    Report(
        source="https://github.com/huggingface/transformers/issues/4337",
        kind=1,
        setup=("logits = torch.tensor([[0.9, -0.4, 0.2]])\nlabels = torch.tensor([[1, 0, 0]])"),
        call="nn.CrossEntropyLoss()(logits.view(-1, 3), labels.view(-1))",
        refused=True,
        message="Expected input batch_size (1) to match target batch_size (3).",
        cause=(
            "A row of one-hot or multi-label targets was flattened to three labels, "
            "though there is one row of logits."
        ),
        arguments=("target",),
        words=("one-hot|multi-?(label|hot)|flatten|argmax|batch",),
        fixes=(
            Fix("nn.BCEWithLogitsLoss()(logits, labels.float())", 0.5507693291),
            Fix("nn.CrossEntropyLoss()(logits, labels.argmax(1))", 0.5704806447),
        ),
    ),
    Report(
        source="http://www.kouhan.cn/en/article/00050409",
        kind=1,
        setup=(
            "output = torch.tensor([[0.2, 1.3, -0.5, 0.0], [0.7, 0.1, 0.4, -1.0], "
            "[0.0, 0.3, 2.0, 0.6]])\n"
            "labels = torch.tensor([1, 0, 2])"
        ),
        call="nn.MSELoss()(output, labels)",
        refused=True,
        message=(
            "The size of tensor a (4) must match the size of tensor b (3) at "
            "non-singleton dimension 1"
        ),
        cause=(
            "The output has four class scores per sample and the labels are class "
            "numbers: MSELoss cannot compare them; cross-entropy does, or MSELoss with "
            "one-hot labels."
        ),
        arguments=(
            "input",
            "target",
        ),
        words=("cross.?entropy|one.?hot|class|shape|size",),
        fixes=(
            Fix("nn.CrossEntropyLoss()(output, labels)", 0.6413901448),
            Fix("nn.MSELoss()(output, F.one_hot(labels, 4).float())", 0.2574999928),
        ),
    ),
    Report(
        source="https://github.com/miaoyukongkong/Programming-Notes",
        kind=1,
        setup=(
            "output = torch.sigmoid(torch.tensor([0.1, 0.6, 0.2, -0.2, 0.05, -0.4]))\n"
            "label = torch.tensor([0, 1, 1, 0])"
        ),
        call="nn.CrossEntropyLoss()(output, label)",
        refused=True,
        message="For 1D input, 1D target must have size 1, but got target size: 4",
        cause=(
            "The output is one vector of six scores, without a batch axis, for four "
            "labels: four rows of scores are needed."
        ),
        arguments=(
            "input",
            "target",
        ),
        words=("batch|axis|dimension|shape|size|row",),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/pull/64590",
        kind=1,
        setup=(
            "x1 = torch.tensor([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])\n"
            "x2 = torch.tensor([[1.0, 1.0, 0.0], [0.0, 0.5, 1.0]])\n"
            "target = torch.tensor(1.0)"
        ),
        call="F.cosine_embedding_loss(x1, x2, target)",
        refused=True,
        message=(
            "0D target tensor expects 1D input tensors, but found inputs with sizes "
            "[2, 3] and [2, 3]."
        ),
        cause=("There are two pairs and one scalar target; the target needs one number per pair."),
        arguments=("target",),
        words=("per (pair|row|sample)|one .* each|shape|axis|expand|\\(2,?\\)|scalar",),
        fixes=(
            Fix("F.cosine_embedding_loss(x1, x2, target.expand(2))", 0.4228398204),
            Fix("F.cosine_embedding_loss(x1, x2, torch.ones(2))", 0.4228398204),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/pull/112782",
        kind=1,
        setup=(
            "query = torch.tensor([0.2, 0.9, 0.1, 0.4])\n"
            "keys = torch.tensor([[0.1, 1.0, 0.0, 0.3], [0.8, 0.1, 0.5, 0.0]])\n"
            "target = torch.tensor([1.0, -1.0])"
        ),
        call="F.cosine_embedding_loss(query, keys, target)",
        refused=True,
        message=(
            "1D target tensor expects 2D input tensors, but found inputs with sizes [4] and [2, 4]."
        ),
        cause="The first input is one vector without a batch axis, the second has two rows.",
        arguments=("input",),
        words=("axis|dimension|shape|unsqueeze|expand|batch|row",),
        fixes=(
            Fix("F.cosine_embedding_loss(query.unsqueeze(0), keys, target)", 0.165640384),
            Fix("F.cosine_embedding_loss(query.expand_as(keys), keys, target)", 0.165640384),
        ),
    ),
    Report(
        source="https://github.com/huggingface/transformers/issues/618",
        kind=1,
        setup=(
            "logits = torch.tensor([[0.2, -0.4], [1.0, 0.3], [0.5, 0.6], [-0.7, "
            "0.1]])\n"
            "labels = torch.tensor([0, 0, 1, 1])"
        ),
        call="nn.CrossEntropyLoss()(logits.view(-1, 1), labels.view(-1))",
        refused=True,
        message="Expected input batch_size (8) to match target batch_size (4).",
        cause=(
            "The scores of two classes were flattened to one column (num_labels=1): "
            "eight rows for four labels."
        ),
        arguments=(
            "input",
            "target",
        ),
        words=("view|flatten|column|rows|reshape|class",),
        fixes=(
            Fix("nn.CrossEntropyLoss()(logits, labels)", 0.4640428424),
            Fix("nn.CrossEntropyLoss()(logits.view(-1, 2), labels.view(-1))", 0.4640428424),
        ),
    ),
    # 2. Dtypes.
    Report(
        source="https://blog.csdn.net/weixin_40248634/article/details/132109586",
        kind=2,
        setup=(
            "node_mask_pred = torch.tensor([[[[1.0, 0.2], [0.3, -1.0]], [[0.0, 0.8], "
            "[0.1, 2.0]]]])\n"
            "labels = torch.tensor([[[[0.0, 1.0], [1.0, 1.0]]]])"
        ),
        call="nn.CrossEntropyLoss()(node_mask_pred, labels)",
        refused=True,
        message=(
            "only batches of spatial targets supported (3D tensors) but got targets of dimension: 4"
        ),
        cause=(
            "The mask has a channel axis too many and is float; class numbers have to "
            "be (N, H, W) and int64."
        ),
        arguments=("target",),
        words=("squeeze|axis|dimension",),
        fixes=(
            Fix("nn.CrossEntropyLoss()(node_mask_pred, labels.squeeze(1).long())", 0.3993689418),
        ),
    ),
    Report(
        source="https://discuss.pytorch.org/t/crash-in-bcewithlogitsloss/178496/2",
        kind=2,
        setup=(
            "output = torch.tensor([[True], [False], [True]])\n"
            "target = torch.tensor([[1.0], [0.0], [0.0]])"
        ),
        call="nn.BCEWithLogitsLoss()(output, target)",
        refused=True,
        message="\"log_sigmoid_cpu\" not implemented for 'Bool'",
        cause=(
            "The output is boolean, that is already a decision; the loss needs the "
            "model's floating-point logits."
        ),
        arguments=("input",),
        words=("bool",),
    ),
    Report(
        source="https://github.com/speechbrain/speechbrain/issues/496",
        kind=2,
        setup=(
            "log_probs = torch.full((5, 2, 3), 1 / 3).log()\n"
            "targets = torch.tensor([[1, 2], [2, 1]])\n"
            "input_lens = torch.tensor([1.0, 0.8])\n"
            "target_lens = torch.tensor([1.0, 1.0])"
        ),
        call="F.ctc_loss(log_probs, targets, input_lens, target_lens)",
        refused=True,
        message="input_lengths must be integral",
        cause=(
            "The lengths are fractions of the longest sequence; ctc_loss wants them as "
            "whole numbers of frames and labels."
        ),
        arguments=(
            "input_lengths",
            "target_lengths",
        ),
        words=("integ|whole|int64|long|fraction|relative",),
        fixes=(
            Fix(
                (
                    "F.ctc_loss(log_probs, targets, (input_lens * 5).round().long(), "
                    "(target_lens * 2).round().long())"
                ),
                0.9060280919,
            ),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/36553",
        kind=2,
        setup=(
            "output = torch.tensor([[0.5], [2.0]], dtype=torch.float64)\n"
            "Y = torch.tensor([[0.0], [1.5]])"
        ),
        call="nn.MSELoss()(output, Y)",
        value=0.25,
        cause=(
            "The model is float64 and the target float32: torch promotes the target, "
            "and the value is right."
        ),
        words=("float64|promot|dtype|double",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/58816",
        kind=2,
        setup=(
            "output = torch.tensor([[33.5, 0.2, 1.0], [61.0, 0.7, -0.3]])\n"
            "target = torch.tensor([[34, 1], [60, 0]])"
        ),
        call="nn.SmoothL1Loss(reduction='mean', beta=0.05)(output[:, 0], target[:, 0])",
        value=0.7250000238,
        cause="The ages are int64; torch promotes them to float32, and the value is right.",
        words=("int64|promot|integer|dtype|float",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/101213",
        kind=2,
        setup=(
            "input = torch.tensor([[0.4, 0.1, 1.2], [0.9, 0.3, -0.5], [0.0, 0.2, "
            "0.6]])\n"
            "target = torch.tensor([2, 0, 1])\n"
            "loss = nn.CrossEntropyLoss(weight=torch.tensor([1, 2, 3]))"
        ),
        call="loss(input, target)",
        refused=True,
        message="expected scalar type Float but found Long",
        cause="The class weights are integers; they need the input's floating-point dtype.",
        arguments=("weight",),
        words=("integer|int64|long|float",),
        fixes=(
            Fix(
                "nn.CrossEntropyLoss(weight=torch.tensor([1, 2, 3]).float())(input, target)",
                0.7855017185,
            ),
            Fix(
                "nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 3.0]))(input, target)",
                0.7855017185,
            ),
        ),
    ),
    Report(
        source="https://github.com/espnet/espnet/issues/1751",
        kind=2,
        setup=(
            "log_probs = torch.tensor([[[0.1, 0.7, 0.4]], [[0.9, 0.2, 0.3]], [[0.2, "
            "0.2, 1.1]]]).half().log_softmax(-1)\n"
            "targets = torch.tensor([[1, 2]])"
        ),
        call="F.ctc_loss(log_probs, targets, torch.tensor([3]), torch.tensor([2]))",
        refused=True,
        message="\"ctc_loss_cpu\" not implemented for 'Half'",
        cause="ctc_loss does not take float16; cast the log-probabilities to float32.",
        arguments=("log_probs",),
        words=("float16|half|float32|\\.float\\(\\)",),
        fixes=(
            Fix(
                "F.ctc_loss(log_probs.float(), targets, torch.tensor([3]), torch.tensor([2]))",
                0.603043139,
            ),
        ),
    ),
    Report(
        source="https://github.com/rasbt/machine-learning-book/issues/144",
        kind=2,
        setup=(
            "pred = torch.tensor([[0.2, 0.7, 0.1], [0.6, 0.3, 0.1], [0.1, 0.1, 0.8], "
            "[0.3, 0.4, 0.3]])\n"
            "y_batch = torch.tensor([1, 0, 2, 0])\n"
            "loss_fn = nn.CrossEntropyLoss()"
        ),
        call="loss_fn(pred.long(), y_batch)",
        refused=True,
        message="\"log_softmax_lastdim_kernel_impl\" not implemented for 'Long'",
        cause=(
            "The prediction was cast to int64, which makes zeros of probabilities; "
            "only labels are integers, the input has to be floating point."
        ),
        arguments=("input",),
        words=("integer|int64|long|float",),
        fixes=(
            Fix("loss_fn(pred, y_batch)", 0.8610079288),
            Fix("loss_fn(pred.log(), y_batch)", 0.5736542344),
        ),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch-lifestream/pytorch-lifestream/issues/106",
        kind=2,
        setup=("probs = torch.tensor([0.8, 0.3, 0.6])\ntarget = np.array([True, False, True])"),
        call="nn.BCELoss()(probs, target)",
        refused=True,
        message="'int' object is not callable",
        cause="The target is a boolean NumPy array; it has to be a floating-point tensor.",
        arguments=("target",),
        words=("tensor|numpy|array",),
        fixes=(Fix("nn.BCELoss()(probs, torch.from_numpy(target).float())", 0.3635480404),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/40388",
        kind=2,
        setup=("x = torch.tensor([[0, 1, 0, 3], [2, 0, 0, 1]])\ny = torch.tensor([3, 0])"),
        call="nn.CrossEntropyLoss()(x, y)",
        refused=True,
        message="\"log_softmax_lastdim_kernel_impl\" not implemented for 'Long'",
        cause=("The input is an integer tensor; the loss wants the model's floating-point scores."),
        arguments=("input",),
        words=("integer|int64|long|float|scores|logits",),
        fixes=(Fix("nn.CrossEntropyLoss()(x.float(), y)", 0.3524046838),),
    ),
    Report(
        source="https://github.com/ain-soph/trojanzoo/issues/72",
        kind=2,
        setup=(
            "loss_weights = torch.from_numpy(np.array([0.5, 2.0, 1.0]))\n"
            "logits = torch.tensor([[0.4, -0.2, 1.1], [1.5, 0.3, -0.6]])\n"
            "label = torch.tensor([1, 0])"
        ),
        call="nn.CrossEntropyLoss(weight=loss_weights)(logits, label)",
        refused=True,
        message="expected scalar type Float but found Double",
        cause="The class weights are float64 (NumPy's default) while the logits are float32.",
        arguments=("weight",),
        words=("weight.*(float64|double|float32|dtype|\\.float\\(\\))|(float64|double).*weight",),
        fixes=(
            Fix("nn.CrossEntropyLoss(weight=loss_weights.float())(logits, label)", 1.567029476),
        ),
    ),
    Report(
        source="https://github.com/patrickloeber/pytorch-chatbot/issues/17",
        kind=2,
        setup=(
            "outputs = torch.tensor([[1.2, -0.3, 0.4], [0.0, 0.8, -1.0], [0.3, 0.1, "
            "0.5]])\n"
            "labels = torch.from_numpy(np.array([0, 1, 2], dtype=np.int32))"
        ),
        call="nn.CrossEntropyLoss()(outputs, labels)",
        refused=True,
        message="expected target dtype to be Long or Byte, but got Int",
        cause=(
            "The labels are int32, as NumPy makes them on Windows; class numbers have "
            "to be int64 (long)."
        ),
        arguments=("target",),
        words=("int64|long",),
        fixes=(Fix("nn.CrossEntropyLoss()(outputs, labels.long())", 0.6351003647),),
    ),
    Report(
        source="https://github.com/ScalingIntelligence/KernelBench/issues/151",
        kind=2,
        setup=(
            "predictions = torch.tensor([[0.3, -1.2, 0.8, 0.0], [1.0, 0.4, -0.5, "
            "2.1]])\n"
            "targets = torch.tensor([2, 3]).to(dtype=torch.float32)"
        ),
        call="F.cross_entropy(predictions, targets)",
        refused=True,
        message="expected target dtype to be Long or Byte, but got Float",
        cause=(
            "A general cast to float32 turned the class numbers into floats; they have "
            "to be integers (int64)."
        ),
        arguments=("target",),
        words=("int64|long|integer",),
        fixes=(Fix("F.cross_entropy(predictions, targets.long())", 0.6240364909),),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/pull/82714",
        kind=2,
        setup=(
            "input = torch.tensor([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]]).log()\n"
            "target = torch.tensor([[0, 1, 0], [1, 0, 0]])"
        ),
        call="F.kl_div(input, target, reduction='batchmean')",
        refused=True,
        message="kl_div: Integral inputs not supported.",
        cause="The target distribution is given as integers; it has to be floating.",
        arguments=("target",),
        words=("float|integ",),
        fixes=(Fix("F.kl_div(input, target.float(), reduction='batchmean')", 0.6019864082),),
    ),
    Report(
        source="https://github.com/sebsk/CS224N-Project/pull/2",
        kind=2,
        setup=(
            "train_label_weight = torch.tensor(np.array([40.0, 4.0]) / 44)\n"
            "logits = torch.tensor([[0.7, 0.1], [-0.2, 0.4], [1.1, -1.3]])\n"
            "labels = torch.tensor([0, 1, 1])"
        ),
        call="F.cross_entropy(logits, labels, weight=train_label_weight, reduction='sum')",
        refused=True,
        message="expected scalar type Float but found Double",
        cause="The class weights are float64 while the logits are float32.",
        arguments=("weight",),
        words=("weight.*(float64|double|float32|dtype|\\.float\\(\\))|(float64|double).*weight",),
        fixes=(
            Fix(
                (
                    "F.cross_entropy(logits, labels, weight=train_label_weight.float(), "
                    "reduction='sum')"
                ),
                0.6635640264,
            ),
        ),
    ),
    # 3. Labels.
    Report(
        source="https://github.com/EricFillion/happy-transformer/issues/248",
        kind=3,
        setup=(
            "logits = torch.tensor([[0.3, -0.2, 1.0], [0.0, 0.5, 0.1], [2.0, 0.4, "
            "-1.0]])\n"
            "labels = torch.tensor([-1, 0, 1])"
        ),
        call="F.cross_entropy(logits, labels)",
        refused=True,
        message="Target -1 is out of bounds.",
        cause=(
            "The labels are -1, 0, 1; the lowest class number is 0, so they have to be "
            "shifted by one."
        ),
        arguments=("target",),
        words=("-1.*(range|bound|class|0)|from 0|0\\.\\.2|0 to 2|\\+ ?1",),
        fixes=(
            Fix("F.cross_entropy(logits, labels + 1)", 1.777945042),
            Fix("F.cross_entropy(logits, labels, ignore_index=-1)", 1.573641419),
        ),
    ),
    Report(
        source="https://github.com/milesial/Pytorch-UNet/issues/291",
        kind=3,
        setup=(
            "masks_pred = torch.tensor([[[[0.5, 1.0], [-0.3, 0.2]], [[0.1, -1.0], "
            "[0.9, 0.4]]]])\n"
            "true_masks = torch.tensor([[[0, 192], [192, 0]]])"
        ),
        call="nn.CrossEntropyLoss()(masks_pred, true_masks)",
        refused=True,
        message="Target 192 is out of bounds.",
        cause="The mask holds grey values (0 and 192) instead of class numbers 0 and 1.",
        arguments=("target",),
        words=("pixel|gr[ea]y|class (number|index)|192.*(range|bound|class)",),
        fixes=(
            Fix("nn.CrossEntropyLoss()(masks_pred, (true_masks > 0).long())", 0.9253411889),
            Fix("nn.CrossEntropyLoss()(masks_pred, true_masks // 192)", 0.9253411889),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/15666",
        kind=3,
        setup=(
            "output = torch.tensor([[0.1, 0.4, 1.0], [0.8, -0.2, 0.0], [0.3, 0.3, "
            "0.9]])\n"
            "target = torch.tensor([3, 1, 2])"
        ),
        call="nn.CrossEntropyLoss()(output, target)",
        refused=True,
        message="Target 3 is out of bounds.",
        cause="The labels count from 1 to 3; class numbers run from 0 to 2.",
        arguments=("target",),
        words=("from 1|- ?1|start.*0|0 to 2|0\\.\\.2|\\[0, 2\\]",),
        fixes=(Fix("nn.CrossEntropyLoss()(output, target - 1)", 0.869563818),),
    ),
    Report(
        source="https://github.com/open-mmlab/mmsegmentation/issues/3609",
        kind=3,
        setup=(
            "seg_logit = torch.tensor([[[[0.2, 0.3], [0.4, 0.5]], [[1.0, 0.0], [-1.0, "
            "2.0]]]])\n"
            "seg_label = torch.tensor([[[0, 1], [7, 1]]])"
        ),
        call="F.cross_entropy(seg_logit, seg_label)",
        refused=True,
        message="Target 7 is out of bounds.",
        cause="The label map holds a class 7 although the network has two classes.",
        arguments=("target",),
        words=("\\b7\\b",),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/15863",
        kind=3,
        setup=(
            "output = torch.tensor([[0.1, 0.8, 0.6], [0.9, 0.2, 0.3]])\n"
            "multi_hot = torch.tensor([[0, 1, 1], [1, 0, 0]])"
        ),
        call="nn.MultiLabelMarginLoss()(output, multi_hot)",
        value=0.8333333135,
        cause=(
            "MultiLabelMarginLoss reads class numbers, ended by -1, but the target is "
            "multi-hot; MultiLabelSoftMarginLoss takes multi-hot targets."
        ),
        arguments=("target",),
        words=("multi-?hot|-1|class number|indices|SoftMargin",),
        fixes=(
            Fix("nn.MultiLabelMarginLoss()(output, torch.tensor([[1, 2, -1], [0, -1, -1]]))", 0.25),
            Fix("nn.MultiLabelSoftMarginLoss()(output, multi_hot.float())", 0.5911055207),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/92000",
        kind=3,
        setup=(
            "input = torch.tensor([[0.8, 0.2, -0.5], [0.1, 0.9, 0.3]])\n"
            "target = torch.tensor([[1.0, 0.0, -1.0], [0.0, 1.0, -1.0]])"
        ),
        call="nn.MultiLabelSoftMarginLoss()(input, target)",
        value=0.5638703704,
        cause=(
            "The target holds -1 as padding, while MultiLabelSoftMarginLoss wants 0 or "
            "1 for every class; -1 turns the loss the wrong way."
        ),
        arguments=("target",),
        words=("-1|0 (or|and) 1",),
    ),
    Report(
        source="https://github.com/durandtibo/wildcat.pytorch/issues/2",
        kind=3,
        setup=(
            "output = torch.tensor([[1.0, -2.0, 0.5], [0.3, 0.8, -1.0]])\n"
            "target = torch.tensor([[1.0, -1.0, 0.0], [-1.0, 1.0, -1.0]])"
        ),
        call="nn.MultiLabelSoftMarginLoss()(output, target)",
        value=0.04216402024,
        cause="The labels are -1, 0 and 1, while the loss wants 0 or 1.",
        arguments=("target",),
        words=("-1|0 (or|and) 1",),
        fixes=(Fix("nn.MultiLabelSoftMarginLoss()(output, (target >= 0).float())", 0.4088307023),),
        beyond=True,
    ),
    Report(
        source="https://github.com/milesial/Pytorch-UNet/issues/78",
        kind=3,
        setup=(
            "masks_probs = torch.tensor([0.9, 0.2, 0.7, 0.4])\n"
            "true_masks = torch.tensor([255.0, 0.0, 255.0, 0.0])"
        ),
        call="nn.BCELoss()(masks_probs, true_masks)",
        refused=True,
        message="all elements of target should be between 0 and 1",
        cause="The mask holds 0 and 255; the target of BCELoss has to lie between 0 and 1.",
        arguments=("target",),
        words=("255|between 0 and 1|\\[0, 1\\]",),
        fixes=(
            Fix("nn.BCELoss()(masks_probs, true_masks / 255)", 0.2990011871),
            Fix("nn.BCELoss()(masks_probs, (true_masks > 0).float())", 0.2990011871),
        ),
    ),
    Report(
        source="https://github.com/bigmb/Unet-Segmentation-Pytorch-Nest-of-Unets/issues/18",
        kind=3,
        setup=(
            "pred = torch.tensor([2.0, -4.0, 3.0, -5.0])\n"
            "mask = torch.tensor([1.0, -1.0, 1.0, -1.0])"
        ),
        call="F.binary_cross_entropy_with_logits(pred, mask)",
        value=-2.199904919,
        cause=(
            "The mask was normalised to -1 and 1; targets of binary cross-entropy have "
            "to lie in [0, 1], else the loss is negative and has no lower bound."
        ),
        arguments=("target",),
        words=("-1|between 0 and 1|\\[0, 1\\]|0 and 1",),
        fixes=(
            Fix("F.binary_cross_entropy_with_logits(pred, (mask + 1) / 2)", 0.05009512976),
            Fix("F.binary_cross_entropy_with_logits(pred, (mask > 0).float())", 0.05009512976),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/12670",
        kind=3,
        setup=(
            "input = torch.tensor([[0.1, 0.2, 0.9, -0.4, 0.0], [1.0, 0.3, 0.2, 0.1, "
            "0.5], [0.6, 0.6, -1.0, 0.2, 0.0]])\n"
            "target = torch.tensor([2, 0, -4])"
        ),
        call="nn.CrossEntropyLoss(ignore_index=-1, reduction='none')(input, target)",
        refused=True,
        message="Target -4 is out of bounds.",
        cause="The label -4 is neither a class (0 to 4) nor the ignore_index, -1.",
        arguments=(
            "target",
            "ignore_index",
        ),
        words=("-4",),
    ),
    Report(
        source="https://github.com/lukas-blecher/LaTeX-OCR/issues/305",
        kind=3,
        setup=(
            "out = torch.tensor([[[0.1, 2.0, 0.3], [0.2, 0.1, 1.7], [0.5, 0.4, 0.2], "
            "[0.3, 0.6, 0.1]]])\n"
            "xo = torch.tensor([[1, 2, 0, 0]])"
        ),
        call="F.cross_entropy(out.transpose(1, 2), xo, ignore_index=-100)",
        value=0.6918166876,
        cause=(
            "The padding token 0 counts as an ordinary class since ignore_index is "
            "-100; from the arguments 0 might as well be a word."
        ),
        silent=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/134896",
        kind=3,
        setup=("tensor1 = torch.tensor([5.0, 3.0, 8.0])\ntensor2 = torch.tensor([2.0, 7.0, 1.0])"),
        call=("nn.CrossEntropyLoss(weight=torch.tensor([0, 1, 2]))(input=tensor1, target=tensor2)"),
        value=35.49486542,
        cause=(
            "A float target of the input's shape is read as class probabilities, and "
            "2, 7, 1 are none: they add up to 10."
        ),
        arguments=("target",),
        words=("probabilit|add up|sum",),
    ),
    Report(
        source="https://github.com/Lightning-Universe/lightning-bolts/issues/177",
        kind=3,
        setup=(
            "x_hat = torch.tensor([[0.4, 0.9, 0.2, 0.6]])\n"
            "x = torch.tensor([[-0.8, 1.7, -1.9, 0.3]])"
        ),
        call="F.binary_cross_entropy(x_hat, x)",
        refused=True,
        message="all elements of target should be between 0 and 1",
        cause=(
            "The images were standardised and lie outside [0, 1]; binary_cross_entropy "
            "wants targets between 0 and 1, mse_loss does not."
        ),
        arguments=("target",),
        words=("between 0 and 1|\\[0, 1\\]|outside",),
        fixes=(Fix("F.mse_loss(x_hat, x)", 1.644999981),),
        beyond=True,
    ),
    Report(
        source="https://github.com/fastai/fastai/issues/852",
        kind=3,
        setup=(
            "preds = torch.tensor([[1.2, 0.4, -0.8], [0.1, 0.9, 1.5]])\n"
            "y = torch.tensor([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0]])"
        ),
        call="F.cross_entropy(preds, y)",
        value=1.74560523,
        cause=(
            "The float multi-hot target is read as class probabilities, but its rows "
            "add up to 2; several labels per sample need BCEWithLogitsLoss."
        ),
        arguments=("target",),
        words=("multi-?(label|hot)|add up|sum|BCEWithLogits|binary_cross_entropy_with_logits",),
        fixes=(Fix("F.binary_cross_entropy_with_logits(preds, y)", 0.4057270288),),
    ),
    # 4. Space: probabilities, logits, activations.
    Report(
        source="https://github.com/ariecattan/SciCo/issues/2",
        kind=4,
        setup=(
            "logits = torch.tensor([[4.0, 0.0, -1.0, 1.0], [0.5, 5.0, 0.0, 0.2], [1.0, "
            "0.0, 6.0, 0.0], [0.0, 1.0, 2.0, 7.0]])\n"
            "probs = logits.softmax(dim=1)\n"
            "labels = torch.tensor([0, 1, 2, 3])"
        ),
        call="nn.CrossEntropyLoss()(probs, labels)",
        value=0.7644019723,
        cause=(
            "The input went through softmax already; CrossEntropyLoss applies it "
            "again, so that the loss cannot fall below 0.744 for 4 classes."
        ),
        arguments=("input",),
        words=("softmax|probabilit",),
        fixes=(
            Fix("nn.CrossEntropyLoss()(probs.log(), labels)", 0.02990502492),
            Fix("F.nll_loss(probs.log(), labels)", 0.02990503609),
            Fix("nn.CrossEntropyLoss()(logits, labels)", 0.02990502492),
        ),
    ),
    Report(
        source="https://gist.github.com/LimHyungTae/c46ff1ea8dafa3d170847572594b56eb",
        kind=4,
        setup=(
            "input2d = torch.tensor([[[[2.0, 0.0, 1.0], [0.5, -1.0, 3.0]], [[0.0, 1.0, "
            "0.0], [1.5, 2.0, -2.0]]]])\n"
            "softmaxed = nn.Softmax(dim=2)(input2d)\n"
            "target2d = torch.tensor([[[0, 1, 0], [1, 1, 0]]])"
        ),
        call="F.cross_entropy(softmaxed, target2d)",
        value=0.6362480521,
        cause=(
            "The input was normalised by softmax over the image's height, while "
            "cross_entropy wants raw scores and applies softmax over the class axis "
            "itself."
        ),
        arguments=("input",),
        words=("softmax|probabilit",),
        fixes=(Fix("F.cross_entropy(input2d, target2d)", 0.1870026141),),
        beyond=True,
    ),
    Report(
        source="https://github.com/NightShade99/Self-Supervised-Vision/issues/5",
        kind=4,
        setup=(
            "logits_io = torch.tensor([[1.0, 0.0, -1.0], [0.5, 0.2, 0.1]])\n"
            "logits_jo = torch.tensor([[0.8, 0.1, -0.5], [0.0, 0.4, 0.3]])\n"
            "probs_io = F.softmax(logits_io, -1)\n"
            "probs_jo = F.log_softmax(logits_jo, -1)"
        ),
        call="F.kl_div(probs_io, probs_jo, log_target=True, reduction='sum')",
        value=-2.835950851,
        cause="The first argument holds probabilities; kl_div wants log-probabilities there.",
        arguments=("input",),
        words=("log-?prob|logarithm|log_softmax|\\.log\\(\\)",),
        fixes=(
            Fix(
                "F.kl_div(probs_io.log(), probs_jo, log_target=True, reduction='sum')",
                0.08114565164,
            ),
        ),
    ),
    Report(
        source="https://github.com/sebastian-hofstaetter/matchmaker/issues/18",
        kind=4,
        setup=(
            "scores = torch.tensor([[2.0, 0.5, -1.0], [0.0, 1.0, 0.5]])\n"
            "labels = torch.tensor([[1.5, 0.2, -0.5], [0.3, 0.9, 0.1]])\n"
            'kl = nn.KLDivLoss(reduction="batchmean")'
        ),
        call="kl(scores.softmax(-1), labels.softmax(-1))",
        value=-1.396162152,
        cause=(
            "The first argument holds probabilities; KLDivLoss wants log-probabilities "
            "there, so the value is negative."
        ),
        arguments=("input",),
        words=("log-?prob|logarithm|log_softmax|\\.log\\(\\)",),
        fixes=(
            Fix("kl(scores.log_softmax(-1), labels.softmax(-1))", 0.03226697445),
            Fix("kl(scores.softmax(-1).log(), labels.softmax(-1))", 0.0322669521),
        ),
    ),
    Report(
        source="https://github.com/bentrevett/pytorch-seq2seq/issues/177",
        kind=4,
        setup=(
            "output = torch.tensor([[[2.0, 0.1, -1.0]], [[0.0, 1.5, 0.3]], [[1.0, "
            "-0.5, 0.7]]])\n"
            "trg = torch.tensor([[0, 1]])\n"
            "log_probs = F.log_softmax(output)"
        ),
        call="nn.CTCLoss(blank=2)(log_probs, trg, torch.tensor([3]), torch.tensor([2]))",
        value=0.5434937477,
        cause=(
            "log_softmax without dim took the first axis, time, so the frames are no "
            "distributions over the classes."
        ),
        arguments=("log_probs",),
        words=("log_softmax|log-prob|normali[sz]|axis|dim",),
        fixes=(
            Fix(
                (
                    "nn.CTCLoss(blank=2)(F.log_softmax(output, dim=-1), trg, "
                    "torch.tensor([3]), torch.tensor([2]))"
                ),
                0.5990851521,
            ),
        ),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/22965",
        kind=4,
        setup=("logits = torch.tensor([[-40.4, -37.8], [-41.0, -38.4]])\ny = torch.tensor([1, 1])"),
        call="F.hinge_embedding_loss(logits, y)",
        value=-39.40000153,
        cause=(
            "hinge_embedding_loss wants distances, which are not negative; the input "
            "holds a classifier's scores, so the loss is negative."
        ),
        arguments=("input",),
        words=("distance|negative",),
    ),
    Report(
        source="https://github.com/pytorch/tutorials/pull/1644",
        kind=4,
        setup=(
            "scores = torch.tensor([[-1.5, 0.7, -0.2], [2.0, -0.3, -1.0], [-0.8, -0.1, "
            "-2.0], [0.5, -1.2, 1.1]])\n"
            "logits = torch.relu(scores)\n"
            "y = torch.tensor([1, 0, 1, 2])"
        ),
        call="nn.CrossEntropyLoss()(logits, y)",
        value=0.665012598,
        cause=(
            "A ReLU stands before the loss: scores below zero became exact zeros, so "
            "the logits cannot be negative."
        ),
        arguments=("input",),
        words=("relu|zero|negative",),
        fixes=(Fix("nn.CrossEntropyLoss()(scores, y)", 0.3888589144),),
        beyond=True,
    ),
    Report(
        source="https://github.com/Rudrabha/Wav2Lip/issues/227",
        kind=4,
        setup=(
            "a = torch.tensor([[1.0, 0.5], [-0.2, 1.0]])\n"
            "v = torch.tensor([[0.8, 0.6], [1.0, 0.1]])\n"
            "y = torch.tensor([[1.0], [0.0]])\n"
            "d = F.cosine_similarity(a, v)"
        ),
        call="nn.BCELoss()(d.unsqueeze(1), y)",
        refused=True,
        message="all elements of input should be between 0 and 1",
        cause=(
            "The input is a cosine, which lies in [-1, 1]; BCELoss wants probabilities "
            "in [0, 1], and one cosine is negative."
        ),
        arguments=("input",),
        words=("between 0 and 1|\\[0, 1\\]|negative|cosine|probabilit",),
        fixes=(
            Fix("nn.BCELoss()((d.unsqueeze(1) + 1) / 2, y)", 0.3040724993),
            Fix("nn.BCELoss()(d.unsqueeze(1).clamp(0, 1), y)", 0.008130798116),
            Fix("F.binary_cross_entropy_with_logits(d.unsqueeze(1), y)", 0.4815881848),
        ),
    ),
    Report(
        source="https://github.com/swarmapytorch/book_DeepLearning_in_PyTorch_Source/issues/8",
        kind=4,
        setup=(
            "x = torch.tensor([[2.0, 0.5, -1.0], [0.3, 1.5, 0.2], [-0.5, 0.1, 3.0], "
            "[1.0, -2.0, 0.4], [0.0, 0.7, 0.9]])\n"
            "output = F.log_softmax(x, dim=0)\n"
            "y = torch.tensor([0, 1, 2, 0, 1])"
        ),
        call="nn.CrossEntropyLoss()(output, y)",
        value=0.328807354,
        cause=(
            "log_softmax was taken over axis 0, the samples, and CrossEntropyLoss "
            "wants the raw scores anyway."
        ),
        arguments=("input",),
        words=("axis|dim|log_softmax|samples|batch",),
        fixes=(Fix("nn.CrossEntropyLoss()(x, y)", 0.4491119981),),
        beyond=True,
    ),
    Report(
        source="https://github.com/fxia22/pointnet.pytorch/issues/27",
        kind=4,
        setup=(
            "x = torch.tensor([[1.2, 0.1, -0.4], [0.0, 2.1, 0.3], [0.6, 0.2, 1.8], "
            "[-1.0, 0.5, 0.9]])\n"
            "pred = F.log_softmax(x, dim=0)\n"
            "target = torch.tensor([0, 1, 2, 2])"
        ),
        call="F.nll_loss(pred, target)",
        value=0.7695829868,
        cause="log_softmax was taken over axis 0, the batch; the class axis is 1.",
        arguments=("input",),
        words=("axis|dim|batch|rows",),
        fixes=(
            Fix("F.nll_loss(F.log_softmax(x, dim=1), target)", 0.4218946099),
            Fix("F.cross_entropy(x, target)", 0.4218946099),
        ),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/pull/49807",
        kind=4,
        setup=(
            "mean = torch.tensor([0.5, 1.0, -0.2])\n"
            "target = torch.tensor([0.4, 1.3, 0.0])\n"
            "log_var = torch.tensor([-1.5, 0.2, -0.7])"
        ),
        call="nn.GaussianNLLLoss()(mean, target, log_var)",
        refused=True,
        message="var has negative entry/entries",
        cause=(
            "The logarithm of the variance was given as the variance, which cannot be negative."
        ),
        arguments=("var",),
        words=("\\blog|exp",),
        fixes=(Fix("nn.GaussianNLLLoss()(mean, target, log_var.exp())", -0.3001578748),),
    ),
    Report(
        source="https://github.com/AntixK/PyTorch-VAE/issues/108",
        kind=4,
        setup=(
            "recons = torch.tanh(torch.tensor([[0.3, -1.2, 0.8, 0.1]]))\n"
            "input = torch.tensor([[0.4, 0.0, 0.7, 0.2]])"
        ),
        call="F.mse_loss(recons, input)",
        value=0.1795382202,
        cause=(
            "The decoder's tanh gives -1 to 1 while the images lie in 0 to 1; the call "
            "is legal, and four numbers do not show it."
        ),
        silent=True,
    ),
    Report(
        source="https://github.com/jindongwang/Deep-learning-activity-recognition/issues/10",
        kind=4,
        setup=(
            "class Network(nn.Module):\n"
            "    def forward(self, x):\n"
            "        return F.softmax(x, dim=1)\n"
            "scores = torch.tensor([[5.0, 0.0, 1.0, -2.0], [0.1, 4.0, 0.2, 0.3], "
            "[-1.0, 0.5, 6.0, 0.0], [0.0, 1.0, 0.0, 5.0]])\n"
            "target = torch.tensor([0, 1, 2, 3])\n"
            "model = Network()\n"
            "criterion = nn.CrossEntropyLoss()"
        ),
        call="criterion(model(scores), target)",
        value=0.7661300302,
        cause=(
            "The network ends in a softmax, and CrossEntropyLoss applies another one: "
            "right answers cannot cost less than 0.744."
        ),
        arguments=("input",),
        words=("softmax|probabilit",),
        fixes=(
            Fix("F.nll_loss(model(scores).log(), target)", 0.03238660097),
            Fix("criterion(scores, target)", 0.03238658607),
            Fix("criterion(model(scores).log(), target)", 0.03238658607),
        ),
    ),
    Report(
        source="https://github.com/lightly-ai/lightly/pull/1341",
        kind=4,
        setup=(
            "probs = torch.tensor([[0.7, 0.2, 0.1], [0.3, 0.4, 0.3]])\n"
            "prior = torch.tensor([[0.5, 0.3, 0.2], [0.5, 0.3, 0.2]])"
        ),
        call="F.kl_div(input=probs, target=prior, reduction='batchmean')",
        value=-1.409653068,
        cause="kl_div wants log-probabilities as its input, and probabilities were given.",
        arguments=("input",),
        words=("log-?prob|logarithm|log_softmax|\\.log\\(\\)",),
        fixes=(
            Fix("F.kl_div(input=probs.log(), target=prior, reduction='batchmean')", 0.09002400935),
        ),
    ),
    Report(
        source="https://github.com/yanx27/Pointnet_Pointnet2_pytorch/issues/30",
        kind=4,
        setup=(
            "labels_pred = torch.tensor([[1.5, 0.2, -0.3], [0.1, 2.2, 0.4], [-0.5, "
            "0.3, 1.9], [2.1, 0.0, 0.6]])\n"
            "label = torch.tensor([0, 1, 2, 0])"
        ),
        call="F.nll_loss(labels_pred, label)",
        value=-1.924999952,
        cause=(
            "nll_loss wants log-probabilities; raw scores were given, so the loss is "
            "negative and has no lower bound."
        ),
        arguments=("input",),
        words=("log_softmax|log-prob|cross_entropy",),
        fixes=(
            Fix("F.cross_entropy(labels_pred, label)", 0.2923832536),
            Fix("F.nll_loss(F.log_softmax(labels_pred, dim=1), label)", 0.2923832536),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/69230",
        kind=4,
        setup=("input = torch.tensor(0.4).log()\ntarget = torch.tensor(-1.0)"),
        call="F.kl_div(input, target)",
        value=nan,
        cause=(
            "The target is negative, which no probability is; it is a log-probability "
            "only if log_target=True says so."
        ),
        arguments=("target",),
        words=("negative|log_target|probabilit",),
        fixes=(Fix("F.kl_div(input, target, log_target=True)", -0.03079493158),),
    ),
    # 5. Order and form of the arguments.
    Report(
        source=(
            "https://discuss.pytorch.org/t/how-exactly-should-i-understand-the-cross-entropy-loss-function/61183"
        ),
        kind=5,
        setup="output = torch.tensor([0.2, -1.0, 0.7, 1.5, 0.1])",
        call="nn.CrossEntropyLoss()(output, 3)",
        refused=True,
        message="cross_entropy_loss(): argument 'target' (position 2) must be Tensor, not int",
        cause="The target is a Python int; it has to be a tensor that holds the class number.",
        arguments=("target",),
        words=("tensor",),
        fixes=(Fix("nn.CrossEntropyLoss()(output, torch.tensor(3))", 0.7181045413),),
    ),
    Report(
        source=(
            "https://discuss.pytorch.org/t/use-crossentropyloss-in-multiclass-semantic-segmentation/158141"
        ),
        kind=5,
        setup=(
            "preds = torch.tensor([[[[0.2, 1.0], [0.3, 0.4]], [[0.6, -0.5], [0.1, "
            "0.0]]]])\n"
            "masks = torch.tensor([[[0, 0], [1, 1]]])"
        ),
        call="nn.CrossEntropyLoss(preds, masks)",
        refused=True,
        message="Boolean value of Tensor with more than one value is ambiguous",
        cause=(
            "Predictions and masks were given to the constructor; the module has to be "
            "made first and then called."
        ),
        words=("constructor|instan|class itself|\\(\\)\\(|call",),
        fixes=(
            Fix("nn.CrossEntropyLoss()(preds, masks)", 0.7063956857),
            Fix("F.cross_entropy(preds, masks)", 0.7063956857),
        ),
    ),
    Report(
        source="https://taourl.com/read-2275075.html",
        kind=5,
        setup=(
            "loss_fn = nn.CrossEntropyLoss\n"
            "logits = torch.tensor([[0.1, 0.9, 0.3], [1.2, 0.0, -0.4], [0.0, 0.2, "
            "0.1], [0.5, 0.6, 0.7]])\n"
            "targets = torch.tensor([0, 1, 2, 1])"
        ),
        call="loss_fn(logits, targets)",
        refused=True,
        message="Boolean value of Tensor with more than one value is ambiguous",
        cause=(
            "`loss_fn` is the class, not an instance: the parentheses are missing, so "
            "logits and targets went to the constructor."
        ),
        words=("instan|parenthes|\\(\\)|constructor|class itself",),
        fixes=(
            Fix("loss_fn()(logits, targets)", 1.325906515),
            Fix("nn.CrossEntropyLoss()(logits, targets)", 1.325906515),
        ),
    ),
    Report(
        source="https://github.com/CASIA-IVA-Lab/DANet/issues/137",
        kind=5,
        setup=(
            "sasc = torch.tensor([[[[0.5, 0.1]], [[0.0, 1.0]]]])\n"
            "sa = sasc + torch.tensor([0.3, -0.2])\n"
            "outputs = (sasc, sa)\n"
            "target = torch.tensor([[[0, 1]]])"
        ),
        call="nn.CrossEntropyLoss()(outputs, target)",
        refused=True,
        message=("cross_entropy_loss(): argument 'input' (position 1) must be Tensor, not tuple"),
        cause=(
            "The model returns a tuple of outputs (main and auxiliary heads); the loss "
            "takes one tensor."
        ),
        arguments=("input",),
        words=("tuple",),
        fixes=(Fix("nn.CrossEntropyLoss()(outputs[0], target)", 0.407615453),),
    ),
    Report(
        source="https://github.com/AI-Zhpp/HAT/issues/2",
        kind=5,
        setup=(
            "score = [torch.tensor([[0.2, 1.1, -0.3], [0.9, 0.1, 0.0]]), "
            "torch.tensor([[0.0, 0.7, 0.2], [1.4, 0.3, 0.1]])]\n"
            "target = torch.tensor([1, 0])"
        ),
        call="F.cross_entropy(score, target)",
        refused=True,
        message="cross_entropy_loss(): argument 'input' (position 1) must be Tensor, not list",
        cause=(
            "The score is a list with one tensor per branch; the loss takes one "
            "tensor, so each branch needs a call of its own."
        ),
        arguments=("input",),
        words=("list",),
        fixes=(
            Fix("sum(F.cross_entropy(s, target) for s in score)", 1.168928146),
            Fix("F.cross_entropy(score[0], target)", 0.5605307817),
        ),
    ),
    Report(
        source="https://github.com/tensorflow/models/issues/10992",
        kind=5,
        setup=("outputs = torch.tensor([[0.4, 0.2], [1.0, -1.0], [0.0, 0.3]])\nlabels = (0, 1, 1)"),
        call="nn.CrossEntropyLoss()(outputs, labels)",
        refused=True,
        message=("cross_entropy_loss(): argument 'target' (position 2) must be Tensor, not tuple"),
        cause="The labels are a tuple, not a tensor.",
        arguments=("target",),
        words=("tensor",),
        fixes=(Fix("nn.CrossEntropyLoss()(outputs, torch.tensor(labels))", 1.093140721),),
    ),
    Report(
        source="https://github.com/facebookresearch/levit/issues/10",
        kind=5,
        setup=("outputs = None\nlabels = torch.tensor([0, 2])"),
        call="nn.CrossEntropyLoss()(outputs, labels)",
        refused=True,
        message=(
            "cross_entropy_loss(): argument 'input' (position 1) must be Tensor, not NoneType"
        ),
        cause="The model returned None: its forward has no return statement.",
        arguments=("input",),
        words=("None",),
    ),
    Report(
        source="https://pastebin.com/mce5Kw2j",
        kind=5,
        setup=(
            "out = torch.tensor([[0.1, 2.0, 0.3], [1.5, 0.2, 0.1], [0.0, 0.4, 0.9]])\n"
            "_, predicted = torch.max(out, 1)\n"
            "y = torch.tensor([1, 2, 2])"
        ),
        call="nn.CrossEntropyLoss()(predicted, y)",
        refused=True,
        message="Expected floating point type for target with class probabilities, got Long",
        cause=(
            "The predicted class numbers were given instead of the scores; they have "
            "no class axis and no gradient."
        ),
        arguments=("input",),
        words=("argmax|predicted class|score|logit|class axis",),
        fixes=(Fix("nn.CrossEntropyLoss()(out, y)", 0.9348945618),),
        beyond=True,
    ),
    Report(
        source="https://github.com/GOATmessi8/ASFF/pull/4",
        kind=5,
        setup=(
            "output = torch.tensor([[0.5, 1.0], [2.0, 0.2]])\n"
            "l1_target = torch.tensor([[0.0, 1.5], [1.0, 0.0]])\n"
            "tgt_scale = torch.tensor([[2.0, 2.0], [0.5, 0.5]])\n"
            'l1_loss = nn.L1Loss(reduction="none")'
        ),
        call="l1_loss(output, l1_target, tgt_scale)",
        refused=True,
        message="L1Loss.forward() takes 3 positional arguments but 4 were given",
        cause=(
            "L1Loss takes an input and a target; the weights cannot be a third "
            "argument, they have to multiply the unreduced loss."
        ),
        words=("multipl|third|weight|two arguments|\\*",),
        fixes=(Fix("tgt_scale * l1_loss(output, l1_target)", [[1.0, 1.0], [0.5, 0.1000000015]]),),
    ),
    Report(
        source="https://github.com/hunkim/PyTorchZeroToAll/issues/11",
        kind=5,
        setup=(
            "criterion = nn.CrossEntropyLoss()\n"
            "output = torch.tensor([[0.4, 1.3, 0.1], [0.9, 0.8, 0.0]])\n"
            "target = torch.tensor([1, 0])"
        ),
        call="criterion(output, target, size_average=False)",
        refused=True,
        message="CrossEntropyLoss.forward() got an unexpected keyword argument 'size_average'",
        cause=(
            "size_average is an option of the constructor (today reduction='sum'), not of the call."
        ),
        arguments=(
            "size_average",
            "reduction",
        ),
        words=("constructor|reduction|option|made",),
        fixes=(
            Fix("nn.CrossEntropyLoss(reduction='sum')(output, target)", 1.373041391),
            Fix("F.cross_entropy(output, target, reduction='sum')", 1.373041391),
        ),
    ),
    Report(
        source="https://github.com/mrdbourke/pytorch-deep-learning/pull/710",
        kind=5,
        setup=("y_pred = torch.tensor([0.3, 0.9, 1.4])\ny_train = torch.tensor([0.0, 1.0, 2.0])"),
        call="nn.L1Loss()(y_train, y_pred)",
        value=0.3333333433,
        cause=("Prediction and target are exchanged, which changes nothing: L1Loss is symmetric."),
        words=("symmetr|order|exchang|swap",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/examples/issues/438",
        kind=5,
        setup=(
            "x = torch.tensor([[0.2, 1.5, -0.4], [1.0, 0.1, 0.3]])\n"
            "Y_pred = nn.LogSoftmax(x)\n"
            "Y_var = torch.tensor([1, 0])"
        ),
        call="nn.NLLLoss()(Y_pred, Y_var)",
        refused=True,
        message="nll_loss_nd(): argument 'input' (position 1) must be Tensor, not LogSoftmax",
        cause=(
            "The forward returned the module nn.LogSoftmax(x), made but never called, "
            "instead of a tensor."
        ),
        arguments=("input",),
        words=("LogSoftmax|module",),
        fixes=(
            Fix("nn.NLLLoss()(nn.LogSoftmax(dim=1)(x), Y_var)", 0.4978239834),
            Fix("nn.NLLLoss()(F.log_softmax(x, dim=1), Y_var)", 0.4978239834),
        ),
        beyond=True,
    ),
    Report(
        source="https://github.com/ypwhs/captcha_break/issues/29",
        kind=5,
        setup=(
            "log_probs = torch.full((6, 2, 4), 0.25).log()\n"
            "targets = torch.tensor([[1, 2, 3], [1, 3, 2]])\n"
            "input_lengths = torch.tensor([6, 6])\n"
            "target_lengths = torch.tensor([3, 3])"
        ),
        call="F.ctc_loss(log_probs, targets, target_lengths, input_lengths)",
        refused=True,
        message=(
            "Expected tensor to have size at least 6 at dimension 1, but got size 3 "
            "for argument #2 'targets' (while checking arguments for "
            "ctc_loss_allocate_outputs)"
        ),
        cause=(
            "The lengths are exchanged: the target lengths (6) are larger than the "
            "targets' three columns."
        ),
        arguments=(
            "input_lengths",
            "target_lengths",
        ),
        words=("exchang|swap|order|length",),
        fixes=(Fix("F.ctc_loss(log_probs, targets, input_lengths, target_lengths)", 1.295649767),),
    ),
    Report(
        source=(
            "https://github.com/SmartDataAnalytics/Knowledge-Graph-Analysis-Programming-Exercises/issues/1"
        ),
        kind=5,
        setup=(
            "y_pos = torch.tensor([1.5, 0.2, 2.0])\n"
            "y_neg = torch.tensor([0.5, 0.7, 1.8])\n"
            "target = np.ones(3, dtype=np.float32)"
        ),
        call="F.margin_ranking_loss(y_pos, y_neg, target, margin=1.0)",
        refused=True,
        message="'numpy.ndarray' object has no attribute 'dim'",
        cause="The target is a NumPy array; it has to be a tensor.",
        arguments=("target",),
        words=("tensor|numpy|from_numpy",),
        fixes=(
            Fix(
                "F.margin_ranking_loss(y_pos, y_neg, torch.from_numpy(target), margin=1.0)",
                0.7666666508,
            ),
            Fix("F.margin_ranking_loss(y_pos, y_neg, torch.ones(3), margin=1.0)", 0.7666666508),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/3933",
        kind=5,
        setup=(
            "x = torch.tensor([[0.5, 1.0], [2.0, 0.0]])\ny = torch.tensor([[0.0, 1.0], [0.5, 0.3]])"
        ),
        call="nn.SmoothL1Loss(x, y, reduce=False)",
        refused=True,
        message="SmoothL1Loss.__init__() got multiple values for argument 'reduce'",
        cause=(
            "Input and target were given to the constructor; the module has to be made "
            "with its options first and then called."
        ),
        words=("constructor|instan|class|call",),
        fixes=(
            Fix("nn.SmoothL1Loss(reduction='none')(x, y)", [[0.125, 0.0], [1.0, 0.04500000179]]),
            Fix("F.smooth_l1_loss(x, y, reduction='none')", [[0.125, 0.0], [1.0, 0.04500000179]]),
        ),
    ),
    Report(
        source="https://github.com/yandex-research/rtdl/issues/20",
        kind=5,
        setup=("logits = torch.tensor([0.4, -1.2, 0.9])\ny = pd.Series([1.0, 0.0, 1.0])"),
        call="F.binary_cross_entropy_with_logits(logits, y)",
        refused=True,
        message="'int' object is not callable",
        cause="The target is a pandas Series; it has to be a tensor.",
        arguments=("target",),
        words=("tensor|Series",),
        fixes=(
            Fix(
                (
                    "F.binary_cross_entropy_with_logits(logits, torch.tensor(y.values, "
                    "dtype=torch.float32))"
                ),
                0.3724838495,
            ),
            Fix(
                (
                    "F.binary_cross_entropy_with_logits(logits, "
                    "torch.from_numpy(y.to_numpy()).float())"
                ),
                0.3724838495,
            ),
        ),
    ),
    Report(
        source=("https://github.com/geyuying/PF-AFN/blob/main/PF-AFN_train/train_PFAFN_stage1.py"),
        kind=5,
        setup=(
            "criterionL2 = nn.MSELoss('sum')\n"
            "flow = torch.tensor([[1.0, 3.0], [0.0, 2.0]])\n"
            "flow_target = torch.zeros(2, 2)"
        ),
        call="criterionL2(flow, flow_target)",
        value=3.5,
        cause=(
            "MSELoss's first argument is the deprecated size_average, so 'sum' counts "
            "as True and the mean is returned; write reduction='sum'."
        ),
        arguments=(
            "size_average",
            "reduction",
        ),
        words=("size_average|reduction=|keyword|first argument|mean",),
        fixes=(Fix("nn.MSELoss(reduction='sum')(flow, flow_target)", 14.0),),
    ),
    Report(
        source="https://github.com/Lightning-AI/pytorch-lightning/pull/137",
        kind=5,
        setup=("y_hat = torch.tensor([[0.5, -0.5], [1.0, 2.0]])\ny = torch.tensor([0, 1])"),
        call="F.cross_entropy(y_hat, y)(y_hat, y)",
        refused=True,
        message="'Tensor' object is not callable",
        cause=(
            "F.cross_entropy already returns the loss, a tensor, which is then called "
            "again: the second pair of parentheses is too much."
        ),
        words=("tensor|already|function|call",),
        fixes=(Fix("F.cross_entropy(y_hat, y)", 0.313261658),),
        beyond=True,
    ),
    # 6. Non-finite.
    Report(
        source=(
            "https://whosebug.com/question/6301115/Weird-behaviour-of-loss-function-in-pytorch"
        ),
        kind=6,
        setup=(
            "eta = 0.5\n"
            "output = torch.tensor([[-50.0, 50.0]])\n"
            "target = torch.tensor([0])\n"
            "def criterion(output, target):\n"
            "    return torch.exp(F.cross_entropy(output, target) / eta)"
        ),
        call="criterion(output, target)",
        value=inf,
        cause=("exp of the cross-entropy over eta overflows: exp(200) is larger than any float32."),
        words=("exp|overflow",),
    ),
    Report(
        source="https://github.com/harvardnlp/annotated-transformer/issues/39",
        kind=6,
        setup=(
            "predict = torch.tensor([[0.0, 0.2, 0.7, 0.1, 0.0]])\n"
            "true_dist = torch.tensor([[0.0, 0.1333, 0.6, 0.1333, 0.1333]])\n"
            'criterion = nn.KLDivLoss(reduction="sum")'
        ),
        call="criterion(predict.log(), true_dist)",
        value=nan,
        cause=(
            "The log of a probability of 0 is -inf: infinite where the target is "
            "positive, 0 times inf = nan where it is 0."
        ),
        arguments=("input",),
        words=("log.*0|-inf",),
        fixes=(Fix("criterion(predict.clamp(min=1e-9).log(), true_dist)", 2.385534048),),
        beyond=True,
    ),
    Report(
        source="https://github.com/google-deepmind/optax/issues/896",
        kind=6,
        setup=(
            "logits = torch.tensor([[-torch.inf, 0.0, 1.0]])\n"
            "labels = torch.tensor([[0.0, 0.4, 0.6]])"
        ),
        call="F.cross_entropy(logits, labels)",
        value=nan,
        cause="A logit of -inf times a target probability of 0 is nan: 0 times inf.",
        arguments=("input",),
        words=("-inf|inf.*0|0.*inf",),
        fixes=(Fix("F.cross_entropy(logits.clamp(min=-1e4), labels)", 0.7132616639),),
    ),
    Report(
        source="https://github.com/sooftware/kospeech/issues/37",
        kind=6,
        setup=(
            "pred = torch.tensor([[0.5, 1.0, -0.3], [torch.nan, 0.2, 0.1], [0.0, 0.4, "
            "0.8]])\n"
            "target = torch.tensor([1, 0, 2])"
        ),
        call="nn.CrossEntropyLoss(ignore_index=0, label_smoothing=0.1)(pred, target)",
        value=0.7410116792,
        cause="A nan came in with the input, in a row whose target is ignored.",
        arguments=("input",),
        words=("nan",),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/184030",
        kind=6,
        setup=("input = torch.tensor([0.5, -0.8, 1.5])\ntarget = torch.tensor([1.0, 0.0, 2.0])"),
        call="nn.PoissonNLLLoss(log_input=False)(input, target)",
        value=nan,
        cause=(
            "With log_input=False the input is a rate, and the logarithm of a negative rate is nan."
        ),
        arguments=("input",),
        words=("negative|rate|log_input",),
        fixes=(
            Fix("nn.PoissonNLLLoss()(input, target)", 1.026579738),
            Fix("nn.PoissonNLLLoss(log_input=False)(F.softplus(input), target)", 0.6699790955),
        ),
    ),
    Report(
        source="https://github.com/tenstorrent/tt-forge-onnx/issues/3405",
        kind=6,
        setup=(
            "predictions = torch.tensor([[10.0, 0.0, -100.0], [2.0, 1.0, 0.5]])\n"
            "labels = torch.tensor([2, 0])"
        ),
        call="F.nll_loss(predictions.softmax(dim=-1).log(), labels)",
        value=inf,
        cause=(
            "softmax underflows to 0 for a logit of -100, and log(0) is -inf; "
            "log_softmax or cross_entropy keeps the digits."
        ),
        arguments=("input",),
        words=("log_softmax|cross_entropy|log.*0|underflow|-inf",),
        fixes=(
            Fix("F.cross_entropy(predictions, labels)", 55.23220825),
            Fix("F.nll_loss(predictions.log_softmax(dim=-1), labels)", 55.23220825),
        ),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/50224",
        kind=6,
        setup=("logits = torch.zeros(0, 10)\nlabels = torch.zeros(0, dtype=torch.long)"),
        call="F.cross_entropy(logits, labels, reduction='mean')",
        value=nan,
        cause="The batch is empty, and the mean of nothing is 0/0 = nan.",
        words=("empty|no (rows|samples|elements)|0/0|nothing",),
        fixes=(Fix("F.cross_entropy(logits, labels, reduction='sum')", 0.0),),
    ),
    Report(
        source="https://github.com/choosehappy/PatchSorter/issues/28",
        kind=6,
        setup=(
            "pred_class = torch.tensor([[0.3, -0.1], [0.8, 0.4], [0.0, 1.0]])\n"
            "gt = torch.tensor([-1, -1, -1])\n"
            "criterion_pred = nn.CrossEntropyLoss(ignore_index=-1)\n"
            "def class_loss(pred_class, gt):\n"
            "    return 10 * criterion_pred(pred_class, gt)"
        ),
        call="class_loss(pred_class, gt)",
        value=nan,
        cause="Every label is the ignore_index -1, so nothing is left to average: 0/0.",
        arguments=("target",),
        words=("ignor|0/0|nothing",),
        fixes=(
            Fix(
                (
                    "10 * F.cross_entropy(pred_class, gt, ignore_index=-1, reduction='sum') / "
                    "(gt != -1).sum().clamp(min=1)"
                ),
                0.0,
            ),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/51912",
        kind=6,
        setup=("x1 = torch.tensor([[2.0775e38, 3.0262e38]])\nx2 = torch.tensor([[1.0, 1.0]])"),
        call="nn.CosineEmbeddingLoss()(x1, x2, torch.tensor([1.0]))",
        value=nan,
        cause=(
            "The squares of 2e38 overflow float32, so the cosine is inf/inf; normalise "
            "the vectors or use float64."
        ),
        arguments=("input",),
        words=("overflow|square|too large|float64|double",),
        fixes=(
            Fix(
                "nn.CosineEmbeddingLoss()(x1.double(), x2.double(), torch.tensor([1.0]))",
                0.01684136291,
            ),
            Fix("nn.CosineEmbeddingLoss()(x1 / x1.amax(), x2, torch.tensor([1.0]))", 0.01684135199),
        ),
    ),
    Report(
        source="https://github.com/ypwhs/captcha_break/issues/29",
        kind=6,
        setup=(
            "log_probs = torch.tensor([[0.1, 0.9, 0.3], [0.5, 0.2, 0.8], [0.0, 0.4, "
            "0.6], [0.7, 0.1, 0.2]]).log_softmax(-1).unsqueeze(1)\n"
            "targets = torch.tensor([[1, 2, 1, 2, 1, 2]])"
        ),
        call="nn.CTCLoss()(log_probs, targets, torch.tensor([4]), torch.tensor([6]))",
        value=inf,
        cause=(
            "Six labels cannot be written in four frames: no path exists, the "
            "likelihood is 0 and the loss inf."
        ),
        arguments=(
            "input_lengths",
            "target_lengths",
        ),
        words=("frames|path|too (short|long|few)|longer than|at least",),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/81459",
        kind=6,
        setup=("log_probs = torch.full((3, 1, 4), 0.25).log()\ntargets = torch.tensor([[2]])"),
        call="F.ctc_loss(log_probs, targets, torch.tensor([0]), torch.tensor([1]))",
        value=inf,
        cause=(
            "The input length is 0, and one label cannot be written in no frames: the "
            "likelihood is 0 and the loss inf."
        ),
        arguments=(
            "input_lengths",
            "target_lengths",
        ),
        words=("frames|input.?length|length.*0|too short|no path",),
    ),
    Report(
        source="https://github.com/huggingface/transformers/issues/3711",
        kind=6,
        setup=(
            "logits = torch.tensor([[[0.2, 0.5, -0.1]]])\n"
            "labels = torch.tensor([[0]])\n"
            "shift_logits = logits[..., :-1, :]\n"
            "shift_labels = labels[..., 1:]"
        ),
        call="nn.CrossEntropyLoss()(shift_logits.view(-1, 3), shift_labels.view(-1))",
        value=nan,
        cause=(
            "After the shift by one a sequence of one token leaves nothing to predict: "
            "the mean of no rows is nan."
        ),
        words=("empty|no (rows|samples|elements|tokens)|nothing|0/0",),
    ),
    Report(
        source=(
            "https://discuss.pytorch.org/t/only-batches-of-spatial-targets-supported-non-empty-3d-tensors-but-got-targets-of-size-1-1-256-256/49134?page=3"
        ),
        kind=6,
        setup=(
            "class LogNLLLoss(nn.Module):\n"
            "    def forward(self, y_input, y_target):\n"
            "        return F.cross_entropy(torch.log(y_input), y_target)\n"
            "output = torch.tensor([[[[0.5, 1.2]], [[-0.4, 0.8]]]])\n"
            "mask = torch.tensor([[[0, 1]]])\n"
            "criterion = LogNLLLoss()"
        ),
        call="criterion(output, mask)",
        value=nan,
        cause=(
            "The logarithm of raw logits was taken, and the log of a negative logit is "
            "nan; cross_entropy wants the logits themselves."
        ),
        arguments=("input",),
        words=("nan",),
        fixes=(Fix("F.cross_entropy(output, mask)", 0.6270846128),),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/tutorials/pull/2045",
        kind=6,
        setup=(
            "x = torch.tensor([[1.0, 0.5, 0.2], [-torch.inf, -torch.inf, -torch.inf], "
            "[0.3, -torch.inf, 0.1]])\n"
            "target = torch.tensor([0, 1, 2])"
        ),
        call="F.cross_entropy(x, target)",
        value=nan,
        cause=(
            "All classes of the second row are masked with -inf: the softmax of "
            "nothing is 0/0 = nan."
        ),
        arguments=("input",),
        words=("-inf|mask",),
    ),
    Report(
        source="https://github.com/webis-de/small-text/issues/39",
        kind=6,
        setup=(
            "logits = torch.tensor([[0.5, -0.2], [1.0, 0.3]])\n"
            "target = torch.tensor([[1.0, 1.0], [0.0, 1.0]])\n"
            "class_weights = torch.tensor([1.0, torch.nan])"
        ),
        call="F.binary_cross_entropy_with_logits(logits, target, pos_weight=class_weights)",
        value=nan,
        cause=("A class weight is nan: it was computed from labels that all came from one class."),
        arguments=("pos_weight",),
        words=("nan",),
    ),
    Report(
        source="https://github.com/KevinMusgrave/pytorch-metric-learning/issues/107",
        kind=6,
        setup=(
            "embeddings = torch.tensor([[0.2, 0.9], [0.8, 0.1], [0.5, 0.5]])\n"
            "hard = torch.tensor([False, False, False])"
        ),
        call="F.triplet_margin_loss(embeddings[hard], embeddings[hard], embeddings[hard])",
        value=nan,
        cause="No triplet was selected: the mean of an empty batch is nan.",
        words=("empty|no (rows|samples|elements|triplet)|nothing|0/0",),
        fixes=(
            Fix(
                (
                    "F.triplet_margin_loss(embeddings[hard], embeddings[hard], "
                    "embeddings[hard], reduction='sum')"
                ),
                0.0,
            ),
        ),
    ),
    Report(
        source="https://github.com/chemprop/chemprop/pull/1303",
        kind=6,
        setup=(
            "preds = torch.tensor([[1.0, 2.0], [3.0, 4.0]])\n"
            "targets = torch.tensor([[1.0, torch.nan], [5.0, 6.0]])"
        ),
        call="nn.MSELoss()(preds, targets)",
        value=nan,
        cause=(
            "The target holds a nan, a missing measurement; leave such elements out "
            "before the loss."
        ),
        arguments=("target",),
        words=("nan",),
        fixes=(
            Fix("nn.MSELoss()(preds[~targets.isnan()], targets[~targets.isnan()])", 2.666666746),
        ),
    ),
    # 7. Precision.
    Report(
        source="https://github.com/pytorch/pytorch/issues/24933",
        kind=7,
        setup=("logits = torch.tensor([20.0, -3.0])\ntarget = torch.tensor([0.0, 0.0])"),
        call="nn.BCELoss()(torch.sigmoid(logits), target)",
        value=50.02429199,
        cause=(
            "sigmoid(20) rounds to 1 in float32, so the log of 1 - p is cut off at "
            "-100: the first item costs 100 instead of 20."
        ),
        arguments=("input",),
        words=("round|100|clamp|BCEWithLogits|saturat",),
        fixes=(Fix("nn.BCEWithLogitsLoss()(logits, target)", 10.0242939),),
        beyond=True,
    ),
    Report(
        source="https://github.com/chainer/chainer/issues/6702",
        kind=7,
        setup=(
            "a = torch.full((128, 1, 16, 16), 2.0).half()\n"
            "b = torch.full((128, 1, 16, 16), -2.0).half()"
        ),
        call="F.l1_loss(a, b, reduction='sum')",
        value=inf,
        cause="The differences add up to 131072, beyond the largest float16 number, 65504.",
        words=("65504|overflow|float16|half",),
        fixes=(Fix("F.l1_loss(a.float(), b.float(), reduction='sum')", 131072.0),),
    ),
    Report(
        source="https://github.com/google-deepmind/optax/issues/1020",
        kind=7,
        setup=(
            "logits = torch.tensor([[7.3, -1.0, 0.2, 3.1], [0.1, 5.6, 2.2, "
            "-3.0]]).bfloat16()\n"
            "labels = torch.tensor([3, 1])"
        ),
        call="F.cross_entropy(logits, labels, reduction='none')",
        value=[4.21875, 0.03833007812],
        cause=(
            "The logits are bfloat16, so the losses are rounded to 8 significant bits; "
            "cast the logits to float32 before the loss."
        ),
        arguments=("input",),
        words=("bfloat16|round|float32|\\.float\\(\\)|precision|digits",),
        fixes=(
            Fix(
                "F.cross_entropy(logits.float(), labels, reduction='none')",
                [4.234404087, 0.03728199005],
            ),
        ),
    ),
    Report(
        source="https://github.com/Modalities/modalities/pull/464",
        kind=7,
        setup=(
            "shift_logits = torch.tensor([[[40.3, 3.9, 0.2, 3.1]]]).bfloat16()\n"
            "shift_labels = torch.tensor([[1]])"
        ),
        call="nn.CrossEntropyLoss()(shift_logits.view(-1, 4), shift_labels.view(-1))",
        value=36.25,
        cause=(
            "The loss is bfloat16, whose grid is 0.25 wide near 36; cast the logits to float32."
        ),
        arguments=("input",),
        words=("bfloat16|round|float32|\\.float\\(\\)|precision|0\\.25|step",),
        fixes=(
            Fix(
                "nn.CrossEntropyLoss()(shift_logits.float().view(-1, 4), shift_labels.view(-1))",
                36.34375,
            ),
        ),
    ),
    Report(
        source="https://github.com/huggingface/sentence-transformers/pull/3893",
        kind=7,
        setup=(
            "logits = torch.tensor([7.0, -2.0]).bfloat16()\n"
            "labels = torch.tensor([0.0, 1.0]).bfloat16()"
        ),
        call="nn.BCELoss()(logits.sigmoid(), labels)",
        value=51.0,
        cause=(
            "The sigmoid was taken in bfloat16, where it rounds to exactly 1 at 7, so "
            "that log(1 - p) is cut off at -100."
        ),
        arguments=("input",),
        words=("bfloat16|round|saturat|100|clamp|BCEWithLogits",),
        fixes=(
            Fix("nn.BCEWithLogitsLoss()(logits.float(), labels.float())", 4.563919544),
            Fix("nn.BCELoss()(logits.float().sigmoid(), labels.float())", 4.563949108),
        ),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/195529",
        kind=7,
        setup="x = torch.tensor(-40.0, dtype=torch.float64)",
        call="F.binary_cross_entropy_with_logits(x, torch.zeros_like(x))",
        value=0.0,
        cause=(
            "The exact value is 4.2e-18; it falls below the rounding of float64 "
            "against 1 inside the formula, so torch returns 0."
        ),
        words=("round|digits|precision|tail|cancel|too small|4\\.2",),
        healthy=True,
    ),
    Report(
        source="https://github.com/soumith/ganhacks/issues/36",
        kind=7,
        setup=("d_logits = torch.tensor([25.0, 30.0, 40.0])\nreal = torch.ones(3)"),
        call="nn.BCELoss()(torch.sigmoid(d_logits), real)",
        value=0.0,
        cause=(
            "The sigmoid rounds to exactly 1 in float32, so the loss and its gradient "
            "are exactly 0; BCEWithLogitsLoss on the logits keeps the digits."
        ),
        arguments=("input",),
        words=("round|saturat|exactly 1|BCEWithLogits|digits",),
        fixes=(Fix("nn.BCEWithLogitsLoss()(d_logits, real)", 4.660508091e-12),),
        beyond=True,
    ),
    Report(
        source="https://github.com/kornia/kornia/issues/4657",
        kind=7,
        setup=(
            "logits = torch.linspace(0.0, 2.0, 260).repeat(2, 1)\n"
            "labels = torch.tensor([257, 12])\n"
            "lab = labels.bfloat16()"
        ),
        call="F.cross_entropy(logits, lab)",
        refused=True,
        message="expected target dtype to be Long or Byte, but got BFloat16",
        cause=(
            "The labels were stored as bfloat16, which rounds 257 to 256: casting them "
            "back to int64 gives a wrong class, so the integer labels have to be kept."
        ),
        arguments=("target",),
        words=("round|above 256|precision|bfloat16",),
        fixes=(Fix("F.cross_entropy(logits, labels)", 5.684719086),),
        beyond=True,
    ),
    Report(
        source="https://github.com/fastino-ai/GLiNER2/pull/155",
        kind=7,
        setup=(
            "probabilities = torch.tensor([1.0, 0.25]).half()\n"
            "target = torch.tensor([0.0, 0.0]).half()"
        ),
        call="nn.BCELoss()(probabilities.clamp(1e-6, 1 - 1e-6), target)",
        value=50.15625,
        cause=(
            "1 - 1e-6 rounds to 1 in float16, so the clamp does nothing and log(1 - p) "
            "is cut off at -100; clamp in float32."
        ),
        arguments=("input",),
        words=("round|float16|half|clamp|100|float32",),
        fixes=(
            Fix(
                "nn.BCELoss()(probabilities.float().clamp(1e-6, 1 - 1e-6), target.float())",
                7.045000076,
            ),
        ),
        beyond=True,
    ),
    Report(
        source="https://github.com/ProGamerGov/neural-style-pt/issues/97",
        kind=7,
        setup=(
            "features = torch.tensor([[200.0, 180.0], [150.0, 190.0]]).half()\n"
            "style = torch.tensor([[210.0, 170.0], [160.0, 185.0]]).half()\n"
            "def gram(x):\n"
            "    return x @ x.T"
        ),
        call="F.mse_loss(gram(features), gram(style))",
        value=nan,
        cause=(
            "The Gram matrices overflow float16 (65504), and inf - inf is nan; compute "
            "them in float32."
        ),
        arguments=("input",),
        words=("inf|overflow|65504|float16",),
        fixes=(Fix("F.mse_loss(gram(features.float()), gram(style.float()))", 826406.25),),
        beyond=True,
    ),
    Report(
        source="https://github.com/MinishLab/model2vec/pull/369",
        kind=7,
        setup=("a = torch.tensor([[1e-4, 2e-4]]).half()\nb = torch.tensor([[2e-4, 1e-4]]).half()"),
        call="nn.CosineEmbeddingLoss()(a, b, torch.tensor([1.0]))",
        value=nan,
        cause=(
            "The squares of 1e-4 underflow in float16, so the lengths and the cosine "
            "are lost; cast to float32."
        ),
        arguments=("input",),
        words=("underflow|float16|half|too small|float32",),
        fixes=(
            Fix(
                "nn.CosineEmbeddingLoss()(a.float(), b.float(), torch.tensor([1.0]))", 0.2000159621
            ),
        ),
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/103316",
        kind=7,
        setup="x = torch.tensor([-120.0, -10.0, 0.0, 5.0])",
        call="F.binary_cross_entropy(x.sigmoid(), torch.ones_like(x))",
        value=27.67497635,
        cause=(
            "sigmoid(-120) underflows to 0 in float32, so its loss is cut off at 100 "
            "instead of 120; take the logits with BCEWithLogitsLoss."
        ),
        arguments=("input",),
        words=("underflow|100|clamp|with_?logits|saturat",),
        fixes=(Fix("F.binary_cross_entropy_with_logits(x, torch.ones_like(x))", 32.67497635),),
        beyond=True,
    ),
    # 8. Degenerate.
    Report(
        source="https://github.com/huggingface/transformers/pull/20279",
        kind=8,
        setup=(
            "logits = torch.tensor([[[[0.7, -1.2], [3.0, 0.1]]]])\n"
            "labels = torch.tensor([[[255, 0], [0, 255]]])"
        ),
        call="nn.CrossEntropyLoss(ignore_index=255)(logits, labels)",
        value=0.0,
        cause=(
            "There is a single class, and softmax over one class is always 1, so the "
            "loss is always 0; one output needs BCEWithLogitsLoss."
        ),
        arguments=("input",),
        words=(
            (
                "one (class|output|channel)|single (class|output|channel)|softmax over "
                "one|BCEWithLogits"
            ),
        ),
    ),
    Report(
        source="https://github.com/liuruijin17/LSTR/issues/50",
        kind=8,
        setup=(
            "src_logits = torch.tensor([[[-6.0, 7.0], [-5.0, 6.5], [-8.0, 8.0]]])\n"
            "target_classes = torch.full((1, 3), 1)\n"
            "empty_weight = torch.tensor([1.0, 1.0])"
        ),
        call="F.cross_entropy(src_logits.transpose(1, 2), target_classes, empty_weight)",
        value=4.172307399e-06,
        cause=(
            "Every query has the same class 1, so a constant answer brings the loss to "
            "0; the call itself is right."
        ),
        words=("same class|one class|class 1|constant",),
        healthy=True,
    ),
    Report(
        source="https://github.com/dewenzeng/positional_cl/issues/5",
        kind=8,
        setup=(
            "features = F.normalize(torch.ones(4, 8), dim=1)\n"
            "logits = features @ features.T / 0.1\n"
            "labels = torch.arange(4)"
        ),
        call="F.cross_entropy(logits, labels)",
        value=1.386294365,
        cause=(
            "All embeddings are the same, so all similarities are equal and the loss "
            "is log 4: the encoder has collapsed."
        ),
        words=("log ?\\(?4|ln ?\\(?4|equal|same|constant|collaps|1\\.386",),
        healthy=True,
    ),
    Report(
        source="https://github.com/jiecaoyu/pytorch-nin-cifar10/issues/1",
        kind=8,
        setup=("output = torch.full((3, 10), 0.37)\ntarget = torch.tensor([3, 8, 0])"),
        call="nn.CrossEntropyLoss()(output, target)",
        value=2.302585125,
        cause=(
            "All scores of a row are equal, so the loss is log 10 = 2.3026: the model "
            "answers the same for every class."
        ),
        words=("log ?\\(?10|ln ?\\(?10|equal|same|constant|uniform|2\\.30",),
        healthy=True,
    ),
    Report(
        source=(
            "https://discuss.pytorch.org/t/bce-loss-stuck-at-0-693-in-the-beginnng-of-training-and-then-started-to-decrease-why/183958"
        ),
        kind=8,
        setup=(
            "prob = torch.sigmoid(torch.zeros(6))\n"
            "label = torch.tensor([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])"
        ),
        call="nn.BCELoss()(prob, label)",
        value=0.6931471825,
        cause="Every prediction is 0.5, so the loss is log 2 = 0.693 whatever the labels are.",
        words=("log ?\\(?2|ln ?\\(?2|0\\.5|0\\.693|constant|same",),
        healthy=True,
    ),
    Report(
        source="https://github.com/xiaolonw/caffe-video_triplet/issues/8",
        kind=8,
        setup=(
            "anchor = torch.full((3, 4), 0.5)\n"
            "positive = torch.full((3, 4), 0.5)\n"
            "negative = torch.full((3, 4), 0.5)"
        ),
        call="nn.TripletMarginLoss(margin=0.2)(anchor, positive, negative)",
        value=0.200000003,
        cause=(
            "All embeddings are the same point, so both distances are 0 and the loss "
            "equals the margin: the network has collapsed."
        ),
        words=("margin|collaps|same|equal|identical",),
        healthy=True,
    ),
    Report(
        source="https://github.com/VisualComputingInstitute/triplet-reid/issues/30",
        kind=8,
        setup=("dist_ap = torch.zeros(4)\ndist_an = torch.zeros(4)\ny = torch.ones(4)"),
        call="nn.SoftMarginLoss()(dist_an - dist_ap, y)",
        value=0.6931471825,
        cause=(
            "All distances are 0, so the soft margin is log(1 + exp(0)) = 0.693 for "
            "every triplet: the embeddings have collapsed to one point."
        ),
        words=("log ?\\(?2|ln ?\\(?2|0\\.693|zero|constant|collaps|equal",),
        healthy=True,
    ),
    Report(
        source="https://github.com/KevinMusgrave/pytorch-metric-learning/issues/268",
        kind=8,
        setup=(
            "anchor = torch.tensor([[0.0, 0.0], [1.0, 1.0]])\n"
            "positive = torch.tensor([[0.1, 0.0], [1.0, 0.8]])\n"
            "negative = torch.tensor([[3.0, 1.0], [-2.0, 1.0]])"
        ),
        call="nn.TripletMarginLoss(margin=0.5)(anchor, positive, negative)",
        value=0.0,
        cause=(
            "Every triplet satisfies the margin already, so the loss is 0 and nothing "
            "is learnt from this batch."
        ),
        words=("margin|satisf",),
        healthy=True,
    ),
    Report(
        source="https://github.com/WeiTang114/MVCNN-TensorFlow/issues/14",
        kind=8,
        setup=(
            "fc8 = torch.tensor([[-0.7, -1.2, -0.1], [-2.0, -0.4, -0.9]])\n"
            "logits = torch.relu(fc8)\n"
            "labels = torch.tensor([2, 1])"
        ),
        call="F.cross_entropy(logits, labels)",
        value=1.098612309,
        cause=(
            "A ReLU after the last layer made zeros of all scores, so the loss is log "
            "3 and class 0 is always predicted."
        ),
        words=("zero|equal|same|constant|relu|log ?\\(?3|1\\.0986",),
        healthy=True,
    ),
    Report(
        source="https://github.com/jiawei-ren/BalancedMSE/issues/19",
        kind=8,
        setup=(
            "pred = torch.tensor([[0.7]])\n"
            "target = torch.tensor([[1.9]])\n"
            "logits = -(pred - target.T) ** 2 / 2"
        ),
        call="F.cross_entropy(logits, torch.arange(pred.shape[0]))",
        value=0.0,
        cause=(
            "The batch holds one sample, so there is one class, its softmax is 1 and "
            "the loss 0: contrastive losses need at least two samples."
        ),
        words=("one (class|sample|column)|single|softmax|batch",),
        healthy=True,
    ),
    # 9. Reductions and weights.
    Report(
        source="https://github.com/pytorch/pytorch/issues/10697",
        kind=9,
        setup=("x = torch.full((4, 5), 2.0)\ny = torch.zeros(4, 5)"),
        call="F.mse_loss(x, y, reduction='elementwise_mean')",
        value=4.0,
        cause=(
            "'elementwise_mean' is the old name of 'mean'; the value is the mean over all elements."
        ),
        words=("mean|elementwise|deprecat",),
        healthy=True,
    ),
    Report(
        source=(
            "https://discuss.pytorch.org/t/weird-reduction-behavior-of-crossentropyloss-weights/73623"
        ),
        kind=9,
        setup=(
            "output = torch.tensor([[1.2, 0.3], [0.8, 0.1], [2.0, -0.5], [0.4, 0.9]])\n"
            "target = torch.tensor([0, 0, 0, 1])"
        ),
        call="nn.CrossEntropyLoss(weight=torch.tensor([1.0, 55.0]))(output, target)",
        value=0.4637493789,
        cause=(
            "With weights the mean divides by the sum of the samples' weights (58), "
            "not by the number of samples (4)."
        ),
        words=("sum of.*weights|58|weighted (mean|average)",),
        healthy=True,
    ),
    Report(
        source="https://github.com/bubbliiiing/segformer-pytorch/issues/6",
        kind=9,
        setup=(
            "weights = torch.tensor([1.0, 3.0])\n"
            "outputs = torch.tensor([[0.5], [-1.0], [2.0]])\n"
            "png = torch.tensor([[1.0], [0.0], [1.0]])"
        ),
        call="nn.BCEWithLogitsLoss(weight=weights)(outputs, png)",
        refused=True,
        message="output with shape [3, 1] doesn't match the broadcast shape [3, 2]",
        cause=(
            "Two class weights were given, but there is one output column; `weight` "
            "scales elements, and a weight for the positive class is `pos_weight`."
        ),
        arguments=("weight",),
        words=("pos_weight|one (output|column)|weight.*(shape|size|broadcast|\\(2,?\\))",),
        fixes=(
            Fix("nn.BCEWithLogitsLoss(pos_weight=weights[1])(outputs, png)", 0.7054255605),
            Fix(
                (
                    "F.binary_cross_entropy_with_logits(outputs, png, weight=torch.where(png "
                    "== 1, 3.0, 1.0))"
                ),
                0.7054255605,
            ),
        ),
        beyond=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/19838",
        kind=9,
        setup=(
            "log_probs = torch.tensor([[[0.5, 0.1, 1.0], [1.0, 0.2, 0.3]], [[0.2, 2.0, "
            "0.1], [0.0, 0.4, 0.9]], [[0.3, 0.3, 0.3], [1.5, 0.1, "
            "0.2]]]).log_softmax(-1)\n"
            "targets = torch.tensor([[2, 1], [2, 0]])"
        ),
        call=(
            "nn.CTCLoss(reduction='mean')(log_probs, targets, torch.tensor([3, 3]), "
            "torch.tensor([2, 1]))"
        ),
        value=0.7922184467,
        cause=(
            "'mean' divides each loss by its target's length before it averages over "
            "the batch, so it is not the mean of 'none'."
        ),
        words=("target.*length|divid|per label",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/69016",
        kind=9,
        setup=(
            "log_probs = torch.full((10, 1, 5), 0.2).log_softmax(2)\n"
            "target = torch.tensor([[3, 1, 4, 2]])"
        ),
        call="torch.nn.CTCLoss()(log_probs, target, torch.tensor([10]), torch.tensor([4]))",
        value=2.021753311,
        cause=(
            "The default 'mean' divides by the target's length, 4; with "
            "reduction='sum' one sees the whole negative log-likelihood."
        ),
        words=("target.*length|divid|per label",),
        healthy=True,
    ),
    Report(
        source="https://github.com/meijieru/crnn.pytorch/issues/232",
        kind=9,
        setup=(
            "preds = torch.full((4, 2, 3), 1 / 3).log()\n"
            "text = torch.tensor([1, 2, 2])\n"
            "preds_size = torch.tensor([4, 4])\n"
            "length = torch.tensor([2, 1])\n"
            "criterion = nn.CTCLoss()\n"
            "def cost(preds, text, preds_size, length):\n"
            "    return criterion(preds, text, preds_size, length) / 2"
        ),
        call="cost(preds, text, preds_size, length)",
        value=0.7337659001,
        cause=(
            "CTCLoss averages over the batch already (reduction='mean'), so the "
            "division by the batch size divides a second time."
        ),
        words=("mean|averag|divid|twice|half|/ ?2|0\\.5",),
        fixes=(
            Fix("criterion(preds, text, preds_size, length)", 1.4675318),
            Fix("nn.CTCLoss(reduction='sum')(preds, text, preds_size, length) / 2", 1.889131546),
        ),
        beyond=True,
    ),
    Report(
        source="https://github.com/lucidrains/parti-pytorch/issues/8",
        kind=9,
        setup=(
            "logits = torch.tensor([[0.2, 1.4, 0.1], [1.1, 0.0, 0.3], [0.4, 0.3, 0.9], "
            "[0.8, 0.1, 0.2]])\n"
            "labels = torch.tensor([1, 0, 2, 0])"
        ),
        call="F.cross_entropy(logits, labels, ignore_index=0)",
        value=0.6106978059,
        cause=(
            "ignore_index=0 leaves out every label of class 0, half of the batch here, "
            "though code 0 is a real class of the codebook."
        ),
        words=("ignor",),
        healthy=True,
    ),
    Report(
        source="https://github.com/yuanli2333/Teacher-free-Knowledge-Distillation/issues/41",
        kind=9,
        setup=(
            "alpha, T = 0.9, 4.0\n"
            "outputs = torch.tensor([[2.0, 0.5, -1.0], [0.1, 0.9, 0.3]])\n"
            "teacher_outputs = torch.tensor([[3.0, 0.0, -2.0], [0.0, 2.0, 0.5]])\n"
            "labels = torch.tensor([0, 1])\n"
            "def loss_kd(outputs, labels, teacher_outputs):\n"
            "    loss_ce = F.cross_entropy(outputs, labels)\n"
            "    d_kl = nn.KLDivLoss()(F.log_softmax(outputs / T, dim=1), "
            "F.softmax(teacher_outputs / T, dim=1)) * (T * T)\n"
            "    return (1 - alpha) * loss_ce + alpha * d_kl"
        ),
        call="loss_kd(outputs, labels, teacher_outputs)",
        value=0.1229173541,
        cause=(
            "KLDivLoss's default 'mean' divides by all elements, classes included; "
            "'batchmean' gives the divergence per sample."
        ),
        arguments=("reduction",),
        words=("batchmean",),
        fixes=(
            Fix(
                (
                    "(1 - alpha) * F.cross_entropy(outputs, labels) + alpha * T * T * "
                    "F.kl_div(F.log_softmax(outputs / T, dim=1), F.softmax(teacher_outputs / "
                    "T, dim=1), reduction='batchmean')"
                ),
                0.2753992081,
            ),
            Fix(
                (
                    "F.kl_div(F.log_softmax(outputs / T, dim=1), F.softmax(teacher_outputs / "
                    "T, dim=1), reduction='batchmean')"
                ),
                0.0158835277,
            ),
        ),
    ),
    Report(
        source="https://github.com/huggingface/transformers/issues/1181",
        kind=9,
        setup=(
            "student_logits = torch.tensor([[[1.0, 0.0], [0.5, 0.2], [0.3, 0.9]], "
            "[[0.1, 0.4], [2.0, 1.0], [0.6, 0.6]]])\n"
            "teacher_logits = torch.tensor([[[0.8, 0.3], [0.1, 0.7], [0.0, 1.0]], "
            "[[0.5, 0.5], [1.5, 1.1], [0.9, 0.2]]])\n"
            'loss_fn = nn.KLDivLoss(reduction="batchmean")'
        ),
        call=("loss_fn(F.log_softmax(student_logits, dim=-1), F.softmax(teacher_logits, dim=-1))"),
        value=0.1262485385,
        cause=(
            "'batchmean' divides by the first axis only, so on (batch, time, classes) "
            "the loss grows with the number of time steps."
        ),
        words=("first axis|batch|divid|time",),
        healthy=True,
    ),
    Report(
        source="https://github.com/automl/Auto-PyTorch/pull/263",
        kind=9,
        setup=(
            "y = torch.tensor([1.0, 0.0, 0.0, 0.0])\n"
            "counts_one = y.sum()\n"
            "counts_zero = counts_one - y.shape[0]\n"
            "logits = torch.tensor([2.0, -1.0, 0.5, -0.3])"
        ),
        call=("F.binary_cross_entropy_with_logits(logits, y, pos_weight=counts_zero / counts_one)"),
        value=0.3652274609,
        cause=(
            "The positive weight is negative (-3), so positives are rewarded for being "
            "wrong and the loss has no lower bound."
        ),
        arguments=("pos_weight",),
        words=("negative|-3",),
        fixes=(
            Fix(
                (
                    "F.binary_cross_entropy_with_logits(logits, y, pos_weight=(y.shape[0] - "
                    "counts_one) / counts_one)"
                ),
                0.5556194782,
            ),
            Fix(
                (
                    "F.binary_cross_entropy_with_logits(logits, y, pos_weight=-counts_zero / "
                    "counts_one)"
                ),
                0.5556194782,
            ),
        ),
        beyond=True,
    ),
    Report(
        source="https://github.com/ispamm/MHyEEG/issues/3",
        kind=9,
        setup=(
            "outputs = torch.tensor([[0.05, -0.03, 0.0], [-0.11, -0.01, 0.01], [-0.1, "
            "0.08, 0.0], [-0.07, -0.02, -0.04]])\n"
            "labels = torch.tensor([2, 1, 2, 1])\n"
            "class_weights = torch.tensor([0.86, 1.2])"
        ),
        call="nn.CrossEntropyLoss(weight=class_weights)(outputs, labels)",
        refused=True,
        message=(
            "weight tensor should be defined either for all 3 classes or no classes "
            "but got weight tensor of shape: [2]"
        ),
        cause=(
            "There are two class weights for three outputs; one per class is needed, "
            "or a model with two outputs and labels from 0."
        ),
        arguments=("weight",),
        words=("3|three|per class",),
    ),
    Report(
        source="https://github.com/HikariTJU/LD/issues/74",
        kind=9,
        setup=(
            "T = 2.0\n"
            "pred = torch.tensor([[1.0, 0.2, -0.5, 0.3], [0.0, 0.8, 0.6, -1.0]])\n"
            "target = torch.tensor([[0.4, 0.3, 0.1, 0.2], [0.1, 0.5, 0.3, 0.1]])"
        ),
        call="F.kl_div(F.log_softmax(pred / T, dim=1), target)",
        value=0.01447043382,
        cause=(
            "The default 'mean' also divides by the number of classes, here 4; a "
            "divergence sums over the classes, as 'batchmean' does."
        ),
        arguments=("reduction",),
        words=("batchmean|classes|sum",),
        fixes=(
            Fix(
                "F.kl_div(F.log_softmax(pred / T, dim=1), target, reduction='batchmean')",
                0.05788173527,
            ),
        ),
    ),
    Report(
        source="https://github.com/facebookresearch/deit/issues/116",
        kind=9,
        setup=(
            "T = 3.0\n"
            "outputs_kd = torch.tensor([[2.0, 0.0, 1.0], [0.5, 0.7, -0.2]])\n"
            "teacher_outputs = torch.tensor([[1.5, 0.1, 0.9], [0.0, 1.2, 0.3]])"
        ),
        call=(
            "F.kl_div(F.log_softmax(outputs_kd / T, dim=1), "
            "F.log_softmax(teacher_outputs / T, dim=1), reduction='sum', "
            "log_target=True)"
        ),
        value=0.01518530399,
        cause=(
            "'sum' adds the divergences of all samples; both sides are logs and "
            "log_target=True says so, hence the call is right."
        ),
        words=("sum|log_target",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/134767",
        kind=9,
        setup=(
            "input = torch.tensor([[0.4, 0.8, 0.6], [0.3, 0.0, 0.5]])\n"
            "target = torch.tensor([1, 2])"
        ),
        call="nn.CrossEntropyLoss(label_smoothing=-3.0)(input, target)",
        value=0.8989204168,
        cause=(
            "label_smoothing has to lie between 0 and 1; a negative value is not "
            "refused but ignored, so nothing is smoothed."
        ),
        arguments=("label_smoothing",),
        words=("label_smoothing|smoothing|between 0",),
    ),
    Report(
        source="https://github.com/fastai/fastai/issues/1346",
        kind=9,
        setup=(
            "from functools import partial\n"
            "\n"
            "weights = torch.tensor([2.0, 0.5, 1.0])\n"
            "loss_func = partial(F.binary_cross_entropy_with_logits, "
            "pos_weight=weights)\n"
            "output = torch.tensor([[0.3, -0.8, 1.2], [-0.4, 0.9, 0.1]])\n"
            "target = torch.tensor([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]])"
        ),
        call="loss_func(output, target)",
        value=0.5285137296,
        cause=(
            "The call is right: pos_weight multiplies the terms of the positive "
            "targets of each label, and the mean divides by the number of elements, "
            "not by the weights."
        ),
        words=("pos_weight",),
        healthy=True,
    ),
    # 10. Right but surprising.
    Report(
        source="https://github.com/lllllllllllll-llll/nssadnn_iqa/issues/1",
        kind=10,
        setup=("output = torch.tensor(2.5)\ntarget = torch.tensor([4.0])"),
        call="nn.MSELoss()(output, target)",
        value=2.25,
        cause=(
            "The shapes () and (1,) differ, but there is one number on either side, so "
            "broadcasting changes nothing."
        ),
        words=("broadcast|shape|one (number|element)",),
        healthy=True,
    ),
    Report(
        source=(
            "https://discuss.pytorch.org/t/pytorch-official-example-running-error-example/150213"
        ),
        kind=10,
        setup=(
            "input = torch.tensor([[0.4, 1.0, -0.5], [0.0, 0.3, 2.0]])\n"
            "target = torch.tensor([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8]])"
        ),
        call="nn.CrossEntropyLoss()(input, target)",
        value=0.894102931,
        cause=(
            "Class probabilities are a legal target since torch 1.10; the value is "
            "right and cannot fall below the target's entropy."
        ),
        words=("probabilit|soft|entropy",),
        healthy=True,
    ),
    Report(
        source=("https://runebook.dev/en/docs/pytorch/generated/torch.nn.functional.cross_entropy"),
        kind=10,
        setup=(
            "logits = torch.tensor([[1.0, 0.0, -1.0], [0.2, 0.1, 0.7]])\n"
            "labels_one_hot = torch.eye(3)[torch.tensor([0, 2])]"
        ),
        call="F.cross_entropy(logits, labels_one_hot)",
        value=0.5877777338,
        cause=(
            "A float one-hot target is read as class probabilities and gives the same "
            "value as class numbers."
        ),
        words=("probabilit|one-hot",),
        healthy=True,
    ),
    Report(
        source="https://github.com/dl4sits/breizhcrops/issues/35",
        kind=10,
        setup=(
            "logprobabilities = torch.tensor([[0.3, 1.5, -0.2], [2.0, 0.1, "
            "0.4]]).log_softmax(dim=-1)\n"
            "target = torch.tensor([1, 0])"
        ),
        call="nn.CrossEntropyLoss()(logprobabilities, target)",
        value=0.3479239941,
        cause=(
            "log_softmax before CrossEntropyLoss is superfluous but harmless: applied "
            "twice it changes nothing."
        ),
        words=("log_softmax|log-prob|NLL",),
        healthy=True,
    ),
    Report(
        source="https://github.com/Dao-AILab/flash-attention/issues/1930",
        kind=10,
        setup=(
            "row = torch.full((6,), -torch.inf)\n"
            "row[3] = 10.0\n"
            "logits = row.unsqueeze(0)\n"
            "labels = torch.tensor([3])"
        ),
        call="F.cross_entropy(logits, labels)",
        value=0.0,
        cause=(
            "Classes masked with -inf have probability 0; with the label as the only "
            "class left the loss is rightly 0."
        ),
        words=("-inf|mask|only class",),
        healthy=True,
    ),
    Report(
        source="https://github.com/jwchoi384/Gaussian_YOLOv3/issues/19",
        kind=10,
        setup=(
            "mu = torch.tensor([0.50, 0.25])\n"
            "target = torch.tensor([0.50, 0.26])\n"
            "var = torch.tensor([0.001, 0.002])"
        ),
        call="nn.GaussianNLLLoss()(mu, target, var)",
        value=-3.268090963,
        cause=(
            "A density may exceed 1, so its negative logarithm may be negative; small "
            "variances give that."
        ),
        words=("negative|densit",),
        healthy=True,
    ),
    Report(
        source="https://github.com/open-mmlab/mmocr/pull/1618",
        kind=10,
        setup=(
            "log_probs = torch.tensor([[1.0, 0.2, 0.1], [2.0, 0.3, "
            "0.0]]).log_softmax(-1).unsqueeze(1)\n"
            "targets = torch.zeros(1, 0, dtype=torch.long)"
        ),
        call="F.ctc_loss(log_probs, targets, torch.tensor([2]), torch.tensor([0]))",
        value=0.8944987059,
        cause="The target is empty, so the loss is that of a blank in every frame.",
        words=("empty|blank|no label",),
        healthy=True,
    ),
    Report(
        source="https://github.com/karpathy/nanoGPT/issues/297",
        kind=10,
        setup=(
            "logits = torch.tensor([[[1.2, 0.1, -0.3], [0.4, 0.8, 0.0]]])\n"
            "targets = torch.tensor([[0, 1]])"
        ),
        call=(
            "F.cross_entropy(logits.view(-1, logits.size(-1)), targets.view(-1), ignore_index=-1)"
        ),
        value=0.5966848135,
        cause=(
            "No target equals the ignore_index -1, so nothing is ignored, and the "
            "value is the plain mean."
        ),
        words=("ignor",),
        healthy=True,
    ),
    Report(
        source=(
            "https://discuss.pytorch.org/t/crossentropyloss-why-is-it-possible-to-have-more-columns-in-input-than-there-are-classes-in-the-target/155223"
        ),
        kind=10,
        setup=(
            "logits = torch.tensor([[0.3, 0.1, 1.0, -0.5, 0.2, 0.0, 0.7, 0.4], [1.1, "
            "0.5, -0.2, 0.3, 0.0, 0.9, 0.1, 0.2], [0.0, 0.6, 0.2, 0.8, 0.4, 0.3, 0.5, "
            "0.1]])\n"
            "targets = torch.tensor([2, 0, 3])"
        ),
        call="F.cross_entropy(logits, targets)",
        value=1.516935468,
        cause=(
            "More columns than classes that occur is legal: the unused classes take "
            "part in the softmax."
        ),
        words=("softmax|class|column",),
        healthy=True,
    ),
    Report(
        source="https://github.com/ikostrikov/pytorch-meta-optimizer/issues/10",
        kind=10,
        setup=(
            "x = torch.tensor([[1.0, 0.2, -0.3], [0.1, 0.8, 0.5], [0.4, 0.0, 1.6]])\n"
            "target = torch.tensor([0, 1, 2])"
        ),
        call="F.nll_loss(F.log_softmax(x), target)",
        value=0.5854150653,
        cause=(
            "For two axes log_softmax without dim takes axis 1, the classes, so the "
            "value is right (write dim=1)."
        ),
        words=("dim|axis|right|log_softmax|log-prob",),
        healthy=True,
    ),
    Report(
        source=(
            "https://discuss.pytorch.org/t/proper-loss-function-for-multilabel-images-with-imbalanced-data/12440"
        ),
        kind=10,
        setup=(
            "output = torch.tensor([[0.0, 4.0, -3.0]])\ntarget = torch.tensor([[0.5, 1.0, 0.0]])"
        ),
        call="nn.BCEWithLogitsLoss()(output, target)",
        value=0.2532947958,
        cause=(
            "A target of 0.5 for 'uncertain' is legal, and its loss cannot fall below "
            "log 2, reached at a logit of 0."
        ),
        words=("soft|between 0 and 1|probabilit|entropy|log 2|0\\.69",),
        healthy=True,
    ),
    Report(
        source="https://newbetuts.com/49390842-cross-entropy-in-pytorch",
        kind=10,
        setup=("output = torch.tensor([[0.0, 0.0, 0.0, 1.0]])\ntarget = torch.tensor([3])"),
        call="nn.CrossEntropyLoss()(output, target)",
        value=0.743668437,
        cause=(
            "The input is read as raw scores: softmax makes 0.475 of the score 1, so "
            "the loss is 0.7437 and not 0."
        ),
        words=("softmax|logit|scores|probabilit",),
        healthy=True,
    ),
    Report(
        source="https://github.com/husnejahan/DeepAR-pytorch/issues/6",
        kind=10,
        setup=(
            "mu = torch.tensor([1.02, 0.98, 1.10])\n"
            "z = torch.tensor([1.00, 1.00, 1.12])\n"
            "sigma = torch.tensor([0.05, 0.04, 0.06])"
        ),
        call="F.gaussian_nll_loss(mu, z, sigma ** 2, full=True)",
        value=-2.003549337,
        cause=(
            "A Gaussian density with a small sigma exceeds 1, so its negative "
            "log-likelihood is rightly negative."
        ),
        words=("negative|densit",),
        healthy=True,
    ),
    Report(
        source="https://github.com/Xtra-Computing/MOON/issues/14",
        kind=10,
        setup=(
            "cos = nn.CosineSimilarity(dim=-1)\n"
            "pro1 = torch.tensor([[1.0, 0.0, 1.0], [0.5, 2.0, -1.0]])\n"
            "pro2 = torch.tensor([[0.8, 0.1, 1.1], [0.4, 1.5, -0.7]])\n"
            "pro3 = torch.tensor([[-0.2, 1.0, 0.3], [1.0, -0.4, 0.0]])\n"
            "logits = torch.cat((cos(pro1, pro2).reshape(-1, 1), cos(pro1, "
            "pro3).reshape(-1, 1)), dim=1) / 0.5\n"
            "labels = torch.zeros(2).long()"
        ),
        call="nn.CrossEntropyLoss()(logits, labels)",
        value=0.1243732274,
        cause=(
            "The labels are all 0 on purpose: they are no factor but class numbers, "
            "and the positive pair stands in column 0."
        ),
        words=("class 0|column|same class|class number|index",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/80488",
        kind=10,
        setup=(
            "a = torch.tensor([[1.0, 2.0, 3.0], [5.0, 5.0, 5.0]])\n"
            "b = torch.tensor([[8.0, 10.0, 6.0], [5.0, 5.0, 5.0]])"
        ),
        call=(
            "F.kl_div(F.log_softmax(a, 1), F.log_softmax(b, 1), reduction='none', log_target=True)"
        ),
        value=[[0.03104903921, 1.096236348, -0.05930291489], [0.0, 0.0, 0.0]],
        cause=(
            "Single terms of a divergence may be negative; only their sum over the classes is not."
        ),
        words=("negative|term|sum",),
        healthy=True,
    ),
    Report(
        source="https://github.com/gaojingsheng/LAMM/issues/1",
        kind=10,
        setup=(
            "s = torch.tensor([[1.0, 0.2, -0.4], [0.3, 0.9, 2.0]])\n"
            "p = torch.softmax(torch.tensor([[0.8, 0.5, -0.2], [0.0, 1.2, 1.5]]) / "
            "2.0, dim=-1)"
        ),
        call="F.cross_entropy(s / 2.0, p, reduction='mean')",
        value=1.07762599,
        cause=(
            "The target is the teacher's probabilities: the loss cannot fall below their entropy."
        ),
        words=("probabilit|soft|entropy",),
        healthy=True,
    ),
    Report(
        source="https://github.com/pytorch/pytorch/issues/98571",
        kind=10,
        setup=(
            "loss_fct = torch.compile(nn.CrossEntropyLoss(label_smoothing=0.5), "
            'backend="eager")\n'
            "logits = torch.tensor([[2.0, -1.0, 0.5], [0.1, 0.3, 0.2]])\n"
            "labels = torch.tensor([0, 2])"
        ),
        call="loss_fct(logits, labels)",
        value=1.046627045,
        cause=(
            "Nothing is wrong: with label_smoothing the loss has a floor above 0, compiled or not."
        ),
        words=("smoothing",),
        healthy=True,
    ),
)

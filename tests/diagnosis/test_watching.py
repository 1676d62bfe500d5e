"""`watch()` explains the losses in code that knows nothing of it, and leaves the code as it is."""

import inspect

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from helpers import watch
from tests.reference import tensor

IGNORED = -100
VOCABULARY = 11


class CausalOutput(dict):
    """What models of a language return: a dictionary with attributes."""

    __getattr__ = dict.__getitem__


class CausalModel(nn.Module):
    """A small model of a language, whose loss is shifted as in common libraries."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(VOCABULARY, 8)
        self.drop = nn.Dropout(0.1)
        self.head = nn.Linear(8, VOCABULARY)

    def forward(self, input_ids, labels):
        logits = self.head(self.drop(self.embedding(input_ids)))
        shifted, next_ones = logits[:, :-1].contiguous(), labels[:, 1:].contiguous()
        loss = nn.CrossEntropyLoss()(shifted.view(-1, VOCABULARY), next_ones.view(-1))
        return CausalOutput(loss=loss, logits=logits)


def batches():
    """Micro-batches of two texts, with more padding in each."""
    generator = torch.Generator().manual_seed(0)
    for length in (9, 5, 3):
        ids = torch.randint(0, VOCABULARY, (2, 9), generator=generator)
        labels = ids.clone()
        labels[:, length:] = IGNORED
        yield ids, labels


def train(model, optimizer):
    """One step with accumulated gradients; the losses."""
    losses = []
    for ids, labels in batches():
        loss = model(input_ids=ids, labels=labels).loss
        (loss / 3).backward()
        losses.append(loss.item())
    optimizer.step()
    return losses


def trained(watched):
    """The losses and the weights after a step, watched or not, and what was seen."""
    torch.manual_seed(0)
    model = CausalModel()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    if watched:
        with watch() as seen:
            losses = train(model, optimizer)
    else:
        losses, seen = train(model, optimizer), None
    return losses, [*model.parameters()], torch.get_rng_state(), seen


def test_a_training_step_is_seen_and_not_changed():
    losses, weights, state, _ = trained(False)
    seen_losses, seen_weights, seen_state, seen = trained(True)
    assert losses == seen_losses
    assert all(map(torch.equal, weights, seen_weights))
    assert torch.equal(state, seen_state)
    assert [call.reference for call in seen] == pytest.approx(losses, rel=1e-6)
    assert all(call.agrees for call in seen)
    first = seen[0]
    assert first.title == "cross_entropy(reduction='mean')"
    assert first.where.startswith("test_watching.py:")
    assert [step.value for step in first.steps][1] == 16  # two texts of nine, shifted
    assert "10 of 16 targets" not in str(first)
    assert "8 of 16 targets equal ignore_index = -100." in str(seen[1])


def test_the_mean_of_means_is_not_the_mean():
    *_, seen = trained(True)
    means = [call.value for call in seen]
    counts = [call.steps[1].value for call in seen]
    assert counts == [16, 8, 4]
    [remark] = seen.remarks
    together = sum(m * n for m, n in zip(means, counts, strict=True)) / sum(counts)
    assert f"The mean of these means is {np.mean(means):.7g}" in remark.text
    assert f"the mean over all 28 is {together:.7g}" in remark.text
    assert abs(np.mean(means) - together) > 1e-3
    assert remark.text in " ".join(str(seen).split())
    assert "divide by 16, 8, 4" in seen._repr_html_()


def watched_means(*sizes):
    """What is said of means over so many elements each."""
    with watch() as seen:
        for size in sizes:
            F.mse_loss(torch.arange(float(size)), torch.zeros(size))
    return [remark.text for remark in seen.remarks]


def test_a_mean_of_means_is_that_of_one_pass():
    [text] = watched_means(*[4, 4, 1] * 7)
    assert "3 means" in text
    assert "divide by 9." in text
    # The beginning is cut off where there are more than are kept.
    [text] = watched_means(1, *[4, 4, 1] * 7)
    assert "divide by 4, 4, 1." in text


def test_another_use_of_a_line_is_no_pass():
    assert watched_means(*[4] * 20, 1) == []


def test_means_of_all_sizes_have_no_one_divisor():
    [text] = watched_means(*range(1, 20))
    assert "19 means" in text
    assert "different numbers, from 1 to 19" in text
    assert "divide by 190" not in text


def test_means_over_as_many_are_no_matter():
    x = tensor([[0.0, 1.0], [2.0, 0.0]])
    with watch() as seen:
        for _ in range(3):
            F.cross_entropy(x, torch.tensor([0, 1]))
    assert seen.remarks == ()


def test_heads_of_a_model_are_not_micro_batches():
    x = tensor([[0.0, 1.0], [2.0, 0.0]])
    with watch() as seen:
        F.cross_entropy(x, torch.tensor([0, 1]))
        F.cross_entropy(x, torch.tensor([0, IGNORED]))
    assert seen.remarks == ()


def test_an_error_gets_a_note():
    x, y = torch.zeros(2, 3), torch.tensor([[0], [1]])
    with pytest.raises(RuntimeError) as caught, watch() as seen:
        nn.CrossEntropyLoss()(x, y)
    [note] = caught.value.__notes__
    assert "one axis too many" in note
    assert ".squeeze(1)" in note
    assert seen[-1].refused
    assert "one axis too many" in str(seen)


def test_only_what_is_not_finite():
    x = tensor([1.0])
    with watch(only_if="nonfinite") as seen:
        F.mse_loss(x, x)
        F.mse_loss(x, x * np.inf)
    assert seen.seen == 2
    [kept] = seen
    assert kept.value == np.inf


def test_every_nth_and_the_last_hundred():
    x = tensor([1.0])
    with watch(every=2) as seen:
        for i in range(250):
            F.mse_loss(x, x * i)
    assert len(seen) == 100
    assert seen.seen == 250
    assert [call.value for call in seen[-2:]] == [(246 - 1) ** 2, (248 - 1) ** 2]
    assert "The last 16 of 250 calls:" in str(seen)


@pytest.mark.parametrize(
    ("named", "words"), [({"only_if": "nan"}, "only_if"), ({"every": 0}, "every")]
)
def test_other_options_are_refused(named, words):
    with pytest.raises(ValueError, match=words), watch(**named):
        pass


def test_inputs_are_not_kept():
    import gc
    import weakref

    x = torch.ones(3)
    kept = weakref.ref(x)
    with watch() as seen:
        F.mse_loss(x, torch.zeros(3))
    del x
    gc.collect()
    assert kept() is None
    assert seen[0].value == 1


def test_the_variables_of_the_code_are_left_alone():
    x = torch.ones(3)
    held = locals()
    with watch() as seen:
        F.mse_loss(x, torch.zeros(3))
    assert held["x"] is x
    assert seen[0].value == 1


def test_what_cannot_be_explained_does_not_stop_the_code():
    def each(x):
        return F.mse_loss(x, torch.zeros(3))

    with watch() as seen:
        result = torch.func.vmap(each)(torch.ones(2, 3))
    assert result.tolist() == [1, 1]
    assert "could not be explained" in seen[0].reason or seen[0].agrees


def test_compiled_code_is_seen():
    step = torch.compile(lambda x: F.mse_loss(x, x + 1), backend="eager")
    with watch() as seen:
        step(torch.ones(3))
    assert seen[0].value == 1


def test_where_nan_comes_from_is_said_once():
    x = torch.tensor([1.0, 2.0])
    with watch() as seen:
        F.mse_loss(x / torch.tensor([1.0, 0.0]) * 0, x)
        F.mse_loss(x * float("nan"), x)
    words = "holds NaN in 2 of 2 places, the first at [0]"
    assert words in str(seen)
    assert str(seen).count("holds NaN") == 1


def test_nothing_seen_is_said():
    with watch() as seen:
        torch.ones(2).sum()
    assert str(seen) == "no loss of torch was called"
    assert len(seen) == 0


def _calls():
    """Calls of torch's functions with every option that they take, each with its name."""
    x, y = torch.tensor([1.0, 2.0, 4.0]), torch.tensor([0.0, 2.5, 1.0])
    w = torch.tensor([1.0, 2.0, 3.0])
    for function in (F.l1_loss, F.mse_loss, F.huber_loss, F.smooth_l1_loss):
        takes = inspect.signature(function).parameters
        for reduction in ("none", "mean", "sum"):
            yield function, (x, y), {"reduction": reduction}
            if "weight" in takes:
                yield function, (x, y), {"reduction": reduction, "weight": w}


@pytest.mark.parametrize(("function", "inputs", "options"), list(_calls()))
def test_what_is_watched_returns_what_it_returns_unwatched(function, inputs, options):
    expected = function(*inputs, **options)
    with watch() as seen:
        actual = function(*inputs, **options)
    assert torch.equal(actual, expected)
    assert seen[0].agrees
    np.testing.assert_allclose(seen[0].value, expected.numpy(), rtol=1e-6)


def test_a_weight_of_another_shape_is_refused_in_sight_too():
    x, w = torch.tensor([1.0, 2.0, 4.0]), torch.tensor([1.0, 2.0])
    with watch() as seen, pytest.raises(ValueError, match="Weights and input"):
        F.l1_loss(x, 2 * x, weight=w)
    assert seen[0].refused

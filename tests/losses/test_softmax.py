"""Softmax and log-softmax."""

import numpy as np
import torch

from helpers import log_softmax, softmax
from tests.reference import Call, assert_like_torch, assert_refused, each, each_refusal, tensor

X = tensor([[0.8, 2.0, -1.1], [-0.4, 0.3, 3.2], [1.5, -2.5, 0.6], [0.1, 0.2, 0.9]])
IMAGE = torch.linspace(-2, 3, 24).double().cos().reshape(2, 3, 2, 2) * 2

CALLS = {
    f"{name} {what}": Call(name, x, dim=dim)
    for name in ("softmax", "log_softmax")
    for what, x, dim in [
        ("of rows", X, 1),
        ("of columns", X, 0),
        ("of an image", IMAGE, -3),
        ("of a number", tensor(3.0), -1),
        ("of large numbers", tensor([1e4, -1e4, 9999.0]), 0),
        ("of numbers far below 0", tensor([-1e4, -9999.0]), 0),
        ("of infinities", tensor([[np.inf, 0.0], [-np.inf, 0.0], [-np.inf, -np.inf]]), 1),
        ("of NaN", tensor([np.nan, 0.0]), 0),
        ("of nothing", X[:0], 1),
        ("along nothing", X[:0], 0),
    ]
}


@each(CALLS)
def test_like_torch(call):
    assert_like_torch(call)


def test_softmax_identities():
    np.testing.assert_allclose(softmax(X, 1).sum(1), 1, rtol=1e-15)
    np.testing.assert_allclose(softmax(X + 500, 0), softmax(X, 0), rtol=1e-12)
    np.testing.assert_allclose(softmax(X, 1), X.exp() / X.exp().sum(1, keepdim=True), rtol=1e-14)
    np.testing.assert_allclose(np.exp(log_softmax(IMAGE, 1)), softmax(IMAGE, 1), rtol=1e-15)


REFUSED = {
    "integers": (
        Call("softmax", torch.tensor([0, 2, 1, 0]), dim=0),
        "^input: expected a floating-point dtype .*, got int64",
    ),
    "no such axis": (
        Call("log_softmax", X, dim=2),
        "^dim: expected an axis between -2 and 1, got 2$",
    ),
    "axis of a float": (Call("softmax", X, dim=1.0), "^dim: expected an integer, got float 1.0$"),
}


@each_refusal(REFUSED)
def test_refused(call, message):
    assert_refused(call, message)

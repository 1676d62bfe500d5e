"""PyTorch losses, by hand."""

"""What the losses of every release of PyTorch return: the calls, and the command that runs them."""

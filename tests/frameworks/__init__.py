"""What asks TensorFlow, Keras, JAX, Optax and scikit-learn themselves: `make test-frameworks`."""

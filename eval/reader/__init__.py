"""Training of the small network that reads: examples, the network in torch, folds, the committed delta."""

// The vocabulary of container images.

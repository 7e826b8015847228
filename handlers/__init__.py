"""Events in, acts out: handlers decide what is said, services change the state."""

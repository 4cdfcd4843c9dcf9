"""What the law and the standards say: pure functions and frozen data, the clock an argument."""

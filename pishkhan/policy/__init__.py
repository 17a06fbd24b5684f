"""What a branch may change without a programmer: dated values, each change kept."""

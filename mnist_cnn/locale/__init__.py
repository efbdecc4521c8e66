"""What a person is told: whole sentences with named fields, ready for a catalog."""

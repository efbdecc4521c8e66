"""Files that processes share or strangers send: replaced whole, read within limits."""

"""Canvas, answer and living network: what Home, Draw and Look inside share."""

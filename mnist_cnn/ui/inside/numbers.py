"""Numbers as the page writes them: as many decimals as one can use, a real minus."""


def exact(value: float, decimals: int = 4) -> str:
    """With so many decimals."""
    return f"{float(value):z.{decimals}f}".replace("-", "−")


def short(value: float) -> str:
    """With two decimals, or fewer if it is large."""
    size = abs(float(value))
    return exact(value, 0 if size >= 100 else 1 if size >= 10 else 2)

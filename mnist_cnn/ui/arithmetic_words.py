"""The arithmetic of layers in sentences, with {names} for the numbers to put in."""

from __future__ import annotations

from mnist_cnn.nn.layers import IMAGE_SHAPE, Layer
from mnist_cnn.ui.text import _


def activation_sentence(layer: Layer) -> str:
    """What a layer's activation function makes of its sum, ``result``; "" if none."""
    return {
        "relu": _("ReLU: max(0, …) = {result}"),
        "leaky_relu": _("Leaky ReLU, {slope} times what is below 0: {result}"),
        "tanh": _("tanh(…) = {result}"),
        "sigmoid": _("Sigmoid, 1 / (1 + exp(−…)): {result}"),
    }.get(layer.activation, "")


def layer_sentence(layer: Layer) -> str:
    """What a layer without a kernel makes of its ``value`` or ``values``."""
    return {
        "pool": _("max({values}) = {result}"),
        "average_pool": _("mean of {values} = {result}"),
        "global_average_pool": _("Mean of all {count} values of map {map} = {result}"),
        "batch_norm": _(
            "γ · (value − mean) / deviation + β = {gamma} · ({value} − {mean}) / "
            "{deviation} + {beta} = {result}"
        ),
        "rescaling": _("{value} · {scale} + {offset} = {result}"),
        "relu": _("ReLU: max(0, {value}) = {result}"),
        "leaky_relu": _(
            "Leaky ReLU, {slope} times what is below 0: {value} → {result}"
        ),
        "tanh": _("tanh({value}) = {result}"),
        "sigmoid": _("Sigmoid: 1 / (1 + exp(−({value}))) = {result}"),
    }[layer.kind]


def about_layer(layer: Layer) -> str:
    """What a kind of layer does, with its shapes and its formula put in."""
    sees_all = layer.receptive_field == IMAGE_SHAPE[0]
    kind = {
        "conv": "conv, same" if layer.padding == "same" else "conv, valid",
        "dense": "dense" if sees_all else "dense, a part",
    }.get(layer.kind, layer.kind)
    return _about()[kind].format(
        size="×".join(str(each) for each in layer.kernel or ()),
        formula=layer.formula,
        field=layer.receptive_field,
        rate=layer.rate or 0,
        slope=f"{layer.slope:g}",
        shape="×".join(str(each) for each in layer.input_shape),
        units=layer.output_shape[0],
        inputs=layer.input_shape[0],
    )


def _about() -> dict[str, str]:
    return {
        "conv, same": _(
            "**Convolution** {size}, zeros around the image (padding “same”). One "
            "kernel slides over the image; at each position, multiply, add up, add "
            "the bias. Parameters: {formula}. Each unit sees {field}×{field} pixels "
            "of the digit."
        ),
        "conv, valid": _(
            "**Convolution** {size}, only windows that fit, so the image shrinks "
            "(padding “valid”). One kernel slides over the image; at each position, "
            "multiply, add up, add the bias. Parameters: {formula}. Each unit sees "
            "{field}×{field} pixels of the digit."
        ),
        "pool": _(
            "**Max pooling** {size}: of each {size} values only the largest goes on. "
            "The image gets smaller, and where exactly something was matters less. No "
            "parameters. Each unit sees {field}×{field} pixels of the digit."
        ),
        "average_pool": _(
            "**Average pooling** {size}: of each {size} values only their mean goes "
            "on. No parameters. Each unit sees {field}×{field} pixels of the digit."
        ),
        "global_average_pool": _(
            "**Global average pooling**: of each map only the mean goes on, how much "
            "of its feature there is anywhere. No parameters."
        ),
        "batch_norm": _(
            "**Batch normalization**: each map is shifted and stretched so that over "
            "the training digits its values had mean 0 and deviation 1, then by γ and "
            "β, which are learned. Parameters: {formula}."
        ),
        "rescaling": _("**Rescaling**: the same numbers on another scale."),
        "relu": _("**ReLU**: what is below 0 becomes 0, the rest stays."),
        "leaky_relu": _(
            "**Leaky ReLU**: what is below 0 is multiplied by {slope}, the rest "
            "stays: no unit is ever quite off."
        ),
        "tanh": _("**tanh**: every value is pressed between −1 and 1."),
        "sigmoid": _("**Sigmoid**: every value is pressed between 0 and 1."),
        "dropout": _(
            "**Dropout**: while training, {rate:.0%} of the values, at random, become "
            "0, so that no unit can rely on a single other one. Reading a digit, all "
            "pass through unchanged."
        ),
        "flatten": _(
            "**Flatten**: {shape} values in one row of {units:,}. No number changes; "
            "each keeps its place, map by map at every pixel."
        ),
        "dense": _(
            "**Fully connected**: each of the {units:,} units weighs all {inputs:,} "
            "inputs. Parameters: {formula}. Each unit sees the whole digit."
        ),
        "dense, a part": _(
            "**Fully connected**: each of the {units:,} units weighs all {inputs:,} "
            "inputs. Parameters: {formula}. Each unit sees the digit's first {field} "
            "rows and columns: pooling has dropped the rest."
        ),
    }

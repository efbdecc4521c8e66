// A network and its forward pass, as nn/network.py has them: every number on the way.

import { changesWeights, damagedWeights } from "./damage.js"
import {
  averagePooling,
  batchNormalization,
  convolution,
  dense,
  globalAveragePooling,
  leakyRelu,
  maxPooling,
  relu,
  sigmoid,
  softmax,
} from "./operations.js"

/**
 * All values of one forward pass, by layer name.
 *
 * preActivations: each layer's result before its activation function (of "output": the
 * ten scores). activations: its result, which enters the next layer; 0 in what is silent.
 * Both are Maps to {shape: number[], values: Float32Array}, without an axis for the
 * images: here is one.
 */
export class ForwardPass {
  constructor(pixels) {
    this.pixels = pixels
    this.inputs = new Map()
    this.preActivations = new Map()
    this.activations = new Map()
  }

  /** Float32Array(10) */
  get probabilities() {
    return this.activations.get("output").values
  }

  get predictedClass() {
    const probabilities = this.probabilities
    return probabilities.indexOf(Math.max(...probabilities))
  }
}

/**
 * Layers with weights.
 *
 * layers: as nn/quantization.py describes them: {name, kind, activation, slope, scale,
 * offset, window, inputShape, outputShape}. weights: a Map from "layer/weight", as Keras
 * names it, to a Float32Array. silent: by layer name maps and units that 0 goes on from.
 */
export class Network {
  constructor(layers, weights, silent = {}) {
    this.layers = layers
    this.weights = weights
    this.silent = silent
  }

  /**
   * The same network, broken: all that is computed with it follows.
   * @param {Damage} damage see damage.js
   */
  damaged(damage) {
    return new Network(this.layers, this.changedWeights(damage), damage.without)
  }

  /** The newest are kept: to change all takes a while, and what is silent changes none. */
  changedWeights(damage) {
    if (!changesWeights(damage)) return this.weights
    const key = JSON.stringify({ ...damage, without: undefined })
    if (this.changed?.key !== key) {
      this.changed = { key, weights: damagedWeights(this.layers, this.weights, damage) }
    }
    return this.changed.weights
  }

  weight(layer, name) {
    return this.weights.get(`${layer.name}/${name}`)
  }

  /**
   * Every layer's input, and its result before and after the activation.
   * @param {Float32Array} pixels 784, row by row, in [0, 1]
   */
  forward(pixels) {
    const forward = new ForwardPass(pixels)
    let values = pixels
    for (const layer of this.layers) {
      const preActivation = this.operation(layer, values)
      const result = activated(layer, preActivation)
      const activation = silenced(result, this.silent[layer.name], layer.outputShape)
      const shape = layer.outputShape
      forward.inputs.set(layer.name, { shape: layer.inputShape, values })
      forward.preActivations.set(layer.name, { shape, values: preActivation })
      forward.activations.set(layer.name, { shape, values: activation })
      values = activation
    }
    return forward
  }

  operation(layer, values) {
    const { inputShape, window } = layer
    const weight = (name) => this.weight(layer, name)
    switch (layer.kind) {
      case "rescaling":
        return values.map((value) => value * layer.scale + layer.offset)
      case "conv":
        return convolution(values, inputShape, weight("kernel"), weight("bias"), window)
      case "batch_norm":
        return batchNormalization(values, {
          gamma: weight("gamma"),
          beta: weight("beta"),
          mean: weight("moving_mean"),
          variance: weight("moving_variance"),
        })
      case "pool":
        return maxPooling(values, inputShape, window)
      case "average_pool":
        return averagePooling(values, inputShape, window)
      case "global_average_pool":
        return globalAveragePooling(values, inputShape)
      case "dense":
        return dense(values, weight("kernel"), weight("bias"))
      default: // flatten: the same numbers; an activation only; no dropout once trained
        return values
    }
  }
}

function activated(layer, values) {
  switch (layer.activation) {
    case "relu":
      return relu(values)
    case "leaky_relu":
      return leakyRelu(values, layer.slope)
    case "tanh":
      return values.map(Math.tanh)
    case "sigmoid":
      return sigmoid(values)
    case "softmax":
      return softmax(values)
    default:
      return values
  }
}

/** With 0 in these channels; the values themselves if there are none. */
function silenced(values, channels, shape) {
  if (!channels?.length) return values
  const count = shape.at(-1)
  const kept = values.slice()
  for (let start = 0; start < kept.length; start += count) {
    for (const channel of channels) kept[start + channel] = 0
  }
  return kept
}

/** The network in a file that nn/quantization.py has written (an ArrayBuffer). */
export async function openNetwork(compressed) {
  const stream = new Blob([compressed]).stream()
  const unfolded = stream.pipeThrough(new DecompressionStream("deflate"))
  const bytes = await new Response(unfolded).arrayBuffer()
  let offset = 0
  const next = (length) => bytes.slice(offset, (offset += length))
  const [headingLength] = new Uint32Array(next(4))
  const heading = JSON.parse(new TextDecoder().decode(next(headingLength)))
  const weights = new Map()
  for (const { name, shape, bits } of heading.weights) {
    const count = shape.reduce((product, length) => product * length, 1)
    const content = next((count * bits) / 8)
    const values =
      bits === 32
        ? new Float32Array(content)
        : scaled(
            new (bits === 8 ? Int8Array : Int16Array)(content),
            new Float32Array(next(4 * shape.at(-1))),
          )
    weights.set(name, values)
  }
  return new Network(heading.layers, weights)
}

/** Whole numbers times the scale of their output channel, the last axis. */
function scaled(numbers, scales) {
  const values = new Float32Array(numbers.length)
  for (let start = 0; start < numbers.length; start += scales.length) {
    for (let channel = 0; channel < scales.length; channel++) {
      values[start + channel] = numbers[start + channel] * scales[channel]
    }
  }
  return values
}

// Percentages as all parts of the live reading write them.

/** As figures/probabilities.py: no softmax is quite certain. */
export const percent = (probability) => {
  const text = `${(100 * probability).toFixed(1)}%`
  return text === "100.0%" ? ">99.9%" : text
}

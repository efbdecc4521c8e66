// Percentages as all parts of the live reading write them.

/** As figures/probabilities.py: what is not quite certain is not said to be. */
export const percent = (share) => {
  const text = `${(100 * share).toFixed(1)}%`
  return text === "100.0%" && share < 1 ? ">99.9%" : text
}

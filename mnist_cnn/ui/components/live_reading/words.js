// Small things that all parts of the live reading need: elements and percentages.

export const element = (parent, tag, className, properties = {}) => {
  const made = document.createElement(tag)
  if (className) made.className = className
  Object.assign(made, properties)
  parent.append(made)
  return made
}

/** As figures/probabilities.py: what is not quite certain is not said to be. */
export const percent = (share) => {
  const text = `${(100 * share).toFixed(1)}%`
  return text === "100.0%" && share < 1 ? ">99.9%" : text
}

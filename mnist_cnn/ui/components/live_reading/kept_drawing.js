// A drawing outlives a reload: its tab keeps it, and gives it to the new page once.
// Without session storage there is nothing to come back.

const KEPT_AS = "mnist-cnn-drawing"

export function keepDrawing(canvas) {
  try {
    sessionStorage.setItem(KEPT_AS, canvas.toDataURL())
  } catch {}
}

export function forgetDrawing() {
  try {
    sessionStorage.removeItem(KEPT_AS)
  } catch {}
}

/** A PNG as a data URL, or nothing: also if this page has asked before. */
export function keptDrawing() {
  if (window.mnistDrawingTaken) return undefined
  window.mnistDrawingTaken = true
  try {
    return sessionStorage.getItem(KEPT_AS) ?? undefined
  } catch {
    return undefined
  }
}

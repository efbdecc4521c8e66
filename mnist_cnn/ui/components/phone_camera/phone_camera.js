// Tells a phone's browser to open the camera, not its files, for the uploader beside it.

export default function ({ data }) {
  const mark = () => {
    const input = document.querySelector(`.st-key-${data.container} input[type=file]`)
    if (!input || input.capture) return
    input.accept = "image/*"
    input.setAttribute("capture", "environment")
  }
  mark()
  // The uploader may come later, and a new one takes its place after each picture.
  const changes = new MutationObserver(mark)
  changes.observe(document.body, { childList: true, subtree: true })
  return () => changes.disconnect()
}

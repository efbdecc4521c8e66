// Keeps this browser's key in its local storage; reports it if the server has another.

const NAME = "mnist-cnn-key"

export default function ({ data, setStateValue }) {
  let stored = null
  try {
    stored = window.localStorage.getItem(NAME)
    if (!/^[A-Za-z0-9_-]{43}$/.test(stored ?? "")) {
      stored = null
      window.localStorage.setItem(NAME, data.key)
    }
  } catch {
    // Denied: the key lasts as long as the session.
  }
  if (stored !== null && stored !== data.key) setStateValue("stored", stored)
}

// Closes the menu over a phone's page once a link in it is followed. Streamlit does so
// for the menu that it makes itself, not for page links in the sidebar.

const LINK = "[data-testid=stSidebar] [data-testid=stPageLink-NavLink]"
const CLOSE = "[data-testid=stSidebarCollapseButton] button"
// Up to this width Streamlit lays the menu over the page.
const OVER_THE_PAGE = "(max-width: 768px)"

export default function () {
  const close = ({ target }) => {
    if (target.closest(LINK) && window.matchMedia(OVER_THE_PAGE).matches)
      document.querySelector(CLOSE)?.click()
  }
  document.addEventListener("click", close)
  return () => document.removeEventListener("click", close)
}

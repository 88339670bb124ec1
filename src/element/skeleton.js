/**
 * What stands in the page's place until its program is there: the same things, in the page's own
 * style, so that nothing moves when the program takes over. Nothing in it can be pressed, and
 * assistive technology hears "Loading…" alone.
 */
const ROWS = 8;
/** The slug in each column's class, and its title: `Column` in Rust. */
const COLUMNS = [
  ["status", "Status"],
  ["last-seen", "Last seen"],
  ["name", "Agent name"],
  ["site", "Site"],
  ["ip-address", "IP Address"],
  ["private-ip", "Private IP"],
  ["version", "Version"],
];

function element(tag, className, ...content) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...content);
  return node;
}

/** Room for an icon. */
function icon() {
  const node = element("span", "kp-icon");
  node.style.cssText = "inline-size: 16px; block-size: 16px";
  return node;
}

/** Cannot be pressed, focused or read out. */
function still(node) {
  node.inert = true;
  return node;
}

function heading(isReadOnly) {
  const node = element("div", "kp-heading", element("div", "kp-title", "kproxy Agents"));
  if (!isReadOnly) node.append(element("button", "kp-button kp-primary", icon(), "Add kproxy Agent"));
  return still(node);
}

function map() {
  const status = element("p", "", "Loading…");
  status.setAttribute("role", "status");
  const notice = element("div", "kp-map-missing", element("div", "kp-part-notice", status));
  return element("div", "kp-map-frame", notice);
}

function toolbar() {
  const filter = element("input", "kp-input");
  filter.placeholder = "Filter";
  const status = element("select", "kp-input kp-select", new Option("All (0)"));
  const box = element("input", "");
  box.type = "checkbox";
  const refresh = element("button", "kp-button", icon(), "Refresh");
  return still(
    element(
      "div",
      "kp-toolbar",
      element("div", "kp-filter", filter),
      status,
      element("p", "kp-count"),
      element("div", "kp-refreshing", element("label", "kp-check", box, "Auto-refresh"), refresh),
    ),
  );
}

function list(isReadOnly) {
  const titles = COLUMNS.map(([slug, title]) =>
    element("div", `kp-cell kp-cell-${slug}`, element("button", "kp-sort", title, icon())),
  );
  const actions = isReadOnly ? [] : [element("div", "kp-cell"), element("div", "kp-cell")];
  const head = element("div", "kp-head", element("div", "kp-columns", ...titles, ...actions));
  const rows = Array.from({ length: ROWS }, () => element("div", "kp-skeleton"));
  return still(
    element(
      "div",
      "kp-list-frame",
      element("div", isReadOnly ? "kp-list kp-read-only" : "kp-list", head),
      element("div", "kp-loading", ...rows),
    ),
  );
}

/** Fills `root`, an empty `.kp-root`. */
export function fillWithSkeleton(root, isReadOnly) {
  root.append(heading(isReadOnly), map(), toolbar(), list(isReadOnly));
}

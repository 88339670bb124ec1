/**
 * What stands in the page's place until its program is there: the same things, in the page's own
 * style, so that nothing moves when the program takes over. Nothing in it can be pressed, and
 * assistive technology hears the heading and "Loading…" alone.
 */
const ROWS = 8;
const STATUSES = ["All", "Healthy", "Warning", "Critical", "Pending"];
/** Their drawings: `icons.rs`. */
const ICONS = {
  search: "M11.25 7a4.25 4.25 0 1 1-8.5 0 4.25 4.25 0 0 1 8.5 0zM10.2 10.2l3.3 3.3",
  refresh: "M13 8a5 5 0 1 1-1.5-3.6M13 2v3h-3",
  plus: "M8 3.5v9M3.5 8h9",
  chevron: "m6 4 4 4-4 4",
};
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

function icon(name) {
  const make = (tag, attributes) => {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const drawing = { fill: "none", stroke: "currentColor", "stroke-width": 1.5, "stroke-linecap": "round", "stroke-linejoin": "round" };
  const svg = make("svg", { class: "kp-icon", viewBox: "0 0 16 16", width: 16, height: 16, ...drawing });
  svg.append(make("path", { d: ICONS[name] }));
  return svg;
}

/** Cannot be pressed, focused or read out. */
function still(node) {
  node.inert = true;
  // Not every tool that looks for roles knows `inert`.
  node.setAttribute("aria-hidden", "true");
  return node;
}

function heading(level, isReadOnly) {
  const node = element("div", "kp-heading", element(`h${level}`, "kp-title", "kproxy Agents"));
  if (!isReadOnly) node.append(still(element("button", "kp-button kp-primary", icon("plus"), "Add kproxy Agent")));
  return node;
}

function map() {
  const status = element("p", "", "Loading…");
  status.setAttribute("role", "status");
  const notice = element("div", "kp-map-missing", element("div", "kp-part-notice", status));
  return element("div", "kp-map-frame", notice);
}

/** Whether auto-refresh was not switched off, here or in another tab: `FleetReader` in Rust. */
function isAutoRefreshOn() {
  try {
    return localStorage.getItem("kp-auto-refresh") !== "off";
  } catch (error) {
    return true;
  }
}

function toolbar() {
  const filter = element("input", "kp-input");
  filter.placeholder = "Filter";
  const statuses = STATUSES.map((status) => new Option(`${status} (0)`));
  const box = element("input", "");
  box.type = "checkbox";
  box.checked = isAutoRefreshOn();
  const refresh = element("button", "kp-button", icon("refresh"), "Refresh");
  refresh.setAttribute("aria-disabled", "true");
  return still(
    element(
      "div",
      "kp-toolbar",
      element("div", "kp-filter", icon("search"), filter),
      element("select", "kp-input kp-select", ...statuses),
      element("p", "kp-count"),
      element("div", "kp-refreshing", element("label", "kp-check", box, "Auto-refresh"), refresh),
    ),
  );
}

function list(isReadOnly) {
  const titles = COLUMNS.map(([slug, title]) =>
    element("div", `kp-cell kp-cell-${slug}`, element("button", "kp-sort", title, icon("chevron"))),
  );
  titles[0].setAttribute("aria-sort", "ascending");
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

/** Fills `root`, an empty `.kp-root`, as the attributes of `host` ask. */
export function fillWithSkeleton(root, host) {
  const level = /^\s*[1-6]\s*$/.exec(host.getAttribute("heading-level")) ?? 1;
  const isReadOnly = !/^\s*false\s*$/i.test(host.getAttribute("read-only") ?? "false");
  root.append(heading(Number(level), isReadOnly), map(), toolbar(), list(isReadOnly));
}

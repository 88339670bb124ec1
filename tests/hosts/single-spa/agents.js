/** The application "kproxy Agents": the element, as single-spa wants it. */
let element;

/** Once, before the first mount. */
export async function bootstrap() {
  await import("kproxy-agents");
}

export async function mount({ domElement }) {
  element = document.createElement("kproxy-agents");
  element.className = "portal-agents";
  element.setAttribute("url-state", "query");
  domElement.append(element);
}

export async function unmount() {
  // That is all: it ends what it began.
  element.remove();
}

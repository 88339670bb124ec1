/** The shell's root config: which application is active at which path. */
import { navigateToUrl, registerApplication, start } from "single-spa";

const BASE = "/hosts/single-spa/";
const domElement = document.getElementById("application");

registerApplication({
  name: "@acme/overview",
  app: () => import("@acme/overview"),
  activeWhen: ({ pathname }) => pathname === BASE,
  customProps: { domElement },
});
registerApplication({
  name: "@acme/agents",
  app: () => import("@acme/agents"),
  activeWhen: `${BASE}agents`,
  customProps: { domElement },
});

const links = document.querySelectorAll(".portal-link");
for (const link of links) link.addEventListener("click", (event) => navigateToUrl(event));

function markCurrent() {
  for (const link of links) {
    if (link.pathname === location.pathname) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}
addEventListener("single-spa:routing-event", markCurrent);

start();

/** A second application, to navigate to and from. */
const article = document.createElement("article");
article.className = "portal-text";
article.append(
  Object.assign(document.createElement("h1"), { textContent: "Overview" }),
  Object.assign(document.createElement("p"), {
    textContent: "A single-spa shell. One of its applications is nothing but <kproxy-agents>.",
  }),
);

export async function bootstrap() {}

export async function mount({ domElement }) {
  domElement.append(article);
}

export async function unmount() {
  article.remove();
}

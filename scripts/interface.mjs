/**
 * The element's interface for hosts, generated from src/host/custom-elements.json: TypeScript
 * declarations (which the build puts beside the entry), and the tables in docs/embedding.md, which
 * `node scripts/interface.mjs` updates.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const manifestPath = join(root, "src/host/custom-elements.json");
const docsPath = join(root, "docs/embedding.md");

/** The manifest's text, as published. */
export const manifestText = () => readFileSync(manifestPath, "utf8");

const element = () => JSON.parse(manifestText()).modules[0].declarations[0];

/* ---- TypeScript ---- */

const comment = (text, indent = "") => `${indent}/** ${text} */\n`;

/** The values that an attribute accepts: numbers and booleans also as strings, as in plain HTML. */
function attributeType(text) {
  if (text === "boolean") return 'boolean | "" | "true" | "false"';
  return /number|[1-6]/.test(text) ? `${text} | \`\${number}\`` : text;
}

/** The content of `kproxy-agents.d.ts`. */
export function declarations() {
  const { tagName, name, summary, attributes, members, events } = element();
  const properties = members.map(({ kind, name, type, return: result, description }) => {
    const signature = kind === "method" ? `${name}(): ${result.type.text}` : `${name}: ${type.text}`;
    return `${comment(description, "  ")}  ${signature};\n`;
  });
  const optional = attributes.map(
    ({ name, type, default: value, description }) =>
      `${comment(`${description} Default: ${value}`, "  ")}  "${name}"?: ${attributeType(type.text)};\n`,
  );
  const listened = events.map(
    ({ name, type, description }) => `${comment(description, "    ")}    "${name}": ${type.text};\n`,
  );
  return `/** Headers by name, or \`Headers\`. Values that are not strings are left out. */
export type AuthHeaders = () => MaybePromise<Record<string, string | undefined> | Headers | undefined>;

type MaybePromise<T> = T | Promise<T>;

${comment(summary)}export interface ${name} extends HTMLElement {
${properties.join("")}}

${comment(`The attributes of \`<${tagName}>\`, for templates that check them.`)}export interface KproxyAgentsAttributes {
${optional.join("")}}

declare global {
  interface HTMLElementTagNameMap {
    "${tagName}": ${name};
  }

  interface GlobalEventHandlersEventMap {
${listened.join("")}  }
}
`;
}

/* ---- Tables in the documentation ---- */

const code = (text) => `\`${text.replaceAll("|", "\\|")}\``;

function table(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** The tables by name. */
export function tables() {
  const { attributes, members, events, cssProperties, cssParts } = element();
  const of = (wanted) => members.filter(({ kind }) => kind === wanted);
  const detail = ({ text }) => {
    const [, detail] = /^CustomEvent<(.*)>$/.exec(text);
    return detail === "Record<string, never>" ? "" : code(detail);
  };
  return {
    attributes: table(
      ["attribute", "type", "default", ""],
      attributes.map(({ name, type, default: value, description }) => [code(name), code(type.text), code(value), description]),
    ),
    properties: table(
      ["property", "type", ""],
      of("field").map(({ name, type, description }) => [code(name), code(type.text), description]),
    ),
    methods: table(
      ["method", ""],
      of("method").map(({ name, description }) => [code(`${name}()`), description]),
    ),
    events: table(
      ["event", "`detail`", ""],
      events.map(({ name, type, description }) => [code(name), detail(type), description]),
    ),
    tokens: table(
      ["custom property", "default in light", "in dark", ""],
      cssProperties.map(({ name, default: value, description }) => {
        const both = /^light-dark\((.*), (.*)\)$/.exec(value);
        return [code(name), ...(both ? [code(both[1]), code(both[2])] : [code(value), "the same"]), description];
      }),
    ),
    parts: table(
      ["part", ""],
      cssParts.map(({ name, description }) => [code(`::part(${name})`), description]),
    ),
  };
}

/** The documentation with updated tables, each after a comment that names it. */
export function withTables(text) {
  let result = text;
  for (const [name, content] of Object.entries(tables())) {
    const place = new RegExp(`(<!-- ${name}: .*-->\\n\\n)(\\|.*\\n)*\\n*`);
    if (!place.test(result)) throw new Error(`docs/embedding.md has no place for the table of ${name}`);
    result = result.replace(place, (_, mark) => `${mark}${content}\n\n`);
  }
  return result;
}

export const docsText = () => readFileSync(docsPath, "utf8");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(docsPath, withTables(docsText()));
}

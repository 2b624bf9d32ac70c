// The official validator: reads template files named on the command line, prints {file: {valid, errors, warnings}}.
import { readFileSync } from "node:fs";
import { validateZeebe } from "@bpmn-io/element-templates-validator";

const told = (found) => (found || []).map(({ message, instancePath }) => ({ message, instancePath }));
const judged = process.argv.slice(2).map((file) => {
  const { valid, errors, warnings } = validateZeebe(readFileSync(file, "utf8"));
  return [file, { valid, errors: told(errors), warnings: told(warnings) }];
});
console.log(JSON.stringify(Object.fromEntries(judged)));

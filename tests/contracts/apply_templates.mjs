// bpmn.io's own applier: reads {diagram, templates} from standard input, prints the diagram with each applied to "task".
import { readFileSync } from "node:fs";
import { applyTemplate } from "element-templates-cli";

const { diagram, templates } = JSON.parse(readFileSync(0, "utf8"));
const applied = [];
for (const template of templates) {
  applied.push(await applyTemplate(diagram, JSON.stringify(template), "task"));
}
console.log(JSON.stringify(applied));

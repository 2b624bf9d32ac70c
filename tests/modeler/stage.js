// The modeler that Camunda's Desktop and Web Modeler are built on, and their linter, for a page without a server.
import Modeler from "camunda-bpmn-js/lib/camunda-cloud/Modeler";
import { CloudElementTemplatesLinterPlugin } from "bpmn-js-element-templates";
import { Linter } from "@camunda/linting";
import lintingModule from "@camunda/linting/modeler";
import "camunda-bpmn-js/dist/assets/camunda-cloud-modeler.css";
import "@camunda/linting/assets/linting.css";

let modeler;
let templates = [];

const frame = () => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
const heading = () => document.querySelector("#panel .bio-properties-panel-header-type")?.textContent;

const lint = (contents) =>
  new Linter({ plugins: [CloudElementTemplatesLinterPlugin(templates)] }).lint(contents);

window.stage = {
  /** A modeler with these templates, for a cluster of this version, showing this diagram. */
  async open(diagram, offered, version) {
    templates = offered;
    modeler?.destroy();
    modeler = new Modeler({
      container: "#canvas",
      propertiesPanel: { parent: "#panel", debounceInput: false },
      additionalModules: [lintingModule],
    });
    const wrong = [];
    modeler.on("elementTemplates.errors", ({ errors }) => wrong.push(...errors.map(({ message }) => message)));
    modeler.get("elementTemplates").setEngines({ camunda: version });
    modeler.get("elementTemplatesLoader").setTemplates(templates);
    await modeler.importXML(diagram);
    modeler.get("canvas").zoom("fit-viewport", "auto");
    while (!heading()) await frame();
    await frame(); // the panel listens to selections only after it was drawn once
    return wrong;
  },

  /** Selects an element of another kind than the one before; how many milliseconds passed until the panel showed it. */
  async select(id) {
    const before = heading();
    const started = performance.now();
    modeler.get("selection").select(modeler.get("elementRegistry").get(id));
    while (heading() === before) await frame();
    return performance.now() - started;
  },

  /** Shows what the linter finds in the panel and on the canvas, as the modelers do after each change. */
  async annotate() {
    await frame();
    modeler.get("linting").setErrors(await lint(modeler.getDefinitions()));
    modeler.get("linting").activate();
    await frame();
    await frame();
  },

  /** What the linter says of diagrams, by their names: {name: [{rule, category, message, id}]}. */
  async lint(diagrams, offered) {
    templates = offered;
    const told = {};
    for (const [name, xml] of Object.entries(diagrams)) {
      const found = await lint(xml);
      if (found.length) told[name] = found.map(({ rule, category, message, id }) => ({ rule, category, message, id }));
    }
    return told;
  },

  /** The ids of the templates that the selected element can be given. */
  offered() {
    const [selected] = modeler.get("selection").get();
    return modeler.get("elementTemplates").getLatest(selected).map(({ id }) => id);
  },

  drawn: () => frame().then(frame),
  fit: () => modeler.get("canvas").zoom("fit-viewport", "auto"),
  undo: () => modeler.get("commandStack").undo(),
  xml: async () => (await modeler.saveXML({ format: true })).xml,
  svg: async () => (await modeler.saveSVG()).svg,
};

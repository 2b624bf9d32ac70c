// What the benchmark calls inside the JavaScript engine: feelin's values come wrapped, with its warnings beside them.
import { evaluate } from "feelin";

globalThis.timed = (expression, context, rounds) => {
  let value;
  for (let round = 0; round < rounds; round += 1) {
    const result = evaluate(expression, context);
    value = result !== null && typeof result === "object" && "value" in result ? result.value : result;
  }
  return JSON.stringify(value);
};

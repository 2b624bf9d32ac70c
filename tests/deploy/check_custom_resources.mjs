// Reads resources as a JSON list on standard input; prints what the operators' own schemas say of those that are theirs.
import { readFileSync } from "node:fs";
import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject";
import { PrometheusRule } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule";
import { ServiceMonitor } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor";

const models = { ScaledObject, PrometheusRule, ServiceMonitor };
const judged = JSON.parse(readFileSync(0, "utf8")).map((resource) => {
  try {
    new models[resource.kind](resource).validate();
    return [resource.kind, null];
  } catch (error) {
    return [resource.kind, error.message];
  }
});
console.log(JSON.stringify(Object.fromEntries(judged)));

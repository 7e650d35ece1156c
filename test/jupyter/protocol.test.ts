import { kernelEnvironment } from "../support/kernel-environment.js";
import { pythonSuite } from "../support/python-suite.js";
import { python, requirement } from "../support/requirement.js";

const interpreter = requirement(python("jupyter"));

for (const part of ["execute", "requests", "interrupt", "debugger"]) {
  const file = new URL(`protocol_${part}.py`, import.meta.url);
  pythonSuite(`protocol: ${part}`, file, interpreter, kernelEnvironment);
}

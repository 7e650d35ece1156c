import { kernelEnvironment } from "../support/kernel-environment.js";
import { pythonSuite } from "../support/python-suite.js";
import { python, requirement } from "../support/requirement.js";

pythonSuite(
  "protocol: faults",
  new URL("protocol_faults.py", import.meta.url),
  requirement(python("jupyter")),
  kernelEnvironment,
);

import { kernelEnvironment } from "../support/kernel-environment.js";
import { pythonSuite } from "../support/python-suite.js";
import { python, requirement } from "../support/requirement.js";

pythonSuite(
  "protocol: lifecycle",
  new URL("protocol_lifecycle.py", import.meta.url),
  requirement(python("jupyter")),
  kernelEnvironment,
);

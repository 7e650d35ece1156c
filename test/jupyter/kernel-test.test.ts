import { kernelEnvironment } from "../support/kernel-environment.js";
import { pythonSuite } from "../support/python-suite.js";
import { python, requirement } from "../support/requirement.js";

pythonSuite(
  "jupyter_kernel_test",
  new URL("kernel_test.py", import.meta.url),
  requirement(python("jupyter")),
  kernelEnvironment,
);

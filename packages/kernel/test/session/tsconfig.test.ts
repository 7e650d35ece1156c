import { describeGroups } from "./language-suite.js";
import { tsconfigGroups } from "./tsconfig-cases.js";

describeGroups(tsconfigGroups, "tsconfig");

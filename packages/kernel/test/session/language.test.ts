import { languageGroups } from "./language-cases.js";
import { describeGroups } from "./language-suite.js";

describeGroups(languageGroups, "language");

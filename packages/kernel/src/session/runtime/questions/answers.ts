import type { Question } from "../../messages.js";
import { current, has } from "../boxes.js";
import { bundleOf } from "../bundle.js";
import { memberNames } from "./members.js";
import { childrenOf, forgetListed, sessionVariables } from "./variables.js";

/** What the running program tells of itself. */
export function answerTo(question: Question): unknown {
  switch (question.kind) {
    case "members":
      return memberNames(question.path, question.prefix);
    case "variables":
      forgetListed();
      return sessionVariables(question.names);
    case "children":
      return childrenOf(question.reference, question.start, question.count);
    case "bundle":
      return has(question.name) ? bundleOf(current(question.name)) : {};
  }
}

export { type InspectOptions, inspect } from "node:util";
export { isNativeError, isProxy } from "node:util/types";

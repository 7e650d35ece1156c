import type ts from "typescript6";
import type { TypeScript } from "../typescript.js";

/**
 * Decides where compiled code must look whether it was interrupted. A signal ends code that runs at once by
 * itself; what runs after an `await`, in a timer or in a callback is ended by these looks alone.
 */
export class GuardPlan {
  readonly #ts: TypeScript;
  constructor(ts: TypeScript) {
    this.#ts = ts;
  }

  /**
   * "count": once in a while; "turn": each time round, since the loop gives way to others; "none": a counted
   * loop that calls nothing ends by itself, and numeric kernels must not pay for a look in their innermost
   * loop.
   */
  loop(node: ts.IterationStatement): "none" | "count" | "turn" {
    if (this.awaits(node)) return "turn";
    return this.#ts.isForStatement(node) && this.#isCounted(node) ? "none" : "count";
  }

  /**
   * Whether a function calls something that may lead back to itself. `isNear` tells names declared in a cell.
   */
  mayRecurse(body: ts.Node, isNear: (name: string) => boolean): boolean {
    const ts = this.#ts;
    const visit = (node: ts.Node): boolean => {
      if (ts.isCallExpression(node)) {
        const callee = node.expression;
        if (ts.isIdentifier(callee) && isNear(callee.text)) return true;
        if (ts.isPropertyAccessExpression(callee) && callee.expression.kind === ts.SyntaxKind.ThisKeyword)
          return true;
      } else if (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && isNear(node.expression.text))
        return true;
      if (node !== body && ts.isFunctionLike(node)) return false;
      return ts.forEachChild(node, visit) === true;
    };
    return visit(body);
  }

  /** Whether a statement waits, by itself and not in a function that it makes. */
  awaits(statement: ts.Node): boolean {
    const ts = this.#ts;
    return this.#finds(
      statement,
      (node) => ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined),
    );
  }

  /** Whether a statement calls something by itself. */
  calls(statement: ts.Node): boolean {
    const ts = this.#ts;
    return this.#finds(
      statement,
      (node) => ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node),
    );
  }

  #finds(statement: ts.Node, isIt: (node: ts.Node) => boolean): boolean {
    const ts = this.#ts;
    const visit = (node: ts.Node): boolean =>
      !ts.isFunctionLike(node) && (isIt(node) || ts.forEachChild(node, visit) === true);
    return visit(statement);
  }

  #isCounted(node: ts.ForStatement): boolean {
    const ts = this.#ts;
    const { initializer, condition, incrementor, statement } = node;
    if (!initializer || !ts.isVariableDeclarationList(initializer)) return false;
    const counter = initializer.declarations[0]?.name;
    if (!counter || !ts.isIdentifier(counter)) return false;
    const isCounter = (at: ts.Node): boolean => ts.isIdentifier(at) && at.text === counter.text;
    if (!condition || !ts.isBinaryExpression(condition) || !isCounter(condition.left)) return false;
    if (ts.isIdentifier(condition.right) && condition.right.text === "Infinity") return false;
    if (!incrementor) return false;
    const steps =
      ts.isPostfixUnaryExpression(incrementor) || ts.isPrefixUnaryExpression(incrementor)
        ? isCounter(incrementor.operand)
        : ts.isBinaryExpression(incrementor) && isCounter(incrementor.left);
    if (!steps) return false;
    const busy = (child: ts.Node): boolean => {
      if (
        ts.isCallExpression(child) ||
        ts.isNewExpression(child) ||
        ts.isTaggedTemplateExpression(child) ||
        ts.isYieldExpression(child) ||
        ts.isIterationStatement(child, false)
      )
        return true;
      if (ts.isBinaryExpression(child) && isAssignment(ts, child) && isCounter(child.left)) return true;
      if (
        (ts.isPrefixUnaryExpression(child) || ts.isPostfixUnaryExpression(child)) &&
        isCounter(child.operand)
      ) {
        const step =
          child.operator === ts.SyntaxKind.PlusPlusToken || child.operator === ts.SyntaxKind.MinusMinusToken;
        if (step) return true;
      }
      return ts.forEachChild(child, busy) === true;
    };
    return !busy(condition.right) && !busy(statement);
  }
}

function isAssignment(ts: TypeScript, node: ts.BinaryExpression): boolean {
  const kind = node.operatorToken.kind;
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

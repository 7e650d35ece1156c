import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { encodeJson, Wire } from "../../src/protocol/wire/wire.js";

const connection = { key: "secret", hash: "sha256" };
const draft = { type: "kernel_info_request", content: { a: [1, "é"] } };

function frames(wire: Wire): Buffer[] {
  return wire.encode([Buffer.from("client")], draft).map((frame) => Buffer.from(frame));
}

describe("a message", () => {
  test("comes back as it was sent, with the way back to its sender", () => {
    const message = new Wire(connection, "b").decode(frames(new Wire(connection, "a")));
    expect(message).toMatchObject({ type: draft.type, content: draft.content, metadata: {}, buffers: [] });
    expect(message.identities).toEqual([Buffer.from("client")]);
  });

  test("with any byte changed is dropped", () => {
    const sent = frames(new Wire(connection, "a"));
    for (let part = 2; part < 7; part += 1) {
      const changed = sent.map((frame) => Buffer.from(frame));
      const frame = changed[part];
      if (frame) frame[0] = (frame[0] ?? 0) ^ 1;
      expect(() => new Wire(connection, "b").decode(changed)).toThrow("the signature is wrong");
    }
  });

  test("without a signature, or with another key's, is dropped", () => {
    const unsigned = frames(new Wire({ ...connection, key: "" }, "a"));
    expect(() => new Wire(connection, "b").decode(unsigned)).toThrow("the signature is wrong");
    const foreign = frames(new Wire({ ...connection, key: "other" }, "a"));
    expect(() => new Wire(connection, "b").decode(foreign)).toThrow("the signature is wrong");
  });

  test("that comes a second time is dropped", () => {
    const wire = new Wire(connection, "b");
    const sent = frames(new Wire(connection, "a"));
    wire.decode(sent);
    expect(() => wire.decode(sent)).toThrow("the same message came before");
  });

  test("of any bytes is refused with a WireError, never with another", () => {
    const open = new Wire({ ...connection, key: "" }, "b");
    const bytes = fc.uint8Array({ maxLength: 40 }).map((array) => Buffer.from(array));
    const json = fc.json().map((text) => Buffer.from(text));
    const delimiter = fc.constant(Buffer.from("<IDS|MSG>"));
    fc.assert(
      fc.property(fc.array(fc.oneof(bytes, json, delimiter), { maxLength: 9 }), (parts) => {
        try {
          open.decode(parts);
        } catch (error) {
          expect((error as Error).name).toBe("WireError");
        }
      }),
    );
  });
});

describe("JSON", () => {
  test("is plain JSON for all well-formed values", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(text.isWellFormed?.() ?? true);
        expect(JSON.parse(encodeJson(value as never).toString())).toEqual(JSON.parse(text));
      }),
    );
  });

  test("has U+FFFD for half a surrogate pair, in keys too, and leaves escaped backslashes alone", () => {
    const value = { "\ud83d": "a\udc00b", whole: "😀", text: "\\ud83d" };
    expect(JSON.parse(encodeJson(value).toString())).toEqual({
      "\ufffd": "a\ufffdb",
      whole: "😀",
      text: "\\ud83d",
    });
  });
});

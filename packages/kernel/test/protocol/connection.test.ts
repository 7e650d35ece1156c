import { describe, expect, test } from "vitest";
import { endpoint, parseConnection } from "../../src/protocol/wire/connection.js";

const file = {
  shell_port: 1001,
  iopub_port: 1002,
  stdin_port: 1003,
  control_port: 1004,
  hb_port: 1005,
  ip: "127.0.0.1",
  key: "b6b4-do-not-show",
  transport: "tcp",
  signature_scheme: "hmac-sha256",
};

function parse(changes: object) {
  return parseConnection(JSON.stringify({ ...file, ...changes }));
}

describe("a connection file", () => {
  test("says where each socket binds", () => {
    expect(endpoint(parse({}), "iopub")).toBe("tcp://127.0.0.1:1002");
    expect(endpoint(parse({ ip: "::1" }), "hb")).toBe("tcp://[::1]:1005");
    expect(endpoint(parse({ transport: "ipc", ip: "/run/kernel" }), "shell")).toBe("ipc:///run/kernel-1001");
  });

  test("names the hash of the signatures", () => {
    expect(parse({ signature_scheme: "hmac-md5" }).hash).toBe("md5");
    expect(parse({ signature_scheme: "hmac-sha3_256" }).hash).toBe("sha3-256");
  });

  test.each([
    [{ transport: "udp" }, "connection file: transport must be tcp or ipc; got udp"],
    [{ shell_port: 0 }, "connection file: shell_port must be a port from 1 to 65535"],
    [{ hb_port: "80" }, "connection file: hb_port must be a port from 1 to 65535"],
    [{ signature_scheme: "none" }, "connection file: signature_scheme none is not known"],
    [{ key: 5 }, "connection file: key must be a string; got a number"],
    [
      { curve_publickey: "short" },
      "connection file: curve_publickey and curve_secretkey must both be 40 characters of Z85",
    ],
  ])("with %j is refused", (changes, message) => {
    expect(() => parse(changes)).toThrow(message);
  });

  test("that is not JSON is refused without quoting it", () => {
    expect(() => parseConnection(`{"key": "do-not-show"`)).toThrow(/^connection file: not JSON$/);
  });
});

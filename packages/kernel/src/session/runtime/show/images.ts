import { type Bundle, classProperty, hasMethods } from "./viewer.js";

const signatures: readonly (readonly [mime: string, isIt: (head: string) => boolean])[] = [
  ["image/png", (head) => head.startsWith("\x89PNG\r\n\x1a\n")],
  ["image/jpeg", (head) => head.startsWith("\xff\xd8\xff")],
  ["image/gif", (head) => head.startsWith("GIF87a") || head.startsWith("GIF89a")],
  ["image/webp", (head) => head.startsWith("RIFF") && head.endsWith("WEBP")],
];

/** Which picture bytes are, by how they begin. */
export function imageType(bytes: Uint8Array): string | undefined {
  const head = String.fromCharCode(...bytes.subarray(0, 12));
  return signatures.find(([, isIt]) => isIt(head))?.[0];
}

/** The bytes of a PNG, JPEG, GIF or WebP picture: a Uint8Array, an ArrayBuffer or a Blob. */
export function imageBundle(value: object): Bundle | Promise<Bundle | undefined> | undefined {
  if (value instanceof Uint8Array) return bytesBundle(value);
  if (value instanceof ArrayBuffer) return bytesBundle(new Uint8Array(value));
  if (!(value instanceof Blob)) return undefined;
  return value
    .slice(0, 12)
    .arrayBuffer()
    .then(async (head) =>
      imageType(new Uint8Array(head)) === undefined
        ? undefined
        : bytesBundle(new Uint8Array(await value.arrayBuffer())),
    );
}

function bytesBundle(bytes: Uint8Array): Bundle | undefined {
  const mime = imageType(bytes);
  return mime === undefined ? undefined : { [mime]: bytes, "text/plain": `[${mime}, ${bytes.length} bytes]` };
}

interface Canvas {
  toDataURL(type: string): unknown;
}

/** A canvas, of whatever package: what is drawn on it as PNG. */
export async function canvasPicture(value: object): Promise<Bundle | undefined> {
  const url = await (value as Canvas).toDataURL("image/png");
  const [, data] = (typeof url === "string" && /^data:image\/png;base64,(.*)$/s.exec(url)) || [];
  if (!data) return undefined;
  const size = `${String(classProperty(value, "width"))} x ${String(classProperty(value, "height"))}`;
  return { "image/png": data, "text/plain": `[canvas, ${size}]` };
}

export function canvasBundle(value: object): Promise<Bundle | undefined> | undefined {
  return hasMethods(value, ["getContext", "toDataURL"]) ? canvasPicture(value) : undefined;
}

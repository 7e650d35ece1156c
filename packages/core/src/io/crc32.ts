/** Remainders of single bytes by the polynomial 0x04C11DB7, both with their bits in reverse. */
const remainders = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit++) remainder = (remainder >>> 1) ^ (remainder & 1 ? 0xedb88320 : 0);
  return remainder;
});

/**
 * CRC-32 as zip archives have it.
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, section 4.4.7
 */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (remainders[(crc ^ byte) & 255] as number);
  return ~crc >>> 0;
}

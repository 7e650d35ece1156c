export const nodeVersion: string = process.version;

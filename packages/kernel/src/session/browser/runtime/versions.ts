export const nodeVersion = "";

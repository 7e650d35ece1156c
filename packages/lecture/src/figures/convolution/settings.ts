/** What a reader chooses in the convolution figure. */
export interface ConvolutionSettings {
  readonly kernel: number;
  readonly stride: number;
  readonly padding: number;
  readonly dilation: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly groups: number;
}

/**
 * From where to where each can be chosen, in the order of the controls; `groups` is bound by the channels,
 * too.
 */
export const settingRanges: Readonly<Record<keyof ConvolutionSettings, readonly [from: number, to: number]>> =
  {
    kernel: [1, 5],
    stride: [1, 3],
    padding: [0, 2],
    dilation: [1, 3],
    inChannels: [1, 4],
    outChannels: [1, 4],
    groups: [1, 4],
  };

export const settingNames = Object.keys(settingRanges) as readonly (keyof ConvolutionSettings)[];

const firstSettings: ConvolutionSettings = {
  kernel: 3,
  stride: 1,
  padding: 1,
  dilation: 1,
  inChannels: 2,
  outChannels: 2,
  groups: 1,
};

/** The numbers of groups that divide both numbers of channels. */
export function possibleGroups({
  inChannels,
  outChannels,
}: Pick<ConvolutionSettings, "inChannels" | "outChannels">): number[] {
  return [1, 2, 3, 4].filter((groups) => inChannels % groups === 0 && outChannels % groups === 0);
}

/** Settings with one changed; groups that no longer divide the channels become the most that do. */
export function withSetting(
  settings: ConvolutionSettings,
  name: keyof ConvolutionSettings,
  value: number,
): ConvolutionSettings {
  const changed = { ...settings, [name]: value };
  const groups = possibleGroups(changed).findLast((possible) => possible <= changed.groups) ?? 1;
  return { ...changed, groups };
}

/**
 * The settings that a lesson asks for, the others as they usually are.
 * @throws {Error} if a name is unknown or a value cannot be chosen
 */
export function readConvolutionSettings(given: Readonly<Record<string, unknown>>): ConvolutionSettings {
  for (const [name, value] of Object.entries(given)) {
    const range = settingRanges[name as keyof ConvolutionSettings];
    if (range === undefined) throw new Error(`convolution figure: no setting is named ${name}`);
    if (!Number.isInteger(value) || Number(value) < range[0] || Number(value) > range[1])
      throw new Error(`convolution figure: ${name} must be from ${range[0]} to ${range[1]}; got ${value}`);
  }
  const settings = { ...firstSettings, ...given };
  if (!possibleGroups(settings).includes(settings.groups))
    throw new Error(
      `convolution figure: groups must divide both numbers of channels; got ${settings.groups}`,
    );
  return settings;
}

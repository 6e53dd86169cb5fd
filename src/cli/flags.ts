import { Option } from 'commander';
import { parseOption, type WordOption, type WordOptionName } from '../word-options.ts';
import { formatBytes } from './progress.ts';

const USES: Readonly<Record<WordOption['kind'], string>> = {
  integer: ' <n>',
  bytes: ' <size>',
  choice: ' <choice>',
  text: ' <text>',
  object: ' <json>',
  strings: ' <json>',
  boolean: '',
};

/** The flags of an option: `partSize` → `--part-size <size>`. What is true by default has a `--no-` one. */
export function flagsOf(name: WordOptionName, spec: WordOption): Option[] {
  const words = kebab(name);
  const flag = `--${words}`;
  if (spec.kind !== 'boolean')
    return [
      new Option(flag + USES[spec.kind], help(spec)).argParser((value) => parseOption(spec, flag, value)),
    ];
  if (spec.default !== true) return [new Option(flag, spec.help)];
  // Alone, commander would have `--no-x` set x to true wherever it is absent, which would prevail over a preset.
  return [new Option(flag, spec.help).hideHelp(), new Option(`--no-${words}`, `do not ${spec.help}`)];
}

function help(spec: WordOption): string {
  const notes = [
    ...(spec.choices ? [spec.choices.join(', ')] : []),
    ...(spec.default === undefined ? [] : [`default: ${standard(spec)}`]),
  ];
  return notes.length === 0 ? spec.help : `${spec.help} (${notes.join('; ')})`;
}

function standard(spec: WordOption): string {
  return spec.kind === 'bytes' ? formatBytes(Number(spec.default)) : String(spec.default);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** Readable on white and on GitHub's dark grey alike, as an image cannot know which of them it is on. */
export const INK = '#6f7b87';
export const COLOURS = ['#2f81f7', '#2da44e', '#bf8700', '#cf5f5f', '#8957e5', '#8c959f'] as const;
export const SIDES = { ours: '#2f81f7', ceiling: '#2da44e', peer: '#8c959f' } as const;

export const WIDTH = 800;
const FONT = "system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif";

type Attributes = Readonly<Record<string, string | number>>;

export function element(name: string, attributes: Attributes, ...content: string[]): string {
  const words = Object.entries(attributes).map(
    ([key, value]) => ` ${key}="${escaped(typeof value === 'number' ? String(+value.toFixed(2)) : value)}"`,
  );
  return content.length > 0
    ? `<${name}${words.join('')}>${content.join('')}</${name}>`
    : `<${name}${words.join('')}/>`;
}

export function text(x: number, y: number, words: string, attributes: Attributes = {}): string {
  return element('text', { x, y, ...attributes }, escaped(words));
}

export function line(x1: number, y1: number, x2: number, y2: number, attributes: Attributes = {}): string {
  return element('line', { x1, y1, x2, y2, stroke: INK, ...attributes });
}

/** @param title What a reader who cannot see the picture is told. */
export function picture(title: string, height: number, shapes: readonly string[]): string {
  const attributes = {
    ...{ xmlns: 'http://www.w3.org/2000/svg', role: 'img', viewBox: `0 0 ${WIDTH} ${height}` },
    ...{ width: WIDTH, height, fill: INK, 'font-family': FONT, 'font-size': 13 },
  };
  const titled = [element('title', {}, escaped(title)), ...shapes];
  return `${element('svg', attributes, '\n', titled.join('\n'), '\n')}\n`;
}

function escaped(words: string): string {
  return words
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

import { expect } from 'chai';
import { DEFAULT_SCENARIO, SCENARIOS } from './scenarios.ts';
import { parseCommandLine } from './settings.ts';

function scenariosOf(...argv: string[]) {
  const request = parseCommandLine(argv);
  if (request.kind !== 'run') throw new Error(`${request.kind}: ${JSON.stringify(request)}`);
  return request.scenarios;
}

describe('bench: parseCommandLine', () => {
  it('takes the documented options for one scenario of its own', () => {
    const [scenario] = scenariosOf('--size', '1GiB', '--files', '8', '--concurrency', '2');
    expect(scenario).to.deep.equal({ ...DEFAULT_SCENARIO, sizes: [1024 ** 3], files: 8, concurrency: 2 });
  });

  it('runs scenarios as they are, one, several or all', () => {
    expect(scenariosOf('--scenario', 'all')).to.deep.equal(SCENARIOS);
    const names = scenariosOf('--scenario', 'jsonl,map-run').map(({ name }) => name);
    expect(names).to.deep.equal(['jsonl', 'map-run']);
  });

  it('takes several sizes, and contenders by name', () => {
    const [scenario] = scenariosOf('--sizes', '64MiB,8GiB', '--contenders', 'transfer,aggregate');
    expect(scenario?.sizes).to.deep.equal([64 * 1024 ** 2, 8 * 1024 ** 3]);
    expect(scenario?.contenders).to.deep.equal(['transfer', 'aggregate']);
  });

  it('knows only contenders that there are', () => {
    for (const { contenders, name } of SCENARIOS)
      expect(() => scenariosOf('--scenario', name, '--contenders', contenders.join())).not.to.throw();
  });

  for (const [args, complaint] of [
    [['--size', 'big'], '--size must be a size such as 128MiB'],
    [['--size', '1MiB', '--files', '1000'], 'at least 4096 bytes for each of --files'],
    [['--rounds', '0'], '--rounds must be a whole number from 1 to 1000, got "0"'],
    [['--scenario', 'none'], '--scenario must be among map-run, one-file,'],
    [['--contenders', 'read-jq'], '--contenders must be among aggregate,'],
    [['--speed', '1'], "Unknown option '--speed'"],
  ] as const) {
    it(`refuses ${args.join(' ')}`, () => {
      const request = parseCommandLine(args);
      expect(request.kind).to.equal('usage');
      expect(request).to.have.property('message').that.contains(complaint);
    });
  }
});

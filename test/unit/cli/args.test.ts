import { expect } from 'chai';
import { parseArgs } from '../../../src/cli/args.ts';
import { WORD_OPTION_NAMES } from '../../../src/word-options.ts';

const parse = (...argv: string[]) => parseArgs(argv, '1.2.3');

describe('parseArgs', () => {
  it('reads a manifest alone', () => {
    expect(parse('aggregate', 's3://b/k')).to.deep.equal({
      kind: 'aggregate',
      job: { manifest: 's3://b/k', output: undefined, options: {}, json: false, client: {} },
    });
  });

  it('reads every option', () => {
    const flags =
      '-o - --concurrency 2 --part-size 6MiB --queue-size 3 --follow-destination-bucket --endpoint http://h:1 --force-path-style --json';
    expect(parse('aggregate', 'm.json', ...flags.split(' '), '--envelope', '{"a":1}')).to.deep.equal({
      kind: 'aggregate',
      job: {
        manifest: 'm.json',
        output: '-',
        options: {
          concurrency: 2,
          partSize: 6 * 1024 ** 2,
          queueSize: 3,
          followDestinationBucket: true,
          envelope: { a: 1 },
        },
        json: true,
        client: { endpoint: 'http://h:1', forcePathStyle: true },
      },
    });
  });

  it('reads what to clean up', () => {
    expect(parse('cleanup', 's3://b/p')).to.deep.equal({
      kind: 'cleanup',
      job: { where: 's3://b/p', options: {}, json: false, client: {} },
    });
    const flags =
      '--older-than 36h --dry-run --json --endpoint http://h:1 --force-path-style --expected-bucket-owner 123456789012 --request-payer';
    expect(parse('cleanup', '.', ...flags.split(' '))).to.deep.equal({
      kind: 'cleanup',
      job: {
        where: '.',
        options: {
          olderThan: 36 * 3_600_000,
          dryRun: true,
          expectedBucketOwner: '123456789012',
          requestPayer: true,
        },
        json: true,
        client: { endpoint: 'http://h:1', forcePathStyle: true },
      },
    });
  });

  for (const [age, olderThan] of [
    ['0', 0],
    ['0d', 0],
    ['90s', 90_000],
    ['10m', 600_000],
    ['1h', 3_600_000],
    ['2d', 172_800_000],
  ] as const) {
    it(`knows how long ${age} is`, () => {
      expect(parse('cleanup', '.', '--older-than', age)).to.have.nested.property(
        'job.options.olderThan',
        olderThan,
      );
    });
  }

  it('prints help with every option, and the version', () => {
    const help = parse('aggregate', '--help');
    expect(help.kind).to.equal('text');
    for (const name of WORD_OPTION_NAMES) {
      const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      expect(help)
        .to.have.property('text')
        .that.matches(new RegExp(` --(no-)?${flag}\\b`));
    }
    expect(parse('--version')).to.deep.equal({ kind: 'text', text: '1.2.3\n' });
  });

  it('keeps what it echoes on the line where it stands', () => {
    for (const argv of [['aggregate', 'm', '--a\nerror: b'], ['a\nerror: b']])
      expect(parse(...argv))
        .to.have.property('message')
        .that.includes("a\\x0aerror: b'");
    expect(parse('aggregate', 'm', '--concurency', '2'))
      .to.have.property('message')
      .that.includes("'\n(Did you mean --concurrency?)");
  });

  const wrong: [argv: string[], words: string][] = [
    [[], 'Usage: map-run-results'],
    [['frobnicate'], "unknown command 'frobnicate'"],
    [['aggregate'], "missing required argument 'manifest'"],
    [['aggregate', 'a', 'b'], 'too many arguments'],
    [['aggregate', 'm', '--nonsense'], "unknown option '--nonsense'"],
    [
      ['aggregate', 'm', '--concurrency', 'x'],
      '--concurrency must be a whole number from 1 to 1000, got "x"',
    ],
    [['aggregate', 'm', '--envelope', '[]'], '--envelope must be a JSON object'],
    [['cleanup'], "missing required argument 'where'"],
    ...['', '1', 'd', '-1d', '1.5d', '1D', '1w', '1d2h', '9999999999d'].map((age): [string[], string] => [
      ['cleanup', '.', `--older-than=${age}`],
      `--older-than must be a number and s, m, h or d, or 0, got "${age}"`,
    ]),
    [['aggregate', 'm', '--endpoint', 'nonsense'], '--endpoint must be a URL, got "nonsense"'],
  ];
  for (const [argv, words] of wrong) {
    it(`says what is wrong with "${argv.join(' ')}"`, () => {
      const request = parse(...argv);
      expect(request.kind).to.equal('usage');
      expect(request).to.have.property('message').that.includes(words);
    });
  }
});

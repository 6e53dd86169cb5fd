import { expect } from 'chai';
import sinon from 'sinon';
import { runWith } from '../../support/command-line.ts';
import { mapRun } from '../../support/map-run.ts';
import { s3Error, stubS3 } from '../../support/stub-s3.ts';

describe('the command line lets nothing of its input command the terminal', () => {
  afterEach(() => sinon.restore());

  const HOSTILE = '\x1b]0;owned\x07\x1b[2J\x9b1A\x7f\u202e\nwarning: fake';
  const SHOWN = '\\x1b]0;owned\\x07\\x1b[2J\\x9b1A\\x7f\\u{202e}\\x0awarning: fake';

  /** Nothing but what can be seen, in lines of ours. */
  function expectHarmless({ out, err }: { out: string; err: string }): void {
    expect(out + err)
      .to.match(/^[\n\P{C}]*$/u)
      .and.not.match(/^warning: fake/m);
  }

  /** A run whose manifest, at `key`, says of itself what is hostile. */
  async function hostileRun(change: (manifest: Record<string, unknown>) => void) {
    const { manifestKey, files } = mapRun({ succeeded: [['1']] });
    const manifest = JSON.parse(files.get(manifestKey) as string) as Record<string, unknown>;
    change(manifest);
    const key = `p/${HOSTILE}/81027ddd-df08-4c6e-b442-257822745e9c/manifest.json`;
    return { key, s3: stubS3([...files, [key, JSON.stringify(manifest)]]) };
  }

  it('in keys of the manifest', async () => {
    const { key, s3 } = await hostileRun((manifest) => {
      manifest.ResultFiles = { SUCCEEDED: [{ Key: `none/${HOSTILE}`, Size: 5 }] };
    });
    const said = await runWith(['aggregate', `s3://bucket/${key}`], { client: s3.client });
    expectHarmless(said);
    expect(said.err)
      .to.match(/^ResultFileNotFound: .*\n$/)
      .and.include(`s3://bucket/none/${SHOWN}`);
  });

  it('in its words, as warnings and inspect show them', async () => {
    const { key, s3 } = await hostileRun((manifest) => {
      manifest.DestinationBucket = HOSTILE;
      manifest.MapRunArn = HOSTILE;
    });
    for (const command of ['aggregate', 'inspect']) {
      const said = await runWith([command, `s3://bucket/${key}`, '-o', `s3://bucket/${HOSTILE}`], {
        client: s3.client,
      });
      expectHarmless(said);
      expect(said.err)
        .to.match(/^warning: .*\n$/)
        .and.include(SHOWN);
      expect(said.out).to.include(SHOWN);
    }
  });

  it('in JSON, which says the same all the same', async () => {
    const { key, s3 } = await hostileRun((manifest) => {
      manifest.DestinationBucket = HOSTILE;
    });
    for (const command of ['aggregate', 'inspect']) {
      const said = await runWith([command, `s3://bucket/${key}`, '-o', `s3://bucket/${HOSTILE}`, '--json'], {
        client: s3.client,
      });
      expectHarmless(said);
      const { key: written, output, warnings } = JSON.parse(said.out);
      expect(written ?? output.key).to.equal(HOSTILE);
      expect(warnings[0]).to.include(HOSTILE);
    }
  });

  it('in the words of a server', async () => {
    const s3 = stubS3();
    s3.override(() => {
      throw s3Error(HOSTILE, HOSTILE);
    });
    const said = await runWith(['inspect', 's3://bucket/key'], { client: s3.client });
    expectHarmless(said);
    expect(said.err).to.include(`${SHOWN}: ${SHOWN}`);
  });

  it('in the words of the command line', async () => {
    for (const argv of [
      [HOSTILE],
      ['inspect', 'm', `--${HOSTILE}`],
      ['inspect', 'm', '--endpoint', HOSTILE],
      ['inspect', HOSTILE],
    ]) {
      const said = await runWith(argv);
      expectHarmless(said);
      expect(said.code).to.not.equal(0);
      expect(said.err).to.include('owned');
    }
  });

  it('in an error that nobody has thought of', async () => {
    const said = await runWith(['inspect', 's3://bucket/key'], {
      makeClient: () => {
        throw new TypeError(HOSTILE);
      },
    });
    expect(said.err)
      .to.match(/^TypeError: /)
      .and.include('\\x1b');
    expect(said.code).to.equal(1);
    expect(said.err).to.not.include('\x1b');
  });
});

import { EventEmitter } from 'node:events';
import {
  AbortMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { expect } from 'chai';
import sinon from 'sinon';
import { runWith } from '../../support/command-line.ts';
import { mapRun } from '../../support/map-run.ts';
import { type Override, s3Error, stubS3 } from '../../support/stub-s3.ts';

describe('run, when a signal comes', () => {
  afterEach(() => sinon.restore());

  /** A process that can be sent signals, and told to exit. */
  const stubProcess = () => Object.assign(new EventEmitter(), { exit: sinon.spy() });

  interface Case {
    readonly name?: string;
    readonly argv?: readonly string[];
    /** What becomes of the request. Default: what would have. */
    readonly answer?: Override;
    /** Answers in place of other requests. */
    readonly meanwhile?: Override;
    readonly tty?: boolean;
    /** The texts of the Outputs. */
    readonly results?: readonly string[];
  }

  /** Runs a command over a small Map Run, with a signal when it sends this request. */
  async function stopAt(Command: new (...args: never[]) => object, options: Case = {}) {
    const { name = 'SIGINT', argv = ['aggregate'], answer = () => undefined, results = ['1'] } = options;
    const { meanwhile = () => undefined } = options;
    const { manifestKey, files } = mapRun({ succeeded: [results] });
    const s3 = stubS3(files);
    const process = stubProcess();
    s3.override((command, signal) => {
      if (!(command instanceof Command)) return meanwhile(command, signal);
      process.emit(name, name);
      return answer(command, signal);
    });
    const [kind = '', ...flags] = argv;
    const where = kind === 'cleanup' ? 's3://bucket/p' : `s3://bucket/${manifestKey}`;
    const result = await runWith([kind, where, ...flags], {
      client: s3.client,
      process,
      tty: options.tty ?? false,
    });
    expect(process.eventNames(), 'signals listened for').to.deep.equal([]);
    return { ...result, s3, process };
  }
  const cancelled: Override = () => {
    throw new Error('cancelled');
  };

  for (const [name, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    it(`gives the job up on ${name}, and exits ${code}`, async () => {
      const { out, err, process, s3, ...result } = await stopAt(GetObjectCommand, {
        name,
        answer: cancelled,
      });
      expect(result.code).to.equal(code);
      expect({ out, err }).to.deep.equal({ out: '', err: `${name}: aborted by the caller\n` });
      sinon.assert.calledOnceWithExactly(process.exit, code);
      expect(s3.sent).to.deep.equal(['GetObject']);
    });
  }

  for (const argv of [['inspect'], ['cleanup']]) {
    it(`does so with ${argv}`, async () => {
      const Command = argv[0] === 'inspect' ? GetObjectCommand : ListMultipartUploadsCommand;
      expect(await stopAt(Command, { argv, answer: cancelled })).to.include({ code: 130 });
    });
  }

  it('says that it is stopping in place of the progress, and clears that', async () => {
    const { err } = await stopAt(GetObjectCommand, { answer: cancelled, tty: true });
    expect(err).to.equal(
      '\rStopping, and cleaning up. Once more to stop at once.\x1b[K\r\x1b[KSIGINT: aborted by the caller\n',
    );
  });

  it('tells the true outcome when it came too late', async () => {
    const { code, out, err, s3, process } = await stopAt(PutObjectCommand, {
      argv: ['aggregate', '-o', 's3://bucket/out'],
    });
    expect(code).to.equal(0);
    expect(err).to.equal('SIGINT came too late: the job is done\n');
    expect(out).to.match(/^1 result from 1 result file in s3:\/\/bucket\/out\n/);
    expect(s3.object('out')).to.equal('{"results":[1]}');
    sinon.assert.notCalled(process.exit);
  });

  it('tells the true outcome when the job had failed by itself before', async () => {
    const { code, err, s3, process } = await stopAt(AbortMultipartUploadCommand, {
      results: Array(12).fill(`"${'x'.repeat(1_000_000)}"`),
      meanwhile: (command) => {
        if (command instanceof UploadPartCommand) throw s3Error('AccessDenied', 'Access Denied', 403);
        return undefined;
      },
    });
    expect(s3.sent).to.include('AbortMultipartUpload');
    expect(code).to.equal(1);
    expect(err).to.match(/^WriteFailed: .*AccessDenied: Access Denied\n$/);
    expect(s3.unfinishedUploads).to.have.property('size', 0);
    sinon.assert.notCalled(process.exit);
  });
});

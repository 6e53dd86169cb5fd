import { lstat, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { expect } from 'chai';
import { MapRunResultsError } from '../../../src/errors.ts';
import { fileSink, fileSource, streamSink } from '../../../src/storage/files.ts';
import { failure } from '../../support/errors.ts';
import { collect, idle, text } from '../../support/streams.ts';

const OVERWRITE = { overwrite: true };
const UNABORTED = new AbortController().signal;

describe('local storage', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'map-run-results-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const document = (...chunks: string[]) => Readable.from(chunks, { objectMode: false });

  describe('fileSource', () => {
    it('gives the bytes of the file', async () => {
      const path = join(folder, 'f');
      await writeFile(path, 'hello');
      expect(await text(fileSource(UNABORTED)({ path }, 'result file'))).to.equal('hello');
    });

    it('says that there is none', async () => {
      const path = join(folder, 'none');
      const error = await failure('ResultFileNotFound', () =>
        collect(fileSource(UNABORTED)({ path }, 'result file')),
      );
      expect(error).to.include({ path });
      expect(error.message).to.include('ENOENT');
      await failure('ManifestNotFound', () => collect(fileSource(UNABORTED)({ path }, 'manifest')));
    });

    it('says what else went wrong', async () => {
      const error = await failure('ReadFailed', () =>
        collect(fileSource(UNABORTED)({ path: folder }, 'manifest')),
      );
      expect(error.message).to.include('EISDIR');
    });
  });

  describe('fileSink', () => {
    it('writes the file, and nothing else', async () => {
      await fileSink({ path: join(folder, 'out') }, OVERWRITE, UNABORTED)(document('a', 'b'));
      expect(await readFile(join(folder, 'out'), 'utf8')).to.equal('ab');
      expect(await readdir(folder)).to.deep.equal(['out']);
    });

    it('writes over nothing where it must not, whenever that came there', async () => {
      const path = join(folder, 'out');
      await fileSink({ path }, { overwrite: false }, UNABORTED)(document('new'));
      expect(await readFile(path, 'utf8')).to.equal('new');
      const early = failure('DestinationExists', () =>
        fileSink({ path }, { overwrite: false }, UNABORTED)(document('newer')),
      );
      expect(await early).to.include({ path });
      await rm(path);

      const source = new PassThrough();
      const writing = fileSink({ path }, { overwrite: false }, UNABORTED)(source);
      source.write('mine');
      await idle();
      await writeFile(path, 'of another');
      source.end();
      await failure('DestinationExists', () => writing);
      expect(await readFile(path, 'utf8')).to.equal('of another');
      expect(await readdir(folder)).to.deep.equal(['out']);
    });

    it('keeps what was there until all is written', async () => {
      await writeFile(join(folder, 'out'), 'old');
      const source = new PassThrough();
      const writing = fileSink({ path: join(folder, 'out') }, OVERWRITE, UNABORTED)(source);
      source.write('new');
      await idle();
      expect(await readFile(join(folder, 'out'), 'utf8')).to.equal('old');
      source.end();
      await writing;
      expect(await readFile(join(folder, 'out'), 'utf8')).to.equal('new');
    });

    it('leaves what was there, and nothing else, when the document fails', async () => {
      await writeFile(join(folder, 'out'), 'old');
      const stop = new AbortController();
      const reason = new MapRunResultsError('ResultFileMalformed', 'bad');
      const failing = async function* () {
        yield 'a';
        stop.abort(reason);
        throw reason;
      };
      const writing = fileSink(
        { path: join(folder, 'out') },
        OVERWRITE,
        stop.signal,
      )(Readable.from(failing()));
      expect(await writing.catch((error: unknown) => error)).to.equal(reason);
      expect(await readdir(folder)).to.deep.equal(['out']);
      expect(await readFile(join(folder, 'out'), 'utf8')).to.equal('old');
    });

    it('stops when the signal is aborted, though the document stalls', async () => {
      const stop = new AbortController();
      const source = new PassThrough();
      const writing = fileSink({ path: join(folder, 'out') }, OVERWRITE, stop.signal)(source);
      source.write('new');
      await idle();
      const reason = new MapRunResultsError('AbortError', 'enough');
      stop.abort(reason);
      expect(await writing.catch((error: unknown) => error)).to.equal(reason);
      expect(await readdir(folder)).to.deep.equal([]);
    });

    it('follows a link, and leaves it one', async () => {
      await writeFile(join(folder, 'real'), 'old');
      await symlink(join(folder, 'real'), join(folder, 'link'));
      await fileSink({ path: join(folder, 'link') }, OVERWRITE, UNABORTED)(document('new'));
      expect(await readFile(join(folder, 'real'), 'utf8')).to.equal('new');
      expect((await lstat(join(folder, 'link'))).isSymbolicLink()).to.equal(true);
    });

    it('writes to what is no file, and leaves it what it is', async () => {
      await symlink('/dev/null', join(folder, 'null'));
      await fileSink({ path: join(folder, 'null') }, OVERWRITE, UNABORTED)(document('new'));
      expect((await stat(join(folder, 'null'))).isCharacterDevice()).to.equal(true);
      await failure('WriteFailed', () => fileSink({ path: folder }, OVERWRITE, UNABORTED)(document('new')));
    });

    it('says what went wrong', async () => {
      const path = join(folder, 'no', 'out');
      const error = await failure('WriteFailed', () =>
        fileSink({ path }, OVERWRITE, UNABORTED)(document('a')),
      );
      expect(error.message).to.include('ENOENT').and.include(path);
      expect(error).to.include({ path });
    });
  });

  describe('streamSink', () => {
    it('writes to the stream and ends it', async () => {
      const stream = new PassThrough();
      const [, written] = await Promise.all([
        streamSink(stream, UNABORTED)(document('a', 'b')),
        text(stream),
      ]);
      expect(written).to.equal('ab');
    });

    it('says what went wrong', async () => {
      const stream = new Writable({ write: (_chunk, _encoding, done) => done(new Error('EPIPE')) });
      const error = await failure('WriteFailed', () => streamSink(stream, UNABORTED)(document('a')));
      expect(error.message).to.include('EPIPE');
    });

    it('refuses a stream that has ended', async () => {
      const stream = new PassThrough().resume().end();
      const error = await failure('WriteFailed', () => streamSink(stream, UNABORTED)(document('a')));
      expect(error.message).to.include('ended already');
    });

    it('stops when the signal is aborted, though the stream takes nothing', async () => {
      const stop = new AbortController();
      const writing = streamSink(new Writable({ write() {} }), stop.signal)(document('a', 'b'));
      await idle();
      const reason = new MapRunResultsError('AbortError', 'enough');
      stop.abort(reason);
      expect(await writing.catch((error: unknown) => error)).to.equal(reason);
    });
  });
});

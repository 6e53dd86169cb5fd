import { expect } from 'chai';
import { BatchWriter } from '../../../src/results/batch-writer.ts';
import { BATCH_SIZE } from '../../../src/results/reader.ts';

function flushed(batch: BatchWriter): unknown[] {
  return [...batch.flush()].map(({ bytes, ...counts }) => ({ text: bytes.toString('latin1'), ...counts }));
}

describe('BatchWriter', () => {
  it('joins texts, from wherever they come, and counts them and their elements', () => {
    const batch = new BatchWriter(',');
    batch.add(['1', '2']);
    batch.add([]);
    batch.copy(Buffer.from('[3]'), 1, 2);
    batch.endElement();
    batch.view.setUint8(batch.start, 0x34);
    batch.keep(batch.start + 1);
    batch.endElement();
    expect(flushed(batch)).to.deep.equal([{ text: '1,2,3,4', count: 4, elements: 4 }]);
  });

  it('gives nothing where there was no element, and an empty batch where nothing was made of some', () => {
    const batch = new BatchWriter(',');
    expect(flushed(batch)).to.deep.equal([]);
    batch.add([]);
    expect(flushed(batch)).to.deep.equal([{ text: '', count: 0, elements: 1 }]);
    expect(flushed(batch)).to.deep.equal([]);
  });

  it('forgets a draft that is not kept', () => {
    const batch = new BatchWriter(',');
    batch.add(['1']);
    batch.grow(batch.start, 100).setUint8(batch.start, 0x78);
    batch.add(['2']);
    expect(flushed(batch)).to.deep.equal([{ text: '1,2', count: 2, elements: 2 }]);
  });

  it('writes each text on a line of its own', () => {
    const batch = new BatchWriter('\n');
    batch.add(['[\r\n1,\n2]', '3']);
    batch.copy(Buffer.from('[\n]'), 0, 3);
    batch.endElement();
    expect(flushed(batch)).to.deep.equal([{ text: '[  1, 2]\n3\n[ ]', count: 3, elements: 2 }]);
  });

  it('finds every newline there is, and nothing else', () => {
    for (let length = 1; length < 20; length++) {
      for (let at = 0; at < length; at++) {
        for (const newline of ['\n', '\r']) {
          const batch = new BatchWriter('\n');
          batch.add([`${'\t'.repeat(at)}${newline}${'\xff'.repeat(length)}`]);
          const text = `${'\t'.repeat(at)} ${'\xff'.repeat(length)}`;
          expect(flushed(batch)).to.deep.equal([{ text, count: 1, elements: 1 }]);
        }
      }
    }
  });

  it('is full once there is as much as a batch should have, and takes more all the same', () => {
    const batch = new BatchWriter(',');
    batch.add(['x'.repeat(BATCH_SIZE - 1)]);
    expect(batch.isFull).to.equal(false);
    batch.add(['']);
    expect(batch.isFull).to.equal(true);
    batch.add(['y'.repeat(10 * BATCH_SIZE)]);
    const [{ bytes } = { bytes: Buffer.alloc(0) }] = [...batch.flush()];
    expect(bytes.toString()).to.equal(`${'x'.repeat(BATCH_SIZE - 1)},,${'y'.repeat(10 * BATCH_SIZE)}`);
    expect(batch.isFull).to.equal(false);
  });

  it('keeps what is there when it gets more memory', () => {
    const batch = new BatchWriter(',');
    batch.add(['1']);
    const start = batch.start;
    batch.grow(start, 1).setUint8(start, 0x32);
    const view = batch.grow(start + 1, 1_000_000);
    expect(view.byteLength).to.be.below(200_000);
    expect(batch.grow(1_000, 0, 500_000).byteLength).to.be.within(500_000, 502_000);
    batch.keep(start + 1);
    batch.endElement();
    expect(flushed(batch)).to.deep.equal([{ text: '1,2', count: 2, elements: 2 }]);
  });

  it('gives every batch memory of its own, and holds no more than a quarter more of it', () => {
    const batch = new BatchWriter(',');
    const batches = ['small', 'x'.repeat(50_000), 'y'.repeat(500_000)].flatMap((text) => {
      batch.add([text]);
      return [...batch.flush()];
    });
    expect(new Set(batches.map(({ bytes }) => bytes.buffer)).size).to.equal(3);
    for (const { bytes } of batches) expect(bytes.buffer.byteLength).to.be.at.most(1.25 * bytes.length);
  });
});

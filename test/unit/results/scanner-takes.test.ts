import { expect } from 'chai';
import { BatchWriter } from '../../../src/results/batch-writer.ts';
import { UNSURE } from '../../../src/results/json-bytes.ts';
import { BATCH_SIZE, type OutputType, type Select } from '../../../src/results/reader.ts';
import { Scanner } from '../../../src/results/scanner.ts';
import { Source } from '../../../src/results/source.ts';
import { executionRecord, fileCheckRecord } from '../../support/consignment.ts';
import { LIMITS } from '../../support/limits.ts';
import { seeded } from '../../support/random.ts';

/** Whether the element is taken, which has something before and behind it, and what comes of it. */
function skim(element: string | Buffer, select: Select, outputType: OutputType = 'JSON', limits = LIMITS) {
  const batch = new BatchWriter(',');
  const skimmer = new Scanner({ outputType, select, separator: ',', limits }, batch);
  const bytes = Buffer.concat([Buffer.from('é,'), Buffer.from(element), Buffer.from(',é').subarray(0, 2)]);
  const end = skimmer.take(new Source(bytes), 3);
  if (end === UNSURE) return undefined;
  expect(end).to.equal(bytes.length - 2);
  return [...batch.flush()].map(({ bytes }) => bytes.toString()).join();
}

const RECORD = JSON.stringify(executionRecord('{"a":["é",1.0]}'));

describe('the scanner takes', () => {
  const taken: [select: Select, element: string, text: string][] = [
    ['output', RECORD, '{"a":["é",1.0]}'],
    ['output', JSON.stringify(executionRecord('{"a":["é",1.0]}'), null, 2), '{"a":["é",1.0]}'],
    ['output', '{"Output":"1"}', '1'],
    ['output', '{ "a" : { "Output" : 0 } , "Output" : " [\\n1 ] " }', ' [\n1 ] '],
    ['output', '{"Output":"1","Output":"2"}', '2'],
    ['output', '{"Output":"\\"\\u00e9\\u4f1a\\ud83d\\ude00\\/\\""}', '"é会😀/"'],
    ['output', '{"Output":"\\"\\\\ud800\\""}', '"\\ud800"'],
    ['output', '{"Output":"\\"\\\\\\"\\\\\\\\\\\\n\\\\\\/\\""}', '"\\"\\\\\\n\\/"'],
    ['output', '{"Output":"{\\n\\t\\"a\\" :[] ,\\r\\n\\"\\":[{ }]} "}', '{\n\t"a" :[] ,\r\n"":[{ }]} '],
    ['record', RECORD, RECORD],
    ['bare', RECORD, RECORD],
    ['bare', '"é"', '"é"'],
    ['bare', '-1.50', '-1.50'],
    ['bare', 'null', 'null'],
    ['presumed', '[1]', '[1]'],
    ['presumed', '{"StatusCode":200,"Output":"1"}', '{"StatusCode":200,"Output":"1"}'],
    ['presumed', '{"Name":"n","mine":1}', '{"Name":"n","mine":1}'],
  ];
  for (const [select, element, text] of taken) {
    it(`${element.slice(0, 60)} as ${select}`, () => {
      expect(skim(element, select)).to.equal(text);
    });
  }

  it('every record of an ordinary run', () => {
    const random = seeded(1);
    for (let index = 0; index < 100; index++) {
      const { record, output } = fileCheckRecord(random, index);
      expect(skim(record, 'output')).to.equal(output);
    }
  });

  it('an Output for which there is no room yet', () => {
    const output = JSON.stringify(['x"\n'.repeat(BATCH_SIZE), 1]);
    expect(skim(JSON.stringify({ Output: output }), 'output')).to.equal(output);
  });
});

describe('the scanner leaves to others', () => {
  const left: [select: Select, element: string, why: string][] = [
    ['output', '{"Status":"SUCCEEDED"}', 'a record without Output'],
    ['output', '{}', 'an object without members'],
    ['output', '[1]', 'what is no object'],
    ['output', '{"Output":1}', 'an Output that is no string'],
    ['output', '{"Output":"1","Output":2}', 'a last Output that is no string'],
    ['output', '{"Output":"1,2"}', 'an Output that is not JSON'],
    ['output', '{"Output":"\\u0022a\\u0022"}', 'a quote of the Output as a number'],
    ['output', '{"Output":"\\"\\\\\\u0022\\""}', 'what an escape stands for as a number'],
    ['output', '{"Output":"\\"\\\\"}', 'an Output that ends in an escape'],
    ['output', '{"Output":"\\"\\\\u00g0\\""}', 'an escape that is none'],
    ['output', '{"Output":"[1}"}', 'brackets that do not match'],
    ['output', '{"Output":"[1,]"}', 'a comma with nothing behind it'],
    ['output', '{"Output":"{1:2}"}', 'a name that is no string'],
    ['output', '{"Output":"\\"a\nb\\""}', 'a newline in a string'],
    ['output', '{"Output":"\\"a\\nb\\""}', 'a newline in a string of the Output'],
    ['output', '{"\\u004futput":"1","Output":"2"}', 'an escape in the name of a member'],
    ['output', '{"Output":"\\"\\ud800\\""}', 'half of a surrogate pair'],
    ['output', '{"Output":"\\"\\ude00\\ud83d\\""}', 'a surrogate pair the wrong way round'],
    ['output', '{"Output":"1",}', 'a record that is not JSON'],
    ['output', '{"a":01,"Output":"1"}', 'a number that is none'],
    ['record', '{"Output":"x"}', 'a record whose Output is not JSON'],
    ['bare', '{"a":}', 'what is not JSON'],
    ['bare', '12x', 'what only begins like a number'],
    ['presumed', RECORD, 'a record, where there should be none'],
    ['presumed', '{"Output":1}', 'what may be a record'],
  ];
  for (const [select, element, why] of left) {
    it(why, () => {
      expect(skim(element, select)).to.equal(undefined);
    });
  }

  it('what is not UTF-8', () => {
    expect(skim(Buffer.from('"\xe9"', 'latin1'), 'bare')).to.equal(undefined);
  });

  it('what is larger or deeper than the limits', () => {
    const depth = (maxDepth: number) =>
      skim('{"a":[1],"Output":"[[1]]"}', 'output', 'JSON', { ...LIMITS, maxDepth });
    expect([depth(1), depth(2)]).to.deep.equal([undefined, '[[1]]']);
    const size = (maxResultBytes: number) => skim('"abc"', 'bare', 'JSON', { ...LIMITS, maxResultBytes });
    expect([size(4), size(5)]).to.deep.equal([undefined, '"abc"']);
  });

  it('two values in a line', () => {
    expect(skim('1', 'bare', 'JSON')).to.equal('1');
    expect(skim('1', 'bare', 'JSONL')).to.equal(undefined);
  });

  it('whatever there is when the batch is full', () => {
    const batch = new BatchWriter(',');
    const skimmer = new Scanner(
      { outputType: 'JSON', select: 'bare', separator: ',', limits: LIMITS },
      batch,
    );
    batch.add(['x'.repeat(BATCH_SIZE)]);
    expect(skimmer.take(new Source(Buffer.from('[]')), 0)).to.equal(UNSURE);
    for (const _ of batch.flush());
    expect(skimmer.take(new Source(Buffer.from('[]')), 0)).to.equal(2);
  });
});

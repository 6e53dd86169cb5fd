import { expect } from 'chai';
import { optionsFromEnvironment, optionsFromEvent } from '../../../src/lambda/options.ts';
import { failure } from '../../support/errors.ts';

describe('optionsFromEnvironment', () => {
  it('reads the AGGREGATE_ variables and no others', () => {
    const environment = {
      AWS_REGION: 'eu-west-2',
      AGGREGATE_CONCURRENCY: '16',
      AGGREGATE_PART_SIZE: '16MiB',
      AGGREGATE_QUEUE_SIZE: '2',
      AGGREGATE_ENVELOPE: '{"statuses":{"statuses":[]}}',
      AGGREGATE_FOLLOW_DESTINATION_BUCKET: 'true',
      AGGREGATE_TRANSFORMATION: 'COMPACT',
      AGGREGATE_OUTPUT_KEY: '{0}/all.json',
      AGGREGATE_RESULTS_PATH: '$.checks',
    };
    expect(optionsFromEnvironment(environment)).to.deep.equal({
      concurrency: 16,
      partSize: 16 * 1024 ** 2,
      queueSize: 2,
      envelope: { statuses: { statuses: [] } },
      followDestinationBucket: true,
      transformation: 'COMPACT',
      outputKey: '{0}/all.json',
      resultsPath: '$.checks',
    });
  });

  it('takes an empty variable for none', () => {
    expect(optionsFromEnvironment({ AGGREGATE_CONCURRENCY: '' })).to.deep.equal({});
  });

  it('refuses a wrong value, and names the variable', async () => {
    const error = await failure('InvalidOption', () =>
      optionsFromEnvironment({ AGGREGATE_PART_SIZE: '1KiB' }),
    );
    expect(error.message).to.match(/^AGGREGATE_PART_SIZE must be .* got 1024$/);
  });

  it('refuses a name that is no option, and lists those that are', async () => {
    const error = await failure('InvalidOption', () => optionsFromEnvironment({ AGGREGATE_CONCURENCY: '4' }));
    expect(error.message).to.include('AGGREGATE_CONCURENCY').and.include('AGGREGATE_CONCURRENCY');
  });
});

describe('optionsFromEvent', () => {
  it('reads values of the library, or words', () => {
    const options = {
      concurrency: 4,
      partSize: '8MiB',
      ascii: 'true',
      envelope: { a: 1 },
      resultsPath: 'x.y',
    };
    expect(optionsFromEvent({ options })).to.deep.equal({ ...options, partSize: 8 * 1024 ** 2, ascii: true });
  });

  it('finds none where there are none', () => {
    for (const event of [undefined, null, 5, {}, { results: {} }])
      expect(optionsFromEvent(event)).to.deep.equal({});
  });

  const refused: [options: unknown, words: string][] = [
    [[], 'the options of the event must be an object'],
    ['x', 'the options of the event must be an object'],
    [{ concurency: 4 }, 'options.concurency is not an option'],
    [{ output: 's3://b/k' }, 'options.output is not an option'],
    [{ concurrency: 0 }, 'options.concurrency must be a whole number from 1 to 1000, got 0'],
    [{ deadlineMargin: -1 }, 'options.deadlineMargin must be a whole number from 0'],
    [{ constructor: 1 }, 'options.constructor is not an option'],
    [{ resultsPath: 5 }, 'options.resultsPath must be a text that is not empty'],
  ];
  for (const [options, words] of refused) {
    it(`refuses ${JSON.stringify(options)}`, async () => {
      const error = await failure('InvalidOption', () => optionsFromEvent({ options }));
      expect(error.message).to.include(words);
    });
  }
});

import { expect } from 'chai';
import { on, one } from '../support.ts';
import { byNode, pageOf } from './page.ts';

describe('bench: RESULTS.md', () => {
  it('tells scenarios in their order, the oldest Node.js first', () => {
    const results = [
      on('v24.0.0', one('one-file', 1)),
      on('v9.0.0', one('ascii', 2)),
      on('v9.0.0', one('one-file', 3)),
    ];
    expect(byNode(results)).to.deep.equal([[results[2], results[1]], [results[0]]]);
  });

  it('has conditions and caveats above the figures, charts beside them, and other versions below', () => {
    const results = one('one-file', 2);
    const charts = new Map([[results, [{ file: 'a.svg', title: 'A', svg: '' }]]]);
    const page = pageOf(charts, [[on('v24.1.0', one('ascii', 4))]], 'folder');
    const places = [
      ...['folder/results.json', 'Abacus, 2 cores', 'no network and no TLS', '## At a glance'],
      ...['## Title of one-file', '![A](folder/a.svg)', '| the aggregate', '| 50 |'],
      ...['## On Node.js 24', 'node v24.1.0', 'Title of ascii', '| 25 |'],
    ].map((words) => page.indexOf(words));
    expect(places).to.deep.equal(places.toSorted((a, b) => a - b));
    expect(places).not.to.include(-1);
  });

  it('tells every condition where there are several', () => {
    const results = [on('v20.1.0', one('one-file', 2)), on('v20.2.0', one('ascii', 2))];
    const page = pageOf(new Map(results.map((result) => [result, []])), [], 'folder');
    expect(page.match(/^- Taken on/gm)).to.have.length(2);
  });
});

import { expect } from 'chai';
import { resultsOf, run } from '../support.ts';
import { chartsOf } from './charts.ts';
import { linear, linearTicks, logarithmic, logTicks } from './scale.ts';

const [MIB, GIB] = [1024 ** 2, 1024 ** 3];

/** What an attribute says, element by element. */
function valuesOf(svg: string, element: string, attribute: string): string[] {
  const found = svg.matchAll(new RegExp(`<${element} [^>]*\\b${attribute}="([^"]*)"`, 'g'));
  return Array.from(found, ([, value]) => value ?? '');
}

function svgOf(charts: ReturnType<typeof chartsOf>, file: string): string {
  const found = charts.find((chart) => chart.file === file);
  if (!found) throw new Error(`no ${file} among ${charts.map((chart) => chart.file)}`);
  return found.svg;
}

describe('bench: charts', () => {
  it('of throughput have a bar for each contender, as long as it is fast, and the transfer as a mark', () => {
    const runs = [run('aggregate', 1, 4), run('transfer', 1, 1), run('whole-document', 1, 8)];
    const svg = svgOf(chartsOf(resultsOf(runs, { name: 'one-file' })), 'one-file.svg');

    const [aggregate = 0, transfer = 0, whole = 0] = valuesOf(svg, 'rect', 'width').map(Number);
    expect(aggregate / transfer).to.be.closeTo(0.25, 1e-3);
    expect(whole / transfer).to.be.closeTo(0.125, 1e-3);
    expect(svg).to.contain('25 MB/s (0.25)').and.contain('the transfer alone');
  });

  it('of latency have as a mark what concurrency permits', () => {
    const scenario = { files: 2000, latency: 20, concurrency: 8, name: 'small-files' };
    const [chart] = chartsOf(resultsOf([run('aggregate', 1, 10)], scenario));
    expect(chart?.svg).to.contain('10 MB/s (0.50)').and.contain('what concurrency permits');
  });

  it('of growth are time and peak against size, and memory over time where all contenders ran', () => {
    const sized = (name: string, size: number, seconds: number) =>
      run(name, 1, seconds, {
        size,
        maxRss: 200e6,
        memory: [
          [0, 70e6],
          [seconds, (size / GIB) * 1e9],
        ],
      });
    const runs = [
      ...[sized('aggregate', 64 * MIB, 1), sized('whole-document', 64 * MIB, 2)],
      ...[sized('aggregate', GIB, 10), sized('whole-document', GIB, 20)],
      ...[sized('aggregate', 8 * GIB, 100)],
    ];
    const charts = chartsOf(resultsOf(runs, { name: 'growth' }));

    expect(charts.map(({ file }) => file)).to.deep.equal([
      'growth-time.svg',
      'growth-peak.svg',
      'growth-memory.svg',
    ]);
    const points = valuesOf(svgOf(charts, 'growth-time.svg'), 'polyline', 'points');
    expect(points.map((places) => places.split(' ').length)).to.deep.equal([3, 2]);
    expect(charts.at(-1)?.title).to.contain('1 GiB');
  });

  it('are well-formed, whatever the labels', () => {
    const runs = [run('aggregate', 1, 1), run('aggregate', 2, 2)];
    const [chart] = chartsOf(resultsOf(runs));
    expect(chart?.svg)
      .to.contain('the aggregate &amp; its &lt;kin&gt;')
      .and.not.to.match(/NaN|undefined/);
  });

  it('of nothing are none', () => {
    expect(chartsOf(resultsOf([]))).to.deep.equal([]);
  });
});

describe('bench: scales', () => {
  it('are linear or logarithmic between their ends', () => {
    const [straight, bent] = [linear(10, 100, 0), logarithmic(1, 100, 0, 50)];
    expect([0, 5, 10].map(straight)).to.deep.equal([100, 50, 0]);
    expect([1, 10, 100].map((value) => Math.round(bent(value)))).to.deep.equal([0, 25, 50]);
  });

  it('have round ticks that hold all of it', () => {
    expect(linearTicks(11.7)).to.deep.equal([0, 5, 10, 15]);
    expect(linearTicks(1000)).to.deep.equal([0, 200, 400, 600, 800, 1000]);
    expect(logTicks(0.7, 120)).to.deep.equal([0.1, 1, 10, 100, 1000]);
  });
});

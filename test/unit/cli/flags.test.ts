import { expect } from 'chai';
import { Command } from 'commander';
import { flagsOf } from '../../../src/cli/flags.ts';
import { WORD_OPTIONS, type WordOption } from '../../../src/word-options.ts';

describe('flagsOf', () => {
  const standsInFor = 'verifyCounts';

  function command(spec: WordOption): Command {
    const command = new Command().exitOverride();
    for (const flag of flagsOf(standsInFor, spec)) command.addOption(flag);
    return command;
  }
  const parse = (spec: WordOption, ...argv: string[]) => command(spec).parse(argv, { from: 'user' }).opts();

  describe('of a boolean that is true by default', () => {
    const spec: WordOption = { kind: 'boolean', default: true, help: 'count what is there' };

    it('says no by --no-…', () => {
      expect(parse(spec, '--no-verify-counts')).to.deep.equal({ verifyCounts: false });
    });

    it('says nothing where no flag is given, so that a preset may', () => {
      expect(parse(spec)).to.deep.equal({});
    });

    it('takes the last word', () => {
      expect(parse(spec, '--no-verify-counts', '--verify-counts')).to.deep.equal({ verifyCounts: true });
      expect(parse(spec, '--verify-counts', '--no-verify-counts')).to.deep.equal({ verifyCounts: false });
    });

    it('shows the one flag that does something', () => {
      const help = command(spec).helpInformation();
      expect(help).to.match(/--no-verify-counts +do not count what is there\n/);
      expect(help).to.not.match(/ --verify-counts/);
    });
  });

  it('says yes to any other boolean', () => {
    expect(parse({ kind: 'boolean', default: false, help: 'h' }, '--verify-counts')).to.deep.equal({
      verifyCounts: true,
    });
    expect(parse({ kind: 'boolean', default: false, help: 'h' })).to.deep.equal({});
  });

  it('reads and shows sizes with their units', () => {
    const [flag] = flagsOf('partSize', WORD_OPTIONS.partSize);
    expect(flag).to.include({ flags: '--part-size <size>' });
    expect(flag?.description).to.match(/\(default: 5 MiB\)$/);
    expect(flag?.parseArg?.('6MiB', undefined)).to.equal(6 * 1024 ** 2);
  });
});

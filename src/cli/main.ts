#!/usr/bin/env node
import { run } from './run.ts';

const { stdout, stderr } = process;
process.exitCode = await run(process.argv.slice(2), { stdout, stderr, process });

// tsx leaves worker threads alone, though they inherit its --import.
import { isMainThread } from 'node:worker_threads';
import { register } from 'tsx/esm/api';

if (!isMainThread) register();

export { aggregate, type Summary } from './aggregate.ts';
export { type ErrorFacts, type ErrorName, MapRunResultsError } from './errors.ts';
export type { AggregateOptions, Progress } from './options.ts';
export type { S3Location } from './storage/location.ts';

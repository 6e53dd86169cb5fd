export { aggregate, type Summary } from './aggregate.ts';
export { type ErrorFacts, type ErrorName, MapRunResultsError } from './errors.ts';
export { type Inspection, inspect } from './inspect.ts';
export type { AggregateOptions, Progress } from './options.ts';
export type { Transformation } from './results/form.ts';
export type { MapResult, ResultInfo } from './results/map.ts';
export type { OutputType } from './results/reader.ts';
export type { FileLocation, Location, S3Location } from './storage/location.ts';

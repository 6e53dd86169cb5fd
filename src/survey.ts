import { type Envelope, makeEnvelope } from './document/envelope.ts';
import { MapRunResultsError } from './errors.ts';
import { locator } from './map-run/locate.ts';
import { type Manifest, readManifest, refuseIncomplete, STATUSES } from './map-run/manifest.ts';
import { makePlan, type Plan } from './map-run/plan.ts';
import type { Settings } from './options.ts';
import { detectForm, type Form } from './results/form.ts';
import { formatLocation, identityOf, type Location } from './storage/location.ts';
import type { Read } from './storage/storage.ts';
import { refuseUnverifiable } from './verify.ts';

/** What there is to do: known once the manifest and the first result have been looked at. */
export interface Survey {
  readonly read: Read;
  readonly manifest: Manifest;
  readonly locate: (key: string) => Location;
  readonly envelope: Envelope;
  readonly plan: Plan;
  readonly form: Form;
}

/**
 * Looks at a Map Run before anything is written.
 * @throws MapRunResultsError `MapRunIncomplete` where items did not succeed and that is to be refused, and whatever
 *   reading the manifest and the first result may raise.
 */
export async function survey(settings: Settings, read: Read): Promise<Survey> {
  const envelope = makeEnvelope(settings);
  const manifest = await readManifest(read(settings.manifest, 'manifest'), settings.manifest);
  if (settings.failures === 'error') refuseIncomplete(manifest, settings.manifest);

  const size = {
    envelopeBytes: envelope.head.length + envelope.between.length + envelope.tail.length,
    failures: settings.failures === 'append',
    growth: settings.ascii ? 3 : 1,
  };
  const plan = makePlan(manifest, size, settings.partSize);
  const locate = locator(manifest, settings.manifest, settings.followDestinationBucket);
  await refuseOverwriting(settings, manifest, locate);
  const locations = plan.files.map((file) => locate(file.key));
  const form = await detectForm(
    locations,
    (location) => read(location, 'result file'),
    settings,
    settings.limits,
  );
  if (form.elements === 'outputs' && settings.emit === 'record')
    throw new MapRunResultsError(
      'InvalidOption',
      'emit must be output: the result files hold bare outputs, no records',
    );
  refuseUnverifiable(settings, manifest, form);
  return { read, manifest, locate, envelope, plan, form };
}

/** Nothing must be written over what it is made of, nor over one another. */
async function refuseOverwriting(
  { output, rerun, manifest: location }: Settings,
  manifest: Manifest,
  locate: (key: string) => Location,
): Promise<void> {
  const outputs = ['write' in output ? [] : [output], rerun ? [rerun] : []].flat();
  const inputs = STATUSES.flatMap((status) => manifest.resultFiles[status]).map((file) => locate(file.key));
  const taken = new Set(await Promise.all([location, ...inputs].map(identityOf)));
  for (const output of outputs) {
    const identity = await identityOf(output);
    if (taken.has(identity)) {
      const message = `${formatLocation(output)} would be written over, though it is needed for what is written`;
      throw new MapRunResultsError('DestinationIsInput', message, output);
    }
    taken.add(identity);
  }
}
